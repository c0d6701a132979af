"""The one bounded reader of files, pipes and standard input.

``-`` is standard input. Pipes are read to their end or to the limit, whichever comes first. Devices are
refused by name: ``/dev/zero`` has no end, and ``/dev/null`` holds nothing.
"""

from __future__ import annotations

import atexit
import os
import select
import stat
import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from semialg.errors import DataError
from semialg.intake.shown import show, show_path

if TYPE_CHECKING:
    from typing import IO

    from semialg.errors import SemialgError

__all__ = ["LARGEST_TEXT", "as_file", "is_stream", "kind_of", "read_bytes", "read_text"]

#: Largest text, in bytes, that is read where a reader does not say otherwise.
LARGEST_TEXT = 2**28

_CHUNK = 1 << 20
_PATIENCE = 1.0


def read_bytes(
    source: str | os.PathLike[str],
    *,
    most: int = LARGEST_TEXT,
    error: type[SemialgError] = DataError,
    expected: str = "a file",
) -> bytes:
    """Return the bytes of a file, a pipe, or (for ``-``) standard input.

    Parameters
    ----------
    source
        The path, or ``-``.
    most
        The largest number of bytes; no more than one byte beyond is read.
    error
        The class of the error.
    expected
        What it should have been, for the message.

    Raises
    ------
    SemialgError
        An ``error``, if there is nothing of this name, it is a folder or a device, cannot be read, or holds
        more bytes; the message begins with the name.

    Examples
    --------
    >>> read_bytes("/dev/zero")
    Traceback (most recent call last):
    ...
    semialg.errors.DataError: /dev/zero: is a device; expected a file
    """
    name = show_path(source)
    path = _HELD.get(os.fspath(source), Path(source))
    try:
        if os.fspath(path) == "-":
            return _drained(sys.stdin.buffer, most, name, error)
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise error(f"{name}: is a directory; expected {expected}")
        if stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode):
            raise error(f"{name}: is a device; expected {expected}")
        if stat.S_ISREG(status.st_mode) and status.st_size > most:
            raise error(f"{name}: has {status.st_size} bytes; expected at most {most}")
        if stat.S_ISFIFO(status.st_mode):
            stream, first = _open_pipe(path, name, expected, error)
            with stream:
                return first + _drained(stream, most - len(first), name, error)
        with path.open("rb") as stream:
            return _drained(stream, most, name, error)
    except ValueError as problem:  # a path with a zero byte, or one that the file system cannot encode
        if isinstance(problem, error):
            raise
        raise error(f"{name}: is not a path ({show(problem)}); expected {expected}") from None
    except OSError as problem:
        if isinstance(problem, error):
            raise
        raise error(f"{name}: cannot be read ({problem.strerror or problem}); expected {expected}") from None
    except MemoryError:
        raise error(f"{name}: needs more memory than there is; expected a smaller file") from None


def _open_pipe(path: Path, name: str, expected: str, error: type[SemialgError]) -> tuple[IO[bytes], bytes]:
    """Open a pipe without waiting for ever for someone who writes to it; a first byte may be read already."""
    pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    watch = select.poll()
    watch.register(pipe, select.POLLIN | select.POLLHUP)
    deadline = monotonic() + _PATIENCE
    first = b""
    while not first and not watch.poll(0):
        try:
            first = os.read(pipe, 1)  # nothing is there; without a writer that is the end of the file
        except BlockingIOError:
            break
        if monotonic() > deadline:
            os.close(pipe)
            raise error(
                f"{name}: is a pipe that nobody writes to, and is not a regular file; expected {expected}"
            )
        sleep(_PATIENCE / 50)
    os.set_blocking(pipe, True)
    return os.fdopen(pipe, "rb"), first


def _drained(stream: IO[bytes], most: int, name: str, error: type[SemialgError]) -> bytes:
    # In pieces: read(n) of a buffered stream would take n bytes of memory at once.
    pieces: list[bytes] = []
    count = 0
    while count <= most:
        piece = stream.read(min(_CHUNK, most + 1 - count))
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        count += len(piece)
    raise error(f"{name}: holds more than {most} bytes; expected at most as many")


def read_text(
    source: str | os.PathLike[str],
    *,
    most: int = LARGEST_TEXT,
    error: type[SemialgError] = DataError,
    expected: str = "a text file",
) -> str:
    """Return the text of a file, a pipe or standard input, in UTF-8; a mark of byte order is dropped.

    Raises
    ------
    SemialgError
        An ``error``, as for :func:`read_bytes`, or if the bytes are no UTF-8 text; the message says which
        line.
    """
    data = read_bytes(source, most=most, error=error, expected=expected)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        raise error(
            f"{show_path(source)}, line {line}: holds bytes that are no UTF-8 text; expected {expected}"
        ) from None


def is_stream(source: str | os.PathLike[str]) -> bool:
    """Whether a source can be read only once: standard input, or a pipe."""
    if os.fspath(source) == "-":
        return True
    try:
        return stat.S_ISFIFO(os.stat(source).st_mode)  # noqa: PTH116 - it may be no path at all
    except (OSError, ValueError):
        return False


#: What streams held: readers look at files more than once, and in children that have no standard input.
_HELD: dict[str, Path] = {}


def as_file(
    source: str | os.PathLike[str],
    *,
    most: int,
    error: type[SemialgError] = DataError,
    expected: str = "a file",
) -> Path:
    """Return the path of a file with the content of a source; a stream is copied to a temporary file once.

    A source that is no stream is returned as it is, not looked at. The copy lives as long as this process,
    and its extension is that of the format that it begins like (see :func:`kind_of`).

    Raises
    ------
    SemialgError
        An ``error``, as for :func:`read_bytes`.
    """
    key = os.fspath(source)
    if key in _HELD:
        return _HELD[key]
    if not is_stream(source):
        return Path(source)
    data = read_bytes(source, most=most, error=error, expected=expected)
    handle, name = tempfile.mkstemp(prefix="semialg-", suffix=kind_of(data))
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    if not _HELD:
        atexit.register(_drop, os.getpid())
    _HELD[key] = Path(name)
    return _HELD[key]


def kind_of(data: bytes) -> str:
    """Return the extension of the format that the first bytes of a stream are of, or an empty text.

    Examples
    --------
    >>> kind_of(b'{"masks": []}'), kind_of(b"%%MatrixMarket matrix"), kind_of(b"x + y <= 1")
    ('.json', '.mtx', '')
    """
    head = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if data[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        return ".pt" if b"/data.pkl" in data[:4096] else ".npz"
    if len(data) > 9 and int.from_bytes(data[:8], "little") < len(data) and data[8:9] == b"{":
        return ".safetensors"
    starts = {b"\x93NUMPY": ".npy", b"%%matrixmarket": ".mtx", b"{": ".json", b"[": ".json"}
    binary = {b"\x80": ".pt", b"\x08": ".onnx"}
    for start, extension in (*starts.items(), *binary.items()):
        if data.startswith(start) or head.lower().startswith(start):
            return extension
    return ""


def _drop(owner: int) -> None:
    if os.getpid() == owner:  # a fork inherits the list, not the files
        for path in _HELD.values():
            path.unlink(missing_ok=True)
        _HELD.clear()
