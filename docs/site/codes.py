"""Codes of the theory (N1, C4', F2'', O6): a target where one is defined, elsewhere a link to it.

A definition is a bold paragraph opening such as ``**N1 (private P4) [new].**``, a heading such as ``## O6.
Exact optima``, or, for rules of certificates, a heading such as ``## `outside.split` ``. The text of the
link's hover is the title of the definition.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["Definition", "definitions", "setup"]

ROOT = Path(__file__).parents[2]
_CODE = r"[A-Z]{1,2}\d{1,2}[a-z]?'{0,3}"
_BOLD = re.compile(rf"^\*\*({_CODE})(?=[ .,(\[])(?:,? \(?([^)*\[.]*)\)?)?[^*]*\*\*(.*)$", re.MULTILINE)
_HEADING = re.compile(rf"^#+ ({_CODE})[.:] (.*)$", re.MULTILINE)
_RULE = re.compile(r"^#+ `([a-z_]+\.[a-z_]+)`$(?:\n+)(.*)", re.MULTILINE)
_WORD = re.compile(rf"(?<![\w'./-])({_CODE})(?![\w'])")


@dataclass(frozen=True)
class Definition:
    """A code, where it is defined, and what it is called."""

    code: str
    page: str
    anchor: str
    title: str


def anchor_of(code: str) -> str:
    """Return the anchor of a code: N3'' is n3pp."""
    return code.lower().replace("'", "p").replace(".", "-").replace("_", "-")


def _plain(text: str) -> str:
    return re.sub(r"[*`$]", "", text).strip().rstrip(".").split(". ")[0][:120]


@lru_cache
def definitions() -> dict[str, Definition]:
    """Return every definition of the pages, by its code; the first one counts."""
    found: dict[str, Definition] = {}
    pages = [ROOT / "docs/theory.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "proofs/RULES.md"]
    for page in dict.fromkeys(pages):
        text = page.read_text(encoding="utf-8")
        name = page.relative_to(ROOT).with_suffix("").as_posix()
        for pattern in (_BOLD, _HEADING, _RULE) if page.name == "RULES.md" else (_BOLD, _HEADING):
            for match in pattern.finditer(text):
                code, title = match.group(1), (match.group(2) or "")
                if pattern is _BOLD and not title:
                    title = match.group(3)
                found.setdefault(code, Definition(code, name, anchor_of(code), _plain(title)))
    return found


class Anchors(SphinxTransform):
    """Give every definition its anchor."""

    default_priority = 700

    def apply(self, **_: Any) -> None:
        """Set the identifiers in one page."""
        here = {d.code: d for d in definitions().values() if d.page == self.env.docname}
        for strong in list(self.document.findall(nodes.strong)):
            match = re.match(_CODE, strong.astext())
            code = match.group(0) if match else ""
            if code in here and strong.parent.index(strong) == 0:
                self._mark(strong.parent, here.pop(code))
        for title in list(self.document.findall(nodes.title)):
            code = title.astext().split(". ")[0].split(": ")[0]
            if code in here:
                self._mark(title.parent, here.pop(code))

    def _mark(self, node: nodes.Element, definition: Definition) -> None:
        target = nodes.target("", "", ids=[f"code-{definition.anchor}"])
        self.document.note_explicit_target(target)
        if isinstance(node, nodes.section):
            node.insert(1, target)
        else:
            node.parent.insert(node.parent.index(node), target)


class Links(SphinxPostTransform):
    """Make every mention of a code a link to its definition."""

    default_priority = 900

    def run(self, **_: Any) -> None:
        """Rewrite the text of one page."""
        known = definitions()
        here = self.env.docname
        builder = self.app.builder
        for text in list(self.document.findall(nodes.Text)):
            if _inside(text) or not _WORD.search(text):
                continue
            parts: list[nodes.Node] = []
            at = 0
            for match in _WORD.finditer(text):
                definition = known.get(match.group(1))
                if definition is None:
                    continue
                uri = builder.get_relative_uri(here, definition.page) + f"#code-{definition.anchor}"
                link = nodes.reference("", match.group(1), internal=True, refuri=uri, classes=["code"])
                link["reftitle"] = f"{definition.code}: {definition.title}"
                parts += [nodes.Text(text[at : match.start()]), link]
                at = match.end()
            if parts:
                text.parent.replace(text, [*parts, nodes.Text(text[at:])])


def _inside(text: nodes.Text) -> bool:
    node: Any = text.parent
    if isinstance(node, nodes.strong):  # a definition does not link to itself
        return True
    while node is not None:
        if isinstance(node, nodes.reference | nodes.literal | nodes.literal_block | nodes.title | nodes.math):
            return True
        node = node.parent
    return False


def setup(app: Sphinx) -> dict[str, Any]:
    """Register both transforms."""
    app.add_transform(Anchors)
    app.add_post_transform(Links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
