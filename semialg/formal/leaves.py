"""Leaves for which the theory wants more than the certificate says: inverses, the units of a column."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from semialg.formal.instance_state import Copy, Labels, State, fill, nest
from semialg.formal.terms import Refused, coq_list, rational

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["full_space", "two_rows"]


def full_space(proof: dict[str, Any], state: State) -> str:
    """Return the leaf that fixes the vectors x of all units and inverts what each column needs of them.

    The certificate says by matchings that generic vectors do; here integers are tried until they do.

    Raises
    ------
    Refused
        If no vectors were found.
    """
    height, width = max(state.rows, default=-1) + 1, max(state.columns, default=-1) + 1
    matched = {entry["column"]: [tuple(pair) for pair in entry["pairs"]] for entry in proof["matchings"]}
    for attempt in range(1, 40):
        vectors = [
            {i: Fraction((attempt * (7 * k + 3) + (i + 2) ** (k + 2)) % 101 + 1) for i in copy.rows}
            for k, copy in enumerate(state.copies)
        ]
        inverses = [_column(state, vectors, matched.get(j, [])) for j in range(width)]
        if all(inverse is not None for inverse in inverses):
            xs = coq_list(_row([v.get(i, Fraction(0)) for i in range(height)]) for v in vectors)
            ys = coq_list(_table(inverse or {}, len(vectors), height) for inverse in inverses)
            return f"(FullSpace {xs} {ys})"
    raise Refused("no vectors were found for which every column can be solved")


def _table(entries: dict[tuple[int, int], Fraction], height: int, width: int) -> str:
    if not entries:
        return "[]"
    return coq_list(_row([entries.get((k, i), Fraction(0)) for i in range(width)]) for k in range(height))


def _row(numbers: Sequence[Fraction]) -> str:
    return coq_list(map(rational, numbers))


def _column(
    state: State, vectors: list[dict[int, Fraction]], pairs: Sequence[tuple[int, ...]]
) -> dict[tuple[int, int], Fraction] | None:
    """Return the inverse of the matrix of the matched copies on the matched rows: {(copy, row): number}."""
    used: set[int] = set()
    rows, copies = [], []
    for row, unit in pairs:
        at = next(k for k, copy in enumerate(state.copies) if copy.id == unit and k not in used)
        used.add(at)
        rows.append(row)
        copies.append(at)
    size = len(rows)
    matrix = [
        [vectors[k].get(i, Fraction(0)) for k in copies] + [Fraction(int(a == b)) for b in range(size)]
        for a, i in enumerate(rows)
    ]
    for at in range(size):
        pivot = next((row for row in range(at, size) if matrix[row][at]), None)
        if pivot is None:
            return None
        matrix[at], matrix[pivot] = matrix[pivot], matrix[at]
        scale = matrix[at][at]
        matrix[at] = [number / scale for number in matrix[at]]
        for row in range(size):
            factor = matrix[row][at]
            if row != at and factor:
                matrix[row] = [x - factor * y for x, y in zip(matrix[row], matrix[at], strict=True)]
    return {(copies[a], rows[b]): matrix[a][size + b] for a in range(size) for b in range(size)}


def two_rows(proof: dict[str, Any], state: State) -> str:
    """Return the leaf for two rows: units with one of them fill it, then each column is judged.

    Raises
    ------
    Refused
        If there are more rows, or a column has no unit to serve it.
    """
    seen = _seen(state)
    rows = sorted({i for copy in state.copies for i in copy.rows & state.rows if any(seen(copy, i))})
    if len(rows) > 2:
        raise Refused(f"{len(rows)} rows have an observed covered entry; expected two")
    rows += [i for i in sorted(state.rows) if i not in rows][: 2 - len(rows)]
    if len(rows) < 2:
        raise Refused("the instance has fewer than two rows")
    first, second = rows
    moving = [first in copy.rows and second in copy.rows for copy in state.copies]
    # Copies get names of their own: those that have not both rows are filled one by one.
    named = State(
        tuple(Copy(k, copy.rows, copy.columns) for k, copy in enumerate(state.copies)),
        state.rows,
        state.columns,
        state.free,
        len(state.copies),
    )
    lines = {
        k: [f"Row {first if first in copy.rows else second}"]
        for k, copy in enumerate(state.copies)
        if not moving[k]
    }
    word, after = fill(named, lines)
    columns = coq_list(_kinds(after, first, second))
    return nest([word] if lines else [], f"(TwoRows {first} {second} {columns}%nat)")


def _seen(state: State) -> Callable[[Copy, int], list[int]]:
    def columns(copy: Copy, i: int) -> list[int]:
        return [j for j in copy.columns & state.columns if (i, j) not in state.free]

    return columns


def _kinds(state: State, first: int, second: int) -> list[str]:
    columns: list[tuple[Labels, list[int]]] = []
    for j in range(max(state.columns, default=-1) + 1):
        rows = frozenset(i for i in (first, second) if j in state.columns and (i, j) not in state.free)
        columns.append((rows, [k for k, copy in enumerate(state.copies) if j in copy.columns]))
    owners = {units[0] for rows, units in columns if len(rows) == 2 and len(units) == 1}
    return [_kind(rows, units, owners) for rows, units in columns]


def _kind(rows: Labels, units: list[int], owners: set[int]) -> str:
    if not rows or not units:
        return "Nothing"
    if len(rows) == 2 and len(units) == 1:
        return f"Owned {units[0]}"
    servant = next((k for k in units if k not in owners), None)
    if servant is None:
        raise Refused("every unit of a column owns another one")
    if len(rows) == 1:
        return f"Single {servant}"
    return f"Pair {servant} {next(k for k in units if k != servant)}"
