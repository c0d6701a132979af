"""What the readers of mask files share: limits, strict JSON, and how arrays become masks in product order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from semialg.errors import PatternError
from semialg.intake.json_text import strict_json as guarded_json
from semialg.intake.shown import show, show_path
from semialg.pattern.mask import Mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = [
    "CHECKPOINT",
    "MAX_BYTES",
    "MAX_MASKS",
    "MAX_TEXT_BYTES",
    "NamedMasks",
    "checked_count",
    "in_natural_order",
    "masks_of_arrays",
    "read_text_bytes",
    "show",
    "show_path",
    "strict_json",
]

#: Largest number of bytes that the arrays of a binary mask file may take, together and uncompressed.
MAX_BYTES = 2**31

#: Largest size of a text file of masks (``.json``, ``.mtx``).
MAX_TEXT_BYTES = 2**28

#: Largest number of masks of a pattern that is read from an argument or a file.
MAX_MASKS = 4096


def read_text_bytes(path: Path) -> bytes:
    """Return the bytes of a text file; raise PatternError if there are too many."""
    size = path.stat().st_size
    if size > MAX_TEXT_BYTES:
        raise PatternError(f"the file has {size} bytes; expected at most {MAX_TEXT_BYTES} in a text format")
    return path.read_bytes()


def strict_json(data: bytes, what: str) -> Any:
    """Return the JSON value in ``data``; see :func:`semialg.intake.json_text.strict_json`.

    Raises
    ------
    PatternError
        If it has repeated keys, NaN, deep nesting, endless numbers, or is no JSON at all.

    Examples
    --------
    >>> strict_json(b'{"a": 1, "a": 2}', "the file")
    Traceback (most recent call last):
    ...
    semialg.errors.PatternError: the file has the key 'a' twice in one object; expected distinct keys
    """
    return guarded_json(data, what, PatternError)


def in_natural_order(names: Mapping[str, Any]) -> list[str]:
    """Return the names sorted with runs of digits compared as numbers: ``arr_9`` before ``arr_10``.

    Examples
    --------
    >>> in_natural_order({"arr_10": 0, "arr_9": 0, "arr_1": 0})
    ['arr_1', 'arr_9', 'arr_10']
    """

    def key(name: str) -> tuple[list[tuple[str, int, str]], str]:
        pieces = re.findall(r"([^0-9]*)([0-9]*)", name)
        # A number compares by its length without leading zeros, then by its digits: no conversion is needed.
        numbers = [(text, len(digits.lstrip("0")), digits.lstrip("0")) for text, digits in pieces]
        return numbers, name

    return sorted(names, key=key)


def checked_count(count: int, what: str = "masks") -> None:
    """Raise PatternError if there is no mask, or more than :data:`MAX_MASKS`."""
    if count < 1:
        raise PatternError(f"there are no {what}; expected at least one mask")
    if count > MAX_MASKS:
        raise PatternError(f"there are {count} {what}; expected at most {MAX_MASKS}")


class NamedMasks(list[Mask]):
    """The masks of a file in product order, with their names in the file."""

    def __init__(self, masks: Iterable[Mask], names: Iterable[str]) -> None:
        super().__init__(masks)
        self.names = tuple(show(name, 80) for name in names)


#: What a file of weights is told.
CHECKPOINT = "this is a checkpoint of a model, not a file of masks: use semialg audit"

_OF_WEIGHTS = re.compile(
    r"(^|[._/])((weight|bias|kernel|scale)(_orig|_mask)?|running_(mean|var)|\w+_orig)(:0)?$"
)


def masks_of_arrays(arrays: Mapping[str, NDArray[Any]], what: str) -> list[Mask]:
    """Return the masks in named arrays, in the natural order of the names; one array may be a stack.

    ``what`` is what the format calls an array. A name may be empty where the array has none.

    Raises
    ------
    PatternError
        If an array is no mask; where names or entries show that this is a checkpoint, that is said.
    """
    checked_count(len(arrays), f"{what}s")
    masked = [name for name in arrays if "mask" in name.lower()]
    if 0 < len(masked) < len(arrays):
        raise PatternError(
            f"it holds masks such as '{show(masked[0], 60)}' beside other {what}s: {CHECKPOINT}"
        )
    try:
        if len(arrays) == 1:
            ((name, array),) = arrays.items()
            if array.ndim == 3:
                checked_count(len(array))
                called = _called(what, name)
                return [
                    Mask.from_dense(layer, f"mask {index} of {called}") for index, layer in enumerate(array)
                ]
        order = in_natural_order(arrays)
        return NamedMasks([Mask.from_dense(arrays[name], _called(what, name)) for name in order], order)
    except PatternError as error:
        if any(_OF_WEIGHTS.search(name) for name in arrays):
            raise PatternError(f"{error}; {CHECKPOINT}") from None
        raise PatternError(f"{error} (weights are audited by semialg audit)") from None


def _called(what: str, name: str) -> str:
    return f"{what} '{show(name, 60)}'" if name else f"the {what}"
