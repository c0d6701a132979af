"""Any solver that reads an SMT-LIB script and prints sat, unsat or unknown."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from semialg.errors import BackendError, LimitError
from semialg.solvers.backend import Availability, require
from semialg.solvers.process import describe_exit
from semialg.solvers.program import run_program
from semialg.solvers.question import Question, Reply, conclude, limit_reached
from semialg.solvers.values import parse_expressions, write_expression

if TYPE_CHECKING:
    from semialg.logic.answer import Answer, Status
    from semialg.logic.formula import Formula
    from semialg.solvers.program import ProgramResult

__all__ = ["SmtLibProgram"]

_FIRST_WORD = re.compile(r"^(sat|unsat|unknown|timeout)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SmtLibProgram:
    """A solver that is a program of its own.

    Parameters
    ----------
    name
        Short name, unique among the backends in use.
    argv
        Program and arguments. ``{file}`` stands for the file with the script (without it the script is given
        on standard input), ``{seed}`` for the seed.
    install_command
        How to install it.
    logics
        The logics that it is offered.
    models
        Whether it understands ``produce-models`` and ``get-value``.

    Examples
    --------
    >>> yices = SmtLibProgram("yices", ("yices-smt2", "{file}"), "see https://yices.csl.sri.com")
    >>> yices.uses_seed
    False
    """

    name: str
    argv: tuple[str, ...]
    install_command: str = "put the program on PATH"
    logics: frozenset[str] = field(default=frozenset({"QF_LRA", "QF_NRA", "LRA", "NRA"}))
    models: bool = True

    @property
    def uses_seed(self) -> bool:
        """Whether the seed is passed on."""
        return any("{seed}" in argument for argument in self.argv)

    def availability(self) -> Availability:
        """Look for the program on PATH."""
        path = shutil.which(self.argv[0])
        if path is None:
            return Availability(False, reason=f"no program {self.argv[0]} on PATH")
        return Availability(True, reason=path)

    def decide(
        self,
        formula: Formula,
        *,
        time_limit: float | None = None,
        memory_limit: int | None = None,
        seed: int = 0,
    ) -> Answer:
        """Ask the program (see :meth:`semialg.solvers.backend.Backend.decide`)."""
        require(self)
        question = Question.of(formula)
        started = time.monotonic()
        try:
            reply = self._ask(question, seed, started, time_limit, memory_limit)
        except LimitError as error:
            return limit_reached(self.name, "", question.script, error, started)
        return conclude(
            self.name, question, reply, started=started, time_limit=time_limit, memory_limit=memory_limit
        )

    def _ask(
        self,
        question: Question,
        seed: int,
        started: float,
        time_limit: float | None,
        memory_limit: int | None,
    ) -> Reply:
        """Ask for the answer and the values; where that went less than well, for the answer alone."""

        def run(*, models: bool) -> ProgramResult:
            left = None if time_limit is None else time_limit - (time.monotonic() - started)
            return self._run(self._script(question, models=models), seed, left, memory_limit)

        models = self.models and bool(question.names)
        result = run(models=models)
        word, rest = self._word(result)
        if word == "sat" and models and not result.exit_status:
            return Reply("sat", "", _values(question, rest), "")
        if models and (result.exit_status or rest.strip()):
            # After unsat or unknown the request for values is an error, and so may be the exit status.
            result = run(models=False)
            again, rest = self._word(result)
            if again != word:
                raise BackendError(f"{self.name} answered {word}, and {again} when it was asked again")
        doubt = _doubt(result, rest)
        if doubt and word in {"sat", "unsat"}:
            return Reply("unknown", f"{self.name} answered {word}, which is not taken: {doubt}", {}, "")
        status: Status = "sat" if word == "sat" else "unsat" if word == "unsat" else "unknown"
        return Reply(status, f"{self.name} gave no reason" if status == "unknown" else "", {}, "")

    def _run(
        self, script: str, seed: int, time_limit: float | None, memory_limit: int | None
    ) -> ProgramResult:
        with tempfile.TemporaryDirectory(prefix="semialg-") as directory:
            file = Path(directory) / "question.smt2"
            file.write_text(script, encoding="utf-8")
            argv = [a.replace("{file}", str(file)).replace("{seed}", str(seed)) for a in self.argv]
            uses_file = any("{file}" in argument for argument in self.argv)
            return run_program(
                argv, "" if uses_file else script, time_limit=time_limit, memory_limit=memory_limit
            )

    def _script(self, question: Question, *, models: bool) -> str:
        head = "(set-option :produce-models true)\n" if models else ""
        symbols = " ".join(question.symbols[name] for name in question.names)
        values = f"(get-value ({symbols}))\n" if models else ""
        return f"{head}(set-logic {question.logic})\n{question.script}(check-sat)\n{values}(exit)\n"

    def _word(self, result: ProgramResult) -> tuple[str, str]:
        """Return the one word of an answer, and everything else that was printed."""
        found = list(_FIRST_WORD.finditer(result.stdout))
        if len(found) != 1 or result.exit_status < 0:
            raise BackendError(
                f"{self.name} ended with {describe_exit(result.exit_status)} and printed "
                f"{_excerpt(result.stdout)} {_excerpt(result.stderr)}; "
                "expected one line sat, unsat or unknown"
            )
        return found[0][1], result.stdout[: found[0].start()] + result.stdout[found[0].end() :]


#: Lines beside an answer that say nothing against it.
_HARMLESS = re.compile(r"\s*(;.*|success)?\s*\Z")


def _doubt(result: ProgramResult, rest: str) -> str:
    """Return what speaks against an answer: an exit status, or a line that is not known to be harmless."""
    if result.exit_status:
        return f"it ended with {describe_exit(result.exit_status)}"
    for line in (*rest.splitlines(), *result.stderr.splitlines()):
        if not _HARMLESS.match(line):
            return f"it also printed {_excerpt(line)}"
    return ""


def _values(question: Question, text: str) -> dict[str, str]:
    """Read the reply to ``get-value``; what is not there is left out of the model."""
    names = {question.symbols[name] for name in question.names}
    values: dict[str, str] = {}
    for expression in parse_expressions(text):
        for pair in expression if isinstance(expression, list) else []:
            match pair:
                case [str(symbol), value] if symbol.strip("|") in names:
                    values[symbol.strip("|")] = write_expression(value)
    if len(values) < len(names):
        raise BackendError(
            f"the reply {_excerpt(text)} lacks values; expected one for each of {sorted(names)}"
        )
    return values


def _excerpt(text: str) -> str:
    return repr(text if len(text) <= 400 else text[:200] + " ... " + text[-200:])
