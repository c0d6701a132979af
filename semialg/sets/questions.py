"""Questions about a set that are answered by yes, no or unknown."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from semialg.errors import FormulaError
from semialg.logic.formula import conjunction, negation
from semialg.logic.simplify import substitute_definitions
from semialg.logic.variables import is_quantifier_free, substitute
from semialg.sets.description import solid_part
from semialg.sets.finding import Finding, basis_of_words, weakest
from semialg.sets.inquiry import Inquiry, pinned
from semialg.sets.points import coordinates_of
from semialg.sets.topology import evidently_open

if TYPE_CHECKING:
    from semialg.logic.decider import Decider
    from semialg.logic.formula import Formula
    from semialg.sets.points import Point
    from semialg.sets.semialgebraic import SemialgebraicSet

__all__ = ["Questions"]


class Questions:
    """The questions; :class:`semialg.sets.SemialgebraicSet` inherits them.

    Every question takes a ``solver`` and a ``time_limit`` in seconds. Without a solver exact arithmetic is
    tried first (any set in at most two coordinates, after the quantifiers that it can remove), then the
    backends that are installed.
    """

    __slots__ = ()

    variables: tuple[str, ...]
    formula: Formula
    trusted: tuple[str, ...]

    def is_empty(self, *, solver: Decider | None = None, time_limit: float | None = 60.0) -> Finding:
        """Return whether no point is in the set; a point of it otherwise.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> SemialgebraicSet.parse("x^2 + 1 < 0").is_empty().holds
        True
        >>> SemialgebraicSet.parse("2 x = 1").is_empty().witness
        {'x': Fraction(1, 2)}
        """
        return self._said(Inquiry(self.variables, solver, time_limit).is_nowhere(self.formula))

    def contains(
        self, point: Point, *, solver: Decider | None = None, time_limit: float | None = 60.0
    ) -> Finding:
        """Return whether a point is in the set.

        The point is a dictionary from coordinates to integers, fractions or algebraic numbers, a tuple of
        them in the order of the coordinates, or a finding whose witness is meant. Without quantifiers, and
        often with them, a rational point needs an exact evaluation only. ``point in set`` asks the same.

        Raises
        ------
        FormulaError
            If the point does not give exactly the coordinates.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> circle = SemialgebraicSet.parse("x^2 + y^2 = 1")
        >>> circle.contains((1, 0)).holds, (1, 1) in circle
        (True, False)
        """
        values = coordinates_of(point, self.variables)
        rational = {name: value for name, value in values.items() if isinstance(value, Fraction)}
        algebraic = {name: value for name, value in values.items() if not isinstance(value, Fraction)}
        there = substitute_definitions(substitute(self.formula, rational))
        if not algebraic:
            return self._said(Inquiry((), solver, time_limit).is_true(there))
        found = Inquiry(tuple(algebraic), solver, time_limit).is_nowhere(
            conjunction(pinned(algebraic), there)
        )
        holds = None if found.holds is None else not found.holds
        return self._said(Finding(holds, reason=found.reason, answer=found.answer, basis=found.basis))

    def __contains__(self, point: Point) -> bool:
        """Return whether a point is in the set; raises BackendError if that stays unknown."""
        return bool(self.contains(point))

    def is_subset(
        self, other: SemialgebraicSet, *, solver: Decider | None = None, time_limit: float | None = 60.0
    ) -> Finding:
        """Return whether every point is in another set, too; a point that is not otherwise.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> bounded = SemialgebraicSet.parse("x^2 < 2")
        >>> bounded.is_subset(SemialgebraicSet.parse("x < 3/2")).holds
        True
        """
        outside = conjunction(self.formula, negation(self._aligned(other)))
        return self._said(Inquiry(self.variables, solver, time_limit).is_nowhere(outside), other)

    def equals(
        self, other: SemialgebraicSet, *, solver: Decider | None = None, time_limit: float | None = 60.0
    ) -> Finding:
        """Return whether two sets have the same points; a point of one that is not in the other otherwise.

        ``==`` is no question about points: formulas are compared as written by ``a.formula == b.formula``.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> one, other = SemialgebraicSet.parse("x^2 <= 1"), SemialgebraicSet.parse("-1 <= x <= 1")
        >>> one.equals(other).holds
        True
        >>> one.equals(SemialgebraicSet.parse("-1 < x <= 1")).witness
        {'x': Fraction(-1, 1)}
        """
        there = self._aligned(other)
        if self.formula == there:
            return self._said(Finding(True, reason="the same formula", basis="exact"), other)
        asked = Inquiry(self.variables, solver, time_limit)
        found: list[Finding] = []
        for left, right in ((self.formula, there), (there, self.formula)):
            found.append(asked.is_nowhere(conjunction(left, negation(right)), 0.5 if not found else 1.0))
            if found[-1].holds is False:
                return self._said(found[-1], other)
        unknown = next((f for f in found if f.holds is None), None)
        reason = "; ".join(dict.fromkeys(f.reason for f in found))
        if unknown is not None:
            return Finding(None, reason=unknown.reason, answer=unknown.answer)
        return self._said(Finding(True, reason=reason, basis=weakest(f.basis for f in found)), other)

    def is_closed(self, *, solver: Decider | None = None, time_limit: float | None = 60.0) -> Finding:
        """Return whether the set contains all its limit points; one outside it otherwise."""
        return self._said(Inquiry(self.variables, solver, time_limit).is_closed(self.formula))

    def is_open(self, *, solver: Decider | None = None, time_limit: float | None = 60.0) -> Finding:
        """Return whether every point has a neighborhood in the set; a point without one otherwise.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> SemialgebraicSet.parse("x < y").is_open().holds
        True
        >>> SemialgebraicSet.parse("0 <= x < 1").is_open().witness
        {'x': Fraction(0, 1)}
        """
        # A point of the set without a neighborhood in it is a limit point of the complement.
        return self._said(Inquiry(self.variables, solver, time_limit).is_closed(negation(self.formula)))

    def is_bounded(self, *, solver: Decider | None = None, time_limit: float | None = 60.0) -> Finding:
        """Return whether some ball contains the set.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> SemialgebraicSet.parse("x^2 + y^2 <= 1").is_bounded().holds
        True
        >>> SemialgebraicSet.parse("x y = 1").is_bounded().holds
        False
        """
        return self._said(Inquiry(self.variables, solver, time_limit).is_bounded(self.formula))

    def is_compact(self, *, solver: Decider | None = None, time_limit: float | None = 60.0) -> Finding:
        """Return whether the set is closed and bounded; a limit point outside where it is not closed.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> SemialgebraicSet.parse("x^4 + y^4 <= 1").is_compact().holds
        True
        >>> SemialgebraicSet.parse("0 < x <= 1").is_compact().witness
        {'x': Fraction(0, 1)}
        """
        asked = Inquiry(self.variables, solver, time_limit)
        bounded = asked.is_bounded(self.formula)
        if bounded.holds is False:
            return self._said(bounded)
        closed = asked.is_closed(self.formula)
        if closed.holds is False:
            return self._said(closed)
        unknown = next((f for f in (bounded, closed) if f.holds is None), None)
        if unknown is not None:
            return Finding(None, reason=unknown.reason, answer=unknown.answer)
        reason = f"bounded: {bounded.reason}; closed: {closed.reason}"
        return self._said(Finding(True, reason=reason, basis=weakest((bounded.basis, closed.basis))))

    def is_dense_in(
        self, other: SemialgebraicSet, *, solver: Decider | None = None, time_limit: float | None = 60.0
    ) -> Finding:
        """Return whether every point of another set is a limit of points of this one that lie in it.

        If the other set is open by its form and neither has quantifiers, this is so exactly when what is
        missing has no interior points, which is one question without quantifiers. Otherwise the closure is
        used.

        Examples
        --------
        >>> from semialg.sets import SemialgebraicSet
        >>> line = SemialgebraicSet.parse("x^2 > 0 or x < 0")
        >>> line.is_dense_in(SemialgebraicSet.parse("x < 1")).holds
        True
        >>> line.is_dense_in(SemialgebraicSet.parse("0 <= x")).holds
        True
        >>> SemialgebraicSet.parse("x > 1").is_dense_in(line).holds
        False
        """
        there = self._aligned(other)
        missing = conjunction(there, negation(self.formula))
        asked = Inquiry(self.variables, solver, time_limit)
        if is_quantifier_free(missing) and evidently_open(there):
            return self._said(asked.is_nowhere(solid_part(missing)), other)
        common = replace_formula(self, conjunction(self.formula, there))
        closed = common.closure(solver=solver, time_limit=asked.left())
        found = asked.is_nowhere(conjunction(there, negation(closed.formula)))
        return closed._said(self._said(found, other))  # noqa: SLF001 - the same class

    # ------------------------------------------------------------------ helpers

    def _aligned(self, other: SemialgebraicSet) -> Formula:
        if set(other.variables) != set(self.variables):
            raise FormulaError(
                f"the sets have the coordinates {list(self.variables)} and {list(other.variables)}; "
                "expected the same (use rename or product)"
            )
        return other.formula

    def _said(self, found: Finding, *others: Questions) -> Finding:
        """Add to a finding whose words the formulas of the sets rest on."""
        words = tuple(dict.fromkeys(w for s in (self, *others) for w in s.trusted))
        if not words or found.holds is None:
            return found
        reason = f"{found.reason}; the formula of the set rests on {', '.join(words)}"
        return replace(found, reason=reason, basis=weakest([found.basis, basis_of_words(words)]))


def replace_formula(there: Questions, formula: Formula) -> SemialgebraicSet:
    """Return a set in the same coordinates with another formula."""
    from semialg.sets.semialgebraic import SemialgebraicSet

    return SemialgebraicSet(there.variables, formula, there.trusted)
