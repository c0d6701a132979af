"""The ``semialg`` command itself: a table of commands, and what happens when one of them fails.

Exit status 1 means "not closed", so nothing else may end with 1: usage errors and bad input end with 2,
a crash of semialg itself with 70.
"""

from __future__ import annotations

import sys
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

import click

from semialg import __version__
from semialg.cli.status import Status
from semialg.errors import NothingToShowError, SemialgError, UndecidedError

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["COMMANDS", "LazyGroup", "cli", "main"]

#: Every command: the module whose attribute ``command`` it is, and its line in ``semialg --help``.
COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("semialg.cli.check", "Decide whether training with this pattern always has an optimum."),
    "check-map": ("semialg.cli.check_map", "Decide whether the image of a polynomial map is closed."),
    "verify": ("semialg.cli.verify", "Re-check a certificate with the independent checker."),
    "formalize": ("semialg.cli.formalize", "Print a certificate as a theorem for Coq."),
    "witness": ("semialg.cli.witness", "Show a sequence whose weights blow up, as a table."),
    "factorize": ("semialg.cli.factorize", "Find exact factors of a matrix with these masks."),
    "dataset": ("semialg.cli.dataset", "Make a data set on which training has no optimum."),
    "existence": ("semialg.cli.existence", "Say whether training has an optimum on given points."),
    "audit": ("semialg.cli.audit", "Audit the layers of a model: checkpoint, ONNX file, torch module."),
    "repair": ("semialg.cli.repair", "Change the masks of a model so that every chain is closed."),
    "suggest": ("semialg.cli.suggest", "Suggest closed patterns: by widths, or near a given one."),
    "explain": ("semialg.cli.explain", "Write the proof as prose, in text or LaTeX."),
    "export": ("semialg.cli.export", "Write the exact sentence for an SMT or algebra system."),
    "backends": ("semialg.cli.backends", "List the solvers that are installed, and how to get the others."),
    "explore": ("semialg.cli.explore", "Draw masks on a page of this machine, and see what happens."),
    "atlas": ("semialg.cli.atlas", "Decide every small pattern, and look at the result."),
    "experiment": ("semialg.cli.experiment", "Repeat the experiments of the paper, with certificates."),
    "eliminate": ("semialg.cli.eliminate", "Eliminate variables from linear inequalities, exactly."),
    "train-exact": ("semialg.cli.train_exact", "Train a small ReLU network with one output exactly."),
    "optima": ("semialg.cli.optima", "Find all optima of a two-layer ReLU network with weight decay."),
    "stability": ("semialg.cli.stability", "Compare two ReLU networks: do parameters follow functions?"),
    "proofs": ("semialg.cli.proofs", "Check a folder of certificates."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command, or None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant; for an unknown name say which one it may have been."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=2)
            if not near:
                raise
            meant = " or ".join(f"'{name}'" for name in near)
            raise click.UsageError(f"{error.message.rstrip('.')}. Did you mean {meant}?", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command and exit; errors become one sentence on standard error with a status."""
        extra["standalone_mode"] = False
        try:
            status = super().main(*args, **extra)
        except click.ClickException as error:
            status = _fail(_usage(error), Status.BAD_INPUT)
        except NothingToShowError as error:
            status = _fail(str(error), Status.NOTHING_TO_SHOW)
        except UndecidedError as error:
            status = _fail(str(error), Status.UNKNOWN)
        except SemialgError as error:
            status = _fail(str(error), Status.BAD_INPUT)
        except OSError as error:
            status = _fail(_operating_system(error), Status.BAD_INPUT)
        except MemoryError:
            status = _fail("the memory ran out; try a smaller pattern", Status.BAD_INPUT)
        except (click.Abort, KeyboardInterrupt):
            status = _fail("interrupted", Status.INTERRUPTED)
        except SystemExit as stop:
            # click and rich end with status 1 when the reader of a pipe has gone, which would read as
            # "not closed". click leaves a wrapper behind; rich exits while it handles the error.
            broken = type(sys.stdout).__name__.endswith("PacifyFlushWrapper") or isinstance(
                stop.__context__, BrokenPipeError
            )
            status = Status.BROKEN_PIPE if broken else stop.code
        sys.exit(int(status) if isinstance(status, int) else status)


_MOST = 1500
"""Characters of a message; what the user typed is part of many."""


def _fail(message: str, status: Status) -> Status:
    click.echo(f"semialg: {_printable(' '.join(message.split()))}", err=True)
    return status


def _printable(text: str) -> str:
    """Return a text that does nothing to a terminal, without its middle if it is very long."""
    if len(text) > _MOST:
        text = f"{text[: _MOST // 2]} ... {text[-_MOST // 3 :]}"
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _usage(error: click.ClickException) -> str:
    message = error.format_message().rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{message}; run `{context.command_path} --help`" if context is not None else message


def _operating_system(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}" if error.filename is not None else str(error)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A pattern is a name such as lu:3, rows such as 10/11*11/01, or mask files. "
    "Run `semialg COMMAND --help` for the details of one command.",
)
@click.version_option(__version__, "--version", prog_name="semialg")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Decide, with checkable proofs, whether a set of sparse matrix products is closed.

    A sparsity pattern (masks of a factorization or of a sparse network) whose set of products is not
    closed has training problems without an optimum: the loss goes down for ever while the weights blow up.

    Around it: linear inequalities, small networks trained to the proved optimum, all optima under weight
    decay, and how far parameters follow functions.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(Status.BAD_INPUT)


def main() -> None:
    """Entry point of the ``semialg`` script."""
    sys.excepthook = _crash
    if isinstance(sys.stdout, TextIOWrapper):
        # The names of files and layers need not be text, or not in the encoding of the terminal.
        sys.stdout.reconfigure(errors="backslashreplace")
    cli.main(prog_name="semialg")


def _crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    sys.__excepthook__(kind, error, trace)
    click.echo("semialg: this is a fault of semialg itself; please report it with the lines above", err=True)
    raise SystemExit(Status.CRASH)
