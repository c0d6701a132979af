"""sympy and this package mean the same by a polynomial, a formula and a number."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from semialg.algebra.algebraic import AlgebraicNumber
from semialg.algebra.polynomial import Polynomial
from semialg.errors import FormulaError
from semialg.logic.evaluate import evaluate
from semialg.logic.infix import parse_formula
from semialg.logic.sympy_forms import (
    formula_of_sympy,
    formula_to_sympy,
    number_of_sympy,
    number_to_sympy,
    point_to_sympy,
    polynomial_of_sympy,
    polynomial_to_sympy,
)

COEFFICIENTS = st.fractions(-5, 5, max_denominator=6)
MONOMIALS = st.tuples(st.integers(0, 3), st.integers(0, 3))


@st.composite
def polynomials(draw):
    terms = draw(st.dictionaries(MONOMIALS, COEFFICIENTS, max_size=5))
    return Polynomial.from_terms({(("x", a), ("y_1", b)): c for (a, b), c in terms.items()})


@settings(deadline=None, derandomize=True, max_examples=60)
@given(polynomials())
def test_polynomials_go_there_and_back(polynomial):
    assert polynomial_of_sympy(polynomial_to_sympy(polynomial)) == polynomial


@settings(deadline=None, derandomize=True, max_examples=40)
@given(
    st.sampled_from(
        [
            "x^2 + y^2 <= 1 and not x = 0",
            "x > 0 or y > 0 and x*y != 1",
            "not (x < y and (x = 1 or y >= 2))",
            "1/2*x - 3 < 0",
            "true",
            "false",
        ]
    ),
    st.fractions(-3, 3, max_denominator=4),
    st.fractions(-3, 3, max_denominator=4),
)
def test_formulas_have_the_same_truth_at_every_point(text, x, y):
    formula = parse_formula(text)
    there = formula_to_sympy(formula)
    point = {"x": x, "y": y}
    assert bool(there.subs(point_to_sympy(point))) == evaluate(formula, point)
    assert evaluate(formula_of_sympy(there), point) == evaluate(formula, point)


def test_connectives_that_we_do_not_have_are_spelled_out():
    x, y = sympy.symbols("x y", real=True)
    for made in (
        sympy.Implies(x > 0, y > 0),
        sympy.Equivalent(x > 0, y > 0),
        sympy.Xor(x > 0, y > 0),
        sympy.ITE(x > 0, y > 0, sympy.Eq(y, 0)),
    ):
        formula = formula_of_sympy(made)
        for a in (-1, 0, 1):
            for b in (-1, 0, 1):
                assert evaluate(formula, {"x": a, "y": b}) == bool(made.subs({x: a, y: b}))


@pytest.mark.parametrize(
    "root", [sympy.sqrt(2), -sympy.sqrt(3) / 2, sympy.cbrt(5) + 1, sympy.Rational(-7, 3)]
)
def test_numbers_go_there_and_back(root):
    number = number_of_sympy(root)
    assert sympy.simplify(number_to_sympy(number) - root) == 0
    if isinstance(number, AlgebraicNumber):
        assert abs(float(number) - float(root)) < 1e-9
    else:
        assert number == Fraction(-7, 3)


@pytest.mark.parametrize("text", ["x**y", "sin(x) > 0", "0.5*x > 0", "x/y > 0", "sqrt(2)*x > 0"])
def test_what_is_no_polynomial_is_refused(text):
    with pytest.raises(FormulaError):
        formula_of_sympy(sympy.sympify(text))


def test_quantifiers_and_inexact_numbers_are_refused():
    with pytest.raises(FormulaError, match="no quantifiers"):
        formula_to_sympy(parse_formula("exists x. x^2 = y"))
    for value in (0.5, sympy.pi, sympy.I):
        with pytest.raises(FormulaError):
            number_of_sympy(value)
