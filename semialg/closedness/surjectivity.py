"""Linear surjectivity (theory C9): with one side of each unit fixed, the products fill the space."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from semialg.closedness.bits import bits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["MODULUS", "linear_leaf", "linear_rank"]

MODULUS = 2_147_483_647
"""The prime modulo which ranks are taken; a rank modulo a prime is a lower bound for the rank."""

_TRIES = 4
_LARGEST = 1000


def linear_leaf(
    units: Mapping[int, tuple[int, int]], copies: Mapping[int, int], rows: int, columns: int
) -> Iterator[dict[str, Any]]:
    """Yield one proof that the units fill all matrices on a rectangle, if random integers give one.

    Each copy keeps the side that gives more freedom; ties are broken at random, a few times.

    Examples
    --------
    >>> units = {0: (0b11, 0b11), 1: (0b11, 0b11)}
    >>> [leaf["game"] for leaf in linear_leaf(units, {0: 1, 1: 1}, 0b11, 0b11)]
    ['linear']
    >>> list(linear_leaf({0: (0b11, 0b11)}, {0: 1}, 0b11, 0b11))
    []
    """
    wanted = rows.bit_count() * columns.bit_count()
    sides = {k: (unit[0].bit_count(), unit[1].bit_count()) for k, unit in units.items()}
    if sum(max(sides[k]) * count for k, count in copies.items()) < wanted:
        return
    random = Random(0)  # noqa: S311 - numbers to try, checked by the rank
    for attempt in range(_TRIES):
        vectors: list[dict[str, Any]] = []
        for k, count in copies.items():
            for _ in range(count):
                tall, wide = sides[k]
                axis = (
                    "row"
                    if wide > tall or (wide == tall and random.random() < (1, 0, 0.5, 0.5)[attempt])
                    else "column"
                )
                labels = bits(units[k][0] if axis == "row" else units[k][1])
                vector = [[label, random.randint(1, _LARGEST)] for label in labels]
                vectors.append({"unit": k, "axis": axis, "vector": vector})
        if linear_rank(units, vectors) == wanted:
            yield {"game": "linear", "modulus": MODULUS, "vectors": vectors}
            return
        if all(tall != wide for tall, wide in sides.values()):
            return


def linear_rank(units: Mapping[int, tuple[int, int]], vectors: list[dict[str, Any]]) -> int:
    """Return the rank, modulo the prime, of the products of fixed vectors with free ones.

    Examples
    --------
    >>> linear_rank({0: (0b1, 0b111)}, [{"unit": 0, "axis": "row", "vector": [[0, 5]]}])
    3
    """
    basis: dict[tuple[int, int], dict[tuple[int, int], int]] = {}
    for entry in vectors:
        by_row = entry["axis"] == "row"
        for across in bits(units[entry["unit"]][1 if by_row else 0]):
            row = {(label, across) if by_row else (across, label): value for label, value in entry["vector"]}
            _insert(basis, row)
    return len(basis)


def _insert(
    basis: dict[tuple[int, int], dict[tuple[int, int], int]], row: dict[tuple[int, int], int]
) -> None:
    while row:
        lead = min(row)
        if lead not in basis:
            inverse = pow(row[lead], -1, MODULUS)
            basis[lead] = {place: value * inverse % MODULUS for place, value in row.items()}
            return
        factor = row[lead]
        for place, value in basis[lead].items():
            left = (row.get(place, 0) - factor * value) % MODULUS
            if left:
                row[place] = left
            else:
                row.pop(place, None)
