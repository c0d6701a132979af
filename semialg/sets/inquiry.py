"""How the questions about sets are answered: by exact arithmetic or by solvers, in easy pieces.

In at most two variables (after the quantifiers that exact arithmetic removes) the cells of the plane
answer, and no solver is asked, unless the caller names one.
"""

from __future__ import annotations

import time
from fractions import Fraction
from typing import TYPE_CHECKING

from semialg.algebra.algebraic import AlgebraicNumber
from semialg.algebra.polynomial import Polynomial
from semialg.errors import LimitError
from semialg.logic.evaluate import evaluate
from semialg.logic.formula import (
    Formula,
    Truth,
    at_least,
    at_most,
    conjunction,
    equal,
    negation,
)
from semialg.logic.simplify import substitute_definitions
from semialg.logic.variables import all_variables, free_variables, is_quantifier_free, substitute
from semialg.sets.elimination import eliminate_exactly
from semialg.sets.finding import Finding, weakest
from semialg.sets.germ import limit_curve
from semialg.sets.plane import Plane
from semialg.sets.topology import closure_formula, evidently_closed, unbounded_sentence, weakened
from semialg.solvers.portfolio import default_portfolio

if TYPE_CHECKING:
    from collections.abc import Mapping

    from semialg.logic.answer import Answer, Number
    from semialg.logic.decider import Decider

__all__ = ["Inquiry", "pinned"]

_CANDIDATES = 4
_CELLS_SECONDS = 5.0
_MOST_BOUND = 12
_BY_CELLS = "exact arithmetic on the cells of the plane"


