"""Children: their answers come back, their limits hold, and nothing of them is left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from semialg.errors import BackendError, FormulaError, LimitError
from semialg.solvers.child import Child, run_in_child

LONG = 60.0


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def gone(pid: int, patience: float = 20.0) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not alive(pid):
            return True
        time.sleep(0.01)
    return False


def open_descriptors() -> set[str]:
    return {entry.name for entry in Path("/proc/self/fd").iterdir() if entry.exists()}


def own_children() -> set[str]:
    """Process ids of this process's children, zombies included (other tests may keep some of their own)."""
    tasks = Path("/proc/self/task").iterdir()
    return {pid for task in tasks for pid in (task / "children").read_text().split()}


@pytest.fixture(autouse=True)
def _nothing_left():
    before, children = open_descriptors(), own_children()
    yield
    assert open_descriptors() == before
    assert own_children() <= children  # no child is left, not even a zombie


def write_pid_and_hang(path: Path) -> None:
    path.write_text(str(os.getpid()))
    time.sleep(LONG)


def pid_in(path: Path) -> int:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.01)
    raise AssertionError(f"nobody wrote {path}")


def family(directory: Path) -> None:
    """Hang, and have a grandchild that ignores polite signals hang too."""
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        write_pid_and_hang(directory / "grandchild")
    pid_in(directory / "grandchild")
    write_pid_and_hang(directory / "child")


def written(directory: Path, *names: str) -> bool:
    """Whether all these processes have told their numbers; what some have told is forgotten if not."""
    files = [directory / name for name in names]
    told = all(file.exists() and file.read_text() for file in files)
    for file in files if not told else ():
        file.unlink(missing_ok=True)
    return told


def hoard() -> None:
    blocks = []
    while True:
        blocks.append(bytearray(1 << 20))


def raise_key_error() -> None:
    raise KeyError("spam")


def raise_awkward() -> None:
    """Raise an error that pickles, but does not load again."""

    # Made only here: some libraries teach pickle about every exception class that exists when they load.
    class AwkwardError(Exception):
        def __init__(self, one: int, two: int) -> None:  # noqa: ARG002 - that is the point
            super().__init__("awkward")

    AwkwardError.__qualname__ = "AwkwardError"
    globals()["AwkwardError"] = AwkwardError
    raise AwkwardError(1, 2)


def test_the_value_comes_back_even_when_it_is_large():
    size = 5_000_000
    assert run_in_child(bytes, (size,), time_limit=LONG, memory_limit=None) == bytes(size)


def test_functions_and_arguments_need_not_be_picklable():
    secret = object()
    assert run_in_child(lambda thing: thing is secret, (secret,), time_limit=LONG, memory_limit=None)


def test_errors_come_back_as_themselves():
    def fail() -> None:
        raise FormulaError("no such thing as π")

    with pytest.raises(FormulaError, match="no such thing as π"):
        run_in_child(fail, time_limit=LONG, memory_limit=None)
    with pytest.raises(KeyError) as caught:
        run_in_child(raise_key_error, time_limit=LONG, memory_limit=None)
    assert "raise_key_error" in "".join(caught.value.__notes__)


def test_what_cannot_be_pickled_is_an_error_and_not_a_hang():
    with pytest.raises((TypeError, AttributeError), match="pickle"):
        run_in_child(lambda: lambda: None, time_limit=LONG, memory_limit=None)
    with pytest.raises(BackendError, match="AwkwardError: awkward"):
        run_in_child(raise_awkward, time_limit=LONG, memory_limit=None)
    with pytest.raises(BackendError, match="left by SystemExit: 3"):
        run_in_child(sys.exit, (3,), time_limit=LONG, memory_limit=None)


def test_the_time_limit_kills_grandchildren_too(tmp_path, patiently):
    def attempt(limit: int) -> bool:
        with pytest.raises(LimitError, match=f"time limit of {limit} s was reached by family"):
            run_in_child(family, (tmp_path,), time_limit=limit, memory_limit=None)
        return written(tmp_path, "grandchild", "child")

    patiently(attempt)
    assert gone(pid_in(tmp_path / "grandchild"))
    assert gone(pid_in(tmp_path / "child"))


@pytest.mark.parametrize("limit", [0, 0.0, -1, float("nan")])
def test_a_time_limit_that_leaves_no_time_is_reached_at_once(limit, tmp_path):
    with pytest.raises(LimitError, match="before the work began"):
        run_in_child(write_pid_and_hang, (tmp_path / "pid",), time_limit=limit, memory_limit=None)
    assert not (tmp_path / "pid").exists()


