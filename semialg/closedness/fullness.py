"""The fullness game (theory C7, C8): whether units reach every matrix of their rank on a rectangle.

A position is played by the rules of ``proofs/RULES.md``, sections ``full.*``: cheap leaves first, then moves
that use a unit up. Positions that failed are remembered, and the effort is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from semialg.closedness.bits import bit_list, bits
from semialg.closedness.surjectivity import linear_leaf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from semialg.closedness.effort import Effort

__all__ = ["Game", "Position", "line_cover_of", "play", "wedderburn"]

_MOST_DEPTH = 30
_MOST_RADO = 10
_MOST_LINEAR = 100

_Unit = tuple[int, int]


@dataclass(frozen=True)
class Position:
    """Units on a rectangle, with a bound on the rank and known zeros.

    Attributes
    ----------
    units
        Id to rows and columns, as bit sets, inside the rectangle.
    copies
        Id to the number of copies left, at least one.
    rows, columns
        The rectangle.
    rank
        The bound s, at most the shorter side.
    zero
        Row to the columns where the matrix is known to be zero; rows without any are left out.
    """

    units: Mapping[int, _Unit]
    copies: Mapping[int, int]
    rows: int
    columns: int
    rank: int
    zero: Mapping[int, int] = field(default_factory=dict[int, int])

    @classmethod
    def of(
        cls,
        units: Mapping[int, _Unit],
        copies: Mapping[int, int],
        rows: int,
        columns: int,
        rank: int | None = None,
        zero: Mapping[int, int] | None = None,
    ) -> Position:
        """Return a position: units cut to the rectangle, the rank at most a side and the number of copies."""
        cut = {k: (units[k][0] & rows, units[k][1] & columns) for k in copies}
        most = min(rows.bit_count(), columns.bit_count())
        rank = min(most, sum(copies.values()) if rank is None else rank)
        known = {i: c & columns for i, c in (zero or {}).items() if rows >> i & 1 and c & columns}
        return cls(cut, copies, rows, columns, rank, known)

    def key(self) -> tuple[object, ...]:
        """Return what makes two positions equal: rectangles with counts, in any order of units."""
        counts: dict[_Unit, int] = {}
        for k, unit in self.units.items():
            counts[unit] = counts.get(unit, 0) + self.copies[k]
        zero = tuple(sorted(self.zero.items()))
        return tuple(sorted(counts.items())), self.rows, self.columns, self.rank, zero

    def transpose(self) -> Position:
        """Return the position with rows and columns exchanged."""
        zero: dict[int, int] = {}
        for i, columns in self.zero.items():
            for j in bits(columns):
                zero[j] = zero.get(j, 0) | 1 << i
        units = {k: (columns, rows) for k, (rows, columns) in self.units.items()}
        return Position(units, self.copies, self.columns, self.rows, self.rank, zero)

    def missing(self, k: int) -> _Unit:
        """Return the rows and the columns of the rectangle that a unit does not have."""
        return self.rows & ~self.units[k][0], self.columns & ~self.units[k][1]

    def deficit(self, k: int) -> int:
        """Return the number of lines that a unit does not have."""
        rows, columns = self.missing(k)
        return rows.bit_count() + columns.bit_count()

    def without(self, k: int, rank: int, rows: int, zero: Mapping[int, int] | None = None) -> Position:
        """Return the position after a copy of a unit was used."""
        copies = {other: count - (other == k) for other, count in self.copies.items()}
        left = {other: count for other, count in copies.items() if count}
        return Position.of(self.units, left, rows, self.columns, rank, zero)

    def distinct(self) -> list[int]:
        """Return one unit of each rectangle."""
        return list({unit: k for k, unit in reversed(list(self.units.items()))}.values())

    def covered(self) -> bool:
        """Whether every entry that is not known to be zero lies in a unit."""
        for i in bits(self.rows):
            reach = self.zero.get(i, 0)
            for rows, columns in self.units.values():
                if rows >> i & 1:
                    reach |= columns
            if self.columns & ~reach:
                return False
        return True


def wedderburn(position: Position) -> bool:
    """Whether the deficits in increasing order are at most 0, 1, 2, ... (theory C7).

    Examples
    --------
    >>> units = {0: (0b101, 0b111), 1: (0b110, 0b111), 2: (0b111, 0b110)}
    >>> wedderburn(Position.of(units, dict.fromkeys(units, 1), 0b111, 0b111))
    False
    >>> units[0] = (0b111, 0b111)
    >>> wedderburn(Position.of(units, dict.fromkeys(units, 1), 0b111, 0b111))
    True
    """
    deficits: list[int] = []
    for k, count in position.copies.items():
        deficits += [position.deficit(k)] * min(count, position.rank)
    deficits.sort()
    return len(deficits) >= position.rank and all(
        deficit <= at for at, deficit in enumerate(deficits[: position.rank])
    )


def line_cover_of(entries: Mapping[int, int]) -> tuple[int, int]:
    """Return the fewest lines, rows and columns as bit sets, that hold the entries (theorem of Koenig).

    Examples
    --------
    >>> line_cover_of({0: 0b111, 1: 0b001, 2: 0b001})
    (1, 1)
    """
    partner: dict[int, int] = {}

    def place(row: int, seen: set[int]) -> bool:
        for j in bits(entries[row]):
            if j not in seen:
                seen.add(j)
                if j not in partner or place(partner[j], seen):
                    partner[j] = row
                    return True
        return False

    for i in entries:
        place(i, set())
    rows, columns = set(entries) - set(partner.values()), 0
    frontier = list(rows)
    while frontier:
        for j in bits(entries[frontier.pop()] & ~columns):
            columns |= 1 << j
            if partner[j] not in rows:
                rows.add(partner[j])
                frontier.append(partner[j])
    return sum(1 << i for i in entries if i not in rows), columns


class Game:
    """A search that remembers the positions that failed.

    Examples
    --------
    >>> from semialg.closedness.effort import Effort
    >>> units = {0: (0b110, 0b111), 1: (0b101, 0b111), 2: (0b111, 0b110)}
    >>> position = Position.of(units, dict.fromkeys(units, 1), 0b111, 0b111)
    >>> wedderburn(position), Game(Effort(100_000)).prove(position)["game"]
    (False, 'line')
    """

    def __init__(self, effort: Effort) -> None:
        self._effort = effort
        self._failed: set[tuple[object, ...]] = set()

    def prove(self, position: Position, depth: int = _MOST_DEPTH) -> dict[str, Any] | None:
        """Return a proof that the position is full; None if none was found with the effort."""
        if wedderburn(position):
            return {"game": "wedderburn"}
        if not depth or sum(position.copies.values()) < position.rank or not position.covered():
            return None
        key = position.key()
        if key in self._failed or not self._effort.spend(20 * (1 + len(position.units))):
            return None
        for moves in (_leaves, self._term, self._lower, self._line, self._span, self._zeros):
            for proof in moves(position, depth - 1):
                return proof
        self._failed.add(key)
        return None

    def _term(self, position: Position, depth: int) -> Iterator[dict[str, Any]]:
        if not position.zero:
            return
        entries = {i: position.columns & ~position.zero.get(i, 0) for i in bits(position.rows)}
        rows, columns = line_cover_of(entries)
        if (lines := rows.bit_count() + columns.bit_count()) < position.rank:
            proof = self.prove(replace(position, rank=lines), depth)
            if proof is not None:
                yield {"game": "term", "rows": bit_list(rows), "columns": bit_list(columns), "proof": proof}

    def _lower(self, position: Position, depth: int) -> Iterator[dict[str, Any]]:
        usable: list[tuple[int, int, int, int]] = []
        for k in position.distinct():
            rows, columns = position.missing(k)
            if position.zero:
                entries = {
                    i: (position.columns if rows >> i & 1 else columns) & ~position.zero.get(i, 0)
                    for i in bits(position.rows)
                }
                rows, columns = line_cover_of({i: row for i, row in entries.items() if row})
            if rows.bit_count() + columns.bit_count() < position.rank:
                usable.append((position.deficit(k), k, rows, columns))
        for _, k, rows, columns in sorted(usable, reverse=True):
            proof = self.prove(position.without(k, position.rank - 1, position.rows), depth)
            if proof is not None:
                lines = {"rows": bit_list(rows), "columns": bit_list(columns)}
                yield {"game": "lower", "unit": k, **lines, "proof": proof}

    def _line(self, position: Position, depth: int) -> Iterator[dict[str, Any]]:
        for axis, turned in (("row", position), ("column", position.transpose())):
            for k in turned.distinct():
                rows, columns = turned.units[k]
                for i in bits(rows):
                    if turned.columns & ~turned.zero.get(i, 0) & ~columns:
                        continue
                    smaller = turned.without(k, turned.rank, turned.rows & ~(1 << i), turned.zero)
                    proof = self.prove(smaller, depth)
                    if proof is not None:
                        yield {"game": "line", "axis": axis, "unit": k, "label": i, "proof": proof}

    def _span(self, position: Position, depth: int) -> Iterator[dict[str, Any]]:
        for axis, turned in (("row", position), ("column", position.transpose())):
            most = turned.rank - 1
            for k in turned.distinct():
                rows, columns = turned.units[k]
                bad = (turned.rows & ~rows).bit_count()
                if columns != turned.columns or turned.rank == turned.rows.bit_count():
                    continue
                good: list[dict[str, Any]] = []
                for i in bits(rows):
                    if bad > most:
                        break
                    proof = self.prove(turned.without(k, turned.rank - 1, turned.rows & ~(1 << i)), depth)
                    if proof is None:
                        bad += 1
                    else:
                        good.append({"label": i, "proof": proof})
                if bad <= most and good:
                    yield {"game": "span", "axis": axis, "unit": k, "lines": good}

    def _zeros(self, position: Position, depth: int) -> Iterator[dict[str, Any]]:
        zero, cases = dict(position.zero), list[dict[str, Any]]()
        for k in position.distinct():
            rows, columns = position.missing(k)
            if not rows or not columns or position.deficit(k) != position.rank:
                continue
            if all(not columns & ~zero.get(i, 0) for i in bits(rows)):
                continue
            proof = self.prove(position.without(k, position.rank - 1, position.rows), depth)
            if proof is not None:
                cases.append({"unit": k, "proof": proof})
                for i in bits(rows):
                    zero[i] = zero.get(i, 0) | columns
        if cases:
            proof = self.prove(replace(position, zero=zero), depth)
            if proof is not None:
                yield {"game": "zeros", "units": cases, "proof": proof}


def _leaves(position: Position, _: int) -> Iterator[dict[str, Any]]:
    for axis, turned in (("row", position), ("column", position.transpose())):
        across = [
            k for k in turned.copies for _ in range(turned.copies[k]) if turned.units[k][1] == turned.columns
        ]
        across.sort(key=lambda k: -turned.units[k][0].bit_count())
        if turned.rank <= len(across):
            chosen = across[:_MOST_RADO]
            if turned.rank <= len(chosen) and _rado(turned, chosen):
                yield {"game": "rado", "axis": axis, "units": chosen}
    sides = position.rows.bit_count(), position.columns.bit_count()
    if position.rank == min(sides) and sides[0] * sides[1] <= _MOST_LINEAR:
        yield from linear_leaf(position.units, position.copies, position.rows, position.columns)


def _rado(position: Position, chosen: list[int]) -> bool:
    """Whether Rado's condition holds for units with all columns."""
    missing = [position.missing(k)[0] for k in chosen]
    spare, slack = len(chosen) - position.rank, position.rows.bit_count() - position.rank
    for choice in range(1, 1 << len(missing)):
        count = choice.bit_count()
        if count <= spare:
            continue
        common, least = position.rows, position.rows.bit_count()
        for at in bits(choice):
            common &= missing[at]
            least = min(least, missing[at].bit_count())
        meet = min(least, common.bit_count() + slack * (count - 1))
        if position.rank - meet < count - spare:
            return False
    return True


def play(position: Position, effort: Effort) -> dict[str, Any] | None:
    """Return a proof that a position is full, None if none was found with the effort."""
    return Game(effort).prove(position)
