"""The fullness game (theory C7 to C9) in the words of a mathematician."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from semialg.certificates.prose import Cases, Paragraph, listing, words
from semialg.errors import CertificateError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from semialg.certificates.prose import Block, Inline

__all__ = ["FULL_WORDS", "explain_game"]


def explain_game(proof: Mapping[str, Any]) -> list[Block]:
    """Return the proof that some units reach every matrix of their rank on a rectangle.

    Moves that are made one after another are told as a list.

    Raises
    ------
    CertificateError
        If the game has a move that has no words yet.
    """
    blocks: list[Block] = []
    while True:
        kind = str(proof["game"])
        if kind in _MOVES:
            blocks += _MOVES[kind](proof)
        elif kind in FULL_WORDS:
            blocks.append(Paragraph(words(_opening(proof) + FULL_WORDS[kind])))
        else:
            raise CertificateError(
                f"the certificate uses the move {kind!r}, for which there are no words; expected one of "
                f"{', '.join(sorted(FULL_WORDS))}"
            )
        if "proof" not in proof:
            return blocks
        proof = proof["proof"]


def _opening(proof: Mapping[str, Any]) -> str:
    kind = proof["game"]
    if kind == "lower":
        return f"Unit {proof['unit'] + 1} comes next, with {_lines(proof)}. "
    if kind == "line":
        return f"Unit {proof['unit'] + 1} takes {proof['axis']} {proof['label'] + 1}. "
    if kind == "term":
        return f"All entries that are not known to be zero lie on {_lines(proof)}. "
    if kind == "rado":
        return f"Take units {listing(k + 1 for k in proof['units'])}, for {proof['axis']}s. "
    if kind == "linear":
        return f"Fix one side each of {len(proof['vectors'])} units to integers. "
    return ""


def _lines(proof: Mapping[str, Any]) -> str:
    found = [
        f"{axis}{'s' if len(proof[axis + 's']) > 1 else ''} {listing(i + 1 for i in proof[axis + 's'])}"
        for axis in ("row", "column")
        if proof[axis + "s"]
    ]
    return " and ".join(found) or "no line"


def _span(proof: Mapping[str, Any]) -> list[Block]:
    opening = f"Unit {proof['unit'] + 1} has all {'columns' if proof['axis'] == 'row' else 'rows'}. "
    cases = [(f"{proof['axis'].capitalize()} {line['label'] + 1}.", line["proof"]) for line in proof["lines"]]
    return [Paragraph(words(opening + FULL_WORDS["span"])), _told(cases)]


def _zeros(proof: Mapping[str, Any]) -> list[Block]:
    cases = [(f"Unit {case['unit'] + 1} lowers the rank.", case["proof"]) for case in proof["units"]]
    return [
        Paragraph(words(FULL_WORDS["zeros"])),
        _told(cases),
        Paragraph(words("In what follows the matrix is zero on all these blocks.")),
    ]


def _told(cases: Sequence[tuple[str, Mapping[str, Any]]]) -> Block:
    lines: list[tuple[Inline, tuple[Block, ...]]] = [
        ((title,), tuple(explain_game(proof))) for title, proof in cases
    ]
    return Cases(tuple(lines))


_MOVES: dict[str, Callable[[Mapping[str, Any]], list[Block]]] = {"span": _span, "zeros": _zeros}

FULL_WORDS = {
    "wedderburn": (
        "Let the deficit of a unit be the number of rows and columns of the rectangle that it does not "
        "have. In increasing order the deficits are at most 0, 1, 2, and so on, one for each unit of "
        "rank that is left. So every matrix $A$ of this rank is reached (C7): at rank $s$ let $Z$ be "
        "the rows and $W$ the columns that the unit at place $s$ does not have, at most $s-1$ together. "
        "The form $p A q$, for $p$ with $p A$ zero on $W$ and $q$ with $A q$ zero on $Z$, has rank at "
        "least $s-|Z|-|W| >= 1@s-|Z|-|W| \\ge 1$. With $p A q = 1$ the unit takes $(A q)(p A)$, and what "
        "is left has rank $s-1$ (Wedderburn)."
    ),
    "lower": (
        "These lines are fewer than the rank $s$, and they hold all entries outside the unit's rows or "
        "columns that may be different from zero. So $s$ minus the ranks of the rows and of the columns "
        "outside, plus the rank of the block where they meet, is at least 1 (complete the block by "
        "zeros: Frobenius). This is the rank of the form $p A q$ for $p$ and $q$ as the unit allows; "
        "with $p A q = 1$ the unit takes $(A q)(p A)$, and what is left has rank $s-1$ (Wedderburn)."
    ),
    "line": (
        "It holds all of this line that may be different from zero: it takes the line as it is, and the "
        "line leaves the rectangle."
    ),
    "span": (
        "Fewer lines than the rank $s$ are not listed below, and the unit has those listed. If the "
        "matrix has rank $s$, some line listed is not in the span of the lines not listed, so there is "
        "$q$ such that $A q$ is zero on these and 1 there: the unit takes $A q$ times the line, which "
        "lowers the rank and makes the line zero. If the rank is smaller, the unit takes any line "
        "listed. In each case what is left is reached:"
    ),
    "zeros": (
        "Each of the following units misses at most as many lines as the rank $s$. If the block of the "
        "rows and the columns that it misses is not zero, the form $p A q$, for $p$ and $q$ as the unit "
        "allows, has rank at least 1, and the unit lowers the rank (Wedderburn). A matrix of smaller "
        "rank needs no such step."
    ),
    "term": "So the rank is at most the number of these lines.",
    "rado": (
        "They have all lines across. Let $A = X Y$ with inner dimension $s$, the rank. A unit may have "
        "any vector of $P[k]@P_k$, those $g$ for which $X g$ is zero outside its lines. For each choice "
        "of these units the $P[k]@P_k$ span enough dimensions for Rado's theorem, whatever $A$ is: the "
        "span of the rows of $X$ that some units all miss has at most the dimension that the "
        "certificate's count allows. So $s$ of the units have independent vectors, and in this basis "
        "$A$ is their sum (C8)."
    ),
    "linear": (
        "The other sides enter linearly, and the rank of this linear map, modulo the number in the "
        "certificate, is the number of entries. So it is onto: every matrix on the rectangle is reached "
        "(C9)."
    ),
}
"""What each move or end of the game means."""
