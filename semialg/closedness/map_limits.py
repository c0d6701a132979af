"""Curves along which a polynomial map tends to points that may be no values of it."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from semialg.algebra.laurent import Laurent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from semialg.closedness.maps import PolynomialMap

__all__ = ["along", "candidate_curves", "limit_of"]

_MOST_CHOICES = 60_000
_MOST_VARIABLES = 12

Curve = tuple[Laurent, ...]


def along(source: PolynomialMap, curve: Sequence[Laurent]) -> list[Laurent]:
    """Return the values of the map on a curve of Laurent polynomials."""
    values: list[Laurent] = []
    for i in range(len(source.coordinates)):
        total = Laurent()
        for monomial, c in source.monomials(i).items():
            term = Laurent.constant(c)
            for k, e in monomial:
                for _ in range(e):
                    term = term * curve[k]
            total = total + term
        values.append(total)
    return values


def limit_of(source: PolynomialMap, curve: Sequence[Laurent]) -> list[Fraction] | None:
    """Return the limit of the values for t -> 0, None if a value has a pole.

    Examples
    --------
    >>> from semialg.closedness.maps import PolynomialMap
    >>> from semialg.algebra.polynomial import Polynomial
    >>> x, y = Polynomial.variable("x"), Polynomial.variable("y")
    >>> limit_of(PolynomialMap(("x", "y"), (x, x * y)), [Laurent.monomial(1), Laurent.monomial(-1)])
    [Fraction(0, 1), Fraction(1, 1)]
    """
    values = along(source, curve)
    if any((value.order or 0) < 0 for value in values):
        return None
    return [value.coefficient(0) for value in values]


def candidate_curves(source: PolynomialMap) -> Iterator[tuple[str, Curve]]:
    """Yield curves with parameters that go to infinity while the values have limits, the likeliest first.

    First, where the map is a sum of two copies of one homogeneous map, the tangents: a difference quotient
    tends to a derivative. Then powers of t.
    """
    yield from _tangents(source)
    yield from _powers_of_t(source)


# ------------------------------------------------------------------ tangents


def _tangents(source: PolynomialMap) -> Iterator[tuple[str, Curve]]:
    """Yield s^-w (x + s^D y), e s^-w x for two copies of a map g of weight D with g(e x) = -g(x)."""
    parts = _connected(source)
    rows = [source.monomials(i) for i in range(len(source.coordinates))]
    for at, one in enumerate(parts):
        for other in parts[at + 1 :]:
            sign = _copies(rows, one, other)
            if sign == 0:
                continue
            own = [{m: c for m, c in row.items() if m and m[0][0] in set(one)} for row in rows]
            every = [m for row in own for m in row]
            for scaled in _scalings(every, one):
                degree = sum(e for k, e in every[0] if k in scaled)
                flip = Fraction(-1 if sign > 0 else 1)
                if sign > 0 and degree % 2 == 0:
                    continue
                for x, y in _directions(len(one)):
                    yield (
                        "tangent of a sum of two copies",
                        _quotient(source, one, other, scaled, degree, flip, x, y),
                    )


def _quotient(
    source: PolynomialMap,
    one: Sequence[int],
    other: Sequence[int],
    scaled: frozenset[int],
    degree: int,
    flip: Fraction,
    x: Sequence[int],
    y: Sequence[int],
) -> Curve:
    curve = [Laurent()] * len(source.variables)
    for at, k in enumerate(one):
        shift = -1 if k in scaled else 0
        curve[k] = Laurent({shift: x[at]}) + Laurent({shift + degree: y[at]})
        curve[other[at]] = Laurent({shift: flip * x[at] if k in scaled else x[at]})
    return tuple(curve)


def _connected(source: PolynomialMap) -> list[list[int]]:
    """Return the variables in groups: those that meet in a monomial belong together."""
    parent = list(range(len(source.variables)))

    def root(k: int) -> int:
        while parent[k] != k:
            k = parent[k]
        return k

    for i in range(len(source.coordinates)):
        for monomial in source.monomials(i):
            for k, _ in monomial[1:]:
                parent[root(k)] = root(monomial[0][0])
    groups: dict[int, list[int]] = {}
    for k in range(len(parent)):
        groups.setdefault(root(k), []).append(k)
    return list(groups.values())


def _copies(
    rows: Sequence[dict[tuple[tuple[int, int], ...], Fraction]], one: list[int], other: list[int]
) -> int:
    """Return 1 (-1) if the second group repeats the first (its negative) in every coordinate, 0 otherwise."""
    if len(one) != len(other):
        return 0
    rename = dict(zip(one, other, strict=True))
    signs: set[Fraction] = set()
    for row in rows:
        mine = {
            tuple(sorted((rename[k], e) for k, e in m)): c for m, c in row.items() if m and m[0][0] in rename
        }
        theirs = {tuple(sorted(m)): c for m, c in row.items() if m and m[0][0] in set(other)}
        if mine.keys() != theirs.keys():
            return 0
        signs |= {theirs[m] / mine[m] for m in mine}
    return int(signs.pop()) if signs in ({Fraction(1)}, {Fraction(-1)}) else 0


def _scalings(every: list[tuple[tuple[int, int], ...]], group: list[int]) -> list[frozenset[int]]:
    """Return sets of variables in which all monomials have one positive degree; small sets first."""
    if not every:
        return []
    found = []
    for k in group:
        block = frozenset([k, *(o for o in group if not any({k, o} <= {v for v, _ in m} for m in every))])
        found.append(block)
    found.append(frozenset(group))
    good = []
    for block in dict.fromkeys(found):
        degrees = {sum(e for v, e in m if v in block) for m in every}
        if len(degrees) == 1 and 0 not in degrees:
            good.append(block)
    return good[:2]


def _directions(size: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return pairs of 0/1 vectors; those that complement each other come first."""
    if size > _MOST_VARIABLES // 2:
        return []
    every = list(product((0, 1), repeat=size))
    pairs = [(x, y) for x in every for y in every if any(x) and any(y)]
    return sorted(
        pairs,
        key=lambda p: (
            sum(a * b for a, b in zip(*p, strict=True)),
            -sum(max(a, b) for a, b in zip(*p, strict=True)),
            abs(sum(p[0]) - sum(p[1])),
        ),
    )[:400]


