"""Rule for "not closed" without a curve: the products are dense among the matrices of rank r (theory D)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from semialg.checker.decode import array, index, record, text, tuple_of
from semialg.checker.masks import transposed_bits
from semialg.checker.report import Invalid
from semialg.checker.rules.ranks import sparse_rank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.checker.arithmetic import SparseMatrix
    from semialg.checker.decode import Decoder
    from semialg.checker.masks import BitMask
    from semialg.checker.report import Run

__all__ = ["DENSE_FIELDS", "require_dense"]

Residues = list[list[int]]


def require_dense(
    masks: tuple[BitMask, ...], target: SparseMatrix[Any], fields: dict[str, Any], where: str, run: Run
) -> None:
    """Judge that products tend to every matrix of rank at most r, and that the target is one."""
    if len(masks) != 2:
        raise Invalid(where, f"expected two masks, found {len(masks)}")
    units = masks[0].columns
    prime: int = fields["prime"]
    run.spend(1 << 16)
    if prime < 2 or any(prime % factor == 0 for factor in range(2, int(prime**0.5) + 1)):
        raise Invalid(f"{where}.prime", "expected a prime number")
    inside = _uncrossed(masks, fields["uncross"], where)
    left = _residues(fields["left"], len(masks[0].rows), units, prime, f"{where}.left")
    right = _residues(fields["right"], units, masks[1].columns, prime, f"{where}.right")
    # Lines of X' outside the rows of each unit, and of Y' outside its columns.
    lines = {"x": left, "y": [list(column) for column in zip(*right, strict=True)]}
    found: dict[str, dict[int, list[int]]] = {"x": {}, "y": {}}
    for at, step in enumerate(fields["steps"]):
        here = f"{where}.steps[{at}]"
        side, unit = step["side"], step["unit"]
        if side not in found or unit >= units or unit in found[side]:
            raise Invalid(here, "expected x or y and a unit, each pair once")
        equations = [line for i, line in enumerate(lines[side]) if not inside[side][unit] >> i & 1]
        other = found["y" if side == "x" else "x"]
        equations += [vector for k, vector in other.items() if k != unit]
        found[side][unit] = _solution(step["vector"], equations, units, prime, here, run)
    for unit in range(units):
        if unit not in found["x"] or unit not in found["y"]:
            raise Invalid(f"{where}.steps", f"unit {unit} lacks a step")
        if _dot(found["x"][unit], found["y"][unit]) % prime == 0:
            raise Invalid(f"{where}.steps", f"the two vectors of unit {unit} are orthogonal")
    if sparse_rank(target.rows, run) > units:
        raise Invalid(where, f"expected a target of rank at most {units}")


def _uncrossed(masks: tuple[BitMask, ...], pairs: list[tuple[int, int]], where: str) -> dict[str, list[int]]:
    """Return the rows and the columns of the units after uncrossing pairs of them, one after the other."""
    units = masks[0].columns
    rows, columns = transposed_bits(masks[0].rows, units), list(masks[1].rows)
    for at, (k, other) in enumerate(pairs):
        if max(k, other) >= units or k == other:
            raise Invalid(f"{where}.uncross[{at}]", f"expected two different units below {units}")
        rows[k], rows[other] = rows[k] | rows[other], rows[k] & rows[other]
        columns[k], columns[other] = columns[k] & columns[other], columns[k] | columns[other]
    return {"x": rows, "y": columns}


def _solution(
    vector: list[int], equations: Residues, units: int, prime: int, where: str, run: Run
) -> list[int]:
    """Return the vector of a step; judge that it solves the equations, and that these are independent."""
    if len(vector) != units or max(vector) >= prime:
        raise Invalid(f"{where}.vector", f"expected {units} residues modulo {prime}")
    run.spend(units * len(equations) * (2 + len(equations)))
    if any(_dot(equation, vector) % prime for equation in equations):
        raise Invalid(where, "the vector does not solve the equations of this step")
    if not _independent(equations, prime):
        raise Invalid(where, "the equations of this step are dependent")
    return vector


def _residues(matrix: Residues, rows: int, columns: int, prime: int, where: str) -> Residues:
    if len(matrix) != rows or any(len(row) != columns or max(row) >= prime for row in matrix):
        raise Invalid(where, f"expected {rows} x {columns} residues modulo {prime}")
    return matrix


def _dot(one: Sequence[int], other: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _independent(vectors: Residues, prime: int) -> bool:
    """Say whether vectors over the field with a prime number of elements are independent."""
    pivots: dict[int, list[int]] = {}
    for given in vectors:
        row = given
        for column, pivot in pivots.items():
            if row[column]:
                factor = row[column]
                row = [(a - factor * b) % prime for a, b in zip(row, pivot, strict=True)]
        first = next((j for j, value in enumerate(row) if value % prime), None)
        if first is None:
            return False
        inverse = pow(row[first], -1, prime)
        pivots[first] = [value * inverse % prime for value in row]
    return True


_residue_rows = array(array(index, 1), 1)

#: The fields of the rule beside the target and the proof that it is no product.
DENSE_FIELDS: dict[str, Decoder] = {
    "uncross": array(tuple_of(index, index)),
    "prime": index,
    "left": _residue_rows,
    "right": _residue_rows,
    "steps": array(record({"side": text, "unit": index, "vector": array(index, 1)})),
}
