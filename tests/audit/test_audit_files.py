"""Checkpoints in files: what is a layer, its orientation, what breaks a chain, and hostile files."""

from __future__ import annotations

import json
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semialg.audit.model import Skipped, in_one_chain
from semialg.audit.read import read_model
from semialg.audit.tensors import Tensor, safetensors_tensors
from semialg.audit.weights import parts_of_tensors
from semialg.errors import PatternError

RNG = np.random.default_rng(3)


def tensor(name: str, array, *, integer: bool = False) -> Tensor:
    array = np.asarray(array)
    return Tensor(name, array.shape, integer, lambda: array)


def save_safetensors(path, arrays: dict[str, np.ndarray], types: dict[str, str] | None = None) -> None:
    header, data = {}, b""
    for name, array in arrays.items():
        raw = np.ascontiguousarray(array).tobytes()
        kind = (types or {}).get(name) or {"f4": "F32", "i4": "I32", "u1": "U8", "b1": "BOOL"}[
            array.dtype.str[1:]
        ]
        offsets = [len(data), len(data) + len(raw)]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": offsets}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def chains(parts_or_model) -> list[tuple[str, ...]]:
    return [chain.names for chain in parts_or_model.chains]


def masks(model) -> dict[str, list[list[int]]]:
    return {layer.name: layer.load().to_lists() for layer in model.layers}


def test_torch_layout_is_outputs_by_inputs_and_products_are_reversed(tmp_path) -> None:
    first = (RNG.random((3, 5)) < 0.5).astype(np.float32)
    second = (RNG.random((2, 3)) < 0.5).astype(np.float32)
    np.savez(tmp_path / "net.npz", **{"fc1.weight": first, "fc1.bias": np.ones(3), "fc2.weight": second})
    model = read_model([str(tmp_path / "net.npz")])
    (chain,) = model.chains
    assert chain.names == ("fc1", "fc2")
    pattern = chain.pattern([layer.load() for layer in chain.layers])
    assert pattern.widths == (2, 3, 5)
    assert pattern.to_lists() == [second.astype(int).tolist(), first.astype(int).tolist()]


def test_all_kinds_of_masks(tmp_path) -> None:
    weight = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 4.0]], dtype=np.float32)
    mask = np.array([[1, 1, 0], [1, 0, 1]], dtype=np.float32)
    cases = {
        "orig": [tensor("a.weight_orig", weight), tensor("a.weight_mask", mask)],
        "parametrized": [
            tensor("a.parametrizations.weight.original", weight),
            tensor("a.parametrizations.weight.0.mask", mask),
        ],
        "two parametrizations": [
            tensor("a.parametrizations.weight.original", weight),
            tensor("a.parametrizations.weight.0.mask", np.array([[1, 1, 1], [1, 0, 1]])),
            tensor("a.parametrizations.weight.1.mask", np.array([[1, 1, 0], [1, 1, 1]])),
        ],
        "beside": [tensor("a.weight", weight), tensor("a.mask", mask)],
        "alone": [tensor("a.weight_mask", mask)],
    }
    for how, tensors in cases.items():
        parts, _ = parts_of_tensors(tensors, ordered=True)
        assert [part.name for part in parts] == ["a"], how
        assert parts[0].load().to_lists() == mask.astype(int).tolist(), how
    ((dense,), _) = parts_of_tensors([tensor("a.weight", weight)], ordered=True)
    assert dense.load().to_lists() == [[1, 0, 1], [0, 1, 1]]


def test_block_masks_expand_and_others_are_refused() -> None:
    weight, block = np.ones((4, 6)), np.array([[1, 0, 1], [0, 1, 0]])
    ((layer,), _) = parts_of_tensors([tensor("a.weight", weight), tensor("a.mask", block)], ordered=True)
    assert layer.load().to_lists() == np.kron(block, np.ones((2, 2))).astype(int).tolist()
    ((layer,), _) = parts_of_tensors(
        [tensor("a.weight", weight), tensor("a.mask", np.ones((3, 6)))], ordered=True
    )
    with pytest.raises(PatternError, match="block mask"):
        layer.load()


def test_a_mask_with_other_values_is_refused() -> None:
    ((layer,), _) = parts_of_tensors(
        [tensor("a.weight_orig", np.ones((1, 2))), tensor("a.weight_mask", [[1.0, 0.5]])], ordered=True
    )
    with pytest.raises(PatternError, match=r"entry \(0, 1\) .* is 0.5"):
        layer.load()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5), st.integers(1, 20), st.integers(0, 2**30))
