"""The engine: a pattern goes in, a verdict with a certificate comes out, or an honest ``unknown`` (design 2).

The engine only proposes; nobody should trust it. :mod:`semialg.verdict` hands every certificate to the
independent checker.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from semialg.certificates import claims
from semialg.closedness.effort import Effort
from semialg.closedness.instance import Instance
from semialg.closedness.layers import prove_closed_pattern
from semialg.closedness.limits import words_beyond_ranks
from semialg.closedness.obstructions import OBSTRUCTIONS
from semialg.closedness.reductions import reduce
from semialg.closedness.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from semialg.certificates.certificate import Certificate
    from semialg.pattern.pattern import Pattern

__all__ = ["ATTEMPTS", "Budget", "Found", "Outcome", "Stage", "decide"]

_DEEP = 3
_LOCAL = 3
_GAME = 200_000
"""The most that the fullness game may spend."""


@dataclass(frozen=True)
class Budget:
    """How much the engine may spend on searches that can take long.

    Attributes
    ----------
    work
        Elementary steps (about a microsecond each) for every search; the same budget gives the same answer
        on every machine.
    thorough
        The same for the induction over minors, which is tried last.
    """

    work: int = 2_000_000
    thorough: int = 5_000_000

    @classmethod
    def of_seconds(cls, seconds: float | None) -> Budget:
        """Return a budget that fits into a time limit, with room for several searches and the check."""
        if seconds is None:
            return cls()
        limited = min(max(seconds, 0.1), 3600.0)
        return cls(int(limited * 30_000), int(limited * 600_000))


@dataclass(frozen=True)
class Found:
    """What an attempt found: verdict, the theory numbers, why, the certificate and, if any, the witness."""

    verdict: str
    method: str
    reason: str
    certificate: Certificate
    witness: Witness | None = None


@dataclass(frozen=True)
class Stage:
    """One line of the trace: what was tried, with what result, in how many seconds."""

    name: str
    result: str
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """The engine's proposal.

    Attributes
    ----------
    verdict
        ``closed``, ``not_closed`` or ``unknown``.
    method
        The theory numbers that decided, or ``none``.
    reason
        One sentence for the user.
    certificate
        The proof, None for ``unknown``.
    witness
        The witness behind a ``not_closed`` certificate.
    trace
        What was tried, in order.
    """

    verdict: str
    method: str
    reason: str
    certificate: Certificate | None
    witness: Witness | None
    trace: tuple[Stage, ...]


def _closed(pattern: Pattern, _budget: Budget) -> Found | None:
    proved = prove_closed_pattern(pattern)
    if proved is None:
        return None
    names, proof = proved
    reason = f"closed by {', '.join(names)} of the theory; every step is in the certificate"
    return Found("closed", "+".join(names), reason, claims.certificate("closed", pattern, proof))


def _game(pattern: Pattern, budget: Budget) -> Found | None:
    """Play the fullness game (theory C8, C9) where the rules without search left something open."""
    proved = prove_closed_pattern(pattern, Effort(min(budget.work, _GAME)))
    if proved is None:
        return None
    names, proof = proved
    reason = f"closed by {', '.join(names)} of the theory; every step is in the certificate"
    return Found("closed", "+".join(names), reason, claims.certificate("closed", pattern, proof))


def _obstruction(name: str, search: Callable[[Pattern, int], Witness | None]) -> Attempt:
    def attempt(pattern: Pattern, budget: Budget) -> Found | None:
        witness = search(pattern, budget.work)
        return None if witness is None else _not_closed(name, witness)

    return attempt


def _not_closed(name: str, witness: Witness) -> Found:
    where = (
        f"on {len(witness.rows)} rows and {len(witness.columns)} columns" if witness.is_minor else "in full"
    )
    reason = (
        f"{name} of the theory gives a target ({where}) that members approach with error of order "
        f"t^{witness.rate} while parameters grow like t^-{witness.blow_up}, and that no member equals"
    )
    return Found("not_closed", name, reason, witness.certificate(), witness)


def _deep(pattern: Pattern, budget: Budget) -> Found | None:
    if pattern.layers < _DEEP:
        return None
    from semialg.closedness.deep.search import Refuted, decide_deep

    found = decide_deep(pattern, budget.work)
    if found is None:
        return None
    if isinstance(found, Refuted):
        return _not_closed("+".join(sorted(found.names)), found.witness)
    reason = f"closed by {', '.join(sorted(found.names))} of the theory; every step is in the certificate"
    certificate = claims.certificate("closed", pattern, found.proof)
    return Found("closed", "+".join(sorted(found.names)), reason, certificate)


if TYPE_CHECKING:
    Attempt = Callable[[Pattern, Budget], Found | None]


def _induction(pattern: Pattern, budget: Budget) -> Found | None:
    """Search for witnesses and trees over the minors of a two-layer pattern; imported when it is reached."""
    if pattern.layers >= _DEEP:
        return None
    from semialg.closedness.induction import closed_or_witness

    found = closed_or_witness(pattern, Effort(budget.thorough))
    if found is None:
        return None
    method, result = found
    if isinstance(result, Witness):
        return _not_closed(method, result)
    reason = "closed by R1 to R6 and C1 to C5 of the theory; the certificate has trees of normal forms"
    return Found("closed", method, reason, claims.certificate("closed", pattern, result))


def _ranks(pattern: Pattern, _budget: Budget) -> Found | None:
    """Look at the whole matrix; patterns up to 3x3x3 are left to local searches, which decide all of them."""
    if max(pattern.widths) <= _LOCAL:
        return None
    from semialg.closedness.ranks.search import rank_witness

    found = rank_witness(pattern)
    return None if found is None else _not_closed(*found)


def _dense(pattern: Pattern, _budget: Budget) -> Found | None:
    """Look for a target of large rank that is no product where all matrices of that rank are limits."""
    if pattern.layers != 2 or max(pattern.widths) <= _LOCAL:
        return None
    from semialg.closedness.ranks.dense import dense_proof

    found = dense_proof(pattern)
    if found is None:
        return None
    name, proof = found
    reason = (
        f"{name} of the theory gives a target that no member equals, and members tend to every matrix of its "
        "rank; the certificate proves that without a sequence"
    )
    return Found("not_closed", name, reason, claims.certificate("not_closed", pattern, proof))


_SEARCHES = [(name, _obstruction(name, search)) for name, search in OBSTRUCTIONS]

ATTEMPTS: tuple[tuple[str, Attempt], ...] = (
    _SEARCHES[0],
    ("closedness rules", _closed),
    ("ranks", _ranks),
    *_SEARCHES[1:],
    ("rational sections", _dense),
    ("fullness game", _game),
    ("induction over minors", _induction),
    ("deep search", _deep),
)
"""Name and function of each attempt: what takes linear time first, then searches."""


def decide(
    pattern: Pattern,
    budget: Budget | None = None,
    attempts: Sequence[tuple[str, Attempt]] = ATTEMPTS,
) -> Outcome:
    """Try to decide whether the set of products of a pattern is closed, by the attempts, in their order.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> outcome = decide(Pattern([[[1, 0], [1, 1]], [[1, 1], [0, 1]]]))
    >>> outcome.verdict, outcome.method
    ('not_closed', 'N1')
    """
    spent = budget or Budget()
    trace: list[Stage] = []
    for name, attempt in attempts:
        start = perf_counter()
        found = attempt(pattern, spent)
        result = "nothing found" if found is None else found.verdict
        trace.append(Stage(name, result, perf_counter() - start))
        if found is not None:
            return Outcome(
                found.verdict, found.method, found.reason, found.certificate, found.witness, tuple(trace)
            )
    return _unknown(pattern, trace)


def _unknown(pattern: Pattern, trace: list[Stage]) -> Outcome:
    start = perf_counter()
    tried = ", ".join(stage.name for stage in trace)
    left = f"the pattern has {pattern.layers} layers, to which R1 to R6 do not apply"
    if pattern.layers == 2:
        reduced = reduce(Instance.from_pattern(pattern))
        kernel = reduced.instance
        left = (
            f"the reductions ({reduced.summary()}) leave {kernel.rows.bit_count()} rows, {len(kernel.units)} "
            f"units, {kernel.columns.bit_count()} columns"
        )
        beyond = words_beyond_ranks(kernel)
        left = left if beyond is None else f"{left}; {beyond}"
        trace.append(Stage("reductions", reduced.summary(), perf_counter() - start))
    reason = (
        f"no rule decides it (tried {tried}); {left}; "
        "semialg export prints the sentence that remains to be decided"
    )
    return Outcome("unknown", "none", reason, None, None, tuple(trace))
