"""Rules about images of polynomial maps (claims ``map_closed`` and ``map_not_closed``)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from semialg.checker.arithmetic import (
    Laurent,
    Polynomial,
    SparseMatrix,
    Variable,
    add_product,
    laurent_product,
    times,
)
from semialg.checker.decode import (
    Rule,
    array,
    index,
    laurent,
    polynomial,
    positive,
    rational,
    record,
    variant,
)
from semialg.checker.report import Invalid, Run, figure
from semialg.checker.rules.outside import (
    OUTSIDE,
    System,
    constant,
    decode_term,
    name,
    require_combination,
    require_equal,
    weighted_squares,
)

__all__ = ["MAP_CLOSED", "MAP_FIELDS", "MAP_NOT_CLOSED", "require_limit"]

MAX_VARIABLES = 10_000


@dataclass(frozen=True)
class MapSystem(System):
    """The equations f_i(x) = a_i; variable k is written [0, 0, k], coordinate i is row i, column 0."""

    polynomials: tuple[Polynomial, ...] = ()
    variables: int = 0

    def has(self, variable: Variable) -> bool:
        """Say whether a name is that of a variable of the map."""
        _, factor, row, column = variable
        return factor == row == 0 and column < self.variables

    def equation(self, row: int, column: int, run: Run) -> Polynomial:
        """Return f_i - a_i with the zero variables left out."""
        result: Polynomial = {}
        for monomial, coefficient in self.polynomials[row].items():
            if not any(variable in self.zero for variable, _ in monomial):
                result[monomial] = coefficient
        run.spend(len(self.polynomials[row]))
        add_product(result, {(): Fraction(-1)}, constant(self.target.rows[row].get(column)), run)
        return result

    def places(self, poly: Polynomial) -> list[tuple[int, int]]:  # noqa: ARG002 - all are tried
        """Return every coordinate."""
        return [(row, 0) for row in range(len(self.polynomials))]


def require_map(claim: dict[str, Any]) -> None:
    """Judge that the polynomials of a claim are in its variables."""
    if claim["variables"] > MAX_VARIABLES:
        raise Invalid("claim.variables", f"expected at most {MAX_VARIABLES}, found {claim['variables']}")
    system = _system(claim, [])
    for at, poly in enumerate(claim["map"]):
        _require_variables(system, poly, f"claim.map[{at}]")


def _require_variables(system: MapSystem, poly: Polynomial, where: str) -> None:
    for monomial in poly:
        for variable, _ in monomial:
            if variable[0] or not system.has(variable):
                raise Invalid(where, f"expected the variables of the map, found {name(variable)}")


def _system(claim: dict[str, Any], target: list[Fraction]) -> MapSystem:
    rows = tuple({0: value} if value else {} for value in target)
    return MapSystem((), SparseMatrix(rows, 1), polynomials=tuple(claim["map"]), variables=claim["variables"])


# ------------------------------------------------------------------ not closed


def check_limit(claim: dict[str, Any], fields: dict[str, Any], where: str, run: Run) -> None:
    """Judge that the map sends a curve to points that tend to the target, which is no value."""
    require_map(claim)
    target: list[Fraction] = fields["target"]
    curve: list[Laurent] = fields["curve"]
    if len(target) != len(claim["map"]):
        raise Invalid(f"{where}.target", f"expected {len(claim['map'])} numbers, found {len(target)}")
    if len(curve) != claim["variables"]:
        raise Invalid(f"{where}.curve", f"expected {claim['variables']} entries, found {len(curve)}")
    for at, poly in enumerate(claim["map"]):
        require_limit(_along(poly, curve, run), target[at], f"{where}.curve", f"{where}.target[{at}]", at)
    system = _system(claim, target)
    fields["outside"].rule.check(system, fields["outside"].fields, f"{where}.outside", run)


def require_limit(value: Laurent, wanted: Fraction, curve: str, target: str, what: object) -> None:
    """Judge that a Laurent polynomial has no pole and tends to a number."""
    lowest = min(value, default=0)
    if lowest < 0:
        raise Invalid(curve, f"the value has t^{lowest} at {what}; expected no pole")
    found = value.get(0, Fraction(0))
    if found != wanted:
        raise Invalid(target, f"expected {figure(found)}, the limit of the values, found {figure(wanted)}")


def _along(poly: Polynomial, curve: list[Laurent], run: Run) -> Laurent:
    """Return a polynomial on the curve."""
    total: Laurent = {}
    for monomial, coefficient in poly.items():
        value: Laurent = {0: coefficient}
        for (_, _, _, at), exponent in monomial:
            for _ in range(exponent):
                run.spend(4)
                value = _product(value, curve[at], run)
        for e, c in value.items():
            c += total.pop(e, Fraction(0))
            if c:
                total[e] = c
    return total


def _product(left: Laurent, right: Laurent, run: Run) -> Laurent:
    one, other = (
        SparseMatrix(({0: left} if left else {},), 1),
        SparseMatrix(({0: right} if right else {},), 1),
    )
    return laurent_product(one, other, run).rows[0].get(0, {})


# ------------------------------------------------------------------ closed


def check_homogeneous(claim: dict[str, Any], fields: dict[str, Any], where: str, run: Run) -> None:
    """Homogeneous coordinates of positive degree without a common zero but 0."""
    require_map(claim)
    for at, poly in enumerate(claim["map"]):
        degrees = {sum(exponent for _, exponent in monomial) for monomial in poly}
        if len(degrees) > 1 or 0 in degrees:
            raise Invalid(f"claim.map[{at}]", "expected a homogeneous polynomial of positive degree")
    blocks = [list(range(claim["variables"]))]
    _require_no_common_zero(claim, blocks, fields, where, run)


def check_cone(claim: dict[str, Any], fields: dict[str, Any], where: str, run: Run) -> None:
    """Coordinates homogeneous of one degree in every block, which vanish together only if a block does."""
    require_map(claim)
    blocks: list[list[int]] = fields["blocks"]
    listed = [k for block in blocks for k in block]
    if sorted(listed) != list(range(claim["variables"])) or not all(blocks):
        raise Invalid(f"{where}.blocks", "expected every variable in exactly one block, no block empty")
    block_of = {k: at for at, block in enumerate(blocks) for k in block}
    degrees: set[tuple[int, ...]] = set()
    for poly in claim["map"]:
        for monomial in poly:
            degree = [0] * len(blocks)
            for (_, _, _, k), exponent in monomial:
                degree[block_of[k]] += exponent
            degrees.add(tuple(degree))
    if len(degrees) > 1 or any(0 in degree for degree in degrees):
        raise Invalid(
            "claim.map", "expected one positive degree in every block, the same for all coordinates"
        )
    _require_no_common_zero(claim, blocks, fields, where, run)


def _require_no_common_zero(
    claim: dict[str, Any], blocks: list[list[int]], fields: dict[str, Any], where: str, run: Run
) -> None:
    """Judge (product over the blocks of the sum of squares)^N + squares = combination of the coordinates."""
    base: Polynomial = {(): Fraction(1)}
    for block in blocks:
        base = times(base, {((_variable(k), 2),): Fraction(1) for k in block}, run)
    expected: Polynomial = {(): Fraction(1)}
    for _ in range(fields["exponent"]):
        expected = times(expected, base, run)
    system = _system(claim, [Fraction(0)] * len(claim["map"]))
    weighted_squares(system, expected, fields["squares"], where, run)
    require_combination(system, fields["terms"], expected, where, run)


def check_bounded(claim: dict[str, Any], fields: dict[str, Any], where: str, run: Run) -> None:
    """Every variable is bounded by a polynomial in the values of the map."""
    require_map(claim)
    bounds: list[dict[str, Any]] = fields["bounds"]
    if sorted(bound["variable"] for bound in bounds) != list(range(claim["variables"])):
        raise Invalid(f"{where}.bounds", "expected one bound for every variable")
    source = _system(claim, [])
    values = MapSystem((), SparseMatrix((), 1), variables=len(claim["map"]))
    for at, bound in enumerate(bounds):
        here = f"{where}.bounds[{at}]"
        left: Polynomial = {((_variable(bound["variable"]), 2 * bound["exponent"]),): Fraction(1)}
        weighted_squares(source, left, bound["squares"], here, run)
        _require_variables(values, bound["bound"], f"{here}.bound")
        right: Polynomial = {}
        for monomial, coefficient in bound["bound"].items():
            term = constant(coefficient)
            for (_, _, _, i), exponent in monomial:
                for _ in range(exponent):
                    run.spend(4)
                    term = times(term, claim["map"][i], run)
            add_product(right, constant(Fraction(1)), term, run)
        require_equal(right, left, f"{here}.bound")


def _variable(k: int) -> Variable:
    return (False, 0, 0, k)


_squares = array(record({"weight": rational, "poly": polynomial}))
_terms = array(decode_term)

#: The fields of a claim about a map, beside its kind.
MAP_FIELDS = {"variables": positive, "map": array(polynomial, 1)}

MAP_NOT_CLOSED: dict[str, Rule] = {
    "limit": Rule(
        {
            "target": array(rational, 1),
            "curve": array(laurent, 1),
            "outside": variant("rule", lambda: OUTSIDE),
        },
        check_limit,
    ),
}

MAP_CLOSED: dict[str, Rule] = {
    "homogeneous": Rule({"exponent": positive, "squares": _squares, "terms": _terms}, check_homogeneous),
    "cone": Rule(
        {"blocks": array(array(index), 1), "exponent": positive, "squares": _squares, "terms": _terms},
        check_cone,
    ),
    "bounded": Rule(
        {
            "bounds": array(
                record({"variable": index, "exponent": positive, "squares": _squares, "bound": polynomial}), 1
            )
        },
        check_bounded,
    ),
}
