"""Proofs by ranks that a target is no product: theory N9, N10, N12, as certificates hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Dependent", "RankProof", "Ranks", "Side"]


@dataclass(frozen=True)
class Ranks:
    """``rk A[Z,:] + rk A[:,W] - rk A[Z,W]`` is larger than a cut of the paths to Z and from W (N9).

    Attributes
    ----------
    rows, columns
        The sets Z and W.
    cut
        Lines and units, one tuple for each level: rows, hidden layers from the outputs on, columns.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    cut: tuple[tuple[int, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the proof as certificates write it."""
        return {
            "rule": "ranks",
            "rows": list(self.rows),
            "columns": list(self.columns),
            "cut": [list(level) for level in self.cut],
        }

    def transpose(self) -> Ranks:
        """Return the proof about the transposed target.

        Examples
        --------
        >>> Ranks((0,), (), ((), (1, 2), ())).transpose()
        Ranks(rows=(), columns=(0,), cut=((), (1, 2), ()))
        """
        return Ranks(self.columns, self.rows, self.cut[::-1])


@dataclass(frozen=True)
class Side:
    """Proportional lines of the target, not 0 at a place that no unit joins to all of them."""

    axis: str
    lines: tuple[int, ...]
    at: int


@dataclass(frozen=True)
class Dependent:
    """Dependent lines of a target of rank r or r - 1 that no factor has, for a layer of r units (N10, N12).

    Attributes
    ----------
    layers
        Number of masks.
    layer
        The hidden layer, 0 next to the outputs.
    sides
        One side if the rank is the number of units; rows and then columns if it is one less.
    """

    layers: int
    layer: int
    sides: tuple[Side, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the proof as certificates write it."""
        sides = [{"axis": side.axis, "lines": list(side.lines), "at": side.at} for side in self.sides]
        return {"rule": "dependent", "layer": self.layer, "sides": sides}

    def transpose(self) -> Dependent:
        """Return the proof about the transposed target.

        Examples
        --------
        >>> Dependent(2, 0, (Side("rows", (0, 1), 2),)).transpose().sides
        (Side(axis='columns', lines=(0, 1), at=2),)
        """
        other = {"rows": "columns", "columns": "rows"}
        sides = tuple(Side(other[side.axis], side.lines, side.at) for side in reversed(self.sides))
        return Dependent(self.layers, self.layers - 2 - self.layer, sides)


RankProof = Ranks | Dependent
