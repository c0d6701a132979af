"""The second checker's fullness game: sets and definitions, written from proofs/FORMAT.md and RULES.md."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Position:
    """Copies of units (id, rows, columns), a rectangle, a rank, zeros."""

    copies: tuple[tuple[int, frozenset[int], frozenset[int]], ...]
    rows: frozenset[int]
    columns: frozenset[int]
    rank: int
    zeros: frozenset[tuple[int, int]]

    def bound(self) -> int:
        return min(self.rank, len(self.rows), len(self.columns))

    def has(self, key: int) -> tuple[frozenset[int], frozenset[int]]:
        at = [copy[0] for copy in self.copies].index(key)
        rows, columns = self.copies[at][1:]
        return rows & self.rows, columns & self.columns

    def outside(self, key: int) -> tuple[frozenset[int], frozenset[int]]:
        rows, columns = self.has(key)
        return self.rows - rows, self.columns - columns

    def without(self, key: int) -> tuple[tuple[int, frozenset[int], frozenset[int]], ...]:
        at = [copy[0] for copy in self.copies].index(key)
        return self.copies[:at] + self.copies[at + 1 :]

    def lowered(self, key: int) -> Position:
        return Position(self.without(key), self.rows, self.columns, self.bound() - 1, frozenset())

    def turned(self, axis: str) -> Position:
        assert axis in {"row", "column"}
        if axis == "row":
            return self
        copies = tuple((key, columns, rows) for key, rows, columns in self.copies)
        return Position(copies, self.columns, self.rows, self.rank, frozenset((j, i) for i, j in self.zeros))

    def open(self) -> set[tuple[int, int]]:
        return set(itertools.product(self.rows, self.columns)) - self.zeros


def full(position: Position, proof: Any) -> bool:
    s = position.bound()
    match proof["game"]:
        case "wedderburn":
            deficits = sorted(sum(map(len, position.outside(key))) for key, _, _ in position.copies)
            return len(deficits) >= s and all(deficits[at] <= at for at in range(max(s, 0)))
        case "lower":
            rows, columns = lines(position, proof)
            missing = position.outside(proof["unit"])
            untouched = {(i, j) for i, j in position.open() if i in missing[0] or j in missing[1]}
            assert all(i in rows or j in columns for i, j in untouched)
            assert len(rows) + len(columns) < s
            return full(position.lowered(proof["unit"]), proof["proof"])
        case "line":
            turned, i = position.turned(proof["axis"]), proof["label"]
            unit = turned.has(proof["unit"])
            assert i in unit[0]
            assert all(j in unit[1] for row, j in turned.open() if row == i)
            left = Position(turned.without(proof["unit"]), turned.rows - {i}, turned.columns, s, turned.zeros)
            return full(left, proof["proof"])
        case "span":
            turned = position.turned(proof["axis"])
            unit = turned.has(proof["unit"])
            good = [line["label"] for line in proof["lines"]]
            assert good
            assert len(set(good)) == len(good)
            assert set(good) <= unit[0]
            assert unit[1] == turned.columns
            assert len(turned.rows) - len(good) < s
            for line in proof["lines"]:
                left = turned.lowered(proof["unit"])
                kept = left.rows - {line["label"]}
                assert full(Position(left.copies, kept, left.columns, left.rank, left.zeros), line["proof"])
            return True
        case "zeros":
            zeros = set(position.zeros)
            assert proof["units"]
            for case in proof["units"]:
                rows, columns = position.outside(case["unit"])
                assert len(rows) + len(columns) <= s
                assert full(position.lowered(case["unit"]), case["proof"])
                zeros |= set(itertools.product(rows, columns))
            left = Position(position.copies, position.rows, position.columns, s, frozenset(zeros))
            return full(left, proof["proof"])
        case "term":
            rows, columns = lines(position, proof)
            assert all(i in rows or j in columns for i, j in position.open())
            count = len(rows) + len(columns)
            assert count < s
            left = Position(position.copies, position.rows, position.columns, count, position.zeros)
            return full(left, proof["proof"])
        case "rado":
            return rado(position.turned(proof["axis"]), proof["units"])
        case "linear":
            return linear(position, proof["modulus"], proof["vectors"])
    raise AssertionError


def lines(position: Position, proof: Any) -> tuple[set[int], set[int]]:
    rows, columns = set(proof["rows"]), set(proof["columns"])
    assert (len(rows), len(columns)) == (len(proof["rows"]), len(proof["columns"]))
    assert rows <= position.rows
    assert columns <= position.columns
    return rows, columns


def rado(position: Position, keys: list[int]) -> bool:
    s, available = position.bound(), Counter(key for key, _, _ in position.copies)
    assert not Counter(keys) - available
    assert all(position.has(key)[1] == position.columns for key in keys)
    spare, slack = len(keys) - s, len(position.rows) - s
    assert spare >= 0
    for size in range(spare + 1, len(keys) + 1):
        for chosen in itertools.combinations(keys, size):
            missing = [position.outside(key)[0] for key in chosen]
            common = frozenset.intersection(*missing)
            meet = min(min(map(len, missing)), len(common) + slack * (size - 1))
            assert s - meet >= size - spare
    return True


def linear(position: Position, modulus: int, vectors: Any) -> bool:
    available = Counter(key for key, _, _ in position.copies)
    assert modulus > 1
    assert all(modulus % divisor for divisor in range(2, int(modulus**0.5) + 1))
    assert not Counter(vector["unit"] for vector in vectors) - available
    rows: list[dict[tuple[int, int], int]] = []
    for vector in vectors:
        turned = position.turned(vector["axis"])
        unit = turned.has(vector["unit"])
        labels = [label for label, _ in vector["vector"]]
        assert len(set(labels)) == len(labels)
        assert set(labels) <= unit[0]
        for j in unit[1]:
            entries = {(i, j): value % modulus for i, value in vector["vector"] if value % modulus}
            rows.append(entries if vector["axis"] == "row" else {(b, a): v for (a, b), v in entries.items()})
    rank = 0
    while rows:
        pivot = rows.pop()
        if not pivot:
            continue
        rank += 1
        place, value = next(iter(pivot.items()))
        for at, row in enumerate(rows):
            if place in row:
                factor = row[place] * pow(value, modulus - 2, modulus)
                keys = {*row, *pivot}
                mixed = {key: (row.get(key, 0) - factor * pivot.get(key, 0)) % modulus for key in keys}
                rows[at] = {key: entry for key, entry in mixed.items() if entry}
    return rank >= len(position.rows) * len(position.columns)


def filled(units: Any, rows: Any, columns: Any, proof: Any) -> int:
    """Return the rank that units (id, rows, columns, multiplicity) fill a rectangle with."""
    for side in (rows, columns):
        assert side
        assert len(set(side)) == len(side)
    copies = []
    for key, own_rows, own_columns, count in units:
        assert own_rows <= set(rows)
        assert own_columns <= set(columns)
        copies += [(key, own_rows, own_columns)] * min(count, len(rows), len(columns))
    rank = min(sum(unit[3] for unit in units), len(rows), len(columns))
    assert full(Position(tuple(copies), frozenset(rows), frozenset(columns), rank, frozenset()), proof)
    return rank
