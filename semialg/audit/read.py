"""From a file, or several, to a :class:`~semialg.audit.model.Model`."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from semialg.audit.model import Layer, Model, Skipped, chains_of
from semialg.audit.names import calls_itself_mask
from semialg.audit.order import doubts_of_order
from semialg.audit.shards import tensors_of_folder, tensors_of_index
from semialg.audit.tensors import npz_tensors, safetensors_tensors
from semialg.audit.weights import parts_of_tensors
from semialg.errors import PatternError
from semialg.intake.sources import LARGEST_TEXT, as_file
from semialg.pattern.reading import in_natural_order, show, show_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.audit.tensors import Tensor
    from semialg.pattern.mask import Mask

__all__ = ["ORDERS", "SUFFIXES", "read_model", "tensors_of_source"]

#: Extensions that are read as checkpoints; mask files of :mod:`semialg.pattern.files` are read too.
SUFFIXES = (".pt", ".pth", ".bin", ".ckpt", ".safetensors", ".npz", ".onnx", ".npy", ".mtx", ".json")

_MASKS_NOTE = (
    "masks alone say nothing about activations and skip connections: the layers are taken to follow one "
    "another with ReLU in between"
)
#: What may be said about the order of the layers; ``network`` and ``product`` are about that in the file.
ORDERS = ("network", "product", "names")


@dataclass(frozen=True)
class _Parts:
    """What was read; ``ordered`` is None where the order is stated by the format or on the command line."""

    parts: list[Layer | Skipped]
    notes: tuple[str, ...]
    ordered: bool | None = None


def read_model(
    sources: str | Sequence[str],
    *,
    order: str | None = None,
    product_order: bool = False,
    masks: str | None = None,
) -> Model:
    """Return the model in a checkpoint, or the one whose layers are in several mask files.

    Parameters
    ----------
    sources
        A file, an index of shards, the folder of a Hugging Face model, or one mask file a layer. A named
        pattern (``lu:3``) is read too.
    order
        ``network`` if layers are listed input first, ``product`` if output first, ``names`` if the natural
        order of their names is the order of the network. By default it is the order in the file, and where
        names or widths contradict it the model has a doubt. Pattern files (``.json``, ``.npy``) and named
        patterns are always in product order.
    product_order
        The same as ``order="product"``.
    masks
        A file with the masks of the weights, keyed by their names.

    Raises
    ------
    PatternError
        With one sentence that names the file, what was found and what was expected.
    """
    sources = _listed(sources)
    order = "product" if product_order else order
    if order is not None and order not in ORDERS:
        raise PatternError(f"the order is {show(order, 40)}; expected one of {', '.join(ORDERS)}")
    label = ", ".join(show_path(source) for source in sources)
    try:
        found = _parts(sources, masks)
    except PatternError as error:
        text = str(error)
        raise PatternError(text if text.startswith(label) else f"{label}: {text}") from None
    except OSError as error:
        raise PatternError(f"{label}: cannot be read ({error.strerror or error})") from None
    except MemoryError:
        raise PatternError(f"{label}: needs more memory than there is; expected a smaller file") from None
    parts = found.parts
    if order == "product":
        parts = parts[::-1]
    elif order == "names":
        parts = _by_names(parts)
    chains, skipped = chains_of(parts)
    if not chains:
        what = f"; what is there: {skipped[0].name} ({skipped[0].reason})" if skipped else ""
        raise PatternError(f"{label}: there is no linear layer with a mask or a weight in it{what}")
    doubts: tuple[str, ...] = ()
    if order is None and found.ordered is not None:
        doubts = doubts_of_order(parts, ordered=found.ordered)
    return Model(label, chains, skipped, found.notes, doubts)


def _by_names(parts: Sequence[Layer | Skipped]) -> list[Layer | Skipped]:
    """Return the parts with the layers in the natural order of their names; nothing else keeps its place."""
    known = {part.name: part for part in parts if isinstance(part, Layer)}
    others = [replace(part, breaks=False) for part in parts if isinstance(part, Skipped)]
    return [*others, *(known[name] for name in in_natural_order(known))]


def _listed(given: object) -> list[str]:
    if isinstance(given, str | Path):
        return [str(given)]
    if isinstance(given, list | tuple) and given and all(isinstance(source, str | Path) for source in given):
        return [str(source) for source in given]
    kind = type(given).__name__
    raise PatternError(f"a model is read from an object of type {kind}; expected a file, or a list of files")


def _parts(sources: Sequence[str], masks: str | None) -> _Parts:
    if masks is None and len(sources) > 1:
        layers: list[Layer | Skipped] = []
        for source in sources:
            found = _pattern_masks(source)
            if len(found) != 1:
                raise PatternError(
                    f"{show_path(source)} holds {len(found)} masks; expected one in each when several files "
                    "are given (--masks FILE gives the masks of a checkpoint)"
                )
            layers.append(_layer_of(Path(source).stem, found[0]))
        return _Parts(layers, (_MASKS_NOTE,))
    if len(sources) != 1:
        raise PatternError(f"{len(sources)} sources are given together with masks; expected one checkpoint")
    (source,) = sources
    read = tensors_of_source(source)
    if read is not None:
        tensors, ordered = read
        if masks is not None:
            tensors = [*tensors, *_given_masks(masks)]
        return _Parts(*parts_of_tensors(tensors, ordered=ordered), ordered)
    if masks is not None:
        raise PatternError(
            f"{show_path(source)} is no checkpoint of weights; expected one together with masks"
        )
    path = as_file(source, most=LARGEST_TEXT, error=PatternError, expected="a checkpoint or masks")
    suffix = path.suffix.lower()
    if suffix == ".onnx" and _is_file(path):
        from semialg.audit.onnx_graph import parts_of_onnx

        return _Parts(*parts_of_onnx(path))
    found_masks = _pattern_masks(source)
    if suffix == ".npz":
        return _Parts([_layer_of(path.stem, found_masks[0])], (_MASKS_NOTE,))
    count = len(found_masks)
    return _Parts(
        [_layer_of(f"layer{count - at}", found_masks[at]) for at in range(count - 1, -1, -1)], (_MASKS_NOTE,)
    )


def tensors_of_source(source: str) -> tuple[list[Tensor], bool] | None:
    """Return the tensors of a checkpoint, and whether they come in the order of the file.

    Returns None for what is no checkpoint of named tensors: patterns, ONNX files, masks in other formats.

    Raises
    ------
    PatternError
        If it cannot be read.
    """
    path = as_file(source, most=LARGEST_TEXT, error=PatternError, expected="a checkpoint or masks")
    if path.is_dir():
        return tensors_of_folder(path), False
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES or suffix in {".npy", ".mtx", ".onnx"} or not _is_file(path):
        return None
    if suffix == ".json":
        return (tensors_of_index(path), False) if path.name.lower().endswith(".index.json") else None
    if suffix == ".safetensors":
        return safetensors_tensors(path), False
    if suffix == ".npz":
        tensors = npz_tensors(path)
        of_scipy = {"format", "shape", "data"} <= {tensor.name for tensor in tensors}
        return None if of_scipy else (tensors, True)
    from semialg.audit.checkpoint import tensors_of_checkpoint

    return tensors_of_checkpoint(path), True


def _given_masks(source: str) -> list[Tensor]:
    read = tensors_of_source(source)
    if read is None:
        raise PatternError(
            f"{show_path(source)}: holds no named tensors; expected masks by the names of the weights "
            "(.pt, .npz, .safetensors)"
        )
    found = []
    for tensor in read[0]:
        name = tensor.name if calls_itself_mask(tensor.name) else f"masks.{tensor.name}"
        found.append(replace(tensor, name=name, group="masks" if name.startswith("masks.") else tensor.group))
    return found


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
    return Layer(show(name, 10**6), mask.rows, mask.columns, "mask", lambda: mask)
