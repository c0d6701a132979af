"""The part of the corpora about filled rectangles and the fullness game; make_corpus.py writes the files.

``accepted()`` and ``faults()`` have the forms of the functions and tables there.
"""

from __future__ import annotations

from typing import Any

Json = Any

INVALID = "invalid"
STEP = "proof.proof.steps[0]"
GAME = f"{STEP}.proof"
END: Json = {"game": "wedderburn"}


def ones(rows: int, columns: int) -> list[list[int]]:
    return [[1] * columns for _ in range(rows)]


def filled(masks: Json, game: Json) -> Json:
    """Return the certificate that fills the whole rectangle, for a pattern that reaches everything."""
    rows, units, columns = len(masks[0]), len(masks[1]), len(masks[1][0])
    fill = {
        "step": "full",
        "units": list(range(units)),
        "rows": list(range(rows)),
        "columns": list(range(columns)),
        "proof": game,
    }
    everything = units >= min(rows, columns)
    steps: Json = [fill, {"step": "free", "unit": units}] if everything else [fill]
    leaf = {"rule": "empty" if everything else "rank"}
    return {
        "format": "semialg-certificate",
        "version": 1,
        "claim": {"kind": "closed", "masks": masks},
        "proof": {"rule": "units", "proof": {"rule": "reduce", "steps": steps, "proof": leaf}},
    }


# Unit 0 reaches everything, unit 1 the second row.
STAIR = [[[1, 0], [1, 1]], ones(2, 2)]
# Unit 1 lacks the third row; three columns.
TALL = [[[1, 1], [1, 1], [1, 0]], ones(2, 3)]
# Units 0 and 2 hold one entry each of the second row, unit 1 reaches everything.
CROWD = [[[0, 1, 0], [1, 1, 1]], [[0, 1], [1, 1], [1, 0]]]
SWAP = [[[0, 1], [1, 0]], ones(2, 2)]

LOWER: Json = {"game": "lower", "unit": 1, "rows": [0], "columns": [], "proof": END}
LINE: Json = {"game": "line", "axis": "row", "unit": 1, "label": 1, "proof": END}
SPAN: Json = {
    "game": "span",
    "axis": "row",
    "unit": 1,
    "lines": [{"label": 0, "proof": END}, {"label": 1, "proof": END}],
}
TERM: Json = {"game": "term", "rows": [1], "columns": [], "proof": END}
ZEROS: Json = {
    "game": "zeros",
    "units": [{"unit": 0, "proof": END}, {"unit": 2, "proof": END}],
    "proof": TERM,
}
RADO: Json = {"game": "rado", "axis": "row", "units": [0, 1]}


def linear(axis: str) -> Json:
    vectors = [
        {"unit": 0, "axis": axis, "vector": [[0, 1], [1, 2]]},
        {"unit": 1, "axis": axis, "vector": [[0, 1], [1, 1]]},
    ]
    return {"game": "linear", "modulus": 7, "vectors": vectors}


def accepted() -> dict[str, tuple[list[str], Json, Json | None]]:
    """Return the accepted certificates: name -> (rules shown, certificate, pattern to be given or None)."""
    return {
        "full": (["step.full", "full.wedderburn"], filled(STAIR, END), None),
        "full-rank": (["step.full", "full.wedderburn"], filled([ones(3, 2), ones(2, 3)], END), None),
        "full-lower": (["full.lower"], filled(STAIR, LOWER), None),
        "full-line": (["full.line"], filled(STAIR, LINE), None),
        "full-line-column": (
            ["full.line"],
            filled([ones(2, 2), [[1, 1], [0, 1]]], {**LINE, "axis": "column"}),
            None,
        ),
        "full-span": (["full.span"], filled(TALL, SPAN), None),
        "full-zeros": (["full.zeros", "full.term"], filled(CROWD, ZEROS), None),
        "full-rado": (["full.rado"], filled(SWAP, RADO), None),
        "full-linear": (["full.linear"], filled([ones(2, 2), ones(2, 2)], linear("row")), None),
        "full-linear-columns": (["full.linear"], filled([ones(2, 2), ones(2, 2)], linear("column")), None),
    }


