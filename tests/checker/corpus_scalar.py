"""The part of the corpora about optima of scalar networks; make_corpus.py writes the files."""

from __future__ import annotations

from typing import Any

Json = Any

INVALID = "invalid"
UNREADABLE = "unreadable"


def optimum(targets: Json, weights: Json, value: str, proof: Json) -> Json:
    """Return a certificate for one unit on the points 0, 1, 2, ... and the sum of squares."""
    claim = {
        "kind": "scalar_optimum",
        "masks": [[[1]], [[1]]],
        "points": [[str(x)] for x in range(len(targets))],
        "targets": targets,
        "loss": "l2",
        "hidden_bias": True,
        "output_bias": True,
        "weights": [[weights[0]]],
        "biases": [weights[1]],
        "output": ["1" if weights[0] != "-3/2" else "-1"],
        "constant": weights[2],
        "value": value,
        "bound": value,
    }
    return {"format": "semialg-certificate", "version": 1, "claim": claim, "proof": proof}


def bound(*u: int) -> Json:
    return {"node": "bound", "u": [str(v) for v in u]}


def above(*u: int) -> Json:
    return {"node": "above", "u": [str(v) for v in u]}


def cell(number: int, *u: int) -> Json:
    return {"node": "cell", "cell": number, "u": [str(v) for v in u]}


def split(point: int) -> Json:
    return {"node": "split", "units": [0], "point": point}


# Targets 0, 2, 1, 3, 0 at 0, ..., 4: a concave function with one kink, of which 5 is the least loss.
TREES = [
    {"signs": [1], "nodes": [bound(1, -1, 0, -1, 1)]},
    {
        "signs": [-1],
        "nodes": [
            split(0),
            bound(3, -1, 1, -3, 0),
            split(4),
            bound(0, -1, 1, -3, 3),
            bound(1, -1, 0, -1, 1),
        ],
    },
]


def parameters(weight: str, bias: str, constant: str) -> Json:
    return {"weights": [[weight]], "biases": [bias], "output": ["-1"], "constant": constant}


RIGHT, LEFT = parameters("1/2", "-1/2", "1/2"), parameters("-1/2", "1/2", "1/2")
# Targets 0, 1, 0 at 0, 1, 2: 1/2 is attained with a kink from 0 to 1 or from 1 to 2.
CELLS = {
    "kind": "scalar_cells",
    "masks": [[[1]], [[1]]],
    "points": [["0"], ["1"], ["2"]],
    "targets": ["0", "1", "0"],
    "loss": "l2",
    "hidden_bias": True,
    "output_bias": True,
    "value": "1/2",
    "cells": [
        {"signs": [-1], "active": [[2]], **RIGHT},
        {"signs": [-1], "active": [[1, 2]], **RIGHT},
        {"signs": [-1], "active": [[0]], **LEFT},
        {"signs": [-1], "active": [[0, 1]], **LEFT},
    ],
}
CELL_TREES = [
    {"signs": [1], "nodes": [above(1, -2, 1)]},
    {
        "signs": [-1],
        "nodes": [
            split(0),
            *(split(1), split(2), above(1, -2, 1), cell(0, 1, -1, 0)),
            *(split(2), {"node": "flat", "unit": 0, "point": 2}, cell(1, 1, -1, 0)),
            *(split(2), split(1), cell(2, 0, -1, 1), cell(3, 0, -1, 1), above(1, -2, 1)),
        ],
    },
]

# Two units with the same input at one point, where they lie on either side: three cells up to permutation
# for each pair of equal signs, of which splitting the units one after the other meets one twice.
ZEROS = {"weights": [["0"], ["0"]], "biases": ["0", "0"], "output": ["0", "0"], "constant": "0"}
PAIR = {
    "kind": "scalar_cells",
    "masks": [[[1, 1]], [[1], [1]]],
    "points": [["1"]],
    "targets": ["0"],
    "loss": "l2",
    "hidden_bias": False,
    "output_bias": False,
    "value": "0",
}


