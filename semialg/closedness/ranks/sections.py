"""D: an order in which rational functions of a factorization give one of the supports (theory D)."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.closedness.ranks.supports import Supports

__all__ = ["Section", "find_section", "peeled"]

PRIME = 65521
_TRIES = 12


@dataclass(frozen=True)
class Section:
    """One run of the computation modulo a prime: factors, and the vectors in the order of the computation.

    Attributes
    ----------
    left, right
        The factors X' and Y', residues.
    steps
        ``("x", k, g_k)`` or ``("y", k, h_k)``, each unit once on either side.
    uncross
        Pairs of units that are uncrossed first, one after the other.
    """

    left: tuple[tuple[int, ...], ...]
    right: tuple[tuple[int, ...], ...]
    steps: tuple[tuple[str, int, tuple[int, ...]], ...]
    uncross: tuple[tuple[int, int], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the run as certificates write it."""
        return {
            "uncross": [list(pair) for pair in self.uncross],
            "prime": PRIME,
            "left": [list(row) for row in self.left],
            "right": [list(row) for row in self.right],
            "steps": [{"side": side, "unit": k, "vector": list(v)} for side, k, v in self.steps],
        }

    def transpose(self) -> Section:
        """Return the run for the transposed pattern."""
        other = {"x": "y", "y": "x"}
        return Section(
            tuple(zip(*self.right, strict=True)),
            tuple(zip(*self.left, strict=True)),
            tuple((other[side], k, v) for side, k, v in self.steps),
            tuple((second, first) for first, second in self.uncross),
        )


def find_section(supports: Supports, *, tries: int = _TRIES) -> Section | None:
    """Return a run that shows that the products are dense among the matrices of rank at most r.

    Order the vectors g_k, h_k so that each has fewer than r equations: g_k vanishes on the rows of X' outside
    unit k and on the h_l before it, l != k; likewise h_k. Which vector may come last does not depend on the
    others that are left but through their number, so the order is found from its end.

    Examples
    --------
    >>> from semialg.closedness.ranks.supports import Supports
    >>> from semialg.pattern.pattern import Pattern
    >>> full = Supports.of(Pattern.parse("11/11*11/11"))
    >>> len(find_section(full).steps)
    4
    >>> find_section(Supports.of(Pattern.parse("100/010/001*100/010/001"))) is None
    True
    """
    chance = random.Random(7)  # noqa: S311 - the same choices in every run
    rows, units, columns = supports.shape
    outside = _outside(supports)
    for attempt in range(tries):
        order = _order(outside, units, chance if attempt else None)
        if len(order) < 2 * units:
            return None
        left = [[chance.randrange(1, PRIME) for _ in range(units)] for _ in range(rows)]
        right = [[chance.randrange(1, PRIME) for _ in range(columns)] for _ in range(units)]
        steps = _run(outside, order, left, right, chance)
        if steps is not None:
            return Section(tuple(map(tuple, left)), tuple(map(tuple, right)), tuple(steps))
    return None


def _outside(supports: Supports) -> dict[str, list[list[int]]]:
    rows, _, columns = supports.shape
    return {
        "x": [[i for i in range(rows) if not inside >> i & 1] for inside in supports.unit_rows],
        "y": [[j for j in range(columns) if not inside >> j & 1] for inside in supports.unit_columns],
    }


def peeled(supports: Supports) -> int:
    """Return how many of the 2 r vectors can be put in order, from the end on; all if there is an order.

    Examples
    --------
    >>> from semialg.closedness.ranks.supports import Supports
    >>> from semialg.pattern.pattern import Pattern
    >>> peeled(Supports.of(Pattern.parse("11/11*11/11"))), peeled(Supports.of(Pattern.parse("lu:2")))
    (4, 4)
    """
    return len(_order(_outside(supports), supports.shape[1], None))


def _order(
    outside: dict[str, list[list[int]]], units: int, chance: random.Random | None
) -> list[tuple[str, int]]:
    """Return the vectors in an order with fewer than r equations each, or the last ones if there is none."""
    left = {"x": set(range(units)), "y": set(range(units))}
    order: list[tuple[str, int]] = []
    while left["x"] or left["y"]:
        last = [
            (side, k)
            for side, other in (("y", "x"), ("x", "y"))
            for k in sorted(left[side])
            if len(outside[side][k]) + len(left[other] - {k}) < units
        ]
        if not last:
            break
        side, k = chance.choice(last) if chance else last[0]
        left[side].remove(k)
        order.append((side, k))
    return order[::-1]


def _run(
    outside: dict[str, list[list[int]]],
    order: Sequence[tuple[str, int]],
    left: list[list[int]],
    right: list[list[int]],
    chance: random.Random,
) -> list[tuple[str, int, tuple[int, ...]]] | None:
    lines = {"x": left, "y": [list(column) for column in zip(*right, strict=True)]}
    found: dict[str, dict[int, tuple[int, ...]]] = {"x": {}, "y": {}}
    steps: list[tuple[str, int, tuple[int, ...]]] = []
    units = len(right)
    for side, k in order:
        other = found["y" if side == "x" else "x"]
        equations = [lines[side][line] for line in outside[side][k]]
        equations += [list(vector) for at, vector in other.items() if at != k]
        vector = _solution(equations, units, chance)
        if vector is None:
            return None
        if k in other and sum(a * b for a, b in zip(vector, other[k], strict=True)) % PRIME == 0:
            return None
        found[side][k] = vector
        steps.append((side, k, vector))
    return steps


def _solution(equations: list[list[int]], units: int, chance: random.Random) -> tuple[int, ...] | None:
    """Return a random solution modulo the prime, None if the equations are dependent."""
    pivots: dict[int, list[int]] = {}
    for equation in equations:
        row = equation
        for column, pivot in pivots.items():
            if row[column]:
                factor = row[column]
                row = [(a - factor * b) % PRIME for a, b in zip(row, pivot, strict=True)]
        first = next((j for j, value in enumerate(row) if value), None)
        if first is None:
            return None
        inverse = pow(row[first], -1, PRIME)
        row = [value * inverse % PRIME for value in row]
        for column, pivot in pivots.items():
            factor = pivot[first]
            if factor:
                pivots[column] = [(a - factor * b) % PRIME for a, b in zip(pivot, row, strict=True)]
        pivots[first] = row
    vector = [0 if j in pivots else chance.randrange(1, PRIME) for j in range(units)]
    for column, pivot in pivots.items():
        vector[column] = -sum(a * b for a, b in zip(pivot, vector, strict=True) if b) % PRIME
    return tuple(vector)
