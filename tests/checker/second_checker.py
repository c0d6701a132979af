"""A second, plain checker of closed certificates: sets and definitions, no bit sets, no speed, no messages.

It shares nothing with semialg.checker and is written from proofs/FORMAT.md. ``accepts`` returns False or
raises one of the built-in errors for a certificate that does not hold.
"""

from __future__ import annotations

import itertools
import runpy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FULLNESS = runpy.run_path(str(Path(__file__).with_name("second_fullness.py")))
TREES = runpy.run_path(str(Path(__file__).with_name("second_trees.py")))

Cells = frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Instance:
    rows: frozenset[int]
    columns: frozenset[int]
    units: tuple[tuple[int, frozenset[int], frozenset[int], int], ...]
    free: Cells
    next_id: int

    def unit(self, key: int) -> tuple[int, frozenset[int], frozenset[int], int]:
        (found,) = [unit for unit in self.units if unit[0] == key]
        return found

    def cells(self, unit: tuple[int, frozenset[int], frozenset[int], int]) -> Cells:
        return frozenset((i, j) for i in unit[1] for j in unit[2])

    def seen(self, unit: tuple[int, frozenset[int], frozenset[int], int]) -> Cells:
        return self.cells(unit) - self.free

    def turned(self) -> Instance:
        units = tuple((key, columns, rows, p) for key, rows, columns, p in self.units)
        return Instance(self.columns, self.rows, units, frozenset((j, i) for i, j in self.free), self.next_id)

    def replaced(self, gone: list[int], new: list[tuple[frozenset[int], frozenset[int], int]]) -> Instance:
        kept = [unit for unit in self.units if unit[0] not in gone]
        kept += [(self.next_id + at, *unit) for at, unit in enumerate(new)]
        return Instance(self.rows, self.columns, tuple(kept), self.free, self.next_id + len(new))

    def without(self, rows: set[int]) -> Instance:
        units = tuple((key, r - rows, c, p) for key, r, c, p in self.units)
        return Instance(self.rows - rows, self.columns, units, self.free, self.next_id)


def distinct(values: list[int]) -> bool:
    return len(values) > 0 and len(set(values)) == len(values)


def two_layers(left: Any, right: Any) -> Instance:
    m, r, n = len(left), len(right), len(right[0])
    units = tuple(
        (
            k,
            frozenset(i for i in range(m) if left[i][k]),
            frozenset(j for j in range(n) if right[k][j]),
            1,
        )
        for k in range(r)
    )
    return Instance(frozenset(range(m)), frozenset(range(n)), units, frozenset(), r)


