"""``wdcli report`` writes the page of a stored run, and ``--report`` that of the run just made: the same one."""

import importlib
import json
import os
import subprocess
import sys
import threading
import webbrowser
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.cli.run import SMALL, SWEEP, as_json, refuse, succeed

report = importlib.import_module("wdcli.cli.report")  # its package has the command of the same name

COMMANDS = {"sweep": ["sweep", *SMALL, *SWEEP], "compare": ["compare", "l1", "l2", *SMALL, *SWEEP]}


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_report_is_that_of_the_run_as_it_was_made(command):
    done = succeed(*COMMANDS[command], "--report", "made.html")
    assert "the report is written to 'made.html'" in done.stderr
    assert done.stdout == succeed("runs", "show", "last").stdout
    again = succeed("report", "-o", "again.html")
    assert again.stdout == ""
    assert again.stderr == "run 1 is written to 'again.html'\n"
    made, stored = (Path(name).read_text() for name in ("made.html", "again.html"))
    assert made == stored
    assert stored.startswith("<!DOCTYPE html>")


def test_without_a_name_the_page_is_named_by_the_run():
    succeed(*COMMANDS["sweep"])
    succeed(*COMMANDS["compare"])
    assert succeed("report", 1).stderr == "run 1 is written to 'wdcli-run-1.html'\n"
    succeed("report", "last")
    first, second = (Path(f"wdcli-run-{i}.html").read_text() for i in (1, 2))
    assert "how much L2 decay?" in first
    assert "which penalty, l1 or l2?" in second
    assert "exists" in refuse(1, "report")
    assert Path("wdcli-run-2.html").read_text() == second
    assert succeed("report", "--force", "--quiet").stderr == ""


def test_a_page_goes_to_standard_output_or_into_a_pipe():
    succeed(*COMMANDS["sweep"])
    done = succeed("report", "-o", "-")
    assert done.stderr == ""
    assert done.stdout.startswith("<!DOCTYPE html>")
    os.mkfifo("pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append(Path("pipe").read_text()))
    reader.start()
    succeed("report", "-o", "pipe")
    reader.join(10)
    assert read == [done.stdout]
    assert not list(Path().glob("*.html"))


def test_nothing_is_overwritten_before_or_after_the_work():
    Path("mine.html").write_text("mine")
    for command in COMMANDS.values():
        assert "exists" in refuse(1, *command, "--report", "mine.html")
    succeed(*COMMANDS["sweep"])
    assert "exists" in refuse(1, "report", "-o", "mine.html")
    assert Path("mine.html").read_text() == "mine"
    assert "directory" in refuse(1, "report", "-o", ".")
    assert "does not exist" in refuse(1, "report", "-o", "nowhere/page.html")


@pytest.mark.parametrize("words, message", [
    (["--report", "a", "--csv", "./a"], "--csv and --report name the same file"),
    (["--report", "a", "--save", "./a"], "--save and --report name the same file"),
    (["--report", "data.csv", "--data", "data.csv"], "also an input file"),
    (["--report", "-"], "--report takes the name of a file"),
])  # fmt: skip
def test_a_report_needs_a_file_of_its_own(words, message):
    Path("data.csv").write_text("x,y\n" + "1,2\n3,4\n" * 20)
    assert message in refuse(2, *COMMANDS["sweep"], *words, "--force")


def test_the_store_is_not_overwritten(monkeypatch, tmp_path):
    monkeypatch.setenv("WDCLI_STORE", str(tmp_path / "store.sqlite"))
    succeed(*COMMANDS["sweep"])
    assert "also an input file" in refuse(2, "report", "-o", "store.sqlite", "--force")


def test_there_must_be_a_run_to_report_on():
    succeed(*COMMANDS["sweep"])
    assert "no run 7" in refuse(1, "report", 7)
    assert "nor 'last'" in refuse(2, "report", "first")
    assert "none.sqlite" in refuse(1, "report", "--store", "none.sqlite")
    assert not list(Path().glob("*.html"))


def test_a_browser_shows_the_page(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(webbrowser, "open", lambda url: asked.append(url) or True)
    succeed(*COMMANDS["sweep"])
    assert "browser" not in succeed("report", "--open").stderr
    assert asked == [(tmp_path / "wdcli-run-1.html").as_uri()]
    assert "--open needs a file" in refuse(2, "report", "--open", "-o", "-")


def test_without_a_browser_a_line_says_what_to_open(monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    succeed(*COMMANDS["sweep"])
    assert "no browser could be started: open 'page.html'" in succeed("report", "--open", "-o", "page.html").stderr
    assert Path("page.html").exists()


@pytest.mark.parametrize("change", [
    lambda shown: {}, lambda shown: {**shown, "rows": 1}, lambda shown: {**shown, "data": {"name": "x"}},
    lambda shown: {**shown, "dropped": [1]},
])  # fmt: skip
def test_a_stored_result_that_can_not_be_read_is_refused(monkeypatch, change):
    succeed(*COMMANDS["sweep"])
    shown = change(as_json("runs", "show", 1))
    monkeypatch.setattr(report, "printed_run", lambda ctx, number: SimpleNamespace(id=1, shown=json.dumps(shown)))
    assert "can't be read" in refuse(1, "report")
    assert not list(Path().glob("*.html"))


def test_a_report_changes_no_run():
    succeed(*COMMANDS["sweep"])
    again = succeed(*COMMANDS["sweep"], "--report", "page.html")
    assert "from the store" in again.stderr + again.stdout
    assert "no run 2" in refuse(1, "runs", "show", 2)


def test_a_report_of_a_stored_run_loads_neither_numpy_nor_scikit_learn():
    succeed(*COMMANDS["sweep"])
    code = (
        "import sys\nfrom wdcli.cli import main\n"
        "try:\n    main(['report', '-o', 'page.html'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "print({'numpy', 'sklearn', 'scipy', 'polars', 'rich', 'matplotlib'} & {name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout == "set()\n"


def test_a_page_is_not_written_as_a_picture():
    succeed(*COMMANDS["sweep"])
    assert "a report is an HTML page" in refuse(2, "report", "-o", "a.pdf")
    assert not Path("a.pdf").exists()
