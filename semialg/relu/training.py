"""What the theorems say about training a ReLU network with a given sparsity pattern (theory F1, F3 to F5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from semialg.certificates.networks import training_certificate
from semialg.closedness.bits import from_bits
from semialg.errors import CertificateError
from semialg.relu.kinks import merging_pair
from semialg.relu.parts import parts_of

if TYPE_CHECKING:
    from semialg.certificates.certificate import Certificate
    from semialg.pattern.mask import Mask
    from semialg.pattern.pattern import Pattern
    from semialg.relu.parts import Part

__all__ = ["Training", "nested_inputs", "training", "training_certificates"]


@dataclass(frozen=True)
class Training:
    """Whether training has optima, and whether the function space is closed.

    Attributes
    ----------
    finite_data
        ``always``: every finite data set has an optimum; ``may_fail``: some has none; or ``unknown``.
    bounded_domain
        Whether the functions, on a bounded set with interior, are ``closed``, ``not_closed`` or ``unknown``
        in the uniform norm (``closed`` is about the cubes [-B, B]^n).
    reason
        The theorem, in one sentence.
    finite_rule, bounded_rule
        The rule of the certificate for each of the two, None where nothing is known.
    """

    finite_data: str
    bounded_domain: str
    reason: str
    finite_rule: str | None = None
    bounded_rule: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``semialg check --json`` prints."""
        return {"finite_data": self.finite_data, "bounded_domain": self.bounded_domain, "reason": self.reason}


def training(pattern: Pattern, verdict: str) -> Training:
    """Return what follows for ReLU networks from the pattern and the verdict on its set of products.

    Parameters
    ----------
    pattern
        The masks of the weights; the network has a ReLU after every layer but the last, and biases.
    verdict
        ``closed``, ``not_closed`` or ``unknown``, as established by a checked certificate.

    Notes
    -----
    Theory F1 (Le, Riccietti, Gribonval 2023, Theorems 3.1 and 4.1), F3 (Theorem 3.4), F4 (Theorem 4.2 and
    its corollaries), F5, X1; all but the first apply to every part of the output layer by itself. With one
    hidden layer ``finite_data`` is never unknown.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> lu = Pattern([[[1, 0], [1, 1]], [[1, 1], [0, 1]]])
    >>> training(lu, "not_closed").finite_data
    'may_fail'
    >>> training(Pattern([[[1, 1]], [[1, 1, 0], [0, 1, 1]]]), "closed").bounded_domain
    'closed'
    """
    if verdict == "not_closed":
        return Training(
            "may_fail",
            "not_closed",
            "F1: the set of products is not closed, so some finite data set has no optimum, and the "
            "functions on a bounded set with interior are not closed",
            "obstruction",
            "obstruction",
        )
    if pattern.layers == 1:
        return Training(
            "always",
            "closed",
            "without a hidden layer the functions form a space of finite dimension",
            "linear",
            "linear",
        )
    if pattern.layers > 2:
        return Training(
            "unknown", "unknown", "the sufficient conditions F3 to F5 are for one hidden layer only"
        )
    left, right = pattern.masks
    parts = parts_of(left, right)
    finite = "separate" if all(len(p.rows) == 1 or len(p.units) <= 1 for p in parts) else "kinks"
    bounded = "nested" if all(_is_nested(p, left, right) for p in parts) else None
    return Training(
        "always" if finite == "separate" else "may_fail",
        "closed" if bounded else "unknown",
        _reason(parts, finite, bounded, verdict),
        finite,
        bounded,
    )


def _is_nested(part: Part, left: Mask, right: Mask) -> bool:
    if len(part.rows) == 1:
        return True
    full = all(len(left.column(k)) == len(part.rows) for k in part.units)
    return full and _nested([from_bits(right.row(k)) for k in part.units])


_MERGE = (
    "X1: two hidden units share an output and one of them feeds another output, so their kinks can merge: "
    "some finite data set has no optimum"
)

