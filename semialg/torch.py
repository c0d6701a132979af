"""PyTorch: audit a module, and watch its training for the divergence that a pattern predicts.

torch is imported only when a function needs it.

Examples
--------
::

    import semialg.torch

    report = semialg.torch.check(model)          # in a notebook, shows the report
    watch = semialg.torch.DivergenceWatch(model)
    for epoch in range(epochs):
        loss = train_one_epoch(model)
        watch(loss)                              # warns when the predicted divergence shows
"""

from __future__ import annotations

import ast
import importlib
import math
import sys
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from semialg.audit.audit import audit
from semialg.audit.model import Layer, Model, Skipped, chains_of
from semialg.audit.names import calls_itself_mask
from semialg.audit.repair import repair_model
from semialg.audit.traced import traced_parts
from semialg.audit.weights import STATE_DICT_NOTE, parts_of_tensors
from semialg.errors import PatternError
from semialg.intake.shown import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from semialg.audit.findings import Audit, Finding
    from semialg.audit.model import NeuronNames
    from semialg.audit.repair import ModelRepair
    from semialg.audit.tensors import Tensor

__all__ = [
    "DivergenceWarning",
    "DivergenceWatch",
    "ModuleRepair",
    "check",
    "model_of_module",
    "model_of_name",
    "repair",
]


class DivergenceWarning(UserWarning):
    """Weights grow along an obstruction while the loss goes down, as the pattern predicts."""


def check(
    module: Any,
    *,
    names: NeuronNames | None = None,
    time_limit: float = 20.0,
    advice_seconds: float = 5.0,
) -> Audit:
    """Return the audit of a module: verdicts on its pairs and chains of linear layers.

    Parameters
    ----------
    module
        A ``torch.nn.Module``. Its masks are those of ``torch.nn.utils.prune`` and of parametrizations,
        otherwise the nonzero entries of the weights.
    names
        Names of neurons.
    time_limit, advice_seconds
        Seconds for each verdict, and for each search for the fewest changes.

    Raises
    ------
    PatternError
        If it is no module, or has no linear layer.

    Examples
    --------
    >>> import pytest
    >>> nn = pytest.importorskip("torch").nn
    >>> check(nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 2))).verdict
    'closed'
    """
    return audit(model_of_module(module), names=names, time_limit=time_limit, advice_seconds=advice_seconds)


@dataclass(frozen=True)
class ModuleRepair:
    """Masks of a module for which every chain of its layers is certified closed.

    Attributes
    ----------
    report
        What was done for each chain.
    masks
        Boolean tensors by the names of the weights, as ``torch.nn.utils.prune.custom_from_mask`` takes them.
    """

    report: ModelRepair
    masks: dict[str, Any]
    module: Any

    def apply(self) -> None:
        """Prune the module with the masks (``torch.nn.utils.prune``); masks that it had are replaced.

        Raises
        ------
        PatternError
            If a weight is not one that pruning can reach.
        """
        prune = importlib.import_module("torch.nn.utils.prune")
        for name, mask in self.masks.items():
            place, _, weight = name.rpartition(".")
            part = self.module.get_submodule(place)
            if hasattr(part, f"{weight}_orig"):
                prune.remove(part, weight)
            if weight not in dict(part.named_parameters(recurse=False)):
                raise PatternError(f"{show(name)} is no parameter that pruning can reach; expected a weight")
            prune.custom_from_mask(part, weight, mask)


def repair(
    module: Any, *, by: str = "magnitude", seconds: float = 10.0, time_limit: float = 60.0
) -> ModuleRepair:
    """Return masks near those of a module for which every chain of its layers is certified closed.

    Parameters
    ----------
    module
        A ``torch.nn.Module``.
    by
        ``magnitude``: as little weight as possible is lost; ``entries``: as few entries as possible change.
    seconds, time_limit
        Seconds for each search, and for each verdict.

    Raises
    ------
    PatternError
        If it is no module, or has no linear layer.

    Examples
    --------
    >>> import pytest
    >>> nn = pytest.importorskip("torch").nn
    >>> repair(nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 2))).report.closed
    True
    """
    torch = importlib.import_module("torch")
    report = repair_model(model_of_module(module), by=by, seconds=seconds, time_limit=time_limit)
    masks = {name: torch.as_tensor(np.ascontiguousarray(mask)) for name, mask in report.masks.items()}
    return ModuleRepair(report, masks, module)


