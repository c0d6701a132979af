"""A certificate as a written proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from semialg.certificates.explain_closed import explain_closed
from semialg.certificates.explain_image import IMAGE_WORDS, explain_image
from semialg.certificates.explain_network import NETWORK_WORDS, explain_network
from semialg.certificates.explain_not_closed import explain_not_closed, mask_equation
from semialg.certificates.naming import Names
from semialg.certificates.prose import Heading, paragraph
from semialg.errors import CertificateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from semialg.certificates.prose import Block
    from semialg.pattern.pattern import Pattern

__all__ = ["explain"]


def explain(document: Mapping[str, Any], pattern: Pattern | None) -> list[Block]:
    """Return the claim and the proof of a certificate that the checker has accepted.

    Parameters
    ----------
    document
        The certificate, as proofs/FORMAT.md describes it. It is not checked here.
    pattern
        The pattern that it speaks of; None if it is about none.

    Raises
    ------
    CertificateError
        If the claim or a rule of the proof has no words yet.

    Examples
    --------
    >>> from semialg.certificates.render_text import render_text
    >>> from semialg.pattern.pattern import Pattern
    >>> document = {"claim": {"kind": "closed", "masks": [[[1, 0]]]}, "proof": {"rule": "coordinate"}}
    >>> print(render_text(explain(document, Pattern([[[1, 0]]]))))
    Claim
    =====
    <BLANKLINE>
    Let E be the set of all products W of real factors that vanish outside the masks
    <BLANKLINE>
        I1 = [* .]
    <BLANKLINE>
    (a star marks an entry that may be nonzero). Then E is closed.
    <BLANKLINE>
    Proof
    =====
    <BLANKLINE>
    There is a single factor, so E is the space of all matrices that vanish outside
    its mask. A linear subspace is closed. QED
    """
    words = {"closed": "closed", "not_closed": "not closed"}
    kind = document["claim"]["kind"]
    if kind in IMAGE_WORDS:
        return explain_image(document, pattern)
    if kind in NETWORK_WORDS:
        return explain_network(document, pattern)
    if kind not in words or pattern is None:
        raise CertificateError(
            f"the certificate claims {kind!r}, for which there are no words; "
            f"expected one of {', '.join([*words, *NETWORK_WORDS, *IMAGE_WORDS])}"
        )
    names = Names.of_widths(pattern.widths)
    prove = explain_closed if kind == "closed" else explain_not_closed
    return [
        Heading("Claim", 1),
        paragraph(
            "Let ",
            names.set,
            " be the set of all products ",
            names.product(),
            " of real factors that vanish outside the masks",
        ),
        *mask_equation(pattern, names),
        paragraph(
            "(a star marks an entry that may be nonzero). Then "
            if max(pattern.widths) <= 10
            else "(too large to be shown). Then ",
            names.set,
            f" is {words[kind]}.",
        ),
        Heading("Proof", 1),
        *prove(document["proof"], pattern, names),
    ]
