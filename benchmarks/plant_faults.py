"""Find single changes of the example files that notice surviving mutants of the checker.

``python benchmarks/plant_faults.py --state mutants.jsonl --table tests/checker/planted.json``

``mutate_checker.py`` leaves mutants that no example file notices. Here every example file that is accepted
is changed in one place in every way of a list (a number moved by one, a list without an item, an object with
another key, a value of another type), and each survivor is asked about these documents. A document that a
survivor and the checker judge differently tells them apart. A few documents that together tell apart as many
survivors as can be go into the table, from which ``tests/checker/make_corpus.py`` writes the files. What the
table held before stays.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import random
import re
import resource
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))
from mutate_checker import CHECKER, MEMORY, ROOT, Mutant, called_by, corpus, mutants_of, mutated, patch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SAMPLE = 3000
SECONDS = 4
ENOUGH = 2

#: A change: the accepted file, the path of the value in it, and what stands there instead.
Change = tuple[str, tuple[Any, ...], Any]


def changes(value: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield the places of a JSON value and what may stand there after one slip of the pen."""
    for other in others(value):
        yield (), other
    if isinstance(value, list):
        for at, entry in enumerate(value):
            for path, other in changes(entry):
                yield (at, *path), other
    elif isinstance(value, dict):
        for key, entry in value.items():
            for path, other in changes(entry):
                yield (key, *path), other


def others(value: Any) -> Iterator[Any]:
    """Yield what may stand in the place of one value."""
    if isinstance(value, bool):
        yield from (not value, int(value))
    elif isinstance(value, int):
        yield from (value + 1, value - 1, 0, 1, 64, bool(value), str(value))
    elif isinstance(value, str):
        yield from _texts(value)
    elif isinstance(value, list):
        yield from _lists(value)
    elif isinstance(value, dict):
        for key in value:
            yield {k: v for k, v in value.items() if k != key}
            if re.fullmatch(r"-?\d+", key):
                for new in (str(int(key) + 1), str(int(key) - 1), "0" + key, "-" + key, "64"):
                    yield {new if k == key else k: v for k, v in value.items()}
        for key in ("extra", "0", "1", "3"):
            yield value | {key: "1"}
        yield []


def _texts(value: str) -> Iterator[str]:
    if re.fullmatch(r"-?\d+(/\d+)?", value):
        yield value[1:] if value.startswith("-") else "-" + value
        yield from ("0", "1", "2", "-0", "1/0", "1/2", "01", "+1")
        yield value + "/2" if "/" not in value else value + "1"
        yield "1" * 5001
    else:
        yield from ("", value + "x", value.upper(), {"row": "column", "rows": "columns"}.get(value, "row"))
        yield {"=": ">=", ">=": ">", ">": ">="}.get(value, "=")
        yield {"l1": "l2", "l2": "max", "max": "l1"}.get(value, "x")
        for match in list(re.finditer(r"[()]| |[0-9+*/-]|[a-z-]+", value))[:80]:
            yield value[: match.start()] + value[match.end() :]
            yield value[: match.end()] + value[match.start() :]
            if match[0].isdigit():
                yield value[: match.start()] + str(int(match[0]) + 1) + value[match.end() :]
            elif match[0] in "+-*/":
                yield from (value[: match.start()] + o + value[match.end() :] for o in "+-*/")


def _lists(value: list[Any]) -> Iterator[Any]:
    for at in range(len(value)):
        yield value[:at] + value[at + 1 :]
        yield [*value[: at + 1], *value[at:]]
        if at:
            yield [*value[: at - 1], value[at], value[at - 1], *value[at + 1 :]]
        yield [*value, value[at]]
    yield from ([], [*value, 0], [*value, 1], [*value, "1"], [*value, []], {})
    if value and all(isinstance(row, list) and row for row in value):
        yield [row[:-1] for row in value]
        yield [[*row, row[0]] for row in value]


def changed(document: Any, path: Sequence[Any], value: Any) -> Any:
    """Return a document with another value at a path."""
    if not path:
        return copy.deepcopy(value)
    result = copy.copy(document)
    result[path[0]] = changed(document[path[0]], path[1:], value)
    return result


def judged(document: Any, pattern: Any) -> tuple[str, str]:
    """Return the status and the place."""
    from semialg.checker import Unreadable, check

    try:
        report = check(json.dumps(document).encode(), pattern)
    except Unreadable as error:
        return "unreadable", error.where.removeprefix(".") or "certificate"
    return report.status, report.where


