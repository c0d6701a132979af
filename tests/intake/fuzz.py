"""Throw spoiled inputs at every command and every reader; none may end in a traceback, a signal, or never.

    python tests/intake/fuzz.py --minutes 30 --seed 1

Every case is run in a fork of this process, below limits of time and memory. What ends badly is written to a
folder, by the hash of its input; once it is understood its input joins ``tests/intake/corpus``, which
``test_fuzz_corpus.py`` replays.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import importlib
import io
import os
import pkgutil
import random
import resource
import select
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CORPUS = Path(__file__).parent / "corpus"
MOST_SECONDS = 40
MOST_MEMORY = 3 * 2**30

#: Commands that read a file, and the ends of the names of files that suit them; FILE stands for the file.
ON_FILES: dict[str, tuple[tuple[str, ...], str]] = {
    "check": (("check", "FILE", "--time-limit", "1", "--json"), "masks certificate"),
    "check, limited": (("check", "FILE", "--time-limit", "1", "--memory-limit", "600"), "masks"),
    "audit": (("audit", "FILE", "--time-limit", "1", "--total-time", "1", "--no-advice"), "masks tensors"),
    "audit --names": (("audit", "lu:2", "--names", "FILE", "--no-advice", "--time-limit", "1"), "names"),
    "verify": (("verify", "FILE"), "certificate"),
    "verify --pattern": (("verify", "FILE", "--pattern", "lu:3"), "certificate"),
    "explain": (("explain", "FILE", "--time-limit", "1"), "certificate masks"),
    "witness": (("witness", "FILE", "--time-limit", "1"), "certificate masks"),
    "dataset": (("dataset", "FILE", "--time-limit", "1"), "certificate masks"),
    "suggest --near": (("suggest", "--near", "FILE", "--seconds", "1", "--time-limit", "1"), "masks"),
    "optima": (("optima", "--lambda", "1/10", "FILE", "--time-limit", "2"), "data"),
    "optima --tolerance": (
        ("optima", "--lambda", "1", "FILE", "--tolerance", "1/8", "--time-limit", "2"),
        "data",
    ),
    "train-exact": (("train-exact", "FILE", "--pattern", "1*11", "--time-limit", "2"), "data"),
    "stability": (("stability", "FILE", "FILE"), "network"),
    "stability --tolerance": (("stability", "FILE", "FILE", "--tolerance", "1/8"), "network"),
    "eliminate": (("eliminate", "FILE", "--variables", "x", "--row-limit", "500"), "system"),
    "eliminate x1": (("eliminate", "FILE", "--variables", "x1", "--row-limit", "500", "--json"), "system"),
    "export --target": (("export", "lu:2", "--sentence", "membership", "--target", "FILE"), "matrix"),
    "export --data": (("export", "lu:2", "--sentence", "relu-data", "--data", "FILE"), "matrix"),
    "atlas stats": (("atlas", "stats", "--store", "FILE"), "store masks"),
    "atlas show": (("atlas", "show", "lu:2", "--store", "FILE"), "store"),
}

#: Commands that read a word; WORD stands for it.
ON_WORDS: dict[str, tuple[str, ...]] = {
    "check WORD": ("check", "WORD", "--time-limit", "1"),
    "witness --t": ("witness", "lu:2", "--t", "WORD"),
    "suggest --density": ("suggest", "4x4x4", "--density", "WORD", "--time-limit", "1"),
    "suggest WIDTHS": ("suggest", "WORD", "--time-limit", "1"),
    "optima --lambda": ("optima", "--lambda", "WORD", str(CORPUS / "plain.data.json"), "--time-limit", "2"),
    "train-exact --level": ("train-exact", str(CORPUS / "plain.data.json"), "--level", "WORD"),
    "stability --k": ("stability", "--pathology", "exploding", "--k", "WORD"),
    "eliminate --variables": ("eliminate", str(CORPUS / "plain.system.txt"), "--variables", "WORD"),
    "export --target": ("export", "lu:2", "--sentence", "membership", "--target", "WORD"),
    "audit --chain": ("audit", "lu:2", "--chain", "WORD", "--no-advice", "--time-limit", "1"),
    "atlas build": ("atlas", "build", "--widths", "WORD", "--store", "/dev/null/none", "--jobs", "1"),
}

#: Words to begin with, and pieces that are put into words and files.
WORDS = (
    *("lu:3", "dense:4x3x2", "butterfly:8", "monarch:4x2", "kronecker:1,2,2,2*2,2,2,1", "nm:2:4:8x8x8:7"),
    *("random:4x4x4:0.5:7", "10/11*11/01", "1/2,0.01", "0.1", "1/100", "1x2x3:2,4", "x,y", "[[0,1],[1,0]]"),
    *("2", "3x3x3", "layer0,layer1", "1e-6"),
)
PIECES = (
    *(
        "1e999999999",
        "1e-999999999",
        "-0",
        "0",
        "NaN",
        "Infinity",
        "-1",
        "1/0",
        "9" * 30,
        "9" * 5000,
        "2147483648",
    ),
    *(
        "[",
        "]",
        "{",
        "}",
        "[[",
        '"',
        ",",
        ":",
        "/",
        "*",
        "\\",
        "\n",
        "\t",
        " ",
        "\0",
        "\x1b[2J",
        "\u202e",
        "é",
        "🙂",
    ),
    *(
        "true",
        "null",
        '"rule"',
        '"proof"',
        '"claim"',
        '"masks"',
        "1e5",
        "0.5",
        "-",
        "+",
        "(",
        ")",
        "let",
        "exists",
    ),
    *(
        "begin",
        "end",
        "linearity",
        "integer",
        "rational",
        "x",
        "<=",
        "=",
        "not",
        "and",
        "|",
        ";",
        "!",
        "x^999999",
    ),
)


def spoiled(data: bytes, source: random.Random, others: Sequence[bytes]) -> bytes:
    """Return the data with one to six faults."""
    for _ in range(source.choice((1, 1, 2, 3, 6))):
        at = source.randrange(len(data) + 1)
        end = min(len(data), at + source.choice((1, 1, 2, 4, 16, 64)))
        match source.randrange(7):
            case 0:
                data = data[:at] + bytes([source.randrange(256)]) + data[at + 1 :]
            case 1:
                data = data[:at] + data[end:]
            case 2:
                data = data[:end] + data[at:end] * source.choice((1, 2, 50)) + data[end:]
            case 3:
                data = data[:at] + source.choice(PIECES).encode() + data[at:]
            case 4:
                data = data[:at] + source.choice(PIECES).encode() + data[end:]
            case 5:
                other = source.choice(others)
                data = data[:at] + other[source.randrange(len(other) + 1) :][:200] + data[end:]
            case _:
                data = data[:at]
    return data


def run_command(arguments: Sequence[str]) -> int:
    """Run a command in this process, and return its exit status."""
    from semialg.cli.group import cli

    try:
        cli.main(list(arguments), prog_name="semialg")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    return 0


def readers() -> dict[str, Callable[[str], object]]:
    """Return the readers of texts that no command reads from a file."""
    from semialg.logic.infix import parse_formula, parse_polynomial
    from semialg.logic.smtlib_reader import parse_smtlib
    from semialg.solvers.values import parse_number

    return {
        "parse_formula": parse_formula,
        "parse_polynomial": parse_polynomial,
        "parse_smtlib": parse_smtlib,
        "parse_number": parse_number,
    }


def run_reader(read: Callable[[str], object], text: str) -> int:
    """Return 0, or 2 where the reader refuses the text as it should."""
    from semialg.errors import SemialgError

    try:
        read(text)
    except SemialgError:
        return 2
    return 0


def in_fork(action: Callable[[], int]) -> tuple[int | None, str]:
    """Return the status of an action run in a fork (None: killed or too slow), and what went wrong."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.dup2(writing, 2)
        sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb"), encoding="utf-8", errors="backslashreplace")
        sys.stderr = os.fdopen(2, "w", errors="backslashreplace")
        status = 70
        try:
            status = action()
        except BaseException:  # noqa: BLE001 - whatever comes out here is what is looked for
            traceback.print_exc()
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)
    os.close(writing)
    told, deadline = bytearray(), time.monotonic() + MOST_SECONDS
    while select.select([reading], [], [], max(deadline - time.monotonic(), 0))[0]:
        piece = os.read(reading, 1 << 16)
        if not piece:
            break
        told += piece[: max((1 << 18) - len(told), 0)]
    os.close(reading)
    if time.monotonic() >= deadline:
        os.killpg(child, signal.SIGKILL)
    _, result = os.waitpid(child, 0)
    status = os.waitstatus_to_exitcode(result)
    text = told.decode("utf-8", "replace")
    return (None if status < 0 else status), text


