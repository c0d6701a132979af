"""Certificates for the corpora about ranks: outside.ranks, outside.dependent, compressed matrices."""

from __future__ import annotations

import copy
from typing import Any

Json = Any
Fault = tuple[str, str, str, str, str, str, list[tuple[str, Json]]]

INVALID, UNREADABLE = "invalid", "unreadable"
OUTSIDE = "proof.outside"

LU2 = [[[1, 0], [1, 1]], [[1, 1], [0, 1]]]
UNIT = [[1, 0], [0, 1]]


def compressed(matrix: Json, zero: Json) -> Json:
    rows = [[[j, entry] for j, entry in enumerate(row) if entry != zero] for row in matrix]
    return {"columns": len(matrix[0]), "rows": rows}


def constant(matrix: Json) -> Json:
    return [[{"0": str(entry)} if entry else {} for entry in row] for row in matrix]


def limit(masks: Json, target: Json, curve: Json, outside: Json) -> Json:
    document = {
        "format": "semialg-certificate",
        "version": 1,
        "claim": {"kind": "not_closed", "masks": masks},
        "proof": {
            "rule": "limit",
            "target": [[str(entry) for entry in row] for row in target],
            "curve": curve,
            "outside": outside,
        },
    }
    return copy.deepcopy(document)


# Z = {0}, W = {0}; only unit 0 of LU touches them, and 1 + 1 - 0 > 1.
LU_CURVE = [[[{"0": "1"}, {}], [{"-1": "1"}, {"0": "1"}]], [[{"1": "1"}, {"0": "1"}], [{}, {"-1": "-1"}]]]
RANKS = {"rule": "ranks", "rows": [0], "columns": [0], "cut": [[], [0], []]}
DEEP_RANKS = {"rule": "ranks", "rows": [0], "columns": [0], "cut": [[], [0], [], []]}

# Rows 0 and 1 are equal, and no unit has both.
TALL = [[[1, 0], [0, 1], [1, 1]], [[1, 1], [1, 1]]]
TALL_CURVE = [
    [[{"0": "1"}, {}], [{}, {"0": "1"}], [{"-1": "-1"}, {"-1": "1"}]],
    [[{"0": "1"}, {}], [{"0": "1"}, {"1": "1"}]],
]
TALL_TARGET = [[1, 0], [1, 0], [0, 1]]
TALL_PROOF = {"rule": "dependent", "layer": 0, "sides": [{"axis": "rows", "lines": [0, 1], "at": 0}]}

WIDE_CURVE = [
    [[{"0": "1"}, {"0": "1"}], [{}, {"1": "1"}]],
    [[{"0": "1"}, {}, {"-1": "-1"}], [{}, {"0": "1"}, {"-1": "1"}]],
]
WIDE = [[[1, 1], [1, 1]], [[1, 0, 1], [0, 1, 1]]]
WIDE_PROOF = {"rule": "dependent", "layer": 0, "sides": [{"axis": "columns", "lines": [0, 1], "at": 0}]}

# Units 0 and 1 uncrossed; the limit has rank 2, two equal rows and two equal columns.
BOTH = [[[1, 0, 1], [0, 1, 0], [1, 1, 1]], [[1, 1, 0], [1, 0, 1], [1, 1, 0]]]
BOTH_CURVE = [
    [[{"1": "1"}, {}, {}], [{}, {"1": "1"}, {}], [{"0": "1"}, {"0": "-1"}, {}]],
    [[{"-1": "1"}, {"0": "1"}, {}], [{"-1": "1"}, {}, {"0": "-1"}], [{}, {}, {}]],
]
BOTH_TARGET = [[1, 0, 0], [1, 0, 0], [0, 1, 1]]
BOTH_PROOF = {
    "rule": "dependent",
    "layer": 0,
    "sides": [
        {"axis": "rows", "lines": [0, 1], "at": 0},
        {"axis": "columns", "lines": [1, 2], "at": 2},
    ],
}


