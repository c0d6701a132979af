"""Text from outside, as it may stand in a message or on a terminal."""

from __future__ import annotations

import os

__all__ = ["show", "show_path"]


def show(text: object, length: int = 80) -> str:
    r"""Return a text from outside as it may stand in a one-line message: printable and not too long.

    Examples
    --------
    >>> show("fc1\x1b[2J")
    'fc1\\x1b[2J'
    """
    shown = str(text)
    if not shown.isprintable():
        shown = shown.encode("ascii", "backslashreplace").decode("ascii")
        shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in shown)
    return shown if len(shown) <= length else shown[: length - 3] + "..."


def show_path(path: str | os.PathLike[str]) -> str:
    """Return a path as it may stand in a one-line message; a very long one keeps its end.

    Examples
    --------
    >>> show_path("-")
    'standard input'
    """
    text = os.fspath(path)
    if text == "-":
        return "standard input"
    shown = show(text, len(text) * 10 + 1)
    return shown if len(shown) <= 200 else "..." + shown[-197:]
