"""Carry a certificate of one representative to any pattern of its orbit.

A proof of ``closed`` is wrapped: the rules ``transpose`` and ``permute`` say how the user's pattern becomes
the representative, and the proof itself stays as it is, whatever rules it uses. A proof of ``not_closed`` is
rewritten in the user's labels, rule by rule, so that it reads as if it had been found there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from semialg.certificates import claims

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from semialg.certificates.certificate import Certificate
    from semialg.pattern.pattern import CanonicalForm, Pattern

__all__ = ["NOT_CLOSED", "OUTSIDE", "Relabeling", "transport"]

Proof = dict[str, Any]

_NAME = re.compile(r"\bw_([0-9]+)_([0-9]+)_([0-9]+)\b")


@dataclass(frozen=True)
class Relabeling:
    """How the lines of one pattern stand in another.

    Attributes
    ----------
    sides
        One tuple for each width: line ``u`` of side ``l`` is line ``sides[l][u]`` of the other pattern, or of
        its transpose.
    transposed
        Whether the other pattern has to be transposed first.
    """

    sides: tuple[tuple[int, ...], ...]
    transposed: bool

    @property
    def is_identity(self) -> bool:
        """Whether nothing is permuted; transposition aside."""
        return all(list(side) == sorted(side) for side in self.sides)

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Return the place of an entry of the product in the other pattern."""
        i, j = self.sides[0][row], self.sides[-1][column]
        return (j, i) if self.transposed else (i, j)

    def entry(self, factor: int, row: int, column: int) -> tuple[int, int, int]:
        """Return the place of an entry of a factor in the other pattern."""
        i, j = self.sides[factor][row], self.sides[factor + 1][column]
        return (len(self.sides) - 2 - factor, j, i) if self.transposed else (factor, i, j)


def transport(document: Mapping[str, Any], form: CanonicalForm, pattern: Pattern) -> Certificate:
    """Return the certificate of a pattern that one of its representative gives.

    Parameters
    ----------
    document
        A certificate of ``form.pattern``.
    form
        What :meth:`Pattern.canonical` returned for the pattern.
    pattern
        The pattern.

    Examples
    --------
    >>> from semialg.closedness.engine import decide
    >>> from semialg.pattern.pattern import Pattern
    >>> from semialg.verdict import verify
    >>> upper = Pattern([[[1, 1], [1, 0]], [[1, 0], [1, 1]]])
    >>> form = upper.canonical(transpose=True)
    >>> certificate = transport(decide(form.pattern).certificate.document, form, upper)
    >>> verify(certificate, upper).status
    'valid'
    """
    relabeling = Relabeling(form.permutations, form.transposed)
    proof: Proof = dict(document["proof"])
    kind: str = document["claim"]["kind"]
    if kind == "not_closed":
        return claims.certificate(kind, pattern, NOT_CLOSED[proof["rule"]](proof, relabeling))
    if not relabeling.is_identity:
        proof = claims.permute(relabeling.sides, proof)
    if relabeling.transposed:
        proof = claims.transpose(proof)
    return claims.certificate(kind, pattern, proof)


def _limit(proof: Proof, to: Relabeling) -> Proof:
    last = len(to.sides) - 2
    curve: list[Any] = [None] * (last + 1)
    for factor, matrix in enumerate(proof["curve"]):
        at = last - factor if to.transposed else factor
        curve[at] = _matrix(matrix, partial(_within_factor, to, factor))
    outside = OUTSIDE[proof["outside"]["rule"]](proof["outside"], to)
    return claims.limit(_matrix(proof["target"], to.place), curve, outside)


def _within_factor(to: Relabeling, factor: int, row: int, column: int) -> tuple[int, int]:
    _, i, j = to.entry(factor, row, column)
    return i, j


def _matrix(old: Any, place: Callable[[int, int], tuple[int, int]]) -> Any:
    if isinstance(old, dict):
        return _compressed(old, place)
    moved = {place(i, j): value for i, row in enumerate(old) for j, value in enumerate(row)}
    height, width = (1 + max(position[axis] for position in moved) for axis in (0, 1))
    return [[moved[i, j] for j in range(width)] for i in range(height)]


def _compressed(old: Mapping[str, Any], place: Callable[[int, int], tuple[int, int]]) -> dict[str, Any]:
    edges = [place(i, 0) for i in range(len(old["rows"]))] + [place(0, j) for j in range(old["columns"])]
    height, width = (1 + max(edge[axis] for edge in edges) for axis in (0, 1))
    rows: list[list[list[Any]]] = [[] for _ in range(height)]
    for i, row in enumerate(old["rows"]):
        for j, value in row:
            line, at = place(i, j)
            rows[line].append([at, value])
    return {"columns": width, "rows": [sorted(row, key=lambda pair: pair[0]) for row in rows]}


def _minor(proof: Proof, to: Relabeling) -> Proof:
    """Rename the lists and keep them increasing; the proof inside speaks of places in the lists."""
    kept = [
        [to.sides[at][line] for line in lines]
        for at, lines in enumerate([proof["rows"], *proof["hidden"], proof["columns"]])
    ]
    places = [sorted(lines) for lines in kept]
    ranks = tuple(
        tuple(place.index(line) for line in lines) for place, lines in zip(places, kept, strict=True)
    )
    inner = NOT_CLOSED[proof["proof"]["rule"]](proof["proof"], Relabeling(ranks, to.transposed))
    rows, *hidden, columns = reversed(places) if to.transposed else places
    return claims.minor(rows, columns, hidden, inner)


