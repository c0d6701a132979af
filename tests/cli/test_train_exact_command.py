"""``semialg train-exact`` on files of every form, and its errors."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from semialg.checker import check
from semialg.cli.group import cli

if TYPE_CHECKING:
    from pathlib import Path

CSV = "x,y\n0,0\n1,1\n2,0\n3,1\n"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["train-exact", *arguments])
    return result.exit_code, result.output


def test_the_certificate_is_valid_and_the_json_agrees(tmp_path: Path) -> None:
    data, out = tmp_path / "data.csv", tmp_path / "out.json"
    data.write_text(CSV)
    status, text = run(str(data), "--pattern", "1*1", "--json", "--certificate", str(out))
    answer = json.loads(text)
    assert status == 0
    assert (answer["value"], answer["bound"], answer["optimal"]) == ("2/3", "2/3", True)
    assert check(out.read_bytes(), [[[1]], [[1]]]).status == "valid"


def test_floats_need_a_tolerance(tmp_path: Path) -> None:
    data = tmp_path / "data.npz"
    np.savez(data, points=np.arange(4.0)[:, None], targets=np.array([0, 1, 0, 1.0]))
    status, text = run(str(data), "--pattern", "1*1", "--loss", "max")
    assert status == 2
    assert "tolerance" in text
    status, text = run(str(data), "--pattern", "1*1", "--loss", "max", "--tolerance", "1/1000", "--json")
    assert status == 0
    # Alternating points: a convex or concave function with one kink leaves 1/2 at two neighbors.
    assert json.loads(text)["optimal"] is True


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("x,y\n", "empty"),
        ("x,x\n1,2\n", "twice"),
        ("x,y\n1,nan\n", "nan"),
        ("x,y\n1\n", "expected 2"),
    ],
)
def test_bad_files(tmp_path: Path, content: str, words: str) -> None:
    data = tmp_path / "data.csv"
    data.write_text(content)
    status, text = run(str(data), "--pattern", "1*1")
    assert status == 2
    assert words in text


def data_file(tmp_path: Path, content: str = CSV) -> str:
    file = tmp_path / "data.csv"
    file.write_text(content)
    return str(file)


def test_all_cells_are_listed_with_their_optimal_sets(tmp_path: Path) -> None:
    out = tmp_path / "cells.json"
    data = data_file(tmp_path)
    status, text = run(data, "--pattern", "1*1", "--all-cells", "--json", "--certificate", str(out))
    cells = json.loads(text)["optimal_cells"]
    assert status == 0
    assert [(cell["signs"], cell["active"], cell["dimension"]) for cell in cells] == [
        ([1], [[3]], 1),
        ([1], [[2, 3]], 0),
        ([-1], [[0]], 1),
        ([-1], [[0, 1]], 0),
    ]
    assert "c = 1/3" in cells[0]["optimal_set"]
    assert check(out.read_bytes()).kind == "scalar_cells"
    assert check(out.read_bytes()).status == "valid"
    status, text = run(data, "--pattern", "1*1", "--all-cells")
    assert "cells that attain it, and no other does: 4" in text
    assert "+ active at {2 3}: optima of dimension 0" in text


def test_too_many_optimal_cells_leave_the_optimum(tmp_path: Path) -> None:
    """Two points are fitted in many ways by three units; the optimum is printed all the same."""
    data = data_file(tmp_path, "x,y,t\n0,0,0\n1,2,0\n5,1,0\n2,7,0\n3,-1,0\n")
    status, text = run(data, "--pattern", "111*11/11/11", "--all-cells")
    assert status == 0
    assert "l2 loss 0 = 0 (global optimum, proved)" in text
    assert "the optimal cells are not listed: more than 1000 cells" in text


def test_a_level_in_place_of_a_pattern(tmp_path: Path) -> None:
    data = data_file(tmp_path, "a,b,y\n0,3,0\n1,1,1\n2,0,0\n3,2,1\n")
    out = tmp_path / "level.json"
    status, text = run(data, "--level", "1x1x2:1,1", "--loss", "max", "--certificate", str(out))
    assert status == 0
    assert "max loss 1/2 = 0.5 (global optimum, proved)" in text
    assert "maximal patterns searched 2" in text
    assert check(out.read_bytes()).status == "valid"
    for arguments, words in [
        (["--level", "1x1x2:1,1", "--pattern", "1*1"], "one of --pattern and --level"),
        ([], "one of --pattern and --level"),
        (["--level", "1x1x2:1,1", "--all-cells"], "--pattern"),
        (["--level", "1x1x3:1,1"], "expected as many"),
        (["--level", "1x1"], "1x2x3:2,4"),
    ]:
        status, text = run(data, *arguments)
        assert status == 2
        assert words in text


def test_a_time_limit_gives_the_best_so_far_and_a_checked_bound(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    rows = generator.integers(-20, 20, size=(14, 3)).tolist()
    data = data_file(tmp_path, "x,y,t\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))
    status, text = run(data, "--pattern", "111*11/11/11", "--time-limit", "1e-6", "--json")
    answer = json.loads(text)
    assert status == 0
    assert (answer["optimal"], answer["checked"]) == (False, "valid")
    assert Fraction(answer["bound"]) < Fraction(answer["value"])
    assert "lower bound" in run(data, "--pattern", "111*11/11/11", "--time-limit", "1e-6")[1]


def test_a_proof_beyond_the_checker_proves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semialg.checker.report.WORK_LIMIT", 100)
    data = data_file(tmp_path)
    answer = json.loads(run(data, "--pattern", "1*1", "--json")[1])
    assert (answer["optimal"], answer["checked"]) == (False, None)
    assert "not proved: the proof is beyond the limits of the checker" in run(data, "--pattern", "1*1")[1]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"points": [], "targets": []}, "empty"),
        ({"points": [[0.5]], "targets": [1]}, "tolerance"),
        ({"points": [["1"]], "targets": ["x"]}, "target 0"),
        ({"points": [["1"], ["1", "2"]], "targets": ["1", "2"]}, "point 1 has 2 coordinates"),
        ({"points": [["1"]], "targets": ["1", "2"]}, "1 points and 2 targets"),
        ({"points": [[]], "targets": ["1"]}, "0 coordinates"),
        ({"points": [["1", "2"]], "targets": ["1"]}, "expected 1"),
        ({"points": "1", "targets": ["1"]}, "lists"),
        ({"points": [[True]], "targets": ["1"]}, "coordinate 0 of point 0"),
        ({"data": []}, "keys"),
    ],
)
def test_bad_json(tmp_path: Path, document: object, words: str) -> None:
    file = tmp_path / "data.json"
    file.write_text(json.dumps(document))
    status, text = run(str(file), "--pattern", "1*1")
    assert status == 2
    assert words in text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("data.csv", b"\xff\xfe,y\n1,2\n", "UTF-8"),
        ("data.json", b"\xff", "expected JSON"),
        ("data.npz", b"hello", "not an npz archive"),
        ("data.npz", b"", "not an npz archive"),
    ],
)
def test_files_of_another_kind(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    status, text = run(str(file), "--pattern", "1*1", "--tolerance", "1/10")
    assert status == 2
    assert words in text


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_numbers_that_are_not_finite(tmp_path: Path, value: str) -> None:
    file = tmp_path / "data.json"
    file.write_text(f'{{"points": [[{value}]], "targets": ["1"]}}')
    for tolerance in ([], ["--tolerance", "1/10"]):
        status, text = run(str(file), "--pattern", "1*1", *tolerance)
        assert status == 2
        assert "coordinate 0 of point 0" in text


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("x,y\n3,5\n", "0"),
        ("x,y\n1,0\n1,2\n", "2"),
        ("a,b,y\n1,2,0\n2,4,1\n3,6,0\n4,8,1\n", "2/3"),
        ("x,y\n1,4\n2,4\n3,4\n", "0"),
    ],
)
def test_degenerate_data_has_the_right_answer(tmp_path: Path, content: str, value: str) -> None:
    """One point; a point with two targets; rank-deficient points; constant targets."""
    masks = "1*11" if content.startswith("a") else "1*1"
    answer = json.loads(run(data_file(tmp_path, content), "--pattern", masks, "--json")[1])
    assert (answer["value"], answer["optimal"], answer["checked"]) == (value, True, "valid")
