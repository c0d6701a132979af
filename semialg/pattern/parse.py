"""From a command-line argument, or from mask files, to a pattern."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import numpy as np

from semialg.errors import PatternError
from semialg.pattern.families import EXAMPLES, FAMILIES, named
from semialg.pattern.mask import Mask
from semialg.pattern.pattern import Pattern
from semialg.pattern.reading import checked_count, show_path

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["as_pattern", "inline_masks", "load", "parse"]

_Source = str | os.PathLike[str]


def as_pattern(given: Pattern | _Source) -> Pattern:
    """Return a pattern as it is, and the one that a text or a path names.

    Raises
    ------
    PatternError
        If something else is given, or the text names no pattern.

    Examples
    --------
    >>> as_pattern("lu:2") == as_pattern(Pattern.parse("lu:2"))
    True
    """
    if isinstance(given, Pattern):
        return given
    if isinstance(given, str | os.PathLike):
        return parse(given)
    raise PatternError(
        f"a pattern is given as {_kind(given)}; expected a Pattern, a text such as 'lu:3', or a path"
    )


def parse(argument: _Source | Sequence[_Source]) -> Pattern:
    """Return the pattern that an argument, or a list of arguments with one mask each, names.

    See :meth:`semialg.pattern.pattern.Pattern.parse`.
    """
    return _assemble(argument, from_text=True)


def load(paths: _Source | Sequence[_Source]) -> Pattern:
    """Return the pattern in a mask file or in several; see :meth:`semialg.pattern.pattern.Pattern.load`."""
    return _assemble(paths, from_text=False)


def _assemble(given: _Source | Sequence[_Source], *, from_text: bool) -> Pattern:
    sources: list[_Source] = [given] if isinstance(given, str | os.PathLike) else _listed(given)
    if not sources:
        raise PatternError("no pattern is given; expected a named family, inline rows or a mask file")
    masks: list[Mask] = []
    names: tuple[str, ...] = ()
    for source in sources:
        found = _masks_of(source, from_text=from_text)
        if len(sources) > 1 and len(found) != 1:
            raise PatternError(
                f"{_show(source)} holds {len(found)} masks; expected one mask in each when several are given"
            )
        masks.extend(found)
        names = getattr(found, "names", ()) if len(sources) == 1 else (*names, _show(source))
    try:
        return Pattern(masks, names)
    except PatternError as error:
        order = f"; the order used is that of the names: {', '.join(names[:20])}" if names else ""
        raise PatternError(f"{', '.join(_show(source) for source in sources)}: {error}{order}") from None


def _listed(given: object) -> list[_Source]:
    if isinstance(given, list | tuple):
        if all(isinstance(source, str | os.PathLike) for source in given):
            return list(given)
        given = next(source for source in given if not isinstance(source, str | os.PathLike))
    raise PatternError(
        f"a pattern is given as {_kind(given)}; expected a text such as 'lu:3', a path, or a list of them"
    )


def _kind(given: object) -> str:
    return "None" if given is None else f"an object of type {type(given).__name__}"


def _masks_of(source: _Source, *, from_text: bool) -> list[Mask]:
    from semialg.pattern.files import READERS, read_file

    if from_text and isinstance(source, str):
        text = source.strip()
        if text.partition(":")[0] in FAMILIES:
            return named(text)
        if re.fullmatch(r"[0-9*/\s]+", text):
            return inline_masks(text)
        known = os.path.splitext(text)[1].lower() in READERS  # noqa: PTH122 - it may be no path at all
        if text != "-" and not known and not os.path.exists(source):  # noqa: PTH110
            raise PatternError(
                f"'{_show(source)}' is not a pattern; expected inline rows (10/11*11/01), a file ending in "
                f"{', '.join(READERS)}, or a family: {', '.join(e[0] for e in EXAMPLES.values())}"
            )
    return read_file(source)


def inline_masks(text: str) -> list[Mask]:
    """Return the masks written as rows of digits: rows separated by ``/``, factors by ``*``.

    Raises
    ------
    PatternError
        If a row is empty, rows differ in length, or a digit is neither 0 nor 1.

    Examples
    --------
    >>> [mask.shape for mask in inline_masks("10/11 * 110/011")]
    [(2, 2), (2, 3)]
    """
    masks = []
    factors = text.split("*")
    checked_count(len(factors))
    for index, factor in enumerate(factors):
        rows = [row.strip() for row in factor.split("/")]
        name = f"mask {index} of {_show(text)}"
        for i, row in enumerate(rows):
            if not row:
                raise PatternError(
                    f"row {i} of {name} is empty; expected digits (factors are separated by *, rows by /)"
                )
            if len(row) != len(rows[0]):
                raise PatternError(
                    f"row {i} of {name} has {len(row)} entries and row 0 has {len(rows[0])}; "
                    "expected rows of equal length (factors are separated by *, rows by /)"
                )
            strange = re.search("[^01]", row)
            if strange:
                raise PatternError(
                    f"entry ({i}, {strange.start()}) of {name} is {strange.group()!r}; expected 0 or 1"
                )
        masks.append(Mask.from_dense(np.array([[c == "1" for c in row] for row in rows]), name))
    return masks


def _show(source: _Source) -> str:
    return show_path(os.fspath(source))
