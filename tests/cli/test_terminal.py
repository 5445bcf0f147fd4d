"""Foreign text can't drive the terminal, whichever command prints it; a pipe or a file gets it exactly."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.cli.run import SWEEP, TINY, run, succeed
from wdcli.cli import console
from wdcli.text import harmless

RED, CLEAR, C1, BIDI = "\x1b[31m", "\x1b[2J", "\x9b31m", "\u202e"
MARKS = ("\x1b", "\x9b", "\u202e", "\x07")
NAME = f"x{RED}{BIDI}"
CLASSES = (f"red{RED}{CLEAR}\x07", f"c1{C1}{BIDI}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A table with marks in its name and in all that it holds, a model of it, and a store with a sweep of it."""
    folder = tmp_path_factory.mktemp("foreign")
    table = folder / f"t{RED}.csv"
    rows = "".join(f"{i % 7},k{C1},{CLASSES[i % 2]}\n{i % 5},j{RED},{CLASSES[i % 2]}\n" for i in range(20))
    table.write_text(f"{NAME},kind{RED},y{CLEAR}\n{rows}", encoding="utf-8")
    new = folder / "new.csv"
    new.write_text(f"{NAME},kind{RED}\n1,never{RED}{BIDI}\n", encoding="utf-8")
    store = {"WDCLI_STORE": str(folder / "store.sqlite")}
    succeed("sweep", "--data", table, *TINY, *SWEEP, "--save", folder / "m", env=store)
    return folder, table, new, store


COMMANDS = {
    "train": ["train", "--data", "TABLE", *TINY],
    "train of several seeds": ["train", "--data", "TABLE", *TINY, "--seeds", 2, "--jobs", 1],
    "sweep": ["sweep", "--data", "TABLE", *TINY, *SWEEP],
    "compare": ["compare", "l1", "l2", "--data", "TABLE", *TINY, *SWEEP],
    "a drawn sweep": ["sweep", "--data", "TABLE", *TINY, *SWEEP, "--chart"],
    "a drawn comparison": ["compare", "l1", "l2", "--data", "TABLE", *TINY, *SWEEP, "--chart"],
    "a drawn run": ["runs", "show", 1, "--chart"],
    "data show": ["data", "show", "TABLE"],
    "predict": ["predict", "MODEL", "--data", "NEW"],
    "runs list": ["runs", "list"],
    "runs show": ["runs", "show", 1],
    "runs export": ["runs", "export", 1],
    "an unknown target": ["train", "--data", "TABLE", "--target", NAME[:-2]],
    "a model without its columns": ["predict", "MODEL", "--data", "moons"],
    "a table that is not there": ["data", "show", f"no{RED}.csv"],
}


@pytest.mark.parametrize("how", [[], ["--json"]], ids=["for people", "json"])
@pytest.mark.parametrize("what", COMMANDS)
def test_no_command_writes_marks_to_a_terminal(monkeypatch, folder, what, how):
    path, table, new, store = folder
    args = [{"TABLE": table, "NEW": new, "MODEL": path / "m"}.get(arg, arg) for arg in COMMANDS[what]]
    monkeypatch.setattr(console, "on_terminal", lambda: True)
    done = run(*args, *how, env={**store, "NO_COLOR": "1"})
    assert done.stdout or done.stderr
    # Without colours, bold and dim are all that a table has of its own; RED is the data's.
    shown = re.sub("\x1b\\[[0-9](;[0-9])*m", "", done.stdout) + done.stderr
    assert not [mark for mark in MARKS if mark in shown]


def test_a_pipe_and_a_file_get_the_exact_text(folder):
    path, _, new, _ = folder
    lines = succeed("predict", path / "m", "--data", new, "--proba").stdout.splitlines()
    assert lines[0] == "row,prediction," + ",".join(f"p({name})" for name in sorted(CLASSES))
    (row,) = json.loads(succeed("predict", path / "m", "--data", new, "--json").stdout)["predictions"]
    assert row["prediction"] in CLASSES
    succeed("predict", path / "m", "--data", new, "--proba", "--csv", path / "out.csv")
    assert (path / "out.csv").read_text(encoding="utf-8").splitlines() == lines


def test_a_table_keeps_its_own_styles(monkeypatch, capsys):
    console.paint(f"{RED}bold\x1b[0m {CLEAR}{BIDI}\n")
    assert capsys.readouterr().out == f"{RED}bold\x1b[0m \N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}\n"


def test_harmless_text_keeps_letters_of_every_script_and_its_length():
    text = "aé漢😀 ~\u00a0"
    assert harmless(text * 100) == text * 100
    assert harmless("a\n\x1b\u200f\u2066\x85b", "\n") == "a\n" + "\N{REPLACEMENT CHARACTER}" * 4 + "b"


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs pseudo-terminals")
def test_a_real_terminal_is_told_from_a_pipe(folder):
    path, _, new, _ = folder
    command = [sys.executable, "-m", "wdcli", "predict", path / "m", "--data", new, "--quiet"]
    ours, theirs = os.openpty()
    with subprocess.Popen(command, stdout=theirs) as process:
        os.close(theirs)
        shown = os.read(ours, 10_000)
    os.close(ours)
    assert process.returncode == 0
    assert b"prediction" in shown
    assert b"\x1b" not in shown
    assert b"\x1b" in subprocess.run(command, capture_output=True, check=True).stdout
