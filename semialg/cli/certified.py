"""From what the user typed, a pattern or a certificate file, to a certificate that the checker accepts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from semialg.cli.options import pattern_words, read_certificate, read_pattern, read_within
from semialg.errors import CertificateError, PatternError, UndecidedError
from semialg.intake.sources import LARGEST_TEXT, as_file, is_stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from semialg.pattern.pattern import Pattern

__all__ = ["Certified", "OnFile", "certified", "checked", "decide", "is_certificate_file", "on_file"]


@dataclass(frozen=True)
class Certified:
    """A pattern with a certificate document that the checker calls valid or holey."""

    pattern: Pattern
    document: Mapping[str, Any]
    status: str


@dataclass(frozen=True)
class OnFile:
    """A certificate document that the checker accepts, and its pattern if it is about one."""

    pattern: Pattern | None
    document: Mapping[str, Any]
    status: str


def is_certificate_file(arguments: Sequence[str]) -> bool:
    """Whether the arguments are one JSON file that calls itself a certificate."""
    if len(arguments) != 1:
        return False
    path = Path(arguments[0])
    if is_stream(arguments[0]):
        expected = "a pattern or a certificate"
        path = as_file(arguments[0], most=LARGEST_TEXT, error=PatternError, expected=expected)
    try:
        if path.suffix.lower() != ".json" or not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(1 << 12)
    except (OSError, ValueError):  # whoever reads it says so
        return False
    return b'"semialg-certificate"' in head


def certified(arguments: Sequence[str], pattern: Sequence[str], time_limit: float) -> Certified:
    """Return the certificate in a file, or the one found for a pattern.

    Parameters
    ----------
    arguments
        A certificate file, or the words of a pattern.
    pattern
        The pattern that a certificate file must speak of; may be empty if the file holds the masks.
    time_limit
        Seconds for the search.

    Raises
    ------
    CertificateError
        If the checker does not accept the certificate.
    UndecidedError
        If no verdict is found in time.
    """
    if not is_certificate_file(arguments):
        return decide(arguments, time_limit)
    found = on_file(arguments, pattern)
    kind = found.document["claim"]["kind"]
    if found.pattern is None or kind not in {"closed", "not_closed"}:
        expected = "expected one that a pattern is closed or not closed"
        raise CertificateError(f"{arguments[0]}: the certificate claims {kind!r}; {expected}")
    return Certified(found.pattern, found.document, found.status)


def on_file(arguments: Sequence[str], pattern: Sequence[str]) -> OnFile:
    """Return the certificate in a file, about a pattern or about networks.

    Parameters
    ----------
    arguments
        The certificate file.
    pattern
        The pattern that it must speak of; may be empty if the file holds the masks.

    Raises
    ------
    CertificateError
        If the checker does not accept the certificate, or it is about something else.
    """
    from semialg.certificates.handover import masks_for_checker
    from semialg.checker import Unreadable, check

    path = arguments[0]
    data = read_certificate(path)
    given = read_pattern(pattern) if pattern else None
    try:
        report = check(data, masks_for_checker(given) if given is not None else None)
    except Unreadable as error:
        raise CertificateError(f"{path}: {error}") from None
    if report.status == "invalid":
        raise CertificateError(
            f"{path}: the checker calls the certificate invalid: {report.where}: {report.reason}"
        )
    document: dict[str, Any] = json.loads(data)
    if given is None and "masks" in document["claim"]:
        from semialg.pattern.pattern import Pattern

        given = Pattern(document["claim"]["masks"])
    return OnFile(given, document, report.status)


def decide(arguments: Sequence[str], time_limit: float) -> Certified:
    """Return the certificate that is found for a pattern.

    Raises
    ------
    UndecidedError
        If no verdict is found in time.
    """
    from semialg.verdict import check

    pattern, left = read_within(arguments, time_limit)
    verdict = check(pattern, time_limit=left)
    if verdict.certificate is None or verdict.checked is None:
        raise UndecidedError(
            f"{pattern_words(arguments)} could not be decided: {verdict.reason}; there is no proof to show"
        )
    return Certified(pattern, verdict.certificate.document, verdict.checked)


def checked(pattern: Pattern, document: Mapping[str, Any]) -> Certified:
    """Return a certificate found otherwise, after the checker has accepted it.

    Raises
    ------
    CertificateError
        If the checker does not accept it.
    """
    from semialg.certificates.handover import masks_for_checker
    from semialg.checker import check

    report = check(document, masks_for_checker(pattern))
    if report.status == "invalid":
        raise CertificateError(f"the checker calls the certificate invalid: {report.where}: {report.reason}")
    return Certified(pattern, document, report.status)
