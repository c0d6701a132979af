"""Witnesses: a target, a curve of members that tends to it, and a proof that it is no member (theory 4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from semialg.algebra.laurent import Laurent, LaurentMatrix, product
from semialg.certificates import claims
from semialg.certificates.outside import relabel
from semialg.certificates.rank_proofs import Dependent, Ranks
from semialg.errors import CertificateError
from semialg.lazy import lazy_property

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from semialg.certificates.certificate import Certificate
    from semialg.certificates.outside import Outside, Variable
    from semialg.certificates.rank_proofs import RankProof
    from semialg.pattern.pattern import Pattern

__all__ = ["Witness", "on_paths"]

Entries = dict[tuple[int, int], Laurent]


@dataclass(frozen=True)
class Witness:
    """A proof that the products of a pattern are not closed, and the means to look at it.

    It speaks of a minor: the listed rows of the first mask, columns of the last, and hidden units. Outside
    of it target and curve are zero. All arithmetic is exact.

    Attributes
    ----------
    pattern
        The user's pattern.
    rows, columns, hidden
        The minor; ``hidden`` holds one tuple for each hidden layer, output side first.
    limit
        The target on the minor, as a matrix of constants.
    curve
        The factors W_L(t), ..., W_1(t) on the minor, in product order.
    outside
        The proof that the target is not a product of factors of the minor.

    Examples
    --------
    >>> from semialg.closedness.lu import lu_witness
    >>> from semialg.pattern.pattern import Pattern
    >>> witness = lu_witness(Pattern([[[1, 0], [1, 1]], [[1, 1], [0, 1]]]))
    >>> witness.target
    [[Fraction(0, 1), Fraction(1, 1)], [Fraction(1, 1), Fraction(0, 1)]]
    >>> [witness.error(Fraction(1, 10**k)) for k in (1, 2)], witness.norm(Fraction(1, 100))
    ([Fraction(1, 10), Fraction(1, 100)], Fraction(100, 1))
    >>> witness.rate, witness.blow_up
    (1, 1)
    """

    pattern: Pattern
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    hidden: tuple[tuple[int, ...], ...]
    limit: LaurentMatrix
    curve: tuple[LaurentMatrix, ...]
    outside: Outside | RankProof

    @property
    def target(self) -> list[list[Fraction]]:
        """The target on the minor, dense."""
        return self.limit.constants()

    @property
    def identities(self) -> Outside:
        """The proof of non-membership by identities; raises CertificateError if it is one by ranks."""
        if isinstance(self.outside, Ranks | Dependent):
            raise CertificateError("the target is no product by its ranks; expected a proof by identities")
        return self.outside

    @property
    def padded_target(self) -> list[list[Fraction]]:
        """The target on the whole pattern, zero outside the minor."""
        widths = self.pattern.widths
        return self.limit.embed((widths[0], widths[-1]), self.rows, self.columns).constants()

    @property
    def is_minor(self) -> bool:
        """Whether the minor is smaller than the pattern."""
        return (len(self.rows), *map(len, self.hidden), len(self.columns)) != self.pattern.widths

    def evaluate(self, t: Fraction | int) -> list[list[list[Fraction]]]:
        """Return the factors at a nonzero rational ``t``, in product order, on the minor."""
        return [factor.evaluate(t) for factor in self.curve]

    @lazy_property
    def _product(self) -> LaurentMatrix:
        return product(self.curve)

    @lazy_property
    def correction(self) -> LaurentMatrix:
        """Product of the curve minus target; every exponent is positive."""
        return self._product - self.limit

    def product(self, t: Fraction | int) -> list[list[Fraction]]:
        """Return the product of the factors at a nonzero rational ``t``, on the minor."""
        return self._product.evaluate(t)

    def error(self, t: Fraction | int) -> Fraction:
        """Return the largest absolute entry of product minus target at a nonzero rational ``t``."""
        return max((abs(entry.evaluate(t)) for _, entry in self.correction.items()), default=Fraction(0))

    def error_squared(self, t: Fraction | int) -> Fraction:
        """Return the squared Frobenius norm of product minus target at a nonzero rational ``t``."""
        return sum((entry.evaluate(t) ** 2 for _, entry in self.correction.items()), Fraction(0))

    def norm(self, t: Fraction | int) -> Fraction:
        """Return the largest absolute entry of the factors at a nonzero rational ``t``."""
        return max(self.norms(t))

    def norms(self, t: Fraction | int) -> list[Fraction]:
        """Return the largest absolute entry of each factor at a nonzero rational ``t``, in product order."""
        return [
            max((abs(entry.evaluate(t)) for _, entry in factor.items()), default=Fraction(0))
            for factor in self.curve
        ]

    @property
    def rate(self) -> int | None:
        """The error decreases like ``t^rate``; None if the curve reaches the target."""
        return self.correction.order

    @property
    def blow_up(self) -> int:
        """The factors grow like ``t^(-blow_up)``."""
        return -min((factor.order or 0 for factor in self.curve), default=0)

    def full(self) -> Witness:
        """Return the same witness on the whole pattern, padded with zeros.

        Raises
        ------
        CertificateError
            If the proof is one by ranks and speaks of a minor: its ranks say nothing of the whole.
        """
        widths = self.pattern.widths
        keep = (self.rows, *self.hidden, self.columns)
        proof = relabel(
            self.identities,
            lambda i, j: (self.rows[i], self.columns[j]),
            lambda v: (v[0], keep[v[0]][v[1]], keep[v[0] + 1][v[2]]),
        )
        return Witness(
            self.pattern,
            tuple(range(widths[0])),
            tuple(range(widths[-1])),
            tuple(tuple(range(width)) for width in widths[1:-1]),
            self.limit.embed((widths[0], widths[-1]), self.rows, self.columns),
            tuple(
                factor.embed((widths[layer], widths[layer + 1]), keep[layer], keep[layer + 1])
                for layer, factor in enumerate(self.curve)
            ),
            proof,
        )

    def certificate(self) -> Certificate:
        """Return the certificate of ``not_closed`` for the pattern (design of the certificate format)."""
        target = self.limit.to_numbers()
        curve = [factor.to_json() for factor in self.curve]
        proof = claims.limit(target, curve, self.outside.to_json())
        if self.is_minor:
            proof = claims.minor(self.rows, self.columns, self.hidden, proof)
        return claims.certificate("not_closed", self.pattern, proof)

    @classmethod
    def on_minor(
        cls,
        pattern: Pattern,
        rows: Sequence[int],
        columns: Sequence[int],
        curve: Sequence[Mapping[tuple[int, int], Laurent | Fraction | int]],
        outside: Outside,
    ) -> Witness:
        """Return the witness on the minor that the rows and columns span, from data about the pattern.

        Parameters
        ----------
        pattern
            The user's pattern.
        rows, columns
            The lines of the minor, in any order; its hidden units are those on a path between them.
        curve
            The nonzero entries of each factor, in the indices of the pattern; entries elsewhere are cut off.
        outside
            The proof of non-membership, in the indices of the pattern. The target is the limit of
            the product.
        """
        hidden = on_paths(pattern, rows, columns)
        keep = (tuple(sorted(rows)), *hidden, tuple(sorted(columns)))
        place = [{label: at for at, label in enumerate(level)} for level in keep]
        factors = tuple(
            LaurentMatrix(
                (len(keep[layer]), len(keep[layer + 1])),
                {
                    (place[layer][i], place[layer + 1][j]): value
                    for (i, j), value in entries.items()
                    if i in place[layer] and j in place[layer + 1]
                },
            )
            for layer, entries in enumerate(curve)
        )
        limit = LaurentMatrix(
            (len(keep[0]), len(keep[-1])),
            {position: entry.coefficient(0) for position, entry in product(factors).items()},
        )

        def variable(v: Variable) -> Variable:
            return v[0], place[v[0]][v[1]], place[v[0] + 1][v[2]]

        proof = relabel(outside, lambda i, j: (place[0][i], place[-1][j]), variable)
        return cls(pattern, keep[0], keep[-1], hidden, limit, factors, proof)


def on_paths(pattern: Pattern, rows: Sequence[int], columns: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Return, for each hidden layer, the units on a path between the given rows and columns.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> on_paths(Pattern([[[1, 0], [1, 1]], [[1, 1], [0, 1]]]), [0, 1], [0])
    ((0,),)
    """
    down: list[set[int]] = [set(rows)]
    for mask in pattern.masks[:-1]:
        down.append({k for i in down[-1] for k in mask.row(i)})
    up: list[set[int]] = [set(columns)]
    for mask in reversed(pattern.masks[1:]):
        up.append({k for j in up[-1] for k in mask.column(j)})
    return tuple(tuple(sorted(a & b)) for a, b in zip(down[1:], reversed(up[1:]), strict=True))
