"""Data on a line that want one kink more than the units have: the construction of theory X1.

A unit of a network with one hidden layer is, along a line, a function with at most one kink. Two units whose
kinks merge make a step in one output, which no number of units makes; a third output value between them shows
that the step is no accident. Every other unit is spent on a kink elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from semialg.errors import NothingToShowError, PatternError
from semialg.relu.sequence import Parameters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from semialg.pattern.mask import Mask
    from semialg.pattern.pattern import Pattern
    from semialg.relu.sequence import Vector

__all__ = ["Kinks", "kinks_of", "merging_pair"]

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
        The other units that feed one of the two outputs, each with such an output.
    """

    pattern: Pattern
    rows: tuple[int, int]
    units: tuple[int, int]
    others: tuple[tuple[int, int], ...]

    center = 2
    """The point where the kinks merge; the points are numbered from 0."""

    @property
    def columns(self) -> tuple[int, ...]:
        """The inputs, all of which vary along the line."""
        return tuple(range(self.pattern.widths[-1]))

    @property
    def count(self) -> int:
        """The number of points: five for the pair, two more for every other unit."""
        return 5 + 2 * len(self.others)

    @property
    def places(self) -> tuple[int, ...]:
        """The point of the kink of every other unit."""
        return tuple(5 + 2 * h for h in range(len(self.others)))

    @property
    def points(self) -> tuple[Vector, ...]:
        """The points s (1, ..., 1), s = 0, 1, ..."""
        return tuple((Fraction(s),) * self.pattern.widths[-1] for s in range(self.count))

    @property
    def targets(self) -> tuple[Vector, ...]:
        """The limit of the outputs of :meth:`parameters`."""
        return tuple(self._target(s) for s in range(self.count))

    def _target(self, s: int) -> Vector:
        target = [Fraction(0)] * self.pattern.widths[0]
        target[self.rows[0]] += 1 + (s > self.center) - (s < self.center)
        target[self.rows[1]] += max(0, s - self.center)
        for (_, row), place in zip(self.others, self.places, strict=True):
            target[row] += max(0, s - place)
        return tuple(target)

    def parameters(self, t: Fraction, points: Sequence[Vector], targets: Sequence[Vector]) -> Parameters:
        """Return parameters whose outputs tend to the targets as t > 0 tends to 0.

        The units are relu(s - q + t) and relu(s - q - t), their difference is divided by t.
        """
        del points, targets  # those of this construction
        if not 0 < t <= 1:
            raise PatternError(f"t is {t}; expected a number above 0 and at most 1 for kinks that merge")
        left, right = self.pattern.masks
        (i1, i2), (k, el) = self.rows, self.units
        outer = {(i1, k): 1 / t, (i1, el): -1 / t, (i2, k): Fraction(1)}
        hidden = [Fraction(0)] * left.columns
        inner = {}
        kinks: list[tuple[int, Fraction]] = [(k, self.center - t), (el, self.center + t)]
        for (unit, row), place in zip(self.others, self.places, strict=True):
            outer[row, unit] = Fraction(1)
            kinks.append((unit, Fraction(place)))
        for unit, kink in kinks:
            inner[unit, right.row(unit)[0]] = Fraction(1)
            hidden[unit] = -kink
        return Parameters((outer, inner), ((Fraction(0),) * left.rows, tuple(hidden)))

    def proof(self) -> dict[str, Any]:
        """Return the proof ``no_optimum.kinks``."""
        others = [
            {"unit": unit, "row": row, "at": place}
            for (unit, row), place in zip(self.others, self.places, strict=True)
        ]
        pair = {"rows": list(self.rows), "units": list(self.units)}
        return {"rule": "kinks", **pair, "center": self.center, "others": others}

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
    return Kinks(pattern, rows, units, tuple(_others(left, right, rows, units)))


def _others(left: Mask, right: Mask, rows: Iterable[int], units: Iterable[int]) -> list[tuple[int, int]]:
    found: dict[int, int] = {}
    for row in rows:
        for unit in left.row(row):
            if unit not in units and len(right.row_array(unit)):
                found.setdefault(unit, row)
    return sorted(found.items())
