"""Closures and interiors as formulas without quantifiers, from the structure of the formula."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from semialg.algebra.polynomial import Polynomial
from semialg.errors import LimitError
from semialg.logic.formula import (
    FALSE,
    And,
    Atom,
    Formula,
    Not,
    Or,
    Truth,
    at_least,
    conjunction,
    disjunction,
    equal,
    greater,
    negation,
)
from semialg.logic.simplify import simplify
from semialg.logic.variables import fresh_name, is_quantifier_free, substitute
from semialg.sets.germ import limit_curve
from semialg.sets.line import above, below, is_at
from semialg.sets.plane import Plane
from semialg.sets.topology import closure_formula, evidently_closed, weakened

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from semialg.sets.finding import Finding
    from semialg.sets.plane import Cell

__all__ = ["Described", "closure_description", "describe_cells", "pieces", "solid_part"]

_MOST_PIECES = 64


class Described(NamedTuple):
    """A formula for a closure, and the solvers' words it rests on (empty if it is exact)."""

    formula: Formula
    words: tuple[str, ...]


def pieces(formula: Formula) -> list[tuple[Formula, ...]] | None:
    """Return the disjunctive normal form as lists of literals, None if there are more than 64.

    ``p != 0`` is taken as ``p > 0 or p < 0``.

    Examples
    --------
    >>> from semialg.logic.infix import parse_formula
    >>> [[str(part) for part in piece] for piece in pieces(parse_formula("x = 0 and (y > 1 or y != 0)"))]
    [['x = 0', 'y - 1 > 0'], ['x = 0', 'y > 0'], ['x = 0', 'y < 0']]
    """
    formula = simplify(formula)
    if isinstance(formula, Or):
        found: list[tuple[Formula, ...]] = []
        for part in formula.parts:
            inner = pieces(part)
            if inner is None or len(found) + len(inner) > _MOST_PIECES:
                return None
            found += inner
        return found
    if isinstance(formula, And):
        choices = [pieces(part) for part in formula.parts]
        count = 1
        for choice in choices:
            if choice is None:
                return None
            count *= len(choice)
            if count > _MOST_PIECES:
                return None
        known = [choice or [] for choice in choices]
        return [tuple(lit for part in combination for lit in part) for combination in product(*known)]
    match formula:
        case Truth(value):
            return [()] if value else []
        case Not(Atom(polynomial, "=")):
            return [(greater(polynomial),), (greater(-polynomial),)]
        case Atom() | Not(Atom()):
            return [(formula,)]
    return None


def solid_part(formula: Formula) -> Formula:
    """Return the quantifier-free formula without the zero sets of its polynomials.

    ``=`` becomes false and ``>=`` becomes ``>``. What is left is open and differs from the set by a set
    without interior points. So the set has interior points exactly when this has a point.

    Examples
    --------
    >>> from semialg.logic.infix import parse_formula
    >>> print(solid_part(parse_formula("x >= 0 and (y = 0 or y^2 != 2)")))
    x > 0 and y^2 - 2 != 0
    """
    from semialg.logic.walk import fold

    def step(node: Formula, below: Sequence[Formula]) -> Formula:
        match node:
            case Not(Atom(polynomial, ">")):
                return greater(-polynomial)
            case Atom(_, "="):
                return FALSE
            case Not(Atom(_, "=")):
                return node
        return node.with_children(below)

    return simplify(fold(simplify(formula), step))


# ------------------------------------------------------------------ closures


def closure_description(
    variables: Sequence[str],
    formula: Formula,
    ask: Callable[[Formula], Finding],
    eliminate: Callable[[Formula], Described | None],
    time_limit: float,
) -> Described | None:
    """Return the closure of a set without quantifiers, None if its structure does not give it.

    In turn: a set that is closed by its form; the cells of the plane; the set weakened (``>`` to ``>=``)
    where the gradients allow it; the set with single limit points, or with limit points on a subspace of
    coordinates.

    Parameters
    ----------
    variables, formula
        The set.
    ask
        Tells whether a formula holds nowhere.
    eliminate
        Eliminates quantifiers, None where it cannot.
    time_limit
        Seconds for the cells of the plane.
    """
    formula = simplify(formula)
    if not is_quantifier_free(formula):
        return None
    if evidently_closed(formula):
        return Described(formula, ())
    if len(variables) <= 2:
        exact = _from_the_plane(variables, formula, time_limit)
        if exact is not None:
            return Described(exact, ())
    weak = weakened(formula)
    left = simplify(conjunction(weak, negation(formula)))
    found = ask(left)
    if found.holds:
        return Described(formula, _words(found))
    words: list[str] = []
    regular = _regular(formula, left, ask, words)
    if regular:
        return Described(weak, tuple(words))
    return _few_limits(variables, formula, left, ask, eliminate)