def test_packed_bitmasks(rows: int, columns: int, seed: int) -> None:
    mask = np.random.default_rng(seed).integers(0, 2, (rows, columns))
    packed = np.packbits(mask.astype(bool), axis=1, bitorder="little")
    tensors = [tensor("a.weight.bitmask", packed), tensor("a.weight.shape", [rows, columns])]
    ((layer,), _) = parts_of_tensors(tensors, ordered=False)
    assert (layer.name, layer.load().to_lists()) == ("a", mask.tolist())


def test_convolutions_break_the_chain_and_are_named() -> None:
    tensors = [
        tensor("fc1.weight", np.ones((4, 4))),
        tensor("conv.weight", np.ones((4, 4, 3, 3))),
        tensor("conv.bias", np.ones(4)),
        tensor("fc2.weight", np.ones((4, 4))),
    ]
    parts, _ = parts_of_tensors(tensors, ordered=True)
    assert [part.name for part in parts] == ["fc1", "conv", "fc2"]
    assert isinstance(parts[1], Skipped)
    assert parts[1].breaks
    assert "convolution" in parts[1].reason


@pytest.mark.parametrize(
    "name",
    [
        "layer.0.attention.self.query.weight", "attn.c_attn.weight", "h.0.q_proj.weight", "emb.weight",
        "wte.weight", "rnn.weight_ih_l0", "rnn.weight_hh_l0", "mlp.gate_proj.weight", "fc.lora_A.weight",
        "self_attn.out_proj.weight", "token_embedding.weight", "in_proj_weight",
    ],
)  # fmt: skip
def test_other_matrices_are_not_treated_as_linear_layers(name: str) -> None:
    ((part,), _) = parts_of_tensors([tensor(name, np.ones((4, 4)))], ordered=False)
    assert isinstance(part, Skipped)
    assert part.breaks


@pytest.mark.parametrize(
    "name", ["fc1.weight", "0.weight", "encoder.intermediate.dense.weight", "down_proj.weight"]
)
def test_linear_layers_are_recognized(name: str) -> None:
    ((part,), _) = parts_of_tensors([tensor(name, np.ones((4, 4)))], ordered=False)
    assert not isinstance(part, Skipped)


def test_batch_normalization_is_noted_and_layer_normalization_breaks() -> None:
    before, after = tensor("0.weight", np.ones((3, 2))), tensor("2.weight", np.ones((2, 3)))
    batch = [tensor("1.weight", np.ones(3)), tensor("1.running_mean", np.ones(3))]
    layer = [tensor("1.weight", np.ones(3)), tensor("1.bias", np.ones(3))]
    assert [
        p.breaks for p in parts_of_tensors([before, *batch, after], ordered=True)[0] if isinstance(p, Skipped)
    ] == [False]
    assert [
        p.breaks for p in parts_of_tensors([before, *layer, after], ordered=True)[0] if isinstance(p, Skipped)
    ] == [True]


def test_quantized_weights_are_skipped() -> None:
    ((part,), _) = parts_of_tensors([tensor("fc.weight", np.ones((2, 2)), integer=True)], ordered=True)
    assert isinstance(part, Skipped)


def test_a_bias_shows_transposed_storage() -> None:
    tensors = [tensor("c_fc.weight", [[1, 0, 1], [1, 1, 0]]), tensor("c_fc.bias", np.ones(3))]
    ((layer,), _) = parts_of_tensors(tensors, ordered=True)
    assert (layer.outputs, layer.inputs) == (3, 2)
    assert layer.load().to_lists() == [[1, 1], [0, 1], [1, 0]]


def test_widths_that_do_not_fit_break_the_chain_with_a_reason(tmp_path) -> None:
    np.savez(tmp_path / "n.npz", a=np.ones((4, 3)), b=np.ones((2, 5)))
    model = read_model([str(tmp_path / "n.npz")])
    assert chains(model) == [("a",), ("b",)]
    assert "takes 5 inputs but a has 4 outputs" in model.skipped[0].reason


def test_order_of_product_is_noticed_and_can_be_stated(tmp_path) -> None:
    path = str(tmp_path / "n.npz")
    np.savez(path, out=np.ones((2, 3)), hidden=np.ones((3, 4)))
    model = read_model([path])
    assert any("--order product" in doubt for doubt in model.doubts)
    assert not read_model([path], product_order=True).doubts
    assert chains(read_model([path], product_order=True)) == [("hidden", "out")]
    assert chains(in_one_chain(model, [["hidden", "out"]])) == [("hidden", "out")]
    with pytest.raises(PatternError, match="there is no linear layer 'x'"):
        in_one_chain(model, [["x"]])
    with pytest.raises(PatternError, match="takes 3 inputs but out has 2"):
        in_one_chain(model, [["out", "out"]])


