"""What an audit sees of a model: linear layers in network order, chains of them, and what was skipped.

A layer's mask has a row for each output and a column for each input, as in ``torch.nn.Linear``. Chains list
layers in *network* order, input first; a :class:`~semialg.pattern.pattern.Pattern` wants product order, which
is the reverse, and :meth:`Chain.pattern` does the turning. Nothing else in the audit deals with the order.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from semialg.errors import PatternError
from semialg.pattern.pattern import Pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from semialg.pattern.mask import Mask

__all__ = [
    "Chain",
    "Layer",
    "Model",
    "NeuronNames",
    "Skipped",
    "chains_of",
    "following",
    "in_one_chain",
    "quoted",
]

K = TypeVar("K")


@dataclass(frozen=True)
class Layer:
    """A linear layer.

    Attributes
    ----------
    name
        The layer's name in the model.
    outputs, inputs
        Rows and columns of its mask.
    source
        Where the mask comes from, for instance ``weight_mask`` or ``nonzero entries``.
    load
        Returns the mask; large checkpoints are read layer by layer.
    activation
        What is applied to the layer's outputs; empty where that is not known, ``none`` where it is
        known to be nothing.
    doubts
        Why the mask, or the set of products that the layer is part of, may be another one: then nothing is
        decided about the layer.
    look
        Returns further doubts, from the entries of the weight.
    parameter
        The name of the weight in the model, where it is known.
    turned
        Whether the weight is stored with a row for each input.
    values
        Returns the weight, with a row for each output; None where only the mask is known.
    """

    name: str
    outputs: int
    inputs: int
    source: str
    load: Callable[[], Mask]
    activation: str = ""
    doubts: tuple[str, ...] = ()
    look: Callable[[], tuple[str, ...]] = tuple
    parameter: str = ""
    turned: bool = False
    values: Callable[[], NDArray[np.float64]] | None = None


@dataclass(frozen=True)
class Skipped:
    """A part of the model that is not treated as a linear layer.

    Attributes
    ----------
    name, reason
        Its name in the model, and why it is skipped.
    breaks
        Whether a chain of layers ends here.
    weights
        How many weights of the model are in it: none of them is looked at.
    harmless
        Whether it is known to change nothing in the verdict on the model.
    unexplained
        Whether it is a tensor that no layer explains: then nothing is called closed.
    """

    name: str
    reason: str
    breaks: bool = True
    weights: int = 0
    harmless: bool = False
    unexplained: bool = False


@dataclass(frozen=True)
class Chain:
    """Linear layers that follow one another, in network order (input first)."""

    layers: tuple[Layer, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the layers, input first."""
        return tuple(layer.name for layer in self.layers)

    def pattern(self, masks: Sequence[Mask]) -> Pattern:
        """Return the pattern of masks given in network order: product order is the reverse.

        Examples
        --------
        >>> from semialg.pattern.mask import Mask
        >>> first, second = Mask.from_dense([[1, 1, 1], [0, 1, 1]]), Mask.from_dense([[1, 1]])
        >>> Chain(()).pattern([first, second]).widths
        (1, 2, 3)
        """
        return Pattern(reversed(masks))


