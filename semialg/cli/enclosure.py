"""Decimal digits of a number that is known between two rationals: no digit is shown that is not proved."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["common_digits", "outward"]


def _rounded(value: Fraction, digits: int, rounding: str) -> str:
    context = Context(prec=digits, rounding=rounding)
    decimal = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"{decimal.normalize(context):.{digits}g}"


def common_digits(lower: Fraction, upper: Fraction, digits: int) -> str | None:
    """Return a decimal to which both bounds round, and so every number between them; None if there is none.

    Where the bounds lie on two sides of a place where rounding changes, one digit less is tried, twice.

    Examples
    --------
    >>> from fractions import Fraction
    >>> common_digits(Fraction(1, 3), Fraction(1, 3) + Fraction(1, 10**20), 10)
    '0.3333333333'
    >>> common_digits(Fraction(1, 3), Fraction(1, 2), 10) is None
    True
    """
    for fewer in range(3):
        low, high = (_rounded(value, digits - fewer, ROUND_HALF_EVEN) for value in (lower, upper))
        if low == high:
            return low
    return None


def outward(lower: Fraction, upper: Fraction, digits: int) -> tuple[str, str]:
    """Return decimals of so many digits, the first not above the lower bound, the second not below the upper.

    Examples
    --------
    >>> from fractions import Fraction
    >>> outward(Fraction(1, 3), Fraction(2, 3), 4)
    ('0.3333', '0.6667')
    """
    return _rounded(lower, digits, ROUND_FLOOR), _rounded(upper, digits, ROUND_CEILING)
