"""Descent in rational arithmetic, for data so badly scaled that floating point does not find the optimum.

From no neurons on, one enters along the projection that says where the value falls most (docs/optimal-
sets.md, O3), then Newton's method moves all of them at once, stopping at faces of their cones. Every
point on the way is feasible, so whatever comes out is an upper bound; how near it is to the optimum is
for the exact bounds to say.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from semialg.algebra.linear import kernel_basis
from semialg.relu.optimal_sets.bounds import block_outputs, correlations
from semialg.relu.optimal_sets.cones import cone_rows, project
from semialg.relu.optimal_sets.newton import combined, coordinates, newton_step, rounded
from semialg.relu.optimal_sets.problem import inner
from semialg.relu.optimal_sets.roots import norm_squared, root_bounds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from semialg.relu.optimal_sets.numerical import Block
    from semialg.relu.optimal_sets.patterns import Cells
    from semialg.relu.optimal_sets.problem import RegularizedProblem, Vector

__all__ = ["descend", "residual_exactly"]

_ROUNDS = 60
_MOVES = 60
_HALVINGS = 20
_BITS = 200
_RIDGE = Fraction(1, 2**40)


@dataclass(frozen=True)
class _Program:
    problem: RegularizedProblem
    cells: Cells

    def residual(self, weights: dict[Block, Vector]) -> Vector:
        return residual_exactly(self.problem, self.cells, weights)

    def value(self, weights: dict[Block, Vector]) -> Fraction:
        """Return P at weights, to many digits."""
        norms = sum((root_bounds(norm_squared(w), _BITS)[1] for w in weights.values()), Fraction(0))
        return norm_squared(self.residual(weights)) / 2 + self.problem.penalty * norms

    def steepest(self, weights: dict[Block, Vector]) -> tuple[Block, Vector, Fraction] | None:
        """Return the block along whose projection p the value falls most, p, and |p|; None at an optimum."""
        vector = rounded(self.residual(weights), _BITS)
        rows, denominator = correlations(self.problem, self.cells, vector)
        level = self.problem.penalty**2
        best: tuple[Block, Vector, Fraction] | None = None
        for j, row in enumerate(rows):
            if sum(v * v for v in row) <= level * denominator**2:
                continue
            cone = cone_rows(self.problem, self.cells.cells[j].active)
            for sign in (1, -1):
                p = project(cone, tuple(Fraction(sign * v, denominator) for v in row))[0]
                size = norm_squared(p)
                if size > level * (1 + Fraction(1, 2 ** (_BITS // 2))) and (best is None or size > best[2]):
                    best = ((j, sign), p, size)
        return None if best is None else (best[0], best[1], root_bounds(best[2], _BITS)[0])


def residual_exactly(problem: RegularizedProblem, cells: Cells, weights: Mapping[Block, Vector]) -> Vector:
    """Return the targets minus the outputs of rational block weights."""
    found = list(problem.targets)
    for block, w in weights.items():
        found = [r - v for r, v in zip(found, block_outputs(problem, cells, block, w), strict=True)]
    return tuple(found)


def descend(problem: RegularizedProblem, cells: Cells, seconds: float) -> dict[Block, Vector]:
    """Return feasible weights that are optimal to many digits, or as good as the time allows.

    Parameters
    ----------
    problem, cells
        The program.
    seconds
        When to stop; what has been reached by then is returned.

    Notes
    -----
    Each round costs an exact projection for every block whose |c_b| exceeds lam, and Newton steps of as many
    unknowns as the neurons have coordinates.

    Examples
    --------
    >>> from semialg.relu.optimal_sets.problem import RegularizedProblem
    >>> from semialg.relu.optimal_sets.patterns import all_cells
    >>> problem = RegularizedProblem.build([[1], [-2]], [1, 1], 1)
    >>> found = descend(problem, all_cells(problem), 5)
    >>> [(block, str(w[0])) for block, w in found.items()]
    [((1, 1), '-1/4')]
    """
    stop = time.monotonic() + seconds
    program = _Program(problem, cells)
    weights: dict[Block, Vector] = {}
    value = program.value(weights)
    for _ in range(_ROUNDS):
        found = program.steepest(weights)
        if found is None or time.monotonic() > stop:
            break
        moved = _settled(program, _entered(program, weights, *found), stop)
        now = program.value(moved)
        if now >= value:
            break
        weights, value = moved, now
    return weights


def _entered(
    program: _Program, weights: dict[Block, Vector], block: Block, p: Vector, size: Fraction
) -> dict[Block, Vector]:
    """Return weights after the best step along p, which stays in the cone as p and the weights lie there."""
    outputs = block_outputs(program.problem, program.cells, block, p)
    reach, curve = inner(outputs, program.residual(weights)), norm_squared(outputs)
    old = weights.get(block)
    s = max((reach - program.problem.penalty * size) / curve, Fraction(0))
    while True:
        s = rounded([s], 60)[0]
        new = (
            tuple(s * v for v in p) if old is None else tuple(a + s * v for a, v in zip(old, p, strict=True))
        )
        moved = {**weights, block: new}
        if old is None or not s or program.value(moved) < program.value(weights):
            return moved
        s = s / 2 if s > Fraction(1, 2**_BITS) else Fraction(0)


def _settled(program: _Program, weights: dict[Block, Vector], stop: float) -> dict[Block, Vector]:
    """Return weights that Newton's method leads to, each on the face of its cone where it stops."""
    value = program.value(weights)
    for _ in range(_MOVES):
        if time.monotonic() > stop:
            break
        moved = _newton_move(program, weights, value) or _without_one(program, weights, value)
        if moved is None:
            break
        before, faces = value, _faces(program, weights)
        weights, value = moved
        # A step that only puts a neuron on a face gains nothing yet; the next one goes along the face.
        if before - value <= value / 2 ** (_BITS // 2) and _faces(program, weights) == faces:
            break
    return weights


def _faces(program: _Program, weights: dict[Block, Vector]) -> dict[Block, tuple[int, ...]]:
    return {block: _face(program.problem, w) for block, w in weights.items()}


def _face(problem: RegularizedProblem, w: Vector) -> tuple[int, ...]:
    return tuple((v > 0) - (v < 0) for v in (inner(row, w) for row in problem.points))


def _newton_move(
    program: _Program, weights: dict[Block, Vector], value: Fraction
) -> tuple[dict[Block, Vector], Fraction] | None:
    problem = program.problem
    blocks = list(weights)
    faces = [_face(problem, weights[b]) for b in blocks]
    bases = [_basis(problem, face) for face in faces]
    columns = [
        tuple(
            block[1] * inner(row, vector) if side > 0 else Fraction(0)
            for row, side in zip(problem.points, face, strict=True)
        )
        for block, face, basis in zip(blocks, faces, bases, strict=True)
        for vector in basis
    ]
    z = [v for b, basis in zip(blocks, bases, strict=True) for v in coordinates(basis, weights[b])]
    square = [[inner(a, b) for b in columns] for a in columns]
    right = [inner(a, problem.targets) for a in columns]
    found: tuple[dict[Block, Vector], Fraction] | None = None
    for ridge in (Fraction(0), _RIDGE):  # the second where fits depend on each other
        step = newton_step(problem.penalty, bases, square, right, z, _BITS, ridge)
        moved = None if step is None else _along(program, blocks, faces, bases, z, step, value)
        if moved is not None and value - moved[1] > value / 2 ** (_BITS // 2):
            return moved
        found = found or moved
    return found


def _along(
    program: _Program,
    blocks: Sequence[Block],
    faces: Sequence[tuple[int, ...]],
    bases: Sequence[Sequence[Vector]],
    z: Sequence[Fraction],
    step: Sequence[Fraction],
    value: Fraction,
) -> tuple[dict[Block, Vector], Fraction] | None:
    """Return the weights where a step lowers the value, or puts a neuron on a face at no cost."""
    problem = program.problem
    t = min([Fraction(1), *_breaks(problem, faces, bases, z, step)])
    for _ in range(_HALVINGS):
        there = _placed(problem, bases, [a + t * b for a, b in zip(z, step, strict=True)], faces)
        if there is not None:
            moved = {b: w for b, w in zip(blocks, there, strict=True) if any(w)}
            now = program.value(moved)
            on_face = _faces(program, moved) != dict(zip(blocks, faces, strict=True))
            if now < value or (on_face and now - value <= value / 2 ** (_BITS // 2)):
                return moved, now
        t /= 2
    return None


def _without_one(
    program: _Program, weights: dict[Block, Vector], value: Fraction
) -> tuple[dict[Block, Vector], Fraction] | None:
    """Return the weights without a neuron whose absence lowers the value; Newton's method cannot reach 0."""
    for block in weights:
        fewer = {b: w for b, w in weights.items() if b != block}
        now = program.value(fewer)
        if now < value:
            return fewer, now
    return None


def _basis(problem: RegularizedProblem, face: Sequence[int]) -> list[Vector]:
    zero = [row for row, side in zip(problem.points, face, strict=True) if side == 0]
    return [tuple(v) for v in kernel_basis(zero, problem.dimension)]


def _breaks(
    problem: RegularizedProblem,
    faces: Sequence[Sequence[int]],
    bases: Sequence[Sequence[Vector]],
    z: Sequence[Fraction],
    step: Sequence[Fraction],
) -> list[Fraction]:
    """Return how far the step may go until a neuron meets the hyperplane of a point that it is off."""
    found = []
    for face, w, dw in zip(faces, combined(bases, z), combined(bases, step), strict=True):
        for row, side in zip(problem.points, face, strict=True):
            if side:
                here, change = inner(row, w), inner(row, dw)
                if change * side < 0:
                    found.append(-here / change)
    return found


def _placed(
    problem: RegularizedProblem,
    bases: Sequence[Sequence[Vector]],
    z: Sequence[Fraction],
    faces: Sequence[Sequence[int]],
) -> list[Vector] | None:
    """Return weights at coordinates, rounded on the faces where they are; None if rounding leaves a face."""
    found = []
    for face, w in zip(faces, combined(bases, z), strict=True):
        now = _face(problem, w)
        if any(b not in {a, 0} for a, b in zip(face, now, strict=True)):
            return None
        if not any(w):
            found.append(w)
            continue
        basis = _basis(problem, now)
        short = combined([basis], rounded(coordinates(basis, w), _BITS))[0]
        if _face(problem, short) != now:
            return None
        found.append(short)
    return found
