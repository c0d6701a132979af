"""Linear layers of a torch module, in the order of its traced graph (torch.fx).

A layer is a ``Linear``, or any matrix that the module uses in ``F.linear`` or a matrix product with the data:
the weight may be multiplied by masks on the way, as layers that people write themselves do. What the graph
does to a weight and is not understood is named, and the weight is not treated as a layer.
"""

from __future__ import annotations

import importlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from semialg.audit.model import Layer, Skipped, following
from semialg.audit.names import layer_name
from semialg.pattern.mask import Mask
from semialg.pattern.reading import show

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["traced_parts"]

_ACTIVATIONS = {
    "ReLU", "ReLU6", "Tanh", "Sigmoid", "GELU", "LeakyReLU", "ELU", "SELU", "CELU", "SiLU", "Mish", "PReLU",
    "Softplus", "Softsign", "Hardtanh", "Hardsigmoid", "Hardswish", "relu", "relu6", "tanh", "sigmoid",
    "gelu", "leaky_relu", "elu", "selu", "silu", "relu_", "mish", "softplus",
}  # fmt: skip
_THROUGH = {
    "Dropout",
    "AlphaDropout",
    "Identity",
    "BatchNorm1d",
    "Flatten",
    "dropout",
    "flatten",
    "contiguous",
}
_PRODUCTS = {"matmul", "mm", "addmm"}
_SAME = {"contiguous", "clone", "to", "type_as", "float", "double", "half", "bfloat16"}
_TURNS = {"t", "transpose", "swapaxes", "permute", "getattr"}
# What tracing raises for modules whose forward depends on values: named, since it runs foreign code.
_NOT_TRACEABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True)
class _Weight:
    """A weight as an expression of the graph: its name, its masks, whether it is turned."""

    name: str
    masks: tuple[str, ...] = ()
    turned: bool = False


@dataclass(frozen=True)
class _Use:
    """A node that multiplies data by a weight: the layer, and the node of the data."""

    layer: Layer
    data: Any
    masks: tuple[str, ...] = ()


def traced_parts(
    torch: Any, module: Any, layers: Mapping[str, Layer], skipped: Sequence[Skipped]
) -> list[Layer | Skipped] | None:
    """Return the layers in the order of the traced graph; None if the module cannot be traced.

    Parameters
    ----------
    torch, module
        The package, and the module; it is left as it was.
    layers, skipped
        What its state dict shows, by name.
    """
    graph = _graph(torch, module)
    if graph is None:
        return None
    kinds = dict(module.named_modules())
    uses: dict[Any, _Use] = {}
    strange: list[Skipped] = []
    for node in graph.nodes:
        found = _use(torch, module, node, kinds, layers)
        if isinstance(found, Skipped):
            strange.append(found)
        elif found is not None:
            uses[node] = found
    calls: dict[str, int] = {}
    for use in uses.values():
        calls[use.layer.name] = calls.get(use.layer.name, 0) + 1
    linear = {node: use.layer for node, use in uses.items()}
    before = {node: _back(node, uses, kinds, calls) for node in uses}
    masks = {name for use in uses.values() for name in use.masks}
    in_graph = {layer.name for layer in linear.values()}
    parts: list[Layer | Skipped] = [
        replace(s, breaks=False) for s in skipped if s.name not in in_graph and s.name not in masks
    ]
    parts += strange
    parts += [
        Skipped(
            name, "not called as a linear layer in the traced graph", breaks=False,
            weights=layer.outputs * layer.inputs,
        )
        for name, layer in layers.items()
        if name not in in_graph and name not in {s.name for s in strange}
    ]  # fmt: skip
    for node, (source, why) in before.items():
        if source is not None:
            continue
        name = linear[node].name
        if why:
            parts.append(Skipped(f"before {name}", why))
        elif any(isinstance(part, Layer) for part in parts):
            parts.append(Skipped(f"before {name}", "another branch begins at an input of the module"))
        parts += _with_joins(node, linear, before, kinds)
    return parts


def _graph(torch: Any, module: Any) -> Any | None:
    fx = importlib.import_module("torch.fx")

    class Tracer(fx.Tracer):  # type: ignore[misc, name-defined]
        def is_leaf_module(self, part: Any, name: str) -> bool:
            plain = isinstance(part, torch.nn.Linear) and type(part).forward is torch.nn.Linear.forward
            own = isinstance(part, torch.nn.Linear) and not plain
            return plain or (not own and bool(super().is_leaf_module(part, name)))

    with _unchanged(module):
        try:
            return Tracer().trace(module)
        except _NOT_TRACEABLE:
            return None


