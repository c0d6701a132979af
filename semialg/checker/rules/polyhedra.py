"""Claims about linear systems: no solution, an implied row, a projection."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from semialg.checker.boundary import Generated, check_cover
from semialg.checker.decode import Rule, Step, array, index, record, text, tuple_of, variant
from semialg.checker.polyhedra import (
    EQUATION,
    Row,
    System,
    combination,
    families,
    follows,
    multipliers,
    primitive,
    row_over,
    sparse_row,
    sparse_vector,
    system,
)
from semialg.checker.report import Invalid, Run, Unreadable, figure, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.checker.decode import Decoder
    from semialg.checker.polyhedra import Multipliers

__all__ = ["SYSTEM_CLAIMS", "SYSTEM_FIELDS", "SYSTEM_TABLES"]


def farkas_empty(claim: dict[str, Any], fields: dict[str, Any], where: str, run: Run) -> None:
    """Multiplied rows add up to a false statement about numbers."""
    given: System = claim["system"]
    path = f"{where}.multipliers"
    total, strict = combination(given.rows, fields["multipliers"], len(given.variables) + 1, path, run)
    if any(total[1:]):
        name = next(n for n, v in zip(given.variables, total[1:], strict=True) if v)
        raise Invalid(path, f"expected rows that add up to a number, found {show(name)} in the sum")
    if total[0] > 0 or (not total[0] and not strict):
        raise Invalid(
            path, f"the rows add up to {figure(total[0])} {'>' if strict else '>='} 0, which is true"
        )


def farkas_implied(claim: dict[str, Any], fields: dict[str, Any], where: str, run: Run) -> None:
    """Multiplied rows add up to the row, up to a nonnegative number."""
    given: System = claim["system"]
    try:
        target = row_over(claim["row"], given.variables)
    except Unreadable as error:
        raise error.within(".claim.row") from None
    follows(given.rows, fields["multipliers"], target, f"{where}.multipliers", run)


def projection(claim: dict[str, Any], fields: dict[str, Any], where: str, run: Run) -> None:
    """Every row of the projection follows; every point of it extends to a point of the system."""
    source: System = claim["system"]
    image: System = claim["projection"]
    for name in image.variables:
        if name not in source.variables:
            raise Invalid("claim.projection.variables", f"{show(name)} is no variable of the system")
    proofs: list[list[Multipliers]] = fields["sound"]
    if len(proofs) != len(image.rows):
        raise Invalid(f"{where}.sound", f"expected {len(image.rows)} proofs, one a row, found {len(proofs)}")
    place = {name: at for at, name in enumerate(image.variables, start=1)}
    columns = [place.get(name) for name in source.variables]
    for at, (row, proof) in enumerate(zip(image.rows, proofs, strict=True)):
        padded = (Fraction(0) if j is None else row.vector[j] for j in columns)
        follows(source.rows, proof, Row((row.vector[0], *padded), row.relation), f"{where}.sound[{at}]", run)
    complete: Step = fields["complete"]
    complete.rule.check(source, image, complete.fields, f"{where}.complete", run)


def complete_empty(_source: System, image: System, _fields: dict[str, Any], where: str, _run: Run) -> None:
    """Find a row of the projection that is a false statement about numbers: it has no point."""
    for row in image.rows:
        constant = row.vector[0]
        false = {EQUATION: constant != 0, ">=": constant < 0, ">": constant <= 0}[row.relation]
        if false and not any(row.vector[1:]):
            return
    raise Invalid(where, "expected a row of the projection that is a false statement about numbers")


@dataclass(frozen=True)
class Current:
    """The rows in the middle of an elimination, and the variables that may still be eliminated."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]
    wanted: tuple[str, ...]

    def column(self, fields: dict[str, Any], where: str) -> int:
        """Return the place of the variable that a step eliminates."""
        name: str = fields["variable"]
        if name not in self.variables or name in self.wanted:
            raise Invalid(f"{where}.variable", f"expected a variable to eliminate, found {show(name)}")
        return 1 + self.variables.index(name)

    def without(self, column: int, rows: Sequence[Row]) -> Current:
        """Return the rows with one column left out of each, each made primitive."""
        variables = (*self.variables[: column - 1], *self.variables[column:])
        short = (Row((*row.vector[:column], *row.vector[column + 1 :]), row.relation) for row in rows)
        return Current(variables, tuple(map(primitive, short)), self.wanted)


