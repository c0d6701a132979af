"""The lines of the checker that no example file holds in place: mutants that survive.

``python benchmarks/mutate_checker.py [--only rules/leaves.py] [--processes 2] [--state FILE] [--tests PATH]``

Every mutant differs from ``semialg/checker`` in one place: a clause is dropped, a comparison is weakened or
moved by one, a number is off by one, a sign or a bound is changed, a charge of work is left out. The corpora
``proofs/accept`` and ``proofs/reject`` (and those of ``proofs/systems``) are judged with it. A mutant that
answers for every file as stated in the manifests *survives*; ``--tests`` then runs the given test files on
the survivors. The state file, one JSON object a line, makes the run resumable: a mutant noticed before, of a
file that has not changed since, is not judged again.
"""

from __future__ import annotations

import argparse
import ast
import gc
import hashlib
import importlib.abc
import importlib.util
import json
import os
import resource
import signal
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType, FrameType, ModuleType

ROOT = Path(__file__).parents[1]
CHECKER = ROOT / "semialg" / "checker"
SECONDS = 60
MEMORY = 3_000_000_000


@dataclass(frozen=True)
class Mutant:
    """One change of one file: the source from ``begin`` to ``end`` (characters) becomes ``text``.

    ``function`` is the first line of the function around it, 0 outside of all.
    """

    file: str
    begin: int
    end: int
    text: str
    what: str
    line: int
    function: int = 0

    @property
    def key(self) -> str:
        """Name the mutant, the same in every run."""
        return f"{self.file}:{self.begin}:{self.end}:{self.text}"


_COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=",),
    ast.LtE: ("<",),
    ast.Gt: (">=",),
    ast.GtE: (">",),
    ast.Eq: ("<=", ">="),
    ast.NotEq: ("<", ">"),
}
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "+",
    ast.BitAnd: "|",
    ast.BitOr: "&",
    ast.FloorDiv: "*",
    ast.Mod: "//",
    ast.LShift: ">>",
    ast.RShift: "<<",
}


