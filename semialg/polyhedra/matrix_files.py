"""The layout that cdd and lrs share: a matrix between ``begin`` and ``end``, and options around it.

Nothing is skipped because it is unknown. An option that changes which set the file describes is honoured or
refused by its line number; one that only asks those programs for a computation or an output stands in
:data:`HARMLESS` and is skipped; anything else is refused. Free text may stand above the line that says which
representation follows (above ``begin`` if there is none), as both programs have it.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from semialg.errors import LinearSystemError
from semialg.polyhedra.numbers import parse_exact

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

__all__ = ["HARMLESS", "Matrix", "is_matrix_file", "read_matrix"]

#: Options of cdd, cdd+ and lrs that ask for a computation or an output: the set of the file is the same.
HARMLESS = frozenset(
    """
    adjacency input_adjacency incidence input_incidence #incidence verify_input dynout_off dynout_on
    stdout_off stdout_on logfile_on logfile_off nondegenerate postanalysis lexmin lexmax minindex maxindex
    mincutoff maxcutoff mixcutoff random initbasis_at_bottom basis_at_bottom maximize minimize find_interior
    facet_listing vertex_listing facet_listing_external vertex_listing_external tope_listing preprojection
    project zero_tolerance round_output_off output_digits show_tableau debug row_decomp rowdecomp

    allbases bound cache countonly digits dualperturb eliminate estimates geometric lponly maxcobases maxdepth
    maxincidence maxoutput mindepth printcobasis printslack redund redund_list restart seed startingcobasis
    subtreesize testlin threads triangulation truncate verbose volume
    """.split()  # noqa: SIM905 - the first block is of cdd, cdd+ and cddlib, the second of lrs
)
_EQUATIONS = frozenset({"linearity", "equality", "partial_enum", "partial_enumeration"})
_ROWS = _EQUATIONS | {"strict_inequality"}
_MEANING = _ROWS | {"hull", "nonnegative", "voronoi", "extract"}
_REPRESENTATIONS = {"h-representation": "H", "v-representation": "V"}
_KEYWORDS = _MEANING | set(_REPRESENTATIONS) | {"begin", "end"}
_COMMENTS = "*#%!"
_LARGEST = 10_000_000
# lrs writes such a line before a row when it was asked for cobases.
_COBASIS = re.compile(r"[VFR]#\d+ ")
_OPTION_SHAPED = re.compile(r"[A-Za-z_]\w*(\s+[-+]?[\d./]+)+")


@dataclass(frozen=True)
class Matrix:
    """What a file says.

    Attributes
    ----------
    representation
        ``"H"`` (rows are inequalities) or ``"V"`` (rows are points, rays and lines).
    names
        The variables.
    rows, row_lines
        The rows, and the number of the line on which each begins.
    linearity, strict
        The indices (from 0) of the rows that are equations or lines, and strict inequalities.
    nonnegative
        Whether every variable is to be nonnegative besides.
    """

    representation: str
    names: tuple[str, ...]
    rows: list[list[Fraction]]
    row_lines: list[int]
    linearity: frozenset[int]
    strict: frozenset[int]
    nonnegative: bool


@dataclass
class _Options:
    source: str
    representation: tuple[int, str] | None = None
    hull: int | None = None
    nonnegative: int | None = None
    listed: list[tuple[int, str, list[int]]] = field(default_factory=list[tuple[int, str, list[int]]])
    names: tuple[str, ...] | None = None

    def refuse(self, number: int, found: str, expected: str) -> LinearSystemError:
        return LinearSystemError(f"{self.source}, line {number}: found {found}; expected {expected}")


def is_matrix_file(text: str) -> bool:
    r"""Say whether a text is laid out as a file of cdd or lrs: a line is ``begin`` or names a representation.

    Examples
    --------
    >>> is_matrix_file("H-representation\nbegin"), is_matrix_file("begin <= 1")
    (True, False)
    """
    heads = {line.strip().lower() for line in text.splitlines()}
    return "begin" in heads or any(head in heads for head in _REPRESENTATIONS)


def read_matrix(text: str, source: str) -> Matrix:
    r"""Return what a file of cdd or lrs says.

    Keywords may be written in capitals, rows wrapped over lines, numbers as integers, quotients or decimals
    with exponents (taken exactly), comments put behind rows; ``end`` may be missing if all rows announced are
    there; the number of rows may be stars, as in the output of lrs. Lines of options add up.

    Raises
    ------
    LinearSystemError
        Naming the line, what was found there, and what was expected. Cost: linear in the text.

    Examples
    --------
    >>> read_matrix("V-representation\nbegin\n***** 2 rational\n 1 3\nend", "output").rows
    [[Fraction(1, 1), Fraction(3, 1)]]
    """
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), start=1)]
    for number, line in lines:
        if "\0" in line:
            raise LinearSystemError(f"{source}, line {number}: found a zero byte; expected text")
    options = _Options(source)
    begin = next((at for at, (_, line) in enumerate(lines) if line.lower() == "begin"), None)
    if begin is None:
        raise LinearSystemError(
            f"{source}, line {len(lines)}: found the end of the file; expected the line 'begin'"
        )
    _before(lines[:begin], options)
    end = next((at for at, (_, line) in enumerate(lines) if at > begin and _first(line) == "end"), None)
    rows, row_lines, width = _body(lines[begin + 1 : end], source, ended=end is not None)
    if end is not None:
        number, line = lines[end]
        if _words(line)[1:]:
            raise options.refuse(number, repr(line[:40]), "nothing behind 'end'")
        _after(lines[end + 1 :], options)
    return _assembled(options, rows, row_lines, width)


def _words(line: str) -> list[str]:
    """Return the words of a line up to a comment."""
    words = line.split()
    stop = next((at for at, word in enumerate(words) if word[0] in _COMMENTS), len(words))
    return words[:stop]


def _first(line: str) -> str:
    words = _words(line)
    return words[0].lower() if words else ""


def _before(lines: list[tuple[int, str]], options: _Options) -> None:
    """Read what stands above ``begin``: free text, the representation, options."""
    marks = [at for at, (_, line) in enumerate(lines) if line.lower() in _REPRESENTATIONS]
    free = marks[0] if marks else len(lines)
    waiting = ""
    for at, (number, line) in enumerate(lines):
        if line.lower().startswith("* variables:"):
            options.names = tuple(line.split(":", 1)[1].split())
            continue
        words = _words(line)
        if not words:
            continue
        word = words[0].lower()
        if at < free and word not in _MEANING and word not in _REPRESENTATIONS:
            _require_prose(number, line, options)
            continue
        waiting = _option(number, words, waiting, options, above=True)
    if waiting:
        raise options.refuse(lines[-1][0] + 1, "'begin'", f"the rows of {waiting!r}")


def _require_prose(number: int, line: str, options: _Options) -> None:
    """Refuse free text that looks like an option."""
    word = line.split()[0].rstrip(",:;").lower()
    near = difflib.get_close_matches(word, sorted(_KEYWORDS), 1, 0.8)
    if near or (word not in HARMLESS and _OPTION_SHAPED.fullmatch(line)):
        meant = f"{near[0]!r}" if near else "an option of cdd or lrs, or a comment after '*'"
        raise options.refuse(number, repr(line[:40]), meant)


def _after(lines: list[tuple[int, str]], options: _Options) -> None:
    """Read the options below ``end``."""
    waiting = ""
    for number, line in lines:
        words = _words(line)
        if line.lower() == "#incidence" or not words:
            continue
        waiting = _option(number, words, waiting, options, above=False)
    if waiting in _ROWS:
        raise options.refuse(lines[-1][0], "the end of the file", f"the rows of {waiting!r}")


def _option(number: int, words: list[str], waiting: str, options: _Options, *, above: bool) -> str:
    """Take in one line; return the option whose numbers are still to come on the next line, or nothing."""
    name = words[0].lower()
    if _is_number(words[0]):
        return _numbers(number, words, waiting, options)
    if waiting in _ROWS:
        raise options.refuse(number, repr(words[0][:40]), f"the rows of {waiting!r}")
    if name in _ROWS:
        return _numbers(number, words[1:], name, options) if len(words) > 1 else name
    if name in HARMLESS and all(_is_number(word) for word in words[1:]):
        return name
    if len(words) == 1 and name in _REPRESENTATIONS:
        _take_representation(number, name, options, above=above)
    elif len(words) == 1 and name == "hull":
        options.hull = number
    elif len(words) == 1 and name == "nonnegative":
        if not above:
            raise options.refuse(number, "'nonnegative' below the matrix", "it above 'begin', as lrs does")
        options.nonnegative = number
    elif name == "begin":
        raise options.refuse(number, "a second matrix ('begin')", "one matrix a file")
    else:
        _unknown(number, words, options)
    return ""


def _take_representation(number: int, name: str, options: _Options, *, above: bool) -> None:
    if not above:
        raise options.refuse(number, f"a second matrix ({name})", "one matrix a file")
    if options.representation is not None:
        raise options.refuse(number, f"a second representation ({name})", "one")
    options.representation = (number, _REPRESENTATIONS[name])


def _numbers(number: int, words: list[str], waiting: str, options: _Options) -> str:
    """Take in a line of numbers for an option: for some of them more may follow on the next line."""
    if waiting in _ROWS:
        options.listed.append((number, waiting, _indices(waiting, words, number, options)))
        return ""
    if not waiting or not all(_is_number(word) for word in words):
        _unknown(number, words, options)
    return waiting


def _unknown(number: int, words: list[str], options: _Options) -> NoReturn:
    expected = "an option of cdd or lrs that is known here, or a comment after '*'"
    raise options.refuse(number, repr(" ".join(words)[:40]), expected)


def _is_number(word: str) -> bool:
    return re.fullmatch(r"[-+]?[\d.]+([eE][-+]?\d+)?(/[-+]?\d+)?", word, re.ASCII) is not None


def _indices(name: str, words: list[str], number: int, options: _Options) -> list[int]:
    if not all(word.isascii() and word.isdecimal() and len(word) < 9 for word in words):
        raise options.refuse(number, repr(" ".join(words)[:40]), f"'{name} COUNT ROW ROW ...'")
    count, listed = int(words[0]), [int(word) for word in words[1:]]
    if count != len(listed):
        raise LinearSystemError(
            f"{options.source}, line {number}: {name} announces {count} rows and lists {len(listed)}"
        )
    return listed


def _body(
    lines: list[tuple[int, str]], source: str, *, ended: bool
) -> tuple[list[list[Fraction]], list[int], int]:
    """Return the rows, the lines on which they begin, and their length."""
    at = next((at for at, (_, line) in enumerate(lines) if line and _is_header(line)), None)
    if at is None:
        number = lines[0][0] - 1 if lines else 0
        found = f" {lines[0][1][:40]!r}" if lines and lines[0][1] else " nothing"
        raise LinearSystemError(
            f"{source}, line {number + 1}: found{found} behind begin; expected 'ROWS COLUMNS rational'"
        )
    number, head = lines[at]
    count, width = _size(number, _header_words(head), source)
    numbers: list[Fraction] = []
    starts: list[int] = []
    for number, line in lines[at + 1 :]:
        if _COBASIS.match(line):
            continue
        for word in _words(line):
            if len(numbers) % width == 0:
                starts.append(number)
                if len(starts) > (_LARGEST // width if count is None else count):
                    raise LinearSystemError(
                        f"{source}, line {number}: found {word[:40]!r} after {len(starts) - 1} rows; "
                        "expected the line 'end'"
                    )
            numbers.append(parse_exact(word, f"{source}, line {number}: a number"))
    complete = len(numbers) // width
    last = lines[-1][0]
    if len(numbers) % width:
        raise LinearSystemError(
            f"{source}, line {starts[-1]}: found {len(numbers) % width} numbers in the last row; "
            f"expected {width}"
        )
    if count is None and not ended:
        raise LinearSystemError(f"{source}, line {last}: found the end of the file; expected the line 'end'")
    if count is not None and complete != count:
        raise LinearSystemError(f"{source}, line {last}: {count} rows are announced and {complete} follow")
    return [numbers[i * width : (i + 1) * width] for i in range(complete)], starts, width


def _is_header(line: str) -> bool:
    """Say whether a line is the first behind ``begin`` that is no comment; stars may stand for the count."""
    words = line.split()
    return words[0][0] not in _COMMENTS or (set(words[0]) == {"*"} and len(_header_words(line)) == 3)


def _header_words(line: str) -> list[str]:
    words = line.split()
    return [words[0], *_words(" ".join(words[1:]))]


def _size(number: int, head: list[str], source: str) -> tuple[int | None, int]:
    where = f"{source}, line {number}"
    stars = set(head[0]) == {"*"}
    if (
        len(head) != 3
        or not ((stars or head[0].isdecimal()) and head[1].isdecimal() and "".join(head[:2]).isascii())
        or len(head[0]) + len(head[1]) > 14
    ):
        raise LinearSystemError(f"{where}: found {' '.join(head)[:40]!r}; expected 'ROWS COLUMNS rational'")
    if head[2].lower() not in {"integer", "rational", "real"}:
        raise LinearSystemError(
            f"{where}: found the number type {head[2][:40]!r}; expected integer, rational or real"
        )
    count, width = None if stars else int(head[0]), int(head[1])
    if width < 1 or (count or 0) * width > _LARGEST:
        raise LinearSystemError(
            f"{where}: found a matrix of {head[0]} x {width}; expected 1 to {_LARGEST} entries"
        )
    return count, width


def _assembled(options: _Options, rows: list[list[Fraction]], row_lines: list[int], width: int) -> Matrix:
    # cdd's manual: hull enforces that the rows are read as a V-representation, whatever stands above.
    stated = options.representation[1] if options.representation is not None else "H"
    representation = "V" if options.hull is not None else stated
    linearity: dict[int, int] = {}
    strict: dict[int, int] = {}
    for number, name, listed in options.listed:
        if name == "strict_inequality" and representation == "V":
            raise options.refuse(number, f"{name} in a V-representation", "it with inequalities")
        _require_rows(number, name, listed, len(rows), options)
        (strict if name == "strict_inequality" else linearity).update((i - 1, number) for i in listed)
    if options.nonnegative is not None and representation == "V":
        raise options.refuse(
            options.nonnegative, "'nonnegative' in a V-representation", "it with inequalities"
        )
    if both := sorted(linearity.keys() & strict.keys()):
        number = max(linearity[both[0]], strict[both[0]])
        raise options.refuse(number, f"row {both[0] + 1} as equation and strict inequality", "one of them")
    names = options.names if options.names is not None else tuple(f"x{j}" for j in range(1, width))
    if len(names) != width - 1:
        raise LinearSystemError(f"{options.source}: {len(names)} variables are named; expected {width - 1}")
    held = options.nonnegative is not None
    return Matrix(representation, names, rows, row_lines, frozenset(linearity), frozenset(strict), held)


def _require_rows(number: int, name: str, listed: Iterable[int], count: int, options: _Options) -> None:
    for i in listed:
        if not 1 <= i <= count:
            raise LinearSystemError(
                f"{options.source}, line {number}: {name} names row {i}; expected 1 to {count}"
            )
