"""Commands as processes: closed pipes, signals, and workers that don't outlive their parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

WDCLI = [sys.executable, "-m", "wdcli"]
LONG = ["sweep", "--data", "moons", "--rows", "4000", "--hidden", "64,64", "--epochs", "400", "--jobs", "2"]


def shell(command):
    program = " ".join(WDCLI)
    return subprocess.run(
        ["bash", "-c", command.replace("wdcli", program)], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", ["wdcli data list", "wdcli --help", "wdcli data list --json"])
def test_a_reader_that_leaves_is_no_error(command):
    done = shell(f"{command} | true; exit ${{PIPESTATUS[0]}}")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_cannot_be_written_is_an_error():
    done = shell("wdcli data list > /dev/full")
    assert done.returncode == 1
    assert done.stderr == "Error: standard output can't be written: No space left on device.\n"


def test_closed_streams_are_said():
    assert shell("wdcli data list >&-").returncode == 1
    done = shell("wdcli train --data - <&-")
    assert (done.returncode, done.stderr) == (1, "Error: --data -: standard input is closed.\n")


def test_a_narrow_encoding_is_no_obstacle():
    environment = "LC_ALL=C PYTHONUTF8=0 PYTHONIOENCODING=ascii PYTHONCOERCECLOCALE=0"
    done = shell(f"{environment} wdcli sweep --rows 40 --epochs 1 --lambdas 0,1 --folds 2 --seeds 1 --jobs 1")
    assert done.returncode == 0
    assert "CV loss ? SE" in done.stdout


def workers_of(parent):
    """The processes whose parent it is, by Linux's process table."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's process table")
@pytest.mark.parametrize(
    "number, status, after",
    [
        (signal.SIGINT, 130, 0.5), (signal.SIGTERM, 143, 0.5), (signal.SIGHUP, 143, 0.5), (signal.SIGKILL, -9, 0.5),
        # While they are starting.
        (signal.SIGKILL, -9, 0.0),
    ],
)  # fmt: skip
def test_workers_end_with_their_parent_whatever_ends_it(number, status, after):
    with subprocess.Popen([*WDCLI, *LONG], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as parent:
        deadline = time.monotonic() + 30
        while len(workers_of(parent.pid)) < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(after)
        workers = workers_of(parent.pid)
        assert len(workers) >= 2
        os.kill(parent.pid, number)
        out, err = parent.communicate(timeout=20)
    assert parent.returncode == status
    assert "Traceback" not in err
    assert ("Partial: " in out) == (number != signal.SIGKILL)
    deadline = time.monotonic() + 5
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(alive, workers))
