"""The part of the corpora about networks; make_corpus.py writes the files.

``accepted(limit, minor)`` and ``faults()`` have the forms of the functions and tables there.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

Json = Any

INVALID = "invalid"
UNREADABLE = "unreadable"

LU2 = [[[1, 0], [1, 1]], [[1, 1], [0, 1]]]
LU3 = [[[1, 0, 0], [1, 1, 0], [1, 1, 1]], [[1, 1, 1], [0, 1, 1], [0, 0, 1]]]
# Outputs 0 and 1 share the units 0 and 1, whose inputs are nested; output 2 has the unit 2 alone.
NESTED = [[[1, 1, 0], [1, 1, 0], [0, 0, 1]], [[1, 1, 1], [0, 1, 1], [1, 1, 0]]]
# Two hidden layers; the products of the first two masks are the lower triangular matrices.
DEEP = [LU2[0], *LU2]
# The same with another unit next to the outputs, which sees only what unit 1 sees.
DEEP_WIDE = [[[1, 0, 0], [1, 1, 1]], [[1, 0], [1, 1], [0, 1]], LU2[1]]
# Output 0 has the units 0 and 1; the outputs 1 and 2 share the unit 2.
SEPARATE = [[[1, 1, 0], [0, 0, 1], [0, 0, 1]], [[1, 1, 0], [0, 1, 1], [1, 1, 1]]]

# Outputs 0 and 1 share units 1 and 3, of which 3 reads input 2 alone; units 0, 2 and 4 feed one output each.
KINKED = [
    [[0, 1, 1, 1, 0], [1, 1, 0, 1, 0], [0, 0, 0, 0, 1]],
    [[1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [0, 1, 0]],
]


def document(claim: Json, proof: Json) -> Json:
    return {"format": "semialg-certificate", "version": 1, "claim": claim, "proof": proof}


def training(regime: str, answer: str, masks: Json, proof: Json) -> Json:
    return document({"kind": "training", "regime": regime, "answer": answer, "masks": masks}, proof)


def level(regime: str, answer: str, widths: Json, ones: Json, rule: str) -> Json:
    claim = {"kind": "training_level", "regime": regime, "answer": answer, "widths": widths, "ones": ones}
    return document(claim, {"rule": rule})


def data(masks: Json, points: Json, targets: Json, rule: str, proof: Json) -> Json:
    claim = {
        "kind": "no_optimum",
        "masks": masks,
        "points": [[str(value) for value in point] for point in points],
        "targets": [[str(value) for value in target] for target in targets],
    }
    return document(claim, {"rule": rule, "proof": proof})


def monomial(coefficient: str, *variables: list[int]) -> Json:
    return {"coefficient": coefficient, "monomial": [[variable, 1] for variable in variables]}


def deep_limit(more: int) -> Json:
    """Return the proof that DEEP is not closed, or DEEP_WIDE with one unit ``more`` (swap rows).

    With u = x_00 z_00 and v = (x_10 z_00 + ...), the paths from output 1 to unit 0:
    v y_01 (u y_00 - 0) - (u y_01 - 1) - u y_01 (v y_00 - 1) = 1.
    """
    paths = [([0, 1, 0], [1, 0, 0]), ([0, 1, 1], [1, 1, 0])]
    first = [[{"0": "1"}, {}], [{}, {"0": "1"}]]
    second = [[{"0": "1"}, {}], [{"-1": "1"}, {"0": "1"}]]
    if more:
        first = [[*row, {}] for row in first]
        second = [*second, [{}, {}]]
    y01 = [2, 0, 1]
    return {
        "rule": "limit",
        "target": [["0", "1"], ["1", "0"]],
        "curve": [first, second, [[{"1": "1"}, {"0": "1"}], [{}, {"-1": "-1"}]]],
        "outside": {
            "rule": "identity",
            "terms": [
                {"row": 0, "column": 0, "cofactor": [monomial("1", x, z, y01) for x, z in paths]},
                {"row": 0, "column": 1, "cofactor": [monomial("-1")]},
                {"row": 1, "column": 0, "cofactor": [monomial("-1", [0, 0, 0], [1, 0, 0], y01)]},
            ],
        },
    }


def shells(masks: Json, proof: Json) -> Json:
    """Return the data set of six points: a triangle inside a triangle, targets with the inputs swapped."""
    points = [(0, 0), (1, 0), (0, 1), (-1, -1), (3, -1), (-1, 3)]
    found = data(masks, points, [(b, a) for a, b in points], "shells", proof)
    found["proof"]["shells"] = 1
    return found


def kinked(*more: tuple[Any, ...]) -> Json:
    """Return the data of X1 for KINKED along (0, 2, 0): units 1 and 0 merge at place 4, 2 is spent at 1.

    Unit 3 reads only input 2 and does not move; unit 4 feeds output 2 alone. More points may lie anywhere.
    """
    points = [(5, 2 * z, "1/2") for z in range(7)] + list(more)
    places = [point[1] / 2 for point in points]
    targets = [(max(0, z - 4) + max(0, z - 1), 1 + (z > 4) - (z < 4), 0) for z in places]
    claim = {
        "kind": "no_optimum",
        "masks": KINKED,
        "points": [[str(value) for value in point] for point in points],
        "targets": [[str(Fraction(value)) for value in target] for target in targets],
    }
    return document(
        claim,
        {
            "rule": "kinks",
            "rows": [1, 0],
            "units": [1, 0],
            "inputs": [1, 1],
            "along": list(range(7)),
            "center": 4,
            "others": [{"unit": 2, "input": 1, "row": 0, "at": 1}],
        },
    )


def reachable(masks: Json, points: Json, proof: Json) -> Json:
    claim = {
        "kind": "reachable_closed",
        "masks": masks,
        "points": [[str(value) for value in point] for point in points],
    }
    return document(claim, proof)


def accepted(limit: Json, minor: Json) -> dict[str, tuple[list[str], Json, Json | None]]:
    """Return the accepted certificates; ``limit`` proves LU2 and ``minor`` LU3 not closed (swap rows)."""
    curve = [(s, s * s) for s in range(9)]
    grid = [(a, b) for a in range(5) for b in range(5)]
    return {
        "training-obstruction": (
            ["training.obstruction"],
            training("finite_data", "may_fail", LU3, {"rule": "obstruction", "proof": minor}),
            LU3,
        ),
        "training-linear": (
            ["training.linear"],
            training("bounded_domain", "closed", [LU2[0]], {"rule": "linear"}),
            None,
        ),
        "training-separate": (
            ["training.separate"],
            training("finite_data", "always", SEPARATE, {"rule": "separate"}),
            None,
        ),
        "training-nested": (
            ["training.nested"],
            training("bounded_domain", "closed", NESTED, {"rule": "nested"}),
            None,
        ),
        "training-kinks": (
            ["training.kinks"],
            training("finite_data", "may_fail", KINKED, {"rule": "kinks", "rows": [1, 0], "units": [1, 0]}),
            None,
        ),
        "kinks": (["no_optimum.kinks"], kinked(), None),
        "kinks-off-line": (["no_optimum.kinks"], kinked((7, -3, 2), (5, 9, 0), (5, 9, "1/2")), None),
        "reach-separate": (
            ["reachable_closed.separate"],
            reachable(SEPARATE, [(0, 0, 1), (1, "1/2", 0), (2, 0, 0)], {"rule": "separate"}),
            None,
        ),
        "reach-two-points": (
            ["reachable_closed.two_points"],
            reachable(DEEP, [(0, 1), (2, 1), (0, 1)], {"rule": "two_points"}),
            None,
        ),
        "reach-interpolation": (
            ["reachable_closed.interpolation"],
            reachable(
                [[[1, 1, 1], [1, 0, 1]], [[1, 1, 0], [1, 1, 1], [1, 0, 1]]],
                [(0, 0, 3), (1, 5, 1), (0, 0, 3), (2, 0, 1)],
                {"rule": "interpolation", "units": [2, 0], "direction": ["1", "0", "0"]},
            ),
            None,
        ),
        "level-linear": (
            ["training_level.linear"],
            level("finite_data", "always", [3, 4], [5], "linear"),
            None,
        ),
        "level-separate": (
            ["training_level.separate"],
            level("finite_data", "always", [1, 4, 3], [2, 7], "separate"),
            None,
        ),
        "level-nested": (
            ["training_level.nested"],
            level("bounded_domain", "closed", [2, 3, 3], [6, 3], "nested"),
            None,
        ),
        "simplex": (
            ["no_optimum.simplex"],
            data(
                LU3,
                [(1, "1/2", 3), (2, "1/2", 3), (1, "-1/2", 3)],
                [(0, 5, 0), (0, 6, 0), (-1, 5, 0)],
                "simplex",
                minor,
            ),
            None,
        ),
        "slice": (["no_optimum.slice"], data(LU2, curve, [(b, a) for a, b in curve], "slice", limit), None),
        "shells": (["no_optimum.shells"], shells(DEEP, deep_limit(0)), None),
        "grid": (["no_optimum.grid"], data(LU2, grid, [(b, a) for a, b in grid], "grid", limit), None),
        "hyperplane": (
            ["no_nearest.hyperplane"],
            document(
                {
                    "kind": "no_nearest",
                    "breakpoints": ["-1", "-1/2", "1"],
                    "values": ["-1", "0", "1"],
                    "distance": "5/12",
                },
                {"rule": "hyperplane"},
            ),
            None,
        ),
    }


def faults() -> Json:
    """Return name, rule, accepted certificate, status, place, words of the reason, and what is changed."""
    return [
        (
            "training-obstruction-always",
            "training.obstruction",
            "training-obstruction",
            INVALID,
            "claim.answer",
            "may_fail",
            [("claim.answer", "always")],
        ),
        (
            "training-obstruction-target",
            "training.obstruction",
            "training-obstruction",
            INVALID,
            "proof.proof.proof.target[0][0]",
            "limit of the product",
            [("proof.proof.proof.target[0][0]", "1")],
        ),
        (
            "training-linear-two-masks",
            "training.linear",
            "training-linear",
            INVALID,
            "proof",
            "one mask",
            [("claim.masks", LU2)],
        ),
        (
            "training-linear-may-fail",
            "training.linear",
            "training-linear",
            INVALID,
            "claim.answer",
            "closed",
            [("claim.answer", "may_fail")],
        ),
        (
            "training-separate-shared",
            "training.separate",
            "training-separate",
            INVALID,
            "proof",
            "share a part",
            [("claim.masks[0][0][2]", 1)],
        ),
        (
            "training-separate-domain",
            "training.separate",
            "training-separate",
            INVALID,
            "claim.regime",
            "finite_data",
            [("claim.regime", "bounded_domain"), ("claim.answer", "closed")],
        ),
        (
            "training-separate-regime",
            "training.separate",
            "training-separate",
            UNREADABLE,
            "claim.regime",
            "bounded_domain",
            [("claim.regime", "any")],
        ),
        (
            "training-kinks-always",
            "training.kinks",
            "training-kinks",
            INVALID,
            "claim.answer",
            "may_fail",
            [("claim.answer", "always")],
        ),
        (
            "training-kinks-domain",
            "training.kinks",
            "training-kinks",
            INVALID,
            "claim.regime",
            "finite_data",
            [("claim.regime", "bounded_domain"), ("claim.answer", "not_closed")],
        ),
        (
            "training-kinks-deep",
            "training.kinks",
            "training-kinks",
            INVALID,
            "proof",
            "two masks",
            [("claim.masks", [[[1, 1], [1, 1]], [[1, 1], [1, 1]], [[1, 1], [1, 1]]])],
        ),
        (
            "training-kinks-one-output",
            "training.kinks",
            "training-kinks",
            INVALID,
            "proof.rows",
            "two outputs",
            [("proof.rows", [1, 1])],
        ),
        (
            "training-kinks-no-output",
            "training.kinks",
            "training-kinks",
            INVALID,
            "proof.rows",
            "two outputs",
            [("proof.rows", [1, 3])],
        ),
        (
            "training-kinks-one-unit",
            "training.kinks",
            "training-kinks",
            INVALID,
            "proof.units",
            "two units",
            [("proof.units", [1, 1])],
        ),
        (
            "training-kinks-no-unit",
            "training.kinks",
            "training-kinks",
            INVALID,
            "proof.units",
            "two units",
            [("proof.units", [1, 5])],
        ),
        (
            "training-kinks-first-not-shared",
            "training.kinks",
            "training-kinks",
            INVALID,
            "proof.units",
            "unit 2 does not feed output 1",
            [("proof.units", [2, 0])],
        ),
        (
            "training-kinks-second-not-shared",
            "training.kinks",
            "training-kinks",
            INVALID,
            "proof.units",
            "unit 2 does not feed output 1",
            [("proof.units", [1, 2])],
        ),
        (
            "training-kinks-other-output",
            "training.kinks",
            "training-kinks",
            INVALID,
            "proof.units",
            "unit 0 does not feed output 0",
            [("proof.units", [0, 1])],
        ),
        (
            "training-kinks-reads-nothing",
            "training.kinks",
            "training-kinks",
            INVALID,
            "proof.units",
            "reads no input",
            [("claim.masks[1][0]", [0, 0, 0])],
        ),
        (
            "kinks-not-on-a-line",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "proof.along",
            "not on the line",
            [("claim.points[6][0]", "6")],
        ),
        (
            "kinks-backwards",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "proof.along",
            "does not come after",
            [("proof.along", [0, 2, 1, 3, 4, 5, 6])],
        ),
        (
            "kinks-standing-still",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "proof.along",
            "are the same",
            [("claim.points[1]", ["5", "0", "1/2"])],
        ),
        (
            "kinks-no-such-point",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "proof.along",
            "there is no point 7",
            [("proof.along[6]", 7)],
        ),
        (
            "kinks-four-points",
            "no_optimum.kinks",
            "kinks",
            UNREADABLE,
            "proof.along",
            "at least 5",
            [("proof.along", [0, 1, 2, 3])],
        ),
        (
            "kinks-other-input",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "proof",
            "unit 1 does not read input 0",
            [("proof.inputs[0]", 0)],
        ),
        (
            "kinks-input-that-does-not-move",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "proof",
            "unit 2 does not read input 2",
            [("proof.others[0].input", 2)],
        ),
        (
            "kinks-target-off-the-line",
            "no_optimum.kinks",
            "kinks-off-line",
            INVALID,
            "claim.targets[8]",
            "limit of the sequence",
            [("claim.targets[8][0]", "5")],
        ),
        (
            "kinks-units-part-off-the-line",
            "no_optimum.kinks",
            "kinks-off-line",
            INVALID,
            "claim.points[7]",
            "the two units have the same value",
            [
                ("claim.masks[1][0]", [1, 0, 0]),
                ("proof.inputs", [1, 0]),
                *((f"claim.points[{z}][0]", str(5 + z)) for z in range(7)),
            ],
        ),
        (
            "kinks-unit-left-out",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "proof.others",
            "each other unit",
            [("proof.others", [])],
        ),
        (
            "kinks-unit-twice",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "proof.others",
            "each other unit",
            [("proof.others", [{"unit": 2, "input": 1, "row": 0, "at": 1}] * 2)],
        ),
        (
            "kinks-foreign-unit",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "proof.others",
            "each other unit",
            [("proof.others[0].unit", 4)],
        ),
        (
            "kinks-wrong-output",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "proof.others[0].row",
            "that the unit feeds",
            [("proof.others[0].row", 1)],
        ),
        (
            "kinks-third-output",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "proof.others[0].row",
            "one of the two outputs",
            [("proof.others[0].row", 2)],
        ),
        (
            "kinks-constant-unit",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "proof.others",
            "each other unit",
            [("proof.units", [1, 3])],
        ),
        (
            "kinks-too-close",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "proof",
            "overlap",
            [("proof.others[0].at", 2)],
        ),
        (
            "kinks-at-the-end",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "proof",
            "neighbours",
            [("proof.others[0].at", 0)],
        ),
        (
            "kinks-center-at-the-end",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "proof",
            "neighbours",
            [("proof.center", 5)],
        ),
        (
            "kinks-other-target",
            "no_optimum.kinks",
            "kinks",
            INVALID,
            "claim.targets[4]",
            "limit of the sequence",
            [("claim.targets[4][1]", "2")],
        ),
        (
            "kinks-extra-field",
            "no_optimum.kinks",
            "kinks",
            UNREADABLE,
            "proof.others[0]",
            "unknown",
            [("proof.others[0].more", 1)],
        ),
        (
            "reach-separate-shared",
            "reachable_closed.separate",
            "reach-separate",
            INVALID,
            "proof",
            "share a part",
            [("claim.masks[0][0][2]", 1)],
        ),
        (
            "reach-separate-width",
            "reachable_closed.separate",
            "reach-separate",
            INVALID,
            "claim.points",
            "3 numbers a point",
            [("claim.points", [["0", "1"]])],
        ),
        (
            "reach-two-points-three",
            "reachable_closed.two_points",
            "reach-two-points",
            INVALID,
            "claim.points",
            "found 3",
            [("claim.points[2][0]", "1")],
        ),
        (
            "reach-two-points-width",
            "reachable_closed.two_points",
            "reach-two-points",
            INVALID,
            "claim.points",
            "2 numbers a point",
            [("claim.points", [["0"]])],
        ),
        (
            "reach-interpolation-same-value",
            "reachable_closed.interpolation",
            "reach-interpolation",
            INVALID,
            "proof.direction",
            "same value",
            [("claim.points[3][0]", "1")],
        ),
        (
            "reach-interpolation-too-few",
            "reachable_closed.interpolation",
            "reach-interpolation",
            INVALID,
            "proof.units",
            "at least 2 units",
            [("proof.units", [2])],
        ),
        (
            "reach-interpolation-twice",
            "reachable_closed.interpolation",
            "reach-interpolation",
            INVALID,
            "proof.units",
            "each unit once",
            [("proof.units", [2, 2])],
        ),
        (
            "reach-interpolation-not-all-outputs",
            "reachable_closed.interpolation",
            "reach-interpolation",
            INVALID,
            "proof.units[1]",
            "feed every output",
            [("proof.units", [2, 1])],
        ),
        (
            "reach-interpolation-does-not-read",
            "reachable_closed.interpolation",
            "reach-interpolation",
            INVALID,
            "proof.units[0]",
            "read all inputs",
            [("proof.direction", ["1", "1/7", "0"])],
        ),
        (
            "reach-interpolation-no-unit",
            "reachable_closed.interpolation",
            "reach-interpolation",
            INVALID,
            "proof.units[1]",
            "below 3",
            [("proof.units", [2, 3])],
        ),
        (
            "reach-interpolation-direction",
            "reachable_closed.interpolation",
            "reach-interpolation",
            INVALID,
            "proof.direction",
            "3 numbers",
            [("proof.direction", ["1", "0"])],
        ),
        (
            "reach-interpolation-deep",
            "reachable_closed.interpolation",
            "reach-interpolation",
            INVALID,
            "proof",
            "two masks",
            [("claim.masks", [[[1]], [[1]], [[1, 1, 1]]])],
        ),
        (
            "training-nested-crossing",
            "training.nested",
            "training-nested",
            INVALID,
            "proof",
            "cross",
            [("claim.masks[1][0]", [1, 1, 0])],
        ),
        (
            "training-nested-not-full",
            "training.nested",
            "training-nested",
            INVALID,
            "proof",
            "does not feed",
            [("claim.masks[0][1][0]", 0)],
        ),
        (
            "training-nested-deep",
            "training.nested",
            "training-nested",
            INVALID,
            "proof",
            "two masks",
            [("claim.masks", [[[1]], [[1]], [[1]]])],
        ),
        (
            "level-linear-hidden",
            "training_level.linear",
            "level-linear",
            INVALID,
            "claim.widths",
            "2 widths",
            [("claim.widths", [1, 3, 4]), ("claim.ones", [3, 5])],
        ),
        (
            "level-linear-ones",
            "training_level.linear",
            "level-linear",
            INVALID,
            "claim.ones",
            "1 numbers",
            [("claim.ones", [5, 5])],
        ),
        (
            "level-separate-two-outputs",
            "training_level.separate",
            "level-separate",
            INVALID,
            "proof",
            "one output",
            [("claim.widths[0]", 2), ("claim.ones[0]", 3)],
        ),
        (
            "level-separate-not-closed",
            "training_level.separate",
            "level-separate",
            INVALID,
            "claim.answer",
            "always",
            [("claim.answer", "may_fail")],
        ),
        (
            "level-nested-sparse-outputs",
            "training_level.nested",
            "level-nested",
            INVALID,
            "claim.ones[0]",
            "at least 6",
            [("claim.ones[0]", 5)],
        ),
        (
            "level-nested-crossing",
            "training_level.nested",
            "level-nested",
            INVALID,
            "claim.ones[1]",
            "at most 3",
            [("claim.ones[1]", 4)],
        ),
        (
            "simplex-two-points",
            "no_optimum.simplex",
            "simplex",
            INVALID,
            "claim.points",
            "expected 3 points",
            [("claim.points[2]", "DELETE"), ("claim.targets[2]", "DELETE")],
        ),
        (
            "simplex-wrong-column",
            "no_optimum.simplex",
            "simplex",
            INVALID,
            "claim.points[2]",
            "one column",
            [("claim.points[2]", ["1", "1/2", "4"])],
        ),
        (
            "simplex-column-twice",
            "no_optimum.simplex",
            "simplex",
            INVALID,
            "claim.points[2]",
            "each column once",
            [("claim.points[2]", ["3", "1/2", "3"])],
        ),
        (
            "simplex-target",
            "no_optimum.simplex",
            "simplex",
            INVALID,
            "claim.targets[1][2]",
            "lost linear map",
            [("claim.targets[1][2]", "1")],
        ),
        (
            "slice-eight-points",
            "no_optimum.slice",
            "slice",
            INVALID,
            "claim.points",
            "at least 9",
            [("claim.points[8]", "DELETE"), ("claim.targets[8]", "DELETE")],
        ),
        (
            "slice-twice",
            "no_optimum.slice",
            "slice",
            INVALID,
            "claim.points[8]",
            "listed before",
            [("claim.points[8]", ["1", "1"]), ("claim.targets[8]", ["1", "1"])],
        ),
        (
            "slice-off-curve",
            "no_optimum.slice",
            "slice",
            INVALID,
            "claim.points[8][1]",
            "next power",
            [("claim.points[8]", ["8", "8"]), ("claim.targets[8]", ["8", "8"])],
        ),
        (
            "slice-target",
            "no_optimum.slice",
            "slice",
            INVALID,
            "claim.targets[3][0]",
            "lost linear map",
            [("claim.targets[3][0]", "8")],
        ),
        (
            "shells-too-wide",
            "no_optimum.shells",
            "shells",
            INVALID,
            "proof.shells",
            "expected 2 units",
            [("claim.masks", DEEP_WIDE), ("proof.proof", deep_limit(1))],
        ),
        (
            "shells-all-layers",
            "no_optimum.shells",
            "shells",
            INVALID,
            "proof.shells",
            "fewer shells",
            [("proof.shells", 2)],
        ),
        (
            "shells-on-the-edge",
            "no_optimum.shells",
            "shells",
            INVALID,
            "claim.points[1]",
            "inside the shell",
            [("claim.points[4][0]", "5/3"), ("claim.targets[4][1]", "5/3")],
        ),
        (
            "shells-five-points",
            "no_optimum.shells",
            "shells",
            INVALID,
            "claim.points",
            "expected 3 points",
            [("claim.points[0]", "DELETE"), ("claim.targets[0]", "DELETE")],
        ),
        (
            "shells-no-corner",
            "no_optimum.shells",
            "shells",
            INVALID,
            "claim.points[5]",
            "one column",
            [("claim.points[5][0]", "-2"), ("claim.targets[5][1]", "-2")],
        ),
        (
            "shells-target",
            "no_optimum.shells",
            "shells",
            INVALID,
            "claim.targets[4][0]",
            "lost linear map",
            [("claim.targets[4][0]", "1")],
        ),
        (
            "grid-hole",
            "no_optimum.grid",
            "grid",
            INVALID,
            "claim.points",
            "product of sets",
            [("claim.points[7]", "DELETE"), ("claim.targets[7]", "DELETE")],
        ),
        (
            "grid-too-small",
            "no_optimum.grid",
            "grid",
            INVALID,
            "claim.points",
            "at least 5",
            [
                ("claim.points", [[str(a), str(b)] for a in range(4) for b in range(4)]),
                ("claim.targets", [[str(b), str(a)] for a in range(4) for b in range(4)]),
            ],
        ),
        (
            "hyperplane-inside",
            "no_nearest.hyperplane",
            "hyperplane",
            INVALID,
            "claim.values",
            "lies in the hyperplane",
            [("claim.breakpoints[1]", "0"), ("claim.values", ["1", "0", "1"]), ("claim.distance", "0")],
        ),
        (
            "hyperplane-distance",
            "no_nearest.hyperplane",
            "hyperplane",
            INVALID,
            "claim.distance",
            "expected 5/12",
            [("claim.distance", "1/2")],
        ),
        (
            "hyperplane-order",
            "no_nearest.hyperplane",
            "hyperplane",
            INVALID,
            "claim.breakpoints",
            "increasing",
            [("claim.breakpoints[1]", "-1")],
        ),
    ]
