"""From a pattern to a checked verdict: the engine proposes, the independent checker decides (design 3.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from semialg.certificates.certificate import Certificate
from semialg.certificates.claims import LARGE
from semialg.certificates.handover import refuse_uncheckable
from semialg.closedness.engine import ATTEMPTS, Budget, decide
from semialg.closedness.lu import lu_witness
from semialg.closedness.obstructions import OBSTRUCTIONS
from semialg.closedness.reading import read_witness
from semialg.errors import CertificateError, LimitError, NothingToShowError, PatternError, UndecidedError
from semialg.pattern.parse import as_pattern
from semialg.relu.training import Training, training
from semialg.solvers.child import run_in_child
from semialg.solvers.limits import given_limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from semialg.checker.report import Report
    from semialg.closedness.engine import Found, Outcome, Stage
    from semialg.closedness.witness import Witness
    from semialg.pattern.pattern import Pattern

__all__ = ["EXIT_STATUS", "Verdict", "check", "verify", "witness"]

EXIT_STATUS = {"closed": 0, "not_closed": 1, "unknown": 3}
"""Exit status of ``semialg check`` for each verdict."""


@dataclass(frozen=True)
class Verdict:
    """A verdict that the independent checker stands behind, or ``unknown``.

    Attributes
    ----------
    verdict
        ``closed``, ``not_closed`` or ``unknown``.
    checked
        What the checker said of the certificate: ``valid``, ``holey``, or None where there is none.
    method, reason
        The theory numbers that decided, and why, in a sentence.
    seconds
        Wall-clock time of search and check.
    pattern
        The pattern.
    training
        What follows for ReLU networks with these masks.
    certificate
        The proof; None for ``unknown``.
    witness
        For ``not_closed``, the target, the curve and the proof that the target is out of reach.
    trace
        What was tried, in order, with times.
    """

    verdict: str
    checked: str | None
    method: str
    reason: str
    seconds: float
    pattern: Pattern
    training: Training
    certificate: Certificate | None
    witness: Witness | None
    trace: tuple[Stage, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``semialg check --json`` prints."""
        return {
            "verdict": self.verdict,
            "checked": self.checked,
            "method": self.method,
            "reason": self.reason,
            "seconds": round(self.seconds, 6),
            "pattern": pattern_json(self.pattern),
            "training": self.training.to_json(),
            "certificate": None if self.certificate is None else self.certificate.document,
        }

    @property
    def exit_status(self) -> int:
        """The exit status of ``semialg check``."""
        return EXIT_STATUS[self.verdict]

    def _repr_html_(self) -> str:
        from semialg.certificates.render_html import render_verdict

        return render_verdict(self.to_json(), self.pattern)


_CHEAP = 2
"""So many attempts of the engine take less time than opening the atlas."""


def _recall(pattern: Pattern, budget: Budget) -> Found | None:
    """Ask the shipped atlas; imported here, because most patterns need neither it nor a database."""
    from semialg.atlas.lookup import recall

    return recall(pattern, budget)


_ATTEMPTS = (*ATTEMPTS[:_CHEAP], ("atlas", _recall), *ATTEMPTS[_CHEAP:])


def pattern_json(pattern: Pattern) -> dict[str, Any]:
    """Return the masks of a pattern, or hash and widths if it is large."""
    if sum(mask.rows * mask.columns for mask in pattern.masks) > LARGE:
        return {"masks_sha256": pattern.sha256, "widths": list(pattern.widths)}
    return {"masks": pattern.to_lists()}


def check(
    pattern: Pattern | str | PathLike[str],
    *,
    time_limit: float | None = 60.0,
    memory_limit: float | None = None,
    on_stage: Callable[[str], None] | None = None,
) -> Verdict:
    """Decide whether the set of products of a pattern is closed, and have the proof checked.

    Search and check run in a child process, so that the limits hold whatever the search does. A certificate
    that the checker does not call valid or holey never comes out: the verdict is ``unknown`` then.

    Parameters
    ----------
    pattern
        The pattern, or a text or path that names one (see :meth:`Pattern.parse`).
    time_limit
        Seconds of wall-clock time, None for no limit.
    memory_limit
        Megabytes of address space, None for no limit.
    on_stage
        Called with a short text whenever the work enters another stage.

    Raises
    ------
    PatternError
        If no pattern is given, or a mask has more entries than the checker takes (2^28, zeros counted).
    ArgumentError
        If a limit is not a positive number.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> verdict = check(Pattern([[[1, 0], [1, 1]], [[1, 1], [0, 1]]]))
    >>> verdict.verdict, verdict.checked, verdict.training.finite_data
    ('not_closed', 'valid', 'may_fail')
    """
    time_limit, memory_limit = given_limits(time_limit, memory_limit)
    pattern = as_pattern(pattern)
    refuse_uncheckable(pattern)
    start = perf_counter()
    try:
        outcome, checked, complaint = run_in_child(
            _decide_and_verify,
            (pattern, Budget.of_seconds(time_limit)),
            time_limit=time_limit,
            memory_limit=memory_limit,
            on_stage=on_stage or (lambda _: None),
            name="the search",
        )
    except LimitError as error:
        return _unknown(pattern, str(error), perf_counter() - start)
    if checked is None and outcome.certificate is not None:
        reason = (
            f"the checker rejects the proof of '{outcome.verdict}' that was found ({complaint}); report this"
        )
        return replace(_unknown(pattern, reason, perf_counter() - start), trace=outcome.trace)
    return Verdict(
        outcome.verdict,
        checked,
        outcome.method,
        outcome.reason if not complaint else f"{outcome.reason}; {complaint}",
        perf_counter() - start,
        pattern,
        training(pattern, outcome.verdict),
        outcome.certificate,
        outcome.witness,
        outcome.trace,
    )


