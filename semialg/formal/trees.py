"""Normal-form trees as terms of ``Tree.node``."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from semialg.formal.terms import Refused, Unsupported, coq_list, rational

if TYPE_CHECKING:
    from semialg.formal.instance_state import State

__all__ = ["node_term"]

Monomial = tuple[tuple[tuple[int, int], int], ...]


def node_term(node: dict[str, Any], minors: list[tuple[str, int]], state: State) -> str:
    """Return the Coq term of a node.

    Parameters
    ----------
    node
        The node of the certificate.
    minors
        For each minor of the tree its axis, "row" or "column", and its label.
    state
        The instance that the tree is about.

    Raises
    ------
    Unsupported
        If a node has no lemma.
    Refused
        If the node does not fit the instance.
    """
    kind = node["node"]
    if kind in ("pivot", "normalize"):
        a, j = node["at"]
        one = node_term(node["one"], minors, state)
        for axis, line in reversed(node["operations"]):
            one = f"(Clear {a} {line} {j} {one})" if axis == "row" else _clear_column(a, j, line, one)
        one = f"(Scale {a} {j} {one})"
        return (
            one if kind == "normalize" else f"(Cases {a} {j} {one} {node_term(node['zero'], minors, state)})"
        )
    if kind == "restrict":
        axis, label = minors[node["minor"]]
        return f"(Restrict {label})" if axis == "row" else f"(Turn (Restrict {label}))"
    if kind == "lines" and not node["selections"]:
        return _lines(node["lines"], state)
    if kind == "parameters" and not node["selections"]:
        return _parameters(node["units"], state)
    raise Unsupported(f"node.{kind}")


def _clear_column(a: int, j: int, column: int, one: str) -> str:
    return f"(Turn (Clear {j} {column} {a} (Turn {one})))"


def _positions(state: State) -> dict[tuple[int, int], int]:
    """Return the position of each copy (unit, number)."""
    seen: Counter[int] = Counter()
    found = {}
    for at, copy in enumerate(state.copies):
        found[copy.id, seen[copy.id]] = at
        seen[copy.id] += 1
    return found


def _lines(lines: list[list[Any]], state: State) -> str:
    positions = _positions(state)
    words = ["Row 0"] * len(state.copies)
    for unit, copy, axis, line in lines:
        words[positions[unit, copy]] = f"{'Row' if axis == 'row' else 'Col'} {line}"
    return f"(Lines {coq_list(words)})"


def _parameters(units: list[dict[str, Any]], state: State) -> str:
    positions = _positions(state)
    xs, ys = (["[]"] * len(state.copies) for _ in range(2))
    for unit in units:
        at = positions[unit["unit"], unit["copy"]]
        xs[at], ys[at] = (
            coq_list(f"({line}%nat, {_quotient(ratio)})" for line, ratio in unit[side]) for side in ("x", "y")
        )
    return f"(Parameters {coq_list(xs)} {coq_list(ys)})"


def _quotient(ratio: dict[str, Any]) -> str:
    """Return a quotient of polynomials as a Laurent polynomial; the denominator has one term."""
    below = [(monomial, number) for monomial, number in _collected(ratio["denominator"]).items() if number]
    if len(below) != 1:
        raise Refused("a denominator has not one term")
    inverse, scale = below[0]
    terms = []
    for monomial, number in _collected(ratio["numerator"]).items():
        names = [f"(false, 0, {i}, {j})%nat" for (i, j), power in monomial for _ in range(power)]
        names += [f"(true, 0, {i}, {j})%nat" for (i, j), power in inverse for _ in range(power)]
        terms.append(f"({rational(number / scale)}, {coq_list(names)})")
    return coq_list(terms)


def _collected(polynomial: list[dict[str, Any]]) -> dict[Monomial, Fraction]:
    found: dict[Monomial, Fraction] = {}
    for term in polynomial:
        powers = sorted(((i, j), power) for (i, j), power in term["monomial"])
        found[tuple(powers)] = found.get(tuple(powers), Fraction(0)) + Fraction(term["coefficient"])
    return found
