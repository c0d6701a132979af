"""Arguments and options that several commands share."""

from __future__ import annotations

import math
import os
import shlex
import tempfile
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from semialg.errors import CertificateError, PatternError
from semialg.intake.sources import LARGEST_TEXT, as_file, is_stream, read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from semialg.pattern.pattern import Pattern

__all__ = [
    "certificate_option",
    "chain_option",
    "chosen_chain",
    "json_option",
    "limit_options",
    "output_option",
    "parse_seconds",
    "pattern_argument",
    "pattern_words",
    "read_certificate",
    "read_pattern",
    "read_within",
    "time_limit_option",
    "write_atomically",
    "write_output",
]

_LEAST = 0.001
"""Seconds that are left at least: the search itself says that its time is over."""
_NEGLIGIBLE = 0.05
"""Reading in so small a part of the limit does not count, so that messages name the limit that was given."""

_CHAIN = "semialg.chain"


def _remember(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    ctx.meta[_CHAIN] = value


#: ``--chain A,B,...``: the pattern is that of some layers of a model. :func:`read_pattern` asks for it.
chain_option = click.option(
    "--chain",
    metavar="A,B,...",
    expose_value=False,
    callback=_remember,
    help="The pattern is that of these layers of the model PATTERN (as for `semialg audit`), input first.",
)


def pattern_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the argument ``PATTERN...`` and the option ``--chain`` to a command."""
    argument = click.argument("pattern", nargs=-1, required=True, metavar="PATTERN...")
    return argument(chain_option(command))


def chosen_chain() -> str | None:
    """Return what ``--chain`` names in the command that runs, None where it names nothing."""
    ctx = click.get_current_context(silent=True)
    return None if ctx is None else ctx.meta.get(_CHAIN)


json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object and nothing else on standard output."
)


def _writable(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    # Said before the work begins, not after it.
    if value == "":
        raise click.BadParameter("the name of the file is empty", ctx, param)
    folder = Path(value).parent if value is not None else None
    if folder is not None and not os.access(folder, os.W_OK | os.X_OK):
        raise click.BadParameter(f"nothing can be written to the folder {str(folder)!r}", ctx, param)
    return value


output_option = click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False),
    callback=_writable,
    help="Write to this file instead of standard output.",
)

certificate_option = click.option(
    "--certificate",
    type=click.Path(dir_okay=False),
    callback=_writable,
    help="Write the certificate to this file.",
)


def parse_seconds(value: str | float) -> float:
    """Return an option that is a time; the type of all of them.

    Raises
    ------
    click.BadParameter
        If it is no positive, finite number.
    """
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not 0 < found < math.inf:
        raise click.BadParameter(f"{str(value)!r} is not a time; expected a positive number of seconds")
    return found


#: ``--time-limit SECONDS``.
time_limit_option = click.option(
    "--time-limit",
    type=parse_seconds,
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="Stop with `unknown` after this time.",
)


def limit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--time-limit`` and ``--memory-limit`` to a command."""
    command = click.option(
        "--memory-limit",
        type=click.IntRange(min=1),
        metavar="MB",
        help="Stop with `unknown` when the search needs more memory than this.",
    )(command)
    return time_limit_option(command)


def read_pattern(arguments: Sequence[str]) -> Pattern:
    """Return the pattern that the arguments name: one name or file, or several files with one mask each.

    Where ``--chain`` is given, they name a model.
    """
    chain = chosen_chain()
    if chain is not None:
        from semialg.cli.models import pattern_of_chain

        return pattern_of_chain(arguments, chain)
    from semialg.pattern.pattern import Pattern

    return Pattern.parse(arguments[0] if len(arguments) == 1 else list(arguments))


def read_within(
    arguments: Sequence[str], time_limit: float, memory_limit: int | None = None
) -> tuple[Pattern, float]:
    """Return the pattern that the arguments name, and what is left of the time limit.

    Raises
    ------
    LimitError
        If a limit was reached while files were read.
    """
    start = monotonic()
    for argument in arguments:
        if is_stream(argument):  # read here: a child has no standard input
            as_file(argument, most=LARGEST_TEXT, error=PatternError, expected="a mask file")
    # A pattern may be no path at all.
    if memory_limit is not None or chosen_chain() or any(a == "-" or os.path.exists(a) for a in arguments):  # noqa: PTH110
        # Imported before the fork: the child would load them for itself alone.
        from semialg.pattern import files, parse  # noqa: F401
        from semialg.solvers.child import run_in_child

        name = "reading the pattern"
        pattern = run_in_child(
            read_pattern, (arguments,), time_limit=time_limit, memory_limit=memory_limit, name=name
        )
    else:
        pattern = read_pattern(arguments)
    spent = monotonic() - start
    return pattern, time_limit if spent < _NEGLIGIBLE * time_limit else max(time_limit - spent, _LEAST)


def read_certificate(path: str) -> bytes:
    """Return the bytes of a certificate file; pipes are fine, and ``-`` is standard input.

    Raises
    ------
    CertificateError
        If there is no such file, it cannot be read, is a device, or longer than the checker takes.
    """
    from semialg.checker.decode import MAX_BYTES

    return read_bytes(path, most=MAX_BYTES, error=CertificateError, expected="a certificate file")


def pattern_words(arguments: Sequence[str]) -> str:
    """Return the arguments as they are typed in a shell, without what would move a cursor or turn a text."""
    from semialg.pattern.reading import show

    chain = chosen_chain()
    words = [*arguments, *(["--chain", chain] if chain is not None else [])]
    return " ".join(show(shlex.quote(word), len(word) * 10 + 20) for word in words)


@contextmanager
def written_afterwards(*files: tuple[str | None, str | bytes | None]) -> Iterator[None]:
    """Write files after a block that prints what was found, also when nobody reads that to its end.

    Printed first, because a full disk must not hide an answer; written all the same, because a reader that
    has gone (``| head``) must not cost the file. A path or a content that is None is passed over.
    """
    try:
        yield
    finally:
        for path, content in files:
            if path is not None and content is not None:
                write_atomically(path, content)


def write_atomically(path: str, content: str | bytes) -> None:
    """Write a file so that a reader, or a crash, never sees half of it.

    A device or a pipe, such as /dev/null, is written to: putting a plain file in its place would destroy it.
    A link stays, and the file that it leads to is replaced.

    Raises
    ------
    OSError
        If it cannot be written; ``filename`` is the path as it was given.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        _write(Path(path).resolve(), data)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None  # not the name of the temporary file


def _write(target: Path, data: bytes) -> None:
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            file.write(data)
        return
    handle, temporary = tempfile.mkstemp(
        prefix=f".{target.name[:50]}.", suffix=".part", dir=target.parent, text=False
    )
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_output(path: str | None, text: str) -> None:
    """Write text to a file, or to standard output where no file is named."""
    text = text if text.endswith("\n") else text + "\n"
    if path is None:
        click.echo(text, nl=False)
    else:
        write_atomically(path, text)
