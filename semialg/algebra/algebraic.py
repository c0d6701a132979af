"""Real algebraic numbers, as solvers report them in models: a polynomial and an isolating interval."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_poly, fmpz_poly

from semialg.errors import FormulaError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["AlgebraicNumber"]


@dataclass(frozen=True, slots=True)
class AlgebraicNumber:
    """The only real root of an integer polynomial in an interval.

    Parameters
    ----------
    coefficients
        Integer coefficients, constant term first, the last not zero; not all but the first zero.
    low, high
        Rational ends of a closed interval with exactly one real root (multiplicities do not count).

    Raises
    ------
    FormulaError
        If the interval does not hold exactly one root.

    Examples
    --------
    >>> root = AlgebraicNumber((-2, 0, 1), Fraction(1), Fraction(2))
    >>> root
    AlgebraicNumber('root of x^2 - 2 in [1, 2]')
    >>> round(float(root), 6)
    1.414214
    >>> root.compare(Fraction(7, 5))
    1
    """

    coefficients: tuple[int, ...]
    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        _require_degree(self.coefficients)
        count = _roots_between(_squarefree(self.coefficients), self.low, self.high)
        if self.low > self.high or count != 1:
            raise FormulaError(
                f"[{self.low}, {self.high}] holds {count} roots of {_text(self.coefficients)}; expected 1"
            )

    @classmethod
    def nth_root_of(cls, coefficients: Sequence[int], index: int) -> AlgebraicNumber:
        """Return the ``index``-th smallest distinct real root (counted from 1) of an integer polynomial.

        Raises
        ------
        FormulaError
            If the polynomial has fewer real roots.

        Examples
        --------
        >>> AlgebraicNumber.nth_root_of([-2, 0, 1], 1).compare(0)
        -1
        """
        _require_degree(coefficients)
        squarefree = _squarefree(coefficients)
        bound = Fraction(2 + max(abs(c) for c in coefficients[:-1]), abs(coefficients[-1])) + 1
        low, high = -bound, bound
        total = _roots_between(squarefree, low, high)
        if not 1 <= index <= total:
            raise FormulaError(f"{_text(coefficients)} has {total} real roots and no root number {index}")
        while _roots_between(squarefree, low, high) > 1:
            middle = (low + high) / 2
            below = _roots_between(squarefree, low, middle)
            if index <= below:
                high = middle
            else:
                index -= below
                low = middle
                # A root at the middle itself was counted below: step off it.
                if not _value(squarefree, middle):
                    low = _step_off(squarefree, middle, high)
        return cls(tuple(int(c) for c in coefficients), low, high)

    @staticmethod
    def count_real_roots(coefficients: Sequence[int]) -> int:
        """Return the number of distinct real roots of an integer polynomial of degree at least 1.

        Examples
        --------
        >>> AlgebraicNumber.count_real_roots([-2, 0, 1]), AlgebraicNumber.count_real_roots([2, 0, 1])
        (2, 0)
        """
        _require_degree(coefficients)
        bound = Fraction(2 + max(abs(c) for c in coefficients[:-1]), abs(coefficients[-1])) + 1
        return _roots_between(_squarefree(coefficients), -bound, bound)

    def refine(self, width: Fraction) -> AlgebraicNumber:
        """Return the same number with an interval no wider than ``width`` (bisection, exact).

        Examples
        --------
        >>> root = AlgebraicNumber((-2, 0, 1), Fraction(1), Fraction(2)).refine(Fraction(1, 4))
        >>> str(root.low), str(root.high)
        ('5/4', '3/2')
        """
        if width <= 0:
            raise FormulaError(f"the width {width} is not positive")
        squarefree = _squarefree(self.coefficients)
        low, high = self.low, self.high
        while high - low > width:
            middle = (low + high) / 2
            if _roots_between(squarefree, low, middle):
                high = middle
            else:
                low = middle
        return AlgebraicNumber(self.coefficients, low, high)

    def compare(self, value: Fraction | int) -> int:
        """Return -1, 0 or 1 as this number is below, equal to or above a rational one."""
        value = Fraction(value)
        if not self.low <= value <= self.high:
            return 1 if value < self.low else -1
        squarefree = _squarefree(self.coefficients)
        if not _value(squarefree, value):
            return 0
        return -1 if _roots_between(squarefree, self.low, value) else 1

    def __float__(self) -> float:
        narrow = self.refine(Fraction(1, 10**18))
        return float((narrow.low + narrow.high) / 2)

    def __str__(self) -> str:
        return f"root of {_text(self.coefficients)} in [{self.low}, {self.high}]"

    def __repr__(self) -> str:
        return f"AlgebraicNumber({str(self)!r})"


def _require_degree(coefficients: Sequence[int]) -> None:
    if len(coefficients) < 2 or not coefficients[-1]:
        raise FormulaError(
            f"the coefficients {list(coefficients)} are not those of a polynomial of degree at least 1"
        )


def _squarefree(coefficients: Sequence[int]) -> Any:
    polynomial = fmpz_poly([int(c) for c in coefficients])
    return polynomial // polynomial.gcd(polynomial.derivative())


def _value(polynomial: Any, at: Fraction) -> Any:
    return polynomial(fmpq(at.numerator, at.denominator))


def _roots_between(squarefree: Any, low: Fraction, high: Fraction) -> int:
    """Count the distinct real roots in [low, high] by Sturm's theorem, which counts those in (low, high]."""
    if low > high:
        return 0
    chain = _sturm_chain(squarefree)
    return _variations(chain, low) - _variations(chain, high) + (0 if _value(squarefree, low) else 1)


def _sturm_chain(squarefree: Any) -> list[Any]:
    chain = [fmpq_poly(squarefree), fmpq_poly(squarefree.derivative())]
    while chain[-1].degree() > 0:
        chain.append(-(chain[-2] % chain[-1]))
    return chain


def _variations(chain: list[Any], at: Fraction) -> int:
    values = [_value(polynomial, at) for polynomial in chain]
    signs = [value > 0 for value in values if value]
    return sum(a != b for a, b in pairwise(signs))


def _step_off(squarefree: Any, root: Fraction, high: Fraction) -> Fraction:
    """Return a point above a root with no root in between, the point itself no root."""
    step = (high - root) / 2
    while _roots_between(squarefree, root, root + step) > 1 or not _value(squarefree, root + step):
        step /= 2
    return root + step


def _text(coefficients: Sequence[int]) -> str:
    pieces = []
    for exponent in range(len(coefficients) - 1, -1, -1):
        value = coefficients[exponent]
        if value:
            power = "" if exponent == 0 else "x" if exponent == 1 else f"x^{exponent}"
            number = "" if abs(value) == 1 and power else str(abs(value)) + ("*" if power else "")
            pieces.append(f"{'-' if value < 0 else '+'} {number}{power}")
    text = " ".join(pieces)
    return text[2:] if text.startswith("+") else "-" + text[2:]
