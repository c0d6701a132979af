"""Data sets as arrays, and as notebooks show them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from semialg.errors import PatternError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from semialg.relu.dataset import DataSet

__all__ = ["as_array", "as_html", "as_line"]

_ROWS = 20
_DIGITS = 24


def as_line(data: DataSet) -> str:
    """Return one line that names a data set: its size, its construction, and the pattern."""
    points, pattern = len(data.points), data.pattern
    inputs, outputs = pattern.widths[-1], pattern.widths[0]
    sizes = f"{points} points, {inputs} to {outputs} values"
    return f"<DataSet: {sizes}, {data.construction}, no optimum for {pattern!r}>"


def as_array(rows: Sequence[Sequence[Fraction]]) -> np.ndarray:
    """Return exact rows as a float64 array; raise PatternError where a number has no finite float."""
    try:
        return np.array([[float(value) for value in row] for row in rows], dtype=np.float64)
    except OverflowError:
        raise PatternError(
            "a number of the data set is too large for floating point; use the exact rows"
        ) from None


def as_html(data: DataSet) -> str:
    """Return a table of the points and targets, and what they mean; what is cut is counted."""
    body = "".join(
        f"<tr><td>{_cell(point)}</td><td>{_cell(target)}</td></tr>"
        for point, target in list(zip(data.points, data.targets, strict=True))[:_ROWS]
    )
    more = len(data.points) - _ROWS
    rest = f"<p>... and {more} more points</p>" if more > 0 else ""
    return (
        f"<p>{escape(as_line(data))}</p>"
        "<p>The loss has infimum 0 on these data, and no parameters reach it.</p>"
        f"<table><tr><th>point</th><th>target</th></tr>{body}</table>{rest}"
    )


def _cell(row: Sequence[Fraction]) -> str:
    words = (str(value) for value in row)
    return escape(", ".join(word if len(word) <= _DIGITS else f"({len(word)} characters)" for word in words))
