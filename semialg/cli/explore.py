"""``semialg explore``: the page on this machine where patterns are drawn and verdicts looked at."""

from __future__ import annotations

import click

from semialg.cli.options import time_limit_option
from semialg.errors import BackendError

__all__ = ["command"]


@click.command("explore")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="The port on 127.0.0.1; 0 takes a free one.",
)
@click.option("--browser/--no-browser", default=True, show_default=True, help="Open the page in the browser.")
@time_limit_option
def command(port: int, browser: bool, time_limit: float) -> None:
    """Draw masks, and see verdict, weights, data and proof, on a page of this machine.

    Prints one line with the link when it is ready, and serves until it is interrupted. The page loads nothing
    from elsewhere, reads and writes no files, and answers only to who has the link.
    """
    try:
        from semialg.explore.app import serve
    except ImportError as error:
        raise BackendError(
            f"the explorer needs {error.name or 'starlette'}, which is not installed; expected the extra "
            "'explore': pip install 'semialg-closedness[explore]'"
        ) from error

    def ready(link: str) -> None:
        click.echo(link)
        if browser:
            click.launch(link)

    try:
        serve(port, time_limit, ready)
    except OSError as error:
        raise BackendError(
            f"port {port} of 127.0.0.1 cannot be served: {error.strerror}; try --port 0"
        ) from error
