"""Models on the command line: checkpoints, folders, ONNX files, modules, and layers named by ``--chain``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from semialg.errors import PatternError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.audit.model import Model
    from semialg.pattern.pattern import Pattern

__all__ = ["pattern_of_chain", "source_model"]

_MODULE = re.compile(r"([A-Za-z_][\w.]*):[A-Za-z_][\w.]*(\(.*\))?", re.DOTALL)


def source_model(source: Sequence[str], order: str | None = None, masks: str | None = None) -> Model:
    """Return the model that the arguments name: files, or a module as ``MODULE:NAME``, also with arguments.

    Raises
    ------
    PatternError
        If there is no such model, or it cannot be read.
    """
    from semialg.audit.read import read_model
    from semialg.pattern.families import FAMILIES

    name = _MODULE.fullmatch(source[0]) if len(source) == 1 else None
    if name is not None and name[1] not in FAMILIES and not Path(source[0]).exists():
        from semialg.torch import model_of_name

        return model_of_name(source[0])
    return read_model(list(source), order=order, masks=masks)


def pattern_of_chain(source: Sequence[str], chain: str) -> Pattern:
    """Return the pattern of the layers that a chain names, input first: in product order, with their names.

    Raises
    ------
    PatternError
        If there are no such layers, they do not follow one another, or the mask of one is doubtful.
    """
    from semialg.audit.model import in_one_chain
    from semialg.pattern.pattern import Pattern

    model = in_one_chain(source_model(source), [chain.split(",")])
    layers = model.layers
    for layer in layers:
        doubts = (*layer.doubts, *layer.look())
        if doubts:
            raise PatternError(
                f"{model.source}: the mask of {layer.name} is not known: {'; '.join(doubts)}; expected "
                "layers without doubts (see semialg audit)"
            )
    product = layers[::-1]
    return Pattern([layer.load() for layer in product], [layer.name for layer in product])
