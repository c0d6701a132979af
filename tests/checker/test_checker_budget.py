"""The work that a check allows itself: what is refused before it is done, and that it is counted."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from semialg.checker import Unreadable, check
from semialg.checker.report import WORK_LIMIT, Run


def product(terms: int) -> Any:
    """Return a certificate whose curve multiplies two polynomials with so many terms."""
    entry = {str(e): "1" for e in range(terms)}
    proof = {
        "rule": "limit",
        "target": [["1"]],
        "curve": [[[entry]], [[entry]]],
        "outside": {"rule": "identity", "terms": []},
    }
    claim = {"kind": "not_closed", "masks": [[[1]], [[1]]]}
    return {"format": "semialg-certificate", "version": 1, "claim": claim, "proof": proof}


def test_a_product_just_above_the_budget_is_refused_before_it_is_done() -> None:
    terms = int((WORK_LIMIT / 4) ** 0.5) + 1
    with pytest.raises(Unreadable, match=r"more than the 20000000 operations"):
        check(product(terms))
    assert check(product(300)).status == "invalid"


def test_the_budget_is_used_up() -> None:
    run = Run()
    run.spend(WORK_LIMIT)
    with pytest.raises(Unreadable, match="operations"):
        run.spend(1)


def test_long_numbers_are_charged_by_the_square_of_their_length() -> None:
    short, long = Run(), Run()
    short.spend_on(Fraction(1, 3))
    long.spend_on(Fraction(1 << 51_200))
    assert short.work == 0
    assert 9_000 < long.work < 11_000
    long.spend_on_integers([1 << 51_200, 1], [1])
    assert long.work > 18_000


def test_many_rows_times_many_variables_are_refused() -> None:
    row = {"coefficients": {}, "constant": "0", "relation": ">="}
    system = {"variables": [f"x{i}" for i in range(20_001)], "rows": [row] * 1000}
    document = {
        "format": "semialg-certificate",
        "version": 1,
        "claim": {"kind": "empty", "system": system},
        "proof": {"rule": "farkas", "multipliers": {}},
    }
    with pytest.raises(Unreadable, match="coefficients, zeros among them"):
        check(document)
