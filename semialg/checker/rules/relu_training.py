"""Rules about training: what a pattern, or a sparsity level, means for finite data and bounded domains."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from semialg.checker.decode import Decoder, Rule, Step, array, items_of, positive, text, variant
from semialg.checker.masks import BitMask, bits, transposed_bits
from semialg.checker.report import Invalid, Run, Unreadable, show
from semialg.checker.rules.limit import NOT_CLOSED
from semialg.checker.rules.relu_kinks import PAIR_FIELDS, require_pair

__all__ = ["LEVEL", "LEVEL_FIELDS", "TRAINING", "TRAINING_FIELDS", "require_separate"]

Claim = dict[str, Any]

#: What can be said in each regime; the first is the good answer.
ANSWERS = {"finite_data": ("always", "may_fail"), "bounded_domain": ("closed", "not_closed")}


def _word(allowed: tuple[str, ...]) -> Decoder:
    def decode(value: object) -> str:
        found = text(value)
        if found not in allowed:
            raise Unreadable(f"expected one of {list(allowed)}, found {show(found)}")
        return found

    return decode


_regime = _word(tuple(ANSWERS))
_answer = _word(tuple(answer for pair in ANSWERS.values() for answer in pair))


def _require(claim: Claim, regimes: tuple[str, ...], place: int) -> None:
    """Judge whether a rule is about the regime and the answer of the claim."""
    regime, answer = claim["regime"], claim["answer"]
    if regime not in regimes:
        raise Invalid("claim.regime", f"expected one of {list(regimes)} for this rule, found {show(regime)}")
    if answer != ANSWERS[regime][place]:
        raise Invalid("claim.answer", f"expected {ANSWERS[regime][place]}, found {show(answer)}")


def check_obstruction(claim: Claim, fields: dict[str, Any], where: str, run: Run) -> None:
    """F1: products that are not closed spoil finite data and bounded domains."""
    _require(claim, ("finite_data", "bounded_domain"), 1)
    step: Step = fields["proof"]
    step.rule.check(claim["masks"], step.fields, f"{where}.proof", run)


def check_pair(claim: Claim, fields: dict[str, Any], where: str, _: Run) -> None:
    """X1: two units that share an output, one of which feeds another output, spoil some finite data set."""
    _require(claim, ("finite_data",), 1)
    require_pair(claim["masks"], fields, where)


def check_linear(claim: Claim, _: dict[str, Any], where: str, __: Run) -> None:
    """Without a hidden layer the functions form a space of finite dimension."""
    _require(claim, ("finite_data", "bounded_domain"), 0)
    if len(claim["masks"]) != 1:
        raise Invalid(where, f"expected one mask, found {len(claim['masks'])}")


def check_separate(claim: Claim, _: dict[str, Any], where: str, run: Run) -> None:
    """F3: one hidden layer whose parts have one output or one unit each has polyhedral cones."""
    _require(claim, ("finite_data",), 0)
    require_separate(claim["masks"], where, run)


def require_separate(masks: tuple[BitMask, ...], where: str, run: Run) -> None:
    """Judge that every part of a network with one hidden layer has one output or one unit."""
    for rows, units in _parts(masks, where, run):
        if len(rows) > 1 and len(units) > 1:
            raise Invalid(
                where,
                f"outputs {rows[0]} and {rows[1]} share a part with the units {units[0]} and {units[1]}; "
                "expected one output or one unit a part",
            )


def check_nested(claim: Claim, _: dict[str, Any], where: str, run: Run) -> None:
    """F4 and F5: one hidden layer whose parts have one output, or are full with nested or disjoint inputs."""
    _require(claim, ("bounded_domain",), 0)
    masks: tuple[BitMask, ...] = claim["masks"]
    for rows, units in _parts(masks, where, run):
        if len(rows) == 1:
            continue
        everything = 0
        for unit in units:
            everything |= 1 << unit
        for row in rows:
            for unit in bits(everything & ~masks[0].rows[row]):
                raise Invalid(where, f"unit {unit} does not feed output {row} of its part")
        supports = sorted({masks[1].rows[unit] for unit in units})
        run.spend(len(supports) ** 2 // 8)
        for one, other in combinations(supports, 2):
            if one & other and one & ~other and other & ~one:
                raise Invalid(where, f"the inputs of two units of the part of output {rows[0]} cross")


def _parts(masks: tuple[BitMask, ...], where: str, run: Run) -> list[tuple[list[int], list[int]]]:
    """Return outputs and units of each connected component of the output mask that has an output.

    Units that read no input are left out: what they add is constant, as are the biases of the outputs.
    """
    if len(masks) != 2:
        raise Invalid(where, f"expected two masks, found {len(masks)}")
    left = masks[0]
    leader = list(range(len(left.rows)))

    def find(row: int) -> int:
        while leader[row] != row:
            leader[row] = leader[leader[row]]
            row = leader[row]
        return row

    rows_of = [
        rows if inputs else 0
        for rows, inputs in zip(transposed_bits(left.rows, left.columns), masks[1].rows, strict=True)
    ]
    for rows in rows_of:
        run.spend(1 + rows.bit_count())
        members = list(bits(rows))
        for row in members[1:]:
            leader[find(row)] = find(members[0])
    parts: dict[int, tuple[list[int], list[int]]] = {}
    for row in range(len(left.rows)):
        parts.setdefault(find(row), ([], []))[0].append(row)
    for unit, rows in enumerate(rows_of):
        if rows:
            parts[find(next(bits(rows)))][1].append(unit)
    return list(parts.values())


def check_level_linear(claim: Claim, _: dict[str, Any], where: str, __: Run) -> None:
    """Finitely many spaces of finite dimension."""
    _require(claim, ("finite_data", "bounded_domain"), 0)
    _sizes(claim, 1, where)


def check_level_separate(claim: Claim, _: dict[str, Any], where: str, __: Run) -> None:
    """Every pattern of the level has parts with one output or one unit each."""
    _require(claim, ("finite_data", "bounded_domain"), 0)
    (outputs, hidden, _inputs), ones = _sizes(claim, 2, where)
    if outputs > 1 < hidden and ones[0] > 2:
        raise Invalid(where, "expected one output, one hidden unit, or at most two ones in the output mask")


def check_level_nested(claim: Claim, _: dict[str, Any], where: str, __: Run) -> None:
    """Output masks need not be sparse, and all input masks with most ones are nested or disjoint."""
    _require(claim, ("bounded_domain",), 0)
    (outputs, hidden, inputs), ones = _sizes(claim, 2, where)
    if ones[0] < outputs * hidden:
        raise Invalid("claim.ones[0]", f"expected at least {outputs * hidden}, found {ones[0]}")
    if ones[1] > 3 and ones[1] < hidden * inputs - 1 and hidden > 1 and inputs > 2:
        most = hidden * inputs - 1
        raise Invalid("claim.ones[1]", f"expected at most 3 or at least {most}, found {ones[1]}")


def _sizes(claim: Claim, layers: int, where: str) -> tuple[list[int], list[int]]:
    widths: list[int] = claim["widths"]
    ones: list[int] = claim["ones"]
    if len(widths) != layers + 1:
        raise Invalid("claim.widths", f"expected {layers + 1} widths for this rule, found {len(widths)}")
    if len(ones) != layers:
        raise Invalid("claim.ones", f"expected {layers} numbers, one for each mask, found {len(ones)}")
    return widths, ones


def _counts(value: object) -> list[int]:
    found: list[int] = array(positive, 1)(items_of(value))
    return found


TRAINING_FIELDS: dict[str, Decoder] = {"regime": _regime, "answer": _answer}

TRAINING: dict[str, Rule] = {
    "obstruction": Rule({"proof": variant("rule", lambda: NOT_CLOSED)}, check_obstruction),
    "linear": Rule({}, check_linear),
    "separate": Rule({}, check_separate),
    "nested": Rule({}, check_nested),
    "kinks": Rule(PAIR_FIELDS, check_pair),
}

LEVEL_FIELDS: dict[str, Decoder] = {"regime": _regime, "answer": _answer, "widths": _counts, "ones": _counts}

LEVEL: dict[str, Rule] = {
    "linear": Rule({}, check_level_linear),
    "separate": Rule({}, check_level_separate),
    "nested": Rule({}, check_level_nested),
}
