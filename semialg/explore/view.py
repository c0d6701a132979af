"""Everything that the explorer shows about a pattern, as one JSON object."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from semialg.certificates.explain import explain
from semialg.certificates.obstruction import obstruction_of
from semialg.certificates.render_html import render_html
from semialg.certificates.render_latex import render_latex
from semialg.errors import PatternError, SemialgError
from semialg.pattern.families import FAMILIES
from semialg.pattern.pattern import Pattern
from semialg.relu.dataset import data_set
from semialg.verdict import check, verify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from semialg.certificates.obstruction import Obstruction
    from semialg.relu.dataset import DataSet

__all__ = ["LARGEST", "atlas_rows", "data_view", "neighbours", "typed_pattern", "view"]

LARGEST = 1024
"""So many entries may the masks of a pattern on the page have together."""

_LONGEST = 4 * LARGEST
_TIMES = tuple(Fraction(1, 10**k) for k in range(5))


def typed_pattern(text: str) -> Pattern:
    """Return the pattern that a text on the page names: inline rows or a family, but never a file.

    Raises
    ------
    PatternError
        If it names neither, or is too large for a page.

    Examples
    --------
    >>> typed_pattern("lu:2").to_inline()
    '10/11*11/01'
    >>> typed_pattern("/etc/passwd")
    Traceback (most recent call last):
    semialg.errors.PatternError: the text names no pattern; expected rows such as 10/11*11/01 or a family: ...
    """
    if len(text) > _LONGEST:
        raise PatternError(
            f"the text has {len(text)} characters; a page shows patterns of at most {_LONGEST}"
        )
    family = text.strip().partition(":")[0] in FAMILIES
    if not family and not re.fullmatch(r"[01*/\s]+", text):
        raise PatternError(
            f"the text names no pattern; expected rows such as 10/11*11/01 or a family: {', '.join(FAMILIES)}"
        )
    pattern = Pattern.parse(text)
    entries = sum(mask.rows * mask.columns for mask in pattern.masks)
    if entries > LARGEST:
        raise PatternError(f"the masks have {entries} entries; a page shows at most {LARGEST}")
    return pattern


def view(text: str, time_limit: float) -> dict[str, Any]:
    """Decide a pattern and return what the page shows of the answer.

    Parameters
    ----------
    text
        The pattern, as for :func:`typed_pattern`.
    time_limit
        Seconds for search and check.

    Returns
    -------
    dict
        ``masks``, ``inline``, what ``semialg check --json`` prints, the ``obstruction`` (labels of rows,
        units and columns; target; factors and product as Laurent polynomials in t), and the ``proof`` as an
        HTML fragment and as LaTeX.

    Examples
    --------
    >>> shown = view("lu:2", 10)
    >>> shown["verdict"], shown["obstruction"]["target"], shown["obstruction"]["growth"]
    ('not_closed', [['0', '1'], ['1', '0']], 1)
    """
    pattern = typed_pattern(text)
    verdict = check(pattern, time_limit=time_limit)
    shown = verdict.to_json() | {
        "inline": pattern.to_inline(),
        "masks": pattern.to_lists(),
        "obstruction": None,
        "proof": None,
    }
    if verdict.certificate is None:
        return shown
    blocks = explain(verdict.certificate.document, pattern)
    shown["proof"] = {"html": render_html(blocks), "latex": render_latex(blocks)}
    if verdict.verdict == "not_closed":
        found = obstruction_of(verdict.certificate.proof, pattern)
        shown["obstruction"] = None if found is None else _obstruction(found)
    return shown


def _obstruction(found: Obstruction) -> dict[str, Any]:
    return {
        "labels": [list(side) for side in found.names.labels],
        "masks": found.pattern.to_lists(),
        "target": [[str(value) for value in row] for row in found.target],
        "factors": [factor.to_json() for factor in found.curve],
        "product": found.product.to_json(),
        "growth": found.growth,
        "rate": found.rate,
    }


def data_view(text: str) -> dict[str, Any]:
    """Return a data set on which training the pattern has no optimum, with the loss along the sequence.

    Raises
    ------
    SemialgError
        If no data set is known for the pattern, or the checker does not accept its proof.

    Examples
    --------
    >>> shown = data_view("lu:2")
    >>> shown["points"], [row["loss"] for row in shown["table"]][:3]
    ([['0', '0'], ['1', '0'], ['0', '1']], ['1', '1/100', '1/10000'])
    """
    pattern = typed_pattern(text)
    data = data_set(pattern)
    proof = data.certificate()
    report = verify(proof, pattern)
    if report.status != "valid":
        raise SemialgError(f"the checker calls the proof of this data set {report.status}: {report.reason}")
    return {
        "points": [[str(value) for value in point] for point in data.points],
        "targets": [[str(value) for value in target] for target in data.targets],
        "reason": data.reason,
        "checked": report.status,
        "table": [_row(data, t) for t in _TIMES],
        "certificate": dict(proof.document),
    }


def _row(data: DataSet, t: Fraction) -> dict[str, str]:
    parameters = data.parameters(t)
    return {"t": str(t), "loss": str(data.loss(t)), "largest": str(parameters.norm())}


def neighbours(text: str) -> dict[str, Any]:
    """Return what becomes of a small pattern if one entry is flipped, as far as the shipped atlas knows.

    Returns
    -------
    dict
        ``verdicts[l][i][j]`` is the verdict with entry (i, j) of mask l flipped, None where the atlas ends.

    Examples
    --------
    >>> neighbours("lu:2")["verdicts"][0]
    [['closed', 'closed'], ['closed', 'closed']]
    """
    from semialg.atlas.lookup import SHIPPED
    from semialg.atlas.store import Store

    pattern = typed_pattern(text)
    masks = pattern.to_lists()
    with Store(SHIPPED) as store:
        known = store.covers(pattern.widths)

        def flipped(layer: int, i: int, j: int) -> str | None:
            if not known:
                return None
            changed = [[list(row) for row in mask] for mask in masks]
            changed[layer][i][j] ^= 1
            form = Pattern(changed).canonical(transpose=True)
            entry = store.get(form.pattern.to_inline())
            return None if entry is None else entry.verdict

        verdicts = [
            [[flipped(layer, i, j) for j in range(len(row))] for i, row in enumerate(mask)]
            for layer, mask in enumerate(masks)
        ]
    return {"verdicts": verdicts}


def atlas_rows() -> list[Mapping[str, str]]:
    """Return the entries of the shipped atlas without their certificates: pattern, size, verdict, rule.

    Examples
    --------
    >>> rows = atlas_rows()
    >>> len(rows), rows[0]["verdict"]
    (3189, 'closed')
    """
    from semialg.atlas.lookup import SHIPPED
    from semialg.atlas.store import Store, show_widths

    with Store(SHIPPED) as store:
        return [
            {
                "pattern": entry.pattern,
                "size": show_widths(entry.widths),
                "verdict": entry.verdict,
                "rule": entry.method,
            }
            for entry in store.entries()
        ]