def pair(*, twice: bool) -> Json:
    """Return the certificate for all cells of two units, equal signs split together or one by one."""
    cells: list[Json] = []
    trees: list[Json] = []
    for signs in ([1, 1], [1, -1], [-1, -1]):
        first = len(cells)
        together = signs[0] == signs[1] and not twice
        ordered = [[[], []], [[], [0]], [[0], []], [[0], [0]]]
        sides = [ordered[0], ordered[2], ordered[3]] if together else ordered
        cells += [{"signs": signs, "active": active, **ZEROS} for active in sides]
        leaves = [cell(first + at) for at in range(len(sides))]
        if together:
            nodes = [{"node": "split", "units": [0, 1], "point": 0}, *leaves]
        else:
            second = {"node": "split", "units": [1], "point": 0}
            nodes = [split(0), second, *leaves[:2], second, *leaves[2:]]
        trees.append({"signs": signs, "nodes": nodes})
    return document({**PAIR, "cells": cells}, {"rule": "branch", "trees": trees})


# One unit that reads one of two inputs.
LEVEL = {
    "kind": "scalar_level",
    "widths": [1, 1, 2],
    "ones": [1, 1],
    "points": [["0", "3"], ["1", "1"], ["2", "0"], ["3", "2"]],
    "targets": ["0", "1", "0", "1"],
    "loss": "max",
    "hidden_bias": True,
    "output_bias": True,
    "weights": [["0", "0"]],
    "biases": ["0"],
    "output": ["0"],
    "constant": "1/2",
    "value": "1/2",
    "bound": "1/2",
}
LEVEL_PATTERNS = [
    {
        "supports": [[0]],
        "trees": [
            {"signs": [1], "nodes": [bound(1, -2, 1, 0)]},
            {"signs": [-1], "nodes": [bound(0, -1, 2, -1)]},
        ],
    },
    {
        "supports": [[1]],
        "trees": [
            {"signs": [1], "nodes": [bound(1, -3, 2, 0)]},
            {
                "signs": [-1],
                "nodes": [split(0), bound(1, 0, 0, -1), split(2), bound(0, -1, 1, 0), bound(1, -3, 2, 0)],
            },
        ],
    },
]


def document(claim: Json, proof: Json) -> Json:
    return {"format": "semialg-certificate", "version": 1, "claim": claim, "proof": proof}


def accepted() -> dict[str, tuple[list[str], Json, Json | None]]:
    """Return the accepted certificates."""
    exact = {**LEVEL, "targets": ["0", "0", "0", "0"], "constant": "0", "value": "0", "bound": "0"}
    return {
        "scalar-branch": (
            ["scalar_optimum.branch"],
            optimum(
                ["0", "2", "1", "3", "0"], ["-3/2", "3/2", "3/2"], "5", {"rule": "branch", "trees": TREES}
            ),
            None,
        ),
        "scalar-zero": (
            ["scalar_optimum.zero"],
            optimum(["1", "1", "3"], ["2", "-2", "1"], "0", {"rule": "zero"}),
            [[[1]], [[1]]],
        ),
        "scalar-cells": (
            ["scalar_cells.branch"],
            document(CELLS, {"rule": "branch", "trees": CELL_TREES}),
            None,
        ),
        "scalar-pair": (["scalar_cells.branch"], pair(twice=False), None),
        "scalar-level": (
            ["scalar_level.patterns"],
            document(LEVEL, {"rule": "patterns", "patterns": LEVEL_PATTERNS}),
            None,
        ),
        "scalar-level-zero": (["scalar_level.zero"], document(exact, {"rule": "zero"}), None),
    }