Fault = tuple[str, str, str, str, str, str, list[tuple[str, Json]]]


def faults() -> list[Fault]:
    """Return the rejected certificates as make_corpus.py describes them."""
    return [
        (f"full-{name}", f"{table}.{rule}", f"full{source}", INVALID, where, reason, list(changes))
        for name, table, rule, source, where, reason, *changes in _FAULTS
    ]


_LEFT, _RIGHT = "claim.masks[0]", "claim.masks[1]"
_FAULTS: list[Any] = [
    ("unit-outside", "step", "full", "", f"{STEP}.units[0]", "not inside", (f"{STEP}.rows", [1])),
    ("row-absent", "step", "full", "", f"{STEP}.rows", "present", (f"{STEP}.rows", [0, 2])),
    ("column-twice", "step", "full", "", f"{STEP}.columns", "distinct", (f"{STEP}.columns", [0, 0])),
    ("unit-twice", "step", "full", "", f"{STEP}.units", "distinct", (f"{STEP}.units", [0, 0])),
    ("no-unit", "step", "full", "", f"{STEP}.units", "at least 1", (f"{STEP}.units", [])),
    ("lu", "full", "wedderburn", "", GAME, "place 2, found 2", (_RIGHT, [[1, 1], [0, 1]])),
    ("first-deficit", "full", "wedderburn", "", GAME, "place 1, found 1", (_LEFT, [[0, 0], [1, 1]])),
    (
        "too-few",
        "full",
        "wedderburn",
        "-rank",
        f"{GAME}.proof",
        "at least 2 units",
        (GAME, {"game": "line", "axis": "row", "unit": 0, "label": 0, "proof": END}),
    ),
    ("lower-lines", "full", "lower", "-lower", GAME, "fewer than 2", (f"{GAME}.columns", [0])),
    ("lower-not-held", "full", "lower", "-lower", GAME, "holds (0, 0)", (f"{GAME}.rows", [1])),
    ("lower-zero-column", "full", "lower", "-lower", GAME, "holds (1, 0)", (_RIGHT, [[1, 1], [0, 1]])),
    ("lower-label", "full", "lower", "-lower", f"{GAME}.rows", "distinct labels", (f"{GAME}.rows", [2])),
    ("lower-unit", "full", "lower", "-lower", f"{GAME}.unit", "left", (f"{GAME}.unit", 2)),
    (
        "lower-unit-used",
        "full",
        "lower",
        "-lower",
        f"{GAME}.proof.unit",
        "left",
        (f"{GAME}.proof", {**LOWER, "rows": []}),
    ),
    ("line-not-held", "full", "line", "-line", GAME, "does not hold", (f"{GAME}.label", 0)),
    ("line-not-across", "full", "line", "-line", GAME, "does not hold", (_RIGHT, [[1, 1], [0, 1]])),
    ("line-axis", "full", "line", "-line", f"{GAME}.axis", "row or column", (f"{GAME}.axis", "rows")),
    ("line-label", "full", "line", "-line", f"{GAME}.label", "distinct labels", (f"{GAME}.label", 5)),
    ("line-unit", "full", "line", "-line", f"{GAME}.unit", "left", (f"{GAME}.unit", 7)),
    (
        "span-few-lines",
        "full",
        "span",
        "-span",
        f"{GAME}.lines",
        "found 2",
        (f"{GAME}.lines[1]", "DELETE"),
    ),
    (
        "span-line-twice",
        "full",
        "span",
        "-span",
        f"{GAME}.lines",
        "distinct labels",
        (f"{GAME}.lines[1].label", 0),
    ),
    (
        "span-not-held",
        "full",
        "span",
        "-span",
        f"{GAME}.lines",
        "distinct labels",
        (f"{GAME}.lines[1].label", 2),
    ),
    ("span-not-across", "full", "span", "-span", f"{GAME}.unit", "across", (_RIGHT, [[1, 1, 1], [1, 1, 0]])),
    ("span-axis", "full", "span", "-span", f"{GAME}.axis", "row or column", (f"{GAME}.axis", "up")),
    (
        "span-rest",
        "full",
        "wedderburn",
        "-span",
        f"{GAME}.lines[0].proof",
        "found 1",
        (_RIGHT, [[1, 1, 0], [1, 1, 1]]),
    ),
    ("zeros-deficit", "full", "zeros", "-zeros", f"{GAME}.units[1]", "found 3", (f"{_RIGHT}[2]", [0, 0])),
    ("zeros-unit", "full", "zeros", "-zeros", f"{GAME}.units[0].unit", "left", (f"{GAME}.units[0].unit", 3)),
    (
        "zeros-case",
        "full",
        "wedderburn",
        "-zeros",
        f"{GAME}.units[0].proof",
        "found 1",
        (f"{_LEFT}[0]", [0, 0, 0]),
    ),
    (
        "term-one-block",
        "full",
        "term",
        "-zeros",
        f"{GAME}.proof",
        "holds (0, 1)",
        (f"{GAME}.units[1]", "DELETE"),
    ),
    ("term-lines", "full", "term", "-zeros", f"{GAME}.proof", "fewer than 2", (f"{GAME}.proof.columns", [0])),
    ("term-row", "full", "term", "-zeros", f"{GAME}.proof", "holds (1, 0)", (f"{GAME}.proof.rows", [0])),
    (
        "term-label",
        "full",
        "term",
        "-zeros",
        f"{GAME}.proof.rows",
        "distinct",
        (f"{GAME}.proof.rows", [1, 1]),
    ),
    ("rado-condition", "full", "rado", "-rado", f"{GAME}.units", "fails for 2", (_LEFT, [[0, 0], [1, 1]])),
    ("rado-twice", "full", "rado", "-rado", f"{GAME}.units[0]", "more often", (f"{GAME}.units", [0, 0])),
    ("rado-few", "full", "rado", "-rado", f"{GAME}.units", "at least 2", (f"{GAME}.units", [1])),
    ("rado-across", "full", "rado", "-rado", f"{GAME}.units[0]", "across", (f"{_RIGHT}[0]", [1, 0])),
    ("rado-axis", "full", "rado", "-rado", f"{GAME}.axis", "row or column", (f"{GAME}.axis", "both")),
    ("rado-unit", "full", "rado", "-rado", f"{GAME}.units[1]", "left", (f"{GAME}.units[1]", 2)),
    (
        "linear-parallel",
        "full",
        "linear",
        "-linear",
        GAME,
        "rank 4 of the products, found 2",
        (f"{GAME}.vectors[1].vector", [[0, 3], [1, 6]]),
    ),
    (
        "linear-modulo",
        "full",
        "linear",
        "-linear",
        GAME,
        "found 2",
        (f"{GAME}.vectors[1].vector", [[0, 8], [1, 9]]),
    ),
    (
        "linear-prime",
        "full",
        "linear",
        "-linear",
        f"{GAME}.modulus",
        "expected a prime",
        (f"{GAME}.modulus", 9),
    ),
    (
        "linear-one",
        "full",
        "linear",
        "-linear",
        f"{GAME}.modulus",
        "expected a prime",
        (f"{GAME}.modulus", 1),
    ),
    (
        "linear-copies",
        "full",
        "linear",
        "-linear",
        f"{GAME}.vectors[1].unit",
        "more often",
        (f"{GAME}.vectors[1].unit", 0),
    ),
    (
        "linear-support",
        "full",
        "linear",
        "-linear",
        f"{GAME}.vectors[1].vector",
        "distinct labels",
        (f"{_LEFT}[0]", [1, 0]),
    ),
    (
        "linear-across",
        "full",
        "linear",
        "-linear",
        GAME,
        "found 3",
        (f"{_RIGHT}[1]", [1, 0]),
    ),
    (
        "linear-axis",
        "full",
        "linear",
        "-linear",
        f"{GAME}.vectors[0].axis",
        "row or column",
        (f"{GAME}.vectors[0].axis", "left"),
    ),
    (
        "linear-unit",
        "full",
        "linear",
        "-linear",
        f"{GAME}.vectors[0].unit",
        "left",
        (f"{GAME}.vectors[0].unit", 4),
    ),
]
