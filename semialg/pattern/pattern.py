"""A pattern: the masks of a factorization or of a linear network, in product order."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from semialg.errors import PatternError
from semialg.lazy import lazy_property
from semialg.pattern.mask import Mask

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["CanonicalForm", "Pattern", "Unit"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A hidden unit ``k`` of a two-layer pattern: the rows R_k and columns C_k that it can reach (theory 0).

    Attributes
    ----------
    rows
        R_k, the support of column ``k`` of the first mask, increasing.
    columns
        C_k, the support of row ``k`` of the second mask, increasing.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CanonicalForm:
    """The representative of a pattern's orbit under relabeling, and how to get there.

    Attributes
    ----------
    pattern
        The representative: equal for two patterns exactly when one is a relabeling of the other.
    permutations
        One tuple for each width, output side first: unit ``u`` of layer ``l`` of the representative is unit
        ``permutations[l][u]`` of the original (of its transpose if ``transposed``). So the representative is
        the original's minor with these lists, and entry (i, j) of a target of the representative is entry
        ``(permutations[0][i], permutations[-1][j])`` of the original's.
    transposed
        Whether the original was transposed before it was relabeled.
    """

    pattern: Pattern
    permutations: tuple[tuple[int, ...], ...]
    transposed: bool


class Pattern:
    """An immutable tuple of masks in product order: ``masks[0]`` is the output layer (theory 0).

    The pattern with masks ``(I_L, ..., I_1)`` stands for the set E of all products ``W_L ... W_1``
    of real matrices with the support of ``W_l`` inside ``I_l``.

    Parameters
    ----------
    masks
        At least one mask; each a :class:`Mask`, a ``scipy.sparse`` matrix, or anything that
        :meth:`Mask.from_dense` takes. The columns of each are the rows of the next.
    names
        What the masks are called where they come from; patterns are equal whatever their names.

    Raises
    ------
    PatternError
        If there is no mask, one is not a 0/1 matrix, or two neighbors do not chain.

    Examples
    --------
    >>> lu = Pattern([[[1, 0], [1, 1]], [[1, 1], [0, 1]]])
    >>> lu.widths
    (2, 2, 2)
    >>> lu == Pattern.parse("lu:2")
    True
    """

    __slots__ = ("__dict__", "_masks", "names")

    def __init__(self, masks: Iterable[Any], names: Iterable[str] = ()) -> None:
        self.names = tuple(names)
        self._masks = tuple(_as_mask(mask, f"mask {index}") for index, mask in enumerate(_listed(masks)))
        if not self._masks:
            raise PatternError("a pattern has no mask; expected at least one")
        for index, (left, right) in enumerate(zip(self._masks, self._masks[1:], strict=False)):
            if left.columns != right.rows:
                raise PatternError(
                    f"mask {index} has {left.columns} columns but mask {index + 1} has {right.rows} rows; "
                    "expected equal numbers (masks are listed in product order, output layer first)"
                )

    @classmethod
    def parse(cls, argument: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> Pattern:
        """Return the pattern that a command-line argument, or several, name.

        An argument is a named family such as ``lu:3`` (see :mod:`semialg.pattern.families`), inline rows such
        as ``10/11*11/01`` (factors separated by ``*``, rows by ``/``), or the path of a mask file
        (see :mod:`semialg.pattern.files`). Several arguments hold one mask each, in product order.

        Raises
        ------
        PatternError
            With one sentence that names the argument or file, the place, and what was expected.

        Examples
        --------
        >>> Pattern.parse("10/11*11/01").to_lists()
        [[[1, 0], [1, 1]], [[1, 1], [0, 1]]]
        >>> Pattern.parse("dense:4x3x2")
        Pattern(widths=4x3x2, ones=[12, 6])
        >>> Pattern.parse("lu:-3")
        Traceback (most recent call last):
        ...
        semialg.errors.PatternError: lu:-3: the size is '-3'; expected a positive integer
        """
        from semialg.pattern.parse import parse

        return parse(argument)

    @classmethod
    def load(cls, paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> Pattern:
        """Return the pattern in a mask file, or in several that hold one mask each, in product order.

        Raises
        ------
        PatternError
            With one sentence that names the file, the place, and what was expected.
        """
        from semialg.pattern.parse import load

        return load(paths)

    @property
    def masks(self) -> tuple[Mask, ...]:
        """The masks in product order."""
        return self._masks

    @property
    def layers(self) -> int:
        """Number of masks."""
        return len(self._masks)

    @property
    def widths(self) -> tuple[int, ...]:
        """Output dimension, hidden widths, input dimension: one more number than there are masks."""
        return (self._masks[0].rows, *(mask.columns for mask in self._masks))

    @lazy_property
    def units(self) -> tuple[Unit, ...]:
        """The hidden units of a two-layer pattern, each with its rows R_k and columns C_k (theory 0).

        Raises
        ------
        PatternError
            If the pattern has not exactly two masks.

        Examples
        --------
        >>> Pattern.parse("lu:2").units
        (Unit(rows=(0, 1), columns=(0, 1)), Unit(rows=(1,), columns=(1,)))
        """
        if self.layers != 2:
            raise PatternError(f"units are defined for two masks; this pattern has {self.layers}")
        left, right = self._masks
        return tuple(Unit(left.column(k), right.row(k)) for k in range(left.columns))

    @property
    def row_types(self) -> tuple[tuple[int, ...], ...]:
        """For each row of the product, its type T_i: the units of the first mask's row (theory 0)."""
        return tuple(self._masks[0].row(i) for i in range(self._masks[0].rows))

    @property
    def column_types(self) -> tuple[tuple[int, ...], ...]:
        """For each column of the product, its type U_j: the units of the last mask's column (theory 0)."""
        return tuple(self._masks[-1].column(j) for j in range(self._masks[-1].columns))

    @lazy_property
    def _path_counts(self) -> NDArray[Any]:
        from semialg.pattern.paths import dense_path_counts

        counts = dense_path_counts(self._masks)
        counts.setflags(write=False)
        return counts

    def path_counts(self) -> NDArray[Any]:
        """Return the number of paths from each column to each row: the exact product of the masks.

        For two layers, entry (i, j) says how many units cover (i, j). The read-only array holds 64-bit
        integers, or Python integers where a count may exceed those.

        Raises
        ------
        PatternError
            If the product has more than 2^28 entries; use :meth:`sparse_path_counts` then.

        Examples
        --------
        >>> Pattern.parse("lu:2").path_counts().tolist()
        [[1, 1], [1, 2]]
        """
        return self._path_counts

    def sparse_path_counts(self) -> Any:
        """Return the path counts as a ``scipy.sparse.csr_array`` of 64-bit integers.

        Raises
        ------
        PatternError
            If a count might exceed 64-bit integers.
        """
        from semialg.pattern.paths import sparse_path_counts

        return sparse_path_counts(self._masks)

    def product_mask(self) -> Mask:
        """Return the mask of the entries that a path joins: those that a product can have nonzero.

        Examples
        --------
        >>> Pattern.parse("10/01*11/01").product_mask().to_lists()
        [[1, 1], [0, 1]]
        """
        from semialg.pattern.paths import product_mask

        return product_mask(self._masks)

    def transpose(self) -> Pattern:
        """Return the pattern of the transposed products: masks transposed, in reverse order."""
        return Pattern(mask.transpose() for mask in reversed(self._masks))

    def minor(
        self, rows: Sequence[int], columns: Sequence[int], hidden: Sequence[Sequence[int]] | None = None
    ) -> Pattern:
        """Return the pattern on some rows of the first mask, columns of the last, and hidden units.

        ``hidden`` holds one list for each hidden layer, output side first; all units where it is None. The
        listed order is kept, so permutations are minors too.

        Raises
        ------
        PatternError
            If a list is empty or holds an index twice or out of range.

        Examples
        --------
        >>> Pattern.parse("lu:3").minor([0, 1], [0, 1], [[0, 1]]) == Pattern.parse("lu:2")
        True
        """
        if hidden is None:
            hidden = [range(width) for width in self.widths[1:-1]]
        if not hasattr(hidden, "__len__"):
            raise PatternError("the hidden units of a minor are no list; expected one for each hidden layer")
        if len(hidden) != self.layers - 1:
            raise PatternError(f"a minor lists {len(hidden)} hidden layers; expected {self.layers - 1}")
        keep = [rows, *hidden, columns]
        return Pattern(mask.minor(keep[index], keep[index + 1]) for index, mask in enumerate(self._masks))

    def canonical(self, *, transpose: bool = False) -> CanonicalForm:
        """Return the representative of all relabelings of the pattern, and the permutations that lead there.

        Rows, the units of each hidden layer and columns may be permuted; with ``transpose`` a pattern and
        its transpose have the same representative too. See :mod:`semialg.pattern.canonical`.

        Examples
        --------
        >>> form = Pattern.parse("11/01*10/11").canonical()
        >>> form.pattern == Pattern.parse("lu:2").canonical().pattern
        True
        """
        from semialg.pattern.canonical import canonical_form, canonical_form_up_to_transposition

        return canonical_form_up_to_transposition(self) if transpose else canonical_form(self)

    def picture(self, width: int = 100) -> str:
        """Return a plain-text picture of the masks, side by side in product order.

        See :func:`semialg.pattern.picture.picture`, which has more options.
        """
        from semialg.pattern.picture import picture

        return picture(self, width=width)

    @lazy_property
    def sha256(self) -> str:
        """Hash of the pattern as certificates state it (design of the certificate format).

        For each mask in order: the ASCII text ``ROWS,COLUMNS`` and a newline, then the entries in row-major
        order packed eight to a byte, first entry in the highest bit, zero padded. Streamed in blocks of
        rows, so that a huge sparse mask is never dense.
        """
        digest = hashlib.sha256()
        for mask in self._masks:
            digest.update(f"{mask.rows},{mask.columns}\n".encode("ascii"))
            for block in mask.dense_blocks():
                digest.update(np.packbits(block).tobytes())
        return digest.hexdigest()

    def to_lists(self) -> list[list[list[int]]]:
        """Return the masks as nested lists of 0 and 1."""
        return [mask.to_lists() for mask in self._masks]

    def to_json(self) -> str:
        """Return the text of a ``.json`` mask file that :meth:`load` reads back.

        Examples
        --------
        >>> Pattern.parse("lu:2").to_json()
        '{"masks":[[[1,0],[1,1]],[[1,1],[0,1]]]}'
        """
        return json.dumps({"masks": self.to_lists()}, separators=(",", ":"))

    def to_inline(self) -> str:
        """Return the masks as an inline argument that :meth:`parse` reads back.

        Examples
        --------
        >>> Pattern.parse("lu:2").to_inline()
        '10/11*11/01'
        """
        return "*".join("/".join("".join(map(str, row)) for row in mask) for mask in self.to_lists())

    def __eq__(self, other: object) -> bool:
        return self._masks == other._masks if isinstance(other, Pattern) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._masks)

    def __reduce__(self) -> tuple[type[Pattern], tuple[tuple[Mask, ...], tuple[str, ...]]]:
        return Pattern, (self._masks, self.names)

    def __repr__(self) -> str:
        return f"Pattern(widths={'x'.join(map(str, self.widths))}, ones={[m.ones for m in self._masks]})"


def _listed(masks: Any) -> Iterable[Any]:
    if isinstance(masks, str | bytes | dict) or not hasattr(masks, "__iter__"):
        kind = "None" if masks is None else f"an object of type {type(masks).__name__}"
        raise PatternError(f"the masks are given as {kind}; expected a list (Pattern.parse reads texts)")
    given: Iterable[Any] = masks
    return given


def _as_mask(mask: Any, name: str) -> Mask:
    if isinstance(mask, Mask):
        return mask
    if hasattr(mask, "tocoo"):
        return Mask.from_sparse(mask, name)
    return Mask.from_dense(mask, name)
