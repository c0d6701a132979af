"""Mathematics as MathML, written while the site is built: no script, no font, no network in the browser."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from docutils.nodes import SkipNode
from latex2mathml.converter import convert
from sphinx.errors import SphinxError

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

__all__ = ["setup"]


class MathError(SphinxError):
    """A formula that is no LaTeX."""

    category = "Formula"


def _markup(node: nodes.Element, display: str) -> str:
    source = node.astext()
    try:
        markup: str = convert(source, display=display)
    except (ValueError, IndexError, KeyError, AttributeError) as error:
        raise MathError(f"{node.source}:{node.line}: {source!r} cannot be read as LaTeX ({error})") from error
    return markup.replace("<math ", f'<math aria-label="{escape(source)}" ', 1)


def _inline(translator: Any, node: nodes.Element) -> None:
    translator.body.append(_markup(node, "inline"))
    raise SkipNode


def _display(translator: Any, node: nodes.Element) -> None:
    translator.body.append(f'<div class="math">{_markup(node, "block")}</div>')
    raise SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer and choose it."""
    app.add_html_math_renderer("mathml", (_inline, None), (_display, None))
    app.config.html_math_renderer = "mathml"  # type: ignore[attr-defined]
    return {"parallel_read_safe": True, "parallel_write_safe": True}
