"""Whether the order of the layers is known: order in the file, numbers in names, and widths must agree."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from semialg.audit.model import Layer, Skipped, chains_of
from semialg.audit.names import words
from semialg.pattern.reading import in_natural_order

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["doubts_of_order", "sorted_by_name"]

# Words for layers near the input and near the output, where one of each tells the order of two layers.
_EARLY = frozenset(
    {"in", "input", "up", "enc", "encoder", "encode", "intermediate", "first", "wi", "embed", "stem"}
)
_LATE = frozenset(
    {"out", "output", "down", "dec", "decoder", "decode", "last", "final", "wo", "head", "classifier", "proj",
     "readout"}
)  # fmt: skip


def doubts_of_order(parts: Sequence[Layer | Skipped], *, ordered: bool) -> tuple[str, ...]:
    """Return why the order of the layers may be another one than that of the parts; empty where all agrees.

    Parameters
    ----------
    parts
        Layers and what is between them, in the order that is taken.
    ordered
        Whether this is the order in which the file lists them (then names must not contradict it), or the
        natural order of the names (then it must be the only one that fits, or names must tell).

    Examples
    --------
    >>> def layer(name, outputs, inputs):
    ...     return Layer(name, outputs, inputs, "mask", lambda: None)
    >>> doubts_of_order([layer("fc1", 5, 3), layer("fc2", 3, 5)], ordered=True)
    ()
    >>> len(doubts_of_order([layer("fc2", 5, 3), layer("fc1", 3, 5)], ordered=True))
    1
    >>> len(doubts_of_order([layer("alpha", 5, 3), layer("beta", 3, 5)], ordered=False))
    1
    """
    layers = [part for part in parts if isinstance(part, Layer)]
    names = [layer.name for layer in layers]
    natural = [layer.name for layer in sorted_by_name(layers)]
    ask = (
        "say it with --order network (as the file lists them), --order names, --order product, or --chain "
        "FIRST,SECOND"
    )
    unknown = "the order of the layers is not known"
    here, back = _links(parts), _links(list(reversed(parts)))
    if ordered and names != natural:
        why = (
            f"the file lists {_some(names)}, but the numbers in the names say {_some(natural)}, and the "
            f"widths fit {_fitting(parts, layers)}"
        )
    elif back > here:
        why = (
            f"in the order {_some(names)} widths fit at {here} of {len(layers) - 1} places, in the reverse "
            f"order at {back}"
        )
    else:
        why = "" if ordered else _untold(parts, names)
    return (f"{unknown}: {why}; {ask}",) if why else ()


def _untold(parts: Sequence[Layer | Skipped], names: Sequence[str]) -> str:
    """Return why names and widths do not tell the order of layers that the file does not keep."""
    chains, skipped = chains_of(parts)
    untold = [pair for pair in pairwise(names) if not _names_tell(*pair)]
    if untold and any("do not follow one another" in part.reason for part in skipped):
        pair = " and ".join(untold[0])
        return f"the file does not keep it, the names of {pair} do not tell, and not all widths fit"
    for chain in chains:
        for first, second in pairwise(chain.layers):
            if second.outputs == first.inputs and not _names_tell(first.name, second.name):
                return f"the file does not keep it, and {first.name} and {second.name} fit either way"
    return ""


def sorted_by_name(layers: Sequence[Layer]) -> list[Layer]:
    """Return layers with those whose names differ in their numbers alone sorted by these, at the same places.

    Examples
    --------
    >>> found = [Layer(n, 1, 1, "mask", lambda: None) for n in ("stem", "fc10", "head", "fc9")]
    >>> [layer.name for layer in sorted_by_name(found)]
    ['stem', 'fc9', 'head', 'fc10']
    """
    found = list(layers)
    kinds: dict[str, list[int]] = {}
    for at, layer in enumerate(found):
        kinds.setdefault(re.sub(r"\d+", "#", layer.name), []).append(at)
    for places in kinds.values():
        by_name = {found[at].name: found[at] for at in places}
        for at, name in zip(places, in_natural_order(by_name), strict=False):
            found[at] = by_name[name]
    return found


def _names_tell(before: str, after: str) -> bool:
    """Whether two names, in natural order, say by themselves which layer comes first."""
    for first, second in zip(words(before), words(after), strict=False):
        if first == second:
            continue
        if first.isdigit() and second.isdigit():
            return True
        break
    one, two = set(words(before)), set(words(after))
    early, late = one - two, two - one
    return bool(early & _EARLY or late & _LATE) and not early & _LATE and not late & _EARLY


def _links(parts: Sequence[Layer | Skipped]) -> int:
    return sum(len(chain.layers) - 1 for chain in chains_of(parts)[0])


def _fitting(parts: Sequence[Layer | Skipped], layers: Sequence[Layer]) -> str:
    orders = {
        "the order of the file": _links(parts),
        "that of the names": _links(sorted_by_name(layers)),
        "the reverse order of the file": _links(list(reversed(parts))),
    }
    best = max(orders.values())
    return " and ".join(name for name, links in orders.items() if links == best)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 6 else f"{', '.join(names[:3])}, ..., {names[-1]}"