_WHICH = {
    "closed": "; the set of products is closed, so it is not the linear part that fails",
    "unknown": "; whether the linear part can fail too is not known",
}


def _reason(parts: list[Part], finite: str, bounded: str | None, verdict: str) -> str:
    if finite == "separate" and all(len(part.rows) == 1 for part in parts):
        return (
            "F3 and F4: one hidden layer, and no hidden unit feeds two outputs, so that every output is a "
            "scalar network of its own"
        )
    if finite == "separate":
        return (
            "F3 and F4: one hidden layer, which falls apart into networks with one output or one hidden unit "
            "each"
        )
    domain = ""
    if bounded and len(parts) == 1:
        domain = (
            ". F5: the output mask is full and the input supports of the hidden units are pairwise disjoint "
            "or nested, so the functions on a cube are closed"
        )
    elif bounded:
        domain = (
            ". F5: every part has one output, or a full output mask and input supports pairwise disjoint or "
            "nested, so the functions on a cube are closed"
        )
    return f"{_MERGE}{_WHICH[verdict]}{domain}"


def training_certificates(
    pattern: Pattern, found: Training, not_closed: Certificate | None = None
) -> dict[str, Certificate]:
    """Return the certificates of what is known about training, by regime.

    Parameters
    ----------
    pattern
        The pattern.
    found
        What :func:`training` says about it.
    not_closed
        The certificate that the set of products is not closed, needed if ``found`` rests on it.

    Raises
    ------
    CertificateError
        If that certificate is needed and missing, or claims something else.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> scalar = Pattern([[[1, 1]], [[1, 1, 0], [0, 1, 1]]])
    >>> certificates = training_certificates(scalar, training(scalar, "unknown"))
    >>> {regime: certificate.proof["rule"] for regime, certificate in certificates.items()}
    {'finite_data': 'separate', 'bounded_domain': 'nested'}
    """
    regimes = {
        "finite_data": (found.finite_data, found.finite_rule),
        "bounded_domain": (found.bounded_domain, found.bounded_rule),
    }
    certificates: dict[str, Certificate] = {}
    for regime, (answer, rule) in regimes.items():
        fields: dict[str, Any] = {}
        if rule is None:
            continue
        if rule == "kinks":
            pair = merging_pair(*pattern.masks)
            if pair is None:
                raise CertificateError(
                    "no two hidden units share outputs as X1 needs; expected such a pattern"
                )
            fields = {"rows": list(pair[0]), "units": list(pair[1])}
        if rule == "obstruction":
            if not_closed is None or not_closed.kind != "not_closed":
                raise CertificateError(
                    "training may fail because the set of products is not closed; expected the "
                    "certificate of that"
                )
            fields = {"proof": dict(not_closed.proof)}
        certificates[regime] = training_certificate(pattern, regime, answer, rule, fields)
    return certificates


def nested_inputs(pattern: Pattern) -> bool:
    """Whether the input supports of the first layer's units are pairwise disjoint or nested (theory F5).

    Equal supports are nested. Sorted by size, a support may meet an earlier one only inside itself: it is
    enough to look at the last earlier support of each of its columns. O(number of ones).

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> nested_inputs(Pattern([[[1, 1]], [[1, 1, 1], [0, 1, 1]]]))
    True
    >>> nested_inputs(Pattern([[[1, 1]], [[1, 1, 0], [0, 1, 1]]]))
    False
    """
    mask = pattern.masks[-1]
    return _nested([from_bits(mask.row(k)) for k in range(mask.rows)])


def _nested(sets: list[int]) -> bool:
    supports = sorted(set(sets), key=int.bit_count)
    newest: dict[int, int] = {}
    for support in supports:
        seen: set[int] = set()
        rest = support
        while rest:
            low = rest & -rest
            inner = newest.get(low, low)
            if inner & ~support:
                return False
            seen.add(low)
            rest &= ~low
        for low in seen:
            newest[low] = support
    return True
