"""Certificates about ReLU networks: one builder for each kind of claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from semialg.certificates.certificate import Certificate
from semialg.certificates.claims import masks_claim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from semialg.pattern.pattern import Pattern

__all__ = [
    "level_certificate",
    "no_nearest_certificate",
    "no_optimum_certificate",
    "training_certificate",
]


def training_certificate(
    pattern: Pattern, regime: str, answer: str, rule: str, fields: Mapping[str, Any] | None = None
) -> Certificate:
    """Return the certificate that training with a pattern has the answer in a regime.

    Parameters
    ----------
    pattern
        The masks of the network.
    regime, answer
        ``finite_data`` with ``always`` or ``may_fail``, or ``bounded_domain`` with ``closed`` or
        ``not_closed``.
    rule
        ``linear``, ``separate``, ``nested``, ``kinks`` or ``obstruction``.
    fields
        For ``obstruction``, the ``proof`` that the pattern is not closed; for ``kinks``, its two lists.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> scalar = Pattern([[[1, 1]], [[1, 1, 0], [0, 1, 1]]])
    >>> training_certificate(scalar, "finite_data", "always", "separate").proof
    {'rule': 'separate'}
    """
    claim = {"kind": "training", "regime": regime, "answer": answer, **masks_claim(pattern)}
    return Certificate.of(claim, {"rule": rule, **(fields or {})})


def level_certificate(
    widths: Sequence[int], ones: Sequence[int], regime: str, answer: str, rule: str
) -> Certificate:
    """Return the certificate about all patterns with these widths and at most these numbers of ones."""
    claim = {
        "kind": "training_level",
        "regime": regime,
        "answer": answer,
        "widths": list(widths),
        "ones": list(ones),
    }
    return Certificate.of(claim, {"rule": rule})


def no_optimum_certificate(
    pattern: Pattern,
    points: Sequence[Sequence[Fraction]],
    targets: Sequence[Sequence[Fraction]],
    proof: Mapping[str, Any],
) -> Certificate:
    """Return the certificate that a data set has no optimum."""
    claim = {
        "kind": "no_optimum",
        **masks_claim(pattern),
        "points": [[str(value) for value in point] for point in points],
        "targets": [[str(value) for value in target] for target in targets],
    }
    return Certificate.of(claim, dict(proof))


def no_nearest_certificate(
    breakpoints: Sequence[Fraction], values: Sequence[Fraction], distance: Fraction
) -> Certificate:
    """Return the certificate that a piecewise linear function has no nearest point in the hyperplane."""
    claim = {
        "kind": "no_nearest",
        "breakpoints": [str(value) for value in breakpoints],
        "values": [str(value) for value in values],
        "distance": str(distance),
    }
    return Certificate.of(claim, {"rule": "hyperplane"})
