"""Formulas become objects of z3 and come back with the same truth."""

from __future__ import annotations

import pytest
import z3

from semialg.errors import FormulaError
from semialg.logic.evaluate import evaluate
from semialg.logic.infix import parse_formula
from semialg.solvers.z3_forms import formula_of_z3, formula_to_z3


@pytest.mark.parametrize(
    "text", ["x^2 + y^2 <= 1 and not x = 0", "x > 0 or y > 0 and x*y != 1", "exists z. z^2 = x and z > y"]
)
def test_formulas_go_there_and_back(text):
    formula = parse_formula(text)
    solver = z3.Solver()
    back = formula_of_z3(formula_to_z3(formula))
    solver.add(formula_to_z3(formula) != formula_to_z3(back))
    if text.startswith("exists"):
        assert str(back.children[0]).count("z") > 0
        return
    assert solver.check() == z3.unsat
    for x in (-1, 0, 1, 2):
        for y in (-1, 0, 1):
            assert evaluate(back, {"x": x, "y": y}) == evaluate(formula, {"x": x, "y": y})


def test_names_that_mean_something_to_z3_stay_names():
    there = formula_to_z3(parse_formula("abs > 1"))
    assert str(there) == "abs + -1 > 0"
    assert z3.is_true(z3.simplify(z3.substitute(there, (z3.Real("abs"), z3.RealVal(2)))))


def test_what_is_no_formula_over_the_reals_is_refused():
    with pytest.raises(FormulaError):
        formula_of_z3(z3.Real("x"))
    with pytest.raises(FormulaError):
        formula_of_z3(z3.BitVec("b", 8) == 3)
