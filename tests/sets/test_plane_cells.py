from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semialg.algebra.algebraic import AlgebraicNumber
from semialg.errors import FormulaError, LimitError
from semialg.logic.evaluate import evaluate
from semialg.logic.formula import Exists, ForAll
from semialg.logic.infix import parse_formula
from semialg.logic.variables import is_quantifier_free, rename, substitute
from semialg.sets import SemialgebraicSet
from semialg.sets.columns import simplest_between
from semialg.sets.description import describe_cells, solid_part
from semialg.sets.elimination import eliminate_exactly
from semialg.sets.line import line_formula
from semialg.sets.plane import Plane
from semialg.solvers.z3_backend import Z3

# Components, dimension, closed, open, bounded: known from pictures, not from this program.
KNOWN = [
    ("x^2 + y^2 = 1", 1, 1, True, False, True),
    ("x y = 1", 2, 1, True, False, False),
    ("x y > 1", 2, 2, False, True, False),
    ("x^2 + y^2 < 1 and 4 x^2 > 1", 2, 2, False, True, True),
    ("1 <= x^2 + y^2 <= 4", 1, 2, True, False, True),
    ("y^2 = x^3 - x", 2, 1, True, False, False),
    ("y^2 = x^2 (x - 1)", 2, 1, True, False, False),  # with the isolated point 0
    ("x^2 + y^2 = 2 and x = y", 2, 0, True, False, True),
    ("x = 0 or x^2 y = 1", 3, 1, True, False, False),  # the line is an asymptote, it touches nothing
    ("(x^2 + y^2)^2 = 2 (x^2 - y^2)", 1, 1, True, False, True),
    ("x^2 != y^2", 4, 2, False, True, False),
    ("x y = 0 and x^2 + y^2 > 0", 4, 1, False, False, False),
    ("x^4 + y^4 < 1 and x^2 + y^2 > 1", 4, 2, False, True, True),
    ("x^3 + y^3 = 3 x y", 1, 1, True, False, False),
    ("(x^2 + y^2 - 1)^3 = x^2 y^3", 1, 1, True, False, True),
    ("x > 0 or y > 0", 1, 2, False, True, False),
    ("x^2 + y^2 < 0", 0, -1, True, True, True),
    ("x^2 = 2 and y^3 = x + 1", 2, 0, True, False, True),
    ("y = 0 and x = x", 1, 1, True, False, False),
    ("x^2 + y^2 < 1 or x = 1 and y = 0", 1, 2, False, False, True),
    ("x^2 + y^2 < 1 or x = 1 and y = 1/100", 2, 2, False, False, True),
    ("(x + 1)^2 + y^2 < 1 or (x - 1)^2 + y^2 < 1", 2, 2, False, True, True),
    ("(x + 1)^2 + y^2 <= 1 or (x - 1)^2 + y^2 < 1", 1, 2, False, False, True),
    ("x y >= 1 or y = 0", 3, 2, True, False, False),
    ("y (x^2 + 1) = x", 1, 1, True, False, False),
    ("x^2 y^2 - 2 x y + 1 + x^2 <= 0", 0, -1, True, True, True),
]


def swapped(text):
    return rename(parse_formula(text), {"x": "y", "y": "x"})


@pytest.mark.parametrize(("text", "parts", "dimension", "closed", "opened", "bounded"), KNOWN)
def test_known_pictures(text, parts, dimension, closed, opened, bounded):
    for formula in (parse_formula(text), swapped(text)):
        there = SemialgebraicSet(("x", "y"), formula)
        assert there.components().value == parts
        assert there.dimension().value == dimension
        for found, wanted in (
            (there.is_closed(), closed),
            (there.is_open(), opened),
            (there.is_bounded(), bounded),
            (there.is_compact(), closed and bounded),
            (there.is_empty(), parts == 0),
        ):
            assert found.holds is wanted
            assert found.basis == "exact"
            assert found.answer is None


@pytest.mark.parametrize("text", [row[0] for row in KNOWN])
def test_points_and_descriptions(text):
    there = SemialgebraicSet.parse(text, ["x", "y"])
    points = there.sample_points().value
    assert len(points) == there.components().value
    for point in points:
        assert there.contains(point).holds
    plane = Plane(("x", "y"), there.formula)
    described = describe_cells(plane, plane.members)
    if described is not None:
        assert is_quantifier_free(described)
        for a in range(-4, 5):
            for b in range(-4, 5):
                at = {"x": Fraction(a, 2), "y": Fraction(b, 2)}
                assert evaluate(described, at) == evaluate(there.formula, at)
        assert there.equals(SemialgebraicSet(("x", "y"), described)).holds


@pytest.mark.parametrize("text", [row[0] for row in KNOWN])
def test_closure_interior_boundary_fit_together(text):
    there = SemialgebraicSet.parse(text, ["x", "y"])
    closed, inner, edge = there.closure(), there.interior(), there.boundary()
    if not all(is_quantifier_free(s.formula) for s in (closed, inner, edge)):
        pytest.skip("the signs do not tell the cells apart")
    assert closed.is_closed()
    assert inner.is_open()
    assert edge.is_closed()
    assert inner.is_subset(there)
    assert there.is_subset(closed)
    assert there.is_dense_in(closed)
    assert (closed - inner).equals(edge)
    assert (edge.dimension().value or 0) < 2
    assert there.is_closed().holds == there.equals(closed).holds
    assert there.is_open().holds == there.equals(inner).holds


