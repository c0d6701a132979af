"""Mask files written by numpy, scipy and by hand are read back as the masks they hold."""

from __future__ import annotations

import json
import struct
import sys
import types
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import io, sparse

from semialg.errors import PatternError
from semialg.pattern import Mask, Pattern

LIMITS = settings(deadline=None, max_examples=60)
MASK = np.array([[1, 0, 1], [0, 1, 1]])
NUMPY_TYPES = ["?", "i1", "u1", "<i2", ">i2", "<u4", ">i8", "<u8", "<f2", ">f4", "<f8"]


def write_safetensors(path, tensors: dict[str, tuple[str, np.ndarray]], **metadata: str) -> None:
    header: dict[str, Any] = {"__metadata__": metadata} if metadata else {}
    body = b""
    for name, (kind, array) in tensors.items():
        data = array.tobytes()
        header[name] = {
            "dtype": kind,
            "shape": list(array.shape),
            "data_offsets": [len(body), len(body) + len(data)],
        }
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("masks")


@given(st.lists(st.integers(1, 5), min_size=2, max_size=4), st.integers(0, 1000))
@LIMITS
def test_json_reads_back_what_to_json_writes(folder, widths, seed):
    pattern = Pattern.parse(f"random:{'x'.join(map(str, widths))}:0.5:{seed}")
    path = folder / "pattern.json"
    path.write_text(pattern.to_json(), encoding="utf-8")
    assert Pattern.load(path) == Pattern.parse(str(path)) == pattern
    path.write_text(json.dumps({"masks": pattern.to_lists()}, indent=2), encoding="utf-8-sig")
    assert Pattern.load([path]) == pattern


@pytest.mark.parametrize("kind", NUMPY_TYPES)
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_of_every_type_and_order(tmp_path, kind, order):
    path = tmp_path / "mask.npy"
    np.save(path, MASK.astype(kind, order=order))
    assert Pattern.load(path).to_lists() == [MASK.tolist()]
    stack = np.array([np.tril(np.ones((3, 3))), np.triu(np.ones((3, 3)))]).astype(kind, order=order)
    np.save(path, stack)
    assert Pattern.parse(str(path)) == Pattern.parse("lu:3")


def test_every_version_of_the_npy_format(tmp_path):
    path = tmp_path / "mask.npy"
    for version in ((1, 0), (2, 0), (3, 0)):
        with path.open("wb") as stream:
            np.lib.format.write_array(stream, MASK, version=version)
        assert Pattern.load(path).to_lists() == [MASK.tolist()]


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_is_in_product_order_by_name_with_numbers_as_numbers(tmp_path, save):
    widths = range(1, 13)
    masks = [np.ones((m, m + 1), dtype=bool) for m in widths]
    save(tmp_path / "unnamed.npz", *masks)
    assert Pattern.load(tmp_path / "unnamed.npz").widths == (*widths, 13)
    named = {f"layer{m:02d}.x{m}": mask for m, mask in zip(widths, masks, strict=True)}
    save(tmp_path / "named.npz", **dict(reversed(named.items())))
    assert Pattern.load(tmp_path / "named.npz").widths == (*widths, 13)


def test_npz_with_one_stack(tmp_path):
    np.savez(tmp_path / "stack.npz", np.array(Pattern.parse("lu:4").to_lists()))
    assert Pattern.load(tmp_path / "stack.npz") == Pattern.parse("lu:4")


@given(
    arrays(
        np.bool_, st.tuples(st.integers(1, 4).map(lambda v: 2 * v), st.integers(1, 4).map(lambda v: 3 * v))
    )
)
@LIMITS
def test_the_sparse_format_of_scipy(folder, dense):
    for kind in ("csr", "csc", "coo", "bsr", "dia"):
        for make in (sparse.coo_array, sparse.coo_matrix):
            matrix = make(dense.astype(np.int8)).asformat(kind)
            if kind == "bsr":
                matrix = matrix.tobsr(blocksize=(2, 3))
            path = folder / f"{kind}.npz"
            sparse.save_npz(path, matrix)
            assert np.array_equal(Pattern.load(path).masks[0].to_dense(), dense)


def test_a_sparse_file_may_store_zeros_and_bytes_or_text_as_its_format(tmp_path):
    path = tmp_path / "mask.npz"
    parts = {"indices": [0, 1], "indptr": [0, 1, 2], "shape": [2, 2]}
    for kind in (b"csr", "csr"):
        np.savez(path, format=np.array(kind), data=[1.0, 0.0], **parts)
        assert Pattern.load(path).to_lists() == [[[1, 0], [0, 0]]]
    np.savez(path, format=b"coo", data=[1, 1], coords=[[0, 1], [1, 0]], shape=[2, 2])
    assert Pattern.load(path).to_lists() == [[[0, 1], [1, 0]]]


