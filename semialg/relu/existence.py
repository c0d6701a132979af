"""Does training have an optimum on these points? Criteria for a given data set, each with a certificate."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

from semialg.certificates.certificate import Certificate
from semialg.certificates.claims import masks_claim
from semialg.certificates.handover import masks_for_checker
from semialg.checker import check as run_checker
from semialg.pattern.parse import as_pattern
from semialg.relu.dataset import DataSet
from semialg.relu.kinks import kinks_on
from semialg.relu.parts import parts_of
from semialg.relu.samples import exact_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from os import PathLike

    from semialg.pattern.pattern import Pattern
    from semialg.relu.kinks import Kinks
    from semialg.relu.sequence import Vector

__all__ = ["Existence", "existence"]

_TIMES = tuple(Fraction(1, 10**k) for k in range(6))
_FEW = 150
"""Up to so many different points, the lines through all pairs are looked at; beyond, those along an axis."""


@dataclass(frozen=True)
class Existence:
    """Whether all targets on given points have an optimum.

    Attributes
    ----------
    answer
        ``always``: the outputs that the network reaches on the points form a closed set, so all targets have
        an optimum; ``may_fail``: some targets, those of ``data``, have none; or ``unknown``.
    attained
        Whether the given targets have an optimum; None if there are none, or it is not known.
    checked
        ``valid`` if the independent checker has verified the certificate, None without one.
    method, reason
        The theorem, and why, in a sentence.
    data
        For ``may_fail``, the points with such targets, and the sequence whose loss tends to 0.
    certificate
        The proof.
    """

    answer: str
    attained: bool | None
    checked: str | None
    method: str
    reason: str
    data: DataSet | None = None
    certificate: Certificate | None = field(default=None, repr=False)

    @property
    def exit_status(self) -> int:
        """The exit status of ``semialg existence``."""
        return {"always": 0, "may_fail": 1, "unknown": 3}[self.answer]

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``semialg existence --json`` prints."""
        return {
            "answer": self.answer,
            "attained": self.attained,
            "checked": self.checked,
            "method": self.method,
            "reason": self.reason,
            "targets": None if self.data is None else [[str(v) for v in row] for row in self.data.targets],
            "table": None if self.data is None else [_row(self.data, t) for t in _TIMES],
            "certificate": None if self.certificate is None else dict(self.certificate.document),
        }


def _row(data: DataSet, t: Fraction) -> dict[str, Any]:
    parameters = data.parameters(t)
    return {
        "t": str(t),
        "loss": str(data.loss(t)),
        "weights": [str(size) for size in parameters.sizes()],
        "largest_parameter": str(parameters.norm()),
        "parameters": parameters.to_json(),
    }


def existence(
    points: Iterable[Any],
    pattern: Pattern | str | PathLike[str],
    targets: Iterable[Any] | None = None,
) -> Existence:
    """Say whether training with a pattern has an optimum on these points, whatever the targets.

    Parameters
    ----------
    points
        One row of exact numbers (ints, Fractions, texts such as "1/2") for each point.
    pattern
        The masks; biases are free in every layer.
    targets
        One row for each point. Where the answer is ``always`` they have an optimum; if they are the targets
        of the answer ``may_fail``, they have none; otherwise their own case is not decided.

    Raises
    ------
    DataError
        If points or targets do not fit the masks, or are not exact.

    Notes
    -----
    Criteria: parts with one output or one unit (X1, "if"); at most two different points (F2''); as many units
    that read a direction and feed all outputs as there are points less one (then everything is reached); and
    enough points on a line for kinks to merge (X1, "only if", for any spacing, with any points off it). The
    squared loss is meant; ``always`` holds for every continuous coercive loss.

    Examples
    --------
    >>> existence([[0], [1], [3], [4], [9]], "dense:2x2x1").answer
    'may_fail'
    >>> existence([[0], [1], [3], [4], [9]], "dense:2x4x1").method
    'interpolation'
    >>> existence([[0], [1], [3]], "dense:1x2x1", [[0], [2], [5]]).attained
    True
    """
    masks = as_pattern(pattern)
    rows = exact_rows(points, "point", masks.widths[-1])
    wanted = None if targets is None else exact_rows(targets, "target", masks.widths[0])
    found = _always(rows, masks) or _fails(rows, masks)
    if found is None:
        return Existence("unknown", None, None, "none", _unknown(rows, masks))
    attained: bool | None = None
    if wanted is not None:
        if len(wanted) != len(rows):
            from semialg.errors import DataError

            raise DataError(f"found {len(rows)} points and {len(wanted)} targets; expected as many")
        if found.answer == "always":
            attained = True
        elif found.data is not None and found.data.targets == wanted:
            attained = False
    return Existence(
        found.answer, attained, found.checked, found.method, found.reason, found.data, found.certificate
    )


