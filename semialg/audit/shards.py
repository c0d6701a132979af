"""Models in several files: an index of shards, and the folder of a Hugging Face model.

``NAME.index.json`` holds ``{"metadata": {...}, "weight_map": {tensor: file}}``; the files stand beside it. A
folder holds such an index or one file of weights, and a ``config.json`` that names the format of compressed
weights.

References
----------
huggingface_hub, ``constants.py`` and ``serialization/_torch.py`` (names and index of shards);
compressed-tensors, ``base.py`` (``quantization_config``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from semialg.audit.tensors import safetensors_tensors
from semialg.errors import PatternError
from semialg.pattern.reading import read_text_bytes, show, strict_json

if TYPE_CHECKING:
    from semialg.audit.tensors import Tensor

__all__ = ["tensors_of_folder", "tensors_of_index"]

_INDICES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
_FILES = ("model.safetensors", "pytorch_model.bin", "diffusion_pytorch_model.safetensors")
_READABLE = frozenset(
    {None, "dense", "sparse-bitmask", "sparse-24-bitmask", "float-quantized", "naive-quantized"}
)


def tensors_of_index(path: Path) -> list[Tensor]:
    """Return the tensors of all the files that an index names, and only if they are what it says.

    Raises
    ------
    PatternError
        If the index is no such object, a file lies elsewhere, or files and index disagree.
    """
    document = strict_json(read_text_bytes(path), "the index")
    places = document.get("weight_map") if isinstance(document, dict) else None
    if not isinstance(places, dict) or not places or not all(isinstance(f, str) for f in places.values()):
        raise PatternError(
            'the index has no "weight_map" from tensors to files; expected {"weight_map": {"fc1.weight": '
            '"model-00001-of-00002.safetensors"}}'
        )
    found: list[Tensor] = []
    for name in dict.fromkeys(places.values()):
        if not name or name != Path(name).name or "\\" in name or name in {".", ".."}:
            raise PatternError(f"the index names the file '{show(name, 80)}'; expected files beside it")
        file = path.parent / name
        if not file.is_file():
            raise PatternError(f"the index names the file '{show(name, 80)}', which is not there")
        tensors = _read(file)
        there, wanted = {t.name for t in tensors}, {t for t, f in places.items() if f == name}
        if there != wanted:
            odd = sorted(there ^ wanted)[0]
            where = "is not in it" if odd in wanted else "is in it but not in the index"
            raise PatternError(f"the shard '{show(name, 80)}': tensor '{show(odd, 80)}' {where}")
        found += tensors
    return found


def tensors_of_folder(path: Path) -> list[Tensor]:
    """Return the tensors of the model in a folder.

    Raises
    ------
    PatternError
        If there is no model in it, more than one, or one whose format is known and not read.
    """
    _refuse_formats(path)
    indices = [name for name in _INDICES if (path / name).is_file()]
    if indices:
        return tensors_of_index(path / indices[0])
    files = [name for name in _FILES if (path / name).is_file()]
    if not files:
        files = sorted(file.name for file in path.glob("*.safetensors") if file.is_file())
        if len(files) != 1:
            raise PatternError(
                f"the folder holds {len(files)} files of weights and no index; expected a Hugging Face model "
                f"({', '.join((*_FILES[:2], *_INDICES))})"
            )
    return _read(path / files[0])


def _read(file: Path) -> list[Tensor]:
    if file.suffix.lower() == ".safetensors":
        return safetensors_tensors(file)
    from semialg.audit.checkpoint import tensors_of_checkpoint

    return tensors_of_checkpoint(file)


def _refuse_formats(folder: Path) -> None:
    file = folder / "config.json"
    if not file.is_file():
        return
    config = strict_json(read_text_bytes(file), "config.json")
    quantized = _object(
        _object(config).get("quantization_config") or _object(config).get("compression_config")
    )
    method, packing = quantized.get("quant_method"), quantized.get("format")
    sparse = _object(quantized.get("sparsity_config")).get("format")
    unread = [
        f"{what} '{show(value, 40)}'"
        for what, value, readable in (
            ("the quantization method", method, {None, "compressed-tensors", "fp8"}),
            ("the format", packing, _READABLE),
            ("the sparsity format", sparse, _READABLE),
        )
        if (value if isinstance(value, str) else None) not in readable
    ]
    if unread:
        raise PatternError(
            f"config.json names {' and '.join(unread)}, which is not read; expected dense or bitmask weights "
            "(decompress the model and save it again)"
        )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
