"""``semialg verify``: the independent checker alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from semialg.cli.kernel import ask_kernel, kernel_option, kernel_time_option, show_answer
from semialg.cli.options import json_option, read_certificate, read_pattern
from semialg.cli.status import VerifyStatus
from semialg.errors import CertificateError

if TYPE_CHECKING:
    from semialg.checker import Report

__all__ = ["command"]

_STATUS = {"valid": VerifyStatus.VALID, "holey": VerifyStatus.HOLEY, "invalid": VerifyStatus.INVALID}


@click.command("verify")
@click.argument("certificate", metavar="CERTIFICATE")
@click.option(
    "--pattern",
    "-p",
    multiple=True,
    metavar="PATTERN",
    help="The pattern that the certificate must speak of; needed where it gives only a hash. May be repeated "
    "for several files with one mask each.",
)
@kernel_option
@kernel_time_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    certificate: str,
    pattern: tuple[str, ...],
    kernel: bool,
    kernel_time: float,
    as_json: bool,
) -> None:
    """Re-check a certificate with the independent checker.

    The checker shares no code with the search. The exit status is 0 for valid, 4 for holey (a step rests on
    a solver's word), 1 for invalid, and 2 for a file that cannot be read.

    With --kernel, the kernel of the proof assistant Coq checks the claim as a theorem about the real
    numbers: 0 for proved, 1 for refused, 5 for a rule that the theory does not cover, and 2 without Coq.
    """
    from semialg.certificates.handover import masks_for_checker
    from semialg.checker import Unreadable, check

    masks = masks_for_checker(read_pattern(pattern)) if pattern else None
    if kernel:
        answer = ask_kernel(certificate, read_certificate(certificate), masks, kernel_time)
        if as_json:
            click.echo(json.dumps(answer.document))
        else:
            show_answer(answer)
        ctx.exit(answer.status)
    try:
        report = check(read_certificate(certificate), masks)
    except Unreadable as error:
        raise CertificateError(f"{certificate}: {error}") from None
    if as_json:
        click.echo(json.dumps(_document(report)))
    else:
        at = f" (at {report.where})" if report.where else ""
        click.echo(f"{report.status}: {report.reason}{at}")
        for hole in report.holes:
            click.echo(f"  trusted at {hole.where}: the word of {', '.join(hole.solvers) or 'a solver'}")
    ctx.exit(_STATUS[report.status])


def _document(report: Report) -> dict[str, Any]:
    holes = [{"where": h.where, "statement": h.statement, "solvers": list(h.solvers)} for h in report.holes]
    return {
        "status": report.status,
        "claim": report.kind,
        "where": report.where,
        "reason": report.reason,
        "holes": holes,
    }
