"""Rules that prove an instance closed (theory C1 to C4'', C7 to C9), and the proof search over them.

Each rule is a function from a reduced instance without independent parts to a proof object or None;
:data:`CLOSED_RULES` lists them, cheapest first. The proofs are objects of the certificate format: they hold
all that a replay needs.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from semialg.certificates import claims
from semialg.closedness.bits import bits
from semialg.closedness.filling import fill_all, fill_inside
from semialg.closedness.reductions import reduce
from semialg.closedness.two_rows import find_two_rows, rows_with_observed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from semialg.certificates.claims import Proof
    from semialg.closedness.effort import Effort
    from semialg.closedness.instance import Instance

    Rule = Callable[[Instance], Proof | None]

__all__ = ["CLOSED_RULES", "apply_rules", "prove_closed"]

_MATCHING_WORK = 5_000_000


def empty(instance: Instance) -> Proof | None:
    """C2: no unit is left."""
    return None if instance.units else claims.empty()


def rank(instance: Instance) -> Proof | None:
    """C1: one rectangle, fully observed."""
    return claims.rank() if len(instance.units) == 1 and _all_observed(instance) else None


def antitone(instance: Instance) -> Proof | None:
    """C3: fully observed rectangles, pairwise disjoint or antitone."""
    if not _all_observed(instance):
        return None
    for one, other in combinations(instance.units.values(), 2):
        rows, columns = one.rows & other.rows, one.columns & other.columns
        if not rows or not columns:
            continue
        wide = rows == one.rows and columns == other.columns
        tall = rows == other.rows and columns == one.columns
        if not wide and not tall:
            return None
    return claims.antitone()


def two_rows(instance: Instance) -> Proof | None:
    """C4': two rows carry all observed entries, and no column is forced."""
    reached = 0
    for unit in instance.units.values():
        reached |= unit.rows
    if sum(1 for i in bits(reached) if i not in instance.free) > 2:
        return None
    rows = rows_with_observed(instance)
    if len(rows) != 2:
        return None
    pair = 1 << rows[0] | 1 << rows[1]
    if any(unit.rows & pair == pair and unit.multiplicity > 1 for unit in instance.units.values()):
        return None
    return None if find_two_rows(instance, *rows) else claims.two_rows()


def full_space(instance: Instance) -> Proof | None:
    """C4'': generic columns of X fill, in every column, all rows that the units reach."""
    types = instance.transpose().row_types()
    most = max((kind.bit_count() for kind in types.values()), default=0)
    if len(types) * most * instance.rows.bit_count() > _MATCHING_WORK:
        return None
    known: dict[tuple[int, int], list[tuple[int, int]] | None] = {}
    matchings: dict[int, list[tuple[int, int]]] = {}
    for j, kind in types.items():
        reached = 0
        for k in bits(kind):
            reached |= instance.units[k].rows
        rows = sum(1 << i for i in bits(reached & instance.rows) if instance.observed(i, 1 << j))
        if not rows:
            continue
        if (kind, rows) not in known:
            known[kind, rows] = _matching(instance, kind, rows)
        pairs = known[kind, rows]
        if pairs is None:
            return None
        matchings[j] = pairs
    return claims.full_space(matchings)


def _matching(instance: Instance, kind: int, rows: int) -> list[tuple[int, int]] | None:
    """Match every row to a unit that contains it, each unit at most as often as its multiplicity."""
    room = {k: instance.units[k].multiplicity for k in bits(kind)}
    if sum(room.values()) < rows.bit_count():
        return None
    users: dict[int, list[int]] = {k: [] for k in room}

    def place(row: int, seen: set[int]) -> bool:
        for k in room:
            if k in seen or not instance.units[k].rows >> row & 1:
                continue
            seen.add(k)
            if len(users[k]) < room[k]:
                users[k].append(row)
                return True
            for at, settled in enumerate(users[k]):
                if place(settled, seen):
                    users[k][at] = row
                    return True
        return False

    if not all(place(i, set()) for i in bits(rows)):
        return None
    return sorted((i, k) for k, settled in users.items() for i in settled)


