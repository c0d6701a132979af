"""The words about patterns with more units than lines: what they say about minors is what C4'' proves."""

from __future__ import annotations

from itertools import combinations

from semialg.closedness.closed_rules import full_space
from semialg.closedness.engine import Budget, decide
from semialg.closedness.instance import Instance
from semialg.closedness.limits import least_cover, words_beyond_ranks
from semialg.pattern.pattern import Pattern


def test_minors_with_few_rows_are_full() -> None:
    pattern = Pattern.parse("random:5x14x5:0.65:2")
    cover = least_cover(Instance.from_pattern(pattern))
    assert cover >= 2
    for rows in combinations(range(5), min(cover, 5)):
        assert full_space(Instance.from_pattern(pattern.minor(list(rows), list(range(5))))) is not None


def test_square_patterns_get_no_such_words() -> None:
    assert words_beyond_ranks(Instance.from_pattern(Pattern.parse("111/111/111*111/111/111"))) is None


def test_an_open_pattern_with_many_units_says_what_would_decide_it() -> None:
    outcome = decide(Pattern.parse("random:12x20x12:0.5:1"), Budget(1000, 1000))
    assert outcome.verdict == "unknown"
    assert "12 rows and 12 columns" in outcome.reason
    assert "above density 0.60" in outcome.reason
