"""The part of the corpora about images of maps and observed entries; make_corpus.py writes the files."""

from __future__ import annotations

from typing import Any

Json = Any

INVALID = "invalid"
UNREADABLE = "unreadable"


def poly(*terms: Json) -> Json:
    """Return a polynomial: terms are a coefficient and the numbers of the variables, repeated for powers."""
    found = []
    for coefficient, *variables in terms:
        powers = [[[0, 0, k], variables.count(k)] for k in sorted(set(variables))]
        found.append({"coefficient": coefficient, "monomial": powers})
    return found


def document(claim: Json, proof: Json) -> Json:
    return {"format": "semialg-certificate", "version": 1, "claim": claim, "proof": proof}


def entries(*terms: Json) -> Json:
    """Return a polynomial in entries of factors: terms are a coefficient and names."""
    return [
        {"coefficient": coefficient, "monomial": [[name, 1] for name in names]}
        for coefficient, *names in terms
    ]


def map_limit() -> Json:
    """(x, x y) tends to (0, 1), which is no value: 1 = y (x - 0) - (x y - 1)."""
    claim = {"kind": "map_not_closed", "variables": 2, "map": [poly(("1", 0)), poly(("1", 0, 1))]}
    terms = [
        {"row": 0, "column": 0, "cofactor": poly(("1", 1))},
        {"row": 1, "column": 0, "cofactor": poly(("-1",))},
    ]
    proof = {
        "rule": "limit",
        "target": ["0", "1"],
        "curve": [{"1": "1"}, {"-1": "1"}],
        "outside": {"rule": "identity", "terms": terms},
    }
    return document(claim, proof)


def map_homogeneous() -> Json:
    """(x^2 + y^2)^2 = (x^2 - y^2)^2 + 4 (x y)^2."""
    difference, double = poly(("1", 0, 0), ("-1", 1, 1)), poly(("1", 0, 1))
    claim = {"kind": "map_closed", "variables": 2, "map": [difference, double]}
    terms = [
        {"row": 0, "column": 0, "cofactor": difference},
        {"row": 1, "column": 0, "cofactor": poly(("4", 0, 1))},
    ]
    return document(claim, {"rule": "homogeneous", "exponent": 2, "squares": [], "terms": terms})


def map_cone() -> Json:
    """Matrices of rank one: (a^2 + b^2) (c^2 + d^2) is the sum of the squares of the entries."""
    products = [(0, 2), (0, 3), (1, 2), (1, 3)]
    claim = {"kind": "map_closed", "variables": 4, "map": [poly(("1", *p)) for p in products]}
    terms = [{"row": i, "column": 0, "cofactor": poly(("1", *p))} for i, p in enumerate(products)]
    proof = {"rule": "cone", "blocks": [[0, 1], [2, 3]], "exponent": 1, "squares": [], "terms": terms}
    return document(claim, proof)


def map_bounded() -> Json:
    """(x^2 + y^2 + 1, x y): x^2 and y^2 are at most the first value minus 1."""
    claim = {
        "kind": "map_closed",
        "variables": 2,
        "map": [poly(("1", 0, 0), ("1", 1, 1), ("1",)), poly(("1", 0, 1))],
    }
    bounds = [
        {
            "variable": k,
            "exponent": 1,
            "squares": [{"weight": "1", "poly": poly(("1", 1 - k))}],
            "bound": poly(("1", 0), ("-1",)),
        }
        for k in (0, 1)
    ]
    return document(claim, {"rule": "bounded", "bounds": bounds})


X0, Y0, Y1 = [0, 0, 0], [1, 0, 0], [1, 0, 1]
X1 = [0, 1, 0]