def bad(status: int | None, told: str) -> str:
    """Return what is wrong with an outcome; an empty text if nothing is."""
    if status is None:
        return "killed or too slow"
    if status not in {0, 1, 2, 3, 4, 5, 6}:
        return f"status {status}"
    if "Traceback" in told or "fault of semialg" in told:
        return "traceback"
    strange = next((c for c in told if not c.isprintable() and c not in "\n\r\t"), "")
    return f"prints {strange!r}" if strange else ""


def seeds() -> dict[str, list[Path]]:
    """Return the files of the corpus by their kind: NAME.KIND.EXTENSION."""
    found: dict[str, list[Path]] = collections.defaultdict(list)
    for path in sorted(CORPUS.iterdir()):
        kind = path.name.split(".")[1]
        found[kind].append(path)
    return found


def case(
    name: str, source: random.Random, files: dict[str, list[Path]], work: Path
) -> tuple[Callable[[], int], bytes]:
    """Return a case of a command or a reader, and its input."""
    if name in ON_WORDS:
        words = [word.encode() for word in WORDS]
        word = spoiled(source.choice(words), source, words).replace(b"\0", b"")
        text = os.fsdecode(word)
        arguments = [text if part == "WORD" else part for part in ON_WORDS[name]]
        return (lambda: run_command(arguments)), word
    kinds = ON_FILES[name][1].split() if name in ON_FILES else ["formula"]
    suited = [path for kind in kinds for path in files[kind]]
    chosen = source.choice(suited)
    everything = [path.read_bytes() for paths in files.values() for path in paths]
    data = spoiled(chosen.read_bytes(), source, everything)
    if name not in ON_FILES:
        text = data.decode("utf-8", "replace")
        return (lambda: run_reader(readers()[name], text)), data
    path = work / f"input{chosen.suffix}"
    path.write_bytes(data)
    arguments = [str(path) if part == "FILE" else part for part in ON_FILES[name][0]]
    return (lambda: run_command(arguments)), data


