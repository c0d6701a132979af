"""Which tensor of a checkpoint is a weight, which is a mask and of what; what nothing explains is named.

Masks are found by name where a convention of the field is known, otherwise by the entries: a tensor of
zeros and ones with the shape of a weight, beside it or in a dictionary of its own, is a mask, never a layer.
Nothing is guessed: a tensor of the shape of a weight that is no mask makes the mask of that weight doubtful.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from semialg.audit.names import (
    calls_itself_mask,
    calls_itself_other,
    calls_itself_weight,
    core,
    digits,
    layer_name,
    words,
)
from semialg.errors import PatternError
from semialg.pattern.reading import show

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from semialg.audit.tensors import Tensor

__all__ = ["Slot", "Unexplained", "assign"]

_PARAMETRIZED = re.compile(r"(?P<layer>.*?)\.?parametrizations\.(?P<name>\w+)\.(?P<rest>.+)")
_UNREADABLE: tuple[tuple[str, str], ...] = (
    (r"weight_packed", "a packed weight of compressed-tensors (pack-quantized or marlin-24)"),
    (r"qweight|qzeros", "a packed weight of GPTQ or AWQ"),
    (r"SCB|absmax|quant_map|nested_absmax|quant_state\.\w+", "a quantized weight of bitsandbytes"),
    (r"_packed_params(\._packed_params)?", "a packed weight of torch's quantized layers"),
    (r"B_24|B_meta|packed|meta|compressed_swizzled_bitmask", "a packed weight of a 2:4 sparse kernel"),
)
_APEX_VALUES = re.compile(r"__(\w+)_mma_pruned_p$")
_COPIES = frozenset(
    {
        "ema", "teacher", "swa", "average", "averaged", "avg", "best", "old", "init", "initial", "rewind",
        "previous",
    }
)  # fmt: skip


@dataclass
class Slot:
    """A parameter: its weight, its masks with the convention of each, and why its mask may be another."""

    weight: Tensor | None = None
    masks: list[tuple[Tensor, str]] = field(default_factory=list)
    bitmask: Tensor | None = None
    shape: Tensor | None = None
    doubts: list[str] = field(default_factory=list)
    parametrized: bool = False

    @property
    def how(self) -> str:
        """Where the mask comes from."""
        return ", ".join(dict.fromkeys(how for _, how in self.masks)) or "nonzero entries"


@dataclass(frozen=True)
class Unexplained:
    """A tensor that no layer explains, or (harmless) one that is known to change nothing."""

    tensor: Tensor
    reason: str
    harmless: bool = False


def assign(tensors: dict[str, Tensor]) -> tuple[dict[str, Slot], list[Unexplained]]:
    """Return the parameters by name, in the order of the tensors, and what is left over.

    Raises
    ------
    PatternError
        If the checkpoint is in a format that is known and cannot be read.

    Examples
    --------
    >>> from semialg.audit.tensors import Tensor
    >>> weight, mask = np.array([[0.5, 0.1]]), np.array([[1.0, 0.0]])
    >>> slots, left = assign({
    ...     "fc1.weight": Tensor("fc1.weight", (1, 2), False, lambda: weight),
    ...     "masks.fc1": Tensor("masks.fc1", (1, 2), False, lambda: mask),
    ... })
    >>> list(slots), slots["fc1.weight"].masks[0][0].name, left
    (['fc1.weight'], 'masks.fc1', [])
    """
    _refuse_unreadable(tensors)
    slots: dict[str, Slot] = {}
    rest: list[Tensor] = []
    for name, tensor in tensors.items():
        if not _by_convention(name, tensor, tensors, slots):
            rest.append(tensor)
            if len(tensor.shape) > 1 and calls_itself_weight(name):
                slots.setdefault(name, Slot())  # keeps its place
    left = _Matching(slots, rest).run()
    for base in [base for base, slot in slots.items() if slot == Slot()]:
        del slots[base]
    for base, slot in slots.items():
        if slot.parametrized and not slot.masks:
            slot.doubts.append(
                f"{show(base, 80)} has a parametrization and its mask is not in the file (torch.ao.pruning "
                "keeps it in the state of the sparsifier)"
            )
        _compare_masks(base, slot)
    order = {id(t): at for at, t in enumerate(tensors.values())}

    def place(item: tuple[str, Slot]) -> int:
        slot = item[1]
        first = slot.weight or slot.bitmask or slot.masks[0][0]
        return order[id(first)]

    return dict(sorted(slots.items(), key=place)), left


def _refuse_unreadable(tensors: dict[str, Tensor]) -> None:
    for pattern, what in _UNREADABLE:
        end = re.compile(rf"(^|[._])({pattern})$")
        for name in tensors:
            if end.search(name):
                raise PatternError(
                    f"'{show(name, 80)}' is {what}, which is not read; expected dense or masked weights "
                    "(decompress the model, or use .to_dense(), and save it again)"
                )


def _by_convention(name: str, tensor: Tensor, tensors: dict[str, Tensor], slots: dict[str, Slot]) -> bool:
    """Put a tensor where its name says by a convention; return whether it does."""
    found = _PARAMETRIZED.fullmatch(name)
    if found:
        base, rest = ".".join(filter(None, (found["layer"], found["name"]))), found["rest"]
        slot = slots.setdefault(base, Slot())
        slot.parametrized = True
        if rest.startswith("original"):
            slot.weight = tensor
        elif calls_itself_mask(rest):
            slot.masks.append((tensor, f"parametrization {rest}"))
        elif len(tensor.shape) > 1 or tensor.shape == ():
            slot.doubts.append(f"the parametrization '{show(name, 80)}' is no mask")
        return True
    if name.endswith("_orig"):
        slot = slots.setdefault(name[:-5], Slot())
        slot.weight = tensor
        if f"{name[:-5]}_mask" not in tensors and len(tensor.shape) > 1:
            slot.doubts.append(f"'{show(name, 80)}' stands without '{show(name[:-5], 80)}_mask'")
        return True
    if name.endswith("_g") and f"{name[:-2]}_v" in tensors:
        return True
    if name.endswith("_v") and f"{name[:-2]}_g" in tensors:
        slot = slots.setdefault(name[:-2], Slot())
        slot.weight = tensor
        slot.doubts.append(
            f"'{show(name[:-2], 80)}' is normalized (weight_norm): its mask is not in the file"
        )
        return True
    if name.endswith("_mask") and f"{name[:-5]}_orig" in tensors:
        slots.setdefault(name[:-5], Slot()).masks.append(
            (tensor, f"{re.split('[./]', name)[-1]} (torch.nn.utils.prune)")
        )
        return True
    if name.endswith(("bitmask",)) and name[:-7].endswith("."):
        slot = slots.setdefault(name[:-8], Slot())
        slot.bitmask, slot.shape = tensor, tensors.get(f"{name[:-8]}.shape")
        slot.masks.append((tensor, "bitmask (compressed-tensors)"))
        return True
    packed = re.fullmatch(r"(.*)\.(shape|compressed|row_offsets)", name)
    if packed and f"{packed[1]}.bitmask" in tensors:
        return True
    values = _APEX_VALUES.search(name)
    return bool(values and f"{name[: values.start()]}__{values[1]}_mma_mask" in tensors)


class _Matching:
    """The search for the weight that each of the remaining tensors belongs to."""

    def __init__(self, slots: dict[str, Slot], rest: Sequence[Tensor]) -> None:
        self._slots = slots
        self._left: list[Unexplained] = []
        self._placed: set[int] = set()
        self._zero_one: dict[str, tuple[bool, bool]] = {}
        self._rest = list(rest)

    def run(self) -> list[Unexplained]:
        matrices = [t for t in self._rest if len(t.shape) > 1]
        masks = [t for t in self._rest if calls_itself_mask(t.name)]
        others = [t for t in matrices if calls_itself_other(t.name)]
        taken = {id(t) for t in (*masks, *others)}
        weights = [t for t in matrices if id(t) not in taken and calls_itself_weight(t.name)]
        loose = [t for t in matrices if id(t) not in taken and not calls_itself_weight(t.name)]
        known = [slot.weight for slot in self._slots.values() if slot.weight is not None]
        if not weights and not any(len(t.shape) > 1 for t in known):
            weights, loose = loose, []
        weights, disguised = self._disguised(weights, [t for t in known if len(t.shape) > 1])
        weights = self._without_copies(weights)
        for tensor in weights:
            self._slots.setdefault(tensor.name, Slot()).weight = tensor
        for tensor in self._rest:
            if len(tensor.shape) <= 1 and id(tensor) not in taken:
                self._slots.setdefault(tensor.name, Slot()).weight = tensor
        self._by_position([*masks, *disguised, *loose])
        for tensor in masks:
            self._place_mask(tensor)
        for tensor in (*disguised, *loose, *others):
            self._place_other(tensor)
        return self._left

    # ------------------------------------------------------------------ what the entries say

    def _entries(self, tensor: Tensor) -> tuple[bool, bool]:
        """Whether all entries are 0 and 1, and whether both occur."""
        if tensor.name not in self._zero_one:
            array = tensor.load()
            ones = int(np.count_nonzero(array == 1))
            binary = ones + int(np.count_nonzero(array == 0)) == array.size
            self._zero_one[tensor.name] = (
                binary,
                binary and (0 < ones < array.size or (tensor.boolean and ones > 0)),
            )
        return self._zero_one[tensor.name]

    def _family(self, tensor: Tensor) -> tuple[str, str]:
        return tensor.group, re.split(r"[./]", tensor.name)[-1]

    def _is_mask(self, tensor: Tensor) -> bool:
        """Whether the entries say so: 0 and 1 both, here or in another tensor of this kind."""
        binary, both = self._entries(tensor)
        if not binary or both:
            return both
        family = [t for t in self._rest if self._family(t) == self._family(tensor) and len(t.shape) > 1]
        return all(self._entries(t)[0] for t in family) and any(self._entries(t)[1] for t in family)

    def _disguised(self, weights: list[Tensor], known: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Tell masks that are called as weights are from weights: only where others are no masks."""
        if len(weights) + len(known) < 2:
            return weights, []
        sure = [t for t in weights if t.parameter or not self._entries(t)[0]]
        if not sure and not known:
            return weights, []
        masks = [t for t in weights if not t.parameter and self._is_mask(t)]
        return [t for t in weights if t not in masks], masks

    def _without_copies(self, weights: list[Tensor]) -> list[Tensor]:
        """Leave out second copies of a network, such as averages of its weights."""
        kept: dict[tuple[str, tuple[int, ...]], Tensor] = {}
        found = []
        for tensor in weights:
            key = (_key(tensor), tensor.shape)
            first = kept.setdefault(key, tensor)
            if first.group == tensor.group:
                found.append(tensor)
            elif set(words(tensor.group)) & _COPIES:
                self._leave(tensor, f"a copy of '{show(first.name, 80)}'", harmless=True)
            else:
                self._leave(tensor, f"a second tensor for '{show(first.name, 80)}', and no mask")
        return found

    # ------------------------------------------------------------------ which weight

    def _owner(self, tensor: Tensor, *, near: bool = True) -> str | None:
        """Return the weight that a tensor belongs to, None if none or several fit."""
        bases = [b for b, s in self._slots.items() if s.weight is not None and len(s.weight.shape) > 1]
        key, parent = _key(tensor), _parent(tensor.name)
        stages: list[Callable[[str], bool]] = [
            lambda b: re.match(rf"{re.escape(b)}([._/]|$)", tensor.name) is not None,
            lambda b: (
                key in (_key(self._weight(b)), layer_name(_key(self._weight(b))))
                and self._weight(b).group != tensor.group
            ),
            lambda b: core(b) == core(tensor.name),
            lambda b: near and parent == _parent(b) != "",
            lambda b: digits(b) == digits(tensor.name) != () and self._numbered_alike(tensor, bases),
        ]
        for stage in stages:
            named = [b for b in bases if stage(b)]
            fitting = [b for b in named if _fits(tensor, self._weight(b))]
            if len(fitting) == 1:
                return fitting[0]
            if len(named) == 1:
                return named[0]
        return None

    def _numbered_alike(self, tensor: Tensor, bases: list[str]) -> bool:
        """Whether the tensors called like this one have the same numbers as the weights, no more, no less."""
        kind = re.sub(r"\d+", "#", tensor.name)
        alike = [digits(t.name) for t in self._rest if re.sub(r"\d+", "#", t.name) == kind]
        return sorted(alike) == sorted(digits(b) for b in bases)

    def _weight(self, base: str) -> Tensor:
        weight = self._slots[base].weight
        assert weight is not None  # noqa: S101 - only such slots are asked for
        return weight

    def _by_position(self, candidates: list[Tensor]) -> None:
        """Match a list of masks with as many weights of the same shapes."""
        matrices = [b for b, s in self._slots.items() if s.weight is not None and len(s.weight.shape) > 1]
        for group in dict.fromkeys(t.group for t in candidates if t.group):
            listed = [t for t in candidates if t.group == group]
            if [_key(t) for t in listed] != [str(at) for at in range(len(listed))]:
                continue
            if [t.shape for t in listed] == [self._weight(b).shape for b in matrices] and all(
                self._entries(t)[0] for t in listed
            ):
                for base, tensor in zip(matrices, listed, strict=True):
                    self._attach(base, tensor)
                    self._placed.add(id(tensor))

    # ------------------------------------------------------------------ placing

    def _place_mask(self, tensor: Tensor) -> None:
        if id(tensor) in self._placed:
            return
        if "bias" in words(tensor.name) and len(tensor.shape) <= 1:
            self._leave(tensor, "a mask of biases, which are taken to be free", harmless=True)
            return
        base = self._owner(tensor)
        alone = not any(s.weight is not None and len(s.weight.shape) > 1 for s in self._slots.values())
        if base is not None and len(tensor.shape) > 1:
            self._attach(base, tensor)
        elif base is not None or len(tensor.shape) <= 1:
            if not (tensor.load() != 0).all():
                self._doubt(base, tensor, "masks something by vectors, which is not understood")
        elif alone:
            self._slots.setdefault(tensor.name, Slot()).masks.append((tensor, _convention(tensor)))
        else:
            self._leave(tensor, "a mask without its weight")

    def _place_other(self, tensor: Tensor) -> None:
        if id(tensor) in self._placed:
            return
        base = self._owner(tensor)
        other_mask = calls_itself_other(tensor.name) and "mask" in words(tensor.name)
        if (
            base is not None
            and tensor.shape == self._weight(base).shape
            and not other_mask
            and not tensor.parameter
            and self._is_mask(tensor)
        ):
            self._attach(base, tensor)
        elif base is not None and other_mask:
            self._doubt(base, tensor, "may mark other entries than those that may be nonzero")
        elif base is not None and tensor.shape == self._weight(base).shape:
            self._doubt(
                base, tensor, "has the shape of a weight beside it, and is no mask that is understood"
            )
        else:
            self._leave(tensor, "a tensor of the shape of a weight that no layer explains")

    def _attach(self, base: str, tensor: Tensor) -> None:
        self._slots[base].masks.append((tensor, _convention(tensor)))

    def _doubt(self, base: str | None, tensor: Tensor, what: str) -> None:
        if base is not None:
            self._slots[base].doubts.append(f"'{show(tensor.name, 80)}' {what}")
            what = f"{what} ({show(base, 80)})"
        self._leave(tensor, what, owned=base is not None)

    def _leave(self, tensor: Tensor, reason: str, *, harmless: bool = False, owned: bool = False) -> None:
        self._left.append(Unexplained(tensor, reason, harmless))
        if harmless or owned:
            return
        for base, slot in self._slots.items():
            if slot.weight is not None and len(tensor.shape) > 1 and slot.weight.shape == tensor.shape:
                slot.doubts.append(
                    f"'{show(tensor.name, 80)}' has the shape of '{show(base, 80)}' and no layer explains it"
                )


