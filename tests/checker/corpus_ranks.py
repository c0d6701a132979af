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
        "dependent-both": (["outside.dependent"], limit(BOTH, BOTH_TARGET, BOTH_CURVE, BOTH_PROOF), None),
    }


def faults() -> list[Fault]:
    """Return the planted faults, in the form of make_corpus.py."""
    return [*_rank_faults(), *_dependent_faults(), *_notation_faults()]


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
