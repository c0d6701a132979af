"""Named tensors in a file, known by name, type and shape before their entries are read.

A checkpoint may be large, so tensors are loaded one at a time. Headers are compared with the bytes that are
there before memory is taken, nothing is ever unpickled, and every refusal is a PatternError of one sentence.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy_format

from semialg.errors import PatternError
from semialg.intake.json_text import read_json
from semialg.pattern.reading import show, strict_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import IO

    from numpy.typing import NDArray

__all__ = ["MAX_ENTRIES", "Tensor", "npz_tensors", "safetensors_tensors"]

#: Largest number of entries of a tensor that is loaded.
MAX_ENTRIES = 2**30

_MAX_HEADER = 100_000_000
_MAX_TENSORS = 200_000

_TYPES = {
    "BOOL": "u1", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4", "I32": "<i4",
    "U64": "<u8", "I64": "<i8", "F16": "<f2", "BF16": "<u2", "F32": "<f4", "F64": "<f8",
    "F8_E4M3": "u1", "F8_E5M2": "u1",
}  # fmt: skip
# Bits of the exponent and its bias. Infinities and NaN come out as large numbers: not as zero, at least.
_FP8 = {"F8_E4M3": (4, 7), "F8_E5M2": (5, 15)}
_INTEGERS = {"U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64"}


@dataclass(frozen=True)
class Tensor:
    """A tensor that has not been read yet.

    Attributes
    ----------
    name, shape
        As in the file.
    integer
        Whether the entries are integers (then zeros of a quantized weight need not be zeros of the weight).
    load
        Returns the entries.
    group
        The dictionary or file of a checkpoint that it stands in; empty where there is only one.
    doubts
        What is known of it, from outside the file, that changes the set of products: frozen, shared.
    boolean
        Whether it is of a boolean type.
    parameter
        Whether it is a parameter (or a buffer), where that is known.
    note
        The convention by which it is a mask, where the file as a whole tells.
    storage
        Equal for two tensors that are one in memory; None where that is not known.
    """

    name: str
    shape: tuple[int, ...]
    integer: bool
    load: Callable[[], NDArray[Any]]
    group: str = ""
    doubts: tuple[str, ...] = ()
    boolean: bool = False
    parameter: bool | None = None
    note: str = ""
    storage: int | None = None

    @property
    def entries(self) -> int:
        """How many numbers it holds."""
        return prod(self.shape)


def safetensors_tensors(path: Path) -> list[Tensor]:
    """Return the tensors of a ``.safetensors`` file; the header must describe all its bytes exactly once.

    Raises
    ------
    PatternError
        If header and file do not agree.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if size < 10 or length > min(_MAX_HEADER, size - 8):
            raise PatternError(
                f"the first eight bytes claim a header of {length} bytes in a file of {size}; "
                "expected a shorter one"
            )
        header = strict_json(stream.read(length), "the header")
    if not isinstance(header, dict) or len(header) > _MAX_TENSORS:
        raise PatternError("the header is not an object of tensors; expected one entry for each tensor")
    entries = [(name, entry) for name, entry in header.items() if name != "__metadata__"]
    found = [_described(path, 8 + length, name, entry) for name, entry in entries]
    place = 0
    for begin, end, tensor in sorted(found, key=lambda f: f[:2]):
        if begin != place:
            problem = "overlaps another" if begin < place else "leaves a gap before it"
            raise PatternError(f"tensor '{show(tensor.name, 60)}' {problem}; expected tensors side by side")
        place = end
    if place != size - 8 - length:
        raise PatternError(
            f"the header places {place} bytes of tensors, but {size - 8 - length} are there; "
            "expected a complete file"
        )
    return [tensor for _, _, tensor in found]


def _described(path: Path, start: int, name: str, entry: Any) -> tuple[int, int, Tensor]:
    called = f"tensor '{show(name, 60)}'"
    if not isinstance(entry, dict) or not {"dtype", "shape", "data_offsets"} <= set(entry):
        raise PatternError(f"{called} is not described by dtype, shape and data_offsets; expected those")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in _TYPES:
        raise PatternError(f"{called} has type {show(dtype, 40)}; expected one of {', '.join(_TYPES)}")
    if not _naturals(shape) or len(shape) > 8 or not _naturals(offsets) or len(offsets) != 2:
        raise PatternError(f"{called} has shape {show(shape, 40)} and data_offsets {show(offsets, 40)}")
    begin, end = offsets
    wanted = prod(shape) * np.dtype(_TYPES[dtype]).itemsize
    if wanted != end - begin:
        raise PatternError(
            f"{called} with shape {show(shape, 40)} and type {dtype} takes {show(wanted, 30)} bytes, but its "
            f"data_offsets hold {end - begin}; expected as many"
        )

    def load() -> NDArray[Any]:
        array: NDArray[Any] = np.fromfile(
            path, dtype=_TYPES[dtype], count=_checked_entries(name, shape), offset=start + begin
        )
        if array.size != prod(shape):
            raise PatternError(f"{called} ends early; expected a complete file")
        return _numbers(array, dtype).reshape(shape)

    return begin, end, Tensor(name, tuple(shape), dtype in _INTEGERS, load, boolean=dtype == "BOOL")


