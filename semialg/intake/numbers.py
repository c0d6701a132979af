"""The one guarded reader of exact numbers.

``Fraction(text)`` would take ``1e999999999`` and fill the memory with its digits. Here a number is measured
before it is made, and what is refused is refused with the error class of whoever asked.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from numbers import Rational
from typing import TYPE_CHECKING

from semialg.errors import DataError
from semialg.intake.shown import show

if TYPE_CHECKING:
    from semialg.errors import SemialgError

__all__ = ["MOST_DIGITS", "exact_number", "read_number"]

#: Longest numerator and denominator, in decimal digits; Python itself prints no integers beyond 4300.
MOST_DIGITS = 4000

_QUOTIENT = re.compile(r"([+-]?)(\d+)/([+-]?)(\d+)", re.ASCII)
_DECIMAL = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?", re.ASCII)
_EXPECTED = "expected a number such as 3, -3/4, 0.25 or 1e-6"


def read_number(text: str, where: str, error: type[SemialgError] = DataError) -> Fraction:
    """Return the rational that a text spells: an integer, a quotient, or a decimal, exactly as it stands.

    Parameters
    ----------
    text
        What was written; spaces around it do not count.
    where
        What the number is, for the message.
    error
        The class of the error.

    Raises
    ------
    SemialgError
        An ``error``, if the text is anything else (NaN and infinity among it), has the denominator 0, or
        would have a numerator or a denominator of more than :data:`MOST_DIGITS` digits. Cost: linear in the
        text and in the digits of the value; the digits are counted before they are made.

    Examples
    --------
    >>> read_number("0.25", "the entry"), read_number("-1e-3", "the entry"), read_number("6/-4", "the entry")
    (Fraction(1, 4), Fraction(-1, 1000), Fraction(-3, 2))
    >>> read_number("1e999999999", "--t")
    Traceback (most recent call last):
    ...
    semialg.errors.DataError: --t is '1e999999999', a number of more than 4000 digits; expected a shorter one
    """
    word = text.strip()
    found = _QUOTIENT.fullmatch(word)
    if found is not None:
        _check_length(max(len(found[2]), len(found[4])), word, where, error)
        below = int(found[4])
        if not below:
            raise error(f"{where} is '{show(word, 60)}', which has the denominator 0; {_EXPECTED}")
        negative = (found[1] == "-") != (found[3] == "-")
        return Fraction(-int(found[2]) if negative else int(found[2]), below)
    found = _DECIMAL.fullmatch(word)
    if found is None or not (found[2] or found[3]):
        raise error(f"{where} is '{show(word, 60)}'; {_EXPECTED}")
    sign, whole, behind, power = found[1], found[2], found[3] or "", found[4] or "0"
    digits = (whole + behind).lstrip("0")
    _check_length(max(len(digits), len(behind)), word, where, error)
    if not digits:
        return Fraction(0)
    # An exponent of seven digits is beyond every limit, so a longer one need not be converted.
    exponent = int(power) if len(power.lstrip("+-0")) < 7 else int(f"{'-' if power[0] == '-' else ''}9999999")
    shift = exponent - len(behind)
    _check_length(len(digits) + shift if shift > 0 else -shift, word, where, error)
    value = Fraction(int(digits) * 10**shift) if shift >= 0 else Fraction(int(digits), 10**-shift)
    return -value if sign == "-" else value


def _check_length(digits: int, word: str, where: str, error: type[SemialgError]) -> None:
    if digits > MOST_DIGITS:
        raise error(
            f"{where} is '{show(word, 60)}', a number of more than {MOST_DIGITS} digits; "
            "expected a shorter one"
        )


def exact_number(number: object, where: str, error: type[SemialgError] = DataError) -> Fraction:
    """Return an integer, a rational, a flint number or a text as a Fraction.

    Raises
    ------
    SemialgError
        An ``error``, if the number is a float (the caller must say how to round it), a truth value, or of
        another type, or a text that :func:`read_number` refuses.

    Examples
    --------
    >>> exact_number("3/4", "the coefficient of x"), exact_number(2, "the entry")
    (Fraction(3, 4), Fraction(2, 1))
    """
    if isinstance(number, Fraction):
        return number
    if isinstance(number, bool):
        raise error(f"{where} is of type bool; expected a rational number")
    if isinstance(number, int):
        return Fraction(number)
    if isinstance(number, str):
        return read_number(number, where, error)
    if isinstance(number, float):
        if not math.isfinite(number):
            raise error(f"{where} is {number}; expected a rational number")
        raise error(
            f"{where} is the float {number!r}; expected an exact rational: write it as a text such as '3/4', "
            "or round it with Fraction(number).limit_denominator(...)"
        )
    if isinstance(number, Rational):  # numpy's integers among them
        return Fraction(int(number.numerator), int(number.denominator))
    return _of_flint(number, where, error)


def _of_flint(number: object, where: str, error: type[SemialgError]) -> Fraction:
    from flint import fmpq, fmpz

    if isinstance(number, fmpz):
        return Fraction(int(number))
    if isinstance(number, fmpq):
        return Fraction(int(number.p), int(number.q))
    raise error(f"{where} is of type {type(number).__name__}; expected a rational number")
