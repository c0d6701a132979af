"""Shallow ReLU networks with exact rational parameters, with and without biases."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from semialg.errors import DataError
from semialg.intake.numbers import exact_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["BiasedNetwork", "Network", "Vector", "dot", "largest", "read_matrix", "read_vector"]

Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class Network:
    """A shallow network without biases: ``R(x) = sum_i c_i relu(<a_i, x>)``.

    Parameters
    ----------
    weights
        The rows ``a_i``: m of length d.
    output
        The matrix C with the columns ``c_i``: D rows of length m.

    Examples
    --------
    >>> hat = Network.build([[1, 0], [1, "-1"]], [["1/2", -1]])
    >>> hat.inputs, hat.units, hat.outputs
    (2, 2, 1)
    >>> hat.value([2, 1])
    (Fraction(0, 1),)
    """

    weights: tuple[Vector, ...]
    output: tuple[Vector, ...]

    @classmethod
    def build(cls, weights: Iterable[Iterable[object]], output: Iterable[Iterable[object]]) -> Network:
        """Return the network of ints, Fractions or texts "p/q"; floats are refused.

        Raises
        ------
        DataError
            If a matrix is empty or ragged, the shapes do not fit, or a number is not an exact rational (NaN
            and infinity among them).
        """
        rows = read_matrix(weights, "weights")
        columns = read_matrix(output, "output")
        if len(columns[0]) != len(rows):
            raise DataError(
                f"output has rows of {len(columns[0])} numbers and weights has {len(rows)} rows; "
                "expected one column of output for each row of weights"
            )
        return cls(rows, columns)

    @property
    def inputs(self) -> int:
        """Dimension d of the inputs."""
        return len(self.weights[0])

    @property
    def units(self) -> int:
        """Number m of neurons, those that are zero included."""
        return len(self.weights)

    @property
    def outputs(self) -> int:
        """Dimension D of the outputs."""
        return len(self.output)

    @property
    def norm(self) -> Fraction:
        """The largest absolute value of a parameter."""
        return max(largest(row) for row in (*self.weights, *self.output))

    def column(self, unit: int) -> Vector:
        """Return the output weights ``c_i`` of one neuron."""
        return tuple(row[unit] for row in self.output)

    def terms(self) -> list[tuple[Vector, Vector]]:
        """Return the pairs ``(a_i, c_i)``."""
        return [(row, self.column(i)) for i, row in enumerate(self.weights)]

    def value(self, point: Sequence[Fraction | int]) -> Vector:
        """Return the outputs at a point."""
        values = [max(dot(row, point), Fraction(0)) for row in self.weights]
        return tuple(dot(row, values) for row in self.output)


@dataclass(frozen=True)
class BiasedNetwork:
    """A shallow network with biases: ``f(x) = constant + sum_i c_i relu(<a_i, x> + b_i)``.

    Parameters
    ----------
    network
        The weights a and c.
    biases
        One b_i for each neuron.
    constant
        One number for each output.

    Examples
    --------
    >>> step = BiasedNetwork.build([[1], [1]], [[1, -1]], biases=[0, -1], constant=[3])
    >>> step.value([5])
    (Fraction(4, 1),)
    """

    network: Network
    biases: Vector
    constant: Vector

    @classmethod
    def build(
        cls,
        weights: Iterable[Iterable[object]],
        output: Iterable[Iterable[object]],
        biases: Iterable[object] | None = None,
        constant: Iterable[object] | None = None,
    ) -> BiasedNetwork:
        """Return the network of exact numbers; biases and constant are zero where they are left out.

        Raises
        ------
        DataError
            As :meth:`Network.build`, and if there is not one bias a neuron and one constant an output.
        """
        network = Network.build(weights, output)
        zero = Fraction(0)
        b = (zero,) * network.units if biases is None else read_vector(biases, "biases")
        e = (zero,) * network.outputs if constant is None else read_vector(constant, "constant")
        if len(b) != network.units:
            raise DataError(f"biases has {len(b)} numbers; expected {network.units}, one for each neuron")
        if len(e) != network.outputs:
            raise DataError(f"constant has {len(e)} numbers; expected {network.outputs}, one for each output")
        return cls(network, b, e)

    @property
    def plain(self) -> bool:
        """Whether all biases and constants are zero."""
        return not any(self.biases) and not any(self.constant)

    def value(self, point: Sequence[Fraction | int]) -> Vector:
        """Return the outputs at a point."""
        values = [
            max(dot(row, point) + b, Fraction(0))
            for row, b in zip(self.network.weights, self.biases, strict=True)
        ]
        return tuple(e + dot(row, values) for e, row in zip(self.constant, self.network.output, strict=True))


def dot(one: Sequence[Fraction | int], other: Sequence[Fraction | int]) -> Fraction:
    """Return the inner product of two vectors of one length."""
    return sum((Fraction(a) * b for a, b in zip(one, other, strict=True) if a), Fraction(0))


def largest(vector: Sequence[Fraction]) -> Fraction:
    """Return the maximum norm."""
    return max(map(abs, vector), default=Fraction(0))


def read_vector(numbers: Iterable[object], name: str) -> Vector:
    """Return exact numbers.

    Raises
    ------
    DataError
        If it is not a list, or a number is not an exact rational.
    """
    if isinstance(numbers, str) or not hasattr(numbers, "__iter__"):
        raise DataError(f"{name} is {numbers!r}; expected a list of numbers")
    return tuple(exact_number(v, f"{name}[{j}]") for j, v in enumerate(numbers))


def read_matrix(rows: Iterable[Iterable[object]], name: str) -> tuple[Vector, ...]:
    """Return a matrix of exact numbers by rows.

    Raises
    ------
    DataError
        If it is not a list of rows, is empty, has rows of different lengths, or a number is not an exact
        rational.
    """
    if isinstance(rows, str) or not hasattr(rows, "__iter__"):
        raise DataError(f"{name} is {rows!r}; expected a list of rows")
    found = tuple(read_vector(row, f"{name}[{i}]") for i, row in enumerate(rows))
    if not found or not found[0]:
        raise DataError(f"{name} is empty; expected at least one row with at least one number")
    for i, row in enumerate(found):
        if len(row) != len(found[0]):
            raise DataError(
                f"{name}[{i}] has {len(row)} numbers; expected {len(found[0])} as in the first row"
            )
    return found
