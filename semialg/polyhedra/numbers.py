"""Reading and writing the exact rationals of linear systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semialg.errors import LimitError, LinearSystemError
from semialg.intake.numbers import MOST_DIGITS, exact_number, read_number

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["exact", "parse_exact", "text_of"]

_TOO_LONG = 10**MOST_DIGITS


def parse_exact(text: str, where: str) -> Fraction:
    """Return the rational that a text such as ``"-3"``, ``"3/4"``, ``"0.25"`` or ``"1e-3"`` spells.

    Raises
    ------
    LinearSystemError
        If the text is anything else (NaN and infinity among it), too long, or has the denominator 0.

    Examples
    --------
    >>> parse_exact("0.25", "line 1")
    Fraction(1, 4)
    """
    return read_number(text, where, LinearSystemError)


def exact(number: object, where: str) -> Fraction:
    """Return an int, Fraction, flint number or text as a Fraction.

    Raises
    ------
    LinearSystemError
        If the number is a float (NaN or not: the caller must say how to round it) or of another type.

    Examples
    --------
    >>> exact("3/4", "the coefficient of x")
    Fraction(3, 4)
    """
    return exact_number(number, where, LinearSystemError)


def text_of(number: Fraction) -> str:
    """Return ``"p"`` or ``"p/q"`` in lowest terms.

    Raises
    ------
    LimitError
        If there are more than 4000 digits above or below: no proof could hold the number, and Python writes
        none that is much longer.

    Examples
    --------
    >>> from fractions import Fraction
    >>> text_of(Fraction(-6, 4))
    '-3/2'
    """
    longest = max(abs(number.numerator), number.denominator)
    if longest >= _TOO_LONG:
        raise LimitError(
            f"found a result of about {longest.bit_length() * 301 // 1000} digits; "
            f"expected at most {MOST_DIGITS}, "
            "as many as a proof holds"
        )
    return str(number)
