"""Bridges to sympy, z3 and pySMT: formulas and numbers, there and back.

z3 and pySMT are reached through SMT-LIB text, which both read and write: one syntax, whose reader refuses
what is not real arithmetic. sympy has no quantifiers, so a formula with some has to be eliminated first.
"""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from semialg.algebra.algebraic import AlgebraicNumber
from semialg.algebra.polynomial import Polynomial
from semialg.errors import BackendMissingError, FormulaError
from semialg.logic.formula import (
    FALSE,
    TRUE,
    And,
    Atom,
    Formula,
    Not,
    Or,
    Truth,
    at_least,
    at_most,
    conjunction,
    disjunction,
    equal,
    greater,
    less,
    negation,
    unequal,
)
from semialg.logic.smtlib import to_smtlib
from semialg.logic.smtlib_reader import parse_smtlib
from semialg.logic.variables import is_quantifier_free
from semialg.logic.walk import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.logic.answer import Number

__all__ = [
    "formula_from_pysmt",
    "formula_from_sympy",
    "formula_from_z3",
    "formula_to_pysmt",
    "formula_to_sympy",
    "formula_to_z3",
    "number_from_sympy",
    "number_to_sympy",
]


# ------------------------------------------------------------------ numbers


def number_to_sympy(value: Number) -> Any:
    """Return an exact number as a sympy one: a rational, or a root by its polynomial and its place.

    Examples
    --------
    >>> root = AlgebraicNumber((-2, 0, 1), Fraction(1), Fraction(2))
    >>> number_to_sympy(root), number_to_sympy(Fraction(1, 3))
    (sqrt(2), 1/3)
    """
    import sympy

    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator)
    x = sympy.Symbol("x")
    polynomial = sympy.Poly(list(reversed(value.coefficients)), x)
    squarefree = polynomial.sqf_part()
    # The interval holds no other root: those below it come before this one.
    low = sympy.Rational(value.low.numerator, value.low.denominator)
    through = squarefree.count_roots(None, low)
    index = through - 1 if squarefree.eval(low) == 0 else through
    return sympy.rootof(squarefree, index)


def number_from_sympy(expression: Any) -> Number:
    """Return a real algebraic number of sympy exactly.

    Raises
    ------
    FormulaError
        If the expression is no real algebraic number: a float, pi, or one with symbols.

    Examples
    --------
    >>> import sympy
    >>> number_from_sympy(sympy.Rational(1, 2))
    Fraction(1, 2)
    >>> number_from_sympy(1 - sympy.sqrt(2)).compare(Fraction(-41, 100))
    -1
    """
    import sympy

    value = sympy.sympify(expression)
    if value.is_Rational:
        return Fraction(int(value.p), int(value.q))
    if value.has(sympy.Float) or value.free_symbols or not value.is_algebraic or not value.is_real:
        raise FormulaError(f"{expression} is no exact real algebraic number")
    x = sympy.Symbol("x")
    minimal = sympy.Poly(sympy.minimal_polynomial(value, x), x)
    coefficients = [int(c) for c in reversed(minimal.all_coeffs())]
    for index in range(1, minimal.count_roots() + 1):
        found = AlgebraicNumber.nth_root_of(coefficients, index)
        low, high = (sympy.Rational(e.numerator, e.denominator) for e in (found.low, found.high))
        if low <= value <= high:
            return found
    raise FormulaError(f"{expression} is no real root of its minimal polynomial")


# ------------------------------------------------------------------ sympy


def formula_to_sympy(formula: Formula) -> Any:
    """Return a formula without quantifiers as a boolean expression of sympy, in real symbols.

    Raises
    ------
    FormulaError
        If it has quantifiers.

    Examples
    --------
    >>> from semialg.logic.infix import parse_formula
    >>> formula_to_sympy(parse_formula("x^2 + y <= 1 and x != 0"))
    Ne(x, 0) & (x**2 + y - 1 <= 0)
    """
    import sympy

    if not is_quantifier_free(formula):
        raise FormulaError("sympy has no quantifiers; eliminate them first (eliminate)")

    def polynomial(p: Polynomial) -> Any:
        total = sympy.Integer(0)
        for monomial, c in p.terms().items():
            powers = [sympy.Symbol(name, real=True) ** e for name, e in monomial]
            total += sympy.Mul(sympy.Rational(c.numerator, c.denominator), *powers)
        return total

    def step(node: Formula, below: Sequence[Any]) -> Any:
        match node:
            case Truth(value):
                return sympy.true if value else sympy.false
            case Atom(p, relation):
                left = polynomial(p)
                return sympy.Eq(left, 0) if relation == "=" else sympy.Gt(left, 0)
            case Not():
                return sympy.Not(below[0])
            case And():
                return sympy.And(*below)
            case Or():
                return sympy.Or(*below)
        raise FormulaError(f"a node of the unknown kind {type(node).__name__} cannot be converted")

    return fold(formula, step)


