"""Proofs that do not fit, and numbers as long as they may be."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from click.testing import CliRunner

from semialg.checker import Unreadable, check
from semialg.cli.group import cli
from semialg.errors import LimitError, LinearSystemError
from semialg.polyhedra.boundary import boundary_of
from semialg.polyhedra.choose import certificate_of, project_along
from semialg.polyhedra.documents import system_document
from semialg.polyhedra.numbers import parse_exact, text_of
from semialg.polyhedra.text import parse_text
from semialg.polyhedra.vertices import vertex_shadow


def cube(dimension):
    return "\n".join(f"0 <= x{i} <= 1" for i in range(1, dimension + 1))


def test_the_size_of_a_boundary_is_known_before_it_is_listed():
    found = boundary_of(vertex_shadow(parse_text(cube(5)), ["x1", "x2", "x3", "x4"]))
    assert len(found.simplices) == 2 * 24
    with pytest.raises(LimitError, match="80640 simplices"):
        boundary_of(vertex_shadow(parse_text(cube(9)), [f"x{i}" for i in range(1, 9)]))


def test_a_large_cube_is_proved_by_elimination(tmp_path):
    (tmp_path / "cube.txt").write_text(cube(9))
    command = ["eliminate", str(tmp_path / "cube.txt"), "--variables", "x9", "--certificate"]
    result = CliRunner().invoke(cli, [*command, str(tmp_path / "proof.json")])
    assert result.exit_code == 0
    assert set(result.output.splitlines()) == {f"x{i} {s}" for i in range(1, 9) for s in (">= 0", "<= 1")}
    proof = json.loads((tmp_path / "proof.json").read_text())
    assert proof["proof"]["complete"]["rule"] == "elimination"
    assert check(proof).status == "valid"


def test_that_no_proof_fits_is_said_in_one_sentence(tmp_path):
    (tmp_path / "cube.txt").write_text(cube(9))
    command = ["eliminate", str(tmp_path / "cube.txt"), "--variables", "x9", "--method", "vertices"]
    result = CliRunner().invoke(cli, command)
    assert isinstance(result.exception, (SystemExit, LimitError))
    said = result.output + str(result.exception)
    assert "no proof of the projection fits" in said
    unchecked = CliRunner().invoke(cli, [*command, "--unchecked"])
    assert unchecked.exit_code == 0


@pytest.mark.parametrize("digits", [999, 1001, 4000])
def test_what_is_read_the_checker_reads(digits):
    number = "7" * digits
    found = project_along(parse_text(f"x + y <= {number}\ny >= 1"), ["y"])
    assert check(certificate_of(found)).status == "valid"


def test_longer_numbers_are_refused_on_both_sides():
    with pytest.raises(LinearSystemError, match="4000 digits"):
        parse_exact("7" * 4001, "a number")
    with pytest.raises(LimitError, match="4000"):
        text_of(Fraction(10) ** 4001)
    system = system_document(parse_text("x <= 1"))
    system["rows"][0]["constant"] = "7" * 4001
    proof = {"rule": "farkas", "multipliers": {}}
    claim = {"kind": "empty", "system": system}
    with pytest.raises(Unreadable, match="4000 digits"):
        check({"format": "semialg-certificate", "version": 1, "claim": claim, "proof": proof})
