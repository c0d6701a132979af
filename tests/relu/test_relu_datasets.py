"""Data sets without optimum: valid certificates, losses that tend to 0, and never 0."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semialg.checker import check
from semialg.closedness.engine import decide
from semialg.errors import CertificateError, PatternError
from semialg.pattern.pattern import Pattern
from semialg.relu.cells import curve_cells, slice_cells
from semialg.relu.dataset import CONSTRUCTIONS, data_set
from semialg.relu.lost import lost_limit
from semialg.relu.two_points import reached_rows, two_point_optimum

DEEP = Pattern([[[1, 0], [1, 1]], [[1, 0], [1, 1]], [[1, 1], [0, 1]]])
# C4' on two rows: the lost limit needs three columns.
CROSSING = Pattern([[[1, 1], [1, 1]], [[1, 1, 0], [0, 1, 1]]])


def float_network(pattern: Pattern, parameters, points) -> np.ndarray:
    """Evaluate in floating point, dense, without the package's own evaluation."""
    value = np.array([[float(v) for v in point] for point in points]).T
    for layer in reversed(range(pattern.layers)):
        matrix = np.zeros((pattern.masks[layer].rows, pattern.masks[layer].columns))
        for (i, j), entry in parameters.weights[layer].items():
            matrix[i, j] = float(entry)
        value = matrix @ value + np.array([[float(b)] for b in parameters.biases[layer]])
        if layer:
            value = np.maximum(value, 0)
    return value.T


@pytest.mark.parametrize("argument", ["lu:2", "lu:3", "lu:7", "11/11*110/011", "10/11/01*110/011"])
@pytest.mark.parametrize("construction", ["simplex", "slice", "clusters"])
def test_certified_with_losses_that_tend_to_zero(argument: str, construction: str) -> None:
    pattern = Pattern.parse(argument)
    data = data_set(pattern, construction)
    assert check(data.certificate().document, pattern.to_lists()).status == "valid"
    losses = []
    for k in range(4):
        t = Fraction(1, 10**k)
        parameters = data.parameters(t)
        for mask, weights in zip(pattern.masks, parameters.weights, strict=True):
            dense = mask.to_dense()
            assert all(dense[i, j] for i, j in weights)
        expected = np.array([[float(v) for v in y] for y in data.targets])
        outputs = float_network(pattern, parameters, data.points)
        assert np.isclose(((outputs - expected) ** 2).sum(), float(data.loss(t)), rtol=1e-6, atol=1e-9)
        losses.append(data.loss(t))
    assert 0 < losses[3] < losses[2] < losses[1] < losses[0]
    assert losses[3] < Fraction(1, 10**4)


def test_deep_networks_get_points_on_the_moment_curve() -> None:
    data = data_set(DEEP, "slice")
    assert data.construction == "slice"
    assert check(data.certificate().document).status == "valid"
    assert data.loss(Fraction(1, 1000)) < Fraction(1, 10**3)
    with pytest.raises(PatternError, match="one hidden layer"):
        data_set(DEEP, "simplex")


@pytest.mark.parametrize("pattern", [Pattern.parse("lu:2"), CROSSING, DEEP])
def test_one_point_less_is_not_accepted(pattern: Pattern) -> None:
    """The checker's bound and the builder's agree exactly."""
    for name in ["simplex", "slice"] if pattern.layers == 2 else ["slice"]:
        document = json.loads(data_set(pattern, name).certificate().to_json())
        assert check(document).status == "valid"
        document["claim"]["points"].pop()
        document["claim"]["targets"].pop()
        report = check(document)
        assert (report.status, report.where) == ("invalid", "claim.points")


def test_smallest_is_the_number_of_columns_and_one() -> None:
    assert len(data_set(Pattern.parse("lu:9")).points) == 3
    crossing = data_set(CROSSING)
    assert len(crossing.points) == len(crossing.lost.columns) + 1 == 4


def test_the_grid_of_the_paper() -> None:
    data = data_set(Pattern.parse("lu:2"), "grid")
    assert len(data.points) == 97**2
    assert check(data.certificate().document).status == "valid"
    with pytest.raises(PatternError, match="points; expected at most"):
        data_set(DEEP, "grid")


def test_sources() -> None:
    pattern = Pattern.parse("lu:4")
    certificate = decide(pattern).certificate
    assert certificate is not None
    assert data_set(certificate).targets == data_set(pattern).targets
    assert lost_limit(certificate, pattern).columns == (0, 1)
    with pytest.raises(PatternError, match="closed"):
        data_set(Pattern.parse("dense:3x2x3"), "simplex")
    with pytest.raises(PatternError, match="every finite data set"):
        data_set(Pattern.parse("dense:1x2x3"))
    closed = decide(Pattern.parse("dense:2x2x2")).certificate
    assert closed is not None
    with pytest.raises(CertificateError, match="not_closed"):
        data_set(closed)
    with pytest.raises(PatternError, match="not known"):
        data_set(pattern, "circle")


def masks(rows: int, columns: int):
    return st.lists(
        st.lists(st.integers(0, 1), min_size=columns, max_size=columns), min_size=rows, max_size=rows
    )


