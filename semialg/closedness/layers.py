"""Closedness of patterns with any number of layers (theory C6): prune, merge, peel, Kronecker sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from semialg.certificates import claims
from semialg.closedness.bits import bits, from_bits
from semialg.closedness.closed_rules import prove_closed
from semialg.closedness.filling import fill_all
from semialg.closedness.instance import Instance
from semialg.closedness.private import reach
from semialg.closedness.reductions import drop, free, merge, split
from semialg.closedness.witness import on_paths
from semialg.pattern.pattern import Pattern

if TYPE_CHECKING:
    from semialg.certificates.claims import Proof
    from semialg.closedness.effort import Effort
    from semialg.closedness.filling import Fill
    from semialg.closedness.steps import Step
    from semialg.pattern.mask import Mask

__all__ = [
    "chainable_factors",
    "fill_steps",
    "full_steps",
    "kronecker_candidates",
    "peelable",
    "prove_closed_pattern",
]

Proved = tuple[list[str], "Proof"]


def prove_closed_pattern(pattern: Pattern, effort: Effort | None = None) -> Proved | None:
    """Return the theory numbers used and a proof that the pattern is closed; None if no rule applies.

    With an effort the fullness game (theory C8, C9) is played where the other rules fail.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> tall = Pattern([[[1, 1, 1]] * 3, [[1, 0], [0, 1], [1, 1]], [[1, 1, 1], [1, 1, 1]]])
    >>> prove_closed_pattern(tall)[0]
    ['C2', 'C6', 'R3', 'R4', 'R6']
    """
    if pattern.layers == 1:
        return ["C2"], claims.coordinate()
    if 1 in (pattern.widths[0], pattern.widths[-1]):
        return ["C4''"], claims.scalar()
    if pattern.layers == 2:
        proved = prove_closed(Instance.from_pattern(pattern), effort)
        return None if proved is None else (proved[0], claims.units(proved[1]))
    return _prove_deep(pattern, effort)


def _prove_deep(pattern: Pattern, effort: Effort | None) -> Proved | None:
    factors = chainable_factors(pattern)
    if factors is not None:
        return ["C6"], claims.chainable(factors)
    hidden = _live_units(pattern)
    if tuple(map(len, hidden)) != pattern.widths[1:-1]:
        pruned = Pattern.minor(pattern, range(pattern.widths[0]), range(pattern.widths[-1]), hidden)
        proved = prove_closed_pattern(pruned, effort)
        return None if proved is None else (proved[0], claims.prune(hidden, proved[1]))
    for at in range(pattern.layers - 1):
        steps = full_steps(pattern.masks[at], pattern.masks[at + 1], effort)
        if steps is not None:
            product = reach(pattern.masks[at : at + 2])
            proved = prove_closed_pattern(
                Pattern([*pattern.masks[:at], product, *pattern.masks[at + 2 :]]), effort
            )
            if proved is None:
                return None
            return _with_c6(proved, claims.merge_layers(at, [step.to_json() for step in steps], proved[1]))
    return _peel(pattern, effort)


def _peel(pattern: Pattern, effort: Effort | None) -> Proved | None:
    if peelable(pattern):
        proved = prove_closed_pattern(Pattern(pattern.masks[1:]), effort)
        if proved is not None:
            return _with_c6(proved, claims.peel(proved[1]))
    mirrored = pattern.transpose()
    if peelable(mirrored):
        proved = prove_closed_pattern(Pattern(mirrored.masks[1:]), effort)
        if proved is not None:
            return _with_c6(proved, claims.transpose(claims.peel(proved[1])))
    return None


def _with_c6(proved: Proved, proof: Proof) -> Proved:
    return sorted({*proved[0], "C6"}), proof


def _live_units(pattern: Pattern) -> list[list[int]]:
    """Return the hidden units on paths, at least one in each layer."""
    live = on_paths(pattern, range(pattern.widths[0]), range(pattern.widths[-1]))
    return [list(layer) or [0] for layer in live]


def fill_steps(left: Mask, right: Mask) -> list[Step] | None:
    """Return steps R1 to R4 that leave no unit, or None: then the products fill their coordinate subspace.

    Examples
    --------
    >>> from semialg.pattern.mask import Mask
    >>> left, right = Mask.from_dense([[1, 0], [1, 1]]), Mask.from_dense([[1], [1]])
    >>> [step.to_json() for step in fill_steps(left, right)]
    [{'step': 'free', 'unit': 0}, {'step': 'free', 'unit': 1}]
    """
    instance, steps = _plain(Instance.from_pattern(Pattern([left, right])))
    return None if instance.units else steps


def full_steps(left: Mask, right: Mask, effort: Effort | None = None) -> list[Step | Fill] | None:
    """Return steps R1 to R4 and R7 that leave no unit, or None; with an effort R7 may rest on C8 and C9.

    Unlike those of :func:`fill_steps` such steps do not lift curves.

    Examples
    --------
    >>> from semialg.pattern.mask import Mask
    >>> left, right = Mask.from_dense([[1, 0], [1, 1]]), Mask.from_dense([[1, 1], [1, 1]])
    >>> full_steps(left, right) is not None
    True
    """
    instance, plain = _plain(Instance.from_pattern(Pattern([left, right])))
    steps: list[Step | Fill] = [*plain]
    while instance.units:
        fills = (fill_all(instance.with_units(group), effort) for group in instance.components())
        fill = next((fill for fill in fills if fill and fill.rank == fill.side), None)
        if fill is None:
            return None
        instance, plain = _plain(fill.apply(instance))
        steps += [fill, *plain]
    return steps


def _plain(instance: Instance) -> tuple[Instance, list[Step]]:
    """Apply R1 to R4 as far as they go."""
    steps: list[Step] = []
    changed = True
    while changed and instance.units:
        changed = False
        for reduction in (drop, merge, free, split):
            for step in reduction(instance):
                instance = step.apply(instance)
                steps.append(step)
                changed = True
    return instance, steps


def peelable(pattern: Pattern) -> bool:
    """Whether the first factor can be made orthonormal block by block (theory C6).

    Units of the first hidden layer form a class if they have equal columns in ``masks[0]`` and equal rows in
    ``masks[1]``. The condition is that the rectangles (rows reached times columns reached) of different
    classes are disjoint, and that no unit has an empty one. Then E is closed if the set of the other factors
    is: within a class X = Q T with Q orthonormal or [I 0], T moves into the next factor, Q is bounded,
    and the rest, equal to Q^T A where it is not zero, is bounded too.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> peelable(Pattern([[[1, 0], [0, 1]], [[1, 0], [1, 1]]])), peelable(Pattern([[[1, 0], [1, 1]]] * 2))
    (True, False)
    """
    columns = pattern.masks[0].transpose()
    following = pattern.masks[1]
    beyond = reach(pattern.masks[1:])
    classes: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[int, int]] = {}
    for k in range(following.rows):
        key = columns.row(k), following.row(k)
        if key not in classes:
            classes[key] = from_bits(key[0]), from_bits(beyond.row(k))
    used: dict[int, int] = {}
    for rows, reached in classes.values():
        if not rows or not reached:
            return False
        for i in bits(rows):
            if used.get(i, 0) & reached:
                return False
            used[i] = used.get(i, 0) | reached
    return True


def kronecker_candidates(mask: Mask) -> list[tuple[int, int, int, int]]:
    """Return all (a, b, c, d) for which the mask is I_a x ones(b, c) x I_d (Kronecker products).

    Only an identity matrix has more than one.

    Examples
    --------
    >>> from semialg.pattern.mask import Mask
    >>> kronecker_candidates(Mask.from_dense([[1, 0, 1, 0], [0, 1, 0, 1]]))
    [(1, 1, 2, 2)]
    """
    row, column = mask.row(0), mask.column(0)
    c, b = len(row), len(column)
    if not b or not c or mask.rows % b or mask.columns % c or mask.rows // b != mask.columns // c:
        return []
    total = mask.rows // b
    steps = (
        [row[1]] if c > 1 else [column[1]] if b > 1 else [d for d in range(1, total + 1) if total % d == 0]
    )
    found = []
    for d in steps:
        if total % d == 0 and _is_kronecker(mask, total // d, b, c, d):
            found.append((total // d, b, c, d))
    return found


def _is_kronecker(mask: Mask, a: int, b: int, c: int, d: int) -> bool:
    if mask.ones != a * b * c * d:
        return False
    rows = np.arange(a * b * d)
    block, inside = rows // (b * d), rows % d
    columns = (block * c * d + inside)[:, None] + d * np.arange(c)[None, :]
    return np.array_equal(mask.indptr, np.arange(a * b * d + 1) * c) and np.array_equal(
        mask.indices, columns.ravel()
    )


def chainable_factors(pattern: Pattern) -> list[tuple[int, int, int, int]] | None:
    """Return the factors (a, b, c, d) of a chainable Kronecker-sparse sequence, None if it is not one.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> cross = [[1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1]]
    >>> chainable_factors(Pattern([cross, [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]]))
    [(1, 2, 2, 2), (2, 2, 2, 1)]
    """
    chains: list[list[tuple[int, int, int, int]]] = [[]]
    for mask in pattern.masks:
        found = kronecker_candidates(mask)
        chains = [[*chain, f] for f in found for chain in chains if not chain or _chain(chain[-1], f)]
        chains = list({chain[-1]: chain for chain in chains}.values())
    return chains[0] if chains else None


def _chain(left: tuple[int, int, int, int], right: tuple[int, int, int, int]) -> bool:
    (a, _, c, d), (e, f, _, h) = left, right
    return (a * c) % e == 0 and (f * h) % d == 0 and a * c // e == f * h // d and e % a == 0 and d % h == 0