def _convention(tensor: Tensor) -> str:
    name, last = tensor.name, re.split(r"[./]", tensor.name)[-1]
    if re.search(r"__\w+_mma_mask$", name):
        return "__weight_mma_mask (apex ASP)"
    if tensor.note:
        return tensor.note
    if tensor.group.split(".")[-1:] == ["state"] or name.startswith("state."):
        return "mask (the state of a sparsifier of torch.ao.pruning)"
    if tensor.group:
        return f"the dictionary '{show(tensor.group, 60)}'"
    if calls_itself_mask(name):
        return last if "mask" in last.lower() else show(name, 60)
    return f"the 0/1 tensor '{show(name, 60)}'"


def _compare_masks(base: str, slot: Slot) -> None:
    """Doubt a weight with two masks that differ, unless they are parametrizations, which are multiplied."""
    masks = [tensor for tensor, how in slot.masks if not how.startswith("parametrization")]
    if len(masks) < 2:
        return
    first = masks[0].load()
    for other in masks[1:]:
        if other.shape != masks[0].shape or not np.array_equal(first != 0, other.load() != 0):
            slot.doubts.append(
                f"'{show(masks[0].name, 80)}' and '{show(other.name, 80)}' are two different masks of "
                f"'{show(base, 80)}'"
            )


def _fits(tensor: Tensor, weight: Tensor) -> bool:
    if tensor.shape == weight.shape:
        return True
    return (
        len(tensor.shape) == len(weight.shape) == 2
        and 0 not in tensor.shape
        and calls_itself_mask(tensor.name)
        and all(side % part == 0 for side, part in zip(weight.shape, tensor.shape, strict=True))
    )


def _key(tensor: Tensor) -> str:
    return tensor.name.removeprefix(f"{tensor.group}.") if tensor.group else tensor.name


def _parent(name: str) -> str:
    found = re.match(r"(.*)[./][^./]+$", name)
    return found[1] if found else ""
