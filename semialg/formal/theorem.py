"""A certificate as a Coq file: the theorem that it claims, with the certificate as data of the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from semialg.checker import check
from semialg.checker.decode import document
from semialg.checker.kernel import read_pattern
from semialg.formal.closed import closed_term
from semialg.formal.masks import mask_term
from semialg.formal.not_closed import not_closed_term
from semialg.formal.terms import Refused, Unsupported, coq_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.checker import BitMask

__all__ = ["HEAD", "NAME", "Goal", "formalize", "goal_of", "theorem"]

#: The name of the theorem in a file of its own.
NAME = "certificate"

#: The imports of every file.
HEAD = """\
(* Compile with the theory of proofs/kernel: coqc -Q proofs/kernel Semialg THIS_FILE *)
Require Import List NArith QArith String.
From Semialg Require Import Statement Curve Outside CheckNotClosed Instance TwoRows.
From Semialg Require Import Tree CheckInstance CheckClosed.
Import ListNotations.
Open Scope string_scope. Open Scope nat_scope. Open Scope Q_scope. Open Scope string_scope.

"""


class Goal(NamedTuple):
    """A statement in the words of ``Statement.v``, and a term that proves it if a computation says `true`."""

    statement: str
    applied: str

    def theorem(self, name: str) -> str:
        """Return the theorem with its proof."""
        proof = f"Proof. apply ({self.applied}).\n  vm_compute; reflexivity.\nQed."
        return f"Theorem {name} : {self.statement}.\n{proof}\n"


def formalize(certificate: bytes | str, masks: Sequence[BitMask] | None = None) -> str:
    """Return the Coq file whose theorem is the claim of a certificate.

    The checker judges the certificate first, so that what is printed is what FORMAT.md says it is.

    Parameters
    ----------
    certificate
        The file's bytes or text.
    masks
        The pattern, needed where the claim gives only its hash.

    Raises
    ------
    semialg.checker.Unreadable
        If the input is no certificate.
    Refused
        If the checker calls it invalid.
    Unsupported
        If it uses a rule without a lemma in the theory, a solver's word among them.

    Examples
    --------
    >>> print(formalize('{"format": "semialg-certificate", "version": 1, "claim": {"kind": "closed",'
    ...     ' "masks": [[[1, 0], [1, 1]]]}, "proof": {"rule": "coordinate"}}').splitlines()[-4])
    Theorem certificate : closed [ones ["10"; "11"]].
    """
    report = check(certificate, masks)
    if report.status == "invalid":
        raise Refused(f"{report.reason} (at {report.where})")
    if report.holes:
        raise Unsupported("outside.trust")
    return theorem(cast("dict[str, Any]", document(certificate)), masks)


def theorem(content: dict[str, Any], masks: Sequence[BitMask] | None = None) -> str:
    """Return the Coq file for a decoded certificate, whether the checker would accept it or not.

    Raises
    ------
    Refused
        If no proof term can be written.
    Unsupported
        If it uses a rule without a lemma in the theory.
    """
    goal = goal_of(content, masks)
    return HEAD + goal.theorem(NAME)


def goal_of(content: dict[str, Any], masks: Sequence[BitMask] | None = None) -> Goal:
    """Return the claim of a decoded certificate and its proof, as :func:`theorem` prints them.

    Raises
    ------
    Refused, Unsupported
        As :func:`theorem`.
    """
    claim, proof = content["claim"], content["proof"]
    kind = claim.get("kind")
    if kind not in ("closed", "not_closed"):
        raise Unsupported(f"{kind}.{proof.get('rule')}")
    pattern = read_pattern(claim["masks"]) if "masks" in claim else masks
    if pattern is None:
        raise Refused("the claim names its masks by a hash; the pattern has to be given too")
    stated = f"{kind} {coq_list(map(mask_term, pattern))}"
    try:
        if kind == "not_closed":
            return Goal(stated, f"check_not_closed_ok {not_closed_term(proof)} _")
        return Goal(stated, f"check_closed_ok _ {closed_term(proof, pattern)}")
    except (LookupError, StopIteration) as error:
        raise Refused(f"the proof does not fit the pattern: {error}") from None