class _Collector(ast.NodeVisitor):
    """Collects the mutants of one file."""

    def __init__(self, file: str, source: str) -> None:
        self.file = file
        self.source = source
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.found: list[Mutant] = []

    def _place(self, line: int, column: int) -> int:
        # Columns of syntax trees count bytes.
        text = self.source[self.starts[line - 1] : self.starts[line]]
        return self.starts[line - 1] + len(text.encode()[:column].decode())

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._place(node.lineno, node.col_offset), self._place(node.end_lineno, node.end_col_offset)

    def _replace(self, node: ast.expr | ast.stmt, text: str, what: str) -> None:
        begin, end = self._span(node)
        self.found.append(Mutant(self.file, begin, end, text, what, node.lineno))

    def _text(self, node: ast.expr) -> str:
        begin, end = self._span(node)
        return self.source[begin:end]

    def visit_If(self, node: ast.If) -> None:
        """Drop the branch, or take it always if it does not raise."""
        self._replace(node.test, "False", f"if False: instead of {ast.unparse(node.test)}")
        if not isinstance(node.body[0], ast.Raise):
            self._replace(node.test, "True", f"if True: instead of {ast.unparse(node.test)}")
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """Drop each operand."""
        for value in node.values:
            neutral = "True" if isinstance(node.op, ast.And) else "False"
            self._replace(value, neutral, f"dropped {ast.unparse(value)}")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        """Drop a sign, a negation, a complement."""
        if isinstance(node.op, ast.Not | ast.USub | ast.Invert):
            self._replace(node, f"({self._text(node.operand)})", f"without its sign: {ast.unparse(node)}")
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Weaken or strengthen each comparison by its border, and move the border by one."""
        sides = [node.left, *node.comparators]
        for at, operator in enumerate(node.ops):
            for other in _COMPARISONS.get(type(operator), ()):
                begin, end = self._span(sides[at])[1], self._span(sides[at + 1])[0]
                between = self.source[begin:end]
                if "(" in between or ")" in between or "\n" in between:
                    continue
                what = f"{other} in {ast.unparse(node)}"
                self.found.append(Mutant(self.file, begin, end, f" {other} ", what, node.lineno))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Move a number by one; exchange true and false."""
        if isinstance(node.value, bool):
            self._replace(node, str(not node.value), f"{not node.value} instead of {node.value}")
        elif isinstance(node.value, int):
            self._replace(node, str(node.value + 1), f"{node.value + 1} instead of {node.value}")
            if node.value:
                self._replace(node, str(node.value - 1), f"{node.value - 1} instead of {node.value}")

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Exchange an operator."""
        other = _OPERATORS.get(type(node.op))
        begin, end = self._span(node.left)[1], self._span(node.right)[0]
        between = self.source[begin:end]
        if other is not None and "(" not in between and ")" not in between and "\n" not in between:
            what = f"{other} in {ast.unparse(node)}"
            self.found.append(Mutant(self.file, begin, end, f" {other} ", what, node.lineno))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Do not charge for work; take any for all and min for max."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in {"spend", "spend_on"}:
            self._replace(node, "None", f"without {ast.unparse(node)}")
            return
        swapped = {"any": "all", "all": "any", "min": "max", "max": "min"}.get(name)
        if swapped is not None and isinstance(node.func, ast.Name):
            self._replace(node.func, swapped, f"{swapped} in {ast.unparse(node)}")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        """Leave out a call whose result nobody reads; skip docstrings."""
        if isinstance(node.value, ast.Constant):
            return
        called = ast.unparse(node.value)
        if not isinstance(node.value, ast.Call) or ".spend" not in called:
            self._replace(node, "pass", f"without {called}")
        self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Leave an update out."""
        self._replace(node, "pass", f"without {ast.unparse(node)}")
        self.generic_visit(node)

    def visit_Break(self, node: ast.Break) -> None:
        """Go on instead."""
        self._replace(node, "pass", "without break")

    def visit_Raise(self, node: ast.Raise) -> None:
        """Leave the words of refusals alone."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Skip annotations."""
        if node.value is not None:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Skip annotations and decorators."""
        for statement in node.body:
            self.visit(statement)


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield the mutants of a file that are still Python."""
    source = path.read_text(encoding="utf-8")
    collector = _Collector(path.relative_to(CHECKER).as_posix(), source)
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            continue
        if isinstance(
            statement, ast.If | ast.Import | ast.ImportFrom
        ):  # for the types, and the program's end
            continue
        collector.visit(statement)
    seen: set[str] = set()
    spans = functions_of(path)
    for found in collector.found:
        inside = [first for first, last in spans if first <= found.line <= last]
        mutant = replace(found, function=inside[-1] if inside else 0)
        changed = mutated(source, mutant)
        if changed in seen or changed == source:
            continue
        seen.add(changed)
        try:
            ast.parse(changed)
        except SyntaxError:
            continue
        yield mutant


def mutated(source: str, mutant: Mutant) -> str:
    """Return the source with the change."""
    return source[: mutant.begin] + mutant.text + source[mutant.end :]


