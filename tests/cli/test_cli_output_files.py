"""Output files: nobody ever sees half of one, and what is not a plain file is written to, never replaced."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

from click.testing import CliRunner

from semialg.cli.group import cli
from semialg.cli.options import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_named_pipe_receives_the_text_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # Both ends are open before the write, so that neither side can wait for the other.
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_atomically(str(pipe), "text\n")
        assert os.read(reader, 100) == b"text\n"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


def test_a_link_stays_a_link_and_its_file_changes(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "file").write_text("old")
    (tmp_path / "link").symlink_to(folder / "file")
    write_atomically(str(tmp_path / "link"), "new")
    assert (tmp_path / "link").is_symlink()
    assert (folder / "file").read_text() == "new"
    assert [entry.name for entry in folder.iterdir()] == ["file"]


def test_a_plain_file_is_replaced_whole(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("something longer than what follows")
    write_atomically(str(tmp_path / "file"), "new")
    assert (tmp_path / "file").read_text() == "new"


def test_an_empty_name_is_refused_before_the_work() -> None:
    result = CliRunner().invoke(cli, ["check", "lu:2", "--certificate", ""])
    assert result.exit_code == 2
    assert "the name of the file is empty" in result.output


def test_a_device_is_not_read_as_a_certificate() -> None:
    result = CliRunner().invoke(cli, ["verify", os.devnull])
    assert result.exit_code == 2
    assert "is a device; expected a certificate file" in result.output


def test_a_name_may_be_as_long_as_the_system_allows(tmp_path: Path) -> None:
    write_atomically(str(tmp_path / ("x" * 255)), "text")
    assert (tmp_path / ("x" * 255)).read_text() == "text"


def test_a_message_names_the_file_that_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied", ".report.html.8a3f.part")

    monkeypatch.setattr("semialg.cli.options.tempfile.mkstemp", refuse)
    result = CliRunner().invoke(cli, ["check", "lu:2", "--certificate", str(tmp_path / "c.json")])
    assert (result.exit_code, result.stderr) == (2, f"semialg: {tmp_path}/c.json: Permission denied\n")


def test_a_reader_that_goes_away_costs_no_file(tmp_path):
    """What is printed comes first, but ``| head`` must not keep the file from being written."""
    data, proof = tmp_path / "data.csv", tmp_path / "proof.json"
    program = f"{sys.executable} -m semialg"
    commands = (
        f"{program} dataset lu:2 --output {data} --certificate {proof} | true",
        f"{program} check lu:2 --certificate {proof} | true",
    )
    for command in commands:
        subprocess.run(["bash", "-c", command], check=False, timeout=120, capture_output=True)
        assert proof.read_text().startswith("{")
        proof.unlink()
    assert data.read_text().startswith("x0,")
