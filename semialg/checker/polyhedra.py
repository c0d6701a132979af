"""Linear systems in the checker: decoding, and adding up rows with multipliers.

Nothing is searched for: every multiplier is in the proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Any, cast

from semialg.checker.decode import array, rational, record, text
from semialg.checker.report import WORK_LIMIT, Invalid, Unreadable, figure, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.checker.report import Run

__all__ = [
    "EQUATION",
    "Multipliers",
    "Row",
    "System",
    "combination",
    "families",
    "follows",
    "multipliers",
    "primitive",
    "row_over",
    "sparse_row",
    "sparse_vector",
    "system",
]

EQUATION = "="
_RELATIONS = (EQUATION, ">=", ">")

#: Row index -> multiplier.
Multipliers = dict[int, Fraction]


@dataclass(frozen=True)
class Row:
    """``vector[0] + vector[1] x_1 + vector[2] x_2 + ...`` related to 0."""

    vector: tuple[Fraction, ...]
    relation: str


@dataclass(frozen=True)
class System:
    """Rows over named variables: the set of points that satisfy all of them."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]


def _pairs(value: object) -> dict[str, object]:
    if type(value) is not dict:
        raise Unreadable(f"expected an object, found {show(value)}")
    return cast("dict[str, object]", value)


def sparse_vector(value: object) -> dict[str, Fraction]:
    """Decode an object from variables to numbers; variables left out have 0."""
    found: dict[str, Fraction] = {}
    for name, number in _pairs(value).items():
        try:
            found[name] = rational(number)
        except Unreadable as error:
            raise error.within(f".{show(name)[1:-1]}") from None
    return found


def _relation(value: object) -> str:
    if type(value) is not str or value not in _RELATIONS:
        raise Unreadable(f"expected one of {list(_RELATIONS)}, found {show(value)}")
    return value


#: Decodes a row; which variables there are is not known yet.
sparse_row = record({"coefficients": sparse_vector, "constant": rational, "relation": _relation})

_names = array(text)
_system = record({"variables": _names, "rows": array(sparse_row)})


def row_over(row: dict[str, Any], variables: Sequence[str]) -> Row:
    """Return a decoded row over the variables; raise Unreadable for a variable that is none of them."""
    coefficients: dict[str, Fraction] = row["coefficients"]
    known = set(variables)
    for name in coefficients:
        if name not in known:
            raise Unreadable(f"{show(name)} is no variable of the system", ".coefficients")
    dense = (coefficients.get(name, Fraction(0)) for name in variables)
    return Row((row["constant"], *dense), row["relation"])


def system(value: object) -> System:
    """Decode a system."""
    fields: dict[str, Any] = _system(value)
    variables = tuple(fields["variables"])
    if len(variables) * len(fields["rows"]) > WORK_LIMIT:
        raise Unreadable(f"expected at most {WORK_LIMIT} coefficients, zeros among them", ".rows")
    if len(set(variables)) < len(variables):
        raise Unreadable("expected distinct names", ".variables")
    rows: list[Row] = []
    for at, row in enumerate(fields["rows"]):
        try:
            rows.append(row_over(row, variables))
        except Unreadable as error:
            raise error.within(f".rows[{at}]") from None
    return System(variables, tuple(rows))


def multipliers(value: object) -> Multipliers:
    """Decode an object from row indices to multipliers."""
    found: Multipliers = {}
    for key, number in _pairs(value).items():
        if not key.isascii() or not key.isdecimal() or len(key) > 9 or str(int(key)) != key:
            raise Unreadable(f"expected the index of a row as a key, found {show(key)}")
        try:
            found[int(key)] = rational(number)
        except Unreadable as error:
            raise error.within(f".{key}") from None
    return found


_two = array(multipliers)


def families(value: object) -> list[Multipliers]:
    """Decode the multipliers of a row: one object, or for an equation a list of two."""
    if not isinstance(value, list):
        return [multipliers(value)]
    found: list[Multipliers] = _two(cast("object", value))
    if len(found) != 2:
        raise Unreadable(f"expected one object of multipliers or a list of two, found {len(found)}")
    return found


def primitive(row: Row) -> Row:
    """Return the positive multiple of a row whose entries are integers without a common divisor."""
    denominator = lcm(*(v.denominator for v in row.vector))
    scaled = [v.numerator * (denominator // v.denominator) for v in row.vector]
    divisor = gcd(*scaled) or 1
    return Row(tuple(Fraction(v // divisor) for v in scaled), row.relation)


def combination(
    rows: Sequence[Row], weights: Multipliers, width: int, where: str, run: Run
) -> tuple[tuple[Fraction, ...], bool]:
    """Return the sum of the multiplied rows, and whether a strict row takes part.

    Raises Invalid if an index is out of range or the multiplier of an inequality is negative.
    """
    total = [Fraction(0)] * width
    strict = False
    for index, weight in weights.items():
        if index >= len(rows):
            raise Invalid(f"{where}.{index}", f"expected the index of one of {len(rows)} rows, found {index}")
        row = rows[index]
        if weight < 0 and row.relation != EQUATION:
            raise Invalid(f"{where}.{index}", f"expected a nonnegative multiplier, found {weight}")
        strict = strict or (weight > 0 and row.relation == ">")
        run.spend(width)
        for at, value in enumerate(row.vector):
            if value:
                total[at] += weight * value
                run.spend_on(total[at])
    return tuple(total), strict


def follows(rows: Sequence[Row], weights: list[Multipliers], target: Row, where: str, run: Run) -> None:
    """Check that the target is the sum of the multiplied rows and a nonnegative number.

    An equation has either multipliers of equations that add up to it exactly, or two families, one that
    shows it with >= and one that shows its negative with >=.
    """
    if target.relation != EQUATION:
        if len(weights) != 1:
            raise Invalid(where, "expected one object of multipliers for an inequality, found two")
        _shows(rows, weights[0], target, where, run)
    elif len(weights) == 2:
        _shows(rows, weights[0], Row(target.vector, ">="), f"{where}[0]", run)
        negative = Row(tuple(-v for v in target.vector), ">=")
        _shows(rows, weights[1], negative, f"{where}[1]", run)
    else:
        for index in weights[0]:
            if index < len(rows) and rows[index].relation != EQUATION:
                raise Invalid(f"{where}.{index}", "expected only equations in the proof of an equation")
        total, _ = combination(rows, weights[0], len(target.vector), where, run)
        if total != target.vector:
            raise Invalid(where, "the multiplied equations do not add up to the equation")


def _shows(rows: Sequence[Row], weights: Multipliers, target: Row, where: str, run: Run) -> None:
    total, strict = combination(rows, weights, len(target.vector), where, run)
    if total[1:] != target.vector[1:]:
        raise Invalid(where, "the multiplied rows do not add up to the row: a coefficient differs")
    slack = target.vector[0] - total[0]
    if slack < 0:
        raise Invalid(
            where, f"the multiplied rows show only a weaker row: the constant lacks {figure(-slack)}"
        )
    if target.relation == ">" and not slack and not strict:
        raise Invalid(where, "the multiplied rows show the row only with >=, not with >")