def formula_from_sympy(expression: Any) -> Formula:
    """Return a boolean expression of sympy, of relations between polynomials with rational coefficients.

    Raises
    ------
    FormulaError
        If something else occurs in it.

    Examples
    --------
    >>> import sympy
    >>> x, y = sympy.symbols("x y")
    >>> print(formula_from_sympy((x**2 + y <= 1) & ~sympy.Eq(x, y)))
    x - y != 0 and x^2 + y - 1 <= 0
    """
    import sympy

    if expression in (sympy.true, True):
        return TRUE
    if expression in (sympy.false, False):
        return FALSE
    if isinstance(expression, sympy.And):
        return conjunction(*map(formula_from_sympy, _ordered(expression)))
    if isinstance(expression, sympy.Or):
        return disjunction(*map(formula_from_sympy, _ordered(expression)))
    if isinstance(expression, sympy.Not):
        return negation(formula_from_sympy(expression.args[0]))
    builders = {"==": equal, "!=": unequal, "<": less, "<=": at_most, ">": greater, ">=": at_least}
    if isinstance(expression, sympy.core.relational.Relational):
        left, right = (_polynomial(side) for side in expression.args)
        return builders[expression.rel_op](left, right)
    raise FormulaError(
        f"{expression} cannot be read; expected relations between polynomials, joined by And, Or, Not"
    )


def _ordered(expression: Any) -> list[Any]:
    import sympy

    return list(sympy.ordered(expression.args))


def _polynomial(expression: Any) -> Polynomial:
    import sympy

    symbols = sorted(expression.free_symbols, key=str)
    try:
        if not symbols:
            return Polynomial.constant(_rational(expression))
        polynomial = sympy.Poly(expression, *symbols)
        terms = {
            tuple((s.name, int(e)) for s, e in zip(symbols, exponents, strict=True) if e): _rational(c)
            for exponents, c in polynomial.terms()
        }
    except sympy.PolynomialError:
        raise FormulaError(f"{expression} is no polynomial") from None
    return Polynomial.sum(Polynomial.from_terms({tuple(sorted(m)): c}) for m, c in terms.items())


def _rational(value: Any) -> Fraction:
    if not value.is_Rational:
        raise FormulaError(f"the coefficient {value} is not rational")
    return Fraction(int(value.p), int(value.q))


# ------------------------------------------------------------------ z3 and pySMT, through SMT-LIB


def formula_to_z3(formula: Formula) -> Any:
    """Return a formula as a boolean expression of z3.

    Examples
    --------
    >>> from semialg.logic.infix import parse_formula
    >>> formula_to_z3(parse_formula("x y > 1")).sort()
    Bool
    """
    import z3

    assertions = z3.parse_smt2_string(to_smtlib(formula))
    return assertions[0] if len(assertions) == 1 else z3.And(*assertions)


def formula_from_z3(expression: Any) -> Formula:
    """Return a boolean expression of z3 over the reals.

    Raises
    ------
    FormulaError
        If it leaves real arithmetic.

    Examples
    --------
    >>> import z3
    >>> x = z3.Real("x")
    >>> print(formula_from_z3(z3.And(x * x > 2, x < 2)))
    x^2 - 2 > 0 and x - 2 < 0
    """
    import z3

    solver = z3.Solver()
    solver.add(expression)
    return parse_smtlib(solver.to_smt2()).formula


def formula_to_pysmt(formula: Formula) -> Any:
    """Return a formula as one of pySMT.

    Raises
    ------
    BackendMissingError
        If pySMT is not installed.
    """
    script = _pysmt("smtlib.parser").SmtLibParser().get_script(io.StringIO(to_smtlib(formula)))
    return script.get_last_formula()


def formula_from_pysmt(expression: Any) -> Formula:
    """Return a formula of pySMT over the reals.

    Raises
    ------
    BackendMissingError
        If pySMT is not installed.
    FormulaError
        If the formula leaves real arithmetic.
    """
    script = _pysmt("smtlib.script").smtlibscript_from_formula(expression)
    text = io.StringIO()
    script.serialize(text, daggify=False)
    return parse_smtlib(text.getvalue()).formula


def _pysmt(module: str) -> Any:
    from importlib import import_module

    try:
        return import_module(f"pysmt.{module}")
    except ModuleNotFoundError:
        raise BackendMissingError("pySMT is not installed; install it with: pip install pysmt") from None