@contextmanager
def _unchanged(module: Any) -> Iterator[None]:
    """Put every attribute of every part back: hooks that ran while tracing may have set some."""
    before = [
        (
            part,
            dict(part.__dict__),
            {k: dict(part.__dict__[k]) for k in ("_parameters", "_buffers", "_modules")},
        )
        for part in module.modules()
    ]
    try:
        yield
    finally:
        for part, attributes, tables in before:
            part.__dict__.clear()
            part.__dict__.update(attributes)
            for key, table in tables.items():
                part.__dict__[key].clear()
                part.__dict__[key].update(table)


def _use(
    torch: Any, module: Any, node: Any, kinds: Mapping[str, Any], layers: Mapping[str, Layer]
) -> _Use | Skipped | None:
    """Return the layer that a node is, what it is instead, or None if it multiplies by no weight."""
    if node.op == "call_module":
        if isinstance(kinds[node.target], torch.nn.Linear) and node.target in layers:
            return _Use(layers[node.target], _argument(node, 0, "input"))
        return None
    kind = _kind(node, kinds)
    if node.op not in {"call_function", "call_method"} or kind not in {"linear", *_PRODUCTS}:
        return None
    first = 1 if kind == "addmm" else 0
    data, factor = _argument(node, first, "input"), _argument(node, first + 1, "weight")
    weight = _resolve(module, factor, kinds)
    if weight is None:
        inner = [at.target for at in _inside(factor) if at.op == "get_attr"]
        if not inner and kind != "linear":
            return None  # a product of two matrices of data
        what = f"its weight is computed from {', '.join(inner) or 'the data'} in a way that is not understood"
        name = layer_name(inner[0]) if inner else node.name
        size = sum(
            layers[n].outputs * layers[n].inputs for n in {layer_name(i) for i in inner} if n in layers
        )
        return Skipped(name, what, weights=size)
    layer = _layer(module, weight, layers, turned=weight.turned != (kind != "linear"))
    if layer is None:
        return Skipped(layer_name(weight.name), "a product with a weight that is no matrix")
    return _Use(layer, data, weight.masks)


def _argument(node: Any, at: int, name: str) -> Any:
    return node.args[at] if len(node.args) > at else node.kwargs.get(name)


def _resolve(module: Any, node: Any, kinds: Mapping[str, Any]) -> _Weight | None:
    """Read an expression of the graph as a weight times masks, perhaps transposed."""
    if getattr(node, "op", None) == "get_attr":
        return _Weight(node.target)
    kind = _kind(node, kinds) if hasattr(node, "op") else None
    if kind == "mul" and len(node.args) == 2:
        one, two = (_resolve(module, side, kinds) for side in node.args)
        if one is None or two is None or one.turned != two.turned:
            return None
        for weight, mask in ((one, two), (two, one)):
            fixed = not mask.masks and _zero_one(module, mask.name) and not _trained(module, mask.name)
            # A weight may happen to be 0 and 1; two fixed matrices of zeros and ones are no weight.
            if fixed and (_trained(module, weight.name) or not _zero_one(module, weight.name)):
                return replace(weight, masks=(*weight.masks, mask.name))
        return None
    if kind in _TURNS and node.args:
        inner = _resolve(module, node.args[0], kinds)
        plain = {"t": (), "transpose": (0, 1), "swapaxes": (0, 1), "permute": (1, 0), "getattr": ("T",)}[kind]
        turns = tuple(node.args[1:]) in {plain, plain[::-1] if kind in {"transpose", "swapaxes"} else plain}
        return replace(inner, turned=not inner.turned) if inner is not None and turns else None
    if kind in _SAME and node.args:
        return _resolve(module, node.args[0], kinds)
    return None


def _inside(node: Any) -> list[Any]:
    found, todo = [], [node]
    while todo:
        at = todo.pop()
        if hasattr(at, "all_input_nodes") and at not in found:
            found.append(at)
            todo += at.all_input_nodes
    return found


def _tensor(module: Any, name: str) -> Any:
    at = module
    for part in name.split("."):
        at = getattr(at, part)
    return at


def _trained(module: Any, name: str) -> bool:
    return bool(_tensor(module, name).requires_grad)


def _zero_one(module: Any, name: str) -> bool:
    tensor = _tensor(module, name)
    return bool(((tensor == 0) | (tensor == 1)).all())


