"""Optimal sets: what is refused, in one sentence, and cases without neurons."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from semialg.cli.group import cli
from semialg.errors import DataError
from semialg.relu.optimal_sets import (
    ExactOptimum,
    ExactSet,
    RegularizedProblem,
    all_cells,
    best_on_validation_exactly,
    certify,
    exact_optimum,
    solution_at,
)
from semialg.relu.optimal_sets.bounds import upper_bound

if TYPE_CHECKING:
    from pathlib import Path

PAIR = RegularizedProblem.build([[1], [-2]], [1, 1], 1)


@pytest.mark.parametrize(
    ("block", "weights"),
    [
        ((1, 3), [-0.16]),  # would count the outputs three times and the penalty once
        ((1, 0), [-0.25]),
        ((2, 1), [0.5]),
        ((-1, 1), [-0.25]),
        ((1, 1), [-0.25, 0.0]),
        ((1, 1), [float("nan")]),
        ((1, 1), [float("inf")]),
        ((1, 1), [1e308]),
    ],
)
def test_weights_of_no_block_are_refused(block: tuple[int, int], weights: list[float]) -> None:
    with pytest.raises(DataError, match="expected"):
        solution_at(PAIR, all_cells(PAIR), {block: weights})


def test_an_upper_bound_takes_only_blocks() -> None:
    # The optimum is 7/8; with the sign 3 the bound came out as 0.6608.
    with pytest.raises(DataError, match="sign"):
        upper_bound(PAIR, all_cells(PAIR), {(1, 3): (Fraction(-4, 25),)})


@pytest.mark.parametrize("size", [10**400, 10**200, -(10**200)])
def test_data_beyond_floating_point_are_refused(size: int) -> None:
    for problem in (
        RegularizedProblem.build([[size], [1]], [1, 1], 1),
        RegularizedProblem.build([[1], [2]], [1, size], 1),
    ):
        with pytest.raises(DataError, match="scale"):
            solution_at(problem, all_cells(problem), {})


@pytest.mark.parametrize("penalty", [Fraction(1, 10**400), Fraction(10**400)])
def test_penalties_beyond_floating_point_are_refused(penalty: Fraction) -> None:
    problem = PAIR.with_penalty(penalty)
    with pytest.raises(DataError, match="penalty"):
        solution_at(problem, all_cells(problem), {})


@pytest.mark.parametrize(
    ("row", "penalty"), [("1,2", "1/1" + "0" * 400), ("1,1" + "0" * 400, "1"), ("1" + "0" * 400 + ",1", "1")]
)
def test_the_command_refuses_them_too(
    tmp_path: Path, row: str, penalty: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("cvxpy")
    data = tmp_path / "data.csv"
    data.write_text(f"x,y\n{row}\n", encoding="utf-8")
    result = CliRunner().invoke(cli, ["optima", str(data), "--lambda", penalty])
    assert result.exit_code == 2
    assert "expected" in result.output + capsys.readouterr().err


def test_bounds_where_no_neuron_helps() -> None:
    found = certify(solution_at(PAIR.with_penalty(Fraction(10)), all_cells(PAIR), {}))
    assert found.lower == found.upper == 1


def test_the_best_of_one_optimum_without_neurons() -> None:
    problem = PAIR.with_penalty(Fraction(10))
    optimum = exact_optimum(problem, all_cells(problem), problem.targets)
    assert isinstance(optimum, ExactOptimum)
    assert optimum.atoms == ()
    points, targets = [(Fraction(1),), (Fraction(2),)], (Fraction(3), Fraction(4))
    found = best_on_validation_exactly(ExactSet(optimum), points, targets)
    assert found.beta == ()
    assert found.value == 25


def test_float_penalties_are_refused() -> None:
    # Bounds computed with one were floats, and proved nothing.
    with pytest.raises(DataError, match="float"):
        PAIR.with_penalty(0.1)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="float"):
        RegularizedProblem(PAIR.data, 0.1)  # type: ignore[arg-type]


def test_a_float_near_an_optimum_is_none() -> None:
    problem = RegularizedProblem.build([[1]], [4], 3)
    optimum = exact_optimum(problem, all_cells(problem), [Fraction(3)])
    assert isinstance(optimum, ExactOptimum)
    found = ExactSet(optimum)
    assert found.contains([Fraction(1, 3)])
    assert not found.contains([1 / 3])  # type: ignore[list-item]


def test_a_table_without_names_keeps_its_first_row(tmp_path):
    from semialg.relu.scalar.reading import read_data

    (tmp_path / "data.csv").write_text("0,1\n1,2\n2,1e0\n")
    assert [*map(int, read_data(tmp_path / "data.csv").targets)] == [1, 2, 1]
    (tmp_path / "data.csv").write_text("x,y\n1,2\n2,1\n")
    assert [*map(int, read_data(tmp_path / "data.csv").targets)] == [2, 1]
    (tmp_path / "data.csv").write_text("0,y\n1,2\n2,1\n")
    with pytest.raises(DataError, match="number '0' and texts"):
        read_data(tmp_path / "data.csv")
