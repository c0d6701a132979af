"""Configuration of the documentation site; the sources are the pages of the repository as they stand.

``python docs/site/build.py`` builds it. The source folder is the root of the repository, so that links
between README, docs and proofs mean the same on the site and in a checkout.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import semialg

project = "semialg"
author = "the semialg developers"
project_copyright = author
version = release = semialg.__version__
html_title = f"semialg {version}"

root_doc = "docs/index"
exclude_patterns = ["docs/site/**"]
extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "mathml",
    "codes",
    "notation",
    "generated",
]
source_suffix = {".md": "markdown"}

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
myst_dmath_double_inline = True
# Nothing is to be generated beside the pages that generated.py writes.
autosummary_generate = False

nitpicky = False  # type names in signatures of other libraries have no inventory without a network
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
numpydoc_xref_param_type = False
copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True
copybutton_only_copy_prompt_lines = True
pygments_style = "default"

smartquotes = False  # the primes of codes stay primes
html_theme = "pydata_sphinx_theme"
html_static_path = ["static"]
html_css_files = ["semialg.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navigation_with_keys": True,
    "show_prev_next": False,
    "header_links_before_dropdown": 7,
    "navbar_end": ["theme-switcher"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
}
