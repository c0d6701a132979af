"""Data sets on which training a pattern has the infimum 0 and no optimum (theory F2, F2', F2''')."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from semialg.certificates.certificate import Certificate
from semialg.certificates.networks import no_optimum_certificate
from semialg.closedness.witness import Witness
from semialg.errors import CertificateError, PatternError
from semialg.pattern.parse import as_pattern
from semialg.pattern.pattern import Pattern
from semialg.relu.constructions import CONSTRUCTIONS, MAX_NUMBERS, require_size, smallest
from semialg.relu.kinks import Kinks, kinks_of
from semialg.relu.least import least_limit
from semialg.relu.lost import lost_limit
from semialg.relu.sequence import loss
from semialg.relu.shown import as_array, as_html, as_line

if TYPE_CHECKING:
    from os import PathLike

    import numpy as np

    from semialg.relu.lost import Lost
    from semialg.relu.sequence import Parameters, Vector

__all__ = ["CONSTRUCTIONS", "MAX_NUMBERS", "DataSet", "data_set"]


@dataclass(frozen=True, repr=False)
class DataSet:
    """Points and targets for which the training loss has infimum 0 and no parameters reach it.

    Attributes
    ----------
    lost
        The limit of products that is lost, on which the data set rests; or the kinks that merge.
    construction
        ``simplex``, ``slice``, ``shells``, ``clusters``, ``grid`` or ``kinks``.
    rule
        The rule of the certificate that proves it.
    reason
        Why there are enough points, in a sentence.
    points, targets
        Exact numbers; one point and one target for each sample.
    shells
        The number of corners around the core, for the rule ``shells``.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> data = data_set(Pattern.parse("lu:2"))
    >>> [[int(v) for v in x] for x in data.points], [[int(v) for v in y] for y in data.targets]
    ([[0, 0], [1, 0], [0, 1]], [[0, 0], [0, 1], [1, 0]])
    >>> [str(data.loss(Fraction(1, 10**k))) for k in range(3)]
    ['1', '1/100', '1/10000']
    """

    lost: Lost | Kinks
    construction: str
    rule: str
    reason: str
    points: tuple[Vector, ...]
    targets: tuple[Vector, ...]
    shells: int = 0

    @property
    def pattern(self) -> Pattern:
        """The pattern of the network."""
        return self.lost.pattern

    def parameters(self, t: Fraction | int) -> Parameters:
        """Return parameters whose loss tends to 0 as the nonzero rational ``t`` does."""
        return self.lost.parameters(Fraction(t), self.points, self.targets)

    def loss(self, t: Fraction | int) -> Fraction:
        """Return the exact loss of the parameters at ``t``."""
        return loss(self.parameters(t), self.points, self.targets)

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """Return points and targets as float64 arrays, a sample a row; the proof is about the exact numbers.

        ``torch.from_numpy`` makes tensors of them. Raises PatternError where a number has no finite float.

        >>> points, targets = data_set("dense:2x2x1").arrays()
        >>> points.shape, targets.shape
        ((5, 1), (5, 2))
        """
        return as_array(self.points), as_array(self.targets)

    def __repr__(self) -> str:
        return as_line(self)

    def _repr_html_(self) -> str:
        return as_html(self)

    def certificate(self) -> Certificate:
        """Return the certificate of the kind ``no_optimum``; only the checker says whether it is valid."""
        if isinstance(self.lost, Kinks):
            proof = self.lost.proof()
        else:
            shells = {"shells": self.shells} if self.shells else {}
            proof = {"rule": self.rule, **shells, "proof": dict(self.lost.proof)}
        return no_optimum_certificate(self.pattern, self.points, self.targets, proof)


def data_set(
    source: Pattern | str | PathLike[str] | Witness | Certificate,
    construction: str = "smallest",
    *,
    pattern: Pattern | None = None,
) -> DataSet:
    """Return a data set without an optimum for a pattern that is not closed, or may fail all the same.

    Parameters
    ----------
    source
        A pattern, or a text or path that names one, for which an obstruction is searched; a witness; or a
        certificate of the kind ``not_closed``, whose limit is taken.
    construction
        ``simplex`` (one hidden layer: d + 1 points for a limit on d columns), ``slice`` (any depth: points on
        the moment curve), ``shells`` (two hidden layers or more, if few units matter next to the outputs:
        corners around a core), ``clusters`` (any depth, more points), ``grid`` (the paper's, very many
        points), ``kinks`` (one hidden layer, closed or not: kinks that merge on a line), or ``smallest``: the
        smallest of them, over all minors that :func:`least_limit` looks at.
    pattern
        The pattern of a certificate that names it by its hash.

    Raises
    ------
    PatternError
        If there is no obstruction, the construction is not known or does not apply, or the data set would
        have more than :data:`MAX_NUMBERS` numbers.
    CertificateError
        If the certificate is of another kind, or its pattern is missing.

    Notes
    -----
    Theory F2, F2', F2''', X1. With one hidden layer no data set has fewer than 3 points (F2''), so
    ``simplex`` is optimal for every limit on two columns. ``clusters`` always has more points than ``slice``.

    Examples
    --------
    >>> from semialg.pattern.pattern import Pattern
    >>> [len(data_set(Pattern.parse("lu:50"), name).points) for name in ("smallest", "slice", "clusters")]
    [3, 9, 15]
    >>> deep = Pattern.parse("10/11*10/11*11/01")
    >>> [len(data_set(deep, name).points) for name in ("smallest", "shells", "slice")]
    [6, 6, 33]
    """
    if construction not in ("smallest", "kinks", *CONSTRUCTIONS):
        known = ", ".join(("smallest", "kinks", *CONSTRUCTIONS))
        raise PatternError(f"the construction {construction!r} is not known; expected {known}")
    if isinstance(source, str | os.PathLike):
        source = as_pattern(source)
    if construction == "kinks":
        return _with_kinks(source, pattern)
    try:
        lost = lost_limit(source, pattern)
    except PatternError:
        # No limit of products is lost, or none is known; functions on data may lose one all the same.
        if construction != "smallest" or not isinstance(source, Pattern) or source.layers != 2:
            raise
        return _with_kinks(source, None)
    if construction == "smallest":
        lost = least_limit(lost)
        construction = smallest(lost)
    built = CONSTRUCTIONS[construction](lost)
    outputs = lost.pattern.widths[0]
    targets: list[Vector] = []
    for point in built.points:
        image = lost.image({j: point[j] for j in lost.columns})
        targets.append(tuple(image.get(i, Fraction(0)) for i in range(outputs)))
    return DataSet(lost, construction, built.rule, built.reason, built.points, tuple(targets), built.shells)


def _with_kinks(source: Pattern | Witness | Certificate, pattern: Pattern | None) -> DataSet:
    """Return the data set of theory X1 for the pattern that a witness or certificate speaks of."""
    if isinstance(source, Witness):
        pattern = source.pattern
    elif isinstance(source, Certificate):
        pattern = Pattern(source.masks) if pattern is None and source.masks is not None else pattern
    else:
        pattern = as_pattern(source)
    if pattern is None:
        raise CertificateError("the certificate gives only the hash of its masks; give the pattern too")
    found = kinks_of(pattern)
    require_size(len(found.points), pattern)
    reason = (
        f"X1: {2 + len(found.others)} units feed output {found.rows[0]} or {found.rows[1]}, each has one "
        f"kink along a line, and the {len(found.points)} points want one more"
    )
    return DataSet(found, "kinks", "kinks", reason, found.points, found.targets)