@given(arrays(np.bool_, st.tuples(st.integers(1, 5), st.integers(1, 5))), st.data())
@LIMITS
def test_matrix_market_as_scipy_writes_it(folder, dense, data):
    path = folder / "mask.mtx"
    field = data.draw(st.sampled_from(["pattern", "integer", "real"]))
    if dense.shape[0] == dense.shape[1] and data.draw(st.booleans()):
        dense = dense | dense.T
        symmetry = "symmetric"
    else:
        symmetry = "general"
    values = dense.astype(float if field == "real" else int)
    io.mmwrite(path, sparse.coo_array(values), field=field, symmetry=symmetry, comment="a mask")
    assert np.array_equal(Pattern.load(path).masks[0].to_dense(), dense)
    if field != "pattern":
        io.mmwrite(path, values, field=field, symmetry=symmetry)
        assert np.array_equal(Pattern.load(path).masks[0].to_dense(), dense)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "%%MatrixMarket matrix coordinate pattern general\n% note\n\n2 3 2\n1 3\n2 1\n",
            [[0, 0, 1], [1, 0, 0]],
        ),
        ("%%MATRIXMARKET MATRIX Coordinate Real General\r\n1 2 2\r\n1 1 1.0\r\n 1  2 0e0\r\n", [[1, 0]]),
        ("%%MatrixMarket matrix coordinate pattern symmetric\n2 2 2\n2 2\n2 1\n", [[0, 1], [1, 1]]),
        ("%%MatrixMarket matrix array integer general\n2 2\n1\n0\n1\n1", [[1, 1], [0, 1]]),
        (
            "%%MatrixMarket matrix array real symmetric\n3 3\n1\n0\n1\n0\n0\n1",
            [[1, 0, 1], [0, 0, 0], [1, 0, 1]],
        ),
        ("%%MatrixMarket matrix coordinate pattern general\n2 2 0\n", [[0, 0], [0, 0]]),
    ],
)
def test_matrix_market_as_the_format_defines_it(tmp_path, text, expected):
    path = tmp_path / "mask.mtx"
    path.write_bytes(text.encode())
    assert Pattern.load(path).to_lists() == [expected]


SAFE_TYPES = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4", "I32": "<i4",
    "U64": "<u8", "I64": "<i8", "F16": "<f2", "F32": "<f4", "F64": "<f8",
}  # fmt: skip


@pytest.mark.parametrize("kind", [*SAFE_TYPES, "BF16"])
def test_safetensors_of_every_type(tmp_path, kind):
    path = tmp_path / "masks.safetensors"
    if kind == "BF16":
        array = (MASK.astype("<f4").view("<u4") >> 16).astype("<u2")
    else:
        array = MASK.astype(SAFE_TYPES[kind])
    write_safetensors(path, {"b": (kind, array), "a10": (kind, array), "a9": (kind, array[:, :2])})
    with pytest.raises(PatternError, match="mask 1 has 3 columns but mask 2 has 2 rows"):
        Pattern.load(path)  # a9 is 2 x 2, a10 and b are 2 x 3
    write_safetensors(path, {"b": (kind, array), "a": (kind, array[:, :2])}, format="pt")
    assert Pattern.load(path).to_lists() == [MASK[:, :2].tolist(), MASK.tolist()]


def test_safetensors_negative_zero_is_zero(tmp_path):
    path = tmp_path / "masks.safetensors"
    write_safetensors(path, {"m": ("BF16", np.array([[0x8000, 0x3F80]], dtype="<u2"))})
    assert Pattern.load(path).to_lists() == [[[0, 1]]]
    write_safetensors(path, {"m": ("BF16", np.array([[0x7FC0, 0x3F80]], dtype="<u2"))})
    with pytest.raises(PatternError, match=r"entry \(0, 0\) of tensor 'm' is nan"):
        Pattern.load(path)


def test_several_files_hold_one_mask_each_in_any_format(tmp_path):
    lower, upper = Pattern.parse("lu:3").to_lists()
    np.save(tmp_path / "lower.npy", lower)
    io.mmwrite(tmp_path / "upper.mtx", sparse.coo_array(np.array(upper)))
    paths = [tmp_path / "lower.npy", tmp_path / "upper.mtx"]
    assert Pattern.load(paths) == Pattern.parse([str(path) for path in paths]) == Pattern.parse("lu:3")
    assert Pattern.parse([paths[0], "111/011/001"]) == Pattern.parse("lu:3")
    np.save(tmp_path / "both.npy", [lower, upper])
    with pytest.raises(PatternError, match=r"both.npy holds 2 masks; expected one mask in each"):
        Pattern.load([tmp_path / "both.npy", paths[1]])


