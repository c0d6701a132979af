"""A reply that holds more than an answer is doubtful; no answer stands without the name of its solver."""

from __future__ import annotations

import sys

import pytest

from semialg.algebra.polynomial import Polynomial
from semialg.errors import BackendError
from semialg.logic.formula import Atom, exists
from semialg.logic.infix import parse_formula
from semialg.sets import SemialgebraicSet
from semialg.solvers.cvc5_backend import Cvc5
from semialg.solvers.executable import SmtLibProgram
from semialg.solvers.qepcad_backend import Qepcad
from semialg.solvers.z3_backend import Z3

NULLIFIED = "a^2 + b^2 = 0 and z > x and z^3 + 2(b + x^3) - 3 z (a + x^2) < 0"
FALSE = parse_formula("x^2 < 0 and x > y")
LONG = 120.0


def installed(*backends):
    return [backend for backend in backends if backend.availability().available]


def program(tmp_path, reply: str, status: int = 0, complaint: str = "") -> SmtLibProgram:
    """Return a solver that answers every script alike, but values with an error unless the answer is sat."""
    path = tmp_path / "solver.py"
    path.write_text(
        "import sys\n"
        "text = sys.stdin.read()\n"
        f"print({reply!r})\n"
        f"sys.stderr.write({complaint!r})\n"
        f"wanted = 'get-value' in text and {reply!r} != 'sat'\n"
        "print('(error \"no model\")') if wanted else None\n"
        f"sys.exit(1 if wanted else {status})\n"
    )
    return SmtLibProgram("fake", (sys.executable, str(path)))


def test_an_error_beside_the_formula_of_qepcad_is_doubted():
    if not installed(Qepcad()):
        pytest.skip("qepcad is not installed")
    # a = b = z = 0 and x = -1 satisfy it; the projection of McCallum misses them.
    answer = Qepcad().decide(parse_formula(NULLIFIED), time_limit=LONG)
    assert answer.status == "sat"
    assert "qepcad" in answer.reason
    assert SemialgebraicSet.parse(NULLIFIED).is_empty(solver=Qepcad()).holds is not True


@pytest.mark.parametrize("backend", installed(Z3(), Cvc5(), Qepcad()), ids=lambda backend: backend.name)
def test_every_unsat_names_its_solver(backend):
    answer = backend.decide(parse_formula("x > y and y > x + 1"), time_limit=LONG)
    assert answer.status == "unsat"
    assert backend.name in answer.reason


@pytest.mark.parametrize("backend", installed(Z3(), Cvc5(), Qepcad()), ids=lambda backend: backend.name)
@pytest.mark.parametrize("name", ["exists", "forall", "_", "let", "assert", "pi", "sin", "a b", "ite"])
def test_no_name_of_a_variable_means_anything_to_a_backend(backend, name):
    x = Polynomial.variable(name)
    bound = exists([name], Atom(x * x - Polynomial.variable("y"), "="))
    answer = backend.decide(Atom(x - 2, "="), time_limit=LONG)
    assert answer.status == "sat"
    assert answer.model.get(name, 2) == 2
    assert backend.decide(bound & Atom(Polynomial.variable("y") + 1, "="), time_limit=LONG).status == "unsat"


def test_a_clean_answer_is_taken(tmp_path):
    answer = program(tmp_path, "unsat").decide(FALSE, time_limit=LONG)
    assert (answer.status, answer.reason) == ("unsat", "on the word of fake")


@pytest.mark.parametrize(
    ("reply", "status", "complaint"),
    [
        ("unsat", 1, ""),
        ("unsat", 0, "Error: out of cells"),
        ('unsat\n(error "line 3: unknown symbol")', 0, ""),
        ("WARNING: incomplete\nunsat", 0, ""),
        ("unsat\nassertion failed", 3, ""),
    ],
)
def test_an_answer_beside_anything_else_is_not_taken(tmp_path, reply, status, complaint):
    answer = program(tmp_path, reply, status, complaint).decide(FALSE, time_limit=LONG)
    assert answer.status == "unknown"
    assert "fake answered unsat, which is not taken" in answer.reason


def test_two_answers_are_no_answer(tmp_path):
    with pytest.raises(BackendError, match="expected one line"):
        program(tmp_path, "unsat\nsat").decide(FALSE, time_limit=LONG)