literals = st.tuples(*[st.integers(-2, 2)] * 6, st.sampled_from(["=", ">", ">=", "!="]))
formulas = st.lists(literals, min_size=1, max_size=2).map(
    lambda rows: parse_formula(
        " and ".join(
            f"{a} x^2 + {b} x y + {c} y^2 + {d} x + {e} y + {f} {r} 0" for a, b, c, d, e, f, r in rows
        )
    )
)


@settings(deadline=None, max_examples=20, derandomize=True)
@given(formulas)
def test_exchanging_the_coordinates_changes_nothing(formula):
    one = SemialgebraicSet(("x", "y"), formula)
    other = SemialgebraicSet(("y", "x"), formula)
    assert one.components().value == other.components().value
    assert one.dimension().value == other.dimension().value
    assert one.is_closed().holds == other.is_closed().holds
    assert one.is_open().holds == other.is_open().holds
    assert one.is_bounded().holds == other.is_bounded().holds


@settings(deadline=None, max_examples=20, derandomize=True)
@given(formulas, st.integers(-3, 3), st.booleans())
def test_elimination_agrees_with_the_line_above_a_point(formula, at, universal):
    node = (ForAll if universal else Exists)(("y",), formula)
    result = eliminate_exactly(node, None)
    assert is_quantifier_free(result)
    x = Fraction(at, 2)
    line = Plane(("y",), substitute(formula, {"x": x}))
    everywhere = len(line.members) == len(line.cells)
    assert evaluate(result, {"x": x}) == (everywhere if universal else bool(line.members))


@settings(deadline=None, max_examples=10, derandomize=True)
@given(formulas)
def test_a_solver_agrees_about_emptiness(formula):
    there = SemialgebraicSet(("x", "y"), formula)
    found = there.is_empty(solver=Z3(), time_limit=20.0)
    if found.holds is not None:
        assert found.holds == there.is_empty().holds


def test_first_powers_with_coefficients():
    result = eliminate_exactly(parse_formula("exists x. (a x > b and c x <= d)"))
    assert is_quantifier_free(result)
    for a, b, c, d in (
        (1, 0, 1, 1),
        (1, 2, 1, 1),
        (0, 0, 1, 1),
        (0, -1, 0, 0),
        (0, -1, 0, -1),
        (-1, 2, 1, -3),
    ):
        line = Plane(("x",), parse_formula(f"{a} x > {b} and {c} x <= {d}"))
        assert evaluate(result, {"a": a, "b": b, "c": c, "d": d}) == bool(line.members)


def test_what_exact_arithmetic_cannot_remove_stays():
    assert not is_quantifier_free(eliminate_exactly(parse_formula("exists x. (x^2 = a and x^3 + x = b)")))


def test_limits_are_refused():
    with pytest.raises(FormulaError, match="one or two variables"):
        Plane(("x", "y", "z"), parse_formula("x + y + z > 0"))
    with pytest.raises(FormulaError, match="quantifiers"):
        Plane(("x",), parse_formula("exists y. x = y"))
    with pytest.raises(LimitError, match="degree"):
        Plane(("x", "y"), parse_formula("x^41 > y"))
    with pytest.raises(LimitError, match="time limit"):
        Plane(("x", "y"), parse_formula("x^9 y^9 + x^4 y + y^5 + x^7 + 3 > 0 and x^8 + y^8 + x y > 2"), 0.0)


def test_the_line():
    root = AlgebraicNumber((-2, 0, 1), Fraction(1), Fraction(2))
    other = AlgebraicNumber((-2, 0, 1), Fraction(-2), Fraction(-1))
    middle = line_formula("x", [other, root], [False, True, True, True, False])
    assert str(middle) == "x^2 - 2 <= 0"
    upper = line_formula("x", [root], [False, False, True])
    for value, wanted in ((-3, False), (1, False), (Fraction(3, 2), True), (5, True)):
        assert evaluate(upper, {"x": value}) == wanted
    point = SemialgebraicSet(("x",), line_formula("x", [root], [False, True, False]))
    assert point.components().value == 1
    assert point.contains((root,)).holds
    assert not point.contains((other,)).holds


@settings(deadline=None, max_examples=60)
@given(st.fractions(max_denominator=30), st.fractions(max_denominator=30))
def test_simplest_between(a, b):
    low, high = min(a, b), max(a, b)
    if low < high:
        found = simplest_between(low, high)
        assert low < found < high
        assert not any(
            low < Fraction(n, d) < high
            for d in range(1, found.denominator)
            for n in range(int(low * d) - 1, int(high * d) + 2)
        )


def test_solid_parts():
    assert Plane(("x", "y"), solid_part(parse_formula("x >= 0 or y = 0"))).members
    assert not Plane(("x", "y"), solid_part(parse_formula("x = 0 or y^2 <= 0 and x > 1"))).members