@dataclass(frozen=True)
class Model:
    """The chains of a model.

    Attributes
    ----------
    source
        The file or module.
    chains
        Maximal chains of consecutive linear layers; a chain may have one layer.
    skipped
        What is no linear layer, or of no use, with reasons.
    notes
        What the source does not tell, and what was assumed instead.
    doubts
        Why the chains may be others: then nothing is decided.
    chosen
        Whether the chains are those that the user named: then the verdict is about them alone.
    """

    source: str
    chains: tuple[Chain, ...]
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    chosen: bool = False

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All layers."""
        return tuple(layer for chain in self.chains for layer in chain.layers)


@dataclass(frozen=True)
class NeuronNames:
    """Names of neurons: of a layer's outputs by the layer's name, of the network's inputs by ``input``.

    Examples
    --------
    >>> names = NeuronNames({"fc1": ("TP53", "MYC")})
    >>> names.of("fc1", 1), names.of("fc2", 1)
    ('MYC', 'fc2[1]')
    """

    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, layer: str, index: int) -> str:
        """Return the name of an output of a layer (counted from 0, as in Python)."""
        names = self.known.get(layer, ())
        return names[index] if index < len(names) else f"{layer}[{index}]"


def quoted(name: str) -> str:
    """Return a name as it stands in a sentence: in quotes where it has spaces.

    Examples
    --------
    >>> quoted("fc1[3]"), quoted("Generic Transcription Pathway")
    ('fc1[3]', "'Generic Transcription Pathway'")
    """
    return f"'{name}'" if " " in name else name


def chains_of(parts: Iterable[Layer | Skipped]) -> tuple[tuple[Chain, ...], tuple[Skipped, ...]]:
    """Cut a model's parts, in network order, into chains: at breaks, and where widths do not fit.

    Examples
    --------
    >>> def layer(name, outputs, inputs):
    ...     return Layer(name, outputs, inputs, "weight_mask", lambda: None)
    >>> parts = [layer("a", 4, 8), layer("b", 3, 4), Skipped("conv", "a convolution"), layer("c", 2, 3)]
    >>> [chain.names for chain in chains_of(parts)[0]]
    [('a', 'b'), ('c',)]
    """
    chains: list[list[Layer]] = [[]]
    skipped: list[Skipped] = []
    for part in parts:
        if isinstance(part, Skipped):
            skipped.append(part)
            if part.breaks and chains[-1]:
                chains.append([])
            continue
        before = chains[-1][-1] if chains[-1] else None
        if before is not None and before.outputs != part.inputs:
            skipped.append(
                Skipped(
                    f"{before.name} -> {part.name}",
                    f"{part.name} takes {part.inputs} inputs but {before.name} has {before.outputs} outputs, "
                    "so they do not follow one another",
                )
            )
            chains.append([])
        chains[-1].append(part)
    return tuple(Chain(tuple(chain)) for chain in chains if chain), tuple(skipped)


def following(key: K, linear: Mapping[K, Layer], before: Mapping[K, tuple[K | None, str]]) -> list[Layer]:
    """Return the layers of a graph from one on, each with the activation between it and the next.

    Parameters
    ----------
    key
        The node of the first layer.
    linear
        The layers by their nodes.
    before
        For the node of each layer that of the layer before it, and the activation between the two; None where
        there is no such layer.

    Examples
    --------
    >>> linear = {n: Layer(n, 2, 2, "weight_mask", lambda: None) for n in "ab"}
    >>> [(x.name, x.activation) for x in following("a", linear, {"a": (None, ""), "b": ("a", "Relu")})]
    [('a', 'Relu'), ('b', '')]
    """
    after = {source: node for node, (source, _) in before.items() if source is not None}
    found, at = [linear[key]], key
    while at in after:
        at = after[at]
        found[-1] = replace(found[-1], activation=before[at][1] or "none")
        found.append(linear[at])
    return found


def in_one_chain(model: Model, orders: Sequence[Sequence[str]]) -> Model:
    """Return the model with chains as the user states them: layer names in network order.

    Raises
    ------
    PatternError
        If a layer does not exist, or widths do not fit.
    """
    known = {layer.name: layer for layer in model.layers}
    chains = []
    for order in orders:
        for name in order:
            if name not in known:
                raise PatternError(
                    f"{model.source}: there is no linear layer '{name}'; expected one of "
                    f"{', '.join(list(known)[:20])}"
                )
        layers = tuple(known[name] for name in order)
        for before, after in pairwise(layers):
            if before.outputs != after.inputs:
                raise PatternError(
                    f"{model.source}: {after.name} takes {after.inputs} inputs but {before.name} has "
                    f"{before.outputs} outputs; expected layers that follow one another, input first"
                )
        chains.append(Chain(layers))
    note = "the order of the layers is the one given on the command line"
    named = {name for order in orders for name in order}
    others = tuple(
        Skipped(
            layer.name,
            "not among the layers that were named",
            breaks=False,
            weights=layer.outputs * layer.inputs,
        )
        for layer in model.layers
        if layer.name not in named
    )
    return Model(model.source, tuple(chains), (*model.skipped, *others), (note,), chosen=True)
