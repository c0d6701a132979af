"""Proofs about instances as terms of ``CheckInstance.instance_proof``.

In the theory a unit of multiplicity p is p units. A merge or a forgotten line is then no step at all, and the
steps drop, free and free_cover are one, ``Fill``. What is printed need not be right: the kernel judges it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from semialg.formal.terms import Refused, Unsupported, coq_list, naturals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["Copy", "State", "fill", "instance_term", "steps_term"]

Labels = frozenset[int]


@dataclass(frozen=True)
class Copy:
    """One of the units of rank one that the unit ``id`` of a certificate consists of."""

    id: int
    rows: Labels
    columns: Labels


@dataclass(frozen=True)
class State:
    """An instance on the way through a proof: its copies in the order of the theory, and what is seen.

    Attributes
    ----------
    copies
        The units left; the theory names them by their positions.
    rows, columns
        The labels present.
    free
        The entries that are not seen, as far as both their lines are present.
    fresh
        The next id of the certificate.
    """

    copies: tuple[Copy, ...]
    rows: Labels
    columns: Labels
    free: frozenset[tuple[int, int]]
    fresh: int

    @classmethod
    def of_layers(cls, first: Sequence[int], last: Sequence[int], columns: int) -> State:
        """Return the instance of two masks, given as rows of bits, in the order of the theory."""
        rows = [frozenset(i for i, row in enumerate(first) if row >> k & 1) for k in range(len(last))]
        copies = tuple(Copy(k, rows[k], _members(last[k])) for k in reversed(range(len(last))))
        return cls(copies, frozenset(range(len(first))), frozenset(range(columns)), frozenset(), len(last))

    def of(self, ident: int) -> list[Copy]:
        """Return the copies of a unit."""
        found = [copy for copy in self.copies if copy.id == ident]
        if not found:
            raise Refused(f"there is no unit {ident}")
        return found

    def cut(self, copy: Copy) -> tuple[Labels, Labels]:
        """Return the rectangle of a copy on the lines present."""
        return copy.rows & self.rows, copy.columns & self.columns

    def flipped(self) -> State:
        """Return the transposed instance."""
        copies = tuple(Copy(c.id, c.columns, c.rows) for c in self.copies)
        return State(copies, self.columns, self.rows, frozenset((j, i) for i, j in self.free), self.fresh)


def _members(bits: int) -> Labels:
    return frozenset(k for k in range(bits.bit_length()) if bits >> k & 1)


def fill(state: State, lines: dict[int, list[str]]) -> tuple[str, State]:
    """Return the step that fills units, given the lines of their copies, and the instance after it.

    Copies beyond the lines listed observe nothing; any line does.
    """
    waiting = {ident: list(given) for ident, given in lines.items()}
    chosen: list[str] = []
    left: list[Copy] = []
    freed: set[tuple[int, int]] = set()
    for copy in state.copies:
        if copy.id not in waiting:
            left.append(copy)
            continue
        line = waiting[copy.id].pop(0) if waiting[copy.id] else "Row 0"
        chosen.append(f"({len(left)}, {line})")
        rows, columns = state.cut(copy)
        freed.update((i, j) for i in rows for j in columns)
    return f"Fill {coq_list(chosen)}%nat", replace(state, copies=tuple(left), free=state.free | freed)


def instance_term(proof: dict[str, Any], state: State) -> str:
    """Return the Coq term of a proof that an instance is closed.

    Raises
    ------
    Unsupported
        If the proof uses a rule without a lemma.
    Refused
        If the proof does not fit the instance.
    """
    return _Printer([]).proof(proof, state)


def steps_term(steps: list[dict[str, Any]], state: State) -> str:
    """Return the term of plain steps that leave no unit, as rule closed.merge_layers has them."""
    before, _ = _Printer([]).steps(steps, state)
    return _nest(before, "Done")


def _nest(steps: Iterable[str], last: str) -> str:
    for step in reversed(list(steps)):
        last = f"({step} {last})"
    return last


class _Printer:
    """Prints proofs; holds the lemmas proved so far, which are printed again where they are cited."""

    def __init__(self, lemmas: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
        self._lemmas = lemmas

    def proof(self, proof: dict[str, Any], state: State) -> str:
        rule = proof["rule"]
        table: dict[str, Callable[[dict[str, Any], State], str]] = {
            "reduce": self._reduce,
            "empty": _empty,
            "rank": _antitone,
            "antitone": _antitone,
            "transpose": lambda proof, state: f"(Flip {self.proof(proof['proof'], state.flipped())})",
            "product": self._product,
        }
        if rule not in table:
            raise Unsupported(f"instance.{rule}")
        return table[rule](proof, state)

    def _reduce(self, proof: dict[str, Any], state: State) -> str:
        before, state = self.steps(proof["steps"], state)
        return _nest(before, self.proof(proof["proof"], state))

    def _product(self, proof: dict[str, Any], state: State) -> str:
        first, *others = proof["parts"]
        if not others:
            return self.proof(first["proof"], state)
        mine = set(first["units"])
        positions: list[int] = []
        part: list[Copy] = []
        rest: list[Copy] = []
        for copy in state.copies:
            if copy.id in mine:
                positions.append(len(rest))
                part.append(copy)
            else:
                rest.append(copy)
        one = self.proof(first["proof"], replace(state, copies=tuple(part)))
        other = self._product({"parts": others}, replace(state, copies=tuple(rest)))
        return f"(Product {naturals(positions)} {one} {other})"

    def steps(self, steps: list[dict[str, Any]], state: State) -> tuple[list[str], State]:
        printed: list[str] = []
        for step in steps:
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
            printed.append(_split_unit(at, rows, columns, rest.rows, rest.columns))
            others = state.copies[:at] + state.copies[at + 1 :]
            state = replace(state, copies=(rest, Copy(state.fresh + offset, rows, columns), *others))
            # The part comes first in the theory, what is left of the unit second.
            state = replace(state, copies=(state.copies[1], state.copies[0], *others))
            at = 1
        word, state = fill(state, {-1: []})
        printed.append(word)
    return printed, replace(state, fresh=state.fresh + len(parts))


def _split_unit(at: int, *sets: Labels) -> str:
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


def _empty(proof: dict[str, Any], state: State) -> str:
    return "Done"


def _antitone(proof: dict[str, Any], state: State) -> str:
    """Return the proof that peels the units off, small row sets first.

    A unit may go if every other one is disjoint from it, or has its rows and no column more.
    """
    printed: list[str] = []
    left: list[tuple[Labels, Labels]] = []
    copies = list(state.copies)
    at = 0
    while at < len(copies):
        rows, columns = state.cut(copies[at])
        if not rows or not columns:
            printed.append(f"Fill [({at}, Row 0)]%nat")
            del copies[at]
        elif (rows, columns) == (copies[at].rows, copies[at].columns):
            at += 1
        else:  # cut down to the lines present; the rest observes nothing
            printed += [_split_unit(at, rows, columns, frozenset(), frozenset()), "Fill [(1, Row 0)]%nat"]
            del copies[at]
            copies.insert(0, Copy(-1, rows, columns))
            at += 1
    left = [(copy.rows, copy.columns) for copy in copies]
    while left:
        at = next((at for at in range(len(left)) if _goes(at, left)), -1)
        if at < 0:
            raise Refused("the units are not antitone")
        printed.append(f"PeelUnit {at}")
        del left[at]
    return _nest(printed, "Done")


def _goes(at: int, left: list[tuple[Labels, Labels]]) -> bool:
    rows, columns = left[at]
    return all(
        not rows & r or not columns & c or (rows <= r and c <= columns)
        for other, (r, c) in enumerate(left)
        if other != at
    )
