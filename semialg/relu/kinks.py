"""Data on a line that want one kink more than the units have: the construction of theory X1.

A unit of a network with one hidden layer is, along a line, a function with at most one kink. Two units whose
kinks merge make a step in one output, which no number of units makes; a third output value between them shows
that the step is no accident. Every other unit is spent on a kink elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from typing import TYPE_CHECKING, Any

from semialg.errors import NothingToShowError, PatternError
from semialg.relu.sequence import Parameters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from semialg.pattern.mask import Mask
    from semialg.pattern.pattern import Pattern
    from semialg.relu.sequence import Vector

__all__ = ["Kinks", "kinks_of", "kinks_on", "merging_pair", "points_needed"]

_TRIED = 16
"""Outputs of a unit that are tried, those with the fewest units first."""


@dataclass(frozen=True)
class Kinks:
    """Two outputs and two units whose kinks merge, and a place for the kink of every other unit they share.

    Attributes
    ----------
    pattern
        The masks of the network.
    rows
        Outputs i1 and i2; both units feed i1, the first feeds i2.
    units
        Units k and l.
    others
        The other units that feed one of the two outputs and move along the line, each with such an output.
    points
        The points.
    along
        Which of them lie on the line, one behind the other; five for the pair, two more for each other unit.
    inputs
        For k, l and each of the others an input that it reads and that varies along the line.
    """

    pattern: Pattern
    rows: tuple[int, int]
    units: tuple[int, int]
    others: tuple[tuple[int, int], ...]
    points: tuple[Vector, ...]
    along: tuple[int, ...]
    inputs: tuple[int, ...]

    center = 2
    """The place on the line where the kinks merge; places are numbered from 0."""

    @property
    def columns(self) -> tuple[int, ...]:
        """The inputs that vary."""
        count = self.pattern.widths[-1]
        return tuple(j for j in range(count) if len({point[j] for point in self.points}) > 1)

    @property
    def places(self) -> tuple[int, ...]:
        """The place of the kink of every other unit."""
        return tuple(5 + 2 * h for h in range(len(self.others)))

    def _z(self, point: Vector, column: int) -> Fraction:
        """Return the place on the line that an input of a point tells; its second point has place 1."""
        origin, second = (self.points[at][column] for at in self.along[:2])
        return (point[column] - origin) / (second - origin)

    def _place(self, at: int) -> Fraction:
        return self._z(self.points[self.along[at]], self.inputs[0])

    @property
    def targets(self) -> tuple[Vector, ...]:
        """The limit of the outputs of :meth:`parameters`."""
        return tuple(self._target(point) for point in self.points)

    def _target(self, point: Vector) -> Vector:
        target = [Fraction(0)] * self.pattern.widths[0]
        zero, z, center = Fraction(0), self._z(point, self.inputs[0]), self._place(self.center)
        target[self.rows[0]] += 1 + (z > center) - (z < center)
        target[self.rows[1]] += max(zero, z - center)
        for (_, row), place, column in zip(self.others, self.places, self.inputs[2:], strict=True):
            target[row] += max(zero, self._z(point, column) - self._place(place))
        return tuple(target)

    def parameters(self, t: Fraction, points: Sequence[Vector], targets: Sequence[Vector]) -> Parameters:
        """Return parameters whose outputs tend to the targets as t > 0 tends to 0.

        With z the place on the line, the units are relu(z - q + t) and relu(z - q - t), their difference is
        divided by t.
        """
        del points, targets  # those of this construction
        if not 0 < t <= 1:
            raise PatternError(f"t is {t}; expected a number above 0 and at most 1 for kinks that merge")
        (i1, i2), (k, el) = self.rows, self.units
        outer = {(i1, k): 1 / t, (i1, el): -1 / t, (i2, k): Fraction(1)}
        hidden = [Fraction(0)] * self.pattern.masks[0].columns
        inner = {}
        center = self._place(self.center)
        kinks = [(k, center - t), (el, center + t)]
        for (unit, row), place in zip(self.others, self.places, strict=True):
            outer[row, unit] = Fraction(1)
            kinks.append((unit, self._place(place)))
        for (unit, kink), column in zip(kinks, self.inputs, strict=True):
            origin, second = (self.points[at][column] for at in self.along[:2])
            inner[unit, column] = 1 / (second - origin)
            hidden[unit] = -origin / (second - origin) - kink
        return Parameters((outer, inner), ((Fraction(0),) * self.pattern.widths[0], tuple(hidden)))

    def proof(self) -> dict[str, Any]:
        """Return the proof ``no_optimum.kinks``."""
        others = [
            {"unit": unit, "input": column, "row": row, "at": place}
            for (unit, row), place, column in zip(self.others, self.places, self.inputs[2:], strict=True)
        ]
        return {
            "rule": "kinks",
            "rows": list(self.rows),
            "units": list(self.units),
            "inputs": list(self.inputs[:2]),
            "along": list(self.along),
            "center": self.center,
            "others": others,
        }

    def to_json(self) -> dict[str, Any]:
        """Return what JSON output says of the construction."""
        return {"kinks": {key: value for key, value in self.proof().items() if key != "rule"}}


def merging_pair(left: Mask, right: Mask) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return outputs (i1, i2) and units (k, l) as in X1, or None if every part has one output or one unit.

    Both units feed i1, the first feeds i2, and both read inputs. Of several pairs one with few units at i1
    and i2 is chosen. O(number of ones), nearly.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> merging_pair(*Pattern.parse("dense:2x2x1").masks)
    ((0, 1), (0, 1))
    >>> merging_pair(*Pattern.parse("dense:1x5x2").masks) is None
    True
    """
    reading = [bool(len(right.row_array(k))) for k in range(right.rows)]
    feeding = [[k for k in left.row(i) if reading[k]] for i in range(left.rows)]
    best: tuple[int, tuple[int, int], tuple[int, int]] | None = None
    for k in range(left.columns):
        if not reading[k]:
            continue
        rows = sorted(left.column(k), key=lambda i: (len(feeding[i]), i))
        shared = next((i for i in rows if len(feeding[i]) > 1), None)
        if shared is None or len(rows) < 2:
            continue
        for other in [i for i in rows if i != shared][:_TRIED]:
            size = len({*feeding[shared], *feeding[other]})
            if best is None or size < best[0]:
                partner = next(h for h in feeding[shared] if h != k)
                best = (size, (shared, other), (k, partner))
    return None if best is None else best[1:]