def complete_elimination(source: System, image: System, fields: dict[str, Any], where: str, run: Run) -> None:
    """Check steps that can be undone for every point end in the projection."""
    current = Current(source.variables, tuple(map(primitive, source.rows)), image.variables)
    steps: list[Step] = fields["steps"]
    for at, step in enumerate(steps):
        current = step.rule.check(current, step.fields, f"{where}.steps[{at}]", run)
    left = sorted(set(current.variables) - set(image.variables))
    if left:
        raise Invalid(f"{where}.steps", f"the variable {show(left[0])} is not eliminated")
    order = [0, *(1 + image.variables.index(name) for name in current.variables)]
    known: set[Row] = set()
    for row in image.rows:
        vector = tuple(row.vector[j] for j in order)
        known.add(primitive(Row(vector, row.relation)))
        if row.relation == EQUATION:
            known.add(primitive(Row(tuple(-v for v in vector), EQUATION)))
    for at, row in enumerate(current.rows):
        if row not in known:
            raise Invalid(f"{where}.steps", f"row {at} after the last step is no row of the projection")


def replace(current: Current, fields: dict[str, Any], where: str, run: Run) -> Current:
    """Pass to rows that imply the present ones."""
    rows: list[Row] = []
    for at, row in enumerate(fields["rows"]):
        try:
            rows.append(primitive(row_over(row, current.variables)))
        except Unreadable as error:
            raise error.within(f".{where}.rows[{at}]") from None
    proofs: list[list[Multipliers]] = fields["proofs"]
    if len(proofs) != len(current.rows):
        found = f"expected {len(current.rows)} proofs, one for each present row, found {len(proofs)}"
        raise Invalid(f"{where}.proofs", found)
    for at, (row, proof) in enumerate(zip(current.rows, proofs, strict=True)):
        follows(rows, proof, row, f"{where}.proofs[{at}]", run)
    return Current(current.variables, tuple(rows), current.wanted)


def substitute(current: Current, fields: dict[str, Any], where: str, run: Run) -> Current:
    """Eliminate a variable with an equation that contains it (Gauss)."""
    column = current.column(fields, where)
    chosen: int = fields["equation"]
    if chosen >= len(current.rows):
        raise Invalid(f"{where}.equation", f"expected one of {len(current.rows)} rows, found {chosen}")
    equation = current.rows[chosen]
    pivot = equation.vector[column]
    if equation.relation != EQUATION or not pivot:
        raise Invalid(f"{where}.equation", f"row {chosen} is no equation with the variable")
    rows: list[Row] = []
    for at, row in enumerate(current.rows):
        run.spend(len(row.vector))
        if at != chosen:
            share = row.vector[column] / pivot
            pairs = zip(row.vector, equation.vector, strict=True)
            rows.append(Row(tuple(v - share * w for v, w in pairs), row.relation))
            for v in rows[-1].vector:
                run.spend_on(v)
    return current.without(column, rows)


def combine(current: Current, fields: dict[str, Any], where: str, run: Run) -> Current:
    """Eliminate a variable that no equation contains: every pair of rows is kept or proved redundant."""
    column = current.column(fields, where)
    signs = [row.vector[column] for row in current.rows]
    if any(sign and row.relation == EQUATION for sign, row in zip(signs, current.rows, strict=True)):
        raise Invalid(where, "an equation contains the variable: use it in a step substitute")
    zero = [row for sign, row in zip(signs, current.rows, strict=True) if not sign]
    lower = [row for sign, row in zip(signs, current.rows, strict=True) if sign > 0]
    upper = [row for sign, row in zip(signs, current.rows, strict=True) if sign < 0]
    count = len(zero) + len(lower) * len(upper)
    keep: list[int] = fields["keep"]
    dropped: list[tuple[int, Multipliers]] = fields["dropped"]
    listed = {*keep, *(candidate for candidate, _ in dropped)}
    if len(listed) < len(keep) + len(dropped) or len(listed) != count or max(listed, default=-1) >= count:
        raise Invalid(where, f"expected the candidates 0 to {count - 1}, each once, kept or dropped")

    def candidate(number: int) -> Row:
        run.spend(len(current.variables))
        if number < len(zero):
            return zero[number]
        first, second = divmod(number - len(zero), len(upper))
        row = _pair(lower[first], upper[second], column)
        for v in row.vector:
            run.spend_on(v)
        return row

    found = current.without(column, [candidate(number) for number in keep])
    for number, weights in dropped:
        (row,) = current.without(column, [candidate(number)]).rows
        follows(found.rows, [weights], row, f"{where}.dropped.{number}", run)
    return found


def _pair(lower: Row, upper: Row, column: int) -> Row:
    alpha, beta = -upper.vector[column], lower.vector[column]
    pairs = zip(lower.vector, upper.vector, strict=True)
    relation = ">" if ">" in {lower.relation, upper.relation} else ">="
    return Row(tuple(alpha * v + beta * w for v, w in pairs), relation)


