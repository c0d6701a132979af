"""QEPCAD B: quantifier elimination by partial cylindrical algebraic decomposition."""

from __future__ import annotations

import re
import shutil
import sys
import time
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

from semialg.errors import BackendError, FormulaError, LimitError
from semialg.logic.answer import Answer, Status
from semialg.logic.formula import Truth, exists
from semialg.logic.qepcad import read_qepcad_formula, to_qepcad
from semialg.logic.simplify import simplify
from semialg.logic.smtlib import natural_order
from semialg.logic.variables import free_variables, is_quantifier_free
from semialg.solvers.backend import Availability, Elimination, pip_command, require
from semialg.solvers.process import describe_exit
from semialg.solvers.program import run_program
from semialg.solvers.question import limit_reached, on_the_word_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from semialg.logic.formula import Formula
    from semialg.logic.qepcad import QepcadInput

__all__ = ["Qepcad"]

_RESULT = re.compile(r"An equivalent quantifier-free formula:\s*(.*?)\s*={5,}\s+The End", re.DOTALL)
_VERSION = re.compile(r"Version B ([0-9.]+)")
_HEADING = "An equivalent quantifier-free formula:"
#: What saclib says when its cells are used up, or cannot be had.
_OUT_OF_CELLS = ("Too few cells", "too few cells", "Not enough memory")
_CELL_BYTES = 4
_FIRST_CELLS = (4_000_000, 32_000_000)
_MIN_CELLS = 500_000


