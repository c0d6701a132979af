"""The cheap global obstructions, one after the other (theory N9, N10)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from semialg.closedness.ranks.bottleneck import bottleneck_witness
from semialg.closedness.ranks.dependent import dependent_rows
from semialg.closedness.ranks.supports import Supports
from semialg.closedness.ranks.uncrossed_holes import uncrossed_holes
from semialg.closedness.ranks.uncrossing import uncrossed_pair
from semialg.closedness.transfer import transpose_witness
from semialg.closedness.witness import Witness, on_paths

if TYPE_CHECKING:
    from semialg.closedness.ranks.supports import Proposal
    from semialg.pattern.pattern import Pattern

__all__ = ["rank_witness"]

_TWO = 2


def rank_witness(pattern: Pattern) -> tuple[str, Witness] | None:
    """Return the number of the rule and a witness, None if there is none.

    Milliseconds up to a few hundred rows, units and columns; the certificate has one entry for each unit.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> rank_witness(Pattern.parse("random:64x16x64:0.8:1"))[0]
    'N10'
    """
    if pattern.layers < _TWO:
        return None
    if pattern.layers > _TWO:
        return _deep(pattern)
    rows, columns = range(pattern.widths[0]), range(pattern.widths[-1])
    (alive,) = on_paths(pattern, rows, columns)
    if not alive:
        return None
    part = pattern if len(alive) == pattern.widths[1] else pattern.minor(rows, columns, [alive])
    found = _proposal(Supports.of(part))
    if found is None:
        return None
    name, proposal = found
    return name, replace(proposal.witness(part), pattern=pattern, hidden=(alive,))


def _deep(pattern: Pattern) -> tuple[str, Witness] | None:
    """Look at the hidden layers next to the outputs and next to the inputs."""
    rows, columns = range(pattern.widths[0]), range(pattern.widths[-1])
    alive = on_paths(pattern, rows, columns)
    if not all(alive):
        return None
    part = pattern.minor(rows, columns, alive)
    found = bottleneck_witness(part)
    if found is None:
        found = bottleneck_witness(part.transpose())
        if found is None:
            return None
        found = transpose_witness(found)
    return "N10", replace(found, pattern=pattern, hidden=alive)


def _proposal(supports: Supports) -> tuple[str, Proposal] | None:
    turned = supports.transpose()
    for name, search in (("N10", dependent_rows), ("N9", uncrossed_pair)):
        for view in (supports, turned):
            found = search(view)
            if found is not None:
                return name, found if view is supports else found.transpose()
    found = uncrossed_holes(supports)
    return None if found is None else ("N12", found)
