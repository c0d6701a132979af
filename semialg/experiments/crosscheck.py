"""Second opinions on verdicts: solvers, and numerical search for counterexamples. A contradiction is a bug.

Nothing here is exact except what solvers answer; nothing here decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from semialg.errors import BackendError, LimitError
from semialg.logic.normal import strip_exists
from semialg.logic.products import product_entries, target_name
from semialg.logic.sentences import closure_membership, counterexample, membership
from semialg.sets.semialgebraic import SemialgebraicSet
from semialg.solvers.catalog import backend_named
from semialg.solvers.portfolio import default_portfolio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from semialg.pattern.pattern import Pattern
    from semialg.verdict import Verdict

    Array = NDArray[np.float64]

__all__ = ["Opinion", "Suspect", "by_elimination", "by_sentence", "by_witness", "suspects"]

_DIFFERENCE = {"sat": True, "unsat": False}


@dataclass(frozen=True)
class Opinion:
    """What a backend says to one question about a verdict.

    Attributes
    ----------
    question
        What was asked.
    agrees
        Whether the answer fits the verdict; None if there is no answer.
    answer
        The answer, or why there is none.
    seconds
        Wall-clock time.
    """

    question: str
    agrees: bool | None
    answer: str
    seconds: float


def by_witness(pattern: Pattern, verdict: Verdict, time_limit: float) -> list[Opinion]:
    """Ask solvers whether the target of a verdict "not closed" is a product, and whether it is a limit."""
    if verdict.witness is None:
        return []
    target = verdict.witness.padded_target
    questions = (
        ("the target is a product", membership(pattern, target), False),
        ("the target is a limit of products", closure_membership(pattern, target, "entry"), True),
    )
    opinions = []
    for question, formula, expected in questions:
        start = perf_counter()
        answer = default_portfolio().decide(formula, time_limit=time_limit)
        says = _DIFFERENCE.get(answer.status)
        agrees = None if says is None else says == expected
        opinions.append(Opinion(question, agrees, answer.status, perf_counter() - start))
    return opinions


def by_elimination(pattern: Pattern, verdict: Verdict, time_limit: float) -> Opinion:
    """Eliminate the factors from membership, then ask whether the set of targets that is left is closed.

    The second question has only the entries of the target and one accuracy.
    """
    names = tuple(target_name(i, j) for i, j in product_entries(pattern, "w"))
    start = perf_counter()
    question = "E, by quantifier elimination, is closed"
    try:
        found = backend_named("qepcad").eliminate(membership(pattern), time_limit=time_limit)  # type: ignore[attr-defined]
        finding = SemialgebraicSet(names, found.formula).is_closed(time_limit=time_limit)
    except (LimitError, BackendError) as error:
        return Opinion(question, None, str(error), perf_counter() - start)
    agrees = None if finding.holds is None else finding.holds == (verdict.verdict == "closed")
    says = finding.reason if finding.holds is None else ("closed" if finding.holds else "not closed")
    return Opinion(question, agrees, says, perf_counter() - start)


def by_sentence(pattern: Pattern, verdict: Verdict, time_limit: float) -> Opinion:
    """Ask for a counterexample to closedness as one sentence (paper, Lemma 3.3, entrywise)."""
    start = perf_counter()
    sentence = strip_exists(counterexample(pattern, "entry"))
    answer = default_portfolio().decide(sentence, time_limit=time_limit)
    says = _DIFFERENCE.get(answer.status)
    agrees = None if says is None else says == (verdict.verdict == "not_closed")
    return Opinion("some limit is no product", agrees, answer.status, perf_counter() - start)


@dataclass(frozen=True)
class Suspect:
    """A target that products approach while their factors diverge.

    Attributes
    ----------
    target
        Small integers.
    errors, norms
        Largest entry of the error, and of the factors, as the weight decay decreases.
    """

    target: list[list[int]]
    errors: list[float]
    norms: list[float]


_DECAYS = (1e-2, 1e-4, 1e-6, 1e-8, 1e-10)
_CLOSE = 1e-3
_GROWTH = 3.0


def suspects(
    pattern: Pattern, *, targets: int, starts: int = 3, seed: int = 0, also: Array | None = None
) -> Iterator[Suspect]:
    """Yield targets of small integers that look like limits out of reach.

    For each target the distance is minimized by damped least squares with a weight decay that tends to zero,
    following the minimum. For a member with small factors the factors stay bounded; for a limit that is no
    member the error vanishes while they grow. Targets are random, sparse, and some have repeated lines.

    Parameters
    ----------
    pattern
        Any pattern.
    targets, starts, seed
        How many targets, how many starting points for each, and the seed.
    also
        A target to try first.
    """
    rng = np.random.default_rng(seed)
    masks = [mask.to_dense().astype(bool) for mask in pattern.masks]
    support = np.linalg.multi_dot([m.astype(float) for m in masks]) > 0 if len(masks) > 1 else masks[0]
    for number in range(targets):
        target = also if number == 0 and also is not None else _degenerate(support, rng)
        for _ in range(starts):
            found = _follow(masks, np.asarray(target, dtype=float), rng)
            if found.errors[-1] < _CLOSE and found.norms[-1] > _GROWTH * found.norms[-3]:
                yield found
                break


def _degenerate(support: NDArray[np.bool_], rng: np.random.Generator) -> Array:
    target = rng.integers(-1, 2, support.shape) * (rng.random(support.shape) < rng.uniform(0.3, 1.0))
    for axis in (0, 1):
        if rng.random() < 0.5 and support.shape[axis] > 1:
            one, other = rng.choice(support.shape[axis], 2, replace=False)
            lines = target if axis == 0 else target.T
            lines[one] = lines[other] * rng.integers(0, 2)
    return np.asarray(target * support, dtype=float)


def _follow(masks: list[NDArray[np.bool_]], target: Array, rng: np.random.Generator) -> Suspect:
    from scipy.optimize import least_squares

    cuts = np.cumsum([int(mask.sum()) for mask in masks])

    def factors(values: Array) -> list[Array]:
        filled = []
        for mask, part in zip(masks, np.split(values, cuts[:-1]), strict=True):
            factor = np.zeros(mask.shape)
            factor[mask] = part
            filled.append(factor)
        return filled

    def error(values: Array) -> Array:
        product = factors(values)[0]
        for factor in factors(values)[1:]:
            product = product @ factor
        return np.asarray((product - target).ravel())

    values = rng.standard_normal(int(cuts[-1]))
    errors, norms = [], []
    for decay in _DECAYS:
        weight = decay**0.5

        def residual(point: Array, weight: float = weight) -> Array:
            return np.concatenate([error(point), weight * point])

        values = least_squares(residual, values, xtol=1e-14, ftol=1e-14, gtol=1e-14, max_nfev=200).x
        errors.append(float(np.abs(error(values)).max(initial=0.0)))
        norms.append(float(np.abs(values).max(initial=0.0)))
    return Suspect(target.astype(int).tolist(), errors, norms)
