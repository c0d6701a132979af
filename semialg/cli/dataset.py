"""``semialg dataset``: a data set on which training has no optimum, and the parameters that show it."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from semialg.cli.certified import certified, checked, is_certificate_file
from semialg.cli.options import (
    json_option,
    pattern_argument,
    pattern_words,
    read_within,
    time_limit_option,
    written_afterwards,
)
from semialg.cli.status import Status
from semialg.errors import NothingToShowError, UndecidedError

if TYPE_CHECKING:
    from semialg.relu.dataset import DataSet

__all__ = ["command"]

_TIMES = tuple(Fraction(1, 10**k) for k in range(6))


@click.command("dataset")
@pattern_argument
@click.option(
    "--construction",
    type=click.Choice(["smallest", "simplex", "slice", "shells", "clusters", "grid", "kinks"]),
    default="smallest",
    show_default=True,
    help="Which points: a simplex (one hidden layer), points on the moment curve (slice, any depth; clusters "
    "takes more of them), nested corners (shells, some deep patterns), the paper's grid, or points on a line "
    "where kinks merge (one hidden layer, also for closed patterns).",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False),
    help="Write points and targets to this file: .csv and .json are exact, .npz holds floats and the masks.",
)
@click.option(
    "--certificate",
    type=click.Path(dir_okay=False),
    help="Write the proof that there is no optimum to this file.",
)
@json_option
@time_limit_option
@click.pass_context
def command(
    ctx: click.Context,
    pattern: tuple[str, ...],
    construction: str,
    output: str | None,
    certificate: str | None,
    as_json: bool,
    time_limit: float,
) -> None:
    """Make a data set on which training with this pattern has no optimum.

    The squared loss of a ReLU network with these masks and free biases has infimum 0 on it, and no weights
    reach 0: the independent checker verifies that first. The table follows parameters whose loss tends to 0
    as t does; all values are exact. PATTERN is as for `semialg check`; a not-closed certificate will do too.

    The exit status is 0 for a data set, 6 where there is none, 3 where that is undecided, and 2 for bad
    input.
    """
    from semialg.relu.export import encode

    name = pattern_words(pattern)
    data = _found(pattern, construction, time_limit)
    proof = data.certificate()
    status = checked(data.pattern, proof.document).status
    content = None if output is None else encode(data, output)
    with written_afterwards((output, content), (certificate, proof.to_json())):
        if as_json:
            click.echo(json.dumps(_document(data, status)))
        else:
            _print(data, status, name)
    for what, path in (("data", output), ("certificate", certificate)):
        if path is not None and not as_json:
            click.echo(f"{what}: written to {path}")
    ctx.exit(Status.CLOSED)


def _found(arguments: tuple[str, ...], construction: str, time_limit: float) -> DataSet:
    """Return the data set for a certificate on file, or for a pattern after its verdict."""
    from semialg.certificates.certificate import Certificate
    from semialg.relu.dataset import data_set
    from semialg.verdict import check

    if is_certificate_file(arguments):
        found = certified(arguments, (), time_limit)
        if found.document["claim"]["kind"] == "not_closed":
            return data_set(Certificate(found.document), construction, pattern=found.pattern)
        masks, closed = found.pattern, True
    else:
        masks, left = read_within(arguments, time_limit)
        verdict = None if construction == "kinks" else check(masks, time_limit=left)
        if verdict is not None and verdict.certificate is not None and verdict.verdict == "not_closed":
            return data_set(verdict.certificate, construction, pattern=masks)
        closed = verdict is not None and verdict.verdict == "closed"
    if construction in {"smallest", "kinks"} and masks.layers == 2:
        return data_set(masks, "kinks")
    needed = "this data set needs a limit of products that is no product"
    if closed:
        raise NothingToShowError(f"{pattern_words(arguments)} is closed; {needed}")
    raise UndecidedError(f"{pattern_words(arguments)} could not be decided; {needed}")


def _document(data: DataSet, status: str) -> dict[str, Any]:
    from semialg.relu.export import document

    table = []
    for t in _TIMES:
        parameters = data.parameters(t)
        table.append(
            {
                "t": str(t),
                "loss": str(data.loss(t)),
                "weights": [str(size) for size in parameters.sizes()],
                "largest_parameter": str(parameters.norm()),
                "parameters": parameters.to_json(),
            }
        )
    return {**document(data), "checked": status, "infimum": "0", "attained": False, "table": table}


_SHOWN = 12


def _print(data: DataSet, status: str, name: str) -> None:
    from rich import box
    from rich.table import Table

    from semialg.cli.report import reading_console
    from semialg.cli.witness import short

    console = reading_console()
    word = "every step" if status == "valid" else "every step but those trusted to solvers"
    console.print(
        f"{name}: {len(data.points)} points on which training has no optimum. The loss has infimum 0 and no "
        f"weights reach it; the checker verified {word}.",
        highlight=False,
    )
    console.print(f"{data.reason}.\n", highlight=False)
    rows, columns = data.lost.rows, data.lost.columns
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    grid.add_column("point", justify="right")
    for j in columns:
        grid.add_column(f"x{j}", justify="right")
    for i in rows:
        grid.add_column(f"y{i}", justify="right", style="red")
    for at, (point, target) in enumerate(zip(data.points, data.targets, strict=True)):
        if at == _SHOWN:
            grid.add_row("...")
            break
        values = [*(point[j] for j in columns), *(target[i] for i in rows)]
        grid.add_row(str(at), *(str(value) for value in values))
    console.print(grid)
    if len(columns) < data.pattern.widths[-1] or len(rows) < data.pattern.widths[0]:
        console.print("Inputs and targets that are not shown are 0.\n", highlight=False)
    steps = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("t", "loss", "largest weight", "largest parameter"):
        steps.add_column(title, justify="right", style="red" if title.startswith("largest") else "")
    for t in _TIMES:
        parameters = data.parameters(t)
        sizes = (t, data.loss(t), max(parameters.sizes()), parameters.norm())
        steps.add_row(*(short(value) for value in sizes))
    console.print(steps)
