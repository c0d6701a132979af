"""Every required package is imported by semialg, and every imported package is declared."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

#: Packages whose distribution has another name than what is imported.
IMPORTED_AS = {
    "python-flint": {"flint"},
    "z3-solver": {"z3"},
    "pplpy": {"ppl"},
    "pycddlib": {"cdd"},
    "passagemath-qepcad": {"sage_wheels"},
    "onnx": {"onnx", "google"},
    "matplotlib": {"matplotlib", "mpl_toolkits"},
}


def _modules(requirements: list[str]) -> dict[str, set[str]]:
    names = [re.split(r"[<>=\[; ]", requirement)[0] for requirement in requirements]
    return {name: IMPORTED_AS.get(name, {name.replace("-", "_")}) for name in names}


def _imported() -> dict[str, str]:
    """Return every foreign module that is imported anywhere in semialg, with a file that does."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "semialg").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names = [node.module]
            elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
                names = [
                    a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                ]
            for name in names:
                found.setdefault(name.split(".")[0], str(path.relative_to(ROOT)))
    return {name: where for name, where in found.items() if name not in sys.stdlib_module_names | {"semialg"}}


def test_every_required_package_is_imported():
    imported = _imported()
    unused = [n for n, modules in _modules(PROJECT["dependencies"]).items() if not modules & set(imported)]
    assert unused == []


def test_every_imported_package_is_declared():
    extras = [r for group in PROJECT["optional-dependencies"].values() for r in group]
    declared = set().union(*_modules([*PROJECT["dependencies"], *extras]).values())
    assert {name: where for name, where in _imported().items() if name not in declared} == {}