@pytest.mark.parametrize("limit", [300, 1])
def test_the_memory_limit_is_named(limit):
    with pytest.raises(LimitError, match=f"memory limit of {limit} MB was reached by hoard"):
        run_in_child(hoard, time_limit=LONG, memory_limit=limit)


def test_memory_below_the_limit_is_granted():
    assert run_in_child(lambda: len(bytearray(50 << 20)), time_limit=LONG, memory_limit=2000) == 50 << 20
    assert run_in_child(os.getpid, time_limit=LONG, memory_limit=10**15) > 0


def test_no_memory_limit_of_zero():
    with pytest.raises(LimitError, match="memory limit of 0 MB"):
        run_in_child(os.getpid, time_limit=None, memory_limit=0)


def test_a_crash_is_an_error_with_its_signal_and_last_words():
    def crash() -> None:
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)  # some libraries print a banner of their own
        os.write(2, b"\xff\xfe goodbye\n")
        ctypes.string_at(0)

    with pytest.raises(BackendError, match=r"SIGSEGV and without an answer.*goodbye"):
        run_in_child(crash, time_limit=LONG, memory_limit=None)
    with pytest.raises(BackendError, match=r"exit status 7 "):
        run_in_child(os._exit, (7,), time_limit=LONG, memory_limit=None)


def test_stages_are_streamed_and_the_last_is_named(patiently):
    def work(on_stage) -> None:
        on_stage("reduce")
        on_stage("split ü")
        time.sleep(LONG)

    def attempt(limit: int) -> bool:
        seen: list[str] = []
        with pytest.raises(LimitError) as caught:
            run_in_child(work, time_limit=limit, memory_limit=None, on_stage=seen.append)
        assert seen == ["reduce", "split ü"][: len(seen)]
        assert str(caught.value).endswith(f"under way: {seen[-1]}" if seen else "by work")
        return len(seen) == 2

    patiently(attempt)


def test_an_exception_in_the_parent_kills_the_family(tmp_path):
    def work(on_stage) -> None:
        if os.fork() == 0:
            write_pid_and_hang(tmp_path / "grandchild")
        pid_in(tmp_path / "grandchild")
        on_stage("ready")
        write_pid_and_hang(tmp_path / "child")

    def interrupt(text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_in_child(work, time_limit=LONG, memory_limit=None, on_stage=interrupt)
    assert gone(pid_in(tmp_path / "grandchild"))


def test_a_grandchild_that_holds_the_pipes_does_not_delay_the_answer_nor_survive(tmp_path):
    def work() -> int:
        if os.fork() == 0:
            write_pid_and_hang(tmp_path / "grandchild")
        return pid_in(tmp_path / "grandchild")

    assert gone(run_in_child(work, time_limit=LONG, memory_limit=None))


def test_a_child_that_dies_while_a_grandchild_holds_the_pipes_is_noticed(tmp_path):
    def work() -> None:
        if os.fork() == 0:
            write_pid_and_hang(tmp_path / "grandchild")
        pid_in(tmp_path / "grandchild")
        os._exit(5)

    with pytest.raises(BackendError, match="exit status 5"):
        run_in_child(work, time_limit=LONG, memory_limit=None)
    assert gone(pid_in(tmp_path / "grandchild"))


def test_output_without_end_neither_blocks_nor_fills_the_memory():
    def babble() -> None:
        while True:
            os.write(1, b"\x00\xff" * 30000)

    with pytest.raises(LimitError, match="time limit"):
        run_in_child(babble, time_limit=1, memory_limit=None)


def test_children_of_children_die_with_the_outermost_limit(tmp_path, patiently):
    def outer() -> None:
        run_in_child(family, (tmp_path,), time_limit=LONG, memory_limit=None)

    def attempt(limit: int) -> bool:
        with pytest.raises(LimitError, match=f"time limit of {limit} s was reached by outer"):
            run_in_child(outer, time_limit=limit, memory_limit=None)
        return written(tmp_path, "grandchild", "child")

    patiently(attempt)
    assert gone(pid_in(tmp_path / "grandchild"))
    assert gone(pid_in(tmp_path / "child"))


def test_siblings_do_not_keep_each_other_alive(tmp_path):
    """A later child must not hold the lifeline of an earlier one."""
    script = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_child import family, write_pid_and_hang, pid_in
from semialg.solvers.child import Child
first = Child(family, (Path({str(tmp_path)!r}),), time_limit=60, memory_limit=None)
second = Child(write_pid_and_hang, (Path({str(tmp_path / "second")!r}),), time_limit=60, memory_limit=None)
pid_in(Path({str(tmp_path / "child")!r})), pid_in(Path({str(tmp_path / "second")!r}))
print("ready", flush=True)
time.sleep(60)
"""
    root = Path(__file__).parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(root)}
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"ready\n"
    pids = [pid_in(tmp_path / name) for name in ("grandchild", "child", "second")]
    assert all(alive(pid) for pid in pids)
    parent.kill()  # SIGKILL: the parent has no chance to clean up
    parent.wait()
    parent.stdout.close()
    assert [gone(pid) for pid in pids] == [True] * 3


def test_ctrl_c_in_a_terminal_kills_the_family(tmp_path):
    script = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_child import family
from semialg.solvers.child import run_in_child
run_in_child(family, (Path({str(tmp_path)!r}),), time_limit=60, memory_limit=None)
"""
    root = Path(__file__).parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(root)}
    )
    pids = [pid_in(tmp_path / name) for name in ("grandchild", "child")]
    parent.send_signal(signal.SIGINT)
    _, trace = parent.communicate()
    assert b"KeyboardInterrupt" in trace
    assert [gone(pid) for pid in pids] == [True] * 2


