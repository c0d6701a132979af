"""N10: rows of a target that are equal although no unit could make them so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semialg.algebra.laurent import Laurent
from semialg.certificates.rank_proofs import Dependent, Side
from semialg.closedness.bits import bit_list, bits, from_bits
from semialg.closedness.ranks.matching import distinct_places
from semialg.closedness.ranks.supports import Proposal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from semialg.closedness.ranks.supports import Entries, Supports

__all__ = ["dependent_rows"]

_COLUMNS = 40
_CENTRES = 4

_ONE, _T, _INVERSE = Laurent.constant(1), Laurent.monomial(1), Laurent.monomial(-1)


def dependent_rows(supports: Supports, joined: int | None = None) -> Proposal | None:
    """Return a limit of rank r with equal rows H that no product equals.

    There are units K0 and a column j0 in all their supports; each row of H uses one of K0 and no unit with
    the column j0 uses all rows of H. Every other unit gets a row and a column of its own. The limit has an
    entry 1 in each of these rows and needs ``|H| + r - 1`` of them.

    Parameters
    ----------
    supports
        The pattern.
    joined
        Units of which none may use all rows of H, as a bit set; by default those with the column j0. In a
        deep pattern more units may be joined to what lies behind j0.

    Examples
    --------
    >>> from semialg.closedness.ranks.supports import Supports
    >>> from semialg.pattern.pattern import Pattern
    >>> tall = Pattern.parse("10/01/11*11/11")
    >>> dependent_rows(Supports.of(tall)).witness(tall).target
    [[Fraction(1, 1), Fraction(0, 1)], [Fraction(1, 1), Fraction(0, 1)], [Fraction(0, 1), Fraction(1, 1)]]
    """
    rows, units, columns = supports.shape
    if columns < units or rows < units + 1:
        return None
    order = sorted(range(columns), key=lambda j: supports.column_types[j].bit_count())
    for j in order[:_COLUMNS]:
        for equal in _equal_rows(supports, j, joined):
            found = _with_rows(supports, j, equal)
            if found is not None:
                return found
    return None


def _equal_rows(supports: Supports, j: int, joined: int | None) -> Iterator[list[int]]:
    """Yield sets of rows that no unit with column ``j`` covers, each row with such a unit: few rows first."""
    rows, units, _ = supports.shape
    there = supports.column_types[j]
    avoided = there if joined is None else joined
    usable = [i for i in range(rows) if supports.row_types[i] & there]
    starts = sorted(usable, key=lambda i: (supports.row_types[i] & avoided).bit_count())
    for start in starts[:2]:
        chosen, live = [start], supports.row_types[start] & avoided
        while live:
            best = min(usable, key=lambda i: (supports.row_types[i] & live).bit_count())
            smaller = supports.row_types[best] & live
            if smaller == live:
                break
            chosen.append(best)
            live = smaller
        if not live and len(chosen) + units - 1 <= rows:
            yield chosen


def _with_rows(supports: Supports, j: int, equal: list[int]) -> Proposal | None:
    """Return the limit with these rows equal, if the other units find rows and columns."""
    there = supports.column_types[j]
    core = _hitting(supports, there, equal)
    kept = ~from_bits(equal)
    for centre in sorted(core, key=lambda k: -supports.unit_rows[k].bit_count())[:_CENTRES]:
        others = [k for k in range(supports.shape[1]) if k != centre]
        row_choices = [
            supports.unit_rows[k] & kept & (supports.unit_rows[centre] if k in core else -1) for k in others
        ]
        own_rows = distinct_places(row_choices)
        if own_rows is None:
            continue
        own_columns = distinct_places([supports.unit_columns[k] & ~(1 << j) for k in others])
        if own_columns is None:
            continue
        left: Entries = {}
        right: Entries = {(k, j): _ONE for k in core}
        for i in equal:
            left[i, next(k for k in core if supports.row_types[i] >> k & 1)] = _ONE
        for k, i, column in zip(others, own_rows, own_columns, strict=True):
            if k in core:
                left[i, k], left[i, centre], right[k, column] = _INVERSE, -_INVERSE, _T
            else:
                left[i, k], right[k, column] = _ONE, _ONE
        proof = Dependent(2, 0, (Side("rows", tuple(equal), j),))
        return Proposal(left, right, proof)
    return None


def _hitting(supports: Supports, there: int, equal: list[int]) -> list[int]:
    """Return few units with the column, at least one for each of the rows; the one for most rows first."""
    core: list[int] = []
    open_rows = from_bits(equal)
    while open_rows:
        best = max(bit_list(there), key=lambda k: (supports.unit_rows[k] & open_rows).bit_count())
        core.append(best)
        for i in bits(supports.unit_rows[best] & open_rows):
            open_rows &= ~(1 << i)
    return core
