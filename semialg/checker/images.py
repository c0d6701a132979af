"""Certificates about polynomial maps, or about products of which some entries are observed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from semialg.checker.decode import Decoder, Rule, Step, field_of, keyed, variant
from semialg.checker.pattern_claim import claimed_masks, named_pattern, pattern_key
from semialg.checker.report import Invalid, Report, Run
from semialg.checker.rules.images import MAP_CLOSED, MAP_FIELDS, MAP_NOT_CLOSED
from semialg.checker.rules.observed import OBSERVED_CLOSED, OBSERVED_FIELDS, OBSERVED_NOT_CLOSED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from semialg.checker.pattern_claim import Masks

__all__ = ["IMAGE_KINDS", "check_image", "is_about_an_image"]


class _Kind(NamedTuple):
    """A kind of claim: its fields beside kind and pattern, its rules, and whether it names a pattern."""

    fields: Mapping[str, Decoder]
    rules: dict[str, Rule]
    has_pattern: bool


_KINDS = {
    "map_closed": _Kind(MAP_FIELDS, MAP_CLOSED, has_pattern=False),
    "map_not_closed": _Kind(MAP_FIELDS, MAP_NOT_CLOSED, has_pattern=False),
    "observed_closed": _Kind(OBSERVED_FIELDS, OBSERVED_CLOSED, has_pattern=True),
    "observed_not_closed": _Kind(OBSERVED_FIELDS, OBSERVED_NOT_CLOSED, has_pattern=True),
}

#: The kinds of these claims.
IMAGE_KINDS = tuple(_KINDS)


def is_about_an_image(claim: object) -> bool:
    """Say whether a claim, not decoded yet, names one of the kinds about images."""
    if type(claim) is not dict:
        return False
    kind = cast("dict[str, object]", claim).get("kind")
    return type(kind) is str and kind in _KINDS


def check_image(head: dict[str, object], given: Masks | None) -> Report:
    """Judge a certificate about an image, its head already checked."""
    name: str = cast("dict[str, Any]", head["claim"])["kind"]
    kind = _KINDS[name]
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


def _decode(kind: _Kind, value: object) -> dict[str, Any]:
    own = {pattern_key(value)} if kind.has_pattern else set[str]()
    pairs = keyed(value, {"kind", *own, *kind.fields})
    found = {key: field_of(pairs, key, item) for key, item in kind.fields.items()}
    if kind.has_pattern:
        found["masks"] = named_pattern(pairs)
    return found
