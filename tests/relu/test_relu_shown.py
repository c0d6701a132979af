"""Data sets as arrays and in notebooks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from semialg.errors import PatternError
from semialg.relu.dataset import data_set


def test_arrays_hold_the_exact_rows():
    data = data_set("dense:2x2x1")
    points, targets = data.arrays()
    assert points.dtype == targets.dtype == np.float64
    assert [[Fraction(v) for v in row] for row in targets.tolist()] == [list(row) for row in data.targets]
    assert points.shape == (len(data.points), 1)


def test_numbers_beyond_floats_are_refused_as_arrays_and_cut_in_the_table():
    data = data_set("lu:2")
    huge = replace(data, points=((Fraction(10) ** 400, Fraction(0)), *data.points[1:]))
    with pytest.raises(PatternError, match="too large for floating point"):
        huge.arrays()
    assert "(401 characters)" in huge._repr_html_()


def test_notebooks_show_every_point_of_a_small_set_and_count_the_rest_of_a_large_one():
    small = data_set("dense:2x2x1")
    assert small._repr_html_().count("<tr>") == 1 + len(small.points)
    assert "more points" not in small._repr_html_()
    large = data_set("dense:10x20x5")
    assert large._repr_html_().count("<tr>") == 21
    assert f"{len(large.points) - 20} more points" in large._repr_html_()
    assert "kinks" in repr(small)
    assert "5 points" in repr(small)
