"""The theory: where its sources are, and its compiled form, built once and kept for the user."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from semialg.errors import BackendError, BackendMissingError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FOLDER", "Coq", "compiled_theory", "find_coq", "sources"]

#: The folder with the Coq files; in a checkout it is ``proofs/kernel``.
FOLDER = Path(__file__).parent / "theory"

#: How long one file of the theory may take, in seconds.
_SECONDS_A_FILE = 600

_INSTALL = (
    "the program coqc is not installed; install Coq 8.16 or later "
    "(Debian: apt-get install --no-install-recommends coq) and see that coqc is on the PATH"
)


class Coq:
    """An installed Coq.

    Attributes
    ----------
    program
        The path of ``coqc``.
    version
        What ``coqc --print-version`` says.
    """

    def __init__(self, program: str, version: str) -> None:
        self.program = program
        self.version = version


def find_coq() -> Coq:
    """Return the installed Coq.

    Raises
    ------
    BackendMissingError
        If there is none on the PATH; the message says how to get it.
    BackendError
        If ``coqc`` cannot be run.
    """
    program = shutil.which("coqc")
    if program is None:
        raise BackendMissingError(_INSTALL)
    try:
        found = subprocess.run(  # noqa: S603 - the user's own Coq
            [program, "--print-version"], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise BackendError(f"{program} cannot be run: {error}") from None
    return Coq(program, found.stdout.strip())


def sources() -> list[str]:
    """Return the files of the theory, each after those that it needs.

    Examples
    --------
    >>> sources()[0]
    'Statement.v'
    """
    lines = (FOLDER / "_CoqProject").read_text(encoding="utf-8").split("\n")
    return [line for line in lines if line.endswith(".v")]


def compiled_theory(coq: Coq, progress: Callable[[str], None]) -> Path:
    """Return a folder with the compiled theory, building it where it is not yet known.

    It is kept in the user's cache under a name that depends on the sources and on the version of Coq.
    Building takes about twenty seconds.

    Parameters
    ----------
    coq
        The Coq to build with; compiled files of another version cannot be loaded.
    progress
        Called with one line before each file that is compiled.

    Raises
    ------
    BackendError
        If Coq does not accept a file.
    """
    names = sources()
    digest = hashlib.sha256(coq.version.encode())
    for name in names:
        digest.update(name.encode() + b"\0" + (FOLDER / name).read_bytes() + b"\0")
    home = _cache()
    built = home / f"theory-{digest.hexdigest()[:20]}"
    if built.is_dir():
        return built
    work = Path(tempfile.mkdtemp(prefix=".building-", dir=home))
    try:
        for at, name in enumerate(names):
            progress(f"building the theory for Coq (once): {name}, {at + 1} of {len(names)}")
            shutil.copyfile(FOLDER / name, work / name)
            _compile(coq, work, name)
        try:
            work.rename(built)
        except OSError:
            if not built.is_dir():
                raise
            # Another process was faster.
    finally:
        if work.is_dir():
            shutil.rmtree(work)
    return built


def _cache() -> Path:
    """Return a folder of the user's own that can be written to."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    home = Path(base) / "semialg" / "kernel"
    with contextlib.suppress(OSError):
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.access(home, os.W_OK | os.X_OK):
        return home
    raise BackendError(f"the folder {home} cannot be written to; set XDG_CACHE_HOME to one that can")


def _compile(coq: Coq, folder: Path, name: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - the user's own Coq
            [coq.program, "-q", "-Q", ".", "Semialg", name],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_SECONDS_A_FILE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BackendError(f"Coq took more than {_SECONDS_A_FILE} s for {name} of the theory") from None
    if done.returncode:
        raise BackendError(
            f"Coq {coq.version} does not accept {name} of the theory: {done.stderr.strip()[:600]}"
        )
