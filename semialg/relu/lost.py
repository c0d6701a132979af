"""The limit that is lost: rows, columns, target and curve of a not-closed certificate or a witness."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from semialg.algebra.laurent import LaurentMatrix
from semialg.algebra.linear import rank
from semialg.certificates.certificate import Certificate
from semialg.closedness.engine import Budget, decide
from semialg.closedness.obstructions import OBSTRUCTIONS
from semialg.closedness.witness import Witness, on_paths
from semialg.errors import CertificateError, PatternError, UndecidedError
from semialg.pattern.parse import as_pattern
from semialg.pattern.pattern import Pattern
from semialg.relu.sequence import parameters_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from semialg.relu.sequence import Parameters, Vector

__all__ = ["Lost", "lost_limit"]


@dataclass(frozen=True)
class Lost:
    """A matrix that is a limit of products of a pattern, and no product, with the proof of that.

    Attributes
    ----------
    pattern
        The whole pattern.
    rows, columns
        Where the matrix lives; it is zero elsewhere.
    hidden
        The hidden units of the curve, one tuple for each hidden layer, output side first.
    target
        The matrix on these rows and columns.
    curve
        The factors W_L(t), ..., W_1(t) on these rows, units and columns.
    proof
        The proof of the claim "not closed", as certificates hold it.
    """

    pattern: Pattern
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    hidden: tuple[tuple[int, ...], ...]
    target: tuple[tuple[Fraction, ...], ...]
    curve: tuple[LaurentMatrix, ...]
    proof: Mapping[str, Any]

    @classmethod
    def from_proof(cls, proof: Mapping[str, Any], pattern: Pattern) -> Lost:
        """Return what a proof of "not closed" holds.

        Raises
        ------
        CertificateError
            If the proof does not consist of minors and a limit.
        """
        sides: list[list[int]] = [list(range(width)) for width in pattern.widths]
        inner = proof
        while inner["rule"] == "minor":
            kept = [inner["rows"], *inner["hidden"], inner["columns"]]
            sides = [[side[at] for at in chosen] for side, chosen in zip(sides, kept, strict=True)]
            inner = inner["proof"]
        if inner["rule"] != "limit":
            raise CertificateError(
                f"the proof of 'not closed' ends with the rule {inner['rule']!r}, which holds no limit; "
                "expected 'limit'"
            )
        return cls(
            pattern,
            tuple(sides[0]),
            tuple(sides[-1]),
            tuple(map(tuple, sides[1:-1])),
            tuple(map(tuple, LaurentMatrix.from_json(inner["target"]).constants())),
            tuple(LaurentMatrix.from_json(factor) for factor in inner["curve"]),
            proof,
        )

    @property
    def paths(self) -> tuple[tuple[int, ...], ...]:
        """The hidden units on a path between the rows and columns, one tuple a layer, output side first."""
        return on_paths(self.pattern, self.rows, self.columns)

    @property
    def rank(self) -> int:
        """The rank of the target.

        Examples
        --------
        >>> lost_limit(Pattern.parse("lu:5")).rank
        2
        """
        return rank(self.target)

    def parameters(self, t: Fraction, points: Sequence[Vector], targets: Sequence[Vector]) -> Parameters:
        """Return parameters whose outputs on points of this limit tend to the targets as t tends to 0."""
        return parameters_at(self, t, points, points[0], targets[0])

    def to_json(self) -> dict[str, Any]:
        """Return what JSON output says of the limit."""
        return {
            "minor": {
                "rows": list(self.rows),
                "hidden": [list(layer) for layer in self.hidden],
                "columns": list(self.columns),
                "target": [[str(value) for value in row] for row in self.target],
            }
        }

    def image(self, vector: Mapping[int, Fraction]) -> dict[int, Fraction]:
        """Return the matrix, padded with zeros, times a vector given by its nonzero entries."""
        found = {
            i: sum((a * vector.get(j, 0) for j, a in zip(self.columns, row, strict=True)), Fraction(0))
            for i, row in zip(self.rows, self.target, strict=True)
        }
        return {i: value for i, value in found.items() if value}


def lost_limit(
    source: Pattern | str | os.PathLike[str] | Witness | Certificate, pattern: Pattern | None = None
) -> Lost:
    """Return a limit that is lost, on as few columns as the searches find.

    Parameters
    ----------
    source
        A pattern or what names one, for which the obstructions of the theory are tried (N1, C4'); a witness;
        or a certificate of the kind ``not_closed``.
    pattern
        The pattern of a certificate that names it by its hash.

    Raises
    ------
    PatternError
        If no pattern is given, or it is closed, or not known not to be.
    CertificateError
        If the certificate claims something else, or names its pattern by a hash and none is given.

    Examples
    --------
    >>> lost_limit(Pattern.parse("lu:5")).columns
    (0, 1)
    """
    if isinstance(source, str | os.PathLike):
        source = as_pattern(source)
    if isinstance(source, Pattern):
        found = []
        for _, search in OBSTRUCTIONS:
            witness = search(source, Budget().work)
            if witness is not None:
                found.append(witness)
                if len(witness.columns) == _FEWEST:
                    break
        if not found:
            return _decided(source)
        source = min(found, key=lambda witness: len(witness.columns))
    if isinstance(source, Witness):
        return Lost.from_proof(source.certificate().proof, source.pattern)
    if not isinstance(source, Certificate):
        raise PatternError(
            f"a lost limit is asked of an object of type {type(source).__name__}; expected a Pattern, a text "
            "such as 'lu:3', a path, a Witness or a Certificate"
        )
    if source.kind != "not_closed":
        raise CertificateError(f"the certificate claims {source.kind!r}; expected 'not_closed'")
    if pattern is None:
        if source.masks is None:
            raise CertificateError("the certificate gives only the hash of its masks; give the pattern too")
        pattern = Pattern(source.masks)
    return Lost.from_proof(source.proof, pattern)


def _decided(pattern: Pattern) -> Lost:
    """Return the limit that the whole search finds, where the quick ones find none."""
    outcome = decide(pattern, Budget())
    if outcome.verdict == "closed":
        raise PatternError("the set of products is closed, so that no limit of products is lost")
    if outcome.certificate is None:
        raise UndecidedError(f"it is not known whether the set of products is closed: {outcome.reason}")
    return Lost.from_proof(outcome.certificate.proof, pattern)


#: With one column every pattern is closed (C4'').
_FEWEST = 2