@given(
    st.tuples(st.integers(2, 3), st.integers(2, 3), st.integers(2, 3)).flatmap(
        lambda w: st.tuples(masks(w[0], w[1]), masks(w[1], w[2]))
    )
)
@settings(deadline=None, max_examples=60)
def test_every_pattern_found_not_closed_has_a_certified_data_set(pair) -> None:
    pattern = Pattern(pair)
    outcome = decide(pattern)
    if outcome.verdict != "not_closed":
        return
    for name in CONSTRUCTIONS:
        if name not in {"grid", "shells"}:
            data = data_set(pattern, name)
            assert check(data.certificate().document).status == "valid"
            assert data.loss(Fraction(1, 1000)) < data.loss(1)


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_activation_patterns_on_points_stay_below_the_bounds(data: st.DataObject) -> None:
    """Random networks, random depths: the number of patterns on the moment curve and on a random cloud."""
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    dimension = data.draw(st.integers(1, 3))
    widths = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    nodes = rng.uniform(-1, 1, 300)
    curve = np.stack([nodes**power for power in range(1, dimension + 1)])
    cloud = rng.uniform(-1, 1, (dimension, 300))
    for points, bound in (
        (curve, min(curve_cells(widths, dimension), slice_cells(widths, dimension))),
        (cloud, slice_cells(widths, dimension)),
    ):
        value, seen = points, []
        for width in widths:
            matrix = rng.integers(-2, 3, (width, value.shape[0]))
            value = matrix @ value + rng.integers(-1, 2, (width, 1)) * rng.uniform(0, 1)
            seen.append(value > 0)
            value = np.maximum(value, 0)
        patterns = {tuple(column) for column in np.concatenate(seen).T}
        assert len(patterns) <= bound


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_two_points_always_have_an_optimum(data: st.DataObject) -> None:
    """F2'': the parameters reach the lower bound that holds for all parameters."""
    widths = data.draw(st.lists(st.integers(1, 3), min_size=3, max_size=5))
    pattern = Pattern([data.draw(masks(*pair)) for pair in pairwise(widths)])
    small = st.integers(-3, 3).map(Fraction)
    points = [tuple(data.draw(small) for _ in range(widths[-1])) for _ in range(2)]
    targets = [tuple(data.draw(small) for _ in range(widths[0])) for _ in range(2)]
    best = two_point_optimum(pattern, points, targets)
    for mask, weights in zip(pattern.masks, best.weights, strict=True):
        assert all(mask.to_dense()[place] for place in weights)
    rows = reached_rows(pattern, *points)
    gap = [(a - b) ** 2 / 2 for i, (a, b) in enumerate(zip(*targets, strict=True)) if i not in rows]
    loss = sum(
        (o - y) ** 2 for x, t in zip(points, targets, strict=True) for o, y in zip(best(x), t, strict=True)
    )
    assert loss == sum(gap)
    # The bound: outputs that are not reached are equal at the two points, for random parameters.
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    values = np.array(points, dtype=float).T
    for depth, mask in enumerate(reversed(pattern.masks)):
        reads = np.maximum(values, 0) if depth else values
        values = mask.to_dense() * rng.normal(size=(mask.rows, mask.columns)) @ reads
        values += rng.normal(size=(mask.rows, 1))
    for i in range(widths[0]):
        if i not in rows:
            assert np.isclose(values[i, 0], values[i, 1])


def lu2_loss(theta: np.ndarray) -> float:
    """Return the loss of the LU network of size 2 on 0, e_1, e_2 with the swap as target."""
    x = np.array([[theta[0], 0], [theta[1], theta[2]]])
    y = np.array([[theta[3], theta[4]], [0, theta[5]]])
    hidden = np.maximum(y @ np.array([[0, 1, 0], [0, 0, 1]]) + theta[6:8, None], 0)
    outputs = x @ hidden + theta[8:10, None]
    return float(((outputs - np.array([[0, 0, 1], [0, 1, 0]])) ** 2).sum())


def test_numerical_minimization_diverges_on_the_three_points() -> None:
    """The loss stays above 1 / (2 (1 + 2 R^2)^2) for weights up to R: the identity of non-membership."""
    from scipy.optimize import minimize

    rng = np.random.default_rng(0)
    found = []
    for _ in range(60):
        result = minimize(lu2_loss, rng.normal(size=10), method="BFGS", options={"maxiter": 400})
        size = np.abs(result.x[:6]).max()
        assert result.fun >= 1 / (2 * (1 + 2 * size**2) ** 2) > 0
        found.append((result.fun, size, result.x))
    good = [(size, theta) for value, size, theta in found if value < 1e-2]
    assert len(good) >= 5
    assert min(size for size, _ in good) > 1.7
    # With less and less weight decay the best loss goes to 0 and the weights grow without bound.
    theta = min(good, key=lambda pair: pair[0])[1]
    losses, sizes = [], []
    for decay in (1e-2, 1e-4, 1e-6):
        theta = minimize(lambda p, d=decay: lu2_loss(p) + d * (p[:6] ** 2).sum(), theta, method="BFGS").x
        losses.append(lu2_loss(theta))
        sizes.append(np.abs(theta[:6]).max())
    assert losses[0] > 4 * losses[1] > 16 * losses[2] > 0
    assert sizes[0] < sizes[1] < sizes[2]
    # With bounded weights the loss is bounded away from 0.
    for bound in (1, 3):
        for _ in range(10):
            start = rng.uniform(-bound, bound, size=10)
            limits = [(-bound, bound)] * 6 + [(None, None)] * 4
            result = minimize(lu2_loss, start, method="L-BFGS-B", bounds=limits)
            assert result.fun >= 1 / (2 * (1 + 2 * bound**2) ** 2)


def test_simplex_data_is_matrix_factorization() -> None:
    """With large biases the outputs on 0, e_1, ..., e_n are c and c + (XY)_j: all of R^m x E is reached."""
    rng = np.random.default_rng(1)
    for left, right in product([[[1, 0], [1, 1]], [[1, 1], [0, 1]]], repeat=2):
        x, y = rng.normal(size=(2, 2)) * left, rng.normal(size=(2, 2)) * right
        bias = np.abs(y).sum() + 1
        hidden = np.maximum(y @ np.eye(2, 3, 1) + bias, 0)
        outputs = x @ hidden
        assert np.allclose(outputs[:, 1:] - outputs[:, :1], x @ y)
