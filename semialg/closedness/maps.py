"""Images of polynomial maps: proofs that they are closed, and the system "this point is a value"."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

from flint import fmpq

from semialg.algebra.linear import solution
from semialg.algebra.polynomial import Polynomial
from semialg.closedness.effort import Effort
from semialg.closedness.outside import equations_of, prove_no_solution
from semialg.closedness.packed import variable
from semialg.errors import FormulaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from semialg.certificates.outside import Outside
    from semialg.closedness.packed import Packed

__all__ = ["PolynomialMap", "prove_closed", "prove_outside"]

_MOST_UNKNOWNS = 2500
_LARGEST_POWER = 2
_MOST_SPLITS = 3000
_MOST_DEGREE = 1000


@dataclass(frozen=True)
class PolynomialMap:
    """A map from R^n to R^m with polynomial coordinates.

    Parameters
    ----------
    variables
        The n names, in order.
    coordinates
        The m polynomials in them.

    Raises
    ------
    FormulaError
        If there is no coordinate or no variable, a name is given twice, or a polynomial has another variable.

    Examples
    --------
    >>> x = Polynomial.variable("x")
    >>> PolynomialMap(("x",), (x**2, x**3)).monomials(1)
    {((0, 3),): Fraction(1, 1)}
    """

    variables: tuple[str, ...]
    coordinates: tuple[Polynomial, ...]

    def __post_init__(self) -> None:
        if not self.variables or not self.coordinates:
            raise FormulaError("a map needs at least one variable and one coordinate")
        if len(set(self.variables)) < len(self.variables):
            raise FormulaError(f"a variable is named twice in {list(self.variables)}")
        for polynomial in self.coordinates:
            for name in polynomial.variables:
                if name not in self.variables:
                    raise FormulaError(f"{name} is no variable of the map; they are {list(self.variables)}")
            if polynomial.degree() > _MOST_DEGREE:
                raise FormulaError(
                    f"a coordinate has degree {polynomial.degree()}; at most {_MOST_DEGREE} is taken"
                )

    def monomials(self, coordinate: int) -> dict[tuple[tuple[int, int], ...], Fraction]:
        """Return a coordinate as monomials (pairs of variable number and exponent) with coefficients."""
        place = {name: at for at, name in enumerate(self.variables)}
        return {
            tuple((place[name], exponent) for name, exponent in monomial): c
            for monomial, c in self.coordinates[coordinate].terms().items()
        }

    def claim(self, kind: str) -> dict[str, Any]:
        """Return the claim of a certificate about this map."""
        rows = [poly_json(self.monomials(i)) for i in range(len(self.coordinates))]
        return {"kind": kind, "variables": len(self.variables), "map": rows}


def poly_json(terms: Mapping[tuple[tuple[int, int], ...], Fraction]) -> list[dict[str, Any]]:
    """Return a polynomial as certificates write it; variable k has the name [0, 0, k]."""
    return [
        {"coefficient": str(c), "monomial": [[[0, 0, k], e] for k, e in monomial]}
        for monomial, c in terms.items()
    ]


def prove_outside(source: PolynomialMap, target: Sequence[Fraction], work: int) -> Outside | None:
    """Return a proof that a point is no value of the map, None if none is found within the work.

    Variable k has the name ``(0, 0, k)``, coordinate i is "row i, column 0".

    Examples
    --------
    >>> x = Polynomial.variable("x")
    >>> y = Polynomial.variable("y")
    >>> prove_outside(PolynomialMap(("x", "y"), (x, x * y)), [Fraction(0), Fraction(1)], 10**6) is not None
    True
    """
    values = {(i, 0): fmpq(v.numerator, v.denominator) for i, v in enumerate(target)}
    products: dict[tuple[int, int], Packed] = {}
    for i in range(len(source.coordinates)):
        packed: Packed = {}
        for monomial, c in source.monomials(i).items():
            packed[sum(variable(k) * e for k, e in monomial)] = fmpq(c.numerator, c.denominator)
        products[i, 0] = packed
    names = [(0, 0, k) for k in range(len(source.variables))]
    return prove_no_solution(names, equations_of(products, values), _MOST_SPLITS, Effort(work))


# ------------------------------------------------------------------ closed


def prove_closed(source: PolynomialMap) -> tuple[str, dict[str, Any]] | None:
    """Return the reason and the proof that the image of a map is closed, None if none is found.

    Either every variable is bounded by the values (a coordinate, or the sum of the squares of all, is a sum
    of squares of monomials), or the coordinates are homogeneous and vanish together only where they must.

    Examples
    --------
    >>> x, y = Polynomial.variable("x"), Polynomial.variable("y")
    >>> prove_closed(PolynomialMap(("x", "y"), (x**2 - y**2, x * y)))[0]
    'homogeneous coordinates without a common zero but 0'
    >>> prove_closed(PolynomialMap(("x", "y"), (x, x * y))) is None
    True
    """
    bounded = _bounded(source)
    if bounded is not None:
        return "every variable is bounded by the values", bounded
    blocks = _blocks(source)
    if blocks is None:
        return None
    for exponent in range(1, _LARGEST_POWER + 1):
        terms = _combination(source, blocks, exponent)
        if terms is None:
            continue
        fields = {"exponent": exponent, "squares": [], "terms": terms}
        if len(blocks) == 1:
            return "homogeneous coordinates without a common zero but 0", {"rule": "homogeneous", **fields}
        reason = f"homogeneous in {len(blocks)} blocks of variables, zero only where a block is"
        return reason, {"rule": "cone", "blocks": blocks, **fields}
    return None


def _bounded(source: PolynomialMap) -> dict[str, Any] | None:
    """Bound every variable by a coordinate, or by the sum of the squares of all, that is a sum of squares."""
    count = len(source.coordinates)
    x = [Polynomial.variable(name) for name in source.variables]
    whole: dict[tuple[tuple[int, int], ...], Fraction] = {((i, 2),): Fraction(1) for i in range(count)}
    candidates: list[tuple[Polynomial, dict[tuple[tuple[int, int], ...], Fraction]]] = [
        (source.coordinates[i], {((i, 1),): Fraction(1)}) for i in range(count)
    ]
    candidates += [(-source.coordinates[i], {((i, 1),): Fraction(-1)}) for i in range(count)]
    if len(x) * count <= _MOST_UNKNOWNS:
        candidates.append((Polynomial.sum(f * f for f in source.coordinates), whole))
    bounds: dict[int, dict[str, Any]] = {}
    place = {name: at for at, name in enumerate(source.variables)}
    for polynomial, combination in candidates:
        terms = {tuple((place[n], e) for n, e in m): c for m, c in polynomial.terms().items()}
        constant = terms.pop((), Fraction(0))
        if not all(c > 0 and all(e % 2 == 0 for _, e in m) for m, c in terms.items()):
            continue
        for monomial, c in terms.items():
            if len(monomial) != 1 or monomial[0][0] in bounds:
                continue
            k, power = monomial[0]
            squares = [
                {"weight": str(d / c), "poly": poly_json({tuple((v, e // 2) for v, e in m): Fraction(1)})}
                for m, d in terms.items()
                if m != monomial
            ]
            bound = {m: d / c for m, d in combination.items()}
            if constant:
                bound[()] = -constant / c
            bounds[k] = {"variable": k, "exponent": power // 2, "squares": squares, "bound": poly_json(bound)}
    if len(bounds) < len(source.variables):
        return None
    return {"rule": "bounded", "bounds": [bounds[k] for k in range(len(source.variables))]}


def _blocks(source: PolynomialMap) -> list[list[int]] | None:
    """Return blocks of variables in which all coordinates are homogeneous: several of one degree, or one."""
    rows = [source.monomials(i) for i in range(len(source.coordinates))]
    every = [m for row in rows for m in row]
    if not every or any(not m for m in every):
        return None
    count = len(source.variables)
    together = {(a, b) for m in every for a, _ in m for b, _ in m}
    blocks: list[list[int]] = []
    left = list(range(count))
    while left:
        block = [left.pop(0)]
        for k in block:
            joined = [other for other in left if (k, other) not in together]
            block += joined
            left = [other for other in left if other not in joined]
        blocks.append(sorted(block))
    degrees = {tuple(sum(e for k, e in m if k in set(block)) for block in blocks) for m in every}
    if len(blocks) > 1 and len(degrees) == 1 and all(next(iter(degrees))):
        return blocks
    if all(len({sum(e for _, e in m) for m in row}) <= 1 for row in rows):
        return [list(range(count))]
    return None


def _combination(
    source: PolynomialMap, blocks: list[list[int]], exponent: int
) -> list[dict[str, Any]] | None:
    """Write (product over blocks of sums of squares)^N as a combination of the coordinates."""
    wanted = Polynomial.constant(1)
    for block in blocks:
        wanted = wanted * Polynomial.sum(Polynomial.variable(source.variables[k]) ** 2 for k in block)
    wanted = wanted**exponent
    place = {name: at for at, name in enumerate(source.variables)}
    unknowns: list[tuple[int, tuple[tuple[int, int], ...]]] = []
    for i in range(len(source.coordinates)):
        terms = source.monomials(i)
        if not terms:
            continue
        first = next(iter(terms))
        missing = [2 * exponent - sum(e for k, e in first if k in set(block)) for block in blocks]
        if min(missing) < 0:
            continue
        unknowns += [(i, m) for m in _monomials(blocks, missing)]
        if len(unknowns) > _MOST_UNKNOWNS:
            return None
    rows: dict[tuple[tuple[int, int], ...], dict[int, Fraction]] = {}
    for at, (i, cofactor) in enumerate(unknowns):
        for m, c in source.monomials(i).items():
            row = rows.setdefault(_times(m, cofactor), {})
            row[at] = row.get(at, Fraction(0)) + c
    right = {tuple((place[n], e) for n, e in m): c for m, c in wanted.terms().items()}
    right = {tuple(sorted(m)): c for m, c in right.items()}
    if any(m not in rows for m in right):
        return None
    keys = list(rows)
    table = [[rows[m].get(at, Fraction(0)) for at in range(len(unknowns))] for m in keys]
    found = solution(table, [right.get(m, Fraction(0)) for m in keys])
    if found is None:
        return None
    cofactors: dict[int, dict[tuple[tuple[int, int], ...], Fraction]] = {}
    for (i, m), value in zip(unknowns, found, strict=True):
        if value:
            cofactors.setdefault(i, {})[m] = value
    return [{"row": i, "column": 0, "cofactor": poly_json(c)} for i, c in cofactors.items()]


def _monomials(blocks: Sequence[Sequence[int]], degrees: Sequence[int]) -> list[tuple[tuple[int, int], ...]]:
    found: list[tuple[tuple[int, int], ...]] = [()]
    for block, degree in zip(blocks, degrees, strict=True):
        choices = [_powers(c) for c in combinations_with_replacement(block, degree)]
        found = [_times(m, c) for m in found for c in choices]
        if len(found) > _MOST_UNKNOWNS:
            return found
    return found


def _powers(choice: Iterable[int]) -> tuple[tuple[int, int], ...]:
    powers: dict[int, int] = {}
    for k in choice:
        powers[k] = powers.get(k, 0) + 1
    return tuple(sorted(powers.items()))


def _times(
    left: tuple[tuple[int, int], ...], right: tuple[tuple[int, int], ...]
) -> tuple[tuple[int, int], ...]:
    powers = dict(left)
    for k, e in right:
        powers[k] = powers.get(k, 0) + e
    return tuple(sorted(powers.items()))
