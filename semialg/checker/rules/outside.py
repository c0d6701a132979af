"""Rules that prove a target to be no product: outside.identity, split, squares, trust, and the ranks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from semialg.checker.arithmetic import Polynomial, SparseMatrix, Variable, add_product
from semialg.checker.decode import (
    Rule,
    Step,
    array,
    entry_variable,
    has_key,
    index,
    polynomial,
    rational,
    record,
    text,
    variant,
)
from semialg.checker.masks import BitMask, bits
from semialg.checker.report import Hole, Invalid, Run, figure, show
from semialg.checker.rules.ranks import RANKS
from semialg.checker.statement import facts_of

__all__ = [
    "OUTSIDE",
    "System",
    "constant",
    "decode_term",
    "judge_outside",
    "name",
    "require_combination",
    "require_equal",
    "weighted_squares",
]


@dataclass(frozen=True)
class System:
    """The equations P_ij = target_ij in the entries of the factors, and the branch of the case split.

    Attributes
    ----------
    masks, target
        The pattern and the matrix that is to be no product.
    zero, nonzero
        Entries that are 0, and entries that have an inverse, in this branch.
    """

    masks: tuple[BitMask, ...]
    target: SparseMatrix[Fraction]
    zero: frozenset[Variable] = frozenset()
    nonzero: frozenset[Variable] = frozenset()

    def has(self, variable: Variable) -> bool:
        """Say whether the entry lies in its factor's mask."""
        _, factor, row, column = variable
        if factor >= len(self.masks) or row >= len(self.masks[factor].rows):
            return False
        mask = self.masks[factor]
        return column < mask.columns and bool(mask.rows[row] >> column & 1)

    def equation(self, row: int, column: int, run: Run) -> Polynomial:
        """Return P_ij - target_ij with the zero entries left out: one monomial for each path."""
        reached: dict[int, Polynomial] = {row: {(): Fraction(1)}}
        for factor, mask in enumerate(self.masks):
            following: dict[int, Polynomial] = {}
            last = factor == len(self.masks) - 1
            for k, paths in reached.items():
                run.spend(mask.columns >> 6)
                for j in bits(mask.rows[k] & 1 << column) if last else bits(mask.rows[k]):
                    variable = (False, factor, k, j)
                    if variable not in self.zero:
                        step: Polynomial = {((variable, 1),): Fraction(1)}
                        add_product(following.setdefault(j, {}), paths, step, run)
            reached = following
        result = reached.get(column, {})
        add_product(result, {(): Fraction(-1)}, constant(self.target.rows[row].get(column)), run)
        return result

    def reduced(self, poly: Polynomial, where: str) -> Polynomial:
        """Return the polynomial of a certificate with the zero entries left out; judge its variables."""
        result: Polynomial = {}
        for monomial, coefficient in poly.items():
            for variable, _ in monomial:
                if variable[0] and (False, *variable[1:]) not in self.nonzero:
                    raise Invalid(where, f"{name(variable)} is used outside the nonzero branch of its entry")
                if not self.has(variable):
                    raise Invalid(where, f"expected entries of the factors' masks, found {name(variable)}")
            if not any(variable in self.zero for variable, _ in monomial):
                result[monomial] = coefficient
        return result

    def places(self, poly: Polynomial) -> list[tuple[int, int]]:
        """Return the entries (row, column) whose equation a polynomial could be, judged by its variables."""
        entries = [variable for monomial in poly for variable, _ in monomial]
        rows = {row for _, factor, row, _ in entries if factor == 0} or range(len(self.target.rows))
        last = len(self.masks) - 1
        columns = {column for _, factor, _, column in entries if factor == last} or range(self.target.columns)
        if len(rows) > 1 < len(columns) and entries:
            return []
        return [(row, column) for row in rows for column in columns]


def constant(value: Fraction | None) -> Polynomial:
    """Return a number as a polynomial."""
    return {(): value} if value else {}


def name(variable: Variable) -> str:
    """Return a variable as certificates write it."""
    inverse, *place = variable
    return str(["inverse", *place]) if inverse else str(list(place))


def require_combination(
    system: System, terms: list[dict[str, Any]], expected: Polynomial, where: str, run: Run
) -> None:
    """Judge that the sum of cofactor * equation over the terms is a given polynomial."""
    require_equal(_combination(system, terms, where, run), expected, f"{where}.terms")


def _combination(system: System, terms: list[dict[str, Any]], where: str, run: Run) -> Polynomial:
    """Return the sum of cofactor * equation over the terms."""
    total: Polynomial = {}
    for at, term in enumerate(terms):
        here = f"{where}.terms[{at}]"
        cofactor = system.reduced(term["cofactor"], f"{here}.cofactor")
        if "inverse_of" in term:
            variable: Variable = term["inverse_of"]
            if variable not in system.nonzero:
                raise Invalid(f"{here}.inverse_of", f"{name(variable)} may be zero in this branch")
            inverse = (True, *variable[1:])
            equation: Polynomial = {((variable, 1), (inverse, 1)): Fraction(1), (): Fraction(-1)}
        else:
            row, column = term["row"], term["column"]
            if row >= len(system.target.rows) or column >= system.target.columns:
                found = f"{len(system.target.rows)} x {system.target.columns}"
                raise Invalid(here, f"entry ({row}, {column}) lies outside the {found} target")
            equation = system.equation(row, column, run)
        add_product(total, cofactor, equation, run)
    return total


