"""D: runs are accepted by the checker, agree with the closed patterns, and decide dense squares."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semialg.atlas.lookup import recall
from semialg.certificates import claims
from semialg.certificates.explain import explain
from semialg.certificates.render_latex import render_latex
from semialg.certificates.render_text import render_text
from semialg.closedness.engine import Budget
from semialg.closedness.ranks.dense import dense_proof
from semialg.closedness.ranks.repeated import uncrossed
from semialg.closedness.ranks.search import rank_witness
from semialg.closedness.ranks.sections import find_section
from semialg.closedness.ranks.supports import Supports
from semialg.pattern.pattern import Pattern
from semialg.verdict import check, verify

OPEN_FOR_LONG = "1110/1111/0111/1101*1011/1101/1111/0101"


@st.composite
def small_patterns(draw: st.DrawFn) -> Pattern:
    m, r, n = (draw(st.integers(2, 3)) for _ in range(3))
    bits = st.sampled_from([0, 1, 1])
    left = draw(st.lists(st.lists(bits, min_size=r, max_size=r), min_size=m, max_size=m))
    right = draw(st.lists(st.lists(bits, min_size=n, max_size=n), min_size=r, max_size=r))
    return Pattern([left, right])


@given(small_patterns())
@settings(deadline=None, max_examples=120, derandomize=True)
def test_rules_about_ranks_agree_with_the_atlas(pattern: Pattern) -> None:
    known = recall(pattern, Budget())
    found = dense_proof(pattern)
    if found is not None:
        certificate = claims.certificate("not_closed", pattern, found[1])
        assert verify(certificate, pattern).status == "valid"
    if known is not None and known.verdict == "closed":
        assert found is None
        assert rank_witness(pattern) is None


@pytest.mark.parametrize(
    ("name", "method"),
    [(OPEN_FOR_LONG, "D+N12"), ("random:6x6x6:0.8:13", None), ("random:8x8x8:0.8:6", "D+N12")],
)
def test_dense_squares_with_holes_are_refuted(name: str, method: str | None) -> None:
    pattern = Pattern.parse(name)
    found = dense_proof(pattern)
    if found is None:
        pytest.fail("no proof was found")
    assert method in (None, found[0])
    certificate = claims.certificate("not_closed", pattern, found[1])
    assert verify(certificate, pattern).status == "valid"
    turned = dense_proof(pattern.transpose())
    assert turned is not None
    blocks = explain(certificate.document, pattern)
    assert "dense among those matrices" in render_text(blocks)
    assert "\\operatorname{rk}" in render_latex(blocks)


def test_the_verdict_says_that_there_is_no_sequence() -> None:
    verdict = check(OPEN_FOR_LONG)
    assert (verdict.verdict, verdict.checked, verdict.method) == ("not_closed", "valid", "D+N12")
    assert verdict.witness is None
    assert "without a sequence" in verdict.reason


@given(small_patterns())
@settings(deadline=None, max_examples=100, derandomize=True)
def test_uncrossing_twice_changes_nothing_more(pattern: Pattern) -> None:
    supports = Supports.of(pattern)
    once = uncrossed(supports, 0, 1)
    assert uncrossed(once, 0, 1) == once
    for line, new in zip(supports.row_types, once.row_types, strict=True):
        assert (line & 3).bit_count() == (new & 3).bit_count()
        assert line >> 2 == new >> 2


def test_a_transposed_run_is_one_of_the_transposed_pattern() -> None:
    supports = Supports.of(Pattern.parse(OPEN_FOR_LONG))
    run = find_section(supports)
    assert run is not None
    assert run.transpose().transpose() == run
    assert sorted((side, k) for side, k, _ in run.steps) == [(s, k) for s in "xy" for k in range(4)]
