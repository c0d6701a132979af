"""Factorization: exact factors of a given matrix with prescribed supports, or a proof that there are none.

Where the units reach every matrix of a rank (theory C7 to C9) the proof is run as an algorithm; elsewhere
units lower the rank one after another (Wedderburn) in many orders. Non-members are found by the rank
inequality (N9).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

from semialg.closedness.bits import bit_list
from semialg.closedness.effort import Effort
from semialg.closedness.fullness import Position, play
from semialg.closedness.instance import Instance
from semialg.closedness.replay import Piece, lowering_pairs, rank_of, replay, without
from semialg.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.closedness.replay import Matrix
    from semialg.pattern.pattern import Pattern

__all__ = ["Factorization", "factorize"]

Rows = tuple[tuple[Fraction, ...], ...]
_GAME = 200_000
_TRIES = 60


@dataclass(frozen=True)
class Factorization:
    """The answer about one target.

    Attributes
    ----------
    answer
        ``member``, ``not_member`` or ``unknown``.
    factors
        For a member, matrices in product order that vanish off the masks and whose product is the target.
    proof
        For a non-member, an object of the certificate format (rules ``outside.*``) about pattern and target.
    reason
        One sentence.
    """

    answer: str
    factors: tuple[Rows, ...] | None
    proof: dict[str, Any] | None
    reason: str


def factorize(
    pattern: Pattern, target: Sequence[Sequence[Fraction | int | str]], *, work: int = _GAME
) -> Factorization:
    """Return exact factors of a matrix with the supports of a pattern, or a proof that there are none.

    Parameters
    ----------
    pattern
        One or two layers; for more the answer is ``unknown``.
    target
        A matrix of the shape of the product; integers, fractions, or texts "p/q".
    work
        What the fullness game may spend, about a microsecond each.

    Raises
    ------
    ArgumentError
        If the target has another shape than the product, or an entry is not exact.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> found = factorize(Pattern.parse("lu:2"), [[2, 4], [1, 5]])
    >>> [[[str(v) for v in row] for row in factor] for factor in found.factors]
    [[['2', '0'], ['1', '3']], [['1', '2'], ['0', '1']]]
    >>> factorize(Pattern.parse("lu:2"), [[0, 1], [1, 0]]).proof
    {'rule': 'ranks', 'rows': [0], 'columns': [0], 'cut': [[0, 0]]}
    """
    rows = _exact(pattern, target)
    matrix = {(i, j): value for i, row in enumerate(rows) for j, value in enumerate(row) if value}
    if pattern.layers == 1:
        mask = pattern.masks[0].to_dense()
        for i, j in matrix:
            if not mask[i][j]:
                return _unreached(i, j, matrix)
        return Factorization("member", (rows,), None, "one layer: the target itself")
    if pattern.layers > 2:
        return Factorization(
            "unknown", None, None, "semialg factorize looks at patterns with two layers only"
        )
    instance = Instance.from_pattern(pattern)
    covered = instance.covered()
    for i, j in matrix:
        if not covered[i] >> j & 1:
            return _unreached(i, j, matrix)
    proof = _rank_proof(instance, matrix)
    if proof is not None:
        lines = f"rows {[i + 1 for i in proof['rows']]} and columns {[j + 1 for j in proof['columns']]}"
        return Factorization(
            "not_member",
            None,
            proof,
            f"the ranks of the target on {lines} exceed the number {len(proof['cut'])} of units there",
        )
    found = _pieces(instance, matrix, work)
    if found is None:
        return Factorization(
            "unknown", None, None, "no factors were found, and no rank inequality excludes them"
        )
    pieces, reason = found
    return Factorization("member", _factors(pattern, pieces, rows), None, reason)


def _exact(pattern: Pattern, target: Sequence[Sequence[Fraction | int | str]]) -> Rows:
    height, width = pattern.widths[0], pattern.widths[-1]
    if len(target) != height or any(len(row) != width for row in target):
        raise ArgumentError(f"the target has to be a matrix of {height} rows and {width} columns")
    if any(isinstance(value, float) for row in target for value in row):
        raise ArgumentError('the target holds a float; expected integers, fractions or texts "p/q"')
    try:
        return tuple(tuple(Fraction(value) for value in row) for row in target)
    except (ValueError, TypeError, ZeroDivisionError):
        raise ArgumentError('an entry of the target is no number; expected integers or texts "p/q"') from None


def _unreached(i: int, j: int, matrix: Matrix) -> Factorization:
    cofactor = [{"coefficient": str(-1 / matrix[i, j]), "monomial": []}]
    proof = {"rule": "identity", "terms": [{"row": i, "column": j, "cofactor": cofactor}]}
    reason = f"entry ({i + 1},{j + 1}) of the target is not zero, but no path of the pattern leads there"
    return Factorization("not_member", None, proof, reason)


def _rank_proof(instance: Instance, matrix: Matrix) -> dict[str, Any] | None:
    """Return a violated rank inequality for the lines outside of one unit, or outside of none."""
    candidates = {(instance.rows, 0), (0, instance.columns)}
    for unit in instance.units.values():
        candidates.add((instance.rows & ~unit.rows, instance.columns & ~unit.columns))
    for rows, columns in sorted(candidates):
        cut = [k for k, unit in instance.units.items() if unit.rows & rows or unit.columns & columns]
        ranks = rank_of(matrix, rows, instance.columns) + rank_of(matrix, instance.rows, columns)
        if ranks - rank_of(matrix, rows, columns) > len(cut):
            return {
                "rule": "ranks",
                "rows": bit_list(rows),
                "columns": bit_list(columns),
                "cut": [[0, k] for k in cut],
            }
    return None


def _pieces(instance: Instance, matrix: Matrix, work: int) -> tuple[list[Piece], str] | None:
    """Factor each part without overlaps by itself."""
    pieces: list[Piece] = []
    ways: set[str] = set()
    for group in instance.components():
        part = instance.with_units(group)
        covered = part.covered()
        own = {place: value for place, value in matrix.items() if covered[place[0]] >> place[1] & 1}
        rows = columns = 0
        for unit in part.units.values():
            rows, columns = rows | unit.rows, columns | unit.columns
        if not own:
            continue
        units = {k: (unit.rows, unit.columns) for k, unit in part.units.items()}
        bound = rank_of(own, rows, columns)
        position = Position.of(units, dict.fromkeys(units, 1), rows, columns, bound)
        found = _greedy(position, own, Random(0), tries=1)  # noqa: S311 - an order to try
        way = "units lower the rank one after another"
        if found is None:
            proof = play(position, Effort(work))
            found = None if proof is None else replay(position, proof, own)
            way = f"the pattern reaches every matrix of rank {bound} there (C7 to C9), and the proof was run"
        if found is None:
            found = _greedy(position, own, Random(0), tries=_TRIES)  # noqa: S311 - orders to try
            way = "a search found an order in which units lower the rank"
        if found is None:
            return None
        pieces += found
        ways.add(way)
    return pieces, "; ".join(sorted(ways)) or "the target is zero"


def _greedy(position: Position, matrix: Matrix, random: Random, tries: int) -> list[Piece] | None:
    """Let units lower the rank, the ones with the largest deficit first, later in random orders."""
    for attempt in range(tries):
        left, pieces = matrix, list[Piece]()
        order = sorted(position.units, key=position.deficit, reverse=True)
        if attempt:
            random.shuffle(order)
            order.sort(key=lambda k: -position.deficit(k) + random.randint(-2, 2))
        while left and order:
            for k in order:
                options = list(lowering_pairs(position, k, left))
                if options:
                    piece = random.choice(options) if attempt else options[0]
                    pieces.append(piece)
                    left = without(left, piece)
                    order.remove(k)
                    break
            else:
                break
        if not left:
            return pieces
    return None


def _factors(pattern: Pattern, pieces: list[Piece], target: Rows) -> tuple[Rows, ...]:
    """Return the factors of the pieces; their supports and their product are checked by plain sums."""
    height, hidden, width = pattern.widths
    left = [[Fraction(0)] * hidden for _ in range(height)]
    right = [[Fraction(0)] * width for _ in range(hidden)]
    for piece in pieces:
        for i, value in piece.left.items():
            left[i][piece.unit] = value
        for j, value in piece.right.items():
            right[piece.unit][j] = value
    for factor, mask in zip((left, right), pattern.masks, strict=True):
        allowed = mask.to_dense()
        if any(value and not allowed[i][j] for i, row in enumerate(factor) for j, value in enumerate(row)):
            raise AssertionError("a factor leaves its mask")
    for i, row in enumerate(left):
        used = [k for k, x in enumerate(row) if x]
        product = tuple(sum((row[k] * right[k][j] for k in used), Fraction(0)) for j in range(width))
        if product != target[i]:
            raise AssertionError("the product of the factors is not the target")
    return tuple(map(tuple, left)), tuple(map(tuple, right))
