"""Proofs about instances as terms of ``CheckInstance.instance_proof``.

In the theory a unit of multiplicity p is p units. A merge or a forgotten line is then no step at all, and the
steps drop, free and free_cover are one, ``Fill``. What is printed need not be right: the kernel judges it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from semialg.formal.instance_state import Copy, Labels, State, nest
from semialg.formal.leaves import full_space, two_rows
from semialg.formal.steps import printed_steps, split_unit
from semialg.formal.terms import Refused, Unsupported, naturals

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["instance_term", "steps_term"]


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
    before, _ = printed_steps(steps, state)
    return nest(before, "Done")


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
            "full_space": full_space,
            "two_rows": two_rows,
        }
        if rule not in table:
            raise Unsupported(f"instance.{rule}")
        return table[rule](proof, state)

    def _reduce(self, proof: dict[str, Any], state: State) -> str:
        before, state = printed_steps(proof["steps"], state)
        return nest(before, self.proof(proof["proof"], state))

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
            printed += [split_unit(at, rows, columns, frozenset(), frozenset()), "Fill [(1, Row 0)]%nat"]
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
    return nest(printed, "Done")


def _goes(at: int, left: list[tuple[Labels, Labels]]) -> bool:
    rows, columns = left[at]
    return all(
        not rows & r or not columns & c or (rows <= r and c <= columns)
        for other, (r, c) in enumerate(left)
        if other != at
    )
