"""Replay the shipped atlas in Coq's kernel: one theorem for each certificate.

    python benchmarks/replay_atlas_in_kernel.py [--every N] [--chunk N]

Says how many of the certificates are theorems and which rules the theory lacks; fails if it lacks one, or if
the kernel refuses a theorem. The axioms of every checker are printed by `make -C proofs/kernel axioms`.
"""

from __future__ import annotations

import argparse
import collections
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from semialg.atlas.lookup import SHIPPED
from semialg.atlas.store import Store
from semialg.checker import BitMask
from semialg.formal.terms import Unsupported
from semialg.formal.theorem import HEAD, goal_of
from semialg.formal.theory import compiled_theory, find_coq


def masks_of(pattern: str) -> list[BitMask]:
    factors = [factor.split("/") for factor in pattern.split("*")]
    return [BitMask(tuple(int(row[::-1], 2) for row in rows), len(rows[0])) for rows in factors]


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--every", type=int, default=1)
    options.add_argument("--chunk", type=int, default=400)
    arguments = options.parse_args()
    coq = find_coq()
    theory = compiled_theory(coq, print)
    theorems: list[tuple[str, str]] = []
    missing: collections.Counter[str] = collections.Counter()
    total = 0
    with Store(SHIPPED) as store:
        for entry in store.entries():
            if entry.verdict == "unknown":
                continue
            total += 1
            if total % arguments.every:
                continue
            try:
                goal = goal_of(
                    {"claim": {"kind": entry.verdict}, "proof": entry.certificate["proof"]},
                    masks_of(entry.pattern),
                )
            except Unsupported as error:
                missing[error.rule] += 1
                continue
            theorems.append((entry.pattern, goal.theorem(f"atlas_{total}")))
    refused = 0
    for first in range(0, len(theorems), arguments.chunk):
        chunk = theorems[first : first + arguments.chunk]
        refused += _prove(theory, HEAD, chunk)
    rules = ", ".join(f"{rule} {count}" for rule, count in missing.most_common()) or "none"
    proved = len(theorems) - refused
    print(f"{proved} of {total // arguments.every} are theorems; refused {refused}; missing rules: {rules}")
    return 1 if refused or missing else 0


def _prove(theory: Path, head: str, theorems: list[tuple[str, str]]) -> int:
    """Return how many the kernel refuses; a refused one is left out and the rest tried again."""
    refused = 0
    while theorems:
        with tempfile.TemporaryDirectory() as folder:
            starts: list[int] = []
            text = head
            for _, theorem in theorems:
                starts.append(text.count("\n") + 1)
                text += theorem
            Path(folder, "Replay.v").write_text(text, encoding="utf-8")
            done = subprocess.run(
                ["coqc", "-q", "-Q", str(theory), "Semialg", "Replay.v"],
                cwd=folder,
                capture_output=True,
                text=True,
            )
        if done.returncode == 0:
            break
        line = int(re.search(r"line (\d+)", done.stderr)[1])
        at = sum(start <= line for start in starts) - 1
        print(f"refused: {theorems[at][0]}\n  {done.stderr.strip()[:400]}")
        refused += 1
        theorems = theorems[at + 1 :]
    return refused


if __name__ == "__main__":
    sys.exit(main())
