"""One mask in Matrix Market format, coordinate or array.

References
----------
R. F. Boisvert, R. Pozo, K. A. Remington, *The Matrix Market exchange formats: initial
design*, NISTIR 5935 (1996).
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from semialg.errors import PatternError
from semialg.pattern.mask import Mask, checked_shape
from semialg.pattern.reading import read_text_bytes, show

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["read_matrix_market"]

# Nonempty lines that are not comments, with their numbers in the file.
_Lines = list[tuple[int, bytes]]

_BANNER = "%%MatrixMarket matrix coordinate|array pattern|integer|real general|symmetric"


def read_matrix_market(path: Path) -> list[Mask]:
    """Return the mask of a ``.mtx`` file.

    Raises PatternError, with the number of the line, unless the file is complete, its indices are in range
    and distinct, and its values are 0 and 1.
    """
    text = BytesIO(read_text_bytes(path))
    layout, field, symmetric = _banner(text.readline().rstrip(b"\n"))
    # Line after line: a list of all comments would take many times the memory of the file.
    numbered = ((number, line.rstrip(b"\n")) for number, line in enumerate(text, start=2) if line.strip())
    first = next(((number, line) for number, line in numbered if not line.startswith(b"%")), None)
    if first is None:
        raise PatternError("there is no line with the size of the matrix; expected one after the comments")
    sizes = _sizes(*first, 3 if layout == "coordinate" else 2)
    shape = checked_shape((sizes[0], sizes[1]), "the matrix")
    if symmetric and shape[0] != shape[1]:
        raise PatternError(f"a symmetric matrix has shape {shape[0]} x {shape[1]}; expected a square one")
    body = list(numbered)
    if layout == "coordinate":
        return [_coordinates(shape, sizes[2], body, with_values=field != "pattern", symmetric=symmetric)]
    return [_array(shape, body, symmetric=symmetric)]


def _banner(line: bytes) -> tuple[str, str, bool]:
    words = [show(word.decode("latin-1"), 30) for word in line[:200].split()]
    lower = [word.lower() for word in words]
    if len(lower) != 5 or lower[:2] != ["%%matrixmarket", "matrix"]:
        raise PatternError(f"line 1 is '{' '.join(words)[:80]}'; expected {_BANNER}")
    layout, field, symmetry = lower[2:]
    if (
        layout not in ("coordinate", "array")
        or field not in ("pattern", "integer", "unsigned-integer", "real")
        or symmetry not in ("general", "symmetric")
        or (layout, field) == ("array", "pattern")
    ):
        raise PatternError(f"line 1 says {' '.join(words[2:])}; expected {_BANNER}")
    return layout, field, symmetry == "symmetric"


def _sizes(number: int, line: bytes, count: int) -> list[int]:
    words = line.split()
    if len(words) != count or not all(_is_index(word) for word in words):
        what = "rows, columns and entries" if count == 3 else "rows and columns"
        raise PatternError(f"line {number} is '{_text(line)}'; expected the numbers of {what}")
    return [int(word) for word in words]


def _coordinates(
    shape: tuple[int, int], count: int, lines: _Lines, *, with_values: bool, symmetric: bool
) -> Mask:
    if len(lines) != count:
        raise PatternError(f"the matrix has {len(lines)} entry lines; expected {count} as its size line says")
    width = 3 if with_values else 2
    words = [line.split() for _, line in lines]
    wrong = next((at for at, entry in enumerate(words) if len(entry) != width), None)
    if wrong is not None:
        what = "row, column and value" if with_values else "row and column"
        raise _bad_line(lines[wrong], f"{what}")
    rows = _indices([entry[0] for entry in words], shape[0], lines, "row")
    columns = _indices([entry[1] for entry in words], shape[1], lines, "column")
    if with_values:
        keep = _ones([entry[2] for entry in words], lines)
        rows, columns = rows[keep], columns[keep]
    if symmetric:
        below = rows > columns
        rows, columns = np.concatenate([rows, columns[below]]), np.concatenate([columns, rows[below]])
    return Mask.from_entries(shape, rows, columns, "the matrix (counting from 0)")


def _array(shape: tuple[int, int], lines: _Lines, *, symmetric: bool) -> Mask:
    height, width = shape
    count = height * (height + 1) // 2 if symmetric else height * width
    if len(lines) != count:
        raise PatternError(f"the matrix has {len(lines)} value lines; expected {count} as its size line says")
    keep = _ones([line.strip() for _, line in lines], lines)
    if not symmetric:
        columns, rows = np.divmod(np.flatnonzero(keep), height)
        return Mask.from_entries(shape, rows, columns)
    # The lower triangle, column after column: the upper one, row after row, transposed.
    column, row = np.triu_indices(height)
    row, column = row[keep], column[keep]
    below = row > column
    return Mask.from_entries(
        shape, np.concatenate([row, column[below]]), np.concatenate([column, row[below]])
    )


def _indices(words: list[bytes], size: int, lines: _Lines, what: str) -> NDArray[np.int64]:
    wrong = next((at for at, word in enumerate(words) if not _is_index(word)), None)
    if wrong is None:
        array = np.fromiter(map(int, words), dtype=np.int64, count=len(words))
        outside = (array < 1) | (array > size)
        if not outside.any():
            return array - 1
        wrong = int(np.argmax(outside))
    raise _bad_line(lines[wrong], f"a {what} from 1 to {size}")


def _ones(words: list[bytes], lines: _Lines) -> NDArray[np.bool_]:
    is_one = {word: _value(word) for word in set(words)}
    if None in is_one.values():
        wrong = next(at for at, word in enumerate(words) if is_one[word] is None)
        raise _bad_line(lines[wrong], "the value 0 or 1")
    return np.fromiter((bool(is_one[word]) for word in words), dtype=np.bool_, count=len(words))


def _value(word: bytes) -> bool | None:
    """Return whether a value is 1, and None where it is neither 0 nor 1."""
    try:
        value = float(word)
    except ValueError:
        return None
    return bool(value) if value in (0, 1) else None


def _is_index(word: bytes) -> bool:
    return word.isdigit() and len(word) <= 18


def _bad_line(line: tuple[int, bytes], expected: str) -> PatternError:
    return PatternError(f"line {line[0]} is '{_text(line[1])}'; expected {expected}")


def _text(line: bytes) -> str:
    return show(line[:200].decode("latin-1").strip(), 40)
