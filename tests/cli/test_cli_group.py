"""The command itself: help, lazy imports, statuses of failures, output for people."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import semialg
from semialg.cli import group
from semialg.cli.group import COMMANDS, cli

HEAVY = {"numpy", "scipy", "sympy", "z3", "cvc5", "networkx", "flint", "rich", "matplotlib", "torch", "cvxpy"}


def python(*arguments: str, **extra) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=Path(semialg.__file__).parents[1],
        **extra,
    )


@pytest.mark.parametrize(
    "code",
    [
        "import semialg",
        "import semialg.checker",
        "from semialg.cli.group import cli; cli.main(['--help'], prog_name='semialg')",
        "from semialg.cli.group import cli; cli.main(['check', '--help'], prog_name='semialg')",
    ],
)
def test_start_up_is_light(code: str) -> None:
    program = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print(sorted({HEAVY!r} & {{m.split('.')[0] for m in sys.modules}}),"
        " file=sys.stderr))\n"
        f"{code}"
    )
    done = python("-c", program)
    assert done.stderr.strip() == "[]"


def test_the_checker_can_be_used_without_anything_else() -> None:
    code = (
        "import sys, semialg.checker\n"
        "names = [name for name in sys.modules if name.split('.')[0] == 'semialg']\n"
        "print(sorted(name for name in names if not name.startswith('semialg.checker')))"
    )
    assert python("-c", code).stdout.strip() == "['semialg']"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_has_help(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: cli {name} ")


def test_help_lists_every_command() -> None:
    result = CliRunner().invoke(cli, ["--help"])
    assert all(f"  {name} " in result.stdout for name in COMMANDS)


def test_public_names_exist() -> None:
    assert all(getattr(semialg, name) is not None for name in semialg.__all__)
    with pytest.raises(AttributeError):
        _ = semialg.nothing


def test_version() -> None:
    assert CliRunner().invoke(cli, ["--version"]).stdout == f"semialg, version {semialg.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["chek", "lu:3"], ["--bogus"]])
def test_usage_errors_end_with_2_and_print_nothing(arguments: list[str]) -> None:
    result = CliRunner().invoke(cli, arguments)
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_crash_does_not_read_as_not_closed() -> None:
    code = (
        "import sys\nfrom semialg.cli import group\n"
        "import semialg.verdict\n"
        "def broken(*a, **k): raise ZeroDivisionError('planted')\n"
        "semialg.verdict.check = broken\n"
        "sys.argv = ['semialg', 'check', 'lu:2']\ngroup.main()"
    )
    done = python("-c", code)
    assert done.returncode == 70
    assert "planted" in done.stderr
    assert "fault of semialg" in done.stderr


def test_interrupt_has_its_own_status() -> None:
    @click.command()
    def command() -> None:
        raise KeyboardInterrupt

    probe = group.LazyGroup("probe")
    probe.get_command = lambda *_: command  # type: ignore[method-assign]
    result = CliRunner().invoke(probe, ["anything"])
    assert result.exit_code == 130


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_reports_fit_80_columns_without_color(encoding: str) -> None:
    environment = {**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": encoding, "NO_COLOR": "1"}
    for pattern in ("lu:3", "dense:3x3x3", "random:5x4x5:0.5:3"):
        done = python("-m", "semialg", "check", pattern, env=environment, encoding=encoding)
        assert done.stderr == ""
        assert "\x1b" not in done.stdout
        assert max(map(len, done.stdout.splitlines())) <= 80


def test_module_and_script_are_the_same() -> None:
    done = python("-m", "semialg", "check", "lu:2", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["verdict"] == "not_closed"


def times() -> list[tuple[str, str]]:
    found = []
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        for option in command.params:
            if {"--time-limit", "--total-time", "--seconds"} & set(option.opts):
                found.append((name, option.opts[0]))
    return found


@pytest.mark.parametrize("value", ["nan", "inf", "0", "-1", "soon"])
def test_every_time_has_to_be_a_positive_number(value: str, tmp_path: Path) -> None:
    assert {"check", "optima", "train-exact", "audit", "suggest"} <= {name for name, _ in times()}
    (tmp_path / "data.csv").write_text("x,y\n1,2\n")
    for name, option in times():
        result = CliRunner().invoke(cli, [name, str(tmp_path / "data.csv"), option, value])
        assert (result.exit_code, result.stdout) == (2, "")
        assert "is not a time; expected a positive number of seconds" in result.stderr


def test_a_misspelt_command_gets_a_suggestion():
    result = python("-m", "semialg", "chek", "lu:3")
    assert (result.returncode, result.stdout) == (2, "")
    assert "Did you mean 'check'" in result.stderr
    assert "mean" not in python("-m", "semialg", "zzz").stderr