def load_everything() -> None:
    """Import all modules here, once, and not in every fork."""
    import semialg

    for module in pkgutil.walk_packages(semialg.__path__, "semialg."):
        if not any(
            part in module.name for part in (".torch", ".plot", ".experiments", "__main__", "ray_program")
        ):
            importlib.import_module(module.name)


def main() -> int:
    """Fuzz for some minutes and print how many cases each command saw, and what ended badly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="a part of the names of the commands")
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"))
    parser.add_argument("--work", type=Path, default=Path("fuzz-work"))
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    load_everything()
    source, files = random.Random(given.seed), seeds()
    names = [name for name in (*ON_FILES, *ON_WORDS, *readers()) if given.only in name]
    counts: collections.Counter[tuple[str, str]] = collections.Counter()
    start = time.monotonic()
    while time.monotonic() < start + 60 * given.minutes:
        name = source.choice(names)
        action, data = case(name, source, files, given.work)
        status, told = in_fork(action)
        wrong = bad(status, told)
        counts[name, wrong or f"status {status}"] += 1
        if wrong:
            given.found.mkdir(parents=True, exist_ok=True)
            key = f"{name.replace(' ', '_')}-{hashlib.sha256(data).hexdigest()[:10]}"
            (given.found / f"{key}.input").write_bytes(data)
            (given.found / f"{key}.told").write_text(f"{wrong}\n{told}", errors="backslashreplace")
            print(
                f"{name}: {wrong}: {told.strip().splitlines()[-1][:200] if told.strip() else ''}", flush=True
            )
    for (name, outcome), count in sorted(counts.items()):
        print(f"{count:8}  {name:24} {outcome}")
    print(f"{counts.total():8}  cases in {(time.monotonic() - start) / 60:.1f} minutes")
    return 1 if any(not outcome.startswith("status ") for _, outcome in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
