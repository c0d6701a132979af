"""The checker's own arithmetic against sympy's and flint's."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from semialg.checker.arithmetic import (
    Laurent,
    Polynomial,
    SparseMatrix,
    Variable,
    add_product,
    laurent_product,
    times,
)
from semialg.checker.decode import laurent, polynomial
from semialg.checker.report import Run, Unreadable

fractions = st.fractions(min_value=-9, max_value=9, max_denominator=6)
variables = st.sampled_from([(inverse, 0, i, 0) for inverse in (False, True) for i in range(2)])
monomials = st.dictionaries(variables, st.integers(1, 3), max_size=3).map(lambda d: tuple(sorted(d.items())))
polynomials = st.dictionaries(monomials, fractions.filter(bool), max_size=4)
laurents = st.dictionaries(st.integers(-3, 3), fractions.filter(bool), max_size=3)


def as_sympy(poly: Polynomial) -> Any:
    def symbol(variable: Variable) -> Any:
        return sympy.Symbol("v" + "_".join(map(str, map(int, variable))))

    return sum(
        (
            sympy.Rational(c.numerator, c.denominator) * sympy.prod([symbol(v) ** e for v, e in monomial])
            for monomial, c in poly.items()
        ),
        sympy.Integer(0),
    )


@given(polynomials, polynomials, polynomials)
@settings(deadline=None, max_examples=60)
def test_products_and_sums_agree_with_sympy(p: Polynomial, q: Polynomial, r: Polynomial) -> None:
    total = dict(r)
    add_product(total, p, q, Run())
    assert sympy.expand(as_sympy(total) - as_sympy(p) * as_sympy(q) - as_sympy(r)) == 0
    assert all(total.values())
    assert times(p, q, Run()) == times(q, p, Run())


def evaluated(matrix: SparseMatrix[Laurent], at: Fraction) -> Any:
    result = flint.fmpq_mat(len(matrix.rows), matrix.columns)
    for i, j, entry in matrix.entries():
        value = sum((c * at**e for e, c in entry.items()), Fraction(0))
        result[i, j] = flint.fmpq(value.numerator, value.denominator)
    return result


def matrices(rows: int, columns: int) -> Any:
    row = st.dictionaries(st.integers(0, columns - 1), laurents.filter(bool), max_size=columns)
    return st.tuples(*[row] * rows).map(lambda found: SparseMatrix(found, columns))


@given(matrices(2, 3), matrices(3, 2), st.integers(1, 50))
@settings(deadline=None, max_examples=60)
def test_laurent_products_agree_with_flint(
    left: SparseMatrix[Laurent], right: SparseMatrix[Laurent], at: int
) -> None:
    product = laurent_product(left, right, Run())
    for point in (Fraction(at), Fraction(-1, at), Fraction(at, 7)):
        assert evaluated(product, point) == evaluated(left, point) * evaluated(right, point)
    assert all(value for _, _, entry in product.entries() for value in entry.values())


@given(laurents)
def test_laurent_polynomials_read_back(value: Laurent) -> None:
    assert laurent({str(e): str(c) for e, c in value.items()} | {"9": "0"}) == value


@given(polynomials)
def test_polynomials_read_back_and_equal_monomials_add(value: Polynomial) -> None:
    def name(variable: Variable) -> list[Any]:
        return ["inverse", *variable[1:]] if variable[0] else list(variable[1:])

    terms = [
        {"coefficient": str(c), "monomial": [[name(v), e] for v, e in monomial]}
        for monomial, c in value.items()
    ]
    assert polynomial(terms) == value
    assert polynomial(terms + terms) == {monomial: 2 * c for monomial, c in value.items()}


@pytest.mark.parametrize(
    "number", ["", "1.0", "1e3", "+1", "01", "1/0", "1/-2", " 1", "1/2/3", "٣", "1" * 4001, 1]
)
def test_numbers_that_are_not_exact_are_unreadable(number: object) -> None:
    with pytest.raises(Unreadable):
        laurent({"0": number})


@pytest.mark.parametrize("exponent", ["", "1.0", "+1", "-0", "01", "1000001", "1" * 30])
def test_exponents_that_are_not_plain_are_unreadable(exponent: str) -> None:
    with pytest.raises(Unreadable):
        laurent({exponent: "1"})


def test_work_is_limited() -> None:
    big = {((((False, 0, 0, 0)), e),): Fraction(1) for e in range(1, 5000)}
    with pytest.raises(Unreadable, match="operations"):
        times(big, big, Run())


def test_growing_numbers_are_limited_too() -> None:
    """Sums of fractions with ever new denominators cost more than their number tells."""
    sums = [{(): Fraction(1, 10**900 + 2 * k + 1)} for k in range(3000)]
    with pytest.raises(Unreadable, match="operations"):
        accumulated(sums)


def accumulated(summands: list[Polynomial]) -> Polynomial:
    total: Polynomial = {}
    run = Run()
    for summand in summands:
        add_product(total, summand, {(): Fraction(1)}, run)
    return total
