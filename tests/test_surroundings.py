"""What surrounds a command may be broken: it does its work all the same, or says what is missing. Never a traceback."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.run import succeed
from wdcli.fits import executors, pool

WDCLI = [sys.executable, "-m", "wdcli"]
TINY = ["sweep", "--rows", "60", "--hidden", "4", "--epochs", "2", "--folds", "2", "--seeds", "1", "--lambdas", "0,1"]
WORKERS = [
    "sweep",
    "--rows",
    "400",
    "--epochs",
    "300",
    "--folds",
    "2",
    "--seeds",
    "2",
    "--lambdas",
    "0,1",
    "--jobs",
    "2",
]


def wdcli(*args, environment=None, before=None, **options):
    """Run it as a process, in its own surroundings."""
    found = dict(os.environ, PYTHONPATH=str(Path(__file__).parents[1]), **(environment or {}))
    command = [*(before or []), *WDCLI, *args]
    return subprocess.run(command, capture_output=True, text=True, env=found, check=False, timeout=100, **options)


def without_times(out):
    return "\n".join(line for line in out.splitlines() if " networks in " not in line)


@pytest.fixture(scope="module")
def expected():
    return without_times(wdcli(*WORKERS, "--no-store").stdout)


@pytest.mark.parametrize(
    "args", [["train", "--epochs", "2"], [*TINY, "--no-store"], ["data", "list"], ["--help"], ["sweep", "--help"]]
)
def test_a_closed_stderr_changes_nothing_on_stdout(args):
    plain = wdcli(*args)
    closed = subprocess.run(
        ["bash", "-c", '"$@" 2>&-', "bash", *WDCLI, *args], stdout=subprocess.PIPE, text=True, check=False
    )
    assert (closed.returncode, plain.returncode) == (0, 0)
    assert len(closed.stdout.splitlines()) == len(plain.stdout.splitlines()) > 5


@pytest.mark.parametrize(
    "option", ["--data", "--target", "--groups", "--test-data", "--csv", "--save", "--store", "--config"]
)
def test_bytes_that_are_no_text_in_an_argument_are_no_traceback(tmp_path, option):
    args = [*TINY, option, os.fsdecode(os.fsencode(tmp_path) + b"/a\xff"), "--no-progress"]
    done = wdcli(*args, environment={"WDCLI_STORE": str(tmp_path / "store.sqlite")} if option != "--store" else None)
    assert done.returncode in (0, 1, 2)
    assert "Traceback" not in done.stderr
    assert ("Error: " in done.stderr) == (done.returncode > 0)


@pytest.mark.parametrize("width", ["0", "", "00"])
def test_a_width_of_nothing_counts_as_unknown(width):
    table = wdcli("data", "list").stdout
    assert wdcli("data", "list", environment={"COLUMNS": width}).stdout == table


@pytest.mark.parametrize(
    "command", ["", "train", "sweep", "compare", "predict", "export", "convert", "data", "data make", "runs", "runs rm"]
)
def test_help_is_the_same_where_python_drops_docstrings(command):
    plain, dropped = (
        wdcli(*command.split(), "--help", environment={"PYTHONOPTIMIZE": level}).stdout for level in ("0", "2")
    )
    assert plain == dropped
    assert len(plain) > 300


def test_a_deleted_working_directory_is_no_obstacle(tmp_path, expected):
    gone = tmp_path / "gone"
    gone.mkdir()
    before = ["bash", "-c", f'cd {gone} && rmdir {gone} && "$@"', "bash"]
    done = wdcli(*WORKERS, "--no-store", before=before)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert without_times(done.stdout) == expected


def test_little_address_space_is_no_traceback(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,y\n" + "".join(f"{i},{i % 7}\n" for i in range(300)))

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (1_200_000 << 10, 1_200_000 << 10))

    done = wdcli(*WORKERS[:1], *WORKERS[3:], "--data", str(path), "--no-store", preexec_fn=limit)
    assert "Traceback" not in done.stderr
    assert "memory" in done.stderr or done.returncode == 0


def test_without_shared_memory_one_process_does_the_work_and_says_so(expected):
    hidden = ["unshare", "-m", "bash", "-c", 'mount -t tmpfs -o ro tmpfs /dev/shm && exec "$@"', "bash"]
    if subprocess.run([*hidden, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no right to mount here")
    done = wdcli(*WORKERS, "--no-store", before=hidden)
    assert done.returncode == 0
    assert done.stderr.startswith(
        "Warning: worker processes can't be started (shared memory, /dev/shm on Linux, can't be"
    )
    assert without_times(done.stdout) == expected


@pytest.mark.parametrize(
    "error", [OSError(11, "Resource temporarily unavailable"), RuntimeError("can't start new thread")]
)
@pytest.mark.parametrize("started", [0, 1, 3])
def test_where_no_worker_starts_this_process_does_the_work(monkeypatch, expected, error, started):
    submitted = []

    class Failing(executors.Processes):
        def submit(self, fn, /, *args):
            if len(submitted) == started:
                raise error
            submitted.append(fn)
            return super().submit(fn, *args)

    monkeypatch.setattr(pool, "open_executor", Failing)
    done = succeed(*WORKERS, "--no-store")
    assert f"Warning: worker processes can't be started ({error}); this one does all the work" in done.stderr
    assert without_times(done.stdout) == expected
