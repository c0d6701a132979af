"""Filled rectangles and the fullness game: against the atlas, and against factorizations."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from semialg.atlas.lookup import SHIPPED
from semialg.atlas.store import Store
from semialg.checker import check
from semialg.closedness.effort import Effort
from semialg.closedness.engine import decide
from semialg.closedness.factorization import factorize
from semialg.closedness.filling import fill_all, position_of
from semialg.closedness.fullness import play
from semialg.closedness.instance import Instance
from semialg.closedness.layers import prove_closed_pattern
from semialg.closedness.replay import replay
from semialg.errors import ArgumentError
from semialg.pattern.pattern import Pattern


def drawn(random: Random, m: int, r: int, n: int, density: float) -> Pattern:
    def mask(height: int, width: int) -> list[list[int]]:
        return [[int(random.random() < density) for _ in range(width)] for _ in range(height)]

    return Pattern([mask(m, r), mask(r, n)])


def targets(random: Random, m: int, n: int, rank: int) -> list[dict[tuple[int, int], Fraction]]:
    """Return special and random matrices of rank at most ``rank``."""
    found = []
    for height in (1, 1, 3):
        left = [[random.randint(-height, height) for _ in range(rank)] for _ in range(m)]
        right = [[random.randint(-height, height) for _ in range(n)] for _ in range(rank)]
        left[0] = left[-1] if height == 1 else left[0]
        found.append([[sum(row[k] * right[k][j] for k in range(rank)) for j in range(n)] for row in left])
    order = random.sample(range(n), min(m, n))
    found.append(
        [[int(i < rank and order[i] == j) for j in range(n)] for i in range(m)] if m <= n else found[0]
    )
    return [
        {(i, j): Fraction(v) for i, row in enumerate(rows) for j, v in enumerate(row) if v} for rows in found
    ]


def test_no_verdict_of_the_atlas_is_contradicted() -> None:
    filled = 0
    with Store(SHIPPED) as store:
        for entry in store.entries():
            pattern = Pattern.parse(entry.pattern)
            if pattern.layers == 2 and prove_closed_pattern(pattern, Effort(5_000)):
                filled += 1
                assert entry.verdict == "closed", entry.pattern
    assert filled > 1000


@pytest.mark.parametrize(
    ("shape", "density"), [((4, 4, 4), 0.8), ((5, 5, 5), 0.85), ((4, 6, 4), 0.7), ((5, 4, 3), 0.9)]
)
def test_full_positions_reach_random_and_special_targets(shape: tuple[int, int, int], density: float) -> None:
    random, games = Random(repr(shape)), set()  # noqa: S311
    for _ in range(25):
        pattern = drawn(random, *shape, density)
        instance = Instance.from_pattern(pattern)
        position = position_of(instance, tuple(instance.units), instance.rows, instance.columns)
        proof = play(position, Effort(30_000))
        if proof is None:
            continue
        games.add(proof["game"])
        for target in targets(random, shape[0], shape[2], position.rank):
            pieces = replay(position, proof, target)
            assert pieces is not None
            total: dict[tuple[int, int], Fraction] = {}
            for piece in pieces:
                rows, columns = position.units[piece.unit]
                assert all(rows >> i & 1 for i in piece.left)
                assert all(columns >> j & 1 for j in piece.right)
                for i, x in piece.left.items():
                    for j, y in piece.right.items():
                        total[i, j] = total.get((i, j), Fraction(0)) + x * y
            assert {place: v for place, v in total.items() if v} == target
            assert len({piece.unit for piece in pieces}) == len(pieces)
    assert len(games) > 1


def test_closed_certificates_of_dense_patterns_are_valid() -> None:
    random, methods = Random(5), set()  # noqa: S311
    for _ in range(8):
        pattern = drawn(random, 5, 5, 5, 0.92)
        outcome = decide(pattern)
        if outcome.certificate is not None:
            assert check(outcome.certificate.document).status == "valid"
            methods |= set(outcome.method.split("+"))
    assert "C7" in methods


def test_bounded_rank_with_free_entries_is_not_filled() -> None:
    """A projection of the matrices of bounded rank need not be closed."""
    pattern = Pattern.parse("1110/1110/1100*111/111/000/000")
    assert fill_all(Instance.from_pattern(pattern).with_units([0, 1])) is not None
    free = Instance.from_pattern(pattern).with_units([0, 1])
    free = type(free)(free.rows, free.columns, free.units, {0: 1}, free.next_id)
    assert fill_all(free) is None


def test_deep_patterns_merge_filled_layers() -> None:
    pattern = Pattern.parse("10/11*11/11*11/11")
    proved = prove_closed_pattern(pattern)
    assert proved is not None
    assert "C6" in proved[0]


def test_factors_of_products_are_found_for_lu() -> None:
    random = Random(3)  # noqa: S311
    pattern = Pattern.parse("lu:4")
    for _ in range(10):
        left = [[random.randint(-2, 2) if k <= i else 0 for k in range(4)] for i in range(4)]
        right = [[random.randint(-2, 2) if j >= k else 0 for j in range(4)] for k in range(4)]
        product = [[sum(row[k] * right[k][j] for k in range(4)) for j in range(4)] for row in left]
        assert factorize(pattern, product).answer in {"member", "unknown"}


def test_a_matrix_without_lu_factors_is_no_member() -> None:
    found = factorize(Pattern.parse("lu:3"), [[0, 1, 0], [1, 0, 0], [0, 0, 1]])
    assert found.answer == "not_member"
    assert found.proof == {"rule": "ranks", "rows": [0], "columns": [0], "cut": [[0, 0]]}


def test_an_entry_without_paths_is_named() -> None:
    found = factorize(Pattern.parse("10/01*10/01"), [[1, 2], [0, 1]])
    assert found.answer == "not_member"
    assert "(1,2)" in found.reason


@pytest.mark.parametrize("target", [[[1, 2]], [[0.5, 1], [1, 1]], [["x", 1], [1, 1]]])
def test_targets_of_another_kind_are_refused(target: list[list[object]]) -> None:
    with pytest.raises(ArgumentError):
        factorize(Pattern.parse("lu:2"), target)  # type: ignore[arg-type]
