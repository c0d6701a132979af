"""Points, and targets if there are some, for a network with any number of outputs: CSV, JSON and npz."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any

from semialg.errors import DataError
from semialg.intake.json_text import read_json
from semialg.intake.numbers import exact_number
from semialg.intake.shown import show_path
from semialg.intake.sources import LARGEST_TEXT, as_file, read_text
from semialg.relu.scalar.reading import parse_tolerance, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction
    from pathlib import Path

__all__ = ["Samples", "exact_rows", "read_samples"]

Rows = tuple[tuple["Fraction", ...], ...]
Samples = tuple[Rows, Rows | None]
"""Points, one a row, and targets or None."""


def read_samples(path: Path, inputs: int, outputs: int, tolerance: str | None = None) -> Samples:
    """Read points and perhaps targets.

    A CSV file has a line of names and then, for each point, its coordinates and perhaps its targets; JSON is
    ``{"points": [...]}`` with or without ``"targets"``, npz has arrays of these names.

    Parameters
    ----------
    path
        The file; ``-`` is standard input.
    inputs, outputs
        Numbers of coordinates and of targets of each point.
    tolerance
        How far floats (npz, JSON numbers with a point) may be rounded; without it they are refused.

    Raises
    ------
    DataError
        If the file has another form, a row another length, or a number is not exact.
    """
    near = parse_tolerance(tolerance)
    name = show_path(path)
    file = as_file(str(path), most=LARGEST_TEXT, expected="a data set")
    if file.suffix == ".csv" or (file != path and not file.suffix):
        return _from_csv(path, name, inputs, outputs)
    content = (
        _arrays(file, name)
        if file.suffix == ".npz"
        else read_json(path, expected="a data set", nonfinite=True)
    )
    if not isinstance(content, dict) or not {"points"} <= set(content) <= {"points", "targets"}:
        raise DataError(f'{name}: expected "points", and "targets" if there are some, and nothing else')
    points = _table(content["points"], near, f"{name}: point", inputs)
    if "targets" not in content:
        return points, None
    targets = _table(content["targets"], near, f"{name}: target", outputs)
    _require_pairs(points, targets, name)
    return points, targets


def exact_rows(rows: Iterable[Any], what: str, width: int) -> Rows:
    """Return rows of so many exact rationals; a row of one number may be that number.

    Raises
    ------
    DataError
        If there is no row, one has another length, or a number is not exact.

    Examples
    --------
    >>> exact_rows([["1/2", 3]], "point", 2)
    ((Fraction(1, 2), Fraction(3, 1)),)
    """
    return _table(list(rows), None, what, width)


def _table(rows: Any, tolerance: Fraction | None, what: str, width: int) -> Rows:
    if not isinstance(rows, list) or not rows:
        raise DataError(f"{what}s: expected a list with one row for each point, and one point at least")
    found = []
    for i, row in enumerate(rows):
        entries = list(row) if isinstance(row, list | tuple) else [row]
        if len(entries) != width:
            raise DataError(f"{what} {i} has {len(entries)} numbers; expected {width}, as the masks say")
        found.append(tuple(_number(v, tolerance, f"{what} {i}, number {j}") for j, v in enumerate(entries)))
    return tuple(found)


def _number(value: Any, tolerance: Fraction | None, where: str) -> Fraction:
    if isinstance(value, float) and tolerance is not None:
        return rounded(value, tolerance, where)
    return exact_number(value, where)


def _require_pairs(points: Rows, targets: Rows, name: str) -> None:
    if len(points) != len(targets):
        raise DataError(f"{name}: found {len(points)} points and {len(targets)} targets; expected as many")


def _arrays(file: Path, name: str) -> dict[str, Any]:
    from semialg.errors import PatternError
    from semialg.pattern.read_numpy import arrays_of_npz

    try:
        return {key: value.tolist() for key, value in arrays_of_npz(file).items()}
    except PatternError as error:
        raise DataError(f"{name}: {error}") from None


def _from_csv(path: Path, name: str, inputs: int, outputs: int) -> Samples:
    text = read_text(path, expected="a CSV file in UTF-8")
    try:
        lines = [[cell.strip() for cell in row] for row in csv.reader(StringIO(text, newline="")) if row]
    except csv.Error as error:
        raise DataError(f"{name} is not a CSV file: {error}") from None
    if len(lines) < 2:
        raise DataError(f"{name}: expected a line of names and a line for each point")
    widths = {len(row) for row in lines}
    if len(widths) != 1 or not widths <= {inputs, inputs + outputs}:
        raise DataError(
            f"{name} has lines of {', '.join(map(str, sorted(widths)))} cells; expected {inputs} for points "
            f"alone, or {inputs + outputs} for points with their targets, as the masks say"
        )
    if all(_is_number(cell) for cell in lines[0]):
        raise DataError(f"{name}: the first line holds numbers; expected a line of names above the points")
    points = _table([row[:inputs] for row in lines[1:]], None, f"{name}: point", inputs)
    if widths == {inputs}:
        return points, None
    return points, _table([row[inputs:] for row in lines[1:]], None, f"{name}: target", outputs)


def _is_number(cell: str) -> bool:
    try:
        exact_number(cell, "a cell")
    except DataError:
        return False
    return True
