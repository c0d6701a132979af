"""``semialg formalize``: a certificate as a theorem for Coq."""

from __future__ import annotations

import click

from semialg.cli.options import output_option, read_certificate, read_pattern, write_output
from semialg.cli.status import VerifyStatus
from semialg.errors import CertificateError

__all__ = ["command"]


@click.command("formalize")
@click.argument("certificate", metavar="CERTIFICATE")
@click.option(
    "--pattern",
    "-p",
    multiple=True,
    metavar="PATTERN",
    help="The pattern that the certificate must speak of; needed where it gives only a hash. May be repeated "
    "for several files with one mask each.",
)
@output_option
@click.pass_context
def command(ctx: click.Context, certificate: str, pattern: tuple[str, ...], output: str | None) -> None:
    """Print a certificate as a Coq theorem, in the words of proofs/kernel/Statement.v.

    The exit status is 0 if a file was printed, 1 for an invalid certificate, 5 if it uses a rule that the
    theory does not cover, and 2 for a file that cannot be read. `semialg verify --kernel` also runs Coq.
    """
    from semialg.certificates.handover import masks_for_checker
    from semialg.checker import Unreadable
    from semialg.formal.terms import Refused, Unsupported
    from semialg.formal.theorem import formalize

    masks = masks_for_checker(read_pattern(pattern)) if pattern else None
    try:
        text = formalize(read_certificate(certificate), masks)
    except Unreadable as error:
        raise CertificateError(f"{certificate}: {error}") from None
    except Unsupported as error:
        click.echo(f"semialg: {error}", err=True)
        ctx.exit(VerifyStatus.UNSUPPORTED)
    except Refused as error:
        click.echo(f"semialg: invalid: {error}", err=True)
        ctx.exit(VerifyStatus.INVALID)
    write_output(output, text)
