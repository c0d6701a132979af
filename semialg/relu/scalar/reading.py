"""Data files: CSV, JSON and npz."""

from __future__ import annotations

import csv
import math
import os
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING, Any

from semialg.errors import DataError, PatternError
from semialg.intake.json_text import read_json
from semialg.intake.numbers import read_number
from semialg.intake.shown import show, show_path
from semialg.intake.sources import LARGEST_TEXT, as_file, read_text
from semialg.relu.scalar.network import DataSet

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["parse_tolerance", "read_data", "rounded"]


def rounded(number: float, tolerance: Fraction, where: str) -> Fraction:
    """Return the simplest decimal at most ``tolerance`` away from a float.

    Examples
    --------
    >>> rounded(0.333333, Fraction(1, 100), "x")
    Fraction(1, 3)
    """
    if not math.isfinite(number):
        raise DataError(f"{where} is {number}; expected a finite number")
    exact, most = Fraction(number), 1
    while abs(exact.limit_denominator(most) - exact) > tolerance:
        most *= 2
    return exact.limit_denominator(most)


def read_data(path: Path, tolerance: str | None = None) -> DataSet:
    """Read a data set; floats (npz, JSON numbers with a point) need a tolerance.

    The first line of a CSV file holds names; if it holds numbers only, it is a point like the others.

    Raises
    ------
    DataError
        If the file is not of one of the forms, has repeated names or no rows, or holds floats without
        a tolerance.
    """
    near = parse_tolerance(tolerance)
    name = show_path(path)
    file = as_file(os.fspath(path), most=LARGEST_TEXT, expected="a data set")
    streamed = file != path
    if file.suffix == ".csv" or (streamed and not file.suffix):
        return _read_csv(path, name)
    points, targets = _npz(file, name) if file.suffix == ".npz" else _json(path, name)
    if not isinstance(points, list) or not isinstance(targets, list):
        raise DataError(f'{name}: expected lists "points" and "targets"')
    rows = [row if isinstance(row, list) else [row] for row in points]
    return DataSet.build(
        [
            [_number(v, near, f"coordinate {j} of point {i}") for j, v in enumerate(row)]
            for i, row in enumerate(rows)
        ],
        [_number(v, near, f"target {i}") for i, v in enumerate(targets)],
    )


def parse_tolerance(text: str | None) -> Fraction | None:
    """Return the number of a ``--tolerance``, None if there is none.

    Raises
    ------
    DataError
        If it is no positive number.

    Examples
    --------
    >>> parse_tolerance("1/1000")
    Fraction(1, 1000)
    """
    if text is None:
        return None
    found = read_number(text, "the tolerance")
    if found <= 0:
        raise DataError(f"the tolerance is {text}; expected a positive number")
    return found


def _number(value: Any, tolerance: Fraction | None, where: str) -> Any:
    if isinstance(value, float):
        if tolerance is None:
            raise DataError(f"{where} is the float {value!r}; give a tolerance to round floats to rationals")
        return rounded(value, tolerance, where)
    return value


def _json(path: Path, name: str) -> tuple[Any, Any]:
    content = read_json(path, expected="a data set", nonfinite=True)
    if not isinstance(content, dict) or set(content) != {"points", "targets"}:
        raise DataError(f'{name}: expected an object with the keys "points" and "targets"')
    return content["points"], content["targets"]


def _npz(path: Path, name: str) -> tuple[Any, Any]:
    from semialg.pattern.read_numpy import arrays_of_npz

    try:
        content = arrays_of_npz(path)
    except PatternError as error:
        raise DataError(f"{name}: {error}") from None
    except OSError as error:
        raise DataError(f"{name}: cannot be read ({error.strerror or error}); expected a data set") from None
    if not {"points", "targets"} <= set(content):
        raise DataError(
            f'{name} has the arrays {show(", ".join(content)) or "none"}; expected "points" and "targets"'
        )
    return content["points"].tolist(), content["targets"].tolist()


def _is_number(text: str) -> bool:
    try:
        read_number(text, "the cell")
    except DataError:
        return False
    return True


def _read_csv(path: Path, name: str) -> DataSet:
    text = read_text(path, expected="a CSV file in UTF-8")
    try:
        lines = [[cell.strip() for cell in row] for row in csv.reader(StringIO(text, newline="")) if row]
    except csv.Error as error:
        raise DataError(f"{name} is not a CSV file: {error}") from None
    if not lines:
        raise DataError(f"{name} is empty; expected a line of names and a line for each point")
    names = lines[0]
    numbers = [cell for cell in names if _is_number(cell)]
    if len(numbers) == len(names):  # a table without a line of names
        lines.insert(0, names)
    elif numbers:
        raise DataError(
            f"{name}: the first line holds the number '{show(numbers[0], 40)}' and texts; "
            "expected names that are no numbers, or numbers only"
        )
    elif len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"{name}: the name '{show(twice, 40)}' occurs twice; expected distinct names")
    for at, row in enumerate(lines[1:], 1 if numbers else 2):
        if len(row) != len(names):
            raise DataError(f"{name}, row {at}: found {len(row)} numbers; expected {len(names)}")
    return DataSet.build([row[:-1] for row in lines[1:]], [row[-1] for row in lines[1:]])
