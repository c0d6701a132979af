"""Solving the convex program in floating point: working sets of blocks, Clarabel, then Newton's method."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from semialg.errors import BackendError, BackendMissingError, DataError, LimitError
from semialg.relu.optimal_sets.conic import solve_blocks
from semialg.relu.optimal_sets.descent import descend, residual_exactly
from semialg.relu.optimal_sets.numerical import Block, arrays_of, project_blocks
from semialg.relu.optimal_sets.polishing import from_neighbour, polished, rescued, sharpened
from semialg.relu.optimal_sets.solution import closed, residual_of, solution_with, with_residual

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from semialg.relu.optimal_sets.patterns import Cells
    from semialg.relu.optimal_sets.problem import RegularizedProblem
    from semialg.relu.optimal_sets.solution import Solution

__all__ = ["solve"]

_ROUNDS = 60
_VIOLATION = 1e-9
_CLOSED = 1e-12
_COARSE = 1e-9
_DECADES = 12
_FEW = 2000
_PATIENCE = 20.0
"""Seconds for the descent in rational arithmetic."""


def solve(
    problem: RegularizedProblem,
    cells: Cells,
    *,
    start: Solution | None = None,
    time_limit: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Solution:
    """Minimize P over the given cells, in floating point.

    Parameters
    ----------
    problem, cells
        See :mod:`semialg.relu.optimal_sets.problem` for P.
    start
        A solution of a problem near this one, with the same cells. If Newton's method leads from there to a
        point with a closed duality gap, the convex solver is not called.
    time_limit
        Seconds.
    progress
        Called with the blocks that satisfy their optimality condition, and all blocks.

    Returns
    -------
    Solution
        Not proved: :func:`semialg.relu.optimal_sets.certification.certify` encloses the optimal value.

    Raises
    ------
    BackendMissingError
        If cvxpy or Clarabel is not installed.
    BackendError
        If the solver fails.
    LimitError
        If the time limit is reached.
    DataError
        If there are no cells.

    Notes
    -----
    The program is solved on a few blocks; those of the others with |p_b| > lam are added, until there is
    none. Then the neurons are recognized and Newton's method on their faces makes the point as precise as
    floating point allows; its result is kept only if it closes the duality gap further.

    Examples
    --------
    >>> from semialg.relu.optimal_sets.problem import RegularizedProblem
    >>> from semialg.relu.optimal_sets.patterns import all_cells
    >>> problem = RegularizedProblem.build([[1], [-2]], [1, 1], 2)
    >>> solve(problem, all_cells(problem)).objective
    1.0
    """
    if not len(cells):
        raise DataError(
            "there are no cells; expected a point that is not 0 and a gate that is positive on it"
        )
    stop = None if time_limit is None else time.monotonic() + time_limit
    try:
        found = _once(problem, cells, start, stop, progress)
    except BackendMissingError:
        raise
    except BackendError:
        # The solver gives up on numbers of very different sizes; rational arithmetic does not.
        if len(cells) > _FEW:
            raise
        return _descended(solution_with(problem, cells, arrays_of(problem, cells), {}, 0), stop)
    if closed(found, _COARSE):
        return found
    found = rescued(found)
    found = found if closed(found, _COARSE) else _continued(found, stop)
    return found if closed(found, _COARSE) or len(cells) > _FEW else _descended(found, stop)


def _once(
    problem: RegularizedProblem,
    cells: Cells,
    start: Solution | None,
    stop: float | None,
    progress: Callable[[int, int], None] | None,
) -> Solution:
    """Return the solution of one convex program, polished."""
    arrays = arrays_of(problem, cells)
    if start is not None:
        near = from_neighbour(problem, cells, arrays, start)
        if near is not None and closed(near, _CLOSED):
            return near
    weights: dict[Block, NDArray[np.float64]] = {}
    residual, working, rounds = arrays.y, set[Block](), 0
    batch = max(48, problem.size // 2)
    total, level = 2 * len(cells), arrays.penalty * (1.0 + _VIOLATION)
    for _ in range(_ROUNDS):
        norms = project_blocks(arrays, residual, level).norms()
        violated = [b for b, v in norms.items() if v > level and b not in working]
        if progress is not None:
            progress(total - len(violated), total)
        if not violated:
            break
        working |= set(sorted(violated, key=lambda b: (-norms[b], b))[:batch])
        chosen = sorted(working)
        remaining = None if stop is None else stop - time.monotonic()
        if remaining is not None and remaining <= 0:
            raise LimitError("the time limit was reached before the convex program was solved")
        found = solve_blocks(arrays, chosen, remaining)
        rounds += 1
        weights = dict(zip(chosen, found, strict=True))
        residual = residual_of(arrays, weights)
    return polished(solution_with(problem, cells, arrays, weights, rounds))


def _descended(coarse: Solution, stop: float | None) -> Solution:
    """Return a better solution by descent in rational arithmetic, for data of very different sizes."""
    problem, cells = coarse.problem, coarse.cells
    seconds = _PATIENCE if stop is None else max(min(_PATIENCE, stop - time.monotonic()), 0.0)
    exact = descend(problem, cells, seconds)
    weights = {block: np.array([float(v) for v in w]) for block, w in exact.items()}
    residual = np.array([float(v) for v in residual_exactly(problem, cells, exact)])
    found = with_residual(problem, cells, weights, residual, coarse.rounds, coarse.arrays)
    return found if abs(found.gap) < abs(coarse.gap) else coarse


def _continued(coarse: Solution, stop: float | None) -> Solution:
    """Return a better solution for a small penalty, by way of greater ones where the solver is precise.

    From some penalty down the neurons in use stay the same; there Newton's method leads from one to the
    next. It runs in rational arithmetic: the residual is so much smaller than the targets that floats cannot
    hold it as their difference.
    """
    problem, cells = coarse.problem, coarse.cells
    there, k = coarse, 0
    while k < _DECADES and not closed(there, _COARSE):
        k += 1
        there = rescued(_once(problem.with_penalty(problem.penalty * 10**k), cells, None, stop, None))
    for step in range(max(k - 1, 0), -1, -1):
        near = sharpened(problem.with_penalty(problem.penalty * 10**step), there)
        if near is None:
            return coarse
        there = near
    return there if abs(there.gap) < abs(coarse.gap) else coarse