def main() -> None:
    """Extend the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--state", type=Path, default=Path("mutants.jsonl"))
    parser.add_argument("--table", type=Path, default=ROOT / "tests" / "checker" / "planted.json")
    parser.add_argument("--found", type=Path, default=Path("planted.jsonl"), help="what each survivor told")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--skip", default="rules/[^/]*kernel", help="files to leave out")
    parser.add_argument("--clauses", action="store_true", help="only clauses that were dropped")
    chosen = parser.parse_args()
    last = {}
    for line in chosen.state.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        last[entry["key"]] = entry["noticed"]
    mutants = [m for path in sorted(CHECKER.rglob("*.py")) for m in mutants_of(path)]
    survivors = [
        m
        for m in mutants
        if last.get(m.key) == ""
        and (not chosen.clauses or m.what.startswith(("if False", "dropped")))
        and m.function
        and ".spend" not in m.what
        and not re.match(chosen.skip, m.file)
    ]
    examples = [e for e in corpus() if "/accept/" in e.key]
    documents = {e.key: json.loads(e.data) for e in examples}
    patterns = {e.key: e.entry.get("pattern") for e in examples}
    rng = random.Random(1)
    places: dict[str, list[Change]] = {}
    for e in examples:
        found = [(e.key, path, value) for path, value in changes(documents[e.key])]
        rng.shuffle(found)
        places[e.key] = found[:SAMPLE]
    print(len(survivors), "survivors", sum(map(len, places.values())), "documents", flush=True)
    truth = {
        key: [judged(changed(documents[key], path, value), patterns[key]) for _, path, value in found]
        for key, found in places.items()
    }
    print("judged", flush=True)
    calls = called_by(examples)
    told: dict[str, list[tuple[str, int]]] = {}
    if chosen.found.exists():
        for line in chosen.found.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            told[entry["key"]] = [tuple(t) for t in entry["told"]]
    waiting = [m for m in survivors if m.key not in told]
    rng.shuffle(waiting)
    # Clauses first.
    waiting.sort(key=lambda m: m.what.startswith(("if False", "dropped")))
    running: dict[int, tuple[Mutant, int, float]] = {}
    with chosen.found.open("a", encoding="utf-8") as log:
        while waiting or running:
            while waiting and len(running) < chosen.processes:
                mutant = waiting.pop()
                out, into = os.pipe()
                pid = os.fork()
                if pid == 0:
                    keys = sorted(calls.get((mutant.file, mutant.function), set()) or places.keys())
                    _ask(mutant, keys, places, truth, documents, patterns, into)
                os.close(into)
                running[pid] = (mutant, out, time.monotonic())
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                time.sleep(0.005)
                for late, (_, _, begin) in running.items():
                    if time.monotonic() - begin > 20 * SECONDS:
                        os.kill(late, signal.SIGKILL)
                continue
            mutant, out, _ = running.pop(pid)
            answer = os.read(out, 60000).decode()
            os.close(out)
            told[mutant.key] = [tuple(t) for t in json.loads(answer or "[]")]
            log.write(json.dumps({"key": mutant.key, "what": mutant.what, "told": told[mutant.key]}) + "\n")
            log.flush()
    _write(chosen.table, told, places, survivors)


def _ask(
    mutant: Mutant, keys: Sequence[str], places: Any, truth: Any, documents: Any, patterns: Any, pipe: int
) -> None:
    """Write the documents that a mutant judges differently, and end this process."""
    told: list[tuple[str, int]] = []
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        path = CHECKER / mutant.file
        module = "semialg.checker." + mutant.file.removesuffix(".py").replace("/", ".")
        patch(sys.modules[module], mutated(path.read_text(encoding="utf-8"), mutant), path)
        begin = time.process_time()
        order = [(key, at) for at in range(SAMPLE) for key in keys if at < len(places[key])]
        for key, at in order:
            if time.process_time() - begin > SECONDS or len(told) >= ENOUGH:
                break
            _, where, value = places[key][at]
            try:
                found = judged(changed(documents[key], where, value), patterns[key])
            except Exception:  # noqa: BLE001 - a mutant that falls over is noticed
                found = ("fault", "")
            if found != truth[key][at]:
                told.append((key, at))
    finally:
        os.write(pipe, json.dumps(told).encode())
        os._exit(0)


def _write(table: Path, told: dict[str, Any], places: Any, survivors: Sequence[Mutant]) -> None:
    """Choose documents greedily and write the table."""
    known = json.loads(table.read_text(encoding="utf-8")) if table.exists() else []
    names = {m.key: f"{m.file}: {m.what}" for m in survivors}
    by_document: dict[tuple[str, int], set[str]] = {}
    for key, documents in told.items():
        for document in documents:
            by_document.setdefault(document, set()).add(key)
    left = {key for key, documents in told.items() if documents}
    while left:
        best = max(by_document, key=lambda d: (len(by_document[d] & left), -len(str(places[d[0]][d[1]]))))
        source, path, value = places[best[0]][best[1]]
        clause = sorted(by_document[best] & left)[0]
        known.append({"from": source, "path": list(path), "value": value, "clause": names.get(clause, "")})
        left -= by_document[best]
    table.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    silent = [names[m.key] for m in survivors if not told.get(m.key)]
    print(len(known), "documents;", len(silent), "survivors that none tells apart")
    print("\n".join(silent))


if __name__ == "__main__":
    main()