def complete_boundary(source: System, image: System, fields: dict[str, Any], where: str, run: Run) -> None:
    """Projected points and directions of the system generate the projection."""
    if any(row.relation == ">" for row in (*source.rows, *image.rows)):
        raise Invalid(where, "expected systems without strict inequalities")
    if not fields["points"]:
        raise Invalid(f"{where}.points", "expected at least one point")
    columns = [0, *(1 + source.variables.index(name) for name in image.variables)]

    def shadow(vector: dict[str, Fraction], lead: int, path: str) -> tuple[Fraction, ...]:
        lift = _lift(source, vector, lead, path, run)
        return tuple(lift[j] for j in columns)

    vectors = [shadow(v, 1, f"{where}.points[{at}]") for at, v in enumerate(fields["points"])]
    vectors += [shadow(v, 0, f"{where}.directions[{at}]") for at, v in enumerate(fields["directions"])]
    lines: list[tuple[Fraction, ...]] = []
    for at, (forth, back) in enumerate(fields["lines"]):
        path = f"{where}.lines[{at}]"
        lines.append(shadow(forth, 0, f"{path}[0]"))
        if shadow(back, 0, f"{path}[1]") != tuple(-v for v in lines[-1]):
            raise Invalid(path, "expected directions with opposite projections")
    equations = [row.vector for row in image.rows if row.relation == EQUATION]
    far = tuple(Fraction(int(j == 0)) for j in range(len(columns)))
    rows = [far, *(row.vector for row in image.rows if row.relation != EQUATION)]
    check_cover(Generated(vectors, lines, equations, rows, run), fields["simplices"], where, run)


def _lift(
    source: System, vector: dict[str, Fraction], lead: int, where: str, run: Run
) -> tuple[Fraction, ...]:
    """Return a point (lead 1) or direction (lead 0) of the system; raise Invalid if it is none."""
    run.spend(len(source.variables))
    unknown = sorted(vector.keys() - set(source.variables))
    if unknown:
        raise Invalid(where, f"{show(unknown[0])} is no variable of the system")
    lift = (Fraction(lead), *(vector.get(name, Fraction(0)) for name in source.variables))
    for at, row in enumerate(source.rows):
        run.spend(len(lift))
        value = Fraction(0)
        for a, b in zip(row.vector, lift, strict=True):
            if a and b:
                value += a * b
                run.spend_on(value)
        if value < 0 or (value and row.relation == EQUATION):
            raise Invalid(where, f"row {at} of the system has the value {figure(value)} there")
    return lift


def _dropped(value: object) -> list[tuple[int, Multipliers]]:
    """Decode an object from candidates to the multipliers that give them."""
    if type(value) is not dict:
        raise Unreadable(f"expected an object from candidates to multipliers, found {show(value)}")
    found: list[tuple[int, Multipliers]] = []
    for key, weights in cast("dict[str, object]", value).items():
        if not key.isascii() or not key.isdecimal() or len(key) > 9:
            raise Unreadable(f"expected the number of a candidate as a key, found {show(key)}")
        if str(int(key)) != key:
            raise Unreadable(f"expected a number without leading zeros as a key, found {show(key)}")
        try:
            found.append((int(key), multipliers(weights)))
        except Unreadable as error:
            raise error.within(f".{key}") from None
    return found


ELIMINATION: dict[str, Rule] = {
    "replace": Rule({"rows": array(sparse_row), "proofs": array(families)}, replace),
    "substitute": Rule({"variable": text, "equation": index}, substitute),
    "combine": Rule({"variable": text, "keep": array(index), "dropped": _dropped}, combine),
}

_boundary: dict[str, Decoder] = {
    "points": array(sparse_vector),
    "directions": array(sparse_vector),
    "lines": array(tuple_of(sparse_vector, sparse_vector)),
    "simplices": array(array(index)),
}

COMPLETE: dict[str, Rule] = {
    "empty": Rule({}, complete_empty),
    "elimination": Rule({"steps": array(variant("rule", lambda: ELIMINATION))}, complete_elimination),
    "boundary": Rule(_boundary, complete_boundary),
}

EMPTY: dict[str, Rule] = {"farkas": Rule({"multipliers": multipliers}, farkas_empty)}

IMPLIED: dict[str, Rule] = {"farkas": Rule({"multipliers": families}, farkas_implied)}

PROJECTION: dict[str, Rule] = {
    "projection": Rule({"sound": array(families), "complete": variant("rule", lambda: COMPLETE)}, projection),
}

#: For each kind of claim about a linear system the rules of its proof.
SYSTEM_CLAIMS: dict[str, dict[str, Rule]] = {"empty": EMPTY, "implied": IMPLIED, "projection": PROJECTION}

#: For each kind of claim the decoder of its fields beside the kind.
SYSTEM_FIELDS: dict[str, Decoder] = {
    "empty": record({"kind": text, "system": system}),
    "implied": record({"kind": text, "system": system, "row": sparse_row}),
    "projection": record({"kind": text, "system": system, "projection": system}),
}

#: Every table of rules about systems; the full name of a rule is TABLE.RULE.
SYSTEM_TABLES: dict[str, dict[str, Rule]] = {
    "empty": EMPTY,
    "implied": IMPLIED,
    "projection": PROJECTION,
    "complete": COMPLETE,
    "elimination": ELIMINATION,
}
