"""The report of an audit as text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from semialg.audit.model import quoted
from semialg.certificates.prose import listing

if TYPE_CHECKING:
    from semialg.audit.findings import Advice, Audit, Finding, Site

__all__ = ["advice_lines", "headline", "meaning", "opening", "render", "site_sentence"]

_WORDS = {"closed": "CLOSED", "not_closed": "NOT CLOSED", "unknown": "UNKNOWN"}
_MOST_CHANGES = 12


def headline(report: Audit) -> str:
    """Return the verdict on the model in capitals."""
    decided = any(finding.decides for finding in report.findings)
    return _WORDS[report.verdict] if decided else "NOTHING TO DECIDE"


def render(report: Audit, width: int = 88) -> str:
    """Return the report as text whose prose is at most ``width`` columns wide."""

    def say(text: str, indent: str = "", hanging: str | None = None) -> str:
        return textwrap.fill(
            text, width, initial_indent=indent, subsequent_indent=indent if hanging is None else hanging,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip

    lines = [f"{headline(report)}  {report.source}", "", say(opening(report))]
    lines += ["", *(say(f"- {reason}", "  ", "    ") for reason in report.reasons)] if report.reasons else []
    lines += ["", "Layers"]
    wide = max(len(layer.name) for layer in report.layers)
    lines += [
        say(
            f"{layer.name.ljust(wide)}  {layer.inputs} -> {layer.outputs}  {layer.structure}; {layer.source}",
            "  ",
            " " * (wide + 4),
        )
        for layer in report.layers
    ]
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for finding in report.findings:
        said = "ALONE" if finding.kind == "layer" else _WORDS[finding.verdict.verdict]
        alike.setdefault((said, tuple(_finding(finding))), []).append(f"{finding.kind} {finding.title}")
    for (said, texts), titles in alike.items():
        lines += ["", *(f"{said}  {title}" for title in titles)]
        lines += [say(text, "  ") for text in texts]
    if report.skipped:
        lines += ["", "Skipped"]
        lines += [say(f"{part.name}: {part.reason}", "  ", "    ") for part in report.skipped]
    if report.notes:
        lines += ["", "Notes"]
        lines += [say(f"- {note}", "  ", "    ") for note in report.notes]
    return "\n".join([*lines, "", f"Audited in {report.seconds:.2f} s."])


def opening(report: Audit) -> str:
    """Return the outcome in a few sentences: what was decided, and of how much of the model."""
    deciding = [finding for finding in report.findings if finding.decides]
    of_them = "the layers that were named" if report.chosen else "the model"
    looked = f"Looked at: {report.share}."
    if not deciding:
        return f"No two linear layers follow one another, so there is nothing to decide. {looked}"
    counts = {kind: [f for f in deciding if f.verdict.verdict == kind] for kind in _WORDS}
    if report.verdict == "closed":
        proofs = (
            "a proof that the checker accepts"
            if len(deciding) == 1
            else "each with a proof that the checker accepts"
        )
        return f"Everything in {of_them} is closed ({_count(len(deciding))}, {proofs}). {looked}"
    parts = [
        f"{len(counts[kind])} {word}"
        for kind, word in (("not_closed", "not closed"), ("unknown", "unknown"), ("closed", "closed"))
        if counts[kind]
    ]
    text = f"{_count(len(deciding))} of consecutive linear layers: {', '.join(parts)}. {looked}"
    if report.verdict == "unknown" and report.reasons:
        text += " The model as a whole cannot be called closed:"
    return text


def _count(number: int) -> str:
    return "1 chain" if number == 1 else f"{number} chains"


def _finding(finding: Finding) -> list[str]:
    verdict = finding.verdict
    texts = [meaning(finding)]
    if finding.site is not None:
        texts.append(site_sentence(finding.site))
    if finding.advice is not None:
        texts += advice_lines(finding.advice)
    proof = (
        f"Proof: {verdict.method}, checked: {verdict.checked}." if verdict.checked else verdict.reason + "."
    )
    return [*texts, proof]


def meaning(finding: Finding) -> str:
    """Return what a verdict means for these layers, in a sentence or two."""
    others = finding.other_activations
    caution = (
        f" Between the layers there is {', '.join(others)}, to which the theorems on ReLU do not apply: the "
        "verdict is on the matrix products."
        if others
        else ""
    )
    match finding.verdict.verdict:
        case "closed":
            text = "The set of products of these layers is closed: no limit of weights is lost."
        case "not_closed" if not finding.decides:
            text = (
                "By themselves, these layers have a set of products that is not closed. What that means for "
                "the network, the verdict on the whole chain says."
            )
        case "not_closed":
            text = (
                "The set of products of these layers is not closed: on suitable data the loss goes down "
                "for ever while weights grow without bound."
            )
        case _ if finding.kind == "layer" and not finding.doubted:
            text = "A layer by itself: whatever its mask, limits of its weights are weights again."
        case _ if finding.doubted:
            text = "Nothing is said of these layers, because they, or their masks, may be others."
        case _:
            text = "semialg could not decide whether limits of weights are lost in these layers."
    return text + caution


def site_sentence(site: Site) -> str:
    """Say in the model's names where an obstruction is."""
    levels = [(layer, [quoted(name) for name in names]) for layer, _, names in site.levels]
    (source, inputs), *hidden, (last, outputs) = levels
    through = "; ".join(f"hidden neurons {listing(names, 6)} of {layer}" for layer, names in hidden)
    where = f"inputs {listing(inputs, 6)}" + ("" if source.startswith("input") else f" (outputs of {source})")
    middle = f"; {through}" if hidden else ""
    return f"Obstruction: {where}{middle}; outputs {listing(outputs, 6)} of {last}."


def advice_lines(advice: Advice) -> list[str]:
    """Say what to change."""
    if advice.changes is not None:
        count = len(advice.changes)
        listed = "; ".join(str(change) for change in advice.changes[:_MOST_CHANGES])
        fewest = "" if count == 1 else f" ({count} changes, the fewest for which there is a proof)"
        return [f"To make it closed: {listed}{fewest}."]
    nearby = "semialg suggest --near finds a closed pattern nearby."
    if advice.complete or advice.at_least > 1:
        return [f"To make it closed, at least {advice.at_least} changes are needed; {nearby}"]
    return [f"No small set of changes was found in time; {nearby}"]
