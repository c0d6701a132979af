"""The steps of ``instance.reduce`` in the words of the theory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from semialg.formal.instance_state import Copy, Labels, State, fill
from semialg.formal.terms import Unsupported, naturals

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["printed_steps", "split_unit"]


def printed_steps(steps: list[dict[str, Any]], state: State) -> tuple[list[str], State]:
    """Return steps in the words of the theory, and the instance after them.

    Raises
    ------
    Unsupported
        If a step has no lemma.
    Refused
        If a step does not fit the instance.
    """
    printed: list[str] = []
    for step in steps:
        if step["step"] not in _STEPS:
            raise Unsupported(f"step.{step['step']}")
        words, state = _STEPS[step["step"]](step, state)
        printed += words
    return printed, state


def _drop(step: dict[str, Any], state: State) -> tuple[list[str], State]:
    word, state = fill(state, {ident: [] for ident in step["units"]})
    return [word], state


def _free(step: dict[str, Any], state: State) -> tuple[list[str], State]:
    copies = state.of(step["unit"])
    rows, columns = state.cut(copies[0])
    by_rows = len(rows) <= len(copies)
    lines = [f"Row {i}" for i in sorted(rows)] if by_rows else [f"Col {j}" for j in sorted(columns)]
    word, state = fill(state, {step["unit"]: lines})
    return [word], state


def _free_cover(step: dict[str, Any], state: State) -> tuple[list[str], State]:
    lines = [f"Row {i}" for i in step["rows"]] + [f"Col {j}" for j in step["columns"]]
    word, state = fill(state, {step["unit"]: lines})
    return [word], state


def _merge(step: dict[str, Any], state: State) -> tuple[list[str], State]:
    merged = set(step["units"])
    copies = tuple(replace(c, id=state.fresh) if c.id in merged else c for c in state.copies)
    return [], replace(state, copies=copies, fresh=state.fresh + 1)


def _split(step: dict[str, Any], state: State) -> tuple[list[str], State]:
    parts = [(frozenset(part["rows"]), frozenset(part["columns"])) for part in step["parts"]]
    printed: list[str] = []
    for _ in state.of(step["unit"]):
        at = next(at for at, copy in enumerate(state.copies) if copy.id == step["unit"])
        for offset, (rows, columns) in enumerate(parts):
            later = parts[offset + 1 :]
            rest = Copy(
                -1,
                frozenset[int]().union(*(r for r, _ in later)),
                frozenset[int]().union(*(c for _, c in later)),
            )
            printed.append(split_unit(at, rows, columns, rest.rows, rest.columns))
            others = state.copies[:at] + state.copies[at + 1 :]
            state = replace(state, copies=(rest, Copy(state.fresh + offset, rows, columns), *others))
            # The part comes first in the theory, what is left of the unit second.
            state = replace(state, copies=(state.copies[1], state.copies[0], *others))
            at = 1
        word, state = fill(state, {-1: []})
        printed.append(word)
    return printed, replace(state, fresh=state.fresh + len(parts))


def split_unit(at: int, *sets: Labels) -> str:
    """Return the step that replaces a unit by two parts, given their rows and columns."""
    return f"SplitUnit {at} " + " ".join(naturals(sorted(labels)) for labels in sets)


def _forget(step: dict[str, Any], state: State) -> tuple[list[str], State]:
    gone = frozenset(step["delete"])
    if step["axis"] == "rows":
        return [], replace(state, rows=state.rows - gone)
    return [], replace(state, columns=state.columns - gone)


def _cap(step: dict[str, Any], state: State) -> tuple[list[str], State]:
    if step["axis"] == "columns":
        words, turned = _cap({**step, "axis": "rows"}, state.flipped())
        return ["Flip", *words, "Flip"], turned.flipped()
    gone = frozenset(step["delete"])

    def kind(i: int) -> tuple[tuple[bool, ...], tuple[bool, ...]]:
        units = tuple(i in copy.rows for copy in state.copies)
        return units, tuple((i, j) in state.free for j in sorted(state.columns))

    like: dict[object, list[int]] = {}
    for i in sorted(state.rows - gone):
        like.setdefault(kind(i), []).append(i)
    words = [f"CapRow {i} {naturals(like.get(kind(i), []))}" for i in step["delete"]]
    return words, replace(state, rows=state.rows - gone)


_STEPS: dict[str, Callable[[dict[str, Any], State], tuple[list[str], State]]] = {
    "drop": _drop,
    "free": _free,
    "free_cover": _free_cover,
    "merge": _merge,
    "split": _split,
    "forget": _forget,
    "cap": _cap,
}
