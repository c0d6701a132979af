"""Masks in numpy files: ``.npy``, ``.npz``, and the sparse ``.npz`` of scipy.

The header is parsed here rather than by numpy, so that nothing is allocated before the sizes that it claims
have been compared with the bytes that are there, and no pickle is ever opened.
"""

from __future__ import annotations

import ast
import re
import zipfile
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from semialg.errors import PatternError
from semialg.intake.archives import DAMAGED, checked_members
from semialg.pattern.read_scipy import mask_of_scipy
from semialg.pattern.reading import MAX_BYTES, checked_count, masks_of_arrays, show

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

    from numpy.typing import NDArray

    from semialg.pattern.mask import Mask

__all__ = ["arrays_of_npz", "read_npy", "read_npz"]

_MAX_HEADER = 2**16


class _Header(NamedTuple):
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran: bool
    length: int  # bytes before the data

    @property
    def data_bytes(self) -> int:
        return prod(self.shape) * self.dtype.itemsize


def read_npy(path: Path) -> list[Mask]:
    """Return the mask, or the stack of masks, of a ``.npy`` file.

    Raises PatternError unless it is a complete array of two or three dimensions of zeros and ones.
    """
    with path.open("rb") as stream:
        array = _read_array(stream, path.stat().st_size, MAX_BYTES, "the array")
    return masks_of_arrays({"": array}, "array")


def read_npz(path: Path) -> list[Mask]:
    """Return the masks of a ``.npz`` file, in the natural order of their names, or the one of scipy's format.

    Raises PatternError if a member is damaged, is no array of zeros and ones, or would expand too far.
    """
    arrays = arrays_of_npz(path)
    if {"format", "shape", "data"} <= set(arrays):
        return [mask_of_scipy(arrays)]
    return masks_of_arrays(arrays, "array")


def arrays_of_npz(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of a ``.npz`` file by name: numbers of at most three dimensions, nothing unpickled.

    Raises
    ------
    PatternError
        If the archive is damaged or would expand beyond 2 GiB, or a member is no such array.
    """
    members = checked_members(path, most=MAX_BYTES, error=PatternError)
    try:
        with zipfile.ZipFile(path) as archive:
            return _members(archive, members)
    except PatternError:
        raise
    except DAMAGED as error:
        raise PatternError(f"the zip archive is damaged ({show(error)}); expected an .npz file") from None


def _members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> dict[str, NDArray[Any]]:
    checked_count(len(members), "members of the archive")
    arrays: dict[str, NDArray[Any]] = {}
    budget = MAX_BYTES
    for member in members:
        name = member.filename.removesuffix(".npy")
        called = f"array '{show(name, 60)}'"
        if name == member.filename:
            raise PatternError(
                f"member '{show(name, 60)}' of the archive is no .npy array; expected only arrays"
            )
        with archive.open(member) as stream:
            arrays[name] = _read_array(stream, member.file_size, budget, called, strings=name == "format")
        budget -= arrays[name].nbytes
    return arrays


def _read_array(
    stream: IO[bytes], available: int, budget: int, called: str, *, strings: bool = False
) -> NDArray[Any]:
    header = _read_header(stream, available, called, strings=strings)
    wanted, there = header.data_bytes, available - header.length
    shape = " x ".join(map(str, header.shape))
    if wanted > budget:
        raise PatternError(
            f"{called} has shape {shape} and would take {wanted} bytes; "
            f"expected at most {MAX_BYTES} in a file"
        )
    if wanted != there:
        raise PatternError(
            f"{called} has shape {shape}, which takes {wanted} bytes, but {there} bytes are there; "
            "expected a complete file"
        )
    data = stream.read(wanted)
    if len(data) != wanted or stream.read(1):
        raise PatternError(f"{called} ends after {len(data)} of {wanted} bytes; expected a complete file")
    # Bytes other than 0 and 1 in an array of booleans would be undefined: look at them as numbers.
    dtype = np.dtype(np.uint8) if header.dtype.kind == "b" else header.dtype
    return np.frombuffer(data, dtype=dtype).reshape(header.shape, order="F" if header.fortran else "C")


def _read_header(stream: IO[bytes], available: int, called: str, *, strings: bool) -> _Header:
    """Parse the header as the format (numpy.lib.format, versions 1 to 3) defines it."""
    start = stream.read(8)
    if len(start) < 8 or start[:6] != b"\x93NUMPY" or start[6] not in (1, 2, 3):
        raise PatternError(f"{called} does not begin like a .npy file")
    size_bytes = 2 if start[6] == 1 else 4
    length = int.from_bytes(stream.read(size_bytes), "little")
    total = 8 + size_bytes + length
    if length > _MAX_HEADER or total > available:
        raise PatternError(f"{called} claims a header of {length} bytes; expected a shorter one")
    text = stream.read(length).decode("latin-1")
    # Only literals of the format: no signs or operators, so that nothing nests but brackets.
    if re.search(r"[^\w\s'\"{}()\[\],:<>|=.?]", text):
        raise PatternError(f"{called} has a header with characters that .npy headers do not have")
    try:
        fields = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise PatternError(
            f"{called} has a header that is not a Python literal; expected a .npy file"
        ) from None
    if not isinstance(fields, dict) or set(fields) != {"descr", "fortran_order", "shape"}:
        raise PatternError(f"{called} has a header without descr, fortran_order and shape; expected those")
    shape, fortran = fields["shape"], fields["fortran_order"]
    if (
        not isinstance(shape, tuple)
        or not all(type(side) is int and 0 <= side < 2**63 for side in shape)
        or len(shape) > 3
    ):
        raise PatternError(f"{called} has shape {show(shape, 40)}; expected two or three dimensions")
    if not isinstance(fortran, bool):
        raise PatternError(f"{called} has fortran_order {show(fortran, 40)}; expected True or False")
    return _Header(_dtype(fields["descr"], called, strings=strings), shape, fortran, total)


def _dtype(descr: object, called: str, *, strings: bool) -> np.dtype[Any]:
    if isinstance(descr, str):
        if re.fullmatch(r"[<>|=]?(b1|[iu][1248]|f[248])", descr):
            return np.dtype(descr)
        if strings and re.fullmatch(r"[<>|=]?[SU][1-9]", descr):
            return np.dtype(descr)
        if "O" in descr:
            raise PatternError(
                f"{called} holds Python objects, which are never unpickled; expected 0/1 numbers"
            )
    raise PatternError(
        f"{called} has entries of type {show(descr, 40)}; expected numbers: booleans, integers or floats"
    )
