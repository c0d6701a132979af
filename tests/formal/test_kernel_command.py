"""The commands that speak with Coq: their statuses, and what they print."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from semialg.cli.group import cli
from semialg.formal.run import judge
from semialg.formal.theory import FOLDER, sources

ACCEPT = Path(__file__).parents[2] / "proofs" / "accept"
REJECT = Path(__file__).parents[2] / "proofs" / "reject"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.mark.usefixtures("theory")
def test_a_proved_certificate_prints_statement_and_axioms() -> None:
    result = run("verify", "--kernel", ACCEPT / "limit.json")
    assert result.exit_code == 0
    first, _, *axioms = result.stdout.split("\n")
    assert first == 'proved: not_closed [ones ["10"; "11"]; ones ["11"; "01"]]'
    assert "    ClassicalDedekindReals.sig_forall_dec" in axioms


@pytest.mark.usefixtures("theory")
def test_json() -> None:
    answer = json.loads(run("verify", "--kernel", ACCEPT / "empty.json", "--json").stdout)
    assert answer["kernel"] == "proved"
    assert answer["statement"].startswith("closed [")


@pytest.mark.usefixtures("theory")
def test_a_hashed_claim_needs_its_pattern() -> None:
    assert run("verify", "--kernel", ACCEPT / "minor-hashed.json").exit_code == 2
    assert run("verify", "--kernel", ACCEPT / "minor-hashed.json", "-p", "lu:3").exit_code == 0
    assert run("verify", "--kernel", ACCEPT / "minor-hashed.json", "-p", "lu:4").exit_code == 1


def test_a_solvers_word_is_never_a_theorem() -> None:
    result = run("verify", "--kernel", ACCEPT / "trust.json")
    assert (result.exit_code, result.stdout) == (5, "not supported by the kernel: outside.trust\n")
    assert run("formalize", ACCEPT / "trust.json").exit_code == 5


def test_invalid_and_unreadable_certificates() -> None:
    assert run("verify", "--kernel", REJECT / "limit-sign.json").exit_code == 1
    assert run("formalize", REJECT / "limit-sign.json").exit_code == 1
    assert run("verify", "--kernel", REJECT / "format-float.json").exit_code == 2
    assert run("formalize", REJECT / "format-float.json").exit_code == 2


def test_without_coq_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("verify", "--kernel", ACCEPT / "limit.json")
    assert result.exit_code == 2
    assert "apt-get install --no-install-recommends coq" in result.stderr
    assert run("check", "--kernel", "lu:2").exit_code == 2


@pytest.mark.usefixtures("theory")
def test_check_keeps_the_status_of_the_verdict() -> None:
    result = run("check", "--kernel", "10/11*11/11", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["kernel"]["kernel"] == "proved"
    assert run("check", "--kernel", "lu:2").exit_code == 1


@pytest.mark.usefixtures("theory")
def test_an_axiom_of_ones_own_is_refused() -> None:
    text = "Axiom magic : False. Theorem certificate : 1 = 2. Proof. destruct magic. Qed.\n"
    report = judge(text, time_limit=60, progress=print)
    assert not report.proved
    assert report.reason == "it rests on the axiom magic"


@pytest.mark.usefixtures("theory")
def test_a_false_claim_is_refused() -> None:
    text = "From Semialg Require Import Statement CheckClosed.\nRequire Import List. Import ListNotations.\n"
    text += "Theorem certificate : closed [lower 2; upper 2].\n"
    text += "Proof. apply (check_closed_ok _ One). vm_compute; reflexivity. Qed.\n"
    assert not judge(text, time_limit=60, progress=print).proved


def test_the_sources_come_with_the_package() -> None:
    assert {path.name for path in FOLDER.glob("*.v")} == set(sources())


def test_what_a_reader_audits_is_short() -> None:
    assert len((FOLDER / "Statement.v").read_text().split("\n")) <= 81


def test_nothing_is_admitted() -> None:
    words = {word for name in sources() for word in (FOLDER / name).read_text().replace(".", " ").split()}
    assert not words & {"Admitted", "admit", "Axiom", "Parameter", "Conjecture", "Abort"}
