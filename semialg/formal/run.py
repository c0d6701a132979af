"""A Coq file and what the kernel says of it: the statement, and the axioms that it rests on."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from semialg.errors import LimitError
from semialg.formal.theorem import NAME
from semialg.formal.theory import compiled_theory, find_coq

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["STANDARD_AXIOMS", "KernelReport", "judge"]

#: The axioms of the real numbers of Coq's standard library; any other is refused.
STANDARD_AXIOMS = frozenset(
    {
        "ClassicalDedekindReals.sig_forall_dec",
        "ClassicalDedekindReals.sig_not_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
    }
)

_PATIENCE = 5.0
"""Seconds between two lines that say that Coq is still at work."""


_QUESTIONS = f"""
Set Printing Width 100. Set Printing Depth 1000000.
Check {NAME}.
Print Assumptions {NAME}.
"""


@dataclass(frozen=True)
class KernelReport:
    """What the kernel answers.

    Attributes
    ----------
    proved
        Whether it accepts the theorem, resting on the standard axioms only.
    statement
        The theorem as Coq prints it; empty if it was refused.
    axioms
        The names of the axioms that it rests on, as Coq prints them.
    reason
        One sentence.
    coq
        The version of Coq.
    """

    proved: bool
    statement: str
    axioms: tuple[str, ...]
    reason: str
    coq: str


def judge(source: str, *, time_limit: float, progress: Callable[[str], None]) -> KernelReport:
    """Let Coq check a file written by :mod:`semialg.formal.theorem`.

    The file is written afresh into a folder of its own and ends with the questions what the theorem states
    and what it assumes, so the answer is about nothing else.

    Parameters
    ----------
    source
        The file; its last theorem is named ``certificate``.
    time_limit
        Seconds for the theorem itself; building the theory does not count.
    progress
        Called with lines that say what is being waited for.

    Raises
    ------
    BackendMissingError
        If Coq is not installed.
    BackendError
        If the theory cannot be built.
    LimitError
        If the time is over.
    """
    coq = find_coq()
    theory = compiled_theory(coq, progress)
    asked = source + _QUESTIONS
    with tempfile.TemporaryDirectory(prefix="semialg-") as folder:
        (Path(folder) / "Theorem.v").write_text(asked, encoding="utf-8")
        command = [coq.program, "-q", "-Q", str(theory), "Semialg", "Theorem.v"]
        status, output, errors = _run(command, folder, time_limit, progress)
    if status:
        return KernelReport(
            False, "", (), f"Coq does not accept the proof: {_first_error(errors)}", coq.version
        )
    statement, axioms = _read_answer(output)
    others = [name for name in axioms if name not in STANDARD_AXIOMS]
    if others or not statement:
        reason = f"it rests on the axiom {others[0]}" if others else "Coq's answer cannot be read"
        return KernelReport(False, statement, axioms, reason, coq.version)
    return KernelReport(True, statement, axioms, "the kernel accepts the theorem", coq.version)


def _run(
    command: Sequence[str], folder: str, time_limit: float, progress: Callable[[str], None]
) -> tuple[int, str, str]:
    start = monotonic()
    with subprocess.Popen(  # noqa: S603 - the user's own Coq
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while True:
            spent = monotonic() - start
            try:
                output, errors = process.communicate(timeout=max(0.01, min(_PATIENCE, time_limit - spent)))
            except subprocess.TimeoutExpired:
                spent = monotonic() - start
                if spent >= time_limit:
                    process.kill()
                    raise LimitError(f"Coq was not ready after {time_limit:g} s; give it more time") from None
                progress(f"Coq is at work ({spent:.0f} s)")
            except BaseException:
                process.kill()
                raise
            else:
                return process.returncode, output, errors


def _first_error(errors: str) -> str:
    at = errors.find("Error:")
    text = " ".join(errors[at + 6 if at >= 0 else 0 :].split())
    return text if len(text) <= 300 else text[:297] + "..."


def _read_answer(output: str) -> tuple[str, tuple[str, ...]]:
    r"""Return the statement and the names of the axioms from what Check and Print Assumptions print.

    Examples
    --------
    >>> _read_answer("certificate\n     : closed\n         [dense 1 1]\nAxioms:\nA.b : Prop\nA.c\n  : Prop\n")
    ('closed [dense 1 1]', ('A.b', 'A.c'))
    >>> _read_answer("certificate\n     : closed []\nClosed under the global context\n")
    ('closed []', ())
    """
    head, _, tail = output.partition("\nAxioms:\n")
    if not tail:
        head = output.partition("\nClosed under the global context")[0]
        if head == output:
            return "", ()
    words = " ".join(head.split())
    prefix = f"{NAME} : "
    names = tuple(line.split()[0] for line in tail.split("\n") if line and not line[0].isspace())
    return words.removeprefix(prefix) if words.startswith(prefix) else "", names
