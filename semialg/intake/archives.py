"""Zip archives (``.npz``, ``.pt``) are looked at before anything of them is unpacked."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from semialg.errors import DataError
from semialg.intake.shown import show

if TYPE_CHECKING:
    import os

    from semialg.errors import SemialgError

__all__ = ["DAMAGED", "MOST_EXPANDED", "checked_members"]

#: Largest number of bytes that the members of an archive may take together when they are unpacked.
MOST_EXPANDED = 2**31

_MOST_MEMBERS = 100_000

#: What zipfile raises for archives that contradict themselves.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    UnicodeDecodeError,
    ValueError,
)


def checked_members(
    path: str | os.PathLike[str],
    *,
    most: int = MOST_EXPANDED,
    error: type[SemialgError] = DataError,
    expected: str = "an .npz file",
) -> list[zipfile.ZipInfo]:
    """Return the members of an archive, after a look at its table of contents alone.

    Unpacking a member afterwards must stop at its ``file_size``, which a hostile archive may understate;
    :mod:`zipfile` does.

    Raises
    ------
    SemialgError
        An ``error``, if the archive is damaged, has a name twice, is encrypted, or its members would take
        more than ``most`` bytes unpacked. The message does not begin with the name of the file.
    """
    if not zipfile.is_zipfile(path):
        kind = "npz" if "npz" in expected else "zip"
        raise error(f"the file is not an {kind} archive, or the zip archive is damaged; expected {expected}")
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except DAMAGED as problem:
        raise error(f"the zip archive is damaged ({show(problem)}); expected {expected}") from None
    if len(members) > _MOST_MEMBERS:
        raise error(f"the archive has {len(members)} members; expected at most {_MOST_MEMBERS}")
    expanded = sum(member.file_size for member in members)
    if expanded > most:
        raise error(f"the archive would expand to {expanded} bytes; expected at most {most}")
    names: set[str] = set()
    for member in members:
        called = f"member '{show(member.filename, 60)}' of the archive"
        if member.filename in names:
            raise error(f"{called} is there twice; expected distinct names")
        if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise error(f"{called} is encrypted, or compressed in a way that {expected} is not")
        names.add(member.filename)
    return members
