"""The cells of a set in the plane or on the line: exact, without a solver.

The plane is cut into columns at the abscissas where roots of the polynomials meet, begin or end; in every
column the polynomials have constant signs on points, arcs and the gaps between them [1]_. Which cells touch
which is read off close to each critical abscissa: the roots there lie in disjoint intervals, no root
crosses an end of one, so every arc ends in the interval that it passes, or at infinity. What follows is exact
arithmetic on this finite picture. Two variables are the limit: this is no decomposition for more.

References
----------
.. [1] D. S. Arnon, G. E. Collins, S. McCallum, "Cylindrical algebraic decomposition II: an adjacency
algorithm for
   the plane", SIAM J. Comput. 13 (1984) 878-889.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_poly, fmpz_mpoly_ctx

from semialg.algebra.number_field import NumberField
from semialg.algebra.polynomial import Polynomial
from semialg.errors import FormulaError, LimitError
from semialg.logic.formula import (
    And,
    Atom,
    Formula,
    Not,
    Or,
    Truth,
    conjunction,
    disjunction,
    equal,
    greater,
    less,
)
from semialg.logic.simplify import simplify
from semialg.logic.variables import is_quantifier_free
from semialg.logic.walk import fold, nodes
from semialg.sets.columns import (
    Column,
    abscissa,
    build_column,
    critical_abscissas,
    next_integers,
    ordinate,
    product_over,
    simplest_between,
    specialized,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from semialg.logic.answer import Number

__all__ = ["Cell", "Plane"]

_MOST_DEGREE = 40
_LEVEL = Fraction(0)


@dataclass(frozen=True)
class Cell:
    """A point, an arc or a region: its column, its place there, its dimension, its boundedness."""

    column: int
    level: int
    dimension: int
    bounded: bool


class Plane:
    """The cells of one quantifier-free formula in at most two variables.

    Parameters
    ----------
    variables
        One or two coordinates (one: the cells of the line).
    formula
        Without quantifiers.
    time_limit
        Seconds for the construction; None for no limit.

    Raises
    ------
    FormulaError
        If there are more variables, or quantifiers.
    LimitError
        If the time does not suffice, or a degree is above 40.

    Examples
    --------
    >>> from semialg.logic.infix import parse_formula
    >>> circle = Plane(("x", "y"), parse_formula("x^2 + y^2 = 1"))
    >>> len(circle.components()), max(cell.dimension for cell in circle.members)
    (1, 1)
    """

    def __init__(self, variables: Sequence[str], formula: Formula, time_limit: float | None = None) -> None:
        if not 1 <= len(variables) <= 2 or not is_quantifier_free(formula):
            raise FormulaError(
                f"the cells of a formula without quantifiers in one or two variables are computed; found "
                f"{len(variables)} variables{'' if is_quantifier_free(formula) else ' and quantifiers'}"
            )
        self._deadline = None if time_limit is None else time.monotonic() + time_limit
        self._limit = time_limit
        self.variables = tuple(variables)
        self._context: Any = fmpz_mpoly_ctx.get(("x", "y"), "lex")
        self._formula = simplify(formula)
        self._factors: list[Any] = []
        self._atoms = self._factor_atoms()
        self.columns = self._columns()
        self.cells, self._touched = self._all_cells()
        self.members = frozenset(cell for cell in self.cells if self._holds(cell))

    # ------------------------------------------------------------------ questions

    def components(self) -> list[list[Cell]]:
        """Return the connected components of the set, each as its cells."""
        left = set(self.members)
        near: dict[Cell, list[Cell]] = {cell: [] for cell in self.members}
        for cell in self.members:
            for other in self._touched[cell]:
                if other in self.members:
                    near[cell].append(other)
                    near[other].append(cell)
        groups = []
        for first in self.cells:
            if first not in left:
                continue
            left.discard(first)
            group, waiting = [first], [first]
            while waiting:
                for other in near[waiting.pop()]:
                    if other in left:
                        left.discard(other)
                        group.append(other)
                        waiting.append(other)
            groups.append(group)
        return groups

    def limit_outside(self) -> Cell | None:
        """Return a cell outside whose points are limits of the set, None if the set is closed."""
        return next((o for cell in self.members for o in self._touched[cell] if o not in self.members), None)

    def edge_inside(self) -> Cell | None:
        """Return a cell of the set whose points are limits of points outside, None if the set is open."""
        for cell in self.cells:
            if cell not in self.members:
                for other in self._touched[cell]:
                    if other in self.members:
                        return other
        return None

    def point(self, cell: Cell) -> dict[str, Number]:
        """Return a point of a cell, with exact coordinates, rational where the cell has an interior."""
        column = self.columns[cell.column]
        y = ordinate(column, cell.level)
        if len(self.variables) == 1:
            return {self.variables[0]: y}
        return dict(zip(self.variables, (abscissa(column), y), strict=True))

    def closure(self) -> frozenset[Cell]:
        """Return the cells of the closure of the set."""
        return self.members.union(other for cell in self.members for other in self._touched[cell])

    def interior(self) -> frozenset[Cell]:
        """Return the cells of the interior of the set."""
        outside = [cell for cell in self.cells if cell not in self.members]
        return self.members.difference(other for cell in outside for other in self._touched[cell])

    def signs(self, cell: Cell) -> tuple[int, ...]:
        """Return the signs of the irreducible factors on a cell."""
        return self.columns[cell.column].signs[cell.level]

    def abscissa(self, column: int) -> Number:
        """Return the abscissa of a column."""
        return abscissa(self.columns[column])

    def factor_condition(self, factor: int, signs: set[int]) -> Formula:
        """Return "the sign of an irreducible factor is one of these"."""
        p = self.factor_polynomial(factor)
        allowed = {1: greater(p), 0: equal(p), -1: less(p)}
        return disjunction(*(allowed[s] for s in sorted(signs)))

    def sign_condition(self, signs: Sequence[int]) -> Formula:
        """Return "the irreducible factors have these signs"."""
        return conjunction(*(self.factor_condition(k, {s}) for k, s in enumerate(signs)))

    def factor_polynomial(self, factor: int) -> Polynomial:
        """Return an irreducible factor in the coordinates."""
        names = self.variables if len(self.variables) == 2 else ("", *self.variables)
        terms = {
            tuple((name, int(e)) for name, e in zip(names, exponents, strict=True) if e): int(c)
            for exponents, c in self._factors[factor].to_dict().items()
        }
        return Polynomial.sum(
            Polynomial.from_terms({tuple(sorted(monomial)): c}) for monomial, c in terms.items()
        )

    def shadow(self) -> list[tuple[int, bool]]:
        """Return for every column its number and whether a cell of it belongs to the set."""
        there = {cell.column for cell in self.members}
        return [(k, k in there) for k in range(len(self.columns))]

    # ------------------------------------------------------------------ construction

    def _pulse(self) -> None:
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise LimitError(
                f"the time limit of {self._limit:g} s was reached while cutting the plane into cells"
            )

    def _factor_atoms(self) -> dict[Atom, tuple[int, tuple[tuple[int, int], ...]]]:
        """Write the polynomial of every atom as sign, and powers of numbered irreducible factors."""
        known: dict[Any, int] = {}
        found: dict[Atom, tuple[int, tuple[tuple[int, int], ...]]] = {}
        for node in nodes(self._formula):
            if isinstance(node, Atom):
                unit, factors = self._flint(node.polynomial).factor()
                powers = []
                for factor, exponent in factors:
                    key = str(factor)
                    if key not in known:
                        known[key] = len(self._factors)
                        self._factors.append(factor)
                    powers.append((known[key], int(exponent)))
                found[node] = (1 if unit > 0 else -1, tuple(powers))
        return found

    def _flint(self, polynomial: Polynomial) -> Any:
        place = {name: at + 2 - len(self.variables) for at, name in enumerate(self.variables)}
        extra = [name for name in polynomial.variables if name not in place]
        if extra:
            raise FormulaError(f"{extra[0]} is no coordinate; the coordinates are {list(self.variables)}")
        if polynomial.degree() > _MOST_DEGREE:
            raise LimitError(
                f"a polynomial has degree {polynomial.degree()}; expected at most {_MOST_DEGREE}"
            )
        _, whole = polynomial.primitive()
        scale = 1 if _positive(polynomial, whole) else -1
        terms: dict[tuple[int, int], int] = {}
        for monomial, value in whole.terms().items():
            exponents = [0, 0]
            for name, exponent in monomial:
                exponents[place[name]] = exponent
            terms[exponents[0], exponents[1]] = scale * int(value)
        return self._context.from_dict(terms)

    def _columns(self) -> list[Column]:
        if len(self.variables) == 1:
            return [
                build_column(self._factors, NumberField.rational(Fraction(0), self._pulse), critical=True)
            ]
        tall = [p for p in self._factors if p.degrees()[1] > 0]
        flat = [p for p in self._factors if p.degrees()[1] == 0]
        critical = critical_abscissas(flat, tall, self._pulse)
        between: list[Fraction] = []
        for left, right in zip([None, *critical], [*critical, None], strict=True):
            between.append(
                simplest_between(None if left is None else left.high, None if right is None else right.low)
            )
        columns: list[Column] = []
        for at, value in enumerate(between):
            field = NumberField.rational(value, self._pulse)
            columns.append(build_column(self._factors, field, critical=False))
            if at < len(critical):
                columns.append(build_column(self._factors, critical[at], critical=True))
        return columns

    def _all_cells(self) -> tuple[list[Cell], dict[Cell, list[Cell]]]:
        """Return all cells, and for each the cells of smaller dimension in its closure."""
        spans = self._spans()
        cells: list[list[Cell]] = []
        for k, column in enumerate(self.columns):
            height = 2 * len(column.roots) + 1
            stack = []
            for level in range(height):
                dimension = (level + 1) % 2 + (not column.critical)
                bounded = 0 < level < height - 1 or (level % 2 == 1)
                if not column.critical:
                    inner = 0 < k < len(self.columns) - 1
                    bounded = bounded and inner and all(s.is_finite(level) for s in spans[k])
                stack.append(Cell(k, level, dimension, bounded))
            cells.append(stack)
        touched: dict[Cell, list[Cell]] = {}
        for k, stack in enumerate(cells):
            for cell in stack:
                below = [stack[n] for n in (cell.level - 1, cell.level + 1) if 0 <= n < len(stack)]
                near = below if cell.level % 2 == 0 else []
                for span in spans[k]:
                    near += [cells[span.column][n] for n in span.of(cell.level)]
                touched[cell] = near
        return [cell for stack in cells for cell in stack], touched

    def _spans(self) -> list[list[_Span]]:
        """Return for every open column where its arcs end at the critical columns beside it."""
        found: list[list[_Span]] = [[] for _ in self.columns]
        for k, column in enumerate(self.columns):
            if not column.critical or len(self.variables) == 1:
                continue
            left, right = self._close_to(k)
            for side, at in ((k - 1, left), (k + 1, right)):
                found[side].append(_Span(k, self._ends(column, at), 2 * len(column.roots)))
        return found

    def _close_to(self, k: int) -> tuple[Fraction, Fraction]:
        """Return abscissas on both sides of c up to which no root passes an end of an interval."""
        column = self.columns[k]
        field = column.field
        ends = sorted({end for interval in column.roots for end in interval}) or [_LEVEL]
        rows = [
            row for p in self._factors if p.degrees()[1] > 0 for end in ends if len(row := _row(p, end)) > 1
        ]
        line = NumberField.rational(Fraction(0), self._pulse)
        chains = [(line.sturm(line.squarefree(row)), row) for row in rows]
        low_limit = self.columns[k - 2].field.high if k >= 2 else next_integers(field.low, field.high)[0]
        high_limit = (
            self.columns[k + 2].field.low
            if k + 2 < len(self.columns)
            else next_integers(field.low, field.high)[1]
        )
        step = Fraction(1)
        while True:
            self._pulse()
            rational = field.low == field.high
            low = field.low - step if rational else field.low
            high = field.high + step if rational else field.high
            inside = low > low_limit and high < high_limit
            if inside and not any(
                line.count(chain, low, high) or not line.sign_at(r, low) for chain, r in chains
            ):
                return low, high
            step /= 2
            field.halve()

    def _ends(self, column: Column, at: Fraction) -> list[int]:
        """Return for each arc, from below, the cell of the critical column where it ends (or beyond all)."""
        field = NumberField.rational(at, self._pulse)
        tall = [specialized(p, field) for p in self._factors if p.degrees()[1] > 0]
        product = product_over(field, [p for p in tall if len(p) > 1])
        if len(product) < 2:
            return []
        roots, chain = field.isolate(product), field.sturm(product)
        # Without finite ends a horizontal line tells those that fall from those that rise.
        slots = list(column.roots) or [(_LEVEL, _LEVEL)]
        bottom = min(low for low, _ in [*roots, *slots]) - 1
        ends = [-1] * field.count(chain, bottom, slots[0][0])
        for number, (low, high) in enumerate(column.roots):
            ends += [2 * number + 1] * field.count(chain, low, high)
        return ends + [2 * len(column.roots) + 1] * (len(roots) - len(ends))

    # ------------------------------------------------------------------ truth

    def _holds(self, cell: Cell) -> bool:
        self._pulse()
        signs = self.columns[cell.column].signs[cell.level]

        def step(node: Formula, below: Sequence[bool]) -> bool:
            match node:
                case Truth(value):
                    return value
                case Atom(_, relation):
                    unit, powers = self._atoms[node]
                    sign = reduce(lambda total, p: total * signs[p[0]] ** p[1], powers, unit)
                    return sign == 0 if relation == "=" else sign > 0
                case Not():
                    return not below[0]
                case And():
                    return all(below)
                case Or():
                    return any(below)
            raise FormulaError(f"a node of the unknown kind {type(node).__name__} cannot be evaluated")

        return fold(self._formula, step)


@dataclass(frozen=True)
class _Span:
    """Where the arcs of an open column end; levels below 0 and above ``top`` are infinite."""

    column: int
    ends: list[int]
    top: int

    def _around(self, level: int) -> tuple[int, int]:
        number, is_root = divmod(level, 2)
        if is_root:
            return self.ends[number], self.ends[number]
        low = self.ends[number - 1] if number else -1
        high = self.ends[number] if number < len(self.ends) else self.top + 1
        return low, high

    def of(self, level: int) -> Iterable[int]:
        """Return the levels of the critical column in the closure of the cell at a level of the open one."""
        low, high = self._around(level)
        return range(max(low, 0), min(high, self.top) + 1)

    def is_finite(self, level: int) -> bool:
        """Whether the cell stays bounded towards the critical column."""
        low, high = self._around(level)
        return low >= 0 and high <= self.top


def _row(polynomial: Any, y: Fraction) -> Any:
    """Return q(x, y0) as coefficients in x over the rationals."""
    rows: dict[int, Any] = {}
    value = fmpq(y.numerator, y.denominator)
    for (i, j), c in polynomial.to_dict().items():
        rows[i] = rows.get(i, fmpq(0)) + fmpq(int(c)) * value**j
    coefficients = [fmpq_poly([rows.get(i, 0)]) for i in range(max(rows) + 1)]
    while coefficients and coefficients[-1].degree() < 0:
        coefficients.pop()
    return coefficients


def _positive(polynomial: Polynomial, whole: Polynomial) -> bool:
    monomial = next(iter(polynomial.terms()))
    return (polynomial.coefficient(monomial) > 0) == (whole.coefficient(monomial) > 0)
