"""``--chart`` draws the result that is printed or stored, and changes nothing else."""

import re

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from tests.cli.run import SMALL, SWEEP, as_json, refuse, run, succeed
from wdcli.cli import console, main
from wdcli.cli.charting import charted, charted_below
from wdcli.report import sweep_serial

COMMANDS = {
    "sweep": ["sweep", *SMALL, *SWEEP],
    "several ratios": ["sweep", *SMALL, *SWEEP, "--penalty", "elastic-net", "--l1-ratio", "0.2,0.8"],
    "l1": ["sweep", *SMALL, *SWEEP, "--penalty", "l1", "--refit"],
    "compare": ["compare", "l1", "l2", *SMALL, *SWEEP],
    "a diverged row": ["sweep", "--data", "sine", "--optimizer", "sgd", *SMALL, *SWEEP, "--lambdas", "0,1,1e9"],
}
ASKED = {"chart": True, "json": False, "format": "table", "csv": None, "quiet": False}


def untimed(text):
    """The lines of a result that don't tell how long it took, and how many networks came from the store."""
    return [line for line in text.splitlines() if " networks" not in line and not re.fullmatch(r"[\d. ]*s", line)]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_run_is_drawn_alike_when_it_is_made_and_when_it_is_shown_again(command):
    table = succeed(*COMMANDS[command]).stdout
    drawn = succeed(*COMMANDS[command], "--chart")
    assert "● " in drawn.stdout
    assert drawn.stdout != table
    assert len(as_json("runs", "list")["runs"]) == 1
    again = succeed("runs", "show", "last", "--chart")
    assert again.stdout == drawn.stdout
    assert again.stderr == ""
    assert untimed(succeed("runs", "show", "last").stdout) == untimed(table)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_words_of_the_table_stay(command):
    shown = as_json(*COMMANDS[command])
    assert " ".join(shown["summary"].split()) in " ".join(succeed(*COMMANDS[command], "--chart").stdout.split())


@pytest.mark.parametrize("command", ["sweep", "compare", "several ratios"])
@pytest.mark.parametrize("width", [40, 72, 80, 130, 200])
def test_no_line_is_wider_than_the_terminal(command, width):
    for extra in ({}, {"TERM": "dumb"}):
        text = succeed(*COMMANDS[command], "--chart", env={"COLUMNS": str(width), **extra}).stdout
        assert max(map(cell_len, text.splitlines())) <= width


def test_a_wide_terminal_has_the_numbers_beside_the_curve():
    shown = as_json(*COMMANDS["sweep"])["rows"][1]
    numbers = (
        f"{shown['train_loss']:.4f}",
        f"{shown['cv_loss']:.4f} ± {shown['cv_se']:.4f}",
        f"{shown['test_loss']:.4f}",
    )
    wide = succeed(*COMMANDS["sweep"], "--chart", env={"COLUMNS": "150"}).stdout
    (row,) = [line for line in wide.splitlines() if line.split()[:1] == ["0.1"]]
    assert all(number in row for number in numbers)
    assert "●" in row
    assert numbers[1] not in succeed(*COMMANDS["sweep"], "--chart").stdout


@pytest.mark.parametrize("how", ["a dumb terminal", "a narrow encoding"])
def test_ascii_is_drawn_where_nothing_else_can_be_shown(how):
    charset, env = ("utf-8", {"TERM": "dumb"}) if how == "a dumb terminal" else ("ascii", {"TERM": "xterm"})
    done = CliRunner(charset=charset).invoke(main, list(map(str, (*COMMANDS["sweep"], "--chart"))), env=env)
    assert done.exit_code == 0
    assert done.stdout.isascii()
    assert "?" not in done.stdout.split("lambda", 2)[1]
    assert "O" in done.stdout
    assert "●" in succeed(*COMMANDS["sweep"], "--chart", env={"TERM": "xterm"}).stdout


@pytest.mark.parametrize("command", ["sweep", "compare"])
@pytest.mark.parametrize(
    "args, other", [(["--json"], "--json or --csv -"), (["--csv", "-"], "--json or --csv -"),
                    (["--format", "markdown"], "--format markdown")],
)  # fmt: skip
def test_where_no_table_is_written_for_a_terminal_a_note_says_that_there_is_no_chart(command, args, other):
    plain = succeed(*COMMANDS[command], *args)
    for given in (COMMANDS[command], ("runs", "show", "last")):
        done = succeed(*given, *args, "--chart")
        assert f"--chart has no effect with {other}\n" in done.stderr
        assert "●" not in done.stdout
    assert args == ["--json"] or untimed(done.stdout) == untimed(plain.stdout)