def observed_limit(signs: str) -> Json:
    """Rank one with the entries (0, 0), (0, 1), (1, 1) observed: 1, 0, 1 is a limit and not attained."""
    claim = {
        "kind": "observed_not_closed",
        "masks": [[[1], [1]], [[1, 1]]],
        "observed": [[1, 1], [0, 1]],
        "signs": signs,
    }
    # 1 = x0 y0 x1 y1 - x1 y0 (x0 y1) + ..., from x0 y0 = 1, x0 y1 = 0, x1 y1 = 1.
    terms = [
        {"row": 0, "column": 0, "cofactor": entries(("-1", X1, Y1))},
        {"row": 0, "column": 1, "cofactor": entries(("1", X1, Y0))},
        {"row": 1, "column": 1, "cofactor": entries(("-1",))},
    ]
    proof = {
        "rule": "limit",
        "target": [["1", "0"], ["0", "1"]],
        "curve": [[[{"0": "1"}], [{"-1": "1"}]], [[{"0": "1"}, {"1": "1"}]]],
        "outside": {"rule": "identity", "terms": terms},
    }
    return document(claim, proof)


def observed_units() -> Json:
    """Of rank one only the diagonal is observed: both entries are free."""
    claim = {
        "kind": "observed_closed",
        "masks": [[[1], [1]], [[1, 1]]],
        "observed": [[1, 0], [0, 1]],
        "signs": "any",
    }
    parts = [{"rows": [0], "columns": [0]}, {"rows": [1], "columns": [1]}]
    steps = [
        {"step": "split", "unit": 0, "parts": parts},
        {"step": "free", "unit": 1},
        {"step": "free", "unit": 2},
    ]
    proof = {"rule": "reduce", "steps": steps, "proof": {"rule": "empty"}}
    return document(claim, {"rule": "units", "proof": proof})


def observed_nonnegative() -> Json:
    """Lower times upper triangular without negative entries is closed."""
    claim = {
        "kind": "observed_closed",
        "masks": [[[1, 0], [1, 1]], [[1, 1], [0, 1]]],
        "observed": [[1, 1], [1, 1]],
        "signs": "nonnegative",
    }
    return document(claim, {"rule": "nonnegative"})


def accepted() -> dict[str, tuple[list[str], Json, Json | None]]:
    """Return the accepted certificates."""
    return {
        "map-limit": (["map_not_closed.limit"], map_limit(), None),
        "map-homogeneous": (["map_closed.homogeneous"], map_homogeneous(), None),
        "map-cone": (["map_closed.cone"], map_cone(), None),
        "map-bounded": (["map_closed.bounded"], map_bounded(), None),
        "observed-limit": (["observed_not_closed.limit"], observed_limit("any"), None),
        "observed-limit-nonnegative": (
            ["observed_not_closed.limit"],
            observed_limit("nonnegative"),
            [[[1], [1]], [[1, 1]]],
        ),
        "observed-units": (["observed_closed.units"], observed_units(), None),
        "observed-nonnegative": (["observed_closed.nonnegative"], observed_nonnegative(), None),
    }