class _Loader(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Imports one module from a changed source."""

    def __init__(self, module: str, path: Path, source: str) -> None:
        self.module, self.path, self.source = module, path, source

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        """Find the one module."""
        if name != self.module:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)  # type: ignore[arg-type]

    def get_source(self, _name: str) -> str:
        """Return the changed source."""
        return self.source

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source."""
        code: CodeType = compile(self.source, str(self.path), "exec")
        exec(code, module.__dict__)  # noqa: S102 - the checker itself, one place changed


#: A function: its file below the checker, and its first line.
Place = tuple[str, int]


class Example(NamedTuple):
    """A file of the corpora and its entry in the manifest."""

    key: str
    name: str
    data: bytes
    entry: dict[str, Any]


def corpus() -> list[Example]:
    """Return every file of the corpora."""
    found: list[Example] = []
    for folder in (ROOT / "proofs", ROOT / "proofs" / "systems"):
        for kind in ("reject", "accept"):
            entries = json.loads((folder / kind / "manifest.json").read_text(encoding="utf-8"))
            for name, entry in entries.items():
                key = (folder / kind / name).relative_to(ROOT).as_posix()
                found.append(Example(key, name, (folder / kind / name).read_bytes(), entry))
    return found


def first_difference(files: Sequence[Example]) -> str | None:
    """Return the name of the first file that is not judged as its manifest states."""
    for example in files:
        found = _judged(example)
        entry = example.entry
        if found[0] != entry.get("status", "valid"):
            return example.name
        if "where" in entry and (found[1] != entry["where"] or entry["reason"] not in found[2]):
            return example.name
    return None


def _judged(example: Example) -> tuple[str, str, str]:
    from semialg.checker import Unreadable, check

    try:
        report = check(example.data, example.entry.get("pattern"))
    except Unreadable as error:
        return "unreadable", error.where.removeprefix(".") or "certificate", error.reason
    return report.status, report.where, report.reason


def called_by(files: Sequence[Example]) -> dict[Place, set[str]]:
    """Return, for each function of the checker (file and first line), the examples that call it."""
    found: dict[Place, set[str]] = {}
    for example in files:
        seen: set[tuple[str, int]] = set()

        def note(frame: FrameType, event: str, _: object, seen: set[tuple[str, int]] = seen) -> None:
            if event == "call":
                seen.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

        sys.setprofile(note)
        try:
            _judged(example)
        finally:
            sys.setprofile(None)
        for path, line in seen:
            if path.startswith(str(CHECKER)):
                found.setdefault((Path(path).relative_to(CHECKER).as_posix(), line), set()).add(example.key)
    return found


def functions_of(path: Path) -> list[tuple[int, int]]:
    """Return the first and last lines of the functions of a file, inner ones last."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    spans = [
        (min([n.lineno, *(d.lineno for d in n.decorator_list)]), n.end_lineno or n.lineno)
        for n in nodes
        if isinstance(n, ast.FunctionDef)
    ]
    return sorted(spans)


def patch(module: ModuleType, source: str, path: Path) -> None:
    """Give the functions and methods of an imported module the code of a changed source."""
    codes: dict[str, CodeType] = {}
    todo = [compile(source, str(path), "exec", dont_inherit=True)]
    while todo:
        for inner in todo.pop().co_consts:
            if not hasattr(inner, "co_qualname"):
                continue
            codes[inner.co_qualname] = inner
            todo.append(inner)
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__module__ == module.__name__:
            new = codes.get(thing.__code__.co_qualname)
            if new is not None and new.co_firstlineno == thing.__code__.co_firstlineno:
                thing.__code__ = new


def _child(mutant: Mutant, files: Sequence[Example], tests: Sequence[str], pipe: int) -> None:
    """Judge one mutant in this process, which ends here; the parent reads who noticed."""
    said = "crash"
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        path = CHECKER / mutant.file
        dotted = mutant.file.removesuffix(".py").replace("/", ".").removesuffix("__init__").rstrip(".")
        module = f"semialg.checker.{dotted}".rstrip(".")
        source = mutated(path.read_text(encoding="utf-8"), mutant)
        if mutant.function and not tests:
            patch(sys.modules[module], source, path)
        else:
            for name in [name for name in sys.modules if name.startswith("semialg")]:
                del sys.modules[name]
            sys.meta_path.insert(0, _Loader(module, path, source))
        if tests:
            import pytest

            with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
                os.dup2(nowhere.fileno(), 1)
                os.dup2(nowhere.fileno(), 2)
            status = pytest.main(["-q", "-x", "-p", "no:cacheprovider", *tests])
            said = "" if status == 0 else "a test"
        else:
            said = first_difference(files) or ""
    except BaseException as error:  # noqa: BLE001 - whatever a mutant does is seen by somebody
        said = type(error).__name__
    finally:
        os.write(pipe, b"=" + said.encode()[:500])
        os._exit(0)


def run(
    mutants: Sequence[Mutant], files: Sequence[Example], tests: Sequence[str], processes: int, state: Path
) -> dict[str, str]:
    """Return who noticed each mutant, nobody as an empty text; judge those that the state does not know."""
    digests = {m.file: hashlib.sha256((CHECKER / m.file).read_bytes()).hexdigest()[:16] for m in mutants}
    noticed: dict[str, str] = {}
    if state.exists():
        for line in state.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            # A survivor is asked again, as there may be new files since.
            if entry["digest"] == digests.get(entry["file"]) and entry["noticed"]:
                noticed[entry["key"]] = entry["noticed"]
    calls = called_by(files)
    waiting = [m for m in mutants if m.key not in noticed]
    running: dict[int, tuple[Mutant, int, float]] = {}
    quick: dict[str, list[str]] = {}
    with state.open("a", encoding="utf-8") as log:
        while waiting or running:
            while waiting and len(running) < processes:
                mutant = waiting.pop()
                out, into = os.pipe()
                pid = os.fork()
                if pid == 0:
                    os.close(out)
                    # Files that have noticed mutants of this file before are asked first.
                    last = quick.get(mutant.file, [])
                    callers = calls.get((mutant.file, mutant.function), set())
                    asked = [f for f in files if not mutant.function or f.key in callers]
                    order = sorted(asked, key=lambda f: -last.index(f.name) if f.name in last else 1)
                    _child(mutant, order, tests, into)
                os.close(into)
                running[pid] = (mutant, out, time.monotonic())
            pid, ended = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                for late, (_, _, begin) in running.items():
                    if time.monotonic() - begin > SECONDS * (5 if tests else 1):
                        os.kill(late, signal.SIGKILL)
                time.sleep(0.005)
                continue
            mutant, out, _ = running.pop(pid)
            # The answer has a mark before it: a mutant that was killed has written nothing.
            answer = os.read(out, 1000).decode()[1:] if ended == 0 else "the clock"
            os.close(out)
            noticed[mutant.key] = answer
            known = quick.setdefault(mutant.file, [])
            if answer in known:
                known.remove(answer)
            known.append(answer)
            entry = {"key": mutant.key, "file": mutant.file, "line": mutant.line, "what": mutant.what}
            entry |= {"digest": digests[mutant.file], "noticed": answer}
            log.write(json.dumps(entry) + "\n")
            log.flush()
    return noticed


def main() -> None:
    """Print the number of mutants and survivors, and each survivor."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="*", default=[], help="files below semialg/checker")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--state", type=Path, default=Path("mutants.jsonl"))
    parser.add_argument(
        "--tests", nargs="*", default=[], help="test files that the survivors have to pass too"
    )
    chosen = parser.parse_args()
    paths = sorted(p for p in CHECKER.rglob("*.py") if not p.name.startswith("__main__"))
    wanted = [p for p in paths if not chosen.only or p.relative_to(CHECKER).as_posix() in chosen.only]
    mutants = [mutant for path in wanted for mutant in mutants_of(path)]
    noticed = run(mutants, corpus(), [], chosen.processes, chosen.state)
    survivors = [m for m in mutants if not noticed[m.key]]
    print(f"{len(mutants)} mutants, {len(survivors)} that no example file notices")
    if chosen.tests:
        second = chosen.state.with_suffix(".tests.jsonl")
        noticed = run(survivors, [], chosen.tests, chosen.processes, second)
        survivors = [m for m in survivors if not noticed[m.key]]
        print(f"{len(survivors)} that no test notices either")
    for mutant in survivors:
        print(f"{mutant.file}:{mutant.line}: {mutant.what}")


if __name__ == "__main__":
    main()
