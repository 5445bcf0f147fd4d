"""Stored runs by their number or as the last, and their rows as CSV."""

import csv
import io
import shlex

import pytest

from tests.cli.run import SMALL, SWEEP, as_json, refuse, succeed

COMMANDS = {
    "sweep": ["sweep", *SMALL, *SWEEP],
    "several ratios": ["sweep", *SMALL, *SWEEP, "--penalty", "elastic-net", "--l1-ratio", "0.2,0.8"],
    "compare": ["compare", "l1", "l2", *SMALL, *SWEEP],
    "a diverged row": ["sweep", "--data", "sine", "--optimizer", "sgd", *SMALL, *SWEEP, "--lambdas", "0,1e9"],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_rows_of_a_run_are_those_that_it_would_have_written(tmp_path, command):
    succeed(*COMMANDS[command], "--csv", tmp_path / "rows.csv")
    written = (tmp_path / "rows.csv").read_text()
    assert succeed("runs", "show", 1, "--csv", "-").stdout == written
    assert succeed("runs", "show", 1, "--csv", tmp_path / "again.csv").stdout == succeed("runs", "show", 1).stdout
    assert (tmp_path / "again.csv").read_text() == written
    assert "exists" in refuse(1, "runs", "show", 1, "--csv", tmp_path / "again.csv")


@pytest.mark.parametrize("seeds, whole", [(1, True), (3, False)])
def test_counts_of_one_network_are_whole_numbers_and_means_over_seeds_are_not(seeds, whole):
    args = [*COMMANDS["sweep"], "--penalty", "l1", "--hidden", "16", "--seeds", seeds]
    rows = list(csv.DictReader(io.StringIO(succeed(*args, "--csv", "-").stdout)))
    for name in ("live_units", "live_features", "nonzero_weights", "effective_columns", "effective"):
        assert all(cell.isdigit() == whole for row in rows for cell in row[name].split())


def test_the_last_run_needs_no_number():
    for args in (["sweep"], ["compare"]):
        succeed(*COMMANDS[args[0]])
    for args in (["show"], ["show", "--csv", "-"], ["export"]):
        assert succeed("runs", *args, "last").stdout == succeed("runs", *args, 2).stdout
    assert "run 2 is removed" in succeed("runs", "rm", "LAST", "2").stderr
    assert succeed("runs", "show", "last").stdout == succeed("runs", "show", 1).stdout
    succeed("runs", "rm", 1)
    assert "it has no runs" in refuse(1, "runs", "show", "last")
    assert "nor 'last'" in refuse(2, "runs", "show", "first")


def test_an_export_tells_fits_on_all_rows_from_those_that_held_a_fold_out():
    succeed(*COMMANDS["sweep"])
    rows = list(csv.DictReader(io.StringIO(succeed("runs", "export", "last").stdout)))
    assert {(row["fit"], row["fold"]) for row in rows} == {("all rows", "0"), ("fold 1", "1"), ("fold 2", "2")}
    assert [row["fit"] for row in as_json("runs", "export", 1)["networks"]] == [row["fit"] for row in rows]


def test_a_command_is_listed_as_it_can_be_given_again(tmp_path):
    (tmp_path / "my table.csv").write_text("x;y\n" + "".join(f"{i},5;{i % 7},5\n" for i in range(40)) + "k. A.;1,5\n")
    words = [
        "sweep",
        "--data",
        str(tmp_path / "my table.csv"),
        "--decimal",
        ",",
        "--missing",
        "k. A.",
        *SMALL[2:],
        *SWEEP,
    ]
    succeed(*words)
    (run,) = as_json("runs", "list")["runs"]
    assert shlex.split(run["command"])[-len(words) :] == [str(word) for word in words]
    assert "'k. A.'" in succeed("runs", "list", "--csv", "-").stdout


@pytest.mark.parametrize("args", [["runs", "list"], ["runs", "show", 1], ["data", "list"], ["data", "show", "iris"]])
def test_a_format_beside_json_has_no_effect_and_is_said_to_have_none(args):
    succeed(*COMMANDS["sweep"])
    assert "--format has no effect with --json" in succeed(*args, "--json", "--format", "latex").stderr
    assert "no effect" not in succeed(*args, "--format", "latex").stderr


def test_a_wide_table_and_one_for_a_document_have_the_scores_of_rare_classes():
    done = succeed(*COMMANDS["sweep"], "--format", "markdown").stdout
    wide, narrow = (succeed(*COMMANDS["sweep"], env={"COLUMNS": str(width)}).stdout for width in (250, 100))
    for heading in ("ROC AUC", "average precision", "balanced accuracy"):
        lines = [
            next(line for line in text.splitlines() if line.strip("| ").startswith("lambda"))
            for text in (done, wide, narrow)
        ]
        assert [heading in line for line in lines] == [True, True, False]


def test_accepting_any_version_of_no_cluster_makes_no_other_run():
    for args in ([], ["--cluster-any-version"], ["--epochs", 7]):
        succeed(*COMMANDS["sweep"], *args)
    assert len(as_json("runs", "list")["runs"]) == 2
