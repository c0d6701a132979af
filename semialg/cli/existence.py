"""``semialg existence``: whether training has an optimum on the user's own points."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from semialg.cli.options import (
    chain_option,
    json_option,
    pattern_words,
    read_within,
    time_limit_option,
    written_afterwards,
)

if TYPE_CHECKING:
    from semialg.relu.existence import Existence

__all__ = ["command"]

_ANSWERS = {
    "always": "ALWAYS: on these points every choice of targets has an optimum.",
    "may_fail": "MAY FAIL: on these points some targets have no optimum.",
    "unknown": "UNKNOWN",
}
_ATTAINED = {
    True: "The given targets have an optimum.",
    False: "The given targets are such targets.",
    None: "",
}
_SHOWN = 20


@click.command("existence")
@click.argument("data", type=click.Path(path_type=Path), metavar="DATA")
@click.argument("pattern", nargs=-1, required=True, metavar="PATTERN")
@chain_option
@click.option("--certificate", type=click.Path(dir_okay=False), help="Write the proof to this file.")
@click.option("--tolerance", metavar="T", help="Round floats (npz, JSON numbers) to rationals this near.")
@json_option
@time_limit_option
@click.pass_context
def command(
    ctx: click.Context,
    data: Path,
    pattern: tuple[str, ...],
    certificate: str | None,
    tolerance: str | None,
    as_json: bool,
    time_limit: float,
) -> None:
    """Say whether training a ReLU network with these masks has an optimum on these points.

    DATA is a CSV file (a line of names, then for each point its coordinates and perhaps its targets), a JSON
    file {"points": [...], "targets": [...]}, or an npz file with such arrays; the targets may be left out.
    PATTERN is as for `semialg check`. Status 0: every choice of targets has an optimum; 1: some targets,
    which are shown, have none; 3: not known.
    """
    from semialg.relu.existence import existence
    from semialg.relu.samples import read_samples

    masks, _ = read_within(pattern, time_limit)
    points, targets = read_samples(data, masks.widths[-1], masks.widths[0], tolerance)
    found = existence(points, masks, targets)
    proof = None if found.certificate is None else found.certificate.to_json()
    with written_afterwards((certificate, proof)):
        if as_json:
            click.echo(json.dumps(found.to_json()))
        else:
            click.echo("\n".join(_text(found, pattern_words(pattern), len(points))))
    if certificate is not None and proof is None:
        click.echo(f"semialg: there is no proof to write to {certificate}: the answer is unknown", err=True)
    ctx.exit(found.exit_status)


def _text(found: Existence, name: str, count: int) -> list[str]:
    lines = [f"{name}, {count} points", "", _ANSWERS[found.answer]]
    if found.attained is not None:
        lines.append(_ATTAINED[found.attained])
    lines += ["", *wrap(f"{found.reason[0].upper()}{found.reason[1:]}.", 80)]
    if found.data is not None:
        from fractions import Fraction

        from semialg.cli.witness import short

        lines += ["", "Targets without an optimum, a point a line (the loss has infimum 0 on them):", ""]
        rows = [", ".join(str(v) for v in row) for row in found.data.targets]
        lines += [f"  {row}" for row in rows[:_SHOWN]]
        if len(rows) > _SHOWN:
            lines.append(f"  ... and {len(rows) - _SHOWN} more (--json has all)")
        lines += ["", "The loss along a sequence of weights that grow:", ""]
        for row in found.to_json()["table"]:
            t, loss, size = (short(Fraction(row[key])) for key in ("t", "loss", "largest_parameter"))
            lines.append(f"  t = {t:>6}  loss {loss:>10}  largest {size}")
    if found.checked is not None:
        lines += ["", f"Checked: {found.checked}. The independent checker has verified the proof."]
    return lines
