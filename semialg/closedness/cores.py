"""Cores: irreducible instances that are not closed, with a witness that fits wherever they occur (theory N2).

A pattern that is not closed reduces, by R1 to R6, to an irreducible instance. Its witness uses only the units
that are left and only observed entries, so it serves every pattern with a minor that reduces to the same
instance, however many units cover the entries that became free there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from semialg.certificates.outside import Split, relabel
from semialg.closedness.bits import bit_list, bits
from semialg.closedness.instance import Instance
from semialg.closedness.reductions import reduce
from semialg.closedness.steps import Cap, Curve, lift_all
from semialg.closedness.transfer import lift_witness
from semialg.pattern.pattern import Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from semialg.algebra.laurent import Laurent
    from semialg.certificates.outside import Outside, Variable
    from semialg.closedness.reductions import Reduced
    from semialg.closedness.witness import Witness

__all__ = ["Core", "core_of", "minor_instance"]


@dataclass(frozen=True)
class Core:
    """An irreducible instance that is not closed, and its witness.

    Attributes
    ----------
    rows, columns
        Their numbers; they are labelled from 0.
    units
        ``(rows, columns, multiplicity)`` of each unit, as bit sets.
    free
        For each row the bit set of its free columns.
    left, right
        The curve by *slot*, a copy of a unit: row to entry of X, column to entry of Y. The slots of the
        units follow one another.
    outside
        The proof of non-membership, with slots in place of hidden units.
    """

    rows: int
    columns: int
    units: tuple[tuple[int, int, int], ...]
    free: tuple[int, ...]
    left: tuple[Mapping[int, Laurent], ...]
    right: tuple[Mapping[int, Laurent], ...]
    outside: Outside

    def covering(self, row: int, column: int) -> list[int]:
        """Return the units that cover an entry."""
        return [u for u, (rows, columns, _) in enumerate(self.units) if rows >> row & columns >> column & 1]

    def is_free(self, row: int, column: int) -> bool:
        """Whether an entry is free."""
        return bool(self.free[row] >> column & 1)

    def pattern(self) -> Pattern:
        """Return the pattern that reduces to the core: a hidden unit a slot, and one for each free entry."""
        units = [(rows, columns) for rows, columns, size in self.units for _ in range(size)]
        units += [(1 << i, 1 << j) for i, columns in enumerate(self.free) for j in bits(columns)]
        left = [[rows >> i & 1 for rows, _ in units] for i in range(self.rows)]
        return Pattern([left, [[columns >> j & 1 for j in range(self.columns)] for _, columns in units]])

    def witness(
        self, pattern: Pattern, whole: Reduced, rows: Sequence[int], columns: Sequence[int]
    ) -> Witness | None:
        """Return the witness of a pattern that the core gives on a minor; None if it does not fit there.

        Parameters
        ----------
        pattern
            A two-layer pattern.
        whole
            Its reduction.
        rows, columns
            Where the rows and columns of the core lie in it, in the labels of the pattern.
        """
        part = reduce(minor_instance(whole.instance, rows, columns))
        slots = self._slots(part.instance, rows, columns)
        if slots is None:
            return None
        curve = Curve({}, {})
        for slot, unit in enumerate(slots):
            for i, value in self.left[slot].items():
                curve.set_left(unit, rows[i], value)
            for j, value in self.right[slot].items():
                curve.set_right(unit, columns[j], value)
        lift_all(part.steps, curve)

        def variable(v: Variable) -> Variable:
            return (0, rows[v[1]], slots[v[2]]) if v[0] == 0 else (1, slots[v[1]], columns[v[2]])

        outside = relabel(self.outside, lambda i, j: (rows[i], columns[j]), variable)
        return lift_witness(pattern, whole.steps, sorted(rows), sorted(columns), curve, outside)

    def _slots(self, found: Instance, rows: Sequence[int], columns: Sequence[int]) -> list[int] | None:
        """Return the hidden unit for each slot if the instance is the core on these lines."""
        if found.rows != _moved(-1 + (1 << self.rows), rows) or found.columns != _moved(
            -1 + (1 << self.columns), columns
        ):
            return None
        if any(found.free.get(rows[i], 0) != _moved(free, columns) for i, free in enumerate(self.free)):
            return None
        by_place = {(unit.rows, unit.columns): unit.origins for unit in found.units.values()}
        slots: list[int] = []
        for unit_rows, unit_columns, size in self.units:
            origins = by_place.get((_moved(unit_rows, rows), _moved(unit_columns, columns)), ())
            if len(origins) != size:
                return None
            slots += origins
        return slots if len(found.units) == len(self.units) else None


def _moved(members: int, places: Sequence[int]) -> int:
    return sum(1 << places[member] for member in bits(members))


def minor_instance(instance: Instance, rows: Sequence[int], columns: Sequence[int]) -> Instance:
    """Return an instance without the lines that are not listed.

    Examples
    --------
    >>> lu = Instance.from_pattern(Pattern.parse("lu:3"))
    >>> [unit.rows for unit in minor_instance(lu, [0, 1], [0, 1]).units.values()]
    [3, 2, 0]
    """
    kept_rows, kept_columns = sum(1 << i for i in rows), sum(1 << j for j in columns)
    without = Cap("rows", tuple(bits(instance.rows & ~kept_rows))).apply(instance)
    return Cap("columns", tuple(bits(instance.columns & ~kept_columns))).apply(without)


def core_of(pattern: Pattern, witness: Witness) -> Core | None:
    """Return the core of a pattern that a witness proves not to be closed.

    None if the witness uses more than what the reductions leave.

    Examples
    --------
    >>> from semialg.closedness.obstructions import private_p4
    >>> lu = Pattern.parse("lu:2")
    >>> core = core_of(lu, private_p4(lu, 0))
    >>> core.units, core.free, core.pattern() == lu
    (((3, 3, 1),), (0, 2), True)
    """
    reduced = reduce(Instance.from_pattern(pattern)).instance
    full = witness.full()
    rows, columns = bit_list(reduced.rows), bit_list(reduced.columns)
    row_at = {label: at for at, label in enumerate(rows)}
    column_at = {label: at for at, label in enumerate(columns)}
    units = [reduced.units[key] for key in sorted(reduced.units)]
    slots = [(unit, origin) for unit in units for origin in unit.origins]
    x, y = full.curve
    slot_of_left = {(i, k): at for at, (unit, k) in enumerate(slots) for i in bits(unit.rows)}
    slot_of_right = {(k, j): at for at, (unit, k) in enumerate(slots) for j in bits(unit.columns)}
    observed = {(i, j) for i in rows for j in columns if reduced.observed(i, 1 << j)}
    uses = set(_variables(full.identities))
    if not set(_entries(full.identities)) <= observed or not all(
        (v[1:] in slot_of_left) if v[0] == 0 else (v[1:] in slot_of_right) for v in uses
    ):
        return None

    def variable(v: Variable) -> Variable:
        if v[0] == 0:
            return 0, row_at[v[1]], slot_of_left[v[1], v[2]]
        return 1, slot_of_right[v[1], v[2]], column_at[v[2]]

    def packed(lines: int, at: Mapping[int, int]) -> int:
        return sum(1 << at[line] for line in bits(lines))

    return Core(
        len(rows),
        len(columns),
        tuple((packed(u.rows, row_at), packed(u.columns, column_at), u.multiplicity) for u in units),
        tuple(packed(reduced.free.get(i, 0) & reduced.columns, column_at) for i in rows),
        tuple({row_at[i]: x[i, k] for i in bits(unit.rows) if x[i, k]} for unit, k in slots),
        tuple({column_at[j]: y[k, j] for j in bits(unit.columns) if y[k, j]} for unit, k in slots),
        relabel(full.identities, lambda i, j: (row_at[i], column_at[j]), variable),
    )


def _entries(proof: Outside) -> Iterator[tuple[int, int]]:
    if isinstance(proof, Split):
        yield from _entries(proof.zero)
        yield from _entries(proof.nonzero)
    else:
        yield from (position for position, poly in proof.terms.items() if poly)


def _variables(proof: Outside) -> Iterator[Variable]:
    """Yield the entries of factors that a proof speaks of; inverses count as their entries."""
    if isinstance(proof, Split):
        yield proof.variable
        yield from _variables(proof.zero)
        yield from _variables(proof.nonzero)
        return
    for poly in (*proof.terms.values(), *proof.inverses.values()):
        for term in poly:
            yield from (v[1:] if v[0] == "inverse" else v for v, _ in term)
