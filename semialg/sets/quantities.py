"""Quantities of a set: dimension, components, points, bounds, optima; descriptions without quantifiers."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, TypeVar

from semialg.algebra.polynomial import Polynomial
from semialg.errors import FormulaError
from semialg.logic.formula import Truth, conjunction, equal, exists, negation
from semialg.logic.simplify import simplify
from semialg.logic.variables import all_variables, fresh_name, is_quantifier_free, substitute
from semialg.sets.description import Described, closure_description, solid_part
from semialg.sets.elimination import eliminate_nodes, line_of
from semialg.sets.finding import Basis, Finding, Value, basis_of_words, weakest
from semialg.sets.inquiry import Inquiry, pinned
from semialg.sets.line import above, below, is_at
from semialg.sets.oracle import ask_oracle
from semialg.sets.plane import Plane
from semialg.sets.questions import Questions
from semialg.sets.topology import closure_formula, interior_formula

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeAlias

    from semialg.logic.answer import Number
    from semialg.logic.decider import Decider
    from semialg.logic.formula import Formula
    from semialg.sets.semialgebraic import SemialgebraicSet

    Bound: TypeAlias = Number | float

__all__ = ["Interval", "Optimum", "Quantities"]

T = TypeVar("T")

_CELLS = "exact arithmetic on the cells of the plane"
_TOO_MANY = "exact in at most two coordinates; above that nothing is promised"


@dataclass(frozen=True, slots=True)
class Interval:
    """The values of a coordinate on a set: infimum and supremum, and whether they are attained.

    Infinite ends are the floats ``-inf`` and ``inf``; those of the empty set are ``inf`` and ``-inf``.
    """

    low: Bound
    high: Bound
    low_attained: bool
    high_attained: bool


@dataclass(frozen=True, slots=True)
class Optimum:
    """The answer to :meth:`Quantities.minimize` and :meth:`Quantities.maximize`.

    Parameters
    ----------
    value
        The infimum (supremum): exact, or the floats ``-inf`` and ``inf`` where there is none; None if
        unknown.
    attained
        Whether some point of the set has this value; None if unknown.
    point
        Such a point; empty where there is none, or none was found.
    reason, basis
        As for :class:`semialg.sets.finding.Value`.
    """

    value: Bound | None
    attained: bool | None
    point: Mapping[str, Number] = field(default_factory=dict, hash=False)
    reason: str = ""
    basis: Basis = "word"


class Quantities(Questions):
    """What is computed about a set; :class:`semialg.sets.SemialgebraicSet` inherits it."""

    __slots__ = ()

    # ------------------------------------------------------------------ descriptions

    def eliminate(
        self, *, solver: Decider | None = None, time_limit: float | None = 60.0
    ) -> Value[SemialgebraicSet]:
        """Return the same set by a formula without quantifiers.

        Exact arithmetic removes what it can (basis ``exact``). What is left goes to QEPCAD B, if it is
        installed, and both inclusions to z3 or cvc5 (basis ``confirmed``, else ``word``). Doubly
        exponential in the number of variables: six at most are tried.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> found = SemialgebraicSet.parse("exists y. (x^2 + y^2 = 1 and y > x)").eliminate()
        >>> print(found.value)
        {(x) : x + 1 >= 0 and (x <= 0 or 2*x^2 - 1 < 0)}
        >>> found.basis
        'exact'
        """
        del solver  # none of them eliminates; the argument is there for uniformity
        formula, words, _, trouble = _eliminated(self.formula, time_limit)
        if not is_quantifier_free(formula):
            return Value(None, trouble or "exact arithmetic does not remove the quantifiers")
        there = self._with(formula, *words)
        return Value(there, "; ".join(there.trusted) or "exact arithmetic", basis_of_words(there.trusted))

    def closure(self, *, solver: Decider | None = None, time_limit: float | None = 10.0) -> SemialgebraicSet:
        """Return the smallest closed set that contains this one.

        The structure comes first: sets in the plane, sets whose gradients show that ``>`` may become
        ``>=``, sets with few limit points outside get a formula without quantifiers. Otherwise the formula
        says "for every eps > 0 there is a point within eps". Where the formula rests on a solver's word,
        ``trusted`` says so.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> print(SemialgebraicSet.parse("y > x^2 and x != 0").closure())
        {(x, y) : x^2 - y <= 0}
        """
        described = _closure(self, self.formula, solver, time_limit)
        if described is None:
            return self._with(closure_formula(self.variables, self.formula))
        return self._with(described.formula, *described.words)

    def interior(self, *, solver: Decider | None = None, time_limit: float | None = 10.0) -> SemialgebraicSet:
        """Return the largest open set inside this one: the complement of the closure of the complement.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> print(SemialgebraicSet.parse("x^2 + y^2 <= 1 or y = 0").interior())
        {(x, y) : x^2 + y^2 - 1 < 0}
        """
        described = _closure(self, negation(self.formula), solver, time_limit)
        if described is None:
            return self._with(interior_formula(self.variables, self.formula))
        return self._with(simplify(negation(described.formula)), *described.words)

    def boundary(self, *, solver: Decider | None = None, time_limit: float | None = 10.0) -> SemialgebraicSet:
        """Return the closure without the interior.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> edge = SemialgebraicSet.parse("x^2 + y^2 <= 1").boundary()
        >>> print(edge)
        {(x, y) : x^2 + y^2 - 1 = 0}
        >>> edge.is_closed().holds
        True
        """
        closed = self.closure(solver=solver, time_limit=time_limit)
        inner = self.interior(solver=solver, time_limit=time_limit)
        return closed._with(  # noqa: SLF001 - the same class
            simplify(conjunction(closed.formula, negation(inner.formula))), *inner.trusted
        )

    # ------------------------------------------------------------------ shape

    def dimension(self, *, solver: Decider | None = None, time_limit: float | None = 60.0) -> Value[int]:
        """Return the dimension; -1 for the empty set.

        In at most two coordinates by cells. Above, by projections: the dimension is the largest d such that a
        projection to d coordinates has interior points, which is a question without quantifiers once the
        projection is eliminated.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> SemialgebraicSet.parse("x^2 + y^2 = 1").dimension().value
        1
        >>> SemialgebraicSet.parse("x^2 + y^2 + z^2 <= 1 and z != 0").dimension().value
        3
        """
        asked = Inquiry(self.variables, solver, time_limit)
        plane = asked.cells(self.formula)
        if plane is not None:
            return self._value(max((c.dimension for c in plane.members), default=-1), _CELLS, "exact")
        found: list[Finding] = []
        words: list[str] = []
        bases: list[Basis] = []
        for size in range(len(self.variables), -1, -1):
            for kept in combinations(self.variables, size):
                dropped = [name for name in self.variables if name not in kept]
                formula, said, basis, trouble = _eliminated(exists(dropped, self.formula), asked.left())
                if not is_quantifier_free(formula):
                    return Value(None, trouble or "a projection could not be eliminated")
                words += said
                bases.append(basis)
                found.append(Inquiry(kept, solver, asked.left()).is_nowhere(solid_part(formula)))
                if found[-1].holds is None:
                    return Value(None, found[-1].reason)
                if not found[-1].holds:
                    return self._value(
                        size, _joined(words, found), weakest([*bases, *(f.basis for f in found)])
                    )
        return self._value(-1, _joined(words, found), weakest([*bases, *(f.basis for f in found)]))

    def components(self, *, time_limit: float | None = 60.0) -> Value[int]:
        """Return the number of connected components, exactly in at most two coordinates, else unknown.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> SemialgebraicSet.parse("x^2 + y^2 < 1 and 4 x^2 > 1").components().value
        2
        >>> SemialgebraicSet.parse("x y = 1").components().value
        2
        """
        plane = Inquiry(self.variables, None, time_limit).cells(self.formula)
        if plane is None:
            return Value(None, self._not_in_the_plane("the number of components"))
        return self._value(len(plane.components()), _CELLS, "exact")

    def sample_points(
        self, n: int | None = None, *, solver: Decider | None = None, time_limit: float | None = 60.0
    ) -> Value[tuple[Mapping[str, Number], ...]]:
        """Return points of the set, all different.

        Parameters
        ----------
        n
            How many; fewer only if there are no more. By default one in every component, which needs at
            most two coordinates.
        solver, time_limit
            As for every question.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> [dict(p) for p in SemialgebraicSet.parse("x y > 1").sample_points().value]
        [{'x': Fraction(-1, 1), 'y': Fraction(-3, 1)}, {'x': Fraction(1, 1), 'y': Fraction(3, 1)}]
        >>> len(SemialgebraicSet.parse("x^2 = 2").sample_points(5).value)
        2
        """
        if n is not None and n < 0:
            raise FormulaError(f"{n} points were asked for; expected a number from 0")
        asked = Inquiry(self.variables, solver, time_limit)
        plane = asked.cells(self.formula)
        points: list[Mapping[str, Number]] = []
        bases: list[Basis] = []
        if plane is None and n is None:
            return Value(None, self._not_in_the_plane("a point in every component"))
        if plane is not None:
            for group in plane.components():
                best = max(group, key=lambda cell: (cell.dimension, -cell.column, -cell.level))
                points.append(plane.point(best))
            if n is None:
                return self._value(tuple(points), _CELLS, "exact")
        points = points[:n]
        reason = _CELLS if points else ""
        while len(points) < (n or 0):
            taken = [negation(pinned(p)) for p in points]
            found = asked.is_nowhere(conjunction(self.formula, *taken))
            if found.holds is None:
                return Value(None, f"{len(points)} points were found; {found.reason}")
            reason = found.reason
            if found.holds:
                break
            bases.append(found.basis)
            points.append(dict(found.witness))
        return self._value(tuple(points), reason or "no point was asked for", weakest(bases))

    # ------------------------------------------------------------------ values of polynomials

    def minimize(
        self,
        objective: Polynomial | str,
        *,
        solver: Decider | None = None,
        time_limit: float | None = 60.0,
    ) -> Optimum:
        """Return the infimum of a polynomial on the set, and a point where it is attained or that it is not.

        The values of the polynomial are a set of the line, which elimination describes; its lower end is
        read off exactly. Where the elimination rests on QEPCAD, a solver is asked whether a smaller value
        exists.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> found = SemialgebraicSet.parse("x y = 1 and x > 0").minimize("x")
        >>> found.value, found.attained
        (Fraction(0, 1), False)
        >>> disc = SemialgebraicSet.parse("x^2 + y^2 <= 1")
        >>> best = disc.minimize("x + y")
        >>> point = {name: round(float(v), 6) for name, v in best.point.items()}
        >>> best.value.coefficients, best.attained, point
        ((-2, 0, 1), True, {'x': -0.707107, 'y': -0.707107})
        """
        return self._optimum(objective, -1, solver, time_limit)

    def maximize(
        self,
        objective: Polynomial | str,
        *,
        solver: Decider | None = None,
        time_limit: float | None = 60.0,
    ) -> Optimum:
        """Return the supremum of a polynomial on the set (see :meth:`minimize`).

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> found = SemialgebraicSet.parse("0 <= x < 1").maximize("2 x")
        >>> found.value, found.attained
        (Fraction(2, 1), False)
        """
        return self._optimum(objective, 1, solver, time_limit)

    def bounding_box(
        self, *, solver: Decider | None = None, time_limit: float | None = 60.0
    ) -> Value[Mapping[str, Interval]]:
        """Return for every coordinate the interval between its infimum and supremum on the set.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> box = SemialgebraicSet.parse("x^2 + y^2 < 4 and y >= 0").bounding_box().value
        >>> box["y"].low, box["y"].high, box["y"].low_attained, box["y"].high_attained
        (Fraction(0, 1), Fraction(2, 1), True, False)
        """
        asked = Inquiry(self.variables, solver, time_limit)
        box: dict[str, Interval] = {}
        reasons: list[str] = []
        bases: list[Basis] = []
        for name in self.variables:
            ends = _ends(self.formula, self.variables, Polynomial.variable(name), asked.left())
            if ends.interval is None:
                return Value(None, f"the bounds of {name}: {ends.reason}")
            box[name] = ends.interval
            reasons.append(ends.reason)
            bases.append(ends.basis)
        return self._value(box, "; ".join(dict.fromkeys(reasons)) or "no coordinates", weakest(bases))

    # ------------------------------------------------------------------ helpers

    def _optimum(
        self, objective: Polynomial | str, side: int, solver: Decider | None, time_limit: float | None
    ) -> Optimum:
        f = _polynomial(objective)
        extra = [name for name in f.variables if name not in self.variables]
        if extra:
            raise FormulaError(f"{extra[0]} is no coordinate; the coordinates are {list(self.variables)}")
        asked = Inquiry(self.variables, solver, time_limit)
        ends = _ends(self.formula, self.variables, f, time_limit)
        if ends.interval is None:
            return Optimum(None, None, {}, ends.reason)
        value = ends.interval.low if side < 0 else ends.interval.high
        attained = ends.interval.low_attained if side < 0 else ends.interval.high_attained
        basis = weakest([ends.basis, basis_of_words(self.trusted)])
        reason = "; ".join([ends.reason, *self.trusted])
        if isinstance(value, float):
            return Optimum(value, attained, {}, reason, basis)
        inside = Inquiry(self.variables, solver, asked.left())
        if ends.basis != "exact":
            beyond = (below if side < 0 else above)("m", value)
            better = inside.is_nowhere(conjunction(self.formula, substitute(beyond, {"m": f})), 0.5)
            if better.holds is False:
                return Optimum(None, None, {}, f"{reason}; but {better.reason} finds a better value")
            if better.holds:
                reason += f"; no better value: {better.reason}"
        if not attained:
            return Optimum(value, attained, {}, reason, basis)
        best = inside.is_nowhere(conjunction(self.formula, substitute(is_at("m", value), {"m": f})))
        if best.holds:
            return Optimum(None, None, {}, f"{reason}; but {best.reason} finds no point with this value")
        return Optimum(value, attained, {} if best.holds is None else best.witness, reason, basis)

    def _with(self, formula: Formula, *words: str) -> SemialgebraicSet:
        from semialg.sets.semialgebraic import SemialgebraicSet

        return SemialgebraicSet(self.variables, formula, tuple(dict.fromkeys((*self.trusted, *words))))

    def _value(self, value: T, reason: str, basis: Basis) -> Value[T]:
        return Value(
            value, "; ".join([reason, *self.trusted]), weakest([basis, basis_of_words(self.trusted)])
        )

    def _not_in_the_plane(self, what: str) -> str:
        count = len(self.variables)
        if not 1 <= count <= 2:
            return f"{what} of a set in {count} coordinates is not computed: {_TOO_MANY}"
        return f"{what} is not computed: the quantifiers could not be removed, or the time did not suffice"


# ------------------------------------------------------------------ how it is done


@dataclass(frozen=True, slots=True)
class _Ends:
    interval: Interval | None
    reason: str
    basis: Basis


def _ends(
    formula: Formula,
    variables: tuple[str, ...],
    f: Polynomial,
    time_limit: float | None,
) -> _Ends:
    """Return the interval of the values of a polynomial on a set."""
    name = fresh_name("value", {*variables, *all_variables(formula)})
    graph = conjunction(equal(f, Polynomial.variable(name)), formula)
    values, words, basis, trouble = _eliminated(exists(variables, graph), time_limit)
    if not is_quantifier_free(values):
        return _Ends(None, trouble or "the values of the polynomial could not be described", "word")
    line = Plane((name,), values, time_limit)
    points, truth = line_of(line)
    reason = "; ".join(words) or "exact arithmetic"
    members = [cell for cell, there in enumerate(truth) if there]
    if not members:
        return _Ends(Interval(math.inf, -math.inf, False, False), f"{reason}; the set is empty", basis)
    low, high = members[0], members[-1]
    top = len(truth) - 1
    return _Ends(
        Interval(
            -math.inf if low == 0 else points[(low - 1) // 2] if low % 2 == 0 else points[low // 2],
            math.inf if high == top else points[high // 2],
            low % 2 == 1,
            high % 2 == 1,
        ),
        reason,
        basis,
    )


def _eliminated(formula: Formula, time_limit: float | None) -> tuple[Formula, tuple[str, ...], Basis, str]:
    """Return a formula with fewer quantifiers, the words it rests on, the basis, and what hindered."""
    deadline = None if time_limit is None else time.monotonic() + time_limit
    words: list[str] = []
    bases: list[Basis] = []
    trouble: list[str] = []

    def oracle(node: Formula) -> Formula | None:
        left = 60.0 if deadline is None else deadline - time.monotonic()
        if left <= 0:
            trouble.append(f"the time limit of {time_limit:g} s was reached")
            return None
        word = ask_oracle(node, left, min(10.0, left / 4))
        if word.formula is None:
            trouble.append(word.said)
            return None
        words.append(word.said)
        bases.append(word.basis)
        return word.formula

    found = eliminate_nodes(formula, oracle, None if time_limit is None else time_limit / 2)
    return found, tuple(dict.fromkeys(words)), weakest(bases), trouble[0] if trouble else ""


def _closure(
    there: Quantities, formula: Formula, solver: Decider | None, time_limit: float | None
) -> Described | None:
    asked = Inquiry(there.variables, solver, time_limit)
    seconds = 10.0 if time_limit is None else time_limit
    formula = simplify(asked.without_quantifiers(formula))
    if isinstance(formula, Truth):
        return Described(formula, ())

    def eliminate(sentence: Formula) -> Described | None:
        found, words, _, _ = _eliminated(sentence, asked.left())
        return Described(found, words) if is_quantifier_free(found) else None

    def ask(question: Formula) -> Finding:
        return asked.is_nowhere(question, 0.5)

    return closure_description(there.variables, formula, ask, eliminate, seconds / 3)


def _joined(words: Iterable[str], found: Iterable[Finding]) -> str:
    return "; ".join(dict.fromkeys([*words, *(f.reason for f in found)]))


def _polynomial(objective: Polynomial | str) -> Polynomial:
    if isinstance(objective, Polynomial):
        return objective
    from semialg.logic.infix import parse_polynomial

    return parse_polynomial(objective)
