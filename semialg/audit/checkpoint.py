"""The tensors of a ``.pt`` or ``.pth`` file, through torch's weights-only loader (torch is optional)."""

from __future__ import annotations

import importlib
import re
import zipfile
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from semialg.audit.tensors import MAX_ENTRIES, Tensor
from semialg.errors import PatternError
from semialg.pattern.reading import show
from semialg.pattern.torch_file import import_torch, load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["tensors_of_checkpoint", "tensors_of_mapping"]

#: Keys of dictionaries that wrap a state dict: they are no part of the names of its tensors.
_WRAPPERS = frozenset(
    {
        "state_dict", "model_state_dict", "model", "module", "net", "network", "params", "parameters",
        "weights", "checkpoint", "student",
    }
)  # fmt: skip
#: Keys of what stands around a state dict in the checkpoint of a training.
_TRAINING = re.compile(
    r"(?i)(\w+_)?(optim(izers?)?|opt|optimizer_states?|(lr_)?schedulers?|scaler|rng)(_state(_dict)?s?)?"
)
#: What a dictionary with the tensors of a single layer has as keys.
_OF_A_LAYER = frozenset({"weight", "bias", "kernel", "mask", "scale", "original", "weight_mask", "bias_mask"})
_DEEPEST = 8
_NNI = "a mask for each module and target (NNI)"


def tensors_of_checkpoint(path: Path) -> list[Tensor]:
    """Return the tensors of a checkpoint, in its order: those of all dictionaries and lists in it.

    Raises
    ------
    PatternError
        If torch is missing, or its weights-only loader refuses the file (nothing is ever unpickled freely).
    """
    import_torch()
    # Mapped, so that a lying header takes no memory either.
    state = load(path, "a state dict", mapped=zipfile.is_zipfile(path))
    if isinstance(state, dict | list | tuple):
        return tensors_of_mapping(state)
    return tensors_of_mapping({"weight": state})


def tensors_of_mapping(state: Mapping[Any, Any] | Sequence[Any]) -> list[Tensor]:
    """Return the tensors of a state dict in memory, and of the dictionaries and lists in it.

    Keys that only wrap a state dict are left out of the names. Other entries, such as hyperparameters, are
    left out, and so is what an optimizer keeps, but for what calls itself a mask.

    Raises
    ------
    PatternError
        If there is no tensor with a name.
    """
    torch = importlib.import_module("torch")
    found: list[tuple[tuple[str, ...], str, Any]] = []
    _walk(torch, state, (), found)
    plain = [".".join(k for k in (*path, key) if k not in _WRAPPERS) for path, key, _ in found]
    if len(set(plain)) != len(plain) or "" in plain:
        plain = [".".join((*path, key)) for path, key, _ in found]
    note = _NNI if _is_nni(state) else ""
    tensors = [
        Tensor(
            f"{name}_mask" if note else name,
            tuple(value.shape),
            not (value.is_floating_point() or value.dtype == torch.bool),
            partial(_entries, torch, name, value),
            _group(path, state),
            boolean=value.dtype == torch.bool,
            note=note,
            storage=value.data_ptr() if value.layout == torch.strided and value.numel() else None,
        )
        for name, (path, _, value) in zip(plain, found, strict=True)
    ]
    if not tensors:
        raise PatternError("there is no tensor in it; expected a state dict")
    return tensors


def _walk(
    torch: Any, value: Any, path: tuple[str, ...], found: list[tuple[tuple[str, ...], str, Any]]
) -> None:
    if len(path) > _DEEPEST:
        raise PatternError(f"dictionaries are nested more than {_DEEPEST} deep; expected a state dict")
    pairs = value.items() if hasattr(value, "items") else enumerate(value)
    for key, entry in pairs:
        name = str(key)
        if isinstance(entry, torch.Tensor):
            training = any(_TRAINING.fullmatch(part) for part in path)
            if not training or "mask" in ".".join((*path, name)).lower():
                found.append((path, name, entry))
        elif isinstance(entry, dict | list | tuple):
            _walk(torch, entry, (*path, name), found)


def _is_nni(state: Any) -> bool:
    """Whether this is what NNI saves: for each module its targets with a mask, or None."""
    targets = list(state.values()) if hasattr(state, "values") else []
    return bool(targets) and all(
        isinstance(entry, dict) and "weight" in entry and any(v is None for v in entry.values())
        for entry in targets
    )


def _group(path: tuple[str, ...], state: Any) -> str:
    """Return the dictionary that a tensor stands in, unless it is that of a layer or only wraps others."""
    at, groups = state, []
    for key in path:
        at = at[key] if hasattr(at, "items") and key in at else None
        if at is None or (hasattr(at, "items") and {str(k) for k in at} <= _OF_A_LAYER):
            break
        groups.append(key)
    return ".".join(key for key in groups if key not in _WRAPPERS)


def _entries(torch: Any, name: str, value: Any) -> NDArray[Any]:
    if value.numel() > MAX_ENTRIES:
        raise PatternError(
            f"tensor '{show(name, 60)}' has {value.numel()} entries; expected at most {MAX_ENTRIES}"
        )
    try:
        tensor = value.detach()
        if tensor.layout != torch.strided:
            # Stored zeros of a sparse tensor count as zeros, as those of a dense one do.
            tensor = tensor.to_dense()
        if tensor.is_quantized:
            tensor = tensor.dequantize()
        if tensor.is_floating_point() and tensor.dtype not in (torch.float16, torch.float32, torch.float64):
            tensor = tensor.to(torch.float32)  # exact, and numpy has no such type
        array: NDArray[Any] = np.asarray(tensor.numpy())
    except (TypeError, RuntimeError, NotImplementedError) as error:
        raise PatternError(f"tensor '{show(name, 60)}' is no array of numbers ({show(error)})") from None
    return array
