"""Do points and directions generate a whole polyhedron? Simplices that cover its boundary show it.

Everything happens in the homogenized polyhedron Q: the vectors ``(x_0, x)`` on which all rows are
nonnegative (zero for equations) and ``x_0 >= 0``. Statement and proof: ``complete.boundary`` in the rules.
"""

from __future__ import annotations

from math import gcd, lcm
from typing import TYPE_CHECKING

from semialg.checker.report import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from semialg.checker.report import Run

__all__ = ["Generated", "Reducer", "check_cover", "whole"]

#: Everything here matters up to a positive factor, so vectors are made of integers.
Vector = tuple[int, ...]


class Generated:
    """The vectors and rows of Q, modulo its lines and its equations.

    Parameters
    ----------
    vectors, lines
        Elements of Q, and elements whose negatives are in Q too.
    equations, rows
        The rows of Q, ``x_0 >= 0`` among them.
    run
        Counts the work.

    Attributes
    ----------
    vectors, rows
        Their images in ``depth`` coordinates; rows that vanish there are left out.
    """

    def __init__(
        self,
        vectors: Sequence[Sequence[Fraction]],
        lines: Sequence[Sequence[Fraction]],
        equations: Sequence[Sequence[Fraction]],
        rows: Sequence[Sequence[Fraction]],
        run: Run,
    ) -> None:
        along = Reducer([whole(v) for v in lines], run)
        self.independent = len(along.pivots) == len(lines)
        width = len(rows[0])
        inside = [j for j in range(width) if j not in along.pivots]
        level = Reducer([tuple(v[j] for j in inside) for v in map(whole, equations)], run)
        kept = [at for at in range(len(inside)) if at not in level.pivots]
        self.depth = len(kept)
        self.vectors = [
            tuple(reduced[inside[at]] for at in kept) for reduced in (along(whole(v)) for v in vectors)
        ]
        shortened = [level(tuple(row[j] for j in inside)) for row in map(whole, rows)]
        self.rows = [row for row in (tuple(long[at] for at in kept) for long in shortened) if any(row)]


def check_cover(found: Generated, simplices: Sequence[Sequence[int]], where: str, run: Run) -> None:
    """Check that the simplices cover the boundary, so that the vectors and lines generate Q."""
    if not found.independent:
        raise Invalid(f"{where}.lines", "expected lines that project to independent vectors")
    if _rank(found.vectors, run) < found.depth:
        raise Invalid(where, "the points and directions lie in a hyperplane that is no equation")
    if _rank(found.rows, run) < found.depth:
        raise Invalid(f"{where}.lines", "the projection has more lines than are listed")
    if found.depth >= 2:
        _check_simplices(found, simplices, f"{where}.simplices", run)


def _check_simplices(found: Generated, simplices: Sequence[Sequence[int]], where: str, run: Run) -> None:
    if not simplices:
        raise Invalid(where, "expected at least one simplex")
    run.spend(len(found.rows) * len(found.vectors) * found.depth)
    tight = [sum(1 << j for j, row in enumerate(found.rows) if not _dot(row, v)) for v in found.vectors]
    ridges: dict[frozenset[int], int] = {}
    seen: set[frozenset[int]] = set()
    for at, simplex in enumerate(simplices):
        corners = frozenset(simplex)
        if corners in seen:
            raise Invalid(f"{where}[{at}]", "a simplex is listed twice")
        seen.add(corners)
        _check_simplex(found, corners, tight, f"{where}[{at}]", run)
        for corner in corners:
            ridge = corners - {corner}
            ridges[ridge] = ridges.get(ridge, 0) + 1
    if found.depth == 2:
        if _rank([found.vectors[simplex[0]] for simplex in simplices], run) < 2:
            raise Invalid(where, "the simplices cover one of the two boundary rays only")
        return
    for ridge, count in ridges.items():
        if count % 2:
            raise Invalid(where, f"the ridge {sorted(ridge)} lies in {count} simplices, an odd number")
    first = [found.vectors[i] for i in simplices[0]]
    inner = tuple(sum(column) for column in zip(*first, strict=True))
    for at, simplex in enumerate(simplices[1:], start=1):
        if _contains([found.vectors[i] for i in simplex], inner, run):
            raise Invalid(f"{where}[{at}]", "the simplex contains the middle of the first one")


def _check_simplex(
    found: Generated, corners: frozenset[int], tight: Sequence[int], where: str, run: Run
) -> None:
    if corners and max(corners) >= len(found.vectors):
        raise Invalid(where, f"expected indices below {len(found.vectors)}, found {max(corners)}")
    if len(corners) != found.depth - 1 or _rank([found.vectors[i] for i in corners], run) < len(corners):
        raise Invalid(where, f"expected {found.depth - 1} vectors that are independent modulo the lines")
    common = -1
    for i in corners:
        common &= tight[i]
    if not common:
        raise Invalid(where, "the simplex lies in no facet")


class Reducer:
    """Clears pivot coordinates of integer vectors, multiplying them by positive numbers."""

    def __init__(self, rows: Sequence[Vector], run: Run) -> None:
        self._run = run
        self._echelon: list[tuple[int, Vector]] = []
        for row in rows:
            rest = self(row)
            column = next((j for j, v in enumerate(rest) if v), None)
            if column is not None:
                unit = rest if rest[column] > 0 else tuple(-v for v in rest)
                self._echelon = [(j, _cleared(other, column, unit)) for j, other in self._echelon]
                self._echelon.append((column, unit))
        self.pivots = {column for column, _ in self._echelon}

    def __call__(self, vector: Vector) -> Vector:
        """Return a positive multiple of the vector plus multiples of the rows, 0 in the pivot columns."""
        self._run.spend(len(self._echelon) * len(vector))
        for column, row in self._echelon:
            vector = _cleared(vector, column, row)
            self._run.spend(sum((v.bit_length() >> 9) ** 2 for v in vector))
        return vector

    def last_entries(self) -> list[int]:
        """Return the last entries of the rows, whose pivots are positive."""
        return [row[-1] for _, row in self._echelon]


def _cleared(vector: Vector, column: int, row: Vector) -> Vector:
    """Return a positive multiple of the vector plus a multiple of the row that is 0 in a column."""
    share, pivot = vector[column], row[column]
    if not share:
        return vector
    mixed = [pivot * v - share * w for v, w in zip(vector, row, strict=True)]
    divisor = gcd(*mixed)
    return tuple(v // divisor for v in mixed) if divisor > 1 else tuple(mixed)


def whole(vector: Sequence[Fraction]) -> Vector:
    """Return the positive multiple of a vector with integer entries."""
    denominator = lcm(*(v.denominator for v in vector))
    return tuple(v.numerator * (denominator // v.denominator) for v in vector)


def _rank(vectors: Sequence[Vector], run: Run) -> int:
    return len(Reducer(vectors, run).pivots)


def _contains(corners: Sequence[Vector], target: Vector, run: Run) -> bool:
    """Say whether the target is a nonnegative combination of independent vectors."""
    count = len(corners)
    rows = [(*(corner[j] for corner in corners), target[j]) for j in range(len(target))]
    solved = Reducer(rows, run)
    return count not in solved.pivots and min(solved.last_entries()) >= 0


def _dot(first: Vector, second: Vector) -> int:
    return sum(a * b for a, b in zip(first, second, strict=True))
