"""Subsets of the line as formulas: finitely many points and intervals with algebraic ends."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from flint import fmpq_poly

from semialg.algebra.number_field import NumberField
from semialg.algebra.polynomial import Polynomial
from semialg.logic.formula import (
    FALSE,
    Formula,
    at_least,
    at_most,
    conjunction,
    disjunction,
    equal,
    greater,
    less,
    unequal,
)
from semialg.logic.simplify import simplify
from semialg.sets.columns import simplest_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.algebra.algebraic import AlgebraicNumber
    from semialg.logic.answer import Number

__all__ = ["above", "below", "is_at", "line_formula"]


def minimal_polynomial(name: str, value: Number) -> Polynomial:
    """Return the integer polynomial that vanishes at a number, in the variable ``name``."""
    x = Polynomial.variable(name)
    if isinstance(value, Fraction):
        return x * value.denominator - value.numerator
    return Polynomial.sum(x**k * c for k, c in enumerate(value.coefficients))


def above(name: str, value: Number) -> Formula:
    """Return ``name > value``.

    Examples
    --------
    >>> print(above("x", Fraction(1, 2)))
    x - 1/2 > 0
    """
    x = Polynomial.variable(name)
    if isinstance(value, Fraction):
        return greater(x, value)
    p, low, high = _separated(name, value)
    if high is None:
        return greater(p) if low is None else conjunction(greater(x, low), greater(p))
    near = greater(p) if low is None else conjunction(greater(x, low), greater(p))
    return disjunction(at_least(x, high), near)


def below(name: str, value: Number) -> Formula:
    """Return ``name < value``."""
    x = Polynomial.variable(name)
    if isinstance(value, Fraction):
        return less(x, value)
    p, low, high = _separated(name, value)
    if low is None:
        return less(p) if high is None else conjunction(less(x, high), less(p))
    near = less(p) if high is None else conjunction(less(x, high), less(p))
    return disjunction(at_most(x, low), near)


def _separated(name: str, value: AlgebraicNumber) -> tuple[Polynomial, Fraction | None, Fraction | None]:
    """Return a polynomial that rises through 0 at a number, and bounds towards the other roots.

    None stands for no other root on that side.
    """
    p = minimal_polynomial(name, value)
    line = NumberField.rational(Fraction(0))
    roots = line.isolate([fmpq_poly([c]) for c in value.coefficients])
    here = next(k for k, (low, high) in enumerate(roots) if value.compare(low) > 0 > value.compare(high))
    if p.evaluate({name: roots[here][1]}) < 0:
        p = -p
    low = None if here == 0 else simplest_between(roots[here - 1][1], roots[here][0])
    high = None if here == len(roots) - 1 else simplest_between(roots[here][1], roots[here + 1][0])
    return p, low, high


def is_at(name: str, value: Number) -> Formula:
    """Return ``name = value``."""
    x = Polynomial.variable(name)
    if isinstance(value, Fraction):
        return equal(x, value)
    return conjunction(equal(minimal_polynomial(name, value)), greater(x, value.low), less(x, value.high))


def line_formula(name: str, points: Sequence[Number], truth: Sequence[bool]) -> Formula:
    """Return a formula for a union of cells of the line.

    Parameters
    ----------
    name
        The coordinate.
    points
        The ends, in order.
    truth
        Whether the cells belong to the set: gap, point, gap, ..., gap; one more than twice the points.

    Examples
    --------
    >>> print(line_formula("x", [Fraction(0), Fraction(1)], [False, True, True, False, False]))
    x >= 0 and x - 1 < 0
    >>> print(line_formula("x", [Fraction(0)], [True, False, True]))
    x != 0
    """
    points, truth = _without_idle(points, truth)
    short = _by_one_polynomial(name, points, truth)
    if short is not None:
        return simplify(short)
    pieces: list[Formula] = []
    cell = 0
    while cell < len(truth):
        if not truth[cell]:
            cell += 1
            continue
        last = cell
        while last + 1 < len(truth) and truth[last + 1]:
            last += 1
        pieces.append(_piece(name, points, cell, last))
        cell = last + 1
    return simplify(disjunction(*pieces)) if pieces else FALSE


def _without_idle(points: Sequence[Number], truth: Sequence[bool]) -> tuple[list[Number], list[bool]]:
    """Leave out points at which nothing changes."""
    kept: list[Number] = []
    signs = [truth[0]]
    for k, point in enumerate(points):
        if not truth[2 * k] == truth[2 * k + 1] == truth[2 * k + 2]:
            kept.append(point)
            signs += [truth[2 * k + 1], truth[2 * k + 2]]
    return kept, signs


def _piece(name: str, points: Sequence[Number], first: int, last: int) -> Formula:
    if first == last and first % 2:
        return is_at(name, points[first // 2])
    parts: list[Formula] = []
    if first > 0:
        start = points[(first - 1) // 2 if first % 2 == 0 else first // 2]
        parts.append(disjunction(above(name, start), is_at(name, start)) if first % 2 else above(name, start))
    if last < 2 * len(points):
        end = points[last // 2]
        parts.append(disjunction(below(name, end), is_at(name, end)) if last % 2 else below(name, end))
    return conjunction(*parts)


def _by_one_polynomial(name: str, points: Sequence[Number], truth: Sequence[bool]) -> Formula | None:
    """Return one sign condition on the product of the minimal polynomials, if that says it."""
    factors = list(dict.fromkeys(minimal_polynomial(name, p) for p in points))
    if not points or not _all_roots_listed(factors, points):
        return None
    product = Polynomial.constant(1)
    for factor in factors:
        product = product * factor
    # The signs alternate, as every root is simple; the last is that of the leading coefficient.
    top = product.degree(name)
    sign = 1 if product.coefficients_in(name)[top].coefficient() > 0 else -1
    signs = [0 if cell % 2 else sign * (-1) ** (len(points) - cell // 2) for cell in range(len(truth))]
    wanted = {s for s, t in zip(signs, truth, strict=True) if t}
    if any(t != (s in wanted) for s, t in zip(signs, truth, strict=True)):
        return None
    build = {
        frozenset({1}): greater,
        frozenset({-1}): less,
        frozenset({0}): equal,
        frozenset({0, 1}): at_least,
        frozenset({0, -1}): at_most,
        frozenset({1, -1}): unequal,
    }.get(frozenset(wanted))
    return None if build is None else build(product)


def _all_roots_listed(factors: Sequence[Polynomial], points: Sequence[Number]) -> bool:
    from semialg.algebra.algebraic import AlgebraicNumber

    total = 0
    for factor in factors:
        (name,) = factor.variables
        degree = factor.degree(name)
        rows = factor.coefficients_in(name)
        coefficients = [int(rows[e].coefficient()) if e in rows else 0 for e in range(degree + 1)]
        total += AlgebraicNumber.count_real_roots(coefficients)
    return total == len(points)
