"""What the entries of weights say beyond their zeros: some almost zero, two weights that are the same."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from semialg.pattern.reading import show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from semialg.audit.assign import Slot

__all__ = ["shared_weights", "strange_entries"]

_SCALES = tuple(10.0**-k for k in range(3, 13))
_DENSITY = 8.0
"""Ten times that of a normal distribution at zero, both signs together: trained weights crowd there."""
_CHANCE = 1e-4


def strange_entries(layer: str, weight: NDArray[Any]) -> tuple[str, ...]:
    """Return why the zeros of a weight may not be its mask: entries that are almost zero, or no numbers.

    Entries are almost zero where so many so small ones would hardly come about by chance among weights of
    this size: they are most likely pruned, but not stored as zeros.

    Examples
    --------
    >>> strange_entries("fc1", np.array([[0.5, 1e-9], [-0.7, 0.3]]))[0][:50]
    "1 of 4 entries of the weight of 'fc1' are almost z"
    >>> strange_entries("fc1", np.array([[0.5, 0.0], [-0.7, 0.3]]))
    ()
    """
    if weight.dtype.kind not in "f":
        return ()
    size = np.abs(weight[weight != 0].astype(np.float64))
    if not size.size:
        return ()
    if not np.isfinite(size).all():
        return (f"the weight of '{show(layer, 60)}' holds entries that are infinite or no numbers",)
    typical = float(np.sqrt(np.mean(size**2)))
    for scale in _SCALES:
        count = int(np.count_nonzero(size < scale * typical))
        if count and _tail(count, _DENSITY * scale * size.size) < _CHANCE:
            text = (
                f"{count} of {weight.size} entries of the weight of '{show(layer, 60)}' are almost zero "
                f"(below {scale * typical:.0e}) but not zero: if they are pruned, the mask is another; "
                "set them to zero, or keep masks in the file"
            )
            return (text,)
    return ()


def _tail(count: int, mean: float) -> float:
    """Return a bound on the chance that a Poisson variable reaches a count above its mean (Chernoff)."""
    if count <= mean:
        return 1.0
    return float(np.exp(count - mean - count * np.log(count / mean)))


def shared_weights(slots: Mapping[str, Slot]) -> dict[str, list[str]]:
    """Return, for parameters that are one and the same (or its transpose), the sentence that says so.

    Two weights are taken to be shared if they are one in memory, or if they have the same entries (or those
    of the transpose) and most of these differ from one another, which does not come about by chance.
    """
    seen: dict[tuple[int, int], str] = {}
    found: dict[str, list[str]] = {}
    shapes: dict[tuple[int, ...], list[str]] = {}
    for base, slot in slots.items():
        weight = slot.weight
        if weight is None or len(weight.shape) < 2 or not weight.entries:
            continue
        if weight.storage is not None:
            _note(found, seen.setdefault((weight.storage, weight.entries), base), base)
        if not weight.integer and not weight.boolean:
            shapes.setdefault(tuple(sorted(weight.shape)), []).append(base)
    for same in shapes.values():
        prints: dict[int, list[str]] = {}
        for base in same if len(same) > 1 else ():
            # A sum of bits, so that neither the order of the entries matters, nor rounding.
            bits = _array(slots[base]).view(np.uint64)
            prints.setdefault(int(bits.sum(dtype=np.uint64)), []).append(base)
        for first, second in (pair for alike in prints.values() for pair in combinations(alike, 2)):
            if _same(_array(slots[first]), _array(slots[second])):
                _note(found, first, second)
    return found


def _array(slot: Slot) -> NDArray[np.float64]:
    assert slot.weight is not None  # noqa: S101 - only such are asked for
    return np.ascontiguousarray(slot.weight.load(), dtype=np.float64)


def _same(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    values = first[first != 0]
    if 2 * len(np.unique(values)) <= max(len(values), 2):
        return False
    return np.array_equal(first, second) or np.array_equal(first, second.T)


def _note(found: dict[str, list[str]], first: str, second: str) -> None:
    if first == second:
        return
    text = (
        f"'{show(first, 60)}' and '{show(second, 60)}' hold the same entries: if the layers share one "
        "weight, the set of products is another"
    )
    for base in (first, second):
        if text not in found.setdefault(base, []):
            found[base].append(text)
