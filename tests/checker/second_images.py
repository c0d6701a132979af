"""A second checker of claims about images, with sympy and by definitions.

It shares nothing with semialg.checker.

``accepts`` returns False or raises one of the built-in errors for a certificate that does not hold.
"""

from __future__ import annotations

import itertools
import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import sympy

SECOND = runpy.run_path(str(Path(__file__).with_name("second_checker.py")))
T = sympy.Symbol("t")


def name(place: Any) -> Any:
    return sympy.Symbol("_".join(map(str, place)))


def poly(terms: Any) -> Any:
    total = sympy.Integer(0)
    for term in terms:
        powers = [name(place) ** exponent for place, exponent in term["monomial"]]
        assert all(exponent >= 1 for _, exponent in term["monomial"])
        total += sympy.Rational(term["coefficient"]) * sympy.prod(powers)
    return sympy.expand(total)


def laurent(entry: Any) -> Any:
    return sum((sympy.Rational(c) * T ** int(e) for e, c in entry.items()), sympy.Integer(0))


def squares(listed: Any) -> Any:
    assert all(sympy.Rational(square["weight"]) > 0 for square in listed)
    return sum((sympy.Rational(s["weight"]) * poly(s["poly"]) ** 2 for s in listed), sympy.Integer(0))


def limit(value: Any) -> Any:
    """Return the value at t = 0 of a Laurent polynomial without a pole."""
    value = sympy.expand(value)
    powers = [term.as_coeff_exponent(T)[1] for term in sympy.Add.make_args(value)]
    assert all(power >= 0 for power in powers)
    return value.subs(T, 0)


def outside(
    equations: dict[Any, Any], proof: Any, known: dict[Any, Any], inverse: frozenset[Any], allowed: Any
) -> bool:
    """Judge a proof that equations have no solution; ``known`` are the variables that are zero."""
    match proof["rule"]:
        case "identity" | "squares":
            total = -1 - squares(proof.get("squares", []))
            for term in proof["terms"]:
                cofactor = poly(term["cofactor"])
                for symbol in cofactor.free_symbols:
                    parts = str(symbol).split("_")
                    place = tuple(map(int, parts[1:] if parts[0] == "inverse" else parts))
                    assert place in allowed
                    assert parts[0] != "inverse" or place in inverse
                if "inverse_of" in term:
                    place = tuple(term["inverse_of"])
                    assert place in inverse
                    equation = name(place) * name(["inverse", *place]) - 1
                else:
                    equation = equations[term["row"], term["column"]]
                total += cofactor * equation
            return sympy.expand(sympy.expand(total).subs(known)) == 0
        case "split":
            place = tuple(proof["variable"])
            assert place in allowed
            assert place not in inverse
            assert name(place) not in known
            return outside(equations, proof["zero"], {**known, name(place): 0}, inverse, allowed) and outside(
                equations, proof["nonzero"], known, inverse | {place}, allowed
            )
    raise AssertionError


def degrees(f: Any, symbols: Any) -> set[int]:
    return {sum(powers) for powers in sympy.Poly(f, *symbols).monoms()} if f != 0 else set()


