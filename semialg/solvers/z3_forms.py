"""Formulas as objects of z3 and back, through SMT-LIB text: what both sides mean by it is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from semialg.errors import FormulaError
from semialg.intake.shown import show
from semialg.logic.smtlib_reader import parse_smtlib
from semialg.solvers.question import Question

if TYPE_CHECKING:
    from semialg.logic.formula import Formula

__all__ = ["formula_of_z3", "formula_to_z3"]


def formula_to_z3(formula: Formula) -> Any:
    """Return a formula as a Boolean expression of z3, its free variables as real constants of their names.

    Leading existential quantifiers count as free variables, as for every solver here.

    Raises
    ------
    FormulaError
        If z3 does not read it.

    Examples
    --------
    >>> from semialg.logic.infix import parse_formula
    >>> formula_to_z3(parse_formula("x > 0"))
    x > 0
    """
    import z3

    question = Question.of(formula)
    try:
        (found,) = z3.parse_smt2_string(question.script)
    except z3.Z3Exception as error:
        raise FormulaError(f"z3 does not read the formula ({show(error)})") from None
    renamed = [
        (z3.Real(symbol), z3.Real(name)) for name, symbol in question.symbols.items() if name != symbol
    ]
    return z3.substitute(found, *renamed) if renamed else found


def formula_of_z3(expression: Any) -> Formula:
    """Return the formula that a Boolean expression of z3 over the reals spells.

    Raises
    ------
    FormulaError
        If it holds anything but real polynomial arithmetic, connectives and quantifiers.

    Examples
    --------
    >>> import z3
    >>> x, y = z3.Reals("x y")
    >>> print(formula_of_z3(x * x < y))
    x^2 - y < 0
    """
    import z3

    if not z3.is_bool(expression):
        raise FormulaError(f"'{show(expression, 60)}' is no Boolean expression of z3; expected one")
    solver = z3.Solver()
    solver.add(expression)
    return parse_smtlib(solver.to_smt2()).formula