def step(state: Instance, document: Any, plain: bool) -> Instance:
    match document["step"]:
        case "drop":
            units = [state.unit(key) for key in document["units"]]
            assert distinct(document["units"])
            assert not any(state.seen(unit) for unit in units)
            return state.replaced(document["units"], [])
        case "merge":
            units = [state.unit(key) for key in document["units"]]
            assert distinct(document["units"])
            assert len(units) > 1
            assert all(unit[1:3] == units[0][1:3] for unit in units)
            return state.replaced(document["units"], [(units[0][1], units[0][2], sum(u[3] for u in units))])
        case "free" | "free_cover" as name:
            unit = state.unit(document["unit"])
            if name == "free":
                assert unit[3] >= min(len(unit[1]), len(unit[2]))
            else:
                lines = [set(document["rows"]), set(document["columns"])]
                assert [len(line) for line in lines] == [len(document["rows"]), len(document["columns"])]
                assert lines[0] <= unit[1]
                assert lines[1] <= unit[2]
                assert unit[3] >= len(lines[0]) + len(lines[1])
                assert all(i in lines[0] or j in lines[1] for i, j in state.seen(unit))
            smaller = state.replaced([unit[0]], [])
            free = state.free | state.cells(unit)
            return Instance(smaller.rows, smaller.columns, smaller.units, free, state.next_id)
        case "split":
            unit = state.unit(document["unit"])
            parts = [
                (frozenset(part["rows"]), frozenset(part["columns"]), unit[3]) for part in document["parts"]
            ]
            assert parts
            for part, source in zip(parts, document["parts"], strict=True):
                assert distinct(source["rows"])
                assert distinct(source["columns"])
                assert part[0] <= unit[1]
                assert part[1] <= unit[2]
            for one, other in itertools.combinations(parts, 2):
                assert not one[0] & other[0]
                assert not one[1] & other[1]
            inside = {(i, j) for rows, columns, _ in parts for i in rows for j in columns}
            assert state.seen(unit) <= inside
            return state.replaced([unit[0]], parts)
        case "full":
            units = [state.unit(key) for key in document["units"]]
            assert distinct(document["units"])
            assert set(document["rows"]) <= state.rows
            assert set(document["columns"]) <= state.columns
            sides = document["rows"], document["columns"]
            rank = FULLNESS["filled"](units, *sides, document["proof"])
            return state.replaced(document["units"], [(*map(frozenset, sides), rank)])
        case "cap" | "forget" as name:
            assert not plain
            assert document["axis"] in {"rows", "columns"}
            turned = state if document["axis"] == "rows" else state.turned()
            gone = set(document["delete"])
            assert distinct(document["delete"])
            assert gone <= turned.rows
            for i in gone:
                if name == "forget":
                    assert all((i, j) in turned.free for j in turned.columns)
                else:
                    alike = [other for other in turned.rows - gone if like(turned, i) == like(turned, other)]
                    assert len(alike) >= sum(unit[3] for unit in turned.units if i in unit[1])
            result = turned.without(gone)
            return result if document["axis"] == "rows" else result.turned()
    raise AssertionError


def like(state: Instance, row: int) -> object:
    units = {unit[0] for unit in state.units if row in unit[1]}
    return units, {j for j in state.columns if (row, j) in state.free}


def steps(state: Instance, documents: Any, plain: bool) -> Instance:
    for document in documents:
        state = step(state, document, plain)
    return state


def instance(state: Instance, proof: Any, lemmas: list[Instance]) -> bool:
    match proof["rule"]:
        case "reduce":
            return instance(steps(state, proof["steps"], plain=False), proof["proof"], lemmas)
        case "transpose":
            return instance(state.turned(), proof["proof"], lemmas)
        case "product":
            listed = [key for part in proof["parts"] for key in part["units"]]
            assert distinct(listed)
            assert set(listed) == {unit[0] for unit in state.units}
            smaller = []
            for part in proof["parts"]:
                assert part["units"]
                units = tuple(unit for unit in state.units if unit[0] in part["units"])
                smaller.append(Instance(state.rows, state.columns, units, state.free, state.next_id))
            for one, other in itertools.combinations(smaller, 2):
                seen = [frozenset().union(*(part.seen(unit) for unit in part.units)) for part in (one, other)]
                assert not seen[0] & seen[1]
            parts = zip(smaller, proof["parts"], strict=True)
            return all(instance(part, each["proof"], lemmas) for part, each in parts)
        case "empty":
            return not state.units
        case "rank":
            return len(state.units) == 1 and state.seen(state.units[0]) == state.cells(state.units[0])
        case "antitone":
            return all(state.seen(unit) == state.cells(unit) for unit in state.units) and all(
                not state.cells(k) & state.cells(l)
                or (k[1] <= l[1] and l[2] <= k[2])
                or (l[1] <= k[1] and k[2] <= l[2])
                for k, l in itertools.combinations(state.units, 2)  # noqa: E741 - the letters of the theorem
            )
        case "two_rows":
            return two_rows(state)
        case "full_space":
            return full_space(state, proof["matchings"])
        case _:
            return instance_by_lemmas(state, proof, lemmas)


def instance_by_lemmas(state: Instance, proof: Any, lemmas: list[Instance]) -> bool:
    match proof["rule"]:
        case "tree":
            return instance_tree(state, proof, lemmas)
        case "lemmas":
            for lemma in proof["lemmas"]:
                stated = instance_of(lemma["instance"])
                assert instance(stated, lemma["proof"], lemmas)
                lemmas.append(stated)
            return instance(state, proof["proof"], lemmas)
        case "lemma":
            return cited(state, proof, lemmas[proof["index"]])
    raise AssertionError


