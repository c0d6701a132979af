"""The fullness game (theory C7 to C9): units that reach every matrix of their rank on a rectangle.

A *position* is a rectangle S x J, a bound s on the rank, units, and entries where the matrix is known to be
zero. Its claim: every matrix on S x J of rank at most s with these zeros is a sum of matrices of the units,
cut to S x J.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isqrt
from typing import Any

from semialg.checker.decode import Rule, Step, array, index, positive, record, text, tuple_of, variant
from semialg.checker.masks import bits, bitset
from semialg.checker.report import Invalid, Run, show
from semialg.checker.unit import Unit

__all__ = ["FULL", "Position", "full_game", "judge_position"]


@dataclass(frozen=True)
class Position:
    """Units on a rectangle with a bound on the rank; ``zero`` holds, by row, the columns of known zeros."""

    units: dict[int, Unit]
    rows: int
    columns: int
    rank: int
    zero: dict[int, int]

    @classmethod
    def of(cls, units: dict[int, Unit], rows: int, columns: int, rank: int, zero: dict[int, int]) -> Position:
        """Return a position, its units cut to the rectangle and its bound to the shorter side."""
        cut = {
            key: Unit(unit.rows & rows, unit.columns & columns, unit.multiplicity)
            for key, unit in units.items()
        }
        rank = min(rank, rows.bit_count(), columns.bit_count())
        return cls(cut, rows, columns, rank, {i: zero[i] & columns for i in zero if rows >> i & 1})

    def transpose(self) -> Position:
        """Return the position with rows and columns exchanged."""
        units = {key: Unit(unit.columns, unit.rows, unit.multiplicity) for key, unit in self.units.items()}
        zero = {
            j: bitset([i for i, columns in self.zero.items() if columns >> j & 1]) for j in bits(self.columns)
        }
        return Position(units, self.columns, self.rows, self.rank, zero)

    def without(self, key: int, rank: int, rows: int, zero: dict[int, int]) -> Position:
        """Return the position after one copy of a unit has been used."""
        units = {other: unit for other, unit in self.units.items() if other != key}
        unit = self.units[key]
        if unit.multiplicity > 1:
            units[key] = unit._replace(multiplicity=unit.multiplicity - 1)
        return Position.of(units, rows, self.columns, rank, zero)

    def unit(self, key: int, where: str) -> Unit:
        """Return a unit of which a copy is left; raise Invalid if there is none."""
        if key not in self.units:
            raise Invalid(where, f"expected the id of a unit of the game that is left, found {key}")
        return self.units[key]


def judge_position(position: Position, step: Step, where: str, run: Run) -> None:
    """Judge a proof that a position is full."""
    run.spend(4 + len(position.units) + len(position.zero))
    step.rule.check(position, step.fields, where, run)


def _along(position: Position, axis: str, where: str) -> Position:
    if axis not in {"row", "column"}:
        raise Invalid(where, f"expected row or column, found {show(axis)}")
    return position if axis == "row" else position.transpose()


def _within(labels: list[int], present: int, where: str) -> int:
    if any(not present >> label & 1 for label in labels) or len(set(labels)) < len(labels):
        raise Invalid(where, "expected distinct labels of the rectangle of the game")
    return bitset(labels)


def check_wedderburn(position: Position, _: dict[str, Any], where: str, run: Run) -> None:
    """C7: the deficits, in increasing order, are at most 0, 1, 2 and so on."""
    deficits: list[int] = []
    for unit in position.units.values():
        missing = (position.rows & ~unit.rows).bit_count() + (position.columns & ~unit.columns).bit_count()
        deficits += [missing] * min(unit.multiplicity, position.rank)
    run.spend(len(deficits))
    if len(deficits) < position.rank:
        raise Invalid(where, f"expected at least {position.rank} units, found {len(deficits)}")
    for at, deficit in enumerate(sorted(deficits)[: position.rank]):
        if deficit > at:
            raise Invalid(where, f"expected deficit {at} at most in place {at + 1}, found {deficit}")


def check_lower(position: Position, fields: dict[str, Any], where: str, run: Run) -> None:
    """Wedderburn's step: a unit lowers the rank if fewer lines than the rank hold what it must not touch."""
    unit = position.unit(fields["unit"], f"{where}.unit")
    rows = _within(fields["rows"], position.rows, f"{where}.rows")
    columns = _within(fields["columns"], position.columns, f"{where}.columns")
    if (lines := rows.bit_count() + columns.bit_count()) >= position.rank:
        raise Invalid(where, f"expected fewer than {position.rank} lines, found {lines}")
    for row in bits(position.rows & ~rows):
        run.spend(1)
        outside = position.columns & ~unit.columns if unit.rows >> row & 1 else position.columns
        for column in bits(outside & ~position.zero.get(row, 0) & ~columns):
            raise Invalid(where, f"no line listed holds ({row}, {column}), which the unit does not reach")
    smaller = position.without(fields["unit"], position.rank - 1, position.rows, {})
    judge_position(smaller, fields["proof"], f"{where}.proof", run)


