"""Mask files: which reader reads which extension, and the checks that all files undergo.

=================  ===================================================================================
``.json``          ``{"masks": [[[1,0],[1,1]], [[1,1],[0,1]]]}``, in product order
``.npy``           a matrix (one mask) or a three-dimensional stack of masks of one shape, in product order
``.npz``           matrices, in product order by name (``arr_9`` before ``arr_10``); or one mask in the
                   format of ``scipy.sparse.save_npz``
``.mtx``           one mask in Matrix Market format
``.safetensors``   tensors, in product order by name
``.pt``, ``.pth``  a tensor, a list of tensors in product order, or a dictionary, in product order by name
=================  ===================================================================================

Nothing is ever unpickled, sizes are checked before memory is taken, and every refusal is a PatternError.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from semialg.errors import PatternError
from semialg.intake.sources import as_file
from semialg.pattern.read_json import read_json
from semialg.pattern.read_matrix_market import read_matrix_market
from semialg.pattern.read_numpy import read_npy, read_npz
from semialg.pattern.read_safetensors import read_safetensors
from semialg.pattern.read_torch import read_torch
from semialg.pattern.reading import CHECKPOINT, MAX_TEXT_BYTES, show, show_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from semialg.pattern.mask import Mask

__all__ = ["READERS", "read_file"]

#: Extension of each kind of mask file, with its reader; readers leave the name of the file to `read_file`.
READERS: dict[str, Callable[[Path], list[Mask]]] = {
    ".json": read_json,
    ".npy": read_npy,
    ".npz": read_npz,
    ".mtx": read_matrix_market,
    ".safetensors": read_safetensors,
    ".pt": read_torch,
    ".pth": read_torch,
}


def read_file(source: str | os.PathLike[str]) -> list[Mask]:
    """Return the masks in a file, in product order.

    Raises
    ------
    PatternError
        If there is no such file, its extension is not known, or it does not hold masks; the message begins
        with the name of the file. Standard input (``-``) and pipes are known by how they begin.
    """
    name = show_path(os.fspath(source))
    path = as_file(source, most=MAX_TEXT_BYTES, error=PatternError, expected="a mask file")
    try:
        _check_regular(path, streamed=path != Path(source))
        return READERS[path.suffix.lower()](path)
    except PatternError as error:
        raise PatternError(f"{name}: {error}") from None
    except OSError as error:
        raise PatternError(
            f"{name}: cannot be read ({error.strerror or error}); expected a mask file"
        ) from None
    except MemoryError:
        raise PatternError(f"{name}: needs more memory than there is; expected a smaller mask") from None


def _check_regular(path: Path, *, streamed: bool) -> None:
    try:
        status = path.stat()
    except ValueError as error:  # a path with a zero byte, or one that the file system cannot encode
        raise PatternError(f"is not a path ({show(error)}); expected a mask file") from None
    if path.suffix.lower() in {".onnx", ".bin", ".ckpt"} or path.name.lower().endswith(".index.json"):
        raise PatternError(CHECKPOINT)
    if stat.S_ISDIR(status.st_mode):
        raise PatternError("is a directory; expected a mask file (semialg audit reads the folder of a model)")
    if not stat.S_ISREG(status.st_mode):
        raise PatternError("is not a regular file; expected a mask file")
    if not status.st_size and (streamed or path.suffix.lower() in READERS):
        raise PatternError("is empty; expected a mask file")
    if path.suffix.lower() not in READERS:
        if streamed:
            raise PatternError("does not begin like a mask file; expected JSON or another known format")
        ending = f"ends in '{show(path.suffix, 20)}'" if path.suffix else "has no extension"
        raise PatternError(f"{ending}; expected one of {', '.join(READERS)}")