def _layer(module: Any, weight: _Weight, layers: Mapping[str, Layer], *, turned: bool) -> Layer | None:
    tensor = _tensor(module, weight.name)
    if tensor.dim() != 2 or not tensor.numel():
        return None
    name = layer_name(weight.name.removesuffix("_orig"))
    known = layers.get(name)
    rows, columns = tuple(tensor.shape)[::-1] if turned else tuple(tensor.shape)
    doubts: tuple[str, ...] = ()
    if not isinstance(tensor, importlib.import_module("torch").nn.Parameter):
        doubts = (f"the weight '{show(weight.name, 60)}' is no parameter, so it is not trained",)
    if not weight.masks:
        if known is not None and "nonzero entries" not in known.source:
            doubts = (
                *doubts,
                f"'{show(name, 60)}' has a mask ({known.source}) that the traced graph does not use",
            )
        inherited = () if known is None else known.doubts
        if known is not None and not turned:
            return replace(known, doubts=(*known.doubts, *doubts), outputs=rows, inputs=columns)
        load = partial(_mask, module, weight, turned=turned)
        how = "nonzero entries, stored transposed" if turned else "nonzero entries"
        return Layer(name, rows, columns, how, load, doubts=(*inherited, *doubts))
    inherited = tuple(d for d in known.doubts if "trained" in d or "share" in d) if known is not None else ()
    how = ", ".join(f"{mask.rpartition('.')[2]} (multiplied in the graph)" for mask in weight.masks)
    return Layer(
        name, rows, columns, how, partial(_mask, module, weight, turned=turned), doubts=(*inherited, *doubts)
    )


def _mask(module: Any, weight: _Weight, *, turned: bool) -> Mask:
    tensor = _tensor(module, weight.name).detach()
    if weight.masks:
        total = np.ones(tuple(tensor.shape), dtype=np.bool_)
        for name in weight.masks:
            total &= np.broadcast_to(_tensor(module, name).detach().cpu().numpy() != 0, total.shape)
    else:
        total = (tensor != 0).cpu().numpy()
    return Mask.from_dense(total.T if turned else total, f"the mask of '{show(weight.name, 60)}'")


def _back(
    node: Any, uses: Mapping[Any, _Use], kinds: Mapping[str, Any], calls: Mapping[str, int]
) -> tuple[Any | None, str]:
    """Return the linear layer before one and the activation between; or None and what is in between."""
    name = uses[node].layer.name
    if calls[name] > 1:
        return None, f"{name} is used {calls[name]} times, with shared weights"
    activations: list[str] = []
    at: Any = uses[node].data
    while at not in uses:
        kind = _kind(at, kinds)
        if kind is None:
            return None, ""
        step = _step(at, kinds)
        if step is None:
            return None, f"it takes its input from {at.name} ({kind})"
        if len(at.users) > 1:
            return None, f"the output of {at.name} is used more than once (a branch or a skip connection)"
        if kind in _ACTIVATIONS:
            activations.append("ReLU" if kind in {"relu", "relu_"} else kind)
        at = step
    before = uses[at].layer.name
    if len(at.users) > 1:
        return None, f"the output of {before} is used more than once (a branch or a skip connection)"
    if calls[before] > 1:
        return None, f"{before} is used {calls[before]} times, with shared weights"
    return at, ", ".join(reversed(activations))


def _step(node: Any, kinds: Mapping[str, Any]) -> Any | None:
    """Return the one input of a node that acts on every neuron alone, None for any other node."""
    kind = _kind(node, kinds)
    if kind in _ACTIVATIONS or kind in _THROUGH:
        return node.args[0] if node.args else None
    if kind == "add":  # a bias
        sides = [side for side in node.args if getattr(side, "op", "get_attr") != "get_attr"]
        return sides[0] if len(node.args) == 2 and len(sides) == 1 else None
    return None


def _with_joins(
    node: Any,
    linear: Mapping[Any, Layer],
    before: Mapping[Any, tuple[Any | None, str]],
    kinds: Mapping[str, Any],
) -> list[Layer]:
    """Return a chain; its layers are doubted if what comes out is put together with another branch."""
    chain = following(node, linear, before)
    after = {source: at for at, (source, _) in before.items() if source is not None}
    last = node
    while last in after:
        last = after[last]
    at = last
    while len(at.users) == 1:
        (user,) = at.users
        if _step(user, kinds) is not at:
            break
        at = user
    for user in at.users:
        others = [n for n in user.all_input_nodes if n is not at and n.op != "get_attr"]
        if others and user.op != "output" and user not in linear:
            text = (
                f"what comes out of {linear[last].name} is put together with another branch ({user.name}): "
                "with such a skip connection the set of functions is another"
            )
            return [replace(layer, doubts=(*layer.doubts, text)) for layer in chain]
    return chain


def _kind(node: Any, kinds: Mapping[str, Any]) -> str | None:
    """Return what a node does; None for the input of the network."""
    op = getattr(node, "op", "placeholder")
    if op in {"placeholder", "get_attr"}:
        return None
    if op == "call_module":
        return type(kinds[node.target]).__name__
    return getattr(node.target, "__name__", str(node.target))
