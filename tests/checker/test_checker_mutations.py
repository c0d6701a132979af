"""Every single-place change of an accepted certificate is rejected, or shown true independently."""

from __future__ import annotations

import copy
import json
import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sympy

from semialg.checker import Unreadable, check

if TYPE_CHECKING:
    from collections.abc import Iterator

PROOFS = Path(__file__).parents[2] / "proofs"
MANIFEST = json.loads((PROOFS / "accept" / "manifest.json").read_text())
SECOND_RANKS = runpy.run_path(str(Path(__file__).with_name("second_ranks.py")))["accepts"]
RANK_RULES = {"ranks", "dependent"}
SECOND_IMAGES = runpy.run_path(str(Path(__file__).with_name("second_images.py")))["accepts"]
SECOND = runpy.run_path(str(Path(__file__).with_name("second_checker.py")))["accepts"]


def load(name: str) -> Any:
    return json.loads((PROOFS / "accept" / name).read_text())


def changes_of(value: Any) -> Iterator[Any]:
    """Yield what may stand in the place of a value after one slip of the pen."""
    if isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, str) and re.fullmatch(r"-?\d+(/\d+)?", value):
        yield value[1:] if value.startswith("-") else "-" + value
        yield from ("0", "1", "2", value + "/2" if "/" not in value else value + "1")
    elif isinstance(value, str):
        for match in re.finditer(r"[0-9+*-]", value):
            other = {"+": "-", "-": "+", "*": "+"}.get(match[0]) or str((int(match[0]) + 1) % 10)
            yield value[: match.start()] + other + value[match.end() :]
    elif isinstance(value, list):
        for at in range(len(value)):
            yield value[:at] + value[at + 1 :]
            yield [*value[: at + 1], *value[at:]]
            if at:
                yield [*value[: at - 1], value[at], value[at - 1], *value[at + 1 :]]
    elif isinstance(value, dict):
        yield from changes_of_object(value)


def changes_of_object(value: Any) -> Iterator[Any]:
    for key in value:
        yield {other: entry for other, entry in value.items() if other != key}
        if re.fullmatch(r"-?\d+", key):
            for shift in (-1, 1):
                yield {str(int(k) + shift) if k == key else k: entry for k, entry in value.items()}
    if all(re.fullmatch(r"-?\d+", key) for key in value):
        yield value | {"1": "1"}
        yield value | {"-3": "1"}


def mutations(document: Any) -> Iterator[Any]:
    """Yield the document with one place changed, for every place and change."""

    def walk(value: Any, path: tuple[Any, ...]) -> Iterator[Any]:
        for changed in changes_of(value):
            if changed == value:
                continue
            if not path:
                yield copy.deepcopy(changed)
                continue
            result = copy.deepcopy(document)
            place = result
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = changed
            yield result
        children = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for key, child in children:
            yield from walk(child, (*path, key))

    yield from walk(document, ())


def status_of(document: Any, pattern: Any) -> str:
    try:
        return check(json.dumps(document), pattern).status
    except Unreadable:
        return "unreadable"


def is_true_limit(masks: Any, proof: Any) -> bool:
    """Compute with sympy that the curve tends to the target; by a Groebner basis, that it is no product."""
    if proof["rule"] == "minor":
        sides = [proof["rows"], *proof["hidden"], proof["columns"]]
        lines = [len(masks[0]), *(len(mask[0]) for mask in masks)]
        assert all(set(side) <= set(range(n)) for side, n in zip(sides, lines, strict=True))
        assert all(len(set(side)) == len(side) for side in sides)
        minor = [[[mask[i][j] for j in sides[at + 1]] for i in sides[at]] for at, mask in enumerate(masks)]
        counts = [sympy.Matrix(mask) for mask in masks]
        full = sympy.prod(counts[1:], start=counts[0]).extract(proof["rows"], proof["columns"])
        kept = [sympy.Matrix(mask) for mask in minor]
        # As many paths inside the minor as in the whole pattern: no path is lost.
        return full == sympy.prod(kept[1:], start=kept[0]) and is_true_limit(minor, proof["proof"])
    t = sympy.Symbol("t")
    curve = [
        sympy.Matrix(
            [[sum(sympy.Rational(c) * t ** int(e) for e, c in cell.items()) for cell in row] for row in f]
        )
        for f in proof["curve"]
    ]
    target = sympy.Matrix([[sympy.Rational(c) for c in row] for row in proof["target"]])
    symbols = [
        sympy.Matrix(
            len(mask),
            len(mask[0]),
            lambda i, j, at=at, mask=mask: sympy.Symbol(f"w{at}_{i}_{j}") * mask[i][j],
        )
        for at, mask in enumerate(masks)
    ]
    for factor, mask in zip(curve, masks, strict=True):
        assert factor.shape == (len(mask), len(mask[0]))
        assert all(mask[i][j] or not factor[i, j] for i in range(factor.rows) for j in range(factor.cols))
    product = sympy.prod(curve[1:], start=curve[0])
    limits = product.applyfunc(lambda p: sympy.limit(p, t, 0))
    equations = [p for p in sympy.prod(symbols[1:], start=symbols[0]) - target if p != 0]
    return limits == target and list(sympy.groebner(equations, order="grevlex")) == [1]


