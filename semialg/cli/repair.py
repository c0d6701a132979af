"""``semialg repair``: masks near those of a model for which every chain of layers is closed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from semialg.cli.options import json_option, parse_seconds, time_limit_option
from semialg.cli.status import Status
from semialg.errors import PatternError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["command"]


@click.command("repair")
@click.argument("source", nargs=-1, required=True, metavar="MODEL...")
@click.option(
    "--output", "-o", required=True, type=click.Path(dir_okay=False), metavar="MASKS.npz",
    help="Write the masks of all chains to this file, by the names of the weights.",
)  # fmt: skip
@click.option(
    "--by",
    type=click.Choice(["entries", "magnitude"]),
    default="entries",
    show_default=True,
    help="Change as few entries as possible, or lose as little weight as possible.",
)
@click.option("--chain", "chains", multiple=True, metavar="A,B,...", help="Repair these layers, input first.")
@click.option(
    "--order",
    type=click.Choice(["network", "product", "names"]),
    help="In which order the file lists the layers (as for `semialg audit`).",
)
@click.option("--masks", type=click.Path(dir_okay=False, exists=True), help="The masks of the weights.")
@click.option(
    "--seconds", type=parse_seconds, default=10.0, show_default=True, metavar="SECONDS",
    help="Time to search for the fewest edits, for each chain.",
)  # fmt: skip
@json_option
@time_limit_option
@click.pass_context
def command(
    ctx: click.Context,
    source: tuple[str, ...],
    output: str,
    by: str,
    chains: tuple[str, ...],
    order: str | None,
    masks: str | None,
    seconds: float,
    as_json: bool,
    time_limit: float,
) -> None:
    """Find masks near those of a model for which every chain of layers is closed, with proof.

    MODEL is as for `semialg audit`. The masks have the shapes of the weights as they are stored, as
    torch.nn.utils.prune.custom_from_mask takes them. The time limit holds for each verdict.

    The exit status is 0 if every chain is certified closed with the written masks, 3 if not (then masks are
    written for the chains that are), and 2 for bad input.
    """
    from semialg.audit.model import in_one_chain
    from semialg.audit.repair import repair_model
    from semialg.cli.models import source_model

    if not output.endswith(".npz"):
        raise PatternError(f"{output}: masks are written to a file that ends in .npz")
    model = source_model(source, order, masks)
    if chains:
        model = in_one_chain(model, [chain.split(",") for chain in chains])
    found = repair_model(model, by=by, seconds=seconds, time_limit=time_limit)
    click.echo(json.dumps(found.to_json()) if as_json else found.to_text())
    if found.masks:
        _write(output, found.masks)
    ctx.exit(Status.CLOSED if found.closed else Status.UNKNOWN)


def _write(path: str, masks: dict[str, NDArray[Any]]) -> None:
    import io
    from pathlib import Path

    import numpy as np

    arrays: dict[str, Any] = masks
    data = io.BytesIO()
    np.savez_compressed(data, **arrays)
    Path(path).write_bytes(data.getvalue())