def _variable(name: Sequence[Any], to: Relabeling) -> list[Any]:
    if name[0] == "inverse":
        return ["inverse", *to.entry(*name[1:])]
    return list(to.entry(*name))


def _poly(terms: Sequence[Mapping[str, Any]], to: Relabeling) -> list[dict[str, Any]]:
    return [
        {
            "coefficient": term["coefficient"],
            "monomial": [[_variable(name, to), exponent] for name, exponent in term["monomial"]],
        }
        for term in terms
    ]


def _terms(terms: Sequence[Mapping[str, Any]], to: Relabeling) -> list[dict[str, Any]]:
    moved: list[dict[str, Any]] = []
    for term in terms:
        cofactor = _poly(term["cofactor"], to)
        if "inverse_of" in term:
            moved.append({"inverse_of": _variable(term["inverse_of"], to), "cofactor": cofactor})
        else:
            row, column = to.place(term["row"], term["column"])
            moved.append({"row": row, "column": column, "cofactor": cofactor})
    return moved


def _identity(proof: Proof, to: Relabeling) -> Proof:
    return {"rule": "identity", "terms": _terms(proof["terms"], to)}


def _split(proof: Proof, to: Relabeling) -> Proof:
    cases = {case: OUTSIDE[proof[case]["rule"]](proof[case], to) for case in ("zero", "nonzero")}
    return {"rule": "split", "variable": _variable(proof["variable"], to), **cases}


def _squares(proof: Proof, to: Relabeling) -> Proof:
    squares = [{"weight": square["weight"], "poly": _poly(square["poly"], to)} for square in proof["squares"]]
    return {"rule": "squares", "squares": squares, "terms": _terms(proof["terms"], to)}


def _trust(proof: Proof, to: Relabeling) -> Proof:
    def rename(found: re.Match[str]) -> str:
        return "w_{}_{}_{}".format(*to.entry(*map(int, found.groups())))

    return {**proof, "statement": _NAME.sub(rename, proof["statement"])}


def _ranks(proof: Proof, to: Relabeling) -> Proof:
    sides = [proof["rows"], *proof["cut"], proof["columns"]]
    places = (0, *range(len(proof["cut"])), len(proof["cut"]) - 1)
    moved = [sorted(to.sides[at][line] for line in lines) for at, lines in zip(places, sides, strict=True)]
    rows, *cut, columns = reversed(moved) if to.transposed else moved
    return {"rule": "ranks", "rows": rows, "columns": columns, "cut": cut}


def _dependent(proof: Proof, to: Relabeling) -> Proof:
    last = len(to.sides) - 1
    sides: list[dict[str, Any]] = []
    for side in proof["sides"]:
        rows = side["axis"] == "rows"
        near, far = (0, last) if rows else (last, 0)
        sides.append(
            {
                "axis": "rows" if rows != to.transposed else "columns",
                "lines": [to.sides[near][line] for line in side["lines"]],
                "at": to.sides[far][side["at"]],
            }
        )
    layer = last - 2 - proof["layer"] if to.transposed else proof["layer"]
    return {"rule": "dependent", "layer": layer, "sides": sides[::-1] if to.transposed else sides}


def _dense(proof: Proof, to: Relabeling) -> Proof:
    rows, units, columns = to.sides
    other = {"x": "y", "y": "x"} if to.transposed else {"x": "x", "y": "y"}
    left = _matrix(proof["left"], lambda i, k: (rows[i], units[k]))
    right = _matrix(proof["right"], lambda k, j: (units[k], columns[j]))
    if to.transposed:
        left, right = ([list(line) for line in zip(*factor, strict=True)] for factor in (right, left))
    steps: list[dict[str, Any]] = []
    for step in proof["steps"]:
        vector = [step["vector"][units.index(k)] for k in range(len(units))]
        steps.append({"side": other[step["side"]], "unit": units[step["unit"]], "vector": vector})
    pairs = [[units[k] for k in (pair[::-1] if to.transposed else pair)] for pair in proof["uncross"]]
    run = {"uncross": pairs, "prime": proof["prime"], "left": left, "right": right, "steps": steps}
    outside = OUTSIDE[proof["outside"]["rule"]](proof["outside"], to)
    return claims.dense(_matrix(proof["target"], to.place), run, outside)


if TYPE_CHECKING:
    Move = Callable[[Proof, Relabeling], Proof]

NOT_CLOSED: dict[str, Move] = {"limit": _limit, "dense": _dense, "minor": _minor}
"""Rule of a proof of ``not_closed`` to the function that rewrites it."""

OUTSIDE: dict[str, Move] = {
    "identity": _identity,
    "split": _split,
    "squares": _squares,
    "trust": _trust,
    "ranks": _ranks,
    "dependent": _dependent,
}
"""Rule of a proof of non-membership to the function that rewrites it."""
