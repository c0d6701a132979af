"""Pages that are made from the program: glossary of codes, gallery, reference of names and options."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner
from codes import definitions

import semialg
from semialg.cli.group import COMMANDS, cli

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]

ROOT = Path(__file__).parents[2]
_FIGURE = re.compile(r"!\[([^\]]*)\]\(((?:\.\./)*(?:docs/)?figures/[^)]+)\)")
_COMMAND = re.compile(r"```(?:console|sh)\n(.*?)```", re.DOTALL)


def _glossary() -> str:
    lines = [
        "# Glossary of codes",
        "",
        "Theorems, rules and steps have codes; in verdicts, proofs and on every page a code means this.",
        "",
        "| code | what it is |",
        "|---|---|",
    ]
    for definition in definitions().values():
        if "." in definition.code:  # rules of certificates have their own list in RULES
            continue
        name = definition.code
        lines.append(f"| {name} | {definition.title.replace('|', chr(92) + '|')} |")
    return "\n".join([*lines, "", _WORDS])


_WORDS = """
## Words

Mask
: The 0/1 matrix that says which weights of one layer may be nonzero.

Pattern
: The masks of all layers in product order: the output layer comes first.

Unit
: A hidden neuron; its rows are the outputs that it feeds, its columns the inputs that it reads.

E
: The set of all products of matrices supported in the masks.

Target
: A matrix that members of E approach; if it is no member, E is not closed.

Curve
: Weights that depend on t and whose product tends to the target as t goes to 0.

Witness
: A target, a curve to it, and the proof that it is no product.

Certificate
: A file with a claim and its proof, which the independent checker verifies without searching.

Valid, holey, invalid
: What the checker says of a certificate: every step is verified; a step rests on a solver's word; a step is
  wrong.
"""


def _gallery() -> str:
    lines = ["# Gallery", "", "Every picture, with the command or the page that makes it.", ""]
    seen: set[str] = set()
    for page in sorted((ROOT / "docs").rglob("*.md")):
        if "site" in page.parts or page.name == "gallery.md":
            continue
        text = page.read_text(encoding="utf-8")
        for match in _FIGURE.finditer(text):
            picture = (page.parent / match.group(2)).resolve().relative_to(ROOT).as_posix()
            if picture in seen or not (ROOT / picture).exists():
                continue
            seen.add(picture)
            source = page.relative_to(ROOT).as_posix()
            title = text.split("\n", 1)[0].lstrip("# ")
            commands = [
                c.strip()
                for c in _COMMAND.findall(text[: match.start()])[-1:]
                if "plot" in c or "experiment" in c
            ]
            lines += [
                f"## {match.group(1) or Path(picture).stem}",
                "",
                f"![{match.group(1)}](../../{picture})",
                "",
            ]
            lines += [f"```sh\n{line.lstrip('$ ')}\n```" for c in commands for line in c.split("\n")[:1]]
            lines += ["", f"From [{title}](../../{source}).", ""]
    return "\n".join(lines)


def _reference() -> str:
    lines = [
        "# Python reference",
        "",
        "Every public name; all else may change ([versions](../versioning.md)).",
        "",
    ]
    for name in sorted(semialg.__all__, key=str.lower):
        if name.startswith("__"):
            continue
        value = getattr(semialg, name)
        kind = "autoclass" if isinstance(value, type) else "autofunction"
        home = value.__module__
        members = "   :members:\n" if kind == "autoclass" else ""
        lines += [f"## `{name}`", "", "```{eval-rst}", f".. {kind}:: {home}.{name}", members, "```", ""]
    return "\n".join(lines)


def _options() -> str:
    lines = [
        "# Every option",
        "",
        "What `--help` says. Pages with examples: [the commands](../commands/index.md).",
        "",
    ]
    runner = CliRunner()
    for name in ("", *COMMANDS):
        words = [name, "--help"] if name else ["--help"]
        text = runner.invoke(cli, words, prog_name="semialg", terminal_width=96).output
        lines += [f"## semialg {name}".rstrip(), "", "```text", text.rstrip(), "```", ""]
    return "\n".join(lines)


_SECTIONS = {
    "Start": [
        "README",
        *(f"docs/{page}" for page in ("getting-started", "practitioners", "existence", "training")),
    ],
    "Use": [
        "docs/commands/index",
        "docs/patterns",
        "docs/logic",
        "docs/sets",
        "docs/solvers",
        "docs/polyhedra",
    ],
    "Theory": [
        "docs/theory",
        "proofs/FORMAT",
        "proofs/RULES",
        "proofs/paper/README",
        "proofs/systems/README",
    ],
    "Measured": ["docs/results"],
    "Reference": [f"docs/generated/{name}" for name in ("glossary", "gallery", "api", "options")],
    "Project": [
        "docs/architecture",
        "docs/dependencies",
        "docs/versioning",
        "CONTRIBUTING",
        "CHANGELOG",
        "SECURITY",
    ],
}
"""The sections of the site and the pages that open each; every further page of docs joins one of them."""


def _section_of(page: str) -> str:
    if "/commands/" in page:
        return "Use"
    return "Measured" if "/results" in page else "Theory"


def _sections(root: Path) -> dict[str, str]:
    sections = {name: list(pages) for name, pages in _SECTIONS.items()}
    placed = {"docs/index", *(page for pages in sections.values() for page in pages)}
    found = [p for folder in ("docs", "proofs") for p in sorted((root / folder).rglob("*.md"))]
    for path in found:
        page = path.relative_to(root).with_suffix("").as_posix()
        if page not in placed and not page.startswith(("docs/generated/", "docs/site/")):
            sections[_section_of(page)].append(page)
    return {
        name.lower(): "\n".join(
            [f"# {name}", "", "```{toctree}", ":maxdepth: 1", "", *(f"/{page}" for page in pages), "```", ""]
        )
        for name, pages in sections.items()
    }


def _write(app: Sphinx) -> None:
    folder = Path(app.srcdir) / "docs" / "generated"
    folder.mkdir(exist_ok=True)
    pages = {"glossary": _glossary(), "gallery": _gallery(), "api": _reference(), "options": _options()}
    pages |= _sections(Path(app.srcdir))
    for name, text in pages.items():
        path = folder / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the pages before the sources are read."""
    app.connect("builder-inited", _write, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