def faults() -> Json:
    """Return name, rule, accepted certificate, status, place, words of the reason, and what is changed."""
    t0, curve = "proof.target[0]", "proof.curve"
    rows = [
        ("map-limit", "target", "proof.target[1]", "expected 1", [("proof.target[1]", "2")]),
        ("map-limit", "pole", curve, "no pole", [("proof.curve[1]", {"-2": "1"})]),
        ("map-limit", "short", curve, "2 entries", [(curve, [{"1": "1"}])]),
        ("map-limit", "numbers", "proof.target", "2 numbers", [("proof.target", ["0"])]),
        (
            "map-limit",
            "member",
            "proof.outside.terms",
            "identity fails",
            [("proof.curve[0]", {"0": "1", "1": "1"}), ("proof.curve[1]", {"0": "1"}), (t0, "1")],
        ),
        ("map-limit", "variable", "claim.map[0]", "variables of the map", [("claim.map[0]", poly(("1", 2)))]),
        (
            "map-homogeneous",
            "degree",
            "claim.map[1]",
            "homogeneous",
            [("claim.map[1]", poly(("1", 0, 1), ("1", 0)))],
        ),
        ("map-homogeneous", "constant", "claim.map[1]", "positive degree", [("claim.map[1]", poly(("1",)))]),
        ("map-homogeneous", "identity", "proof.terms", "identity fails", [("proof.exponent", 1)]),
        ("map-homogeneous", "zero", "proof.terms", "identity fails", [("proof.terms[1]", "DELETE")]),
        (
            "map-homogeneous",
            "weight",
            "proof.squares[0].weight",
            "positive weight",
            [("proof.squares", [{"weight": "-1", "poly": poly(("1", 0))}])],
        ),
        ("map-cone", "blocks", "proof.blocks", "exactly one block", [("proof.blocks", [[0, 1], [2]])]),
        ("map-cone", "twice", "proof.blocks", "exactly one block", [("proof.blocks", [[0, 1], [2, 3, 3]])]),
        (
            "map-cone",
            "mixed",
            "claim.map",
            "positive degree in every block",
            [("proof.blocks", [[0, 2], [1, 3]])],
        ),
        ("map-cone", "missing", "proof.terms", "identity fails", [("proof.terms[3]", "DELETE")]),
        ("map-bounded", "left-out", "proof.bounds", "every variable", [("proof.bounds[1]", "DELETE")]),
        (
            "map-bounded",
            "bound",
            "proof.bounds[0].bound",
            "identity fails",
            [("proof.bounds[0].bound", poly(("1", 0)))],
        ),
        (
            "map-bounded",
            "weight",
            "proof.bounds[0].squares[0].weight",
            "positive weight",
            [("proof.bounds[0].squares[0].weight", "0")],
        ),
        (
            "map-bounded",
            "coordinate",
            "proof.bounds[0].bound",
            "variables of the map",
            [("proof.bounds[0].bound", poly(("1", 2)))],
        ),
        ("observed-limit", "observed", "claim.observed", "2 x 2", [("claim.observed", [[1, 1]])]),
        (
            "observed-limit",
            "unobserved-target",
            "proof.target[1][0]",
            "nothing is observed",
            [("proof.target[1][0]", "1")],
        ),
        (
            "observed-limit",
            "pole",
            "proof.curve",
            "no pole",
            [("claim.observed[1][0]", 1)],
        ),
        (
            "observed-limit",
            "term",
            "proof.outside",
            "not observed",
            [("proof.outside.terms[2].column", 0)],
        ),
        (
            "observed-limit",
            "off-mask",
            "proof.curve[1][0][1]",
            "off the mask",
            [("claim.masks[1][0][1]", 0)],
        ),
        (
            "observed-limit-nonnegative",
            "sign",
            "proof.curve[0][1][0]",
            "positive first coefficient",
            [("proof.curve[0][1][0]", {"-1": "-1"}), ("proof.curve[1][0][1]", {"1": "-1"})],
        ),
        ("observed-units", "signs", "claim.signs", "any sign", [("claim.signs", "nonnegative")]),
        (
            "observed-units",
            "all-observed",
            "proof.proof.steps[0]",
            "",
            [("claim.observed", [[1, 1], [1, 1]])],
        ),
        (
            "observed-units",
            "layers",
            "proof",
            "two masks",
            [("claim.masks", [[[1], [1]], [[1]], [[1, 1]]])],
        ),
        ("observed-nonnegative", "signs", "claim.signs", "without negative", [("claim.signs", "any")]),
        ("observed-nonnegative", "hidden", "proof", "not observed", [("claim.observed[0][1]", 0)]),
    ]
    rules = {name: entry[0][0] for name, entry in accepted().items()}
    found = [
        (f"{base}-{name}", rules[base], base, INVALID, where, reason, changes)
        for base, name, where, reason, changes in rows
    ]
    wrong = ("observed-limit-signs", rules["observed-limit"], "observed-limit", UNREADABLE)
    return [*found, (*wrong, "claim.signs", "nonnegative", [("claim.signs", "positive")])]
