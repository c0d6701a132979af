"""Build the documentation site: ``python docs/site/build.py [FOLDER]`` (default: build/site).

Needs the extra ``docs``. The pages are copied to a temporary folder, where the generated ones join them, so
that the checkout stays as it is. Warnings are errors: a dead link or a formula that cannot be read fails
the build. The site needs no network: no font, script or picture is loaded from elsewhere, and the search
works from files.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from sphinx.cmd.build import build_main

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "CITATION.cff", "LICENSE"]


def main(target: Path) -> int:
    """Build the site into a folder and return Sphinx's exit status."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.mkdir()
        for name in PAGES:
            shutil.copy(ROOT / name, source / name)
        for name in ("docs", "proofs"):
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "build"))
        options = ["-W", "--keep-going", "-q", "-b", "html", "-c", str(source / "docs/site")]
        return build_main([*options, "-d", str(Path(folder) / "trees"), str(source), str(target)])


if __name__ == "__main__":
    wanted = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "site"
    status = main(wanted)
    if status == 0:
        print(f"open {wanted / 'docs/index.html'}")  # noqa: T201  a program speaks on standard output
    sys.exit(status)
