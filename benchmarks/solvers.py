"""The same questions for z3, cvc5 and semialg, each with a limit of 60 s.

    python benchmarks/solvers.py [SECONDS]

The solvers get "E is not closed" as one sentence (entrywise, and with the norm as in Lemma 3.3 of the paper),
and for fixed targets "the target is a product" and "the target is a limit of products". semialg finds target,
curve and proof, and its checker re-verifies them; the time is that of the whole.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from semialg.certificates.obstruction import obstruction_of
from semialg.logic.sentences import closure_membership, counterexample, membership
from semialg.pattern.pattern import Pattern
from semialg.solvers.catalog import backend_named
from semialg.verdict import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from semialg.logic.formula import Formula

SOLVERS = ("z3", "cvc5")
PATTERNS = ("lu:2", "lu:3", "10/11/01*11/11", "dense:2x2x2")


def questions(pattern: Pattern) -> Iterator[tuple[str, Formula]]:
    yield "not closed, entries", counterexample(pattern, "entry")
    if pattern.widths[0] == 2:
        # Beyond this size the form of Lemma 3.3 only repeats the time-outs.
        yield "not closed, norm", counterexample(pattern, "norm")
    certificate = check(pattern).certificate
    found = obstruction_of(certificate.proof, pattern) if certificate else None
    if found is not None and check(pattern).verdict == "not_closed":
        target = found.padded_target(pattern)
        yield "our target: a product?", membership(pattern, target)
        yield "our target: a limit?", closure_membership(pattern, target, "entry")


def main() -> None:
    limit = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    versions = ", ".join(f"{name} {backend_named(name).availability().version}" for name in SOLVERS)
    print(f"{versions}; limit {limit:g} s, seed 0")
    print(f"{'pattern':20} {'question':24}" + "".join(f"{name:>20}" for name in (*SOLVERS, "semialg")))
    for name in PATTERNS:
        pattern = Pattern.parse(name)
        start = time.perf_counter()
        verdict = check(pattern, time_limit=limit)
        ours = f"{verdict.verdict} {time.perf_counter() - start:.2f} s"
        for asked, formula in questions(pattern):
            cells = []
            for solver in SOLVERS:
                start = time.perf_counter()
                answer = backend_named(solver).decide(formula, time_limit=limit, seed=0)
                cells.append(f"{answer.status} {time.perf_counter() - start:.2f} s")
            print(f"{name:20} {asked:24}" + "".join(f"{cell:>20}" for cell in (*cells, ours)), flush=True)


if __name__ == "__main__":
    main()
