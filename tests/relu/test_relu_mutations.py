"""Every single-place change of a certificate about networks is rejected, or shown true by other means."""

from __future__ import annotations

import json
import runpy
from fractions import Fraction
from itertools import combinations, pairwise
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

from semialg.checker import Unreadable, check
from semialg.pattern.pattern import Pattern
from semialg.relu.cells import curve_cells, slice_cells

ROOT = Path(__file__).parents[2]
ACCEPT = ROOT / "proofs" / "accept"
MANIFEST = json.loads((ACCEPT / "manifest.json").read_text())
mutations = runpy.run_path(str(ROOT / "tests/checker/test_checker_mutations.py"))["mutations"]
by_definition = runpy.run_path(str(Path(__file__).with_name("test_relu_verdicts.py")))["by_definition"]

KINDS = ("training", "training_level", "no_optimum", "no_nearest")
NAMES = [n for n in MANIFEST if json.loads((ACCEPT / n).read_text())["claim"]["kind"] in KINDS]
GOOD = {("finite_data", "always"), ("bounded_domain", "closed")}
BAD = {("finite_data", "may_fail"), ("bounded_domain", "not_closed")}


def is_not_closed(masks: Any, proof: Any) -> bool:
    document = {"format": "semialg-certificate", "version": 1, "proof": proof}
    return check({**document, "claim": {"kind": "not_closed", "masks": masks}}).status == "valid"


def is_true(document: Any) -> bool:
    claim, proof = document["claim"], document["proof"]
    return {"training": training, "training_level": level, "no_optimum": data, "no_nearest": nearest}[
        claim["kind"]
    ](claim, proof)


def training(claim: Any, proof: Any) -> bool:
    said = (claim["regime"], claim["answer"])
    if proof["rule"] == "obstruction":
        return said in BAD and is_not_closed(claim["masks"], proof["proof"])
    if proof["rule"] == "kinks":
        masks = claim["masks"]
        return (
            said == ("finite_data", "may_fail") and len(masks) == 2 and not by_definition(Pattern(masks))[0]
        )
    if said not in GOOD:
        return False
    if len(claim["masks"]) == 1:
        return True
    return len(claim["masks"]) == 2 and by_definition(Pattern(claim["masks"]))[said[0] == "bounded_domain"]


def level(claim: Any, _: Any) -> bool:
    """Look at random patterns of the level with as many ones as allowed."""
    said, widths, ones = (claim["regime"], claim["answer"]), claim["widths"], claim["ones"]
    if said not in GOOD or len(ones) != len(widths) - 1:
        return False
    if len(ones) == 1:
        return True
    rng = np.random.default_rng(0)
    sizes = [m * n for m, n in pairwise(widths)]
    for _ in range(300):
        masks = []
        for at, (size, most) in enumerate(zip(sizes, ones, strict=True)):
            flat = np.zeros(size, dtype=int)
            flat[rng.permutation(size)[:most]] = 1
            masks.append(flat.reshape(widths[at : at + 2]))
        if len(masks) != 2 or not by_definition(Pattern(masks))[said[0] == "bounded_domain"]:
            return False
    return True


def kinked(claim: Any, proof: Any) -> bool:
    """Judge data on a line by theory X1, from slopes between neighbours and the units that can make kinks."""
    left, right = (np.array(mask) for mask in claim["masks"])
    points = [[Fraction(v) for v in x] for x in claim["points"]]
    targets = [[Fraction(v) for v in y] for y in claim["targets"]]
    line = [points[p] for p in proof["along"]]
    step = [b - a for a, b in zip(line[0], line[1], strict=True)]
    moving = [j for j, d in enumerate(step) if d]
    z = [(x[moving[0]] - line[0][moving[0]]) / step[moving[0]] for x in line]
    on_line = all(
        x[j] - line[0][j] == at * step[j] for x, at in zip(line, z, strict=True) for j in range(len(step))
    )
    if not on_line or any(a >= b for a, b in pairwise(z)):
        return False
    (i1, i2), (k, el) = proof["rows"], proof["units"]
    units = [
        h for h in range(left.shape[1]) if (left[i1, h] or left[i2, h]) and any(right[h, j] for j in moving)
    ]
    if not (left[i1, k] and left[i1, el] and left[i2, k] and k in units and el in units and k != el):
        return False

    def jumps(row: int) -> list[Fraction]:
        values = [targets[p][row] for p in proof["along"]]
        slopes = [(g - f) / (b - a) for (a, f), (b, g) in pairwise(zip(z, values, strict=True))]
        return [b - a for a, b in pairwise(slopes)]

    one, two, q = jumps(i1), jumps(i2), proof["center"] - 1
    if not (one[q - 1] and one[q + 1] and two[q] and not two[q - 1] and not two[q + 1]):
        return False
    spent = [other["at"] - 1 for other in proof["others"]]
    places = sorted([*spent, q - 1, q, q + 1])
    apart = all(abs(a - b) > 1 for a, b in combinations([*spent], 2)) and all(abs(a - q) > 2 for a in spent)
    if len(spent) != len(units) - 2 or not apart or places[0] < 0 or not all(one[p] or two[p] for p in spent):
        return False

    def limit(x: list[Fraction]) -> list[Fraction]:
        def place(j: int) -> Fraction:
            return (x[j] - line[0][j]) / step[j]

        found = [Fraction(0)] * left.shape[0]
        first, second = (place(j) for j in proof["inputs"])
        found[i1] += 1 + (first > z[q + 1]) - (first < z[q + 1])
        found[i2] += max(Fraction(0), first - z[q + 1])
        for other in proof["others"]:
            found[other["row"]] += max(Fraction(0), place(other["input"]) - z[other["at"]])
        return found if first == second else []

    reads = [*zip(proof["units"], proof["inputs"], strict=True)]
    reads += [(other["unit"], other["input"]) for other in proof["others"]]
    return (
        sorted(unit for unit, _ in reads) == units
        and all(right[unit, j] for unit, j in reads)
        and all(left[other["row"], other["unit"]] for other in proof["others"])
        and all(limit(x) == y for x, y in zip(points, targets, strict=True))
    )


