"""The proof of a certificate about networks, in the words of a mathematician (theory F1 to F5)."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING, Any

from semialg.certificates.explain_not_closed import explain_not_closed, mask_equation
from semialg.certificates.explain_scalar import SCALAR_WORDS, scalar_claim
from semialg.certificates.naming import Names
from semialg.certificates.network_words import (
    BASIC,
    GOOD,
    HYPERPLANE,
    KINKS,
    LEVEL_SEPARATE,
    OBSTRUCTED,
    PAIR,
    REACHED,
    UNREACHED,
)
from semialg.certificates.prose import Equation, Grid, Heading, Paragraph, listing, number, words
from semialg.errors import CertificateError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from semialg.certificates.prose import Block
    from semialg.pattern.pattern import Pattern

__all__ = ["NETWORK_WORDS", "explain_network"]

_MOST_POINTS = 40


def explain_network(document: Mapping[str, Any], pattern: Pattern | None) -> list[Block]:
    """Return the claim and the proof of a certificate about networks.

    Parameters
    ----------
    document
        The certificate, which the checker accepts.
    pattern
        The pattern that it speaks of, if it speaks of one.

    Raises
    ------
    CertificateError
        If the claim or a rule has no words, or a pattern is missing.

    Examples
    --------
    >>> claim = {"kind": "training_level", "regime": "finite_data", "answer": "always",
    ...          "widths": [3, 4], "ones": [5]}
    >>> explain_network({"claim": claim, "proof": {"rule": "linear"}}, None)[0].title
    'Claim'
    """
    claim, proof = document["claim"], document["proof"]
    kind, rule = str(claim["kind"]), str(proof["rule"])
    if rule not in NETWORK_WORDS.get(kind, {}):
        raise CertificateError(
            f"there are no words for the rule {rule!r} of a certificate that claims {kind!r}"
        )
    if pattern is None and kind in _WITH_PATTERN:
        raise CertificateError(f"a certificate that claims {kind!r} needs the pattern that it speaks of")
    stated = _NO_PATTERN[kind](claim) if pattern is None else _WITH_PATTERN[kind](claim, pattern)
    network = [] if kind == "no_nearest" or kind in SCALAR_WORDS else [Paragraph(words(BASIC))]
    return [
        Heading("Claim", 1),
        *network,
        *stated,
        Heading("Proof", 1),
        *NETWORK_WORDS[kind][rule](claim, proof, pattern),
    ]


_ANSWERS = {
    "always": "every finite data set has an optimum",
    "may_fail": "some finite data set has no optimum",
    "closed": "for every $B > 0$ the functions of the network are closed in the uniform norm on the cube "
    "$[-B, B]^n$ of inputs",
    "not_closed": "on no bounded set of inputs with an interior point are the functions of the network "
    "closed in the uniform norm",
}


def _masks(pattern: Pattern) -> list[Block]:
    return [
        Paragraph(words("Let the weights vanish outside the masks")),
        *mask_equation(pattern, Names.of_widths(pattern.widths)),
        Paragraph(("(output layer first; a star marks an entry that may be nonzero).",)),
    ]


def _training(claim: Mapping[str, Any], pattern: Pattern) -> list[Block]:
    return [*_masks(pattern), Paragraph(words(f"Then {_ANSWERS[claim['answer']]}."))]


def _no_optimum(claim: Mapping[str, Any], pattern: Pattern) -> list[Block]:
    count = len(claim["points"])
    blocks = [*_masks(pattern), Paragraph((f"Consider the {count} points, one a row,",))]
    if count <= _MOST_POINTS and max(pattern.widths[0], pattern.widths[-1]) <= 10:
        pictures = [
            Equation((Grid(tuple(tuple(number(value) for value in row) for row in claim[side])),))
            for side in ("points", "targets")
        ]
        blocks += [pictures[0], Paragraph(("with the targets",)), pictures[1]]
    else:
        blocks.append(Paragraph(("that the certificate lists, with their targets.",)))
    end = "The loss of this data set has the infimum 0, and no parameters reach it."
    return [*blocks, Paragraph((end,))]


def _reachable(claim: Mapping[str, Any], pattern: Pattern) -> list[Block]:
    text = (
        f"Consider the {len(claim['points'])} points that the certificate lists. The outputs that the "
        "network reaches on them form a closed set, so every choice of targets has an optimum."
    )
    return [*_masks(pattern), Paragraph((text,))]


def _level(claim: Mapping[str, Any]) -> list[Block]:
    widths = ", ".join(map(str, claim["widths"]))
    most = ", ".join(map(str, claim["ones"]))
    text = (
        f"Let the layers have the widths {widths}, outputs first, and take together all masks with at most "
        f"{most} ones, in this order: training may choose among them too. Then {_ANSWERS[claim['answer']]}."
    )
    return [Paragraph(words(text))]


def _no_nearest(claim: Mapping[str, Any]) -> list[Block]:
    listed = [f"({x}, {y})" for x, y in zip(claim["breakpoints"], claim["values"], strict=True)]
    text = (
        "Let $H$ be the set of all continuous functions on $[-1, 1]$ whose integrals over $[-1, 0]$ and "
        "$[0, 1]$ are equal, and let $f$ be the piecewise linear function through the points "
        f"{listing(listed)}. $H$ is closed in the uniform norm, $f$ has the distance {claim['distance']} "
        "from it, and no element of $H$ is as near."
    )
    return [Paragraph(words(text))]


_WITH_PATTERN: dict[str, Callable[[Mapping[str, Any], Pattern], list[Block]]] = {
    "training": _training,
    "no_optimum": _no_optimum,
    "reachable_closed": _reachable,
    "scalar_optimum": lambda claim, pattern: [*_masks(pattern), *scalar_claim(claim)],
    "scalar_cells": lambda claim, pattern: [*_masks(pattern), *scalar_claim(claim)],
}

_NO_PATTERN: dict[str, Callable[[Mapping[str, Any]], list[Block]]] = {
    "training_level": _level,
    "no_nearest": _no_nearest,
    "scalar_level": scalar_claim,
}


def _spoken(text: str | Mapping[str, str]) -> Callable[..., list[Block]]:
    """Return the words of a rule whose proof is always the same, or depends on the regime only."""

    def tell(claim: Mapping[str, Any], proof: Mapping[str, Any], pattern: Pattern | None) -> list[Block]:
        told = text if isinstance(text, str) else text[claim["regime"]]
        return [Paragraph(words(paragraph)) for paragraph in told.split("\n")]

    return tell


def _lost(proof: Mapping[str, Any], pattern: Pattern) -> list[Block]:
    """Return the proof that the products of the masks are not closed."""
    return [
        Heading("A linear map that is lost"),
        Paragraph(
            words(
                "Let $E$ be the set of all products of real factors that vanish outside the masks. First "
                "it is shown that $E$ is not closed."
            )
        ),
        *explain_not_closed(proof["proof"], pattern, Names.of_widths(pattern.widths)),
    ]


def _obstruction(claim: Mapping[str, Any], proof: Mapping[str, Any], pattern: Pattern | None) -> list[Block]:
    assert pattern is not None  # noqa: S101 - the caller has made sure
    text = OBSTRUCTED[claim["regime"]]
    return [
        *_lost(proof, pattern),
        Heading("What this means for training"),
        *(Paragraph(words(paragraph)) for paragraph in text.split("\n")),
    ]


def _unreached(rule: str) -> Callable[..., list[Block]]:
    """Return the words of a rule about data sets, with the numbers that its proof is about."""

    def tell(claim: Mapping[str, Any], proof: Mapping[str, Any], pattern: Pattern | None) -> list[Block]:
        assert pattern is not None  # noqa: S101 - the caller has made sure
        step, rows, columns = proof["proof"], list(range(pattern.widths[0])), list(range(pattern.widths[-1]))
        while step["rule"] == "minor":
            rows, columns = [rows[i] for i in step["rows"]], [columns[j] for j in step["columns"]]
            step = step["proof"]
        sizes = live_widths(pattern, rows, columns)
        shells = proof.get("shells", 0)
        curve, regions = cells(sizes[shells:], len(columns))
        places = f"Its rows are {_counted(rows)} and its columns {_counted(columns)} of the masks."
        numbers = {
            "simplex": "",
            "slice": f" Here $d$ is {len(columns)} and $K$ is {curve}.",
            "shells": f" Here $d$ is {len(columns)}, $s$ is {shells} and $K$ is {curve}.",
            "grid": f" Here $d$ is {len(columns)} and $K$ is {regions}.",
        }
        return [
            *_lost(proof, pattern),
            Heading("The data set"),
            Paragraph(
                words(
                    "Let $A$ be the matrix found above, which is a limit of products for the masks in "
                    f"question there but no product for them. {places}{numbers[rule]}"
                )
            ),
            *(Paragraph(words(paragraph)) for paragraph in UNREACHED[rule].split("\n")),
        ]

    return tell


def _pair(proof: Mapping[str, Any]) -> str:
    i1, i2, k, el = (label + 1 for label in (*proof["rows"], *proof["units"]))
    return f"Let $i[1]@i_1$ be {i1}, $i[2]@i_2$ be {i2}, $k$ be {k} and $l$ be {el}, counted from 1."


def _kinked(claim: Mapping[str, Any], proof: Mapping[str, Any], pattern: Pattern | None) -> list[Block]:
    others = [
        f"unit {other['unit'] + 1} with output {other['row'] + 1} and place {other['at']}"
        for other in proof["others"]
    ]
    rest = (
        f"The other units that feed one of these outputs are {listing(others)}"
        if others
        else ("No other unit that varies along the points feeds one of these outputs")
    )
    text = (
        f"The points lie on a line, in equal steps; number them 0, 1, 2 and so on. {_pair(proof)} Both units "
        f"feed output $i[1]@i_1$, unit $k$ feeds output $i[2]@i_2$, and $q$ is {proof['center']}. {rest}."
    )
    return [Paragraph(words(paragraph)) for paragraph in (text, *KINKS.split("\n"))]


def _merging(claim: Mapping[str, Any], proof: Mapping[str, Any], pattern: Pattern | None) -> list[Block]:
    text = (
        f"{_pair(proof)} Both units read inputs and feed output $i[1]@i_1$, and unit $k$ feeds output "
        "$i[2]@i_2$."
    )
    return [Paragraph(words(paragraph)) for paragraph in (text, *PAIR.split("\n"))]


def _counted(labels: Sequence[int]) -> str:
    return listing(label + 1 for label in labels)


def live_widths(pattern: Pattern, rows: Sequence[int], columns: Sequence[int]) -> list[int]:
    """Return how many units of each hidden layer join the rows and the columns, output side first.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> live_widths(Pattern([[[1, 0], [1, 1]], [[1, 1], [0, 1]]]), [0], [0, 1])
    [1]
    """
    forward = [set(rows)]
    for mask in pattern.masks[:-1]:
        forward.append({k for i in forward[-1] for k in mask.row(i)})
    backward = [set(columns)]
    for mask in reversed(pattern.masks[1:]):
        backward.append({k for j in backward[-1] for k in mask.column(j)})
    return [len(a & b) for a, b in zip(forward[1:], reversed(backward[1:]), strict=True)]


def cells(sizes: Sequence[int], degree: int) -> tuple[int, int]:
    """Bound the activation patterns on the moment curve, and the linear regions on the slice.

    Examples
    --------
    >>> cells([2], 2)
    (4, 4)
    """
    curve = regions = 1
    least = degree
    for width in reversed(sizes):
        here = sum(comb(width, chosen) for chosen in range(min(least, width) + 1))
        regions *= here
        curve *= min(here, 1 + degree * width)
        least = min(least, width)
    return curve, regions


#: The rules about networks that have words, by the kind of the claim.
NETWORK_WORDS: dict[str, dict[str, Callable[..., list[Block]]]] = {
    "training": {
        "obstruction": _obstruction,
        "kinks": _merging,
        **{rule: _spoken(text) for rule, text in GOOD["training"].items()},
    },
    "training_level": {
        "separate": _spoken(LEVEL_SEPARATE),
        **{rule: _spoken(text) for rule, text in GOOD["training_level"].items()},
    },
    "no_optimum": {"kinks": _kinked, **{rule: _unreached(rule) for rule in UNREACHED}},
    "reachable_closed": {rule: _spoken(text) for rule, text in REACHED.items()},
    "no_nearest": {"hyperplane": _spoken(HYPERPLANE)},
    **SCALAR_WORDS,
}
