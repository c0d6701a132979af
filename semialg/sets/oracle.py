"""QEPCAD B as an oracle that nobody trusts: other solvers have to confirm what it says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from semialg.errors import BackendError, BackendMissingError, DisagreementError, FormulaError, LimitError
from semialg.logic.formula import conjunction, negation
from semialg.logic.variables import all_variables
from semialg.solvers.cvc5_backend import Cvc5
from semialg.solvers.qepcad_backend import Qepcad
from semialg.solvers.z3_backend import Z3

if TYPE_CHECKING:
    from semialg.logic.formula import Formula
    from semialg.sets.finding import Basis

__all__ = ["MOST_VARIABLES", "Word", "ask_oracle", "oracle_available"]

MOST_VARIABLES = 6
"""Above so many variables QEPCAD is not asked: it was never seen to answer within minutes."""


class Word(NamedTuple):
    """What the oracle said: the formula (None if nothing), whose word it is, and how far it was confirmed."""

    formula: Formula | None
    said: str
    basis: Basis


def oracle_available() -> bool:
    """Return whether QEPCAD is installed."""
    return Qepcad().availability().available


def ask_oracle(formula: Formula, time_limit: float, confirm: float = 10.0) -> Word:
    """Eliminate the quantifiers of a formula by QEPCAD, and have both inclusions confirmed by z3 or cvc5.

    Parameters
    ----------
    formula
        In at most six variables, free and bound together.
    time_limit
        Seconds for QEPCAD.
    confirm
        Seconds for the second opinion on each inclusion; 0 for none.

    Raises
    ------
    DisagreementError
        If another solver says that the answer is not equivalent.
    """
    count = len(all_variables(formula))
    if count > MOST_VARIABLES:
        return Word(
            None, f"{count} variables are too many for QEPCAD; at most {MOST_VARIABLES} are tried", "word"
        )
    try:
        found = Qepcad().eliminate(formula, time_limit=time_limit)
    except BackendMissingError as error:
        return Word(None, str(error), "word")
    except (LimitError, BackendError, FormulaError) as error:
        return Word(None, str(error), "word")
    who = f"{found.backend} {found.version}".strip()
    if not found.certified:
        return Word(None, f"{who} does not stand by its answer: {found.reason}", "word")
    second = None if confirm <= 0 else _confirmed(formula, found.formula, confirm)
    if second is None:
        return Word(found.formula, f"{who} (its word, not confirmed)", "word")
    return Word(found.formula, f"{who}, confirmed by {second}", "confirmed")


def _confirmed(formula: Formula, result: Formula, seconds: float) -> str | None:
    """Return who confirmed both inclusions, None if one stayed open."""
    names: list[str] = []
    for left, right in ((formula, result), (result, formula)):
        difference = conjunction(left, negation(right))
        name = _unsatisfiable(difference, seconds)
        if name is None:
            return None
        names.append(name)
    return " and ".join(dict.fromkeys(names))


def _unsatisfiable(formula: Formula, seconds: float) -> str | None:
    deadline = time.monotonic() + seconds
    for backend in (Z3(), Cvc5()):
        left = deadline - time.monotonic()
        if left <= 0 or not backend.availability().available:
            continue
        try:
            answer = backend.decide(formula, time_limit=left)
        except BackendError:
            continue
        if answer.status == "sat":
            raise DisagreementError(
                f"qepcad's answer is not equivalent to what it was asked, says {backend.name}: {answer.model}"
            )
        if answer.status == "unsat":
            return f"{answer.backend} {answer.version}".strip()
    return None
