"""Witnesses carried from one pattern to another: from a reduced instance to its pattern, to the transpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semialg.certificates.outside import relabel
from semialg.certificates.rank_proofs import Dependent, Ranks
from semialg.closedness.steps import lift_all
from semialg.closedness.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.algebra.laurent import Laurent
    from semialg.certificates.outside import Outside
    from semialg.closedness.steps import Curve, Step
    from semialg.pattern.pattern import Pattern

    Entries = dict[tuple[int, int], Laurent]

__all__ = ["lift_witness", "transpose_witness"]


def lift_witness(
    pattern: Pattern,
    steps: Sequence[Step],
    rows: Sequence[int],
    columns: Sequence[int],
    curve: Curve,
    outside: Outside,
) -> Witness:
    """Return the witness of a two-layer pattern that a witness of its reduced instance gives.

    Parameters
    ----------
    pattern, steps
        The pattern, and the steps that reduce its instance.
    rows, columns
        The minor: lines that the target or the proof touches.
    curve
        A curve of the reduced instance by hidden unit (the origins of its rectangles); changed in place.
    outside
        The proof on observed entries; an observed entry of the reduced instance is the same polynomial in
        the pattern, so nothing has to be lifted.
    """
    lift_all(steps, curve)
    left: Entries = {(i, k): x for k, column in curve.left.items() for i, x in column.items()}
    right: Entries = {(k, j): y for k, row in curve.right.items() for j, y in row.items()}
    return Witness.on_minor(pattern, rows, columns, [left, right], outside)


def transpose_witness(witness: Witness) -> Witness:
    """Return the witness of the transposed pattern."""
    last = len(witness.curve) - 1
    return Witness(
        witness.pattern.transpose(),
        witness.columns,
        witness.rows,
        witness.hidden[::-1],
        witness.limit.transpose(),
        tuple(factor.transpose() for factor in reversed(witness.curve)),
        witness.outside.transpose()
        if isinstance(witness.outside, Ranks | Dependent)
        else relabel(witness.outside, lambda i, j: (j, i), lambda v: (last - v[0], v[2], v[1])),
    )
