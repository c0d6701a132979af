"""Theory X1: where kinks can merge, some finite data set has no optimum, and nowhere else."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semialg.checker import check
from semialg.errors import PatternError
from semialg.pattern.pattern import Pattern
from semialg.relu.dataset import data_set
from semialg.relu.kinks import kinks_of, merging_pair
from semialg.relu.training import training, training_certificates


def masks_of(widths: tuple[int, int, int]):
    m, r, n = widths
    for bits in product((0, 1), repeat=m * r + r * n):
        flat = np.array(bits)
        yield Pattern([flat[: m * r].reshape(m, r), flat[m * r :].reshape(r, n)])


@pytest.mark.parametrize("widths", [(2, 2, 1), (2, 3, 1), (3, 2, 1), (2, 2, 2)])
def test_every_mask_gets_an_answer_with_a_valid_certificate(widths):
    for pattern in masks_of(widths):
        found = training(pattern, "unknown")
        certificate = training_certificates(pattern, found)["finite_data"]
        assert check(certificate.document).status == "valid"
        if found.finite_data == "always":
            with pytest.raises(PatternError, match="every finite data set"):
                kinks_of(pattern)
        else:
            data = data_set(pattern, "kinks")
            assert check(data.certificate().document).status == "valid"
            assert len(data.points) == 5 + 2 * (len(data.lost.others))


@st.composite
def patterns(draw) -> Pattern:
    widths = draw(st.tuples(st.integers(2, 5), st.integers(2, 6), st.integers(1, 4)))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    density = draw(st.sampled_from([0.3, 0.6, 0.9]))
    return Pattern((rng.random(widths[at : at + 2]) < density).astype(int) for at in (0, 1))


@given(patterns(), st.sampled_from([1, 2, 10, 1000]))
@settings(deadline=None, max_examples=60)
def test_the_loss_shrinks_like_the_square_of_t(pattern, inverse):
    if merging_pair(*pattern.masks) is None:
        return
    data = data_set(pattern, "kinks")
    t = Fraction(1, inverse)
    weights = data.parameters(t).weights
    for layer, mask in zip(weights, pattern.masks, strict=True):
        assert all(mask.to_dense()[place] for place in layer)
    after = sum(s >= 2 for s in range(len(data.points)))
    assert data.loss(t) == t * t * after


@given(patterns())
@settings(deadline=None, max_examples=40)
def test_no_gradient_descent_gets_to_zero(pattern):
    """A second look in floating point: with kinks fixed anywhere, least squares leaves a rest."""
    if merging_pair(*pattern.masks) is None:
        return
    data = data_set(pattern, "kinks")
    rows, units = data.lost.rows, [*data.lost.units, *(unit for unit, _ in data.lost.others)]
    if len(units) > 3:
        return
    left = pattern.masks[0].to_dense()
    count = len(data.points)
    places = np.arange(count, dtype=float)
    rng = np.random.default_rng(0)
    targets = np.array([[float(v) for v in target] for target in data.targets])
    for _ in range(60):
        kinks = rng.uniform(-1, count, len(units))
        sides = rng.choice([-1.0, 1.0], len(units))
        hidden = np.maximum(sides * (places[:, None] - kinks), 0)
        rest = 0.0
        for row in rows:
            feeds = [k for k, unit in enumerate(units) if left[row, unit]]
            basis = np.column_stack([hidden[:, feeds], np.ones(count)])
            solution = np.linalg.lstsq(basis, targets[:, row], rcond=None)[0]
            rest += float(np.sum((basis @ solution - targets[:, row]) ** 2))
        assert rest > 1e-12


def test_other_depths_are_refused():
    with pytest.raises(PatternError, match="one hidden layer"):
        kinks_of(Pattern.parse("dense:2x2x2x2"))


def test_a_time_outside_the_sequence_is_refused():
    data = data_set(Pattern.parse("dense:2x2x1"))
    with pytest.raises(PatternError, match="at most 1"):
        data.parameters(Fraction(3, 2))
