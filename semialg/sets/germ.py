"""Whether a set contains a curve that ends at a rational point: signs of first terms, exact and cheap."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING

from semialg.algebra.polynomial import Polynomial
from semialg.logic.formula import And, Atom, Formula, Not, Or, Truth
from semialg.logic.walk import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

__all__ = ["holds_along", "limit_curve"]

_TIME = "t"
_MOST_CURVES = 3000


def holds_along(formula: Formula, curve: Mapping[str, Polynomial]) -> bool:
    """Return whether a quantifier-free formula holds on a polynomial curve in ``t`` for all small t > 0.

    A polynomial in t has, for small t > 0, the sign of its first term. So this is exact.

    Examples
    --------
    >>> from semialg.logic.infix import parse_formula
    >>> t = Polynomial.variable("t")
    >>> holds_along(parse_formula("y > x^2 and x != 0"), {"x": t, "y": 2 * t**2})
    True
    """

    def step(node: Formula, below: Sequence[bool]) -> bool:
        match node:
            case Truth(value):
                return value
            case Atom(polynomial, relation):
                sign = _first_sign(polynomial.substitute(curve))
                return sign == 0 if relation == "=" else sign > 0
            case Not():
                return not below[0]
            case And():
                return all(below)
            case Or():
                return any(below)
        raise AssertionError(node)

    return fold(formula, step)


def _first_sign(polynomial: Polynomial) -> int:
    rows = polynomial.coefficients_in(_TIME)
    if not rows:
        return 0
    value = rows[min(rows)].coefficient()
    return (value > 0) - (value < 0)


def limit_curve(
    variables: Sequence[str], formula: Formula, point: Mapping[str, Fraction]
) -> dict[str, Polynomial] | None:
    """Return a curve in the set of a quantifier-free formula that tends to a point for t -> 0, or None.

    Coordinates ``p + v t^w`` with v in {-1, 0, 1} and w in {1, 2, 3} are tried: a curve that is found
    proves that the point is a limit point; none proves nothing.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from semialg.logic.infix import parse_formula
    >>> origin = {"x": Fraction(0), "y": Fraction(0)}
    >>> curve = limit_curve(["x", "y"], parse_formula("y^2 = x^3 and y > 0"), origin)
    >>> {name: str(value) for name, value in curve.items()}
    {'x': 't^2', 'y': 't^3'}
    """
    t = Polynomial.variable(_TIME)
    steps = [Polynomial.constant(0), t, -t, t**2, -(t**2), t**3, -(t**3)]
    for choice in islice(product(steps, repeat=len(variables)), _MOST_CURVES):
        curve = {name: point[name] + step for name, step in zip(variables, choice, strict=True)}
        if holds_along(formula, curve):
            return curve
    return None
