"""Coq for the tests: the compiled theory, built once; without coqc the tests that need it are skipped."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from semialg.formal.theory import compiled_theory, find_coq

if TYPE_CHECKING:
    from pathlib import Path

#: Whether a goal with this proof term is accepted, for several at once.
Ask = Callable[[str, list[tuple[str, str]]], list[bool]]


@pytest.fixture(scope="session")
def theory() -> Path:
    if shutil.which("coqc") is None:
        pytest.skip("coqc is not installed (Debian: apt-get install coq)")
    return compiled_theory(find_coq(), print)


@pytest.fixture(scope="session")
def ask(theory: Path, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Ask the kernel about many claims in one run: each is proved, or its proof fails."""

    def asked(head: str, goals: list[tuple[str, str]]) -> list[bool]:
        folder = tmp_path_factory.mktemp("coq")
        lines = [head]
        for at, (claim, applied) in enumerate(goals):
            lines.append(
                f"Goal {claim}. Proof. first [ solve [apply ({applied}); vm_compute; reflexivity]; "
                f'idtac "answer {at} yes" | idtac "answer {at} no" ]. Abort.'
            )
        (folder / "Asked.v").write_text("\n".join(lines), encoding="utf-8")
        done = subprocess.run(
            ["coqc", "-q", "-Q", str(theory), "Semialg", "Asked.v"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answers = dict(line.split()[1:] for line in done.stdout.split("\n") if line.startswith("answer "))
        return [answers[str(at)] == "yes" for at in range(len(goals))]

    return asked