def about_a_map(claim: Any, proof: Any) -> bool:
    count = claim["variables"]
    x = [name((0, 0, k)) for k in range(count)]
    maps = [poly(f) for f in claim["map"]]
    assert maps
    assert all(f.free_symbols <= set(x) for f in maps)
    if claim["kind"] == "map_not_closed":
        curve = dict(zip(x, [laurent(entry) for entry in proof["curve"]], strict=True))
        targets = [sympy.Rational(value) for value in proof["target"]]
        assert all(limit(f.subs(curve, simultaneous=True)) == a for f, a in zip(maps, targets, strict=True))
        equations = {(i, 0): f - a for i, (f, a) in enumerate(zip(maps, targets, strict=True))}
        return outside(equations, proof["outside"], {}, frozenset(), {(0, 0, k) for k in range(count)})
    if proof["rule"] == "bounded":
        assert sorted(bound["variable"] for bound in proof["bounds"]) == list(range(count))
        for bound in proof["bounds"]:
            assert bound["exponent"] >= 1
            values = {name((0, 0, i)): sympy.Symbol(f"value{i}") for i in range(len(maps))}
            right = poly(bound["bound"])
            assert right.free_symbols <= set(values)
            right = right.subs(values).subs({sympy.Symbol(f"value{i}"): f for i, f in enumerate(maps)})
            left = x[bound["variable"]] ** (2 * bound["exponent"]) + squares(bound["squares"])
            assert left.free_symbols <= set(x)
            assert sympy.expand(left - right) == 0
        return True
    blocks = proof["blocks"] if proof["rule"] == "cone" else [list(range(count))]
    assert sorted(itertools.chain(*blocks)) == list(range(count))
    assert all(blocks)
    found = [[degrees(f, [x[k] for k in block]) for block in blocks] for f in maps if f != 0]
    assert all(len(d) == 1 and 0 not in d for row in found for d in row)
    assert proof["rule"] == "homogeneous" or all(row == found[0] for row in found)
    assert proof["exponent"] >= 1
    left = sympy.prod([sum(x[k] ** 2 for k in block) for block in blocks]) ** proof["exponent"]
    left += squares(proof["squares"])
    right = sympy.Integer(0)
    for term in proof["terms"]:
        assert term["column"] == 0
        right += poly(term["cofactor"]) * maps[term["row"]]
    assert (left - right).free_symbols <= set(x)
    return sympy.expand(left - right) == 0


def about_observed(claim: Any, proof: Any) -> bool:
    masks, observed = claim["masks"], claim["observed"]
    rows, columns = len(masks[0]), len(masks[-1][0])
    assert len(observed) == rows
    assert all(len(row) == columns for row in observed)
    assert all(len(one[0]) == len(other) for one, other in itertools.pairwise(masks))
    seen = [(i, j) for i in range(rows) for j in range(columns) if observed[i][j]]
    if proof["rule"] == "nonnegative":
        reach = masks[0]
        for mask in masks[1:]:
            reach = SECOND["product"](reach, mask)
        return claim["signs"] == "nonnegative" and all(
            observed[i][j] for i in range(rows) for j in range(columns) if reach[i][j]
        )
    if proof["rule"] == "units":
        assert claim["signs"] == "any"
        left, right = masks
        state = SECOND["two_layers"](left, right)
        free = frozenset((i, j) for i in range(rows) for j in range(columns) if not observed[i][j])
        return SECOND["instance"](replace(state, free=free), proof["proof"], [])
    factors, symbols = [], []
    for at, (mask, factor) in enumerate(zip(masks, proof["curve"], strict=True)):
        assert (len(factor), {len(row) for row in factor}) == (len(mask), {len(mask[0])})
        entries = [[laurent(entry) for entry in row] for row in factor]
        for i, j in itertools.product(range(len(mask)), range(len(mask[0]))):
            assert mask[i][j] or entries[i][j] == 0
            kept = {int(e): sympy.Rational(c) for e, c in factor[i][j].items() if sympy.Rational(c)}
            assert claim["signs"] == "any" or not kept or kept[min(kept)] > 0
        factors.append(sympy.Matrix(entries))
        symbols.append(
            sympy.Matrix(
                len(mask), len(mask[0]), lambda i, j, at=at, mask=mask: name((at, i, j)) * mask[i][j]
            )
        )
    product = sympy.prod(factors[1:], start=factors[0])
    general = sympy.prod(symbols[1:], start=symbols[0])
    target = sympy.Matrix([[sympy.Rational(value) for value in row] for row in proof["target"]])
    assert target.shape == (rows, columns)
    assert all(target[i, j] == 0 for i in range(rows) for j in range(columns) if (i, j) not in seen)
    assert all(limit(product[i, j]) == target[i, j] for i, j in seen)
    equations = {(i, j): general[i, j] - target[i, j] for i, j in seen}
    allowed = {
        (at, i, j)
        for at, mask in enumerate(masks)
        for i, row in enumerate(mask)
        for j, one in enumerate(row)
        if one
    }
    return outside(equations, proof["outside"], {}, frozenset(), allowed)


def accepts(document: Any) -> bool:
    claim, proof = document["claim"], document["proof"]
    return (about_a_map if claim["kind"].startswith("map") else about_observed)(claim, proof)