def test_several_children_can_be_watched_at_once():
    with (
        Child(time.sleep, (LONG,), time_limit=LONG, memory_limit=None) as slow,
        Child(pow, (2, 5), time_limit=LONG, memory_limit=None) as fast,
    ):
        while not fast.finished:
            fast.process.step(1.0)
        assert fast.result() == 32
        assert not slow.finished
        slow.close()
        slow.close()


def test_a_forgotten_child_is_killed_and_reaped(tmp_path):
    child = Child(write_pid_and_hang, (tmp_path / "pid",), time_limit=LONG, memory_limit=None)
    pid = pid_in(tmp_path / "pid")
    del child
    assert gone(pid)


def test_a_copy_of_the_handle_in_a_sibling_harms_nobody(tmp_path):
    with Child(write_pid_and_hang, (tmp_path / "pid",), time_limit=LONG, memory_limit=None) as first:
        pid = pid_in(tmp_path / "pid")
        run_in_child(first.close, time_limit=LONG, memory_limit=None)
        assert alive(pid)


def test_inherited_descriptors_are_not_seen_by_the_child(tmp_path):
    with (tmp_path / "file").open("w") as file:

        def write() -> None:
            os.write(file.fileno(), b"from the child")

        run_in_child(write, time_limit=LONG, memory_limit=None)
    assert (tmp_path / "file").read_text() == ""


def test_a_parent_without_standard_streams_is_served(tmp_path):
    script = f"""
import os
from pathlib import Path
from semialg.solvers.child import run_in_child
from semialg.solvers.program import run_program
for number in (0, 1, 2):
    os.close(number)
value = run_in_child(pow, (2, 10), time_limit=60, memory_limit=None)
output = run_program(["cat"], "hello", time_limit=60, memory_limit=None).stdout
Path({str(tmp_path / "result")!r}).write_text(f"{{value}} {{output}}")
"""
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(root)}, check=False)
    assert (tmp_path / "result").read_text() == "1024 hello"


def test_many_children_leave_no_descriptor_and_no_zombie():
    # The fixture around every test looks for what is left.
    for number in range(100):
        assert run_in_child(abs, (-number,), time_limit=LONG, memory_limit=None) == number


def test_threads_may_each_have_children():
    with ThreadPoolExecutor(4) as pool:
        squares = pool.map(lambda n: run_in_child(pow, (n, 2), time_limit=LONG, memory_limit=None), range(20))
    assert list(squares) == [n * n for n in range(20)]


def test_nested_children_are_reaped_and_not_left_to_the_first_process(tmp_path):
    def outer() -> None:
        run_in_child(write_pid_and_hang, (tmp_path / "inner",), time_limit=LONG, memory_limit=None)

    with Child(outer, time_limit=LONG, memory_limit=None) as child:
        inner = pid_in(tmp_path / "inner")
        child.close()
    assert not Path(f"/proc/{inner}").exists()  # not even as a zombie


def test_a_child_that_ignores_sigterm_is_killed_all_the_same(tmp_path):
    def stubborn() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        family(tmp_path)

    with Child(stubborn, time_limit=LONG, memory_limit=None) as child:
        pids = [pid_in(tmp_path / name) for name in ("grandchild", "child")]
        child.close()
    assert [gone(pid) for pid in pids] == [True] * 2


def test_a_grandchild_in_a_group_of_its_own_is_killed_too(tmp_path):
    def work() -> None:
        if os.fork() == 0:
            os.setpgid(0, 0)
            write_pid_and_hang(tmp_path / "grandchild")
        time.sleep(LONG)

    with Child(work, time_limit=LONG, memory_limit=None) as child:
        grandchild = pid_in(tmp_path / "grandchild")
        child.close()
    assert gone(grandchild)