def _numbers(array: NDArray[Any], dtype: str) -> NDArray[Any]:
    """Return the numbers that bits of a type stand for, where numpy has no such type."""
    if dtype == "BF16":
        return (array.astype(np.uint32) << 16).view(np.float32)
    if dtype not in _FP8:
        return array
    exponent_bits, bias = _FP8[dtype]
    codes = np.arange(256)
    mantissa_bits = 7 - exponent_bits
    exponent, mantissa = (codes & 0x7F) >> mantissa_bits, codes & (2**mantissa_bits - 1)
    scale = np.where(exponent == 0, 2.0 ** (1 - bias), 2.0 ** (exponent - bias))
    value = ((exponent > 0) + mantissa / 2**mantissa_bits) * scale
    table = np.where(codes & 0x80, -value, value).astype(np.float32)
    return np.asarray(table[array])


def _naturals(value: Any) -> bool:
    return isinstance(value, list) and all(type(v) is int and 0 <= v < 2**48 for v in value)


def _checked_entries(name: str, shape: tuple[int, ...]) -> int:
    entries = prod(shape)
    if entries > MAX_ENTRIES:
        raise PatternError(
            f"tensor '{show(name, 60)}' has {entries} entries; expected at most {MAX_ENTRIES} in one tensor"
        )
    return entries


# ---------------------------------------------------------------------- npz

_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OverflowError, OSError)


def npz_tensors(path: Path) -> list[Tensor]:
    """Return the arrays of an ``.npz`` file, in the order of the archive; object arrays are refused.

    Raises
    ------
    PatternError
        If the archive is damaged, or a header does not fit the bytes that are there.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MAX_TENSORS:
                raise PatternError(f"the archive has {len(members)} members; expected fewer")
            return [_member(path, archive, member) for member in members]
    except _DAMAGED as error:
        raise PatternError(f"the zip archive is damaged ({show(error)}); expected an .npz file") from None


def _member(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Tensor:
    name = member.filename.removesuffix(".npy")
    if name == member.filename:
        raise PatternError(f"member '{show(name, 60)}' of the archive is no .npy array; expected only arrays")
    with archive.open(member) as stream:
        shape, _, dtype = _npy_header(stream, name)
        there = member.file_size - stream.tell()
    if prod(shape) * dtype.itemsize != there:
        raise PatternError(
            f"array '{show(name, 60)}' has shape {' x '.join(map(str, shape))}, which takes "
            f"{prod(shape) * dtype.itemsize} bytes, but {there} bytes are there; expected a complete file"
        )

    def load() -> NDArray[Any]:
        count = _checked_entries(name, shape)
        try:
            with zipfile.ZipFile(path) as again, again.open(member) as stream:
                _, fortran, _ = _npy_header(stream, name)
                data = stream.read()
        except _DAMAGED as error:
            raise PatternError(f"array '{show(name, 60)}' is damaged ({show(error)})") from None
        if len(data) != count * dtype.itemsize:
            raise PatternError(f"array '{show(name, 60)}' ends early; expected a complete file")
        kind = np.dtype(np.uint8) if dtype.kind == "b" else dtype
        return np.frombuffer(data, kind).reshape(shape, order="F" if fortran else "C")

    return Tensor(name, shape, dtype.kind in "iu", load, boolean=dtype.kind == "b")


def _npy_header(stream: IO[bytes], name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    called = f"array '{show(name, 60)}'"
    readers = {(1, 0): npy_format.read_array_header_1_0, (2, 0): npy_format.read_array_header_2_0}
    try:
        version = npy_format.read_magic(stream)
        shape, fortran, dtype = readers[version](stream)
    except (KeyError, ValueError, TypeError, EOFError, SyntaxError, MemoryError, RecursionError) as error:
        first = (str(error).splitlines() or [""])[0]
        raise PatternError(f"{called} does not begin like a .npy file ({show(first)})") from None
    if dtype.hasobject:
        raise PatternError(f"{called} holds Python objects, which are never unpickled; expected numbers")
    if any(side < 0 for side in shape):
        raise PatternError(f"{called} has shape {show(shape)}; expected sides that are not negative")
    return tuple(shape), bool(fortran), dtype


def names_file(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the neuron names in a JSON file: ``{"input": [...], "fc1": [...]}``.

    Raises
    ------
    PatternError
        If the file is not such an object.
    """
    document = read_json(path, error=PatternError, expected="a JSON file of names")
    if not isinstance(document, dict) or not all(
        isinstance(names, list) and all(isinstance(name, str) for name in names)
        for names in document.values()
    ):
        example = json.dumps({"input": ["age", "dose"], "fc1": ["first unit"]})
        raise PatternError(f"{path}: expected an object of lists of names, such as {example}")
    return {layer: tuple(show(name, 80) for name in names) for layer, names in document.items()}
