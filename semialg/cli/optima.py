"""``semialg optima``: the optima of a two-layer ReLU network with weight decay, all of them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from semialg.cli.options import json_option, parse_seconds
from semialg.errors import BackendError, DataError, LimitError

if TYPE_CHECKING:
    from fractions import Fraction

    from semialg.relu.optimal_sets import (
        Cells,
        ExactOptimum,
        Neurons,
        NumericalSet,
        NumericalVertices,
        RegularizationPath,
        RegularizedProblem,
        Solution,
    )


__all__ = ["command"]

_MOST_CELLS = 50_000
_MOST_GATES = 1_000_000
_MOST_PENALTIES = 10_000
_PRECISE = 2000
_SHOWN = 12
_DIGITS = 10
"""Significant digits of a value that are shown, where the proved bounds agree on them."""


@click.command("optima")
@click.argument("data", type=click.Path(dir_okay=False, path_type=Path), metavar="DATA")
@click.option("--lambda", "penalty", required=True, metavar="L", help="The penalty, such as 1/100.")
@click.option("--bias", is_flag=True, help="Give every neuron a bias, penalized like its weights.")
@click.option(
    "--gates",
    type=click.IntRange(min=1, max=_MOST_GATES),
    metavar="N",
    help="Use the cells of N random gates instead of all cells.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="For --gates.")
@click.option("--prune", is_flag=True, help="Prune to a minimal network, and then further.")
@click.option(
    "--path",
    "count",
    type=click.IntRange(min=2, max=_MOST_PENALTIES),
    metavar="COUNT",
    help="Follow the optima over COUNT penalties from the greatest useful one down to L.",
)
@click.option(
    "--vertices",
    "most",
    type=click.IntRange(min=1),
    default=2000,
    show_default=True,
    metavar="N",
    help="List no more than about N vertices.",
)
@click.option("--tolerance", metavar="T", help="Round floats (npz, JSON numbers) to rationals this near.")
@click.option(
    "--time-limit",
    type=parse_seconds,
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="Stop the convex solver and the path after this time.",
)
@json_option
def command(
    data: Path,
    penalty: str,
    gates: int | None,
    seed: int,
    count: int | None,
    most: int,
    tolerance: str | None,
    time_limit: float,
    *,
    bias: bool,
    prune: bool,
    as_json: bool,
) -> None:
    """Find the optimum of a two-layer ReLU network with weight decay, and all its optima.

    The network may be as wide as it likes. DATA is a CSV file (a line of names, then for each point its
    coordinates and, last, the target, in exact decimals or fractions), a JSON file {"points": [...],
    "targets": [...]} of exact texts, or an npz file with arrays "points" and "targets".
    """
    from semialg.cli.progress import progress
    from semialg.relu.optimal_sets import RegularizedProblem, all_cells, sampled_cells, solve
    from semialg.relu.scalar.reading import read_data

    begin = time.perf_counter()
    read = read_data(data, tolerance)
    problem = RegularizedProblem.build(read.points, read.targets, penalty, bias=bias)
    cells = all_cells(problem, _MOST_CELLS) if gates is None else sampled_cells(problem, gates, seed)
    with progress("conditions that hold") as report:
        solution = solve(problem, cells, time_limit=time_limit, progress=report)
    answer = _answer(problem, cells, solution, most)
    if prune:
        answer["pruning"] = _pruning(solution)
    if count is not None:
        remaining = time_limit - (time.perf_counter() - begin)
        with progress("penalties done") as report:
            answer["path"] = _path(problem, cells, count, solution, remaining, report)
    answer["seconds"] = round(time.perf_counter() - begin, 3)
    click.echo(json.dumps(answer) if as_json else "\n".join(_text(answer)))


def _answer(problem: RegularizedProblem, cells: Cells, solution: Solution, most: int) -> dict[str, Any]:
    """Return what is said about the optimum and the set of optima: proved where it can be."""
    from fractions import Fraction

    from semialg.relu.optimal_sets import certify, certify_precisely, find_exact, neurons_of

    exact = find_exact(solution)
    enclosure = certify_precisely(solution) if len(cells) <= _PRECISE else certify(solution)
    found: dict[str, Any] = {
        "points": problem.size,
        "dimension": problem.dimension,
        "penalty": str(problem.penalty),
        "cells": len(cells),
        "all_cells": cells.complete,
        "value": str(exact.value) if exact is not None else None,
        "lower": str(exact.value if exact is not None else enclosure.lower),
        "upper": str(exact.value if exact is not None else enclosure.upper),
    }
    # Floats beside fractions of any length; they are rounded, and the fractions are what is proved.
    found |= {f"{name}_float": float(Fraction(found[name])) for name in ("lower", "upper")}
    if exact is not None:
        return {**found, **_exact_set(exact, most)}
    return {**found, **_enclosed_set(enclosure, solution, most), "network": _network(neurons_of(solution))}


def _exact_set(exact: ExactOptimum, most: int) -> dict[str, Any]:
    from semialg.relu.optimal_sets import ExactSet, SeveralOptima, decide_uniqueness
    from semialg.relu.optimal_sets.exact_set import vertices_within

    whole = ExactSet(exact)
    proof = decide_uniqueness(whole)
    if not proof.holds(exact):
        raise DataError("the proof about uniqueness does not hold; please report this with the data")
    vertices = vertices_within(whole, most)
    return {
        "exact": True,
        "unique": not isinstance(proof, SeveralOptima),
        "proved": True,
        "set_dimension": whole.dimension,
        "atoms": [{"sign": atom.sign, "direction": [str(v) for v in atom.direction]} for atom in exact.atoms],
        "beta": [str(v) for v in exact.beta],
        "vertices": None if vertices is None else [[str(v) for v in beta] for beta in vertices],
        "facets": None if vertices is None else str(whole.facets).splitlines(),
        "margin": None,
    }


def _enclosed_set(enclosure: Any, solution: Solution, most: int) -> dict[str, Any]:
    from semialg.relu.optimal_sets import (
        ProvedSeveral,
        ProvedUnique,
        numerical_set,
        prove_several,
        prove_uniqueness,
    )

    unique = isinstance(prove_uniqueness(enclosure), ProvedUnique)
    several = prove_several(enclosure) if not unique else None
    many = several.dimension if isinstance(several, ProvedSeveral) else None
    proved = unique or many is not None
    try:
        whole = numerical_set(solution)
        dimension, margin = whole.dimension, whole.margin
        vertices = _vertices(whole, most)
    except BackendError as error:
        return {
            "exact": False,
            "unique": unique if proved else None,
            "proved": proved,
            "set_dimension": 0 if unique else many,
            **dict.fromkeys(("atoms", "beta", "vertices", "facets", "margin")),
            "reason": str(error),
        }
    return {
        "exact": False,
        "unique": unique if proved else dimension == 0,
        "proved": proved,
        "set_dimension": many if many is not None else 0 if unique else dimension,
        "atoms": [{"sign": a.sign, "direction": a.direction.tolist()} for a in whole.recognized.atoms],
        "beta": None,
        "vertices": None if vertices is None else vertices.points.tolist(),
        "facets": None if vertices is None else [f"beta{k} >= 0" for k in vertices.facets],
        "margin": margin,
    }


def _vertices(whole: NumericalSet, most: int) -> NumericalVertices | None:
    from semialg.relu.optimal_sets import numerical_vertices

    try:
        return numerical_vertices(whole, most)
    except LimitError:
        return None


def _network(neurons: Neurons) -> dict[str, Any]:
    network = neurons.network()
    return {"hidden": network.hidden.tolist(), "output": network.output.tolist()}


def _pruning(solution: Solution) -> dict[str, Any]:
    from semialg.relu.optimal_sets import neurons_of, prune, prune_further

    walk = prune(solution.arrays, neurons_of(solution))
    stages = prune_further(solution.arrays, walk.neurons)
    return {
        "sizes": list(walk.sizes),
        "steps": list(walk.steps),
        "output_change": walk.output_change,
        "penalty_change": walk.penalty_change,
        "network": _network(walk.neurons),
        "further": [
            {"neurons": len(stage.neurons), "loss": stage.loss, "objective": stage.objective}
            for stage in stages
        ],
    }


def _path(
    problem: RegularizedProblem, cells: Cells, count: int, solution: Solution, seconds: float, report: Any
) -> dict[str, Any]:
    from fractions import Fraction

    from semialg.relu.optimal_sets import greatest_penalty, penalty_grid, regularization_path
    from semialg.relu.optimal_sets.rounding import simple_above

    greatest = simple_above(greatest_penalty(solution.arrays))
    if greatest <= problem.penalty:
        raise DataError(
            f"the optimum is 0 from the penalty {float(greatest):.6g} on; "
            "expected a smaller --lambda for a path"
        )
    grid = penalty_grid(greatest, problem.penalty, count)
    try:
        found = regularization_path(
            problem, cells, grid, narrow=Fraction(1, 10_000), time_limit=seconds, progress=report
        )
    except LimitError:
        raise LimitError(
            "the time limit was reached on the path; raise --time-limit or ask for fewer penalties"
        ) from None
    return {"points": _path_points(found), "breakpoints": _breakpoints(found), "complete": found.complete}


def _path_points(found: RegularizationPath) -> list[dict[str, Any]]:
    return [
        {
            "penalty": str(point.penalty),
            "objective": point.solution.objective,
            "loss": 0.5 * float(point.solution.residual @ point.solution.residual),
            "neurons": len(point.keys),
            "unique": point.unique,
            "set_dimension": point.found.dimension,
        }
        for point in found.points
    ]


def _breakpoints(found: RegularizationPath) -> list[dict[str, Any]]:
    return [
        {
            "low": str(b.low),
            "high": str(b.high),
            "entering": len(b.entering),
            "leaving": len(b.leaving),
            "unique": b.unique,
        }
        for b in found.breakpoints
    ]


def _text(answer: dict[str, Any]) -> list[str]:
    which = "all cells" if answer["all_cells"] else "sampled cells"
    head = (
        f"{answer['points']} points in dimension {answer['dimension']}, penalty {answer['penalty']}, "
        f"{answer['cells']} activation patterns ({which})"
    )
    lines = [head, _value_line(answer)]
    if not answer["all_cells"]:
        lines.append("This is the optimum over neurons in these cells; other cells may allow a lower value.")
    lines += ["", *_set_lines(answer)]
    if "pruning" in answer:
        lines += ["", *_pruning_lines(answer["pruning"])]
    if "path" in answer:
        lines += ["", *_path_lines(answer["path"])]
    return [*lines, "", f"Done in {answer['seconds']} s."]


def _value_line(answer: dict[str, Any]) -> str:
    from fractions import Fraction

    if answer["value"] is not None:
        value = Fraction(answer["value"])
        about = "" if value.denominator == 1 else f" = {float(value):.10g}"
        return f"Optimal value {value}{about}, exact and proved"
    from semialg.cli.enclosure import common_digits, outward

    lower, upper = Fraction(answer["lower"]), Fraction(answer["upper"])
    # The factor makes up for rounding down to two digits; the least float, for what vanishes among floats.
    gap = max(float(upper - lower) * 1.05, 5e-324 if upper > lower else 0.0)
    shown = common_digits(lower, upper, _DIGITS)
    if shown is not None:
        return f"Optimal value {shown} (rounded); proved bounds are {gap:.1e} apart"
    least, most = outward(lower, upper, _DIGITS)
    return (
        f"Optimal value between {least} and {most} (proved); the digits beyond are not known: "
        "the data are too badly scaled for the solver"
    )


def _set_lines(answer: dict[str, Any]) -> list[str]:
    how = "proved" if answer["proved"] else "in floating point, not proved"
    if answer["unique"] is None:
        lines = [f"Whether there are other optima is not clear: {answer['reason']}."]
    elif answer["unique"]:
        lines = [f"One optimum, up to permutation and splitting of neurons ({how})."]
    else:
        lines = [f"Many optima: a polytope of dimension {answer['set_dimension']} ({how})."]
        vertices = answer["vertices"]
        if vertices is None and answer["atoms"] is None:
            lines.append("Floating point is too coarse here to list its vertices.")
        elif vertices is None:
            lines.append("It has more vertices than --vertices allows to list.")
        else:
            sizes = [sum(float(_number(v)) > 0 for v in beta) for beta in vertices]
            where = "" if answer["exact"] else ", in floating point"
            lines.append(
                f"{len(vertices)} vertices, the minimal networks, of {_plainly(sizes)} neurons each; "
                f"{_facet_count(answer)} facets{where}."
            )
    if not answer["atoms"]:
        return [*lines, "It is the network without neurons."] if answer["unique"] else lines
    if answer["margin"] is not None and not answer["proved"]:
        lines.append(f"The fits of the neurons in use have the least singular value {answer['margin']:.1e}.")
    lines.append("")
    if answer["exact"]:
        vertices = answer["vertices"] or [answer["beta"]]
        lines.append("neuron  sign  direction of its weights: beta at the optima that are vertices")
        for k, atom in enumerate(answer["atoms"]):
            betas = " | ".join(beta[k] for beta in vertices[:_SHOWN])
            lines.append(f"{k:6}  {atom['sign']:+4}  ({', '.join(atom['direction'])}): {betas}")
        return lines
    network = answer["network"]
    lines.append("neuron  output weight  hidden weights, at one optimum")
    for k, (output, hidden) in enumerate(zip(network["output"], network["hidden"], strict=True)):
        if k == _SHOWN:
            lines.append(f"... and {len(network['output']) - _SHOWN} more (--json has all)")
            break
        lines.append(f"{k:6}  {output:13.6g}  ({', '.join(f'{v:.6g}' for v in hidden)})")
    return lines


def _facet_count(answer: dict[str, Any]) -> int:
    return sum("=" not in row.replace(">=", "").replace("<=", "") for row in answer["facets"])


def _number(value: Any) -> Fraction | float:
    from fractions import Fraction

    # Floating point leaves rounding where a weight is 0.
    return Fraction(value) if isinstance(value, str) else (value if value > 1e-9 else 0.0)


def _plainly(sizes: list[int]) -> str:
    return str(min(sizes)) if min(sizes) == max(sizes) else f"{min(sizes)} to {max(sizes)}"


def _pruning_lines(pruning: dict[str, Any]) -> list[str]:
    sizes = " -> ".join(str(v) for v in pruning["sizes"])
    head = (
        f"Pruning: {sizes} neurons; outputs changed by {pruning['output_change']:.1e}, "
        f"the sum of norms by {pruning['penalty_change']:.1e}."
    )
    lines = [head, "Past the minimal network it costs (neurons: loss, objective):"]
    stages = pruning["further"]
    lines += [f"{s['neurons']:6}: {s['loss']:.6g}, {s['objective']:.6g}" for s in stages[:_SHOWN]]
    if len(stages) > _SHOWN:
        lines.append(f"... and {len(stages) - _SHOWN} more (--json has all)")
    return lines


def _path_lines(path: dict[str, Any]) -> list[str]:
    from fractions import Fraction

    lines = ["Path, in floating point:", "     penalty   objective        loss  neurons  optima"]
    for point in path["points"]:
        optima = "one" if point["unique"] else f"dimension {point['set_dimension']}"
        lines.append(
            f"{float(Fraction(point['penalty'])):12.6g}{point['objective']:12.6g}{point['loss']:12.6g}"
            f"{point['neurons']:9}  {optima}"
        )
    lines.append("Breakpoints:" if path["breakpoints"] else "No breakpoint was found.")
    for b in path["breakpoints"]:
        where = float(Fraction(b["low"]) + Fraction(b["high"])) / 2
        kind = "" if b["unique"] else "; optima are many there, the path may jump"
        lines.append(f"{where:12.6g}: {b['entering']} enter, {b['leaving']} leave as the penalty falls{kind}")
    if not path["complete"]:
        lines.append("There are more breakpoints than were looked for.")
    return lines
