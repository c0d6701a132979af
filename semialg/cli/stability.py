"""``semialg stability``: do the parameters of two shallow ReLU networks follow their functions."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from semialg.cli.options import json_option, output_option, write_output
from semialg.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from semialg.relu.inverse_stability.balanced import BalancedNetwork
    from semialg.relu.inverse_stability.claims import Claim
    from semialg.relu.inverse_stability.network import BiasedNetwork, Network

__all__ = ["command"]


@click.command("stability")
@click.argument(
    "networks", nargs=-1, type=click.Path(dir_okay=False, path_type=Path), metavar="[FIRST SECOND]"
)
@click.option(
    "--pathology",
    type=click.Choice(["exploding", "unbalanced", "redundant", "opposite"]),
    help="Show one of the four pathologies instead.",
)
@click.option(
    "--k", "k", default="10", show_default=True, metavar="K", help="The parameter of the pathology."
)
@click.option("--embed", is_flag=True, help="Embed both networks at inputs (x, 1, -1) first.")
@click.option("--tolerance", metavar="T", help="Round floats (npz, JSON numbers) to rationals this near.")
@click.option(
    "--export",
    "language",
    type=click.Choice(["smtlib"]),
    help="Write the claims as a script; every answer of a solver has to be unsat.",
)
@output_option
@json_option
def command(
    networks: tuple[Path, ...],
    pathology: str | None,
    k: str,
    tolerance: str | None,
    language: str | None,
    output: str | None,
    *,
    embed: bool,
    as_json: bool,
) -> None:
    """Compare two shallow ReLU networks: functions, parameters, and the nearest reparametrization.

    FIRST and SECOND are JSON files {"weights": m rows of d, "output": D rows of m} of exact texts "p/q", or
    npz files of such arrays. Printed are the Sobolev seminorm of the difference of the functions, whether
    the parameters are in the restricted set and how to repair them, and the parameters of the second function
    that are nearest to the first network, with the ratio to the bound 4 |difference|^(1/2). All numbers are
    exact.
    """
    if as_json and language is not None:
        raise click.UsageError("--json and --export exclude each other")
    if pathology is not None:
        if networks or embed or tolerance is not None:
            raise click.UsageError("--pathology takes no networks; leave them, --embed and --tolerance out")
        text = _pathology(pathology, _rational(k), language, as_json=as_json)
    elif not networks and language is not None:
        text = _theorem()
    elif len(networks) != 2:
        raise click.UsageError(f"found {len(networks)} network files; expected two, or --pathology")
    else:
        text = _compare(networks[0], networks[1], tolerance, language, embed=embed, as_json=as_json)
    write_output(output, text)


def _theorem() -> str:
    from semialg.relu.inverse_stability.claims import script
    from semialg.relu.inverse_stability.report import all_claims

    return script(all_claims())


def _pathology(name: str, k: Fraction, language: str | None, *, as_json: bool) -> str:
    from semialg.relu.inverse_stability.claims import script
    from semialg.relu.inverse_stability.report import pathology_claims, pathology_document, pathology_text

    if language is not None:
        return script(pathology_claims(name))
    with _printable():
        return json.dumps(pathology_document(name, k)) if as_json else pathology_text(name, k)


def _compare(
    first: Path, second: Path, tolerance: str | None, language: str | None, *, embed: bool, as_json: bool
) -> str:
    from semialg.relu.inverse_stability.analysis import analyse
    from semialg.relu.inverse_stability.claims import script
    from semialg.relu.inverse_stability.reading import read_network
    from semialg.relu.inverse_stability.report import analysis_text

    given = [read_network(path, tolerance) for path in (first, second)]
    reader = _embedded if embed else _plain
    (gamma, one), (other, two) = (reader(path, n) for path, n in zip((first, second), given, strict=True))
    found = analyse(gamma, other)
    with _printable():
        if language is not None:
            return script([*one, *two, *found.claims()])
        return json.dumps(found.document()) if as_json else analysis_text(found)


@contextmanager
def _printable() -> Iterator[None]:
    try:
        yield
    except DataError:
        raise
    except ValueError as error:  # Python prints no integers of more than 4300 digits
        raise DataError(f"the answer has numbers that are too long to print ({error})") from None


def _plain(
    path: Path, network: BiasedNetwork | BalancedNetwork
) -> tuple[Network | BalancedNetwork, list[Claim]]:
    from semialg.relu.inverse_stability.balanced import BalancedNetwork

    if isinstance(network, BalancedNetwork):
        return network, []
    if not network.plain:
        raise DataError(f"{path}: the network has biases or constants; expected none, or use --embed")
    return network.network, []


def _embedded(
    path: Path, network: BiasedNetwork | BalancedNetwork
) -> tuple[Network | BalancedNetwork, list[Claim]]:
    from semialg.relu.inverse_stability.balanced import BalancedNetwork
    from semialg.relu.inverse_stability.claims_instance import embedding_claims
    from semialg.relu.inverse_stability.embedding import embed, is_embedded

    if isinstance(network, BalancedNetwork):
        raise DataError(f"{path}: a network of balanced neurons; expected one with weights to embed")
    found = embed(network)
    if not is_embedded(network, found):
        raise AssertionError(f"{path}: the embedding has another function; please report this")
    return found, embedding_claims(path.name, network, found)


def _rational(text: str) -> Fraction:
    from semialg.intake.numbers import read_number

    return read_number(text, "--k", DataError)
