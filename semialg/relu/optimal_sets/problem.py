r"""The training problem: a two-layer ReLU network, squared loss, weight decay; exact data.

One convention is fixed here and used everywhere in this room. The network problem is

    N(u, a) = 1/2 |sum_k (X u_k)_+ a_k - y|^2 + lam/2 sum_k (|u_k|^2 + a_k^2)

and its convex form over pairs b = (activation pattern D_b, sign s_b) is

    P(w) = 1/2 |sum_b s_b D_b X w_b - y|^2 + lam sum_b |w_b|,   (2 D_b - I) X w_b >= 0.

A convention without the factors 1/2 has twice these values for the same lam; one with a mean over n points in
place of the sum has lam / n.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

from semialg.errors import DataError
from semialg.intake.numbers import exact_number
from semialg.lazy import lazy_property
from semialg.relu.scalar.network import DataSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["RegularizedProblem", "Vector", "inner", "relu_outputs"]

Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class RegularizedProblem:
    """Data X (n rows of d rationals), targets y, and the penalty lam > 0.

    Raises
    ------
    DataError
        If the penalty is no exact rational, or not positive.

    Examples
    --------
    >>> problem = RegularizedProblem.build([[1], [-2]], [1, 1], "1/2")
    >>> problem.size, problem.dimension, problem.penalty
    (2, 1, Fraction(1, 2))
    """

    data: DataSet
    penalty: Fraction

    def __post_init__(self) -> None:
        _exact_penalty(self.penalty)
        if self.penalty <= 0:
            raise DataError(f"the penalty is {self.penalty}; expected a positive number")

    @classmethod
    def build(
        cls,
        points: Iterable[Iterable[object]],
        targets: Iterable[object],
        penalty: object,
        *,
        bias: bool = False,
    ) -> RegularizedProblem:
        """Return the problem of ints, Fractions or texts; floats are refused.

        With ``bias`` every point gets a last coordinate 1, so that each neuron has a bias; the bias is
        penalized like the weights.

        Raises
        ------
        DataError
            If the data are empty or ragged, a number is not an exact rational, or the penalty not positive.
        """
        data = DataSet.build(points, targets)
        if bias:
            data = DataSet(tuple((*row, Fraction(1)) for row in data.points), data.targets)
        return cls(data, _exact_penalty(penalty))

    @property
    def size(self) -> int:
        """The number n of points."""
        return len(self.data.points)

    @property
    def dimension(self) -> int:
        """The number d of coordinates."""
        return len(self.data.points[0])

    @property
    def points(self) -> tuple[Vector, ...]:
        """The rows of X."""
        return self.data.points

    @property
    def targets(self) -> Vector:
        """The targets y."""
        return self.data.targets

    @lazy_property
    def point_scale(self) -> int:
        """The positive integer that clears the denominators of all points."""
        return lcm(*(v.denominator for row in self.points for v in row))

    @lazy_property
    def integer_points(self) -> tuple[tuple[int, ...], ...]:
        """The points times ``point_scale``: the same arrangement of hyperplanes, in integers."""
        return tuple(tuple(int(v * self.point_scale) for v in row) for row in self.points)

    def with_penalty(self, penalty: Fraction) -> RegularizedProblem:
        """Return the problem with the same data and another penalty."""
        return RegularizedProblem(self.data, penalty)


def _exact_penalty(number: object) -> Fraction:
    return exact_number(number, "the penalty")


def inner(one: Sequence[Fraction], other: Sequence[Fraction]) -> Fraction:
    """Return the inner product of two rational vectors.

    Examples
    --------
    >>> inner((Fraction(1), Fraction(2)), (Fraction(3), Fraction(1, 2)))
    Fraction(4, 1)
    """
    return sum((a * b for a, b in zip(one, other, strict=True) if a and b), Fraction(0))


def relu_outputs(points: Sequence[Vector], weights: Sequence[Fraction]) -> Vector:
    """Return what a ReLU neuron with these weights gives at each point.

    Examples
    --------
    >>> relu_outputs(((Fraction(1),), (Fraction(-1),)), (Fraction(3),))
    (Fraction(3, 1), Fraction(0, 1))
    """
    return tuple(max(inner(row, weights), Fraction(0)) for row in points)
