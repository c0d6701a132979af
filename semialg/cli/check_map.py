"""``semialg check-map``: whether the image of a polynomial map is closed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from semialg.cli.options import certificate_option, json_option, time_limit_option, write_atomically
from semialg.cli.status import Status
from semialg.errors import FormulaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.algebra.laurent import Laurent
    from semialg.algebra.polynomial import Polynomial
    from semialg.images import ImageVerdict

__all__ = ["command", "show_image_verdict"]

_STATUS = {"closed": Status.CLOSED, "not_closed": Status.NOT_CLOSED, "unknown": Status.UNKNOWN}
_LARGEST = 1 << 20


@click.command("check-map")
@click.argument("polynomials", nargs=-1, required=True, metavar="POLYNOMIALS...")
@click.option(
    "--variables",
    metavar="NAMES",
    help="The variables, in order, separated by commas; by default those that occur.",
)
@click.option(
    "--curve",
    metavar="FILE",
    help="Use this curve: a JSON object from variables to Laurent polynomials in t, such as "
    '{"x": {"1": "1"}, "y": {"-1": "1"}}.',
)
@json_option
@certificate_option
@time_limit_option
@click.pass_context
def command(
    ctx: click.Context,
    polynomials: tuple[str, ...],
    variables: str | None,
    curve: str | None,
    as_json: bool,
    certificate: str | None,
    time_limit: float,
) -> None:
    """Decide whether the image of a polynomial map is closed.

    POLYNOMIALS are the coordinates of the map, in quotes, or one file with a coordinate a line (lines that
    start with # are comments). Many images are neither proved closed nor not closed: then the answer is
    unknown.

    The exit status is 0 for closed, 1 for not closed, 3 for unknown, and 2 for bad input.
    """
    from semialg.images import check_map, default_variables

    coordinates = _read(polynomials)
    names = [n.strip() for n in variables.split(",")] if variables else default_variables(coordinates)
    given = None if curve is None else _read_curve(curve, names)
    verdict = check_map(coordinates, names, curve=given, time_limit=time_limit)
    show_image_verdict(verdict, certificate, as_json=as_json)
    ctx.exit(_STATUS[verdict.verdict])


def show_image_verdict(verdict: ImageVerdict, certificate: str | None, *, as_json: bool) -> None:
    """Print a verdict, and write its certificate."""
    if certificate is not None and verdict.certificate is not None:
        write_atomically(certificate, verdict.certificate.to_json())
    if as_json:
        click.echo(json.dumps(verdict.to_json()))
        return
    words = {"closed": "CLOSED", "not_closed": "NOT CLOSED", "unknown": "UNKNOWN"}
    click.echo(f"{words[verdict.verdict]}  {verdict.reason}")
    if verdict.checked is not None:
        click.echo(f"  method: {verdict.method}; the certificate is {verdict.checked}")
    if certificate is not None:
        found = "written to" if verdict.certificate is not None else "there is none to write to"
        click.echo(f"  certificate: {found} {certificate}")


def _read(arguments: Sequence[str]) -> list[Polynomial]:
    from semialg.logic.infix import parse_polynomial

    lines = list(arguments)
    if len(arguments) == 1 and (arguments[0] == "-" or Path(arguments[0]).is_file()):
        from semialg.intake.sources import read_text

        text = read_text(arguments[0], most=_LARGEST, error=FormulaError, expected="polynomials, one a line")
        lines = [line.strip() for line in text.splitlines()]
        lines = [line for line in lines if line and not line.startswith("#")]
    found: list[Polynomial] = []
    for at, line in enumerate(lines, 1):
        try:
            found.append(parse_polynomial(line))
        except FormulaError as error:
            raise FormulaError(f"coordinate {at}: {error}") from None
    return found


def _read_curve(path: str, names: Sequence[str]) -> list[Laurent]:
    from semialg.algebra.laurent import Laurent
    from semialg.intake.json_text import read_json

    document = read_json(path, error=FormulaError)
    if not isinstance(document, dict):
        raise FormulaError(f"{path}: expected an object from variables to Laurent polynomials")
    extra = [name for name in document if name not in names]
    if extra:
        raise FormulaError(f"{path}: {extra[0]!r} is no variable of the map; they are {list(names)}")
    return [Laurent.from_json(document.get(name, {})) for name in names]
