"""How many patterns are decided, and how fast: the figures of docs/results.md.

python benchmarks/decided.py small      # random 4x3x4, 4x4x4, 3x3x3x3
python benchmarks/decided.py large      # random 8x8x8 to 64x64x64 against density
python benchmarks/decided.py dense      # layers as people have them: tall, large, square, against density
python benchmarks/decided.py families   # patterns with two units, two rows or two columns
python benchmarks/decided.py            # all of them;  --json FILE writes the numbers

Every time is that of search and independent check together. Densities are uniform in 0.35 to 0.95, drawn for
each mask by itself; all seeds are fixed.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections import Counter
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from semialg.pattern.orbits import orbits
from semialg.pattern.pattern import Pattern
from semialg.verdict import check

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMIT = 10.0
DENSITIES = (0.35, 0.95)


def random_patterns(widths: tuple[int, ...], count: int, seed: int) -> list[Pattern]:
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        densities = rng.uniform(*DENSITIES, len(widths) - 1)
        shapes = zip(widths, widths[1:], densities, strict=False)
        found.append(Pattern([rng.random((a, b)) < density for a, b, density in shapes]))
    return found


def run(name: str, patterns: Iterable[Pattern], undecided: list[str]) -> dict[str, Any]:
    """Return a row of a table; the undecided patterns are added to the list."""
    verdicts: Counter[str] = Counter()
    holey = 0
    times = []
    for pattern in patterns:
        start = time.perf_counter()
        verdict = check(pattern, time_limit=LIMIT)
        times.append(time.perf_counter() - start)
        verdicts[verdict.verdict] += 1
        holey += verdict.checked == "holey"
        if verdict.verdict == "unknown" and sum(pattern.widths) < 20:
            undecided.append(pattern.to_inline())
    total = len(times)
    row = {
        "patterns": name,
        "count": total,
        "decided": 1 - verdicts["unknown"] / total,
        "not_closed": verdicts["not_closed"] / total,
        "holey": holey,
        "median": statistics.median(times),
        "max": max(times),
    }
    show(row)
    return row


def heading() -> None:
    print(
        f"{'patterns':<30}{'count':>7}{'decided':>10}{'not closed':>12}{'holey':>7}{'median':>10}{'max':>10}"
    )


def show(row: dict[str, Any]) -> None:
    print(
        f"{row['patterns']:<30}{row['count']:>7}{row['decided']:>10.1%}{row['not_closed']:>12.1%}"
        f"{row['holey']:>7}{row['median']:>8.3f} s{row['max']:>8.2f} s",
        flush=True,
    )


def small(undecided: list[str]) -> list[dict[str, Any]]:
    cases = [((4, 3, 4), 500, 434), ((4, 4, 4), 500, 444), ((3, 3, 3, 3), 200, 3333)]
    heading()
    return [
        run("random " + "x".join(map(str, w)), random_patterns(w, count, seed), undecided)
        for w, count, seed in cases
    ]


def large(undecided: list[str]) -> list[dict[str, Any]]:
    heading()
    rows = []
    for size, count in ((8, 20), (16, 10), (32, 5), (64, 3)):
        for density in (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9):
            patterns = [
                Pattern.parse(f"random:{size}x{size}x{size}:{density}:{seed}") for seed in range(count)
            ]
            rows.append(run(f"{size}x{size}x{size} at {density}", patterns, undecided))
    return rows


def families(undecided: list[str]) -> list[dict[str, Any]]:
    """All small orbits and random larger patterns with two units, two rows or two columns."""
    heading()
    chosen = random.Random(2)
    rows = []
    for name, places, limits in (("two units", (1,), (4, 2, 4)), ("two rows", (0,), (2, 4, 3))):
        spaces = [range(1, limit + 1) if at not in places else (2,) for at, limit in enumerate(limits)]
        every = [pattern for widths in product(*spaces) for pattern in orbits(widths, transpose=True)]
        part = every if len(every) <= 1500 else chosen.sample(every, 1500)
        share = "all" if len(part) == len(every) else f"1500 of {len(every)}"
        rows.append(run(f"{name}, up to {'x'.join(map(str, limits))}, {share}", part, undecided))
    for name, widths in (
        ("two units, 20x2x20", (20, 2, 20)),
        ("two rows, 2x12x20", (2, 12, 20)),
        ("two columns, 20x12x2", (20, 12, 2)),
    ):
        rows.append(run(name, random_patterns(widths, 100, 20), undecided))
    return rows


DENSE = {
    "0.3 to 0.9": ("64x16x64", "64x48x64", "256x64x256", "768x64x768", "100x80x120", "16x8x16", "8x4x8"),
    "square": ("4x4x4", "5x5x5", "6x6x6", "8x8x8", "16x16x16", "32x32x32", "64x64x64"),
    "more units": ("5x8x5", "6x10x6"),
}


SAMPLES = 12


def dense(undecided: list[str], sizes: Iterable[str] = (), count: int = SAMPLES) -> list[dict[str, Any]]:
    """Sizes and densities of layers that people have: tall, large, square, and with more units than lines."""
    rows = []
    print(f"{'patterns':<26}{'closed':>8}{'not':>6}{'open':>6}{'median':>10}{'max':>10}{'largest file':>14}")
    for size in sizes or [size for group in DENSE.values() for size in group]:
        for density in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
            fewer = min(count, 4) if "768" in size or "256" in size else count
            rows.append(_dense_row(size, density, fewer, undecided))
    return rows


def _dense_row(size: str, density: float, count: int, undecided: list[str]) -> dict[str, Any]:
    verdicts: Counter[str] = Counter()
    times, lengths = [], []
    for seed in range(count):
        pattern = Pattern.parse(f"random:{size}:{density}:{seed}")
        start = time.perf_counter()
        verdict = check(pattern, time_limit=LIMIT)
        times.append(time.perf_counter() - start)
        verdicts[verdict.verdict] += 1
        if verdict.certificate is not None:
            lengths.append(len(verdict.certificate.to_json()))
        elif sum(pattern.widths) < 20:
            undecided.append(pattern.to_inline())
    row = {
        "patterns": f"{size} at {density}",
        "count": count,
        "closed": verdicts["closed"],
        "not_closed": verdicts["not_closed"],
        "unknown": verdicts["unknown"],
        "median": statistics.median(times),
        "max": max(times),
        "largest_certificate": max(lengths, default=0),
    }
    print(
        f"{row['patterns']:<26}{row['closed']:>8}{row['not_closed']:>6}{row['unknown']:>6}"
        f"{row['median']:>8.2f} s{row['max']:>8.2f} s{row['largest_certificate']:>14,}",
        flush=True,
    )
    return row


PARTS = {"dense": dense, "small": small, "large": large, "families": families}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="which tables; all by default")
    parser.add_argument("--json", metavar="FILE", help="write the numbers, and the small undecided patterns")
    parser.add_argument("--sizes", help="only these sizes of the table dense, separated by commas")
    parser.add_argument("--count", type=int, default=SAMPLES, help="patterns for each size and density of it")
    options = parser.parse_args()
    undecided: list[str] = []
    tables = {}
    for part in options.parts or PARTS:
        if part == "dense":
            sizes = options.sizes.split(",") if options.sizes else ()
            tables[part] = dense(undecided, sizes, options.count)
        else:
            tables[part] = PARTS[part](undecided)
    print(f"{len(undecided)} small patterns undecided: {' '.join(undecided[:5])}")
    if options.json:
        Path(options.json).write_text(json.dumps({"tables": tables, "undecided": undecided}, indent=1) + "\n")


if __name__ == "__main__":
    main()
