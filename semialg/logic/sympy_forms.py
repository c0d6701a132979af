"""To and from sympy: polynomials, formulas, exact numbers and points.

An atom is ``Eq`` or ``StrictGreaterThan`` with the polynomial on the left, connectives are ``And``, ``Or``,
``Not``. sympy has no quantifiers over the reals; they are refused. All symbols are real.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from semialg.algebra.algebraic import AlgebraicNumber
from semialg.algebra.polynomial import Polynomial
from semialg.errors import FormulaError
from semialg.intake.shown import show
from semialg.logic.formula import FALSE, TRUE, And, Atom, Formula, Not, Or, Truth, conjunction, disjunction
from semialg.logic.walk import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from semialg.logic.answer import Number

__all__ = [
    "formula_of_sympy",
    "formula_to_sympy",
    "number_of_sympy",
    "number_to_sympy",
    "point_to_sympy",
    "polynomial_of_sympy",
    "polynomial_to_sympy",
]


def _symbol(name: str) -> Any:
    import sympy

    return sympy.Symbol(name, real=True)


def polynomial_to_sympy(polynomial: Polynomial) -> Any:
    """Return a polynomial as an expression of sympy, in real symbols.

    Examples
    --------
    >>> from semialg.logic.infix import parse_polynomial
    >>> polynomial_to_sympy(parse_polynomial("x^2/2 - x*y + 1"))
    x**2/2 - x*y + 1
    """
    import sympy

    terms = [
        sympy.Mul(sympy.Rational(value.numerator, value.denominator), *(_symbol(v) ** e for v, e in monomial))
        for monomial, value in polynomial.terms().items()
    ]
    return sympy.Add(*terms)


def polynomial_of_sympy(expression: Any) -> Polynomial:
    """Return the polynomial that an expression of sympy spells; symbols become variables by their names.

    Raises
    ------
    FormulaError
        If it is no polynomial with rational coefficients (floats are not exact), or two symbols share a name.

    Examples
    --------
    >>> import sympy
    >>> x, y = sympy.symbols("x y")
    >>> print(polynomial_of_sympy((x + y) ** 2 / 2))
    1/2*x^2 + x*y + 1/2*y^2
    """
    import sympy

    expression = sympy.sympify(expression)
    symbols = sorted(expression.free_symbols, key=str)
    if len({symbol.name for symbol in symbols}) < len(symbols):
        raise FormulaError("two symbols of the expression have the same name; expected distinct names")
    try:
        found = sympy.Poly(expression, *symbols, domain="QQ") if symbols else None
    except sympy.polys.polyerrors.BasePolynomialError:
        found = False
    constant = expression if found is None else sympy.Integer(0)
    if found is False or expression.has(sympy.Float) or not constant.is_Rational:
        raise FormulaError(
            f"'{show(expression, 60)}' is no polynomial with rational coefficients; expected one"
        )
    if found is None:
        return Polynomial.constant(Fraction(int(constant.p), int(constant.q)))
    names = [symbol.name for symbol in symbols]
    terms = {
        tuple((name, exponent) for name, exponent in zip(names, powers, strict=True) if exponent): Fraction(
            int(value.p), int(value.q)
        )
        for powers, value in found.terms()
    }
    return Polynomial.from_terms(terms)


def formula_to_sympy(formula: Formula) -> Any:
    """Return a quantifier-free formula as a Boolean of sympy.

    Raises
    ------
    FormulaError
        If it has a quantifier: eliminate it first.

    Examples
    --------
    >>> from semialg.logic.infix import parse_formula
    >>> formula_to_sympy(parse_formula("x^2 + y^2 <= 1 and not x = 0"))
    Ne(x, 0) & (x**2 + y**2 - 1 <= 0)
    """
    import sympy

    def step(node: Formula, below: Sequence[Any]) -> Any:
        match node:
            case Truth(value):
                return sympy.true if value else sympy.false
            case Atom(polynomial, relation):
                left = polynomial_to_sympy(polynomial)
                return sympy.Eq(left, 0) if relation == "=" else sympy.Gt(left, 0)
            case Not():
                return sympy.Not(below[0])
            case And():
                return sympy.And(*below)
            case Or():
                return sympy.Or(*below)
        raise FormulaError("sympy has no quantifiers over the reals; expected a quantifier-free formula")

    return fold(formula, step)


def formula_of_sympy(expression: Any) -> Formula:
    """Return the formula that a Boolean of sympy spells: relations between polynomials, and connectives.

    Raises
    ------
    FormulaError
        If it holds anything else.

    Examples
    --------
    >>> import sympy
    >>> x, y = sympy.symbols("x y", real=True)
    >>> print(formula_of_sympy(sympy.Or(x**2 < y, evaluate=False)))
    x^2 - y < 0
    """
    import sympy

    expression = sympy.sympify(expression)
    if expression in (sympy.true, sympy.false):
        return TRUE if expression == sympy.true else FALSE
    if isinstance(expression, sympy.core.relational.Relational):
        return _relation(expression)
    parts = [formula_of_sympy(part) for part in _parts(expression)]
    match type(expression).__name__:
        case "And":
            return conjunction(*parts)
        case "Or":
            return disjunction(*parts)
        case "Not":
            return ~parts[0]
        case "Implies":
            return ~parts[0] | parts[1]
        case "Equivalent":
            return disjunction(conjunction(*parts), conjunction(*(~part for part in parts)))
        case "Xor":
            found = parts[0]
            for part in parts[1:]:
                found = (found & ~part) | (~found & part)
            return found
        case "ITE":
            return (parts[0] & parts[1]) | (~parts[0] & parts[2])
    raise FormulaError(
        f"'{show(expression, 60)}' is no relation between polynomials and no connective; expected one"
    )


def _parts(expression: Any) -> list[Any]:
    """Return what a connective joins, in an order that does not change from run to run."""
    import sympy

    match type(expression).__name__:
        case "And" | "Or" | "Equivalent" | "Xor":
            return list(sympy.ordered(expression.args))
        case "Not" | "Implies" | "ITE":
            return list(expression.args)
    return []


def _relation(expression: Any) -> Formula:
    difference = polynomial_of_sympy(expression.lhs - expression.rhs)
    match expression.rel_op:
        case "==":
            return Atom(difference, "=")
        case "!=":
            return Not(Atom(difference, "="))
        case ">":
            return Atom(difference, ">")
        case "<":
            return Atom(-difference, ">")
        case ">=":
            return Not(Atom(-difference, ">"))
    return Not(Atom(difference, ">"))


def number_to_sympy(number: Number) -> Any:
    """Return a rational or real algebraic number as one of sympy, exactly.

    Examples
    --------
    >>> number_to_sympy(AlgebraicNumber((-2, 0, 1), Fraction(1), Fraction(2)))
    sqrt(2)
    """
    import sympy

    if isinstance(number, AlgebraicNumber):
        x = sympy.Symbol("x")
        polynomial = sympy.Poly(list(reversed(number.coefficients)), x)
        roots = sympy.Poly(polynomial.sqf_part(), x).real_roots()
        low, high = number_to_sympy(number.low), number_to_sympy(number.high)
        return next(root for root in roots if low <= root <= high)
    return sympy.Rational(number.numerator, number.denominator)


def number_of_sympy(expression: Any) -> Number:
    """Return an exact real algebraic number of sympy.

    Raises
    ------
    FormulaError
        If it is a float, not real, or not algebraic.

    Examples
    --------
    >>> import sympy
    >>> print(number_of_sympy(sympy.sqrt(2)), number_of_sympy(sympy.Rational(1, 3)))
    root of x^2 - 2 in [1, 2] 1/3
    """
    import sympy

    expression = sympy.sympify(expression)
    if expression.is_Rational:
        return Fraction(int(expression.p), int(expression.q))
    if expression.has(sympy.Float) or not expression.is_algebraic or not expression.is_real:
        raise FormulaError(f"'{show(expression, 60)}' is no exact real algebraic number; expected one")
    x = sympy.Symbol("x")
    least = sympy.Poly(sympy.minimal_polynomial(expression, x), x)
    for (low, high), _ in least.intervals():
        if low <= expression <= high:
            integers = [int(value) for value in reversed(least.all_coeffs())]
            ends = (Fraction(int(low.p), int(low.q)), Fraction(int(high.p), int(high.q)))
            return AlgebraicNumber(tuple(integers), *ends)
    raise FormulaError(f"'{show(expression, 60)}' was not found among the roots of its polynomial")


def point_to_sympy(point: Mapping[str, Number]) -> dict[Any, Any]:
    """Return a witness as sympy's substitution: real symbols to exact numbers.

    Examples
    --------
    >>> point_to_sympy({"x": Fraction(1, 2)})
    {x: 1/2}
    """
    return {_symbol(name): number_to_sympy(value) for name, value in point.items()}
