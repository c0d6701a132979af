"""Mathematics that pages write in ASCII, set as mathematics: R_k, Y^-1, m x n, <=, ->.

The pages stay readable as plain text; only text outside code is set, and only where the letters can mean
nothing else: one letter (primes allowed) with an index or exponent, relations with a blank on either side.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]

_SCRIPT = r"(?:\{[^{}\n]{1,24}\}|\([^()\n]{1,12}\)|-?\w{1,3}(?:'{1,2})?)"
_VARIABLE = re.compile(rf"(?<![\w./\\-])([A-Za-z]'{{0,2}})((?:[_^]{_SCRIPT}){{1,2}})(?![\w(])")
_PART = re.compile(rf"([_^])({_SCRIPT})")
_SIGNS = [
    (re.compile(r"(?<= )<=(?= )"), "≤"),
    (re.compile(r"(?<= )>=(?= )"), "≥"),
    (re.compile(r"(?<= )!=(?= )"), "≠"),
    (re.compile(r"(?<= )->(?= )"), "→"),
    (re.compile(r"(?<=[\w)]) x (?=[\w(])(?<=\b[a-zA-Z0-9] x )(?=[a-zA-Z0-9]\b)"), " × "),
]


class Notation(SphinxPostTransform):
    """Set indices, exponents and relations."""

    default_priority = 910  # after the links, whose words are left as they are

    def run(self, **_: Any) -> None:
        """Rewrite the text of one page."""
        for text in list(self.document.findall(nodes.Text)):
            if _is_code(text):
                continue
            plain = str(text)
            for pattern, sign in _SIGNS:
                plain = pattern.sub(sign, plain)
            parts: list[nodes.Node] = []
            at = 0
            for match in _VARIABLE.finditer(plain):
                parts.append(nodes.Text(plain[at : match.start()]))
                parts.append(nodes.emphasis("", match.group(1).replace("'", "′")))
                for kind, script in _PART.findall(match.group(2)):
                    node = nodes.subscript if kind == "_" else nodes.superscript
                    inner = script[1:-1] if script[0] == "{" else script
                    parts.append(node("", inner.replace("'", "′").replace("-", "−").replace(" x ", " × ")))
                at = match.end()
            if parts or plain != str(text):
                text.parent.replace(text, [*parts, nodes.Text(plain[at:])])


def _is_code(text: nodes.Text) -> bool:
    node: Any = text.parent
    while node is not None:
        if isinstance(node, nodes.literal | nodes.literal_block | nodes.math | nodes.math_block | nodes.raw):
            return True
        if isinstance(node, nodes.Element) and "sig" in node.get("classes", ()):
            return True
        node = node.parent
    return False


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the transform."""
    app.add_post_transform(Notation)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
