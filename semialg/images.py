"""Closedness of images: polynomial maps, products of which some entries are observed, factors without signs.

As for patterns, the search proposes and the independent checker decides.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from semialg.algebra.laurent import Laurent, LaurentMatrix
from semialg.certificates.certificate import Certificate
from semialg.closedness.map_limits import candidate_curves, limit_of
from semialg.closedness.maps import PolynomialMap, prove_closed, prove_outside
from semialg.errors import (
    BackendError,
    BackendMissingError,
    CertificateError,
    FormulaError,
    LimitError,
    PatternError,
)
from semialg.logic.formula import conjunction, equal
from semialg.logic.products import product_entries
from semialg.logic.smtlib import to_smtlib
from semialg.solvers.child import run_in_child

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from semialg.algebra.polynomial import Polynomial
    from semialg.pattern.mask import Mask
    from semialg.pattern.pattern import Pattern

__all__ = ["ImageVerdict", "check_map", "check_observed", "default_variables"]

_WORK = 3_000_000
_MOST_TARGETS = 60
_SOLVER_SECONDS = 5.0


@dataclass(frozen=True)
class ImageVerdict:
    """A verdict about an image that the checker stands behind, or ``unknown``.

    Attributes
    ----------
    verdict
        ``closed``, ``not_closed`` or ``unknown``.
    checked
        ``valid``, ``holey`` (a step rests on a solver's word), or None where there is no certificate.
    method, reason
        How it was found, and why it holds, in a sentence.
    seconds
        Wall-clock time.
    certificate
        The proof; None for ``unknown``.
    """

    verdict: Literal["closed", "not_closed", "unknown"]
    checked: str | None
    method: str
    reason: str
    seconds: float
    certificate: Certificate | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as ``--json`` prints it."""
        return {
            "verdict": self.verdict,
            "checked": self.checked,
            "method": self.method,
            "reason": self.reason,
            "seconds": round(self.seconds, 3),
            "certificate": None if self.certificate is None else self.certificate.document,
        }


def check_map(
    coordinates: Sequence[Polynomial],
    variables: Sequence[str] | None = None,
    *,
    curve: Sequence[Laurent] | None = None,
    time_limit: float | None = 60.0,
) -> ImageVerdict:
    """Decide whether the image of R^n under a polynomial map is closed, as far as that is found.

    Not closed is proved by a curve whose values tend to a point that is no value; closed by bounds on the
    variables or by homogeneous coordinates without a common zero. Many images are neither: the answer is
    ``unknown``.

    Parameters
    ----------
    coordinates
        The polynomials.
    variables
        Their variables, in order; by default those that occur, sorted.
    curve
        A curve to use, one Laurent polynomial in t for each variable.
    time_limit
        Seconds; None for no limit.

    Raises
    ------
    FormulaError
        If the map or the curve is malformed.

    Examples
    --------
    >>> from semialg.algebra.polynomial import Polynomial
    >>> x, y = Polynomial.variable("x"), Polynomial.variable("y")
    >>> check_map([x, x * y]).verdict
    'not_closed'
    >>> check_map([x**2, x * y, y**2]).verdict
    'closed'
    """
    names = tuple(variables) if variables is not None else default_variables(coordinates)
    source = PolynomialMap(names, tuple(coordinates))
    if curve is not None and len(curve) != len(names):
        raise FormulaError(
            f"the curve has {len(curve)} entries; expected {len(names)}, one for each variable"
        )
    given = None if curve is None else tuple(curve)
    return _limited(_decide_map, (source, given), time_limit, "the search for a map")


def check_observed(
    pattern: Pattern,
    observed: Mask | None = None,
    *,
    nonnegative: bool = False,
    time_limit: float | None = 60.0,
) -> ImageVerdict:
    """Decide whether the observed entries of the products of a pattern form a closed set.

    Parameters
    ----------
    pattern
        The masks of the factors.
    observed
        A mask of the shape of the product: its ones are the entries that are observed. None for all.
    nonnegative
        Whether the factors have no negative entries.
    time_limit
        Seconds; None for no limit.

    Raises
    ------
    PatternError
        If the mask does not have the shape of the product.

    Examples
    --------
    Rank one, of which the entries (0, 0), (0, 1) and (1, 1) are observed: the limit 1, 0, 1 is not attained.

    >>> from semialg.pattern.pattern import Pattern
    >>> from semialg.pattern.mask import Mask
    >>> rank_one = Pattern.parse("1/1*11")
    >>> check_observed(rank_one, Mask.from_dense([[1, 1], [0, 1]])).verdict
    'not_closed'
    >>> check_observed(rank_one, nonnegative=True).verdict
    'closed'
    """
    from semialg.pattern.mask import Mask

    shape = (pattern.masks[0].rows, pattern.masks[-1].columns)
    if observed is None:
        observed = Mask.from_dense([[1] * shape[1]] * shape[0])
    if (observed.rows, observed.columns) != shape:
        raise PatternError(
            f"the mask of observed entries is {observed.rows} x {observed.columns}; the product is "
            f"{shape[0]} x {shape[1]}"
        )
    return _limited(
        _decide_observed, (pattern, observed, nonnegative), time_limit, "the search for a pattern"
    )


# ------------------------------------------------------------------ searching, in a child


def _limited(function: Any, arguments: tuple[Any, ...], time_limit: float | None, name: str) -> ImageVerdict:
    start = time.monotonic()
    try:
        found: tuple[Any, ...] = run_in_child(
            function, (*arguments, time_limit), time_limit=time_limit, memory_limit=None, name=name
        )
    except LimitError as error:
        return ImageVerdict("unknown", None, "none", str(error), time.monotonic() - start)
    verdict, method, reason, claim, proof = found
    if verdict == "unknown":
        return ImageVerdict("unknown", None, "none", reason, time.monotonic() - start)
    certificate = Certificate.of(claim, proof)
    status = _judge(certificate)
    return ImageVerdict(verdict, status, method, reason, time.monotonic() - start, certificate)


def _judge(certificate: Certificate) -> str:
    from semialg.checker import Unreadable, check

    try:
        report = check(certificate.document)
    except Unreadable as error:
        raise CertificateError(f"the checker cannot read the proof that was found: {error}") from None
    if report.status == "invalid":
        raise CertificateError(
            f"the checker refuses the proof that was found: {report.where}: {report.reason}"
        )
    return report.status


def _decide_map(
    source: PolynomialMap, curve: tuple[Laurent, ...] | None, time_limit: float | None
) -> tuple[Any, ...]:
    if curve is not None:
        limit = limit_of(source, curve)
        if limit is None:
            return _unknown("the values of the map on the given curve have a pole at t = 0")
        outside = _outside(source, limit, solver=True)
        if outside is None:
            return _unknown("the given curve has a limit, but nobody proved that it is no value of the map")
        return _not_closed_map(source, "the given curve", curve, limit, outside)
    closed = prove_closed(source)
    if closed is not None:
        return ("closed", "proper map", closed[0], source.claim("map_closed"), closed[1])
    for method, found, limit, outside in _limits(source, time_limit):
        return _not_closed_map(source, method, found, limit, outside)
    return _unknown(
        "neither bounds on the variables nor homogeneous coordinates without a common zero were found, "
        "nor a curve"
    )


def _not_closed_map(
    source: PolynomialMap,
    method: str,
    curve: Sequence[Laurent],
    limit: Sequence[Fraction],
    outside: dict[str, Any],
) -> tuple[Any, ...]:
    proof = {
        "rule": "limit",
        "target": [str(value) for value in limit],
        "curve": [entry.to_json() for entry in curve],
        "outside": outside,
    }
    target = ", ".join(map(str, limit))
    reason = f"values of the map tend to ({target}), which is no value"
    return ("not_closed", method, reason, source.claim("map_not_closed"), proof)


def _limits(source: PolynomialMap, time_limit: float | None) -> Iterable[tuple[str, Any, Any, Any]]:
    """Yield curves with a proof that the limit is no value."""
    deadline = None if time_limit is None else time.monotonic() + 0.9 * time_limit
    tried: set[tuple[Fraction, ...]] = set()
    for method, curve in candidate_curves(source):
        if len(tried) > _MOST_TARGETS or (deadline is not None and time.monotonic() > deadline):
            return
        limit = limit_of(source, curve)
        if limit is None or tuple(limit) in tried or not any(limit):
            continue
        tried.add(tuple(limit))
        outside = _outside(source, limit, solver=False)
        if outside is not None:
            yield method, curve, limit, outside


def _outside(source: PolynomialMap, limit: Sequence[Fraction], *, solver: bool) -> dict[str, Any] | None:
    """Return a proof that a point is no value; a solver's word, if asked for, where no identity is found."""
    found = prove_outside(source, limit, _WORK)
    if found is not None:
        return found.to_json()
    return _trusted(source, limit) if solver else None


def _trusted(source: PolynomialMap, limit: Sequence[Fraction]) -> dict[str, Any] | None:
    from semialg.algebra.polynomial import Polynomial
    from semialg.solvers.cvc5_backend import Cvc5
    from semialg.solvers.z3_backend import Z3

    names = {name: Polynomial.variable(f"w_0_0_{k}") for k, name in enumerate(source.variables)}
    equations = conjunction(
        *(equal(f.substitute(names), value) for f, value in zip(source.coordinates, limit, strict=True))
    )
    for backend in (Z3(), Cvc5()):
        try:
            answer = backend.decide(equations, time_limit=_SOLVER_SECONDS)
        except (BackendMissingError, BackendError):
            continue
        if answer.status == "unsat":
            who = f"{answer.backend} {answer.version}".strip()
            return {"rule": "trust", "statement": to_smtlib(equations), "solvers": [who]}
        if answer.status == "sat":
            return None
    return None


# ------------------------------------------------------------------ observed entries


def _decide_observed(
    pattern: Pattern, observed: Mask, nonnegative: bool, time_limit: float | None
) -> tuple[Any, ...]:
    signs = "nonnegative" if nonnegative else "any"
    about = {
        "masks": pattern.to_lists(),
        "observed": observed.to_dense().astype(int).tolist(),
        "signs": signs,
    }
    closed = {"kind": "observed_closed", **about}
    refuted = {"kind": "observed_not_closed", **about}
    entries = product_entries(pattern)
    seen = [(i, j) for i in range(observed.rows) for j in observed.row(i)]
    if nonnegative and all(place in set(seen) for place in entries):
        reason = "without negative entries nothing cancels, so the factors can be kept bounded"
        return ("closed", "nonnegative factors", reason, closed, {"rule": "nonnegative"})
    if not nonnegative and pattern.layers == 2:
        found = _by_instance(pattern, observed)
        if found is not None:
            verdict, method, reason, proof = found
            return (verdict, method, reason, closed if verdict == "closed" else refuted, proof)
    from semialg.algebra.polynomial import Polynomial

    polynomials = [entries.get(place, Polynomial.constant(0)) for place in seen]
    names = default_variables(polynomials)
    if names:
        source = PolynomialMap(names, tuple(polynomials))
        for method, curve, limit, outside in _limits(source, time_limit):
            if nonnegative and any(entry and entry.coefficient(entry.order or 0) < 0 for entry in curve):
                continue
            proof = _factors_proof(pattern, observed, source, seen, curve, limit, outside)
            reason = "observed entries of products tend to values that no product has"
            return ("not_closed", method, reason, refuted, proof)
    return _unknown("neither a proof of closedness nor a limit out of reach was found")


def _by_instance(pattern: Pattern, observed: Mask) -> tuple[str, str, str, dict[str, Any]] | None:
    """Decide two layers by the induction over instances, which may have entries that are not observed."""
    from dataclasses import replace

    from semialg.closedness.bits import from_bits
    from semialg.closedness.decision import decide_instance
    from semialg.closedness.effort import Effort
    from semialg.closedness.instance import Instance
    from semialg.closedness.refutation import Refutation

    whole = (1 << observed.columns) - 1
    free = {i: whole & ~from_bits(observed.row(i)) for i in range(observed.rows)}
    instance = replace(Instance.from_pattern(pattern), free={i: f for i, f in free.items() if f})
    found = decide_instance(instance, Effort(_WORK))
    if found is None:
        return None
    if not isinstance(found, Refutation):
        reason = "closed by R1 to R6 and C1 to C5 of the theory, entries that are not observed being free"
        return "closed", "C5", reason, {"rule": "units", "proof": found}
    left, right = pattern.masks
    x = {
        (i, k): value for k, side in found.curve.left.items() for i, value in side.items() if i in found.rows
    }
    y = {
        (k, j): value
        for k, side in found.curve.right.items()
        for j, value in side.items()
        if j in found.columns
    }
    factors = [LaurentMatrix((left.rows, left.columns), x), LaurentMatrix((right.rows, right.columns), y)]
    product = factors[0] @ factors[1]
    target = [
        [str(product[i, j].coefficient(0)) if j in observed.row(i) else "0" for j in range(observed.columns)]
        for i in range(observed.rows)
    ]
    proof = {
        "rule": "limit",
        "target": target,
        "curve": [factor.to_json() for factor in factors],
        "outside": found.outside.to_json(),
    }
    reason = f"{found.method} of the theory gives observed entries that products approach and that none has"
    return "not_closed", found.method, reason, proof


def _factors_proof(
    pattern: Pattern,
    observed: Mask,
    source: PolynomialMap,
    seen: Sequence[tuple[int, int]],
    curve: Sequence[Laurent],
    limit: Sequence[Fraction],
    outside: dict[str, Any],
) -> dict[str, Any]:
    """Return the proof in the names of the factors for one in the names of a map."""
    places: list[tuple[int, int, int]] = []
    for name in source.variables:
        layer, i, j = (int(part) for part in name.removeprefix("w").split("_"))
        places.append((layer, i, j))
    factors = [
        LaurentMatrix(
            (mask.rows, mask.columns),
            {(i, j): entry for (at, i, j), entry in zip(places, curve, strict=True) if at == layer},
        )
        for layer, mask in enumerate(pattern.masks)
    ]
    values = dict(zip(seen, limit, strict=True))
    target = [
        [str(values.get((i, j), Fraction(0))) for j in range(observed.columns)] for i in range(observed.rows)
    ]
    return {
        "rule": "limit",
        "target": target,
        "curve": [factor.to_json() for factor in factors],
        "outside": _renamed(outside, places, seen),
    }


def _renamed(document: Any, places: Sequence[tuple[int, int, int]], seen: Sequence[tuple[int, int]]) -> Any:
    """Return a proof of a map with the names of entries of factors and products."""

    def variable(name: list[Any]) -> list[Any]:
        return [*name[:-3], *places[name[-1]]]

    def poly(terms: list[Any]) -> list[Any]:
        return [{**term, "monomial": [[variable(v), e] for v, e in term["monomial"]]} for term in terms]

    def term(entry: dict[str, Any]) -> dict[str, Any]:
        cofactor = poly(entry["cofactor"])
        if "inverse_of" in entry:
            return {"inverse_of": variable(entry["inverse_of"]), "cofactor": cofactor}
        row, column = seen[entry["row"]]
        return {"row": row, "column": column, "cofactor": cofactor}

    if document["rule"] == "split":
        return {
            "rule": "split",
            "variable": variable(document["variable"]),
            "zero": _renamed(document["zero"], places, seen),
            "nonzero": _renamed(document["nonzero"], places, seen),
        }
    return {**document, "terms": [term(entry) for entry in document["terms"]]}


def _unknown(reason: str) -> tuple[Any, ...]:
    return ("unknown", "none", reason, None, None)


def default_variables(polynomials: Iterable[Polynomial]) -> tuple[str, ...]:
    """Return the variables that occur in polynomials, in natural order."""
    from semialg.logic.smtlib import natural_order

    return tuple(natural_order(sorted({name for f in polynomials for name in f.variables})))
