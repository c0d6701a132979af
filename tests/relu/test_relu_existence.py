"""Existence on given points: every answer has a proof, and none contradicts another."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import semialg
from semialg.checker import check
from semialg.cli.group import cli
from semialg.errors import DataError
from semialg.pattern.pattern import Pattern
from semialg.relu.existence import existence


@pytest.mark.parametrize(
    ("points", "pattern", "answer", "method"),
    [
        ([[0], [1], [2], [3], [4]], "dense:2x2x1", "may_fail", "kinks"),
        ([["0"], ["1/3"], [2], [7], [100]], "dense:2x2x1", "may_fail", "kinks"),
        ([[0], [1], [2], [3]], "dense:2x2x1", "unknown", "none"),
        ([[0], [1], [2]], "dense:2x2x1", "always", "interpolation"),
        ([[0], [1], [1], [0]], "dense:3x3x3x1", "always", "two_points"),
        ([[0], [1], [5], [9], [10]], "dense:2x1x1", "always", "separate"),
        ([[k] for k in range(9)], "dense:1x7x1", "always", "separate"),
        ([[k] for k in range(7)], "dense:2x3x1", "may_fail", "kinks"),
        ([[k] for k in range(6)], "dense:2x3x1", "unknown", "none"),
        ([[k, 0] for k in range(5)] + [[3, 4], [1, 1]], "dense:2x2x2", "may_fail", "kinks"),
        ([[k, k * k] for k in range(9)], "dense:2x2x2", "unknown", "none"),
        # One unit is constant along the line, which the parts of the masks do not show.
        ([[k, 5] for k in range(5)], "11/11*10/01", "unknown", "none"),
    ],
)
def test_answers(points, pattern, answer, method):
    found = existence(points, pattern)
    assert (found.answer, found.method) == (answer, method)
    if found.certificate is not None:
        assert check(found.certificate.document).status == "valid"
        assert found.checked == "valid"


@st.composite
def problems(draw):
    widths = draw(st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 2)))
    entries = [draw(st.lists(st.integers(0, 1), min_size=a * b, max_size=a * b)) for a, b in pairwise(widths)]
    masks = [
        [row[i * b : (i + 1) * b] for i in range(a)]
        for row, a, b in zip(entries, widths[:-1], widths[1:], strict=True)
    ]
    coordinate = st.fractions(min_value=-5, max_value=5, max_denominator=3)
    points = draw(st.lists(st.tuples(*[coordinate] * widths[2]), min_size=1, max_size=9))
    return Pattern(masks), points


@given(problems())
@settings(max_examples=80, deadline=None)
def test_every_certificate_is_valid_and_the_loss_shrinks(problem):
    pattern, points = problem
    found = existence(points, pattern)
    if found.answer == "unknown":
        assert found.certificate is None
        return
    assert check(found.certificate.document).status == "valid"
    if found.data is not None:
        losses = [found.data.loss(Fraction(1, 10**k)) for k in (3, 6, 9)]
        assert losses[2] < losses[1] / 100 < losses[0] / 1000
        for layer, mask in zip(found.data.parameters(Fraction(1, 9)).weights, pattern.masks, strict=True):
            assert all(mask.to_dense()[place] for place in layer)


def test_two_points_have_an_optimum_for_every_pattern():
    found = existence([[0, 1], [2, 1]], "lu:2", [[1, 2], [3, 5]])
    assert (found.answer, found.attained) == ("always", True)


def test_targets():
    line = [[0], [1], [2], [3], [4]]
    lost = existence(line, "dense:2x2x1").data.targets
    assert existence(line, "dense:2x2x1", lost).attained is False
    assert existence(line, "dense:2x2x1", [[0, 0]] * 5).attained is None
    assert existence(line, "dense:1x2x1", [[1], [0], [5], [2], [2]]).attained is True
    with pytest.raises(DataError, match="expected as many"):
        existence(line, "dense:2x2x1", [[0, 0]])


@pytest.mark.parametrize(
    ("points", "words"),
    [([], "one point at least"), ([[0, 1]], "expected 1"), ([[0.5]], "float"), ([["x"]], "expected")],
)
def test_points_that_do_not_fit_are_refused(points, words):
    with pytest.raises(DataError, match=words):
        existence(points, "dense:2x2x1")


def run(tmp_path, name, content, *words):
    path = tmp_path / name
    path.write_text(content)
    return CliRunner().invoke(cli, ["existence", str(path), *words])


def test_the_command(tmp_path):
    done = run(tmp_path, "p.csv", "x\n0\n1\n2\n3\n4\n", "dense:2x2x1", "--json")
    found = json.loads(done.output)
    assert (done.exit_code, found["answer"], found["checked"], found["attained"]) == (
        1,
        "may_fail",
        "valid",
        None,
    )
    assert [row["loss"] for row in found["table"]][:2] == ["3", "3/100"]
    proof = tmp_path / "proof.json"
    done = run(
        tmp_path, "p.json", '{"points": [[0], ["1/2"], [2]]}', "dense:2x2x1", "--certificate", str(proof)
    )
    assert (done.exit_code, "ALWAYS" in done.output) == (0, True)
    assert CliRunner().invoke(cli, ["verify", str(proof)]).exit_code == 0
    assert run(tmp_path, "q.csv", "x,a,b\n0,1,2\n1,1,1\n", "dense:2x2x1").exit_code == 0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "x,y\n0,1\n", "expected 1 for points alone, or 3"),
        ("a.csv", "0\n1\n2\n", "line of names"),
        ("a.csv", "x\n", "line for each point"),
        ("a.json", '{"points": [[0.5]]}', "float"),
        ("a.json", '{"points": [[0]], "more": 1}', "nothing else"),
        ("a.json", '{"points": [[0]], "points": [[1]]}', "points"),
    ],
)
def test_files_that_are_not_understood(tmp_path, name, content, words):
    done = run(tmp_path, name, content, "dense:2x2x1")
    assert done.exit_code == 2
    assert words in done.output


def test_the_function_is_public():
    assert semialg.existence([[0], [1]], "dense:2x2x1").to_json()["answer"] == "always"
