"""Figures of stored runs, in the terminal and in files."""

import subprocess
import sys
from typing import get_args
from xml.etree import ElementTree

import pytest

from tests.cli.run import SMALL, SWEEP, refuse, run, succeed
from wdcli import names
from wdcli.figures import gallery

STARTS = {".svg": b"<svg", ".pdf": b"%PDF", ".png": b"\x89PNG"}
COMPARED = ["compare", "l1", "l2", "--rows", "60", "--hidden", "8", "--epochs", "30", *SWEEP, "--lambdas", "0,0.1,1,3"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store with a comparison, and then a sweep."""
    path = tmp_path_factory.mktemp("plots") / "store.sqlite"
    for command in (COMPARED, ["sweep", *SMALL, *SWEEP]):
        succeed(*command, "--store", path)
    return path


@pytest.fixture(autouse=True)
def _stored(store, monkeypatch):
    monkeypatch.setenv("WDCLI_STORE", str(store))


def test_the_figures_that_can_be_named_are_those_that_are_drawn():
    assert get_args(names.FigureName) == gallery.NAMES


@pytest.mark.parametrize("ending", STARTS)
def test_a_file_is_written_by_its_ending_with_the_same_bytes_each_time(tmp_path, ending):
    path = tmp_path / f"cv{ending}"
    for name in (path, tmp_path / f"again{ending.upper()}"):
        assert succeed("plot", "-o", name).stdout == ""
    assert path.read_bytes().startswith(STARTS[ending])
    assert (tmp_path / f"again{ending.upper()}").read_bytes() == path.read_bytes()
    assert "exists" in refuse(1, "plot", "-o", path)
    assert succeed("plot", "-o", path, "--force", "--figure", "weights").stdout == ""
    assert path.read_bytes() != (tmp_path / f"again{ending.upper()}").read_bytes()


@pytest.mark.parametrize("ending", STARTS)
def test_the_width_is_that_of_the_picture(tmp_path, ending):
    narrow, wide = (tmp_path / f"{width}{ending}" for width in (420, 960))
    succeed("plot", "-o", narrow, "--width", 420)
    succeed("plot", "-o", wide)
    assert narrow.read_bytes() != wide.read_bytes()


def test_a_dash_writes_svg_to_stdout(tmp_path):
    succeed("plot", "-o", tmp_path / "cv.svg")
    out = succeed("plot", "-o", "-").stdout
    assert ElementTree.fromstring(out).tag.endswith("svg")
    assert out.strip() == (tmp_path / "cv.svg").read_text().strip()


def test_without_a_file_the_figure_is_drawn_in_the_terminal_as_wide_as_that():
    for width in (60, 100):
        out = succeed("plot", env={"COLUMNS": str(width)}).stdout
        assert out.startswith("Cross-validation curve")
        assert max(map(len, out.splitlines())) <= width
    assert "--width has no effect" in succeed("plot", "--width", 500).stderr


def test_a_run_is_named_by_its_number_and_the_last_is_the_default():
    assert succeed("plot").stdout == succeed("plot", "last").stdout == succeed("plot", 2).stdout
    assert succeed("plot", 1, "--figure", "compare").stdout.startswith("Penalties compared")
    assert "no run 9" in refuse(1, "plot", 9)


@pytest.mark.parametrize("figure", get_args(names.FigureName))
@pytest.mark.parametrize("number", [1, 2])
def test_every_figure_is_drawn_or_says_why_not(tmp_path, number, figure):
    path = tmp_path / "x.svg"
    done = run("plot", number, "--figure", figure, "-o", path)
    if done.exit_code:
        message = refuse(1, "plot", number, "--figure", figure, "-o", path)
        assert message.startswith(f"the figure {figure} can't be drawn for this run. ")
        assert not path.exists()
    else:
        assert path.read_bytes().startswith(b"<svg")


def test_what_is_left_out_is_said_once(tmp_path):
    told = "l1: No lambda below the chosen one overfits."
    shown = succeed("plot", 1, "--figure", "function")
    assert (told in shown.stdout, shown.stderr) == (True, "")
    args = ["plot", 1, "--figure", "function", "-o", tmp_path / "function.svg", "--force"]
    assert succeed(*args).stderr.startswith(told)
    assert succeed(*args, "--quiet").stderr == ""


@pytest.mark.parametrize("path", ["cv.gif", "cv", ".svg", "cv.svg.gz", "/dev/stderr"])
def test_another_ending_is_refused_with_those_that_are_known(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    assert ".svg, .pdf, .png" in refuse(2, "plot", "-o", path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path, told", [("no/cv.svg", "does not exist"), ("there.svg", "is a directory")])
def test_a_file_that_cannot_be_written_is_refused(tmp_path, monkeypatch, path, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.svg").mkdir()
    assert told in refuse(1, "plot", "-o", path)


def test_the_store_is_not_overwritten(tmp_path, store):
    (tmp_path / "store.svg").write_bytes(store.read_bytes())
    args = ["--store", tmp_path / "store.svg", "-o", tmp_path / "store.svg", "--force"]
    assert "also an input file" in refuse(2, "plot", *args)


def test_an_unknown_figure_and_a_bad_run_are_wrong_usage():
    assert "Did you mean 'weights'" in refuse(2, "plot", "--figure", "weigths")
    assert "nor 'last'" in refuse(2, "plot", "first")
    assert "there is no store" in refuse(1, "plot", "--store", "nowhere.sqlite")


def without_matplotlib(*args):
    program = "import sys; sys.modules['matplotlib'] = None; from wdcli.cli import main; main(sys.argv[1:])"
    return subprocess.run([sys.executable, "-c", program, *map(str, args)], capture_output=True, text=True, check=False)


def test_svg_and_the_terminal_need_no_matplotlib_and_the_others_say_how_to_get_it(tmp_path):
    for args in (["-o", tmp_path / "cv.svg"], []):
        assert without_matplotlib("plot", *args).returncode == 0
    for ending in (".pdf", ".png"):
        done = without_matplotlib("plot", "-o", tmp_path / f"cv{ending}")
        assert done.returncode == 1
        assert "pip install 'wdcli[plot]'" in done.stderr
        assert done.stderr.count("\n") == 1


def test_settings_that_matplotlib_refuses_are_an_error_without_a_traceback(tmp_path):
    program = "import sys; from wdcli.cli import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", f"import os; os.environ['MPLBACKEND'] = 'nonsense'; {program}", "plot", "-o",
         str(tmp_path / "cv.pdf")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr[:7], "Traceback" in done.stderr) == (1, "Error: ", False)
