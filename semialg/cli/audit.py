"""``semialg audit``: verdicts on the layers of a model, in its own names."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from semialg.cli.options import (
    json_option,
    limit_options,
    parse_seconds,
    write_atomically,
    written_afterwards,
)

if TYPE_CHECKING:
    from semialg.audit.findings import Audit
    from semialg.audit.model import Model

__all__ = ["command"]

_WIDEST_TEXT = 88


@click.command("audit")
@click.argument("source", nargs=-1, required=True, metavar="SOURCE...")
@json_option
@click.option(
    "--html", type=click.Path(dir_okay=False), help="Write a self-contained HTML report to this file."
)
@click.option(
    "--certificates", type=click.Path(file_okay=False), help="Write every certificate into this folder."
)
@click.option(
    "--names",
    type=click.Path(dir_okay=False, allow_dash=True),
    help='Neuron names: {"input": [...], "fc1": [...]}.',
)
@click.option(
    "--chain",
    "chains",
    multiple=True,
    metavar="A,B,...",
    help="These layers follow one another, input first.",
)
@click.option(
    "--order",
    type=click.Choice(["network", "product", "names"]),
    help="The file lists layers input first (network) or output first (product), or the numbers in their "
    "names tell (names). By default all of this must agree.",
)
@click.option(
    "--masks",
    type=click.Path(dir_okay=False, exists=True),
    help="The masks of the weights, by their names: .pt, .npz, .safetensors.",
)
@click.option(
    "--write-masks",
    type=click.Path(file_okay=False),
    help="Write the masks that were read into this folder, and a file masks.npz with all of them.",
)
@click.option("--no-advice", is_flag=True, help="Do not search for the fewest changes that would help.")
@click.option(
    "--total-time",
    type=parse_seconds,
    default=45.0,
    show_default=True,
    metavar="SECONDS",
    help="Time for all verdicts together; at least a second for each.",
)
@limit_options
@click.pass_context
def command(
    ctx: click.Context,
    source: tuple[str, ...],
    as_json: bool,
    html: str | None,
    certificates: str | None,
    names: str | None,
    chains: tuple[str, ...],
    order: str | None,
    masks: str | None,
    write_masks: str | None,
    no_advice: bool,
    total_time: float,
    time_limit: float,
    memory_limit: int | None,
) -> None:
    """Decide every pair of consecutive linear layers, and every chain, of a trained or masked model.

    SOURCE is a checkpoint (.pt, .pth, .safetensors, .onnx, .npz, an index of shards, the folder of a Hugging
    Face model), a torch module as MODULE:NAME, or mask files with one layer each, input first. Masks come
    from pruning buffers, parametrizations, dictionaries of masks, or zeros of weights. The time limit holds
    for each verdict.

    The exit status is 0 if all of the model was looked at and is closed, 1 if some chain of layers is not
    closed, 3 if something is unknown or there is nothing to decide, and 2 for bad input.
    """
    from semialg.audit.audit import audit
    from semialg.audit.model import NeuronNames, in_one_chain
    from semialg.audit.tensors import names_file
    from semialg.cli.models import source_model

    model = source_model(source, order, masks)
    if chains:
        model = in_one_chain(model, [chain.split(",") for chain in chains])
    if write_masks is not None:
        _write_masks(model, Path(write_masks))
    known = NeuronNames(names_file(Path(names))) if names is not None else None
    report = audit(
        model,
        names=known,
        time_limit=time_limit,
        memory_limit=memory_limit,
        total_time=total_time,
        advice_seconds=0.0 if no_advice else 5.0,
    )
    width = min(_WIDEST_TEXT, shutil.get_terminal_size().columns)
    with written_afterwards((html, None if html is None else report.to_html())):
        click.echo(json.dumps(report.to_json()) if as_json else report.to_text(width))
    if certificates is not None:
        _write_certificates(report, Path(certificates))
    ctx.exit(report.exit_status)


def _write_masks(model: Model, folder: Path) -> None:
    """Write each mask as a matrix of zeros and ones, a row for each output; doubtful ones are left out."""
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    sure = [layer for layer in model.layers if not layer.doubts and not layer.look()]
    masks = {layer.name: layer.load().to_dense() for layer in sure}
    for at, (name, mask) in enumerate(masks.items()):
        plain = re.sub(r"[^\w.-]+", "_", name)[:80]
        np.save(folder / f"{at:03}-{plain}.npy", mask)
    arrays: dict[str, Any] = {f"{name}.weight": mask for name, mask in masks.items()}
    np.savez_compressed(folder / "masks.npz", **arrays)
    left = [layer.name for layer in model.layers if layer.name not in masks]
    if left:
        click.echo(f"semialg: not written, because they are doubtful: {', '.join(left)}", err=True)


def _write_certificates(report: Audit, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for at, finding in enumerate(report.findings):
        if finding.verdict.certificate is not None:
            ends = re.sub(r"[^\w.-]+", "_", f"{finding.layers[0]}-{finding.layers[-1]}")[:80]
            name = f"{at:03}-{finding.kind}-{ends}.json"
            write_atomically(str(folder / name), finding.verdict.certificate.to_json())
