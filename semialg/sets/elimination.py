"""Quantifier elimination: exact where that is cheap, by an algebra system elsewhere."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from semialg.algebra.polynomial import Polynomial
from semialg.errors import LimitError
from semialg.logic.formula import (
    FALSE,
    And,
    Atom,
    ForAll,
    Formula,
    Or,
    Quantified,
    Truth,
    conjunction,
    disjunction,
    equal,
    greater,
    less,
    negation,
    unequal,
)
from semialg.logic.simplify import simplify, substitute_definitions
from semialg.logic.variables import free_variables, is_quantifier_free
from semialg.logic.walk import fold, nodes
from semialg.sets.columns import abscissa, ordinate
from semialg.sets.line import line_formula
from semialg.sets.plane import Plane

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from semialg.logic.answer import Number

__all__ = ["eliminate_exactly", "eliminate_nodes", "line_of"]

_MOST_LINEAR_ATOMS = 8
_MOST_NODES = 20_000


def eliminate_exactly(formula: Formula, time_limit: float | None = 5.0) -> Formula:
    """Return an equivalent formula with the quantifiers removed that exact arithmetic alone removes.

    That are variables that an equation defines, variables that occur in the first power (Loos and
    Weispfenning [1]_), and one variable beside at most one other (cells of the plane). Quantifiers that
    need more stay.

    References
    ----------
    .. [1] R. Loos, V. Weispfenning, "Applying linear quantifier elimination", Comput. J. 36 (1993) 450-462.

    Examples
    --------
    >>> from semialg.logic.infix import parse_formula
    >>> print(eliminate_exactly(parse_formula("exists y. x y = 1")))
    x != 0
    >>> print(eliminate_exactly(parse_formula("exists y. (x^2 + y^2 <= 1 and y > x^2)")))
    x^4 + x^2 - 1 < 0
    >>> print(eliminate_exactly(parse_formula("forall x. x^2 + b x + 1 > 0")))
    b^2 - 4 < 0
    """
    return eliminate_nodes(formula, None, time_limit)


def eliminate_nodes(
    formula: Formula, fallback: Callable[[Formula], Formula | None] | None, time_limit: float | None
) -> Formula:
    """Eliminate quantifiers from the inside; ``fallback`` gets the nodes that arithmetic leaves."""
    deadline = None if time_limit is None else time.monotonic() + time_limit

    def step(node: Formula, below: Sequence[Formula]) -> Formula:
        node = node.with_children(below)
        if not isinstance(node, Quantified):
            return node
        body = below[0]
        if not is_quantifier_free(body):
            return node
        rest = _without_block(node, body, deadline)
        if isinstance(rest, Quantified) and fallback is not None:
            rest = fallback(rest) or rest
        return rest

    return simplify(fold(substitute_definitions(formula), step))


def _without_block(node: Quantified, body: Formula, deadline: float | None) -> Formula:
    """Eliminate the variables of one block, as far as possible."""
    universal = isinstance(node, ForAll)
    matrix = simplify(negation(body) if universal else body)
    left = [name for name in node.variables if name in free_variables(matrix)]
    progress = True
    while left and progress:
        progress = False
        for name in sorted(left, key=lambda n: _cost(matrix, n)):
            found = _without(name, matrix, deadline)
            if found is not None and sum(1 for _ in nodes(found)) <= _MOST_NODES:
                matrix, progress = found, True
                left = [other for other in left if other != name and other in free_variables(matrix)]
                break
    if left:
        return type(node)(left, simplify(negation(matrix)) if universal else matrix)
    return simplify(negation(matrix)) if universal else matrix


def _cost(formula: Formula, name: str) -> tuple[int, int]:
    atoms = [n.polynomial for n in nodes(formula) if isinstance(n, Atom) and n.polynomial.degree(name) > 0]
    return max((p.degree(name) for p in atoms), default=0), len(atoms)


def _without(name: str, formula: Formula, deadline: float | None) -> Formula | None:
    """Return "there is a value of ``name``" without it, None if exact arithmetic does not give it cheaply."""
    formula = simplify(formula)
    if name not in free_variables(formula):
        return formula
    if isinstance(formula, Or):
        parts = [_without(name, part, deadline) for part in formula.parts]
        found = [p for p in parts if p is not None]
        return simplify(disjunction(*found)) if len(found) == len(parts) else None
    if isinstance(formula, And):
        outer = [p for p in formula.parts if name not in free_variables(p)]
        inner = [p for p in formula.parts if name in free_variables(p)]
        if outer:
            rest = _without(name, conjunction(*inner), deadline)
            return None if rest is None else simplify(conjunction(*outer, rest))
    defined = substitute_definitions(_exists(name, formula))
    if name not in {v for n in nodes(defined) if isinstance(n, Quantified) for v in n.variables}:
        return defined
    others = free_variables(formula) - {name}
    if len(others) <= 1:
        return _from_the_plane(name, formula, others, deadline)
    degree, count = _cost(formula, name)
    if degree == 1 and count <= _MOST_LINEAR_ATOMS:
        return _linear(name, formula)
    return None


def _exists(name: str, formula: Formula) -> Formula:
    from semialg.logic.formula import Exists

    return Exists((name,), formula)


# ------------------------------------------------------------------ one variable beside another


def _from_the_plane(
    name: str, formula: Formula, others: frozenset[str], deadline: float | None
) -> Formula | None:
    left = None if deadline is None else max(deadline - time.monotonic(), 0.05)
    try:
        plane = Plane((*others, name), formula, left)
    except LimitError:
        return None
    if not others:
        return Truth(bool(plane.members))
    (other,) = others
    return line_formula(
        other,
        [abscissa(c) for c in plane.columns if c.critical],
        [there for _, there in plane.shadow()],
    )


def line_of(plane: Plane) -> tuple[list[Number], list[bool]]:
    """Return the ends and the truth of the cells of a set of the line."""
    (column,) = plane.columns
    height = 2 * len(column.roots) + 1
    ends: list[Number] = [ordinate(column, cell) for cell in range(1, height, 2)]
    there = {cell.level for cell in plane.members}
    return ends, [level in there for level in range(height)]


# ------------------------------------------------------------------ first powers


def _linear(name: str, formula: Formula) -> Formula:
    """Return the disjunction over test points: minus infinity, every root, and just above every root."""
    lines: dict[tuple[Polynomial, Polynomial], None] = {}
    for node in nodes(formula):
        if isinstance(node, Atom) and node.polynomial.degree(name) > 0:
            lines[_parts(node.polynomial, name)] = None
    cases = [_at_minus_infinity(name, formula)]
    for a, b in lines:
        for place in (_at_root, _above_root):
            cases.append(conjunction(unequal(a), _replace(name, formula, partial(place, a, b))))
    return simplify(disjunction(*cases)) if cases else FALSE


def _parts(polynomial: Polynomial, name: str) -> tuple[Polynomial, Polynomial]:
    rows = polynomial.coefficients_in(name)
    return rows[1], rows.get(0, Polynomial.constant(0))


def _replace(name: str, formula: Formula, atom: Callable[[Polynomial, Polynomial, str], Formula]) -> Formula:
    def step(node: Formula, below: Sequence[Formula]) -> Formula:
        if isinstance(node, Atom):
            if not node.polynomial.degree(name) > 0:
                return node
            return atom(*_parts(node.polynomial, name), node.relation)
        return node.with_children(below)

    return simplify(fold(formula, step))


def _at_minus_infinity(name: str, formula: Formula) -> Formula:
    return _replace(
        name,
        formula,
        lambda c, d, relation: (
            conjunction(equal(c), equal(d))
            if relation == "="
            else disjunction(less(c), conjunction(equal(c), greater(d)))
        ),
    )


def _at_root(a: Polynomial, b: Polynomial, c: Polynomial, d: Polynomial, relation: str) -> Formula:
    """Return the atom c y + d at y = -b/a, a not zero: it has the sign of (a d - b c) a."""
    value = a * d - b * c
    return equal(value) if relation == "=" else greater(value * a)


def _above_root(a: Polynomial, b: Polynomial, c: Polynomial, d: Polynomial, relation: str) -> Formula:
    value = a * d - b * c
    if relation == "=":
        return conjunction(equal(value), equal(c))
    return disjunction(greater(value * a), conjunction(equal(value), greater(c)))