def test_a_file_wins_over_nothing_and_names_are_case_insensitive_in_their_ending(tmp_path):
    np.save(tmp_path / "m.npy", MASK)
    (tmp_path / "m.npy").rename(tmp_path / "M.NPY")
    assert Pattern.parse(str(tmp_path / "M.NPY")).to_lists() == [MASK.tolist()]


class FakeTensor:
    """The few methods of a torch tensor that the reader uses, on a numpy array."""

    def __init__(self, array: Any, dtype: str = "float32", layout: str = "strided") -> None:
        self.array, self.dtype, self.layout = np.asarray(array), dtype, layout

    def detach(self):
        return self

    def numel(self):
        return self.array.size

    def to_dense(self):
        return FakeTensor(self.array, self.dtype)

    def to(self, dtype):
        return FakeTensor(self.array, dtype, self.layout)

    def numpy(self):
        if self.dtype == "bfloat16" or self.layout != "strided":
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self.array


@pytest.fixture
def torch_loading(monkeypatch):
    """Make a stand-in for torch that loads what the test says, or raises it, and insists on weights_only."""

    def install(content: Any) -> None:
        def load(path, *, map_location, weights_only):
            assert map_location == "cpu"
            assert weights_only is True
            if isinstance(content, BaseException):
                raise content
            return content

        module = types.ModuleType("torch")
        names = {
            "load": load,
            "Tensor": FakeTensor,
            "strided": "strided",
            "bfloat16": "bfloat16",
            "float32": "float32",
        }
        module.__dict__.update(names)
        monkeypatch.setitem(sys.modules, "torch", module)

    return install


def test_pt_files_hold_a_tensor_a_list_or_a_dictionary(tmp_path, torch_loading):
    path = tmp_path / "masks.pt"
    path.write_bytes(b"content that only torch reads")
    lower, upper = (np.array(mask) for mask in Pattern.parse("lu:3").to_lists())
    for content in (
        [FakeTensor(lower), FakeTensor(upper, "bfloat16")],
        (FakeTensor(lower, layout="sparse_coo"), FakeTensor(upper)),
        {"mask10": FakeTensor(upper), "mask9": FakeTensor(lower)},
        FakeTensor([lower, upper]),
    ):
        torch_loading(content)
        assert Pattern.load(path) == Pattern.parse("lu:3")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            RuntimeError("Weights only load failed.\nlong text"),
            r"weights_only=True \(Weights only load failed.\)",
        ),
        (EOFError(), r"weights_only=True \(EOFError\)"),
        ({"a": FakeTensor(MASK), "epoch": 3}, "'epoch' is of type int; expected a tensor"),
        ({3: FakeTensor(MASK)}, "the dictionary has the key 3"),
        ({"state_dict": {}}, "'state_dict' is a dictionary"),
        ("text", "the content is of type str"),
        ([], "there are no tensors"),
        ({}, "there are no tensors"),
        ([FakeTensor(MASK * 2)], r"entry \(0, 0\) of tensor '\[0\]' is 2"),
        (FakeTensor(MASK[0]), "the tensor has 1 dimension"),
        (FakeTensor(np.broadcast_to(np.int8(1), (2**16, 2**16))), "4294967296 entries; expected at most"),
    ],
)
def test_pt_files_that_are_refused(tmp_path, torch_loading, content, message):
    path = tmp_path / "masks.pt"
    path.write_bytes(b"content that only torch reads")
    torch_loading(content)
    with pytest.raises(PatternError, match="masks.pt: .*" + message) as caught:
        Pattern.load(path)
    assert "\n" not in str(caught.value)


def test_pt_archives_that_would_expand_too_far_are_refused(tmp_path, torch_loading, monkeypatch):
    path = tmp_path / "masks.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data/0", b"\0" * 5000)
    torch_loading(FakeTensor(MASK))
    assert Pattern.load(path).to_lists() == [MASK.tolist()]
    monkeypatch.setattr("semialg.pattern.read_torch.MAX_BYTES", 4999)
    with pytest.raises(PatternError, match="the archive would expand to 5000 bytes; expected at most 4999"):
        Pattern.load(path)


def test_without_torch_the_error_says_how_to_install_it(tmp_path, monkeypatch):
    path = tmp_path / "masks.pt"
    path.write_bytes(b"content that only torch reads")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(PatternError, match=r"install it with: pip install 'semialg-closedness\[torch\]'"):
        Pattern.load(path)


def test_mask_names_are_used_for_arrays_in_errors(tmp_path):
    np.savez(tmp_path / "m.npz", first=MASK, second=MASK.T * 3)
    with pytest.raises(PatternError, match=r"m.npz: entry \(0, 0\) of array 'second' is 3; expected 0 or 1"):
        Pattern.load(tmp_path / "m.npz")
    assert Mask.from_dense(MASK).ones == 4
