"""An answer is not a fault: undecided and closed patterns have statuses of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

import semialg
from semialg.cli.group import cli
from semialg.errors import PatternError, UndecidedError
from semialg.pattern.pattern import Pattern

#: Decided by the whole search and not by the quick obstructions.
DEEP = "10/11*10/11*11/01"


@pytest.fixture
def undecided(monkeypatch):
    from semialg import verdict

    def unknown(pattern, **_):
        return verdict._unknown(pattern, "nothing helped", 0.0)

    monkeypatch.setattr(verdict, "check", unknown)
    monkeypatch.setattr(verdict, "OBSTRUCTIONS", ())


@pytest.mark.parametrize("command", ["witness", "dataset", "explain"])
def test_an_undecided_pattern_ends_with_status_3(command, monkeypatch):
    monkeypatch.setattr("semialg.verdict.decide", lambda *_: __import__("time").sleep(600))
    result = CliRunner().invoke(cli, [command, DEEP, "--time-limit", "0.3"])
    assert (result.exit_code, result.stdout) == (3, "")
    assert "could not be decided" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["witness", "dataset"])
def test_a_closed_pattern_has_a_status_of_its_own(command):
    result = CliRunner().invoke(cli, [command, "dense:1x3x2"])
    assert (result.exit_code, result.stdout) == (6, "")
    assert result.stderr.count("\n") == 1


def test_a_witness_is_what_the_whole_search_knows():
    found = semialg.witness(DEEP)
    verdict = semialg.check(DEEP)
    assert verdict.verdict == "not_closed"
    assert found.pattern == Pattern.parse(DEEP)
    assert found.error(found.target[0][0] * 0 + 1) is not None
    with pytest.raises(PatternError, match="the set of products is closed"):
        semialg.witness("dense:2x2x2")


def test_an_undecided_witness_is_no_fault_of_the_pattern(undecided):
    with pytest.raises(UndecidedError, match="nothing helped"):
        semialg.witness("lu:2")


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "lu:2", "--certificate", "/dev/full"],
        ["check", "lu:2", "--json", "--certificate", "/dev/full"],
        ["audit", "lu:2", "--html", "/dev/full"],
        ["dataset", "lu:2", "--output", "/dev/full"],
    ],
)
def test_what_was_found_is_printed_even_if_the_disk_is_full(arguments, tmp_path):
    if arguments[0] == "dataset":
        full = tmp_path / "full.json"
        full.symlink_to("/dev/full")
        arguments = [*arguments[:-1], str(full)]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2
    assert len(result.stdout) > 100
    if "--json" in arguments:
        assert json.loads(result.stdout)["verdict"] == "not_closed"
    assert result.stderr.startswith(f"semialg: {arguments[-1]}: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (["--widths", "9x9x9"], r"at least 10\^\d+ patterns"),
        (
            ["--rows", "6", "--units", "6", "--columns", "6"],
            r"at least \d+ patterns|at least 10\^\d+ patterns",
        ),
        (["--widths", "1000000x1000000"], r"at least 10\^\d+ patterns"),
        (["--widths", "1x100"], "too many types"),
    ],
)
def test_an_atlas_that_cannot_be_is_refused_with_the_number_of_patterns(size, said, tmp_path):
    import re

    store = tmp_path / "nine.sqlite"
    result = CliRunner().invoke(cli, ["atlas", "build", *size, "--store", str(store), "--jobs", "1"])
    assert result.exit_code == 2
    assert re.search(said, result.stderr), result.stderr
    assert not store.exists()


MASKS = b'{"masks":[[[1,0],[1,1]],[[1,1],[0,1]]]}'


def piped(*arguments: str, stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "semialg", *arguments],
        input=stdin,
        capture_output=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check", "-"], 1),
        (["audit", "-", "--no-advice"], 1),
        (["witness", "-"], 0),
        (["explain", "-"], 0),
        (["check", "/dev/stdin"], 1),
    ],
)
def test_standard_input_is_a_file(arguments, status):
    done = piped(*arguments, stdin=MASKS)
    assert (done.returncode, done.stderr) == (status, b"")


def test_certificates_come_through_pipes(tmp_path):
    path = tmp_path / "proof.json"
    assert CliRunner().invoke(cli, ["check", "lu:2", "--certificate", str(path)]).exit_code == 1
    for command in ("verify", "explain", "witness", "dataset"):
        done = piped(command, "-", stdin=path.read_bytes())
        assert (done.returncode, done.stderr) == (0, b""), command


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["eliminate", "-", "--variables", "x"], b"x + y <= 1\nx >= 0\n"),
        (["optima", "-", "--lambda", "1"], b"a,y\n1,2\n-1,1\n"),
        (["train-exact", "-", "--pattern", "1*1"], b'{"points": [["1"], ["2"]], "targets": ["1", "0"]}'),
        (["export", "lu:2", "--sentence", "membership", "--target", "-"], b"[[0,1],[1,0]]"),
        (["audit", "lu:2", "--no-advice", "--names", "-"], b'{"input": ["a", "b"]}'),
    ],
)
def test_data_come_through_standard_input(arguments, text):
    done = piped(*arguments, stdin=text)
    assert done.returncode in {0, 1}, done.stderr
    assert done.stdout


def test_a_certificate_of_a_named_pipe_is_read_once(tmp_path):
    reading, writing = os.pipe()
    os.write(writing, MASKS)
    os.close(writing)
    result = CliRunner().invoke(cli, ["check", f"/dev/fd/{reading}", "--json"])
    os.close(reading)
    assert json.loads(result.stdout)["verdict"] == "not_closed"
