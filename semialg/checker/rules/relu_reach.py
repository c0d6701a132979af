"""Rules for points on which the reachable outputs form a closed set, so that all targets have an optimum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from semialg.checker.decode import Decoder, Rule, array, index, number_matrix, rational
from semialg.checker.report import Invalid
from semialg.checker.rules.relu_lost import dot
from semialg.checker.rules.relu_training import require_separate

if TYPE_CHECKING:
    from fractions import Fraction

    from semialg.checker.masks import BitMask
    from semialg.checker.report import Run
    from semialg.checker.rules.relu_lost import Claim, Vector

__all__ = ["REACHABLE", "REACHABLE_FIELDS"]


def _points(claim: Claim) -> list[Vector]:
    masks: tuple[BitMask, ...] = claim["masks"]
    points = claim["points"]
    if points.columns != masks[-1].columns:
        raise Invalid("claim.points", f"expected {masks[-1].columns} numbers a point, found {points.columns}")
    return list(points.rows)


def _different(points: list[Vector], run: Run) -> list[Vector]:
    run.spend(sum(1 + 4 * len(point) for point in points))
    return list({tuple(sorted(point.items())): point for point in points}.values())


def check_separate(claim: Claim, _: dict[str, Any], where: str, run: Run) -> None:
    """F3: parts with one output or one unit reach finite unions of polyhedral cones, or their like."""
    _points(claim)
    require_separate(claim["masks"], where, run)


def check_two_points(claim: Claim, _: dict[str, Any], __: str, run: Run) -> None:
    """F2'': two points have a subspace of reachable outputs."""
    count = len(_different(_points(claim), run))
    if count > 2:
        raise Invalid("claim.points", f"expected at most two different points, found {count}")


def check_interpolation(claim: Claim, fields: dict[str, Any], where: str, run: Run) -> None:
    """Units enough to reach everything."""
    masks: tuple[BitMask, ...] = claim["masks"]
    if len(masks) != 2:
        raise Invalid(where, f"expected two masks, found {len(masks)}")
    left, right = masks
    points = _different(_points(claim), run)
    units: list[int] = fields["units"]
    direction: list[Fraction] = fields["direction"]
    if len(direction) != right.columns:
        raise Invalid(f"{where}.direction", f"expected {right.columns} numbers, found {len(direction)}")
    along = {j: v for j, v in enumerate(direction) if v}
    values = {dot(along, point, run) for point in points}
    if len(values) != len(points):
        raise Invalid(f"{where}.direction", "two different points have the same value")
    if len(set(units)) != len(units):
        raise Invalid(f"{where}.units", "expected each unit once")
    if len(units) + 1 < len(points):
        raise Invalid(f"{where}.units", f"expected at least {len(points) - 1} units, found {len(units)}")
    run.spend(len(units) * (len(along) + len(left.rows)))
    for at, unit in enumerate(units):
        if unit >= left.columns:
            raise Invalid(f"{where}.units[{at}]", f"expected a unit below {left.columns}, found {unit}")
        if not all(right.rows[unit] >> j & 1 for j in along):
            raise Invalid(f"{where}.units[{at}]", f"unit {unit} does not read all inputs of the direction")
        if not all(row >> unit & 1 for row in left.rows):
            raise Invalid(f"{where}.units[{at}]", f"unit {unit} does not feed every output")


REACHABLE_FIELDS: dict[str, Decoder] = {"points": number_matrix}

REACHABLE: dict[str, Rule] = {
    "separate": Rule({}, check_separate),
    "two_points": Rule({}, check_two_points),
    "interpolation": Rule({"units": array(index), "direction": array(rational)}, check_interpolation),
}
