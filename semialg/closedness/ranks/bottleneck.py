"""N10 for deep patterns: equal rows at the layer next to the outputs, disjoint routes through the others."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from semialg.algebra.laurent import Laurent
from semialg.certificates.rank_proofs import Dependent
from semialg.closedness.bits import from_bits
from semialg.closedness.ranks.dependent import dependent_rows
from semialg.closedness.ranks.matching import distinct_places
from semialg.closedness.ranks.supports import Supports, propose
from semialg.pattern.pattern import Pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.closedness.ranks.supports import Entries
    from semialg.closedness.witness import Witness
    from semialg.pattern.mask import Mask

__all__ = ["bottleneck_witness"]

_ONE = Laurent.constant(1)


def bottleneck_witness(pattern: Pattern) -> Witness | None:
    """Return a witness of a pattern with three masks or more, all of whose units lie on paths.

    On the first two masks it is the limit of N10, with rows H that no unit at all covers. What it uses of the
    second hidden layer is led through the other masks by disjoint routes, so that the rank stays that of the
    first hidden layer, which has to be the narrowest.

    Examples
    --------
    >>> found = bottleneck_witness(Pattern.parse("random:16x4x16x16:0.7:1"))
    >>> found.rate, found.outside.layer
    (1, 0)
    """
    first = Supports.of(Pattern(pattern.masks[:2]))
    rows, units, _ = first.shape
    if rows < units + 1 or min(pattern.widths[2:]) < units:
        return None
    proposal = dependent_rows(first, joined=(1 << units) - 1)
    if proposal is None or not isinstance(proposal.proof, Dependent):
        return None
    (side,) = proposal.proof.sides
    starts = sorted({j for _, j in proposal.right})
    routes = _routes(pattern.masks[2:], starts)
    if routes is None:
        return None
    later = [_steps(before, after) for before, after in pairwise(routes)]
    at = routes[-1][starts.index(side.at)]
    proof = Dependent(pattern.layers, 0, (type(side)("rows", side.lines, at),))
    return propose(pattern, [proposal.left, proposal.right, *later], proof)


def _routes(masks: Sequence[Mask], starts: list[int]) -> list[list[int]] | None:
    """Return the units of each layer that disjoint routes from the starts use, None if a layer stops them."""
    routes = [starts]
    for mask in masks:
        places = distinct_places([from_bits(mask.row(k)) for k in routes[-1]])
        if places is None:
            return None
        routes.append(places)
    return routes


def _steps(before: list[int], after: list[int]) -> Entries:
    return dict.fromkeys(zip(before, after, strict=True), _ONE)
