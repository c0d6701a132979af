"""Proofs about instances as terms of ``CheckInstance.instance_proof``.

In the theory a unit of multiplicity p is p units. A merge or a forgotten line is then no step at all, and the
steps drop, free and free_cover are one, ``Fill``. What is printed need not be right: the kernel judges it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from semialg.formal.instance_state import Copy, Labels, State, nest
from semialg.formal.leaves import full_space, two_rows
from semialg.formal.relabel import Names, relabeled
from semialg.formal.steps import printed_steps, split_unit
from semialg.formal.terms import Refused, Unsupported, naturals
from semialg.formal.trees import node_term

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["instance_term", "steps_term"]


_MOST_CITATIONS = 2000
"""Every citation of a lemma prints its proof again."""


def instance_term(proof: dict[str, Any], state: State) -> str:
    """Return the Coq term of a proof that an instance is closed.

    Raises
    ------
    Unsupported
        If the proof uses a rule without a lemma.
    Refused
        If the proof does not fit the instance.
    """
    return _Printer(_lemmas(proof), []).proof(proof, state)


def steps_term(steps: list[dict[str, Any]], state: State) -> str:
    """Return the term of plain steps that leave no unit, as rule closed.merge_layers has them."""
    before, _ = printed_steps(steps, state)
    return nest(before, "Done")


def _lemmas(proof: Any) -> list[dict[str, Any]]:
    """Return the lemmas of a proof, in the order in which their proofs end."""
    found: list[dict[str, Any]] = []
    if isinstance(proof, list):
        for item in proof:
            found += _lemmas(item)
    elif isinstance(proof, dict):
        for key in ("minors", "parts", "lemmas", "proof"):
            found += _lemmas(proof.get(key))
        if "instance" in proof:
            found.append(proof)
    return found


class _Printer:
    """Prints proofs; holds the lemmas of the document, which are printed where they are cited."""

    def __init__(self, lemmas: list[dict[str, Any]], cited: list[int]) -> None:
        self._lemmas = lemmas
        self._cited = cited

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
            "tree": self._tree,
            "lemmas": lambda proof, state: self.proof(proof["proof"], state),
            "lemma": self._lemma,
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

    def _tree(self, proof: dict[str, Any], state: State) -> str:
        minors = [(minor["axis"], minor["label"]) for minor in proof["minors"]]
        term = f"(Tree {node_term(proof['root'], minors, state)})"
        for minor in reversed(proof["minors"]):
            gone = frozenset({minor["label"]})
            if minor["axis"] == "row":
                smaller, word = replace(state, rows=state.rows - gone), "RowMinor"
            else:
                smaller, word = replace(state, columns=state.columns - gone), "ColumnMinor"
            term = f"({word} {minor['label']} {self.proof(minor['proof'], smaller)} {term})"
        return term

    def _lemma(self, proof: dict[str, Any], state: State) -> str:
        lemma = self._lemmas[proof["index"]]
        self._cited.append(proof["index"])
        if len(self._cited) > _MOST_CITATIONS:
            raise Unsupported(f"instance.lemma, cited more than {_MOST_CITATIONS} times")
        rows, columns = dict(enumerate(proof["rows"])), dict(enumerate(proof["columns"]))
        waiting = Counter((copy.id, *state.cut(copy)) for copy in state.copies)
        units: dict[int, int] = {}
        for k, unit in enumerate(lemma["instance"]["units"]):
            rectangle = (
                frozenset(rows[i] for i in unit["rows"]),
                frozenset(columns[j] for j in unit["columns"]),
            )
            found = next(
                (
                    key
                    for key, count in waiting.items()
                    if key[1:] == rectangle and count == unit["multiplicity"]
                ),
                None,
            )
            if found is None:
                raise Refused(f"there is no unit like unit {k} of lemma {proof['index']}")
            del waiting[found]
            units[k] = found[0]
        names = Names(rows, columns, units, state.fresh - len(units))
        # A lemma may rest on those before it only.
        earlier = _Printer(self._lemmas[: proof["index"]], self._cited)
        return earlier.proof(relabeled(lemma["proof"], names), state)


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
