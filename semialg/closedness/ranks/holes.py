"""Targets of rank r or r - 1 that no product equals: holes (N10', N12) and zero blocks (N11)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from semialg.certificates.rank_proofs import Dependent, Ranks, Side
from semialg.closedness.bits import bit_list, bits
from semialg.closedness.ranks.matching import distinct_places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from semialg.certificates.rank_proofs import RankProof
    from semialg.closedness.ranks.supports import Supports

__all__ = ["Lost", "holes_target", "zero_block_target"]

_PAIRS = 20_000


@dataclass(frozen=True)
class Lost:
    """The places of the ones of a target, and the proof that it is no product."""

    ones: frozenset[tuple[int, int]]
    proof: RankProof


def holes_target(supports: Supports) -> Lost | None:
    """Return a target with equal rows, or with equal rows and equal columns, that no product equals.

    Its rank is r with rows (or columns) alone, r - 1 with both.

    Examples
    --------
    >>> from semialg.closedness.ranks.supports import Supports
    >>> from semialg.pattern.pattern import Pattern
    >>> pattern = Pattern.parse("1110/1111/0111/1101*1011/1101/1111/0101")
    >>> [side.lines for side in holes_target(Supports.of(pattern)).proof.sides]
    [(2, 3), (1, 2)]
    """
    rows, units, columns = supports.shape
    turned = supports.transpose()
    row_hole = next(_holes(supports, rows - units + 2), None)
    column_hole = next(_holes(turned, columns - units + 2), None)
    for view, hole, spare in ((supports, row_hole, rows - units), (turned, column_hole, columns - units)):
        if hole is None or len(hole[0]) > spare + 1 or view.shape[2] < units:
            continue
        ones = _ones(view, units, hole, None)
        if ones is not None:
            if view is supports:
                return Lost(ones, Dependent(2, 0, (Side("rows", *hole),)))
            return Lost(frozenset((j, i) for i, j in ones), Dependent(2, 0, (Side("columns", *hole),)))
    if row_hole is None or column_hole is None:
        return None
    both = _ones(supports, units - 1, row_hole, column_hole)
    if both is None:
        return None
    return Lost(both, Dependent(2, 0, (Side("rows", *row_hole), Side("columns", *column_hole))))


def _holes(supports: Supports, most: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield rows and a column such that no unit with the column covers all the rows: pairs first."""
    rows, _, columns = supports.shape
    types = supports.row_types
    if most < 2:
        return
    looked = 0
    for i, other in combinations(range(rows), 2):
        common = types[i] & types[other]
        looked += columns
        for j in range(columns):
            if not common & supports.column_types[j]:
                yield (i, other), j
        if looked > _PAIRS:
            break
    for j in sorted(range(columns), key=lambda at: supports.column_types[at].bit_count()):
        live, chosen = supports.column_types[j], list[int]()
        while live and len(chosen) < most:
            best = min(range(rows), key=lambda i: (types[i] & live).bit_count())
            if types[best] & live == live:
                break
            chosen.append(best)
            live &= types[best]
        if not live and len(chosen) > 1:
            yield tuple(chosen), j


Place = tuple[int, int]


def _ones(
    supports: Supports,
    rank: int,
    row_hole: tuple[tuple[int, ...], int],
    column_hole: tuple[tuple[int, ...], int] | None,
) -> frozenset[Place] | None:
    """Return ones that give this rank, equal rows and columns, and a one at the place of each hole."""
    height, _, width = supports.shape
    equal_rows, j = row_hole
    equal_columns, i = column_hole or ((), 0)
    # In the matrix with one of the equal rows and one of the equal columns:
    keep_rows = [at for at in range(height) if at not in equal_rows[1:]]
    keep_columns = [at for at in range(width) if at not in equal_columns[1:]]
    first = (equal_rows[0], equal_columns[0] if j in equal_columns else j)
    needed = [first]
    if column_hole is not None:
        second = (equal_rows[0] if i in equal_rows else i, equal_columns[0])
        needed = list(dict.fromkeys([first, second]))
    together = len(needed) == 2 and (needed[0][0] == needed[1][0] or needed[0][1] == needed[1][1])
    count = rank - (1 if together else len(needed))
    # Two ones in one line add one to the rank if the others avoid row and column of the first.
    used = needed[:1] if together else needed
    used_rows, used_columns = {place[0] for place in used}, {place[1] for place in used}
    free_rows = [at for at in keep_rows if at not in used_rows]
    free_columns = [at for at in keep_columns if at not in used_columns]
    if count < 0 or len(free_rows) < count or len(free_columns) < count:
        return None
    kept = {*needed, *zip(free_rows[:count], free_columns[:count], strict=True)}
    full = {
        (row, column)
        for a, b in kept
        for row in (equal_rows if a == equal_rows[0] else (a,))
        for column in (equal_columns if equal_columns and b == equal_columns[0] else (b,))
    }
    return frozenset(full)


def zero_block_target(supports: Supports) -> Lost | None:
    """Return a target with full rows Z and columns W and a zero block Z x W that few units touch (N11).

    Examples
    --------
    >>> from semialg.closedness.ranks.supports import Supports
    >>> from semialg.pattern.pattern import Pattern
    >>> pattern = Pattern.parse("110/110/001*110/110/111")
    >>> zero_block_target(Supports.of(pattern)).proof.cut
    ((), (2,), ())
    """
    rows, units, columns = supports.shape
    most = min(rows, columns, units)
    all_rows, all_columns = (1 << rows) - 1, (1 << columns) - 1
    outside = [
        (all_rows & ~r, all_columns & ~c)
        for r, c in zip(supports.unit_rows, supports.unit_columns, strict=True)
    ]
    order = sorted(range(units), key=lambda k: -sum(lines.bit_count() for lines in outside[k]))
    groups: list[tuple[int, ...]] = [(k,) for k in order]
    groups += list(combinations(order[:40], 2)) + list(combinations(order[:12], 3))
    for group in groups:
        z, w = all_rows, all_columns
        for k in group:
            z, w = z & outside[k][0], w & outside[k][1]
        if not z and not w:
            continue
        touching = [k for k in range(units) if supports.unit_rows[k] & z or supports.unit_columns[k] & w]
        size = len(touching) + 1
        if size > most or z.bit_count() + w.bit_count() < size:
            continue
        chosen_rows = bit_list(z)[: min(z.bit_count(), size)]
        chosen_columns = bit_list(w)[: size - len(chosen_rows)]
        far_rows = distinct_places([~_set(chosen_rows) & all_rows] * len(chosen_columns))
        far_columns = distinct_places([~_set(chosen_columns) & all_columns] * len(chosen_rows))
        if far_rows is None or far_columns is None:
            continue
        ones = {*zip(chosen_rows, far_columns, strict=True), *zip(far_rows, chosen_columns, strict=True)}
        cut = ((), tuple(k for k in touching if _touches(supports, k, chosen_rows, chosen_columns)), ())
        return Lost(frozenset(ones), Ranks(tuple(chosen_rows), tuple(chosen_columns), cut))
    return None


def _set(lines: list[int]) -> int:
    return sum(1 << line for line in lines)


def _touches(supports: Supports, k: int, rows: list[int], columns: list[int]) -> bool:
    near = any(i in rows for i in bits(supports.unit_rows[k]))
    return near or any(j in columns for j in bits(supports.unit_columns[k]))
