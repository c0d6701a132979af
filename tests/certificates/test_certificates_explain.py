"""Written proofs: every rule of the checker has words, and every accepted example can be told."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from semialg import checker
from semialg.certificates.explain import explain
from semialg.certificates.explain_closed import PATTERN_WORDS
from semialg.certificates.explain_fullness import FULL_WORDS
from semialg.certificates.explain_image import IMAGE_WORDS
from semialg.certificates.explain_instance import INSTANCE_WORDS
from semialg.certificates.explain_network import NETWORK_WORDS
from semialg.certificates.explain_not_closed import LIMIT_WORDS, OUTSIDE_WORDS
from semialg.certificates.explain_tree import NODE_WORDS
from semialg.certificates.rectangles import STEP_WORDS
from semialg.certificates.render_latex import render_latex, render_latex_body
from semialg.certificates.render_text import render_text
from semialg.checker.rules import TABLES
from semialg.cli.group import cli
from semialg.errors import CertificateError
from semialg.pattern.pattern import Pattern

PROOFS = Path(__file__).resolve().parents[2] / "proofs"
FILES = sorted(path for path in (PROOFS / "accept").glob("*.json") if path.name != "manifest.json")
KINDS = {path: json.loads(path.read_text(encoding="utf-8"))["claim"]["kind"] for path in FILES}
ACCEPTED = [path for path in FILES if KINDS[path] in {"closed", "not_closed"}]
MANIFEST = json.loads((PROOFS / "accept" / "manifest.json").read_text(encoding="utf-8"))


def blocks_of(path: Path):
    document = json.loads(path.read_text(encoding="utf-8"))
    masks = document["claim"].get("masks") or MANIFEST[path.name].get("pattern")
    assert checker.check(document, masks).status in {"valid", "holey"}
    return explain(document, Pattern(masks) if masks else None), document


def test_every_rule_about_closedness_has_words() -> None:
    words = {
        "not_closed": set(LIMIT_WORDS),
        "outside": set(OUTSIDE_WORDS),
        "closed": set(PATTERN_WORDS),
        "instance": set(INSTANCE_WORDS),
        "step": set(STEP_WORDS),
        "full": set(FULL_WORDS),
        "node": set(NODE_WORDS),
    }
    assert words == {name: set(table) for name, table in TABLES.items() if name in words}


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_every_accepted_example_can_be_told(path: Path) -> None:
    blocks, document = blocks_of(path)
    text = render_text(blocks)
    flat = " ".join(text.split())
    kind = document["claim"]["kind"].replace("_", " ")
    assert f"Then E is {kind}." in flat
    assert text.rstrip().endswith("QED")
    assert "$" not in text
    assert "@" not in text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_text_and_latex_have_the_same_parts(path: Path) -> None:
    blocks, _ = blocks_of(path)
    latex = render_latex_body(blocks)
    assert latex.count("section*{") == sum(
        line != "" and set(line.strip()) <= {"-", "="} for line in render_text(blocks).splitlines()
    )
    assert latex.count("{") == latex.count("}")
    assert latex.count("$") % 2 == 0


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_all_examples_compile_together(tmp_path: Path) -> None:
    blocks = [block for path in FILES for block in blocks_of(path)[0]]
    (tmp_path / "all.tex").write_text(render_latex(blocks), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in (tmp_path / "all.log").read_text(errors="replace")


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["proof"].update(rule="magic"),
        lambda d: d["claim"].update(kind="open"),
        lambda d: d["proof"]["outside"].update(rule="magic"),
    ],
)
def test_unknown_rules_have_no_words(change) -> None:
    document = json.loads((PROOFS / "accept" / "limit.json").read_text(encoding="utf-8"))
    change(document)
    with pytest.raises(CertificateError, match="no words"):
        explain(document, Pattern(document["claim"]["masks"]))


NETWORKS = [path for path in FILES if path not in ACCEPTED]


def test_every_rule_about_networks_has_words() -> None:
    words = {**NETWORK_WORDS, **IMAGE_WORDS}
    assert {name: set(rules) for name, rules in words.items()} == {
        name: set(table) for name, table in TABLES.items() if name in words
    }
    assert {KINDS[path] for path in NETWORKS} == set(words)


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_claims_about_networks_are_told_by_the_command(path: Path) -> None:
    given = MANIFEST[path.name].get("pattern")
    result = CliRunner().invoke(cli, ["explain", str(path)])
    assert result.exit_code == 0, result.output
    assert result.stdout.rstrip().endswith("QED")
    assert "$" not in result.stdout
    assert "@" not in result.stdout
    document = json.loads(path.read_text(encoding="utf-8"))
    claim = " ".join(result.stdout.split("\nProof\n")[0].split())
    masks = document["claim"].get("masks") or given
    assert ("vanish outside the masks" in claim) == (masks is not None)
    kind = document["claim"]["kind"]
    answer = document["claim"].get("answer", kind)
    said = {
        "always": "every finite data set has an optimum.",
        "may_fail": "some finite data set has no optimum.",
        "closed": "the functions of the network are closed in the uniform norm on the cube",
        "no_optimum": "The loss of this data set has the infimum 0",
        "reachable_closed": "every choice of targets has an optimum.",
        "no_nearest": "no element of H is as near.",
        "map_closed": "is closed",
        "map_not_closed": "is not closed",
        "observed_closed": "is closed",
        "observed_not_closed": "is not closed",
        "scalar_optimum": "and no parameters have a loss below",
        "scalar_level": "and no parameters have a loss below",
        "scalar_cells": "attain the least loss, and those of no other cell.",
    }
    assert said[answer] in claim


@pytest.mark.parametrize("command", ["witness", "export"])
@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_other_commands_refuse_claims_about_networks_in_one_sentence(command: str, path: Path) -> None:
    result = CliRunner().invoke(cli, [command, str(path)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1


def test_numbers_of_the_data_set_are_those_that_the_checker_needs() -> None:
    """With d K + 1 points the certificate holds; the text names d and K."""
    document = json.loads((PROOFS / "accept" / "slice.json").read_text(encoding="utf-8"))
    text = " ".join(render_text(explain(document, Pattern(document["claim"]["masks"]))).split())
    d, bound = map(int, re.findall(r"Here d is (\d+) and K is (\d+)\.", text)[0])
    assert len(document["claim"]["points"]) == d * bound + 1
    for side in ("points", "targets"):
        document["claim"][side].pop()
    assert checker.check(document).status == "invalid"


def test_a_split_leaves_out_the_variable_that_is_zero() -> None:
    document = json.loads((PROOFS / "accept" / "split.json").read_text(encoding="utf-8"))
    blocks = explain(document, Pattern(document["claim"]["masks"]))
    text = render_text(blocks)
    name = text.split("Case ")[1].split(" = 0.")[0]
    zero_case = text.split(f"Case {name} = 0.")[1].split(f"Case {name} != 0.")[0]
    assert name not in zero_case


def nodes_of(value: object) -> list[dict]:
    if isinstance(value, list):
        return [node for item in value for node in nodes_of(item)]
    if isinstance(value, dict):
        return [value] * ("node" in value) + [node for item in value.values() for node in nodes_of(item)]
    return []


TREES = [path for path in ACCEPTED if nodes_of(json.loads(path.read_text(encoding="utf-8")))]


@pytest.mark.parametrize("path", TREES, ids=lambda path: path.stem)
def test_every_case_of_a_tree_is_told_once_and_reached_once(path: Path) -> None:
    blocks, document = blocks_of(path)
    flat = " ".join(render_text(blocks).split())
    nodes = nodes_of(document["proof"])
    numbers = [int(number) for number in re.findall(r"Case (\d+) \(", flat)]
    assert numbers == list(range(1, len(nodes) + 1))
    reached = [int(number) for number in re.findall(r": case (\d+)\.", flat)]
    roots = [int(number) for number in re.findall(r"the marks of case (\d+)\.", flat)]
    assert sorted(reached + roots) == numbers
    leaves = [node["node"] for node in nodes if node["node"] not in {"pivot", "normalize"}]
    assert flat.count("No limit of members has these marks.") == leaves.count("outside")
    inside = flat.count("A is a member: ") + flat.count("zero is a member.")
    assert inside + flat.count("A is a member, as") + flat.count(", A is a member.") == len(
        leaves
    ) - leaves.count("outside")


def test_the_marks_of_a_case_follow_the_operations() -> None:
    document = json.loads((PROOFS / "accept" / "tree-deep.json").read_text(encoding="utf-8"))
    text = render_text(explain(document, Pattern(document["claim"]["masks"])))
    assert "[1 0]\n        [0 *]" in text.split("Case 2 (")[1].split("Case 3 (")[0]
    assert "[0 1]\n        [* 0]" in text.split("Case 6 (")[1].split("Case 7 (")[0]


def test_a_node_without_words_is_named() -> None:
    document = json.loads((PROOFS / "accept" / "tree-deep.json").read_text(encoding="utf-8"))
    document["proof"]["root"]["node"] = "magic"
    with pytest.raises(CertificateError, match="node 'magic'"):
        explain(document, Pattern(document["claim"]["masks"]))


def test_a_chainable_sequence_is_proved_and_not_only_cited() -> None:
    told = " ".join(CliRunner().invoke(cli, ["explain", "butterfly:8"]).stdout.split())
    assert "can be taken from a compact set" in told
    assert told.endswith("Its matrices are a linear subspace, which is closed. QED")
    single = CliRunner().invoke(cli, ["explain", str(PROOFS / "accept" / "chainable.json")]).stdout
    assert "Kronecker-sparse" in single
