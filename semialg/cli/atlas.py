"""``semialg atlas``: decide every small pattern, and look at the result."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from semialg import __version__
from semialg.cli.options import (
    json_option,
    pattern_argument,
    read_pattern,
    time_limit_option,
    written_afterwards,
)
from semialg.cli.progress import progress
from semialg.cli.status import Status, VerifyStatus

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from semialg.atlas.pool import Crew
    from semialg.atlas.summary import Summary

__all__ = ["command"]

_store = click.option(
    "--store",
    type=click.Path(dir_okay=False),
    help="The atlas file; by default the one that comes with semialg.",
)
_jobs = click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="Processes to use; by default one for each core."
)


@click.group("atlas")
def command() -> None:
    """Decide every small pattern up to relabeling, and look at the result.

    An atlas is an SQLite file with a verdict and a certificate for one representative of every orbit under
    permutations of rows, hidden units and columns and under transposition. The one that comes with semialg
    holds every two-layer pattern with at most three rows, units and columns.
    """


@command.command("build", short_help="Decide every pattern up to a size.")
@click.option("--rows", type=click.IntRange(min=1), metavar="M", help="Largest output dimension.")
@click.option("--units", type=click.IntRange(min=1), metavar="R", help="Largest number of hidden units.")
@click.option("--columns", type=click.IntRange(min=1), metavar="N", help="Largest input dimension.")
@click.option("--widths", metavar="MxRxN", help="The same in one word, for any number of layers: 3x3x3x3.")
@click.option(
    "--store", required=True, type=click.Path(dir_okay=False), help="The file to make or to go on with."
)
@_jobs
@click.option(
    "--dask", metavar="ADDRESS", help="Use the workers of this Dask cluster, say tcp://10.0.0.1:8786."
)
@click.option("--retry-unknown", is_flag=True, help="Try the undecided patterns of the file again.")
@click.option("--memory-limit", type=click.IntRange(min=1), metavar="MB", help="For each pattern.")
@time_limit_option
def build_command(
    rows: int | None,
    units: int | None,
    columns: int | None,
    widths: str | None,
    store: str,
    jobs: int | None,
    dask: str | None,
    retry_unknown: bool,
    memory_limit: int | None,
    time_limit: float,
) -> None:
    """Decide one representative of every orbit of a size and of all smaller sizes.

    Every finished pattern is on disk at once. A build that was stopped, even by kill -9, goes on where it was
    when the same command is given again. The time limit holds for each pattern.
    """
    from semialg.atlas.build import build

    size = _size(rows, units, columns, widths)
    if dask is not None and jobs is not None:
        raise click.UsageError("give --jobs or --dask, not both")
    with _crew(jobs, dask) as crew, progress("deciding") as advance:
        count = build(
            store,
            size,
            crew,
            time_limit=time_limit,
            memory_limit=memory_limit,
            retry_unknown=retry_unknown,
            version=__version__,
            on_progress=lambda done, total, _: advance(done, total),
        )
    click.echo(f"{count} patterns decided or tried in this run; {store} now holds:", err=True)
    click.echo(_totals(store))


def _size(rows: int | None, units: int | None, columns: int | None, widths: str | None) -> tuple[int, ...]:
    three = (rows, units, columns)
    if widths is not None:
        if any(value is not None for value in three):
            raise click.UsageError("give --widths, or --rows, --units and --columns, not both")
        from semialg.atlas.store import parse_widths

        return parse_widths(widths)
    if rows is None or units is None or columns is None:
        raise click.UsageError("the size is missing; give --rows, --units and --columns, or --widths")
    return rows, units, columns


def _crew(jobs: int | None, dask: str | None = None) -> AbstractContextManager[Crew]:
    from semialg.atlas.pool import dask_crew, local_crew

    return local_crew(jobs) if dask is None else dask_crew(dask)


def _totals(path: str) -> str:
    from collections import Counter

    from semialg.atlas.store import Store

    totals: Counter[str] = Counter()
    with Store(path) as store:
        for (_, verdict), count in store.counts().items():
            totals[verdict] += count
    words = ", ".join(f"{totals[verdict]} {verdict}" for verdict in ("closed", "not_closed", "unknown"))
    return f"{totals.total()} patterns: {words}"


@command.command("show", short_help="Show the entry of a pattern.")
@pattern_argument
@_store
@json_option
@click.option("--certificate", type=click.Path(dir_okay=False), help="Write the certificate to this file.")
@click.pass_context
def show_command(
    ctx: click.Context, pattern: tuple[str, ...], store: str | None, as_json: bool, certificate: str | None
) -> None:
    """Show the entry of a pattern, with the certificate carried to its labels.

    The exit status is that of `semialg check`.
    """
    from semialg.atlas.lookup import SHIPPED, find
    from semialg.errors import StoreError

    masks = read_pattern(pattern)
    path = store or str(SHIPPED)
    found = find(masks, path)
    if found is None:
        widths = "x".join(map(str, masks.widths))
        raise StoreError(f"{path}: there is no entry for this {widths} pattern; see `semialg atlas stats`")
    entry, own = found
    with written_afterwards((certificate, None if own is None else own.to_json())):
        if as_json:
            document = {**vars(entry), "certificate": None if own is None else own.document}
            click.echo(
                json.dumps({"masks": masks.to_lists(), "representative": document.pop("pattern"), **document})
            )
        else:
            lines = {
                "representative": entry.pattern,
                "verdict": entry.verdict.replace("_", " "),
                "checked": entry.checked or "-",
                "method": entry.method,
                "reason": entry.reason,
                "time": f"{entry.seconds:.3f} s",
            }
            click.echo("\n".join(f"{name + ':':<16}{text}" for name, text in lines.items()))
    ctx.exit(
        {"closed": Status.CLOSED, "not_closed": Status.NOT_CLOSED, "unknown": Status.UNKNOWN}[entry.verdict]
    )


@command.command("stats", short_help="Count verdicts, methods, minimal obstructions.")
@_store
@json_option
def stats_command(store: str | None, as_json: bool) -> None:
    """Count verdicts for each size, methods, and minimal obstructions."""
    from semialg.atlas.lookup import SHIPPED
    from semialg.atlas.store import Store
    from semialg.atlas.summary import summarize

    with Store(store or SHIPPED) as opened:
        summary = summarize(opened)
    click.echo(json.dumps(summary.to_json()) if as_json else _table(summary))


def _table(summary: Summary) -> str:
    document = summary.to_json()
    lines = [
        f"{'size':<10}{'orbits':>9}{'closed':>9}{'not cl.':>9}{'unknown':>9}{'holey':>7}{'missed by B.8':>15}"
    ]
    totals: dict[str, int] = dict.fromkeys(
        ("orbits", "closed", "not_closed", "unknown", "holey", "missed"), 0
    )
    for size in document["sizes"]:
        lines.append(_row("x".join(map(str, size["widths"])), size))
        for name in totals:
            totals[name] += size[name] or 0
    lines += [_row("all", totals), "", "methods"]
    lines += [f"{count:>9}  {method}" for method, count in document["methods"].items()]
    minimal = document["minimal"]
    beyond = sum(entry["lemma_b8"] is False for entry in minimal)
    lines += ["", f"minimal obstructions: {len(minimal)}; Lemma B.8 misses {beyond}"]
    for entry in minimal:
        remark = "" if entry["certain"] else "  (a minor is undecided)"
        lines.append(f"  {entry['pattern']:<32}{entry['method']}{remark}")
    return "\n".join(lines)


def _row(name: str, size: dict[str, Any]) -> str:
    missed = "-" if size["missed"] is None else size["missed"]
    return (
        f"{name:<10}{size['orbits']:>9}{size['closed']:>9}{size['not_closed']:>9}{size['unknown']:>9}"
        f"{size['holey']:>7}{missed:>15}"
    )


@command.command("verify", short_help="Check every certificate again.")
@_store
@_jobs
@json_option
@click.pass_context
def verify_command(ctx: click.Context, store: str | None, jobs: int | None, as_json: bool) -> None:
    """Have the independent checker judge every certificate again.

    Besides, every size must have as many entries as Burnside's lemma counts orbits. The exit status is 0 if
    there is no fault, else 1.
    """
    from semialg.atlas.build import verify
    from semialg.atlas.lookup import SHIPPED

    path = store or str(SHIPPED)
    with _crew(jobs) as crew, progress("checking") as advance:
        faults = verify(path, crew, on_progress=advance)
    if as_json:
        click.echo(json.dumps({"faults": [vars(fault) for fault in faults]}))
    else:
        for fault in faults:
            click.echo(f"{fault.where}: {fault.what}")
        click.echo(f"{_totals(path)}; {len(faults) or 'no'} fault{'' if len(faults) == 1 else 's'}")
    ctx.exit(VerifyStatus.INVALID if faults else VerifyStatus.VALID)


@command.command("plot", short_help="Draw which patterns are closed.")
@_store
@click.option(
    "--output", "-o", required=True, type=click.Path(dir_okay=False), help="Picture: .png, .svg, .pdf."
)
def plot_command(store: str | None, output: str) -> None:
    """Draw which patterns are closed, by size and density; needs the extra `plot`."""
    from semialg.atlas.lookup import SHIPPED
    from semialg.atlas.store import Store
    from semialg.plot.atlas import draw

    with Store(store or SHIPPED) as opened:
        draw(opened, output)


@command.command("minors", short_help="Compute the catalog of forbidden minors.")
@_store
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False), help="Write the catalog to this file (.json.gz)."
)
def minors_command(store: str | None, output: str | None) -> None:
    """Compute the catalog of forbidden minors: the cores of the minimal obstructions, with proofs."""
    from pathlib import Path

    from semialg.atlas.catalog import catalog, catalog_bytes
    from semialg.atlas.lookup import SHIPPED
    from semialg.atlas.store import Store
    from semialg.pattern.pattern import Pattern

    with Store(store or SHIPPED) as opened:
        documents = catalog(opened)
    for document in documents:
        click.echo(Pattern(document["claim"]["masks"]).to_inline())
    if output is not None:
        Path(output).write_bytes(catalog_bytes(documents))
