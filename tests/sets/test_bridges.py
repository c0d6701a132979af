from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
import z3

from semialg.algebra.algebraic import AlgebraicNumber
from semialg.errors import FormulaError
from semialg.logic.infix import parse_formula
from semialg.logic.sympy_forms import number_of_sympy, number_to_sympy
from semialg.pattern.pattern import Pattern
from semialg.sets import SemialgebraicSet

parse = SemialgebraicSet.parse
SETS = [
    "x^2 + y^2 <= 1",
    "x y = 1 or x > 2",
    "not (x < y and y != 1/3)",
    "x^2 + y >= 2/3 and (x = 0 or y > x^3)",
]


@pytest.mark.parametrize("text", SETS)
def test_there_and_back(text):
    there = parse(text, ["x", "y"])
    assert SemialgebraicSet.from_sympy(there.to_sympy(), ["x", "y"]).equals(there).basis == "exact"
    assert SemialgebraicSet.from_sympy(there.to_sympy(), ["x", "y"]).equals(there).holds
    assert SemialgebraicSet.from_z3(there.to_z3(), ["x", "y"]).equals(there).holds


@pytest.mark.parametrize("text", SETS)
def test_pysmt(text):
    pytest.importorskip("pysmt")
    there = parse(text, ["x", "y"])
    assert SemialgebraicSet.from_pysmt(there.to_pysmt(), ["x", "y"]).equals(there).holds


def test_quantifiers_cross_to_z3_and_not_to_sympy():
    there = parse("exists y. x = y^2")
    assert SemialgebraicSet.from_z3(there.to_z3()).equals(parse("x >= 0")).holds
    with pytest.raises(FormulaError, match="no quantifiers"):
        there.to_sympy()


def test_what_is_no_real_polynomial_is_refused():
    x = sympy.Symbol("x")
    for expression in (sympy.sin(x) > 0, x * sympy.sqrt(2) > 1, 1 / x > 0, x > 0.5, x):
        with pytest.raises(FormulaError):
            SemialgebraicSet.from_sympy(expression)
    with pytest.raises(FormulaError):
        SemialgebraicSet.from_z3(z3.Int("n") > 0)


@pytest.mark.parametrize(
    "number",
    [
        sympy.sqrt(2),
        -sympy.sqrt(2),
        1 - sympy.sqrt(3) / 2,
        sympy.cbrt(5),
        sympy.CRootOf(sympy.Symbol("x") ** 5 - 4 * sympy.Symbol("x") + 1, 1),
        sympy.Rational(-7, 3),
        sympy.Integer(0),
    ],
)
def test_numbers_there_and_back(number):
    found = number_of_sympy(number)
    back = number_to_sympy(found)
    assert sympy.minimal_polynomial(back - number, sympy.Symbol("z")) == sympy.Symbol("z")


def test_a_root_at_the_end_of_its_interval():
    root = AlgebraicNumber((2, -3, 1), Fraction(1), Fraction(3, 2))
    assert number_to_sympy(root) == 1
    root = AlgebraicNumber((2, -3, 1), Fraction(3, 2), Fraction(2))
    assert number_to_sympy(root) == 2


def test_numbers_that_are_not_exact_are_refused():
    for number in (sympy.Float(1.5), sympy.pi, sympy.I, sympy.Symbol("x")):
        with pytest.raises(FormulaError):
            number_of_sympy(number)


def test_patterns_as_sets():
    products = SemialgebraicSet.of_pattern(Pattern.parse("1/1*11"))
    assert (2, 4, 1, 2) in products
    assert (0, 1, 1, 0) not in products
    scalar = SemialgebraicSet.of_pattern(Pattern.parse("11*10/01"))
    assert scalar.variables == ("a_0_0", "a_0_1")
    assert scalar.equals(SemialgebraicSet(scalar.variables, parse_formula("0 = 0"))).holds
