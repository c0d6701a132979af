"""The corpora: every rule has a section, an accepted and two rejected certificates, judged as stated."""

from __future__ import annotations

import json
import re
import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from semialg.checker import Unreadable, check
from semialg.checker.rules import TABLES

PROOFS = Path(__file__).parents[2] / "proofs"
RULES = {f"{table}.{rule}" for table, rules in TABLES.items() for rule in rules}


def manifest(kind: str) -> dict[str, Any]:
    entries: dict[str, Any] = json.loads((PROOFS / kind / "manifest.json").read_text())
    return entries


def judged(path: Path, pattern: Any) -> tuple[str, str, str]:
    try:
        report = check(path.read_bytes(), pattern)
    except Unreadable as error:
        return "unreadable", error.where.removeprefix(".") or "certificate", error.reason
    return report.status, report.where, report.reason


@pytest.mark.parametrize(("name", "expected"), manifest("accept").items())
def test_accepted(name: str, expected: dict[str, Any]) -> None:
    assert judged(PROOFS / "accept" / name, expected.get("pattern"))[0] == expected["status"]


@pytest.mark.parametrize(("name", "expected"), manifest("reject").items())
def test_rejected_for_the_stated_reason(name: str, expected: dict[str, Any]) -> None:
    status, where, reason = judged(PROOFS / "reject" / name, expected.get("pattern"))
    assert (status, where) == (expected["status"], expected["where"])
    assert expected["reason"] in reason


def test_every_rule_has_a_section_an_accepted_and_two_rejected_files() -> None:
    sections = re.findall(r"(?m)^## `([a-z_]+\.[a-z_]+)`$", (PROOFS / "RULES.md").read_text())
    accepted = {rule for entry in manifest("accept").values() for rule in entry["rules"]}
    rejected = Counter(entry["rule"] for entry in manifest("reject").values() if entry["rule"] != "format")
    assert len(sections) == len(set(sections))
    assert set(sections) == RULES
    assert accepted == RULES
    assert set(rejected) == RULES
    assert min(rejected.values()) >= 2


def test_an_accepted_file_uses_the_rules_it_is_listed_for() -> None:
    for name, entry in manifest("accept").items():
        text = (PROOFS / "accept" / name).read_text()
        for rule in entry["rules"]:
            table = rule.split(".")[0]
            tag = {"step": "step", "node": "node", "full": "game"}.get(table, "rule")
            assert f'"{tag}": "{rule.split(".")[1]}"' in text


def test_files_are_those_that_the_script_writes() -> None:
    written = runpy.run_path(str(Path(__file__).with_name("make_corpus.py")))["files"]()
    found = {
        f"{path.parent.name}/{path.name}": path.read_bytes()
        for kind in ("accept", "reject")
        for path in (PROOFS / kind).iterdir()
    }
    assert found == written


def test_another_pattern_is_rejected() -> None:
    for name, entry in manifest("accept").items():
        report = check((PROOFS / "accept" / name).read_bytes(), [[[1, 1], [1, 1]], [[1, 0], [1, 1]]])
        assert report.status == "invalid", (name, entry)
        about = json.loads((PROOFS / "accept" / name).read_text())["claim"]
        place = "claim.masks" if "masks" in about or "masks_sha256" in about else "claim.kind"
        assert report.where.startswith(place)


def test_documents_of_the_worked_examples() -> None:
    """The certificate printed in FORMAT.md is valid."""
    blocks = re.findall(r"```json\n(.*?)```", (PROOFS / "FORMAT.md").read_text(), flags=re.S)
    assert [check(block).status for block in blocks] == ["valid", "valid"]
