"""From the tensors of a state dict to linear layers, in network order.

:mod:`semialg.audit.assign` says which tensor is the weight and which the mask of a layer.
A mask smaller than its weight by whole factors is a block mask: each of its entries stands for a block.
A weight is (outputs, inputs), except where a bias says otherwise (then it is stored transposed).

A state dict does not say what happens between layers. Tensors that cannot belong to a linear layer break the
chain: convolutions, recurrent layers, embeddings, attention and gates, normalization other than batch
normalization, anything unknown.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from semialg.audit.assign import Slot, assign
from semialg.audit.entries import shared_weights, strange_entries
from semialg.audit.model import Layer, Skipped
from semialg.audit.names import NATURALLY_TURNED, calls_itself_mask, layer_name, no_linear_layer, role_of
from semialg.errors import PatternError
from semialg.pattern.mask import Mask
from semialg.pattern.reading import in_natural_order, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from semialg.audit.tensors import Tensor

__all__ = ["STATE_DICT_NOTE", "parts_of_tensors"]

STATE_DICT_NOTE = (
    "a file of weights does not show activations, skip connections or branches: layers are taken to follow "
    "one another with ReLU in between wherever their widths fit; state the order with --chain, or audit the "
    "module or its ONNX export, if that is not so"
)
_UNORDERED_NOTE = (
    "the file does not keep the order of the layers: it is the natural order of their names, and the places "
    "of normalization layers are not known"
)

_VECTORS = re.compile(
    r"(^|[._])(bias\w*|b\d*|num_batches_tracked|running_mean|running_var|inv_freq|row_offsets|compressed)$"
)
_SCALES = re.compile(r"(^|[._])((weight_)?scale\w*|zero_point)$")
_LARGEST_1D_ACTIVATION = 1
_CONV1D = re.compile(r"(^|\.)c_(fc|proj|attn)$")


def parts_of_tensors(
    tensors: Sequence[Tensor], *, ordered: bool
) -> tuple[list[Layer | Skipped], tuple[str, ...]]:
    """Return layers and what is skipped, in network order, and notes about what is not known.

    Parameters
    ----------
    tensors
        The tensors of a state dict.
    ordered
        Whether they come in the order of the network (as torch saves them), not by name.

    Raises
    ------
    PatternError
        If the format is known and cannot be read, or a packed mask does not fit its shape.

    Examples
    --------
    >>> from semialg.audit.tensors import Tensor
    >>> def tensor(name, *shape):
    ...     return Tensor(name, shape, False, lambda: np.ones(shape))
    >>> found = [tensor("fc1.weight", 4, 3), tensor("fc1.bias", 4), tensor("conv.weight", 2, 2, 3, 3)]
    >>> [(part.name, type(part).__name__) for part in parts_of_tensors(found, ordered=True)[0]]
    [('fc1', 'Layer'), ('conv', 'Skipped')]
    """
    by_name = _printable(tensors)
    if not ordered:
        by_name = {name: by_name[name] for name in in_natural_order(by_name)}
    slots, left = assign(by_name)
    for name, reasons in shared_weights(slots).items():
        slots[name].doubts += reasons
    parts: list[Layer | Skipped] = []
    group = role = None
    for base, slot in slots.items():
        part = _part(base, slot, by_name, ordered=ordered)
        if part is None:
            continue
        home = (slot.weight or slot.masks[0][0]).group
        if group is not None and home != group and slot.weight is not None:
            parts.append(
                Skipped(
                    f"before {part.name}", f"another dictionary begins: {show(home or 'the outer one', 60)}"
                )
            )
        group = home
        if role is not None and role_of(part.name) != role:
            parts.append(Skipped(f"before {part.name}", "another network begins, by its name"))
        role = role_of(part.name)
        if (
            parts
            and isinstance(part, Skipped)
            and isinstance(parts[-1], Skipped)
            and ((parts[-1].name, parts[-1].reason) == (part.name, part.reason))
        ):
            # One layer often has several such tensors; one line for it is enough.
            parts[-1] = replace(part, weights=part.weights + parts[-1].weights)
        else:
            parts.append(part)
    parts += [
        Skipped(
            show(item.tensor.name, 80), item.reason, breaks=False, harmless=item.harmless,
            unexplained=not item.harmless,
            weights=0 if item.harmless or calls_itself_mask(item.tensor.name) else item.tensor.entries,
        )
        for item in left
    ]  # fmt: skip
    return parts, (STATE_DICT_NOTE,) if ordered else (STATE_DICT_NOTE, _UNORDERED_NOTE)


def _printable(tensors: Sequence[Tensor]) -> dict[str, Tensor]:
    """Return the tensors by names without control and bidirectional characters, which no report may hold."""
    found: dict[str, Tensor] = {}
    for tensor in tensors:
        name = show(tensor.name, len(tensor.name) * 10 + 1)
        if name in found:
            raise PatternError(f"there are two tensors called '{show(name, 60)}'; expected distinct names")
        found[name] = replace(tensor, name=name, group=show(tensor.group, len(tensor.group) * 10 + 1))
    return found


def _part(base: str, slot: Slot, tensors: dict[str, Tensor], *, ordered: bool) -> Layer | Skipped | None:
    layer = layer_name(base)
    if slot.bitmask is not None:
        return _bitmask_layer(layer, slot, slot.bitmask)
    tensor = slot.weight or slot.masks[0][0]
    dimensions = len(tensor.shape)
    if _SCALES.search(base) or (dimensions <= 1 and _VECTORS.search(base)):
        return None
    reason = no_linear_layer(base)
    if reason is not None and dimensions > 1:
        return Skipped(layer, reason, weights=tensor.entries)
    if dimensions == 2:
        if 0 in tensor.shape:
            return Skipped(layer, "a matrix without entries")
        if tensor.integer and not slot.masks and base.endswith("weight") and not _zeros_and_ones(tensor):
            return Skipped(
                layer, "an integer (quantized) weight, whose zeros need not be zeros of the layer",
                weights=tensor.entries,
            )  # fmt: skip
        return _linear(base, layer, slot, tensors)
    if dimensions == 0:
        return None
    if dimensions == 1:
        return _vector(base, layer, tensor, tensors, ordered=ordered)
    shape = " x ".join(map(str, tensor.shape))
    return Skipped(
        layer, f"a convolution or another layer with weights of {dimensions} dimensions ({shape})",
        weights=tensor.entries,
    )  # fmt: skip


def _zeros_and_ones(tensor: Tensor) -> bool:
    return set(np.unique(tensor.load())) == {0, 1}


def _vector(
    base: str, layer: str, tensor: Tensor, tensors: dict[str, Tensor], *, ordered: bool
) -> Skipped | None:
    if f"{layer}.running_mean" in tensors:
        return Skipped(
            layer,
            "a batch normalization: it scales and shifts every neuron, which does not change the verdict on "
            "the masks",
            breaks=False,
            harmless=True,
        )
    if not base.endswith("weight") and not ordered:
        return None
    if tensor.shape[0] <= _LARGEST_1D_ACTIVATION:
        return Skipped(layer, "a scalar parameter, such as that of a PReLU: no ReLU", breaks=ordered)
    return Skipped(layer, "a vector parameter, such as that of a layer normalization", breaks=ordered)


def _linear(base: str, layer: str, slot: Slot, tensors: dict[str, Tensor]) -> Layer:
    weight = slot.weight or slot.masks[0][0]
    rows, columns = weight.shape
    bias = next((tensors[n] for n in (f"{layer}.bias", f"{layer}.bias_orig") if n in tensors), None)
    doubts = [*slot.doubts, *weight.doubts, *(doubt for mask, _ in slot.masks for doubt in mask.doubts)]
    doubts += bias.doubts if bias is not None else ()
    turned = bias is not None and rows != columns and bias.shape == (columns,)
    if NATURALLY_TURNED.search(weight.name):
        turned = True
    elif bias is not None and rows != columns and bias.shape not in {(rows,), (columns,)}:
        doubts.append(f"the bias of '{show(layer, 60)}' fits neither side of its weight")
    elif rows == columns and bias is not None and _CONV1D.search(layer):
        doubts.append(
            f"'{show(layer, 60)}' may be stored transposed (a Conv1D), and its square weight does not tell"
        )
    if turned:
        rows, columns = columns, rows

    def load() -> Mask:
        array = _entries(slot, weight)
        return Mask.from_dense(array.T if turned else array, f"the mask of '{show(layer, 60)}'")

    def look() -> tuple[str, ...]:
        if not slot.masks:
            return strange_entries(layer, weight.load())
        used = weight.load() != 0 if slot.weight is not None else None
        if used is None or not used.any() or (used & _entries(slot, weight)).any():
            return ()
        return (f"the weight of '{show(layer, 60)}' is nonzero only where its mask ({slot.how}) is 0",)

    def values() -> NDArray[np.float64]:
        array = np.asarray(weight.load(), dtype=np.float64)
        return array.T if turned else array

    how = f"{slot.how}, stored transposed" if turned else slot.how
    return Layer(
        layer, rows, columns, how, load, doubts=tuple(dict.fromkeys(doubts)), look=look,
        parameter=base, turned=turned, values=values if slot.weight is not None else None,
    )  # fmt: skip


def _entries(slot: Slot, weight: Tensor) -> NDArray[np.bool_]:
    if not slot.masks:
        return np.asarray(weight.load() != 0)
    total = np.ones(weight.shape, dtype=np.bool_)
    for tensor, _ in slot.masks:
        array = tensor.load()
        called = f"mask '{show(tensor.name, 60)}'"
        if array.dtype.kind != "b":
            bad = (array != 0) & (array != 1)
            if bad.any():
                at = tuple(int(v) for v in np.argwhere(bad)[0])
                raise PatternError(f"entry {at} of {called} is {array[at]}; expected 0 or 1")
        total &= _expanded(array != 0, weight.shape, called)
    return total


def _expanded(mask: NDArray[Any], shape: tuple[int, ...], called: str) -> NDArray[np.bool_]:
    """Return a mask in the shape of its weight; each entry of a block mask stands for a block."""
    if mask.shape == shape:
        return mask
    if mask.ndim != 2 or 0 in mask.shape or shape[0] % mask.shape[0] or shape[1] % mask.shape[1]:
        raise PatternError(
            f"{called} has shape {show(mask.shape)} but its weight has {show(shape)}; expected the same, or "
            "a block mask whose sides divide those of the weight"
        )
    tall, wide = shape[0] // mask.shape[0], shape[1] // mask.shape[1]
    return np.repeat(np.repeat(mask, tall, axis=0), wide, axis=1)


def _bitmask_layer(layer: str, slot: Slot, packed: Tensor) -> Layer | Skipped:
    shape = slot.shape
    if shape is None or shape.shape not in {(2,), (2, 1)} or len(packed.shape) != 2:
        raise PatternError(
            f"'{show(packed.name, 60)}' is a packed mask without a '.shape' of two sides; expected one"
        )
    rows, columns = (int(side) for side in shape.load().ravel())
    if packed.shape != (rows, -(-columns // 8)) or columns < 1:
        raise PatternError(
            f"'{show(packed.name, 60)}' has shape {show(packed.shape)}; expected {rows} x {-(-columns // 8)} "
            f"bytes for a weight of {rows} x {columns}"
        )

    def load() -> Mask:
        bits = np.unpackbits(packed.load().astype(np.uint8), axis=1, bitorder="little")
        if bits[:, columns:].any():
            raise PatternError(f"'{show(packed.name, 60)}' has bits beyond its {columns} columns")
        return Mask.from_dense(bits[:, :columns].astype(np.bool_))

    return Layer(layer, rows, columns, slot.how, load, doubts=tuple(slot.doubts))
