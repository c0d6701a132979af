"""Witnesses of a reduced or smaller pattern, lifted to the pattern that it comes from (theory H1, C6)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from semialg.algebra.laurent import Laurent
from semialg.certificates.outside import Identity, multiply, relabel
from semialg.closedness.outside import outside
from semialg.closedness.steps import Curve, lift_all
from semialg.closedness.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.algebra.laurent import LaurentMatrix
    from semialg.certificates.outside import Outside, Poly, Variable
    from semialg.closedness.steps import Step
    from semialg.pattern.pattern import Pattern

__all__ = ["from_merged", "from_minor"]

Entries = dict[tuple[int, int], Laurent]

_ONE = Fraction(1)


def from_minor(
    pattern: Pattern,
    rows: Sequence[int],
    columns: Sequence[int],
    hidden: Sequence[Sequence[int]],
    witness: Witness,
) -> Witness:
    """Return the witness of a pattern that a witness of ``pattern.minor(rows, columns, hidden)`` gives.

    The hidden units that are left out must lie on no path between the rows and columns that are kept.

    Examples
    --------
    >>> from semialg.closedness.obstructions import private_p4
    >>> from semialg.pattern.pattern import Pattern
    >>> lu = Pattern.parse("lu:3")
    >>> minor = lu.minor([1, 0], [0, 1], [[1, 0]])
    >>> from_minor(lu, [1, 0], [0, 1], [[1, 0]], private_p4(minor, 0)).rows
    (0, 1)
    """
    whole = witness.full()
    keep = [rows, *hidden, columns]
    curve = [
        {(keep[layer][i], keep[layer + 1][j]): value for (i, j), value in factor.items()}
        for layer, factor in enumerate(whole.curve)
    ]
    proof = relabel(
        whole.identities,
        lambda i, j: (rows[i], columns[j]),
        lambda v: (v[0], keep[v[0]][v[1]], keep[v[0] + 1][v[2]]),
    )
    used_rows, used_columns = [rows[i] for i in witness.rows], [columns[j] for j in witness.columns]
    return Witness.on_minor(pattern, used_rows, used_columns, curve, proof)


def from_merged(
    pattern: Pattern, at: int, steps: Sequence[Step], witness: Witness, budget: int
) -> Witness | None:
    """Return the witness that one of the pattern with the masks ``at`` and ``at + 1`` merged gives.

    The merged factor of the curve is written as a product again: the steps that fill its support say how.
    None if no proof of non-membership is found for the longer product.
    """
    whole = witness.full()
    left, right = _two_factors(whole.curve[at], steps)
    curve = [dict(factor.items()) for factor in whole.curve]
    curve[at : at + 1] = [left, right]
    proof = _longer_proof(pattern, at, whole.identities)
    if proof is None:
        target = _embedded(whole, witness)
        proof = outside(pattern.minor(witness.rows, witness.columns), target, budget)
        if proof is None:
            return None
        proof = relabel(
            proof,
            lambda i, j: (witness.rows[i], witness.columns[j]),
            lambda v: _outer(v, pattern.layers - 1, witness),
        )
    return Witness.on_minor(pattern, witness.rows, witness.columns, curve, proof)


def _embedded(whole: Witness, witness: Witness) -> list[list[Fraction]]:
    target = whole.target
    return [[target[i][j] for j in witness.columns] for i in witness.rows]


def _outer(v: Variable, last: int, witness: Witness) -> Variable:
    row = witness.rows[v[1]] if v[0] == 0 else v[1]
    column = witness.columns[v[2]] if v[0] == last else v[2]
    return v[0], row, column


def _two_factors(merged: LaurentMatrix, steps: Sequence[Step]) -> tuple[Entries, Entries]:
    """Return two factors whose product is a merged factor.

    Lifting through the steps makes the product of all units vanish, so a unit for every row of the merged
    factor that carries its negative is added first, and left out afterwards.
    """
    curve = Curve({}, {})
    for (i, j), value in merged.items():
        curve.set_left(-1 - i, i, 1)
        curve.set_right(-1 - i, j, -value)
    lift_all(steps, curve)
    left = {(i, k): x for k, column in curve.left.items() if k >= 0 for i, x in column.items() if x}
    right = {(k, j): y for k, row in curve.right.items() if k >= 0 for j, y in row.items() if y}
    return left, right


def _longer_proof(pattern: Pattern, at: int, proof: Outside) -> Outside | None:
    """Replace the entries of a merged factor in an identity by the sums over paths; None for a case split."""
    if not isinstance(proof, Identity):
        return None
    first, second = pattern.masks[at], pattern.masks[at + 1]

    def entry(v: Variable) -> Poly | None:
        if v[0] == "inverse":
            return None
        if v[0] != at:
            return {(((v[0] if v[0] < at else v[0] + 1, *v[1:]), 1),): _ONE}
        below = set(second.column(v[2]))
        return {(((at, v[1], k), 1), ((at + 1, k, v[2]), 1)): _ONE for k in first.row(v[1]) if k in below}

    terms: dict[tuple[int, int], Poly] = {}
    for position, cofactor in proof.terms.items():
        total: Poly = {}
        for monomial, coefficient in cofactor.items():
            product: Poly = {(): coefficient}
            for v, exponent in monomial:
                for _ in range(exponent):
                    value = entry(v)
                    if value is None:
                        return None
                    product = multiply(product, value)
            for m, c in product.items():
                total[m] = total.get(m, 0 * c) + c
        terms[position] = {m: c for m, c in total.items() if c}
    return Identity(terms, {})
