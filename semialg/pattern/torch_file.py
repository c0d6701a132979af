"""Files that torch wrote, through its weights-only loader: nothing is ever unpickled freely."""

from __future__ import annotations

import importlib
import pickle
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

from semialg.errors import PatternError
from semialg.intake.archives import MOST_EXPANDED, checked_members
from semialg.pattern.reading import show

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["import_torch", "load"]

# What torch raises for files that are damaged or hold more than tensors. It is named, not a bare Exception,
# so that an interrupt or a programming error is not mistaken for a bad file.
_REFUSED = (
    pickle.UnpicklingError,
    zipfile.BadZipFile,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


def import_torch() -> Any:
    """Return the module torch.

    Raises
    ------
    PatternError
        If it is not installed.
    """
    try:
        return importlib.import_module("torch")
    except ImportError:
        raise PatternError(
            "torch reads this file and is not installed; install it with: "
            "pip install 'semialg-closedness[torch]'"
        ) from None


def load(path: Path, expected: str, *, mapped: bool = False, most: int = MOST_EXPANDED) -> Any:
    """Return what a file holds: tensors, and lists and dictionaries of them.

    Parameters
    ----------
    path
        The file.
    expected
        What it should be, for the message.
    mapped
        Map the file into memory, so that large tensors take no memory before they are looked at.
    most
        Largest number of bytes that an archive may take unpacked; a mapped one may be as large as its file,
        because torch stores tensors as they are.

    Raises
    ------
    PatternError
        If torch is missing, the file would expand too far, or the weights-only loader refuses it.
    OSError
        If the file cannot be read.
    """
    torch = import_torch()
    _look_inside(path, max(most, path.stat().st_size) if mapped else most)
    options = {"mmap": True} if mapped else {}
    try:
        with warnings.catch_warnings():
            # What torch finds odd about a file it either refuses or reads; a warning helps nobody here.
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True, **options)
    except _REFUSED as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise PatternError(
            f"torch does not load it with weights_only=True ({show(first)}); expected {expected}"
        ) from None


def _look_inside(path: Path, most: int) -> None:
    """Refuse an archive that would expand too far; older files are no archives and do not expand."""
    if zipfile.is_zipfile(path):
        checked_members(path, most=most, error=PatternError, expected="a file written by torch")
