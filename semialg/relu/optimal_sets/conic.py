"""The convex program on some blocks, handed to cvxpy and Clarabel: the one file that imports them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from semialg.errors import BackendError, BackendMissingError, LimitError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from semialg.relu.optimal_sets.numerical import Arrays, Block

__all__ = ["convex_solver", "minimize_quadratic", "solve_blocks"]

_PRECISE = {"tol_gap_abs": 1e-13, "tol_gap_rel": 1e-12, "tol_feas": 1e-12}


def convex_solver() -> Any:
    """Return the module cvxpy, with Clarabel known to be there.

    Raises
    ------
    BackendMissingError
        If cvxpy or Clarabel is not installed.
    """
    try:
        import clarabel  # noqa: F401 - cvxpy finds it by itself
        import cvxpy
    except ImportError:
        raise BackendMissingError(
            "the convex program needs cvxpy with Clarabel, which are not installed; "
            "run: pip install 'semialg-closedness[convex]'"
        ) from None
    return cvxpy


def solve_blocks(
    arrays: Arrays, blocks: Sequence[Block], time_limit: float | None = None
) -> NDArray[np.float64]:
    """Return weights, one row a block, that nearly minimize P over these blocks (all others are 0).

    A solver's answer: neither exactly feasible nor exactly optimal; what it is worth is for
    :func:`semialg.relu.optimal_sets.certification.certify` to say.

    Raises
    ------
    BackendMissingError
        If cvxpy or Clarabel is not installed.
    BackendError
        If the solver fails.
    LimitError
        If the time limit is reached.
    """
    cp = convex_solver()
    d = arrays.X.shape[1]
    if not blocks:
        return np.zeros((0, d))
    # Scaled to size 1: P is homogeneous when X, y and lam are scaled together.
    a, c = float(np.abs(arrays.X).max()) or 1.0, float(np.abs(arrays.y).max()) or 1.0
    cells = [j for j, _ in blocks]
    signs = np.array([float(s) for _, s in blocks])
    X, masks, orientation = arrays.X / a, arrays.masks[cells].T, arrays.orientation[cells].T
    # The conditions say nothing of sizes: with rows of length 1 small points count beside large ones.
    lengths = np.linalg.norm(X, axis=1, keepdims=True)
    units = X / np.where(lengths > 0, lengths, 1.0)
    W = cp.Variable((d, len(blocks)))
    fit = cp.sum(cp.multiply(masks * signs, X @ W), axis=1)
    objective = 0.5 * cp.sum_squares(fit - arrays.y / c) + arrays.penalty / (a * c) * cp.sum(
        cp.norm(W, 2, axis=0)
    )
    _run(cp, cp.Problem(cp.Minimize(objective), [cp.multiply(orientation, units @ W) >= 0]), time_limit)
    found: NDArray[np.float64] = np.asarray(W.value, dtype=np.float64).T * (c / a)
    return found


def minimize_quadratic(
    matrix: NDArray[np.float64],
    target: NDArray[np.float64],
    equations: NDArray[np.float64],
    right: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return x >= 0 with ``equations x = right`` that nearly minimizes |matrix x - target|.

    Raises
    ------
    BackendMissingError, BackendError
        If the solver is not installed, or fails.
    """
    cp = convex_solver()
    x = cp.Variable(matrix.shape[1])
    scale = max(1.0, float(np.abs(matrix).max(initial=0.0)))
    constraints = [x >= 0, equations @ x == right]
    _run(cp, cp.Problem(cp.Minimize(cp.sum_squares((matrix @ x - target) / scale)), constraints), None)
    return np.maximum(np.asarray(x.value, dtype=np.float64), 0.0)


def _run(cp: Any, program: Any, time_limit: float | None) -> None:
    limit = {} if time_limit is None else {"time_limit": max(time_limit, 1e-3)}
    try:
        with warnings.catch_warnings():
            # "Solution may be inaccurate": how accurate it is, certify() proves.
            warnings.simplefilter("ignore")
            program.solve(solver=cp.CLARABEL, **_PRECISE, **limit)
    except cp.error.SolverError as error:
        if time_limit is not None and "time" in str(error).lower():
            raise LimitError("the time limit was reached while the convex program was solved") from None
        raise BackendError(f"Clarabel failed on the convex program: {error}") from None
    if program.status == cp.USER_LIMIT:
        raise LimitError("the time limit was reached while the convex program was solved")
    if program.status not in {cp.OPTIMAL, cp.OPTIMAL_INACCURATE}:
        raise BackendError(f"Clarabel ended with the status {program.status!r}; expected an optimum")
