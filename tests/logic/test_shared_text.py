"""Formulas with shared parts are written once: linear in the nodes, equal when read back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semialg.algebra.polynomial import Polynomial
from semialg.logic.evaluate import evaluate
from semialg.logic.formula import And, Atom, Formula, Not, Or, exists, for_all
from semialg.logic.smtlib import smtlib_symbols, smtlib_term, to_smtlib
from semialg.logic.smtlib_reader import parse_smtlib
from semialg.logic.variables import all_variables

X, Y = Polynomial.variable("x"), Polynomial.variable("y")


def chain(levels: int, *, quantified: bool = False) -> Formula:
    found: Formula = Atom(X, ">")
    for level in range(1, levels + 1):
        split = Atom(Y - level, ">")
        found = Or((And((found, split)), And((Not(found), Not(split)))))
        if quantified:
            found = exists(["x"], found & Atom(X - level, ">"))
    return found


@pytest.mark.parametrize("quantified", [False, True])
def test_the_text_grows_with_the_nodes_and_not_with_the_tree(quantified):
    lengths = [len(to_smtlib(chain(levels, quantified=quantified))) for levels in (50, 100, 200)]
    assert lengths[1] < 3 * lengths[0]
    assert lengths[2] < 3 * lengths[1]


def test_what_is_read_back_is_equal():
    for formula in (chain(6), chain(6, quantified=True), for_all(["y"], chain(4) & Not(chain(4)))):
        assert parse_smtlib(to_smtlib(formula)).formula == formula


@st.composite
def _shared(draw):
    """Draw a formula over a growing pool of parts, so that parts are shared in every way."""
    pool: list[Formula] = [Atom(X, ">"), Atom(Y - X, "="), Atom(X * Y - 1, ">")]
    for _ in range(draw(st.integers(3, 14))):
        parts = draw(st.lists(st.sampled_from(range(len(pool))), min_size=2, max_size=3))
        kind = draw(st.sampled_from(["and", "or", "not", "exists", "forall"]))
        chosen = [pool[at] for at in parts]
        match kind:
            case "and":
                pool.append(And(tuple(chosen)))
            case "or":
                pool.append(Or(tuple(chosen)))
            case "not":
                pool.append(Not(chosen[0]))
            case "exists":
                pool.append(exists(["x"], chosen[0]))
            case _:
                pool.append(for_all(["y"], chosen[0]))
    return pool[-1]


@settings(deadline=None, derandomize=True)
@given(_shared())
def test_every_way_of_sharing_is_read_back(formula):
    assert parse_smtlib(to_smtlib(formula)).formula == formula


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.integers(1, 7), st.fractions(-9, 9), st.fractions(-9, 9))
def test_definitions_do_not_change_the_truth(levels, x, y):
    formula = chain(levels)
    read = parse_smtlib(to_smtlib(formula)).formula
    assert evaluate(read, {"x": x, "y": y}) == evaluate(formula, {"x": x, "y": y})


def test_names_of_definitions_avoid_names_of_variables():
    odd = Polynomial.variable("?d1")
    part = Or((And((Atom(odd, ">"), Atom(X, ">"))), And((Atom(odd, "="), Atom(Y, ">")))))
    formula = And((Or((part, Atom(X, "="))), Not(part)))
    assert parse_smtlib(to_smtlib(formula)).formula == formula


def test_symbols_are_distinct_simple_and_reversible():
    names = ["exists", "forall", "_", "v!1", "let", "a b", "é", "x", "w_0_1", "pi", "sat", "@k", ".x"]
    formula = Atom(sum((Polynomial.variable(name) for name in names), Polynomial.constant(0)), ">")
    symbols = smtlib_symbols(formula)
    assert set(symbols) == set(names) == set(all_variables(formula))
    assert len(set(symbols.values())) == len(names)
    assert (symbols["x"], symbols["w_0_1"]) == ("x", "w_0_1")
    term = smtlib_term(formula, symbols)
    assert "|" not in term
    assert "exists" not in term