# The run for TALL, modulo 101, and one for another pattern after one uncrossing.
TALL_RUN = {
    "uncross": [],
    "prime": 101,
    "left": [[42, 20], [51, 84], [7, 10]],
    "right": [[69, 13], [47, 75]],
    "steps": [
        {"side": "x", "unit": 1, "vector": [1, 8]},
        {"side": "x", "unit": 0, "vector": [89, 65]},
        {"side": "y", "unit": 1, "vector": [17, 28]},
        {"side": "y", "unit": 0, "vector": [61, 5]},
    ],
}
CROSSED = [[[1, 0, 1], [1, 1, 1], [1, 1, 1], [0, 1, 1]], [[1, 1, 0], [1, 1, 1], [1, 0, 1]]]
CROSSED_TARGET = [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0]]
CROSSED_PROOF = {"rule": "dependent", "layer": 0, "sides": [{"axis": "rows", "lines": [0, 3], "at": 1}]}
CROSSED_RUN = {
    "uncross": [[0, 1]],
    "prime": 101,
    "left": [[42, 20, 51], [84, 7, 10], [69, 13, 47], [75, 8, 65]],
    "right": [[28, 5, 12], [56, 54, 9], [31, 12, 71]],
    "steps": [
        {"side": "x", "unit": 1, "vector": [71, 49, 55]},
        {"side": "y", "unit": 0, "vector": [72, 99, 8]},
        {"side": "x", "unit": 2, "vector": [76, 73, 16]},
        {"side": "y", "unit": 2, "vector": [45, 96, 29]},
        {"side": "x", "unit": 0, "vector": [78, 81, 81]},
        {"side": "y", "unit": 1, "vector": [13, 6, 75]},
    ],
}


def dense(masks: Json, target: Json, run: Json, outside: Json) -> Json:
    document = limit(masks, target, [], outside)
    proof = document["proof"]
    document["proof"] = {"rule": "dense", "target": proof["target"], **run, "outside": outside}
    return copy.deepcopy(document)


def accepted() -> dict[str, tuple[list[str], Json, Json | None]]:
    """Return the accepted certificates: name -> (rules shown, certificate, pattern to be given or None)."""
    plain = limit(LU2, [[0, 1], [1, 0]], LU_CURVE, RANKS)
    small = copy.deepcopy(plain)
    small["proof"]["target"] = compressed(small["proof"]["target"], "0")
    small["proof"]["curve"] = [compressed(factor, {}) for factor in small["proof"]["curve"]]
    return {
        "ranks": (["outside.ranks"], plain, None),
        "ranks-compressed": (["not_closed.limit", "outside.ranks"], small, None),
        "ranks-deep": (
            ["outside.ranks"],
            limit([*LU2, UNIT], [[0, 1], [1, 0]], [*LU_CURVE, constant(UNIT)], DEEP_RANKS),
            None,
        ),
        "dependent": (["outside.dependent"], limit(TALL, TALL_TARGET, TALL_CURVE, TALL_PROOF), None),
        "dependent-columns": (
            ["outside.dependent"],
            limit(WIDE, [[1, 1, 0], [0, 0, 1]], WIDE_CURVE, WIDE_PROOF),
            None,
        ),
        "dependent-deep": (
            ["outside.dependent"],
            limit([*TALL, UNIT], TALL_TARGET, [*TALL_CURVE, constant(UNIT)], TALL_PROOF),
            None,
        ),
        "dense": (["not_closed.dense"], dense(TALL, TALL_TARGET, TALL_RUN, TALL_PROOF), None),
        "dense-uncrossed": (
            ["not_closed.dense"],
            dense(CROSSED, CROSSED_TARGET, CROSSED_RUN, CROSSED_PROOF),
            None,
        ),
        "dependent-both": (["outside.dependent"], limit(BOTH, BOTH_TARGET, BOTH_CURVE, BOTH_PROOF), None),
    }


