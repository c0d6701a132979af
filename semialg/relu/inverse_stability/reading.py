"""Network files: JSON with exact numbers, and npz with floats that are rounded."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

from semialg.errors import DataError, PatternError
from semialg.intake.json_text import read_json
from semialg.intake.shown import show, show_path
from semialg.intake.sources import LARGEST_TEXT, as_file
from semialg.relu.inverse_stability.balanced import BalancedNetwork
from semialg.relu.inverse_stability.network import BiasedNetwork
from semialg.relu.scalar.reading import parse_tolerance, rounded

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

__all__ = ["network_of_document", "read_network"]

_PLAIN = ("weights", "output")
_OPTIONAL = ("biases", "constant")
_NEURON = {"weight", "direction", "output"}


def read_network(path: Path, tolerance: str | None = None) -> BiasedNetwork | BalancedNetwork:
    """Read a network; floats (npz, JSON numbers with a point) need a tolerance.

    JSON files hold ``{"weights": m rows of d, "output": D rows of m}`` of exact texts "p/q" or integers, and
    optionally "biases" (m) and "constant" (D); or ``{"neurons": [{"weight", "direction", "output"}, ...]}``,
    a balanced network (see :class:`BalancedNetwork`). Archives .npz hold arrays of the first names.

    Raises
    ------
    DataError
        If the file is of neither form, holds floats without a tolerance, NaN or infinity, or shapes that do
        not fit; the message begins with the path.
    """
    file = as_file(os.fspath(path), most=LARGEST_TEXT, expected="a network file")
    content = None if file.suffix == ".npz" else read_json(path, expected="a network file", nonfinite=True)
    try:
        return network_of_document(_npz(file) if content is None else content, tolerance)
    except DataError as error:
        raise DataError(f"{show_path(path)}: {error}") from None


def network_of_document(content: object, tolerance: str | None = None) -> BiasedNetwork | BalancedNetwork:
    """Return the network of a JSON object (see :func:`read_network`).

    Examples
    --------
    >>> network_of_document({"weights": [["1/2", 1]], "output": [[3]]}).network.norm
    Fraction(3, 1)
    """
    near = parse_tolerance(tolerance)
    if isinstance(content, dict) and set(content) == {"neurons"}:
        return _balanced(content["neurons"], near)
    if not isinstance(content, dict) or not set(_PLAIN) <= set(content) <= {*_PLAIN, *_OPTIONAL}:
        raise DataError(
            'expected an object with the keys "weights" and "output", and perhaps "biases" and "constant", '
            'or with the key "neurons" alone'
        )
    exact = {name: _exact(value, near, name) for name, value in content.items()}
    return BiasedNetwork.build(exact["weights"], exact["output"], exact.get("biases"), exact.get("constant"))


def _balanced(neurons: Any, near: Fraction | None) -> BalancedNetwork:
    if not isinstance(neurons, list):
        raise DataError('"neurons" is not a list')
    found = []
    for i, neuron in enumerate(neurons):
        if not isinstance(neuron, dict) or set(neuron) != _NEURON:
            found_keys = show(repr(neuron))
            raise DataError(f'neuron {i} is {found_keys}; expected the keys "weight", "direction", "output"')
        exact = {name: _exact(value, near, f"{name} of neuron {i}") for name, value in neuron.items()}
        found.append((exact["weight"], exact["direction"], exact["output"]))
    return BalancedNetwork.build(found)


def _exact(value: Any, near: Fraction | None, where: str) -> Any:
    """Round the floats in nested lists."""
    if isinstance(value, list):
        if where.count("[") > 1:
            raise DataError(f"{where} is a list; expected a number")
        return [_exact(v, near, f"{where}[{j}]") for j, v in enumerate(value)]
    if isinstance(value, float):
        if not math.isfinite(value):
            raise DataError(f"{where} is {value}; expected a finite number")
        if near is None:
            raise DataError(f"{where} is the float {value!r}; give a tolerance to round floats to rationals")
        return rounded(value, near, where)
    return value


def _npz(path: Path) -> dict[str, Any]:
    from semialg.pattern.read_numpy import arrays_of_npz

    try:
        arrays = arrays_of_npz(path)
    except PatternError as error:
        raise DataError(str(error)) from None
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror or error}); expected a network file") from None
    for name, array in arrays.items():
        if array.dtype.kind not in "iuf":
            raise DataError(f"'{show(name, 40)}' holds entries of type {array.dtype}; expected numbers")
    return {name: array.tolist() for name, array in arrays.items()}
