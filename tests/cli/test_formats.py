"""Every command that prints a table writes it for a document too."""

import re

import pytest

from tests.cli.run import SMALL, SWEEP, as_json, succeed

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
        "| CV accuracy | test accuracy | \\|W\\|1 | \\|W\\|2 | zeros | live units | live features | smoothness | kkt |"
        in text
    )
    assert re.search(r"\|\n\n.* network .*\n\nThe same lambda elsewhere: ", text)
    assert len(cells(text, "| ")) == 2 + 3


def test_the_format_changes_no_number_and_no_run():
    succeed(*COMMANDS["sweep"], "--format", "latex")
    assert len(as_json("runs", "list")["runs"]) == 1
    assert "training rows" in succeed("runs", "show", 1).stdout.splitlines()[0]
    assert "--format has no effect" in succeed("train", *SMALL, "--format", "latex", "--json").stderr
