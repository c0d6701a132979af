"""Certificates about polynomial maps, or about products of which some entries are observed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semialg.checker.relu import Kind, check_one_of, names_one_of
from semialg.checker.rules.images import MAP_CLOSED, MAP_FIELDS, MAP_NOT_CLOSED
from semialg.checker.rules.observed import OBSERVED_CLOSED, OBSERVED_FIELDS, OBSERVED_NOT_CLOSED

if TYPE_CHECKING:
    from semialg.checker.pattern_claim import Masks
    from semialg.checker.report import Report

__all__ = ["IMAGE_KINDS", "check_image", "is_about_an_image"]

_KINDS = {
    "map_closed": Kind(MAP_FIELDS, MAP_CLOSED, has_pattern=False),
    "map_not_closed": Kind(MAP_FIELDS, MAP_NOT_CLOSED, has_pattern=False),
    "observed_closed": Kind(OBSERVED_FIELDS, OBSERVED_CLOSED, has_pattern=True),
    "observed_not_closed": Kind(OBSERVED_FIELDS, OBSERVED_NOT_CLOSED, has_pattern=True),
}

#: The kinds of these claims.
IMAGE_KINDS = tuple(_KINDS)


def is_about_an_image(claim: object) -> bool:
    """Say whether a claim, not decoded yet, names one of the kinds about images."""
    return names_one_of(_KINDS, claim)


def check_image(head: dict[str, object], given: Masks | None) -> Report:
    """Judge a certificate about an image, its head already checked."""
    return check_one_of(_KINDS, head, given)
