"""Write the corpora proofs/accept and proofs/reject: ``python tests/checker/make_corpus.py``.

Every certificate is small enough to be checked by hand. A rejected one is an accepted one with one planted
fault; the manifest beside the files states the rule, the expected status, the place and words of the reason.
A test runs this script's functions and compares them with the files.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
import runpy
from pathlib import Path
from typing import Any

PROOFS = Path(__file__).parents[2] / "proofs"
TREES = runpy.run_path(str(Path(__file__).with_name("corpus_trees.py")))
FULLNESS = runpy.run_path(str(Path(__file__).with_name("corpus_fullness.py")))
IMAGES = runpy.run_path(str(Path(__file__).with_name("corpus_images.py")))
SCALAR = runpy.run_path(str(Path(__file__).with_name("corpus_scalar.py")))
RANKS = runpy.run_path(str(Path(__file__).with_name("corpus_ranks.py")))
RELU = runpy.run_path(str(Path(__file__).with_name("corpus_relu.py")))

Json = Any

LU2 = [[[1, 0], [1, 1]], [[1, 1], [0, 1]]]
LU3 = [[[1, 0, 0], [1, 1, 0], [1, 1, 1]], [[1, 1, 1], [0, 1, 1], [0, 0, 1]]]
DISJOINT = [[[1, 0], [1, 0], [0, 1], [0, 1]], [[1, 1, 0, 0], [0, 0, 1, 1]]]


def ones(rows: int, columns: int) -> list[list[int]]:
    return [[1] * columns for _ in range(rows)]


def certificate(kind: str, masks: Json, proof: Json) -> Json:
    document = {
        "format": "semialg-certificate",
        "version": 1,
        "claim": {"kind": kind, "masks": masks},
        "proof": proof,
    }
    return copy.deepcopy(document)


def closed(masks: Json, proof: Json) -> Json:
    return certificate("closed", masks, proof)


def instance(masks: Json, proof: Json) -> Json:
    return closed(masks, {"rule": "units", "proof": proof})


def reduced(masks: Json, steps: Json, proof: Json) -> Json:
    return instance(masks, {"rule": "reduce", "steps": steps, "proof": proof})


def poly(*terms: Json) -> Json:
    """Return a polynomial of (coefficient, variable, variable, ...), each variable to the first power."""
    return [
        {"coefficient": coefficient, "monomial": [[list(v), 1] for v in variables]}
        for coefficient, *variables in terms
    ]


def entry(row: int, column: int, *terms: Json) -> Json:
    return {"row": row, "column": column, "cofactor": poly(*terms)}


X = {(i, k): (0, i, k) for i in range(4) for k in range(4)}
Y = {(k, j): (1, k, j) for k in range(4) for j in range(4)}

# N1 on rows 0, 1 and columns 0, 1: x_0 y_0 = 0, x_0 y_1 = 1, x_1 y_0 = 1 for the unit 0, and unit 1 cancels.
N1_TARGET = [["0", "1"], ["1", "0"]]
N1_CURVE = [[[{"0": "1"}, {}], [{"-1": "1"}, {"0": "1"}]], [[{"1": "1"}, {"0": "1"}], [{}, {"-1": "-1"}]]]
N1_TERMS = [
    entry(0, 0, ("1", X[1, 0], Y[0, 1])),
    entry(0, 1, ("-1",)),
    entry(1, 0, ("-1", X[0, 0], Y[0, 1])),
]
IDENTITY = {"rule": "identity", "terms": N1_TERMS}
LIMIT = {"rule": "limit", "target": N1_TARGET, "curve": N1_CURVE, "outside": IDENTITY}


def limit(outside: Json) -> Json:
    return certificate("not_closed", LU2, {**LIMIT, "outside": outside})


# x_00 = 0 contradicts x_00 y_01 = 1; else y_00 = 0 contradicts x_10 y_00 = 1.
SPLIT = {
    "rule": "split",
    "variable": [0, 0, 0],
    "zero": {"rule": "identity", "terms": [entry(0, 1, ("-1",))]},
    "nonzero": {
        "rule": "identity",
        "terms": [
            entry(1, 0, ("-1",)),
            entry(0, 0, ("1", X[1, 0], ("inverse", 0, 0, 0))),
            {"inverse_of": [0, 0, 0], "cofactor": poly(("-1", X[1, 0], Y[0, 0]))},
        ],
    },
}

# (1 + 1/2 x_00^2) times the identity.
SQUARES = {
    "rule": "squares",
    "squares": [{"weight": "1/2", "poly": poly(("1", X[0, 0]))}],
    "terms": [
        {
            "row": term["row"],
            "column": term["column"],
            "cofactor": [
                {"coefficient": sign + scale, "monomial": monomial}
                for item in term["cofactor"]
                for sign in ["-" if item["coefficient"] == "-1" else ""]
                for scale, monomial in [
                    ("1", item["monomial"]),
                    (
                        "1/2",
                        [[[0, 0, 0], 3], *item["monomial"][1:]]
                        if [[0, 0, 0], 1] in item["monomial"]
                        else [[[0, 0, 0], 2], *item["monomial"]],
                    ),
                ]
            ],
        }
        for term in N1_TERMS
    ],
}

STATEMENT = """(set-info :source |LU of size 2, antidiagonal target|)
(set-logic QF_NRA)
(declare-const w_0_0_0 Real)
(declare-const w_0_1_0 Real)
(declare-fun w_1_0_0 () Real)
(declare-fun w_1_0_1 () Real)
(assert (= (* w_0_0_0 w_1_0_0) 0))
(assert (and (= (- (* w_0_0_0 w_1_0_1) 1) 0) (= 1 (* w_0_1_0 w_1_0_0))))
(check-sat)
"""
TRUST = {"rule": "trust", "statement": STATEMENT, "solvers": ["z3 4.13", "cvc5 1.2"]}

MINOR = {"rule": "minor", "rows": [0, 1], "columns": [0, 1], "hidden": [[0, 1]], "proof": LIMIT}


def pattern_hash(masks: Json) -> str:
    digest = hashlib.sha256()
    for mask in masks:
        digest.update(f"{len(mask)},{len(mask[0])}\n".encode())
        cells = [cell for row in mask for cell in row]
        cells += [0] * (-len(cells) % 8)
        digest.update(bytes(int("".join(map(str, cells[at : at + 8])), 2) for at in range(0, len(cells), 8)))
    return digest.hexdigest()


HASHED = {
    "format": "semialg-certificate",
    "version": 1,
    "claim": {"kind": "not_closed", "masks_sha256": pattern_hash(LU3)},
    "proof": MINOR,
}

# A 3 x 3 x 3 pattern whose units 0 and 1 have the rectangle {0,1,2} x {0,1,2}; unit 2 lies inside column 2.
MERGED = [ones(3, 3), [[1, 1, 1], [1, 1, 1], [0, 0, 1]]]
# Two rows; columns: 0 covered by units 0 and 1 (both rows), 1 owned by unit 0.
TWO_ROWS = [ones(2, 2), [[1, 1], [1, 0]]]
# Unit 0 covers everything, unit 1 the row 0: rows 1 and 2 have one type, so do all columns.
ROWS = [[[1, 1], [1, 0], [1, 0]], ones(2, 3)]
# The left pair of layers is a full 2 x 2 space.
DEEP = [ones(2, 2), ones(2, 2), ones(2, 3)]
MERGE_PROOF = {
    "rule": "merge_layers",
    "at": 0,
    "steps": [{"step": "merge", "units": [0, 1]}, {"step": "free", "unit": 2}],
    "proof": {
        "rule": "units",
        "proof": {
            "rule": "reduce",
            "steps": [{"step": "merge", "units": [0, 1]}, {"step": "free", "unit": 2}],
            "proof": {"rule": "empty"},
        },
    },
}
BUTTERFLY = [
    [[1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1]],
    [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]],
]
TWO_TARGETS = (
    "(set-logic QF_NRA)(declare-const w_0_0_0 Real)(declare-const w_1_0_0 Real)"
    "(assert (= (* w_0_0_0 w_1_0_0) 1.0))(assert (= (* w_0_0_0 w_1_0_0) 2.0))(check-sat)"
)
PEEL = {"rule": "peel", "proof": {"rule": "peel", "proof": {"rule": "coordinate"}}}
# Row a of the first butterfly factor stands at place ORDERS[0][a], and so on.
ORDERS = [[0, 2, 1, 3], [1, 0, 3, 2], [3, 0, 2, 1]]


def relabeled(masks: Json, orders: Json) -> Json:
    """Return the pattern that becomes the given one when its lines are listed in the orders."""
    return [
        [
            [mask[orders[at].index(i)][orders[at + 1].index(j)] for j in range(len(mask[0]))]
            for i in range(len(mask))
        ]
        for at, mask in enumerate(masks)
    ]


PRUNED = [[[1, 0], [1, 0]], [[1, 1], [1, 1]]]
UNIT_PAIR = {"rule": "product", "parts": [{"units": [k], "proof": {"rule": "rank"}} for k in range(2)]}
# Units 1 and 2 free (0, 0) and (1, 1); what unit 0 observes falls apart into two entries.
CROSS = [[[1, 1, 0], [1, 0, 1]], [[1, 1], [1, 0], [0, 1]]]
CROSS_STEPS = [
    {"step": "free", "unit": 1},
    {"step": "free", "unit": 2},
    {
        "step": "split",
        "unit": 0,
        "parts": [{"rows": [0], "columns": [1]}, {"rows": [1], "columns": [0]}],
    },
    {"step": "free", "unit": 3},
    {"step": "free", "unit": 4},
]
# Two copies of the whole square; two more units free its lower right corner, so an L of two lines is left.
CORNER = [[[1, 1, 0, 0], [1, 1, 1, 1], [1, 1, 1, 1]], [[1, 1, 1], [1, 1, 1], [0, 1, 1], [0, 1, 1]]]
CORNER_STEPS = [
    {"step": "merge", "units": [0, 1]},
    {"step": "merge", "units": [2, 3]},
    {"step": "free", "unit": 5},
    {"step": "free_cover", "unit": 4, "rows": [0], "columns": [0]},
]
MATCHINGS = [
    {"column": 0, "pairs": [[0, 0], [1, 1]]},
    {"column": 1, "pairs": [[1, 0], [0, 1]]},
    {"column": 2, "pairs": [[0, 0], [1, 1]]},
]


def accepted() -> dict[str, tuple[list[str], Json, Json | None]]:
    """Return the accepted certificates: name -> (rules shown, certificate, pattern to be given or None)."""
    found: dict[str, tuple[list[str], Json, Json | None]] = {
        "limit": (["not_closed.limit", "outside.identity"], limit(IDENTITY), LU2),
        "minor": (["not_closed.minor"], certificate("not_closed", LU3, MINOR), None),
        "minor-hashed": (["not_closed.minor"], HASHED, LU3),
        "split": (["outside.split"], limit(SPLIT), None),
        "squares": (["outside.squares"], limit(SQUARES), None),
        "trust": (["outside.trust"], limit(TRUST), None),
        "trust-in-branch": (
            ["outside.trust", "outside.split"],
            limit(
                {
                    **SPLIT,
                    "nonzero": {
                        **TRUST,
                        "statement": STATEMENT.replace(
                            "(check-sat)", "(assert (not (= w_0_0_0 0)))\n(check-sat)"
                        ),
                    },
                }
            ),
            None,
        ),
        "coordinate": (["closed.coordinate"], closed([LU2[0]], {"rule": "coordinate"}), None),
        "scalar": (["closed.scalar"], closed([[[1, 1]], LU2[0], LU2[1]], {"rule": "scalar"}), None),
        "transpose": (
            ["closed.transpose"],
            closed(
                [[[1, 0], [1, 1], [1, 1]], ones(2, 2)],
                {"rule": "transpose", "proof": {"rule": "units", "proof": {"rule": "two_rows"}}},
            ),
            None,
        ),
        "permute": (
            ["closed.permute"],
            closed(
                relabeled(BUTTERFLY, ORDERS),
                {
                    "rule": "permute",
                    "permutations": ORDERS,
                    "proof": {"rule": "chainable", "factors": [[1, 2, 2, 2], [2, 2, 2, 1]]},
                },
            ),
            None,
        ),
        "prune": (
            ["closed.prune"],
            closed(
                PRUNED,
                {"rule": "prune", "hidden": [[0]], "proof": {"rule": "units", "proof": {"rule": "rank"}}},
            ),
            None,
        ),
        "units": (["closed.units", "instance.product", "instance.rank"], instance(DISJOINT, UNIT_PAIR), None),
        "merge_layers": (["closed.merge_layers"], closed(DEEP, MERGE_PROOF), None),
        "peel": (["closed.peel"], closed([ones(3, 2), ones(2, 3), ones(3, 2)], PEEL), None),
        "chainable": (
            ["closed.chainable"],
            closed(BUTTERFLY, {"rule": "chainable", "factors": [[1, 2, 2, 2], [2, 2, 2, 1]]}),
            None,
        ),
        "reduce": (
            ["instance.reduce", "instance.antitone", "step.merge"],
            reduced(MERGED, [{"step": "merge", "units": [0, 1]}], {"rule": "antitone"}),
            None,
        ),
        "instance-transpose": (
            ["instance.transpose"],
            instance(
                [[[1, 0], [1, 1], [1, 1]], ones(2, 2)], {"rule": "transpose", "proof": {"rule": "two_rows"}}
            ),
            None,
        ),
        "empty": (
            ["instance.empty", "step.drop"],
            reduced(
                [[[0, 1], [0, 1]], [[1, 1], [0, 0]]], [{"step": "drop", "units": [0, 1]}], {"rule": "empty"}
            ),
            None,
        ),
        "antitone": (["instance.antitone"], instance(MERGED, {"rule": "antitone"}), None),
        "two_rows": (["instance.two_rows"], instance(TWO_ROWS, {"rule": "two_rows"}), None),
        "full_space": (
            ["instance.full_space"],
            instance([ones(2, 2), ones(2, 3)], {"rule": "full_space", "matchings": MATCHINGS}),
            None,
        ),
        "split-step": (["step.split", "step.free"], reduced(CROSS, CROSS_STEPS, {"rule": "empty"}), None),
        "free_cover": (["step.free_cover"], reduced(CORNER, CORNER_STEPS, {"rule": "empty"}), None),
        "cap": (
            ["step.cap"],
            reduced(
                ROWS,
                [
                    {"step": "cap", "axis": "rows", "delete": [2]},
                    {"step": "cap", "axis": "columns", "delete": [1]},
                ],
                {"rule": "two_rows"},
            ),
            None,
        ),
        "forget": (
            ["step.forget"],
            reduced(
                [[[1, 1], [0, 1]], [[1, 1], [1, 1]]],
                [
                    {"step": "free", "unit": 0},
                    {"step": "forget", "axis": "rows", "delete": [0]},
                    {"step": "free", "unit": 1},
                    {"step": "forget", "axis": "columns", "delete": [0, 1]},
                ],
                {"rule": "empty"},
            ),
            None,
        ),
    }
    found.update(TREES["accepted"]())
    found.update(RANKS["accepted"]())
    found.update(FULLNESS["accepted"]())
    found.update(RELU["accepted"](LIMIT, MINOR))
    found.update(SCALAR["accepted"]())
    found.update(IMAGES["accepted"]())
    return found


def edited(document: Json, *changes: tuple[str, Json]) -> Json:
    """Return a copy with values put at paths such as ``proof.curve[0][1][0]``; DELETE takes a value away."""
    copied = copy.deepcopy(document)
    for path, value in changes:
        steps: list[str | int] = []
        for piece in path.replace("]", "").split("."):
            name, *indices = piece.split("[")
            steps += [name, *map(int, indices)]
        place = copied
        for step in steps[:-1]:
            place = place[step]
        if value == "DELETE":
            del place[steps[-1]]
        elif isinstance(place, list) and steps[-1] == len(place):
            place.append(value)
        else:
            place[steps[-1]] = value
    return copied


# Rejected certificates: name, rule, the accepted certificate it comes from, status, place, words, changes.
Fault = tuple[str, str, str, str, str, str, list[tuple[str, Json]]]

INVALID, UNREADABLE = "invalid", "unreadable"
LU2_CLAIM = ("claim.masks", LU2)
IN = "proof.proof"

FAULTS: list[Fault] = [
    (
        "limit-sign",
        "not_closed.limit",
        "limit",
        INVALID,
        "proof.curve",
        "pole",
        [("proof.curve[1][1][1]", {"-1": "1"})],
    ),
    (
        "limit-off-mask",
        "not_closed.limit",
        "limit",
        INVALID,
        "proof.curve[0][0][1]",
        "off the mask",
        [("proof.curve[0][0][1]", {"1": "1"})],
    ),
    (
        "limit-other-target",
        "not_closed.limit",
        "limit",
        INVALID,
        "proof.target[1][1]",
        "limit of the product",
        [("proof.target[1][1]", "1")],
    ),
    (
        "limit-short-curve",
        "not_closed.limit",
        "limit",
        INVALID,
        "proof.curve",
        "expected 2 factors",
        [("proof.curve[1]", "DELETE")],
    ),
    (
        "limit-bare-number",
        "not_closed.limit",
        "limit",
        UNREADABLE,
        "proof.target[0][1]",
        "exact number",
        [("proof.target[0][1]", 1)],
    ),
    (
        "minor-unit-left-out",
        "not_closed.minor",
        "minor",
        INVALID,
        "proof.hidden[0]",
        "lies on a path",
        [("proof.hidden[0]", [0])],
    ),
    (
        "minor-out-of-range",
        "not_closed.minor",
        "minor",
        INVALID,
        "proof.rows[1]",
        "below 3",
        [("proof.rows", [0, 3])],
    ),
    (
        "minor-row-twice",
        "not_closed.minor",
        "minor",
        INVALID,
        "proof.rows",
        "distinct",
        [("proof.rows", [0, 0])],
    ),
    (
        "minor-empty",
        "not_closed.minor",
        "minor",
        INVALID,
        "proof.hidden[0]",
        "at least one",
        [("proof.hidden[0]", [])],
    ),
    (
        "minor-boolean",
        "not_closed.minor",
        "minor",
        UNREADABLE,
        "proof.rows[0]",
        "an integer",
        [("proof.rows", [True, 1])],
    ),
    (
        "identity-sign",
        "outside.identity",
        "limit",
        INVALID,
        "proof.outside.terms",
        "monomial",
        [("proof.outside.terms[1].cofactor[0].coefficient", "1")],
    ),
    (
        "identity-missing-term",
        "outside.identity",
        "limit",
        INVALID,
        "proof.outside.terms",
        "monomial",
        [("proof.outside.terms[2]", "DELETE")],
    ),
    (
        "identity-entry-outside",
        "outside.identity",
        "limit",
        INVALID,
        "proof.outside.terms[0]",
        "outside the 2 x 2 target",
        [("proof.outside.terms[0].row", 2)],
    ),
    (
        "identity-variable-off-mask",
        "outside.identity",
        "limit",
        INVALID,
        "proof.outside.terms[0].cofactor",
        "[0, 0, 1]",
        [("proof.outside.terms[0].cofactor[0].monomial[0][0]", [0, 0, 1])],
    ),
    (
        "split-off-mask",
        "outside.split",
        "split",
        INVALID,
        "proof.outside.variable",
        "entry of a factor's mask",
        [("proof.outside.variable", [0, 0, 1])],
    ),
    (
        "split-inverse-in-zero-branch",
        "outside.split",
        "split",
        INVALID,
        "proof.outside.zero.terms[0].cofactor",
        "outside the nonzero branch",
        [
            ("proof.outside.zero", SPLIT["nonzero"]),
            ("proof.outside.zero.terms[0]", SPLIT["nonzero"]["terms"][1]),
        ],
    ),
    (
        "split-inverse-of-another",
        "outside.split",
        "split",
        INVALID,
        "proof.outside.nonzero.terms[2].inverse_of",
        "may be zero",
        [("proof.outside.nonzero.terms[2].inverse_of", [0, 1, 0])],
    ),
    (
        "split-twice",
        "outside.split",
        "split",
        INVALID,
        "proof.outside.nonzero.variable",
        "split before",
        [("proof.outside.nonzero", SPLIT)],
    ),
    (
        "squares-negative-weight",
        "outside.squares",
        "squares",
        INVALID,
        "proof.outside.squares[0].weight",
        "positive weight",
        [("proof.outside.squares[0].weight", "-1/2")],
    ),
    (
        "squares-other-weight",
        "outside.squares",
        "squares",
        INVALID,
        "proof.outside.terms",
        "monomial",
        [("proof.outside.squares[0].weight", "1/3")],
    ),
    (
        "trust-other-equation",
        "outside.trust",
        "trust",
        INVALID,
        "proof.outside.statement",
        "no equation",
        [("proof.outside.statement", STATEMENT.replace("w_1_0_0) 0", "w_1_0_0) 2"))],
    ),
    (
        "trust-nonzero-outside-branch",
        "outside.trust",
        "trust",
        INVALID,
        "proof.outside.statement",
        "may be zero",
        [
            (
                "proof.outside.statement",
                STATEMENT.replace("(check-sat)", "(assert (not (= w_0_0_0 0)))(check-sat)"),
            )
        ],
    ),
    (
        "trust-other-target",
        "outside.trust",
        "trust",
        INVALID,
        "proof.outside.statement",
        "assertion 1 is no equation",
        [
            ("claim.masks", [[[1]], [[1]]]),
            ("proof.target", [["1"]]),
            ("proof.curve", [[[{"0": "1"}]], [[{"0": "1"}]]]),
            (
                "proof.outside.statement",
                TWO_TARGETS,
            ),
        ],
    ),
    (
        "trust-no-solver",
        "outside.trust",
        "trust",
        UNREADABLE,
        "proof.outside.solvers",
        "at least 1",
        [("proof.outside.solvers", [])],
    ),
    (
        "coordinate-two-masks",
        "closed.coordinate",
        "coordinate",
        INVALID,
        "proof",
        "expected one mask",
        [LU2_CLAIM],
    ),
    (
        "coordinate-unknown-key",
        "closed.coordinate",
        "coordinate",
        UNREADABLE,
        "proof",
        "unknown",
        [("proof.proof", {"rule": "coordinate"})],
    ),
    (
        "scalar-two-rows",
        "closed.scalar",
        "scalar",
        INVALID,
        "proof",
        "found 2 rows and 2 columns",
        [LU2_CLAIM],
    ),
    (
        "scalar-narrow-inside",
        "closed.scalar",
        "scalar",
        INVALID,
        "proof",
        "found 2 rows and 3 columns",
        [("claim.masks", [ones(2, 1), ones(1, 3)])],
    ),
    (
        "transpose-forgotten",
        "closed.transpose",
        "transpose",
        INVALID,
        "proof.proof",
        "expected two rows",
        [("proof", {"rule": "units", "proof": {"rule": "two_rows"}})],
    ),
    (
        "transpose-lu",
        "closed.transpose",
        "transpose",
        INVALID,
        "proof.proof.proof",
        "owns a column",
        [LU2_CLAIM],
    ),
    (
        "permute-other-order",
        "closed.permute",
        "permute",
        INVALID,
        "proof.proof.factors[0]",
        "not this Kronecker product",
        [("proof.permutations", [[0, 2, 1, 3], [0, 1, 2, 3], [3, 0, 2, 1]])],
    ),
    (
        "permute-twice-the-same",
        "closed.permute",
        "permute",
        INVALID,
        "proof.permutations[1]",
        "exactly once",
        [("proof.permutations", [[0, 2, 1, 3], [1, 1, 3, 2], [3, 0, 2, 1]])],
    ),
    (
        "permute-layers",
        "closed.permute",
        "permute",
        INVALID,
        "proof.permutations",
        "expected 3 lists",
        [("proof.permutations", [[0, 2, 1, 3], [3, 0, 2, 1]])],
    ),
    (
        "prune-live-unit",
        "closed.prune",
        "prune",
        INVALID,
        "proof.hidden[0]",
        "unit 0 is left out",
        [("proof.hidden", [[1]])],
    ),
    (
        "prune-nothing-kept",
        "closed.prune",
        "prune",
        INVALID,
        "proof.hidden[0]",
        "at least one",
        [("proof.hidden", [[]])],
    ),
    (
        "prune-layers",
        "closed.prune",
        "prune",
        INVALID,
        "proof.hidden",
        "expected 1 lists",
        [("proof.hidden", [[0], [0]])],
    ),
    (
        "units-three-layers",
        "closed.units",
        "units",
        INVALID,
        "proof",
        "expected two masks",
        [("claim.masks", DEEP)],
    ),
    (
        "units-one-layer",
        "closed.units",
        "units",
        INVALID,
        "proof",
        "expected two masks",
        [("claim.masks", [LU2[0]])],
    ),
    (
        "merge_layers-unit-left",
        "closed.merge_layers",
        "merge_layers",
        INVALID,
        "proof.steps",
        "no unit to be left",
        [("proof.steps[1]", "DELETE")],
    ),
    (
        "merge_layers-last",
        "closed.merge_layers",
        "merge_layers",
        INVALID,
        "proof.at",
        "at most 1",
        [("proof.at", 2)],
    ),
    (
        "merge_layers-cap",
        "closed.merge_layers",
        "merge_layers",
        UNREADABLE,
        "proof.steps[0].step",
        "unknown here",
        [("proof.steps[0]", {"step": "cap", "axis": "rows", "delete": [0]})],
    ),
    (
        "two_rows-multiplicity",
        "instance.two_rows",
        "two_rows",
        INVALID,
        "proof.proof.proof",
        "multiplicity 1",
        [
            ("claim.masks", [ones(2, 2), ones(2, 2)]),
            (
                "proof.proof",
                {
                    "rule": "reduce",
                    "steps": [{"step": "merge", "units": [0, 1]}],
                    "proof": {"rule": "two_rows"},
                },
            ),
        ],
    ),
    (
        "peel-three-classes",
        "closed.peel",
        "peel",
        INVALID,
        "proof",
        "two classes",
        [
            ("claim.masks", [[[1, 0, 0], [1, 1, 1]], [[1, 1, 0], [0, 0, 1], [0, 1, 0]]]),
            ("proof.proof", {"rule": "coordinate"}),
        ],
    ),
    ("peel-lu", "closed.peel", "peel", INVALID, "proof", "two classes", [LU2_CLAIM]),
    (
        "peel-one-layer",
        "closed.peel",
        "peel",
        INVALID,
        "proof.proof.proof",
        "at least two masks",
        [("proof.proof.proof", PEEL["proof"])],
    ),
    (
        "chainable-other-mask",
        "closed.chainable",
        "chainable",
        INVALID,
        "proof.factors[0]",
        "not this Kronecker product",
        [("proof.factors[0]", [2, 2, 2, 1])],
    ),
    (
        "chainable-order",
        "closed.chainable",
        "chainable",
        INVALID,
        "proof.factors[1]",
        "not chainable",
        [("claim.masks", BUTTERFLY[::-1]), ("proof.factors", [[2, 2, 2, 1], [1, 2, 2, 2]])],
    ),
    (
        "chainable-zero",
        "closed.chainable",
        "chainable",
        UNREADABLE,
        "proof.factors[0][0]",
        "positive",
        [("proof.factors[0][0]", 0)],
    ),
    (
        "reduce-unknown-step",
        "instance.reduce",
        "reduce",
        UNREADABLE,
        f"{IN}.steps[0].step",
        "unknown here",
        [(f"{IN}.steps[0].step", "absorb")],
    ),
    (
        "reduce-wrong-end",
        "instance.reduce",
        "reduce",
        INVALID,
        f"{IN}.proof",
        "expected no unit",
        [(f"{IN}.proof.rule", "empty")],
    ),
    (
        "product-shared-entry",
        "instance.product",
        "units",
        INVALID,
        f"{IN}.parts[1]",
        "observed entry (1, 1)",
        [LU2_CLAIM],
    ),
    (
        "product-unit-left-out",
        "instance.product",
        "units",
        INVALID,
        f"{IN}.parts",
        "every unit",
        [(f"{IN}.parts[1]", "DELETE")],
    ),
    (
        "product-unit-unknown",
        "instance.product",
        "units",
        INVALID,
        f"{IN}.parts[1].units[0]",
        "found 2",
        [(f"{IN}.parts[1].units[0]", 2)],
    ),
    (
        "instance-transpose-lu",
        "instance.transpose",
        "instance-transpose",
        INVALID,
        f"{IN}.proof",
        "owns a column",
        [LU2_CLAIM],
    ),
    (
        "instance-transpose-forgotten",
        "instance.transpose",
        "instance-transpose",
        INVALID,
        IN,
        "expected two rows",
        [(IN, {"rule": "two_rows"})],
    ),
    (
        "empty-unit-left",
        "instance.empty",
        "empty",
        INVALID,
        f"{IN}.proof",
        "found 1",
        [(f"{IN}.steps[0].units", [0])],
    ),
    (
        "empty-extra-field",
        "instance.empty",
        "empty",
        UNREADABLE,
        f"{IN}.proof",
        "unknown",
        [(f"{IN}.proof.units", [])],
    ),
    ("rank-two-units", "instance.rank", "units", INVALID, IN, "expected one unit", [(IN, {"rule": "rank"})]),
    (
        "rank-free-entry",
        "instance.rank",
        "split-step",
        INVALID,
        f"{IN}.proof",
        "free entry",
        [(f"{IN}.steps", CROSS_STEPS[:2]), (f"{IN}.proof.rule", "rank")],
    ),
    (
        "antitone-lu",
        "instance.antitone",
        "antitone",
        INVALID,
        IN,
        "neither disjoint nor antitone",
        [LU2_CLAIM],
    ),
    (
        "antitone-nested",
        "instance.antitone",
        "antitone",
        INVALID,
        IN,
        "neither disjoint nor antitone",
        [("claim.masks[0]", [[1, 1, 1], [1, 1, 1], [1, 1, 0]])],
    ),
    (
        "antitone-free-entry",
        "instance.antitone",
        "split-step",
        INVALID,
        f"{IN}.proof",
        "free entry",
        [(f"{IN}.steps", CROSS_STEPS[:1]), (f"{IN}.proof.rule", "antitone")],
    ),
    ("two_rows-lu", "instance.two_rows", "two_rows", INVALID, IN, "owns a column", [LU2_CLAIM]),
    (
        "two_rows-both-own",
        "instance.two_rows",
        "two_rows",
        INVALID,
        IN,
        "owns a column",
        [("claim.masks", [ones(2, 2), [[1, 1, 0], [1, 0, 1]]])],
    ),
    (
        "two_rows-three-rows",
        "instance.two_rows",
        "two_rows",
        INVALID,
        IN,
        "found 3",
        [("claim.masks[0]", ones(3, 2))],
    ),
    (
        "full_space-unit-used-up",
        "instance.full_space",
        "full_space",
        INVALID,
        f"{IN}.matchings[0].pairs[1]",
        "used up",
        [(f"{IN}.matchings[0].pairs[1]", [1, 0])],
    ),
    (
        "full_space-row-unmatched",
        "instance.full_space",
        "full_space",
        INVALID,
        f"{IN}.matchings[2]",
        "row 1",
        [(f"{IN}.matchings[2].pairs[1]", "DELETE")],
    ),
    (
        "full_space-column-left-out",
        "instance.full_space",
        "full_space",
        INVALID,
        f"{IN}.matchings",
        "column 1",
        [(f"{IN}.matchings[1]", "DELETE")],
    ),
    (
        "drop-live-unit",
        "step.drop",
        "empty",
        INVALID,
        f"{IN}.steps[0].units[1]",
        "observed entry",
        [("claim.masks[1][1]", [1, 0])],
    ),
    (
        "drop-twice",
        "step.drop",
        "empty",
        INVALID,
        f"{IN}.steps[0].units",
        "distinct",
        [(f"{IN}.steps[0].units", [0, 0])],
    ),
    (
        "split-step-entry-lost",
        "step.split",
        "split-step",
        INVALID,
        f"{IN}.steps[2]",
        "lies in no part",
        [(f"{IN}.steps[2].parts[1]", "DELETE")],
    ),
    (
        "split-step-overlap",
        "step.split",
        "split-step",
        INVALID,
        f"{IN}.steps[2].parts[1].rows",
        "present",
        [(f"{IN}.steps[2].parts[1].rows", [0])],
    ),
    (
        "split-step-observed-outside",
        "step.split",
        "split-step",
        INVALID,
        f"{IN}.steps[1]",
        "row 1 that lies in no part",
        [(f"{IN}.steps[1]", "DELETE")],
    ),
    (
        "merge-different",
        "step.merge",
        "reduce",
        INVALID,
        f"{IN}.steps[0].units",
        "same columns",
        [(f"{IN}.steps[0].units", [0, 2])],
    ),
    (
        "merge-one",
        "step.merge",
        "reduce",
        INVALID,
        f"{IN}.steps[0].units",
        "at least 2",
        [(f"{IN}.steps[0].units", [0])],
    ),
    (
        "free-too-few",
        "step.free",
        "split-step",
        INVALID,
        f"{IN}.steps[0].unit",
        "multiplicity",
        [(f"{IN}.steps[0].unit", 0)],
    ),
    (
        "free-gone",
        "step.free",
        "split-step",
        INVALID,
        f"{IN}.steps[1].unit[0]",
        "found 1",
        [(f"{IN}.steps[1].unit", 1)],
    ),
    (
        "free_cover-line-missing",
        "step.free_cover",
        "free_cover",
        INVALID,
        f"{IN}.steps[3]",
        "(1, 0)",
        [(f"{IN}.steps[3].columns", [])],
    ),
    (
        "free_cover-line-too-many",
        "step.free_cover",
        "free_cover",
        INVALID,
        f"{IN}.steps[3].unit",
        "multiplicity at least 3",
        [(f"{IN}.steps[3].columns", [0, 1])],
    ),
    (
        "free_cover-nothing-freed-before",
        "step.free_cover",
        "free_cover",
        INVALID,
        f"{IN}.steps[2]",
        "(1, 1)",
        [(f"{IN}.steps[2]", {"step": "free_cover", "unit": 4, "rows": [0], "columns": [0]})],
    ),
    (
        "cap-too-many",
        "step.cap",
        "cap",
        INVALID,
        f"{IN}.steps[0].delete[0]",
        "kept lines",
        [(f"{IN}.steps[0].delete", [1, 2])],
    ),
    (
        "cap-axis",
        "step.cap",
        "cap",
        INVALID,
        f"{IN}.steps[0].axis",
        "rows or columns",
        [(f"{IN}.steps[0].axis", "units")],
    ),
    (
        "cap-free-entries-differ",
        "step.cap",
        "forget",
        INVALID,
        f"{IN}.steps[1].delete[0]",
        "kept lines",
        [
            ("claim.masks", [[[1, 1], [0, 1], [0, 1]], [[1, 0], [1, 1]]]),
            (f"{IN}.steps[1]", {"step": "cap", "axis": "rows", "delete": [0]}),
        ],
    ),
    (
        "forget-observed",
        "step.forget",
        "forget",
        INVALID,
        f"{IN}.steps[1].delete[0]",
        "observed entry",
        [(f"{IN}.steps[1].delete[0]", 1)],
    ),
    (
        "forget-gone",
        "step.forget",
        "forget",
        INVALID,
        f"{IN}.steps[3].delete",
        "present",
        [(f"{IN}.steps[3]", {"step": "forget", "axis": "rows", "delete": [0]})],
    ),
    (
        "format-other-format",
        "format",
        "limit",
        UNREADABLE,
        "format",
        "semialg-certificate",
        [("format", "proof")],
    ),
    ("format-version", "format", "limit", UNREADABLE, "version", "version 1", [("version", 2)]),
    ("format-version-boolean", "format", "limit", UNREADABLE, "version", "version 1", [("version", True)]),
    (
        "format-no-claim",
        "format",
        "limit",
        UNREADABLE,
        "certificate",
        "missing ['claim']",
        [("claim", "DELETE")],
    ),
    (
        "format-unknown-rule",
        "format",
        "limit",
        UNREADABLE,
        "proof.rule",
        "unknown here",
        [("proof.rule", "coordinate")],
    ),
    ("format-kind", "format", "limit", UNREADABLE, "claim.kind", "closed", [("claim.kind", "open")]),
    (
        "format-mask-entry",
        "format",
        "limit",
        UNREADABLE,
        "claim.masks[0][1]",
        "0 and 1",
        [("claim.masks[0][1][1]", 2)],
    ),
    (
        "format-masks-do-not-chain",
        "format",
        "limit",
        UNREADABLE,
        "claim.masks[1]",
        "as many rows",
        [("claim.masks[1][1]", "DELETE")],
    ),
    ("format-hash-alone", "format", "minor-hashed", UNREADABLE, "claim", "has to be given", []),
    (
        "format-other-pattern",
        "format",
        "limit",
        INVALID,
        "claim.masks[0]",
        "given pattern",
        [("claim.masks[0][0][1]", 1)],
    ),
    (
        "format-other-hash",
        "format",
        "minor-hashed",
        INVALID,
        "claim.masks_sha256",
        "hash",
        [("claim.masks_sha256", "0" * 64)],
    ),
]


def rejected() -> dict[str, tuple[Json, Json]]:
    """Return the rejected certificates: name -> (certificate, manifest entry)."""
    sources = accepted()
    found: dict[str, tuple[Json, Json]] = {}
    parts = [TREES, RANKS, FULLNESS, RELU, SCALAR, IMAGES]
    faults = [*FAULTS, *(fault for part in parts for fault in part["faults"]())]
    for name, rule, source, status, where, reason, changes in faults:
        _, document, pattern = sources[source]
        expected = {"rule": rule, "status": status, "where": where, "reason": reason}
        if pattern is not None and name != "format-hash-alone":
            expected["pattern"] = pattern
        assert name not in found
        found[name] = edited(document, *changes), expected
    # One change each, found by benchmarks/plant_faults.py: the clause named notices it, no file above does.
    for planted in json.loads(Path(__file__).with_name("planted.json").read_text(encoding="utf-8")):
        _, document, pattern = sources[planted["from"]]
        expected = {key: planted[key] for key in ("rule", "status", "where", "reason")}
        if pattern is not None:
            expected["pattern"] = pattern
        found[planted["name"]] = changed(document, planted["path"], planted["value"]), expected
    return found


def changed(document: Json, path: Json, value: Json) -> Json:
    """Return a document with another value at a path."""
    if not path:
        return value
    found = copy.copy(document)
    found[path[0]] = changed(document[path[0]], path[1:], value)
    return found


# Texts that are not even JSON of the wanted kind: name -> (bytes, words of the reason).
RAW = {
    "format-duplicate-key": (
        b'{"format": "semialg-certificate", "version": 1, "version": 1}',
        "occurs twice",
    ),
    "format-float": (b'{"format": "semialg-certificate", "version": 1.0}', "not an integer"),
    "format-nan": (b'{"format": "semialg-certificate", "version": NaN}', "not an integer"),
    "format-minus-zero": (b'{"format": "semialg-certificate", "version": -0}', "-0"),
    "format-not-utf8": (b'{"format": "\xff"}', "not UTF-8"),
    "format-too-deep": (b'{"proof": ' + b"[" * 300 + b"0" + b"]" * 300 + b"}", "nested"),
    "format-truncated": (b'{"format": "semialg-certificate", "version": 1', "not JSON"),
}


def text(document: Json) -> bytes:
    """Return the JSON text of a document, lists without lists and short objects on one line."""
    spread = json.dumps(document, indent=1)
    for opening, closing in ("[]", "{}", "[]"):
        inner = rf"\{opening}\s+([^\[\]{{}}]{{0,90}}?)\s+\{closing}"
        spread = re.sub(inner, lambda m: opening + re.sub(r"\s*\n\s*", " ", m[1]) + closing, spread)  # noqa: B023
    return (spread + "\n").encode()


def files() -> dict[str, bytes]:
    """Return every file of the two corpora by its path below proofs/."""
    found: dict[str, bytes] = {}
    manifest: dict[str, Json] = {}
    for name, (rules, document, pattern) in accepted().items():
        found[f"accept/{name}.json"] = text(document)
        manifest[f"{name}.json"] = {"rules": rules, "status": "holey" if "trust" in name else "valid"}
        if pattern is not None:
            manifest[f"{name}.json"]["pattern"] = pattern
    found["accept/manifest.json"] = text(manifest)
    manifest = {}
    for name, (document, expected) in rejected().items():
        found[f"reject/{name}.json"] = text(document)
        manifest[f"{name}.json"] = expected
    for name, (raw, reason) in RAW.items():
        found[f"reject/{name}.json"] = raw
        manifest[f"{name}.json"] = {
            "rule": "format",
            "status": UNREADABLE,
            "where": "certificate",
            "reason": reason,
        }
    found["reject/manifest.json"] = text(manifest)
    return found


if __name__ == "__main__":
    for path, content in files().items():
        (PROOFS / path).parent.mkdir(parents=True, exist_ok=True)
        (PROOFS / path).write_bytes(content)
