"""Rules for all optimal cells of a scalar network, and for the optimum of a sparsity level (theory F3)."""

from __future__ import annotations

from itertools import combinations, permutations
from math import factorial
from typing import TYPE_CHECKING, Any

from semialg.checker.decode import Decoder, Rule, array, index, positive, rational, record
from semialg.checker.masks import BitMask, bits
from semialg.checker.report import Invalid, Run
from semialg.checker.rules.relu_lost import dot
from semialg.checker.rules.relu_scalar import (
    OPTIMUM_TREES,
    PARAMETERS,
    SPLIT,
    TASK,
    Problem,
    State,
    check_zero_bound,
    dual_bound,
    integer_list,
    integers,
    judge_trees,
    require_loss,
    require_masks,
    require_shapes,
    signs,
    trees_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from semialg.checker.arithmetic import SparseMatrix

__all__ = ["CELLS", "CELLS_FIELDS", "OPTIMUM_LEVEL", "OPTIMUM_LEVEL_FIELDS"]

Claim = dict[str, Any]


def check_cells(claim: Claim, fields: dict[str, Any], where: str, run: Run) -> None:
    """Judge that the cells listed, and no others, attain the value, which is the least."""
    masks: tuple[BitMask, ...] = claim["masks"]
    cells: list[Claim] = claim["cells"]
    for at, cell in enumerate(cells):
        require_masks(masks, claim, cell, f"claim.cells[{at}]")
        require_loss(claim, cell, f"claim.cells[{at}]", run)
    units = list(bits(masks[0].rows[0]))
    problem = integers(claim, [masks[1].rows[k] for k in units], run)
    for at, cell in enumerate(cells):
        _require_inside(claim, cell, units, problem, f"claim.cells[{at}]", run)
    met = [n.fields["cell"] for tree in fields["trees"] for n in tree["nodes"] if n.name == "cell"]
    if not cells or met != list(range(len(cells))):
        raise Invalid(
            f"{where}.trees", f"expected the {len(cells)} cells of the claim, one leaf each, in order"
        )
    judge_trees(claim, problem, fields["trees"], f"{where}.trees", run)
    _require_different(cells, problem)


def _require_different(cells: list[Claim], problem: Problem) -> None:
    """Judge that no cell is listed twice, with units of equal inputs permuted or not."""
    seen: set[tuple[tuple[int, int, int], ...]] = set()
    for at, cell in enumerate(cells):
        sides = [sum(1 << p for p in set(active)) for active in cell["active"]]
        kind = tuple(sorted(zip(problem.supports, cell["signs"], sides, strict=True)))
        if kind in seen:
            raise Invalid(f"claim.cells[{at}]", "the cell is listed before, up to a permutation of units")
        seen.add(kind)


def _require_inside(
    claim: Claim, cell: Claim, units: list[int], problem: Problem, where: str, run: Run
) -> None:
    """Judge that the parameters lie in the closed cell."""
    if len(cell["signs"]) != len(units) or len(cell["active"]) != len(units):
        raise Invalid(where, f"expected {len(units)} signs and sets of active points")
    points: SparseMatrix[Fraction] = claim["points"]
    for at, (unit, sign, active) in enumerate(zip(units, cell["signs"], cell["active"], strict=True)):
        row, bias = cell["weights"].rows[unit], cell["biases"][unit]
        if sign * cell["output"][unit] < 0:
            raise Invalid(f"{where}.output[{unit}]", f"expected 0 or the sign {sign}")
        for p, point in enumerate(points.rows):
            run.spend(4 + 4 * len(row))
            z = bias + dot(row, point, run)
            if z and (z > 0) != (p in active):
                raise Invalid(f"{where}.active[{at}]", f"the parameters are on the other side at point {p}")
        read = [any(row) for row in problem.features[at]]
        if any(p >= len(read) or not read[p] for p in active):
            raise Invalid(f"{where}.active[{at}]", "expected points at which the unit reads something")


def _above(
    claim: Claim, problem: Problem, state: State, fields: dict[str, Any], where: str, run: Run
) -> list[State]:
    """No loss in the node is as small as the value."""
    reach, size = dual_bound(claim, problem, state, fields["u"], where, run)
    if reach <= claim["value"] * size:
        raise Invalid(f"{where}.u", f"the vector does not show more than {claim['value']}")
    return []


def _flat(
    _: Claim, problem: Problem, state: State, fields: dict[str, Any], where: str, run: Run
) -> list[State]:
    """Judge that the node holds no cell: a unit is 0 at a point everywhere in it."""
    unit: int = fields["unit"]
    point: int = fields["point"]
    if unit >= len(problem.supports) or point >= len(problem.targets):
        raise Invalid(where, "expected a unit and a point")
    if not any(problem.features[unit][point]) or not _flat_at(state, unit, point, run):
        raise Invalid(where, f"unit {unit} is not always 0 at point {point}")
    return []


def _flat_at(state: State, unit: int, point: int, run: Run) -> bool:
    run.spend(len(state.rays[unit]))
    return not any((ray.positive | ray.negative) >> point & 1 for ray in state.rays[unit])


def _cell(
    claim: Claim, problem: Problem, state: State, fields: dict[str, Any], where: str, run: Run
) -> list[State]:
    """Judge that the node is one cell, which is listed, and that no loss in it is below the value."""
    cell: Claim = claim["cells"][fields["cell"]]  # check_cells has judged the index
    if tuple(cell["signs"]) != state.signs:
        raise Invalid(where, "expected a cell with the signs of the tree")
    for k, active in enumerate(cell["active"]):
        side = sum(1 << p for p in set(active))
        read = sum(1 << p for p, row in enumerate(problem.features[k]) if any(row))
        if state.active[k] & read != side or state.inactive[k] & read != read & ~side:
            raise Invalid(where, f"unit {k} is not decided at every point as in the cell")
        for p in bits(read):
            if _flat_at(state, k, p, run):
                raise Invalid(where, f"unit {k} is always 0 at point {p}, so this is no cell")
    if claim["value"] > 0:
        reach, size = dual_bound(claim, problem, state, fields["u"], where, run)
        if reach < claim["value"] * size:
            raise Invalid(f"{where}.u", f"the vector shows less than {claim['value']}")
    return []


def check_level_zero(claim: Claim, _: dict[str, Any], __: str, run: Run) -> None:
    """No loss is negative."""
    _require_level(claim, run)
    check_zero_bound(claim)


def check_level(claim: Claim, fields: dict[str, Any], where: str, run: Run) -> None:
    """Judge that the patterns listed cover the level, and the trees of each."""
    _require_level(claim, run)
    _, hidden, inputs = claim["widths"]
    units, most = min(claim["ones"][0], hidden), claim["ones"][1]
    listed = [
        [_mask(unit, inputs, f"{where}.patterns[{at}]") for unit in pattern["supports"]]
        for at, pattern in enumerate(fields["patterns"])
    ]
    if any(len(supports) != units for supports in listed):
        raise Invalid(f"{where}.patterns", f"expected the inputs of {units} units for each pattern")
    known = {tuple(sorted(supports)) for supports in listed}
    ones = min(most, units * inputs)
    for wanted in _maximal(_sets(inputs, ones, run), units, ones, 0, run):
        if tuple(sorted(wanted)) not in known:
            run.spend(len(listed) * (factorial(units) if units < 12 else 1 << 40))
            if not any(_covers(supports, wanted) for supports in listed):
                shown = [list(bits(s)) for s in wanted]
                raise Invalid(f"{where}.patterns", f"no pattern covers units with the inputs {shown}")
    for at, (supports, pattern) in enumerate(zip(listed, fields["patterns"], strict=True)):
        trees = f"{where}.patterns[{at}].trees"
        judge_trees(claim, integers(claim, supports, run), pattern["trees"], trees, run)


def _require_level(claim: Claim, run: Run) -> None:
    widths, ones = claim["widths"], claim["ones"]
    if len(widths) != 3 or widths[0] != 1 or len(ones) != 2:
        raise Invalid("claim.widths", "expected one output, hidden units and inputs, and two numbers of ones")
    require_shapes(claim, claim, widths[1], widths[2], "claim")
    used = [k for k, v in enumerate(claim["output"]) if v]
    if len(used) > ones[0] or sum(len(claim["weights"].rows[k]) for k in range(widths[1])) > ones[1]:
        raise Invalid("claim.weights", f"expected at most {ones[0]} and {ones[1]} numbers that are not 0")
    require_loss(claim, claim, "claim", run)


def _mask(unit: list[int], inputs: int, where: str) -> int:
    if any(j >= inputs for j in unit):
        raise Invalid(where, f"expected inputs below {inputs}")
    return sum(1 << j for j in set(unit))


def _covers(supports: list[int], wanted: tuple[int, ...]) -> bool:
    return any(all(not w & ~s for w, s in zip(wanted, p, strict=True)) for p in permutations(supports))


def _sets(inputs: int, most: int, run: Run) -> list[int]:
    """Return the sets of at most so many inputs, small ones first."""
    found: list[int] = []
    for size in range(min(inputs, most) + 1):
        for chosen in combinations(range(inputs), size):
            run.spend(1 + size)
            found.append(sum(1 << j for j in chosen))
    return found


def _maximal(sets: list[int], units: int, ones: int, start: int, run: Run) -> Iterator[tuple[int, ...]]:
    """Yield the choices of sets, in their order, with this number of members in all."""
    if not units:
        yield from [()] if not ones else []
        return
    for at in range(start, len(sets)):
        run.spend(1)
        size = sets[at].bit_count()
        if size * units > ones:
            return
        for rest in _maximal(sets, units - 1, ones - size, at, run):
            yield (sets[at], *rest)


_NODES: dict[str, Rule] = {
    "split": SPLIT,
    "above": Rule({"u": integer_list}, _above),
    "flat": Rule({"unit": index, "point": index}, _flat),
    "cell": Rule({"cell": index, "u": integer_list}, _cell),
}
_active = array(array(index))
_inputs = array(array(index))

CELLS_FIELDS: dict[str, Decoder] = {
    **TASK,
    "cells": array(record({"signs": signs, "active": _active, **PARAMETERS})),
}
CELLS: dict[str, Rule] = {"branch": Rule({"trees": trees_of(_NODES)}, check_cells)}

OPTIMUM_LEVEL_FIELDS: dict[str, Decoder] = {
    **TASK,
    **PARAMETERS,
    "widths": array(positive, 1),
    "ones": array(positive, 1),
    "bound": rational,
}
OPTIMUM_LEVEL: dict[str, Rule] = {
    "zero": Rule({}, check_level_zero),
    "patterns": Rule({"patterns": array(record({"supports": _inputs, "trees": OPTIMUM_TREES}))}, check_level),
}
