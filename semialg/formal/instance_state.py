"""An instance on the way through a proof, as the theory sees it: units of rank one, named by position."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from semialg.formal.terms import Refused, coq_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Copy", "Labels", "State", "fill", "nest"]

Labels = frozenset[int]


@dataclass(frozen=True)
class Copy:
    """One of the units of rank one that the unit ``id`` of a certificate consists of."""

    id: int
    rows: Labels
    columns: Labels


@dataclass(frozen=True)
class State:
    """An instance on the way through a proof: its copies in the order of the theory, and what is seen.

    Attributes
    ----------
    copies
        The units left; the theory names them by their positions.
    rows, columns
        The labels present.
    free
        The entries that are not seen, as far as both their lines are present.
    fresh
        The next id of the certificate.
    """

    copies: tuple[Copy, ...]
    rows: Labels
    columns: Labels
    free: frozenset[tuple[int, int]]
    fresh: int

    @classmethod
    def of_layers(cls, first: Sequence[int], last: Sequence[int], columns: int) -> State:
        """Return the instance of two masks, given as rows of bits, in the order of the theory."""
        rows = [frozenset(i for i, row in enumerate(first) if row >> k & 1) for k in range(len(last))]
        copies = tuple(Copy(k, rows[k], _members(last[k])) for k in reversed(range(len(last))))
        return cls(copies, frozenset(range(len(first))), frozenset(range(columns)), frozenset(), len(last))

    def of(self, ident: int) -> list[Copy]:
        """Return the copies of a unit."""
        found = [copy for copy in self.copies if copy.id == ident]
        if not found:
            raise Refused(f"there is no unit {ident}")
        return found

    def cut(self, copy: Copy) -> tuple[Labels, Labels]:
        """Return the rectangle of a copy on the lines present."""
        return copy.rows & self.rows, copy.columns & self.columns

    def flipped(self) -> State:
        """Return the transposed instance."""
        copies = tuple(Copy(c.id, c.columns, c.rows) for c in self.copies)
        return State(copies, self.columns, self.rows, frozenset((j, i) for i, j in self.free), self.fresh)


def _members(bits: int) -> Labels:
    return frozenset(k for k in range(bits.bit_length()) if bits >> k & 1)


def fill(state: State, lines: dict[int, list[str]]) -> tuple[str, State]:
    """Return the step that fills units, given the lines of their copies, and the instance after it.

    Copies beyond the lines listed observe nothing; any line does.
    """
    waiting = {ident: list(given) for ident, given in lines.items()}
    chosen: list[str] = []
    left: list[Copy] = []
    freed: set[tuple[int, int]] = set()
    for copy in state.copies:
        if copy.id not in waiting:
            left.append(copy)
            continue
        line = waiting[copy.id].pop(0) if waiting[copy.id] else "Row 0"
        chosen.append(f"({len(left)}, {line})")
        rows, columns = state.cut(copy)
        freed.update((i, j) for i in rows for j in columns)
    return f"Fill {coq_list(chosen)}%nat", replace(state, copies=tuple(left), free=state.free | freed)


def nest(steps: Iterable[str], last: str) -> str:
    """Return steps around the rest of a proof.

    Examples
    --------
    >>> nest(["Flip", "PeelUnit 0"], "Done")
    '(Flip (PeelUnit 0 Done))'
    """
    for step in reversed(list(steps)):
        last = f"({step} {last})"
    return last
