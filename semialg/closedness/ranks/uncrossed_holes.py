"""N12 in sparse form: equal rows and equal columns made by uncrossing one pair of units, or two pairs."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from semialg.algebra.laurent import Laurent
from semialg.certificates.rank_proofs import Dependent, Side
from semialg.closedness.bits import bits, from_bits
from semialg.closedness.ranks.matching import distinct_places
from semialg.closedness.ranks.supports import Proposal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from semialg.closedness.ranks.supports import Entries, Supports

__all__ = ["uncrossed_holes"]

_TRIES = 3000
_HOLES = 12
_MOST_UNITS = 24

_ONE, _T, _INVERSE = Laurent.constant(1), Laurent.monomial(1), Laurent.monomial(-1)

Pair = tuple[int, int]
Hole = tuple[int, int, int]


@dataclass
class _Uncrossed:
    """What two uncrossed units make: ``w c + v b``, lines of ones in w and b, one line each in c and v."""

    w: tuple[int, ...] = ()
    c: int = -1
    v: int = -1
    b: tuple[int, ...] = ()


def uncrossed_holes(supports: Supports) -> Proposal | None:
    """Return a limit of rank r - 1 with two equal rows and two equal columns that no product equals.

    The equal rows are made by uncrossing a pair of units whose rows they are, the equal columns by the same
    pair or by another. All other units but one have an entry in a row and a column of their own.

    Examples
    --------
    >>> from semialg.closedness.ranks.supports import Supports
    >>> from semialg.pattern.pattern import Pattern
    >>> pattern = Pattern.parse("101/010/111*110/101/110")
    >>> uncrossed_holes(Supports.of(pattern)).proof.sides[0].lines
    (0, 1)
    """
    rows, units, columns = supports.shape
    if not 3 <= units <= min(rows, columns, _MOST_UNITS):
        return None
    turned = supports.transpose()
    row_holes = {pair: _holes(supports, pair) for pair in combinations(range(units), 2)}
    column_holes = {pair: _holes(turned, pair) for pair in row_holes}
    one = [pair for pair in row_holes if row_holes[pair]]
    other = [pair for pair in row_holes if column_holes[pair]]
    both = [(p, q) for p in one for q in other if p == q or not set(p) & set(q)]
    chance = random.Random(5)  # noqa: S311 - the same choices in every run
    chance.shuffle(both)
    left = _TRIES
    for first, second in sorted(both, key=lambda pairs: pairs[0] != pairs[1]):
        for row_hole, column_hole in _apart(row_holes[first], column_holes[second]):
            for dropped in range(units - 2):
                left -= 1
                if left < 0:
                    return None
                found = _proposal(supports, (first, second), row_hole, column_hole, dropped)
                if found is not None:
                    return found
    return None


def _holes(supports: Supports, pair: Pair) -> list[Hole]:
    """Return rows i, i' of the two units and a column j of both such that no unit has all three."""
    k, other = pair
    found: list[Hole] = []
    only = supports.unit_rows[k] & ~supports.unit_rows[other]
    for i in bits(only):
        for second in bits(supports.unit_rows[other] & ~supports.unit_rows[k]):
            common = supports.row_types[i] & supports.row_types[second]
            for j in bits(supports.unit_columns[k] & supports.unit_columns[other]):
                if not common & supports.column_types[j]:
                    found.append((i, second, j))
    return found


def _apart(row_holes: Sequence[Hole], column_holes: Sequence[Hole]) -> Iterator[tuple[Hole, Hole]]:
    count = 0
    for i, second, j in row_holes:
        for j1, j2, row in column_holes:
            if row not in (i, second) and j not in (j1, j2):
                yield (i, second, j), (j1, j2, row)
                count += 1
                if count >= _HOLES:
                    return


def _proposal(
    supports: Supports, pairs: tuple[Pair, Pair], row_hole: Hole, column_hole: Hole, dropped: int
) -> Proposal | None:
    """Return the limit with these holes in which one unit of those left over makes nothing."""
    first, second = pairs
    i, other, j = row_hole
    j1, j2, row = column_hole
    units = [h for h in range(supports.shape[1]) if h not in {*first, *second}]
    rows, columns = supports.unit_rows, supports.unit_columns
    choices = [(rows[h], columns[h]) for h in units]
    if first != second:
        (k, m), (a, b) = pairs
        choices += [
            (rows[k] & rows[m], columns[k] | columns[m]),
            (rows[a] | rows[b], columns[a] & columns[b]),
        ]
    kept_rows, kept_columns = ~from_bits([i, other, row]), ~from_bits([j, j1, j2])
    places = [at for at in range(len(choices)) if at != dropped]
    own_rows = distinct_places([choices[at][0] & kept_rows for at in places])
    if own_rows is None:
        return None
    own_columns = distinct_places([choices[at][1] & kept_columns for at in places])
    if own_columns is None:
        return None
    entry = dict(zip(places, zip(own_rows, own_columns, strict=True), strict=True))
    left: Entries = {}
    right: Entries = {}
    for at, h in enumerate(units):
        if at in entry:
            left[entry[at][0], h] = right[h, entry[at][1]] = _ONE
    if first == second:
        _write(supports, first, _Uncrossed((i, other), j, row, (j1, j2)), left, right)
    else:
        p, q = entry.get(len(units), (-1, -1))
        _write(supports, first, _Uncrossed((i, other), j, p, (q,) if q >= 0 else ()), left, right)
        p, q = entry.get(len(units) + 1, (-1, -1))
        _write(supports, second, _Uncrossed((p,) if p >= 0 else (), q, row, (j1, j2)), left, right)
    proof = Dependent(2, 0, (Side("rows", (i, other), j), Side("columns", (j1, j2), row)))
    return Proposal(left, right, proof)


def _write(supports: Supports, pair: Pair, make: _Uncrossed, left: Entries, right: Entries) -> None:
    """Add the curve of the pair: ``x = v + t w_k, -v + t w_l`` and ``y = c/t + b_k, c/t + b_l``."""
    k, other = pair
    if make.v >= 0:
        left[make.v, k], left[make.v, other] = _ONE, -_ONE
    for i in make.w:
        unit = k if supports.unit_rows[k] >> i & 1 else other
        left[i, unit] = left.get((i, unit), Laurent()) + _T
    if make.c >= 0:
        right[k, make.c] = right[other, make.c] = _INVERSE
    for j in make.b:
        in_first = bool(supports.unit_columns[k] >> j & 1)
        unit = k if in_first else other
        right[unit, j] = right.get((unit, j), Laurent()) + (_ONE if in_first else -_ONE)
