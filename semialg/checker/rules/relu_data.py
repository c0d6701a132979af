"""Rules for data sets on which training has the infimum 0 and no optimum (theory F2, F2', F2''', X1)."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

from semialg.checker.decode import Decoder, Rule, number_matrix, positive, variant
from semialg.checker.report import Invalid
from semialg.checker.rules.limit import NOT_CLOSED
from semialg.checker.rules.relu_kinks import KINKS_FIELDS, check_kinks
from semialg.checker.rules.relu_lost import (
    corner_steps,
    lost_of,
    minus,
    most_cells,
    require_curve,
    require_image,
    require_linear,
    samples,
    too_few,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.checker.report import Run
    from semialg.checker.rules.relu_lost import Claim, Lost, Vector

__all__ = ["NO_OPTIMUM", "NO_OPTIMUM_FIELDS"]


def check_simplex(claim: Claim, fields: dict[str, Any], where: str, run: Run) -> None:
    """F2': one hidden layer; a point and one step along each column of the minor."""
    if len(claim["masks"]) != 2:
        raise Invalid(where, f"expected two masks, found {len(claim['masks'])}")
    lost = lost_of(claim, fields["proof"], where, run)
    points, targets = samples(claim)
    _require_corner(points, len(points), lost)
    require_linear(points, targets, lost, run)


def _require_corner(points: Sequence[Vector], count: int, lost: Lost) -> None:
    if count != len(lost.columns) + 1:
        raise Invalid("claim.points", f"expected {len(lost.columns) + 1} points, found {count}")
    corner_steps(points, 0, lost)


def check_slice(claim: Claim, fields: dict[str, Any], where: str, run: Run) -> None:
    """F2: more points on the moment curve than regions can hold without repeating the Jacobian."""
    lost = lost_of(claim, fields["proof"], where, run)
    points, targets = samples(claim)
    require_curve(points, lost, run)
    for at, (point, target) in enumerate(zip(points, targets, strict=True)):
        require_image(target, lost.image(point, run), at)
    _require_many(lost.widths(claim["masks"]), len(points), lost, run)


def _require_many(widths: Sequence[int], count: int, lost: Lost, run: Run) -> None:
    """Judge the number of points on the moment curve for layers that show these widths."""
    degree = len(lost.columns)
    most = most_cells(widths, degree, count, run, curve=True)
    if count < degree * most + 1:
        raise Invalid("claim.points", too_few(degree * most + 1, count))


def check_shells(claim: Claim, fields: dict[str, Any], where: str, run: Run) -> None:
    """F2''': shells around a core take the layers with as few units as the rank, from the outputs on."""
    lost = lost_of(claim, fields["proof"], where, run)
    shells: int = fields["shells"]
    widths = lost.widths(claim["masks"])
    if shells >= len(widths):
        raise Invalid(f"{where}.shells", f"expected fewer shells than the {len(widths)} hidden layers")
    rank = lost.rank(run)
    for layer, width in enumerate(widths[:shells]):
        if width != rank:
            raise Invalid(
                f"{where}.shells",
                f"expected {rank} units, the rank of the limit, in hidden layer {layer}, found {width}",
            )
    points, targets = samples(claim)
    require_linear(points, targets, lost, run)
    size = len(lost.columns) + 1
    core = len(points) - shells * size
    if core < 1:
        raise Invalid("claim.points", too_few(shells * size + 1, len(points)))
    if len(widths) == shells + 1:
        _require_corner(points, core, lost)
    else:
        require_curve(points[:core], lost, run)
        _require_many(widths[shells:], core, lost, run)
    for first in range(core, len(points), size):
        _require_around(points, first, lost, run)


def _require_around(points: Sequence[Vector], first: int, lost: Lost, run: Run) -> None:
    """Judge that a corner has all points before it in the interior of its convex hull."""
    steps = corner_steps(points, first, lost)
    run.spend(10 * first * len(steps))
    for at in range(first):
        offset = minus(points[at], points[first])
        shares = [offset.get(column, Fraction(0)) / step for column, step in steps.items()]
        if not offset.keys() <= steps.keys() or min(shares) <= 0 or sum(shares) >= 1:
            raise Invalid(f"claim.points[{at}]", f"expected a point inside the shell from point {first} on")


def check_grid(claim: Claim, fields: dict[str, Any], where: str, run: Run) -> None:
    """Paper, Lemma 3.2: a grid with more values a side than there are regions."""
    lost = lost_of(claim, fields["proof"], where, run)
    points, targets = samples(claim)
    sides = [{point.get(column, Fraction(0)) for point in points} for column in lost.columns]
    run.spend(len(points) * len(lost.columns))
    distinct = {tuple(point.get(column, Fraction(0)) for column in lost.columns) for point in points}
    if len(distinct) != len(points) or len(points) != prod(map(len, sides)):
        raise Invalid("claim.points", "expected every point of a product of sets of numbers, each once")
    for at, (point, target) in enumerate(zip(points, targets, strict=True)):
        if not point.keys() <= set(lost.columns):
            raise Invalid(f"claim.points[{at}]", "expected zero outside the columns of the minor")
        require_image(target, lost.image(point, run), at)
    shortest = min(map(len, sides))
    most = most_cells(lost.widths(claim["masks"]), len(lost.columns), shortest, run, curve=False)
    if shortest < most + 1:
        raise Invalid("claim.points", too_few(most + 1, shortest, " values in each column"))


NO_OPTIMUM_FIELDS: dict[str, Decoder] = {"points": number_matrix, "targets": number_matrix}

_fields: dict[str, Decoder] = {"proof": variant("rule", lambda: NOT_CLOSED)}

NO_OPTIMUM: dict[str, Rule] = {
    "simplex": Rule(_fields, check_simplex),
    "slice": Rule(_fields, check_slice),
    "shells": Rule({"shells": positive, **_fields}, check_shells),
    "grid": Rule(_fields, check_grid),
    "kinks": Rule(KINKS_FIELDS, check_kinks),
}
