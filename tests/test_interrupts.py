"""Ctrl-C ends a command within two seconds at any moment, whatever it reads, and keeps what is finished."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.cli.run import run
from wdcli.errors import Terminated

PROGRAM = """
import importlib, sys
from wdcli.cli import main

module, name, *args = sys.argv[1:]
ENDLESS = module in ("wdcli.fits.fitting", "wdcli.sweep.refit", "wdcli.sweep.chosen")
owner = importlib.import_module(module)
*path, last = name.split(".")
for part in path:
    owner = getattr(owner, part)
original = getattr(owner, last)

def reached(*args, **options):
    print("REACHED", file=sys.stderr, flush=True)
    while True:
        result = original(*args, **options)
        if not ENDLESS:
            return result

setattr(owner, last, reached)
main(args)
"""
"""Runs a command, and says when a function is called; in one process that function's work never ends."""
LONG = ["--epochs", "20000", "--lambdas", "0,1", "--folds", "2", "--seeds", "2", "--no-store"]
SHORT = ["--epochs", "3", "--hidden", "8", "--lambdas", "1", "--folds", "2", "--seeds", "1", "--no-store",
         "--jobs", "1"]  # fmt: skip


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A file: reading one imports polars, which handles Ctrl-C in a way of its own."""
    path = tmp_path_factory.mktemp("data") / "numbers.csv"
    path.write_text("x,z,y\n" + "".join(f"{i % 17},{i % 23},{(i * i) % 31}\n" for i in range(500)))
    return str(path)


def interrupted(reached, *args, number=signal.SIGINT, wait=0.5):
    """Interrupt a command so many seconds after it calls ``reached``: its status, output, messages, and how late it ended."""
    command = [sys.executable, "-c", PROGRAM, *reached.split(":"), *args]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert any(line == "REACHED\n" for line in process.stderr)
            time.sleep(wait)
            begun = time.monotonic()
            process.send_signal(number)
            out, err = process.communicate(timeout=20)
        except BaseException:
            process.kill()
            raise
    return process.returncode, out, err, time.monotonic() - begun


@pytest.mark.parametrize(
    "reached, args, shown",
    [
        pytest.param("wdcli.fits.pool:Pool._collect", ["sweep", *LONG, "--jobs", "2"], "Partial: 0 of", id="workers"),
        pytest.param("wdcli.fits.pool:Pool._collect", ["sweep", *LONG, "--jobs", "2", "--path", "warm"], "Partial: 0 of",
                     id="warm path"),
        pytest.param("wdcli.fits.fitting:train", ["sweep", *SHORT], "Partial: 0 of", id="in process"),
        pytest.param("wdcli.fits.fitting:train", ["train", "--epochs", "3"], "", id="train"),
        pytest.param("wdcli.sweep.refit:relax", ["sweep", *SHORT, "--penalty", "l1", "--refit"],
                     "all 3 networks are trained", id="refit"),
        pytest.param("wdcli.sweep.chosen:train_last", ["compare", "l1", "l2", *SHORT],
                     "all 3 networks are trained", id="last fits of a comparison"),
    ],
)  # fmt: skip
def test_ctrl_c_ends_the_work_on_a_file_and_shows_what_is_finished(table, reached, args, shown):
    status, out, err, late = interrupted(reached, *args, "--data", table)
    assert (status, "Traceback" in err, err.splitlines()[-1]) == (130, False, "Interrupted.")
    assert shown in out
    assert late < 2.5


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_a_worker_starts_leaves_no_worker_that_waits_for_its_orders(table, number, status):
    reached = "multiprocessing.popen_spawn_posix:Popen._launch"
    for wait in (0.0, 0.002, 0.01):
        got, _, err, late = interrupted(
            reached, "sweep", *LONG, "--jobs", "2", "--data", table, number=number, wait=wait
        )
        assert (got, "Traceback" in err) == (status, False), err
        assert late < 2.5


@pytest.mark.parametrize("option", ["--data", "--test-data"])
def test_ctrl_c_ends_a_wait_for_a_slow_pipe(table, tmp_path, option):
    pipe = tmp_path / "slow.csv"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "wdcli", "train", "--data", table, option, str(pipe)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        with pipe.open("w") as file:
            file.write("x,z,y\n" + "1,2,3\n" * 1000)
            file.flush()
            time.sleep(0.3)
            begun = time.monotonic()
            process.send_signal(signal.SIGINT)
            # The pipe stays open: only the signal can end the wait.
            process.wait(timeout=20)
        late = time.monotonic() - begun
        assert process.stderr.read() == "\nInterrupted.\n"
    assert process.returncode == 130
    assert late < 2.5


@pytest.mark.parametrize("raised, status", [(KeyboardInterrupt, 130), (Terminated, 143), (ValueError, None)])
def test_a_signal_while_a_class_is_made_ends_the_command_as_at_any_other_moment(monkeypatch, raised, status):
    class Field:
        def __set_name__(self, owner, name):
            raise raised

    monkeypatch.setattr("wdcli.study.load", lambda *_, **__: type("Made", (), {"field": Field()}))
    done = run("train")
    if status is None:
        assert isinstance(done.exception, RuntimeError | ValueError)  # A fault isn't hidden.
    else:
        assert done.exit_code == status
        assert "Traceback" not in done.stderr