class Inquiry:
    """Questions about sets in the same coordinates, to one solver, within one time limit.

    Parameters
    ----------
    variables
        The coordinates.
    solver
        What to ask; by default exact arithmetic first, then all backends that are installed.
    time_limit
        Seconds for everything together; None for no limit.
    """

    def __init__(
        self, variables: tuple[str, ...], solver: Decider | None = None, time_limit: float | None = None
    ) -> None:
        self._variables = variables
        self._solver = solver
        self._deadline = None if time_limit is None else time.monotonic() + time_limit

    def is_true(self, sentence: Formula) -> Finding:
        """Ask whether a sentence is true."""
        found = self._exception(sentence)
        holds = None if found.holds is None else not found.holds
        return Finding(holds, reason=found.reason, answer=found.answer, basis=found.basis)

    def is_nowhere(self, formula: Formula, share: float = 1.0) -> Finding:
        """Ask whether a formula holds at no point; the witness is a point where it does."""
        return self._exception(formula, share)

    def cells(self, formula: Formula) -> Plane | None:
        """Return the cells of the set of a formula, None where exact arithmetic does not reach it in time."""
        if self._solver is not None or not 1 <= len(self._variables) <= 2:
            return None
        formula = self.without_quantifiers(formula)
        if not is_quantifier_free(formula):
            return None
        return self._plane(self._variables, formula)

    def without_quantifiers(self, formula: Formula) -> Formula:
        """Return an equivalent formula without the quantifiers that exact arithmetic removes."""
        if is_quantifier_free(formula) or len(all_variables(formula)) > _MOST_BOUND:
            return formula
        return eliminate_exactly(formula, self._cell_seconds())

    def left(self) -> float | None:
        """Return the seconds that are left, None without a limit."""
        return None if self._deadline is None else max(self._deadline - time.monotonic(), 0.1)

    def is_closed(self, formula: Formula) -> Finding:
        """Ask whether the set of a formula is closed; the witness is a limit point outside.

        Without quantifiers, the candidates for such points are where the weakened formula holds and the
        formula does not. To ask whether one candidate is a limit point is far easier than to ask for all at
        once, so that is done first.
        """
        if evidently_closed(formula):
            return Finding(True, reason="described by = and >= with and, or", basis="exact")
        plane = self.cells(formula)
        if plane is not None:
            cell = plane.limit_outside()
            if cell is None:
                return Finding(True, reason=_BY_CELLS, basis="exact")
            return Finding(False, plane.point(cell), _BY_CELLS, basis="exact")
        outside = negation(formula)
        if is_quantifier_free(formula):
            outside = conjunction(weakened(formula), outside)
            found = self._try_candidates(formula, outside)
            if found is not None:
                return found
        return self._exception(conjunction(outside, closure_formula(self._variables, formula)))

    def is_bounded(self, formula: Formula) -> Finding:
        """Ask whether the set of a formula is bounded, one direction after the other."""
        plane = self.cells(formula)
        if plane is not None:
            return Finding(all(cell.bounded for cell in plane.members), reason=_BY_CELLS, basis="exact")
        unknown: Finding | None = None
        reasons: list[Finding] = []
        for name in self._variables:
            for direction in (Polynomial.variable(name), -Polynomial.variable(name)):
                found = self._exception(unbounded_sentence(self._variables, formula, direction))
                if found.holds is False:
                    reason = f"{direction} is unbounded above; {found.reason}"
                    return Finding(False, reason=reason, answer=found.answer, basis=found.basis)
                if found.holds is None:
                    unknown = found
                reasons.append(found)
        if unknown is not None:
            return unknown
        said = "; ".join(dict.fromkeys(found.reason for found in reasons))
        reason = f"every coordinate is bounded on both sides; {said}"
        return Finding(True, reason=reason, basis=weakest(found.basis for found in reasons))

    # ------------------------------------------------------------------ helpers

    def _try_candidates(self, formula: Formula, outside: Formula) -> Finding | None:
        """Test some candidates for a limit point outside; None if that does not settle the question."""
        closure = closure_formula(self._variables, formula)
        for _ in range(_CANDIDATES):
            candidate = self._exception(outside, share=0.25)
            if candidate.holds is None:
                return None
            if candidate.holds:
                return Finding(True, reason=candidate.reason, answer=candidate.answer, basis=candidate.basis)
            rational = {n: v for n, v in candidate.witness.items() if isinstance(v, Fraction)}
            if len(rational) == len(self._variables) and self._solver is None:
                curve = limit_curve(self._variables, formula, rational)
                if curve is not None:
                    text = ", ".join(f"{name} = {value}" for name, value in curve.items())
                    return Finding(False, rational, f"the curve {text} for small t > 0", basis="exact")
            there = _at(closure, candidate.witness)
            found = self._exception(there, share=0.25)
            if found.holds is None:
                return None
            if not found.holds:
                return Finding(False, candidate.witness, found.reason, found.answer, found.basis)
            # The candidate is proved to be no limit point: only then, and only it, may be left out.
            outside = conjunction(outside, negation(pinned(candidate.witness)))
        return None

    def _exception(self, formula: Formula, share: float = 1.0) -> Finding:
        """Ask for a point where a formula holds: there is none, or it is the witness."""
        reduced = substitute_definitions(formula)
        if self._solver is None:
            reduced = self.without_quantifiers(reduced)
        if isinstance(reduced, Truth):
            anywhere: dict[str, Number] = dict.fromkeys(self._variables, Fraction(0)) if reduced.value else {}
            return Finding(not reduced.value, anywhere, "found by simplification", basis="exact")
        exact = self._by_cells(reduced) if self._solver is None else None
        if exact is not None:
            return exact
        answer = self._ask(reduced, share)
        who = f"{answer.backend} {answer.version}".strip()
        reason = answer.reason or who
        if answer.status == "unknown":
            return Finding(None, reason=reason, answer=answer)
        if answer.status == "unsat":
            return Finding(True, reason=reason, answer=answer)
        # A coordinate that the model leaves out may have any value.
        witness: dict[str, Number] = {name: answer.model.get(name, Fraction(0)) for name in self._variables}
        return Finding(False, witness, reason, answer, "exact" if _holds_at(reduced, witness) else "word")

    def _by_cells(self, formula: Formula) -> Finding | None:
        """Answer by the cells of the plane, None if there are more variables, or quantifiers are left."""
        names = sorted(free_variables(formula))
        if len(names) > 2 or not is_quantifier_free(formula):
            return None
        plane = self._plane(tuple(names), formula)
        if plane is None:
            return None
        if not plane.members:
            return Finding(True, reason=_BY_CELLS, basis="exact")
        # A cell with an interior has a rational point.
        best = max(plane.members, key=lambda cell: (cell.dimension, -cell.column, -cell.level))
        point = plane.point(best)
        witness = {name: point.get(name, Fraction(0)) for name in self._variables}
        return Finding(False, witness, _BY_CELLS, basis="exact")

    def _plane(self, names: tuple[str, ...], formula: Formula) -> Plane | None:
        try:
            return Plane(names, formula, self._cell_seconds())
        except LimitError:
            return None

    def _cell_seconds(self) -> float:
        left = self.left()
        return _CELLS_SECONDS if left is None else min(_CELLS_SECONDS, left / 3)

    def _ask(self, formula: Formula, share: float) -> Answer:
        decider = default_portfolio() if self._solver is None else self._solver
        if self._deadline is None:
            return decider.decide(formula)
        # At least a moment, so that a limit just reached is reported by the solver.
        return decider.decide(formula, time_limit=(self.left() or 0.1) * share)


def _holds_at(formula: Formula, point: Mapping[str, Number]) -> bool:
    """Whether evaluation shows that a formula without quantifiers holds at a rational point."""
    if not is_quantifier_free(formula):
        return False
    rational = {name: value for name, value in point.items() if isinstance(value, Fraction)}
    return free_variables(formula) <= set(rational) and evaluate(formula, rational)


def _at(formula: Formula, point: Mapping[str, Number]) -> Formula:
    """Return "the formula holds at this point"; algebraic coordinates stay, pinned by their equations."""
    rational = {name: value for name, value in point.items() if isinstance(value, Fraction)}
    algebraic = {name: value for name, value in point.items() if isinstance(value, AlgebraicNumber)}
    return conjunction(pinned(algebraic), substitute(formula, rational))


def pinned(point: Mapping[str, Number]) -> Formula:
    """Return the formula that this point alone satisfies."""
    parts: list[Formula] = []
    for name, value in point.items():
        x = Polynomial.variable(name)
        if isinstance(value, Fraction):
            parts.append(equal(x, value))
        else:
            minimal = Polynomial.sum(x**k * c for k, c in enumerate(value.coefficients))
            parts += [equal(minimal), at_least(x, value.low), at_most(x, value.high)]
    return conjunction(*parts)
