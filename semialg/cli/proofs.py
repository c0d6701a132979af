"""``semialg proofs``: check a folder of certificates with the independent checker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from semialg.cli.options import json_option, read_certificate
from semialg.cli.status import VerifyStatus
from semialg.errors import CertificateError
from semialg.intake.json_text import read_json

if TYPE_CHECKING:
    from semialg.checker import BitMask

__all__ = ["Judged", "command", "judge_folder"]

_MANIFEST = "manifest.json"


class Judged(NamedTuple):
    """What the checker said of one file.

    Attributes
    ----------
    file
        The name of the file.
    status
        ``valid``, ``holey``, ``invalid`` or ``unreadable``.
    expected
        The status that the manifest of the folder states, ``valid`` if it says nothing.
    states
        The manifest's sentence about what is proved, or an empty text.
    reason
        The checker's sentence, with the place of the fault if there is one.
    """

    file: str
    status: str
    expected: str
    states: str
    reason: str


@click.group("proofs")
def command() -> None:
    """Work with folders of proofs, such as proofs/paper."""


@command.command("verify")
@click.argument("folder", type=click.Path(file_okay=False), default="proofs/paper")
@json_option
@click.pass_context
def verify(ctx: click.Context, folder: str, as_json: bool) -> None:
    """Check every certificate of a folder with the independent checker.

    A manifest.json in FOLDER [default: proofs/paper] may say, for each file, which pattern it is about
    (needed where a certificate gives only a hash), what it states, and which status is expected if not
    `valid`. The exit status is 0 if every file has the expected status, and 1 otherwise.
    """
    judged: list[Judged] = []
    names = certificate_files(Path(folder))
    manifest = read_manifest(Path(folder))
    for at, name in enumerate(names, start=1):
        found = judge(Path(folder), name, manifest.get(name, {}))
        judged.append(found)
        if not as_json:
            mark = "ok  " if found.status == found.expected else "FAIL"
            told = found.states or found.reason
            click.echo(f"{mark} {at:{len(str(len(names)))}}/{len(names)} {found.status:10} {name}: {told}")
            if found.status != found.expected:
                click.echo(f"       expected {found.expected}: {found.reason}")
    failed = [found.file for found in judged if found.status != found.expected]
    if as_json:
        files = [found._asdict() for found in judged]
        click.echo(json.dumps({"folder": folder, "files": files, "failed": failed}))
    else:
        click.echo(f"{len(judged) - len(failed)} of {len(judged)} certificates are as expected")
    ctx.exit(VerifyStatus.INVALID if failed else VerifyStatus.VALID)


def certificate_files(folder: Path) -> list[str]:
    """Return the names of the certificate files of a folder, sorted.

    Raises
    ------
    CertificateError
        If there is no such folder or no certificate in it.
    """
    if not folder.is_dir():
        raise CertificateError(f"{folder} is no folder; expected one that holds certificates")
    names = sorted(path.name for path in folder.glob("*.json") if path.name != _MANIFEST)
    if not names:
        raise CertificateError(f"the folder {folder} holds no certificate; expected files NAME.json")
    return names


def read_manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what the manifest of a folder says of its files; nothing if there is no manifest.

    Raises
    ------
    CertificateError
        If the manifest is not an object from file names to objects.
    """
    path = folder / _MANIFEST
    if not path.is_file():
        return {}
    manifest = read_json(path, error=CertificateError, expected="a manifest")
    if not isinstance(manifest, dict) or not all(isinstance(entry, dict) for entry in manifest.values()):
        raise CertificateError(f"{path} is not an object from file names to objects")
    return manifest


def judge(folder: Path, name: str, entry: dict[str, Any]) -> Judged:
    """Return what the checker says of one file, beside what the manifest expects."""
    from semialg.checker import Unreadable, check

    expected, states = str(entry.get("status", "valid")), str(entry.get("states", ""))
    try:
        report = check(read_certificate(str(folder / name)), _pattern(entry.get("pattern")))
    except (Unreadable, CertificateError) as error:
        return Judged(name, "unreadable", expected, states, str(error))
    place = f"{report.where}: " if report.where else ""
    return Judged(name, report.status, expected, states, f"{place}{report.reason}")


def judge_folder(folder: Path) -> list[Judged]:
    """Return what the checker says of every certificate of a folder, in the order of the names."""
    manifest = read_manifest(folder)
    return [judge(folder, name, manifest.get(name, {})) for name in certificate_files(folder)]


def _pattern(named: object) -> list[BitMask] | None:
    """Return the masks that a manifest names: by a pattern argument such as ``lu:3``, or as lists."""
    from semialg.certificates.handover import masks_for_checker
    from semialg.pattern.pattern import Pattern

    if named is None:
        return None
    pattern = Pattern.parse(named) if isinstance(named, str) else Pattern(_lists(named))
    return masks_for_checker(pattern)


def _lists(named: object) -> list[Any]:
    if not isinstance(named, list):
        raise CertificateError(f"a manifest names the pattern {named!r}; expected a text or a list of masks")
    return named
