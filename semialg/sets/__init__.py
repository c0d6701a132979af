"""Semi-algebraic sets and questions about them, answered exactly in the plane and by solvers elsewhere."""

from __future__ import annotations

from semialg.sets.finding import Finding, Value
from semialg.sets.quantities import Interval, Optimum
from semialg.sets.semialgebraic import SemialgebraicSet

__all__ = ["Finding", "Interval", "Optimum", "SemialgebraicSet", "Value"]
