"""``semialg train-exact``: the exact global optimum of a scalar network, proved and checked."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from semialg.cli.options import certificate_option, json_option, parse_seconds, written_afterwards
from semialg.cli.picture import picture_option, plot_option, write_picture
from semialg.errors import CertificateError, LimitError, PatternError

if TYPE_CHECKING:
    from semialg.relu.scalar.level import LevelTraining
    from semialg.relu.scalar.network import DataSet, Loss
    from semialg.relu.scalar.optima import OptimalCell
    from semialg.relu.scalar.search import Training

__all__ = ["command"]

_MOST_SHOWN = 10
_LONGEST_TITLE = 70
_BEYOND = "the proof is beyond the limits of the checker"


@click.command("train-exact")
@click.argument("data", type=click.Path(dir_okay=False, path_type=Path), metavar="DATA")
@click.option("--pattern", metavar="PATTERN", help="Two masks, output first, such as 11*11/11.")
@click.option(
    "--level", metavar="1xRxN:K2,K1", help="In place of a pattern: widths, and the most ones of each mask."
)
@click.option(
    "--loss",
    type=click.Choice(["l1", "l2", "max"]),
    default="l2",
    show_default=True,
    help="Of the errors: the sum of absolute values, the sum of squares, or the largest absolute value.",
)
@click.option("--all-cells", is_flag=True, help="List all activation patterns that attain the optimum.")
@click.option(
    "--time-limit",
    type=parse_seconds,
    metavar="SECONDS",
    help="Stop after this time with the best so far and a proved lower bound. No limit by default.",
)
@click.option("--tolerance", metavar="T", help="Round floats (npz, JSON numbers) to rationals this near.")
@click.option("--no-hidden-bias", is_flag=True, help="The hidden units have no bias.")
@click.option("--no-output-bias", is_flag=True, help="The output has no bias.")
@plot_option
@picture_option("--plot-reachable", "Draw all outputs on 2 or 3 points that some weights reach.")
@certificate_option
@json_option
def command(
    data: Path,
    pattern: str | None,
    level: str | None,
    loss: Loss,
    time_limit: float | None,
    tolerance: str | None,
    plot: str | None,
    plot_reachable: str | None,
    certificate: str | None,
    *,
    all_cells: bool,
    no_hidden_bias: bool,
    no_output_bias: bool,
    as_json: bool,
) -> None:
    """Train a ReLU network with one hidden layer and one output to its exact global optimum.

    DATA is a CSV file (a line of names, then for each point its inputs and, last, the target, in exact
    decimals or fractions), a JSON file {"points": [...], "targets": [...]} of exact texts, or an npz file
    with arrays "points" and "targets".
    """
    from semialg.relu.scalar.reading import read_data

    if (pattern is None) == (level is None):
        raise click.UsageError("expected one of --pattern and --level")
    if level is not None and all_cells:
        raise click.UsageError("--all-cells needs a --pattern: cells are those of one pattern")
    samples = read_data(data, tolerance)
    if plot is not None and len(samples.points[0]) > 2:
        raise click.UsageError(f"--plot draws 1 or 2 inputs, but the points have {len(samples.points[0])}")
    if plot_reachable is not None:
        _require_few_points(pattern, samples)
    biases = {"hidden_bias": not no_hidden_bias, "output_bias": not no_output_bias}
    begin = time.perf_counter()
    if level is not None:
        answer, document = _level(level, samples, loss, time_limit, biases)
    elif pattern is not None:
        answer, document = _pattern(pattern, samples, loss, time_limit, biases, all_cells=all_cells)
    answer["seconds"] = round(time.perf_counter() - begin, 3)
    proof = None if certificate is None else json.dumps(document, separators=(",", ":")) + "\n"
    with written_afterwards((certificate, proof)):
        click.echo(json.dumps(answer) if as_json else _text(answer))
    if plot is not None:
        _draw(answer, samples, plot)
    if plot_reachable is not None and pattern is not None:
        _draw_reachable(pattern, biases, samples, answer["outputs"], plot_reachable)


Outcome = tuple[dict[str, Any], dict[str, Any]]


def _pattern(
    name: str,
    samples: DataSet,
    loss: Loss,
    time_limit: float | None,
    biases: dict[str, bool],
    *,
    all_cells: bool,
) -> Outcome:
    from semialg.cli.progress import progress
    from semialg.pattern.pattern import Pattern
    from semialg.relu.scalar.document import certificate_of
    from semialg.relu.scalar.network import Architecture
    from semialg.relu.scalar.optima import cells_certificate, optimal_cells
    from semialg.relu.scalar.problem import Problem
    from semialg.relu.scalar.search import train

    begin = time.perf_counter()
    masks = Pattern.parse(name)
    problem = Problem(Architecture.of(masks, **biases), samples, loss)
    with progress("nodes closed") as report:
        found = train(problem, time_limit=time_limit, progress=report)
    document = certificate_of(found, masks)
    answer = _answer(found, document)
    answer["cells"] = [len(cells) for cells in problem.cells]
    answer["nodes"] = found.nodes
    if all_cells:
        left = None if time_limit is None else max(time_limit - (time.perf_counter() - begin), 1e-3)
        try:
            with progress("nodes looked at") as report:
                listed = optimal_cells(found, time_limit=left, progress=report)
        except LimitError as error:
            answer["optimal_cells"], answer["cells_reason"] = None, str(error)
            return answer, document
        longer = cells_certificate(listed, masks)
        if _checked(longer) is None:
            answer["optimal_cells"], answer["cells_reason"] = None, _BEYOND
            return answer, document
        answer["optimal_cells"] = [_cell(cell) for cell in listed.cells]
        return answer, longer
    return answer, document


def _level(
    name: str, samples: DataSet, loss: Loss, time_limit: float | None, biases: dict[str, bool]
) -> Outcome:
    from semialg.cli.progress import progress
    from semialg.relu.scalar.level import Level, level_certificate, train_level

    level = Level.parse(name)
    if len(samples.points[0]) != level.inputs:
        raise PatternError(
            f"the level has {level.inputs} inputs and the points {len(samples.points[0])} coordinates; "
            "expected as many"
        )
    with progress("patterns done") as report:
        found: LevelTraining = train_level(
            level, samples, loss, time_limit=time_limit, progress=report, **biases
        )
    document = level_certificate(found)
    answer = _answer(found.found, document)
    answer["supports"] = [list(support) for support in found.supports]
    answer["patterns"] = len(found.results)
    answer["nodes"] = found.nodes
    return answer, document


def _checked(document: dict[str, Any]) -> str | None:
    """Return ``valid``, or None for a proof that is beyond the limits of the checker."""
    from semialg.checker import Unreadable, check

    try:
        report = check(document)
    except Unreadable:
        return None
    if report.status != "valid":
        place = f"{report.where}: {report.reason}"
        raise CertificateError(f"the proof of the optimum does not hold ({place}); please report this")
    return "valid"


def _answer(found: Training, document: dict[str, Any]) -> dict[str, Any]:
    claim = document["claim"]
    names = ("loss", "value", "bound", "weights", "biases", "output", "constant")
    checked = _checked(document)
    return {
        **{name: claim[name] for name in names},
        "optimal": claim["value"] == claim["bound"] and checked == "valid",
        "outputs": [str(v) for v in found.best.outputs],
        "checked": checked,
        "undecided": found.failed,
    }


def _cell(cell: OptimalCell) -> dict[str, Any]:
    size = cell.problem.size
    return {
        "signs": list(cell.signs),
        "active": [[p for p in range(size) if active >> p & 1] for active in cell.active],
        **cell.best.parameters.document(),
        "dimension": cell.dimension,
        "optimal_set": str(cell.optimal_set).splitlines(),
    }


def _require_few_points(pattern: str | None, samples: DataSet) -> None:
    if pattern is None:
        raise click.UsageError("--plot-reachable needs a --pattern")
    if len(samples.points) not in {2, 3}:
        raise click.UsageError(f"--plot-reachable draws 2 or 3 points, but there are {len(samples.points)}")


def _draw_reachable(name: str, biases: dict[str, bool], samples: DataSet, best: list[str], path: str) -> None:
    from semialg.pattern.pattern import Pattern
    from semialg.plot.reachable import plot_reachable
    from semialg.relu.scalar.network import Architecture
    from semialg.relu.scalar.problem import Problem

    problem = Problem(Architecture.of(Pattern.parse(name), **biases), samples, "l2")
    write_picture(plot_reachable(problem, best=best), path)


def _draw(answer: dict[str, Any], samples: DataSet, path: str) -> None:
    from fractions import Fraction

    from semialg.plot.fitted import plot_function
    from semialg.relu.scalar.network import Parameters

    parameters = Parameters(
        tuple(tuple(map(Fraction, row)) for row in answer["weights"]),
        tuple(map(Fraction, answer["biases"])),
        tuple(map(Fraction, answer["output"])),
        Fraction(answer["constant"]),
    )
    title = _text(answer).partition("\n")[0]
    if len(title) > _LONGEST_TITLE:
        proved = title.partition(" (")[2]
        title = f"{answer['loss']} loss {float(Fraction(answer['value'])):.6g} ({proved}"
    write_picture(plot_function(parameters, samples, title=title), path)


def _text(answer: dict[str, Any]) -> str:
    from fractions import Fraction

    value, bound = Fraction(answer["value"]), Fraction(answer["bound"])
    if answer["optimal"]:
        proved = "global optimum, proved"
    elif answer["checked"] is None:
        proved = f"not proved: {_BEYOND}"
    else:
        proved = f"not proved optimal; lower bound {float(bound):.6g}"
    lines = [f"{answer['loss']} loss {value} = {float(value):.6g} ({proved})"]
    rows = zip(answer["weights"], answer["biases"], answer["output"], strict=True)
    for k, (row, bias, factor) in enumerate(rows):
        lines.append(f"unit {k}: output {factor}, weights {' '.join(row)}, bias {bias}")
    lines.append(f"constant {answer['constant']}")
    if answer["undecided"]:
        lines.append(f"nodes left open because their exact optimum was not found: {answer['undecided']}")
    if "cells_reason" in answer:
        lines.append(f"the optimal cells are not listed: {answer['cells_reason']}")
    elif "optimal_cells" in answer:
        lines += _cell_lines(answer["optimal_cells"])
    if "patterns" in answer:
        supports = ", ".join("{" + " ".join(map(str, support)) + "}" for support in answer["supports"])
        lines.append(f"the best pattern: units that read the inputs {supports}")
        counted = f"maximal patterns searched {answer['patterns']}"
    else:
        counted = f"activation patterns {answer['cells']}"
    lines.append(f"{counted}, nodes {answer['nodes']}, {answer['seconds']} s")
    return "\n".join(lines)


def _cell_lines(cells: list[dict[str, Any]]) -> list[str]:
    lines = [f"cells that attain it, and no other does: {len(cells)}"]
    for cell in cells[:_MOST_SHOWN]:
        units = [
            f"{'+' if sign > 0 else '-'} active at {{{' '.join(map(str, active))}}}"
            for sign, active in zip(cell["signs"], cell["active"], strict=True)
        ]
        lines.append(f"  {'; '.join(units)}: optima of dimension {cell['dimension']}")
    if len(cells) > _MOST_SHOWN:
        lines.append(f"  and {len(cells) - _MOST_SHOWN} more, which --json lists")
    return lines
