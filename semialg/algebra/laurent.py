"""Laurent polynomials in one variable t over the rationals, and sparse matrices of them.

A witness of non-closedness is a curve of factors whose entries are Laurent polynomials in ``t``
(theory 4), so that it can be written down, multiplied and evaluated without rounding.
"""

from __future__ import annotations

import re
from fractions import Fraction
from operator import index
from typing import TYPE_CHECKING, Any

from semialg.errors import ArgumentError, CertificateError
from semialg.intake.numbers import exact_number
from semialg.intake.shown import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

__all__ = ["Laurent", "LaurentMatrix", "product"]

_LARGE = 1000
"""Matrices with more entries than this are written compressed if most entries are zero."""


class Laurent:
    """An immutable Laurent polynomial ``sum of c_e t^e`` with rational coefficients.

    Parameters
    ----------
    coefficients
        Exponent to coefficient (integer or :class:`~fractions.Fraction`); zeros are left out.

    Examples
    --------
    >>> p = Laurent({-1: 1, 0: 2})
    >>> p * Laurent.monomial(1)
    Laurent('1 + 2*t')
    >>> p.evaluate(Fraction(1, 2))
    Fraction(4, 1)
    >>> p.order, p.to_json()
    (-1, {'-1': '1', '0': '2'})
    """

    __slots__ = ("_terms",)

    def __init__(self, coefficients: Mapping[int, Fraction | int] | None = None) -> None:
        given = coefficients or {}
        try:
            ordered = sorted((index(e), c) for e, c in given.items())
        except TypeError:
            raise ArgumentError(
                f"the exponents of a Laurent polynomial are {list(given)}; expected integers"
            ) from None
        self._terms: dict[int, Fraction] = {e: Fraction(c) for e, c in ordered if c != 0}

    @classmethod
    def constant(cls, value: Fraction | int) -> Laurent:
        """Return the constant ``value``."""
        return cls({0: value})

    @classmethod
    def monomial(cls, exponent: int, coefficient: Fraction | int = 1) -> Laurent:
        """Return ``coefficient * t^exponent``."""
        return cls({exponent: coefficient})

    @classmethod
    def from_json(cls, data: object) -> Laurent:
        """Read the form ``{"-1": "1", "0": "2/3"}``.

        Raises
        ------
        CertificateError
            If the data is not of that form.
        """
        if not isinstance(data, dict):
            raise CertificateError(
                f"a Laurent polynomial is {data!r}; expected an object exponent: coefficient"
            )
        terms: dict[int, Fraction] = {}
        for exponent, coefficient in data.items():
            if not re.fullmatch(r"-?[0-9]{1,9}", str(exponent)):
                raise CertificateError(
                    f"a Laurent polynomial has the exponent '{show(exponent, 40)}'; expected an integer"
                )
            where = f"the coefficient of t^{exponent} in a Laurent polynomial"
            terms[int(exponent)] = exact_number(coefficient, where, CertificateError)
        return cls(terms)

    def terms(self) -> dict[int, Fraction]:
        """Return exponent to nonzero coefficient, increasing exponents."""
        return dict(self._terms)

    def coefficient(self, exponent: int) -> Fraction:
        """Return the coefficient of ``t^exponent``."""
        return self._terms.get(exponent, Fraction(0))

    @property
    def order(self) -> int | None:
        """Lowest exponent, ``None`` for zero."""
        return next(iter(self._terms), None)

    @property
    def degree(self) -> int | None:
        """Highest exponent, ``None`` for zero."""
        return next(reversed(self._terms), None)

    def evaluate(self, t: Fraction | int) -> Fraction:
        """Return the value at a nonzero rational ``t``."""
        point = Fraction(t)
        return sum((c * point**e for e, c in self._terms.items()), Fraction(0))

    def to_json(self) -> dict[str, str]:
        """Return the form that certificates use."""
        return {str(e): str(c) for e, c in self._terms.items()}

    def __add__(self, other: Laurent | Fraction | int) -> Laurent:
        terms = dict(self._terms)
        for e, c in _as_laurent(other)._terms.items():
            terms[e] = terms.get(e, Fraction(0)) + c
        return Laurent(terms)

    __radd__ = __add__

    def __neg__(self) -> Laurent:
        return Laurent({e: -c for e, c in self._terms.items()})

    def __sub__(self, other: Laurent | Fraction | int) -> Laurent:
        return self + (-_as_laurent(other))

    def __rsub__(self, other: Fraction | int) -> Laurent:
        return _as_laurent(other) - self

    def __mul__(self, other: Laurent | Fraction | int) -> Laurent:
        terms: dict[int, Fraction] = {}
        for e, c in self._terms.items():
            for f, d in _as_laurent(other)._terms.items():
                terms[e + f] = terms.get(e + f, Fraction(0)) + c * d
        return Laurent(terms)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return bool(self._terms)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int | Fraction):
            other = Laurent.constant(other)
        return self._terms == other._terms if isinstance(other, Laurent) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self._terms.items()))

    def __str__(self) -> str:
        return " + ".join(_term(e, c) for e, c in self._terms.items()).replace("+ -", "- ") or "0"

    def __repr__(self) -> str:
        return f"Laurent('{self}')"