def test_no_colour_reaches_a_pipe_nor_a_terminal_without_colours(monkeypatch):
    assert "\x1b" not in succeed(*COMMANDS["sweep"], "--chart").stdout
    monkeypatch.setattr(console, "on_terminal", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    colours = re.compile("\x1b\\[[0-9;]*[34][0-9]")
    for args in (COMMANDS["sweep"], ["runs", "show", "last"]):
        assert colours.search(succeed(*args, "--chart").stdout)
        assert not colours.search(succeed(*args, "--chart", env={"NO_COLOR": "1"}).stdout)


def test_one_lambda_has_a_table_and_a_reason():
    args = [*COMMANDS["sweep"], "--lambdas", "1"]
    done = succeed(*args, "--chart")
    assert "No chart: Only one lambda, 1, was swept" in done.stderr
    assert untimed(done.stdout) == untimed(succeed(*args).stdout)
    assert untimed(succeed("runs", "show", "last", "--chart").stdout) == untimed(done.stdout)
    assert "No chart" not in succeed(*args, "--chart", "--quiet").stderr


def test_a_stored_result_that_cannot_be_drawn_says_so(monkeypatch):
    made = sweep_serial.sweep_json
    monkeypatch.setattr(sweep_serial, "sweep_json", lambda *args: {**made(*args), "rows": [{"lambda": 1.0}]})
    succeed(*COMMANDS["sweep"])
    assert "give the command again" in refuse(1, "runs", "show", "last", "--chart")


def test_an_interrupted_sweep_is_drawn_as_far_as_it_went():
    shown = as_json(*COMMANDS["sweep"])
    nothing = dict.fromkeys(shown["selection"])
    rows = [{**row, "verdict": None} for row in shown["rows"]]
    drawing = charted(ASKED, {**shown, "rows": rows, "selection": nothing | {"rule": "paired"}, "partial": {}})
    assert drawing is not None


def test_the_learning_curve_of_a_fit_is_below_its_table(capsys):
    history = {"epochs": [0, 1, 2], "train_loss": [0.7, 0.5, 0.1], "test_loss": [0.9, 0.6, None]}
    shown = {"constant_loss": 0.69, "result": {"history": history}}
    charted_below(ASKED, shown, lambda: "the table").write("table")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "the table"
    assert [line.split()[0] for line in lines if "○" in line and "training" not in line] == ["0", "1", "2"]
    assert charted_below({**ASKED, "json": True}, shown, lambda: "the table") is None


@pytest.mark.parametrize("seeds", [1, 2])
def test_a_fit_is_drawn_below_its_table(seeds):
    args = ["train", *SMALL, "--seeds", seeds, "--jobs", 1]
    table, drawn = succeed(*args).stdout, succeed(*args, "--chart").stdout
    assert untimed(drawn)[: len(untimed(table))][3:] == untimed(table)[3:]
    below = drawn.splitlines()[len(table.splitlines()) :]
    history = as_json(*args)["result"]["history"]
    assert [row.split()[0] for row in below if re.match(r" *\d+ .*┊", row)] == [
        f"{epoch:g}" for epoch in history["epochs"]
    ]


@pytest.mark.parametrize("how", [["--json"], ["--csv", "-"], ["--format", "latex"]])
def test_a_fit_without_a_table_has_a_note_in_place_of_the_chart(how):
    done = succeed("train", *SMALL, *how, "--chart")
    assert "--chart has no effect with" in done.stderr
    assert "┊" not in done.stdout


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_fit_that_diverged_has_no_chart():
    args = ["train", "--data", "sine", "--optimizer", "sgd", "--lambd", "1e9", *SMALL, "--chart"]
    assert "diverged" in refuse(1, *args)
    several = run(*args, "--seeds", 2, "--jobs", 1)
    assert "No chart: The network diverged" in several.stderr
    assert "┊" not in several.stdout


def test_a_drawn_comparison_is_headed_by_every_penalty():
    lines = succeed(*COMMANDS["compare"], "--chart", env={"COLUMNS": "200"}).stdout.splitlines()
    data, *each = lines[: lines.index("")]
    assert data.startswith("moons")
    assert [re.search(" l[12] ", line)[0].strip() for line in each[::2]] == ["l1", "l2"]
    assert all(line.startswith("2 folds x 1 seed") for line in each[1::2])
