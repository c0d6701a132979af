"""What can be said of a pattern that stays open because it has more units than rows or columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semialg.closedness.bits import bits

if TYPE_CHECKING:
    from semialg.closedness.instance import Instance

__all__ = ["least_cover", "words_beyond_ranks"]


def least_cover(instance: Instance) -> int:
    """Return the least number of copies that cover an entry of the rectangle of the rows and columns present.

    With c copies at least, every minor with at most c rows or at most c columns is full (theory C4''): in
    each column, c rows with c units each have a matching.

    Examples
    --------
    >>> from semialg.closedness.instance import Instance
    >>> from semialg.pattern.pattern import Pattern
    >>> least_cover(Instance.from_pattern(Pattern.parse("111/110*11/11/10")))
    2
    """
    counts = dict.fromkeys(((i, j) for i in bits(instance.rows) for j in bits(instance.columns)), 0)
    for unit in instance.units.values():
        for i in bits(unit.rows):
            for j in bits(unit.columns):
                counts[i, j] += unit.multiplicity
    return min(counts.values(), default=0)


def words_beyond_ranks(instance: Instance) -> str | None:
    """Say why a reduced instance with more units than its shorter side stays open, and what would decide it.

    None if it has no more units than that, or free entries.

    Examples
    --------
    >>> from semialg.closedness.instance import Instance
    >>> from semialg.pattern.pattern import Pattern
    >>> words = words_beyond_ranks(Instance.from_pattern(Pattern.parse("1111/1110*1111/1111/1111/1110")))
    >>> words.split(",")[0]
    'there are 4 units for 2 rows and 4 columns'
    """
    rows, columns = instance.rows.bit_count(), instance.columns.bit_count()
    units = sum(unit.multiplicity for unit in instance.units.values())
    least = min(rows, columns)
    if units <= least or instance.free:
        return None
    cover = least_cover(instance)
    minors = (
        f"; each entry lies in at least {cover} units, so every minor with at most {cover} rows or columns "
        "is full (C4'') and no obstruction sits on so few lines"
    )
    sides = sum(
        max(unit.rows.bit_count(), unit.columns.bit_count()) * unit.multiplicity
        for unit in instance.units.values()
    )
    return (
        f"there are {units} units for {rows} rows and {columns} columns, so the number of units bounds no "
        f"rank, on which the rules for fewer units rest{minors if cover > 1 else ''}. "
        "To prove that a target is missed would be to prove a lower bound "
        "for linear circuits of depth two. What would decide it: denser masks (C9 needs the longer sides of "
        f"the units, {sides} in all, to add up to {rows * columns} or more, which random masks do above "
        f"density {least / units:.2f}, and costs an elimination on {rows * columns} unknowns), supports that "
        "are disjoint or nested such as blocks (C3), or at most "
        f"{least} units, where ranks decide most patterns"
    )