def require_equal(found: Polynomial, expected: Polynomial, where: str) -> None:
    """Judge that two polynomials are the same."""
    for monomial in sorted(found.keys() | expected.keys()):
        is_there, wanted = found.get(monomial, Fraction(0)), expected.get(monomial, Fraction(0))
        if is_there != wanted:
            powers = " ".join(f"{name(variable)}^{exponent}" for variable, exponent in monomial) or "1"
            raise Invalid(
                where,
                f"the identity fails at the monomial {show(powers)}: expected {figure(wanted)}, "
                f"found {figure(is_there)}",
            )


def check_identity(system: System, fields: dict[str, Any], where: str, run: Run) -> None:
    """1 = sum of cofactor * equation."""
    found = _combination(system, fields["terms"], where, run)
    require_equal(found, constant(Fraction(1)), f"{where}.terms")


def check_split(system: System, fields: dict[str, Any], where: str, run: Run) -> None:
    """Split the cases: an entry of a factor is zero, or has an inverse."""
    variable: Variable = fields["variable"]
    if not system.has(variable):
        raise Invalid(f"{where}.variable", f"expected an entry of a factor's mask, found {name(variable)}")
    if variable in system.zero | system.nonzero:
        raise Invalid(f"{where}.variable", f"{name(variable)} has been split before")
    judge_outside(replace(system, zero=system.zero | {variable}), fields["zero"], f"{where}.zero", run)
    judge_outside(
        replace(system, nonzero=system.nonzero | {variable}), fields["nonzero"], f"{where}.nonzero", run
    )


def check_squares(system: System, fields: dict[str, Any], where: str, run: Run) -> None:
    """1 + sum of positive weight * square = sum of cofactor * equation."""
    expected = constant(Fraction(1))
    weighted_squares(system, expected, fields["squares"], where, run)
    require_combination(system, fields["terms"], expected, where, run)


def weighted_squares(
    system: System, expected: Polynomial, squares: list[dict[str, Any]], where: str, run: Run
) -> None:
    """Add a sum of positive weight * square to a polynomial in place; judge the weights."""
    for at, square in enumerate(squares):
        here = f"{where}.squares[{at}]"
        if square["weight"] <= 0:
            raise Invalid(f"{here}.weight", "expected a positive weight")
        poly = system.reduced(square["poly"], f"{here}.poly")
        weighted: Polynomial = {}
        add_product(weighted, constant(square["weight"]), poly, run)
        add_product(expected, weighted, poly, run)


def check_trust(system: System, fields: dict[str, Any], where: str, run: Run) -> None:
    """Trust a solver's word: every assertion of the statement must be a fact of this branch."""
    for at, fact in facts_of(fields["statement"], f"{where}.statement", run):
        if fact.variable is not None:
            if (False, *fact.variable) not in system.nonzero:
                raise Invalid(f"{where}.statement", f"assertion {at}: the entry may be zero")
            continue
        poly = system.reduced(fact.polynomial, f"{where}.statement")
        if poly and not _is_equation(system, poly, run):
            raise Invalid(f"{where}.statement", f"assertion {at} is no equation P_ij = target_ij")
    run.holes.append(Hole(where, fields["statement"], tuple(fields["solvers"])))


def _is_equation(system: System, poly: Polynomial, run: Run) -> bool:
    """Say whether p = 0 is, up to a factor, P_ij = target_ij for some entry (i, j)."""
    for row, column in system.places(poly):
        run.spend(10)
        equation = system.equation(row, column, run)
        if equation.keys() == poly.keys():
            scale = {poly[monomial] / equation[monomial] for monomial in poly}
            if len(scale) == 1:
                return True
    return False


def judge_outside(system: System, step: Step, where: str, run: Run) -> None:
    """Judge a proof that the target is no product in this branch."""
    step.rule.check(system, step.fields, where, run)


_inverse_term = record({"inverse_of": entry_variable, "cofactor": polynomial})
_entry_term = record({"row": index, "column": index, "cofactor": polynomial})


def decode_term(value: object) -> dict[str, Any]:
    """Decode a term of a combination: a cofactor with its equation."""
    is_inverse = has_key(value, "inverse_of")
    found: dict[str, Any] = (_inverse_term if is_inverse else _entry_term)(value)
    return found


def _outside(value: object) -> Step:
    step: Step = variant("rule", lambda: OUTSIDE)(value)
    return step


_squares = array(record({"weight": rational, "poly": polynomial}))

OUTSIDE: dict[str, Rule] = {
    "identity": Rule({"terms": array(decode_term)}, check_identity),
    "split": Rule({"variable": entry_variable, "zero": _outside, "nonzero": _outside}, check_split),
    "squares": Rule({"squares": _squares, "terms": array(decode_term)}, check_squares),
    "trust": Rule({"statement": text, "solvers": array(text, 1)}, check_trust),
    **RANKS,
}
