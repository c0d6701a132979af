"""The corpora in the kernel: what the checker accepts is a theorem; what it rejects is none, or true."""

from __future__ import annotations

import json
import re
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

#: The rules that the page says are covered.
COVERED = set(
    re.findall(
        r"`(\w+\.\w+)`",
        "\n".join(
            line.split("|")[1]
            for line in (PROOFS.parent / "docs" / "kernel.md").read_text().split("\n")
            if line.startswith("| `")
        ),
    )
)

#: Rejected files whose claim is true, and whose fault the printer mends or does not print.
TRUE_ALL_THE_SAME = {
    "cap-axis.json",
    "chainable-order.json",
    "chainable-other-mask.json",
    "chainable-zero.json",
    "clause-chainable-1.json",
    "clause-lemmas-1.json",
    "clause-lemmas-2.json",
    "clause-lemmas-free-1.json",
    "clause-lemmas-free-2.json",
    "clause-minor-hashed-1.json",
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
    "two_rows-multiplicity.json",
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


def names_in(value: Any) -> set[str]:
    """Return the names of the rules, steps and nodes of a proof."""
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    if not isinstance(value, dict):
        return set()
    own = {value[key] for key in ("rule", "step", "node") if key in value}
    return own.union(*map(names_in, value.values()))


@pytest.mark.parametrize("folder", ["accept", "paper"])
def test_what_the_checker_accepts_is_a_theorem(folder: str, ask: Ask) -> None:
    goals, without = printed(folder)
    assert not {rule for rule in without.values() if rule in COVERED or ":" in rule}
    used = {name for file in goals for name in names_in(content(folder, file)["proof"])}
    # Nodes that no accepted file without an uncovered rule has are replayed with the atlas.
    assert folder == "paper" or used | {"normalize", "restrict"} >= {rule.split(".")[1] for rule in COVERED}
    answers = dict(zip(goals, ask(HEAD, list(goals.values())), strict=True))
    assert [name for name, proved in answers.items() if not proved] == []


def test_what_the_checker_rejects_is_no_theorem_unless_it_is_true(ask: Ask) -> None:
    goals, _ = printed("reject")
    answers = dict(zip(goals, ask(HEAD, list(goals.values())), strict=True))
    assert {name for name, proved in answers.items() if proved} == TRUE_ALL_THE_SAME
