"""The files of cdd and lrs, ``.ine`` (H-representation) and ``.ext`` (V-representation), read and written."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from semialg.errors import LinearSystemError
from semialg.polyhedra.matrix_files import read_matrix
from semialg.polyhedra.numbers import text_of
from semialg.polyhedra.system import EQUAL, NONNEGATIVE, POSITIVE, Constraint, LinearSystem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.polyhedra.matrix_files import Matrix

__all__ = [
    "Generators",
    "format_ext",
    "format_ine",
    "generators_of",
    "parse_ext",
    "parse_ine",
    "system_of",
]


@dataclass(frozen=True)
class Generators:
    """A V-representation: the sum of a convex hull of points, a cone of rays and a span of lines.

    Every point, ray and line is a tuple of rationals, one a variable. No points and no rays: the empty set.
    """

    variables: tuple[str, ...]
    points: tuple[tuple[Fraction, ...], ...]
    rays: tuple[tuple[Fraction, ...], ...] = ()
    lines: tuple[tuple[Fraction, ...], ...] = ()

    def __post_init__(self) -> None:
        LinearSystem(self.variables, ())
        for kind, family in (("point", self.points), ("ray", self.rays), ("line", self.lines)):
            for i, vector in enumerate(family):
                if len(vector) != len(self.variables):
                    raise LinearSystemError(
                        f"{kind} {i} has {len(vector)} entries; "
                        f"expected {len(self.variables)}, one a variable"
                    )


def parse_ine(text: str, source: str = "text") -> LinearSystem:
    r"""Return the system of a cdd ``.ine`` file: each row ``b a_1 ... a_d`` says ``b + a . x >= 0``.

    The options ``linearity K i1 ... iK`` (or ``equality``, ``partial_enumeration``) and
    ``strict_inequality K i1 ... iK`` (1-based) turn rows into equations and strict inequalities, and
    ``nonnegative`` adds ``x >= 0``; see :mod:`semialg.polyhedra.matrix_files`. The variables are x1, ..., xd
    unless a comment line ``* variables: a b c`` (written by :func:`format_ine`) names them.

    Raises
    ------
    LinearSystemError
        Naming the line, what was found there, and what was expected.

    Examples
    --------
    >>> print(parse_ine("H-representation\nbegin\n 1 2 rational\n 1 -1\nend"))
    x1 <= 1
    """
    matrix = read_matrix(text, source)
    if matrix.representation != "H":
        raise LinearSystemError(f"{source}: found a V-representation; expected an H-representation")
    return system_of(matrix)


def system_of(matrix: Matrix) -> LinearSystem:
    r"""Return the system of an H-representation.

    Examples
    --------
    >>> from semialg.polyhedra.matrix_files import read_matrix
    >>> print(system_of(read_matrix("nonnegative\nbegin\n 1 2 rational\n 1 -1\nend", "text")))
    x1 <= 1
    x1 >= 0
    """
    rows = []
    for i, row in enumerate(matrix.rows):
        relation = EQUAL if i in matrix.linearity else POSITIVE if i in matrix.strict else NONNEGATIVE
        rows.append(Constraint(tuple(row[1:]), row[0], relation))
    if matrix.nonnegative:
        count = len(matrix.names)
        units = [tuple(Fraction(int(i == j)) for j in range(count)) for i in range(count)]
        rows += [Constraint(unit, Fraction(0), NONNEGATIVE) for unit in units]
    return LinearSystem(matrix.names, tuple(rows))


def parse_ext(text: str, source: str = "text") -> Generators:
    r"""Return the generators of a cdd ``.ext`` file: ``1 x`` is a point, ``0 x`` a ray or a line.

    Lines are the rows that ``linearity`` lists.

    Raises
    ------
    LinearSystemError
        Naming the line, what was found there, and what was expected.

    Examples
    --------
    >>> parse_ext("V-representation\nbegin\n 2 2 integer\n 1 3\n 0 1\nend").points
    ((Fraction(3, 1),),)
    """
    matrix = read_matrix(text, source)
    if matrix.representation != "V":
        raise LinearSystemError(f"{source}: found an H-representation; expected a V-representation")
    return generators_of(matrix, source)


def generators_of(matrix: Matrix, source: str) -> Generators:
    r"""Return the generators of a V-representation; rays and lines alone span a cone from the origin.

    Raises
    ------
    LinearSystemError
        If a row starts with a number other than 0 and 1, or a line with 1.

    Examples
    --------
    >>> from semialg.polyhedra.matrix_files import read_matrix
    >>> generators_of(read_matrix("V-representation\nbegin\n1 2 integer\n0 1\nend", "text"), "text").points
    ((Fraction(0, 1),),)
    """
    points: list[tuple[Fraction, ...]] = []
    rays: list[tuple[Fraction, ...]] = []
    lines: list[tuple[Fraction, ...]] = []
    for i, row in enumerate(matrix.rows):
        where = f"{source}, line {matrix.row_lines[i]}"
        if row[0] not in {0, 1} or (row[0] == 1 and i in matrix.linearity):
            raise LinearSystemError(
                f"{where}: a generator starts with {row[0]}; expected 1 (point) or 0 (ray, line)"
            )
        family = points if row[0] == 1 else lines if i in matrix.linearity else rays
        family.append(tuple(row[1:]))
    if (rays or lines) and not points:
        points.append((Fraction(0),) * len(matrix.names))
    return Generators(matrix.names, tuple(points), tuple(rays), tuple(lines))


def format_ine(system: LinearSystem) -> str:
    """Return the ``.ine`` text, rational numbers, with the variables named in a comment.

    Examples
    --------
    >>> from semialg.polyhedra.text import parse_text
    >>> print(format_ine(parse_text("x = 1/2")), end="")
    * variables: x
    H-representation
    linearity 1 1
    begin
     1 2 rational
     -1/2 1
    end
    """
    rows = [[c.constant, *c.coefficients] for c in system.constraints]
    options = []
    for option, relation in (("linearity", EQUAL), ("strict_inequality", POSITIVE)):
        listed = [str(i + 1) for i, c in enumerate(system.constraints) if c.relation == relation]
        if listed:
            options.append(f"{option} {len(listed)} {' '.join(listed)}\n")
    return _format("H-representation", system.variables, rows, options)


def format_ext(generators: Generators) -> str:
    """Return the ``.ext`` text: points, then rays, then lines.

    Examples
    --------
    >>> print(format_ext(Generators(("x",), ((Fraction(2),),))), end="")
    * variables: x
    V-representation
    begin
     1 2 rational
     1 2
    end
    """
    rows = [[Fraction(1), *v] for v in generators.points]
    rows += [[Fraction(0), *v] for v in (*generators.rays, *generators.lines)]
    first = len(rows) - len(generators.lines)
    listed = [str(i + 1) for i in range(first, len(rows))]
    options = [f"linearity {len(listed)} {' '.join(listed)}\n"] if listed else []
    return _format("V-representation", generators.variables, rows, options)


def _format(kind: str, names: Sequence[str], rows: list[list[Fraction]], options: list[str]) -> str:
    body = "".join(" " + " ".join(text_of(v) for v in row) + "\n" for row in rows)
    head = f"* variables: {' '.join(names)}\n{kind}\n{''.join(options)}"
    return f"{head}begin\n {len(rows)} {len(names) + 1} rational\n{body}end\n"