def _check_compressed(data: Mapping[str, Any]) -> None:
    rows, columns = data.get("rows"), data.get("columns")
    well_formed = (
        set(data) == {"rows", "columns"}
        and type(columns) is int
        and isinstance(rows, list)
        and all(isinstance(row, list) for row in rows)
        and all(isinstance(e, list) and len(e) == 2 and type(e[0]) is int for row in rows for e in row)
    )
    if not well_formed:
        raise CertificateError(
            'a factor of a curve is an object; expected {"rows": [[[column, entry], ...], ...], "columns": n}'
        )


def _read_entry(data: object) -> Laurent:
    return Laurent.constant(Fraction(data)) if isinstance(data, str) else Laurent.from_json(data)


def _as_laurent(value: Laurent | Fraction | int) -> Laurent:
    return value if isinstance(value, Laurent) else Laurent.constant(value)


def _term(exponent: int, coefficient: Fraction) -> str:
    power = "t" if exponent == 1 else f"t^{exponent}" if exponent > 0 else f"t^({exponent})"
    if exponent == 0:
        return str(coefficient)
    if abs(coefficient) == 1:
        return power if coefficient > 0 else f"-{power}"
    return f"{coefficient}*{power}"


class LaurentMatrix:
    """An immutable matrix of Laurent polynomials; only its nonzero entries are stored.

    Parameters
    ----------
    shape
        Number of rows and of columns.
    entries
        ``(row, column)`` to entry; zeros are left out.

    Examples
    --------
    >>> t = Laurent.monomial(1)
    >>> left = LaurentMatrix((2, 2), {(0, 0): t, (1, 0): 1, (1, 1): -Laurent.monomial(-1)})
    >>> right = LaurentMatrix((2, 2), {(0, 0): 1, (0, 1): Laurent.monomial(-1), (1, 1): 1})
    >>> (left @ right).to_lists()
    [[Laurent('t'), Laurent('1')], [Laurent('1'), Laurent('0')]]
    """

    __slots__ = ("_rows", "_shape")

    def __init__(
        self,
        shape: tuple[int, int],
        entries: Mapping[tuple[int, int], Laurent | Fraction | int] | None = None,
    ) -> None:
        self._shape = (int(shape[0]), int(shape[1]))
        rows: dict[int, dict[int, Laurent]] = {}
        for (i, j), value in (entries or {}).items():
            if not (0 <= i < self._shape[0] and 0 <= j < self._shape[1]):
                raise CertificateError(
                    f"entry ({i}, {j}) lies outside a matrix of shape {shape[0]} x {shape[1]}"
                )
            entry = _as_laurent(value)
            if entry:
                rows.setdefault(i, {})[j] = entry
        self._rows = rows

    @classmethod
    def identity(cls, size: int) -> LaurentMatrix:
        """Return the identity matrix."""
        return cls((size, size), {(i, i): 1 for i in range(size)})

    @classmethod
    def from_json(cls, data: object) -> LaurentMatrix:
        """Read nested lists of the JSON form of :class:`Laurent`, or the compressed form of certificates.

        An entry may also be an exact number as text, the constant.

        Raises
        ------
        CertificateError
            If the data is not a rectangular, nonempty matrix of that form.
        """
        if isinstance(data, dict):
            _check_compressed(data)
            return cls(
                (len(data["rows"]), data["columns"]),
                {(i, j): _read_entry(e) for i, row in enumerate(data["rows"]) for j, e in row},
            )
        if not isinstance(data, list) or not data or not all(isinstance(row, list) for row in data):
            raise CertificateError("a factor of a curve is not a nonempty list of rows")
        width = len(data[0])
        if width == 0 or any(len(row) != width for row in data):
            raise CertificateError("a factor of a curve has rows of different or zero length")
        entries = {
            (i, j): _read_entry(e)
            for i, row in enumerate(data)
            for j, e in enumerate(row)
            if e not in ({}, "0")
        }
        return cls((len(data), width), entries)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return self._shape

    def __getitem__(self, position: tuple[int, int]) -> Laurent:
        return self._rows.get(position[0], {}).get(position[1], _ZERO)

    def items(self) -> Iterator[tuple[tuple[int, int], Laurent]]:
        """Iterate over ``((row, column), entry)`` of the nonzero entries, by rows, then columns."""
        for i in sorted(self._rows):
            for j in sorted(self._rows[i]):
                yield (i, j), self._rows[i][j]

    @property
    def nonzeros(self) -> int:
        """Number of nonzero entries."""
        return sum(len(row) for row in self._rows.values())

    @property
    def order(self) -> int | None:
        """Lowest exponent of any entry, ``None`` for the zero matrix."""
        return min((e.order for _, e in self.items() if e.order is not None), default=None)

    def __matmul__(self, other: LaurentMatrix) -> LaurentMatrix:
        if self._shape[1] != other._shape[0]:
            raise CertificateError(
                f"matrices of shapes {self._shape} and {other._shape} cannot be multiplied"
            )
        total: dict[tuple[int, int], Laurent] = {}
        for i, row in self._rows.items():
            for k, left in row.items():
                for j, right in other._rows.get(k, {}).items():
                    total[i, j] = total.get((i, j), _ZERO) + left * right
        return LaurentMatrix((self._shape[0], other._shape[1]), total)

    def __sub__(self, other: LaurentMatrix) -> LaurentMatrix:
        if self._shape != other._shape:
            raise CertificateError(
                f"matrices of shapes {self._shape} and {other._shape} cannot be subtracted"
            )
        total = dict(self.items())
        for position, entry in other.items():
            total[position] = total.get(position, _ZERO) - entry
        return LaurentMatrix(self._shape, total)

    def transpose(self) -> LaurentMatrix:
        """Return the transposed matrix."""
        return LaurentMatrix((self._shape[1], self._shape[0]), {(j, i): e for (i, j), e in self.items()})

    def minor(self, rows: Sequence[int], columns: Sequence[int]) -> LaurentMatrix:
        """Return the matrix on the listed rows and columns, in the listed order."""
        place = {j: b for b, j in enumerate(columns)}
        entries: dict[tuple[int, int], Laurent] = {}
        for a, i in enumerate(rows):
            for j, entry in self._rows.get(i, {}).items():
                if j in place:
                    entries[a, place[j]] = entry
        return LaurentMatrix((len(rows), len(columns)), entries)

    def embed(self, shape: tuple[int, int], rows: Sequence[int], columns: Sequence[int]) -> LaurentMatrix:
        """Return the larger matrix with this one at the listed rows and columns and zeros elsewhere."""
        return LaurentMatrix(shape, {(rows[i], columns[j]): e for (i, j), e in self.items()})

    def evaluate(self, t: Fraction | int) -> list[list[Fraction]]:
        """Return the dense matrix of values at a nonzero rational ``t``."""
        dense = [[Fraction(0)] * self._shape[1] for _ in range(self._shape[0])]
        for (i, j), entry in self.items():
            dense[i][j] = entry.evaluate(t)
        return dense

    def constants(self) -> list[list[Fraction]]:
        """Return the constant terms as a dense matrix.

        Examples
        --------
        >>> LaurentMatrix((1, 2), {(0, 1): Laurent({0: 3, 1: 1})}).constants()
        [[Fraction(0, 1), Fraction(3, 1)]]
        """
        dense = [[Fraction(0)] * self._shape[1] for _ in range(self._shape[0])]
        for (i, j), entry in self.items():
            dense[i][j] = entry.coefficient(0)
        return dense

    def to_lists(self) -> list[list[Laurent]]:
        """Return nested lists of the entries."""
        return [[self[i, j] for j in range(self._shape[1])] for i in range(self._shape[0])]

    def to_json(self) -> Any:
        """Return the form that certificates use: full, or compressed if it is large and mostly zero."""
        if self._is_sparse:
            return self._compressed(lambda entry: entry.to_json())
        dense: list[list[dict[str, str]]] = [
            [{} for _ in range(self._shape[1])] for _ in range(self._shape[0])
        ]
        for (i, j), entry in self.items():
            dense[i][j] = entry.to_json()
        return dense

    def to_numbers(self) -> Any:
        """Return the constant terms as certificates write a matrix of numbers, full or compressed."""
        if self._is_sparse:
            return self._compressed(lambda entry: str(entry.coefficient(0)))
        return [
            [str(self[i, j].coefficient(0)) for j in range(self._shape[1])] for i in range(self._shape[0])
        ]

    @property
    def _is_sparse(self) -> bool:
        cells = self._shape[0] * self._shape[1]
        return cells > _LARGE and 4 * self.nonzeros < cells

    def _compressed(self, show: Callable[[Laurent], Any]) -> dict[str, Any]:
        rows = [
            [[j, show(self._rows[i][j])] for j in sorted(self._rows.get(i, {}))]
            for i in range(self._shape[0])
        ]
        return {"columns": self._shape[1], "rows": rows}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LaurentMatrix):
            return NotImplemented
        return self._shape == other._shape and self._rows == other._rows

    def __hash__(self) -> int:
        return hash((self._shape, tuple(self.items())))

    def __repr__(self) -> str:
        return f"LaurentMatrix({self._shape[0]} x {self._shape[1]}, {self.nonzeros} nonzero)"


def product(factors: Iterable[LaurentMatrix]) -> LaurentMatrix:
    """Return the product of at least one matrix, in the given order."""
    chain: list[Any] = list(factors)
    total: LaurentMatrix = chain[0]
    for factor in chain[1:]:
        total = total @ factor
    return total


_ZERO = Laurent()
