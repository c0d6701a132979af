"""Training verdicts, part by part, and sparsity levels: certificates, and the conditions by definition."""

from __future__ import annotations

from itertools import combinations, product

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semialg.certificates.networks import level_certificate, training_certificate
from semialg.checker import check
from semialg.closedness.engine import decide
from semialg.errors import CertificateError, PatternError
from semialg.pattern.pattern import Pattern
from semialg.relu.levels import sparsity_level
from semialg.relu.parts import parts_of
from semialg.relu.training import training, training_certificates


def by_definition(pattern: Pattern) -> tuple[bool, bool]:
    """Return whether all parts have one output or one unit; and one output, or full and nested inputs."""
    left, right = (mask.to_dense() for mask in pattern.masks)
    graph = nx.Graph()
    graph.add_nodes_from(("row", i) for i in range(left.shape[0]))
    edges = zip(*np.nonzero(left), strict=True)
    graph.add_edges_from((("row", i), ("unit", k)) for i, k in edges if right[k].any())
    separate = nested = True
    for part in nx.connected_components(graph):
        rows = [i for kind, i in part if kind == "row"]
        units = [k for kind, k in part if kind == "unit"]
        sets = [set(np.flatnonzero(right[k])) for k in units]
        separate &= len(rows) <= 1 or len(units) <= 1
        laminar = all(a <= b or b <= a or not a & b for a, b in combinations(sets, 2))
        nested &= len(rows) <= 1 or (bool(left[np.ix_(rows, units)].all()) and laminar)
    return separate, nested


@st.composite
def patterns(draw) -> Pattern:
    widths = draw(st.tuples(*[st.integers(1, 4)] * 3))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    density = draw(st.sampled_from([0.2, 0.4, 0.7, 0.95]))
    return Pattern((rng.random(widths[at : at + 2]) < density).astype(int) for at in (0, 1))


@given(patterns())
@settings(deadline=None, max_examples=150)
def test_conditions_certificates_and_checker_agree(pattern: Pattern) -> None:
    separate, nested = by_definition(pattern)
    found = training(pattern, "unknown")
    assert found.finite_data == ("always" if separate else "may_fail")
    assert found.bounded_domain == ("closed" if nested else "unknown")
    for regime, answer, rule, holds in (
        ("finite_data", "always", "separate", separate),
        ("bounded_domain", "closed", "nested", nested),
    ):
        certificate = training_certificate(pattern, regime, answer, rule)
        assert check(certificate.document).status == ("valid" if holds else "invalid")


@given(patterns())
@settings(deadline=None, max_examples=150)
def test_no_pattern_has_a_good_and_a_bad_answer(pattern: Pattern) -> None:
    """F1 against F3 to F5: a pattern that is not closed is in neither class."""
    outcome = decide(pattern)
    if outcome.verdict == "not_closed":
        assert by_definition(pattern) == (False, False)
        found = training_certificates(pattern, training(pattern, "not_closed"), outcome.certificate)
        assert [check(c.document, pattern.to_lists()).status for c in found.values()] == ["valid"] * 2
    if any(by_definition(pattern)):
        assert outcome.verdict != "not_closed"


def test_parts_are_connected_components() -> None:
    parts = parts_of(*Pattern.parse("1100/0110/0000/0001*1/1/1/1").masks)
    assert [(part.rows, part.units) for part in parts] == [((0, 1), (0, 1, 2)), ((2,), ()), ((3,), (3,))]


def test_an_obstruction_needs_its_certificate() -> None:
    lu = Pattern.parse("lu:2")
    with pytest.raises(CertificateError, match="expected the certificate"):
        training_certificates(lu, training(lu, "not_closed"))
    with pytest.raises(CertificateError, match="expected the certificate"):
        training_certificates(
            lu, training(lu, "not_closed"), decide(Pattern.parse("dense:2x2x2")).certificate
        )


def every_pattern(widths: tuple[int, int, int], ones: tuple[int, int]):
    """Yield every pattern with exactly so many ones (fewer ones allow fewer functions)."""
    m, r, n = widths
    for places in product(combinations(range(m * r), ones[0]), combinations(range(r * n), ones[1])):
        flat = [np.isin(np.arange(size), chosen) for size, chosen in zip((m * r, r * n), places, strict=True)]
        yield Pattern([flat[0].reshape(m, r).astype(int), flat[1].reshape(r, n).astype(int)])


@pytest.mark.parametrize("widths", [(1, 2, 3), (2, 1, 2), (2, 2, 2), (2, 2, 3)])
def test_levels_against_all_their_patterns(widths: tuple[int, int, int]) -> None:
    """A level is decided exactly where the conditions hold for every largest pattern in it."""
    m, r, n = widths
    for ones in product(range(1, m * r + 1), range(1, r * n + 1)):
        level = sparsity_level(widths, ones)
        answers = [by_definition(pattern) for pattern in every_pattern(widths, ones)]
        if level.finite_rule:
            assert all(finite for finite, _ in answers)
        if level.bounded_rule:
            assert all(bounded for _, bounded in answers)
        if ones[0] == m * r:
            assert bool(level.bounded_rule) == all(bounded for _, bounded in answers)
        certificates = level.certificates()
        assert all(check(c.document).status == "valid" for c in certificates.values())
        for rule, regime, answer in (
            ("separate", "finite_data", "always"),
            ("nested", "bounded_domain", "closed"),
        ):
            status = check(level_certificate(widths, ones, regime, answer, rule).document).status
            known = regime in certificates and (rule == "separate" or level.bounded_rule == "nested")
            # The rules overlap: where both apply, the level names the first.
            assert status == "valid" if known else status == "invalid" or regime in certificates


def test_levels_of_one_layer_and_of_deep_networks() -> None:
    assert sparsity_level([3, 4], [2]).finite_data == "always"
    assert sparsity_level([1, 2, 2, 2], [2, 4, 4]).finite_data == "unknown"
    with pytest.raises(PatternError, match="positive numbers"):
        sparsity_level([1, 2], [0])
