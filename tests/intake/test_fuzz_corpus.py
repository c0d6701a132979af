"""The corpus of the fuzz program: every input ends with a status and a sentence, spoiled or not."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).parent / "fuzz.py"
sys.path.insert(0, str(FUZZ.parent))
import fuzz  # noqa: E402 - it is a program beside this file

sys.path.pop(0)


@pytest.mark.parametrize("path", sorted(fuzz.CORPUS.iterdir()), ids=lambda path: path.name)
def test_every_input_of_the_corpus_is_answered(path):
    kind = path.name.split(".")[1]
    slow = ("optima", "suggest", "train-exact", "check, limited")
    suited = [
        n for n, (_, kinds) in fuzz.ON_FILES.items() if kind in kinds.split() and not n.startswith(slow)
    ]
    for name in suited[:2]:
        called = [str(path) if part == "FILE" else part for part in fuzz.ON_FILES[name][0]]
        status, told = fuzz.in_fork(lambda called=called: fuzz.run_command(called))
        assert fuzz.bad(status, told) == "", (name, told)


def test_spoiled_inputs_differ_and_are_the_same_again():
    data = b'{"masks": [[[1]]]}'
    first = [fuzz.spoiled(data, random.Random(seed), [data]) for seed in range(50)]
    again = [fuzz.spoiled(data, random.Random(seed), [data]) for seed in range(50)]
    assert first == again
    assert len(set(first)) > 30


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("raise RuntimeError('here')", "status 70"),
        ("import os; os.kill(os.getpid(), 9)", "killed or too slow"),
        ("import sys; sys.stderr.write('Traceback'); sys.stderr.flush()", "traceback"),
        ("import sys; sys.stderr.write(chr(27)); sys.stderr.flush()", "prints"),
    ],
)
def test_the_fuzz_program_notices_what_ends_badly(action, said):
    def run() -> int:
        exec(action)  # noqa: S102
        return 0

    assert fuzz.bad(*fuzz.in_fork(run)).startswith(said)


@pytest.mark.slow
def test_a_minute_of_fuzzing_finds_nothing(tmp_path):
    arguments = [sys.executable, str(FUZZ), "--minutes", "1", "--seed", "3"]
    done = subprocess.run(
        [*arguments, "--found", str(tmp_path / "found"), "--work", str(tmp_path / "work")],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout
