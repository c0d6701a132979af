"""Data sets as files: CSV, JSON, NumPy archives."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from semialg.errors import PatternError

if TYPE_CHECKING:
    from semialg.relu.dataset import DataSet

__all__ = ["FORMATS", "as_csv", "as_json", "as_npz", "encode"]


def as_csv(data: DataSet) -> bytes:
    r"""Return one line a sample: inputs x0, x1, ... and targets y0, y1, ..., exact ("p" or "p/q").

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> from semialg.relu.dataset import data_set
    >>> as_csv(data_set(Pattern.parse("lu:2"))).decode()
    'x0,x1,y0,y1\n0,0,0,0\n1,0,0,1\n0,1,1,0\n'
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    inputs, outputs = data.pattern.widths[-1], data.pattern.widths[0]
    writer.writerow([f"x{j}" for j in range(inputs)] + [f"y{i}" for i in range(outputs)])
    for point, target in zip(data.points, data.targets, strict=True):
        writer.writerow([*point, *target])
    return stream.getvalue().encode("ascii")


def document(data: DataSet) -> dict[str, Any]:
    """Return the data set as a JSON object with exact numbers."""
    return {
        "construction": data.construction,
        "reason": data.reason,
        "points": [[str(value) for value in point] for point in data.points],
        "targets": [[str(value) for value in target] for target in data.targets],
        **data.lost.to_json(),
    }


def as_json(data: DataSet) -> bytes:
    """Return the data set as JSON text with exact numbers."""
    return (json.dumps(document(data)) + "\n").encode("ascii")


def as_npz(data: DataSet) -> bytes:
    """Return a NumPy archive: float arrays ``points`` and ``targets``, masks ``mask0``, ``mask1``, ...

    Floats round numbers such as 1/3; CSV and JSON are exact.
    """
    arrays: dict[str, Any] = {
        "points": np.array([[float(v) for v in point] for point in data.points]),
        "targets": np.array([[float(v) for v in target] for target in data.targets]),
    }
    arrays.update({f"mask{at}": mask.to_dense() for at, mask in enumerate(data.pattern.masks)})
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


FORMATS = {".csv": as_csv, ".json": as_json, ".npz": as_npz}
"""The writer for each ending of a file name."""


def encode(data: DataSet, name: str) -> bytes:
    """Return the contents of a file, in the format that its name asks for.

    Raises
    ------
    PatternError
        If the name has another ending.
    """
    for ending, writer in FORMATS.items():
        if name.lower().endswith(ending):
            return writer(data)
    raise PatternError(
        f"cannot tell the format of {name!r}; expected a name that ends with {', '.join(FORMATS)}"
    )
