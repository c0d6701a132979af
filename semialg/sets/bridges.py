"""Bridges to z3 and pySMT: formulas there and back, through SMT-LIB text, which all of them read and write.

One syntax, whose reader refuses what is not real arithmetic. Quantifiers stay quantifiers here, also leading
ones; :mod:`semialg.solvers.z3_forms` hands those over as free variables, as solvers like them. The bridge to
sympy is :mod:`semialg.logic.sympy_forms`.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from semialg.errors import BackendMissingError
from semialg.logic.smtlib import to_smtlib
from semialg.logic.smtlib_reader import parse_smtlib

if TYPE_CHECKING:
    from semialg.logic.formula import Formula

__all__ = ["formula_from_pysmt", "formula_from_z3", "formula_to_pysmt", "formula_to_z3"]


def formula_to_z3(formula: Formula) -> Any:
    """Return a formula as a boolean expression of z3.

    Examples
    --------
    >>> from semialg.logic.infix import parse_formula
    >>> formula_to_z3(parse_formula("x y > 1")).sort()
    Bool
    """
    import z3

    assertions = z3.parse_smt2_string(to_smtlib(formula))
    return assertions[0] if len(assertions) == 1 else z3.And(*assertions)


def formula_from_z3(expression: Any) -> Formula:
    """Return a boolean expression of z3 over the reals.

    Raises
    ------
    FormulaError
        If it leaves real arithmetic.

    Examples
    --------
    >>> import z3
    >>> x = z3.Real("x")
    >>> print(formula_from_z3(z3.And(x * x > 2, x < 2)))
    x^2 - 2 > 0 and x - 2 < 0
    """
    import z3

    solver = z3.Solver()
    solver.add(expression)
    return parse_smtlib(solver.to_smt2()).formula


def formula_to_pysmt(formula: Formula) -> Any:
    """Return a formula as one of pySMT.

    Raises
    ------
    BackendMissingError
        If pySMT is not installed.
    """
    script = _pysmt("smtlib.parser").SmtLibParser().get_script(io.StringIO(to_smtlib(formula)))
    return script.get_last_formula()


def formula_from_pysmt(expression: Any) -> Formula:
    """Return a formula of pySMT over the reals.

    Raises
    ------
    BackendMissingError
        If pySMT is not installed.
    FormulaError
        If the formula leaves real arithmetic.
    """
    script = _pysmt("smtlib.script").smtlibscript_from_formula(expression)
    text = io.StringIO()
    script.serialize(text, daggify=False)
    return parse_smtlib(text.getvalue()).formula


def _pysmt(module: str) -> Any:
    from importlib import import_module

    try:
        return import_module(f"pysmt.{module}")
    except ModuleNotFoundError:
        raise BackendMissingError("pySMT is not installed; install it with: pip install pysmt") from None
