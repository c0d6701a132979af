"""The one strict reader of JSON: no repeated keys, no NaN, no deep nesting, no endless numbers."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from semialg.errors import DataError
from semialg.intake.shown import show, show_path
from semialg.intake.sources import LARGEST_TEXT, read_bytes

if TYPE_CHECKING:
    import os

    from semialg.errors import SemialgError

__all__ = ["read_json", "strict_json"]

#: Deepest nesting of lists and objects, as in the checker.
_DEEPEST = 200


def strict_json(
    data: bytes | str, what: str, error: type[SemialgError] = DataError, *, nonfinite: bool = False
) -> Any:
    """Return the JSON value in ``data``.

    Parameters
    ----------
    data
        The text; bytes are UTF-8.
    what
        What it is, for messages.
    error
        The class of the error.
    nonfinite
        Whether NaN and infinity are let through, for readers that say where they stand.

    Raises
    ------
    SemialgError
        An ``error``, for repeated keys in an object, NaN, infinity, values nested more than 200 deep, numbers
        of thousands of digits, and what is no JSON in UTF-8 at all.

    Examples
    --------
    >>> strict_json(b'{"a": 1, "a": 2}', "the file")
    Traceback (most recent call last):
    ...
    semialg.errors.DataError: the file has the key 'a' twice in one object; expected distinct keys
    """

    def constant_of(constant: str) -> float:
        if nonfinite:
            return float(constant)
        raise error(f"{what} holds {constant}; expected JSON numbers")

    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        value = json.loads(
            text,
            object_pairs_hook=partial(_distinct, what, error),
            parse_constant=constant_of,
        )
    except error:
        raise
    except UnicodeDecodeError as problem:
        raise error(f"{what} is not UTF-8 text (byte {problem.start}); expected JSON") from None
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno}, column {problem.colno}"
        raise error(f"{what} is not JSON ({place}: {problem.msg.lower()})") from None
    except ValueError:  # a number with more digits than Python converts
        raise error(
            f"{what} holds a number with thousands of digits; expected JSON with shorter ones"
        ) from None
    except RecursionError:
        raise error(f"{what} is nested too deeply; expected values at most {_DEEPEST} deep") from None
    if _is_deep(value):
        raise error(f"{what} is nested too deeply; expected values at most {_DEEPEST} deep")
    return value


def _distinct(what: str, error: type[SemialgError], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = dict(pairs)
    if len(found) < len(pairs):
        twice = show(_repeated([key for key, _ in pairs]), 40)
        raise error(f"{what} has the key '{twice}' twice in one object; expected distinct keys")
    return found


def _repeated(keys: list[str]) -> str:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return ""


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner += [v for v in item.values() if isinstance(v, list | dict)]
            elif isinstance(item, list):
                inner += [v for v in item if isinstance(v, list | dict)]
        if not inner:
            return False
        level = inner
    return True


def read_json(
    source: str | os.PathLike[str],
    *,
    most: int = LARGEST_TEXT,
    error: type[SemialgError] = DataError,
    expected: str = "a JSON file",
    nonfinite: bool = False,
) -> Any:
    """Return the JSON value in a file, a pipe or (for ``-``) standard input.

    Raises
    ------
    SemialgError
        An ``error``, as for :func:`~semialg.intake.sources.read_bytes` and :func:`strict_json`; the message
        begins with the name of the source.
    """
    data = read_bytes(source, most=most, error=error, expected=expected)
    try:
        return strict_json(data, "the text", error, nonfinite=nonfinite)
    except error as problem:
        raise error(f"{show_path(source)}: {problem}") from None
