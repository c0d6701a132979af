"""The report of an audit as one HTML page: no scripts, no fonts, no pictures from elsewhere."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from semialg.audit.picture import Picture, png_uri
from semialg.audit.report_text import advice_lines, headline, meaning, opening, site_sentence
from semialg.certificates.explain import explain
from semialg.certificates.render_html import PROOF_STYLE, render_html
from semialg.errors import CertificateError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from semialg.audit.findings import Audit, Finding, LayerFacts, Site

__all__ = ["fragment", "mask_svg", "render"]

_STYLE = """
.semialg-report { font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  color: #1c2430;  max-width: 66rem; margin: 0 auto; }
.semialg-report h1 { font-size: 1.6em; margin: 0 0 .2em; overflow-wrap: anywhere; }
.semialg-report h2 { font-size: 1.2em; margin: 2em 0 .5em; border-bottom: 1px solid #d8dde4;
  padding-bottom: .2em; }
.semialg-report h3 { font-size: 1.05em; margin: 0; display: inline; overflow-wrap: anywhere; }
.semialg-report .badge { display: inline-block; border-radius: .3em; padding: .05em .55em; font-weight: 600;
  font-size: .85em; margin-right: .5em; white-space: nowrap; }
.semialg-report .closed { background: #d9f2e1; color: #0b5a2a; }
.semialg-report .not_closed { background: #fbdcdc; color: #8f1414; }
.semialg-report .unknown { background: #fdf0cd; color: #6d4c00; }
.semialg-report table.layers { border-collapse: collapse; width: 100%; font-size: .93em; }
.semialg-report table.layers th { text-align: left; font-weight: 600; color: #56606d; }
.semialg-report table.layers td, .semialg-report table.layers th { padding: .25em 1.6em .25em 0;
  border-bottom: 1px solid #eceff3; overflow-wrap: anywhere; }
.semialg-report td.number, .semialg-report th.number { text-align: right !important;
  font-variant-numeric: tabular-nums; }
.semialg-report .finding { border: 1px solid #d8dde4; border-radius: .5em; padding: 1em 1.2em;
  margin: 1em 0; }
.semialg-report .finding p { margin: .5em 0; overflow-wrap: anywhere; }
.semialg-report .masks { display: flex; flex-wrap: wrap; gap: 1.4em; margin: .9em 0; align-items: flex-end; }
.semialg-report figure { margin: 0; }
.semialg-report figcaption { font-size: .82em; color: #56606d; margin-top: .3em; max-width: 20rem;
  overflow-wrap: anywhere; }
.semialg-report svg { display: block; max-width: 100%; height: auto; }
.semialg-report details { margin-top: .6em; }
.semialg-report summary { cursor: pointer; color: #24508f; }
.semialg-report .quiet { color: #56606d; font-size: .93em; }
.semialg-report .change { background: #eef4fd; border-radius: .3em; padding: .4em .7em; }
"""
_WORDS = {"closed": "closed", "not_closed": "not closed", "unknown": "unknown"}
_CELL = 12
_EXACT_SIDE = 40
_BOX = 300
_LARGEST_PROOF = 60_000
_MOST_NEURONS = 14
_LONGEST_LABEL = 26


def render(report: Audit) -> str:
    """Return a complete page."""
    title = escape(f"Audit of {report.source}")
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<title>{title}</title>\n'
        f"<style>body {{ margin: 2em 1.2em; background: #fff; }}</style>\n</head>\n<body>\n"
        f"{fragment(report)}\n</body>\n</html>\n"
    )


def fragment(report: Audit) -> str:
    """Return the report as a fragment with its own style, as notebooks show it."""
    layers = {layer.name: layer for layer in report.layers}
    parts = [
        f"<style>{_STYLE}{PROOF_STYLE}</style>",
        '<div class="semialg-report">',
        f"<h1>{_badge(report.verdict, headline(report).lower())}{escape(report.source)}</h1>",
        f"<p>{escape(opening(report))}</p>",
        _list(escape(reason) for reason in report.reasons) if report.reasons else "",
        f'<p class="quiet">{_summary(report)}</p>',
        "<h2>Pairs and chains of layers</h2>",
        *(_finding(finding, layers) for finding in report.findings),
        "" if report.findings else "<p>No two linear layers follow one another.</p>",
        "<h2>Layers</h2>",
        _layer_table(report),
    ]
    if report.skipped:
        parts.append("<h2>Skipped</h2>")
        parts.append(_list(f"<b>{escape(s.name)}</b>: {escape(s.reason)}" for s in report.skipped))
    if report.notes:
        parts.append("<h2>Notes</h2>")
        parts.append(_list(escape(note) for note in report.notes))
    return "\n".join([*filter(None, parts), "</div>"])


def _summary(report: Audit) -> str:
    counts = [
        f"{sum(f.verdict.verdict == kind for f in report.findings)} {word}" for kind, word in _WORDS.items()
    ]
    return (
        f"{len(report.layers)} linear layers; pairs and chains: {', '.join(counts)}. Every verdict but "
        f"“unknown” has a proof that the independent checker accepts. {report.seconds:.1f} s."
    )


def _badge(verdict: str, words: str = "") -> str:
    return f'<span class="badge {verdict}">{words or _WORDS[verdict]}</span>'


def _list(items: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def _layer_table(report: Audit) -> str:
    rows = "".join(
        f'<tr><td>{escape(x.name)}</td><td class="number">{x.inputs}</td><td class="number">{x.outputs}</td>'
        f'<td class="number">{x.ones}</td><td>{escape(x.structure)}</td><td>{escape(x.source)}</td></tr>'
        for x in report.layers
    )
    return (
        '<table class="layers"><tr><th>layer</th><th class="number">inputs</th>'
        '<th class="number">outputs</th>'
        f'<th class="number">connections</th><th>structure</th><th>mask from</th></tr>{rows}</table>'
    )


def _finding(finding: Finding, layers: dict[str, LayerFacts]) -> str:
    verdict = finding.verdict
    parts = [
        '<div class="finding">',
        f"<div>{_badge(verdict.verdict)}<h3>{finding.kind}: {escape(finding.title)}</h3></div>",
        f"<p>{escape(meaning(finding))}</p>",
    ]
    if finding.site is not None:
        parts.append(f"<p>{escape(site_sentence(finding.site))}</p>")
    if finding.advice is not None:
        parts += [f'<p class="change">{escape(text)}</p>' for text in advice_lines(finding.advice)]
    if finding.kind != "chain":
        parts.append(_masks(finding, layers))
    else:
        parts.append(f'<div class="masks">{_zoom(finding.site)}</div>' if finding.site else "")
    if verdict.checked:
        parts.append(
            f'<p class="quiet">Method {escape(verdict.method)}; checked: {escape(verdict.checked)}; '
            f"{verdict.seconds:.2f} s.</p>"
        )
    else:
        parts.append(f'<p class="quiet">{escape(verdict.reason)}.</p>')
    parts.append(_proof(finding))
    return "\n".join([*filter(None, parts), "</div>"])


def _masks(finding: Finding, layers: dict[str, LayerFacts]) -> str:
    """Return the masks side by side in product order, the last layer first."""
    levels = {} if finding.site is None else {layer: at for layer, at, _ in finding.site.levels}
    figures = []
    for name in reversed(finding.layers):
        layer = layers[name]
        before = _before(finding.site, name)
        figures.append(
            "<figure>"
            + mask_svg(layer.picture, levels.get(name, ()), before)
            + f"<figcaption>{escape(name)}: {layer.outputs} outputs (rows) x {layer.inputs} inputs (columns)"
            f"{'' if layer.picture.exact else '; darker cells hold more connections'}</figcaption></figure>"
        )
    zoom = _zoom(finding.site)
    return f'<div class="masks">{"".join(figures)}{zoom}</div>'


def _before(site: Site | None, name: str) -> tuple[int, ...]:
    if site is None:
        return ()
    at = next(i for i, level in enumerate(site.levels) if level[0] == name and i)
    return site.levels[at - 1][1]


def mask_svg(picture: Picture, rows: tuple[int, ...] = (), columns: tuple[int, ...] = ()) -> str:
    """Return an inline SVG of a mask; entries of the marked rows and columns are red.

    Examples
    --------
    >>> from semialg.audit.picture import picture_of
    >>> from semialg.pattern.pattern import Pattern
    >>> mask_svg(picture_of(Pattern.parse("lu:2").masks[0]), (0,), (0,)).count("#c62828")
    2
    """
    if picture.exact and max(picture.rows, picture.columns) <= _EXACT_SIDE:
        return _cells_svg(picture, set(rows), set(columns))
    scale = min(_BOX / picture.columns, _BOX / picture.rows)
    # A long thin mask is stretched, so that its short side can still be seen.
    wide, tall = max(picture.columns * scale, 60.0), max(picture.rows * scale, 60.0)
    lines = []
    for i in rows[:_MOST_NEURONS]:
        y = (i + 0.5) / picture.rows * tall
        lines.append(f'<line x1="-6" y1="{y:.1f}" x2="{wide:.1f}" y2="{y:.1f}"/>')
    for j in columns[:_MOST_NEURONS]:
        x = (j + 0.5) / picture.columns * wide
        lines.append(f'<line x1="{x:.1f}" y1="-6" x2="{x:.1f}" y2="{tall:.1f}"/>')
    return (
        f'<svg width="{wide + 9:.0f}" height="{tall + 9:.0f}" viewBox="-8 -8 {wide + 9:.1f} {tall + 9:.1f}" '
        f'role="img" aria-label="mask"><image href="{png_uri(picture)}" width="{wide:.1f}" '
        f'height="{tall:.1f}" '
        'preserveAspectRatio="none" style="image-rendering: pixelated"/>'
        f'<rect width="{wide:.1f}" height="{tall:.1f}" fill="none" stroke="#9aa5b1"/>'
        f'<g stroke="#c62828" stroke-width="1" opacity=".75">{"".join(lines)}</g></svg>'
    )


def _cells_svg(picture: Picture, rows: set[int], columns: set[int]) -> str:
    cell = min(22, max(_CELL, 160 // max(picture.rows, picture.columns)))
    wide, tall = picture.columns * cell, picture.rows * cell
    boxes = []
    for i in range(picture.rows):
        for j in range(picture.columns):
            inside = i in rows and j in columns
            if not picture.shares[i, j] and not inside:
                continue
            fill = "#fff" if not picture.shares[i, j] else "#c62828" if inside else "#8793a3"
            stroke = ' stroke="#c62828"' if inside else ""
            boxes.append(
                f'<rect x="{j * cell + 1}" y="{i * cell + 1}" width="{cell - 2}" height="{cell - 2}" '
                f'fill="{fill}"{stroke}/>'
            )
    return (
        f'<svg width="{wide + 2}" height="{tall + 2}" viewBox="-1 -1 {wide + 2} {tall + 2}" role="img" '
        f'aria-label="mask"><rect width="{wide}" height="{tall}" fill="#f2f4f7" stroke="#9aa5b1"/>'
        f"{''.join(boxes)}</svg>"
    )


def _zoom(site: Site | None) -> str:
    """Return the obstruction as a drawing of neurons: inputs at the bottom, outputs at the top."""
    if site is None or any(len(at) > _MOST_NEURONS for _, at, _ in site.levels):
        return ""
    growing = set(site.growing)
    levels = site.levels[::-1]
    longest = max(len(name) for _, _, names in levels for name in names)
    label_width = 7 * min(longest, _LONGEST_LABEL)
    step = max(90, label_width + 34)
    widest = max(len(at) for _, at, _ in levels)
    # The labels of hidden neurons stand to the right of their dots.
    wide, high = widest * step + 20 + label_width // 2, 84 * (len(levels) - 1) + 64

    def place(level: int, index: int) -> tuple[float, float]:
        count = len(levels[level][1])
        return 10 + (index + 0.5) * step + (widest - count) * step / 2, 32 + 84 * level

    lines, dots = [], []
    for level, (layer, at, names) in enumerate(levels):
        for index, neuron in enumerate(at):
            x, y = place(level, index)
            name = names[index]
            label = name if len(name) <= _LONGEST_LABEL else name[: _LONGEST_LABEL - 3] + "..."
            below = 20 if level == len(levels) - 1 else -11
            shift = 0 if level in {0, len(levels) - 1} else 12
            anchor = "middle" if not shift else "start"
            dots.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="#24508f"/><text x="{x + shift:.1f}" '
                f'y="{y + (4 if shift else below):.1f}" text-anchor="{anchor}">{escape(label)}</text>'
            )
            for before, source in enumerate(levels[level + 1][1] if level + 1 < len(levels) else ()):
                if (neuron, source) not in site.connections[len(levels) - 2 - level]:
                    continue
                u, v = place(level + 1, before)
                hot = (layer, neuron, source) in growing
                stroke = '#c62828" stroke-width="2.5' if hot else "#8793a3"
                lines.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{u:.1f}" y2="{v:.1f}" stroke="{stroke}"/>')
    return (
        f'<figure><svg width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" role="img" '
        f'aria-label="the neurons of the obstruction" font-size="12" font-family="inherit">'
        f"{''.join(lines)}{''.join(dots)}</svg><figcaption>The obstruction, outputs above, inputs below; "
        "red: "
        "weights that grow without bound</figcaption></figure>"
    )


def _proof(finding: Finding) -> str:
    certificate = finding.verdict.certificate
    if certificate is None:
        return ""
    if len(json.dumps(certificate.document["proof"])) > _LARGEST_PROOF:
        return '<p class="quiet">The proof is long; it is in the certificate (see --certificates).</p>'
    try:
        proof = render_html(explain(certificate.document, finding.verdict.pattern))
    except CertificateError as error:  # a rule that has no words yet
        proof = f"<p>{escape(str(error))}</p>"
    note = (
        '<p class="quiet">The proof lists masks in product order and counts from 1: its factors are '
        f"{escape(', '.join(reversed(finding.layers)))}.</p>"
    )
    return f"<details><summary>Proof</summary>{note}{proof}</details>"
