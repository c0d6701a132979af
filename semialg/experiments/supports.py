"""Random supports of exact size, and the verdict on one of them: the work of one task (paper, Figure 2)."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from semialg import checker
from semialg.closedness.engine import ATTEMPTS, Budget
from semialg.pattern.mask import Mask
from semialg.pattern.pattern import Pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from semialg.closedness.engine import Found

__all__ = ["COLUMNS", "KEY", "Setup", "judge", "judge_all", "random_pattern"]

COLUMNS = {
    "outer": "INTEGER NOT NULL",
    "inner": "INTEGER NOT NULL",
    "instance": "INTEGER NOT NULL",
    "lemma_b8": "INTEGER NOT NULL",
    "verdict": "TEXT NOT NULL",
    "method": "TEXT NOT NULL",
    "checked": "TEXT",
    "seconds": "REAL NOT NULL",
}
"""Columns of the table of results: numbers of ones of both masks, instance, and what was found."""

KEY = ("outer", "inner", "instance")

_QUICK = ("N1", "closedness rules", "ranks", "C4' on two rows", "C4' on two columns")

Row = tuple[int, int, int, bool, str, str, str | None, float]


@dataclass(frozen=True)
class Setup:
    """What the verdict on a random pattern depends on, beside the numbers of ones and of the instance.

    Attributes
    ----------
    widths
        Output dimension, hidden units, input dimension.
    seed
        Of the random supports.
    engine
        ``quick``: the linear-time obstruction, the rules for closedness and the search on pairs of lines,
        some milliseconds each for widths of 100; ``full``: everything that ``semialg check`` tries.
    work
        Elementary steps for each search of the engine.
    """

    widths: tuple[int, int, int] = (100, 100, 100)
    seed: int = 0
    engine: str = "quick"
    work: int = 10_000


def random_pattern(setup: Setup, outer: int, inner: int, instance: int) -> Pattern:
    """Return two masks with exactly so many ones, each such pair with the same probability.

    The same on every machine and with every version of numpy: the ones are where the raw numbers of the
    PCG64 generator are smallest. Linear in the number of entries.

    Examples
    --------
    >>> pattern = random_pattern(Setup((2, 3, 2)), 4, 2, instance=0)
    >>> [mask.ones for mask in pattern.masks], pattern.widths
    ([4, 2], (2, 3, 2))
    """
    outputs, hidden, inputs = setup.widths
    source = np.random.PCG64(np.random.SeedSequence([setup.seed, outer, inner, instance]))
    masks = []
    for rows, columns, ones in ((outputs, hidden, outer), (hidden, inputs, inner)):
        places = _smallest(source.random_raw(rows * columns), ones)
        masks.append(Mask.from_entries((rows, columns), places // columns, places % columns))
    return Pattern(masks)


def _smallest(keys: NDArray[np.uint64], count: int) -> NDArray[np.intp]:
    """Return where so many smallest keys are, in order; of equal keys the first ones count as smaller."""
    largest = np.partition(keys, count - 1)[count - 1]
    below, equal = np.flatnonzero(keys < largest), np.flatnonzero(keys == largest)
    return np.sort(np.concatenate([below, equal[: count - len(below)]]))


def judge(setup: Setup, outer: int, inner: int, first: int, last: int) -> list[Row]:
    """Return the rows of the instances ``first``, ..., ``last - 1`` with so many ones in the two masks.

    A verdict is noted only if the independent checker accepts its certificate; otherwise it is ``unknown``.

    Examples
    --------
    >>> [row[:5] for row in judge(Setup((2, 2, 2)), 4, 4, 0, 2)]
    [(4, 4, 0, False, 'closed'), (4, 4, 1, False, 'closed')]
    """
    return [_row(setup, outer, inner, instance) for instance in range(first, last)]


def judge_all(setup: Setup, tasks: Sequence[tuple[int, int, int, int]]) -> list[Row]:
    """Return the rows of several tasks, each given by the arguments of :func:`judge` after the first."""
    return [row for task in tasks for row in judge(setup, *task)]


def _row(setup: Setup, outer: int, inner: int, instance: int) -> Row:
    start = perf_counter()
    pattern = random_pattern(setup, outer, inner, instance)
    found = _propose(setup, pattern)
    # N1 comes first and misses nothing that it is about. For one hidden layer it is Lemma B.8: the fourth
    # entry lies in the rectangle of the unit, and that it is not private means that some other unit covers
    # it too.
    lemma = found is not None and found.method == "N1"
    verdict, method, checked = "unknown", "none", None
    if found is not None:
        status = _status(pattern, found)
        if status != "invalid":
            verdict, method, checked = found.verdict, found.method, status
    return outer, inner, instance, lemma, verdict, method, checked, perf_counter() - start


def _propose(setup: Setup, pattern: Pattern) -> Found | None:
    """Return what the first attempt that finds something finds."""
    budget = Budget(setup.work)
    for name, attempt in ATTEMPTS:
        found = attempt(pattern, budget) if setup.engine == "full" or name in _QUICK else None
        if found is not None:
            return found
    return None


def _status(pattern: Pattern, found: Found) -> str:
    """Return what the checker says of a certificate, which here names the masks by their hash.

    That is how larger patterns are named anyway, and spares the checker reading lists of all entries twice.
    """
    document = found.certificate.document
    claim = {"kind": found.verdict, "masks_sha256": pattern.sha256}
    masks = [
        checker.BitMask.from_packed(mask.rows, mask.columns, np.packbits(mask.to_dense()).tobytes())
        for mask in pattern.masks
    ]
    return checker.check({**document, "claim": claim}, masks).status
