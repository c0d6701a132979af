"""Masks in the words of ``Statement.v``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semialg.formal.terms import coq_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from semialg.checker import BitMask

__all__ = ["mask_term"]

_READABLE = 400
"""Entries up to which a mask is written as rows of text."""


def mask_term(mask: BitMask) -> str:
    """Return the Coq term of a mask: rows as text, a named family, or rows as numbers.

    Examples
    --------
    >>> from semialg.checker import BitMask
    >>> mask_term(BitMask((1, 3), 2))
    'ones ["10"; "11"]'
    >>> mask_term(BitMask(tuple((2 << i) - 1 for i in range(50)), 50))
    'lower 50'
    """
    height, width = len(mask.rows), mask.columns
    if height * width <= _READABLE:
        return "ones " + coq_list(f'"{format(row, f"0{width}b")[::-1]}"' for row in mask.rows)
    for name, rows in _families(height, width):
        if tuple(rows) == mask.rows:
            return name
    return f"bits {height} {width} " + coq_list(f"{row:#x}%N" for row in mask.rows)


def _families(height: int, width: int) -> Iterator[tuple[str, Iterator[int]]]:
    whole = (1 << width) - 1
    yield f"dense {height} {width}", (whole for _ in range(height))
    if height == width:
        yield f"lower {width}", ((2 << i) - 1 for i in range(height))
        yield f"upper {width}", (whole >> i << i for i in range(height))
    for a in _divisors(height):
        for d in _divisors(height // a):
            b = height // a // d
            if width % (a * d) == 0:
                c = width // a // d
                yield f"kronecker {a} {b} {c} {d}", (_kronecker_row(i, b, c, d) for i in range(height))


def _divisors(number: int) -> list[int]:
    return [k for k in range(1, number + 1) if number % k == 0]


def _kronecker_row(i: int, b: int, c: int, d: int) -> int:
    first = (i // (b * d)) * c * d + i % d
    return sum(1 << first + k * d for k in range(c))
