"""Every command that prints a table writes it for a document too."""

import re

import pytest

from tests.cli.run import SMALL, SWEEP, as_json, refuse, succeed
from wdcli.cli import drawing

COMMANDS = {
    "train": ["train", *SMALL, "--seeds", 2],
    "sweep": ["sweep", *SMALL, *SWEEP],
    "compare": ["compare", "l1", "l2", *SMALL, *SWEEP],
    "convert": ["convert", "--lambd", 2.4, "--rows", 300],
    "runs list": ["runs", "list"],
    "data list": ["data", "list"],
    "data show": ["data", "show", "moons"],
}
CELL = re.compile(r"(?<!\\)[|&]")


def cells(text, begins):
    """The cells of each row of each table."""
    rows = [line for line in text.splitlines() if line.startswith(begins) or line.endswith(r"\\")]
    return [[cell.strip() for cell in CELL.split(row.removesuffix(r"\\").strip("|"))] for row in rows]


@pytest.fixture(autouse=True)
def stored():
    succeed(*COMMANDS["sweep"])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_table_is_written_for_a_document(command):
    wide = succeed(*COMMANDS[command], env={"COLUMNS": "400"}).stdout
    for form, begins in (("markdown", "| "), ("latex", "\\\\")):
        text = succeed(*COMMANDS[command], "--format", form, env={"COLUMNS": "40"}).stdout
        for row in cells(text, begins):
            words = [cell.replace("\\", "").replace("$pm$", "±") for cell in row]
            numbers = [word for word in words if re.fullmatch(r"[\d,.]+( ± [\d.]+)?", word)]
            assert all(number in wide for number in numbers)
        assert len(cells(text, begins)) > 1


def test_a_document_has_all_columns_and_the_summary():
    text = succeed(*COMMANDS["sweep"], "--format", "markdown", env={"COLUMNS": "40"}).stdout
    assert (
        "| CV accuracy | test accuracy | ROC AUC | average precision | balanced accuracy | \\|W\\|1 | \\|W\\|2 | zeros "
        "| live units | live features | smoothness | kkt |" in text
    )
    assert re.search(r"\|\n\n.* network .*\n\nThe same lambda elsewhere: ", text)
    assert len(cells(text, "| ")) == 2 + 3


@pytest.mark.parametrize("command", ["sweep", "compare"])
@pytest.mark.parametrize("form", ["table", "markdown", "latex"])
def test_a_stored_run_is_shown_in_every_format_as_it_would_have_printed_itself(command, form):
    printed = succeed(*COMMANDS[command], "--format", form).stdout
    assert succeed("runs", "show", "last", "--format", form).stdout == printed


def test_a_run_that_was_stored_as_a_table_alone_says_how_to_get_it_in_another_format(monkeypatch):
    stored = drawing.Drawing.stored
    monkeypatch.setattr(drawing.Drawing, "stored", lambda self: stored(self).split(drawing.PAGE)[0])
    succeed(*COMMANDS["compare"])
    assert succeed("runs", "show", "last", "--format", "table").stdout == succeed("runs", "show", "last").stdout
    message = refuse(1, "runs", "show", "last", "--format", "latex")
    assert "was stored only as a table: give its command again with --format latex" in message


def test_a_document_has_the_marks_in_words_below_a_heading():
    heading, *rows = cells(succeed(*COMMANDS["sweep"], "--format", "markdown").stdout, "| ")
    assert heading[-2:] == ["verdict", "mark"]
    marks = [row[-1] for row in rows[1:]]
    assert set(marks) <= {"", "min", "paired", "min, paired", "plateau"}
    assert {"min", "paired"} <= set(", ".join(marks).split(", "))
    drawn = succeed(*COMMANDS["sweep"]).stdout
    assert ("min, paired" in marks) == ("< min paired" in drawn)


def test_a_single_row_has_no_verdict_and_no_mark():
    heading, *_ = cells(succeed("sweep", *SMALL, *SWEEP, "--lambdas", "1", "--format", "markdown").stdout, "| ")
    assert heading[-1] == "networks"


def test_the_format_changes_no_number_and_no_run():
    succeed(*COMMANDS["sweep"], "--format", "latex")
    assert len(as_json("runs", "list")["runs"]) == 1
    assert "training rows" in succeed("runs", "show", 1).stdout.splitlines()[0]
    assert "--format has no effect" in succeed("train", *SMALL, "--format", "latex", "--json").stderr
