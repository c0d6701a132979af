"""Rules for "not closed": a limit that is no member, and the passage to a minor (theory H1, section 4)."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from semialg.checker.arithmetic import Laurent, SparseMatrix, laurent_product
from semialg.checker.decode import Rule, Step, array, curve_matrix, index, target_matrix, variant
from semialg.checker.masks import BitMask, bits, bitset, on_paths
from semialg.checker.report import Invalid, Run, figure
from semialg.checker.rules.outside import OUTSIDE, System, judge_outside
from semialg.checker.rules.sections import DENSE_FIELDS, require_dense

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["NOT_CLOSED", "check_selection", "require_on_masks", "require_shape"]


def check_limit(masks: tuple[BitMask, ...], fields: dict[str, Any], where: str, run: Run) -> None:
    """Judge that a curve in the set tends to the target, which is not in the set."""
    target: SparseMatrix[Fraction] = fields["target"]
    curve: list[SparseMatrix[Laurent]] = fields["curve"]
    require_shape(target, len(masks[0].rows), masks[-1].columns, f"{where}.target")
    require_on_masks(curve, masks, where)
    product = reduce(lambda left, right: laurent_product(left, right, run), curve)
    _require_limit(product, target, where)
    judge_outside(System(masks, target), fields["outside"], f"{where}.outside", run)


def check_dense(masks: tuple[BitMask, ...], fields: dict[str, Any], where: str, run: Run) -> None:
    """Judge that the products are dense in a set with the target, which is no product."""
    target: SparseMatrix[Fraction] = fields["target"]
    require_shape(target, len(masks[0].rows), masks[-1].columns, f"{where}.target")
    require_dense(masks, target, fields, where, run)
    judge_outside(System(masks, target), fields["outside"], f"{where}.outside", run)


def require_on_masks(curve: list[SparseMatrix[Laurent]], masks: tuple[BitMask, ...], where: str) -> None:
    """Judge that a curve has a factor for each mask, zero off it."""
    if len(curve) != len(masks):
        raise Invalid(f"{where}.curve", f"expected {len(masks)} factors, found {len(curve)}")
    for at, (factor, mask) in enumerate(zip(curve, masks, strict=True)):
        require_shape(factor, len(mask.rows), mask.columns, f"{where}.curve[{at}]")
        for i, j, _ in factor.entries():
            if not mask.rows[i] >> j & 1:
                raise Invalid(f"{where}.curve[{at}][{i}][{j}]", "expected zero off the mask")


def require_shape(matrix: SparseMatrix[Any], rows: int, columns: int, where: str) -> None:
    """Judge the shape of a matrix."""
    if len(matrix.rows) != rows or matrix.columns != columns:
        found = f"{len(matrix.rows)} x {matrix.columns}"
        raise Invalid(where, f"expected a matrix of {rows} x {columns} entries, found {found}")


def _require_limit(product: SparseMatrix[Laurent], target: SparseMatrix[Fraction], where: str) -> None:
    for i, j, entry in product.entries():
        lowest = min(entry)
        if lowest < 0:
            raise Invalid(f"{where}.curve", f"the product has t^{lowest} at ({i}, {j}); expected no pole")
    for i, (row, wanted) in enumerate(zip(product.rows, target.rows, strict=True)):
        limits = {j: entry[0] for j, entry in row.items() if 0 in entry}
        if limits != wanted:
            j = min(j for j in limits.keys() | wanted.keys() if limits.get(j) != wanted.get(j))
            limit, found = figure(limits.get(j, 0)), figure(wanted.get(j, 0))
            raise Invalid(
                f"{where}.target[{i}][{j}]", f"expected {limit}, the limit of the product, found {found}"
            )


def check_selection(chosen: list[int], size: int, where: str) -> int:
    """Return a non-empty list of distinct indices below ``size`` as a bit set."""
    if not chosen:
        raise Invalid(where, "expected at least one index, found none")
    if max(chosen) >= size:
        at = next(at for at, value in enumerate(chosen) if value >= size)
        raise Invalid(f"{where}[{at}]", f"expected an index below {size}, found {chosen[at]}")
    found = bitset(chosen)
    if found.bit_count() != len(chosen):
        raise Invalid(where, "expected distinct indices, found one twice")
    return found


def restricted(
    masks: tuple[BitMask, ...], kept: tuple[list[int], list[list[int]], list[int]], where: str, run: Run
) -> tuple[BitMask, ...]:
    """Return the pattern on the rows, hidden units and columns kept; no path may leave these units."""
    rows, hidden, columns = kept
    row_set = check_selection(rows, len(masks[0].rows), f"{where}.rows")
    column_set = check_selection(columns, masks[-1].columns, f"{where}.columns")
    if len(hidden) != len(masks) - 1:
        raise Invalid(f"{where}.hidden", f"expected {len(masks) - 1} lists, found {len(hidden)}")
    for layer, needed in enumerate(on_paths(masks, row_set, column_set)):
        units = check_selection(hidden[layer], masks[layer].columns, f"{where}.hidden[{layer}]")
        for unit in bits(needed & ~units):
            raise Invalid(
                f"{where}.hidden[{layer}]",
                f"unit {unit} is left out but lies on a path from a kept row to a kept column",
            )
    sides = [rows, *hidden, columns]
    run.spend(sum(len(sides[at]) * len(sides[at + 1]) for at in range(len(masks))) >> 4)
    return tuple(mask.minor(sides[at], sides[at + 1]) for at, mask in enumerate(masks))


def check_minor(masks: tuple[BitMask, ...], fields: dict[str, Any], where: str, run: Run) -> None:
    """If the set of a row and column minor is not closed, neither is the whole one."""
    minor = restricted(masks, (fields["rows"], fields["hidden"], fields["columns"]), where, run)
    step: Step = fields["proof"]
    step.rule.check(minor, step.fields, f"{where}.proof", run)


def _proof(value: object) -> Step:
    step: Step = variant("rule", lambda: NOT_CLOSED)(value)
    return step


_indices = array(index)

NOT_CLOSED: dict[str, Rule] = {
    "limit": Rule(
        {
            "target": target_matrix,
            "curve": array(curve_matrix, 1),
            "outside": variant("rule", lambda: OUTSIDE),
        },
        check_limit,
    ),
    "dense": Rule(
        {"target": target_matrix, **DENSE_FIELDS, "outside": variant("rule", lambda: OUTSIDE)}, check_dense
    ),
    "minor": Rule(
        {"rows": _indices, "columns": _indices, "hidden": array(_indices), "proof": _proof}, check_minor
    ),
}