def data(claim: Any, proof: Any) -> bool:
    if proof["rule"] == "kinks":
        return kinked(claim, proof)
    masks = claim["masks"]
    if not is_not_closed(masks, proof["proof"]):
        return False
    rows, columns = list(range(len(masks[0]))), list(range(len(masks[-1][0])))
    inner = proof["proof"]
    while inner["rule"] == "minor":
        rows, columns = [rows[i] for i in inner["rows"]], [columns[j] for j in inner["columns"]]
        inner = inner["proof"]
    lost = sympy.zeros(len(masks[0]), len(masks[-1][0]))
    for i, row in zip(rows, inner["target"], strict=True):
        for j, value in zip(columns, row, strict=True):
            lost[i, j] = sympy.Rational(value)
    points = [sympy.Matrix([sympy.Rational(v) for v in x]) for x in claim["points"]]
    targets = [sympy.Matrix([sympy.Rational(v) for v in y]) for y in claim["targets"]]
    affine = all(
        y - targets[0] == lost * (x - points[0]) for x, y in zip(points, targets, strict=True)
    ) and all(x[j] == points[0][j] for x in points for j in range(lost.cols) if j not in columns)
    dimension = len(columns)
    if not affine:
        return False
    seen = [tuple(x[j] for j in columns) for x in points]
    if proof["rule"] == "shells":
        return _shells(masks, proof["shells"], seen, (rows, columns, lost.rank()))
    # Units on paths: two layers in the other files.
    width = sum(
        any(masks[0][i][k] for i in rows) and any(masks[1][k][j] for j in columns)
        for k in range(len(masks[1]))
    )
    if proof["rule"] == "grid":
        sides = [{x[a] for x in seen} for a in range(dimension)]
        full = len(set(seen)) == len(seen) == prod(map(len, sides))
        return full and min(map(len, sides)) > slice_cells([width], dimension)
    if proof["rule"] == "simplex":
        return len(points) == dimension + 1 and _independent(seen)
    enough = dimension * curve_cells([width], dimension) + 1
    return len(points) >= enough and all(map(_independent, combinations(seen, dimension + 1)))


def _shells(masks: Any, shells: int, seen: Any, lost: Any) -> bool:
    """Judge nested corners of a network with two hidden layers by barycentric coordinates."""
    rows, columns, rank = lost
    size = len(columns) + 1
    if len(masks) != 3 or shells != 1 or len(seen) != 2 * size:
        return False
    outer = {
        k
        for k, row in enumerate(masks[1])
        if any(masks[0][i][k] for i in rows)
        and any(row[u] and any(masks[2][u][j] for j in columns) for u in range(len(row)))
    }
    core, corner = seen[:size], seen[size:]
    steps = [[a - b for a, b in zip(x, core[0], strict=True)] for x in core[1:]]
    axes = {at for step in steps for at, v in enumerate(step) if v}
    if len(outer) != rank or any(sum(map(bool, step)) != 1 for step in steps) or len(axes) < size - 1:
        return False
    if not _independent(corner):
        return False
    weights = sympy.Matrix([[*x, 1] for x in corner]).T.inv()
    return all(min(weights * sympy.Matrix([*x, 1])) > 0 for x in core)


def _independent(points: Any) -> bool:
    first, *others = points
    return sympy.Matrix([[a - b for a, b in zip(x, first, strict=True)] for x in others]).rank() == len(
        others
    )


def nearest(claim: Any, _: Any) -> bool:
    x = sympy.Symbol("x")
    places, values = ([sympy.Rational(v) for v in claim[key]] for key in ("breakpoints", "values"))
    if places[0] != -1 or places[-1] != 1 or any(a >= b for a, b in pairwise(places)):
        return False
    pieces = pairwise(zip(places, values, strict=True))
    total = sum(
        sympy.integrate((f + (g - f) / (b - a) * (x - a)) * sympy.sign(x), (x, a, b))
        for (a, f), (b, g) in pieces
    )
    return bool(total) and abs(total) / 2 == sympy.Rational(claim["distance"])


@pytest.mark.parametrize("name", NAMES)
def test_changed_certificates_are_rejected_or_true(name: str) -> None:
    document = json.loads((ACCEPT / name).read_text())
    pattern = MANIFEST[name].get("pattern")
    assert is_true(document)
    total = accepted = 0
    for changed in mutations(document):
        total += 1
        try:
            status = check(json.dumps(changed), pattern).status
        except Unreadable:
            continue
        if status == "valid":
            accepted += 1
            assert is_true(changed), changed
    assert total > accepted
    assert total > 10


def test_there_is_one_for_each_kind() -> None:
    kinds = {json.loads((ACCEPT / name).read_text())["claim"]["kind"] for name in NAMES}
    assert kinds == set(KINDS)
