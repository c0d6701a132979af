"""From a formula to the text that an SMT solver gets, and from its reply to an exact answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from semialg.errors import BackendError, LimitError
from semialg.logic.answer import Answer, Number, Status
from semialg.logic.evaluate import evaluate
from semialg.logic.normal import strip_exists
from semialg.logic.smtlib import natural_order, smtlib_logic, smtlib_symbols, smtlib_term
from semialg.logic.variables import free_variables, is_quantifier_free
from semialg.solvers.child import run_in_child
from semialg.solvers.values import parse_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from semialg.logic.formula import Formula

__all__ = ["Question", "Reply", "ask_package", "conclude", "limit_reached"]


@dataclass(frozen=True, slots=True)
class Question:
    """A formula, made ready for an SMT solver.

    Parameters
    ----------
    formula
        What is asked, leading existential quantifiers taken off.
    logic
        The smallest SMT-LIB logic that holds it.
    names
        Its free variables, in natural order.
    symbols
        How the script spells them: a simple symbol for each name, free or bound (see
        :func:`semialg.logic.smtlib.smtlib_symbols`).
    script
        Declarations and the assertion; the logic and ``(check-sat)`` are left to the backend.

    Examples
    --------
    >>> from semialg.logic.infix import parse_formula
    >>> question = Question.of(parse_formula("exists x. x^2 = y"))
    >>> print(question.logic, question.names)
    QF_NRA ('x', 'y')
    >>> print(question.script)
    (declare-const x Real)
    (declare-const y Real)
    (assert (= (+ (* x x) (- y)) 0.0))
    <BLANKLINE>
    """

    formula: Formula
    logic: str
    names: tuple[str, ...]
    symbols: Mapping[str, str]
    script: str

    @classmethod
    def of(cls, formula: Formula) -> Question:
        """Prepare a formula.

        Raises
        ------
        FormulaError
            If the formula is too long when it is written out.
        """
        asked = strip_exists(formula)
        names = tuple(natural_order(free_variables(asked)))
        symbols = smtlib_symbols(asked)
        lines = [f"(declare-const {symbols[name]} Real)" for name in names]
        lines += [f"(assert {smtlib_term(asked, symbols)})", ""]
        return cls(asked, smtlib_logic(asked), names, symbols, "\n".join(lines))


@dataclass(frozen=True, slots=True)
class Reply:
    """What a solver said: its word, the reason of an "unknown", and values as it prints them, by symbol."""

    status: Status
    reason: str
    values: Mapping[str, str]
    version: str

    @property
    def text(self) -> str:
        """The reply as lines of a transcript."""
        lines = [self.status, *([f"; {self.reason}"] if self.reason else [])]
        lines += [f"; {name} = {value}" for name, value in self.values.items()]
        return "\n".join(lines)


def ask_package(
    backend: str,
    version: str,
    ask: Callable[[Question, int], Reply],
    formula: Formula,
    *,
    time_limit: float | None,
    memory_limit: int | None,
    seed: int,
) -> Answer:
    """Ask a solver that is a Python package, in a child process below the limits.

    Parameters
    ----------
    backend, version
        Its name, and the version that the package states.
    ask
        Runs in the child with the question and the seed; it alone imports the package.
    formula, time_limit, memory_limit, seed
        As in :meth:`semialg.solvers.backend.Backend.decide`.

    Raises
    ------
    BackendError
        If the child crashes, or a model does not satisfy the formula.
    """
    question = Question.of(formula)
    started = time.monotonic()
    try:
        reply = run_in_child(
            ask, (question, seed), time_limit=time_limit, memory_limit=memory_limit, name=backend
        )
    except LimitError as error:
        return limit_reached(backend, version, question.script, error, started)
    return conclude(
        backend, question, reply, started=started, time_limit=time_limit, memory_limit=memory_limit
    )


def conclude(
    backend: str,
    question: Question,
    reply: Reply,
    *,
    started: float,
    time_limit: float | None,
    memory_limit: int | None,
) -> Answer:
    """Turn a reply into an answer, with an exact model that was re-evaluated where that is possible.

    Isolating a root or evaluating a long formula may take long, so this too is done in a child, in what is
    left of the time since ``started`` (a value of ``time.monotonic``).

    Raises
    ------
    BackendError
        If a rational model does not satisfy a quantifier-free question: then the solver is wrong.
    """
    seconds = time.monotonic() - started
    transcript = (
        f"; to {backend} {reply.version}\n(set-logic {question.logic})\n{question.script}(check-sat)\n"
        f"; reply after {seconds:.2f} s\n{reply.text}\n"
    )
    reason, model = reply.reason, dict[str, "Number"]()
    if reply.status == "sat" and question.names:
        left = None if time_limit is None else time_limit - seconds
        try:
            model, reason = run_in_child(
                _exact_model,
                (backend, question, reply, transcript),
                time_limit=left,
                memory_limit=memory_limit,
                name=f"the evaluation of the model of {backend}",
            )
        except LimitError as error:
            reason = f"the model is left out: {error}"
    elif reply.status == "sat":
        reason = _check_model(backend, question, {}, transcript)
    elif reply.status == "unknown":
        reason = reason or f"{backend} gave no reason"
    else:
        reason = reason or on_the_word_of(backend)
    return Answer(reply.status, model, reason, backend, reply.version, seconds, transcript)


def on_the_word_of(backend: str) -> str:
    """Return the reason of an answer that rests on one solver alone: unsat is not checked by anyone else.

    Examples
    --------
    >>> on_the_word_of("z3")
    'on the word of z3'
    """
    return f"on the word of {backend}"


def _exact_model(
    backend: str, question: Question, reply: Reply, transcript: str
) -> tuple[dict[str, Number], str]:
    """Read the model; return it and under which assumption it holds."""
    try:
        values = {name: reply.values.get(question.symbols[name]) for name in question.names}
        model = {name: parse_number(text) for name, text in values.items() if text is not None}
    except BackendError as error:
        return {}, f"the model is left out: {error}"
    return model, _check_model(backend, question, model, transcript)


def _check_model(backend: str, question: Question, model: Mapping[str, Number], transcript: str) -> str:
    """Return under which assumption the model holds; empty if it was re-evaluated."""
    if not is_quantifier_free(question.formula):
        return f"on the word of {backend}: a formula with quantifiers is not re-evaluated"
    rational = {name: value for name, value in model.items() if isinstance(value, Fraction)}
    if len(rational) < len(model):
        return f"on the word of {backend}: a model with irrational values is not re-evaluated"
    point = {name: rational.get(name, Fraction(0)) for name in question.names}
    if not evaluate(question.formula, point):
        raise BackendError(
            f"{backend} answered sat with a model that does not satisfy the formula, so it is wrong; "
            f"transcript:\n{transcript}"
        )
    return ""


def limit_reached(
    backend: str, version: str, question_text: str, error: LimitError, started: float
) -> Answer:
    """Return the answer "unknown" that a limit leaves, in the time since ``started``."""
    seconds = time.monotonic() - started
    transcript = f"; to {backend} {version}\n{question_text}\n; {error}\n"
    return Answer("unknown", {}, str(error), backend, version, seconds, transcript)
