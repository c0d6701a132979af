"""One step of Newton's method for P on faces of cones, in rationals rounded to so many binary digits."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from semialg.algebra.linear import only_solution
from semialg.relu.optimal_sets.problem import inner
from semialg.relu.optimal_sets.roots import norm_squared, root_bounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.relu.optimal_sets.problem import Vector

__all__ = ["combined", "coordinates", "newton_step", "rounded"]


def rounded(values: Sequence[Fraction], bits: int) -> Vector:
    """Return multiples of one power of 2 near the values, ``bits`` binary digits for the largest.

    Examples
    --------
    >>> rounded([Fraction(1, 3), Fraction(2)], 4)
    (Fraction(3, 8), Fraction(2, 1))
    """
    largest = max((abs(v) for v in values), default=Fraction(0))
    size = largest.numerator.bit_length() - largest.denominator.bit_length() if largest else 0
    unit = Fraction(2) ** (bits - size)
    return tuple(Fraction(round(v * unit)) / unit for v in values)


def coordinates(basis: Sequence[Vector], weights: Vector) -> Vector:
    """Return the coordinates of weights in the span of an independent basis."""
    gram = [[inner(a, b) for b in basis] for a in basis]
    found = only_solution(gram, [inner(a, weights) for a in basis])
    if found is None:
        raise AssertionError("the Gram matrix of a basis is singular")
    return found


def combined(bases: Sequence[Sequence[Vector]], z: Sequence[Fraction]) -> list[Vector]:
    """Return the weights of all neurons at coordinates in their bases, one basis a neuron."""
    found, at = [], 0
    for basis in bases:
        part = z[at : at + len(basis)]
        found.append(tuple(inner(part, column) for column in zip(*basis, strict=True)))
        at += len(basis)
    return found


def newton_step(
    penalty: Fraction,
    bases: Sequence[Sequence[Vector]],
    square: Sequence[Sequence[Fraction]],
    right: Sequence[Fraction],
    z: Sequence[Fraction],
    bits: int,
    ridge: Fraction = Fraction(0),
) -> Vector | None:
    """Return the step, from a gradient and a Hessian whose roots are rounded; None if a neuron vanishes."""
    gradient = [inner(row, z) - b for row, b in zip(square, right, strict=True)]
    hessian = [list(row) for row in square]
    at = 0
    for basis, w in zip(bases, combined(bases, z), strict=True):
        size = root_bounds(norm_squared(w), bits)[1]
        if size == 0:
            return None
        unit = rounded([v / size for v in w], bits)
        along = [inner(a, unit) for a in basis]
        factor = rounded([penalty / size], bits)[0]
        for i, a in enumerate(basis):
            gradient[at + i] += penalty * along[i]
            for j, b in enumerate(basis):
                hessian[at + i][at + j] += factor * (inner(a, b) - along[i] * along[j])
        at += len(basis)
    # Where fits depend on each other, some of the identity keeps the step one of descent.
    extra = ridge * max((row[i] for i, row in enumerate(hessian)), default=Fraction(0))
    for i, row in enumerate(hessian):
        row[i] += extra
    return only_solution(hessian, [-v for v in rounded(gradient, 2 * bits)])
