"""Masks in a ``.pt`` file, through torch's weights-only loader (torch is optional)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from semialg.errors import PatternError
from semialg.pattern.reading import CHECKPOINT, MAX_BYTES, checked_count, masks_of_arrays, show
from semialg.pattern.torch_file import import_torch, load

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from semialg.pattern.mask import Mask

__all__ = ["read_torch"]


def read_torch(path: Path) -> list[Mask]:
    """Return the masks of a ``.pt`` file: a tensor, a list of tensors, or a dictionary, by name.

    Raises PatternError if torch is missing, its weights-only loader refuses the file, or an entry is
    neither 0 nor 1.
    """
    torch = import_torch()
    loaded = load(path, "a file of plain tensors", most=MAX_BYTES)
    return masks_of_arrays(
        {name: _array(torch, name, value) for name, value in _named(loaded).items()}, "tensor"
    )


def _named(loaded: Any) -> dict[str, Any]:
    if isinstance(loaded, dict):
        strange = next((key for key in loaded if not isinstance(key, str)), None)
        if strange is not None:
            raise PatternError(f"the dictionary has the key {show(strange, 40)}; expected names of tensors")
        nested = next((key for key, value in loaded.items() if isinstance(value, dict)), None)
        if nested is not None:
            raise PatternError(f"'{show(nested, 60)}' is a dictionary: {CHECKPOINT}")
        return dict(loaded)
    if isinstance(loaded, list | tuple):
        checked_count(len(loaded), "tensors")
        return {f"[{index}]": value for index, value in enumerate(loaded)}
    return {"": loaded}


def _array(torch: Any, name: str, value: Any) -> NDArray[Any]:
    if not isinstance(value, torch.Tensor):
        called = f"'{show(name, 60)}'" if name else "the content"
        raise PatternError(f"{called} is of type {show(type(value).__name__)}; expected a tensor")
    tensor = value.detach()
    if tensor.numel() * 8 > MAX_BYTES:
        # A sparse or expanded tensor can have more entries than the file has bytes.
        raise PatternError(
            f"'{show(name, 60)}' has {tensor.numel()} entries; expected at most {MAX_BYTES // 8}"
        )
    if tensor.layout != torch.strided:
        tensor = tensor.to_dense()
    if tensor.dtype == torch.bfloat16:
        tensor = tensor.to(torch.float32)  # exact, and numpy has no such type
    try:
        return np.asarray(tensor.numpy())
    except (TypeError, RuntimeError) as error:
        raise PatternError(f"tensor '{show(name, 60)}' is no array of numbers ({show(error)})") from None
