"""``semialg witness``: the sequence whose weights blow up, as a table."""

from __future__ import annotations

import json
from decimal import Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from semialg.cli.certified import certified, checked
from semialg.cli.options import json_option, pattern_argument, pattern_words, read_pattern, time_limit_option
from semialg.cli.status import Status
from semialg.errors import ArgumentError, CertificateError, NothingToShowError
from semialg.intake.numbers import read_number

if TYPE_CHECKING:
    from semialg.algebra.laurent import LaurentMatrix
    from semialg.certificates.obstruction import Obstruction

__all__ = ["command", "short", "table"]


def _times(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[Fraction, ...]:
    if value is None:
        return _DEFAULT
    times = []
    for word in value.split(","):
        t = read_number(word, "a value of --t", ArgumentError)
        if t == 0:
            raise click.BadParameter("t = 0 is the limit itself; expected other values", ctx, param)
        times.append(t)
    return tuple(times)


_DEFAULT = tuple(Fraction(1, 10**k) for k in range(7))


@click.command("witness")
@pattern_argument
@click.option(
    "--target",
    type=click.Choice(["lu"]),
    help="Use the antidiagonal target of the whole size (lower times upper triangular only).",
)
@click.option(
    "--t",
    "times",
    callback=_times,
    metavar="VALUES",
    help="Values of t, separated by commas.  [default: 1,1e-1,...,1e-6]",
)
@json_option
@time_limit_option
@click.pass_context
def command(
    ctx: click.Context,
    pattern: tuple[str, ...],
    target: str | None,
    times: tuple[Fraction, ...],
    as_json: bool,
    time_limit: float,
) -> None:
    """Show a sequence of weights whose product tends to a target that no weights reach.

    The table gives, for each t, the largest entry of the error (product minus target) and the largest entry
    of each factor: as the error vanishes, the weights blow up. All values are computed exactly. PATTERN is as
    for `semialg check`; a certificate file will do as well.

    The exit status is 0 for a sequence, 6 where the pattern is closed, so that there is none, 3 where it is
    undecided, and 2 for bad input.
    """
    from semialg.certificates.obstruction import obstruction_of

    if target is None:
        found = certified(pattern, (), time_limit)
    else:
        from semialg.closedness.lu import lu_witness

        masks = read_pattern(pattern)
        found = checked(masks, lu_witness(masks).certificate().document)
    name = pattern_words(pattern)
    if found.document["claim"]["kind"] != "not_closed":
        raise NothingToShowError(f"{name} is closed, so there is no sequence whose limit is lost")
    obstruction = obstruction_of(found.document["proof"], found.pattern)
    if obstruction is None:
        raise CertificateError(f"the proof that {name} is not closed holds no sequence")
    rows = table(obstruction, times)
    if as_json:
        click.echo(json.dumps(_document(obstruction, rows)))
    else:
        _print(obstruction, rows, name)
    ctx.exit(Status.CLOSED)


Row = tuple[Fraction, Fraction, tuple[Fraction, ...]]


def table(obstruction: Obstruction, times: tuple[Fraction, ...]) -> list[Row]:
    """Return ``t``, largest error and largest entry of each factor, for each ``t``, exactly."""
    error = obstruction.error
    return [(t, _largest(error, t), tuple(_largest(f, t) for f in obstruction.curve)) for t in times]


def _largest(matrix: LaurentMatrix, t: Fraction) -> Fraction:
    return max((abs(entry.evaluate(t)) for _, entry in matrix.items()), default=Fraction(0))


def _document(found: Obstruction, rows: list[Row]) -> dict[str, Any]:
    labels = [list(level) for level in found.names.labels]
    return {
        "rows": labels[0],
        "columns": labels[-1],
        "hidden": labels[1:-1],
        "target": [[str(value) for value in row] for row in found.target],
        "error_rate": found.rate,
        "weight_growth": found.growth,
        "table": [
            {"t": str(t), "error": str(error), "weights": [str(size) for size in sizes]}
            for t, error, sizes in rows
        ],
    }


def _print(found: Obstruction, rows: list[Row], name: str) -> None:
    from rich import box
    from rich.table import Table

    from semialg.cli.report import print_curve, reading_console

    console = reading_console()
    click.echo(f"{name}: weights that blow up\n")
    print_curve(console, found)
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    grid.add_column("t", justify="right")
    grid.add_column("error", justify="right")
    for at in range(len(found.curve)):
        grid.add_column(f"largest weight in {found.names.factor(at).text}", justify="right", style="red")
    for t, error, sizes in rows:
        grid.add_row(short(t), short(error), *(short(size) for size in sizes))
    console.print(grid)


def short(value: Fraction) -> str:
    """Return a number with three digits, whatever its size.

    Examples
    --------
    >>> [short(Fraction(v)) for v in ("1/3", "1000", "1e-6", "123456", "1e400")]
    ['0.333', '1000', '1e-6', '1.23e5', '1e400']
    """
    if value == 0:
        return "0"
    context = Context(prec=3, Emax=10**9, Emin=-(10**9))
    decimal = context.divide(Decimal(value.numerator), Decimal(value.denominator)).normalize(context)
    if Decimal("1e-3") <= abs(decimal) < Decimal("1e5"):
        return f"{decimal:f}"
    mantissa, exponent = f"{decimal:e}".split("e")
    return f"{mantissa}e{int(exponent)}"
