"""The network, its data and its losses: exact numbers only.

The network is ``f(x) = constant + sum_k output_k relu(<w_k, x> + b_k)`` with w_k supported on row k of the
input mask and output_k free where the output mask has a one. Hidden biases b_k and the constant are free by
default, and zero if switched off. Because relu is positively homogeneous, output_k in {-1, +1} loses nothing
(a unit with w_k = 0 and b_k = 0 is switched off).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any, Literal

from semialg.errors import DataError, PatternError
from semialg.intake.numbers import exact_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from semialg.pattern.pattern import Pattern

__all__ = ["LOSSES", "Architecture", "DataSet", "Loss", "Parameters", "integer_rows", "loss_of"]

Loss = Literal["l1", "l2", "max"]
LOSSES: tuple[Loss, ...] = ("l1", "l2", "max")


@dataclass(frozen=True)
class DataSet:
    """Finitely many points with a target each, exact rationals.

    Examples
    --------
    >>> data = DataSet.build([[0], ["1/2"]], [1, 2])
    >>> data.points[1], data.targets
    ((Fraction(1, 2),), (Fraction(1, 1), Fraction(2, 1)))
    """

    points: tuple[tuple[Fraction, ...], ...]
    targets: tuple[Fraction, ...]

    @classmethod
    def build(cls, points: Iterable[Iterable[object]], targets: Iterable[object]) -> DataSet:
        """Return the data set of ints, Fractions or texts; floats are refused.

        Raises
        ------
        DataError
            If there is no point, the lengths differ, or a number is not an exact rational.
        """
        rows = tuple(
            tuple(exact_number(v, f"coordinate {j} of point {i}") for j, v in enumerate(row))
            for i, row in enumerate(points)
        )
        values = tuple(exact_number(v, f"target {i}") for i, v in enumerate(targets))
        if not rows:
            raise DataError("the data set is empty; expected at least one point with its target")
        if len(values) != len(rows):
            raise DataError(
                f"found {len(rows)} points and {len(values)} targets; expected one target a point"
            )
        for i, row in enumerate(rows):
            if len(row) != len(rows[0]) or not row:
                raise DataError(
                    f"point {i} has {len(row)} coordinates; expected {len(rows[0]) or 'at least one'}"
                )
        return cls(rows, values)


@dataclass(frozen=True)
class Architecture:
    """Which parameters of the network may differ from zero.

    Attributes
    ----------
    supports
        For each unit that feeds the output, the inputs that it reads, increasing.
    units
        Their indices in the pattern.
    inputs, hidden
        Number of inputs, and of units in the pattern.
    hidden_bias, output_bias
        Whether the units, and the output, have a bias.
    """

    supports: tuple[tuple[int, ...], ...]
    units: tuple[int, ...]
    inputs: int
    hidden: int
    hidden_bias: bool = True
    output_bias: bool = True

    @classmethod
    def of(cls, pattern: Pattern, *, hidden_bias: bool = True, output_bias: bool = True) -> Architecture:
        """Return the architecture of a pattern with two masks, the first with one row.

        Raises
        ------
        PatternError
            If the pattern has another number of layers, or more than one output.
        """
        if pattern.layers != 2:
            raise PatternError(f"the pattern has {pattern.layers} masks; expected two (one hidden layer)")
        outer, inner = pattern.masks
        if outer.rows != 1:
            raise PatternError(f"the output mask has {outer.rows} rows; expected one (a scalar output)")
        units = tuple(outer.row(0))
        supports = tuple(tuple(inner.row(k)) for k in units)
        return cls(supports, units, inner.columns, inner.rows, hidden_bias, output_bias)

    def features(self, data: DataSet, unit: int) -> list[tuple[Fraction, ...]]:
        """Return what unit number ``unit`` of ``supports`` reads at each point, with a 1 for its bias.

        Raises
        ------
        DataError
            If the points have another dimension than the input mask.
        """
        if len(data.points[0]) != self.inputs:
            raise DataError(
                f"the points have {len(data.points[0])} coordinates; expected {self.inputs}, "
                "one for each column of the input mask"
            )
        bias = (Fraction(1),) if self.hidden_bias else ()
        return [tuple(point[j] for j in self.supports[unit]) + bias for point in data.points]


@dataclass(frozen=True)
class Parameters:
    """Exact parameters of the whole network: weights by unit and input, biases, output weights, constant."""

    weights: tuple[tuple[Fraction, ...], ...]
    biases: tuple[Fraction, ...]
    output: tuple[Fraction, ...]
    constant: Fraction

    def outputs(self, data: DataSet) -> tuple[Fraction, ...]:
        """Return the value of the network at each point.

        Examples
        --------
        >>> one, zero = Fraction(1), Fraction(0)
        >>> hat = Parameters(((one,), (one,)), (zero, -one), (one, Fraction(-2)), zero)
        >>> hat.outputs(DataSet.build([[-1], [1], [2]], [0, 0, 0]))
        (Fraction(0, 1), Fraction(1, 1), Fraction(0, 1))
        """
        found: list[Fraction] = []
        for point in data.points:
            total = self.constant
            for row, bias, factor in zip(self.weights, self.biases, self.output, strict=True):
                if factor:
                    z = bias + sum((a * x for a, x in zip(row, point, strict=True) if a), Fraction(0))
                    total += factor * max(z, Fraction(0))
            found.append(total)
        return tuple(found)

    @classmethod
    def assembled(
        cls,
        architecture: Architecture,
        signs: Sequence[int],
        rows: Sequence[Sequence[Fraction]],
        constant: Fraction,
    ) -> Parameters:
        """Return the parameters whose unit ``architecture.units[k]`` has these sign and weights."""
        zero = Fraction(0)
        weights = [[zero] * architecture.inputs for _ in range(architecture.hidden)]
        biases = [zero] * architecture.hidden
        output = [zero] * architecture.hidden
        for k, sign, row in zip(architecture.units, signs, rows, strict=True):
            position = architecture.units.index(k)
            for j, value in zip(architecture.supports[position], row, strict=False):
                weights[k][j] = value
            if architecture.hidden_bias:
                biases[k] = row[-1]
            output[k] = Fraction(sign) if any(row) else zero
        return cls(tuple(map(tuple, weights)), tuple(biases), tuple(output), constant)

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "weights": [[str(v) for v in row] for row in self.weights],
            "biases": [str(v) for v in self.biases],
            "output": [str(v) for v in self.output],
            "constant": str(self.constant),
        }


def loss_of(loss: Loss, outputs: Sequence[Fraction], targets: Sequence[Fraction]) -> Fraction:
    """Return the sum of absolute values (l1), the sum of squares (l2) or the maximum (max) of the errors.

    Examples
    --------
    >>> loss_of("l2", [Fraction(1), Fraction(3)], [Fraction(0), Fraction(1)])
    Fraction(5, 1)
    """
    errors = [abs(a - b) for a, b in zip(outputs, targets, strict=True)]
    if loss == "max":
        return max(errors)
    return sum((e * e if loss == "l2" else e for e in errors), Fraction(0))


def integer_rows(rows: Sequence[Sequence[Fraction]]) -> list[tuple[int, ...]]:
    """Return the rows with each column times one positive integer that clears its denominators.

    Examples
    --------
    >>> integer_rows([(Fraction(1, 2), Fraction(1)), (Fraction(1, 3), Fraction(1))])
    [(3, 1), (2, 1)]
    """
    factors = [lcm(*(v.denominator for v in column)) for column in zip(*rows, strict=True)]
    return [tuple(int(v * f) for v, f in zip(row, factors, strict=True)) for row in rows]
