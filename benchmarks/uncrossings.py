"""Which minimal obstructions of the atlas are uncrossings (theory U): a figure of docs/results.md.

python benchmarks/uncrossings.py

For each minimal obstruction, uncross pairs of units, once or repeatedly, and look for a product of the new
masks that is proved to be no product of the old ones. Products are random, with factors of zeros
and ones; the seed is fixed.
"""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations

from semialg.atlas.lookup import SHIPPED
from semialg.atlas.minimal import minimal_obstructions
from semialg.atlas.store import Store
from semialg.closedness.outside import outside
from semialg.closedness.ranks.repeated import uncrossed
from semialg.closedness.ranks.supports import Supports
from semialg.pattern.pattern import Pattern

MEMBERS = 150
PATTERNS = 40
PROOF = 20


def product(supports: Supports, chance: random.Random) -> tuple[tuple[int, ...], ...]:
    """Return a random product of factors with entries 0 and 1 in the supports."""
    rows, units, columns = supports.shape
    used = [chance.random() >= 0.3 for _ in range(units)]
    left = [
        [int(used[k] and supports.unit_rows[k] >> i & 1 and chance.random() < 0.67) for k in range(units)]
        for i in range(rows)
    ]
    right = [
        [int(supports.unit_columns[k] >> j & 1 and chance.random() < 0.67) for j in range(columns)]
        for k in range(units)
    ]
    return tuple(
        tuple(sum(x * right[k][j] for k, x in enumerate(row)) for j in range(columns)) for row in left
    )


def uncrossings_needed(pattern: Pattern, chance: random.Random) -> int | None:
    """Return after how many uncrossings a product is found that is none of the pattern."""
    waiting = [(Supports.of(pattern), 0)]
    seen: set[tuple[tuple[int, int], ...]] = set()
    while waiting and len(seen) < PATTERNS:
        supports, count = waiting.pop(0)
        key = tuple(sorted(zip(supports.unit_rows, supports.unit_columns, strict=True)))
        if key in seen:
            continue
        seen.add(key)
        if count:
            for target in sorted({product(supports, chance) for _ in range(MEMBERS)}):
                if outside(pattern, [list(row) for row in target], budget=PROOF) is not None:
                    return count
        pairs = combinations(range(supports.shape[1]), 2)
        waiting += [(uncrossed(supports, k, other), count + 1) for k, other in pairs]
    return None


def main() -> None:
    chance = random.Random(1)
    with Store(SHIPPED) as store:
        found = list(minimal_obstructions(store))
    counts: Counter[int | None] = Counter()
    for minimal in found:
        needed = uncrossings_needed(Pattern.parse(minimal.entry.pattern), chance)
        counts[needed] += 1
        print(f"{minimal.entry.pattern:<28}{minimal.entry.method:<20}{needed}", flush=True)
    for needed, count in sorted(counts.items(), key=str):
        print(f"{count:>4} with {needed} uncrossings" if needed else f"{count:>4} not found")


if __name__ == "__main__":
    main()
