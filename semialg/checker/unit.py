"""A unit of an instance: what rules about instances and the fullness game share."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Unit"]


class Unit(NamedTuple):
    """A rectangle, rows times columns as bit sets, that carries a matrix of rank at most ``multiplicity``."""

    rows: int
    columns: int
    multiplicity: int