def instance_tree(state: Instance, proof: Any, lemmas: list[Instance]) -> bool:
    gone = []
    for minor in proof["minors"]:
        assert minor["axis"] in {"row", "column"}
        turned = state if minor["axis"] == "row" else state.turned()
        assert minor["label"] in turned.rows
        assert len(turned.rows) > 1
        smaller = turned.without({minor["label"]})
        assert instance(smaller if minor["axis"] == "row" else smaller.turned(), minor["proof"], lemmas)
        gone.append((minor["axis"], minor["label"]))
    reached = {(i, j): set() for i in state.rows for j in state.columns}
    for unit in state.units:
        for cell in state.cells(unit):
            reached[cell].add(unit[0])

    def rank(cut: Any, rows: set[int], columns: set[int]) -> int:
        keys = [key for (key,) in cut]
        assert len(set(keys)) == len(keys)
        assert all(reached[i, j] <= set(keys) for i in rows for j in columns)
        return sum(state.unit(key)[3] for key in keys)

    def rectangles(selections: Any) -> Any:
        assert not selections
        return {unit[0]: unit[1:] for unit in state.units}

    types = [
        {i: {unit[0] for unit in state.units if i in unit[1]} for i in state.rows},
        {j: {unit[0] for unit in state.units if j in unit[2]} for j in state.columns},
    ]
    return TREES["follows"](
        TREES["Frame"](types, reached, state.free, gone, rank, rectangles, None), proof["root"]
    )


def instance_of(document: Any) -> Instance:
    rows, columns = range(document["rows"]), range(document["columns"])
    free = [(i, j) for i, j in document["free"]]
    assert len(set(free)) == len(free)
    assert all(i in rows and j in columns for i, j in free)
    units = []
    for key, unit in enumerate(document["units"]):
        for side, labels in (("rows", rows), ("columns", columns)):
            assert len(set(unit[side])) == len(unit[side])
            assert set(unit[side]) <= set(labels)
        units.append((key, frozenset(unit["rows"]), frozenset(unit["columns"]), unit["multiplicity"]))
    return Instance(frozenset(rows), frozenset(columns), tuple(units), frozenset(free), len(units))


def cited(state: Instance, proof: Any, lemma: Instance) -> bool:
    rows, columns = proof["rows"], proof["columns"]
    assert distinct(rows)
    assert distinct(columns)
    assert (set(rows), len(rows)) == (state.rows, len(lemma.rows))
    assert (set(columns), len(columns)) == (state.columns, len(lemma.columns))
    alive = {(i, j) for i in state.rows for j in state.columns}
    assert {(rows[i], columns[j]) for i, j in lemma.free} == state.free & alive
    found = [({rows[i] for i in r}, {columns[j] for j in c}, p) for _, r, c, p in lemma.units]
    wanted = [(set(r), set(c), p) for _, r, c, p in state.units]
    return len(found) == len(wanted) and all(found.count(unit) == wanted.count(unit) for unit in found)


def two_rows(state: Instance) -> bool:
    rows = {i for unit in state.units for i, _ in state.seen(unit)}
    assert len(rows) == 2
    moving = [unit for unit in state.units if rows <= unit[1]]
    if any(unit[3] != 1 for unit in moving):
        return False
    spans = {}
    for j in state.columns:
        straight = {i for i in rows if (i, j) in state.free}
        straight |= {i for i in rows for unit in state.units if unit[1] & rows == {i} and j in unit[2]}
        spans[j] = ({unit[0] for unit in moving if j in unit[2]}, straight)
    owners = {min(moved) for moved, straight in spans.values() if len(moved) == 1 and not straight}
    return not any(
        moved and len(straight) <= 1 and len(moved) + len(straight) >= 2 and moved <= owners
        for moved, straight in spans.values()
    )


