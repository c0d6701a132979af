"""``semialg suggest``: closed patterns of given widths, and the nearest one to a given pattern."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from semialg.cli.options import (
    chain_option,
    json_option,
    parse_seconds,
    read_pattern,
    time_limit_option,
    write_atomically,
)
from semialg.cli.status import Status
from semialg.errors import PatternError
from semialg.intake.numbers import read_number
from semialg.intake.shown import show

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from semialg.pattern.pattern import Pattern
    from semialg.suggest.designs import Design

__all__ = ["command"]

_MOST_EDITS = 20


@click.command("suggest")
@click.argument("widths", required=False, metavar="[WIDTHS]")
@click.option(
    "--density",
    default="0.1",
    show_default=True,
    metavar="SHARE",
    help="Wanted share of nonzero weights, for WIDTHS.",
)
@click.option("--near", multiple=True, metavar="PATTERN", help="Find the nearest closed pattern to this one.")
@chain_option
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False),
    help="Write the masks (the first design, or the nearest pattern) to a .npz or .json file.",
)
@click.option(
    "--seconds",
    type=parse_seconds,
    metavar="SECONDS",
    default=20.0,
    show_default=True,
    help="Time to search, for --near.",
)
@json_option
@time_limit_option
@click.pass_context
def command(
    ctx: click.Context,
    widths: str | None,
    density: str,
    near: tuple[str, ...],
    output: str | None,
    seconds: float,
    as_json: bool,
    time_limit: float,
) -> None:
    """Suggest sparsity patterns whose set of products is closed, with proof.

    WIDTHS are output, hidden and input widths, such as 768x3072x768. With --near, the pattern (two masks,
    given as for `semialg check`) is changed in as few entries as possible: exactly for small masks, otherwise
    by a search whose result is closed but may not be the nearest.
    """
    if (widths is None) == (not near):
        raise click.UsageError("give either WIDTHS or --near PATTERN", ctx)
    if near:
        document, pattern, lines = _nearest(near, seconds, time_limit)
    else:
        document, pattern, lines = _designs(str(widths), density, time_limit)
    if output is not None:
        _write(pattern, output)
        lines.append(f"The masks are written to {output}.")
    click.echo(json.dumps(document) if as_json else "\n".join(lines))
    ctx.exit(Status.CLOSED)


def _designs(text: str, density: str, time_limit: float) -> tuple[dict[str, Any], Pattern, list[str]]:
    from semialg.suggest.designs import designs

    found = designs(_widths(text), _fraction(density), time_limit=time_limit)
    if not found:
        raise PatternError(f"{text}: no design was certified in time; allow more with --time-limit")
    lines = [f"Closed patterns of widths {text} near density {density}, each with a checked proof:", ""]
    wide = max(len(design.name) for design in found)
    for design in found:
        about = [
            f"{design.parameters} weights, density {float(design.density):.3g}",
            f"joins {float(100 * design.connected):.3g} % of input-output pairs",
            f"proof: {design.verdict.method}, checked: {design.verdict.checked}",
        ]
        if design.argument:
            about.append(f"semialg check '{design.argument}'")
        heads = [design.name, *[""] * (len(about) - 1)]
        lines += [f"  {head.ljust(wide)}  {text}" for head, text in zip(heads, about, strict=True)]
    return {"designs": [_design_json(design) for design in found]}, found[0].pattern, [*lines, ""]


def _design_json(design: Design) -> dict[str, Any]:
    certificate = design.verdict.certificate
    return {
        "name": design.name,
        "pattern": design.argument or None,
        "widths": list(design.pattern.widths),
        "weights": design.parameters,
        "density": float(design.density),
        "connected": float(design.connected),
        "method": design.verdict.method,
        "checked": design.verdict.checked,
        "certificate": None if certificate is None else certificate.document,
    }


def _nearest(
    near: tuple[str, ...], seconds: float, time_limit: float
) -> tuple[dict[str, Any], Pattern, list[str]]:
    from semialg.suggest.nearest import nearest_closed

    found = nearest_closed(read_pattern(near), seconds=seconds, time_limit=time_limit)
    count = len(found.edits)
    if not count:
        lines = ["The pattern is closed as it is."]
    else:
        entries = "one entry changes" if count == 1 else f"{count} entries change"
        quality = (
            "the fewest that provably do"
            if found.exact
            else f"at least {found.at_least} must; fewer than {count} may do"
        )
        lines = [f"A closed pattern is near: {entries} ({quality}).", ""]
        lines += [
            f"  mask {e.mask}, row {e.row}, column {e.column}: {'0 becomes 1' if e.add else '1 becomes 0'}"
            for e in found.edits[:_MOST_EDITS]
        ]
        if count > _MOST_EDITS:
            lines.append(f"  and {count - _MOST_EDITS} more; write the masks with --output")
        lines += ["", f"Proof: {found.verdict.method}, checked: {found.verdict.checked}."]
    certificate = found.verdict.certificate
    document = {
        "edits": [
            {"mask": e.mask, "row": e.row, "column": e.column, "change": "add" if e.add else "remove"}
            for e in found.edits
        ],
        "exact": found.exact,
        "at_least": found.at_least,
        "method": found.verdict.method,
        "checked": found.verdict.checked,
        "certificate": None if certificate is None else certificate.document,
    }
    return document, found.pattern, lines


def _widths(text: str) -> list[int]:
    parts = text.split("x")
    if len(parts) < 3 or not all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts):
        raise click.UsageError(f"the widths are {text!r}; expected at least three, such as 768x3072x768")
    return [int(part) for part in parts]


def _fraction(text: str) -> Fraction:
    value = read_number(text, "the density", PatternError)
    if not 0 < value <= 1:
        raise PatternError(f"the density is '{show(text, 60)}'; expected a number above 0 and at most 1")
    return value


def _write(pattern: Pattern, output: str) -> None:
    from pathlib import Path

    path = Path(output)
    if path.suffix == ".json":
        write_atomically(output, pattern.to_json())
    elif path.suffix == ".npz":
        _write_npz(pattern, path)
    else:
        raise click.UsageError(f"the masks cannot be written to {output!r}; expected .npz or .json")


def _write_npz(pattern: Pattern, path: Path) -> None:
    import numpy as np

    masks = {f"mask{at}": mask.to_dense() for at, mask in enumerate(pattern.masks)}
    np.savez_compressed(path, **masks)  # type: ignore[arg-type]