def kinks_of(pattern: Pattern) -> Kinks:
    """Return the construction X1 for a pattern with one hidden layer.

    Raises
    ------
    PatternError
        If there is another number of hidden layers, or (NothingToShowError) every finite data set
        has an optimum.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> found = kinks_of(Pattern.parse("dense:2x2x1"))
    >>> [[str(v) for v in target] for target in found.targets]
    [['0', '0'], ['0', '0'], ['1', '0'], ['2', '1'], ['2', '2']]
    """
    if pattern.layers != 2:
        raise PatternError(
            f"kinks on a line are counted for one hidden layer; this pattern has {pattern.layers - 1}"
        )
    left, right = pattern.masks
    pair = merging_pair(left, right)
    if pair is None:
        raise NothingToShowError(
            "every finite data set has an optimum for this pattern: each part has one output or one unit"
        )
    rows, units = pair
    others = _others(left, right, rows, units)
    width = pattern.widths[-1]
    points = tuple((Fraction(z),) * width for z in range(points_needed(len(others))))
    inputs = tuple(right.row(unit)[0] for unit in (*units, *(unit for unit, _ in others)))
    return Kinks(pattern, rows, units, tuple(others), points, tuple(range(len(points))), inputs)


def points_needed(others: int) -> int:
    """Return how many points on a line the construction needs: five for the pair, two for each other unit."""
    return 5 + 2 * others


def kinks_on(pattern: Pattern, points: Sequence[Vector], line: Sequence[int]) -> Kinks | None:
    """Return the construction X1 on given points, of which the listed ones lie on a line, or None.

    Units that read no input that varies along the line are constant there and do not count. Where points lie
    off the line, k and l have to read one input in common, so that their difference has a limit there, too.
    None if there are too few points on the line, or no such units.

    Parameters
    ----------
    pattern
        Two masks.
    points
        All points, without repetitions on the line.
    line
        The points on the line, one behind the other.
    """
    left, right = pattern.masks
    origin, second = points[line[0]], points[line[1]]
    varying = {j for j, (a, b) in enumerate(zip(origin, second, strict=True)) if a != b}
    reads = {k: [j for j in right.row(k) if j in varying] for k in range(right.rows)}
    feeding = [[k for k in left.row(i) if reads[k]] for i in range(left.rows)]
    whole = len(line) == len(points)
    best: tuple[int, tuple[int, int], tuple[int, int]] | None = None
    for i1, one in enumerate(feeding):
        for k, el in permutations(one[:_TRIED], 2):
            if not whole and not set(reads[k]) & set(reads[el]):
                continue
            for i2 in left.column(k)[:_TRIED]:
                size = len({*one, *feeding[i2]})
                if i2 != i1 and (best is None or size < best[0]):
                    best = (size, (i1, i2), (k, el))
    if best is None or len(line) < points_needed(best[0] - 2):
        return None
    _, rows, units = best
    common = sorted(set(reads[units[0]]) & set(reads[units[1]]))
    pair = (common[0], common[0]) if common else (reads[units[0]][0], reads[units[1]][0])
    others: dict[int, int] = {}
    for row in rows:
        for unit in feeding[row]:
            if unit not in units:
                others.setdefault(unit, row)
    listed = tuple(sorted(others.items()))
    inputs = (*pair, *(reads[unit][0] for unit, _ in listed))
    return Kinks(pattern, rows, units, listed, tuple(points), tuple(line), inputs)


def _others(left: Mask, right: Mask, rows: Iterable[int], units: Iterable[int]) -> list[tuple[int, int]]:
    found: dict[int, int] = {}
    for row in rows:
        for unit in left.row(row):
            if unit not in units and len(right.row_array(unit)):
                found.setdefault(unit, row)
    return sorted(found.items())
