"""cvc5, through its Python package, imported in the child only."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata, util
from typing import TYPE_CHECKING

from semialg.solvers.backend import Availability, pip_command, require
from semialg.solvers.question import Reply, ask_package

if TYPE_CHECKING:
    from semialg.logic.answer import Answer
    from semialg.logic.formula import Formula
    from semialg.solvers.question import Question

__all__ = ["Cvc5"]


@dataclass(frozen=True, slots=True)
class Cvc5:
    """The cvc5 solver, with its default options for the logic of the formula.

    Its own time limits are not used: they were seen to be overrun sixfold.

    Examples
    --------
    >>> Cvc5().uses_seed
    True
    """

    name: str = "cvc5"
    install_command: str = pip_command("cvc5")
    logics: frozenset[str] = frozenset({"QF_LRA", "QF_NRA", "LRA", "NRA"})
    uses_seed: bool = True

    def availability(self) -> Availability:
        """Look for the Python package, without importing it."""
        if util.find_spec("cvc5") is None:
            return Availability(False, reason="no Python package cvc5")
        return Availability(True, metadata.version("cvc5"), "Python package cvc5")

    def decide(
        self,
        formula: Formula,
        *,
        time_limit: float | None = None,
        memory_limit: int | None = None,
        seed: int = 0,
    ) -> Answer:
        """Ask cvc5 (see :meth:`semialg.solvers.backend.Backend.decide`)."""
        version = require(self).version
        return ask_package(
            self.name, version, _ask, formula, time_limit=time_limit, memory_limit=memory_limit, seed=seed
        )


def _ask(question: Question, seed: int) -> Reply:
    """Run cvc5 (in the child)."""
    import cvc5

    version = str(cvc5.__version__)
    solver = cvc5.Solver()
    solver.setLogic(question.logic)
    solver.setOption("produce-models", "true")
    solver.setOption("seed", str(seed))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, question.script, "question")
    symbols = parser.getSymbolManager()
    while not (command := parser.nextCommand()).isNull():
        command.invoke(solver, symbols)
    try:
        result = solver.checkSat()
    except RuntimeError as error:
        # cvc5 throws where an option or a theory cannot handle the question.
        return Reply("unknown", f"cvc5: {error}", {}, version)
    if result.isUnsat():
        return Reply("unsat", "", {}, version)
    if not result.isSat():
        return Reply("unknown", f"cvc5: {result.getUnknownExplanation().name.lower()}", {}, version)
    constants = symbols.getDeclaredTerms()
    return Reply("sat", "", {c.getSymbol(): str(solver.getValue(c)) for c in constants}, version)
