"""The corpora in the kernel: what the checker accepts is a theorem; what it rejects is none, or true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from semialg.checker import Unreadable
from semialg.checker.decode import document
from semialg.checker.kernel import read_pattern
from semialg.formal.terms import Refused, Unsupported
from semialg.formal.theorem import HEAD, goal_of

if TYPE_CHECKING:
    from conftest import Ask

PROOFS = Path(__file__).parents[2] / "proofs"

#: Rules that no lemma covers; `docs/kernel.md` says why.
NOT_COVERED = {
    "node.outside",
    "closed.tree",
    "closed.equal_lines",
    "not_closed.dense",
    "outside.ranks",
    "outside.dependent",
}

#: Rejected files whose claim is true, and whose fault the printer mends or does not print.
TRUE_ALL_THE_SAME = {
    "cap-axis.json",
    "chainable-order.json",
    "chainable-other-mask.json",
    "chainable-zero.json",
    "coordinate-unknown-key.json",
    "empty-extra-field.json",
    "forget-gone.json",
    "format-other-format.json",
    "format-other-hash.json",
    "format-version-boolean.json",
    "format-version.json",
    "free_cover-line-too-many.json",
    "lemma-row-twice.json",
    "lemmas-free-twice.json",
    "limit-bare-number.json",
    "limit-off-mask.json",
    "lines-copy-twice.json",
    "merge-different.json",
    "merge-one.json",
    "permute-other-order.json",
    "product-unit-left-out.json",
    "product-unit-unknown.json",
    "rank-two-units.json",
}


def manifest(folder: str) -> dict[str, Any]:
    entries: dict[str, Any] = json.loads((PROOFS / folder / "manifest.json").read_text())
    return entries


def content(folder: str, name: str) -> Any:
    return document((PROOFS / folder / name).read_bytes())


def printed(folder: str) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Return the goals of the files about closedness, and why others have none."""
    goals: dict[str, tuple[str, str]] = {}
    without: dict[str, str] = {}
    for name, expected in manifest(folder).items():
        try:
            found = content(folder, name)
            if found["claim"]["kind"] not in ("closed", "not_closed"):
                continue
            masks = read_pattern(expected["pattern"]) if "pattern" in expected else None
            goals[name] = tuple(goal_of(found, masks))
        except Unsupported as error:
            without[name] = error.rule
        except (Unreadable, Refused, LookupError, TypeError, ValueError, AttributeError) as error:
            without[name] = f"{type(error).__name__}: {error}"
    return goals, without


@pytest.mark.parametrize("folder", ["accept", "paper"])
def test_what_the_checker_accepts_is_a_theorem(folder: str, ask: Ask) -> None:
    goals, without = printed(folder)
    holey = {name for name, expected in manifest(folder).items() if expected.get("status") == "holey"}
    assert {name: rule for name, rule in without.items() if rule not in NOT_COVERED} == dict.fromkeys(
        holey, "outside.trust"
    )
    answers = dict(zip(goals, ask(HEAD, list(goals.values())), strict=True))
    assert [name for name, proved in answers.items() if not proved] == []


def test_what_the_checker_rejects_is_no_theorem_unless_it_is_true(ask: Ask) -> None:
    goals, _ = printed("reject")
    answers = dict(zip(goals, ask(HEAD, list(goals.values())), strict=True))
    assert {name for name, proved in answers.items() if proved} == TRUE_ALL_THE_SAME
