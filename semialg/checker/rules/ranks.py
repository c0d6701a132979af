"""Ranks that no product has: outside.ranks and outside.dependent (theory N9, N10, N12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from semialg.checker.decode import Rule, array, index, record, text
from semialg.checker.masks import bits, bitset, transposed_bits
from semialg.checker.report import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from semialg.checker.arithmetic import SparseMatrix
    from semialg.checker.masks import BitMask
    from semialg.checker.report import Run
    from semialg.checker.rules.outside import System

__all__ = ["RANKS", "selected", "sparse_rank"]

Row = dict[int, "Fraction"]


def sparse_rank(rows: Iterable[Row], run: Run) -> int:
    """Return the rank of a matrix given by its sparse rows: elimination from the least column on."""
    pivots: dict[int, Row] = {}
    for given in sorted(rows, key=len):
        row = given
        while row:
            run.spend(len(row))
            first = min(row)
            if first not in pivots:
                pivots[first] = row
                break
            factor = row[first] / pivots[first][first]
            row = dict(row)
            run.spend(2 * len(pivots[first]))
            for j, value in pivots[first].items():
                rest = row.pop(j, 0) - factor * value
                if rest:
                    run.spend_on(rest)
                    row[j] = rest
    return len(pivots)


def selected(chosen: Sequence[int], size: int, where: str) -> int:
    """Return distinct indices below ``size``, perhaps none, as a bit set."""
    for at, value in enumerate(chosen):
        if value >= size:
            raise Invalid(f"{where}[{at}]", f"expected an index below {size}, found {value}")
    found = bitset(chosen)
    if found.bit_count() != len(chosen):
        raise Invalid(where, "expected distinct indices, found one twice")
    return found


def check_ranks(system: System, fields: dict[str, Any], where: str, run: Run) -> None:
    """N9: rk A[Z,:] + rk A[:,W] - rk A[Z,W] is at most the size of a cut of the paths to Z and from W."""
    masks, target = system.masks, system.target
    rows = selected(fields["rows"], len(target.rows), f"{where}.rows")
    columns = selected(fields["columns"], target.columns, f"{where}.columns")
    _require_cut(masks, rows, columns, fields["cut"], f"{where}.cut", run)
    size = sum(map(len, fields["cut"]))
    kept = set(bits(columns))
    across = [target.rows[i] for i in bits(rows)]
    down = [_restricted(row, kept, run) for row in target.rows]
    middle = [_restricted(row, kept, run) for row in across]
    found = sparse_rank(across, run) + sparse_rank(down, run) - sparse_rank(middle, run)
    if found <= size:
        raise Invalid(
            where,
            f"expected ranks above the {size} units and lines of the cut, found {found}, which they give",
        )


def _restricted(row: Row, kept: set[int], run: Run) -> Row:
    run.spend(1 + len(row))
    return {j: value for j, value in row.items() if j in kept}


def _require_cut(
    masks: Sequence[BitMask], rows: int, columns: int, cut: list[list[int]], where: str, run: Run
) -> None:
    """Judge that every path which ends in one of the rows or starts in one of the columns meets the cut."""
    if len(cut) != len(masks) + 1:
        raise Invalid(where, f"expected {len(masks) + 1} lists, found {len(cut)}")
    sizes = [*(len(mask.rows) for mask in masks), masks[-1].columns]
    gone = [selected(lines, sizes[at], f"{where}[{at}]") for at, lines in enumerate(cut)]
    reached = rows & ~gone[0]
    for at, mask in enumerate(masks):
        following = 0
        run.spend(reached.bit_count())
        for i in bits(reached):
            following |= mask.rows[i]
        reached = following & ~gone[at + 1]
    for j in bits(reached):
        raise Invalid(where, f"a path from column {j} to one of the rows avoids the cut")
    reached = columns & ~gone[-1]
    for at in range(len(masks) - 1, -1, -1):
        run.spend(len(masks[at].rows))
        reached = bitset([i for i, row in enumerate(masks[at].rows) if row & reached]) & ~gone[at]
    for i in bits(reached):
        raise Invalid(where, f"a path from one of the columns to row {i} avoids the cut")


def check_dependent(system: System, fields: dict[str, Any], where: str, run: Run) -> None:
    """N10 and N12: dependent lines of a matrix of large rank are dependent lines of a factor."""
    masks, target = system.masks, system.target
    layer: int = fields["layer"]
    if layer >= len(masks) - 1:
        raise Invalid(f"{where}.layer", f"expected one of {len(masks) - 1} hidden layers, found {layer}")
    sides: list[dict[str, Any]] = fields["sides"]
    axes = [side["axis"] for side in sides]
    if axes not in (["rows"], ["columns"], ["rows", "columns"]):
        raise Invalid(f"{where}.sides", "expected rows, columns, or rows and then columns")
    wanted = masks[layer].columns - len(sides) + 1
    rank = sparse_rank(target.rows, run)
    if rank != wanted:
        raise Invalid(where, f"expected a target of rank {wanted}, found {rank}")
    left = _reached([mask.rows for mask in masks[: layer + 1]], run)
    turned = [transposed_bits(mask.rows, mask.columns) for mask in masks[:layer:-1]]
    run.spend(sum(mask.columns + len(mask.rows) for mask in masks[layer + 1 :]))
    right = _reached(turned, run)
    for at, side in enumerate(sides):
        here = f"{where}.sides[{at}]"
        if side["axis"] == "rows":
            _require_side(target.rows, target.columns, side, left, right, here, run)
        else:
            _require_side(_turned(target, run), len(target.rows), side, right, left, here, run)


def _turned(target: SparseMatrix[Fraction], run: Run) -> list[Row]:
    columns: list[Row] = [{} for _ in range(target.columns)]
    for i, j, value in target.entries():
        run.spend(1)
        columns[j][i] = value
    return columns


def _reached(steps: Sequence[Sequence[int]], run: Run) -> list[int]:
    """Return, for each line, the units that paths through all steps join it to (bit sets)."""
    found = list(steps[0])
    for step in steps[1:]:
        longer: list[int] = []
        for row in found:
            following = 0
            run.spend(row.bit_count())
            for k in bits(row):
                following |= step[k]
            longer.append(following)
        found = longer
    return found


def _require_side(
    lines: Sequence[Row],
    width: int,
    side: dict[str, Any],
    near: list[int],
    far: list[int],
    where: str,
    run: Run,
) -> None:
    """Judge lines of the target that are proportional, not 0 at a place which no common unit reaches."""
    chosen: list[int] = side["lines"]
    place: int = side["at"]
    selected(chosen, len(lines), f"{where}.lines")
    if place >= width:
        raise Invalid(f"{where}.at", f"expected an index below {width}, found {place}")
    first = lines[chosen[0]]
    common = far[place]
    for at, line in enumerate(chosen):
        entries = lines[line]
        run.spend(4 * len(entries))
        if place not in entries:
            raise Invalid(f"{where}.lines[{at}]", f"the target is 0 there at {place}")
        scale = entries[place] / first[place]
        if entries.keys() != first.keys() or any(entries[j] != scale * first[j] for j in first):
            raise Invalid(f"{where}.lines[{at}]", "expected a line proportional to the first")
        common &= near[line]
    for unit in bits(common):
        raise Invalid(where, f"unit {unit} joins all these lines to {place}")


_side = record({"axis": text, "lines": array(index, 1), "at": index})

RANKS: dict[str, Rule] = {
    "ranks": Rule(
        {"rows": array(index), "columns": array(index), "cut": array(array(index))},
        check_ranks,
    ),
    "dependent": Rule({"layer": index, "sides": array(_side, 1)}, check_dependent),
}
