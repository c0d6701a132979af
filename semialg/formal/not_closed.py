"""``not_closed`` certificates as terms of ``CheckNotClosed.not_closed_proof``."""

from __future__ import annotations

from typing import Any

from semialg.formal.terms import Unsupported, coq_list, naturals, polynomial, rational

__all__ = ["not_closed_term"]

_MOST_SHIFT = 5000
"""Powers of t that are written out, zeros included."""


def not_closed_term(proof: dict[str, Any]) -> str:
    """Return the Coq term of a proof that a pattern is not closed.

    Raises
    ------
    Unsupported
        If the proof uses a rule without a lemma, such as ``outside.trust``.

    Examples
    --------
    >>> not_closed_term({"rule": "minor", "rows": [1], "columns": [0], "hidden": [[2]], "proof":
    ...     {"rule": "limit", "target": [["1"]], "curve": [], "outside": {"rule": "identity", "terms": []}}})
    '(Minor [[1]%nat; [2]%nat; [0]%nat] (Limit [[(1 # 1)]] [] (Identity [])))'
    """
    if proof["rule"] == "minor":
        lists = [proof["rows"], *proof["hidden"], proof["columns"]]
        return f"(Minor {coq_list(map(naturals, lists))} {not_closed_term(proof['proof'])})"
    if proof["rule"] == "limit":
        outside = _outside(proof["outside"])
        if any(isinstance(matrix, dict) for matrix in (proof["target"], *proof["curve"])):
            raise Unsupported("compressed matrices")
        target = coq_list(coq_list(map(rational, row)) for row in proof["target"])
        curve = coq_list(map(_factor, proof["curve"]))
        return f"(Limit {target} {curve} {outside})"
    raise Unsupported(f"not_closed.{proof['rule']}")


def _factor(factor: list[list[dict[str, str]]]) -> str:
    """Return a factor as a power of 1/t and a matrix of polynomials in t."""
    exponents = [int(power) for row in factor for entry in row for power in entry]
    shift = max([0, *(-power for power in exponents)])
    if exponents and max(exponents) + shift > _MOST_SHIFT:
        raise Unsupported(f"a power {max(exponents)} of t")

    def dense(entry: dict[str, str]) -> str:
        terms = {int(power) + shift: number for power, number in entry.items()}
        return coq_list(rational(terms.get(k, 0)) for k in range(max(terms, default=-1) + 1))

    return f"({shift}%nat, {coq_list(coq_list(map(dense, row)) for row in factor)})"


def _outside(proof: dict[str, Any]) -> str:
    if proof["rule"] == "identity":
        return f"(Identity {coq_list(map(_term, proof['terms']))})"
    if proof["rule"] == "split":
        at, i, j = proof["variable"]
        return f"(Split {at} {i} {j} {_outside(proof['zero'])} {_outside(proof['nonzero'])})"
    if proof["rule"] == "squares":
        squares = coq_list(f"({rational(s['weight'])}, {polynomial(s['poly'])})" for s in proof["squares"])
        return f"(Squares {squares} {coq_list(map(_term, proof['terms']))})"
    raise Unsupported(f"outside.{proof['rule']}")


def _term(term: dict[str, Any]) -> str:
    if "inverse_of" in term:
        at, i, j = term["inverse_of"]
        return f"Inverse {at} {i} {j} {polynomial(term['cofactor'])}"
    return f"Entry {term['row']} {term['column']} {polynomial(term['cofactor'])}"
