from __future__ import annotations

import math
from fractions import Fraction

import pytest

from semialg.algebra.algebraic import AlgebraicNumber
from semialg.algebra.polynomial import Polynomial
from semialg.errors import DisagreementError, FormulaError
from semialg.logic.answer import Answer
from semialg.logic.formula import TRUE
from semialg.logic.infix import parse_formula
from semialg.logic.variables import is_quantifier_free
from semialg.sets import SemialgebraicSet, oracle
from semialg.sets.finding import Finding
from semialg.solvers.backend import Elimination

parse = SemialgebraicSet.parse
needs_qepcad = pytest.mark.skipif(not oracle.oracle_available(), reason="QEPCAD is not installed")
ROOT = AlgebraicNumber((-2, 0, 1), Fraction(1), Fraction(2))


def test_sets_are_not_compared_as_text():
    one, other = parse("x > 0"), parse("x > 0")
    assert one == one
    assert one != 3
    with pytest.raises(FormulaError, match="equals"):
        assert one == other
    assert one.formula == other.formula
    assert one.equals(other).holds
    assert parse("x > 0").equals(parse("2 x > 0 and x != -1")).holds
    found = parse("x >= 0").equals(parse("x > 0"))
    assert (found.holds, found.witness) == (False, {"x": Fraction(0)})


def test_points_in_every_form():
    circle = parse("x^2 + y^2 = 2")
    assert (1, 1) in circle
    assert {"x": 1, "y": -1} in circle
    assert (ROOT, 0) in circle
    assert (ROOT, ROOT) not in circle
    assert circle.is_empty() in circle
    assert Finding(False, {"x": Fraction(1), "y": Fraction(2)}) not in circle
    for refused in ((1,), (1, 2, 3), {"x": 1}, (1.5, 1), "xy", 3):
        with pytest.raises(FormulaError):
            circle.contains(refused)


def test_density():
    plane = SemialgebraicSet(("x", "y"), TRUE)
    assert parse("x y != 0").is_dense_in(plane).holds
    assert not parse("x y > 0").is_dense_in(plane).holds
    line = parse("x = y and x != 0")
    assert line.is_dense_in(parse("x = y")).holds
    assert not line.is_dense_in(plane).holds
    assert parse("x y z != 0").is_dense_in(SemialgebraicSet(("x", "y", "z"), TRUE)).basis == "exact"


@pytest.mark.parametrize(
    ("text", "objective", "low", "low_attained", "high", "high_attained"),
    [
        ("x^2 + y^2 <= 1", "3 x + 4 y", Fraction(-5), True, Fraction(5), True),
        ("x^2 + y^2 < 1", "3 x + 4 y", Fraction(-5), False, Fraction(5), False),
        ("x y = 1 and x > 0", "x", Fraction(0), False, math.inf, False),
        ("x y = 1 and x > 0", "x + y", Fraction(2), True, math.inf, False),
        ("x < 0 and y = y", "x", -math.inf, False, Fraction(0), False),
        ("x = 1 and y = 2", "x + y", Fraction(3), True, Fraction(3), True),
        ("x^2 + y^2 < 0", "x", math.inf, False, -math.inf, False),
    ],
)
def test_optima_of_plane_sets(text, objective, low, low_attained, high, high_attained):
    there = parse(text, ["x", "y"])
    least, most = there.minimize(objective), there.maximize(objective)
    assert (least.value, least.attained) == (low, low_attained)
    assert (most.value, most.attained) == (high, high_attained)
    assert least.basis == most.basis == "exact"
    for found in (least, most):
        assert bool(found.point) == found.attained
        if found.attained:
            assert found.point in there


def test_algebraic_optimum():
    best = parse("x^2 + y^2 <= 1").maximize("x + y")
    assert best.value.compare(Fraction(141, 100)) == 1 > best.value.compare(Fraction(142, 100))
    assert best.point in parse("x^2 + y^2 = 1")


@needs_qepcad
def test_optimum_that_is_not_attained_in_spite_of_a_closed_set():
    everything = SemialgebraicSet(("x", "y"), TRUE)
    found = everything.minimize("(x y - 1)^2 + x^2")
    assert (found.value, found.attained, found.point) == (0, False, {})
    assert found.basis == "confirmed"
    assert "qepcad" in found.reason
    assert "z3" in found.reason or "cvc5" in found.reason