def faults() -> list[Fault]:
    """Return the planted faults, in the form of make_corpus.py."""
    return [*_rank_faults(), *_dependent_faults(), *_notation_faults(), *_dense_faults()]


def _fault(name: str, rule: str, source: str, where: str, reason: str, *changes: tuple[str, Json]) -> Fault:
    return name, rule, source, INVALID, where, reason, list(changes)


def _rank_faults() -> list[Fault]:
    rule, cut = "outside.ranks", f"{OUTSIDE}.cut"
    return [
        _fault("ranks-no-more", rule, "ranks", OUTSIDE, "above the 2", (f"{cut}[1]", [0, 1])),
        _fault("ranks-path-to-row", rule, "ranks", cut, "to one of the rows", (f"{cut}[1]", [1])),
        _fault(
            "ranks-path-from-column",
            rule,
            "ranks",
            cut,
            "from one of the columns",
            (f"{cut}[1]", [1]),
            (f"{OUTSIDE}.rows", []),
        ),
        _fault("ranks-path-around", rule, "ranks-deep", cut, "avoids the cut", (cut, [[], [], [1], []])),
        _fault("ranks-row-twice", rule, "ranks", f"{OUTSIDE}.rows", "twice", (f"{OUTSIDE}.rows", [0, 0])),
        _fault(
            "ranks-column-outside",
            rule,
            "ranks",
            f"{OUTSIDE}.columns[0]",
            "below 2",
            (f"{OUTSIDE}.columns", [2]),
        ),
        _fault("ranks-cut-short", rule, "ranks", cut, "expected 3 lists", (cut, [[], [0]])),
        _fault("ranks-cut-twice", rule, "ranks", f"{cut}[1]", "twice", (f"{cut}[1]", [0, 0])),
        _fault("ranks-cut-outside", rule, "ranks", f"{cut}[1][0]", "below 2", (f"{cut}[1]", [2])),
    ]


def _dependent_faults() -> list[Fault]:
    rule, side = "outside.dependent", f"{OUTSIDE}.sides[0]"
    rows, columns = BOTH_PROOF["sides"]
    return [
        _fault("dependent-layer", rule, "dependent", f"{OUTSIDE}.layer", "1 hidden", (f"{OUTSIDE}.layer", 1)),
        _fault(
            "dependent-axis",
            rule,
            "dependent",
            f"{OUTSIDE}.sides",
            "rows, columns",
            (f"{side}.axis", "units"),
        ),
        _fault(
            "dependent-same-side",
            rule,
            "dependent-both",
            f"{OUTSIDE}.sides",
            "rows, columns",
            (f"{OUTSIDE}.sides", [rows, rows]),
        ),
        _fault(
            "dependent-one-side",
            rule,
            "dependent-both",
            OUTSIDE,
            "rank 3",
            (f"{OUTSIDE}.sides", [columns]),
        ),
        _fault(
            "dependent-other-layer",
            rule,
            "dependent-deep",
            side,
            "unit 0",
            (f"{OUTSIDE}.layer", 1),
        ),
        _fault(
            "dependent-nothing-there", rule, "dependent", f"{side}.lines[0]", "0 there", (f"{side}.at", 1)
        ),
        _fault("dependent-at", rule, "dependent", f"{side}.at", "below 2", (f"{side}.at", 2)),
        _fault("dependent-line", rule, "dependent", f"{side}.lines[1]", "below 3", (f"{side}.lines", [0, 3])),
        _fault("dependent-twice", rule, "dependent", f"{side}.lines", "twice", (f"{side}.lines", [0, 0])),
        _fault(
            "dependent-common-unit", rule, "dependent", side, "unit 1 joins", ("claim.masks[0][0]", [1, 1])
        ),
        _fault(
            "dependent-common-unit-of-columns",
            rule,
            "dependent-both",
            f"{OUTSIDE}.sides[1]",
            "unit 1 joins",
            ("claim.masks[1][1]", [1, 1, 1]),
        ),
        _fault(
            "dependent-independent",
            rule,
            "dependent",
            f"{side}.lines[1]",
            "proportional",
            ("proof.curve[1][1]", [{"0": "1"}, {"0": "1"}]),
            ("proof.curve[0][2]", [{}, {}]),
            ("proof.target[1]", ["1", "1"]),
            ("proof.target[2]", ["0", "0"]),
        ),
    ]