def model_of_name(spec: str) -> Model:
    """Return the model that ``package.module:name`` means: a module, or a function that makes one.

    A function may be called with arguments, written as Python literals: ``nets:make(64, depth=3)``.

    Raises
    ------
    PatternError
        If there is no such thing.
    """
    place, _, rest = spec.partition(":")
    name, arguments, keywords = _call(spec, rest)
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = importlib.import_module(place)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise PatternError(f"{spec}: cannot be imported ({error}); expected MODULE:NAME") from None
    if isinstance(found, type) or (callable(found) and not hasattr(found, "state_dict")):
        found = found(*arguments, **keywords)
    elif arguments or keywords:
        raise PatternError(f"{spec}: a module takes no arguments; expected a class or a function")
    return model_of_module(found, spec)


def _call(spec: str, text: str) -> tuple[str, list[Any], dict[str, Any]]:
    """Take ``name(1, depth=3)`` apart: the arguments are literals, nothing is evaluated."""
    if not text.endswith(")"):
        return text, [], {}
    found: tuple[str, list[Any], dict[str, Any]] | None = None
    try:
        call = ast.parse(text, mode="eval").body
        if isinstance(call, ast.Call) and all(keyword.arg is not None for keyword in call.keywords):
            given = [ast.literal_eval(argument) for argument in call.args]
            found = (
                ast.unparse(call.func),
                given,
                {str(k.arg): ast.literal_eval(k.value) for k in call.keywords},
            )
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found = None
    if found is None:
        raise PatternError(
            f"{show(spec)}: expected MODULE:NAME(1, depth=3) with Python literals as arguments"
        )
    return found


def model_of_module(module: Any, source: str = "") -> Model:
    """Return the chains of linear layers of a module, from its traced graph where it can be traced.

    Raises
    ------
    PatternError
        If it is no ``torch.nn.Module`` or has no linear layer.
    """
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        raise PatternError(
            "torch is not installed; install it with: pip install 'semialg-closedness[torch]'"
        ) from None
    if not isinstance(module, torch.nn.Module):
        raise PatternError(
            f"{source or 'the argument'} is of type {type(module).__name__}; expected a module"
        )
    source = source or type(module).__name__
    from semialg.audit.checkpoint import tensors_of_mapping

    tensors = _with_facts(module, tensors_of_mapping(module.state_dict()))
    parts, notes = parts_of_tensors(tensors, ordered=True)
    layers = {part.name: part for part in parts if isinstance(part, Layer)}
    if isinstance(module, torch.nn.Linear):
        parts = [replace(part, name="linear") if isinstance(part, Layer) else part for part in parts]
    else:
        traced = traced_parts(torch, module, layers, [part for part in parts if isinstance(part, Skipped)])
        unseen = ""
        if traced is None:
            unseen = "the module cannot be traced"
        elif not any(isinstance(part, Layer) for part in traced):
            unseen = "the traced graph of the module shows no linear layer"
            parts += [part for part in traced if part not in parts and part.name not in layers]
        if unseen or traced is None:
            notes = (*notes, f"{unseen}: its layers are taken in the order of registration")
            why = (
                f"{unseen}, so what it does between its layers is not known (--chain says what follows what)"
            )
            parts.append(Skipped("forward", why, breaks=False))
        else:
            parts = traced
            notes = (
                "the module's graph was traced, so branches and activations are known",
                *(note for note in notes if note != STATE_DICT_NOTE),
            )
    chains, skipped = chains_of(parts)
    if not chains:
        raise PatternError(f"{source}: there is no linear layer in it")
    return Model(source, chains, skipped, notes)


