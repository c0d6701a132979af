"""``semialg witness``, ``explain`` and ``export``: what they show is what the certificate says."""

from __future__ import annotations

import json
import shutil
import subprocess
from fractions import Fraction
from itertools import product

import pytest
from click.testing import CliRunner

from semialg.cli.group import cli

CLOSED = ["dense:3x2x3", "monarch:4", "dense:2x2x2x2", "11*1/1", "110/011*10/11/01", "butterfly:8", "1/1*11"]
NOT_CLOSED = ["lu:2", "lu:3", "random:5x4x5:0.5:3", "10/11/01*11/11", "11/11*110/011", "lu:30"]


def run(*arguments: str):
    return CliRunner().invoke(cli, list(arguments))


@pytest.mark.parametrize("pattern", NOT_CLOSED)
def test_errors_vanish_while_weights_grow(pattern: str) -> None:
    result = run("witness", pattern, "--json", "--t", "1/10,1/100,1/1000")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    errors = [Fraction(row["error"]) for row in document["table"]]
    weights = [max(map(Fraction, row["weights"])) for row in document["table"]]
    assert errors == sorted(errors, reverse=True)
    assert weights == sorted(weights)
    assert weights[-1] >= 100
    assert errors[-1] <= Fraction(1, 100)


def test_the_antidiagonal_target_of_lu() -> None:
    document = json.loads(run("witness", "lu:4", "--target", "lu", "--json").stdout)
    assert document["target"] == [[str(int(i + j == 3)) for j in range(4)] for i in range(4)]
    assert run("witness", "dense:2x2x2", "--target", "lu").exit_code == 2


def test_the_table_shows_the_values_asked_for() -> None:
    text = run("witness", "lu:2", "--t", "1/8, 1e-30").stdout
    assert "0.125" in text
    assert "1e-30" in text
    assert "1e30" in text


@pytest.mark.parametrize("arguments", [["lu:2", "--t", "0"], ["lu:2", "--t", "x"]])
def test_there_is_no_table_without_a_sequence(arguments: list[str]) -> None:
    result = run("witness", *arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("pattern", [*CLOSED, *NOT_CLOSED])
def test_explanations_end_their_proof_and_fit_the_page(pattern: str) -> None:
    closed = pattern in CLOSED
    result = run("explain", pattern)
    assert result.exit_code == 0
    assert f"Then E is {'closed' if closed else 'not closed'}." in " ".join(result.stdout.split())
    assert result.stdout.rstrip().endswith("QED")
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_explanations_count_from_one_in_the_whole_pattern() -> None:
    text = run("explain", "random:5x4x5:0.5:3").stdout
    assert "rows 1 and 4" in text
    assert "P[4,1]" in text


def test_a_certificate_on_file_is_explained_only_if_it_is_right(tmp_path) -> None:
    path = tmp_path / "c.json"
    run("check", "lu:2", "--certificate", str(path))
    assert run("explain", str(path)).stdout == run("explain", "lu:2").stdout
    assert run("witness", str(path), "--json").stdout == run("witness", "lu:2", "--json").stdout
    path.write_text(path.read_text().replace('"target":[["0"', '"target":[["5"'))
    wrong = run("explain", str(path))
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "invalid" in wrong.stderr


def test_a_hashed_certificate_is_explained_with_its_pattern(tmp_path) -> None:
    path = tmp_path / "c.json"
    run("check", "lu:200", "--certificate", str(path))
    assert run("explain", str(path)).exit_code == 2
    assert run("explain", str(path), "--pattern", "lu:200").exit_code == 0


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("pattern", ["lu:3", "dense:3x2x3", "110/011*10/11/01", "butterfly:8", "lu:30"])
def test_latex_compiles_without_complaint(pattern: str, tmp_path) -> None:
    assert run("explain", pattern, "--to", "latex", "--output", str(tmp_path / "p.tex")).exit_code == 0
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "p.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in (tmp_path / "p.log").read_text(errors="replace")


SENTENCES = ["closedness-norm", "closedness-entry", "membership", "non-membership", "closure-membership"]


@pytest.mark.parametrize(
    ("sentence", "language"), list(product(SENTENCES, ["smtlib", "qepcad", "redlog", "mathematica", "latex"]))
)
def test_every_sentence_in_every_language(sentence: str, language: str) -> None:
    result = run("export", "lu:2", "--sentence", sentence, "--to", language)
    assert result.exit_code == 0
    assert result.stdout.endswith("\n")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["lu:2"], "unsat"),
        (["lu:2", "--negate"], "sat"),
        (["dense:2x2x2"], "sat"),
        (["lu:2", "--sentence", "membership", "--target", "lu"], "unsat"),
        (["lu:2", "--sentence", "non-membership", "--target", "witness"], "sat"),
        (["lu:2", "--sentence", "closure-membership", "--target", "[[0,1],[1,0]]"], "sat"),
        (["lu:2", "--sentence", "membership", "--target", "[[1,0],[0,1]]"], "unknown"),
        (["lu:2", "--sentence", "membership"], "unknown"),
    ],
)
def test_the_status_of_an_export_is_our_checked_verdict(arguments: list[str], status: str) -> None:
    assert f"(set-info :status {status})" in run("export", *arguments).stdout


def test_a_solver_agrees_with_the_status_of_fixed_targets() -> None:
    z3 = pytest.importorskip("z3")
    for sentence, expected in (("membership", z3.unsat), ("non-membership", z3.sat)):
        text = run("export", "lu:2", "--sentence", sentence, "--target", "lu").stdout
        solver = z3.Solver()
        solver.from_string(text)
        solver.set("timeout", 30_000)
        assert solver.check() == expected


def test_relu_data(tmp_path) -> None:
    data = tmp_path / "data.json"
    data.write_text('[[1, 0], ["1/2", -1]]')
    assert run("export", "1*11", "--sentence", "relu-data", "--data", str(data)).exit_code == 0
    for arguments in (["--sentence", "relu-data"], ["--data", str(data)], ["--target", "[[1]]"]):
        assert run("export", "1*11", *arguments).exit_code == 2


@pytest.mark.parametrize(
    "target", ["[[0.5]]", "[[true]]", "[]", "[[1],[1,2]]", '[["1/0"]]', "none.json", "[["]
)
def test_targets_are_exact_matrices(target: str) -> None:
    result = run("export", "11*1/1", "--sentence", "membership", "--target", target)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
