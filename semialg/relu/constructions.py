"""The points of the data sets without optimum, one function for each construction (theory F2, F2', F2''')."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from semialg.errors import PatternError
from semialg.relu.cells import clusters_needed, curve_cells, paper_side
from semialg.relu.sizes import corner_layers, points_needed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from semialg.pattern.pattern import Pattern
    from semialg.relu.lost import Lost
    from semialg.relu.sequence import Vector

__all__ = ["CONSTRUCTIONS", "MAX_NUMBERS", "Built", "require_size", "smallest"]

#: Largest number of coordinates that a data set may have in all.
MAX_NUMBERS = 2_000_000


@dataclass(frozen=True)
class Built:
    """The points of a data set, the rule that proves it, and why they are enough, in a sentence.

    ``shells`` is the number of corners around the core; 0 for every rule but ``shells``.
    """

    construction: str
    rule: str
    reason: str
    points: tuple[Vector, ...]
    shells: int = 0


def _simplex(lost: Lost) -> Built:
    if lost.pattern.layers != 2:
        raise PatternError(
            f"the simplex data set is for one hidden layer; this pattern has {lost.pattern.layers - 1}, "
            "for which 'slice' works"
        )
    points = _unit_corner(lost)
    reason = (
        f"F2': one hidden layer, so the {len(points)} points 0 and e_j for the {len(lost.columns)} columns "
        "of the lost limit are enough"
    )
    return Built("simplex", "simplex", reason, tuple(points))


def _slice(lost: Lost) -> Built:
    widths, dimension = _widths(lost), len(lost.columns)
    cells = curve_cells(widths, dimension)
    count = dimension * cells + 1
    reason = (
        f"F2: the {_many(widths)} hidden units that matter show at most {cells} activation patterns on the "
        f"moment curve of dimension {dimension}, so {dimension} * {cells} + 1 = {count} points are enough"
    )
    require_size(count, lost.pattern)
    return Built("slice", "slice", reason, tuple(_curve(lost, count)))


def _shells(lost: Lost) -> Built:
    widths, dimension = _widths(lost), len(lost.columns)
    shells = corner_layers(widths, lost.rank)
    if not shells:
        raise PatternError(
            "shells need two hidden layers or more, and in the one next to the outputs as many units that "
            f"matter as the rank of the limit, {lost.rank}; found the widths {widths}, input side first; "
            "'slice' works for any"
        )
    inner = widths[: len(widths) - shells]
    if len(inner) == 1:
        points, core = _unit_corner(lost), f"a corner of {dimension + 1} points"
    else:
        count = dimension * curve_cells(inner, dimension) + 1
        require_size(count, lost.pattern)
        points, core = _curve(lost, count), f"{count} points on the moment curve"
    for _ in range(shells):
        points += _around(lost, points)
    reason = (
        f"F2''': {core} and {shells} shell{'s' if shells > 1 else ''} of {dimension + 1} points around it, "
        f"one for each hidden layer with {lost.rank} units that matter, are enough"
    )
    return Built("shells", "shells", reason, tuple(points), shells)


def _clusters(lost: Lost) -> Built:
    widths, dimension = _widths(lost), len(lost.columns)
    clusters = clusters_needed(widths, dimension)
    count = (dimension + 1) * clusters
    reason = (
        f"F2: of {clusters} clusters of {dimension + 1} points on the moment curve one is cut by no "
        "hyperplane where a hidden unit changes its sign"
    )
    require_size(count, lost.pattern)
    return Built("clusters", "slice", reason, tuple(_curve(lost, count)))


def _grid(lost: Lost) -> Built:
    widths, dimension = _widths(lost), len(lost.columns)
    side = paper_side(widths, dimension)
    reason = (
        f"paper, Lemma 3.2 (as this project reads it), on the block: a grid with 3 d 4^N + 1 = {side} points "
        f"a side, d = {dimension} inputs and N = {sum(widths)} hidden units"
    )
    require_size(side**dimension, lost.pattern)
    values = [Fraction(i, side - 1) for i in range(side)]
    points = [_padded(lost, choice) for choice in product(values, repeat=dimension)]
    return Built("grid", "grid", reason, tuple(points))


#: The constructions by name.
CONSTRUCTIONS: dict[str, Callable[[Lost], Built]] = {
    "simplex": _simplex,
    "slice": _slice,
    "shells": _shells,
    "clusters": _clusters,
    "grid": _grid,
}


def smallest(lost: Lost) -> str:
    """Return the name of the construction with the fewest points for a limit."""
    return points_needed(_widths(lost), len(lost.columns), lost.rank)[1]


def _widths(lost: Lost) -> list[int]:
    """Return the numbers of hidden units that matter, input side first."""
    return [len(layer) for layer in reversed(lost.paths)]


def _many(widths: Sequence[int]) -> str:
    return " + ".join(map(str, widths))


def require_size(count: int, pattern: Pattern) -> None:
    """Refuse a data set with too many numbers.

    Raises
    ------
    PatternError
        If so many points have more than :data:`MAX_NUMBERS` coordinates and targets.
    """
    numbers = count * (pattern.widths[0] + pattern.widths[-1])
    if numbers > MAX_NUMBERS:
        size = f"{count} points" if count < 10**12 else f"about 10^{len(str(count)) - 1} points"
        raise PatternError(
            f"the data set would have {size}; expected at most {MAX_NUMBERS} numbers in all, "
            "try another construction"
        )


def _padded(lost: Lost, values: Sequence[Fraction]) -> Vector:
    point = [Fraction(0)] * lost.pattern.widths[-1]
    for j, value in zip(lost.columns, values, strict=True):
        point[j] = value
    return tuple(point)


def _corner(lost: Lost, start: Fraction, step: Fraction) -> list[Vector]:
    """Return the point with all coordinates ``start``, and the points one step along each column away."""
    values = [start] * len(lost.columns)
    points = [_padded(lost, values)]
    for at in range(len(values)):
        points.append(_padded(lost, [*values[:at], start + step, *values[at + 1 :]]))
    return points


def _unit_corner(lost: Lost) -> list[Vector]:
    return _corner(lost, Fraction(0), Fraction(1))


def _around(lost: Lost, points: Sequence[Vector]) -> list[Vector]:
    """Return a corner with integer coordinates that has all points in the interior of its convex hull."""
    inside = [[point[j] for j in lost.columns] for point in points]
    start = Fraction(min(min(values) for values in inside).__floor__() - 1)
    widest = max(sum(value - start for value in values) for values in inside)
    return _corner(lost, start, Fraction(widest.__floor__() + 1))


def _curve(lost: Lost, count: int) -> list[Vector]:
    """Return points (u, u^2, ..., u^d) for equally spaced u in [0, 1]."""
    dimension = len(lost.columns)
    return [
        _padded(lost, [Fraction(at, count - 1) ** power for power in range(1, dimension + 1)])
        for at in range(count)
    ]
