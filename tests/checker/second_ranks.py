"""A second, plain checker of limits with proofs by ranks: dense matrices, definitions, paths one by one.

It shares nothing with semialg.checker and is written from proofs/FORMAT.md and proofs/RULES.md. ``accepts``
returns False or raises one of the built-in errors for a certificate that does not hold.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any


def full(matrix: Any, zero: Any) -> Any:
    if isinstance(matrix, list):
        return matrix
    dense = [[zero] * matrix["columns"] for _ in matrix["rows"]]
    for row, entries in zip(dense, matrix["rows"], strict=True):
        for j, entry in entries:
            row[j] = entry
    return dense


def rank(matrix: Any) -> int:
    rows = [list(row) for row in matrix]
    found = 0
    for j in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(found, len(rows)) if rows[i][j]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for i in range(found + 1, len(rows)):
            factor = rows[i][j] / rows[found][j]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


def multiplied(left: Any, right: Any) -> Any:
    total = [[{} for _ in right[0]] for _ in left]
    for i, row in enumerate(left):
        assert len(row) == len(right)
        for k, factor in enumerate(row):
            for j, other in enumerate(right[k]):
                for (e, p), (f, q) in itertools.product(factor.items(), other.items()):
                    total[i][j][e + f] = total[i][j].get(e + f, 0) + p * q
    return total


def accepts(document: Any) -> bool:
    masks, proof = document["claim"]["masks"], document["proof"]
    target = [[Fraction(v) for v in row] for row in full(proof["target"], "0")]
    curve = [
        [[{int(e): Fraction(c) for e, c in cell.items()} for cell in row] for row in full(factor, {})]
        for factor in proof["curve"]
    ]
    assert len(curve) == len(masks)
    for factor, mask in zip(curve, masks, strict=True):
        assert [len(row) for row in factor] == [len(row) for row in mask]
        for row, allowed in zip(factor, mask, strict=True):
            assert not any(any(cell.values()) and not one for cell, one in zip(row, allowed, strict=True))
    product = curve[0]
    for factor in curve[1:]:
        product = multiplied(product, factor)
    assert [len(row) for row in product] == [len(row) for row in target]
    for row, wanted in zip(product, target, strict=True):
        for cell, value in zip(row, wanted, strict=True):
            assert not any(c for e, c in cell.items() if e < 0)
            assert cell.get(0, 0) == value
    outside = proof["outside"]
    return {"ranks": ranks, "dependent": dependent}[outside["rule"]](masks, target, outside)


def inside(lines: Any, size: int) -> bool:
    return len(set(lines)) == len(lines) and set(lines) <= set(range(size))


def ranks(masks: Any, target: Any, proof: Any) -> bool:
    sides = [len(masks[0]), *(len(mask[0]) for mask in masks)]
    rows, columns, cut = proof["rows"], proof["columns"], proof["cut"]
    assert inside(rows, sides[0])
    assert inside(columns, sides[-1])
    assert all(inside(lines, size) for lines, size in zip(cut, sides, strict=True))
    for path in itertools.product(*map(range, sides)):
        if all(mask[a][b] for mask, a, b in zip(masks, path, path[1:], strict=False)):
            touches = path[0] in rows or path[-1] in columns
            assert not touches or any(line in lines for line, lines in zip(path, cut, strict=True))
    across, down = [target[i] for i in rows], [[row[j] for j in columns] for row in target]
    middle = [down[i] for i in rows]
    return rank(across) + rank(down) - rank(middle) > sum(map(len, cut))


def joined(masks: Any) -> Any:
    total = masks[0]
    for mask in masks[1:]:
        total = [
            [any(a and mask[k][j] for k, a in enumerate(row)) for j in range(len(mask[0]))] for row in total
        ]
    return total


def dependent(masks: Any, target: Any, proof: Any) -> bool:
    layer, sides = proof["layer"], proof["sides"]
    assert layer + 1 < len(masks)
    left, right = joined(masks[: layer + 1]), joined(masks[layer + 1 :])
    assert [side["axis"] for side in sides] in (["rows"], ["columns"], ["rows", "columns"])
    assert rank(target) == len(right) - (len(sides) - 1)
    for side in sides:
        turned = side["axis"] == "columns"
        matrix = [list(column) for column in zip(*target, strict=True)] if turned else target
        near = [list(column) for column in zip(*right, strict=True)] if turned else left
        far = left if turned else [list(column) for column in zip(*right, strict=True)]
        lines, at = side["lines"], side["at"]
        assert lines
        assert inside(lines, len(matrix))
        assert at < len(matrix[0])
        assert all(matrix[i][at] for i in lines)
        assert rank([matrix[i] for i in lines]) == 1
        assert not any(far[at][k] and all(near[i][k] for i in lines) for k in range(len(right)))
    return True