def _without_row(position: Position, key: int, row: int, rank: int) -> Position:
    return position.without(key, rank, position.rows & ~(1 << row), position.zero)


def check_line(position: Position, fields: dict[str, Any], where: str, run: Run) -> None:
    """Give one row (column), where it is not known to be zero, to a unit that holds it."""
    turned = _along(position, fields["axis"], f"{where}.axis")
    unit, label = turned.unit(fields["unit"], f"{where}.unit"), fields["label"]
    _within([label], turned.rows, f"{where}.label")
    if not unit.rows >> label & 1 or turned.columns & ~turned.zero.get(label, 0) & ~unit.columns:
        raise Invalid(where, f"unit {fields['unit']} does not hold the line {label}")
    smaller = _without_row(turned, fields["unit"], label, turned.rank)
    judge_position(smaller, fields["proof"], f"{where}.proof", run)


def check_span(position: Position, fields: dict[str, Any], where: str, run: Run) -> None:
    """So many lines are good that some good one is outside the span of the others."""
    turned = _along(position, fields["axis"], f"{where}.axis")
    unit = turned.unit(fields["unit"], f"{where}.unit")
    if unit.columns != turned.columns:
        raise Invalid(f"{where}.unit", f"unit {fields['unit']} does not have all lines across")
    good = _within([line["label"] for line in fields["lines"]], unit.rows, f"{where}.lines")
    if (others := (turned.rows & ~good).bit_count()) >= turned.rank:
        raise Invalid(f"{where}.lines", f"expected fewer than {turned.rank} other lines, found {others}")
    for at, line in enumerate(fields["lines"]):
        smaller = turned.without(fields["unit"], turned.rank - 1, turned.rows & ~(1 << line["label"]), {})
        judge_position(smaller, line["proof"], f"{where}.lines[{at}].proof", run)


def check_zeros(position: Position, fields: dict[str, Any], where: str, run: Run) -> None:
    """One of some units lowers the rank, or the blocks outside of all of them are zero."""
    zero = dict(position.zero)
    for at, case in enumerate(fields["units"]):
        here = f"{where}.units[{at}]"
        unit = position.unit(case["unit"], f"{here}.unit")
        rows, columns = position.rows & ~unit.rows, position.columns & ~unit.columns
        if (deficit := rows.bit_count() + columns.bit_count()) > position.rank:
            raise Invalid(here, f"expected deficit {position.rank} at most, found {deficit}")
        run.spend(rows.bit_count())
        for row in bits(rows):
            zero[row] = zero.get(row, 0) | columns
        smaller = position.without(case["unit"], position.rank - 1, position.rows, {})
        judge_position(smaller, case["proof"], f"{here}.proof", run)
    judge_position(replace(position, zero=zero), fields["proof"], f"{where}.proof", run)


def check_term(position: Position, fields: dict[str, Any], where: str, run: Run) -> None:
    """Lower the rank to the number of lines that hold what is not known to be zero."""
    rows = _within(fields["rows"], position.rows, f"{where}.rows")
    columns = _within(fields["columns"], position.columns, f"{where}.columns")
    if (lines := rows.bit_count() + columns.bit_count()) >= position.rank:
        raise Invalid(where, f"expected fewer than {position.rank} lines, found {lines}")
    for row in bits(position.rows & ~rows):
        run.spend(1)
        for column in bits(position.columns & ~position.zero.get(row, 0) & ~columns):
            raise Invalid(where, f"no line listed holds ({row}, {column}), which is not known to be zero")
    judge_position(replace(position, rank=lines), fields["proof"], f"{where}.proof", run)


