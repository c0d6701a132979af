"""Real number fields Q(c), and exact roots of polynomials in one variable over them.

A number of Q(c) is a polynomial in c, reduced modulo the minimal polynomial of c: it is zero exactly when the
reduced polynomial is, so comparisons need no tolerance. Polynomials over Q(c) are lists of such numbers,
constant term first, without leading zeros.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from flint import fmpq, fmpq_poly

from semialg.errors import FormulaError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Coefficients", "NumberField", "RootInterval"]

Coefficients: TypeAlias = "list[Any]"
"""Coefficients in Q(c), constant term first; the last is not zero, and the empty list is the zero
polynomial."""

RootInterval: TypeAlias = tuple[Fraction, Fraction]
"""An open interval with rational ends that are no roots, around exactly one root."""


def _exact(value: Fraction) -> Any:
    return fmpq(value.numerator, value.denominator)


@dataclass
class NumberField:
    """The field Q(c) for a real algebraic number c.

    Parameters
    ----------
    minimal
        An irreducible ``flint.fmpq_poly`` with the root c.
    low, high
        Rational numbers with ``low < c < high``, or both equal to c if c is rational; no other root lies
        between.
    pulse
        Called once in every loop that may take long; it may raise to stop the work.

    Examples
    --------
    >>> sqrt2 = NumberField(fmpq_poly([-2, 0, 1]), Fraction(1), Fraction(2))
    >>> sqrt2.sign(fmpq_poly([-3, 2]))
    -1
    >>> len(sqrt2.isolate([fmpq_poly([-2]), fmpq_poly([0]), fmpq_poly([1])]))
    2
    """

    minimal: Any
    low: Fraction
    high: Fraction
    pulse: Callable[[], None] = field(default=lambda: None)

    @classmethod
    def rational(cls, value: Fraction, pulse: Callable[[], None] = lambda: None) -> NumberField:
        """Return Q with c the given rational number."""
        return cls(fmpq_poly([-_exact(value), 1]), value, value, pulse)

    def halve(self) -> None:
        """Bisect the interval around c."""
        if self.low == self.high:
            return
        middle = (self.low + self.high) / 2
        here = self.minimal(_exact(middle))
        # An irreducible polynomial with an irrational root has no rational one.
        if (here > 0) == (self.minimal(_exact(self.low)) > 0):
            self.low = middle
        else:
            self.high = middle

    def element(self, polynomial: Any) -> Any:
        """Return the value at c of a ``flint.fmpq_poly``, as a number of this field."""
        return polynomial % self.minimal

    def sign(self, number: Any) -> int:
        """Return -1, 0 or 1, exactly."""
        if number.degree() < 0:
            return 0
        while True:
            low, high = _range(number, self.low, self.high)
            if low > 0 or high < 0:
                return 1 if low > 0 else -1
            self.pulse()
            self.halve()

    def times(self, left: Any, right: Any) -> Any:
        """Return the product of two numbers."""
        return (left * right) % self.minimal

    def inverse(self, number: Any) -> Any:
        """Return the inverse of a number that is not zero."""
        _, first, _ = number.xgcd(self.minimal)
        return first % self.minimal

    # ------------------------------------------------------------------ polynomials over the field

    def trimmed(self, coefficients: Sequence[Any]) -> Coefficients:
        """Return reduced coefficients without leading zeros."""
        found = [self.element(c) for c in coefficients]
        while found and found[-1].degree() < 0:
            found.pop()
        return found

    def value(self, polynomial: Coefficients, at: Fraction) -> Any:
        """Return the value at a rational point."""
        total = fmpq_poly([])
        point = _exact(at)
        for coefficient in reversed(polynomial):
            total = total * point + coefficient
        return total

    def sign_at(self, polynomial: Coefficients, at: Fraction) -> int:
        """Return the sign of the value at a rational point."""
        return self.sign(self.value(polynomial, at))

    def remainder(self, left: Coefficients, right: Coefficients) -> Coefficients:
        """Return the remainder of a division by a polynomial that is not zero."""
        rest = list(left)
        lead = self.inverse(right[-1])
        while len(rest) >= len(right):
            self.pulse()
            factor = self.times(rest[-1], lead)
            shift = len(rest) - len(right)
            for k, c in enumerate(right):
                rest[shift + k] = self.element(rest[shift + k] - factor * c)
            rest = self.trimmed(rest[:-1])
        return rest

    def gcd(self, left: Coefficients, right: Coefficients) -> Coefficients:
        """Return a greatest common divisor, monic."""
        while right:
            left, right = right, self.remainder(left, right)
        lead = self.inverse(left[-1]) if left else None
        return [self.times(c, lead) for c in left]

    def quotient(self, left: Coefficients, right: Coefficients) -> Coefficients:
        """Return the quotient of a division without remainder."""
        rest, lead = list(left), self.inverse(right[-1])
        found: Coefficients = [fmpq_poly([])] * (len(left) - len(right) + 1)
        while len(rest) >= len(right):
            factor = self.times(rest[-1], lead)
            shift = len(rest) - len(right)
            found[shift] = factor
            for k, c in enumerate(right):
                rest[shift + k] = self.element(rest[shift + k] - factor * c)
            rest = self.trimmed(rest[:-1])
        return found

    def squarefree(self, polynomial: Coefficients) -> Coefficients:
        """Return the polynomial with the same roots, all simple."""
        common = self.gcd(polynomial, self.derivative(polynomial))
        return self.quotient(polynomial, common) if len(common) > 1 else polynomial

    def derivative(self, polynomial: Coefficients) -> Coefficients:
        """Return the derivative."""
        return self.trimmed([c * k for k, c in enumerate(polynomial)][1:])

    def sturm(self, squarefree: Coefficients) -> list[Coefficients]:
        """Return the Sturm chain of a polynomial without multiple roots."""
        chain = [squarefree, self.derivative(squarefree)]
        while len(chain[-1]) > 1:
            chain.append([-c for c in self.remainder(chain[-2], chain[-1])])
        return [p for p in chain if p]

    def count(self, chain: list[Coefficients], low: Fraction, high: Fraction) -> int:
        """Return the number of roots in ``(low, high]`` by the Sturm chain."""
        return self._variations(chain, low) - self._variations(chain, high)

    def isolate(self, polynomial: Coefficients) -> list[RootInterval]:
        """Return intervals around the distinct real roots, in order, with disjoint closures.

        Raises
        ------
        FormulaError
            If the polynomial is zero: every number is a root.
        """
        if not polynomial:
            raise FormulaError("the zero polynomial has no isolated roots")
        if len(polynomial) == 1:
            return []
        squarefree = self.squarefree(polynomial)
        chain = self.sturm(squarefree)
        bound = Fraction(1)
        total = self._at_infinity(chain, -1) - self._at_infinity(chain, 1)
        while self.count(chain, -bound, bound) < total or not self.sign_at(squarefree, -bound):
            bound *= 2
        found = self._bisect(squarefree, chain, (-bound, bound + 1))
        # Neighbors may share an end; a gap between them is needed where points between the roots are chosen.
        return [self.narrowed(squarefree, interval) for interval in found] if len(found) > 1 else found

    def narrowed(self, squarefree: Coefficients, interval: RootInterval) -> RootInterval:
        """Return a smaller interval strictly inside, around the same root."""
        low, high = interval
        start = self.sign_at(squarefree, low)
        cuts = (low, high)
        while low == cuts[0] or high == cuts[1]:
            self.pulse()
            middle = (low + high) / 2
            here = self.sign_at(squarefree, middle)
            if not here:
                quarter = (high - low) / 4
                return (middle - quarter, middle + quarter)
            if here == start:
                low = middle
            else:
                high = middle
        return low, high

    def _bisect(
        self, squarefree: Coefficients, chain: list[Coefficients], interval: RootInterval
    ) -> list[RootInterval]:
        low, high = interval
        # The upper end is no root either: move it if need be.
        while not self.sign_at(squarefree, high):
            high += 1
        found: list[RootInterval] = []
        stack = [(low, high)]
        while stack:
            self.pulse()
            low, high = stack.pop()
            number = self.count(chain, low, high)
            if number == 1:
                found.append((low, high))
            elif number > 1:
                middle = (low + high) / 2
                step = (high - low) / 8
                while not self.sign_at(squarefree, middle):
                    middle += step
                    step /= 2
                stack += [(middle, high), (low, middle)]
        return found

    def _variations(self, chain: list[Coefficients], at: Fraction) -> int:
        return _changes([self.sign_at(p, at) for p in chain])

    def _at_infinity(self, chain: list[Coefficients], side: int) -> int:
        return _changes([self.sign(p[-1]) * (side if len(p) % 2 == 0 else 1) for p in chain])


def _changes(signs: Sequence[int]) -> int:
    kept = [s for s in signs if s]
    return sum(a != b for a, b in pairwise(kept))


def _range(polynomial: Any, low: Fraction, high: Fraction) -> tuple[Any, Any]:
    """Return bounds of the values of a rational polynomial on an interval, by Horner's rule."""
    a, b = _exact(low), _exact(high)
    bottom = top = fmpq(0)
    for exponent in range(polynomial.degree(), -1, -1):
        products = (bottom * a, bottom * b, top * a, top * b)
        bottom, top = min(products) + polynomial[exponent], max(products) + polynomial[exponent]
    return bottom, top