def _checked(found: Existence, masks: Pattern) -> Existence | None:
    """Return the answer if the independent checker accepts its proof, else None."""
    if found.certificate is None:
        return None
    report = run_checker(found.certificate.document, masks_for_checker(masks))
    return found if report.status == "valid" else None


def _always(points: Sequence[Vector], masks: Pattern) -> Existence | None:
    different = list(dict.fromkeys(points))

    def proved(rule: str, reason: str, **fields: Any) -> Existence | None:
        claim = {
            "kind": "reachable_closed",
            **masks_claim(masks),
            "points": [[str(v) for v in point] for point in points],
        }
        certificate = Certificate.of(claim, {"rule": rule, **fields})
        return _checked(Existence("always", None, "valid", rule, reason, None, certificate), masks)

    if masks.layers == 2 and all(
        len(part.rows) == 1 or len(part.units) <= 1 for part in parts_of(*masks.masks)
    ):
        return proved("separate", "X1: every part of the network has one output or one hidden unit")
    if len(different) <= 2:
        return proved("two_points", "F2'': on two different points every choice of targets has an optimum")
    found = _interpolation(different, masks) if masks.layers == 2 else None
    if found is None:
        return None
    units, direction = found
    return proved(
        "interpolation",
        f"{len(units)} units that feed every output reach all values on {len(different)} different points",
        units=units,
        direction=[str(v) for v in direction],
    )


def _interpolation(points: Sequence[Vector], masks: Pattern) -> tuple[list[int], Vector] | None:
    """Return units that feed all outputs, one less than points, and a direction that parts the points."""
    left, right = masks.masks
    feeding = [k for k in range(right.rows) if len(left.column(k)) == left.rows]
    supports: dict[tuple[int, ...], list[int]] = {}
    for k in feeding:
        supports.setdefault(right.row(k), []).append(k)
    for support in supports:
        units = [k for k in feeding if set(support) <= set(right.row(k))]
        if len(units) + 1 < len(points):
            continue
        for base in range(
            1, 6
        ):  # powers of a number tell points apart, unless it is a root of their differences
            direction = [Fraction(0)] * right.columns
            for power, j in enumerate(support):
                direction[j] = Fraction(base) ** power
            values = {sum((a * b for a, b in zip(direction, x, strict=True)), Fraction(0)) for x in points}
            if len(values) == len(points):
                return units[: len(points) - 1], tuple(direction)
    return None


def _fails(points: Sequence[Vector], masks: Pattern) -> Existence | None:
    if masks.layers != 2:
        return None
    kinks = _merging(points, masks)
    if kinks is None:
        return None
    reason = (
        f"X1: {len(kinks.along)} of the points lie on a line, along which {2 + len(kinks.others)} units that "
        f"feed output {kinks.rows[0]} or {kinks.rows[1]} have one kink each; some targets want one more"
    )
    data = DataSet(kinks, "kinks", "kinks", reason, kinks.points, kinks.targets)
    return _checked(Existence("may_fail", None, "valid", "kinks", reason, data, data.certificate()), masks)


def _merging(points: Sequence[Vector], masks: Pattern) -> Kinks | None:
    for line in _lines(points):
        found = kinks_on(masks, points, line)
        if found is not None:
            return found
    return None


def _lines(points: Sequence[Vector]) -> list[list[int]]:
    """Return lines with five different points or more, as indices in order along each, long ones first."""
    first = {point: at for at, point in reversed(list(enumerate(points)))}
    different = list(first)
    lines: dict[tuple[Vector, Vector], set[Vector]] = {}
    if len(different) <= _FEW:
        for a, b in combinations(different, 2):
            lines.setdefault(_line_of(a, b), set()).update((a, b))
    else:
        for j in range(len(different[0])):
            groups: dict[Vector, list[Vector]] = {}
            for point in different:
                groups.setdefault((*point[:j], *point[j + 1 :]), []).append(point)
            for group in groups.values():
                if len(group) > 1:
                    lines.setdefault(_line_of(group[0], group[1]), set()).update(group)
    long = sorted((members for members in lines.values() if len(members) >= 5), key=len, reverse=True)
    return [[first[point] for point in sorted(members)] for members in long]


def _line_of(a: Vector, b: Vector) -> tuple[Vector, Vector]:
    """Return the direction, its first nonzero entry 1, and the point where that coordinate is 0."""
    step = tuple(v - u for u, v in zip(a, b, strict=True))
    j = next(k for k, v in enumerate(step) if v)
    direction = tuple(v / step[j] for v in step)
    return direction, tuple(u - a[j] * v for u, v in zip(a, direction, strict=True))


def _unknown(points: Sequence[Vector], masks: Pattern) -> str:
    if masks.layers != 2:
        return "the criteria for given points are for one hidden layer or at most two different points"
    count = len(set(points))
    return (
        f"on some data sets this network has no optimum, on others it always has one; the {count} different "
        "points are more than the units reach all values on, and too few of them lie on a line for kinks "
        "that merge"
    )