def check_rado(position: Position, fields: dict[str, Any], where: str, run: Run) -> None:
    """Rado's theorem: the units listed have independent vectors for every matrix of the rank."""
    turned = _along(position, fields["axis"], f"{where}.axis")
    missing: list[int] = []
    for at, key in enumerate(fields["units"]):
        unit = turned.unit(key, f"{where}.units[{at}]")
        if unit.columns != turned.columns:
            raise Invalid(f"{where}.units[{at}]", f"unit {key} does not have all lines across")
        if fields["units"].count(key) > unit.multiplicity:
            raise Invalid(f"{where}.units[{at}]", f"unit {key} is listed more often than there are copies")
        missing.append(turned.rows & ~unit.rows)
    spare, slack = len(missing) - turned.rank, turned.rows.bit_count() - turned.rank
    if spare < 0:
        raise Invalid(f"{where}.units", f"expected at least {turned.rank} units, found {len(missing)}")
    run.spend(1 << len(missing) if len(missing) < 30 else 1 << 30)
    for choice in range(1, 1 << len(missing)):
        chosen = [missing[at] for at in bits(choice)]
        if len(chosen) <= spare:
            continue
        common = turned.rows
        for rows in chosen:
            common &= rows
        meet = min(min(rows.bit_count() for rows in chosen), common.bit_count() + slack * (len(chosen) - 1))
        if turned.rank - meet < len(chosen) - spare:
            raise Invalid(f"{where}.units", f"Rado's condition fails for {len(chosen)} of the units")


def check_linear(position: Position, fields: dict[str, Any], where: str, run: Run) -> None:
    """C9: with one side of each unit fixed the products fill the space, modulo a prime."""
    modulus, used = fields["modulus"], dict[int, int]()
    if modulus == 1 or any(modulus % divisor == 0 for divisor in range(2, isqrt(modulus) + 1)):
        raise Invalid(f"{where}.modulus", f"expected a prime, found {modulus}")
    basis: dict[tuple[int, int], dict[tuple[int, int], int]] = {}
    wanted = position.rows.bit_count() * position.columns.bit_count()
    for at, entry in enumerate(fields["vectors"]):
        here, key = f"{where}.vectors[{at}]", entry["unit"]
        turned = _along(position, entry["axis"], f"{here}.axis")
        unit = turned.unit(key, f"{here}.unit")
        used[key] = used.get(key, 0) + 1
        if used[key] > unit.multiplicity:
            raise Invalid(f"{here}.unit", f"unit {key} is used more often than there are copies")
        _within([label for label, _ in entry["vector"]], unit.rows, f"{here}.vector")
        for across in bits(unit.columns):
            row = {(label, across): value % modulus for label, value in entry["vector"] if value % modulus}
            if entry["axis"] == "column":
                row = {(j, i): value for (i, j), value in row.items()}
            _insert(basis, row, modulus, run)
    if len(basis) < wanted:
        raise Invalid(where, f"expected rank {wanted} of the products, found {len(basis)}")


def _insert(
    basis: dict[tuple[int, int], dict[tuple[int, int], int]],
    row: dict[tuple[int, int], int],
    modulus: int,
    run: Run,
) -> None:
    """Reduce a row by the rows of the basis, and add what is left, if anything, with leading entry 1."""
    while row:
        lead = min(row)
        if lead not in basis:
            inverse = pow(row[lead], -1, modulus)
            basis[lead] = {place: value * inverse % modulus for place, value in row.items()}
            return
        factor, pivot = row[lead], basis[lead]
        run.spend(1 + len(pivot) // 4)
        for place, value in pivot.items():
            left = (row.get(place, 0) - factor * value) % modulus
            if left:
                row[place] = left
            else:
                row.pop(place, None)


def full_game(value: object) -> Step:
    """Decode a proof that a position is full."""
    step: Step = variant("game", lambda: FULL)(value)
    return step


_labels = array(index)
_case = record({"unit": index, "proof": full_game})
_good = record({"label": index, "proof": full_game})
_vector = record({"unit": index, "axis": text, "vector": array(tuple_of(index, index))})

FULL: dict[str, Rule] = {
    "wedderburn": Rule({}, check_wedderburn),
    "lower": Rule({"unit": index, "rows": _labels, "columns": _labels, "proof": full_game}, check_lower),
    "line": Rule({"axis": text, "unit": index, "label": index, "proof": full_game}, check_line),
    "span": Rule({"axis": text, "unit": index, "lines": array(_good, 1)}, check_span),
    "zeros": Rule({"units": array(_case, 1), "proof": full_game}, check_zeros),
    "term": Rule({"rows": _labels, "columns": _labels, "proof": full_game}, check_term),
    "rado": Rule({"axis": text, "units": array(index, 1)}, check_rado),
    "linear": Rule({"modulus": positive, "vectors": array(_vector, 1)}, check_linear),
}
