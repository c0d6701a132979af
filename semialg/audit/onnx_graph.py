"""Linear layers of an ONNX model, in the order of its graph (the package ``onnx`` is optional).

The graph is followed, so activations and branches are seen: a layer follows another if its input is the
other's output, through nodes that act on every neuron alone, and nothing else uses that output. ``Gemm`` and
``MatMul`` nodes hold the weight on either side and may transpose it; initializers may be dense or sparse,
and pass through ``Transpose``, ``Identity`` and ``Cast`` first.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from semialg.audit.model import Layer, Skipped, following
from semialg.audit.tensors import MAX_ENTRIES
from semialg.errors import PatternError
from semialg.pattern.mask import Mask
from semialg.pattern.reading import show

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["parts_of_onnx"]

_ELEMENTWISE = {
    "Relu", "Tanh", "Sigmoid", "Gelu", "LeakyRelu", "Elu", "Selu", "Celu", "Softplus", "Softsign",
    "HardSigmoid", "HardSwish", "Mish", "Erf", "PRelu", "ThresholdedRelu",
}  # fmt: skip
_THROUGH = {"Identity", "Dropout", "Cast", "Flatten", "BatchNormalization"}
_WITH_CONSTANT = {"Add", "Sub", "Mul", "Div"}
_LARGEST_FILE = 2**31


def parts_of_onnx(path: Path) -> tuple[list[Layer | Skipped], tuple[str, ...]]:
    """Return the layers of an ONNX file and what breaks the chains between them, and notes.

    Raises
    ------
    PatternError
        If the package is missing, or the file is no ONNX model.
    """
    try:
        onnx = importlib.import_module("onnx")
        decode_error = importlib.import_module("google.protobuf.message").DecodeError
    except ImportError:
        raise PatternError(
            "the package onnx reads this file and is not installed; install it with: "
            "pip install 'semialg-closedness[onnx]'"
        ) from None
    if path.stat().st_size > _LARGEST_FILE:
        raise PatternError(f"the file is larger than {_LARGEST_FILE} bytes, which no ONNX file may be")
    try:
        model = onnx.load(str(path), load_external_data=False)
    except (decode_error, ValueError, RuntimeError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise PatternError(f"it is not an ONNX model ({show(first)})") from None
    if not model.graph.node:
        raise PatternError("the graph of the ONNX model has no node; expected a model")
    return _Graph(onnx, model.graph, path).parts()


@dataclass
class _Constant:
    """A matrix of the file, not read yet; transposed on the way if ``turned``."""

    tensor: Any
    sparse: bool
    shape: tuple[int, ...]
    turned: bool = False
    factors: tuple[_Constant, ...] = ()


class _Graph:
    def __init__(self, onnx: Any, graph: Any, path: Path) -> None:
        self._onnx, self._graph, self._path = onnx, graph, path
        self._constants: dict[str, _Constant] = {}
        for tensor in graph.initializer:
            self._constants[tensor.name] = _Constant(tensor, False, tuple(tensor.dims))
        for tensor in graph.sparse_initializer:
            self._constants[tensor.values.name] = _Constant(tensor, True, tuple(tensor.dims))
        self._makers: dict[str, Any] = {}
        self._uses: dict[str, int] = {output.name: 1 for output in graph.output}
        for node in graph.node:
            self._constant_of(node)
            for name in node.output:
                self._makers[name] = node
            for name in node.input:
                self._uses[name] = self._uses.get(name, 0) + 1

    def parts(self) -> tuple[list[Layer | Skipped], tuple[str, ...]]:
        linear: dict[str, Layer] = {}
        ends: dict[str, tuple[str | None, str]] = {}
        skipped: list[Skipped] = []
        for node in self._graph.node:
            if node.op_type in {"Gemm", "MatMul"}:
                found = self._linear(node)
                if isinstance(found, Skipped):
                    skipped.append(found)
                else:
                    layer, data = found
                    linear[node.output[0]] = layer
                    ends[node.output[0]] = self._back(data, linear)
            elif not self._harmless(node):
                skipped.append(
                    Skipped(self._name(node), f"a node of type {node.op_type}, not a linear layer")
                )
        notes = ["the graph of the model was followed, so branches and activations are known"]
        return self._ordered(linear, ends, skipped), tuple(notes)

    def _ordered(
        self, linear: dict[str, Layer], ends: dict[str, tuple[str | None, str]], skipped: list[Skipped]
    ) -> list[Layer | Skipped]:
        """List chains of layers one after the other, with a break between them."""
        parts: list[Layer | Skipped] = [Skipped(s.name, s.reason, breaks=False) for s in skipped]
        for output, (before, why) in ends.items():
            if before is not None:
                continue
            if why:
                parts.append(Skipped(f"before {linear[output].name}", why))
            elif parts and isinstance(parts[-1], Layer):
                parts.append(Skipped(f"before {linear[output].name}", "another branch of the graph begins"))
            parts += self._with_joins(following(output, linear, ends), output, ends)
        used = {name for node in self._graph.node for name in node.input}
        parts += [
            Skipped(show(name, 80), "an initializer that no node uses", breaks=False, weights=prod(c.shape))
            for name, c in self._constants.items()
            if len(c.shape) > 1 and name not in used
        ]
        return parts

    def _with_joins(
        self, chain: list[Layer], output: str, ends: dict[str, tuple[str | None, str]]
    ) -> list[Layer]:
        """Return a chain; its layers are doubted if what comes out is put together with another branch."""
        after = {source: at for at, (source, _) in ends.items() if source is not None}
        at = output
        while at in after:
            at = after[at]
        while True:
            users = [node for node in self._graph.node if at in node.input]
            if len(users) != 1 or self._single_input(users[0]) != at:
                break
            at = users[0].output[0]
        for node in users:
            others = [i for i in node.input if i not in self._constants and i != at]
            if others and node.op_type not in {"Gemm", "MatMul"}:
                text = (
                    f"what comes out of {chain[-1].name} is put together with another branch "
                    f"({self._name(node)}): with such a skip connection the set of functions is another"
                )
                return [replace(layer, doubts=(*layer.doubts, text)) for layer in chain]
        return chain

    def _constant_of(self, node: Any) -> None:
        """Follow constants through the nodes that only rearrange them."""
        if node.op_type == "Constant":
            for attribute in node.attribute:
                if attribute.name == "value":
                    self._constants[node.output[0]] = _Constant(attribute.t, False, tuple(attribute.t.dims))
                elif attribute.name == "sparse_value":
                    tensor = attribute.sparse_tensor
                    self._constants[node.output[0]] = _Constant(tensor, True, tuple(tensor.dims))
        elif node.op_type == "Mul" and all(i in self._constants for i in node.input):
            sides = [self._constants[i] for i in node.input]
            if sides[0].shape == sides[1].shape and not any(s.turned or s.factors or s.sparse for s in sides):
                self._constants[node.output[0]] = replace(sides[0], factors=(sides[1],))
        elif node.op_type in {"Identity", "Cast"} and node.input[0] in self._constants:
            self._constants[node.output[0]] = self._constants[node.input[0]]
        elif node.op_type == "Transpose" and node.input[0] in self._constants:
            source = self._constants[node.input[0]]
            if len(source.shape) == 2:
                order = next((list(a.ints) for a in node.attribute if a.name == "perm"), [1, 0])
                turn = order == [1, 0]
                self._constants[node.output[0]] = replace(
                    source, shape=source.shape[::-1] if turn else source.shape, turned=source.turned != turn
                )

    def _linear(self, node: Any) -> tuple[Layer, str] | Skipped:
        name = self._name(node)
        constant = [self._constants.get(i) for i in node.input[:2]]
        flags = {a.name: a.i for a in node.attribute if a.name in {"transA", "transB"}}
        if len(constant) != 2 or (constant[0] is None) == (constant[1] is None):
            what = "two computed matrices" if len(constant) == 2 and constant[0] is None else "two constants"
            return Skipped(name, f"a product of {what}, not a layer with a weight")
        side = 0 if constant[1] is None else 1
        weight = constant[side]
        if weight is None or len(weight.shape) != 2 or 0 in weight.shape:
            return Skipped(name, "a product with a weight that is not a matrix")
        if flags.get("transA" if side else "transB", 0):
            return Skipped(name, "a product with the transposed input, whose neurons are in rows")
        # x W has the outputs in the columns of W, W x in its rows; the node may transpose W once more.
        turn = (side == 1) != bool(flags.get("transB" if side else "transA", 0))
        shape = weight.shape[::-1] if turn else weight.shape

        def load() -> Mask:
            array = self._nonzero(weight, name)
            for factor in weight.factors:
                array = array & self._nonzero(factor, name)
            return Mask.from_dense(array.T if turn != weight.turned else array, f"the weight of '{name}'")

        source = "sparse initializer" if weight.sparse else "nonzero entries of the initializer"
        if weight.factors:
            source = "product of two initializers"
        return Layer(name, shape[0], shape[1], source, load), node.input[1 - side]

    def _back(self, data: str, linear: dict[str, Layer]) -> tuple[str | None, str]:
        """Return the output of the layer before, with its activation; or None, with what is in between."""
        activations: list[str] = []
        while data not in linear:
            node = self._makers.get(data)
            if node is None:
                return None, ""
            step = self._single_input(node)
            if step is None:
                return None, f"it takes its input from {self._name(node)}, a node of type {node.op_type}"
            if self._uses.get(data, 0) > 1:
                return None, f"the output of {self._name(node)} is used more than once (a branch or a skip)"
            if node.op_type in _ELEMENTWISE:
                activations.append(node.op_type)
            data = step
        if self._uses.get(data, 0) > 1:
            return None, f"the output of {linear[data].name} is used more than once (a branch or a skip)"
        return data, ", ".join(reversed(activations))

    def _single_input(self, node: Any) -> str | None:
        if node.op_type in _ELEMENTWISE | _THROUGH:
            return str(node.input[0])
        if node.op_type in _WITH_CONSTANT:
            computed = [i for i in node.input if i not in self._constants]
            return str(computed[0]) if len(computed) == 1 else None
        return None

    def _harmless(self, node: Any) -> bool:
        constant = node.output and node.output[0] in self._constants
        return bool(constant) or self._single_input(node) is not None

    def _name(self, node: Any) -> str:
        """Name a layer after its weight, which keeps the module's name, or after the node."""
        for i in node.input[:2] if node.op_type in {"Gemm", "MatMul"} else []:
            constant = self._constants.get(i)
            if constant is not None:
                values = constant.tensor.values if constant.sparse else constant.tensor
                if values.name and not values.name.startswith("onnx::"):
                    return show(values.name.removesuffix(".weight"), 80)
        return show(node.name or (node.output[0] if node.output else node.op_type), 80)

    def _nonzero(self, constant: _Constant, name: str) -> NDArray[np.bool_]:
        """Return where the stored matrix, before any transposition, is not zero."""
        tensor = constant.tensor
        shape = tuple(tensor.dims)
        if prod(shape) > MAX_ENTRIES or any(side < 1 for side in shape):
            raise PatternError(
                f"the weight of '{name}' has shape {show(list(shape))}; expected a smaller one"
            )
        if not constant.sparse:
            return np.asarray(self._array(tensor, name).reshape(shape) != 0)
        values = self._array(tensor.values, name).ravel()
        places = self._array(tensor.indices, name)
        if places.ndim == 2 and places.shape[1:] == (2,):
            inside = bool((places >= 0).all() and (places < np.array(shape)).all())
            flat = places[:, 0] * shape[1] + places[:, 1]
        else:
            flat = places.ravel()
            inside = bool(((flat >= 0) & (flat < prod(shape))).all())
        if len(flat) != len(values) or not inside or len(np.unique(flat)) != len(flat):
            raise PatternError(
                f"the sparse weight of '{name}' has indices that do not fit its shape or values"
            )
        dense = np.zeros(prod(shape), dtype=np.bool_)
        dense[flat[values != 0]] = True
        return dense.reshape(shape)

    def _array(self, tensor: Any, name: str) -> NDArray[Any]:
        try:
            folder = str(self._path.resolve().parent)
            if tensor.data_location == self._onnx.TensorProto.EXTERNAL:
                checker = importlib.import_module("onnx.external_data_helper")
                checker.load_external_data_for_tensor(tensor, folder)
            array: NDArray[Any] = self._onnx.numpy_helper.to_array(tensor)
        except (ValueError, TypeError, OSError, self._onnx.checker.ValidationError) as error:
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise PatternError(f"the weight of '{name}' cannot be read ({show(first)})") from None
        return array.astype(np.float32) if array.dtype.kind not in "biuf" else array
