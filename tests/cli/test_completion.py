"""What the Tab key offers, and what a shell must read for it."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from click.shell_completion import ShellComplete

from wdcli import names
from wdcli.cli import main
from wdcli.data.bundled import BUNDLED
from wdcli.data.generators import GENERATORS

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
WDCLI = [sys.executable, "-c", "import sys; from wdcli.cli import main; sys.argv[0] = 'wdcli'; main()"]


def completed(*words):
    """The completions of the last word."""
    *before, incomplete = words
    found = ShellComplete(main, {}, "wdcli", "_WDCLI_COMPLETE").get_completions(before, incomplete)
    return [(item.type, item.value) for item in found]


def values(*words):
    return {value for _, value in completed(*words)}


def test_the_names_that_are_completed_are_those_that_load():
    assert get_args(names.Generated) == tuple(GENERATORS)
    assert get_args(names.Bundled) == tuple(BUNDLED)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("data.csv", "my table.csv", ".hidden", "d\nx"):
        (tmp_path / name).touch()
    (tmp_path / "deep").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    "command", [["sweep", "--data"], ["train", "--data"], ["predict", "a", "--data"], ["data", "show"]]
)
def test_data_completes_names_and_files(folder, command):
    assert values(*command, "d") == {"diabetes", "digits", "data.csv", "deep/"}
    assert values(*command, "") == {*GENERATORS, *BUNDLED, "data.csv", "my table.csv", "deep/"}
    for path in ("my", "deep/", "../d"):
        assert completed(*command, path) == [("file", path)]


@pytest.mark.parametrize(
    "command", [["train", "--csv"], ["train", "--config"], ["runs", "list", "--store"], ["predict"]]
)
def test_paths_are_left_to_the_shell(command):
    assert completed(*command, "d") == [("file", "d")]


def test_commands_options_and_choices_are_completed():
    assert values("s") == {"sweep"}
    assert values("runs", "e") == {"export"}
    assert values("sweep", "--batch") == {"--batch-size"}
    assert values("sweep", "--penalty", "l") == {"l1", "l2"}
    assert values("data", "make", "linear") == {"linear-teacher", "linear-teacher-sparse"}


def completing(**variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WDCLI_")}
    return subprocess.run(WDCLI, env={**environment, **variables}, capture_output=True, text=True, check=True)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_readmes_line_gives_each_shell_what_it_reads(shell):
    assert f"_WDCLI_COMPLETE={shell}_source wdcli" in README
    done = completing(_WDCLI_COMPLETE=f"{shell}_source")
    assert f"_WDCLI_COMPLETE={shell}_complete" in done.stdout
    assert done.stderr == ""


def test_bash_gets_its_completions_by_variables():
    done = completing(_WDCLI_COMPLETE="bash_complete", COMP_WORDS="wdcli\nsweep\n--data\nmoo", COMP_CWORD="3")
    assert (done.stdout, done.stderr) == ("plain,moons\n", "")


def test_completing_loads_no_numpy():
    report = "print([m for m in sys.modules if m in BAD], file=sys.stderr)"
    program = f"{WDCLI[-1].replace('main()', '')}\ntry: main()\nfinally: {report}"
    bad = ["numpy", "sklearn", "polars", "rich"]
    done = subprocess.run(
        [sys.executable, "-c", f"BAD = {bad}\n{program}"],
        env={**os.environ, "_WDCLI_COMPLETE": "fish_complete", "COMP_WORDS": "wdcli data show", "COMP_CWORD": "d"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert re.findall(r"plain.(digits|diabetes)", done.stdout)
    assert done.stderr == "[]\n"
