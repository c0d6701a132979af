"""The checker as a program: what it imports, how large it is, how it answers."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECKER = ROOT / "semialg" / "checker"
#: The files of the certificate kernel; polyhedra*.py judge another kind of proof, with their own tests.
KERNEL = sorted(CHECKER.rglob("*.py"))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_importing_the_checker_loads_nothing_else() -> None:
    code = "import semialg.checker, sys; print(*sorted(sys.modules))"
    modules = set(run("-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}").stdout.split())
    ours = {name for name in modules if name.split(".")[0] == "semialg"}
    assert "semialg.checker.kernel" in modules
    assert all(name == "semialg" or name.startswith("semialg.checker") for name in ours)
    foreign = {name.split(".")[0] for name in modules} - set(sys.stdlib_module_names) - {"semialg"}
    # What an interpreter loads before any import of ours (site hooks) is not the checker's.
    bare = set(run("-I", "-c", "import sys; print(*sorted(sys.modules))").stdout.split())
    assert foreign <= {name.split(".")[0] for name in bare}


def test_the_source_imports_the_standard_library_and_itself() -> None:
    for path in KERNEL:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names = [node.module or ""]
            for name in names:
                assert name.split(".")[0] in sys.stdlib_module_names or name.startswith("semialg.checker")


def test_the_checker_stays_small() -> None:
    """Lines of code, without blank lines, comments and docstrings: for each kind of claim."""
    sizes = {"pattern": 0, "systems": 0, "relu": 0, "scalar": 0, "optima": 0, "ranks": 0, "fullness": 0}
    sizes["kinks"] = 0
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    for path in KERNEL:
        docstrings: set[int] = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                docstrings.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        with path.open("rb") as file:
            lines = {
                line
                for token in tokenize.tokenize(file.readline)
                if token.type not in skipped and token.string
                for line in range(token.start[0], token.end[0] + 1)
            }
        extras = {"boundary": "systems", "polyhedra": "systems", "systems": "systems", "relu": "relu"}
        own = {
            "ranks": "ranks",
            "sections": "ranks",
            "fullness": "fullness",
            "observed": "fullness",
            "images": "fullness",
            "relu_scalar": "scalar",
            "relu_optima": "optima",
            "relu_kinks": "kinks",
            "relu_reach": "kinks",
        }
        part = own.get(path.stem, extras.get(path.stem.split("_")[0], "pattern"))
        sizes[part] += len(lines - docstrings)
    assert 500 < sizes["pattern"] <= 2150
    assert 100 < sizes["systems"] <= 600
    assert 100 < sizes["relu"] <= 500
    assert 50 < sizes["scalar"] <= 280
    assert 50 < sizes["optima"] <= 200
    assert 50 < sizes["kinks"] <= 200
    assert 50 < sizes["ranks"] <= 300
    assert 50 < sizes["fullness"] <= 700


@pytest.mark.parametrize(
    ("name", "status", "line"),
    [
        ("accept/limit.json", 0, "s VALID not_closed every step was verified"),
        ("accept/trust.json", 4, "s HOLEY not_closed"),
        ("reject/limit-sign.json", 1, "s INVALID not_closed proof.curve"),
        ("reject/format-nan.json", 2, "s UNREADABLE certificate"),
        ("accept/missing.json", 2, "s UNREADABLE"),
        ("accept/minor-hashed.json", 2, "s UNREADABLE claim"),
    ],
)
def test_exit_status_and_first_line(name: str, status: int, line: str) -> None:
    result = run("-m", "semialg.checker", f"proofs/{name}")
    assert result.returncode == status, result.stderr
    assert (result.stdout + result.stderr).startswith(line)


def test_a_hole_is_named() -> None:
    assert (
        "h proof.outside: trusts 'z3 4.13, cvc5 1.2'"
        in run("-m", "semialg.checker", "proofs/accept/trust.json").stdout
    )


def test_the_pattern_may_be_a_file(tmp_path: Path) -> None:
    pattern = json.loads((ROOT / "proofs/accept/manifest.json").read_text())["minor-hashed.json"]["pattern"]
    for document, status in [
        (pattern, 0),
        ({"masks": pattern}, 0),
        (pattern[::-1], 1),
        ({"mask": pattern}, 2),
    ]:
        file = tmp_path / "masks.json"
        file.write_text(json.dumps(document))
        result = run("-m", "semialg.checker", "proofs/accept/minor-hashed.json", "--pattern", str(file))
        assert result.returncode == status, result
