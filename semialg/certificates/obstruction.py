"""What a not-closed certificate says about the user's own masks: the block, the target, the curve."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from semialg.algebra.laurent import Laurent, LaurentMatrix, product
from semialg.certificates.naming import Names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from semialg.pattern.pattern import Pattern

__all__ = ["Obstruction", "obstruction_of"]


@dataclass(frozen=True)
class Obstruction:
    """The part of a pattern where a limit of products is lost.

    Attributes
    ----------
    names
        Labels of its rows, hidden units and columns in the whole pattern.
    pattern
        The masks on these rows, hidden units and columns.
    whole
        Whether that is the whole pattern.
    target
        The limit that no product equals.
    curve
        The factors as functions of t; their product tends to the target as t tends to 0.
    """

    names: Names
    pattern: Pattern
    whole: bool
    target: tuple[tuple[Fraction, ...], ...]
    curve: tuple[LaurentMatrix, ...]

    @property
    def product(self) -> LaurentMatrix:
        """The product of the factors of the curve."""
        return product(self.curve)

    @property
    def error(self) -> LaurentMatrix:
        """The product minus the target."""
        constant = {
            (i, j): Laurent.constant(value)
            for i, row in enumerate(self.target)
            for j, value in enumerate(row)
        }
        return self.product - LaurentMatrix(self.product.shape, constant)

    def padded_target(self, pattern: Pattern) -> list[list[Fraction]]:
        """Return the target on the whole pattern that the obstruction is part of, zero elsewhere."""
        whole = [[Fraction(0)] * pattern.widths[-1] for _ in range(pattern.widths[0])]
        for i, row in zip(self.names.labels[0], self.target, strict=True):
            for j, value in zip(self.names.labels[-1], row, strict=True):
                whole[i][j] = value
        return whole

    @property
    def growth(self) -> int:
        """The largest k such that an entry of a factor grows like ``1/t^k``."""
        orders = [factor.order for factor in self.curve]
        return max((-order for order in orders if order is not None), default=0)

    @property
    def rate(self) -> int | None:
        """The error shrinks like ``t^rate``; None where it is zero for every t."""
        return self.error.order


def obstruction_of(proof: Mapping[str, Any], pattern: Pattern) -> Obstruction | None:
    """Return the obstruction in the proof of a not-closed certificate; None if it holds no curve."""
    names = Names.of_widths(pattern.widths)
    widths = pattern.widths
    while proof["rule"] == "minor":
        kept: list[Sequence[int]] = [proof["rows"], *proof["hidden"], proof["columns"]]
        pattern = pattern.minor(proof["rows"], proof["columns"], proof["hidden"])
        names = names.minor(kept)
        proof = proof["proof"]
    if proof["rule"] != "limit":
        return None
    return Obstruction(
        names,
        pattern,
        pattern.widths == widths,
        tuple(map(tuple, LaurentMatrix.from_json(proof["target"]).constants())),
        tuple(LaurentMatrix.from_json(factor) for factor in proof["curve"]),
    )
