"""The supports of a two-layer pattern as bit sets, and sparse witnesses on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from semialg.algebra.laurent import Laurent, LaurentMatrix, product
from semialg.closedness.bits import from_bits
from semialg.closedness.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from semialg.certificates.rank_proofs import RankProof
    from semialg.pattern.pattern import Pattern

__all__ = ["Proposal", "Supports", "propose"]

Entries = dict[tuple[int, int], Laurent]


@dataclass(frozen=True)
class Supports:
    """Rows ``R_k`` and columns ``C_k`` of each unit, types ``T_i`` of rows and ``U_j`` of columns (bit sets).

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> Supports.of(Pattern.parse("10/11*11/01")).unit_columns
    (3, 2)
    """

    row_types: tuple[int, ...]
    column_types: tuple[int, ...]
    unit_rows: tuple[int, ...]
    unit_columns: tuple[int, ...]

    @classmethod
    def of(cls, pattern: Pattern) -> Supports:
        """Return the supports of a pattern with two layers."""
        left, right = pattern.masks
        turned_left, turned_right = left.transpose(), right.transpose()
        return cls(
            tuple(from_bits(left.row(i)) for i in range(left.rows)),
            tuple(from_bits(turned_right.row(j)) for j in range(right.columns)),
            tuple(from_bits(turned_left.row(k)) for k in range(left.columns)),
            tuple(from_bits(right.row(k)) for k in range(right.rows)),
        )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of rows, units and columns."""
        return len(self.row_types), len(self.unit_rows), len(self.column_types)

    def with_units(self, rows: Sequence[int], columns: Sequence[int]) -> Supports:
        """Return the supports with other rows and columns of the units."""
        return Supports(
            _types(rows, len(self.row_types)),
            _types(columns, len(self.column_types)),
            tuple(rows),
            tuple(columns),
        )

    def transpose(self) -> Supports:
        """Return the supports of the transposed pattern."""
        return Supports(self.column_types, self.row_types, self.unit_columns, self.unit_rows)


def _types(lines: Sequence[int], size: int) -> tuple[int, ...]:
    return tuple(sum(1 << k for k, inside in enumerate(lines) if inside >> line & 1) for line in range(size))


@dataclass(frozen=True)
class Proposal:
    """Entries of the two factors of a curve, and the proof that the limit is no product."""

    left: Entries
    right: Entries
    proof: RankProof

    def transpose(self) -> Proposal:
        """Return the proposal for the transposed pattern."""
        return Proposal(_turned(self.right), _turned(self.left), self.proof.transpose())

    def witness(self, pattern: Pattern) -> Witness:
        """Return the witness of a pattern without units that lie on no path."""
        return propose(pattern, [self.left, self.right], self.proof)


def _turned(entries: Mapping[tuple[int, int], Laurent]) -> Entries:
    return {(j, i): value for (i, j), value in entries.items()}


def propose(
    pattern: Pattern, curve: Sequence[Mapping[tuple[int, int], Laurent]], proof: RankProof
) -> Witness:
    """Return the witness on the whole pattern whose target is the limit of a curve."""
    widths = pattern.widths
    factors = tuple(LaurentMatrix((widths[at], widths[at + 1]), entries) for at, entries in enumerate(curve))
    limit = LaurentMatrix(
        (widths[0], widths[-1]),
        {place: entry.coefficient(0) for place, entry in product(factors).items()},
    )
    everything = [tuple(range(width)) for width in widths]
    return Witness(pattern, everything[0], everything[-1], tuple(everything[1:-1]), limit, factors, proof)
