"""Matrices of exact numbers, as typed on the command line or kept in JSON files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from semialg.errors import PatternError
from semialg.intake.json_text import read_json, strict_json
from semialg.intake.numbers import exact_number
from semialg.intake.shown import show

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["read_matrix"]


def read_matrix(source: str, what: str) -> list[list[Fraction]]:
    """Return the matrix in a JSON text such as ``[[0, "1/2"], [1, 0]]``, or in a file of that form.

    Parameters
    ----------
    source
        JSON text, the name of a file, or ``-`` for standard input.
    what
        What the matrix is, for messages.

    Raises
    ------
    PatternError
        If it is neither, or an entry is not an integer or a text ``p`` or ``p/q``.

    Examples
    --------
    >>> read_matrix('[[0, "1/2"]]', "the target")
    [[Fraction(0, 1), Fraction(1, 2)]]
    """
    if source.lstrip().startswith("["):
        rows = strict_json(source, what, PatternError)
    else:
        expected = "a JSON matrix such as [[0,1],[1,0]], or a file with one"
        rows = read_json(source, error=PatternError, expected=expected)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) and row for row in rows):
        raise PatternError(
            f"{what} {show(source)!r} is not a list of rows; expected a matrix such as [[0,1],[1,0]]"
        )
    if len({len(row) for row in rows}) > 1:
        raise PatternError(f"{what} {show(source)!r} has rows of different lengths")
    return [
        [_exact(value, f"entry ({i}, {j}) of {what}") for j, value in enumerate(row)]
        for i, row in enumerate(rows)
    ]


def _exact(value: Any, where: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | str):
        shown = show(repr(value), 60)
        raise PatternError(f'{where} is {shown}; expected an integer or an exact number in quotes, "p/q"')
    return exact_number(value, where, PatternError)
