"""Decide patterns with three and more layers (theory C5, C6, H1): reduce, look at minors, targets and trees.

Every reduction keeps closedness both ways; what is found for the reduced pattern is lifted, a proof by one
more object of the certificate, a witness by naming its entries anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from semialg.certificates import claims
from semialg.closedness.deep.frame import Frame
from semialg.closedness.deep.lift import from_merged, from_minor
from semialg.closedness.deep.targets import witness_by_target
from semialg.closedness.deep.trees import minors_used, numbered, search_tree
from semialg.closedness.effort import Effort
from semialg.closedness.induction import closed_or_witness
from semialg.closedness.layers import chainable_factors, fill_steps, peelable, prove_closed_pattern
from semialg.closedness.obstructions import OBSTRUCTIONS
from semialg.closedness.private import find_private_p4, reach
from semialg.closedness.private_witness import private_witness
from semialg.closedness.witness import Witness, on_paths
from semialg.pattern.pattern import Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from semialg.certificates.claims import Proof
    from semialg.closedness.deep.trees import Line

__all__ = ["Proved", "Refuted", "decide_deep"]

_LARGEST_SIDE = 6
_LARGEST_WIDTH = 12
_MOST_EXTRA = 3
_WHOLE = 25
"""All searches of one decision together may spend so many times the work."""
_SHARE = 4
"""A single search may spend this part of what is left: minors that stay open leave something for the rest."""
_THOROUGH = 10
_LEAVES = {0: 4, _MOST_EXTRA - 1: 10}
"""After targets with so many more ones, trees get leaves with parameters for so many times the work."""


@dataclass(frozen=True)
class Proved:
    """A proof that a pattern is closed, and the theory numbers it uses."""

    names: frozenset[str]
    proof: Proof


@dataclass(frozen=True)
class Refuted:
    """A witness that a pattern is not closed, and the theory numbers that led to it."""

    names: frozenset[str]
    witness: Witness

    def lifted(self, name: str, witness: Witness) -> Refuted:
        """Return what this says of a larger pattern, by another theory number."""
        return Refuted(self.names | {name}, witness)


def decide_deep(pattern: Pattern, work: int) -> Proved | Refuted | None:
    """Return a proof that a pattern is closed, a witness that it is not, or None.

    Parameters
    ----------
    pattern
        A pattern of any number of layers, meant for three and more; wide ones are only reduced.
    work
        Elementary steps, about a microsecond each, for one search; all searches together may spend 25 times
        as many.

    Examples
    --------
    >>> sorted(decide_deep(Pattern.parse("11/01*10/11*11/01"), 100_000).names)
    ["C4''", 'C5']
    >>> sorted(decide_deep(Pattern.parse("10/11*11/01*10/01"), 100_000).names)
    ['C6', 'N1']
    """
    return _Search(work).decide(pattern)


Found = Proved | Refuted


class _Search:
    """The recursion over reductions and minors; it remembers the patterns that it has met."""

    def __init__(self, work: int) -> None:
        self._work = work
        self._effort = Effort(_WHOLE * work)
        self._known: dict[Pattern, Found | None] = {}

    def decide(self, pattern: Pattern) -> Found | None:
        """Decide a pattern, or recall what was found before."""
        if pattern not in self._known:
            # A pattern in the course of its own search is not decided yet.
            self._known[pattern] = None
            self._known[pattern] = self._decide(pattern)
        return self._known[pattern]

    def _decide(self, pattern: Pattern) -> Found | None:
        if pattern.layers == 1:
            return Proved(frozenset({"C2"}), claims.coordinate())
        if 1 in (pattern.widths[0], pattern.widths[-1]):
            return Proved(frozenset({"C4''"}), claims.scalar())
        if pattern.layers == 2:
            return self._flat(pattern)
        smaller, found = self._reduced(pattern)
        if smaller:
            return found
        for at in range(pattern.layers - 1):
            found = self._merged(pattern, at)
            if found is not None:
                return found
        return self._known_rules(pattern) or self._searched(pattern)

    def _flat(self, pattern: Pattern) -> Found | None:
        proved = prove_closed_pattern(pattern)
        if proved is not None:
            return Proved(frozenset(proved[0]), proved[1])
        for name, search in OBSTRUCTIONS:
            witness = search(pattern, self._work)
            if witness is not None:
                return Refuted(frozenset({name.split()[0]}), witness)
        found = closed_or_witness(pattern, self._part(_THOROUGH))
        if found is None:
            return None
        method, result = found
        names = frozenset(method.split("+"))
        return Refuted(names, result) if isinstance(result, Witness) else Proved(names, result)

    def _part(self, times: int) -> Effort:
        """Return the effort for one search."""
        return self._effort.part(min(times * self._work, self._effort.left // _SHARE))

    def _reduced(self, pattern: Pattern) -> tuple[bool, Found | None]:
        """Leave out units on no path, zero lines, and superfluous lines of a type (theory R1, R6)."""
        rows, columns = list(range(pattern.widths[0])), list(range(pattern.widths[-1]))
        hidden = [list(layer) or [0] for layer in on_paths(pattern, rows, columns)]
        everything = [list(range(width)) for width in pattern.widths[1:-1]]
        if hidden != everything:
            found = self.decide(pattern.minor(rows, columns, hidden))
            if isinstance(found, Proved):
                return True, Proved(found.names | {"R1"}, claims.prune(hidden, found.proof))
            return True, found and found.lifted(
                "R1", from_minor(pattern, rows, columns, hidden, found.witness)
            )
        for axis, types in (("rows", pattern.row_types), ("columns", pattern.column_types)):
            kept = _needed(types)
            if len(kept) == len(types):
                continue
            sides = (kept, columns) if axis == "rows" else (rows, kept)
            found = self.decide(pattern.minor(*sides))
            if isinstance(found, Proved):
                gone = sorted(set(range(len(types))) - set(kept))
                proof: Proof = {"rule": "equal_lines", "axis": axis, "delete": gone, "proof": found.proof}
                return True, Proved(found.names | {"R6"}, proof)
            return True, found and found.lifted("R6", from_minor(pattern, *sides, everything, found.witness))
        return False, None

    def _merged(self, pattern: Pattern, at: int) -> Found | None:
        steps = fill_steps(pattern.masks[at], pattern.masks[at + 1])
        if steps is None:
            return None
        product = reach(pattern.masks[at : at + 2])
        found = self.decide(Pattern([*pattern.masks[:at], product, *pattern.masks[at + 2 :]]))
        if isinstance(found, Proved):
            proof = claims.merge_layers(at, [step.to_json() for step in steps], found.proof)
            return Proved(found.names | {"C6"}, proof)
        if found is None:
            return None
        witness = from_merged(pattern, at, steps, found.witness, self._work // 10_000)
        return None if witness is None else found.lifted("C6", witness)

    def _known_rules(self, pattern: Pattern) -> Found | None:
        factors = chainable_factors(pattern)
        if factors is not None:
            return Proved(frozenset({"C6"}), claims.chainable(factors))
        private = find_private_p4(pattern)
        if private is not None:
            witness = private_witness(pattern, private)
            return None if witness is None else Refuted(frozenset({"N1"}), witness)
        return self._peeled(pattern)

    def _peeled(self, pattern: Pattern) -> Proved | None:
        for turned in (False, True):
            side = pattern.transpose() if turned else pattern
            if peelable(side):
                found = self.decide(Pattern(side.masks[1:]))
                if isinstance(found, Proved):
                    proof = claims.peel(found.proof)
                    return Proved(found.names | {"C6"}, claims.transpose(proof) if turned else proof)
        return None

    def _searched(self, pattern: Pattern) -> Found | None:
        if max(pattern.widths[0], pattern.widths[-1]) > _LARGEST_SIDE or max(pattern.widths) > _LARGEST_WIDTH:
            return None
        if self._effort.left <= 0:
            return None
        closed: dict[Line, Proved] = {}
        for line, rows, columns in _one_line_less(pattern):
            hidden = [range(width) for width in pattern.widths[1:-1]]
            found = self.decide(pattern.minor(rows, columns))
            if isinstance(found, Refuted):
                return found.lifted("H1", from_minor(pattern, rows, columns, hidden, found.witness))
            if found is not None:
                closed[line] = found
        return self._proved_or_refuted(pattern, closed)

    def _proved_or_refuted(self, pattern: Pattern, closed: dict[Line, Proved]) -> Found | None:
        """Try trees and targets in turn, with more and more effort."""
        frame = Frame(pattern)
        # Most trees are found among a few families, without parameters.
        root = search_tree(frame, closed, self._effort.part(self._work // 2))
        for extra in range(_MOST_EXTRA):
            if root is not None:
                break
            witness = witness_by_target(frame, extra, self._part(_THOROUGH << extra))
            if witness is not None:
                return Refuted(frozenset({"N7"}), witness)
            if extra in _LEAVES:
                leaves = self._part(_LEAVES[extra])
                root = search_tree(frame, closed, self._effort.part(self._work // 2), leaves)
        if root is None:
            return None
        used = sorted(minors_used(root))
        minors = [{"axis": axis, "label": label, "proof": closed[axis, label].proof} for axis, label in used]
        names = frozenset({"C5"}).union(*(closed[line].names for line in used))
        return Proved(names, {"rule": "tree", "minors": minors, "root": numbered(root, used)})


def _needed(types: tuple[tuple[int, ...], ...]) -> list[int]:
    """Return the lines that stay: of each type as many as it has units, and at least one line in all."""
    counts: dict[tuple[int, ...], int] = {}
    kept = []
    for line, kind in enumerate(types):
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] <= len(kind):
            kept.append(line)
    return kept or [0]


def _one_line_less(pattern: Pattern) -> Iterator[tuple[Line, list[int], list[int]]]:
    rows, columns = list(range(pattern.widths[0])), list(range(pattern.widths[-1]))
    for i in rows:
        yield ("row", i), [other for other in rows if other != i], columns
    for j in columns:
        yield ("column", j), rows, [other for other in columns if other != j]
