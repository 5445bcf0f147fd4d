"""What is shown of a network that has collapsed, or has no hidden layer: dashes for what means nothing there."""

import csv
import io

import pytest

from tests.cli.run import SMALL, SWEEP, as_json, succeed

COLLAPSED = ["--lambd", 1e5, "--decay", "proximal", "--hidden", "4", "--rows", "40", "--epochs", "30"]
WIDE = {"COLUMNS": "300"}


def test_the_rankings_of_a_collapsed_network_are_null_and_dashes():
    found = as_json("train", *COLLAPSED)["result"]
    assert found["status"] == "collapsed"
    assert (found["test_auc"], found["test_average_precision"]) == (None, None)
    assert found["test_balanced_accuracy"] == 0.5
    rows = [line.split() for line in succeed("train", *COLLAPSED).stdout.splitlines()]
    assert ["ROC", "AUC", "–"] in rows
    assert ["average", "precision", "(1)", "–"] in rows
    assert next(row for row in rows if row[:1] == ["1"])[-1] == "–"
    assert next(row for row in rows if row[:1] == ["all"])[-1] == "–"


def test_they_are_so_in_a_sweeps_rows_and_in_an_export(tmp_path):
    store = ["--store", tmp_path / "s"]
    sweep = [
        "sweep",
        *SMALL,
        *SWEEP,
        "--lambdas",
        "0,1e5",
        "--decay",
        "proximal",
        "--hidden",
        "32",
        "--epochs",
        "60",
        *store,
    ]
    low, high = as_json(*sweep)["rows"]
    assert (high["status"], high["test_auc"], high["test_average_precision"]) == ("collapsed", None, None)
    assert low["test_auc"] is not None
    exported = csv.DictReader(io.StringIO(succeed("runs", "export", 1, *store).stdout))
    whole = {float(row["lambda"]): row["test_auc"] for row in exported if row["fit"] == "all rows"}
    assert whole[1e5] == "" != whole[0]


@pytest.mark.parametrize("hidden, there", [("none", False), ("4", True)])
def test_a_linear_model_has_no_column_of_live_units(hidden, there):
    shown = succeed("sweep", *SMALL, *SWEEP, "--hidden", hidden, "--no-store", env=WIDE).stdout
    assert ("live units" in shown) is there
    assert "live features" in shown