def _with_facts(module: Any, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Add what a module knows of its parameters: which are trained, which are one and the same."""
    parameters = dict(module.named_parameters(remove_duplicate=False))
    names: dict[int, list[str]] = {}
    for name, parameter in parameters.items():
        names.setdefault(id(parameter), []).append(name)
    found = []
    for tensor in tensors:
        parameter = parameters.get(tensor.name)
        doubts = []
        if parameter is not None and calls_itself_mask(tensor.name):
            if parameter.requires_grad:
                doubts.append(f"the mask '{tensor.name}' is a parameter that is trained")
        elif parameter is not None and not parameter.requires_grad:
            doubts.append(f"the parameter '{tensor.name}' is frozen, so it is not trained with the others")
        if parameter is not None and len(names[id(parameter)]) > 1:
            doubts.append(f"{' and '.join(names[id(parameter)])} share one parameter")
        found.append(replace(tensor, doubts=tuple(doubts), parameter=parameter is not None))
    return found


# ---------------------------------------------------------------------- watching a training


@dataclass(frozen=True)
class _Watched:
    """Weights that the certificate of a finding lets grow: of each layer, output and input indices."""

    finding: Finding
    entries: tuple[tuple[str, int, int], ...]


class DivergenceWatch:
    """A callback that warns when training shows the divergence that a pattern predicts.

    Call it with the loss after every epoch (or every so many steps). It warns, once for each obstruction,
    when over the last ``window`` calls, and over their second half, the loss went down while the
    largest of the weights that the certificate's curve lets grow became ``growth`` times as large, and grew
    more than the other weights did. That is a sign, not a proof: the proof that it can happen is the
    certificate.

    Parameters
    ----------
    module
        The module in training.
    report
        Its audit, if there is one already.
    window
        Number of calls that are compared.
    growth
        Factor by which weights must grow within the window.
    on_warning
        Called with the message in place of ``warnings.warn``.

    Attributes
    ----------
    report
        The audit.
    history
        For each call: the loss, and for each watched finding the largest watched weight.
    """

    def __init__(
        self,
        module: Any,
        report: Audit | None = None,
        *,
        window: int = 10,
        growth: float = 1.2,
        on_warning: Callable[[str], None] | None = None,
    ) -> None:
        if window < 2 or growth <= 1:
            raise PatternError(
                f"the window is {window} and the growth {growth}; expected at least 2 and above 1"
            )
        self.report = check(module, advice_seconds=0.0) if report is None else report
        self._module, self._window, self._growth, self._warn = module, window, growth, on_warning
        self._watched = [
            _Watched(finding, finding.site.growing)
            for finding in self.report.findings
            if finding.site is not None and finding.site.growing
        ]
        self._silenced: set[int] = set()
        self.history: list[tuple[float, tuple[tuple[float, float], ...]]] = []

    def __call__(self, loss: float) -> bool:
        """Record the loss and the weights; return whether a warning was given."""
        norms = tuple((self._largest(watched), self._rest(watched)) for watched in self._watched)
        self.history.append((float(loss), norms))
        if len(self.history) <= self._window:
            return False
        (first, before), (middle, halfway), (last, now) = (
            self.history[-1 - back] for back in (self._window, self._window // 2, 0)
        )
        warned = False
        for at, watched in enumerate(self._watched):
            (old, old_rest), (new, new_rest) = before[at], now[at]
            grown = halfway[at][0]
            # Growth that has ended is that of learning; growth of all weights is that of too high a rate.
            lasting = old < grown and new >= grown * (1 + (self._growth - 1) / 4) and last < middle < first
            apart = new * max(old_rest, 1e-30) > old * max(new_rest, 1e-30)
            if at not in self._silenced and lasting and apart and new >= self._growth * old > 0:
                self._silenced.add(at)
                self._tell(watched, first, last, old, new)
                warned = True
        return warned

    def _tell(self, watched: _Watched, first: float, last: float, old: float, new: float) -> None:
        entries = ", ".join(f"{layer}[{i}, {j}]" for layer, i, j in watched.entries[:4])
        message = (
            f"within {self._window} calls the loss went from {first:.4g} to {last:.4g} while the "
            f"weights {entries} grew from {old:.4g} to {new:.4g}: the masks of {watched.finding.title} are "
            "not closed, so there may be no optimum to converge to (weight decay, or a closed pattern from "
            "semialg suggest, would help)"
        )
        if self._warn is not None:
            self._warn(message)
        else:
            warnings.warn(message, DivergenceWarning, stacklevel=3)

    def _largest(self, watched: _Watched) -> float:
        weights = self._weights(watched)
        return max(abs(float(weights[layer][i, j])) for layer, i, j in watched.entries)

    def _rest(self, watched: _Watched) -> float:
        """Root mean square of the other weights of the same layers."""
        total = count = 0.0
        weights = self._weights(watched)
        for weight in weights.values():
            total += float((weight**2).sum())
            count += int((weight != 0).sum())
        for layer, i, j in watched.entries:
            total -= float(weights[layer][i, j] ** 2)
            count -= 1
        return math.sqrt(max(total, 0.0) / max(count, 1.0))

    def _weights(self, watched: _Watched) -> dict[str, Any]:
        return dict(self._named({layer for layer, _, _ in watched.entries}))

    def _named(self, layers: set[str]) -> Iterator[tuple[str, Any]]:
        """Yield the effective weights; a pruned weight is recomputed, since hooks may not have run yet."""
        for name, part in self._module.named_modules():
            key = name or "linear"
            if key in layers and hasattr(part, "weight"):
                if hasattr(part, "weight_orig") and hasattr(part, "weight_mask"):
                    yield key, (part.weight_orig * part.weight_mask).detach()
                else:
                    yield key, part.weight.detach()
