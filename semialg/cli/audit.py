"""``semialg audit``: verdicts on the layers of a model, in its own names."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from semialg.cli.options import json_option, limit_options, parse_seconds, write_atomically

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
    type=click.Path(dir_okay=False, exists=True),
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

    model = _model(source, order, masks)
    if chains:
        model = in_one_chain(model, [chain.split(",") for chain in chains])
    known = NeuronNames(names_file(Path(names))) if names is not None else None
    report = audit(
        model,
        names=known,
        time_limit=time_limit,
        memory_limit=memory_limit,
        total_time=total_time,
        advice_seconds=0.0 if no_advice else 5.0,
    )
    if html is not None:
        write_atomically(html, report.to_html())
    if certificates is not None:
        _write_certificates(report, Path(certificates))
    width = min(_WIDEST_TEXT, shutil.get_terminal_size().columns)
    click.echo(json.dumps(report.to_json()) if as_json else report.to_text(width))
    ctx.exit(report.exit_status)


def _model(source: tuple[str, ...], order: str | None, masks: str | None) -> Model:
    from semialg.audit.read import read_model
    from semialg.pattern.families import FAMILIES

    name = re.fullmatch(r"([A-Za-z_][\w.]*):[A-Za-z_][\w.]*", source[0]) if len(source) == 1 else None
    if name is not None and name[1] not in FAMILIES and not Path(source[0]).exists():
        from semialg.torch import model_of_name

        return model_of_name(source[0])
    return read_model(list(source), order=order, masks=masks)


def _write_certificates(report: Audit, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for at, finding in enumerate(report.findings):
        if finding.verdict.certificate is not None:
            ends = re.sub(r"[^\w.-]+", "_", f"{finding.layers[0]}-{finding.layers[-1]}")[:80]
            name = f"{at:03}-{finding.kind}-{ends}.json"
            write_atomically(str(folder / name), finding.verdict.certificate.to_json())
