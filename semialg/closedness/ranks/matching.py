"""Distinct representatives: one place for each item, no place twice."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from semialg.closedness.bits import bits

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["distinct_places"]


def distinct_places(choices: Sequence[int]) -> list[int] | None:
    """Return a place for each item, all different, or None if there are no such places.

    Parameters
    ----------
    choices
        For each item the places that it may take, as a bit set.

    Notes
    -----
    Augmenting paths, those with few choices first: items times ones at worst, nearly linear where there is
    room.

    Examples
    --------
    >>> distinct_places([0b011, 0b001, 0b110])
    [1, 0, 2]
    >>> distinct_places([0b1, 0b1]) is None
    True
    """
    place = [-1] * len(choices)
    owner: dict[int, int] = {}
    taken = 0
    for item in sorted(range(len(choices)), key=lambda at: choices[at].bit_count()):
        open_places = choices[item] & ~taken
        if open_places:
            found = (open_places & -open_places).bit_length() - 1
            place[item], owner[found] = found, item
        else:
            free = _augment(choices, place, owner, item, taken)
            if free is None:
                return None
            found = free
        taken |= 1 << found
    return place


def _augment(
    choices: Sequence[int], place: list[int], owner: dict[int, int], start: int, taken: int
) -> int | None:
    """Give ``start`` a place by moving others, and return the place that is newly taken."""
    came_from: dict[int, int] = {}
    seen = 0
    queue = deque([start])
    while queue:
        item = queue.popleft()
        new = choices[item] & ~seen
        seen |= new
        loose = new & ~taken
        if loose:
            last = (loose & -loose).bit_length() - 1
            at, holder = last, item
            while True:
                before = place[holder]
                place[holder], owner[at] = at, holder
                if holder == start:
                    return last
                at, holder = before, came_from[before]
        for candidate in bits(new):
            came_from[candidate] = item
            queue.append(owner[candidate])
    return None
