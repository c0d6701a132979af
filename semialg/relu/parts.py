"""The parts of a network with one hidden layer: outputs and hidden units that do not touch each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from semialg.pattern.mask import Mask

__all__ = ["Part", "parts_of"]


@dataclass(frozen=True)
class Part:
    """A connected component of the output mask, as a graph between outputs and hidden units.

    Attributes
    ----------
    rows
        Its outputs, at least one.
    units
        Its hidden units; none for an output that no unit feeds.
    """

    rows: tuple[int, ...]
    units: tuple[int, ...]


def parts_of(output_mask: Mask, input_mask: Mask) -> list[Part]:
    """Return the parts, by their first output. O(number of ones).

    Functions of different parts use different parameters (biases included), so that the functions of the
    network are the product of those of the parts. Units that feed no output belong to none, and neither do
    units that read no input: what they add is constant, and the biases of the outputs do that too.

    Examples
    --------
    >>> from semialg.pattern.mask import Mask
    >>> parts_of(Mask.from_dense([[1, 0, 0], [1, 0, 0], [0, 1, 1]]), Mask.from_dense([[1], [1], [0]]))
    [Part(rows=(0, 1), units=(0,)), Part(rows=(2,), units=(1,))]
    """
    leader = list(range(output_mask.rows))

    def find(row: int) -> int:
        while leader[row] != row:
            leader[row] = leader[leader[row]]
            row = leader[row]
        return row

    pieces = output_mask.rows
    outputs = [
        output_mask.column(k) if len(input_mask.row(k)) else output_mask.column(k)[:0]
        for k in range(output_mask.columns)
    ]
    for rows in outputs:
        for row in rows[1:]:
            one, other = find(row), find(rows[0])
            if one != other:
                leader[one] = other
                pieces -= 1
        if pieces == 1:
            break
    found: dict[int, tuple[list[int], list[int]]] = {}
    for row in range(output_mask.rows):
        found.setdefault(find(row), ([], []))[0].append(row)
    for k, rows in enumerate(outputs):
        if len(rows):
            found[find(rows[0])][1].append(k)
    return [Part(tuple(rows), tuple(units)) for rows, units in found.values()]
