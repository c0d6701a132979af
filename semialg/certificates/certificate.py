"""A certificate: the JSON document that states a claim about a pattern and proves it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from semialg.errors import CertificateError
from semialg.intake.json_text import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

__all__ = ["FORMAT", "VERSION", "Certificate"]

FORMAT = "semialg-certificate"
VERSION = 1


@dataclass(frozen=True)
class Certificate:
    """A certificate document, as proofs/FORMAT.md describes it; whether it is valid only the checker says.

    Attributes
    ----------
    document
        The JSON object.

    Raises
    ------
    CertificateError
        If the document is not an object of this format and version with a claim.

    Examples
    --------
    >>> claim = {"kind": "closed", "masks": [[[1]]]}
    >>> certificate = Certificate.of(claim, {"rule": "coordinate"})
    >>> certificate.kind, certificate.masks
    ('closed', [[[1]]])
    """

    document: Mapping[str, Any]

    def __post_init__(self) -> None:
        document: object = self.document
        if not isinstance(document, dict):
            raise CertificateError("a certificate is not a JSON object")
        if document.get("format") != FORMAT or document.get("version") != VERSION:
            raise CertificateError(
                f"a certificate has format {document.get('format')!r}, version {document.get('version')!r}; "
                f"expected {FORMAT!r}, version {VERSION}"
            )
        if not isinstance(document.get("claim"), dict) or not isinstance(document["claim"].get("kind"), str):
            raise CertificateError("a certificate has no claim with a kind")

    @classmethod
    def of(cls, claim: Mapping[str, Any], proof: Mapping[str, Any]) -> Certificate:
        """Return the certificate with the given claim and proof."""
        return cls({"format": FORMAT, "version": VERSION, "claim": dict(claim), "proof": dict(proof)})

    @property
    def kind(self) -> str:
        """What is claimed: ``closed`` or ``not_closed``."""
        return str(self.document["claim"]["kind"])

    @property
    def masks(self) -> list[list[list[int]]] | None:
        """The masks of the claim, None where it only gives their hash."""
        masks: list[list[list[int]]] | None = self.document["claim"].get("masks")
        return masks

    @property
    def proof(self) -> dict[str, Any]:
        """The proof object."""
        proof: dict[str, Any] = self.document.get("proof", {})
        return proof

    def to_json(self) -> str:
        """Return the canonical text: one line, keys in the order of the document, a newline at the end."""
        return json.dumps(self.document, separators=(",", ":"), ensure_ascii=True, allow_nan=False) + "\n"

    def save(self, path: str | PathLike[str]) -> None:
        """Write the canonical text to a file."""
        Path(path).write_text(self.to_json(), encoding="ascii")

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Certificate:
        """Read a certificate file; ``-`` is standard input.

        Raises
        ------
        CertificateError
            If the file cannot be read or is not a certificate of this version.
        """
        return cls(read_json(path, error=CertificateError, expected="a JSON certificate"))
