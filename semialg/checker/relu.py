"""Certificates whose claim is about networks: training, sparsity levels, data sets, best approximation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from semialg.checker.decode import Decoder, Rule, Step, field_of, keyed, variant
from semialg.checker.pattern_claim import claimed_masks, named_pattern, pattern_key
from semialg.checker.report import Invalid, Report, Run
from semialg.checker.rules.relu_data import NO_OPTIMUM, NO_OPTIMUM_FIELDS
from semialg.checker.rules.relu_nearest import NO_NEAREST, NO_NEAREST_FIELDS
from semialg.checker.rules.relu_optima import (
    CELLS,
    CELLS_FIELDS,
    OPTIMUM_LEVEL,
    OPTIMUM_LEVEL_FIELDS,
)
from semialg.checker.rules.relu_reach import REACHABLE, REACHABLE_FIELDS
from semialg.checker.rules.relu_scalar import SCALAR_OPTIMUM, SCALAR_OPTIMUM_FIELDS
from semialg.checker.rules.relu_training import LEVEL, LEVEL_FIELDS, TRAINING, TRAINING_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from semialg.checker.pattern_claim import Masks

__all__ = ["NETWORK_KINDS", "Kind", "check_network", "check_one_of", "is_about_a_network", "names_one_of"]


class Kind(NamedTuple):
    """A kind of claim: its fields beside kind and pattern, its rules, and whether it names a pattern."""

    fields: Mapping[str, Decoder]
    rules: dict[str, Rule]
    has_pattern: bool


_KINDS = {
    "training": Kind(TRAINING_FIELDS, TRAINING, has_pattern=True),
    "training_level": Kind(LEVEL_FIELDS, LEVEL, has_pattern=False),
    "no_optimum": Kind(NO_OPTIMUM_FIELDS, NO_OPTIMUM, has_pattern=True),
    "reachable_closed": Kind(REACHABLE_FIELDS, REACHABLE, has_pattern=True),
    "no_nearest": Kind(NO_NEAREST_FIELDS, NO_NEAREST, has_pattern=False),
    "scalar_optimum": Kind(SCALAR_OPTIMUM_FIELDS, SCALAR_OPTIMUM, has_pattern=True),
    "scalar_cells": Kind(CELLS_FIELDS, CELLS, has_pattern=True),
    "scalar_level": Kind(OPTIMUM_LEVEL_FIELDS, OPTIMUM_LEVEL, has_pattern=False),
}

#: The kinds of these claims.
NETWORK_KINDS = tuple(_KINDS)


def is_about_a_network(claim: object) -> bool:
    """Say whether a claim, not decoded yet, names one of the kinds about networks."""
    return names_one_of(_KINDS, claim)


def names_one_of(kinds: Mapping[str, Kind], claim: object) -> bool:
    """Say whether a claim, not decoded yet, names one of the kinds of a table."""
    if type(claim) is not dict:
        return False
    kind = cast("dict[str, object]", claim).get("kind")
    return type(kind) is str and kind in kinds


def check_network(head: dict[str, object], given: Masks | None) -> Report:
    """Judge a certificate about networks, its head already checked."""
    return check_one_of(_KINDS, head, given)


def check_one_of(kinds: Mapping[str, Kind], head: dict[str, object], given: Masks | None) -> Report:
    """Judge a certificate whose claim is of a kind in a table, its head already checked."""
    name: str = cast("dict[str, Any]", head["claim"])["kind"]
    kind = kinds[name]
    claim: dict[str, Any] = field_of(head, "claim", lambda value: _decode(kind, value))
    proof: Step = field_of(head, "proof", variant("rule", lambda: kind.rules))
    if given is not None and not kind.has_pattern:
        found = "expected a claim about the given pattern, found one about none"
        return Report("invalid", name, "claim.kind", found)
    run = Run()
    try:
        if kind.has_pattern:
            claim["masks"] = claimed_masks(claim["masks"], given)
        proof.rule.check(claim, proof.fields, "proof", run)
    except Invalid as error:
        return Report("invalid", name, error.where, error.reason)
    return Report.of_run(name, run)


def _decode(kind: Kind, value: object) -> dict[str, Any]:
    own = {pattern_key(value)} if kind.has_pattern else set[str]()
    pairs = keyed(value, {"kind", *own, *kind.fields})
    found = {key: field_of(pairs, key, item) for key, item in kind.fields.items()}
    if kind.has_pattern:
        found["masks"] = named_pattern(pairs)
    return found
