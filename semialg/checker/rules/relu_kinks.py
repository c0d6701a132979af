"""Rules about kinks on a line: data that want more of them than the units have (theory X1)."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

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
    "center": index,
    "others": array(record({"unit": index, "row": index, "at": index})),
}
"""Where the kinks of k and l merge, and for every other unit an output and the point of its kink."""


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
    along = _line(points, run)
    left, right = masks
    rows: tuple[int, int] = fields["rows"]
    run.spend(left.columns * (1 + len(along)))
    moving = [unit for unit in range(left.columns) if any(right.rows[unit] >> j & 1 for j in along)]
    feeding = {unit for unit in moving if any(left.rows[row] >> unit & 1 for row in rows)}
    others: list[dict[str, Any]] = fields["others"]
    spent = [other["unit"] for other in others]
    for unit in fields["units"]:
        if unit not in feeding:
            raise Invalid(f"{where}.units", f"unit {unit} is constant along the points")
    if sorted([*spent, *fields["units"]]) != sorted(feeding):
        raise Invalid(
            f"{where}.others", f"expected each other unit that feeds output {rows[0]} or {rows[1]} once"
        )
    for at, other in enumerate(others):
        if other["row"] not in rows or not left.rows[other["row"]] >> other["unit"] & 1:
            raise Invalid(f"{where}.others[{at}].row", "expected one of the two outputs that the unit feeds")
    _require_places(fields["center"], [other["at"] for other in others], len(points), where)
    _require_limit(targets, fields, run)


def _line(points: Sequence[Vector], run: Run) -> Vector:
    """Return the step d between neighbours; judge that the points are x_0 + s d, and d is not 0."""
    if len(points) < 2:
        raise Invalid("claim.points", f"expected two points or more, found {len(points)}")
    step = minus(points[1], points[0])
    if not step:
        raise Invalid("claim.points[1]", "expected another point than the first")
    for at in range(1, len(points)):
        run.spend(1 + 4 * len(step))
        if minus(points[at], points[at - 1]) != step:
            raise Invalid(f"claim.points[{at}]", "expected the same step from every point to the next")
    return step


def _require_places(center: int, places: Sequence[int], count: int, where: str) -> None:
    """Judge that the intervals of the points lie apart but for end points, and within the data."""
    intervals = sorted([(center - 2, center + 2), *((at - 1, at + 1) for at in places)])
    if intervals[0][0] < 0 or max(end for _, end in intervals) >= count:
        raise Invalid(where, f"expected places with all their neighbours among the {count} points")
    for (_, end), (begin, _) in pairwise(intervals):
        if begin < end:
            raise Invalid(where, f"the intervals that end and begin at the points {end} and {begin} overlap")


def _require_limit(targets: Sequence[Vector], fields: Mapping[str, Any], run: Run) -> None:
    """Judge that the targets are the limit of the sequence of the rule."""
    (i1, i2), center = fields["rows"], fields["center"]
    for at, target in enumerate(targets):
        run.spend(4 + 4 * len(fields["others"]))
        wanted = {i1: 1 + (at > center) - (at < center), i2: max(0, at - center)}
        for other in fields["others"]:
            wanted[other["row"]] += max(0, at - other["at"])
        if target != {row: Fraction(value) for row, value in wanted.items() if value}:
            raise Invalid(f"claim.targets[{at}]", "expected the limit of the sequence of this rule")
