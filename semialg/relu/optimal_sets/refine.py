"""Bounds to many digits: Newton's method in rational arithmetic, from neurons found in floating point.

The faces of the neurons are taken from floating point; on a face a rational basis makes every iterate lie in
its cone exactly. What comes out is judged by the same exact bounds as everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from semialg.algebra.linear import kernel_basis
from semialg.relu.optimal_sets.atoms import face_of
from semialg.relu.optimal_sets.bounds import correlations, lower_bound, upper_bound
from semialg.relu.optimal_sets.certification import Enclosure, certify
from semialg.relu.optimal_sets.cones import cone_rows, project
from semialg.relu.optimal_sets.networks import neurons_of
from semialg.relu.optimal_sets.newton import combined, coordinates, newton_step, rounded
from semialg.relu.optimal_sets.problem import inner
from semialg.relu.optimal_sets.pruning import prune
from semialg.relu.optimal_sets.roots import norm_squared
from semialg.relu.optimal_sets.rounding import dyadic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.relu.optimal_sets.numerical import Block
    from semialg.relu.optimal_sets.patterns import Cells
    from semialg.relu.optimal_sets.problem import RegularizedProblem, Vector
    from semialg.relu.optimal_sets.solution import Solution

__all__ = [
    "Placed",
    "block_of",
    "certify_precisely",
    "exact_residual",
    "newton_exactly",
    "placed",
]

_BITS = 256
_STEPS = 12


@dataclass(frozen=True)
class Placed:
    """A neuron with the sign of its output weight, the signs of its outputs, and rational weights."""

    sign: int
    face: tuple[int, ...]
    weights: Vector


def certify_precisely(found: Solution, bits: int = _BITS) -> Enclosure:
    """Prove bounds on the optimal value to about ``bits / 2`` binary digits.

    Where Newton's method does not converge, the bounds are those of
    :func:`semialg.relu.optimal_sets.certification.certify`. The cost is one exact projection for each block
    whose |c_b| reaches lam.

    Examples
    --------
    >>> from semialg.relu.optimal_sets.problem import RegularizedProblem
    >>> from semialg.relu.optimal_sets.patterns import all_cells
    >>> from semialg.relu.optimal_sets.solution import solution_at
    >>> problem = RegularizedProblem.build([[1], [-2]], [1, 1], "1/3")
    >>> bounds = certify_precisely(solution_at(problem, all_cells(problem), {(0, 1): [0.6], (1, 1): [-0.4]}))
    >>> float(bounds.upper), bounds.gap < Fraction(1, 10**60)
    (0.4305555555555556, True)
    """
    plain = certify(found)
    improved = newton_exactly(found.problem, placed(found), bits)
    if improved is None:
        return plain
    sharper = _enclosure(found.problem, found.cells, improved, bits)
    if sharper is None:
        return plain
    return sharper if sharper.gap < plain.gap else plain


def placed(found: Solution) -> tuple[Placed, ...]:
    """Return the neurons of a solution after pruning, with their faces."""
    walk = prune(found.arrays, neurons_of(found))
    return tuple(
        Placed(int(sign), face_of(found.arrays.X, w), dyadic(w))
        for sign, w in zip(walk.neurons.signs, walk.neurons.weights, strict=True)
    )


def newton_exactly(
    problem: RegularizedProblem, neurons: Sequence[Placed], bits: int
) -> tuple[Placed, ...] | None:
    """Return neurons on the same faces at a stationary point of P, to ``bits`` digits, or None.

    None if Newton's method does not converge, or ends off the faces.

    The fits of the neurons have to be independent: then the Hessian is definite (docs/optimal-sets.md, O11).
    """
    if not neurons:
        return ()
    bases = [
        kernel_basis(
            [row for row, side in zip(problem.points, neuron.face, strict=True) if side == 0],
            problem.dimension,
        )
        for neuron in neurons
    ]
    if not all(bases):
        return None
    columns = [
        tuple(
            neuron.sign * inner(row, vector) if side > 0 else Fraction(0)
            for row, side in zip(problem.points, neuron.face, strict=True)
        )
        for neuron, basis in zip(neurons, bases, strict=True)
        for vector in basis
    ]
    z = [v for neuron, basis in zip(neurons, bases, strict=True) for v in coordinates(basis, neuron.weights)]
    square = [[inner(a, b) for b in columns] for a in columns]
    right = [inner(a, problem.targets) for a in columns]
    previous = None
    for _ in range(_STEPS):
        step = newton_step(problem.penalty, bases, square, right, z, bits)
        if step is None:
            return None
        z = list(rounded([a + b for a, b in zip(z, step, strict=True)], bits))
        size, whole = norm_squared(step), norm_squared(z)
        if size * 2**bits <= whole:
            weights = combined(bases, z)
            if any(_face(problem, w) != n.face for n, w in zip(neurons, weights, strict=True)):
                return None
            return tuple(Placed(n.sign, n.face, w) for n, w in zip(neurons, weights, strict=True))
        if previous is not None and size > previous:
            return None
        previous = size
    return None


def _face(problem: RegularizedProblem, weights: Vector) -> tuple[int, ...]:
    values = [inner(row, weights) for row in problem.points]
    return tuple((v > 0) - (v < 0) for v in values)


def _enclosure(
    problem: RegularizedProblem, cells: Cells, neurons: Sequence[Placed], bits: int
) -> Enclosure | None:
    weights: dict[Block, Vector] = {}
    for neuron in neurons:
        block = block_of(cells, neuron)
        if block is None:
            return None
        before = weights.get(block, (Fraction(0),) * problem.dimension)
        weights[block] = tuple(a + b for a, b in zip(before, neuron.weights, strict=True))
    upper, feasible = upper_bound(problem, cells, weights, bits)
    vector = rounded(exact_residual(problem, neurons), bits)
    lower, dual = lower_bound(problem, cells, vector, _multipliers(problem, cells, vector), bits)
    return Enclosure(problem, cells, lower, upper, feasible, dual)


def exact_residual(problem: RegularizedProblem, neurons: Sequence[Placed]) -> Vector:
    """Return the targets minus the outputs of the neurons."""
    residual = list(problem.targets)
    for neuron in neurons:
        for i, (row, side) in enumerate(zip(problem.points, neuron.face, strict=True)):
            if side > 0:
                residual[i] -= neuron.sign * inner(row, neuron.weights)
    return tuple(residual)


def block_of(cells: Cells, neuron: Placed) -> Block | None:
    """Return a block whose cone contains the face of the neuron."""
    active = sum(1 << i for i, side in enumerate(neuron.face) if side > 0)
    inactive = sum(1 << i for i, side in enumerate(neuron.face) if side < 0)
    for j, cell in enumerate(cells.cells):
        if active & ~cell.active == 0 and inactive & cell.active == 0:
            return j, neuron.sign
    return None


def _multipliers(problem: RegularizedProblem, cells: Cells, residual: Vector) -> dict[Block, Vector]:
    """Return the exact multipliers of the projections of all blocks whose |c_b| reaches lam."""
    rows, denominator = correlations(problem, cells, residual)
    level = problem.penalty**2 * denominator**2
    nonzero = [i for i, row in enumerate(problem.points) if any(row)]
    found: dict[Block, Vector] = {}
    for j, row in enumerate(rows):
        if sum(v * v for v in row) * 4 < level:
            continue
        cone = cone_rows(problem, cells.cells[j].active)
        for sign in (1, -1):
            _, rho = project(cone, tuple(Fraction(sign * v, denominator) for v in row))
            full = [Fraction(0)] * problem.size
            for i, v in rho.items():
                full[nonzero[i]] = v * problem.point_scale
            found[j, sign] = tuple(full)
    return found
