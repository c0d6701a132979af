"""Optimal values are right on any scale: proved bounds agree, or an interval is printed."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from semialg.cli.enclosure import common_digits, outward
from semialg.cli.group import cli
from semialg.cli.optima import _value_line
from semialg.relu.optimal_sets import RegularizedProblem, all_cells, certify_precisely, solve
from semialg.relu.optimal_sets.descent import descend
from semialg.relu.optimal_sets.refine import certify_precisely as refined

pytest.importorskip("cvxpy")

BADLY_SCALED = [
    ([[0], [1], [2_000_000]], [0, 1, 0], True, "0.002118071049"),
    ([[1, 2_000_000], [2, -2_000_000], [0, 2_000_000]], [1, 1, -1], False, "0.001999"),
    ([[0], [1], [2], [2_000_000], [7], [-3]], [0, 1, 3, 0, 1, 2], True, "0.01101921522"),
]


@pytest.mark.parametrize(("points", "targets", "bias", "value"), BADLY_SCALED)
def test_points_of_very_different_sizes_get_their_proved_value(points, targets, bias, value):
    problem = RegularizedProblem.build(points, targets, "1/1000", bias=bias)
    found = certify_precisely(solve(problem, all_cells(problem)))
    assert common_digits(found.lower, found.upper, 10) == value
    assert found.gap < Fraction(1, 10**40)


@settings(max_examples=6)
@given(
    rows=st.lists(st.tuples(st.integers(-3, 3), st.sampled_from([1, 7, 10**6])), min_size=3, max_size=4),
    targets=st.lists(st.integers(-2, 2), min_size=4, max_size=4),
)
def test_descent_agrees_with_the_proved_bounds(rows, targets):
    if not any(any(row) for row in rows) or not any(targets[: len(rows)]):
        return
    problem = RegularizedProblem.build(rows, targets[: len(rows)], "1/100")
    cells = all_cells(problem)
    if not len(cells):
        return
    found = refined(solve(problem, cells))
    weights = descend(problem, cells, 30)
    outputs = [Fraction(0)] * problem.size
    for (j, sign), w in weights.items():
        for i, row in enumerate(problem.points):
            value = sum(a * b for a, b in zip(row, w, strict=True))
            active = cells.cells[j].active >> i & 1
            assert value >= 0 if active else value <= 0
            outputs[i] += sign * max(value, Fraction(0))
    loss = sum((a - y) ** 2 for a, y in zip(outputs, problem.targets, strict=True)) / 2
    norms = sum(float(sum(v * v for v in w)) ** 0.5 for w in weights.values())
    reached = float(loss) + 0.01 * norms
    assert reached >= float(found.lower) * (1 - 1e-9)
    assert reached <= float(found.upper) * (1 + 1e-6) + 1e-12


def test_the_program_is_homogeneous():
    values = {}
    for scale in (1, 2_000_000):
        points = [[v * scale for v in row] for row in ([1, 2], [-1, 1], [2, -1])]
        problem = RegularizedProblem.build(points, [1, 2, -1], Fraction(scale, 10))
        found = certify_precisely(solve(problem, all_cells(problem)))
        values[scale] = common_digits(found.lower, found.upper, 10)
    assert values[1] is not None
    assert values[1] == values[2_000_000]


def test_an_interval_is_printed_where_the_bounds_do_not_agree():
    line = _value_line({"value": None, "lower": "1/1000", "upper": "27/10000"})
    assert "between 0.001 and 0.0027" in line
    assert "rounded" not in line


@given(st.fractions(min_value="1/1000", max_value=1000), st.fractions(min_value=0, max_value=1))
def test_no_digit_is_shown_that_is_not_proved(lower, width):
    upper = lower + width / 10**8
    shown = common_digits(lower, upper, 10)
    if shown is not None:
        half = Fraction(1, 10 ** (7 - len(str(int(lower)))))
        assert lower - half <= Fraction(shown) <= upper + half
    least, most = outward(lower, upper, 10)
    assert Fraction(least) <= lower
    assert upper <= Fraction(most)


def test_json_has_floats_beside_fractions(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("x,y\n1,1\n-2,1\n")
    answer = json.loads(CliRunner().invoke(cli, ["optima", str(path), "--lambda", "1/3", "--json"]).output)
    assert answer["lower_float"] == float(Fraction(answer["lower"]))
    assert re.fullmatch(r"-?\d+(/\d+)?", answer["upper"])
