from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from semialg.closedness.engine import decide
from semialg.pattern.pattern import Pattern
from semialg.relu.training import nested_inputs, training


def test_not_closed_settles_both_questions():
    found = training(Pattern([[[1, 0], [1, 1]], [[1, 1], [0, 1]]]), "not_closed")
    assert (found.finite_data, found.bounded_domain) == ("may_fail", "not_closed")


@pytest.mark.parametrize(
    ("masks", "expected"),
    [
        ([[[1, 0], [1, 1]]], ("always", "closed")),
        ([[[1, 1, 1]], [[1, 1], [0, 1], [1, 0]]], ("always", "closed")),
        ([[[1, 0], [0, 1]], [[1, 1], [0, 1]]], ("always", "closed")),
        ([[[1, 1], [1, 1]], [[1, 1], [0, 1]]], ("may_fail", "closed")),
        ([[[1, 1], [1, 0]], [[1, 1], [0, 1]]], ("may_fail", "unknown")),
        ([[[1, 1]], [[1, 1], [1, 1]], [[1, 1], [1, 1]]], ("unknown", "unknown")),
    ],
)
def test_closed_products_need_a_theorem(masks, expected):
    found = training(Pattern(masks), "closed")
    assert (found.finite_data, found.bounded_domain) == expected
    assert found.to_json()["reason"]


def test_nested_or_disjoint_inputs_by_definition():
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(400):
        mask = rng.random((rng.integers(1, 5), 5)) < rng.uniform(0.1, 0.9)
        supports = [set(np.flatnonzero(row)) for row in mask]
        expected = all(a <= b or b <= a or not a & b for a, b in combinations(supports, 2))
        assert nested_inputs(Pattern([np.ones((2, len(mask))), mask])) == expected
        seen.add(expected)
    assert seen == {True, False}


def test_f5_is_about_every_subset_of_units():
    """Theory F5: with full output masks, crossing inputs of one pair make that pair alone not closed."""
    for nested, mask in ((True, [[1, 1, 1], [0, 1, 1]]), (False, [[1, 1, 0], [0, 1, 1]])):
        pattern = Pattern([[[1, 1], [1, 1]], mask])
        assert nested_inputs(pattern) == nested
        assert decide(pattern).verdict == ("closed" if nested else "not_closed")
