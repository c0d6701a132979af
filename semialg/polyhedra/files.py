"""Reading a linear system from a file, by the form of its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semialg.errors import LinearSystemError
from semialg.polyhedra.cddfiles import generators_of, system_of
from semialg.polyhedra.generators import facets
from semialg.polyhedra.matrix_files import is_matrix_file, read_matrix
from semialg.polyhedra.text import parse_text

if TYPE_CHECKING:
    from semialg.polyhedra.system import LinearSystem

__all__ = ["LARGEST_FILE", "parse_system"]

#: Largest file, in bytes, that is read.
LARGEST_FILE = 50_000_000


def parse_system(data: bytes, source: str) -> LinearSystem:
    """Return the system in a file: one of cdd or lrs if it has a line ``begin``, else plain text.

    Raises
    ------
    LinearSystemError
        If the file is too large, is not UTF-8 text, or is not well formed; the message names the line.

    Examples
    --------
    >>> print(parse_system(b"x + y <= 1", "inline"))
    x + y <= 1
    """
    if len(data) > LARGEST_FILE:
        raise LinearSystemError(f"{source}: found {len(data)} bytes; expected at most {LARGEST_FILE}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise LinearSystemError(f"{source}, line {line}: found bytes that are no UTF-8 text") from None
    if is_matrix_file(text):
        matrix = read_matrix(text, source)
        return system_of(matrix) if matrix.representation == "H" else facets(generators_of(matrix, source))
    return parse_text(text, source)
