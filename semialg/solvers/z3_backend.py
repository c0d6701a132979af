"""z3, through its Python package, imported in the child only."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata, util
from typing import TYPE_CHECKING

from semialg.errors import BackendError
from semialg.solvers.backend import Availability, pip_command, require
from semialg.solvers.question import Reply, ask_package

if TYPE_CHECKING:
    from semialg.logic.answer import Answer
    from semialg.logic.formula import Formula
    from semialg.solvers.question import Question

__all__ = ["Z3"]

#: What z3 says when an allocation or the start of a thread fails for lack of address space.
_MEMORY = ("memory", "Resource temporarily unavailable")


@dataclass(frozen=True, slots=True)
class Z3:
    """The z3 solver.

    z3 chooses the tactic by the logic: for NRA that is ``nlqsat`` after some simplification, the only one
    that was seen to decide closedness sentences, and then with some seeds only. Nothing but seeds is varied:
    with ``nlsat.randomize=false`` a z3 answered ``unsat`` to a satisfiable sentence (Z3 issue 5329).

    Examples
    --------
    >>> from semialg.logic.infix import parse_formula
    >>> answer = Z3().decide(parse_formula("2 x = 1"), time_limit=30.0)
    >>> answer.status, answer.model
    ('sat', {'x': Fraction(1, 2)})
    """

    name: str = "z3"
    install_command: str = pip_command("z3-solver")
    logics: frozenset[str] = frozenset({"QF_LRA", "QF_NRA", "LRA", "NRA"})
    uses_seed: bool = True

    def availability(self) -> Availability:
        """Look for the Python package, without importing it."""
        if util.find_spec("z3") is None:
            return Availability(False, reason="no Python package z3")
        return Availability(True, metadata.version("z3-solver"), "Python package z3")

    def decide(
        self,
        formula: Formula,
        *,
        time_limit: float | None = None,
        memory_limit: int | None = None,
        seed: int = 0,
    ) -> Answer:
        """Ask z3 (see :meth:`semialg.solvers.backend.Backend.decide`)."""
        version = require(self).version
        return ask_package(
            self.name, version, _ask, formula, time_limit=time_limit, memory_limit=memory_limit, seed=seed
        )


def _ask(question: Question, seed: int) -> Reply:
    """Run z3 (in the child)."""
    import z3

    for parameter in ("smt.random_seed", "sat.random_seed", "nlsat.seed"):
        z3.set_param(parameter, seed)
    version = str(z3.get_version_string())
    try:
        solver = z3.SolverFor(question.logic)
        solver.add(z3.parse_smt2_string(question.script))
        result = solver.check()
        if result == z3.unsat:
            return Reply("unsat", "", {}, version)
        if result == z3.unknown:
            return Reply("unknown", _reason(str(solver.reason_unknown())), {}, version)
        model = solver.model()
        # A model may also interpret z3's own auxiliary functions, such as division by zero.
        known = set(question.symbols.values())
        constants = [d for d in model.decls() if d.arity() == 0 and str(d.name()) in known]
        return Reply("sat", "", {str(d.name()): model[d].sexpr() for d in constants}, version)
    except z3.Z3Exception as error:
        return Reply("unknown", _reason(_text(error)), {}, version)


def _text(error: Exception) -> str:
    value = error.args[0] if error.args else ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _reason(text: str) -> str:
    """Pass z3's reason on; running out of memory is a limit and not an opinion."""
    if any(word in text for word in _MEMORY):
        raise MemoryError(text)
    if "parser" in text or "unknown constant" in text:
        raise BackendError(f"z3 could not read the question: {text}")
    return f"z3: {text}" if text else ""