def _dense_faults() -> list[Fault]:
    rule, steps = "not_closed.dense", "proof.steps"
    other = {"side": "z", "unit": 0, "vector": [61, 5]}
    return [
        _fault("dense-not-prime", rule, "dense", "proof.prime", "prime", ("proof.prime", 102)),
        _fault("dense-not-reduced", rule, "dense", "proof.left", "residues", ("proof.left[0][0]", 143)),
        _fault("dense-shape", rule, "dense", "proof.right", "2 x 2", ("proof.right", [[69, 13]])),
        _fault("dense-side", rule, "dense", f"{steps}[3]", "x or y", (f"{steps}[3]", other)),
        _fault("dense-twice", rule, "dense", f"{steps}[3]", "once", (f"{steps}[3].unit", 1)),
        _fault("dense-missing", rule, "dense", steps, "unit 0 lacks", (f"{steps}[3]", "DELETE")),
        _fault("dense-vector", rule, "dense", f"{steps}[1]", "solve", (f"{steps}[1].vector", [89, 66])),
        _fault(
            "dense-length", rule, "dense", f"{steps}[1].vector", "2 residues", (f"{steps}[1].vector", [89])
        ),
        _fault("dense-zero", rule, "dense", steps, "orthogonal", (f"{steps}[3].vector", [0, 0])),
        _fault(
            "dense-dependent",
            rule,
            "dense",
            f"{steps}[1]",
            "dependent",
            ("proof.left[1]", [0, 0]),
        ),
        _fault("dense-mask", rule, "dense", f"{steps}[1]", "solve", ("claim.masks[0][0]", [0, 0])),
        _fault("dense-target", rule, "dense", "proof.target", "3 x 2", ("proof.target[2]", "DELETE")),
        _fault(
            "dense-rank",
            rule,
            "dense",
            "proof",
            "rank at most 2",
            ("claim.masks", [TALL[0], [[1, 1, 1], [1, 1, 1]]]),
            ("proof.right", [[69, 13, 1], [47, 75, 1]]),
            ("proof.target", [["1", "0", "0"], ["0", "1", "0"], ["0", "0", "1"]]),
        ),
        _fault(
            "dense-uncross-other",
            rule,
            "dense-uncrossed",
            f"{steps}[4]",
            "solve",
            ("proof.uncross", []),
        ),
        _fault(
            "dense-uncross-same",
            rule,
            "dense-uncrossed",
            "proof.uncross[0]",
            "two different",
            ("proof.uncross[0]", [1, 1]),
        ),
        _fault("dense-three-masks", rule, "dense", "proof", "two masks", ("claim.masks", [*TALL, UNIT])),
    ]


def _notation_faults() -> list[Fault]:
    rule, source = "not_closed.limit", "ranks-compressed"
    return [
        (
            "limit-compressed-order",
            rule,
            source,
            UNREADABLE,
            "proof.curve[0].rows[1][1]",
            "increase",
            [("proof.curve[0].rows[1]", [[1, {"0": "1"}], [0, {"-1": "1"}]])],
        ),
        (
            "limit-compressed-column",
            rule,
            source,
            UNREADABLE,
            "proof.target.rows[0][0]",
            "below 2",
            [("proof.target.rows[0]", [[2, "1"]])],
        ),
        (
            "limit-compressed-shape",
            rule,
            source,
            INVALID,
            "proof.target",
            "2 x 2",
            [("proof.target.columns", 3)],
        ),
    ]