def _from_the_plane(variables: Sequence[str], formula: Formula, time_limit: float) -> Formula | None:
    try:
        plane = Plane(variables, formula, time_limit)
    except LimitError:
        return None
    return describe_cells(plane, plane.closure())


def _regular(formula: Formula, left: Formula, ask: Callable[[Formula], Finding], words: list[str]) -> bool:
    """Whether every point of ``left`` is a limit point because of gradients.

    At a point where equations q = 0, and p >= 0 for the active p, hold, let the gradients of all q be
    linearly independent, and some direction orthogonal to them have a positive scalar product with every
    active gradient of a p (Mangasarian and Fromovitz). Then the implicit function theorem gives a curve on
    which all q stay zero and all active p become positive. By Gordan's theorem the condition fails exactly
    if a nontrivial combination of the gradients vanishes whose coefficients at the p are not negative: one
    sentence without quantifiers.
    """
    parts = pieces(formula)
    if parts is None:
        return False
    bad: list[Formula] = []
    for piece in parts:
        strict = [lit.polynomial for lit in piece if isinstance(lit, Atom) and lit.relation == ">"]
        if not strict:
            continue
        weak = [-lit.body.polynomial for lit in piece if isinstance(lit, Not) and isinstance(lit.body, Atom)]
        equations = [lit.polynomial for lit in piece if isinstance(lit, Atom) and lit.relation == "="]
        bad.append(_degenerate(strict, weak, equations))
    for sentence in bad:
        found = ask(simplify(conjunction(left, sentence)))
        if not found.holds:
            return False
        words += _words(found)
    return True


def _degenerate(
    strict: Sequence[Polynomial], weak: Sequence[Polynomial], equations: Sequence[Polynomial]
) -> Formula:
    """Return "a limit candidate of the piece where the gradients do not show that it is a limit point"."""
    inequalities = [*strict, *weak]
    everything = [*inequalities, *equations]
    names = sorted({v for p in everything for v in p.variables})
    taken = set(names)
    multipliers: list[Polynomial] = []
    for at in range(len(everything)):
        name = fresh_name(f"m_{at}", taken)
        taken.add(name)
        multipliers.append(Polynomial.variable(name))
    own = multipliers[: len(inequalities)]
    active = disjunction(*(equal(p) for p in strict))
    there = conjunction(active, *(at_least(p) for p in inequalities), *(equal(q) for q in equations))
    combination = [
        equal(Polynomial.sum(m * p.derivative(name) for m, p in zip(multipliers, everything, strict=True)))
        for name in names
    ]
    signs = [f for m, p in zip(own, inequalities, strict=True) for f in (at_least(m), equal(m * p))]
    total = Polynomial.sum(own) + Polynomial.sum(m * m for m in multipliers[len(inequalities) :])
    return conjunction(there, *combination, *signs, equal(total, 1))


def _words(found: Finding) -> tuple[str, ...]:
    return () if found.basis == "exact" else (found.reason,)


def _few_limits(
    variables: Sequence[str],
    formula: Formula,
    left: Formula,
    ask: Callable[[Formula], Finding],
    eliminate: Callable[[Formula], Described | None],
) -> Described | None:
    """Describe the limit points among ``left`` where all of it lies on a subspace of coordinates."""
    words: list[str] = []
    fixed: dict[str, Fraction] = {}
    for name in variables:
        found = ask(simplify(conjunction(left, negation(equal(Polynomial.variable(name))))))
        if found.holds:
            fixed[name] = Fraction(0)
            words += _words(found)
    if len(fixed) == len(variables):
        if limit_curve(variables, formula, fixed) is not None:
            point = conjunction(*(equal(Polynomial.variable(name)) for name in variables))
            return Described(simplify(disjunction(formula, point)), tuple(words))
        if _apart_from(variables, formula, fixed, ask, words):
            return Described(formula, tuple(words))
        return None
    if not fixed:
        return None
    rest = eliminate(substitute(closure_formula(variables, formula), fixed))
    if rest is None or not is_quantifier_free(rest.formula):
        return None
    there = conjunction(left, *(equal(Polynomial.variable(name)) for name in fixed), rest.formula)
    return Described(simplify(disjunction(formula, there)), (*words, *rest.words))