def _all_observed(instance: Instance) -> bool:
    if not instance.free:
        return True
    return not any(
        unit.rows >> i & 1 and unit.columns & columns
        for unit in instance.units.values()
        for i, columns in instance.free.items()
    )


def _transposed(rule: Rule) -> Rule:
    def on_columns(instance: Instance) -> Proof | None:
        proof = rule(instance.transpose())
        return None if proof is None else claims.transpose(proof)

    return on_columns


CLOSED_RULES: tuple[tuple[str, Rule], ...] = (
    ("C2", empty),
    ("C1", rank),
    ("C3", antitone),
    ("C4'", two_rows),
    ("C4'", _transposed(two_rows)),
    ("C4''", full_space),
    ("C4''", _transposed(full_space)),
)
"""Theory number and rule, in the order in which they are tried."""

_BEFORE_PARTS = 3
"""So many rules hold for unconnected rectangles too, and are tried before an instance is cut into parts."""


def prove_closed(instance: Instance, effort: Effort | None = None) -> tuple[list[str], Proof] | None:
    """Return the theory numbers used and a proof that the instance is closed; None if no rule applies.

    Parameters
    ----------
    instance
        The instance.
    effort
        What may be spent on the fullness game (theory C8, C9); None plays no game.

    Examples
    --------
    >>> from semialg.closedness.instance import Instance
    >>> from semialg.pattern.pattern import Pattern
    >>> nested = Pattern([[[1, 1], [1, 1], [1, 0]], [[1, 1, 0], [1, 1, 1]]])
    >>> prove_closed(Instance.from_pattern(nested))
    (['C3'], {'rule': 'antitone'})
    """
    reduced = reduce(instance)
    steps = [step.to_json() for step in reduced.steps]
    names = sorted({step.number for step in reduced.steps} - {"forget"})
    direct = _apply(CLOSED_RULES[:_BEFORE_PARTS], reduced.instance)
    if direct is None:
        groups = reduced.instance.components()
        if len(groups) > 1:
            return _prove_parts(reduced.instance, groups, names, steps, effort)
        direct = _apply(CLOSED_RULES[_BEFORE_PARTS:], reduced.instance)
    if direct is not None:
        return sorted({*names, direct[0]}), claims.reduce_by(steps, direct[1])
    fill = fill_all(reduced.instance, effort) or fill_inside(reduced.instance)
    proved = None if fill is None else prove_closed(fill.apply(reduced.instance), effort)
    if fill is None or proved is None:
        return None
    inner = proved[1]
    more = [fill.to_json()]
    if inner["rule"] == "reduce":
        more, inner = [*more, *inner["steps"]], inner["proof"]
    return sorted({*names, *proved[0], "R7", fill.number}), claims.reduce_by([*steps, *more], inner)


def apply_rules(instance: Instance) -> Proof | None:
    """Return the proof that a rule gives for a reduced instance without independent parts, None if none does.

    Examples
    --------
    >>> from semialg.closedness.instance import Instance
    >>> from semialg.pattern.pattern import Pattern
    >>> apply_rules(Instance.from_pattern(Pattern.parse("1/1*11")))
    {'rule': 'rank'}
    """
    found = _apply(CLOSED_RULES, instance)
    return None if found is None else found[1]


def _apply(rules: Sequence[tuple[str, Rule]], instance: Instance) -> tuple[str, Proof] | None:
    for name, rule in rules:
        proof = rule(instance)
        if proof is not None:
            return name, proof
    return None


def _prove_parts(
    instance: Instance,
    groups: list[list[int]],
    names: list[str],
    steps: list[dict[str, Any]],
    effort: Effort | None,
) -> tuple[list[str], Proof] | None:
    parts = []
    used = {*names, "R5"}
    for group in groups:
        proved = prove_closed(instance.with_units(group), effort)
        if proved is None:
            return None
        used |= set(proved[0])
        parts.append((group, proved[1]))
    return sorted(used), claims.reduce_by(steps, claims.product_of(parts))