def test_boxes():
    box = parse("x^2 + y^2 <= 4 and x > 0").bounding_box().value
    assert (box["x"].low, box["x"].low_attained, box["x"].high, box["x"].high_attained) == (0, False, 2, True)
    assert (box["y"].low, box["y"].low_attained) == (-2, False)
    assert parse("x > y").bounding_box().value["x"].high == math.inf


def test_samples():
    assert len(parse("x^2 = 1").sample_points(5).value) == 2
    assert parse("x^2 < 0").sample_points(2).value == ()
    points = parse("x + y + z = 1 and x > 0").sample_points(3, time_limit=30.0).value
    assert len({tuple(p.items()) for p in points}) == 3
    assert all(p in parse("x + y + z = 1 and x > 0") for p in points)
    assert parse("x + y + z > 0").sample_points().value is None
    assert parse("x + y + z > 0").components().value is None
    with pytest.raises(FormulaError):
        parse("x > 0").sample_points(-1)


# ------------------------------------------------------------------ three coordinates and more


def test_ball():
    ball = parse("x^2 + y^2 + z^2 < 1")
    assert str(ball.closure().formula) == "x^2 + y^2 + z^2 - 1 <= 0"
    assert str(ball.boundary().formula) == "x^2 + y^2 + z^2 - 1 = 0"
    assert ball.dimension().value == 3
    assert ball.closure().trusted
    assert ball.closure().is_closed().basis == "word"


def test_rank_one_matrices():
    exactly_one = parse("a d = b c and (a != 0 or b != 0 or c != 0 or d != 0)")
    closed = exactly_one.closure(time_limit=30.0)
    assert is_quantifier_free(closed.formula)
    assert (0, 0, 0, 0) in closed
    assert closed.equals(parse("a d = b c", ["a", "b", "c", "d"])).holds
    found = exactly_one.is_closed()
    assert (found.holds, found.basis) == (False, "exact")


@needs_qepcad
def test_the_umbrella_without_its_handle():
    umbrella = parse("x^2 = y^2 z and y != 0")
    closed = umbrella.closure(time_limit=30.0)
    assert is_quantifier_free(closed.formula)
    assert (0, 0, 1) in closed
    assert (0, 0, -1) not in closed
    assert closed.equals(parse("x^2 = y^2 z and z >= 0")).holds
    assert parse("x^2 = y^2 z").dimension().value == 2


@needs_qepcad
def test_elimination_is_confirmed_or_marked():
    found = parse("exists x. a x^2 + b x + c = 0").eliminate()
    assert found.basis == "confirmed"
    assert found.value.equals(parse("4 a c <= b^2 and (a != 0 or b != 0 or c = 0)")).holds


class Liar:
    """An algebra system that answers every elimination alike."""

    def __init__(self, formula):
        self.formula = formula

    def eliminate(self, formula, *, time_limit=None):
        assert formula is not None
        assert time_limit is not None
        return Elimination(self.formula, True, "", "liar", "1", 0.0, "")


class Silent:
    """A backend that never knows."""

    def availability(self):
        class Here:
            available = True

        return Here()

    def decide(self, formula, *, time_limit=None):
        assert formula is not None
        return Answer("unknown", reason=f"{time_limit} s")


def test_a_wrong_oracle_is_caught_and_an_unconfirmed_one_is_marked(monkeypatch):
    there = parse("exists x. (x^2 = a and x^4 + x > b)")
    monkeypatch.setattr(oracle, "Qepcad", lambda: Liar(parse_formula("a > 0")))
    with pytest.raises(DisagreementError, match="not equivalent"):
        there.eliminate()
    monkeypatch.setattr(oracle, "Z3", Silent)
    monkeypatch.setattr(oracle, "Cvc5", Silent)
    found = there.eliminate()
    assert found.basis == "word"
    assert found.value.trusted == ("liar 1 (its word, not confirmed)",)
    again = found.value.is_empty()
    assert again.basis == "word"
    assert "liar" in again.reason


def test_names_of_values_do_not_clash():
    there = SemialgebraicSet(("value", "y"), parse_formula("value^2 + y^2 <= 1"))
    assert there.minimize(Polynomial.variable("value")).value == -1
    with pytest.raises(FormulaError, match="no coordinate"):
        there.minimize("z")
