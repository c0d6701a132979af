"""Fibers of plane sets: the roots above one abscissa, and the signs between and at them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_poly, fmpz_mpoly_ctx, fmpz_poly

from semialg.algebra.algebraic import AlgebraicNumber
from semialg.algebra.number_field import NumberField

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from semialg.algebra.number_field import Coefficients, RootInterval
    from semialg.logic.answer import Number

__all__ = ["Column", "build_column", "critical_abscissas", "simplest_between"]


@dataclass(frozen=True)
class Column:
    """The line above one abscissa, cut at the roots of the polynomials there.

    Its cells are numbered from below: cell 2j + 1 is root j, cell 2j the gap before it.

    Attributes
    ----------
    field
        The field of the abscissa c.
    critical
        Whether the column is the line x = c alone; otherwise it stands for all abscissas up to the next
        critical ones.
    roots
        Intervals around the roots.
    signs
        For every cell the signs of the polynomials.
    polynomials
        The polynomials in y over the field.
    """

    field: NumberField
    critical: bool
    roots: tuple[RootInterval, ...]
    signs: tuple[tuple[int, ...], ...]
    polynomials: tuple[Coefficients, ...]

    def gap(self, number: int) -> Fraction:
        """Return a simple rational number in gap ``number``."""
        low = self.roots[number - 1][1] if number else None
        high = self.roots[number][0] if number < len(self.roots) else None
        return simplest_between(low, high)


def simplest_between(low: Fraction | None, high: Fraction | None) -> Fraction:
    """Return the number with the smallest denominator in an open interval; None stands for no bound.

    Examples
    --------
    >>> simplest_between(Fraction(1, 3), Fraction(3, 5)), simplest_between(Fraction(7, 2), None)
    (Fraction(1, 2), Fraction(4, 1))
    """
    if (low is None or low < 0) and (high is None or high > 0):
        return Fraction(0)
    if low is None or (high is not None and high <= 0):
        return -simplest_between(None if high is None else -high, None if low is None else -low)
    whole = floor(low) + 1
    if high is None or whole < high:
        return Fraction(whole)
    base = floor(low)
    # Inside (base, base + 1]: the reciprocals of what is above base.
    upper = None if low == base else 1 / (low - base)
    return base + 1 / simplest_between(1 / (high - base), upper)


def critical_abscissas(
    flat: Sequence[Any], tall: Sequence[Any], pulse: Callable[[], None]
) -> list[NumberField]:
    """Return, in order, where the roots of the polynomials may meet, begin or end, or a flat one vanishes.

    Parameters
    ----------
    flat
        Irreducible polynomials (``flint.fmpz_mpoly`` in x and y) in x alone.
    tall
        Irreducible polynomials of positive degree in y, pairwise different.
    pulse
        Called in long loops.
    """
    important = list(flat)
    for at, one in enumerate(tall):
        pulse()
        degree = one.degrees()[1]
        important.append(one.subs({"y": 0}) if degree == 0 else _leading_in_y(one))
        if degree > 1:
            important.append(one.discriminant("y"))
        important += [one.resultant(other, "y") for other in tall[:at]]
    irreducible = {}
    for polynomial in important:
        pulse()
        for factor, _ in fmpz_poly(_in_x(polynomial)).factor()[1]:
            if factor.degree() > 0:
                irreducible[tuple(int(c) for c in factor.coeffs())] = factor
    found: list[NumberField] = []
    line = NumberField.rational(Fraction(0), pulse)
    for coefficients in sorted(irreducible):
        if len(coefficients) == 2:
            found.append(NumberField.rational(Fraction(-coefficients[0], coefficients[1]), pulse))
            continue
        minimal = fmpq_poly(list(coefficients))
        intervals = line.isolate([fmpq_poly([c]) for c in coefficients])
        found += [NumberField(minimal, low, high, pulse) for low, high in intervals]
    return _apart(found, pulse)


def _apart(fields: list[NumberField], pulse: Callable[[], None]) -> list[NumberField]:
    """Refine the intervals until they are disjoint, and sort them."""
    while True:
        fields.sort(key=lambda f: (f.low, f.high))
        clashes = [(a, b) for a, b in itertools.pairwise(fields) if a.high >= b.low]
        if not clashes:
            return fields
        for a, b in clashes:
            pulse()
            a.halve()
            b.halve()


def _leading_in_y(polynomial: Any) -> Any:
    top = polynomial.degrees()[1]
    context = polynomial.context()
    return context.from_dict({(i, 0): c for (i, j), c in polynomial.to_dict().items() if j == top})


def _in_x(polynomial: Any) -> list[int]:
    terms = {i: int(c) for (i, _), c in polynomial.to_dict().items()}
    return [terms.get(i, 0) for i in range(max(terms, default=-1) + 1)]


def specialized(polynomial: Any, field: NumberField) -> Coefficients:
    """Return a polynomial in x and y as one in y over the field, at x = c."""
    rows: dict[int, dict[int, Any]] = {}
    for (i, j), c in polynomial.to_dict().items():
        rows.setdefault(j, {})[i] = c
    top = max(rows)
    return field.trimmed(
        [
            fmpq_poly([fmpq(int(rows.get(j, {}).get(i, 0))) for i in range(max(rows.get(j, {0: 0})) + 1)])
            for j in range(top + 1)
        ]
    )


def product_over(field: NumberField, polynomials: Sequence[Coefficients]) -> Coefficients:
    """Return the product of polynomials over the field."""
    total: Coefficients = [fmpq_poly([1])]
    for polynomial in polynomials:
        parts: list[Any] = [fmpq_poly([])] * (len(total) + len(polynomial) - 1)
        for i, a in enumerate(total):
            for j, b in enumerate(polynomial):
                parts[i + j] = parts[i + j] + a * b
        total = field.trimmed(parts)
    return total


def build_column(polynomials: Sequence[Any], field: NumberField, *, critical: bool) -> Column:
    """Return the column above c; ``polynomials`` are irreducible, in x and y."""
    above = [specialized(p, field) for p in polynomials]
    tall = [p for p in above if len(p) > 1]
    roots = tuple(field.isolate(product_over(field, tall))) if tall else ()
    chains = [field.sturm(field.squarefree(p)) if len(p) > 1 else [] for p in above]
    provisional = Column(field, critical, roots, (), tuple(above))
    signs: list[tuple[int, ...]] = []
    for cell in range(2 * len(roots) + 1):
        number, is_root = divmod(cell, 2)
        if not is_root:
            at = provisional.gap(number)
            signs.append(tuple(field.sign_at(p, at) for p in above))
            continue
        low, high = roots[number]
        signs.append(
            tuple(
                0 if chain and field.count(chain, low, high) else field.sign_at(p, low)
                for p, chain in zip(above, chains, strict=True)
            )
        )
    return Column(field, critical, roots, tuple(signs), tuple(above))


# ------------------------------------------------------------------ coordinates of points


def abscissa(column: Column) -> Number:
    """Return c."""
    field = column.field
    if field.low == field.high:
        return field.low
    return AlgebraicNumber(_integers(field.minimal), field.low, field.high)


def ordinate(column: Column, cell: int) -> Number:
    """Return the ordinate of a point of a cell: a simple rational number in a gap, the root at a root."""
    number, is_root = divmod(cell, 2)
    if not is_root:
        return column.gap(number)
    field, interval = column.field, column.roots[number]
    at = next(k for k, s in enumerate(column.signs[cell]) if s == 0 and len(column.polynomials[k]) > 1)
    polynomial = column.polynomials[at]
    if all(c.degree() <= 0 for c in polynomial):
        candidates = fmpq_poly([c[0] for c in polynomial])
    else:
        context = fmpz_mpoly_ctx.get(("x", "y"), "lex")
        scale = 1
        for c in polynomial:
            scale *= int(c.denom())
        terms: dict[tuple[int, ...], int] = {
            (i, j): int((c[i] * scale).p) for j, c in enumerate(polynomial) for i in range(c.degree() + 1)
        }
        minimal: dict[tuple[int, ...], int] = {(i, 0): v for i, v in enumerate(_integers(field.minimal)) if v}
        eliminated = context.from_dict(terms).resultant(context.from_dict(minimal), "x")
        rows = {j: int(v) for (_, j), v in eliminated.to_dict().items()}
        candidates = fmpq_poly([rows.get(j, 0) for j in range(max(rows) + 1)])
    return _root_in(candidates, field, polynomial, interval)


def _root_in(candidates: Any, field: NumberField, polynomial: Coefficients, interval: RootInterval) -> Number:
    """Return the root of rational candidates that is the root of the polynomial in the interval."""
    squarefree = field.squarefree(polynomial)
    line = NumberField.rational(Fraction(0), field.pulse)
    factors = [f for f, _ in fmpz_poly(list(_integers(candidates))).factor()[1] if f.degree() > 0]
    chains = [line.sturm([fmpq_poly([int(c)]) for c in f.coeffs()]) for f in factors]
    while True:
        low, high = interval
        # Count in the closed interval: an end may be a root of another candidate.
        found = [
            f
            for f, chain in zip(factors, chains, strict=True)
            if line.count(chain, low, high) or not f(_exact(low))
        ]
        if len(found) == 1:
            (factor,) = found
            chain = chains[factors.index(factor)]
            if factor.degree() == 1:
                return Fraction(-int(factor[0]), int(factor[1]))
            if line.count(chain, low, high) == 1:
                return AlgebraicNumber(tuple(int(c) for c in factor.coeffs()), low, high)
        field.pulse()
        interval = field.narrowed(squarefree, interval)


def _exact(value: Fraction) -> Any:
    return fmpq(value.numerator, value.denominator)


def _integers(polynomial: Any) -> tuple[int, ...]:
    return tuple(int(c) for c in polynomial.numer().coeffs())


def next_integers(low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """Return an integer below and one above."""
    return Fraction(floor(low) - 1), Fraction(ceil(high) + 1)
