"""Rules about kinks on a line: data that want more of them than the units have (theory X1)."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from semialg.checker.decode import Decoder, array, index, record, tuple_of
from semialg.checker.report import Invalid
from semialg.checker.rules.relu_lost import minus, samples

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from semialg.checker.masks import BitMask
    from semialg.checker.report import Run
    from semialg.checker.rules.relu_lost import Claim, Vector

__all__ = ["KINKS_FIELDS", "PAIR_FIELDS", "check_kinks", "require_pair"]


PAIR_FIELDS: dict[str, Decoder] = {"rows": tuple_of(index, index), "units": tuple_of(index, index)}
"""Outputs i1, i2 and units k, l."""

KINKS_FIELDS: dict[str, Decoder] = {
    **PAIR_FIELDS,
    "inputs": tuple_of(index, index),
    "along": array(index, 5),
    "center": index,
    "others": array(record({"unit": index, "input": index, "row": index, "at": index})),
}
"""An input of each unit, the points on the line, where the kinks of k and l merge, and for every other unit
an output and the place of its kink."""


def require_pair(masks: Sequence[BitMask], fields: Mapping[str, Any], where: str) -> None:
    """Judge that k and l feed i1, that k feeds i2, and that both read an input."""
    if len(masks) != 2:
        raise Invalid(where, f"expected two masks, found {len(masks)}")
    (i1, i2), (k, el) = fields["rows"], fields["units"]
    left, right = masks
    if max(i1, i2) >= len(left.rows) or i1 == i2:
        raise Invalid(f"{where}.rows", f"expected two outputs below {len(left.rows)}, found {i1} and {i2}")
    if max(k, el) >= left.columns or k == el:
        raise Invalid(f"{where}.units", f"expected two units below {left.columns}, found {k} and {el}")
    for row, unit in ((i1, k), (i1, el), (i2, k)):
        if not left.rows[row] >> unit & 1:
            raise Invalid(f"{where}.units", f"unit {unit} does not feed output {row}")
    for unit in (k, el):
        if not right.rows[unit]:
            raise Invalid(f"{where}.units", f"unit {unit} reads no input")


def check_kinks(claim: Claim, fields: dict[str, Any], where: str, run: Run) -> None:
    """X1: in one place two kinks are needed that a third makes impossible, and all other units are spent."""
    masks: tuple[BitMask, ...] = claim["masks"]
    require_pair(masks, fields, where)
    points, targets = samples(claim)
    line = _line(points, fields["along"], where, run)
    left, right = masks
    rows: tuple[int, int] = fields["rows"]
    run.spend(left.columns * (1 + len(line.step)))
    moving = [unit for unit in range(left.columns) if any(right.rows[unit] >> j & 1 for j in line.step)]
    feeding = {unit for unit in moving if any(left.rows[row] >> unit & 1 for row in rows)}
    others: list[dict[str, Any]] = fields["others"]
    reads = list(zip(fields["units"], fields["inputs"], strict=True))
    reads += [(other["unit"], other["input"]) for other in others]
    if sorted(unit for unit, _ in reads) != sorted(feeding):
        raise Invalid(
            f"{where}.others",
            f"expected each other unit that moves and feeds output {rows[0]} or {rows[1]}, once",
        )
    for unit, column in reads:
        if column not in line.step or not right.rows[unit] >> column & 1:
            raise Invalid(where, f"unit {unit} does not read input {column}, or the line does not move it")
    for at, other in enumerate(others):
        if other["row"] not in rows or not left.rows[other["row"]] >> other["unit"] & 1:
            raise Invalid(f"{where}.others[{at}].row", "expected one of the two outputs that the unit feeds")
    _require_places(fields["center"], [other["at"] for other in others], len(line.places), where)
    _require_limit(points, targets, line, fields, run)


class _Line(NamedTuple):
    """A line x_0 + z d: its origin, d, and the z of the points on it, increasing."""

    origin: Vector
    step: Vector
    places: list[Fraction]

    def place(self, point: Vector, column: int) -> Fraction:
        """Return the z that one input of a point would have on the line."""
        return (point.get(column, Fraction(0)) - self.origin.get(column, 0)) / self.step[column]


def _line(points: Sequence[Vector], along: Sequence[int], where: str, run: Run) -> _Line:
    """Return the line through the listed points; judge that they lie on it, one behind the other."""
    for at in along:
        if at >= len(points):
            raise Invalid(f"{where}.along", f"there is no point {at} among the {len(points)} points")
    origin = points[along[0]]
    step = minus(points[along[1]], origin)
    if not step:
        raise Invalid(f"{where}.along", f"the points {along[0]} and {along[1]} are the same")
    line = _Line(origin, step, [])
    for at in along:
        run.spend(4 + 8 * (len(points[at]) + len(step)))
        offset = minus(points[at], origin)
        z = line.place(points[at], min(step))
        if offset != {j: z * d for j, d in step.items() if z}:
            raise Invalid(f"{where}.along", f"point {at} is not on the line of the first two")
        if line.places and z <= line.places[-1]:
            raise Invalid(f"{where}.along", f"point {at} does not come after the one before it")
        line.places.append(z)
    return line


def _require_places(center: int, places: Sequence[int], count: int, where: str) -> None:
    """Judge that the intervals of the points lie apart but for end points, and within the data."""
    intervals = sorted([(center - 2, center + 2), *((at - 1, at + 1) for at in places)])
    if intervals[0][0] < 0 or max(end for _, end in intervals) >= count:
        raise Invalid(
            where, f"expected places with all their neighbours among the {count} points on the line"
        )
    for (_, end), (begin, _) in pairwise(intervals):
        if begin < end:
            raise Invalid(where, f"the intervals that end and begin at the places {end} and {begin} overlap")


def _require_limit(
    points: Sequence[Vector], targets: Sequence[Vector], line: _Line, fields: Mapping[str, Any], run: Run
) -> None:
    """Judge that the targets are the limit of the sequence of the rule, at every point."""
    rows: tuple[int, int] = fields["rows"]
    inputs: tuple[int, int] = fields["inputs"]
    place: int = fields["center"]
    (i1, i2), (first, second), center = rows, inputs, line.places[place]
    for at, (point, target) in enumerate(zip(points, targets, strict=True)):
        run.spend(8 + 8 * len(fields["others"]))
        z = line.place(point, first)
        if z != line.place(point, second):
            raise Invalid(
                f"claim.points[{at}]", "expected a point at which the two units have the same value"
            )
        zero = Fraction(0)
        wanted = {i1: Fraction(1 + (z > center) - (z < center)), i2: max(zero, z - center)}
        for other in fields["others"]:
            column: int = other["input"]
            kink: int = other["at"]
            wanted[other["row"]] += max(zero, line.place(point, column) - line.places[kink])
        if target != {row: value for row, value in wanted.items() if value}:
            raise Invalid(f"claim.targets[{at}]", "expected the limit of the sequence of this rule")
