"""The proof of a not-closed certificate, in the words of a mathematician (theory H1, 4, N4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from semialg.algebra.laurent import LaurentMatrix
from semialg.certificates.explain_ranks import dependent, ranks, rational_sections
from semialg.certificates.naming import laurent, polynomial, sparse_matrix
from semialg.certificates.prose import (
    Cases,
    Equation,
    Equations,
    Grid,
    Heading,
    Math,
    join,
    listing,
    mask_grid,
    number,
    paragraph,
)
from semialg.errors import CertificateError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from fractions import Fraction

    from semialg.certificates.naming import Names
    from semialg.certificates.prose import Block, Inline
    from semialg.pattern.pattern import Pattern

    Variable = tuple[int, int, int]

__all__ = ["LIMIT_WORDS", "OUTSIDE_WORDS", "explain_not_closed", "mask_equation"]

_LARGEST_GRID = 10
_LONGEST_SUM = 8
_WIDEST_ROW = 20

_IN, _NOT_IN, _TO = Math(" in ", " \\in "), Math(" not in ", " \\notin "), Math(" -> ", " \\to ")
_EQUALS = Math(" = ", " = ")
_E, _A = Math("E", "E"), Math("A", "A")
_LIMIT = Math("t -> 0", "t \\to 0")


def explain_not_closed(proof: Mapping[str, Any], pattern: Pattern, names: Names) -> list[Block]:
    """Return the proof that the set of products of a pattern is not closed.

    Parameters
    ----------
    proof
        The ``"proof"`` of a not-closed certificate, or a part of one.
    pattern, names
        The pattern that it speaks about, and the names in it.

    Raises
    ------
    CertificateError
        If the proof uses a rule that has no words yet.
    """
    blocks: list[Block] = _rule(LIMIT_WORDS, proof)(proof, pattern, names)
    return blocks


def _rule(rules: Mapping[str, Any], proof: Mapping[str, Any]) -> Any:
    if proof["rule"] not in rules:
        raise CertificateError(
            f"the certificate uses the rule {proof['rule']!r}, for which there are no words; "
            f"expected one of {', '.join(rules)}"
        )
    return rules[proof["rule"]]


def _minor(proof: Mapping[str, Any], pattern: Pattern, names: Names) -> list[Block]:
    kept = [proof["rows"], *proof["hidden"], proof["columns"]]
    inner_names = names.minor(kept)
    inner = pattern.minor(proof["rows"], proof["columns"], proof["hidden"])
    blocks: list[Block] = [
        Heading("Reduction to a minor"),
        paragraph(
            "Keep the rows ",
            listing(i + 1 for i in inner_names.labels[0]),
            " of ",
            names.mask(0),
            ", the columns ",
            listing(j + 1 for j in inner_names.labels[-1]),
            " of ",
            names.mask(names.layers - 1),
            *_hidden(inner_names),
            ". Every hidden unit that is left out lies on no path between these rows and columns, so the "
            "products of the masks so restricted form the set ",
            Math("E'", "E'"),
            " of those blocks, on the rows and columns kept, of members of ",
            _E,
            ". Setting the other rows of the first factor and the other columns of the last to zero shows "
            "that a matrix that vanishes outside the block belongs to ",
            _E,
            " if and only if its block belongs to ",
            Math("E'", "E'"),
            ". Hence ",
            Math("E'", "E'"),
            " is the intersection of ",
            _E,
            " with a linear subspace, and if ",
            _E,
            " were closed, so would be ",
            Math("E'", "E'"),
            ". It is enough to show that ",
            Math("E'", "E'"),
            " is not. From here on ",
            _E,
            " stands for ",
            Math("E'", "E'"),
            "; rows, units and columns keep their numbers. The restricted masks are",
        ),
        *mask_equation(inner, inner_names),
    ]
    return [*blocks, *explain_not_closed(proof["proof"], inner, inner_names)]


def _hidden(names: Names) -> Inline:
    layers = names.labels[1:-1]
    if len(layers) == 1:
        return (" and the hidden units ", listing(k + 1 for k in layers[0]))
    parts: list[str] = [
        f" and, in hidden layer {len(layers) - at}, the units {listing(k + 1 for k in units)}"
        for at, units in enumerate(layers)
    ]
    return tuple(parts)


def mask_equation(pattern: Pattern, names: Names) -> list[Block]:
    """Return the pictures of the masks, or their sizes where a picture would not fit."""
    if max(pattern.widths) > _LARGEST_GRID:
        sizes = [
            names.mask(at) + Math(f": {m.rows} x {m.columns}", f": {m.rows} \\times {m.columns}")
            for at, m in enumerate(pattern.masks)
        ]
        return [Equation((join(sizes, ",   ", ",\\quad "),))]
    names_and_grids = [
        (names.mask(at) + _EQUALS, mask_grid(mask.to_lists())) for at, mask in enumerate(pattern.masks)
    ]
    if sum(pattern.widths[1:]) > _WIDEST_ROW:
        return [Equation(pieces) for pieces in names_and_grids]
    row: list[Math | Grid] = []
    for name, grid in names_and_grids:
        row += [Math("   ", "\\qquad ") + name if row else name, grid]
    return [Equation(tuple(row))]


def _limit(proof: Mapping[str, Any], pattern: Pattern, names: Names) -> list[Block]:
    limit = LaurentMatrix.from_json(proof["target"]).constants()
    target = [[number(value) for value in row] for row in limit]
    curve = [LaurentMatrix.from_json(factor) for factor in proof["curve"]]
    product = curve[0]
    for factor in curve[1:]:
        product = product @ factor
    t = Math("(t)", "(t)")
    factors = _merged(
        [_matrix(names.factor(at) + t, _cells(factor), factor.shape) for at, factor in enumerate(curve)],
        sum(factor.shape[1] for factor in curve),
    )
    rows, columns = len(target), len(target[0])
    wanted = {
        (i, j): value for i, row in enumerate(target) for j, value in enumerate(row) if value.text != "0"
    }
    return [
        Heading("A limit of members"),
        paragraph("Let"),
        *_matrix(_A, wanted, (rows, columns)),
        paragraph("and for ", Math("t != 0", "t \\neq 0"), " let"),
        *factors,
        paragraph(
            "The factors vanish outside their masks, so their product belongs to ", _E, ". Multiplying out,"
        ),
        *_matrix(names.product("(t)"), _cells(product), product.shape),
        paragraph("which tends to ", _A, " as ", _LIMIT, ". So ", _A, " is a limit of members of ", _E, "."),
        Heading("The limit is not a member"),
        paragraph(
            "Suppose ",
            _A + _EQUALS + names.product(),
            " with factors supported on the masks, and write ",
            Math("P[i,j]", "P_{i,j}"),
            " for the entry of the product in row ",
            Math("i", "i"),
            " and column ",
            Math("j", "j"),
            ", a polynomial in the entries of the factors.",
        ),
        *_outside(proof["outside"], _Equations(pattern, names, target, limit)),
        paragraph("So ", _A + _NOT_IN + _E, ", and ", _E, " is not closed. ", Math("QED", "\\square")),
    ]


def _dense(proof: Mapping[str, Any], pattern: Pattern, names: Names) -> list[Block]:
    limit = LaurentMatrix.from_json(proof["target"]).constants()
    target = [[number(value) for value in row] for row in limit]
    wanted = {
        (i, j): value for i, row in enumerate(target) for j, value in enumerate(row) if value.text != "0"
    }
    return [
        Heading("A limit of members"),
        paragraph("Let"),
        *_matrix(_A, wanted, (len(target), len(target[0]))),
        *rational_sections(proof, pattern, names),
        Heading("The limit is not a member"),
        paragraph("Suppose ", _A + _EQUALS + names.product(), " with factors supported on the masks."),
        *_outside(proof["outside"], _Equations(pattern, names, target, limit)),
        paragraph("So ", _A + _NOT_IN + _E, ", and ", _E, " is not closed. ", Math("QED", "\\square")),
    ]


def _merged(parts: Sequence[list[Block]], columns: int) -> list[Block]:
    """Put displayed matrices side by side where they are small."""
    if columns > _LARGEST_GRID:
        return [block for part in parts for block in part]
    pieces: list[Math | Grid] = []
    for block in (block for part in parts for block in part if isinstance(block, Equation)):
        pieces += [Math("   ", "\\qquad "), *block.pieces] if pieces else block.pieces
    return [Equation(tuple(pieces))]


def _cells(matrix: LaurentMatrix) -> dict[tuple[int, int], Math]:
    return {place: laurent(entry.to_json()) for place, entry in matrix.items()}


def _matrix(name: Math, entries: Mapping[tuple[int, int], Math], shape: tuple[int, int]) -> list[Block]:
    """Return a displayed matrix, or the list of its nonzero entries where it is too large."""
    if max(shape) <= _LARGEST_GRID:
        return [Equation((name + _EQUALS, sparse_matrix(*shape, entries)))]
    shown = [
        Math(f"({i + 1},{j + 1}): {entry.text}", f"({i + 1},{j + 1})\\colon {entry.latex}")
        for (i, j), entry in list(entries.items())[:40]
    ]
    more = len(entries) - len(shown)
    rest = f", and {more} more that the certificate lists" if more else ""
    size = Math(f"{shape[0]} x {shape[1]}", f"{shape[0]} \\times {shape[1]}")
    return [paragraph(name, " of size ", size, ", with the nonzero entries ", *_spread(shown), f"{rest}.")]


def _spread(pieces: Sequence[Math]) -> Inline:
    spread: list[str | Math] = []
    for at, piece in enumerate(pieces):
        spread += [", ", piece] if at else [piece]
    return tuple(spread)


@dataclass(frozen=True)
class _Equations:
    """The equations "entry of the product = entry of the target", and the variables known to be zero."""

    pattern: Pattern
    names: Names
    target: Sequence[Sequence[Math]]
    limit: Sequence[Sequence[Fraction]]
    zero: frozenset[Variable] = frozenset()


def _outside(proof: Mapping[str, Any], system: _Equations) -> list[Block]:
    blocks: list[Block] = _rule(OUTSIDE_WORDS, proof)(proof, system)
    return blocks


def _terms(terms: Sequence[Mapping[str, Any]], system: _Equations) -> tuple[list[Block], Math]:
    """Return the equations that are used, one a line, and their combination."""
    names = system.names
    lines: list[Math] = []
    combination = []
    for term in terms:
        cofactor = polynomial(term["cofactor"], names)
        if "inverse_of" in term:
            name = names.variable(term["inverse_of"])
            inverse = names.variable(["inverse", *term["inverse_of"]])
            bracket = name + Math(f" {inverse.text} - 1", f"\\, {inverse.latex} - 1")
        else:
            i, j = term["row"], term["column"]
            place = Math(f"P{_square(names.place(i, j))}", f"P_{{{names.place(i, j).latex[1:-1]}}}")
            value = system.target[i][j]
            lines.append(place + _EQUALS + _entry(system, i, j) + _EQUALS + value)
            if value.text == "0":
                bracket = place
            elif value.text.startswith("-"):
                bracket = place + " + " + Math(value.text[1:], value.latex.removeprefix("-"))
            else:
                bracket = place + " - " + value
        combination.append(_times(cofactor, bracket))
    total = combination[0] if combination else number(0)
    for summand in combination[1:]:
        minus = summand.text.startswith("-")
        total = total + Math(
            f" - {summand.text[1:]}" if minus else f" + {summand.text}",
            f" - {summand.latex[1:]}" if minus else f" + {summand.latex}",
        )
    return [Equations(tuple(lines))] if lines else [], total


def _square(place: Math) -> str:
    return f"[{place.text[1:-1]}]"


def _times(cofactor: Math, bracket: Math) -> Math:
    single = " " not in bracket.text
    factor = bracket if single else Math(f"({bracket.text})", f"({bracket.latex})")
    if cofactor.text in {"1", "-1"}:
        return Math(cofactor.text[:-1], cofactor.latex[:-1]) + factor
    plain = " + " not in cofactor.text and " - " not in cofactor.text
    head = cofactor if plain else Math(f"({cofactor.text})", f"({cofactor.latex})")
    return head + Math(" ", "\\,") + factor


def _entry(system: _Equations, i: int, j: int) -> Math:
    """Return one entry of the product, the sum over the paths from row ``i`` to column ``j``."""
    pattern, names = system.pattern, system.names
    paths: list[tuple[tuple[int, ...], Math | None]] = [((i,), None)]
    for at, mask in enumerate(pattern.masks):
        last = at == pattern.layers - 1
        longer: list[tuple[tuple[int, ...], Math | None]] = []
        for nodes, monomial in paths:
            for k in mask.row(nodes[-1]):
                if (last and k != j) or (at, nodes[-1], k) in system.zero:
                    continue
                name = names.entry(at, nodes[-1], k)
                longer.append(((*nodes, k), name if monomial is None else monomial + Math(" ", " ") + name))
        paths = longer
        if len(paths) > 50 * _LONGEST_SUM:
            return Math("...", "\\cdots")
    monomials = [monomial for _, monomial in paths if monomial is not None]
    if len(monomials) > _LONGEST_SUM:
        head = join(monomials[: _LONGEST_SUM - 1], " + ")
        return head + Math(" + ... + ", " + \\cdots + ") + monomials[-1]
    return join(monomials, " + ") if monomials else number(0)


def _identity(proof: Mapping[str, Any], system: _Equations) -> list[Block]:
    lines, combination = _terms(proof["terms"], system)
    return [
        paragraph("Then" if lines else "Now"),
        *lines,
        paragraph("and as polynomials"),
        Equation((number(1) + _EQUALS + combination + ".",)),
        paragraph("Every summand on the right is zero by the equations, so 1 = 0, a contradiction."),
    ]


def _split(proof: Mapping[str, Any], system: _Equations) -> list[Block]:
    names = system.names
    name = names.variable(proof["variable"])
    without = replace(system, zero=system.zero | {tuple(proof["variable"])})
    zero: Inline = ("Case ", name + _EQUALS + number(0), ".")
    inverse = names.variable(["inverse", *proof["variable"]])
    nonzero: Inline = (
        "Case ",
        name + Math(" != ", " \\neq ") + number(0),
        ". Then ",
        inverse,
        " is a number with ",
        name + Math(f" {inverse.text} = 1", f"\\, {inverse.latex} = 1"),
        ".",
    )
    return [
        paragraph("Either ", name, " is zero or it is not."),
        Cases(
            (
                (zero, tuple(_outside(proof["zero"], without))),
                (nonzero, tuple(_outside(proof["nonzero"], system))),
            )
        ),
    ]


def _squares(proof: Mapping[str, Any], system: _Equations) -> list[Block]:
    lines, combination = _terms(proof["terms"], system)
    squares = [
        number(square["weight"]) + Math(f" ({inner.text})^2", f"\\left({inner.latex}\\right)^2")
        for square in proof["squares"]
        for inner in [polynomial(square["poly"], system.names)]
    ]
    left = join([number(1), *squares], " + ")
    return [
        paragraph("Then" if lines else "Now"),
        *lines,
        paragraph("and as polynomials"),
        Equation((left + _EQUALS + combination + ".",)),
        paragraph(
            "Every summand on the right is zero by the equations, but the left side is at least 1 for real "
            "numbers, a contradiction."
        ),
    ]


def _trust(proof: Mapping[str, Any], system: _Equations) -> list[Block]:
    return [
        paragraph(
            "That these equations have no real solution is the word of ",
            listing(_solver(s) for s in proof["solvers"]) or "a solver",
            "; it is not proved here. The statement that was asked is in the certificate, in SMT-LIB.",
        )
    ]


def _solver(entry: object) -> str:
    if isinstance(entry, dict):
        return " ".join(str(entry[key]) for key in ("name", "version") if key in entry)
    return str(entry)


#: The rules about patterns that have words, by name.
LIMIT_WORDS: dict[str, Callable[[Mapping[str, Any], Pattern, Names], list[Block]]] = {
    "minor": _minor,
    "limit": _limit,
    "dense": _dense,
}

#: The rules about a target outside of the set that have words, by name.
OUTSIDE_WORDS: dict[str, Callable[[Mapping[str, Any], _Equations], list[Block]]] = {
    "identity": _identity,
    "split": _split,
    "squares": _squares,
    "trust": _trust,
    "ranks": lambda proof, system: ranks(proof, system.names, system.limit),
    "dependent": lambda proof, system: dependent(proof, system.pattern, system.names),
}
