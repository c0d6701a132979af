"""Checking a whole certificate: its head, its claim, then its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semialg.checker.decode import Step, document, field_of, keyed, variant
from semialg.checker.images import IMAGE_KINDS, check_image, is_about_an_image
from semialg.checker.pattern_claim import claimed_masks, named_pattern, pattern_key, read_pattern
from semialg.checker.relu import NETWORK_KINDS, check_network, is_about_a_network
from semialg.checker.report import Invalid, Report, Run, Unreadable, show
from semialg.checker.rules import CLAIMS
from semialg.checker.systems import check_system, is_about_a_system

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.checker.masks import BitMask
    from semialg.checker.pattern_claim import NamedPattern

__all__ = ["FORMAT", "VERSION", "check", "read_pattern"]

FORMAT = "semialg-certificate"
VERSION = 1


def check(certificate: object, pattern: Sequence[BitMask | Sequence[Sequence[int]]] | None = None) -> Report:
    """Judge whether a certificate proves its claim.

    Parameters
    ----------
    certificate
        The file's bytes or text, or the JSON value decoded from it (dictionaries, lists, strings, integers).
        Only bytes and text can be searched for duplicate keys.
    pattern
        The masks that the claim has to be about, in product order, each as nested lists of 0 and 1 or as a
        :class:`BitMask`. May be left out if the claim lists its masks itself.

    Returns
    -------
    Report
        Valid, holey or invalid, with the place and the reason.

    Raises
    ------
    Unreadable
        If the input is no certificate of this version, is beyond the limits of ``proofs/FORMAT.md``, or names
        its pattern by a hash while no pattern is given.

    Examples
    --------
    >>> report = check({
    ...     "format": "semialg-certificate", "version": 1,
    ...     "claim": {"kind": "closed", "masks": [[[1, 0], [1, 1]]]},
    ...     "proof": {"rule": "coordinate"},
    ... })
    >>> report.status, report.kind
    ('valid', 'closed')
    """
    try:
        return _check(document(certificate), pattern)
    except RecursionError:
        raise Unreadable("the proof is nested too deep for this Python stack") from None


def _check(source: object, pattern: Sequence[BitMask | Sequence[Sequence[int]]] | None) -> Report:
    given = None if pattern is None else read_pattern(pattern)
    head = keyed(source, {"format", "version", "claim", "proof"})
    if head["format"] != FORMAT:
        raise Unreadable(f"expected {FORMAT}, found {show(head['format'])}", ".format")
    if type(head["version"]) is not int or head["version"] != VERSION:
        raise Unreadable(f"expected version {VERSION}, found {show(head['version'])}", ".version")
    if is_about_a_system(head["claim"]):
        return check_system(head, pattern_given=given is not None)
    if is_about_a_network(head["claim"]):
        return check_network(head, given)
    if is_about_an_image(head["claim"]):
        return check_image(head, given)
    kind, claimed = field_of(head, "claim", _decode_claim)
    proof: Step = field_of(head, "proof", variant("rule", lambda: CLAIMS[kind]))
    run = Run()
    try:
        masks = claimed_masks(claimed, given)
        proof.rule.check(masks, proof.fields, "proof", run)
    except Invalid as error:
        return Report("invalid", kind, error.where, error.reason)
    return Report.of_run(kind, run)


def _decode_claim(value: object) -> tuple[str, NamedPattern]:
    claim = keyed(value, {"kind", pattern_key(value)})
    kind = claim["kind"]
    if type(kind) is not str or kind not in CLAIMS:
        raise Unreadable(
            f"expected one of {sorted((*CLAIMS, *NETWORK_KINDS, *IMAGE_KINDS))}, found {show(kind)}", ".kind"
        )
    return kind, named_pattern(claim)
