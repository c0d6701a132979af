"""Proofs by ranks, in words (theory N9, N10, N12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from semialg.algebra.linear import rank
from semialg.certificates.prose import Equation, Math, listing, paragraph, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

    from semialg.certificates.naming import Names
    from semialg.certificates.prose import Block, Inline
    from semialg.pattern.pattern import Pattern

__all__ = ["dependent", "ranks", "rational_sections"]


def ranks(proof: Mapping[str, Any], names: Names, limit: Sequence[Sequence[Fraction]]) -> list[Block]:
    """Return the proof by the rank inequality."""
    rows, columns = proof["rows"], proof["columns"]
    across = rank([limit[i] for i in rows])
    down = rank([[row[j] for j in columns] for row in limit])
    middle = rank([[limit[i][j] for j in columns] for i in rows])
    size = sum(map(len, proof["cut"]))
    total = across + down - middle
    return [
        paragraph(
            *words("Let $Z$ be "),
            _lines("row", (names.labels[0][i] for i in rows)),
            *words(" and $W$ "),
            _lines("column", (names.labels[-1][j] for j in proof["columns"])),
            *words(". Every path that ends in $Z$ or starts in $W$ runs through "),
            *_cut(proof["cut"], names),
            *words(
                ". Let $A'$ be the part of the product that the paths through these make. It agrees with $A$ "
            ),
            *words(
                "in the rows $Z$ and in the columns $W$, where no other path contributes. Sort the paths "
            ),
            *words("by the last of these through which they run: each of them adds a column times a row, "),
            *words(f"so $rk A'@\\operatorname{{rk}} A'$ is at most {size}. But for every matrix (Frobenius)"),
        ),
        Equation(
            (
                Math(
                    f"rk A' >= rk A[Z,:] + rk A[:,W] - rk A[Z,W] = {across} + {down} - {middle} = {total},",
                    "\\operatorname{rk} A' \\geq \\operatorname{rk} A_{Z,\\cdot} + "
                    "\\operatorname{rk} A_{\\cdot,W} - \\operatorname{rk} A_{Z,W} = "
                    f"{across} + {down} - {middle} = {total},",
                ),
            )
        ),
        paragraph("a contradiction."),
    ]


def _lines(what: str, labels: Iterable[int]) -> str:
    listed = [label + 1 for label in labels]
    if not listed:
        return f"no {what}"
    return f"the {what}{'s' if len(listed) > 1 else ''} {listing(listed)}"


def _cut(cut: Sequence[Sequence[int]], names: Names) -> Inline:
    last = len(cut) - 1
    parts: list[str] = []
    for at, lines in enumerate(cut):
        labels = [names.labels[at][k] for k in lines]
        if labels and at in (0, last):
            parts.append(_lines("row" if at == 0 else "column", labels))
        elif labels:
            where = "" if last == 2 else f" of hidden layer {last - at}"
            parts.append(f"{_lines('unit', labels)}{where}")
    return (" or ".join(parts) or "nothing",)


def dependent(proof: Mapping[str, Any], pattern: Pattern, names: Names) -> list[Block]:
    """Return the proof by dependent lines that no factor has."""
    layer, sides = proof["layer"], proof["sides"]
    units = pattern.widths[layer + 1]
    where = "" if pattern.layers == 2 else f" of hidden layer {pattern.layers - 1 - layer}"
    start = paragraph(
        *words(
            f"Write the product as $X Y$, where $X$ has a column and $Y$ a row for each of the {units} units"
        ),
        *words(
            f"{where}: column $k$ of $X$ vanishes off the rows, and row $k$ of $Y$ off the columns, to which "
        ),
        *words("a path joins unit $k$. "),
        *words(_RANK[len(sides)].format(units=units, less=units - 1)),
    )
    if len(sides) == 1:
        return [start, *_side(sides[0], names, "So ")]
    first = words("If the dependencies of the rows are those of $X$, ")
    second = words("If the dependencies of the columns are those of $Y$, ")
    return [
        start,
        *_side(sides[0], names, *first),
        *_side(sides[1], names, *second),
    ]


_RANK = {
    1: "Now $rk A = {units}@\\operatorname{{rk}} A = {units}$, so $X$ and $Y$ have this rank, too. Hence "
    "every dependency of rows of $A$ is one of rows of $X$, and every one of columns of $A$ is one of "
    "columns of $Y$. ",
    2: "Now $rk A = {less}@\\operatorname{{rk}} A = {less}$. By Sylvester $rk X + rk Y <= rk A + {units}"
    "@\\operatorname{{rk}} X + \\operatorname{{rk}} Y \\leq \\operatorname{{rk}} A + {units}$, and neither "
    "is below $rk A@\\operatorname{{rk}} A$. So $X$ or $Y$ has the rank of $A$. If it is $X$, it has the "
    "same column space, and every dependency of rows of $A$ is one of rows of $X$; if it is $Y$, every one "
    "of columns of $A$ is one of columns of $Y$. ",
}


def _side(side: Mapping[str, Any], names: Names, *start: str | Math) -> list[Block]:
    rows = side["axis"] == "rows"
    near, far, factor = ("row", "column", "X") if rows else ("column", "row", "Y")
    lines = [(names.labels[0] if rows else names.labels[-1])[line] for line in side["lines"]]
    at = (names.labels[-1] if rows else names.labels[0])[side["at"]] + 1
    chosen = _lines(near, lines).removeprefix("the ")
    return [
        paragraph(
            *start,
            *words(
                f"the {chosen}, multiples of each other in $A$ and not zero, are multiples of each other in "
            ),
            *words(
                f"${factor}$. So they vanish there off the units to which all of them are joined. None of "
            ),
            *words(
                f"these units is joined to {far} {at}, so the entries of $A$ where the {near}s named meet "
            ),
            *words(f"{far} {at} are zero. They are not: a contradiction."),
        )
    ]


def rational_sections(proof: Mapping[str, Any], pattern: Pattern, names: Names) -> list[Block]:
    """Return the proof that the products are dense among the matrices of rank at most r."""
    units = pattern.widths[1]
    labels = names.labels[1]
    order = ", ".join(f"{'gh'[step['side'] == 'y']}{labels[step['unit']] + 1}" for step in proof["steps"])
    pairs = [f"{labels[k] + 1} and {labels[other] + 1}" for k, other in proof["uncross"]]
    blocks: list[Block] = []
    if pairs:
        done = f" Do this with the units {', then '.join(pairs)}. In what follows the masks are the new ones."
        blocks.append(paragraph(*words(_UNCROSS), done))
    return [
        *blocks,
        paragraph(*words(_BASES.format(units=units))),
        paragraph(*words(_ORDER.format(order=order, prime=proof["prime"], units=units))),
    ]


_UNCROSS = (
    "First replace two units $k$ and $l$ by units with the supports $R[k] u R[l]@R_k \\cup R_l$, "
    "$C[k] n C[l]@C_k \\cap C_l$ and $R[k] n R[l]@R_k \\cap R_l$, $C[k] u C[l]@C_k \\cup C_l$. The "
    "products of the new masks are limits of products of the old: with $w = w[k] + w[l]@w = w_k + w_l$ and "
    "$b = b[k] - b[l]@b = b_k - b_l$ take the columns $v + t w[k]@v + t w_k$, $-v + t w[l]@-v + t w_l$ and "
    "the rows $c/t + b[k]@c/t + b_k$, $c/t + b[l]@c/t + b_l$, and the sum tends to $w c + v b$."
)
_BASES = (
    "Every matrix of rank at most {units} is a product $X' Y'$ with {units} columns and rows. For almost all "
    "$X'$, $Y'$ we find columns $g[k]@g_k$ and rows $h[k]@h_k$, one of each for every unit, such that "
    "$X' g[k]@X' g_k$ vanishes off the rows of unit $k$, $h[k] Y'@h_k Y'$ off its columns, and "
    "$h[k] g[l]@h_k g_l$ is zero for $k != l@k \\neq l$ and not zero for $k = l$. Then $X' Y'$ is the sum of "
    "the products $X' g[k] h[k] Y' / (h[k] g[k])@X' g_k h_k Y' / (h_k g_k)$, which is a product of the "
    "masks, so these products are dense among those matrices."
)
_ORDER = (
    "They are found in the order {order}. Each has to solve linear equations: the rows of $X'$ (columns of "
    "$Y'$) outside its unit, and those found before it on the other side, but for that of its own unit. Fix "
    "the unknowns that are free, and the others are rational functions of the entries of $X'$ and $Y'$, if "
    "the equations are independent. That they are, and that no $h[k] g[k]@h_k g_k$ is zero identically, need "
    "be seen at one point only, and modulo one prime: the certificate gives the residues modulo {prime}. The "
    "rank of $A$ is at most {units}, so $A$ is a limit of members of $E$."
)
