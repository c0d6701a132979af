"""Certificates without a curve: D makes every matrix of rank at most r a limit (theory D, N10', N11, N12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from semialg.certificates import claims
from semialg.closedness.ranks.holes import holes_target, zero_block_target
from semialg.closedness.ranks.repeated import section_after_uncrossing
from semialg.closedness.ranks.supports import Supports

if TYPE_CHECKING:
    from semialg.pattern.pattern import Pattern

__all__ = ["dense_proof"]

_MOST_UNITS = 24


def dense_proof(pattern: Pattern) -> tuple[str, dict[str, Any]] | None:
    """Return the numbers of the rules and the proof that a two-layer pattern is not closed, or None.

    Up to 24 units: the certificate has 4 r^2 residues and is checked in r^4 steps.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> dense_proof(Pattern.parse("1110/1111/0111/1101*1011/1101/1111/0101"))[0]
    'D+N12'
    """
    rows, units, columns = pattern.widths
    if units > _MOST_UNITS:
        return None
    supports = Supports.of(pattern)
    if not all(supports.unit_rows) or not all(supports.unit_columns):
        return None
    lost = holes_target(supports)
    name = "N12" if lost is not None and len(lost.proof.to_json().get("sides", ())) > 1 else "N10"
    if lost is None:
        lost, name = zero_block_target(supports), "N11"
    if lost is None:
        return None
    section = section_after_uncrossing(supports)
    if section is None:
        return None
    target = [["1" if (i, j) in lost.ones else "0" for j in range(columns)] for i in range(rows)]
    names = ("U", "D", name) if section.uncross else ("D", name)
    return "+".join(names), claims.dense(target, section.to_json(), lost.proof.to_json())
