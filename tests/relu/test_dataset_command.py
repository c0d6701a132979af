"""The command ``semialg dataset`` and the files it writes."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from semialg.checker import check
from semialg.cli.group import cli
from semialg.errors import PatternError
from semialg.pattern.pattern import Pattern
from semialg.relu.dataset import data_set
from semialg.relu.export import encode

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str):
    return CliRunner().invoke(cli, ["dataset", *arguments])


def test_json_and_certificate(tmp_path: Path) -> None:
    proof = tmp_path / "proof.json"
    done = run("lu:3", "--json", "--certificate", str(proof))
    assert done.exit_code == 0
    found = json.loads(done.output)
    assert (found["checked"], found["infimum"], found["attained"]) == ("valid", "0", False)
    assert len(found["points"]) == len(found["targets"]) == 3
    assert [Fraction(row["loss"]) for row in found["table"]] == [Fraction(1, 100**k) for k in range(6)]
    assert check(proof.read_bytes(), Pattern.parse("lu:3").to_lists()).status == "valid"
    # The parameters in the table have the loss that it states.
    last = found["table"][-1]
    weights = [np.zeros((3, 3)), np.zeros((3, 3))]
    biases = [np.zeros(3), np.zeros(3)]
    for layer, i, j, value in last["parameters"]["weights"]:
        weights[layer][i, j] = float(Fraction(value))
    for layer, k, value in last["parameters"]["biases"]:
        biases[layer][k] = float(Fraction(value))
    points, targets = (
        np.array([[float(Fraction(v)) for v in row] for row in found[key]]) for key in ("points", "targets")
    )
    hidden = np.maximum(weights[1] @ points.T + biases[1][:, None], 0)
    outputs = (weights[0] @ hidden + biases[0][:, None]).T
    assert np.isclose(((outputs - targets) ** 2).sum(), float(Fraction(last["loss"])), atol=1e-9)


def test_a_certificate_file_will_do(tmp_path: Path) -> None:
    path = tmp_path / "not-closed.json"
    assert CliRunner().invoke(cli, ["check", "lu:2", "--certificate", str(path)]).exit_code == 1
    done = run(str(path), "--construction", "slice")
    assert done.exit_code == 0
    assert "9 points on which training has no optimum" in " ".join(done.output.split())


def test_certificates_of_other_kinds_are_refused(tmp_path: Path) -> None:
    proof = tmp_path / "proof.json"
    assert run("lu:2", "--certificate", str(proof)).exit_code == 0
    for words in (["dataset", str(proof)], ["witness", str(proof)]):
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 2
        assert "no_optimum" in done.output
    for command in ("verify", "explain"):
        assert CliRunner().invoke(cli, [command, str(proof)]).exit_code == 0


def test_patterns_that_always_have_an_optimum_have_none() -> None:
    done = run("dense:1x3x2")
    assert done.exit_code == 6
    assert "every finite data set has an optimum" in done.output


def test_a_closed_pattern_has_one_where_kinks_merge() -> None:
    done = run("dense:2x2x1", "--json")
    found = json.loads(done.output)
    assert (done.exit_code, found["construction"], found["checked"]) == (0, "kinks", "valid")
    assert [row["loss"] for row in found["table"]][:3] == ["3", "3/100", "3/10000"]


@pytest.mark.parametrize("name", ["data.csv", "data.json", "data.npz"])
def test_files(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    assert run("lu:3", "--construction", "slice", "--output", str(path)).exit_code == 0
    data = data_set(Pattern.parse("lu:3"), "slice")
    if name.endswith("npz"):
        with np.load(path) as archive:
            points, targets = archive["points"], archive["targets"]
            assert Pattern([archive["mask0"], archive["mask1"]]) == Pattern.parse("lu:3")
        expected = np.array([[float(v) for v in point] for point in data.points])
        assert np.array_equal(points, expected)
        assert targets.shape == (9, 3)
        return
    if name.endswith("csv"):
        lines = list(csv.reader(path.read_text().splitlines()))
        assert lines[0] == ["x0", "x1", "x2", "y0", "y1", "y2"]
        rows = [(row[:3], row[3:]) for row in lines[1:]]
    else:
        found = json.loads(path.read_text())
        rows = list(zip(found["points"], found["targets"], strict=True))
    for (point, target), x, y in zip(rows, data.points, data.targets, strict=True):
        assert tuple(map(Fraction, point)) == x
        assert tuple(map(Fraction, target)) == y


def test_unknown_formats() -> None:
    with pytest.raises(PatternError, match=r"ends with \.csv"):
        encode(data_set(Pattern.parse("lu:2")), "data.xlsx")
