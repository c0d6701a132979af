"""ONNX models: orientation against onnx's own evaluation, branches, sparse initializers, what is no layer."""

from __future__ import annotations

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from semialg.audit.audit import audit  # noqa: E402
from semialg.audit.read import read_model  # noqa: E402
from semialg.errors import PatternError  # noqa: E402

W1 = np.array([[1, 0, 2], [0, 3, 4]], dtype=np.float32)  # 2 outputs, 3 inputs
W2 = np.array([[1, 1], [0, 1], [1, 0], [0, 0]], dtype=np.float32)  # 4 outputs, 2 inputs


def save(path, nodes, constants, output="y", sparse=(), opset=17):
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, None)],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
        sparse_initializer=list(sparse),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 9
    onnx.save(model, str(path))
    return model


node = helper.make_node
LAYERS = {
    "gemm, torch layout": (
        [node("Gemm", ["x", "w1", "b1"], ["h"], transB=1)],
        {"w1": W1, "b1": np.ones(2, "f")},
    ),
    "gemm": ([node("Gemm", ["x", "w1"], ["h"])], {"w1": W1.T.copy()}),
    "matmul, input left": ([node("MatMul", ["x", "w1"], ["h"])], {"w1": W1.T.copy()}),
    "transposed first": (
        [node("Transpose", ["w1"], ["t"], perm=[1, 0]), node("MatMul", ["x", "t"], ["h"])],
        {"w1": W1},
    ),
    "transposed twice": (
        [node("Transpose", ["w1"], ["t"], perm=[1, 0]), node("Gemm", ["x", "t"], ["h"], transB=1)],
        {"w1": W1.T.copy()},
    ),
    "constant node": (
        [
            node("Constant", [], ["w1"], value=numpy_helper.from_array(W1.T.copy(), "c")),
            node("MatMul", ["x", "w1"], ["h"]),
        ],
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", LAYERS)
def test_orientation_agrees_with_evaluation(tmp_path, how: str) -> None:
    nodes, constants = LAYERS[how]
    rest = [node("Relu", ["h"], ["r"]), node("Gemm", ["r", "w2"], ["y"], transB=1)]
    model = save(tmp_path / "m.onnx", [*nodes, *rest], {**constants, "w2": W2})
    evaluator = pytest.importorskip("onnx.reference").ReferenceEvaluator(model)
    # Column i of the layer's map is what it does to the i-th unit vector, its bias taken away.
    zero = evaluator.run(["h" if "h" in evaluator.output_names else "y"], {"x": np.zeros((1, 3), "f")})[0]
    assert zero.shape == (1, 4)
    loaded = read_model([str(tmp_path / "m.onnx")])
    (chain,) = loaded.chains
    assert chain.layers[0].activation == "Relu"
    pattern = chain.pattern([layer.load() for layer in chain.layers])
    assert pattern.to_lists() == [(W2 != 0).astype(int).tolist(), (W1 != 0).astype(int).tolist()]


def test_a_weight_on_the_left_has_its_outputs_in_rows(tmp_path) -> None:
    nodes = [
        node("MatMul", ["w1", "x"], ["h"]),
        node("Relu", ["h"], ["r"]),
        node("MatMul", ["w2", "r"], ["y"]),
    ]
    save(tmp_path / "m.onnx", nodes, {"w1": W1, "w2": W2})
    (chain,) = read_model([str(tmp_path / "m.onnx")]).chains
    assert [(x.name, x.outputs, x.inputs) for x in chain.layers] == [("w1", 2, 3), ("w2", 4, 2)]
    assert chain.layers[0].load().to_lists() == (W1 != 0).astype(int).tolist()


@pytest.mark.parametrize("linear", [True, False])
def test_sparse_initializers(tmp_path, linear: bool) -> None:
    w = W1.T.copy()
    rows, columns = np.nonzero(w)
    places = rows * 2 + columns if linear else np.stack([rows, columns], axis=1)
    sparse = helper.make_sparse_tensor(
        numpy_helper.from_array(w[rows, columns], "w1"),
        numpy_helper.from_array(places.astype(np.int64), "i"),
        [3, 2],
    )
    nodes = [node("MatMul", ["x", "w1"], ["h"]), node("MatMul", ["h", "w2"], ["y"])]
    save(tmp_path / "m.onnx", nodes, {"w2": W2.T.copy()}, sparse=[sparse])
    (chain,) = read_model([str(tmp_path / "m.onnx")]).chains
    assert chain.layers[0].load().to_lists() == (W1 != 0).astype(int).tolist()
    assert chain.layers[0].activation == "none"


def test_sparse_initializers_that_lie(tmp_path) -> None:
    sparse = helper.make_sparse_tensor(
        numpy_helper.from_array(np.ones(2, "f"), "w1"),
        numpy_helper.from_array(np.array([0, 99]), "i"),
        [3, 2],
    )
    save(tmp_path / "m.onnx", [node("MatMul", ["x", "w1"], ["y"])], {}, sparse=[sparse])
    (layer,) = read_model([str(tmp_path / "m.onnx")]).layers
    with pytest.raises(PatternError, match="do not fit"):
        layer.load()


def test_skip_connections_branches_and_other_layers_break_chains(tmp_path) -> None:
    square = np.eye(2, dtype=np.float32)
    skip = [
        node("MatMul", ["x", "w1"], ["h"]),
        node("Relu", ["h"], ["r"]),
        node("MatMul", ["r", "w2"], ["s"]),
        node("Add", ["r", "s"], ["t"]),
        node("MatMul", ["t", "w3"], ["y"]),
    ]
    save(tmp_path / "skip.onnx", skip, {"w1": W1.T.copy(), "w2": square, "w3": square})
    model = read_model([str(tmp_path / "skip.onnx")])
    assert [chain.names for chain in model.chains] == [("w1",), ("w2",), ("w3",)]
    assert any("used more than once" in part.reason for part in model.skipped)
    softmax = [
        node("MatMul", ["x", "w1"], ["h"]),
        node("Softmax", ["h"], ["r"]),
        node("MatMul", ["r", "w2"], ["y"]),
    ]
    save(tmp_path / "soft.onnx", softmax, {"w1": W1.T.copy(), "w2": square})
    model = read_model([str(tmp_path / "soft.onnx")])
    assert [chain.names for chain in model.chains] == [("w1",), ("w2",)]
    assert any("Softmax" in part.reason for part in model.skipped)


def test_products_without_a_weight_are_no_layers(tmp_path) -> None:
    nodes = [
        node("MatMul", ["x", "w1"], ["h"]),
        node("Transpose", ["h"], ["t"], perm=[1, 0]),
        node("MatMul", ["h", "t"], ["y"]),
    ]
    save(tmp_path / "m.onnx", nodes, {"w1": W1.T.copy()})
    model = read_model([str(tmp_path / "m.onnx")])
    assert len(model.layers) == 1
    assert any("two computed matrices" in part.reason for part in model.skipped)


def test_other_activations_are_named_in_the_report(tmp_path) -> None:
    nodes = [
        node("MatMul", ["x", "w1"], ["h"]),
        node("Tanh", ["h"], ["r"]),
        node("MatMul", ["r", "w2"], ["y"]),
    ]
    save(tmp_path / "m.onnx", nodes, {"w1": W1.T.copy(), "w2": W2.T.copy()})
    report = audit(read_model([str(tmp_path / "m.onnx")]))
    assert report.findings[0].other_activations == ("Tanh",)
    assert "theorems on ReLU do not apply" in " ".join(report.to_text().split())


def test_missing_package_says_what_to_install(tmp_path, monkeypatch) -> None:
    import sys

    save(tmp_path / "m.onnx", [node("MatMul", ["x", "w1"], ["y"])], {"w1": W1.T.copy()})
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(PatternError, match=r"semialg-closedness\[onnx\]"):
        read_model([str(tmp_path / "m.onnx")])


def test_external_data_outside_the_folder_is_refused(tmp_path) -> None:
    model = save(tmp_path / "m.onnx", [node("MatMul", ["x", "w1"], ["y"])], {"w1": W1.T.copy()})
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../../../etc/passwd"
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(PatternError):
        read_model([str(tmp_path / "m.onnx")]).layers[0].load()


UPPER, LOWER = np.array([[2, 1], [0, 3]], "f"), np.array([[1, 0], [4, 5]], "f")
BLOCK = [node("MatMul", ["x", "u"], ["h"]), node("Relu", ["h"], ["r"]), node("MatMul", ["r", "l"], ["o"])]


def status(tmp_path, nodes, constants, output: str = "y") -> int:
    save(tmp_path / "m.onnx", nodes, constants, output)
    return audit(read_model([str(tmp_path / "m.onnx")]), advice_seconds=0).exit_status


def test_masks_in_the_graph_skip_connections_and_what_nobody_uses(tmp_path) -> None:
    dense = np.array([[1, 2], [3, 4]], "f")
    masked = [
        node("Mul", ["a", "m"], ["u"]), node("Mul", ["k", "b"], ["t"]),
        node("Transpose", ["t"], ["l"], perm=[1, 0]), *BLOCK,
    ]  # fmt: skip
    masks = {"a": dense, "m": UPPER.T / UPPER.T.clip(1), "b": dense + 1, "k": LOWER / LOWER.clip(1)}
    assert status(tmp_path, BLOCK, {"u": UPPER.T.copy(), "l": LOWER.T.copy()}, "o") == 1
    assert status(tmp_path, masked, masks, "o") == 1
    residual = [*BLOCK, node("Add", ["x", "o"], ["y"])]
    assert status(tmp_path, residual, {"u": UPPER.T.copy(), "l": LOWER.T.copy()}) == 3
    assert status(tmp_path, BLOCK, {"u": dense, "l": dense + 1}, "o") == 0
    assert status(tmp_path, BLOCK, {"u": dense, "l": dense + 1, "mask": dense}, "o") == 3
