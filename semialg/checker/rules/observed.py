"""Rules about products of which some entries are observed, with or without negative factors."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

from semialg.checker.arithmetic import Laurent, SparseMatrix, laurent_product
from semialg.checker.decode import Decoder, Rule, array, laurent_matrix, number_matrix, variant
from semialg.checker.masks import BitMask, bits, transposed_bits
from semialg.checker.report import Invalid, Run, Unreadable, show
from semialg.checker.rules.images import require_limit
from semialg.checker.rules.instance import instance_of, judge_instance
from semialg.checker.rules.leaves import INSTANCE
from semialg.checker.rules.limit import require_on_masks, require_shape
from semialg.checker.rules.outside import OUTSIDE, System

if TYPE_CHECKING:
    from semialg.checker.arithmetic import Polynomial

__all__ = ["OBSERVED_CLOSED", "OBSERVED_FIELDS", "OBSERVED_NOT_CLOSED"]

_SIGNS = ("any", "nonnegative")


@dataclass(frozen=True)
class ObservedSystem(System):
    """The equations of the observed entries alone."""

    observed: BitMask = field(default_factory=lambda: BitMask((), 0))

    def equation(self, row: int, column: int, run: Run) -> Polynomial:
        """Return P_ij - target_ij, the entry being observed."""
        if not self.observed.rows[row] >> column & 1:
            raise Invalid("proof.outside", f"entry ({row}, {column}) is not observed")
        return super().equation(row, column, run)

    def places(self, poly: Polynomial) -> list[tuple[int, int]]:
        """Return the observed ones among the entries that a polynomial could belong to."""
        return [(i, j) for i, j in super().places(poly) if self.observed.rows[i] >> j & 1]


def _observed(claim: dict[str, Any]) -> BitMask:
    masks: tuple[BitMask, ...] = claim["masks"]
    observed: BitMask = claim["observed"]
    rows, columns = len(masks[0].rows), masks[-1].columns
    if len(observed.rows) != rows or observed.columns != columns:
        found = f"{len(observed.rows)} x {observed.columns}"
        raise Invalid("claim.observed", f"expected a mask of {rows} x {columns}, found {found}")
    return observed


def check_limit(claim: dict[str, Any], fields: dict[str, Any], where: str, run: Run) -> None:
    """Judge that the observed entries of a curve tend to those of the target, which no product has."""
    masks: tuple[BitMask, ...] = claim["masks"]
    observed = _observed(claim)
    target: SparseMatrix[Fraction] = fields["target"]
    curve: list[SparseMatrix[Laurent]] = fields["curve"]
    require_shape(target, len(masks[0].rows), masks[-1].columns, f"{where}.target")
    require_on_masks(curve, masks, where)
    for i, j, _ in target.entries():
        if not observed.rows[i] >> j & 1:
            raise Invalid(f"{where}.target[{i}][{j}]", "expected zero where nothing is observed")
    if claim["signs"] == "nonnegative":
        for at, factor in enumerate(curve):
            for i, j, entry in factor.entries():
                if entry[min(entry)] < 0:
                    place = f"{where}.curve[{at}][{i}][{j}]"
                    raise Invalid(
                        place, "expected a positive first coefficient: the factors are not negative"
                    )
    product = reduce(lambda left, right: laurent_product(left, right, run), curve)
    for i, row in enumerate(observed.rows):
        run.spend(row.bit_count())
        for j in bits(row):
            value, wanted = product.rows[i].get(j, {}), target.rows[i].get(j, Fraction(0))
            require_limit(value, wanted, f"{where}.curve", f"{where}.target[{i}][{j}]", (i, j))
    system = ObservedSystem(masks, target, observed=observed)
    fields["outside"].rule.check(system, fields["outside"].fields, f"{where}.outside", run)


def check_units(claim: dict[str, Any], fields: dict[str, Any], where: str, run: Run) -> None:
    """Two layers are an instance, whose free entries are those that are not observed."""
    masks: tuple[BitMask, ...] = claim["masks"]
    observed = _observed(claim)
    if len(masks) != 2:
        raise Invalid(where, f"expected two masks, found {len(masks)}")
    if claim["signs"] != "any":
        raise Invalid("claim.signs", "expected factors of any sign")
    whole = (1 << observed.columns) - 1
    free = tuple(whole & ~row for row in observed.rows)
    run.spend(sum(row.bit_count() for row in free))
    start = replace(
        instance_of(*masks),
        free_in_row=free,
        free_in_column=tuple(transposed_bits(free, observed.columns)),
    )
    judge_instance(start, fields["proof"], f"{where}.proof", run)


def check_nonnegative(claim: dict[str, Any], fields: dict[str, Any], where: str, run: Run) -> None:
    """Factors without negative entries, every entry observed that a path reaches."""
    del fields
    masks: tuple[BitMask, ...] = claim["masks"]
    observed = _observed(claim)
    if claim["signs"] != "nonnegative":
        raise Invalid("claim.signs", "expected factors without negative entries")
    for i, row in enumerate(masks[0].rows):
        reached = row
        for mask in masks[1:]:
            run.spend(1 + reached.bit_count())
            following = 0
            for k in bits(reached):
                following |= mask.rows[k]
            reached = following
        if reached & ~observed.rows[i]:
            j = next(bits(reached & ~observed.rows[i]))
            raise Invalid(where, f"entry ({i}, {j}) is reached by a path and is not observed")


def _mask(value: object) -> BitMask:
    return BitMask.from_lists(value)


def _signs(value: object) -> str:
    if type(value) is not str or value not in _SIGNS:
        raise Unreadable(f"expected one of {list(_SIGNS)}, found {show(value)}")
    return value


#: The fields of a claim about observed entries, beside its kind and its pattern.
OBSERVED_FIELDS: dict[str, Decoder] = {"observed": _mask, "signs": _signs}

OBSERVED_NOT_CLOSED: dict[str, Rule] = {
    "limit": Rule(
        {
            "target": number_matrix,
            "curve": array(laurent_matrix, 1),
            "outside": variant("rule", lambda: OUTSIDE),
        },
        check_limit,
    ),
}

OBSERVED_CLOSED: dict[str, Rule] = {
    "units": Rule({"proof": variant("rule", lambda: INSTANCE)}, check_units),
    "nonnegative": Rule({}, check_nonnegative),
}