@dataclass(frozen=True, slots=True)
class Qepcad:
    """QEPCAD B, from the wheel ``passagemath-qepcad`` or a program ``qepcad`` on PATH.

    McCallum's projection, its default, is not valid for every input; QEPCAD notices and warns, or prints an
    error beside a formula that may be wrong. Then, and whenever it says what it need not say, the same
    question is asked again with Hong's projection [1]_, which is always valid and slower. Only if time or
    memory do not allow that, the doubtful result is returned as not certified; as a decision it is "unknown".

    Parameters
    ----------
    cells
        Memory cells (4 bytes each) that it may take at most, where the memory limit does not allow fewer. It
        starts with few and is started again with more when they do not suffice.

    References
    ----------
    .. [1] H. Hong, "An improvement of the projection operator in cylindrical algebraic decomposition",
       ISSAC 1990.
    .. [2] C. W. Brown, "QEPCAD B: a program for computing with semi-algebraic sets using CADs", SIGSAM
       Bulletin 37 (2003).

    Examples
    --------
    >>> Qepcad().uses_seed
    False
    """

    name: str = "qepcad"
    install_command: str = pip_command("--no-deps", "passagemath-qepcad")
    logics: frozenset[str] = frozenset({"QF_LRA", "QF_NRA", "LRA", "NRA"})
    uses_seed: bool = False
    cells: int = 250_000_000

    def availability(self) -> Availability:
        """Look for the wheel, then for a program on PATH."""
        wheel = _wheel_program()
        if wheel is not None:
            return Availability(True, f"passagemath {metadata.version('passagemath-qepcad')}", str(wheel))
        path = shutil.which("qepcad")
        if path is not None:
            return Availability(True, "", path)
        return Availability(False, reason="no package passagemath-qepcad and no program qepcad on PATH")

    def eliminate(
        self, formula: Formula, *, time_limit: float | None = None, memory_limit: int | None = None
    ) -> Elimination:
        """Eliminate all quantifiers (see :meth:`semialg.solvers.backend.Eliminator.eliminate`).

        The cost is doubly exponential in the number of variables: four or five are within reach.

        Examples
        --------
        >>> from semialg.logic.infix import parse_formula
        >>> if Qepcad().availability().available:
        ...     result = Qepcad().eliminate(parse_formula("exists x. x^2 + b x + c = 0"), time_limit=60.0)
        ...     assert result.formula == parse_formula("4 c - b^2 <= 0")
        """
        found = require(self)
        started = time.monotonic()
        simple = simplify(formula)
        if is_quantifier_free(simple):
            return Elimination(
                simple,
                True,
                "",
                self.name,
                found.version,
                0.0,
                "; settled by simplification, qepcad was not run\n",
            )
        question = to_qepcad(simple)
        output = self._run(question.text, time_limit, memory_limit)
        transcript, reason = question.text + output, ""
        doubt = _doubt(output)
        if doubt:
            left = None if time_limit is None else time_limit - (time.monotonic() - started)
            reason = f"McCallum's projection may not be valid here (qepcad says: {doubt})"
            safe = _with_projection(question, "h")
            try:
                output = self._run(safe, left, memory_limit)
            except LimitError as error:
                reason += f", and with Hong's projection {error}"
            else:
                transcript += safe + output
                doubt = _doubt(output)
                reason = f"with Hong's projection qepcad says: {doubt}" if doubt else ""
        version = _VERSION.search(output)
        return Elimination(
            _result(output, question.names),
            not reason,
            reason,
            self.name,
            version[1] if version else "",
            time.monotonic() - started,
            transcript,
        )

    def decide(
        self,
        formula: Formula,
        *,
        time_limit: float | None = None,
        memory_limit: int | None = None,
        seed: int = 0,  # noqa: ARG002 - QEPCAD is deterministic
    ) -> Answer:
        """Ask QEPCAD (see :meth:`semialg.solvers.backend.Backend.decide`); it gives no model."""
        version = require(self).version
        sentence = exists(natural_order(free_variables(formula)), formula)
        started = time.monotonic()
        try:
            result = self.eliminate(sentence, time_limit=time_limit, memory_limit=memory_limit)
        except LimitError as error:
            return limit_reached(self.name, version, str(sentence), error, started)
        if not isinstance(result.formula, Truth):
            raise BackendError(f"qepcad answered {result.formula} to a sentence; expected true or false")
        status: Status = "unknown" if not result.certified else "sat" if result.formula.value else "unsat"
        no_model = status == "sat" and bool(free_variables(formula))
        reason = f"{on_the_word_of(self.name)}, which gives no model" if no_model else result.reason
        if not reason and result.seconds:
            reason = on_the_word_of(self.name)
        return Answer(status, {}, reason, self.name, result.version, result.seconds, result.transcript)

    def _run(self, dialogue: str, time_limit: float | None, memory_limit: int | None) -> str:
        started = time.monotonic()
        for cells in self._sizes(memory_limit):
            left = None if time_limit is None else time_limit - (time.monotonic() - started)
            try:
                output = self._run_once(dialogue, cells, left, memory_limit)
            except LimitError:
                if time_limit is not None and time.monotonic() - started >= time_limit:
                    raise LimitError(f"the time limit of {time_limit:g} s was reached by qepcad") from None
                raise
            if output is not None:
                return output
        limit = "all its cells" if memory_limit is None else f"{memory_limit:g} MB"
        raise LimitError(f"the memory limit of {limit} was reached by qepcad")

    def _sizes(self, memory_limit: int | None) -> list[int]:
        """Return numbers of cells to try. All are touched at the start, so few come first: often they do."""
        bound = self.cells
        if memory_limit is not None:
            # Half of the limit: the program itself, and what it allocates beside its cells, need room too.
            bound = max(_MIN_CELLS, min(bound, int(memory_limit * (1 << 20)) // (2 * _CELL_BYTES)))
        return [cells for cells in _FIRST_CELLS if cells < bound] + [bound]

    def _run_once(
        self, dialogue: str, cells: int, time_limit: float | None, memory_limit: int | None
    ) -> str | None:
        """Return the output, or None if the cells did not suffice."""
        program, environment = _program()
        result = run_program(
            [program, f"+N{cells}"],
            dialogue,
            time_limit=time_limit,
            memory_limit=memory_limit,
            environment=environment,
        )
        said = result.stdout + result.stderr
        found = _RESULT.search(result.stdout)
        if not found and any(text in said for text in _OUT_OF_CELLS):
            return None
        if not found or result.exit_status:
            last = " ".join(said.split())[-300:]
            raise BackendError(
                f"qepcad ended with {describe_exit(result.exit_status)}; a formula and exit status 0 were "
                f"expected; the end of what it said: {last!r}"
            )
        return result.stdout


def _doubt(output: str) -> str:
    """Return what QEPCAD said between the question and its answer; an empty text if it said nothing.

    A warning ("... may not be valid"), an error ("Error! Delineating polynomial should be added ...") and
    anything that is not known: QEPCAD prints a formula all the same, and it may be wrong.
    """
    said = output.rpartition("Before Normalization >")[2].partition(_HEADING)[0]
    lines = [line.strip() for line in said.splitlines()]
    return " ".join(line for line in lines if line and line != "finish")[:300]


def _with_projection(question: QepcadInput, letter: str) -> str:
    """Ask for one projection operator at every level (there is none for the first variable)."""
    letters = ",".join([letter] * (len(question.names) - 1))
    choice = f"proj-op ({letters})\n" if letters else ""
    return question.text.removesuffix("finish\n") + choice + "finish\n"


def _result(output: str, names: Mapping[str, str]) -> Formula:
    found = _RESULT.search(output)
    text = " ".join(found[1].split()) if found else ""
    try:
        return read_qepcad_formula(text.replace("TRUE", "true").replace("FALSE", "false"), names)
    except FormulaError as error:
        raise BackendError(f"the formula of qepcad {text[:300]!r} cannot be read: {error}") from None


def _wheel_program() -> Path | None:
    spec = util.find_spec("sage_wheels")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        program = Path(folder) / "bin" / ("qepcad.exe" if sys.platform == "win32" else "qepcad")
        if program.is_file():
            return program
    return None


def _program() -> tuple[str, dict[str, str]]:
    """Return the program and the environment it needs: it looks for its help file below ``$qe``."""
    wheel = _wheel_program()
    if wheel is not None:
        return str(wheel), {"qe": str(wheel.parent.parent)}
    return shutil.which("qepcad") or "qepcad", {}
