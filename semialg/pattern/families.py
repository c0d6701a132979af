"""Named families of patterns, as written on the command line.

==============================  ================================================================
``lu:3``                        lower times upper triangular, 3 x 3
``dense:4x3x2``                 full masks; widths, output first
``butterfly:8``                 the log2(8) = 3 butterfly factors of size 8 (a power of two)
``monarch:4x2``                 the two Monarch factors of size 4 * 2: full 4 x 4 blocks interleaved
                                with stride 2, times 4 diagonal blocks that are 2 x 2
``monarch:16``                  short for ``monarch:4x4``
``kronecker:1,2,2,4*2,2,2,2``   Kronecker-sparse factors (a,b,c,d): I_a x ones(b, c) x I_d, a Kronecker
                                product; factors separated by ``*`` (theory C6)
``nm:2:4:8x8x8``                N:M sparsity along the input direction: in each row of each mask, 2 ones in
                                every 4 consecutive columns. Without a seed, those of row i and group g are at
                                the places i + g, ..., i + g + N - 1 modulo M
``nm:2:4:8x8x8:7``              the same with random places, seed 7
``random:4x4x4:0.5:7``          each entry is 1 with probability 0.5 (a decimal or a quotient), seed 7
==============================  ================================================================

Random families are the same on every machine and with every version of numpy: an entry is 1 when the next
raw 64-bit number of the PCG64 generator is below probability times 2^64.

A named pattern has at most :data:`MAX_ONES` ones, and random ones at most as many entries.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from semialg.errors import PatternError
from semialg.intake.numbers import read_number
from semialg.pattern.mask import MAX_SIDE, Mask
from semialg.pattern.reading import MAX_MASKS, show

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

__all__ = [
    "EXAMPLES",
    "FAMILIES",
    "MAX_ONES",
    "butterfly",
    "dense",
    "kronecker",
    "lu",
    "monarch",
    "n_of_m",
    "named",
    "random_masks",
]

#: Largest number of ones, over all masks, of a named pattern (of entries, for random ones).
MAX_ONES = 2**26


def lu(size: int) -> list[Mask]:
    """Return the masks of lower times upper triangular matrices (paper, LU of size ``size``)."""
    _refuse_many(size * (size + 1))
    i, k = np.tril_indices(size)
    lower = Mask.from_entries((size, size), i, k)
    return [lower, lower.transpose()]


def dense(widths: Sequence[int]) -> list[Mask]:
    """Return full masks of the widths, output first."""
    _refuse_many(sum(m * n for m, n in _pairs(widths)))
    return [kronecker_mask(1, m, n, 1) for m, n in _pairs(widths)]


def butterfly(size: int) -> list[Mask]:
    """Return the log2(size) butterfly factors: Kronecker-sparse (2^(l-1), 2, 2, size / 2^l), l = 1, 2, ...

    Raises PatternError unless ``size`` is a power of two that is at least 2.
    """
    if size < 2 or size & (size - 1):
        raise PatternError(f"the size is {size}; expected a power of two, at least 2")
    return kronecker([(1 << level, 2, 2, size >> (level + 1)) for level in range(size.bit_length() - 1)])


def monarch(p: int, q: int) -> list[Mask]:
    """Return the two Monarch factors of size p * q: Kronecker-sparse (1, p, p, q) and (p, q, q, 1)."""
    return kronecker([(1, p, p, q), (p, q, q, 1)])


def kronecker(factors: Sequence[tuple[int, int, int, int]]) -> list[Mask]:
    """Return the masks I_a x ones(b, c) x I_d (Kronecker products), one for each (a, b, c, d) (theory C6)."""
    _refuse_many(sum(a * b * c * d for a, b, c, d in factors))
    return [kronecker_mask(*factor) for factor in factors]


def kronecker_mask(a: int, b: int, c: int, d: int) -> Mask:
    """Return the mask I_a x ones(b, c) x I_d.

    Examples
    --------
    >>> kronecker_mask(1, 2, 1, 2).to_lists()
    [[1, 0], [0, 1], [1, 0], [0, 1]]
    """
    block, _, inner = np.unravel_index(np.arange(a * b * d), (a, b, d))
    columns = (block * c * d + inner)[:, np.newaxis] + np.arange(c) * d
    rows = np.repeat(np.arange(a * b * d), c)
    return Mask.from_entries((a * b * d, a * c * d), rows, columns.ravel())


def n_of_m(n: int, m: int, widths: Sequence[int], seed: int | None = None) -> list[Mask]:
    """Return masks with ``n`` ones in every ``m`` consecutive columns of each row (N:M sparsity).

    Raises PatternError unless n <= m and every width but the first is a multiple of ``m``.
    """
    if n > m:
        raise PatternError(f"{n} ones in every {m} columns are asked for; expected at most {m}")
    for width in widths[1:]:
        if width % m:
            raise PatternError(f"the width {width} is not a multiple of {m}; expected groups of {m} columns")
    _refuse_many(sum(rows * columns for rows, columns in _pairs(widths)))
    source = None if seed is None else np.random.PCG64(seed)
    masks = []
    for rows, columns in _pairs(widths):
        groups = columns // m
        if source is None:
            start = np.add.outer(np.arange(rows), np.arange(groups))
            places = (start[..., np.newaxis] + np.arange(n)) % m
        else:
            keys = source.random_raw(rows * columns).reshape(rows, groups, m)
            places = np.argsort(keys, axis=2, kind="stable")[..., :n]
        entry = (places + m * np.arange(groups)[:, np.newaxis]).reshape(rows, groups * n)
        row = np.repeat(np.arange(rows), groups * n)
        masks.append(Mask.from_entries((rows, columns), row, entry.ravel()))
    return masks


def random_masks(widths: Sequence[int], density: Fraction, seed: int) -> list[Mask]:
    """Return masks whose entries are 1 independently with probability ``density``.

    Examples
    --------
    >>> from fractions import Fraction
    >>> [mask.to_lists() for mask in random_masks([2, 2, 3], Fraction(1, 2), 1)]
    [[[0, 0], [1, 0]], [[1, 1, 0], [1, 0, 1]]]
    """
    _refuse_many(sum(rows * columns for rows, columns in _pairs(widths)))
    source = np.random.PCG64(seed)
    return [_bernoulli((rows, columns), density, source) for rows, columns in _pairs(widths)]


def _bernoulli(shape: tuple[int, int], density: Fraction, source: np.random.PCG64) -> Mask:
    if density == 1:
        return kronecker_mask(1, *shape, 1)
    raw: NDArray[np.uint64] = source.random_raw(shape[0] * shape[1])
    return Mask.from_dense((raw < np.uint64(int(density * 2**64))).reshape(shape))


def _pairs(widths: Sequence[int]) -> list[tuple[int, int]]:
    return list(pairwise(widths))


def _refuse_many(ones: int) -> None:
    if ones > MAX_ONES:
        raise PatternError(f"the masks would hold about {ones} ones; expected at most {MAX_ONES}")


def _integer(text: str, what: str, lowest: int = 1, highest: int = MAX_SIDE) -> int:
    kind = "a positive integer" if lowest == 1 else "an integer that is at least 0"
    if not re.fullmatch(r"[0-9]+", text) or (len(text) < 30 and int(text) < lowest):
        raise PatternError(f"{what} is '{show(text, 60)}'; expected {kind}")
    if len(text) >= 30 or int(text) > highest:
        raise PatternError(f"{what} is '{show(text, 60)}'; expected at most {highest}")
    return int(text)


def _widths(text: str) -> list[int]:
    parts = text.split("x")
    if len(parts) < 2:
        raise PatternError(f"the widths are '{show(text, 60)}'; expected two or more, such as 4x3x2")
    if len(parts) > MAX_MASKS:
        raise PatternError(f"{len(parts)} widths are given; expected at most {MAX_MASKS}")
    return [_integer(part, f"width {index}") for index, part in enumerate(parts)]


def _density(text: str) -> Fraction:
    if not re.fullmatch(r"[0-9]{1,18}(\.[0-9]{0,18}|/0{0,17}[1-9][0-9]{0,17})?|\.[0-9]{1,18}", text):
        raise PatternError(f"the density is '{show(text, 60)}'; expected a number such as 0.5 or 1/3")
    density = read_number(text, "the density", PatternError)
    if density > 1:
        raise PatternError(f"the density is '{show(text, 60)}'; expected a number from 0 to 1")
    return density


def _seed(text: str) -> int:
    return _integer(text, "the seed", lowest=0, highest=2**63 - 1)


def _parse_lu(parts: Sequence[str]) -> list[Mask]:
    return lu(_integer(parts[0], "the size"))


def _parse_dense(parts: Sequence[str]) -> list[Mask]:
    return dense(_widths(parts[0]))


def _parse_butterfly(parts: Sequence[str]) -> list[Mask]:
    return butterfly(_integer(parts[0], "the size"))


def _parse_monarch(parts: Sequence[str]) -> list[Mask]:
    if "x" in parts[0]:
        widths = _widths(parts[0])
        if len(widths) != 2:
            raise PatternError(f"{len(widths)} block sizes are given; expected two, such as 4x2")
        return monarch(*widths)
    size = _integer(parts[0], "the size")
    root = round(size**0.5)
    if root * root != size:
        raise PatternError(f"the size is {size}; expected a square number, or two block sizes such as 4x2")
    return monarch(root, root)


def _parse_kronecker(parts: Sequence[str]) -> list[Mask]:
    texts = parts[0].split("*")
    if len(texts) > MAX_MASKS:
        raise PatternError(f"{len(texts)} factors are given; expected at most {MAX_MASKS}")
    factors = []
    for index, text in enumerate(texts):
        numbers = text.split(",")
        if len(numbers) != 4:
            raise PatternError(f"factor {index} is '{show(text, 60)}'; expected four numbers a,b,c,d")
        a, b, c, d = (_integer(number, f"number {n} of factor {index}") for n, number in enumerate(numbers))
        factors.append((a, b, c, d))
    for index, ((a, _, c, d), (e, f, _, h)) in enumerate(pairwise(factors)):
        if a * c * d != e * f * h:
            raise PatternError(
                f"factor {index} has a*c*d = {a * c * d} columns but factor {index + 1} has "
                f"a*b*d = {e * f * h} rows; expected equal numbers"
            )
    return kronecker(factors)


def _parse_n_of_m(parts: Sequence[str]) -> list[Mask]:
    n, m = _integer(parts[0], "N"), _integer(parts[1], "M")
    return n_of_m(n, m, _widths(parts[2]), _seed(parts[3]) if len(parts) == 4 else None)


def _parse_random(parts: Sequence[str]) -> list[Mask]:
    return random_masks(_widths(parts[0]), _density(parts[1]), _seed(parts[2]))


#: Name of each family, with the parser of the parts that follow the name.
FAMILIES: dict[str, Callable[[Sequence[str]], list[Mask]]] = {
    "lu": _parse_lu,
    "dense": _parse_dense,
    "butterfly": _parse_butterfly,
    "monarch": _parse_monarch,
    "kronecker": _parse_kronecker,
    "nm": _parse_n_of_m,
    "random": _parse_random,
}

#: An example of each family; the number of its parts is what the family expects.
EXAMPLES: dict[str, tuple[str, ...]] = {
    "lu": ("lu:3",),
    "dense": ("dense:4x3x2",),
    "butterfly": ("butterfly:8",),
    "monarch": ("monarch:4x2",),
    "kronecker": ("kronecker:1,2,2,2*2,2,2,1",),
    "nm": ("nm:2:4:8x8x8", "nm:2:4:8x8x8:7"),
    "random": ("random:4x4x4:0.5:7",),
}


def named(argument: str) -> list[Mask]:
    """Return the masks of a named family, given as ``name:part:part``.

    Raises
    ------
    PatternError
        If the family does not exist, or a part is missing, malformed or too large.
    """
    name, *parts = argument.strip().split(":")
    if name not in FAMILIES:
        raise PatternError(f"'{show(name, 60)}' is not a family; expected one of {', '.join(FAMILIES)}")
    shown = show(argument, 60)
    if len(parts) not in {example.count(":") for example in EXAMPLES[name]}:
        expected = " or ".join(EXAMPLES[name])
        raise PatternError(f"{shown}: {len(parts)} part(s) follow the name; expected as in {expected}")
    try:
        return FAMILIES[name](parts)
    except PatternError as error:
        raise PatternError(f"{shown}: {error}") from None
