"""``closed`` certificates as terms of ``CheckClosed.closed_proof``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from semialg.checker import BitMask
from semialg.checker.masks import bits
from semialg.formal.instance import instance_term, steps_term
from semialg.formal.instance_state import State, fill
from semialg.formal.terms import Refused, Unsupported, coq_list, naturals

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["closed_term"]


def closed_term(proof: dict[str, Any], masks: Sequence[BitMask]) -> str:
    """Return the Coq term of a proof that a pattern is closed.

    Raises
    ------
    Unsupported
        If the proof uses a rule without a lemma.
    Refused
        If the proof does not fit the pattern.

    Examples
    --------
    >>> from semialg.checker import BitMask
    >>> row, column = BitMask((3,), 2), BitMask((1, 1), 1)
    >>> closed_term({"rule": "scalar"}, [row, column])
    '(MergeLayers 0 (Fill [(0, Row 0); (0, Row 0)]%nat Done) One)'
    """
    rule = proof["rule"]
    if rule not in _RULES:
        raise Unsupported(f"closed.{rule}")
    return _RULES[rule](proof, masks)


def _one(proof: dict[str, Any], masks: Sequence[BitMask]) -> str:
    return "One"


def _scalar(proof: dict[str, Any], masks: Sequence[BitMask]) -> str:
    """Merge from the side with one line: each unit fills its part of that line."""
    if len(masks) == 1:
        return "One"
    at = 0 if len(masks[0].rows) == 1 else len(masks) - 2
    line = "Row 0" if at == 0 and len(masks[0].rows) == 1 else "Col 0"
    state = _state(masks, at)
    word, _ = fill(state, {k: [line] for k in range(len(state.copies))})
    return f"(MergeLayers {at} ({word} Done) {_scalar(proof, _merged(masks, at))})"


def _units(proof: dict[str, Any], masks: Sequence[BitMask]) -> str:
    if len(masks) != 2:
        raise Refused("the pattern has not two layers")
    return f"(Units {instance_term(proof['proof'], _state(masks, 0))})"


def _state(masks: Sequence[BitMask], at: int) -> State:
    return State.of_layers(masks[at].rows, masks[at + 1].rows, masks[at + 1].columns)


def _transpose(proof: dict[str, Any], masks: Sequence[BitMask]) -> str:
    return f"(FlipAll {closed_term(proof['proof'], [mask.transpose() for mask in reversed(masks)])})"


def _select(lists: list[list[int]], proof: dict[str, Any], masks: Sequence[BitMask]) -> str:
    smaller = [mask.minor(lists[at], lists[at + 1]) for at, mask in enumerate(masks)]
    return f"(Select {coq_list(map(naturals, lists))} {closed_term(proof, smaller)})"


def _permute(proof: dict[str, Any], masks: Sequence[BitMask]) -> str:
    return _select(proof["permutations"], proof["proof"], masks)


def _prune(proof: dict[str, Any], masks: Sequence[BitMask]) -> str:
    ends = [list(range(len(masks[0].rows))), list(range(masks[-1].columns))]
    return _select([ends[0], *proof["hidden"], ends[1]], proof["proof"], masks)


def _merge_layers(proof: dict[str, Any], masks: Sequence[BitMask]) -> str:
    at = proof["at"]
    steps = steps_term(proof["steps"], _state(masks, at))
    return f"(MergeLayers {at} {steps} {closed_term(proof['proof'], _merged(masks, at))})"


def _peel(proof: dict[str, Any], masks: Sequence[BitMask]) -> str:
    return f"(PeelLayer {closed_term(proof['proof'], masks[1:])})"


def _chainable(proof: dict[str, Any], masks: Sequence[BitMask]) -> str:
    """Peel until one layer is left, as RULES.md proves the rule."""
    layers = len(masks) - 1
    return "(PeelLayer " * layers + "One" + ")" * layers


_RULES: dict[str, Callable[[dict[str, Any], Sequence[BitMask]], str]] = {
    "coordinate": _one,
    "scalar": _scalar,
    "units": _units,
    "transpose": _transpose,
    "permute": _permute,
    "prune": _prune,
    "merge_layers": _merge_layers,
    "peel": _peel,
    "chainable": _chainable,
}


def _merged(masks: Sequence[BitMask], at: int) -> list[BitMask]:
    """Return the pattern with the support of two neighbouring layers in their place."""
    first, second = masks[at], masks[at + 1]
    rows = []
    for row in first.rows:
        reached = 0
        for k in bits(row):
            reached |= second.rows[k]
        rows.append(reached)
    return [*masks[:at], BitMask(tuple(rows), second.columns), *masks[at + 2 :]]
