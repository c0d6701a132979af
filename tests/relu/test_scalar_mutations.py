"""Every single-place change of a certificate about scalar networks is rejected, or true by enumeration."""

from __future__ import annotations

import json
import runpy
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from semialg.checker import Unreadable, check
from semialg.pattern.pattern import Pattern
from semialg.relu.scalar.local import cell_matrices
from semialg.relu.scalar.network import Architecture, DataSet
from semialg.relu.scalar.problem import Problem

ROOT = Path(__file__).parents[2]
ACCEPT = ROOT / "proofs" / "accept"
NAMES = sorted(path.name for path in ACCEPT.glob("scalar-*.json"))
mutations = runpy.run_path(str(ROOT / "tests/checker/test_checker_mutations.py"))["mutations"]
TRAINING = runpy.run_path(str(Path(__file__).with_name("test_scalar_training.py")))
local_optimum = TRAINING["local_optimum"]

KNOWN: dict[str, dict[Any, float]] = {}
NEAR = 1e-5


def optima(claim: Any, masks: Any) -> dict[Any, float]:
    """Return the least loss of every sign vector and tuple of cells, in floating point."""
    task = [claim[key] for key in ("points", "targets", "loss", "hidden_bias", "output_bias")]
    key = json.dumps([masks, *task])
    if key not in KNOWN:
        points, targets, loss, hidden_bias, output_bias = task
        architecture = Architecture.of(Pattern(masks), hidden_bias=hidden_bias, output_bias=output_bias)
        problem = Problem(architecture, DataSet.build(points, targets), loss)
        y = np.array([float(v) for v in problem.data.targets])
        KNOWN[key] = {}
        for signs in product((1, -1), repeat=len(problem.features)):
            for cells in product(*problem.cells):
                outputs, rows = (np.array(m, dtype=float) for m in cell_matrices(problem, signs, cells))
                # Without any parameter, or any inequality, one that changes nothing.
                outputs = outputs if outputs.size else np.zeros((len(y), 1))
                rows = rows if rows.size else np.zeros((1, outputs.shape[1]))
                KNOWN[key][signs, cells] = local_optimum(loss, outputs, rows, y)
    return KNOWN[key]


def is_true(claim: Any) -> bool:
    number = TRAINING["Fraction"]
    if number(claim.get("bound", 1)) <= 0:
        return True
    if claim["kind"] == "scalar_level":
        (_, hidden, inputs), (outer, inner) = claim["widths"], claim["ones"]
        least = min(
            min(optima(claim, [[list(first)], np.reshape(flat, (hidden, inputs)).tolist()]).values())
            for first in product((0, 1), repeat=hidden)
            for flat in product((0, 1), repeat=hidden * inputs)
            if sum(first) <= outer and sum(flat) <= inner
        )
        return number(claim["bound"]) <= least + NEAR
    losses = optima(claim, claim["masks"])
    if claim["kind"] == "scalar_optimum":
        return number(claim["bound"]) <= min(losses.values()) + NEAR
    value = float(number(claim["value"]))
    wanted = {key for key, loss in losses.items() if loss < value + NEAR}
    listed = {
        (tuple(cell["signs"]), tuple(sum(1 << p for p in set(active)) for active in cell["active"]))
        for cell in claim["cells"]
    }

    def unordered(cells: Any) -> Any:
        """Units with the same inputs and output may be exchanged."""
        kinds = [(first, *row) for first, row in zip(claim["masks"][0][0], claim["masks"][1], strict=True)]
        return {tuple(sorted(zip(kinds, signs, actives, strict=True))) for signs, actives in cells}

    return abs(value - min(losses.values())) < NEAR and unordered(wanted) == unordered(listed)


@pytest.mark.parametrize("name", NAMES)
def test_changed_certificates_are_rejected_or_true(name: str) -> None:
    document = json.loads((ACCEPT / name).read_text())
    assert is_true(document["claim"])
    total = accepted = 0
    for changed in mutations(document):
        total += 1
        try:
            status = check(json.dumps(changed)).status
        except Unreadable:
            continue
        if status == "valid":
            accepted += 1
            assert is_true(changed["claim"]), changed
    assert total > accepted
    assert total > 100