def full_space(state: Instance, matchings: Any) -> bool:
    seen = {cell for unit in state.units for cell in state.seen(unit)}
    columns = [matching["column"] for matching in matchings]
    assert sorted(columns) == sorted({j for _, j in seen})
    for matching in matchings:
        j, pairs = matching["column"], matching["pairs"]
        assert sorted(i for i, _ in pairs) == sorted(i for i, column in seen if column == j)
        for key in {key for _, key in pairs}:
            unit = state.unit(key)
            assert [k for _, k in pairs].count(key) <= unit[3]
            assert j in unit[2]
            assert all(i in unit[1] for i, k in pairs if k == key)
    return True


def product(left: Any, right: Any) -> Any:
    return [
        [int(any(row[k] and right[k][j] for k in range(len(right)))) for j in range(len(right[0]))]
        for row in left
    ]


def transposed(mask: Any) -> Any:
    return [list(column) for column in zip(*mask, strict=True)]


def pattern(masks: Any, proof: Any, lemmas: list[Instance]) -> bool:
    match proof["rule"]:
        case "coordinate":
            return len(masks) == 1
        case "scalar":
            return len(masks[0]) == 1 or len(masks[-1][0]) == 1
        case "transpose":
            return pattern([transposed(mask) for mask in reversed(masks)], proof["proof"], lemmas)
        case "permute":
            sides = proof["permutations"]
            assert [sorted(side) for side in sides] == [
                list(range(size)) for size in [len(masks[0]), *(len(mask[0]) for mask in masks)]
            ]
            listed = [
                [[mask[i][j] for j in sides[at + 1]] for i in sides[at]] for at, mask in enumerate(masks)
            ]
            return pattern(listed, proof["proof"], lemmas)
        case "prune":
            return pruned(masks, proof, lemmas)
        case "units":
            left, right = masks
            return instance(two_layers(left, right), proof["proof"], lemmas)
        case "merge_layers":
            at = proof["at"]
            left, right = masks[at : at + 2]
            assert not steps(two_layers(left, right), proof["steps"], plain=True).units
            return pattern([*masks[:at], product(left, right), *masks[at + 2 :]], proof["proof"], lemmas)
        case "peel":
            return peeled(masks, proof, lemmas)
        case "chainable":
            return chainable(masks, proof["factors"])
        case "equal_lines":
            axis, gone = proof["axis"], proof["delete"]
            assert axis in {"rows", "columns"}
            lines = masks[0] if axis == "rows" else transposed(masks[-1])
            assert distinct(gone)
            assert set(gone) < set(range(len(lines)))
            kept = [line for at, line in enumerate(lines) if at not in gone]
            assert all(kept.count(lines[at]) >= sum(lines[at]) for at in gone)
            return pattern(outer(masks, axis, kept), proof["proof"], lemmas)
        case "tree":
            return pattern_tree(masks, proof, lemmas)
    raise AssertionError


def outer(masks: Any, axis: str, lines: Any) -> Any:
    return [lines, *masks[1:]] if axis == "rows" else [*masks[:-1], transposed(lines)]


def pattern_tree(masks: Any, proof: Any, lemmas: list[Instance]) -> bool:
    assert len(masks) >= 2
    gone = []
    for minor in proof["minors"]:
        assert minor["axis"] in {"row", "column"}
        lines = masks[0] if minor["axis"] == "row" else transposed(masks[-1])
        assert minor["label"] < len(lines)
        assert len(lines) > 1
        kept = [line for at, line in enumerate(lines) if at != minor["label"]]
        assert pattern(outer(masks, minor["axis"] + "s", kept), minor["proof"], lemmas)
        gone.append((minor["axis"], minor["label"]))
    rows, columns = range(len(masks[0])), range(len(masks[-1][0]))
    hidden = [range(len(mask)) for mask in masks[1:]]
    reached = {(i, j): set() for i in rows for j in columns}
    for path in itertools.product(rows, *hidden, columns):
        if all(mask[path[at]][path[at + 1]] for at, mask in enumerate(masks)):
            reached[path[0], path[-1]].add(path[1:-1])

    def rank(cut: Any, left: set[int], right: set[int]) -> int:
        units = {(layer, unit) for layer, unit in cut}
        assert all(unit in hidden[layer] for layer, unit in units)
        for i in left:
            for j in right:
                assert all(units & set(enumerate(path)) for path in reached[i, j])
        return len(units)

    def rectangles(selections: Any) -> Any:
        left, right = selected(masks, selections)
        return {unit[0]: unit[1:] for unit in two_layers(left, right).units}

    types = [
        {i: {k for k, one in enumerate(masks[0][i]) if one} for i in rows},
        {j: {k for k, row in enumerate(masks[-1]) if row[j]} for j in columns},
    ]
    return TREES["follows"](
        TREES["Frame"](types, reached, frozenset(), gone, rank, rectangles, masks), proof["root"]
    )


