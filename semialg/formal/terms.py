"""Numbers, lists and polynomials as Coq reads them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Refused", "Unsupported", "coq_list", "naturals", "polynomial", "rational"]


class Unsupported(Exception):  # noqa: N818 - an answer, not a fault
    """The certificate uses a rule that the theory in ``proofs/kernel`` does not cover.

    Attributes
    ----------
    rule
        The full name of the rule, such as ``outside.trust``.
    """

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(f"not supported by the kernel: {rule}")


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """No proof term can be written from the certificate, or the kernel does not accept the one written."""


def rational(number: str | int | Fraction) -> str:
    """Return an exact number as a Coq rational.

    Examples
    --------
    >>> rational("-2/4"), rational(3)
    ('((-1) # 2)', '(3 # 1)')
    """
    value = Fraction(number)
    top = str(value.numerator) if value >= 0 else f"({value.numerator})"
    return f"({top} # {value.denominator})"


def coq_list(items: Iterable[str]) -> str:
    """Return a Coq list of terms.

    Examples
    --------
    >>> coq_list(["a", "b"])
    '[a; b]'
    """
    return "[" + "; ".join(items) + "]"


def naturals(numbers: Iterable[int]) -> str:
    """Return a Coq list of natural numbers, whatever scope is open.

    Examples
    --------
    >>> naturals([0, 2])
    '[0; 2]%nat'
    """
    return coq_list(map(str, numbers)) + "%nat"


def polynomial(terms: list[dict[str, Any]]) -> str:
    """Return a polynomial in the factor entries, as FORMAT.md writes it, as a list of terms.

    Examples
    --------
    >>> polynomial([{"coefficient": "2", "monomial": [[[0, 1, 0], 2], [["inverse", 1, 0, 1], 1]]}])
    '[((2 # 1), [(false, 0, 1, 0)%nat; (false, 0, 1, 0)%nat; (true, 1, 0, 1)%nat])]'
    """
    return coq_list(f"({rational(term['coefficient'])}, {_monomial(term['monomial'])})" for term in terms)


def _monomial(powers: list[list[Any]]) -> str:
    names: list[tuple[bool, int, int, int]] = []
    for name, exponent in powers:
        if exponent > _MOST_POWER:
            raise Unsupported(f"an exponent of {exponent}")
        inverse = name[0] == "inverse"
        names.extend([(inverse, *(name[1:] if inverse else name))] * exponent)
    return coq_list(f"({str(inv).lower()}, {at}, {i}, {j})%nat" for inv, at, i, j in sorted(names))


_MOST_POWER = 1000
"""The kernel writes powers out."""
