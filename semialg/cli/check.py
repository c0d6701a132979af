"""``semialg check``: the verdict on a pattern, with its checked certificate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from semialg.cli.kernel import Answer, ask_kernel, kernel_option, kernel_time_option, show_answer
from semialg.cli.options import (
    certificate_option,
    json_option,
    limit_options,
    pattern_argument,
    pattern_words,
    read_pattern,
    read_within,
    written_afterwards,
)
from semialg.cli.status import Status, VerifyStatus
from semialg.errors import LimitError, PatternError

if TYPE_CHECKING:
    from semialg.pattern.pattern import Pattern

__all__ = ["command"]

_STATUS = {"closed": Status.CLOSED, "not_closed": Status.NOT_CLOSED, "unknown": Status.UNKNOWN}


@click.command("check")
@pattern_argument
@json_option
@certificate_option
@click.option("--observed", metavar="MASK", help="Only the entries where this mask is 1 are observed.")
@click.option("--nonnegative", is_flag=True, help="Only factors without negative entries.")
@click.option("--trace", is_flag=True, help="Show what was tried, and how long it took.")
@kernel_option
@kernel_time_option
@limit_options
@click.pass_context
def command(
    ctx: click.Context,
    pattern: tuple[str, ...],
    as_json: bool,
    certificate: str | None,
    observed: str | None,
    nonnegative: bool,
    trace: bool,
    kernel: bool,
    kernel_time: float,
    time_limit: float,
    memory_limit: int | None,
) -> None:
    """Decide whether training with this pattern always has an optimum.

    PATTERN is a named family (lu:3, dense:4x3x2, butterfly:8, monarch:16, random:4x4x4:0.5:1), rows such as
    10/11*11/01 (factors separated by *, rows by /), or a mask file (.json, .npz, .npy, .mtx, .safetensors,
    .pt); several files may be given, one a mask, output layer first.

    With --observed or --nonnegative the question is whether the observed entries of all products, or those
    of products of factors without negative entries, form a closed set; nothing is said about training.

    The exit status is 0 for closed, 1 for not closed, 3 for unknown, and 2 for bad input. With --kernel, the
    kernel of Coq checks the verdict as a theorem too; then 5 says that its theory does not cover a rule.
    """
    from semialg.verdict import check

    if kernel and (observed is not None or nonnegative):
        raise click.UsageError("--kernel does not cover claims about observed entries or signs; leave it out")
    if kernel:
        from semialg.formal.theory import find_coq

        find_coq()
    try:
        masks, left = read_within(pattern, time_limit, memory_limit)
    except LimitError as error:
        _unread(str(error), time_limit, as_json=as_json)
        ctx.exit(Status.UNKNOWN)
    if observed is not None or nonnegative:
        ctx.exit(_observed(masks, observed, certificate, left, nonnegative=nonnegative, as_json=as_json))
    verdict = check(masks, time_limit=left, memory_limit=memory_limit)
    document = verdict.to_json()
    answer = None
    if kernel and verdict.certificate is not None:
        from semialg.certificates.handover import masks_for_checker

        text = verdict.certificate.to_json()
        answer = ask_kernel("the certificate", text, masks_for_checker(masks), kernel_time)
        document["kernel"] = answer.document
    if masks.names:
        document["order"] = list(masks.names)
    proof = None if verdict.certificate is None else verdict.certificate.to_json()
    with written_afterwards((certificate, proof)):
        if as_json:
            click.echo(json.dumps(document))
        else:
            from semialg.cli.report import print_report, reading_console

            stages = verdict.trace if trace or document["verdict"] == "unknown" else ()
            print_report(reading_console(), document, masks, pattern_words(pattern), stages)
            if masks.names:
                names = ", ".join(masks.names[:20]) + (", ..." if len(masks.names) > 20 else "")
                click.echo(f"  order of the masks, output layer first: {names}")
    if certificate is not None and not as_json:
        found = "written to" if proof is not None else "there is none to write to"
        click.echo(f"  certificate: {found} {certificate}")
    if answer is not None and not as_json:
        show_answer(answer)
    ctx.exit(_status(document["verdict"], answer))


def _observed(
    masks: Pattern,
    observed: str | None,
    certificate: str | None,
    time_limit: float,
    *,
    nonnegative: bool,
    as_json: bool,
) -> Status:
    """Answer the question about observed entries, and return the status."""
    from semialg.cli.check_map import show_image_verdict
    from semialg.images import check_observed

    seen = None
    if observed is not None:
        one = read_pattern((observed,))
        if one.layers != 1:
            raise PatternError(f"--observed: found {one.layers} masks; expected one")
        seen = one.masks[0]
    verdict = check_observed(masks, seen, nonnegative=nonnegative, time_limit=time_limit)
    show_image_verdict(verdict, certificate, as_json=as_json)
    return _STATUS[verdict.verdict]


def _status(verdict: str, answer: Answer | None) -> Status:
    if answer is None or answer.status is VerifyStatus.VALID:
        return _STATUS[verdict]
    if answer.status is VerifyStatus.UNSUPPORTED:
        return Status.UNSUPPORTED
    click.echo("semialg: the checker accepts what the kernel refuses; please report it", err=True)
    return Status.CRASH


def _unread(reason: str, seconds: float, *, as_json: bool) -> None:
    """Say ``unknown`` of a pattern that was not read in time."""
    if not as_json:
        click.echo(f"UNKNOWN  {reason}")
        return
    training = {"finite_data": "unknown", "bounded_domain": "unknown", "reason": "the pattern is not known"}
    document = {
        "verdict": "unknown",
        "checked": None,
        "method": "none",
        "reason": reason,
        "seconds": seconds,
        "pattern": None,
        "training": training,
        "certificate": None,
    }
    click.echo(json.dumps(document))