def test_safetensors_of_all_types(tmp_path) -> None:
    path = tmp_path / "m.safetensors"
    entries = np.array([[0.0, -1.5], [2.0, 0.0]], dtype=np.float32)
    bf16 = (entries.view(np.uint32) >> 16).astype(np.uint16)
    bf16[1, 1] = 0x8000  # minus zero
    save_safetensors(
        path,
        {"a.weight": entries, "b.weight": bf16, "c.weight": entries + 7, "c.weight_mask": entries != 0},
        {"b.weight": "BF16"},
    )
    model = read_model([str(path)])
    assert all(mask == [[0, 1], [1, 0]] for mask in masks(model).values())
    assert len(model.layers) == 3


def test_patterns_and_single_masks_are_read_too(tmp_path) -> None:
    from scipy import sparse

    assert chains(read_model(["dense:2x3x4"])) == [("layer1", "layer2")]
    assert [(x.inputs, x.outputs) for x in read_model(["dense:2x3x4"]).layers] == [(4, 3), (3, 2)]
    for name, shape in (("one", (3, 4)), ("two", (2, 3))):
        sparse.save_npz(tmp_path / f"{name}.npz", sparse.bsr_array(np.ones(shape)))
    model = read_model([str(tmp_path / "one.npz"), str(tmp_path / "two.npz")])
    assert chains(model) == [("one", "two")]


# ---------------------------------------------------------------------- hostile files


def load_all(path) -> None:
    for layer in read_model([str(path)]).layers:
        layer.load()


def refused(path) -> str:
    with pytest.raises(PatternError) as caught:
        load_all(path)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 600
    return message


@pytest.mark.parametrize("suffix", ["safetensors", "npz", "onnx", "pt", "npy", "mtx", "json"])
def test_truncated_empty_and_foreign_files(tmp_path, suffix: str) -> None:
    if suffix in {"onnx", "pt"}:
        pytest.importorskip({"onnx": "onnx", "pt": "torch"}[suffix])
    path = tmp_path / f"f.{suffix}"
    for content in (b"", b"\0", b"hello world", b"\xff" * 100, b"PK\x03\x04" + b"\0" * 40, b"\x08" * 9):
        path.write_bytes(content)
        refused(path)
    refused(tmp_path / f"missing.{suffix}")
    refused(tmp_path)


def test_truncated_at_every_place(tmp_path) -> None:
    save_safetensors(tmp_path / "m.safetensors", {"a.weight": np.ones((2, 3), dtype=np.float32)})
    np.savez(tmp_path / "m.npz", a=np.ones((2, 3)))
    for name in ("m.safetensors", "m.npz"):
        whole = (tmp_path / name).read_bytes()
        for end in range(0, len(whole), 7):
            cut = tmp_path / f"cut{name[1:]}"
            cut.write_bytes(whole[:end])
            refused(cut)


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [10**9, 10**9], "data_offsets": [0, 24]},
        {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 240]},
        {"dtype": "F32", "shape": [2, 3], "data_offsets": [-4, 20]},
        {"dtype": "F32", "shape": [2, 3.0], "data_offsets": [0, 24]},
        {"dtype": "X", "shape": [2, 3], "data_offsets": [0, 24]},
        {"dtype": ["F32"], "shape": [2, 3], "data_offsets": [0, 24]},
        {"dtype": "F32", "shape": [2, 3]},
        7,
    ],
)
def test_lying_safetensors_headers(tmp_path, entry) -> None:
    text = json.dumps({"a.weight": entry}).encode()
    path = tmp_path / "m.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"\0" * 24)
    with pytest.raises(PatternError):
        safetensors_tensors(path)


def test_lying_npy_headers_in_archives(tmp_path) -> None:
    for header in (
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-2, 2), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), 'x': 1}",
        "__import__('os').system('true')",
    ):
        path = tmp_path / "m.npz"
        with zipfile.ZipFile(path, "w") as archive:
            text = header.encode().ljust(118) + b"\n"
            archive.writestr("a.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + b"\0" * 32)
        refused(path)


def test_object_arrays_are_never_unpickled(tmp_path) -> None:
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    np.savez(tmp_path / "m.npz", a=np.array([Trap()], dtype=object))
    assert "never unpickled" in refused(tmp_path / "m.npz")
    assert not (tmp_path / "sprung").exists()


def test_a_pipe_is_not_waited_for(tmp_path) -> None:
    import os

    for suffix in ("pt", "npz", "safetensors", "onnx"):
        path = tmp_path / f"pipe.{suffix}"
        os.mkfifo(path)
        refused(path)
