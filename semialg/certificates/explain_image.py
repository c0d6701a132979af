"""Proofs about images of polynomial maps and about observed entries, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from semialg.certificates.prose import Heading, Math, paragraph
from semialg.errors import CertificateError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from semialg.certificates.prose import Block
    from semialg.pattern.pattern import Pattern

__all__ = ["IMAGE_WORDS", "explain_image"]

_MOST_TERMS = 12
_QED = Math("QED", "\\square")


def explain_image(document: Mapping[str, Any], pattern: Pattern | None) -> list[Block]:
    """Return the claim and the proof of a certificate about an image.

    Parameters
    ----------
    document
        The certificate, which the checker accepts.
    pattern
        The pattern that it speaks of, if it speaks of one.

    Raises
    ------
    CertificateError
        If the rule has no words.

    Examples
    --------
    >>> claim = {"kind": "map_closed", "variables": 1,
    ...          "map": [[{"coefficient": "1", "monomial": [[[0, 0, 0], 2]]}]]}
    >>> proof = {"rule": "homogeneous", "exponent": 1, "squares": [], "terms": []}
    >>> explain_image({"claim": claim, "proof": proof}, None)[0].title
    'Claim'
    """
    claim, proof = document["claim"], document["proof"]
    kind, rule = str(claim["kind"]), str(proof["rule"])
    if rule not in IMAGE_WORDS.get(kind, {}):
        raise CertificateError(
            f"there are no words for the rule {rule!r} of a certificate that claims {kind!r}"
        )
    told = IMAGE_WORDS[kind][rule](claim, proof)
    return [Heading("Claim", 1), *_claim(claim, pattern), Heading("Proof", 1), *told]


def _claim(claim: Mapping[str, Any], pattern: Pattern | None) -> list[Block]:
    verb = "is not closed" if claim["kind"].endswith("not_closed") else "is closed"
    if claim["kind"].startswith("map"):
        coordinates = ", ".join(_poly(f, _name) for f in claim["map"][:_MOST_TERMS])
        more = ", ..." if len(claim["map"]) > _MOST_TERMS else ""
        return [
            paragraph(
                f"The image of the real points x[0], ..., x[{claim['variables'] - 1}] under the map with the "
                f"coordinates {coordinates}{more} {verb}."
            )
        ]
    signs = " without negative entries" if claim["signs"] == "nonnegative" else ""
    shape = "" if pattern is None else " x ".join(map(str, pattern.widths))
    seen = " / ".join("".join(map(str, row)) for row in claim["observed"])
    return [
        paragraph(
            f"Consider the products of factors{signs} that vanish outside the masks of a pattern with widths "
            f"{shape}, and of each product the entries where {seen} has a one. The set of what is so "
            f"observed {verb}."
        )
    ]


def _homogeneous(claim: Mapping[str, Any], proof: Mapping[str, Any]) -> list[Block]:
    n = proof["exponent"]
    return [
        paragraph(
            "Every coordinate is zero or homogeneous of positive degree, and as polynomials ",
            f"(x[0]^2 + ... + x[{claim['variables'] - 1}]^2)^{n}{_squares(proof)} = "
            f"{_combination(proof['terms'])}.",
        ),
        paragraph(
            "At a common zero of the coordinates the right side vanishes, so the point is 0. By "
            "homogeneity the "
            "largest coordinate is at least c r at points of length r >= 1, with a positive c. So points "
            "whose "
            "values converge are bounded; a subsequence of them converges, and its limit has the limit "
            "as value. ",
            _QED,
        ),
    ]


def _cone(_: Mapping[str, Any], proof: Mapping[str, Any]) -> list[Block]:
    blocks = "; ".join(", ".join(f"x[{k}]" for k in block) for block in proof["blocks"])
    return [
        paragraph(
            f"In each of the blocks {blocks} all coordinates are homogeneous of one positive degree, the "
            "same for all, and the product over the blocks of the sums of squares, to the power "
            f"{proof['exponent']}, satisfies (product){_squares(proof)} = {_combination(proof['terms'])}.",
        ),
        paragraph(
            "So on the product of the unit spheres of the blocks the map has no zero, and its values "
            "there form a "
            "compact set K without 0. By homogeneity the image consists of all multiples of members of K "
            "by numbers "
            "that are not negative. Such a cone is closed. ",
            _QED,
        ),
    ]


def _bounded(_: Mapping[str, Any], proof: Mapping[str, Any]) -> list[Block]:
    lines = [
        f"x[{bound['variable']}]^{2 * bound['exponent']}{_squares(bound)} = {_poly(bound['bound'], _value)}"
        for bound in proof["bounds"]
    ]
    shown = "; ".join(lines[:_MOST_TERMS]) + ("; ..." if len(lines) > _MOST_TERMS else "")
    return [
        paragraph(f"With f[i] for the coordinates of the map, as polynomials {shown}."),
        paragraph(
            "So points whose values converge are bounded; a subsequence of them converges, and its limit "
            "has the "
            "limit of the values as value. ",
            _QED,
        ),
    ]


def _map_limit(_: Mapping[str, Any], proof: Mapping[str, Any]) -> list[Block]:
    curve = ", ".join(f"x[{k}] = {_laurent(entry)}" for k, entry in enumerate(proof["curve"]) if entry)
    target = ", ".join(proof["target"])
    return [
        paragraph(
            f"On the curve {curve} (other variables 0) the values of the map tend to ({target}) as t tends "
            "to 0."
        ),
        *_outside(proof["outside"], _name, "value of the map"),
        paragraph("So the limit is not in the image, which is not closed. ", _QED),
    ]


def _observed_limit(_: Mapping[str, Any], proof: Mapping[str, Any]) -> list[Block]:
    curve = ", ".join(
        f"{_entry([at, i, j])} = {_laurent(entry)}"
        for at, factor in enumerate(proof["curve"])
        for i, row in enumerate(factor)
        for j, entry in enumerate(row)
        if entry
    )
    target = " / ".join(" ".join(row) for row in proof["target"])
    return [
        paragraph(
            f"On the curve {curve} (other entries 0) the observed entries of the product tend to those "
            f"of {target} as t tends to 0."
        ),
        *_outside(proof["outside"], _entry, "product"),
        paragraph("So the limit is not attained, and the set is not closed. ", _QED),
    ]


def _units(_: Mapping[str, Any], proof: Mapping[str, Any]) -> list[Block]:
    rules: list[str] = []
    waiting: list[Any] = [proof["proof"]]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            rules += [str(value[key]) for key in ("rule", "step", "node") if key in value]
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    used = ", ".join(dict.fromkeys(rules))
    return [
        paragraph(
            "Take the entries that are not observed as free, that is, projected away. Then the set is "
            "that of an instance "
            f"in the sense of the rules for two layers, and the certificate proves it closed by: {used}. ",
            _QED,
        )
    ]


def _nonnegative(_: Mapping[str, Any], __: Mapping[str, Any]) -> list[Block]:
    return [
        paragraph(
            "Let products of such factors converge. Hidden units that contribute nothing may be set to "
            "zero; the others "
            "are scaled, from the input to the output, so that the row which each adds to has the "
            "largest entry 1. As "
            "nothing is negative, nothing cancels: every entry of a factor is at most 1, and those of "
            "the first at most "
            "the largest entry of the product. So the factors are bounded, a subsequence of them "
            "converges, and its limit "
            "has the limit as product. Every entry that a path reaches is observed. ",
            _QED,
        )
    ]


IMAGE_WORDS: dict[str, dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], list[Block]]]] = {
    "map_closed": {"homogeneous": _homogeneous, "cone": _cone, "bounded": _bounded},
    "map_not_closed": {"limit": _map_limit},
    "observed_closed": {"units": _units, "nonnegative": _nonnegative},
    "observed_not_closed": {"limit": _observed_limit},
}
"""For each kind of claim the words of its rules."""


# ------------------------------------------------------------------ pieces


def _outside(proof: Mapping[str, Any], name: Callable[[Sequence[Any]], str], what: str) -> list[Block]:
    match proof["rule"]:
        case "identity" | "squares":
            left = "1" + _squares(proof)
            right = _combination(proof["terms"], name)
            return [
                paragraph(
                    f"Were the limit a {what}, the equations E[i, j] (computed minus wanted) would vanish; "
                    f"but as polynomials {left} = {right}."
                )
            ]
        case "split":
            split = name(proof["variable"])
            return [
                paragraph(f"Suppose {split} = 0."),
                *_outside(proof["zero"], name, what),
                paragraph(f"Suppose {split} has an inverse."),
                *_outside(proof["nonzero"], name, what),
            ]
        case "trust":
            who = ", ".join(proof["solvers"])
            return [paragraph(f"That the limit is no {what} is the word of {who}, and not proved here.")]
    raise CertificateError(f"there are no words for the rule {proof['rule']!r} of outside proofs")


def _combination(
    terms: Sequence[Mapping[str, Any]], name: Callable[[Sequence[Any]], str] | None = None
) -> str:
    pieces: list[str] = []
    for term in terms[:_MOST_TERMS]:
        cofactor = _poly(term["cofactor"], name or _name)
        if "inverse_of" in term and name is not None:
            variable = name(term["inverse_of"])
            pieces.append(f"({cofactor}) ({variable} {variable}^-1 - 1)")
        elif name is None:
            pieces.append(f"({cofactor}) f[{term['row']}]")
        else:
            pieces.append(f"({cofactor}) E[{term['row']}, {term['column']}]")
    return (" + ".join(pieces) or "0") + (" + ..." if len(terms) > _MOST_TERMS else "")


def _squares(proof: Mapping[str, Any]) -> str:
    squares = proof.get("squares", [])
    shown = "".join(f" + {s['weight']} ({_poly(s['poly'], _name)})^2" for s in squares[:_MOST_TERMS])
    return shown + (" + ..." if len(squares) > _MOST_TERMS else "")


def _poly(terms: Sequence[Mapping[str, Any]], name: Callable[[Sequence[Any]], str]) -> str:
    pieces: list[str] = []
    for term in terms[:_MOST_TERMS]:
        powers = " ".join(name(v) + (f"^{e}" if e > 1 else "") for v, e in term["monomial"])
        number = term["coefficient"]
        if powers and number in {"1", "-1"}:
            number = number[:-1]
        pieces.append(f"{number}{' ' if powers and number not in {'', '-'} else ''}{powers}")
    text = " + ".join(pieces).replace("+ -", "- ") or "0"
    return text + (" + ..." if len(terms) > _MOST_TERMS else "")


def _laurent(entry: Mapping[str, str]) -> str:
    powers = sorted(entry.items(), key=lambda item: int(item[0]))
    return " + ".join(c if e == "0" else f"{c} t^{e}" for e, c in powers)


def _name(variable: Sequence[Any]) -> str:
    return f"x[{variable[-1]}]" + ("^-1" if variable[0] == "inverse" else "")


def _value(variable: Sequence[Any]) -> str:
    return f"f[{variable[-1]}]"


def _entry(variable: Sequence[Any]) -> str:
    factor, row, column = variable[-3:]
    return f"W{factor}[{row}, {column}]" + ("^-1" if variable[0] == "inverse" else "")
