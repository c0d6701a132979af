"""One table of sentences with known truth, asked of every backend that is installed.

Each truth was derived by hand; the comment says how. A backend may say "unknown", except where it is listed
as one that must answer; it may never contradict the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from semialg.algebra.algebraic import AlgebraicNumber
from semialg.logic.evaluate import evaluate
from semialg.logic.infix import parse_formula
from semialg.logic.normal import strip_exists
from semialg.logic.smtlib import smtlib_logic
from semialg.logic.variables import free_variables, is_quantifier_free
from semialg.solvers.catalog import known_backends

if TYPE_CHECKING:
    from semialg.logic.formula import Formula

EVERYBODY = frozenset({"z3", "cvc5", "qepcad", "yices", "mathsat"})
COMPLETE = frozenset({"z3", "qepcad"})
QE = frozenset({"qepcad"})


@dataclass(frozen=True)
class Row:
    name: str
    text: str
    holds: bool
    must_answer: frozenset[str] = EVERYBODY

    @property
    def formula(self) -> Formula:
        return parse_formula(self.text)


TABLE = [
    Row("true", "true", True),
    Row("false", "false", False),
    Row("unused variable", "exists x. 1 > 0", True),
    # linear
    Row("interval", "0 < x and x < 1/3", True),
    Row("empty interval", "x > 1/3 and x < 1/3", False),
    Row("triangle", "x > 0 and y > 0 and x + y < 1 and 3 x + 5 y > 4", True),  # x = 1/10, y = 4/5
    Row("Farkas", "x + y > 2 and x < 1 and y < 1", False),  # add the three
    Row("no largest number", "exists x. forall y. x > y", False),
    Row("unbounded", "forall x. exists y. y > x", True),
    Row("dense", "forall x y. (x < y implies exists z. x < z < y)", True),
    # polynomial, no quantifiers
    Row("circle and line", "x^2 + y^2 = 1 and x = y", True),
    Row("circle and far line", "x^2 + y^2 = 1 and x + y = 2", False),  # max of x + y is sqrt 2
    Row("sum of squares", "x^2 + y^2 + 1 = 0", False),
    Row("hyperbola", "x y = 1 and x = 0", False),
    Row("cubic", "x^3 = 2 and x < 5/4", False),  # (5/4)^3 = 125/64 < 2
    Row("cubic root", "x^3 = 2 and x < 63/50", True),  # (63/50)^3 = 250047/125000 > 2
    Row("nested radicals", "x^2 = 2 and y^2 = x and x > 0 and y < 0", True),
    Row("odd names", "|a b|^2 = 1/4 and |ü| = |a b| and |x'| |ü| = 1 and |let| = 3", True),
    Row("antidiagonal is no LU", "a c = 0 and a d = 1 and b c = 1 and b d + e = 0", False),
    Row("near the antidiagonal", "a c = 1/1000 and a d = 1 and b c = 1 and b d + e = 0", True),
    Row("tiny gap", "x^2 < 2 and x > 0 and x > 14142135623730950/10000000000000000", True),
    Row("two circles", "x^2 + y^2 = 1 and (x - 3)^2 + y^2 = 3", False),  # radii 1 + sqrt 3 < 3
    # quantifiers
    Row("square is not negative", "forall x. x^2 >= 0", True),
    Row("quadratic has a root", "forall b c. (b^2 >= 4 c implies exists x. x^2 + b x + c = 0)", True, QE),
    Row("projection of the hyperbola", "forall x. (x = 0 or exists y. x y = 1)", True, COMPLETE),
    Row("its closure is the line", "forall e. (e > 0 implies exists x y. (x y = 1 and x^2 < e))", True, QE),
    Row("the hyperbola is closed", "exists x. (x = 0 and exists y. x y = 1)", False),
    Row("positive definite", "exists a. forall x. x^2 + 2 a x + 2 > 0", True, COMPLETE),  # a = 0
    Row("Archimedes is no infinitesimal", "exists e. (e > 0 and forall n. n e < 1)", False, COMPLETE),
    Row("discriminant", "exists b. (b^2 > 4 and forall x. x^2 + b x + 1 != 0)", False, COMPLETE),
    # a = -1: c (b + c)^2 runs from 0 to infinity on c > 0. A z3 said unsat (Z3 issue 5329).
    Row(
        "Z3 issue 5329",
        "exists a. forall b. exists c. (a + c (b + c)^2 = 0 and a != 0 and c > 0)",
        True,
        QE,
    ),
]

BACKENDS = [
    pytest.param(
        backend,
        id=backend.name,
        marks=pytest.mark.skipif(
            not backend.availability().available, reason=f"{backend.name}: {backend.availability().reason}"
        ),
    )
    for backend in known_backends()
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
@pytest.mark.parametrize("backend", BACKENDS)
def test_no_backend_contradicts_the_table(backend, row):
    asked = strip_exists(row.formula)
    if smtlib_logic(asked) not in backend.logics:
        pytest.skip(f"{backend.name} is not offered {smtlib_logic(asked)}")
    quantified = "forall" in row.text
    must = backend.name in row.must_answer and not (quantified and backend.name == "cvc5" and "^" in row.text)
    answer = backend.decide(row.formula, time_limit=60 if must else 0.8, memory_limit=4000)
    expected = "sat" if row.holds else "unsat"
    assert answer.status in ({expected} if must else {expected, "unknown"})
    assert answer.reason or answer.status != "unknown"
    assert answer.transcript
    assert answer.backend == backend.name
    if answer.status == "sat" and is_quantifier_free(asked) and answer.model:
        assert_model(asked, answer.model)


def assert_model(formula: Formula, model) -> None:
    """Check a model by itself: exactly where it is rational, else to many digits."""
    point = {name: Fraction(0) for name in free_variables(formula)}
    for name, value in model.items():
        if isinstance(value, AlgebraicNumber):
            narrow = value.refine(Fraction(1, 10**30))
            point[name] = (narrow.low + narrow.high) / 2
        else:
            point[name] = value
    if all(isinstance(value, Fraction) for value in model.values()):
        assert evaluate(formula, point)
        return
    for atom in formula.children or (formula,):
        relation = getattr(atom, "relation", "not")
        if relation == "=":
            assert abs(atom.polynomial.evaluate(point)) < Fraction(1, 10**25)


@pytest.mark.parametrize("backend", BACKENDS)
def test_limits_are_answers(backend):
    # Three dense equations of degree 5 below an alternation: out of reach of all, and surely of 0.3 s.
    hard = parse_formula(
        "forall a b c. exists x y z. "
        "(x^5 + a x^3 y + b z = c and y^5 + c x z^3 = a and z^4 + x y = b x^2 + 1)"
    )
    if smtlib_logic(hard) not in backend.logics:
        pytest.skip("quantifiers are not its business")
    answer = backend.decide(hard, time_limit=0.3)
    assert answer.status == "unknown"
    assert "time limit of 0.3 s" in answer.reason
    assert 0 <= answer.seconds < 60
    for megabytes in (1, 3, 5, 8, 30, 60, 75):
        # What this process has allocated and freed before is room for the child, however low its limit is.
        answer = backend.decide(hard, time_limit=0.3, memory_limit=megabytes)
        assert answer.status == "unknown"
        assert f"memory limit of {megabytes} MB" in answer.reason or "time limit of 0.3 s" in answer.reason, (
            answer.reason
        )


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_seed_never_changes_the_truth(backend):
    for seed in (0, 1, 2**31 - 1):
        assert backend.decide(parse_formula("x^2 < 2 and x > 1"), seed=seed, time_limit=60).status == "sat"
        assert backend.decide(parse_formula("x^2 < 2 and x > 2"), seed=seed, time_limit=60).status == "unsat"


def test_names_that_smtlib_keeps_are_spelled_otherwise():
    for backend in known_backends():
        if backend.availability().available and backend.name != "qepcad":
            answer = backend.decide(parse_formula("abs = 2"), time_limit=60)
            assert (answer.status, answer.model) == ("sat", {"abs": 2})


def test_the_table_has_both_truths_in_every_logic():
    seen = {(smtlib_logic(strip_exists(row.formula)), row.holds) for row in TABLE}
    assert seen == {(logic, truth) for logic in ("QF_LRA", "QF_NRA", "LRA", "NRA") for truth in (True, False)}
