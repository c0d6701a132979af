"""``semialg factorize``: exact factors of a matrix with prescribed supports, or why there are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from semialg.cli.numbers import read_matrix
from semialg.cli.options import json_option, pattern_argument, pattern_words, read_pattern
from semialg.cli.status import Status

if TYPE_CHECKING:
    from semialg.closedness.factorization import Factorization

__all__ = ["command"]

_STATUS = {"member": Status.CLOSED, "not_member": Status.NOT_CLOSED, "unknown": Status.UNKNOWN}


@click.command("factorize")
@pattern_argument
@click.option(
    "--target",
    required=True,
    metavar="FILE",
    help='The matrix: a JSON file or text of rows with integers and texts "p/q"; - for standard input.',
)
@json_option
@click.pass_context
def command(ctx: click.Context, pattern: tuple[str, ...], target: str, as_json: bool) -> None:
    """Find exact factors with these masks whose product is a given matrix.

    Where the pattern reaches every matrix of the target's rank the proof of that is run as an algorithm;
    elsewhere a search lets the units lower the rank one after another. A target that violates a rank
    inequality has no factors, and the proof names it. Exit status: 0 factors found, 1 there are none, 3
    unknown. PATTERN is as for `semialg check`; it has one or two layers.
    """
    from semialg.closedness.factorization import factorize

    masks = read_pattern(pattern)
    found = factorize(masks, read_matrix(target, "the target"))
    if as_json:
        click.echo(json.dumps(_document(found)))
    else:
        _print(found, pattern_words(pattern))
    ctx.exit(_STATUS[found.answer])


def _document(found: Factorization) -> dict[str, Any]:
    factors = None
    if found.factors is not None:
        factors = [[[str(value) for value in row] for row in factor] for factor in found.factors]
    return {"answer": found.answer, "factors": factors, "proof": found.proof, "reason": found.reason}


def _print(found: Factorization, name: str) -> None:
    words = {
        "member": "these factors have the target as their product",
        "not_member": "no factors",
        "unknown": "unknown",
    }
    click.echo(f"{name}: {words[found.answer]}\n")
    for at, factor in enumerate(found.factors or ()):
        texts = [[str(value) for value in row] for row in factor]
        sizes = [max(map(len, column)) for column in zip(*texts, strict=True)]
        lines = [" ".join(text.rjust(size) for text, size in zip(row, sizes, strict=True)) for row in texts]
        click.echo(
            "\n".join(f"    {'XY'[at] + ' =' if not i else '   '} [{line}]" for i, line in enumerate(lines))
            + "\n"
        )
    click.echo(f"{found.reason[0].upper()}{found.reason[1:]}.")
