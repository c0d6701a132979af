"""Masks near those of a chain of layers for which the set of products is closed, with proof.

Candidates, each closed by construction; the engine and the checker confirm the one that is taken:

*nearest*
    Two layers: the pattern of the fewest edits that is known (:mod:`semialg.suggest.nearest`).
*lines*
    Two layers: every hidden unit keeps one output or one input, whichever loses less (R4).
*forest*
    Any depth: every hidden unit keeps one output (or every one keeps one input). With these weights set to 1,
    the product runs through a coordinate subspace, and nothing else can be reached: closed.
*blocks*
    Any depth: block diagonal masks of g parts (C3).
*dense*
    All entries.

Measured by the number of entries that change, or by the magnitude of the weights that are lost: then
the masks get no denser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from semialg.errors import PatternError
from semialg.pattern.pattern import Pattern
from semialg.suggest.designs import block_masks
from semialg.suggest.nearest import nearest_closed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from semialg.verdict import Verdict

__all__ = ["MEASURES", "Repair", "repair"]

MEASURES = ("entries", "magnitude")
_PARTS = (2, 4, 8, 16, 32, 64)
_NEAREST = 2**13
_CONFIRMED = 4
"""Candidates that are put to the engine before the search gives up."""


@dataclass(frozen=True)
class Repair:
    """A closed pattern in place of another.

    Attributes
    ----------
    before
        The pattern that was given.
    after
        The closed pattern; None if none was confirmed.
    how
        The candidate: ``nothing`` if the given pattern is closed already.
    added, removed
        How many entries were added and removed.
    lost
        The share of the magnitude of the weights (sum of absolute values) that is lost; None without weights.
    verdict
        The checked verdict on the pattern after, or on the one before if there is none.
    """

    before: Pattern
    after: Pattern | None
    how: str
    added: int
    removed: int
    lost: float | None
    verdict: Verdict


def repair(
    pattern: Pattern,
    weights: Sequence[NDArray[np.float64]] | None = None,
    *,
    by: str = "entries",
    seconds: float = 10.0,
    time_limit: float | None = 60.0,
) -> Repair:
    """Return a certified-closed pattern that changes as little as is found.

    Parameters
    ----------
    pattern
        The masks, any number of layers.
    weights
        The weights, in product order as the masks; needed for ``by="magnitude"``.
    by
        ``entries``: as few entries as possible change; ``magnitude``: as little weight as possible is lost,
        by masks that are no denser.
    seconds
        Time for the search for the fewest edits, where it is tried.
    time_limit
        Seconds for each verdict.

    Raises
    ------
    PatternError
        If the measure is not known, or weights are missing or of other shapes.

    Examples
    --------
    >>> found = repair(Pattern.parse("lu:2"))
    >>> found.how, found.added, found.removed, found.verdict.verdict
    ('nearest', 1, 0, 'closed')
    >>> found = repair(Pattern.parse("lu:2"), [np.eye(2), np.eye(2)], by="magnitude")
    >>> found.lost
    0.0
    """
    from semialg.verdict import check

    if by not in MEASURES:
        raise PatternError(f"the measure is {by!r}; expected one of {', '.join(MEASURES)}")
    shapes = [(mask.rows, mask.columns) for mask in pattern.masks]
    if by == "magnitude" and weights is None:
        raise PatternError("the weights are not known; expected them for a repair by magnitude")
    if weights is not None and [w.shape for w in weights] != shapes:
        given = [w.shape for w in weights]
        raise PatternError(f"weights have shapes {given}; expected those of the masks, {shapes}")
    verdict = check(pattern, time_limit=time_limit)
    old = [mask.to_dense() for mask in pattern.masks]
    sizes = [
        np.where(mask, 1.0 if weights is None else np.abs(weights[at]), 0.0) for at, mask in enumerate(old)
    ]
    if verdict.verdict == "closed":
        return Repair(pattern, pattern, "nothing", 0, 0, None if weights is None else 0.0, verdict)
    found = []
    for how, masks in _candidates(pattern, old, sizes, seconds, time_limit):
        added = sum(int((new & ~was).sum()) for new, was in zip(masks, old, strict=True))
        removed = sum(int((was & ~new).sum()) for new, was in zip(masks, old, strict=True))
        lost = sum(float(size[~new].sum()) for new, size in zip(masks, sizes, strict=True))
        if by == "magnitude" and added > removed:
            continue  # all entries lose nothing, and are no answer for a sparse network
        changed = added + removed
        found.append(
            ((changed, lost) if by == "entries" else (lost, changed), how, masks, added, removed, lost)
        )
    found.sort(key=lambda candidate: candidate[0])
    whole = sum(float(size.sum()) for size in sizes)
    for _, how, masks, added, removed, lost in found[:_CONFIRMED]:
        after = Pattern(masks, pattern.names)
        confirmed = check(after, time_limit=time_limit)
        if confirmed.verdict == "closed":
            share = None if weights is None else lost / whole if whole else 0.0
            return Repair(pattern, after, how, added, removed, share, confirmed)
    return Repair(pattern, None, "none was confirmed", 0, 0, None, verdict)


def _candidates(
    pattern: Pattern,
    old: Sequence[NDArray[np.bool_]],
    sizes: Sequence[NDArray[np.float64]],
    seconds: float,
    time_limit: float | None,
) -> Iterator[tuple[str, list[NDArray[np.bool_]]]]:
    yield "dense", [np.ones_like(mask) for mask in old]
    pairs = list(zip(old, sizes, strict=True))
    outputs = [_best(mask, size, axis=0) for mask, size in pairs[:-1]]
    inputs = [_best(mask, size, axis=1) for mask, size in pairs[1:]]
    yield "forest, one output for each unit", [*outputs, old[-1]]
    yield "forest, one input for each unit", [old[0], *inputs]
    for parts in _PARTS:
        if parts <= min(pattern.widths):
            yield f"{parts} blocks", [mask.to_dense() for mask in block_masks(pattern.widths, parts)]
    if pattern.layers == 2:
        yield "lines", _lines(old, sizes)
        if sum(mask.size for mask in old) <= _NEAREST:
            try:
                near = nearest_closed(pattern, seconds=seconds, time_limit=time_limit)
            except PatternError:  # it was not confirmed in time
                return
            yield "nearest", [mask.to_dense() for mask in near.pattern.masks]


def _best(mask: NDArray[np.bool_], size: NDArray[np.float64], *, axis: int) -> NDArray[np.bool_]:
    """Keep the largest entry of every column (axis 0) or row (axis 1)."""
    at = np.expand_dims(np.where(mask, size, -1.0).argmax(axis=axis), axis)
    kept = np.zeros_like(mask)
    np.put_along_axis(kept, at, True, axis=axis)
    return kept & mask


def _lines(old: Sequence[NDArray[np.bool_]], sizes: Sequence[NDArray[np.float64]]) -> list[NDArray[np.bool_]]:
    """Let every hidden unit keep one output, or one input, whichever loses less."""
    left, right = old
    outputs, inputs = _best(left, sizes[0], axis=0), _best(right, sizes[1], axis=1)
    by_outputs = np.where(outputs, 0.0, sizes[0]).sum(axis=0)
    by_inputs = np.where(inputs, 0.0, sizes[1]).sum(axis=1)
    cut = by_outputs <= by_inputs
    return [np.where(cut[None, :], outputs, left), np.where(cut[:, None], right, inputs)]
