"""Proofs that a target is no product of factors with given masks, found without a solver (theory N4)."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import fmpq

from semialg.certificates.outside import Identity, Poly, Split, monomial
from semialg.closedness.bits import bits
from semialg.closedness.cramer import Factors, cramer_equations
from semialg.closedness.nullstellensatz import find_identity, has_no_solution
from semialg.closedness.packed import ONE, Packed, exponent, factors, times, variable
from semialg.closedness.private_witness import path_sum
from semialg.closedness.rank_identity import rank_identity
from semialg.closedness.system import Equation, System, combine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from semialg.certificates.outside import Outside, Variable
    from semialg.closedness.effort import Effort
    from semialg.closedness.instance import Instance
    from semialg.closedness.system import Cofactors
    from semialg.pattern.pattern import Pattern

__all__ = ["equations_of", "identity", "instance_outside", "outside", "prove_no_solution"]

Matrix = list[list[Packed]]


def outside(
    pattern: Pattern,
    target: Sequence[Sequence[Fraction | int]],
    budget: int = 200,
    effort: Effort | None = None,
) -> Outside | None:
    """Return a proof that the target is not a product of factors supported on the masks, or None.

    Conclusions that need no choice come first (variables that must vanish, that are invertible, that an
    equation determines), then minors of too high a rank, then an identity by linear algebra unless a Groebner
    basis says that there are complex solutions, then case splits on a variable, both cases treated alike.

    Parameters
    ----------
    pattern
        The pattern; take the minor that the target lives on, it has fewer variables.
    target
        Rational entries, one row for each row of the first mask.
    budget
        Most case splits and identities that are tried.
    effort
        What may be spent. With it there are conclusions and case splits only, which answers fast either way.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> lu = Pattern([[[1, 0], [1, 1]], [[1, 1], [0, 1]]])
    >>> [term["row"] for term in outside(lu, [[0, 1], [1, 0]]).to_json()["terms"]]
    [0, 0, 1]
    >>> outside(lu, [[1, 1], [1, 0]]) is None
    True
    """
    names = [
        (layer, i, j)
        for layer, mask in enumerate(pattern.masks)
        for i in range(mask.rows)
        for j in mask.row(i)
    ]
    index = {name: at for at, name in enumerate(names)}
    constants = [[fmpq(v.numerator, v.denominator) for v in map(Fraction, row)] for row in target]
    product: Matrix = [
        [
            {sum(variable(index[v]) * e for v, e in m): fmpq(1) for m in path_sum(pattern.masks, 0, i, j)}
            for j in range(len(row))
        ]
        for i, row in enumerate(constants)
    ]
    known = {(i, j): p for i, row in enumerate(product) for j, p in enumerate(row)}
    values = {(i, j): v for i, row in enumerate(constants) for j, v in enumerate(row)}
    if effort is not None:
        return _Search(names, budget, effort).prove(equations_of(known, values))
    return _ThoroughSearch(names, budget, product, constants).prove(equations_of(known, values))


def instance_outside(
    instance: Instance, target: Mapping[tuple[int, int], Fraction | int], effort: Effort
) -> Outside | None:
    """Return a proof that no member of an instance has the given observed entries, None if none is found.

    Conclusions and case splits only, which answers within milliseconds either way; then once more with the
    equations of Cramer's rule (theory N6). The proof speaks of the hidden units that the copies come from.

    Parameters
    ----------
    instance
        The instance.
    target
        Label of row and column to value, for every observed entry that is not 0.
    effort
        What may be spent.
    """
    copies = [(unit, origin) for unit in instance.units.values() for origin in unit.origins]
    names: list[Variable] = []
    left: dict[tuple[int, int], Packed] = {}
    right: dict[tuple[int, int], Packed] = {}
    for at, (unit, origin) in enumerate(copies):
        for i in bits(unit.rows & instance.rows):
            left[i, at] = {variable(len(names)): fmpq(1)}
            names.append((0, i, origin))
        for j in bits(unit.columns & instance.columns):
            right[at, j] = {variable(len(names)): fmpq(1)}
            names.append((1, origin, j))
    values: dict[tuple[int, int], Any] = {}
    product: dict[tuple[int, int], Packed] = {}
    for i in bits(instance.rows):
        for j in bits(instance.observed(i, instance.columns)):
            value = Fraction(target.get((i, j), 0))
            values[i, j] = fmpq(value.numerator, value.denominator)
            terms = [
                times(left[i, at], right[at, j])
                for at in range(len(copies))
                if (i, at) in left and (at, j) in right
            ]
            product[i, j] = {m: c for term in terms for m, c in term.items()}
    equations = equations_of(product, values)
    found = _Search(names, _SPLITS, effort).prove(equations)
    if found is not None or effort.left <= 0:
        return found
    factors = Factors(list(bits(instance.rows)), list(bits(instance.columns)), left, right, values)
    more = cramer_equations(factors, product)
    return _Search(names, _SPLITS, effort).prove([*equations, *more]) if more else None


_SPLITS = 60
"""Most case splits for an instance."""


def prove_no_solution(
    names: Sequence[Variable], equations: Sequence[Equation], splits: int, effort: Effort
) -> Outside | None:
    """Return a proof that equations have no common solution, None if none is found.

    Parameters
    ----------
    names
        The names that the proof gives to the variables, by their numbers.
    equations
        Made by :func:`equations_of`.
    splits, effort
        Most case splits, and what may be spent, before identities by linear algebra are tried at a few nodes.
    """
    found = _Search(names, splits, effort).prove(equations)
    return found if found is not None else _ByIdentity(names, _FEW).prove(equations)


def equations_of(
    product: Mapping[tuple[int, int], Packed], target: Mapping[tuple[int, int], Any]
) -> list[Equation]:
    """Return the equations entry = target, each with the name of its place."""
    equations = []
    for position, entry in product.items():
        poly = dict(entry)
        if target[position] != 0:
            poly[0] = -target[position]
        if poly:
            equations.append(Equation(poly, {position: ONE}))
    return equations


class _Search:
    """The recursive search; it owns the numbering of the variables and the budget."""

    def __init__(self, names: Sequence[Variable], splits: int, effort: Effort | None = None) -> None:
        self._names: list[Variable] = list(names)
        self._budget = splits
        self._effort = effort

    def prove(self, equations: Sequence[Equation]) -> Outside | None:
        """Return a proof that equations have no common solution, None if none is found."""
        return self._prove(System(list(equations)), frozenset())

    def _prove(self, system: System, zeros: frozenset[int]) -> Outside | None:
        """Return a proof that the system has no solution, None if there is one or the budget is spent.

        ``zeros`` are the variables that are 0 in this branch.
        """
        if self._budget <= 0:
            return None
        self._budget -= 1
        raw = system.copy()
        system.simplify()
        if self._effort is not None and not self._effort.spend(_node_cost(system)):
            return None
        done = system.contradiction() or self._contradiction(zeros)
        if done is not None:
            return identity(self._names, done)
        if not system.equations or self._has_solution(system):
            return None
        done = self._last_resort(system)
        return identity(self._names, done) if done is not None else self._split(raw, system, zeros)

    def _contradiction(self, _zeros: frozenset[int]) -> Cofactors | None:
        """Look for a reason besides the conclusions of the system."""
        return None

    def _has_solution(self, _system: System) -> bool:
        """Whether it is known that the system has a complex solution."""
        return False

    def _last_resort(self, _system: System) -> Cofactors | None:
        """Look for an identity before a case split."""
        return None

    def _split(self, raw: System, system: System, zeros: frozenset[int]) -> Outside | None:
        index = self._choose(system)
        if index is None:
            return None
        name = self._names[index]
        zero = raw.copy()
        zero.set_zero(index)
        in_zero = self._prove(zero, zeros | {index})
        if in_zero is None:
            return None
        nonzero = system.copy()
        inverse = ("inverse", *name)
        self._names.append(inverse)
        nonzero.set_unit(index, len(self._names) - 1, inverse)
        in_nonzero = self._prove(nonzero, zeros)
        return None if in_nonzero is None else Split(name, in_zero, in_nonzero)

    def _choose(self, system: System) -> int | None:
        """Prefer a variable of a product that must vanish, then one that occurs often."""
        counts: Counter[int] = Counter()
        for equation in system.equations:
            weight = 100 if len(equation.poly) == 1 else 1
            for m in equation.poly:
                for v, _ in factors(m):
                    if v not in system.units and self._names[v][0] != "inverse":
                        counts[v] += weight
        return max(counts, key=lambda v: (counts[v], -v), default=None)


def identity(names: Sequence[Variable], cofactors: Cofactors) -> Identity:
    """Return the identity that cofactors of 1 make; variable number v has the v-th name."""

    def poly(packed_poly: Packed) -> Poly:
        return {
            monomial(names[v] for v, e in factors(m) for _ in range(e)): Fraction(int(c.p), int(c.q))
            for m, c in packed_poly.items()
        }

    terms: dict[tuple[int, int], Poly] = {}
    inverses: dict[Variable, Poly] = {}
    for name, cofactor in cofactors.items():
        if isinstance(name, tuple) and name[0] == "inverse":
            inverses[name[1:]] = poly(cofactor)
        elif isinstance(name, tuple):
            terms[name[0], name[1]] = poly(cofactor)
    return Identity(terms, inverses)


_FEW = 20
"""Most nodes at which an identity is looked for by linear algebra."""


class _ByIdentity(_Search):
    """The search with Groebner bases and linear algebra at every node."""

    def _has_solution(self, system: System) -> bool:
        return has_no_solution(_polys(system)) is False

    def _last_resort(self, system: System) -> Cofactors | None:
        every = [*system.equations, *(relation for _, _, relation in system.units.values())]
        cofactors = find_identity([e.poly for e in every], top_degree=8, columns=300)
        if cofactors is None:
            return None
        total: Cofactors = {}
        for equation, cofactor in zip(every, cofactors, strict=True):
            total = combine(total, equation.cofactors, cofactor)
        return total


class _ThoroughSearch(_ByIdentity):
    """The search with minors of too high a rank, too."""

    def __init__(
        self,
        names: Sequence[Variable],
        splits: int,
        product: Matrix,
        target: Sequence[Sequence[Any]],
    ) -> None:
        super().__init__(names, splits)
        self._product = product
        self._target = target

    def _contradiction(self, zeros: frozenset[int]) -> Cofactors | None:
        left = [
            [{m: c for m, c in e.items() if not any(exponent(m, v) for v in zeros)} for e in row]
            for row in self._product
        ]
        return rank_identity(left, self._target)


def _polys(system: System) -> list[Packed]:
    units = [relation.poly for _, _, relation in system.units.values()]
    return [*(e.poly for e in system.equations), *units]


def _node_cost(system: System) -> int:
    """Microseconds, roughly, that drawing the conclusions took."""
    return 150 + 8 * sum(e.size for e in system.equations)