NOT_CLOSED = [name for name in MANIFEST if load(name)["claim"]["kind"] == "not_closed"]
BY_RANKS = [name for name in NOT_CLOSED if load(name)["proof"].get("outside", {}).get("rule") in RANK_RULES]
NOT_CLOSED = [name for name in NOT_CLOSED if name not in BY_RANKS]
CLOSED = [name for name in MANIFEST if load(name)["claim"]["kind"] == "closed"]


@pytest.mark.parametrize("name", NOT_CLOSED)
def test_changed_not_closed_certificates(name: str) -> None:
    pattern = MANIFEST[name].get("pattern")
    document = load(name)
    judged: dict[str, bool] = {}
    accepted = total = 0
    for changed in mutations(document):
        total += 1
        if status_of(changed, pattern) in {"valid", "holey"}:
            accepted += 1
            masks = changed["claim"].get("masks", pattern)
            core = copy.deepcopy(changed["proof"])
            (core["proof"] if core["rule"] == "minor" else core).pop("outside")
            key = json.dumps([masks, core])
            if key not in judged:
                judged[key] = is_true_limit(masks, changed["proof"])
            assert judged[key], changed
    assert total > 100
    assert accepted < total / 2


@pytest.mark.parametrize("name", CLOSED)
def test_changed_closed_certificates_are_judged_alike_by_a_second_checker(name: str) -> None:
    document = load(name)
    assert SECOND(document)
    total = rejected = 0
    for changed in mutations(document):
        status = status_of(changed, None)
        total += 1
        if status == "unreadable":
            continue
        try:
            second = SECOND(changed)
        except (AssertionError, LookupError, ValueError, TypeError):
            second = False
        assert second == (status == "valid"), changed
        rejected += status != "valid"
        if status == "valid":
            assert not has_private_path(changed["claim"]["masks"]), changed
    assert total > 5


@pytest.mark.parametrize("name", BY_RANKS)
def test_changed_proofs_by_ranks_are_judged_alike_by_a_second_checker(name: str) -> None:
    document = load(name)
    assert SECOND_RANKS(document)
    total = valid = 0
    for changed in mutations(document):
        status = status_of(changed, None)
        total += 1
        if status == "unreadable":
            continue
        try:
            second = SECOND_RANKS(changed)
        except (AssertionError, LookupError, ValueError, TypeError):
            second = False
        assert second == (status == "valid"), changed
        valid += status == "valid"
    assert 0 < valid < total / 2


@pytest.mark.parametrize(
    "name", ["ranks.json", "ranks-deep.json", "dependent.json", "dependent-columns.json"]
)
def test_targets_of_proofs_by_ranks_are_no_products_by_a_groebner_basis(name: str) -> None:
    document = load(name)
    assert is_true_limit(document["claim"]["masks"], document["proof"])


def has_private_path(masks: Any) -> bool:
    """Say whether two layers contain N1, computed from the definition: then they are not closed."""
    if len(masks) != 2:
        return False
    left, right = masks
    m, r, n = len(left), len(right), len(right[0])
    cover = [[[k for k in range(r) if left[i][k] and right[k][j]] for j in range(n)] for i in range(m)]
    return any(
        k in cover[i2][j2] and cover[i1][j1] == cover[i1][j2] == cover[i2][j1] == [k] != cover[i2][j2]
        for k in range(r)
        for i1 in range(m)
        for i2 in range(m)
        for j1 in range(n)
        for j2 in range(n)
        if i1 != i2 and j1 != j2
    )


def test_a_changed_statement_asserts_something_else() -> None:
    """A digit changed within an assertion leaves no statement about this target."""
    document = load("trust.json")
    statement: str = document["proof"]["outside"]["statement"]
    first = statement.index("(assert")
    for match in re.finditer(r"\d", statement[first:]):
        at = first + match.start()
        changed = copy.deepcopy(document)
        digit = str((int(match[0]) + 1) % 10)
        changed["proof"]["outside"]["statement"] = statement[:at] + digit + statement[at + 1 :]
        assert status_of(changed, None) == "invalid"


def test_swapped_certificates_prove_nothing_else() -> None:
    """The proof of one claim under another claim is rejected unless the second checker accepts it too."""
    for claim in CLOSED:
        for proof in CLOSED:
            document = {**load(proof), "claim": load(claim)["claim"]}
            status = status_of(document, None)
            try:
                second = SECOND(document)
            except (AssertionError, LookupError, ValueError, TypeError):
                second = False
            assert second == (status == "valid")


@pytest.mark.parametrize(
    "name", [name for name in MANIFEST if load(name)["claim"]["kind"].startswith(("map_", "observed_"))]
)
def test_the_second_checker_agrees_about_every_slip_in_a_claim_about_images(name: str) -> None:
    document = load(name)
    assert SECOND_IMAGES(document)
    compared = 0
    for number, changed in enumerate(mutations({"claim": document["claim"], "proof": document["proof"]})):
        if number % 3:
            continue
        first = status_of({"format": document["format"], "version": 1, **changed}, None)
        if first == "unreadable":
            continue
        try:
            second = SECOND_IMAGES(changed)
        except (AssertionError, KeyError, ValueError, IndexError, TypeError, AttributeError):
            second = False
        assert (first == "valid") == bool(second), changed
        compared += 1
    assert compared > 10