def faults() -> Json:
    """Return name, rule, accepted certificate, status, place, words of the reason, and what is changed."""
    off, leaf = "proof.trees[1].nodes[3]", "proof.trees[1].nodes[4]"
    nothing = ["0", "0", "0", "0", "0"]
    wider = [["0", "0"], ["0", "0"]]
    rows = [
        ("branch", "value", "claim.value", "have the loss", [("claim.value", "1/3")]),
        ("branch", "bound", "proof.trees[1].nodes[1].u", "less than the bound", [("claim.bound", "11/2")]),
        ("branch", "signs", "proof.trees", "sign vectors", [("proof.trees[1]", "DELETE")]),
        ("branch", "missing", "proof.trees[1].nodes", "missing", [(leaf, "DELETE")]),
        (
            "branch",
            "more",
            "proof.trees[0].nodes[1]",
            "ended",
            [("proof.trees[0].nodes", [bound(1, -1, 0, -1, 1)] * 2)],
        ),
        ("branch", "nothing", f"{leaf}.u", "not 0", [(f"{leaf}.u", nothing)]),
        ("branch", "length", f"{leaf}.u", "5 integers", [(f"{leaf}.u", ["1", "-1"])]),
        ("branch", "sum", f"{leaf}.u", "sum 0", [(f"{leaf}.u[0]", "2")]),
        ("branch", "negative", f"{leaf}.u", "unit 0", [(f"{leaf}.u", ["3", "-1", "1", "-3", "0"])]),
        (
            "branch",
            "root",
            "proof.trees[1].nodes[0].u",
            "unit 0",
            [("proof.trees[1].nodes", [bound(1, -1, 0, -1, 1)])],
        ),
        (
            "branch",
            "unit",
            "proof.trees[1].nodes[0].units",
            "below 1",
            [("proof.trees[1].nodes[0].units[0]", 1)],
        ),
        (
            "branch",
            "point",
            "proof.trees[1].nodes[0].point",
            "below 5",
            [("proof.trees[1].nodes[0].point", 5)],
        ),
        ("branch", "bias", "claim.constant", "output bias", [("claim.output_bias", False)]),
        ("branch", "hidden", "claim.biases", "hidden biases", [("claim.hidden_bias", False)]),
        ("zero", "bound", "claim.bound", "at most 0", [("claim.bound", "1/2")]),
        ("zero", "value", "claim.value", "the loss 8", [("claim.constant", "3"), ("claim.targets[2]", "5")]),
        ("cells", "forgotten", "proof.trees", "3 cells", [("claim.cells[3]", "DELETE")]),
        ("cells", "value", "claim.cells[0].value", "have the loss 1/2", [("claim.value", "1/3")]),
        ("cells", "outside", "claim.cells[0].active[0]", "point 2", [("claim.cells[0].active[0]", [])]),
        ("cells", "other", leaf, "decided", [("claim.cells[0].active[0]", [1, 2])]),
        ("cells", "above", f"{off}.u", "more than 1/2", [(f"{off}.u", ["1", "-1", "0"])]),
        ("cells", "flat", off, "not always 0", [(off, {"node": "flat", "unit": 0, "point": 0})]),
        ("cells", "weak", f"{leaf}.u", "less than", [(f"{leaf}.u", ["3", "-2", "-1"])]),
        ("cells", "sign", "claim.cells[0].output[0]", "sign 1", [("claim.cells[0].signs[0]", 1)]),
        ("level", "patterns", "proof.patterns", "no pattern covers", [("proof.patterns[1]", "DELETE")]),
        ("level", "ones", "claim.weights", "at most 1", [("claim.weights[0]", ["1", "1"])]),
        ("level", "widths", "claim.widths", "one output", [("claim.widths[0]", 2)]),
        ("level", "hidden", "claim.weights", "2 rows", [("claim.widths[1]", 2)]),
        (
            "level",
            "units",
            "proof.patterns",
            "2 units",
            [
                ("claim.widths[1]", 2),
                ("claim.weights", wider),
                ("claim.biases", ["0", "0"]),
                ("claim.output", ["0", "0"]),
                ("claim.ones[0]", 2),
            ],
        ),
        ("level", "input", "proof.patterns[0]", "below 2", [("proof.patterns[0].supports[0]", [0, 2])]),
        ("level", "bound", "proof.patterns[0].trees[0].nodes[0].u", "less than", [("claim.bound", "2/3")]),
        ("level-zero", "bound", "claim.bound", "at most 0", [("claim.bound", "1")]),
        ("level-zero", "value", "claim.value", "the loss 1", [("claim.constant", "1")]),
    ]
    rules = {
        "branch": "scalar_optimum.branch",
        "zero": "scalar_optimum.zero",
        "cells": "scalar_cells.branch",
        "level": "scalar_level.patterns",
        "level-zero": "scalar_level.zero",
    }
    found = [
        (f"scalar-{base}-{name}", rules[base], f"scalar-{base}", INVALID, where, reason, changes)
        for base, name, where, reason, changes in rows
    ]
    one_by_one = pair(twice=True)
    found.append(
        (
            "scalar-pair-twice",
            rules["cells"],
            "scalar-pair",
            INVALID,
            "claim.cells[2]",
            "listed before",
            [("claim.cells", one_by_one["claim"]["cells"]), ("proof.trees", one_by_one["proof"]["trees"])],
        )
    )
    wrong_loss = ("scalar-branch-loss", rules["branch"], "scalar-branch", UNREADABLE)
    return [*found, (*wrong_loss, "claim.loss", "l1", [("claim.loss", "l3")])]
