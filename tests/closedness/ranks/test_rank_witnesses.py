"""Witnesses by ranks are accepted by the checker, found for large patterns, and never for closed ones."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semialg.certificates.explain import explain
from semialg.certificates.render_latex import render_latex
from semialg.certificates.render_text import render_text
from semialg.closedness.engine import ATTEMPTS, decide
from semialg.closedness.ranks.dependent import dependent_rows
from semialg.closedness.ranks.matching import distinct_places
from semialg.closedness.ranks.search import rank_witness
from semialg.closedness.ranks.supports import Supports
from semialg.closedness.ranks.uncrossed_holes import uncrossed_holes
from semialg.closedness.ranks.uncrossing import uncrossed_pair
from semialg.closedness.transfer import transpose_witness
from semialg.pattern.pattern import Pattern
from semialg.verdict import check, verify


@st.composite
def patterns(draw: st.DrawFn, largest: int = 5) -> Pattern:
    m, r, n = (draw(st.integers(1, largest)) for _ in range(3))
    bits = st.integers(0, 1)
    left = draw(st.lists(st.lists(bits, min_size=r, max_size=r), min_size=m, max_size=m))
    right = draw(st.lists(st.lists(bits, min_size=n, max_size=n), min_size=r, max_size=r))
    return Pattern([left, right])


@given(patterns(), st.sampled_from([dependent_rows, uncrossed_pair, uncrossed_holes]))
@settings(deadline=None, max_examples=150, derandomize=True)
def test_what_is_found_is_accepted_here_and_transposed(pattern: Pattern, search: object) -> None:
    found = search(Supports.of(pattern))  # type: ignore[operator]
    if found is None or found.proof is None:
        return
    if all(units for units in Supports.of(pattern).unit_rows):
        witness = found.witness(pattern)
        assert verify(witness.certificate(), pattern).status == "valid"
        assert verify(transpose_witness(witness).certificate(), pattern.transpose()).status == "valid"


@given(patterns(4))
@settings(deadline=None, max_examples=150, derandomize=True)
def test_no_closed_pattern_has_a_witness(pattern: Pattern) -> None:
    local = [attempt for attempt in ATTEMPTS if attempt[0] in {"N1", "closedness rules"}]
    closed = decide(pattern, attempts=local).verdict == "closed"
    found = rank_witness(pattern)
    assert not (closed and found is not None)
    if found is not None:
        assert verify(found[1].certificate(), pattern).status == "valid"


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("random:64x16x64:0.8:1", "N10"),
        ("random:64x48x64:0.9:1", "N10"),
        ("random:256x64x256:0.9:1", "N10"),
        ("random:8x4x8:0.8:3", "N10"),
        ("random:8x8x8:0.6:1", "N9"),
        ("random:12x12x12:0.6:13", "N12"),
        ("random:64x64x64:0.4:1", "N9"),
    ],
)
def test_large_and_dense_patterns_are_decided_with_small_certificates(name: str, method: str) -> None:
    pattern = Pattern.parse(name)
    verdict = check(pattern)
    assert (verdict.verdict, verdict.checked, verdict.method) == ("not_closed", "valid", method)
    witness = verdict.witness
    assert witness is not None
    assert witness.rate == 1
    small, smaller = (witness.error_squared(Fraction(1, 10**e)) for e in (2, 3))
    assert 0 < smaller < small
    entries = sum(factor.nonzeros for factor in witness.curve)
    assert entries <= 4 * sum(pattern.widths)
    blocks = explain(verdict.certificate.document, pattern)
    assert "contradiction" in render_text(blocks)
    assert "operatorname{rk}" in render_latex(blocks)


def test_units_on_no_path_are_left_out() -> None:
    masks = Pattern.parse("random:8x4x8:0.8:3").to_lists()
    padded = Pattern([[[0, *row] for row in masks[0]], [[1] * 8, *masks[1]]])
    found = rank_witness(padded)
    assert found is not None
    assert found[1].hidden == ((1, 2, 3, 4),)
    assert verify(found[1].certificate(), padded).status == "valid"


@pytest.mark.parametrize(
    "name", ["random:16x4x16x16:0.7:1", "random:16x16x4x16:0.7:1", "random:9x3x8x6x9:0.8:1"]
)
def test_deep_patterns_with_a_narrow_layer_are_decided(name: str) -> None:
    pattern = Pattern.parse(name)
    found = rank_witness(pattern)
    assert found is not None
    assert found[0] == "N10"
    certificate = found[1].certificate()
    assert verify(certificate, pattern).status == "valid"
    assert "unit" in render_text(explain(certificate.document, pattern))
    turned = transpose_witness(found[1])
    assert verify(turned.certificate(), pattern.transpose()).status == "valid"


@given(st.lists(st.integers(0, 63), max_size=6))
@settings(deadline=None, max_examples=200, derandomize=True)
def test_distinct_places_exist_iff_hall_says_so(choices: list[int]) -> None:
    found = distinct_places(choices)
    subsets = range(1 << len(choices))
    hall = all(_union(choices, subset).bit_count() >= subset.bit_count() for subset in subsets)
    assert (found is not None) == hall
    if found is not None:
        assert len(set(found)) == len(found)
        assert all(choice >> place & 1 for choice, place in zip(choices, found, strict=True))


def _union(choices: list[int], subset: int) -> int:
    union = 0
    for at, choice in enumerate(choices):
        if subset >> at & 1:
            union |= choice
    return union
