"""From a ``not_closed`` certificate back to the witness in it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from semialg.algebra.laurent import LaurentMatrix
from semialg.certificates.outside import Identity, Split, monomial
from semialg.certificates.rank_proofs import Dependent, Ranks, Side
from semialg.closedness.witness import Witness
from semialg.errors import CertificateError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from semialg.certificates.outside import Outside, Poly, Variable
    from semialg.certificates.rank_proofs import RankProof
    from semialg.pattern.pattern import Pattern

__all__ = ["read_witness"]


def read_witness(pattern: Pattern, proof: Mapping[str, Any]) -> Witness:
    """Return the witness that a proof of ``not_closed`` states; nothing is checked.

    Parameters
    ----------
    pattern
        The pattern that the proof is about.
    proof
        The ``"proof"`` of a certificate: a limit, or a minor of the pattern with a limit.

    Raises
    ------
    CertificateError
        If the proof that the target is no member uses a rule without an object of its own.

    Examples
    --------
    >>> from semialg.closedness.engine import decide
    >>> from semialg.pattern.pattern import Pattern
    >>> lu = Pattern([[[1, 0, 0], [1, 1, 0], [1, 1, 1]], [[1, 1, 1], [0, 1, 1], [0, 0, 1]]])
    >>> outcome = decide(lu)
    >>> read_witness(lu, outcome.certificate.proof) == outcome.witness
    True
    """
    keep = [list(range(width)) for width in pattern.widths]
    while proof["rule"] == "minor":
        lists = (proof["rows"], *proof["hidden"], proof["columns"])
        keep = [[side[at] for at in chosen] for side, chosen in zip(keep, lists, strict=True)]
        proof = proof["proof"]
    return Witness(
        pattern,
        tuple(keep[0]),
        tuple(keep[-1]),
        tuple(map(tuple, keep[1:-1])),
        LaurentMatrix.from_json(proof["target"]),
        tuple(map(LaurentMatrix.from_json, proof["curve"])),
        _proof(proof["outside"], pattern.layers),
    )


def _proof(proof: Mapping[str, Any], layers: int) -> Outside | RankProof:
    if proof["rule"] == "ranks":
        return Ranks(tuple(proof["rows"]), tuple(proof["columns"]), tuple(map(tuple, proof["cut"])))
    if proof["rule"] == "dependent":
        sides = tuple(Side(side["axis"], tuple(side["lines"]), side["at"]) for side in proof["sides"])
        return Dependent(layers, proof["layer"], sides)
    return _outside(proof)


def _outside(proof: Mapping[str, Any]) -> Outside:
    if proof["rule"] == "split":
        variable = _variable(proof["variable"])
        return Split(variable, _outside(proof["zero"]), _outside(proof["nonzero"]))
    if proof["rule"] != "identity":
        raise CertificateError(
            f"the witness rests on the rule {proof['rule']!r}; expected an identity or a case split"
        )
    terms: dict[tuple[int, int], Poly] = {}
    inverses: dict[Variable, Poly] = {}
    for term in proof["terms"]:
        if "inverse_of" in term:
            _add(inverses.setdefault(_variable(term["inverse_of"]), {}), term["cofactor"])
        else:
            _add(terms.setdefault((term["row"], term["column"]), {}), term["cofactor"])
    return Identity(terms, inverses)


def _variable(name: Sequence[Any]) -> Variable:
    return tuple(name)


def _add(total: Poly, terms: Sequence[Mapping[str, Any]]) -> None:
    for term in terms:
        key = monomial(_variable(name) for name, exponent in term["monomial"] for _ in range(exponent))
        total[key] = total.get(key, Fraction(0)) + Fraction(term["coefficient"])
