"""``--csv`` to what is no file: standard output, standard error, pipes and devices."""

import os
import subprocess
import sys
import threading

import pytest

from tests.cli.run import SMALL, SWEEP, refuse, run, succeed

COMMANDS = {
    "train": ["train", *SMALL],
    "sweep": ["sweep", *SMALL, *SWEEP],
    "compare": ["compare", "l1", "l2", *SMALL, *SWEEP],
}
STDOUT = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]


def without_seconds(text):
    """CSV without a train's column of seconds, which no two runs share."""
    header, *lines = (line.split(",") for line in text.splitlines())
    return [[cell for name, cell in zip(header, line, strict=True) if name != "seconds"] for line in (header, *lines)]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("path", STDOUT)
def test_stdout_has_the_rows_in_place_of_the_table(tmp_path, command, path):
    succeed(*COMMANDS[command], "--csv", tmp_path / "rows.csv")
    done = succeed(*COMMANDS[command], "--csv", path)
    assert without_seconds(done.stdout) == without_seconds((tmp_path / "rows.csv").read_text())


def test_the_stored_runs_go_to_stdout_too():
    succeed(*COMMANDS["sweep"])
    assert succeed("runs", "list", "--csv", "-").stdout.startswith("id,started,")
    assert succeed("runs", "export", 1, "--csv", "-").stdout == succeed("runs", "export", 1).stdout
    succeed("runs", "rm", 1)
    assert succeed("runs", "list", "--csv", "-").stdout == ""


def test_made_data_goes_to_stdout_by_any_name():
    assert succeed("data", "make", "moons", "/dev/stdout").stdout == succeed("data", "make", "moons").stdout


def test_a_file_named_minus_is_written_by_its_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "training rows" in succeed("train", *SMALL, "--csv", "./-").stdout
    assert (tmp_path / "-").read_text().startswith("lambda,")


def test_stdout_in_a_file_is_written_to_and_not_replaced(tmp_path):
    command = [sys.executable, "-m", "wdcli", *map(str, COMMANDS["train"]), "--quiet", "--csv", "/dev/stdout"]
    path = tmp_path / "rows.csv"
    path.write_text("before\n")
    with path.open("a") as file:
        subprocess.run(command, stdout=file, check=True)
    assert path.read_text().startswith("before\nlambda,")


def test_stderr_has_the_rows_beside_the_table():
    done = succeed("train", *SMALL, "--csv", "/dev/stderr")
    assert "training rows" in done.stdout
    assert "\nlambda,status" in f"\n{done.stderr}"


def test_a_named_pipe_has_the_rows(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_text()))
    reader.start()
    succeed("train", *SMALL, "--csv", tmp_path / "pipe")
    reader.join(10)
    assert read[0].startswith("lambda,status")
    assert (tmp_path / "pipe").is_fifo()


def test_a_device_is_written_to_and_one_that_is_full_is_named():
    succeed("train", *SMALL, "--csv", "/dev/null")
    done = run("train", *SMALL, "--csv", "/dev/full")
    assert (done.exit_code, "'/dev/full' can't be written: No space left" in done.stderr) == (1, True)


def test_a_run_that_diverges_leaves_stdout_empty():
    assert "diverged" in refuse(1, "train", "--data", "friedman1", "--optimizer", "sgd", "--lr", 50, "--csv", "-")
