"""Points as users give them: dictionaries, tuples, findings with a witness."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from semialg.algebra.algebraic import AlgebraicNumber
from semialg.errors import FormulaError
from semialg.sets.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.logic.answer import Number

__all__ = ["Point", "coordinates_of"]

Point: TypeAlias = "Mapping[str, Number | int] | tuple[Number | int, ...] | list[Number | int] | Finding"
"""A point: names to numbers, numbers in the order of the coordinates, or a finding whose witness is meant."""


def coordinates_of(point: Point, variables: Sequence[str]) -> dict[str, Number]:
    """Return the coordinates of a point by name.

    Raises
    ------
    FormulaError
        If the point does not give exactly the coordinates, or a number that is not exact.

    Examples
    --------
    >>> coordinates_of((1, Fraction(1, 2)), ["x", "y"])
    {'x': Fraction(1, 1), 'y': Fraction(1, 2)}
    """
    if isinstance(point, Finding):
        point = point.witness
    if isinstance(point, Mapping):
        if set(point) != set(variables):
            raise FormulaError(f"the point gives {sorted(point)}; the coordinates are {list(variables)}")
        return {name: _number(point[name], name) for name in variables}
    if not isinstance(point, list | tuple):
        raise FormulaError(
            "a point is a dictionary, a tuple of numbers or a finding with a witness; "
            f"found {type(point).__name__}"
        )
    if len(point) != len(variables):
        raise FormulaError(
            f"the point has {len(point)} coordinates; expected {len(variables)}: {list(variables)}"
        )
    return {name: _number(value, name) for name, value in zip(variables, point, strict=True)}


def _number(value: object, name: str) -> Number:
    if isinstance(value, AlgebraicNumber | Fraction):
        return value
    if isinstance(value, int):
        return Fraction(value)
    raise FormulaError(
        f"the coordinate {name} is {value!r}; expected an integer, a Fraction or an AlgebraicNumber "
        "(semialg.logic.sympy_forms.number_of_sympy reads those of sympy)"
    )
