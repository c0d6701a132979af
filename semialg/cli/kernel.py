"""What ``verify --kernel`` and ``check --kernel`` share: ask the kernel of Coq, and say what it answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from semialg.cli.options import parse_seconds
from semialg.cli.status import VerifyStatus
from semialg.errors import CertificateError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.checker import BitMask

__all__ = ["Answer", "ask_kernel", "kernel_option", "kernel_time_option", "show_answer"]

kernel_option = click.option(
    "--kernel", is_flag=True, help="Let the kernel of Coq check the claim as a theorem; needs coqc."
)

kernel_time_option = click.option(
    "--kernel-time",
    type=parse_seconds,
    default=600,
    show_default=True,
    metavar="SECONDS",
    help="With --kernel: give up after this time.",
)


class Answer(NamedTuple):
    """What to print, as lines and as a JSON object, and the exit status."""

    lines: tuple[str, ...]
    document: dict[str, Any]
    status: VerifyStatus


def ask_kernel(
    name: str, certificate: bytes | str, masks: Sequence[BitMask] | None, seconds: float
) -> Answer:
    """Return the answer of Coq's kernel about a certificate; ``name`` stands in messages.

    Raises
    ------
    CertificateError
        If the certificate cannot be read.
    BackendMissingError
        If Coq is not installed.
    BackendError, LimitError
        If Coq fails, or takes too long.
    """
    from semialg.checker import Unreadable
    from semialg.formal.run import judge
    from semialg.formal.terms import Refused, Unsupported
    from semialg.formal.theorem import formalize

    try:
        source = formalize(certificate, masks)
    except Unreadable as error:
        raise CertificateError(f"{name}: {error}") from None
    except Unsupported as error:
        unsupported = {"kernel": "unsupported", "rule": error.rule, "reason": str(error)}
        return Answer((str(error),), unsupported, VerifyStatus.UNSUPPORTED)
    except Refused as error:
        refused = {"kernel": "refused", "reason": str(error)}
        return Answer((f"refused: {error}",), refused, VerifyStatus.INVALID)
    report = judge(source, time_limit=seconds, progress=_say)
    document: dict[str, Any] = {
        "kernel": "proved" if report.proved else "refused",
        "statement": report.statement,
        "axioms": list(report.axioms),
        "coq": report.coq,
        "reason": report.reason,
    }
    if not report.proved:
        return Answer((f"refused: {report.reason}",), document, VerifyStatus.INVALID)
    lines = (
        f"proved: {report.statement}",
        f"  by the kernel of Coq {report.coq.split()[0]}, from the axioms of its real numbers:",
        *(f"    {axiom}" for axiom in report.axioms),
    )
    return Answer(lines, document, VerifyStatus.VALID)


def show_answer(answer: Answer) -> None:
    """Print an answer for people."""
    for line in answer.lines:
        click.echo(line)


def _say(line: str) -> None:
    click.echo(f"semialg: {line}", err=True)
