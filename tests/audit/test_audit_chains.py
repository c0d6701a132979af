"""One way to name layers of a model in every command, and masks that an audit has read."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from semialg.cli.group import cli

FIRST, SECOND, THIRD = np.array([[1.5, 2.0], [0.0, 3.0]]), np.array([[1.0, 0.0], [4.0, 5.0]]), np.ones((1, 2))


@pytest.fixture
def model(tmp_path) -> str:
    np.savez(tmp_path / "m.npz", **{"a.weight": FIRST, "b.weight": SECOND, "c.weight": THIRD})
    return str(tmp_path / "m.npz")


def run(*arguments: str):
    return CliRunner().invoke(cli, list(arguments))


def test_every_command_takes_layers_of_a_model(model, tmp_path) -> None:
    found = run("check", model, "--chain", "a,b", "--json")
    document = json.loads(found.stdout)
    assert (found.exit_code, document["order"]) == (1, ["b", "a"])
    assert document["pattern"]["masks"] == [
        (SECOND != 0).astype(int).tolist(),
        (FIRST != 0).astype(int).tolist(),
    ]
    assert run("check", model, "--chain", "b,c").exit_code == 0
    for command in (["witness", model], ["explain", model], ["dataset", model], ["export", model]):
        result = run(*command, "--chain", "a,b")
        assert result.exit_code == 0, result.output
    result = run("suggest", "--near", model, "--chain", "a,b")
    assert "one entry changes" in result.output
    assert "--chain a,b" in run("check", model, "--chain", "a,b").output  # the commands that it names run


def test_chains_that_are_none_are_refused(model, tmp_path) -> None:
    for chain, said in (("a,x", "no linear layer 'x'"), ("a,c,b", "takes 2 inputs but c has 1")):
        result = run("check", model, "--chain", chain)
        assert result.exit_code == 2
        assert said in result.output
    np.savez(tmp_path / "d.npz", **{"a.weight": FIRST, "b.weight": SECOND, "a.scores": FIRST / 3})
    result = run("check", str(tmp_path / "d.npz"), "--chain", "a,b")
    assert result.exit_code == 2
    assert "a.scores" in result.output


def test_written_masks_are_those_that_were_read(model, tmp_path) -> None:
    folder = tmp_path / "masks"
    assert run("audit", model, "--write-masks", str(folder)).exit_code in {0, 1, 3}
    with np.load(folder / "masks.npz") as masks:
        assert {name: masks[name].tolist() for name in masks} == {
            f"{name}.weight": (weight != 0).tolist()
            for name, weight in (("a", FIRST), ("b", SECOND), ("c", THIRD))
        }
    again = run("audit", *sorted(str(file) for file in folder.glob("*.npy")), "--json")
    assert [layer["ones"] for layer in json.loads(again.stdout)["layers"]] == [3, 3, 2]


def test_modules_with_arguments(tmp_path, monkeypatch) -> None:
    pytest.importorskip("torch")
    (tmp_path / "net_of_arguments.py").write_text(
        "from torch import nn\ndef make(width, *, depth):\n    return "
        "nn.Sequential(*(nn.Linear(width, width) for _ in range(depth)))\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert run("check", "net_of_arguments:make(3, depth=2)", "--chain", "0,1").exit_code == 0
    for wrong in ("make(3, depth=x)", "make(3", "make(*[3])"):
        assert run("audit", f"net_of_arguments:{wrong}").exit_code == 2
