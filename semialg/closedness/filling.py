"""Filled rectangles (theory R7, C7 to C9): units that reach all of their rank on a rectangle become it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from semialg.certificates import claims
from semialg.closedness.bits import bit_list
from semialg.closedness.fullness import Position, play, wedderburn
from semialg.closedness.instance import Rectangle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.closedness.effort import Effort
    from semialg.closedness.instance import Instance

__all__ = ["Fill", "fill_all", "fill_inside", "position_of"]


@dataclass(frozen=True)
class Fill:
    """Theory R7: units inside a rectangle, and the proof that they reach every matrix of their rank on it.

    This is no step of :mod:`semialg.closedness.steps`: a curve for the rectangle does not lift by renaming.
    """

    units: tuple[int, ...]
    rows: int
    columns: int
    rank: int
    proof: dict[str, Any]

    @property
    def number(self) -> str:
        """The theory number of what the proof uses."""
        return {"wedderburn": "C7", "linear": "C9"}.get(self.proof["game"], "C8")

    @property
    def side(self) -> int:
        """The shorter side of the rectangle; if the rank is so large, every matrix on it is reached."""
        return min(self.rows.bit_count(), self.columns.bit_count())

    def apply(self, instance: Instance) -> Instance:
        """Replace the units by the rectangle, with a new id; the first units lend their names."""
        units = dict(instance.units)
        origins = tuple(origin for k in self.units for origin in units.pop(k).origins)
        units[instance.next_id] = Rectangle(self.rows, self.columns, origins[: self.rank])
        return replace(instance, units=units, next_id=instance.next_id + 1)

    def to_json(self) -> dict[str, Any]:
        """Return the step as certificates write it."""
        return claims.full_step(self.units, bit_list(self.rows), bit_list(self.columns), self.proof)


def position_of(instance: Instance, ids: Sequence[int], rows: int, columns: int) -> Position:
    """Return the position that asks whether some units reach all of their rank on a rectangle."""
    units = {k: (instance.units[k].rows, instance.units[k].columns) for k in ids}
    copies = {k: instance.units[k].multiplicity for k in ids}
    return Position.of(units, copies, rows, columns)


def fill_all(instance: Instance, effort: Effort | None = None) -> Fill | None:
    """Fill the smallest rectangle that holds all units; without effort by C7 alone.

    Returns None unless the filled rectangle is closed: fully observed, or every matrix is reached.

    Examples
    --------
    >>> from semialg.closedness.instance import Instance
    >>> from semialg.pattern.pattern import Pattern
    >>> pattern = Pattern.parse("11/11/01*111/110")
    >>> fill_all(Instance.from_pattern(pattern)) is None
    True
    >>> fill_all(Instance.from_pattern(Pattern.parse("11/11/01*111/111"))).number
    'C7'
    """
    rows = columns = 0
    for unit in instance.units.values():
        rows, columns = rows | unit.rows, columns | unit.columns
    if not rows or not columns:
        return None
    position = position_of(instance, tuple(instance.units), rows, columns)
    everything = position.rank == min(rows.bit_count(), columns.bit_count())
    if not everything and any(rows >> i & 1 and free & columns for i, free in instance.free.items()):
        return None
    proof = {"game": "wedderburn"} if wedderburn(position) else None
    if proof is None and effort is not None:
        proof = play(position, effort)
    return None if proof is None else Fill(tuple(instance.units), rows, columns, position.rank, proof)


def fill_inside(instance: Instance) -> Fill | None:
    """Fill the rectangle of one unit with the units inside it, by C7; None if no unit allows it.

    Examples
    --------
    >>> from semialg.closedness.instance import Instance
    >>> from semialg.pattern.pattern import Pattern
    >>> found = fill_inside(Instance.from_pattern(Pattern.parse("110/111/001*1110/0110/0011")))
    >>> found.units, found.rows, found.columns, found.rank
    ((0, 1), 3, 7, 2)
    """
    for outer in instance.units.values():
        inside = [
            k
            for k, unit in instance.units.items()
            if not unit.rows & ~outer.rows
            and not unit.columns & ~outer.columns
            and unit.rows
            and unit.columns
        ]
        if len(inside) > 1:
            position = position_of(instance, inside, outer.rows, outer.columns)
            if wedderburn(position):
                proof = {"game": "wedderburn"}
                return Fill(tuple(inside), outer.rows, outer.columns, position.rank, proof)
    return None
