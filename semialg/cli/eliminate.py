"""``semialg eliminate``: the projection of a polyhedron, proved and checked."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from semialg.cli.options import written_afterwards
from semialg.cli.picture import plot_option, write_picture
from semialg.errors import CertificateError, LimitError, LinearSystemError
from semialg.intake.shown import show_path
from semialg.intake.sources import read_bytes

if TYPE_CHECKING:
    from semialg.polyhedra.choose import Method
    from semialg.polyhedra.hull import Shadow
    from semialg.polyhedra.projection import Projection
    from semialg.polyhedra.system import LinearSystem

__all__ = ["command"]

# Where elimination is only a second way to a proof, it may not take much longer than the first.
_FALLBACK_ROWS = 2000


@click.command("eliminate")
@click.argument("file", metavar="FILE")
@click.option(
    "--variables", required=True, metavar="X,Y", help="The variables to eliminate, separated by commas."
)
@click.option(
    "--method",
    type=click.Choice(["auto", "elimination", "hull", "vertices"]),
    default="auto",
    help="Fourier-Motzkin elimination; or, for closed systems, linear programs or vertices.",
)
@click.option(
    "--engine",
    type=click.Choice(["auto", "own", "ppl", "cdd"]),
    default="auto",
    help="What finds the vertices of systems with very many rows; the answer is verified.",
)
@click.option(
    "--certificate",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT",
    help="Write the proof to a file.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "ine"]),
    default="text",
    show_default=True,
    help="Form of the answer.",
)
@click.option(
    "--row-limit", type=click.IntRange(min=1), metavar="N", help="Give up above N intermediate rows."
)
@click.option(
    "--unchecked", is_flag=True, help="Do not build and check the proof (faster for large systems)."
)
@plot_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    file: str,
    variables: str,
    method: Method,
    engine: str,
    certificate: Path | None,
    form: str,
    row_limit: int | None,
    plot: str | None,
    *,
    unchecked: bool,
    as_json: bool,
) -> None:
    """Eliminate variables from linear equations and inequalities, exactly.

    FILE holds one relation a line, such as "2x + 3/4 y <= 5" or "x > 0", or is a cdd file (.ine or .ext); "-"
    is standard input. What is printed is a minimal description of the projection. Its proof, both that every
    row follows and that no row is missing, is checked by the independent checker first.
    """
    from semialg.polyhedra.cddfiles import format_ine
    from semialg.polyhedra.choose import project_along
    from semialg.polyhedra.files import LARGEST_FILE, parse_system
    from semialg.solvers.ray_engine import ray_engine

    if unchecked and certificate is not None:
        raise click.UsageError("--unchecked builds no proof; leave it out to write a certificate")
    data = read_bytes(file, most=LARGEST_FILE, error=LinearSystemError, expected="a linear system")
    system = parse_system(data, show_path(file))
    unwanted = [name.strip() for name in variables.split(",") if name.strip()]
    if plot is not None:
        _require_drawable(system, unwanted)
    begin = time.perf_counter()
    document: dict[str, Any] | None = None
    if unchecked:
        found = project_along(system, unwanted, method, row_limit=row_limit, engine=ray_engine(engine))
    else:
        found, document = _proved(system, unwanted, method, row_limit, engine)
    seconds = time.perf_counter() - begin
    proof = None if certificate is None else json.dumps(document, separators=(",", ":")) + "\n"
    with written_afterwards((None if certificate is None else str(certificate), proof)):
        if as_json:
            click.echo(json.dumps(_answer(found, unwanted, seconds, checked=not unchecked)))
        elif form == "ine":
            click.echo(format_ine(found.system), nl=False)
        else:
            left = ", ".join(found.system.variables) or "anything"
            click.echo(str(found.system) or f"# no condition on {left}")
    if plot is not None:
        from semialg.plot.polyhedron import plot_projection

        write_picture(plot_projection(system, found.system), plot)


def _require_drawable(system: LinearSystem, unwanted: list[str]) -> None:
    for name in unwanted:
        system.position(name)
    left = [name for name in system.variables if name not in unwanted]
    if len(left) not in {2, 3}:
        raise click.UsageError(
            f"--plot draws 2 or 3 variables, but what is left has {len(left)} ({', '.join(left) or 'none'})"
        )


def _proved(
    system: LinearSystem, unwanted: list[str], method: Method, row_limit: int | None, engine: str
) -> tuple[Projection | Shadow, dict[str, Any]]:
    """Return the projection and its proof, checked; where none fits, try elimination for another."""
    from semialg.polyhedra.choose import project_along
    from semialg.solvers.ray_engine import ray_engine

    most = min(row_limit or _FALLBACK_ROWS, _FALLBACK_ROWS)
    ways: list[tuple[Method, int | None]] = [(method, row_limit)]
    if method == "auto":
        ways.append(("elimination", most))
    reasons: list[str] = []
    for way, limit in ways:
        found = None
        try:
            found = project_along(system, unwanted, way, row_limit=limit, engine=ray_engine(engine))
            return found, _checked(found)
        except LimitError as error:
            reasons.append(f"{way}: {error}")
            if found is None and way == method:
                raise
    raise LimitError(
        f"no proof of the projection fits ({'; '.join(reasons)}); --unchecked prints it without a proof"
    )


def _checked(found: Projection | Shadow) -> dict[str, Any]:
    from semialg.checker import Unreadable, check
    from semialg.polyhedra.choose import certificate_of

    document = certificate_of(found)
    try:
        report = check(document)
    except Unreadable as error:
        raise LimitError(f"the proof is beyond the limits of the checker ({error})") from None
    if report.status != "valid":
        place = f"{report.where}: {report.reason}"
        raise CertificateError(f"the proof of the projection does not hold ({place}); please report this")
    return document


def _answer(
    found: Projection | Shadow, unwanted: list[str], seconds: float, *, checked: bool
) -> dict[str, Any]:
    from semialg.polyhedra.documents import system_document

    document = system_document(found.system)
    false = [row for row in document["rows"] if not row["coefficients"]]
    return {
        "variables": document["variables"],
        "eliminated": unwanted,
        "rows": document["rows"],
        "text": str(found.system).splitlines(),
        "empty": bool(false),
        "checked": "valid" if checked else None,
        "seconds": round(seconds, 6),
    }
