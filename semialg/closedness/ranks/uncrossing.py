"""N9 in sparse form: two units uncrossed, one entry for every other unit that is not inside the first."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from semialg.algebra.laurent import Laurent
from semialg.certificates.rank_proofs import Ranks
from semialg.closedness.bits import bit_list, bits
from semialg.closedness.ranks.matching import distinct_places
from semialg.closedness.ranks.supports import Proposal

if TYPE_CHECKING:
    from semialg.closedness.ranks.supports import Entries, Supports

__all__ = ["uncrossed_pair"]

_UNITS = 24
_PARTNERS = 6
_TRIES = 4

_ONE, _T, _INVERSE = Laurent.constant(1), Laurent.monomial(1), Laurent.monomial(-1)


def uncrossed_pair(supports: Supports) -> Proposal | None:
    """Return a limit with single ones in distinct rows and columns whose ranks no product has.

    Units k, l; Z and W are the rows and columns outside unit k. The limit has the ones (w, c) and (v, b) with
    w in Z, b in W, and one entry in a row of Z or a column of W for each other unit that has such entries. So
    the ranks give one more than the units that touch Z or W.

    Examples
    --------
    >>> from semialg.closedness.ranks.supports import Supports
    >>> from semialg.pattern.pattern import Pattern
    >>> lu = Pattern.parse("lu:3")
    >>> uncrossed_pair(Supports.of(lu)).witness(lu).outside.cut
    ((), (0, 1), ())
    """
    rows, units, columns = supports.shape
    every_row, every_column = (1 << rows) - 1, (1 << columns) - 1
    chance = random.Random(1)  # noqa: S311 - the same choices in every run
    by_size = sorted(
        range(units), key=lambda k: supports.unit_rows[k].bit_count() + supports.unit_columns[k].bit_count()
    )
    for k in by_size[:_UNITS]:
        outside = every_row & ~supports.unit_rows[k], every_column & ~supports.unit_columns[k]
        if not outside[0] or not outside[1]:
            continue
        partners = sorted(range(units), key=lambda h: -_room(supports, k, h, outside))
        for other in partners[:_PARTNERS]:
            if _room(supports, k, other, outside) == 0:
                break
            for _ in range(_TRIES):
                found = _place(supports, k, other, outside, chance)
                if found is not None:
                    return found
    return None


def _room(supports: Supports, k: int, other: int, outside: tuple[int, int]) -> int:
    """Return in how many places the least of the four lines of the pair can lie."""
    if other == k:
        return 0
    lines = _corners(supports, k, other, outside)
    return min(line.bit_count() for line in lines)


def _corners(supports: Supports, k: int, other: int, outside: tuple[int, int]) -> tuple[int, int, int, int]:
    rows, columns = supports.unit_rows, supports.unit_columns
    return (
        rows[other] & outside[0],
        rows[k] & rows[other],
        columns[other] & outside[1],
        columns[k] & columns[other],
    )


def _place(
    supports: Supports, k: int, other: int, outside: tuple[int, int], chance: random.Random
) -> Proposal | None:
    """Find distinct rows and columns for all ones, or None."""
    w_rows, v_rows, b_columns, c_columns = _corners(supports, k, other, outside)
    touching = [
        h
        for h in range(supports.shape[1])
        if h not in (k, other)
        and (supports.unit_rows[h] & outside[0] or supports.unit_columns[h] & outside[1])
    ]
    by_row = _split(supports, touching, outside, (w_rows, b_columns), chance)
    if by_row is None:
        return None
    row_choices = [
        supports.unit_rows[h] & (outside[0] if on_row else -1)
        for h, on_row in zip(touching, by_row, strict=True)
    ]
    found_rows = distinct_places([w_rows, v_rows, *row_choices])
    if found_rows is None:
        return None
    column_choices = [
        supports.unit_columns[h] & (-1 if on_row else outside[1])
        for h, on_row in zip(touching, by_row, strict=True)
    ]
    found_columns = distinct_places([c_columns, b_columns, *column_choices])
    if found_columns is None:
        return None
    w, v, *own_rows = found_rows
    c, b, *own_columns = found_columns
    left: Entries = {(v, k): _ONE, (v, other): -_ONE, (w, other): _T}
    right: Entries = {(k, c): _INVERSE, (other, c): _INVERSE, (other, b): -_ONE}
    for h, i, j in zip(touching, own_rows, own_columns, strict=True):
        left[i, h] = right[h, j] = _ONE
    cut = ((), tuple(sorted([other, *touching])), ())
    return Proposal(left, right, Ranks(tuple(bits(outside[0])), tuple(bits(outside[1])), cut))


def _split(
    supports: Supports,
    touching: list[int],
    outside: tuple[int, int],
    corner: tuple[int, int],
    chance: random.Random,
) -> list[bool] | None:
    """Say for each unit whether its one lies in a row of Z (or in a column of W), all distinct."""
    shift = len(supports.row_types)
    order = list(range(len(touching)))
    chance.shuffle(order)
    choices = [
        (supports.unit_rows[touching[at]] & outside[0])
        | (supports.unit_columns[touching[at]] & outside[1]) << shift
        for at in order
    ]
    # Places in a random order, so that another try finds another split.
    places = bit_list(outside[0] | outside[1] << shift)
    chance.shuffle(places)
    rank = {place: at for at, place in enumerate(places)}
    all_choices = [corner[0], corner[1] << shift, *choices]
    mixed = [sum(1 << rank[place] for place in bits(choice)) for choice in all_choices]
    found = distinct_places(mixed)
    if found is None:
        return None
    by_row = [False] * len(touching)
    for at, place in zip(order, found[2:], strict=True):
        by_row[at] = places[place] < shift
    return by_row
