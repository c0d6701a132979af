"""From a file, or several, to a :class:`~semialg.audit.model.Model`."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from semialg.audit.model import Layer, Model, chains_of
from semialg.audit.tensors import npz_tensors, safetensors_tensors
from semialg.audit.weights import STATE_DICT_NOTE, parts_of_tensors
from semialg.errors import PatternError
from semialg.intake.sources import LARGEST_TEXT, as_file
from semialg.pattern.reading import show_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.audit.model import Skipped
    from semialg.pattern.mask import Mask

__all__ = ["SUFFIXES", "read_model"]

#: Extensions that are read as checkpoints; mask files of :mod:`semialg.pattern.files` are read too.
SUFFIXES = (".pt", ".pth", ".safetensors", ".npz", ".onnx", ".npy", ".mtx", ".json")

_MASKS_NOTE = (
    "masks alone say nothing about activations and skip connections: the layers are taken to follow one "
    "another with ReLU in between"
)
_TURNED_NOTE = (
    "in the order of the file hardly any layers fit together, but in the reverse order they do; use "
    "--order product if the file lists the output layer first"
)


def read_model(sources: str | Sequence[str], *, product_order: bool = False) -> Model:
    """Return the model in a checkpoint, or the one whose layers are in several mask files.

    Parameters
    ----------
    sources
        A file, or one mask file a layer. A named pattern (``lu:3``) is read too.
    product_order
        Whether layers are listed output first. By default they are in network order, input first, except
        in pattern files (``.json``, ``.npy``) and named patterns, which are always in product order.

    Raises
    ------
    PatternError
        With one sentence that names the file, what was found and what was expected.
    """
    sources = _listed(sources)
    label = ", ".join(show_path(source) for source in sources)
    try:
        parts, notes = _parts(sources)
    except PatternError as error:
        text = str(error)
        raise PatternError(text if text.startswith(label) else f"{label}: {text}") from None
    except OSError as error:
        raise PatternError(f"{label}: cannot be read ({error.strerror or error})") from None
    except MemoryError:
        raise PatternError(f"{label}: needs more memory than there is; expected a smaller file") from None
    if product_order:
        parts = parts[::-1]
    chains, skipped = chains_of(parts)
    if not chains:
        what = f"; what is there: {skipped[0].name} ({skipped[0].reason})" if skipped else ""
        raise PatternError(f"{label}: there is no linear layer with a mask or a weight in it{what}")
    if not product_order and _longest(chains_of(parts[::-1])[0]) > max(1, 2 * _longest(chains) - 1):
        notes = (*notes, _TURNED_NOTE)
    return Model(label, chains, skipped, notes)


def _listed(given: object) -> list[str]:
    if isinstance(given, str | Path):
        return [str(given)]
    if isinstance(given, list | tuple) and given and all(isinstance(source, str | Path) for source in given):
        return [str(source) for source in given]
    kind = type(given).__name__
    raise PatternError(f"a model is read from an object of type {kind}; expected a file, or a list of files")


def _longest(chains: Sequence[object]) -> int:
    return max((len(chain.layers) for chain in chains), default=0)  # type: ignore[attr-defined]


def _parts(sources: Sequence[str]) -> tuple[list[Layer | Skipped], tuple[str, ...]]:
    if len(sources) > 1:
        layers: list[Layer | Skipped] = []
        for source in sources:
            masks = _pattern_masks(source)
            if len(masks) != 1:
                raise PatternError(
                    f"{show_path(source)} holds {len(masks)} masks; expected one in each when several files "
                    "are given"
                )
            layers.append(_layer_of(Path(source).stem, masks[0]))
        return layers, (_MASKS_NOTE,)
    (source,) = sources
    path = as_file(source, most=LARGEST_TEXT, error=PatternError, expected="a checkpoint or masks")
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES or suffix in {".npy", ".mtx", ".json"} or not _is_file(path):
        masks = _pattern_masks(source)
        count = len(masks)
        return [_layer_of(f"layer{count - at}", masks[at]) for at in range(count - 1, -1, -1)], (_MASKS_NOTE,)
    if suffix == ".onnx":
        from semialg.audit.onnx_graph import parts_of_onnx

        return parts_of_onnx(path)
    if suffix == ".safetensors":
        return parts_of_tensors(safetensors_tensors(path), ordered=False)
    if suffix == ".npz":
        tensors = npz_tensors(path)
        if {"format", "shape", "data"} <= {tensor.name for tensor in tensors}:
            return [_layer_of(path.stem, _pattern_masks(source)[0])], (_MASKS_NOTE,)
        parts, _ = parts_of_tensors(tensors, ordered=True)
        return parts, (STATE_DICT_NOTE,)
    from semialg.audit.checkpoint import tensors_of_checkpoint

    return parts_of_tensors(tensors_of_checkpoint(path), ordered=True)


def _is_file(path: Path) -> bool:
    """Whether it is a regular file: a pipe or a device would be waited for."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return False
    if stat.S_ISREG(status.st_mode) and not status.st_size:
        raise PatternError("the file is empty; expected a checkpoint or masks")
    return stat.S_ISREG(status.st_mode)


def _pattern_masks(source: str) -> tuple[Mask, ...]:
    from semialg.pattern.pattern import Pattern

    if re.search(r"\.onnx$", source, re.IGNORECASE):
        raise PatternError("there is no such regular file; expected an ONNX model")
    return Pattern.parse(source).masks


def _layer_of(name: str, mask: Mask) -> Layer:
    return Layer(name, mask.rows, mask.columns, "mask", lambda: mask)