def selected(masks: Any, selections: Any) -> Any:
    for selection in selections:
        at, rows = selection["factor"], selection["rows"]
        mask = masks[at]
        assert len(rows) == len(mask)
        for i, ones in enumerate(rows):
            assert len(set(ones)) == len(ones)
            assert all(mask[i][k] for k in ones)
        matrix = [[int(k in ones) for k in range(len(mask[0]))] for ones in rows]
        if selection["into"] == "left":
            assert at > 0
            assert all(sum(row) <= 1 for row in matrix)
            masks = [*masks[: at - 1], product(masks[at - 1], matrix), *masks[at + 1 :]]
        else:
            assert selection["into"] == "right"
            assert all(sum(column) <= 1 for column in transposed(matrix))
            masks = [*masks[:at], product(matrix, masks[at + 1]), *masks[at + 2 :]]
    return masks


def pruned(masks: Any, proof: Any, lemmas: list[Instance]) -> bool:
    assert len(proof["hidden"]) == len(masks) - 1
    before, after = masks[0], masks[-1]
    befores, afters = [before], [after]
    for mask in masks[1:-1]:
        before = product(before, mask)
        befores.append(before)
    for mask in masks[-2:0:-1]:
        after = product(mask, after)
        afters.insert(0, after)
    sides = [list(range(len(masks[0]))), *proof["hidden"], list(range(len(masks[-1][0])))]
    for left, right, kept in zip(befores, afters, proof["hidden"], strict=True):
        assert distinct(kept)
        live = {k for k in range(len(right)) if any(row[k] for row in left) and any(right[k])}
        assert live <= set(kept) <= set(range(len(right)))
    smaller = [[[mask[i][j] for j in sides[at + 1]] for i in sides[at]] for at, mask in enumerate(masks)]
    return pattern(smaller, proof["proof"], lemmas)


def peeled(masks: Any, proof: Any, lemmas: list[Instance]) -> bool:
    reach = masks[1]
    for mask in masks[2:]:
        reach = product(reach, mask)
    for k, l in itertools.combinations(range(len(reach)), 2):  # noqa: E741
        rows = [{i for i, row in enumerate(masks[0]) if row[unit]} for unit in (k, l)]
        if rows[0] == rows[1] and masks[1][k] == masks[1][l]:
            continue
        assert not (rows[0] & rows[1] and any(a and b for a, b in zip(reach[k], reach[l], strict=True)))
    return pattern(masks[1:], proof["proof"], lemmas)


def kron(one: Any, other: Any) -> Any:
    return [[a * b for a in row for b in second] for row in one for second in other]


def identity(size: int) -> Any:
    return [[int(i == j) for j in range(size)] for i in range(size)]


def chainable(masks: Any, factors: Any) -> bool:
    assert len(factors) == len(masks)
    for mask, (a, b, c, d) in zip(masks, factors, strict=True):
        assert a * b * c * d < 1000
        assert mask == kron(kron(identity(a), [[1] * c] * b), identity(d))
    return all(
        p[0] * p[2] / q[0] == q[1] * q[3] / p[3]
        and p[0] * p[2] % q[0] == 0
        and q[0] % p[0] == 0
        and p[3] % q[3] == 0
        for p, q in itertools.pairwise(factors)
    )


def accepts(document: Any) -> bool:
    return pattern(document["claim"]["masks"], document["proof"], [])