def _decide_and_verify(
    pattern: Pattern, budget: Budget, *, on_stage: Callable[[str], None]
) -> tuple[Outcome, str | None, str]:
    """Return the engine's outcome, what the checker says of it, and its complaint or the list of holes."""
    on_stage("searching for a proof")
    outcome = decide(pattern, budget, _ATTEMPTS)
    if outcome.certificate is None:
        return outcome, None, ""
    on_stage("checking the certificate")
    try:
        report = verify(outcome.certificate, pattern)
    except CertificateError as error:
        return outcome, None, str(error)
    if report.status == "valid":
        return outcome, "valid", ""
    if report.status == "holey":
        return outcome, "holey", f"rests on {'; '.join(map(str, report.holes))}"
    return outcome, None, f"{report.where}: {report.reason}"


def verify(certificate: Certificate, pattern: Pattern | str | PathLike[str] | None = None) -> Report:
    """Have the independent checker judge a certificate, against the given pattern if there is one.

    Raises
    ------
    CertificateError
        If the checker cannot read the certificate, or something else is given.
    PatternError
        If what is given beside it is no pattern.

    Examples
    --------
    >>> from semialg.closedness.engine import decide
    >>> from semialg.pattern.pattern import Pattern
    >>> lu = Pattern([[[1, 0], [1, 1]], [[1, 1], [0, 1]]])
    >>> verify(decide(lu).certificate, lu).status
    'valid'
    """
    from semialg import checker
    from semialg.certificates.handover import masks_for_checker

    given: object = certificate
    if not isinstance(given, Certificate):
        kind = type(given).__name__
        raise CertificateError(
            f"a certificate is given as an object of type {kind}; expected a Certificate (Certificate.load)"
        )
    masks = None if pattern is None else masks_for_checker(as_pattern(pattern))
    try:
        return checker.check(given.document, masks)
    except checker.Unreadable as error:
        raise CertificateError(f"the checker cannot read the certificate: {error}") from None


def witness(
    pattern: Pattern | str | PathLike[str],
    target: str | None = None,
    *,
    time_limit: float | None = 60.0,
    memory_limit: int | None = None,
) -> Witness:
    """Return a witness that the set of products of a pattern is not closed.

    Parameters
    ----------
    pattern
        The pattern, or a text or path that names one.
    target
        ``"lu"`` for the paper's antidiagonal target of lower times upper triangular patterns; by default
        whichever witness is found first.
    time_limit, memory_limit
        As for :func:`check`.

    Raises
    ------
    PatternError
        If no pattern is given, or the target does not fit the pattern or is
        not known.
    NothingToShowError
        If the set of products is closed.
    UndecidedError
        If neither a witness nor a proof of closedness is found, or the proof of not-closedness holds no
        witness.

    Notes
    -----
    The obstructions that need no search come first; then :func:`check` is asked, with its limits.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> lu = Pattern([[[1, 0], [1, 1]], [[1, 1], [0, 1]]])
    >>> witness(lu, target="lu").product(1)
    [[Fraction(1, 1), Fraction(1, 1)], [Fraction(1, 1), Fraction(1, 1)]]
    """
    pattern = as_pattern(pattern)
    if target == "lu":
        return lu_witness(pattern)
    if target is not None:
        raise PatternError(f"the target {target!r} is not known; expected 'lu' or none")
    for _, search in OBSTRUCTIONS:
        found = search(pattern, Budget().work)
        if found is not None:
            return found
    verdict = check(pattern, time_limit=time_limit, memory_limit=memory_limit)
    if verdict.verdict == "closed":
        raise NothingToShowError(f"no witness was found: the set of products is closed ({verdict.reason})")
    if verdict.certificate is None:
        raise UndecidedError(f"no witness was found: {verdict.reason}")
    try:
        return verdict.witness or read_witness(pattern, verdict.certificate.proof)
    except (CertificateError, KeyError):
        raise UndecidedError(
            f"the set of products is not closed, by a proof that holds no witness ({verdict.method})"
        ) from None


def undecided(pattern: Pattern, reason: str) -> Verdict:
    """Return ``unknown`` about a pattern that may not be the right one: nothing at all is said of it.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> undecided(Pattern.parse("lu:2"), "its mask is not known").training.finite_data
    'unknown'
    """
    nothing = Training("unknown", "unknown", "the pattern is not known")
    return Verdict("unknown", None, "none", reason, 0.0, pattern, nothing, None, None, ())


def _unknown(pattern: Pattern, reason: str, seconds: float) -> Verdict:
    return Verdict(
        "unknown", None, "none", reason, seconds, pattern, training(pattern, "unknown"), None, None, ()
    )