# ------------------------------------------------------------------ powers of t


def _powers_of_t(source: PolynomialMap) -> Iterator[tuple[str, Curve]]:
    """Yield curves whose entries are 0 or powers t^-1, 1, t, t^2, some of them going to infinity."""
    count = len(source.variables)
    if count > _MOST_VARIABLES:
        return
    choices: list[int | None] = [0, 1, -1, 2, None] if count <= 6 else [0, 1, -1]
    rows = [source.monomials(i) for i in range(len(source.coordinates))]
    found: list[tuple[int, tuple[int | None, ...]]] = []
    for number, powers in enumerate(product(choices, repeat=count)):
        if number > _MOST_CHOICES:
            break
        if -1 in powers and all(_has_no_pole(row, powers) for row in rows):
            found.append((sum(p == -1 for p in powers), powers))
    for _, powers in sorted(found, key=lambda item: item[0]):
        yield "powers of t", tuple(Laurent() if p is None else Laurent.monomial(p) for p in powers)


def _has_no_pole(row: dict[tuple[tuple[int, int], ...], Fraction], powers: Sequence[int | None]) -> bool:
    total: dict[int, Fraction] = {}
    for monomial, c in row.items():
        weight = 0
        for k, e in monomial:
            power = powers[k]
            if power is None:
                break
            weight += power * e
        else:
            if weight < 0:
                total[weight] = total.get(weight, Fraction(0)) + c
    return not any(total.values())
