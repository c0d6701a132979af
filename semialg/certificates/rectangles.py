"""Instances in the words of a mathematician: units with rectangles, and the reductions R1 to R7 of theory.

An instance is a list of units with rectangles and multiplicities, some entries of which are free.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from semialg.certificates.explain_fullness import explain_game
from semialg.certificates.prose import Cases, Paragraph, listing, words
from semialg.errors import CertificateError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from semialg.certificates.prose import Block, Inline
    from semialg.pattern.pattern import Pattern

__all__ = ["MOST_LINES", "STEP_WORDS", "Followed", "Rectangles", "Told", "many"]

#: How many units, steps or parts of a kind are listed.
MOST_LINES = 8

_Rectangle = tuple[tuple[int, ...], tuple[int, ...], int]


@dataclass
class Told:
    """What a written proof has said already: reasons given once, and how far its numbers have come."""

    reasons: set[str] = field(default_factory=set[str])
    lemmas: int = 0
    minors: int = 0
    cases: int = 0

    def first(self, reason: str) -> bool:
        """Whether a reason is given for the first time; from now on it has been given."""
        if reason in self.reasons:
            return False
        self.reasons.add(reason)
        return True


@dataclass(frozen=True)
class Rectangles:
    """The units of an instance by id, and what else a proof says of it.

    Attributes
    ----------
    units
        Rows, columns and multiplicity by id.
    next_id
        The id that the next new unit gets.
    rows, columns
        The labels present.
    freed
        Rectangles, rows and columns, whose entries are free.
    """

    units: Mapping[int, _Rectangle]
    next_id: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    freed: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = ()

    @classmethod
    def of_pattern(cls, pattern: Pattern) -> Rectangles:
        """Return the units of a two-layer pattern: the hidden units, each once."""
        left, right = pattern.masks
        units = {k: (left.column(k), right.row(k), 1) for k in range(right.rows)}
        return cls(units, len(units), tuple(range(left.rows)), tuple(range(right.columns)))

    @classmethod
    def stated(cls, instance: Mapping[str, Any]) -> Rectangles:
        """Return the instance that a lemma states."""
        units = {
            k: (tuple(unit["rows"]), tuple(unit["columns"]), int(unit["multiplicity"]))
            for k, unit in enumerate(instance["units"])
        }
        lines = tuple(range(instance["rows"])), tuple(range(instance["columns"]))
        return cls(units, len(units), *lines, tuple(((i,), (j,)) for i, j in instance["free"]))

    def free_entries(self) -> set[tuple[int, int]]:
        """Return the free entries whose row and column are present."""
        rows, columns = set(self.rows), set(self.columns)
        return {
            (i, j)
            for gone in self.freed
            for i in rows.intersection(gone[0])
            for j in columns.intersection(gone[1])
        }

    def transpose(self) -> Rectangles:
        """Return the units with rows and columns exchanged."""
        units = {k: (c, r, p) for k, (r, c, p) in self.units.items()}
        freed = tuple((columns, rows) for rows, columns in self.freed)
        return Rectangles(units, self.next_id, self.columns, self.rows, freed)

    def only(self, ids: Sequence[int]) -> Rectangles:
        """Return some of the units."""
        return replace(self, units={k: self.units[k] for k in ids})

    def without(self, axis: str, labels: Sequence[int]) -> Rectangles:
        """Return the instance without some lines; ``axis`` is "row" or "column"."""
        turned = self if axis == "row" else self.transpose()
        gone = set(labels)
        units = {k: (tuple(i for i in r if i not in gone), c, p) for k, (r, c, p) in turned.units.items()}
        smaller = replace(turned, units=units, rows=tuple(i for i in turned.rows if i not in gone))
        return smaller if axis == "row" else smaller.transpose()

    def describe(self) -> list[Block]:
        """Return the list of the units, one a line."""
        lines = [(self._line(k), ()) for k in list(self.units)[:MOST_LINES]]
        more = len(self.units) - len(lines)
        rest: list[Block] = [Paragraph((f"and {more} more.",))] if more > 0 else []
        return [Cases(tuple(lines)), *rest] if lines else []

    def _line(self, k: int) -> Inline:
        return (f"Unit {k + 1}: {self.rectangle(k)}",)

    def rectangle(self, k: int) -> str:
        """Return the rectangle of a unit in words."""
        rows, columns, multiplicity = self.units[k]
        times = f", multiplicity {multiplicity}" if multiplicity > 1 else ""
        return f"{many('row', rows)}, {many('column', columns)}{times}"

    def follow(self, steps: Sequence[Mapping[str, Any]], told: Told) -> Followed:
        """Return what becomes of the units in a list of reduction steps, and the steps in words.

        ``told`` knows the kinds of steps whose reason has been given before; new ones are added to it.
        """
        blocks: list[Block] = []
        now = self
        for kind, group in groupby(steps, key=lambda step: str(step["step"])):
            same = list(group)
            if kind not in STEP_WORDS:
                raise CertificateError(
                    f"the certificate uses the step {kind!r}, for which there are no words; "
                    f"expected one of {', '.join(STEP_WORDS)}"
                )
            lines: list[tuple[Inline, tuple[Block, ...]]] = []
            for step in same:
                line, now = now._step(step)
                if len(lines) < MOST_LINES:
                    lines.append(((line,), tuple(explain_game(step["proof"])) if kind == "full" else ()))
            why = STEP_WORDS[kind] if told.first(kind) else f"The same again{_NUMBERS[kind]}:"
            blocks += [Paragraph(words(why)), Cases(tuple(lines))]
            if len(same) > len(lines):
                blocks.append(Paragraph((f"and {len(same) - len(lines)} more steps of this kind.",)))
        return Followed(now, tuple(blocks))

    def _step(self, step: Mapping[str, Any]) -> tuple[str, Rectangles]:
        units = dict(self.units)
        match step["step"]:
            case "drop":
                for k in step["units"]:
                    del units[k]
                return f"Drop: {many('unit', step['units'])}.", replace(self, units=units)
            case "split":
                multiplicity = units.pop(step["unit"])[2]
                parts = []
                for offset, part in enumerate(step["parts"]):
                    units[self.next_id + offset] = (
                        tuple(part["rows"]),
                        tuple(part["columns"]),
                        multiplicity,
                    )
                after = replace(self, units=units, next_id=self.next_id + len(step["parts"]))
                parts = [
                    f"unit {k + 1} ({after.rectangle(k)})"
                    for k in range(self.next_id, min(after.next_id, self.next_id + MOST_LINES))
                ]
                return f"Split: unit {step['unit'] + 1} into {listing(parts)}.", after
            case "merge":
                old = [units.pop(k) for k in step["units"]]
                units[self.next_id] = (old[0][0], old[0][1], sum(p for _, _, p in old))
                after = replace(self, units=units, next_id=self.next_id + 1)
                new = f"unit {self.next_id + 1} ({after.rectangle(self.next_id)})"
                return f"Merge: {many('unit', step['units'])} into {new}.", after
            case "free" | "free_cover" as kind:
                phrase = self.rectangle(step["unit"])
                rows, columns, _ = units.pop(step["unit"])
                after = replace(self, units=units, freed=(*self.freed, (rows, columns)))
                return f"Free: unit {step['unit'] + 1} ({phrase}){_cover(step)}.", after
            case "full":
                ids, lines = step["units"], (tuple(step["rows"]), tuple(step["columns"]))
                rank = min(sum(units.pop(k)[2] for k in ids), *map(len, lines))
                units[self.next_id] = (*lines, rank)
                after = replace(self, units=units, next_id=self.next_id + 1)
                new = f"unit {self.next_id + 1} ({after.rectangle(self.next_id)})"
                return f"Fill: {many('unit', ids)} become {new}.", after
            case kind:
                axis = step["axis"].removesuffix("s")
                verb = "Leave out" if kind == "forget" else "Delete"
                after = self.without(axis, step["delete"])
                return f"{verb}: {many(axis, step['delete'])}.", after


def _cover(step: Mapping[str, Any]) -> str:
    if step["step"] == "free":
        return ""
    lines = [many(axis, step[f"{axis}s"]) for axis in ("row", "column") if step[f"{axis}s"]]
    return f", with {' and '.join(lines)}" if lines else ", with no line"


@dataclass(frozen=True)
class Followed:
    """The units after some reduction steps, and the steps in words."""

    rectangles: Rectangles
    blocks: tuple[Block, ...] = field(default=())


STEP_WORDS = {
    "drop": "A unit in whose rectangle no entry is observed contributes nothing that is seen (R1).",
    "split": (
        "Join a row and a column of a rectangle when their entry is observed. Rows and columns in "
        "different connected parts have no observed entry in common, and each part has coordinates of "
        "$x[k]@x_k$ and $y[k]@y_k$ of its own, so the unit may be replaced by one unit for each part (R2)."
    ),
    "merge": "Units with the same rectangle become one, and their multiplicities are added (R3).",
    "free": (
        "A unit of multiplicity $p$ on a rectangle with at most $p$ rows or at most $p$ columns reaches "
        "every matrix on it. So $E$ contains, with each of its members, everything that differs from it on "
        "this rectangle alone: it is the preimage of what is seen outside, and closed if and only if that "
        "is. The entries become free and the unit is left out (R4)."
    ),
    "free_cover": (
        "Let at most $p$ lines, rows or columns, hold every observed entry of the rectangle of a unit of "
        "multiplicity $p$. A line carries any numbers with a matrix of rank one, so the unit reaches every "
        "matrix on what is observed of its rectangle. The entries become free and the unit is "
        "left out: $E$ contains, with each of its members, everything that differs from it on this rectangle "
        "alone (R4)."
    ),
    "full": (
        "Units inside a rectangle reach at most the matrices on it whose rank is at most the number of "
        "copies. If they reach all of these, they may be replaced by the rectangle itself, with this "
        "multiplicity (R7). That they do is proved below each line."
    ),
    "cap": (
        "Call two rows alike if the same units reach them and the same of their entries are free, and let "
        "$c$ be the sum of the multiplicities of these units. Adding a multiple of a row to one that is "
        "alike maps $E$ onto itself. In a limit of members, alike rows form a block of rank at most $c$, so "
        "such operations make all but $c$ of them zero, and zero rows may be left out of a member and put "
        "back. So all but $c$ of alike rows may be deleted; the same holds for columns (R6)."
    ),
    "forget": "A row or column all of whose entries are free says nothing.",
}


_NUMBERS = {
    "drop": " (R1)",
    "split": " (R2)",
    "merge": " (R3)",
    "free": " (R4)",
    "free_cover": " (R4)",
    "full": " (R7)",
    "cap": " (R6)",
    "forget": "",
}


def many(noun: str, labels: Sequence[int]) -> str:
    """Return labels, counted from 0, as a phrase that counts from 1."""
    return f"{noun}{'s' if len(labels) > 1 else ''} {listing(i + 1 for i in labels)}"
