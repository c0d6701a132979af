"""Repeated uncrossing: a pattern in the closure for which rational sections exist (theory U, D)."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from semialg.closedness.ranks.sections import find_section, peeled

if TYPE_CHECKING:
    from semialg.closedness.ranks.sections import Section
    from semialg.closedness.ranks.supports import Supports

__all__ = ["section_after_uncrossing", "uncrossed"]

_STEPS = 120
_RUNS = 2


def uncrossed(supports: Supports, k: int, other: int) -> Supports:
    """Return the supports with two units uncrossed: rows united for ``k``, columns for the other.

    Examples
    --------
    >>> from semialg.closedness.ranks.supports import Supports
    >>> from semialg.pattern.pattern import Pattern
    >>> uncrossed(Supports.of(Pattern.parse("10/11*11/01")), 0, 1).unit_columns
    (2, 3)
    """
    rows, columns = list(supports.unit_rows), list(supports.unit_columns)
    rows[k], rows[other] = rows[k] | rows[other], rows[k] & rows[other]
    columns[k], columns[other] = columns[k] & columns[other], columns[k] | columns[other]
    return supports.with_units(rows, columns)


def section_after_uncrossing(supports: Supports, steps: int = _STEPS) -> Section | None:
    """Return a run for the pattern or for one that it becomes by a few uncrossings, None if none is found.

    Products of an uncrossed pattern are limits of products of the pattern before, so all matrices of rank at
    most r are limits of products of the pattern itself.

    Examples
    --------
    >>> from semialg.closedness.ranks.supports import Supports
    >>> from semialg.pattern.pattern import Pattern
    >>> found = section_after_uncrossing(Supports.of(Pattern.parse("110/011/111*111/110/011")))
    >>> len(found.steps)
    6
    """
    found = find_section(supports)
    if found is not None:
        return found
    units = supports.shape[1]
    if units < 2:
        return None
    for run in range(_RUNS):
        chance = random.Random(run)  # noqa: S311 - the same choices in every run
        here, pairs, best = supports, list[tuple[int, int]](), peeled(supports)
        for _ in range(steps):
            k, other = chance.sample(range(units), 2)
            there = uncrossed(here, k, other)
            if (there.unit_rows, there.unit_columns) == (here.unit_rows, here.unit_columns):
                continue
            score = peeled(there)
            if score < best:
                continue
            here, best = there, score
            pairs.append((k, other))
            if score == 2 * units:
                section = find_section(here, tries=4)
                if section is not None:
                    return replace(section, uncross=tuple(pairs))
    return None
