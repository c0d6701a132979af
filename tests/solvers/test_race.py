"""The portfolio against backends that answer, lie, hang, crash, eat memory, fork and print garbage."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from semialg.errors import BackendError, BackendMissingError, DisagreementError, FormulaError
from semialg.logic.answer import Answer
from semialg.logic.infix import parse_formula
from semialg.solvers.backend import Availability, require
from semialg.solvers.executable import SmtLibProgram
from semialg.solvers.portfolio import Portfolio, default_portfolio
from semialg.solvers.race import Attempt, run_race

if TYPE_CHECKING:
    from collections.abc import Callable

QUESTION = parse_formula("x > 0 and x y = 1")
EVERY_LOGIC = frozenset({"QF_LRA", "QF_NRA", "LRA", "NRA"})
LONG = 60.0


@dataclass(frozen=True)
class Fake:
    """A backend whose answer is whatever a function returns, given the seed."""

    name: str
    behave: Callable[[int], Answer]
    logics: frozenset[str] = EVERY_LOGIC
    uses_seed: bool = True
    install_command: str = field(default="wish for it", repr=False)

    def availability(self) -> Availability:
        return Availability(True, "1", "imagined")

    def decide(self, formula, *, time_limit=None, memory_limit=None, seed=0) -> Answer:  # noqa: ARG002
        return self.behave(seed)


def says(status, transcript="") -> Callable[[int], Answer]:
    return lambda _seed: Answer(
        status, {}, "tired" if status == "unknown" else "", "fake", "1", 0.1, transcript
    )


def hang(seed: int) -> Answer:
    time.sleep(LONG)
    return Answer("unknown")


def crash(seed: int) -> Answer:
    os.abort()


def complain(seed: int) -> Answer:
    raise BackendError("ouch")


def late(status: str, seconds: float) -> Callable[[int], Answer]:
    def behave(seed: int) -> Answer:
        time.sleep(seconds)
        return says(status)(seed)

    return behave


def race(*backends: Fake, **extra) -> Answer:
    return run_race([Attempt(b, QUESTION) for b in backends], **{"time_limit": LONG, "workers": 4, **extra})


def gone(file: Path) -> bool:
    status = Path(f"/proc/{int(file.read_text())}/status")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if not status.exists() or "State:\tZ" in status.read_text():
            return True
        time.sleep(0.01)
    return False


# ---------------------------------------------------------------------- the race


@pytest.mark.parametrize("bad", [hang, crash, complain, says("unknown")])
@pytest.mark.parametrize("workers", [1, 2])
def test_one_good_backend_is_enough(bad, workers):
    answer = race(Fake("bad", bad), Fake("good", says("unsat")), workers=workers)
    assert (answer.status, answer.backend) == ("unsat", "good (seed 0)")


def test_the_others_are_killed_with_all_they_have_started(tmp_path):
    def breed(seed: int) -> Answer:
        if os.fork() == 0:
            (tmp_path / "new").write_text(str(os.getpid()))
            (tmp_path / "new").rename(tmp_path / "grandchild")
            time.sleep(LONG)
        return hang(seed)

    def wait_for_it(seed: int) -> Answer:
        while not (tmp_path / "grandchild").exists():
            time.sleep(0.01)
        return says("sat")(seed)

    assert race(Fake("breeder", breed), Fake("good", wait_for_it)).status == "sat"
    assert gone(tmp_path / "grandchild")


def test_contradiction_is_an_error_that_keeps_both_transcripts():
    # They wait for a second opinion, so both are heard whoever is first.
    with pytest.raises(DisagreementError) as caught:
        race(
            Fake("yes", says("sat", "YES TRANSCRIPT")),
            Fake("no", says("unsat", "NO TRANSCRIPT")),
            second_opinion=True,
        )
    text = str(caught.value)
    assert "yes (seed 0) says sat" in text
    assert "no (seed 0) says unsat" in text
    assert "YES TRANSCRIPT" in text
    assert "NO TRANSCRIPT" in text


def test_a_second_opinion_comes_from_another_backend():
    same = [Attempt(Fake("same", says("sat")), QUESTION, seed) for seed in range(3)]
    alone = run_race(same, time_limit=LONG, second_opinion=True)
    assert alone.status == "sat"
    assert "no second backend confirmed it" in alone.reason
    other = Attempt(Fake("other", late("sat", 0.2)), QUESTION)
    both = run_race([*same, other], time_limit=LONG, second_opinion=True)
    assert both.backend == "same (seed 0) and other (seed 0)"
    assert both.reason == ""


def test_a_second_opinion_that_never_comes_does_not_lose_the_first(patiently):
    def attempt(limit: int) -> bool:
        answer = race(Fake("quick", says("unsat")), Fake("slow", hang), second_opinion=True, time_limit=limit)
        assert answer.status == "unknown" or "no second backend confirmed it" in answer.reason
        return answer.status == "unsat"

    patiently(attempt)


def test_a_lucky_seed_is_found_behind_unlucky_ones():
    backend = Fake("moody", lambda seed: says("sat")(seed) if seed == 5 else hang(seed))
    attempts = [Attempt(backend, QUESTION, seed) for seed in range(6)]
    answer = run_race(attempts, time_limit=LONG, workers=1, first_slice=0.2)
    assert answer.backend == "moody (seed 5)"


def test_an_attempt_gets_more_time_in_the_next_pass():
    answer = race(Fake("slow", late("sat", 0.8)), first_slice=0.2)
    assert answer.status == "sat"
    assert "no answer in 0.2 s" in answer.transcript


def test_no_answer_says_what_became_of_everybody(patiently):
    backends = Fake("sleepy", hang), Fake("shy", says("unknown")), Fake("ill", complain)

    def attempt(limit: int) -> bool:
        answer = race(*backends, time_limit=limit)
        assert answer.status == "unknown"
        for text in ("the time limit was reached", "sleepy (seed 0)", "shy (seed 0)", "ill (seed 0)"):
            assert text in answer.reason
        return "shy (seed 0): unknown" in answer.reason and "ill (seed 0): failed: ouch" in answer.reason

    patiently(attempt)


def test_if_everybody_fails_it_is_an_error():
    with pytest.raises(BackendError, match="ouch"):
        race(Fake("one", complain), Fake("two", complain))
    with pytest.raises(BackendError, match="SIGABRT"):
        race(Fake("one", crash))


def test_the_fault_of_a_question_is_not_blamed_on_a_backend():
    def refuse(seed: int) -> Answer:
        raise FormulaError("what is a blorp")

    with pytest.raises(FormulaError, match="blorp"):
        race(Fake("any", refuse), Fake("sleepy", hang))


def test_no_time_is_an_answer_and_no_attempt_is_an_error():
    assert "before the work began" in race(Fake("any", says("sat")), time_limit=0).reason
    assert "before the work began" in race(Fake("any", says("sat")), memory_limit=0).reason
    for extra in ({"workers": 0}, {"first_slice": 0.0}):
        with pytest.raises(BackendError, match="expected"):
            race(Fake("any", says("sat")), **extra)
    with pytest.raises(BackendError, match="no backend handles"):
        run_race([], time_limit=1)


def test_a_portfolio_leaves_out_who_does_not_know_the_logic_and_seeds_that_change_nothing():
    linear = Fake("linear", says("sat"), frozenset({"QF_LRA"}))
    steady = Fake("steady", says("sat"), uses_seed=False)
    moody = Fake("moody", says("sat"))
    labels = [a.label for a in Portfolio((linear, steady, moody), seeds=(0, 1)).attempts({"": QUESTION})]
    assert labels == ["steady", "moody (seed 0)", "moody (seed 1)"]
    encodings = {"norm": QUESTION, "entry": QUESTION}
    labels = [a.label for a in Portfolio((steady, moody), seeds=(7,)).attempts(encodings)]
    assert labels == ["steady (norm)", "moody (seed 7, norm)", "steady (entry)", "moody (seed 7, entry)"]


def test_the_installed_backends_agree_on_an_exact_model():
    answer = default_portfolio(second_opinion=True).decide(
        parse_formula("3 x = 1 and y = x^2"), time_limit=LONG
    )
    assert answer.status == "sat"
    assert answer.model == {"x": Fraction(1, 3), "y": Fraction(1, 9)}


# ---------------------------------------------------------------------- programs that misbehave


def program(code: str, **extra) -> SmtLibProgram:
    return SmtLibProgram("fake", (sys.executable, "-c", code), **extra)


READ = "import re, sys; text = sys.stdin.read()\n"


def test_a_program_that_behaves():
    good = program(READ + "print('sat'); print('((x 2.0) (y (/ 1 2)))')")
    answer = good.decide(QUESTION, time_limit=LONG)
    assert (answer.status, answer.model) == ("sat", {"x": Fraction(2), "y": Fraction(1, 2)})
    assert answer.reason == ""
    error = "if 'get-value' in text: print('(error \"no model\")'); sys.exit(1)"
    no = program(READ + f"print('unsat')\n{error}").decide(QUESTION)
    assert (no.status, no.model) == ("unsat", {})
    wrong = program(READ + "print('unsat'); print('(error \"no model\")'); sys.exit(1)").decide(QUESTION)
    assert (wrong.status, wrong.model) == ("unknown", {})
    assert "fake answered unsat, which is not taken" in wrong.reason
    maybe = program(READ + "print('unknown')").decide(QUESTION)
    assert (maybe.status, maybe.reason) == ("unknown", "fake gave no reason")


def test_file_and_seed_are_put_in_their_places():
    code = (
        "import sys; text = open(sys.argv[1]).read(); assert '(check-sat)' in text and 'QF_NRA' in text;"
        "print('sat\\n((x 1) (y 1))' if sys.argv[2] == '--seed=7' else 'unsat')"
    )
    backend = SmtLibProgram("fake", (sys.executable, "-c", code, "{file}", "--seed={seed}"))
    assert backend.uses_seed
    assert backend.decide(QUESTION, seed=7).status == "sat"
    assert backend.decide(QUESTION, seed=8).status == "unsat"


def test_a_model_that_does_not_satisfy_the_formula_is_an_error():
    liar = program(READ + "print('sat'); print('((x 2) (y 2))')")
    with pytest.raises(BackendError, match=r"does not satisfy the formula(.|\n)*\(check-sat\)"):
        liar.decide(QUESTION, time_limit=LONG)


@pytest.mark.parametrize(
    "value", ["1.414213?", "(root-obj (+ (^ x 2) (- 2)) 3)", "(/ 1 0)", "(f 1 2)", "0x1F", "()"]
)
def test_a_value_that_cannot_be_read_is_left_out_and_said(value):
    backend = program(READ + f"print('sat'); print('((x {value}) (y 1))')")
    answer = backend.decide(QUESTION, time_limit=LONG)
    assert (answer.status, answer.model) == ("sat", {})
    assert "the model is left out" in answer.reason


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "satisfiable",
        "SAT",
        "sat\nunsat",
        '(error "sat")',
        "sat",
        "sat\n((x 1",
        "sat\n((x 1)))",
        "sat\n((x 1))",
        "\ufffd\x00\x1b[31m",
        "()" * 100_000,
        "(" * 200_000,
    ],
    ids=lambda reply: repr(reply[:12]),
)
def test_garbage_is_an_error_and_never_an_answer(reply, tmp_path):
    (tmp_path / "reply").write_text(reply, encoding="utf-8")
    with pytest.raises(BackendError, match=r"fake|reply"):
        SmtLibProgram("fake", ("cat", str(tmp_path / "reply"))).decide(QUESTION, time_limit=LONG)


def test_deep_garbage_inside_a_model_is_an_error():
    for opening in ("(", "(- "):
        code = READ + f"print('sat'); print('((x ' + {opening!r} * 100000 + '1' + ')' * 100000 + ') (y 1))')"
        answer = program(code).decide(QUESTION, time_limit=LONG)
        assert answer.status == "sat"
    assert answer.model == {} or answer.reason == ""


def test_programs_that_hang_crash_and_eat_memory():
    hanging = program("import time; time.sleep(60)").decide(QUESTION, time_limit=0.5)
    assert (hanging.status, hanging.reason) == (
        "unknown",
        f"the time limit of 0.5 s was reached by {Path(sys.executable).name}",
    )
    eating = program("x = []\nwhile True: x.append(bytearray(1 << 20))").decide(QUESTION, memory_limit=400)
    assert eating.status == "unknown"
    assert "memory limit of 400 MB" in eating.reason
    with pytest.raises(BackendError, match="SIGABRT"):
        program("print('sat', flush=True); import os; os.abort()").decide(QUESTION, time_limit=LONG)


def test_a_missing_program_names_the_command_that_installs_it():
    absent = SmtLibProgram("absent", ("no-such-solver-anywhere",), "make absent")
    assert not absent.availability().available
    for attempt in (lambda: require(absent), lambda: absent.decide(QUESTION)):
        with pytest.raises(
            BackendMissingError, match=r"absent is not installed .*; install it with: make absent$"
        ):
            attempt()


def test_the_answer_survives_json_free_text():
    nasty = program(
        READ + "print('unknown'); sys.stderr.write('\\x00\\ud83d'.encode('utf-8', 'replace').decode())"
    )
    assert json.dumps(nasty.decide(QUESTION).transcript)
