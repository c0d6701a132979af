"""Semi-algebraic sets: what a first-order formula describes in real coordinate space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from semialg.algebra.polynomial import Polynomial
from semialg.errors import FormulaError
from semialg.logic.formula import Formula, conjunction, disjunction, equal, exists, negation
from semialg.logic.infix import parse_formula
from semialg.logic.products import product_entries, target_name
from semialg.logic.sentences import membership
from semialg.logic.simplify import substitute_definitions
from semialg.logic.smtlib import natural_order
from semialg.logic.sympy_forms import formula_of_sympy, formula_to_sympy
from semialg.logic.variables import all_variables, free_variables, fresh_name, rename, substitute
from semialg.sets.bridges import formula_from_pysmt, formula_from_z3, formula_to_pysmt, formula_to_z3
from semialg.sets.quantities import Quantities

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from semialg.algebra.polynomial import Scalar
    from semialg.pattern.pattern import Pattern

__all__ = ["SemialgebraicSet"]


@dataclass(frozen=True, slots=True, eq=False)
class SemialgebraicSet(Quantities):
    """The set of real points, in the coordinates ``variables``, at which a formula holds.

    Formulas may have quantifiers: by the theorem of Tarski and Seidenberg they describe the same sets as
    those without. So most operations are a formula again and cost nothing; questions cost, and so do closure,
    interior and boundary, which look for a formula without quantifiers. Every question takes a time limit in
    seconds and a ``solver`` (a :class:`semialg.logic.decider.Decider`; by default exact arithmetic and then
    all that are installed), and gives a :class:`semialg.sets.finding.Finding` or
    :class:`semialg.sets.finding.Value`, which says so where the answer stays unknown, and what it rests on.

    Sets cannot be compared by ``==``: whether two formulas describe the same points is a question
    (:meth:`equals`), and whether they are written alike is ``a.formula == b.formula``.

    Parameters
    ----------
    variables
        Names of the coordinates, in order, all different.
    formula
        Its free variables are among the coordinates.
    trusted
        Words of solvers that the formula rests on, where an operation needed one; every answer repeats them.

    Raises
    ------
    FormulaError
        If a coordinate is named twice, or a free variable is no coordinate.

    Examples
    --------
    The unit disc and the unit circle:

    >>> from fractions import Fraction
    >>> disc = SemialgebraicSet.parse("x^2 + y^2 <= 1")
    >>> circle = SemialgebraicSet.parse("x^2 + y^2 = 1")
    >>> circle.is_subset(disc).holds, disc.is_subset(circle).holds
    (True, False)
    >>> disc.contains({"x": Fraction(3, 5), "y": Fraction(4, 5)}).holds
    True
    >>> disc.projection(["x"]).is_subset(SemialgebraicSet.parse("-1 <= x <= 1")).holds
    True

    The hyperbola is closed, its projection is not: 0 is missing.

    >>> hyperbola = SemialgebraicSet.parse("x y = 1")
    >>> shadow = hyperbola.projection(["x"])
    >>> hyperbola.is_closed().holds, shadow.is_closed().holds
    (True, False)
    >>> dict(shadow.is_closed().witness)
    {'x': Fraction(0, 1)}
    >>> nonzero = SemialgebraicSet.parse("x != 0")
    >>> shadow.is_subset(nonzero).holds, nonzero.is_subset(shadow).holds
    (True, True)
    """

    variables: tuple[str, ...]
    formula: Formula
    trusted: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "variables", tuple(self.variables))
        for name in self.variables:
            Polynomial.variable(name)
        if len(set(self.variables)) < len(self.variables):
            raise FormulaError(f"a coordinate is named twice in {list(self.variables)}")
        extra = sorted(free_variables(self.formula).difference(self.variables))
        if extra:
            raise FormulaError(
                f"the formula has the free variable {extra[0]}; the coordinates are {list(self.variables)}"
            )

    @classmethod
    def parse(cls, text: str, variables: Sequence[str] | None = None) -> SemialgebraicSet:
        """Read a formula in infix notation; the coordinates default to its free variables.

        Examples
        --------
        >>> SemialgebraicSet.parse("exists z. x = z^2").variables
        ('x',)
        """
        formula = parse_formula(text)
        return cls(tuple(natural_order(free_variables(formula)) if variables is None else variables), formula)

    @classmethod
    def of_pattern(cls, pattern: Pattern) -> SemialgebraicSet:
        """Return the set E of the products of a pattern, in the entries ``a_i_j`` that a path reaches.

        Examples
        --------
        >>> from semialg.pattern.pattern import Pattern
        >>> products = SemialgebraicSet.of_pattern(Pattern.parse("10/11*11/01"))
        >>> products.variables
        ('a_0_0', 'a_0_1', 'a_1_0', 'a_1_1')
        >>> products.contains((0, 1, 1, 0)).holds, products.contains((1, 2, 3, 4)).holds
        (False, True)
        """
        reached = product_entries(pattern)
        return cls(tuple(target_name(i, j) for i, j in sorted(reached)), membership(pattern))

    @classmethod
    def from_sympy(cls, expression: Any, variables: Sequence[str] | None = None) -> SemialgebraicSet:
        """Return the set of a boolean expression of sympy (see :mod:`semialg.logic.sympy_forms`).

        Examples
        --------
        >>> import sympy
        >>> x = sympy.Symbol("x")
        >>> SemialgebraicSet.from_sympy(x**2 < 2).maximize("x").attained
        False
        """
        return cls._of(formula_of_sympy(expression), variables)

    @classmethod
    def from_z3(cls, expression: Any, variables: Sequence[str] | None = None) -> SemialgebraicSet:
        """Return the set of a boolean expression of z3 over the reals."""
        return cls._of(formula_from_z3(expression), variables)

    @classmethod
    def from_pysmt(cls, expression: Any, variables: Sequence[str] | None = None) -> SemialgebraicSet:
        """Return the set of a formula of pySMT over the reals."""
        return cls._of(formula_from_pysmt(expression), variables)

    @classmethod
    def _of(cls, formula: Formula, variables: Sequence[str] | None) -> SemialgebraicSet:
        names = natural_order(free_variables(formula)) if variables is None else variables
        return cls(tuple(names), formula)

    def to_sympy(self) -> Any:
        """Return the formula as a boolean expression of sympy; it must have no quantifiers."""
        return formula_to_sympy(self.formula)

    def to_z3(self) -> Any:
        """Return the formula as a boolean expression of z3."""
        return formula_to_z3(self.formula)

    def to_pysmt(self) -> Any:
        """Return the formula as one of pySMT."""
        return formula_to_pysmt(self.formula)

    def __eq__(self, other: object) -> bool:
        """Return True for the same object; raise FormulaError for another set."""
        if self is other:
            return True
        if isinstance(other, SemialgebraicSet):
            raise FormulaError(
                "sets are not compared by ==; ask a.equals(b) for the same points, or compare "
                "a.formula == b.formula for the same text"
            )
        return NotImplemented

    def __hash__(self) -> int:
        return id(self)

    def __str__(self) -> str:
        return f"{{({', '.join(self.variables)}) : {self.formula}}}"

    # ------------------------------------------------------------------ operations

    def union(self, other: SemialgebraicSet) -> SemialgebraicSet:
        """Return the union with another set in the same coordinates."""
        return self._with(disjunction(self.formula, self._aligned(other)), *other.trusted)

    def intersection(self, other: SemialgebraicSet) -> SemialgebraicSet:
        """Return the intersection with another set in the same coordinates."""
        return self._with(conjunction(self.formula, self._aligned(other)), *other.trusted)

    def difference(self, other: SemialgebraicSet) -> SemialgebraicSet:
        """Return what is in this set and not in another one in the same coordinates."""
        return self._with(conjunction(self.formula, negation(self._aligned(other))), *other.trusted)

    def complement(self) -> SemialgebraicSet:
        """Return the points that are not in this set."""
        return self._with(negation(self.formula))

    __or__ = union
    __and__ = intersection
    __sub__ = difference
    __invert__ = complement

    def projection(self, variables: Sequence[str]) -> SemialgebraicSet:
        """Return the projection to some coordinates, in the order given.

        Examples
        --------
        >>> print(SemialgebraicSet.parse("x y = 1").projection(["x"]))
        {(x) : exists y. x*y - 1 = 0}
        """
        unknown = [name for name in variables if name not in self.variables]
        if unknown:
            raise FormulaError(f"{unknown[0]} is no coordinate; the coordinates are {list(self.variables)}")
        dropped = [name for name in self.variables if name not in variables]
        return SemialgebraicSet(tuple(variables), exists(dropped, self.formula), self.trusted)

    def rename(self, names: Mapping[str, str]) -> SemialgebraicSet:
        """Return the same set with some coordinates renamed, all at once.

        Examples
        --------
        >>> print(SemialgebraicSet.parse("x > y").rename({"x": "y", "y": "x"}))
        {(y, x) : x - y < 0}
        """
        unknown = [name for name in names if name not in self.variables]
        if unknown:
            raise FormulaError(f"{unknown[0]} is no coordinate; the coordinates are {list(self.variables)}")
        new = tuple(names.get(name, name) for name in self.variables)
        return SemialgebraicSet(new, rename(self.formula, names), self.trusted)

    def product(self, other: SemialgebraicSet) -> SemialgebraicSet:
        """Return the Cartesian product; coordinates of the other set that clash are renamed.

        Examples
        --------
        >>> interval = SemialgebraicSet.parse("0 <= x <= 1")
        >>> interval.product(interval).variables
        ('x', 'x_r1')
        """
        taken = {*self.variables, *other.variables}
        names: dict[str, str] = {}
        for name in other.variables:
            if name in self.variables:
                names[name] = fresh_name(name, taken)
                taken.add(names[name])
        moved = other.rename(names)
        both = conjunction(self.formula, moved.formula)
        return SemialgebraicSet(self.variables + moved.variables, both, (*self.trusted, *other.trusted))

    def image(self, mapping: Mapping[str, Polynomial | Scalar]) -> SemialgebraicSet:
        """Return the image under a polynomial map: new coordinates with their polynomials in the old ones.

        Examples
        --------
        >>> from semialg.logic.formula import TRUE
        >>> x = Polynomial.variable("x")
        >>> line = SemialgebraicSet(("x",), TRUE)
        >>> parabola = line.image({"x": x, "y": x**2})
        >>> parabola.contains({"x": 3, "y": 9}).holds, parabola.contains({"x": 3, "y": 8}).holds
        (True, False)
        """
        values = {
            name: value if isinstance(value, Polynomial) else Polynomial.constant(value)
            for name, value in mapping.items()
        }
        for value in values.values():
            self._require_coordinates(value.variables)
        taken = {*self.variables, *values, *all_variables(self.formula)}
        inner: dict[str, str] = {}
        for name in self.variables:
            inner[name] = fresh_name(name, taken) if name in values else name
            taken.add(inner[name])
        moved = {old: Polynomial.variable(new) for old, new in inner.items()}
        graph = [equal(Polynomial.variable(name), p.substitute(moved)) for name, p in values.items()]
        body = conjunction(rename(self.formula, inner), *graph)
        return SemialgebraicSet(tuple(values), exists(inner.values(), body), self.trusted)

    def preimage(
        self, mapping: Mapping[str, Polynomial | Scalar], variables: Sequence[str]
    ) -> SemialgebraicSet:
        """Return the points, in new coordinates, that a polynomial map sends into this set.

        The map gives every coordinate of this set as a polynomial in the new ones.

        Examples
        --------
        >>> t = Polynomial.variable("t")
        >>> print(SemialgebraicSet.parse("x^2 + y^2 <= 1").preimage({"x": t, "y": 0}, ["t"]))
        {(t) : t^2 - 1 <= 0}
        """
        missing = [name for name in self.variables if name not in mapping]
        if missing:
            raise FormulaError(f"the map does not say what the coordinate {missing[0]} is")
        moved = substitute(self.formula, {name: mapping[name] for name in self.variables})
        return SemialgebraicSet(tuple(variables), moved, self.trusted)

    def simplified(self) -> SemialgebraicSet:
        """Return the same set by a simpler formula, without bound variables that an equation defines."""
        return self._with(substitute_definitions(self.formula))

    # ------------------------------------------------------------------ helpers

    def _require_coordinates(self, names: Sequence[str]) -> None:
        unknown = [name for name in names if name not in self.variables]
        if unknown:
            raise FormulaError(f"{unknown[0]} is no coordinate; the coordinates are {list(self.variables)}")