def _apart_from(
    variables: Sequence[str],
    formula: Formula,
    point: Mapping[str, Fraction],
    ask: Callable[[Formula], Finding],
    words: list[str],
) -> bool:
    for width in (Fraction(1), Fraction(1, 100)):
        box = [
            part
            for name in variables
            for x in [Polynomial.variable(name) - point[name]]
            for part in (greater(width - x), greater(width + x))
        ]
        found = ask(simplify(conjunction(formula, *box)))
        if found.holds:
            words += _words(found)
            return True
    return False


# ------------------------------------------------------------------ unions of cells


def describe_cells(plane: Plane, cells: frozenset[Cell]) -> Formula | None:
    """Return a formula for a union of cells, None if signs do not tell the cells apart.

    Cells with the same signs are told apart by the ends of their columns, and points by rational bounds.

    Examples
    --------
    >>> from semialg.logic.infix import parse_formula
    >>> plane = Plane(("x", "y"), parse_formula("x^2 + y^2 < 1"))
    >>> print(describe_cells(plane, plane.closure()))
    x^2 + y^2 - 1 <= 0
    """
    whole: dict[tuple[int, ...], set[bool]] = {}
    local: dict[tuple[int, tuple[int, ...]], set[bool]] = {}
    for cell in plane.cells:
        signs = plane.signs(cell)
        whole.setdefault(signs, set()).add(cell in cells)
        local.setdefault((cell.column, signs), set()).add(cell in cells)
    clear = frozenset(signs for signs, truths in whole.items() if truths == {True})
    parts: list[Formula] = [_by_signs(plane, clear)] if clear else []
    for (column, signs), truths in local.items():
        if signs in clear or True not in truths:
            continue
        range_of = _column_range(plane, column)
        if truths == {True}:
            parts.append(conjunction(range_of, plane.sign_condition(signs)))
            continue
        for cell in cells:
            if cell.column == column and plane.signs(cell) == signs:
                if cell.dimension or len(plane.variables) < 2:
                    return None
                low, high = plane.columns[column].roots[cell.level // 2]
                y = Polynomial.variable(plane.variables[1])
                parts.append(
                    conjunction(range_of, plane.sign_condition(signs), greater(y, low), greater(high, y))
                )
    return simplify(disjunction(*parts)) if parts else FALSE


def _by_signs(plane: Plane, wanted: frozenset[tuple[int, ...]]) -> Formula:
    """Return a formula that holds at exactly those cells whose signs are wanted, with few atoms."""
    every = {plane.signs(cell) for cell in plane.cells}
    size = len(next(iter(every)))
    # One factor after the other is left out as long as the others still tell the cells apart.
    kept = list(range(size))
    for k in range(size):
        trial = [other for other in kept if other != k]
        good = {tuple(s[i] for i in trial) for s in wanted}
        if not any(tuple(s[i] for i in trial) in good for s in every - wanted):
            kept = trial
    groups: dict[tuple[int, ...], set[int]] = {}
    if not kept:
        return Truth(True)
    for s in wanted:
        groups.setdefault(tuple(s[i] for i in kept[:-1]), set()).add(s[kept[-1]])
    return disjunction(
        *(
            conjunction(
                *(plane.factor_condition(i, {v}) for i, v in zip(kept[:-1], head, strict=True)),
                plane.factor_condition(kept[-1], tail),
            )
            for head, tail in sorted(groups.items())
        )
    )


def _column_range(plane: Plane, k: int) -> Formula:
    name = plane.variables[0]
    if len(plane.variables) == 1:
        return Truth(True)
    if plane.columns[k].critical:
        return is_at(name, plane.abscissa(k))
    parts = []
    if k > 0:
        parts.append(above(name, plane.abscissa(k - 1)))
    if k + 1 < len(plane.columns):
        parts.append(below(name, plane.abscissa(k + 1)))
    return conjunction(*parts)
