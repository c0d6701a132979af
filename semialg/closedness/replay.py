"""The fullness game as an algorithm (theory C7 to C9): its proofs, run on a matrix, give factors."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from semialg.algebra.linear import kernel_basis, rank, solution
from semialg.closedness.bits import bits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from semialg.closedness.fullness import Position

__all__ = ["Matrix", "Piece", "lowering_pairs", "replay", "transposed"]

Matrix = dict[tuple[int, int], Fraction]


@dataclass(frozen=True)
class Piece:
    """What one copy of a unit carries: its column and its row, by label."""

    unit: int
    left: Mapping[int, Fraction]
    right: Mapping[int, Fraction]


def transposed(pieces: Sequence[Piece]) -> list[Piece]:
    """Return pieces with rows and columns exchanged."""
    return [Piece(piece.unit, piece.right, piece.left) for piece in pieces]


def _dense(matrix: Matrix, rows: int, columns: int) -> list[list[Fraction]]:
    labels = list(bits(columns))
    return [[matrix.get((i, j), Fraction(0)) for j in labels] for i in bits(rows)]


def rank_of(matrix: Matrix, rows: int, columns: int) -> int:
    """Return the rank of a part of a matrix."""
    return rank(_dense(matrix, rows, columns))


def lowering_pairs(position: Position, k: int, matrix: Matrix) -> Iterator[Piece]:
    """Yield pieces of a unit, each of which leaves a matrix of smaller rank (Wedderburn's step).

    Vectors p and q of bases of what the unit allows are tried in turn; the pieces are (A q)(p A) / (p A q).
    """
    rows, columns = list(bits(position.rows)), list(bits(position.columns))
    missing_rows, missing_columns = position.missing(k)
    right = kernel_basis(_dense(matrix, missing_rows, position.columns), len(columns))
    down: Matrix = {(j, i): value for (i, j), value in matrix.items()}
    left = kernel_basis(_dense(down, missing_columns, position.rows), len(rows))
    for q in right:
        image = {
            i: sum(
                (matrix.get((i, j), Fraction(0)) * c for j, c in zip(columns, q, strict=True)), Fraction(0)
            )
            for i in rows
        }
        for p in left:
            value = sum((c * image[i] for i, c in zip(rows, p, strict=True)), Fraction(0))
            if value:
                across = {
                    j: sum(
                        (matrix.get((i, j), Fraction(0)) * c for i, c in zip(rows, p, strict=True)),
                        Fraction(0),
                    )
                    / value
                    for j in columns
                }
                yield Piece(k, {i: v for i, v in image.items() if v}, {j: v for j, v in across.items() if v})


def without(matrix: Matrix, piece: Piece) -> Matrix:
    """Return a matrix minus the product of a piece."""
    left = dict(matrix)
    for i, x in piece.left.items():
        for j, y in piece.right.items():
            value = left.get((i, j), Fraction(0)) - x * y
            if value:
                left[i, j] = value
            else:
                left.pop((i, j), None)
    return left


def replay(position: Position, proof: Mapping[str, Any], matrix: Matrix) -> list[Piece] | None:
    """Return pieces of different copies whose sum is the matrix, by the steps of a game.

    Parameters
    ----------
    position
        A position that the game proves full.
    proof
        The game.
    matrix
        Its nonzero entries, inside the rectangle, of rank at most the position's, zero at the known zeros.

    Returns
    -------
    list or None
        None if a step that the game promises fails, which is a fault of the game.
    """
    if not matrix:
        return []
    found: list[Piece] | None = _RUNS[proof["game"]](position, proof, matrix)
    return found


def _then(position: Position, proof: Mapping[str, Any], matrix: Matrix, piece: Piece) -> list[Piece] | None:
    rest = replay(position, proof, without(matrix, piece))
    return None if rest is None else [piece, *rest]


def _wedderburn(position: Position, _: Mapping[str, Any], matrix: Matrix) -> list[Piece] | None:
    order = sorted((k for k, count in position.copies.items() for _ in range(count)), key=position.deficit)
    found: list[Piece] = []
    while matrix:
        place = rank_of(matrix, position.rows, position.columns) - 1
        piece = next(lowering_pairs(position, order[place], matrix), None) if place < len(order) else None
        if piece is None:
            return None
        found.append(piece)
        matrix = without(matrix, piece)
    return found


def _lower(position: Position, proof: Mapping[str, Any], matrix: Matrix) -> list[Piece] | None:
    k = proof["unit"]
    smaller = position.without(k, position.rank - 1, position.rows)
    if rank_of(matrix, position.rows, position.columns) < position.rank:
        return replay(smaller, proof["proof"], matrix)
    piece = next(lowering_pairs(position, k, matrix), None)
    return None if piece is None else _then(smaller, proof["proof"], matrix, piece)


def _turned(run: Any) -> Any:
    def along(position: Position, proof: Mapping[str, Any], matrix: Matrix) -> list[Piece] | None:
        if proof["axis"] == "row":
            found: list[Piece] | None = run(position, proof, matrix)
            return found
        down = {(j, i): value for (i, j), value in matrix.items()}
        found = run(position.transpose(), proof, down)
        return None if found is None else transposed(found)

    return along


def _whole_row(k: int, i: int, matrix: Matrix) -> Piece:
    return Piece(k, {i: Fraction(1)}, {j: value for (row, j), value in matrix.items() if row == i})


def _line(position: Position, proof: Mapping[str, Any], matrix: Matrix) -> list[Piece] | None:
    k, i = proof["unit"], proof["label"]
    smaller = position.without(k, position.rank, position.rows & ~(1 << i), position.zero)
    return _then(smaller, proof["proof"], matrix, _whole_row(k, i, matrix))


def _span(position: Position, proof: Mapping[str, Any], matrix: Matrix) -> list[Piece] | None:
    k, good = proof["unit"], {line["label"]: line["proof"] for line in proof["lines"]}
    others = position.rows & ~sum(1 << i for i in good)
    columns = list(bits(position.columns))
    full = rank_of(matrix, position.rows, position.columns) == position.rank
    kernel = kernel_basis(_dense(matrix, others, position.columns), len(columns))
    for i, inner in good.items():
        piece = _whole_row(k, i, matrix)
        for q in kernel if full else ():
            image = {
                h: sum(
                    (matrix.get((h, j), Fraction(0)) * c for j, c in zip(columns, q, strict=True)),
                    Fraction(0),
                )
                for h in bits(position.rows)
            }
            if image[i]:
                piece = Piece(k, {h: value / image[i] for h, value in image.items() if value}, piece.right)
                break
        else:
            if full:
                continue
        smaller = position.without(k, position.rank - 1, position.rows & ~(1 << i))
        return _then(smaller, inner, matrix, piece)
    return None


def _zeros(position: Position, proof: Mapping[str, Any], matrix: Matrix) -> list[Piece] | None:
    zero, full = dict(position.zero), rank_of(matrix, position.rows, position.columns) == position.rank
    for case in proof["units"]:
        smaller = position.without(case["unit"], position.rank - 1, position.rows)
        if not full:
            return replay(smaller, case["proof"], matrix)
        rows, columns = position.missing(case["unit"])
        piece = next(lowering_pairs(position, case["unit"], matrix), None)
        if piece is not None:
            return _then(smaller, case["proof"], matrix, piece)
        for i in bits(rows):
            zero[i] = zero.get(i, 0) | columns
    known = type(position).of(
        position.units, position.copies, position.rows, position.columns, position.rank, zero
    )
    return replay(known, proof["proof"], matrix)


def _term(position: Position, proof: Mapping[str, Any], matrix: Matrix) -> list[Piece] | None:
    lines = len(proof["rows"]) + len(proof["columns"])
    smaller = type(position).of(
        position.units, position.copies, position.rows, position.columns, lines, position.zero
    )
    return replay(smaller, proof["proof"], matrix)


def _rado(position: Position, proof: Mapping[str, Any], matrix: Matrix) -> list[Piece] | None:
    """Choose independent vectors by a matroid intersection in small numbers: search with backtracking."""
    rows, columns = list(bits(position.rows)), list(bits(position.columns))
    s = rank_of(matrix, position.rows, position.columns)
    basis: list[int] = []
    for j in columns:
        if rank_of(matrix, position.rows, sum(1 << b for b in [*basis, j])) > len(basis):
            basis.append(j)
    left = [[matrix.get((i, j), Fraction(0)) for j in basis] for i in rows]
    spaces = []
    for k in proof["units"]:
        missing = position.missing(k)[0]
        spaces.append(kernel_basis([row for i, row in zip(rows, left, strict=True) if missing >> i & 1], s))

    def choose(at: int, chosen: list[tuple[int, Any]]) -> list[tuple[int, Any]] | None:
        if len(chosen) == s:
            return chosen
        if at == len(spaces) or len(chosen) + len(spaces) - at < s:
            return None
        for g in spaces[at]:
            if rank([list(h) for _, h in chosen] + [list(g)]) > len(chosen):
                found = choose(at + 1, [*chosen, (proof["units"][at], g)])
                if found is not None:
                    return found
        return choose(at + 1, chosen)

    found = choose(0, [])
    if found is None:
        return None
    sides = [
        {
            i: v
            for i, row in zip(rows, left, strict=True)
            if (v := sum((a * b for a, b in zip(row, g, strict=True)), Fraction(0)))
        }
        for _, g in found
    ]
    table = [[side.get(i, Fraction(0)) for side in sides] for i in rows]
    across = [solution(table, [matrix.get((i, j), Fraction(0)) for i in rows]) for j in columns]
    return [
        Piece(
            k, sides[at], {j: y[at] for j, y in zip(columns, across, strict=True) if y is not None and y[at]}
        )
        for at, (k, _) in enumerate(found)
    ]


def _linear(position: Position, proof: Mapping[str, Any], matrix: Matrix) -> list[Piece] | None:
    unknowns = [
        (at, across)
        for at, entry in enumerate(proof["vectors"])
        for across in bits(position.units[entry["unit"]][1 if entry["axis"] == "row" else 0])
    ]
    places = {
        (i, j): at
        for at, (i, j) in enumerate((i, j) for i in bits(position.rows) for j in bits(position.columns))
    }
    table = [[Fraction(0)] * len(unknowns) for _ in places]
    for column, (at, across) in enumerate(unknowns):
        entry = proof["vectors"][at]
        for label, value in entry["vector"]:
            place = (label, across) if entry["axis"] == "row" else (across, label)
            table[places[place]][column] = Fraction(value)
    found = solution(table, [matrix.get(place, Fraction(0)) for place in places])
    if found is None:
        return None
    free: list[dict[int, Fraction]] = [{} for _ in proof["vectors"]]
    for (at, across), value in zip(unknowns, found, strict=True):
        if value:
            free[at][across] = value
    pieces = []
    for entry, side in zip(proof["vectors"], free, strict=True):
        fixed = {label: Fraction(value) for label, value in entry["vector"]}
        pair = (fixed, side) if entry["axis"] == "row" else (side, fixed)
        pieces.append(Piece(entry["unit"], *pair))
    return pieces


_RUNS: dict[str, Any] = {
    "wedderburn": _wedderburn,
    "lower": _lower,
    "line": _turned(_line),
    "span": _turned(_span),
    "zeros": _zeros,
    "term": _term,
    "rado": _turned(_rado),
    "linear": _linear,
}
