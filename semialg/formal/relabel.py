"""A proof about a lemma's instance, said of the instance that cites the lemma: other labels, other units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Names", "relabeled"]

Json = dict[str, Any]


@dataclass(frozen=True)
class Names:
    """What a lemma's rows, columns and units are called where it is cited.

    Attributes
    ----------
    rows, columns
        The labels here of the lemma's lines.
    units
        The ids here of the lemma's units.
    shift
        What is added to ids that steps of the proof make.
    """

    rows: Mapping[int, int]
    columns: Mapping[int, int]
    units: Mapping[int, int]
    shift: int

    def row(self, i: int) -> int:
        """Return a row's label; one that the lemma does not have keeps its own."""
        return self.rows.get(i, i)

    def column(self, j: int) -> int:
        """Return a column's label."""
        return self.columns.get(j, j)

    def unit(self, k: int) -> int:
        """Return a unit's id."""
        return self.units[k] if k in self.units else k + self.shift

    def line(self, axis: str) -> Callable[[int], int]:
        """Return the renaming of the lines of an axis, named in the singular or the plural."""
        return self.row if axis.startswith("row") else self.column

    def turned(self) -> Names:
        """Return the names for the transposed instance."""
        return replace(self, rows=self.columns, columns=self.rows)


def relabeled(proof: Json, names: Names) -> Json:
    """Return a proof about an instance with its labels and ids renamed.

    Examples
    --------
    >>> drop = {"step": "drop", "units": [0, 1]}
    >>> proof = {"rule": "reduce", "steps": [drop], "proof": {"rule": "empty"}}
    >>> relabeled(proof, Names({}, {}, {0: 4}, 8))["steps"]
    [{'step': 'drop', 'units': [4, 9]}]
    """
    rule = proof["rule"]
    if rule == "transpose":
        return {**proof, "proof": relabeled(proof["proof"], names.turned())}
    if rule == "tree":
        minors = [
            {**m, "label": names.line(m["axis"])(m["label"]), "proof": relabeled(m["proof"], names)}
            for m in proof["minors"]
        ]
        return {**proof, "minors": minors, "root": _node(proof["root"], names)}
    if rule == "full_space":
        matchings = [
            {
                "column": names.column(m["column"]),
                "pairs": [[names.row(i), names.unit(k)] for i, k in m["pairs"]],
            }
            for m in proof["matchings"]
        ]
        return {**proof, "matchings": matchings}
    if rule == "lemma":
        rows, columns = map(names.row, proof["rows"]), map(names.column, proof["columns"])
        return {**proof, "rows": list(rows), "columns": list(columns)}
    found = dict(proof)
    if "proof" in found:
        found["proof"] = relabeled(found["proof"], names)
    if "steps" in found:
        found["steps"] = [_step(step, names) for step in found["steps"]]
    if "parts" in found:
        found["parts"] = [
            {"units": list(map(names.unit, part["units"])), "proof": relabeled(part["proof"], names)}
            for part in found["parts"]
        ]
    return found


def _step(step: Json, names: Names) -> Json:
    found = dict(step)
    if "units" in step:
        found["units"] = list(map(names.unit, step["units"]))
    if "unit" in step:
        found["unit"] = names.unit(step["unit"])
    if "delete" in step:
        found["delete"] = list(map(names.line(step["axis"]), step["delete"]))
    if "parts" in step:
        found["parts"] = [_rectangle(part, names) for part in step["parts"]]
    return _rectangle(found, names) if step["step"] == "free_cover" else found


def _rectangle(part: Json, names: Names) -> Json:
    rows, columns = map(names.row, part["rows"]), map(names.column, part["columns"])
    return {**part, "rows": list(rows), "columns": list(columns)}


def _node(node: Json, names: Names) -> Json:
    found = dict(node)
    for child in ("one", "zero"):
        if child in node:
            found[child] = _node(node[child], names)
    if "at" in node:
        found["at"] = [names.row(node["at"][0]), names.column(node["at"][1])]
        found["operations"] = [[axis, names.line(axis)(line)] for axis, line in node["operations"]]
    if "lines" in node:
        found["lines"] = [
            [names.unit(unit), copy, axis, names.line(axis)(line)] for unit, copy, axis, line in node["lines"]
        ]
    if "units" in node:
        found["units"] = [
            {
                "unit": names.unit(unit["unit"]),
                "copy": unit["copy"],
                "x": [[names.row(i), _ratio(ratio, names)] for i, ratio in unit["x"]],
                "y": [[names.column(j), _ratio(ratio, names)] for j, ratio in unit["y"]],
            }
            for unit in node["units"]
        ]
    return found


def _ratio(ratio: Json, names: Names) -> Json:
    return {side: [_term(term, names) for term in terms] for side, terms in ratio.items()}


def _term(term: Json, names: Names) -> Json:
    powers = [[[names.row(i), names.column(j)], power] for (i, j), power in term["monomial"]]
    return {**term, "monomial": powers}
