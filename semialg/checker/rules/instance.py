"""Instances (theory, section 0): two layers with multiplicities and free entries; the steps R1 to R7."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from semialg.checker.decode import Decoder, Rule, Step, array, index, record, text, variant
from semialg.checker.masks import bits, bitset, transposed_bits
from semialg.checker.report import Invalid, Run, show
from semialg.checker.rules.fullness import Position, full_game, judge_position
from semialg.checker.unit import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.checker.masks import BitMask

__all__ = [
    "PLAIN_STEPS",
    "STEPS",
    "Instance",
    "Unit",
    "apply_steps",
    "instance_of",
    "judge_instance",
    "step_list",
    "unit_ids",
    "without_line",
]


@dataclass(frozen=True)
class Instance:
    """Rectangles on labelled rows and columns, some entries of which are free.

    Attributes
    ----------
    rows, columns
        Bit sets of the labels present.
    units
        The rectangles by id, inside the labels present.
    free_in_row, free_in_column
        For every label, the columns (rows) in which its entry is free; the same set of entries twice.
    next_id
        The id that the next new unit gets.
    """

    rows: int
    columns: int
    units: dict[int, Unit]
    free_in_row: tuple[int, ...]
    free_in_column: tuple[int, ...]
    next_id: int

    def transpose(self) -> Instance:
        """Return the instance with rows and columns exchanged; ids stay."""
        units = {key: Unit(unit.columns, unit.rows, unit.multiplicity) for key, unit in self.units.items()}
        return Instance(self.columns, self.rows, units, self.free_in_column, self.free_in_row, self.next_id)

    def observed(self, unit: Unit, row: int) -> int:
        """Return the columns of the observed entries of a unit in one of its rows."""
        return unit.columns & ~self.free_in_row[row]

    def with_units(self, gone: Sequence[int], new: Sequence[Unit]) -> Instance:
        """Return the instance with some units replaced by new ones, which get the next ids."""
        left = set(gone)
        units = {key: unit for key, unit in self.units.items() if key not in left}
        units.update(enumerate(new, self.next_id))
        return replace(self, units=units, next_id=self.next_id + len(new))


def instance_of(left: BitMask, right: BitMask) -> Instance:
    """Return the instance of two masks: unit k is hidden neuron k, every entry is observed."""
    m, r, n = len(left.rows), left.columns, right.columns
    units = {k: Unit(rows, right.rows[k], 1) for k, rows in enumerate(transposed_bits(left.rows, r))}
    return Instance((1 << m) - 1, (1 << n) - 1, units, (0,) * m, (0,) * n, r)


def judge_instance(instance: Instance, step: Step, where: str, run: Run) -> None:
    """Judge a proof that an instance is closed."""
    run.spend(1)
    step.rule.check(instance, step.fields, where, run)


def unit_ids(instance: Instance, ids: list[int], where: str, least: int = 1) -> list[int]:
    """Return a list of distinct ids of units of the instance; raise Invalid for another."""
    if len(ids) < least or len(set(ids)) < len(ids):
        raise Invalid(where, f"expected at least {least} distinct ids of units, found {show(str(ids))}")
    for at, key in enumerate(ids):
        if key not in instance.units:
            raise Invalid(f"{where}[{at}]", f"expected the id of a unit of the instance, found {key}")
    return ids


def _labels(labels: list[int], present: int, where: str) -> int:
    if not labels or max(labels) >= present.bit_length():
        raise Invalid(where, "expected labels that are present, at least one")
    found = bitset(labels)
    if found & ~present or found.bit_count() < len(labels):
        raise Invalid(where, "expected distinct labels that are present")
    return found


def drop(instance: Instance, fields: dict[str, Any], where: str, run: Run) -> Instance:
    """R1: units without an observed entry go."""
    for at, key in enumerate(unit_ids(instance, fields["units"], f"{where}.units")):
        unit = instance.units[key]
        run.spend(unit.rows.bit_count())
        for row in bits(unit.rows):
            if instance.observed(unit, row):
                raise Invalid(f"{where}.units[{at}]", f"unit {key} has an observed entry in row {row}")
    return instance.with_units(fields["units"], [])


def split(instance: Instance, fields: dict[str, Any], where: str, run: Run) -> Instance:
    """R2: a unit whose observed entries lie in blocks with disjoint rows and columns falls apart."""
    key: int = fields["unit"]
    unit = instance.units[unit_ids(instance, [key], f"{where}.unit")[0]]
    rows_left, columns_left, parts = unit.rows, unit.columns, list[Unit]()
    for at, part in enumerate(fields["parts"]):
        here = f"{where}.parts[{at}]"
        rows = _labels(part["rows"], rows_left, f"{here}.rows")
        columns = _labels(part["columns"], columns_left, f"{here}.columns")
        rows_left, columns_left = rows_left & ~rows, columns_left & ~columns
        parts.append(Unit(rows, columns, unit.multiplicity))
    run.spend(unit.rows.bit_count())
    for part in [*parts, Unit(rows_left, 0, 1)]:
        for row in bits(part.rows):
            if instance.observed(unit, row) & ~part.columns:
                raise Invalid(where, f"unit {key} has an observed entry in row {row} that lies in no part")
    return instance.with_units([key], parts)


def merge(instance: Instance, fields: dict[str, Any], where: str, _: Run) -> Instance:
    """R3: units with one rectangle add their multiplicities."""
    ids = unit_ids(instance, fields["units"], f"{where}.units", least=2)
    units = [instance.units[key] for key in ids]
    if len({(unit.rows, unit.columns) for unit in units}) > 1:
        raise Invalid(f"{where}.units", "expected units with the same rows and the same columns")
    merged = Unit(units[0].rows, units[0].columns, sum(unit.multiplicity for unit in units))
    return instance.with_units(ids, [merged])


def free(instance: Instance, fields: dict[str, Any], where: str, run: Run) -> Instance:
    """R4: a unit that realizes every matrix on its rectangle makes these entries free."""
    key: int = fields["unit"]
    unit = instance.units[unit_ids(instance, [key], f"{where}.unit")[0]]
    least = min(unit.rows.bit_count(), unit.columns.bit_count())
    if unit.multiplicity < least:
        raise Invalid(f"{where}.unit", f"expected multiplicity at least {least}, found {unit.multiplicity}")
    return _freed(instance, key, unit, run)


def free_cover(instance: Instance, fields: dict[str, Any], where: str, run: Run) -> Instance:
    """R4: as few lines as the multiplicity hold all that a unit observes, so that it realizes all of it."""
    key: int = fields["unit"]
    unit = instance.units[unit_ids(instance, [key], f"{where}.unit")[0]]
    rows = _lines_of(fields["rows"], unit.rows, f"{where}.rows")
    columns = _lines_of(fields["columns"], unit.columns, f"{where}.columns")
    count = rows.bit_count() + columns.bit_count()
    if unit.multiplicity < count:
        raise Invalid(f"{where}.unit", f"expected multiplicity at least {count}, found {unit.multiplicity}")
    run.spend(unit.rows.bit_count())
    for row in bits(unit.rows & ~rows):
        for column in bits(instance.observed(unit, row) & ~columns):
            raise Invalid(where, f"no line listed holds ({row}, {column}), which unit {key} observes")
    return _freed(instance, key, unit, run)


def full(instance: Instance, fields: dict[str, Any], where: str, run: Run) -> Instance:
    """R7: units inside a rectangle that reach all of their rank on it become that rectangle."""
    ids = unit_ids(instance, fields["units"], f"{where}.units")
    rows = _labels(fields["rows"], instance.rows, f"{where}.rows")
    columns = _labels(fields["columns"], instance.columns, f"{where}.columns")
    units = {key: instance.units[key] for key in ids}
    for at, (key, unit) in enumerate(units.items()):
        if unit.rows & ~rows or unit.columns & ~columns:
            raise Invalid(f"{where}.units[{at}]", f"unit {key} is not inside the rectangle")
    copies = sum(unit.multiplicity for unit in units.values())
    rank = min(copies, rows.bit_count(), columns.bit_count())
    position = Position.of(units, rows, columns, rank, {})
    judge_position(position, fields["proof"], f"{where}.proof", run)
    return instance.with_units(ids, [Unit(rows, columns, rank)])


def _lines_of(labels: list[int], present: int, where: str) -> int:
    return _labels(labels, present, where) if labels else 0


def _freed(instance: Instance, key: int, unit: Unit, run: Run) -> Instance:
    """Return the instance without a unit, the entries of its rectangle free."""
    run.spend(unit.rows.bit_count() + unit.columns.bit_count())
    in_row, in_column = list(instance.free_in_row), list(instance.free_in_column)
    for row in bits(unit.rows):
        in_row[row] |= unit.columns
    for column in bits(unit.columns):
        in_column[column] |= unit.rows
    freed = replace(instance, free_in_row=tuple(in_row), free_in_column=tuple(in_column))
    return freed.with_units([key], [])


def _without_rows(instance: Instance, gone: int) -> Instance:
    units = {key: unit._replace(rows=unit.rows & ~gone) for key, unit in instance.units.items()}
    return replace(instance, rows=instance.rows & ~gone, units=units)


def without_line(instance: Instance, axis: str, label: int, where: str) -> Instance:
    """Return the instance without one line, a "row" or a "column"; at least one other has to stay."""
    if axis not in {"row", "column"}:
        raise Invalid(where, f"expected row or column, found {show(axis)}")
    turned = instance if axis == "row" else instance.transpose()
    gone = _labels([label], turned.rows, where)
    if gone == turned.rows:
        raise Invalid(where, f"the {axis} {label} is the only one")
    smaller = _without_rows(turned, gone)
    return smaller if axis == "row" else smaller.transpose()


def _cap_rows(instance: Instance, delete: list[int], where: str, run: Run) -> Instance:
    gone = _labels(delete, instance.rows, where)
    size = len(instance.free_in_row)
    run.spend(size + len(instance.units) * (size >> 6))
    ids = list(instance.units)
    types = transposed_bits([instance.units[key].rows for key in ids], size)
    kinds = {row: (types[row], instance.free_in_row[row] & instance.columns) for row in bits(instance.rows)}
    kept: dict[tuple[int, int], int] = {}
    for row in bits(instance.rows & ~gone):
        kept[kinds[row]] = kept.get(kinds[row], 0) + 1
    sizes = [instance.units[key].multiplicity for key in ids]
    needed = {kind: sum(sizes[at] for at in bits(kind[0])) for kind in set(kinds.values())}
    for at, row in enumerate(delete):
        has, needs = kept.get(kinds[row], 0), needed[kinds[row]]
        if has < needs:
            raise Invalid(
                f"{where}[{at}]",
                f"expected at least {needs} kept lines like line {row} (units and free entries), found {has}",
            )
    return _without_rows(instance, gone)


def _forget_rows(instance: Instance, delete: list[int], where: str, _: Run) -> Instance:
    gone = _labels(delete, instance.rows, where)
    for at, row in enumerate(delete):
        if instance.columns & ~instance.free_in_row[row]:
            raise Invalid(f"{where}[{at}]", f"line {row} has an observed entry")
    return _without_rows(instance, gone)


def cap(instance: Instance, fields: dict[str, Any], where: str, run: Run) -> Instance:
    """R6: of the lines of one type and one free set, only as many stay as their rank can be."""
    return _along(_cap_rows, instance, fields, where, run)


def forget(instance: Instance, fields: dict[str, Any], where: str, run: Run) -> Instance:
    """R4: a line of free entries says nothing."""
    return _along(_forget_rows, instance, fields, where, run)


def _along(action: Any, instance: Instance, fields: dict[str, Any], where: str, run: Run) -> Instance:
    """Apply a deletion of rows along the axis that the step names."""
    axis: str = fields["axis"]
    if axis not in {"rows", "columns"}:
        raise Invalid(f"{where}.axis", f"expected rows or columns, found {show(axis)}")
    turned = instance if axis == "rows" else instance.transpose()
    result: Instance = action(turned, fields["delete"], f"{where}.delete", run)
    return result if axis == "rows" else result.transpose()


_indices = array(index)
_block = record({"rows": _indices, "columns": _indices})
_deletion: dict[str, Decoder] = {"axis": text, "delete": _indices}

#: The steps that never change which entries can be nonzero.
PLAIN_STEPS: dict[str, Rule] = {
    "drop": Rule({"units": _indices}, drop),
    "split": Rule({"unit": index, "parts": array(_block, 1)}, split),
    "merge": Rule({"units": _indices}, merge),
    "free": Rule({"unit": index}, free),
    "free_cover": Rule({"unit": index, "rows": _indices, "columns": _indices}, free_cover),
    "full": Rule({"units": _indices, "rows": _indices, "columns": _indices, "proof": full_game}, full),
}

STEPS: dict[str, Rule] = {
    **PLAIN_STEPS,
    "cap": Rule(_deletion, cap),
    "forget": Rule(_deletion, forget),
}


def step_list(rules: dict[str, Rule]) -> Decoder:
    """Return the decoder of a list of steps."""
    return array(variant("step", lambda: rules))


def apply_steps(instance: Instance, steps: list[Step], where: str, run: Run) -> Instance:
    """Return the instance after the steps; raise Invalid at the first that does not hold."""
    for at, step in enumerate(steps):
        run.spend(1 + len(instance.units) // 8)
        instance = step.rule.check(instance, step.fields, f"{where}[{at}]", run)
    return instance
