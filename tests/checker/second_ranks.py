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
    if proof["rule"] == "dense":
        assert dense(masks, target, proof)
        return by_ranks(masks, target, proof["outside"])
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
    return by_ranks(masks, target, proof["outside"])


def by_ranks(masks: Any, target: Any, outside: Any) -> bool:
    return {"ranks": ranks, "dependent": dependent}[outside["rule"]](masks, target, outside)


def rank_modulo(rows: Any, prime: int) -> int:
    """Return the rank over the field with a prime number of elements, by the largest minor that is not 0."""
    rows = [[v % prime for v in row] for row in rows]
    found = 0
    for j in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(found, len(rows)) if rows[i][j]), None)
        if pivot is not None:
            rows[found], rows[pivot] = rows[pivot], rows[found]
            scale = pow(rows[found][j], prime - 2, prime)
            for i in range(found + 1, len(rows)):
                factor = rows[i][j] * scale
                rows[i] = [(a - factor * b) % prime for a, b in zip(rows[i], rows[found], strict=True)]
            found += 1
    return found


def dense(masks: Any, target: Any, proof: Any) -> bool:
    left_mask, right_mask = masks
    units, prime = len(right_mask), proof["prime"]
    assert all(prime % d for d in range(2, prime))
    assert prime > 1
    supports = [
        ({i for i, row in enumerate(left_mask) if row[k]}, {j for j, one in enumerate(right_mask[k]) if one})
        for k in range(units)
    ]
    for k, other in proof["uncross"]:
        assert k != other
        (r, c), (s, d) = supports[k], supports[other]
        supports[k], supports[other] = (r | s, c & d), (r & s, c | d)
    assert [len(row) for row in proof["left"]] == [units] * len(left_mask)
    assert [len(row) for row in proof["right"]] == [len(right_mask[0])] * units
    assert all(0 <= v < prime for row in [*proof["left"], *proof["right"]] for v in row)
    assert [len(row) for row in target] == [len(right_mask[0])] * len(left_mask)
    sides = {"x": proof["left"], "y": [list(column) for column in zip(*proof["right"], strict=True)]}
    done: dict[tuple[str, int], list[int]] = {}
    for step in proof["steps"]:
        side, k, vector = step["side"], step["unit"], step["vector"]
        assert (side, k) not in done
        assert k < units
        assert len(vector) == units
        assert all(0 <= v < prime for v in vector)
        allowed = supports[k]["xy".index(side)]
        equations = [line for at, line in enumerate(sides[side]) if at not in allowed]
        equations += [v for (s, other), v in done.items() if s != side and other != k]
        assert not any(sum(a * b for a, b in zip(e, vector, strict=True)) % prime for e in equations)
        assert rank_modulo(equations, prime) == len(equations)
        done[side, k] = vector
    for k in range(units):
        assert sum(a * b for a, b in zip(done["x", k], done["y", k], strict=True)) % prime
    return rank(target) <= units


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
