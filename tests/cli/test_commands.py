import csv
import io
import json
import math
from dataclasses import replace

import numpy as np
import polars
import pytest

from tests.cli.run import SMALL, SWEEP, TINY, as_json, refuse, run, succeed
from wdcli.data.generators import GENERATORS
from wdcli.fits.config import DEFAULT_EPOCHS, FEWEST_STEPS, LINEAR_BATCH, LINEAR_STEPS, MOST_STEPS, FitConfig
from wdcli.models import load_model

NORMS = ["l1_norm", "l2_norm", "sparsity", "live_units", "live_features"]
TOLD_KEYS = ["features", "dropped", "notes", "summary"]
DRAWN_KEYS = ["heading", "constant_loss", "classes", "target", "columns", "function"]
PICTURED_KEYS = ["layers", "column_norms", "history", "function"]
TRAIN_KEYS = ["schema", "command", "version", "data", "config", *DRAWN_KEYS, "result", *TOLD_KEYS, "strongest"]
DATA_KEYS = [
    "name",
    "task",
    "n_train",
    "n_test",
    "n_features",
    "n_outputs",
    "target_mean",
    "target_scale",
    "fingerprint",
]
LOSS_KEYS = [
    "train_loss",
    "test_loss",
    "train_penalty",
    "train_score",
    "test_score",
    "score_name",
    "train_rmse",
    "test_rmse",
]
RESULT_KEYS = [
    "lambda",
    "status",
    "epochs",
    *LOSS_KEYS,
    *NORMS,
    "max_grad_norm",
    "smoothness",
    "kkt",
    "seconds",
    *PICTURED_KEYS,
    "nonzero_weights",
    "effective_columns",
    "effective",
    "excess_risk",
    "test_auc",
    "test_average_precision",
    "test_balanced_accuracy",
]
LAYER_KEYS = ["layer", "fan_in", "fan_out", "l1_norm", "l2_norm", "sparsity", "live_units"]
SWEEP_KEYS = [
    "schema",
    "command",
    "version",
    "data",
    "config",
    *DRAWN_KEYS,
    "rows",
    "selection",
    "networks",
    "first_pass",
    "seconds",
    "trained_seconds",
    *TOLD_KEYS,
    "strongest",
]
CV_KEYS = ["train_loss", "cv_loss", "cv_se", "test_loss", "train_score", "cv_score", "test_score", "test_rmse"]
ROW_KEYS = ["lambda", *CV_KEYS, *NORMS, "smoothness", "kkt", "verdict", "status"]
ROW_KEYS += [
    "l1_ratio",
    "nonzero_weights",
    "effective_columns",
    "effective",
    "excess_risk",
    "plateau",
    "wins",
    "networks",
]
ROW_KEYS += [*RESULT_KEYS[-3:], "precision", "recall"]
SELECTION_KEYS = ["lambda_min", "lambda_1se", "lambda_paired", "chosen", "rule", "at_edge", "l1_ratio"]
COMPARISON_KEYS = ["a", "b", "lambda_a", "lambda_b", "difference", "ci_low", "ci_high", "p_value", "conclusion"]
COMPARISON_KEYS += ["test_difference", "test_ci_low", "test_ci_high", "test_p_value", "test_conclusion"]
FRONTS = ["front", "smallest", "column_front", "fewest_columns"]
FRONT_KEYS = ["penalty", "lambda", "l1_ratio", "nonzero_weights", "effective_columns", "cv_loss", "cv_se"]
FRONT_KEYS += ["test_loss"]


def test_train_json_has_the_documented_keys():
    shown = as_json("train", *SMALL, "--lambd", 0.5)
    assert list(shown) == TRAIN_KEYS
    assert list(shown["data"]) == DATA_KEYS
    assert list(shown["result"]) == [*RESULT_KEYS, "test_se"]
    assert [list(layer) for layer in shown["result"]["layers"]] == [LAYER_KEYS, LAYER_KEYS]
    assert shown["schema"] == "wdcli.train/2"
    assert shown["command"][:2] == ["wdcli", "train"]
    assert shown["config"]["lambd"] == shown["result"]["lambda"] == 0.5
    assert (shown["config"]["hidden"], shown["config"]["batch_size"], shown["config"]["decay"]) == ([4], 30, "coupled")
    assert (shown["data"]["n_train"], shown["data"]["n_test"], shown["data"]["n_outputs"]) == (30, 10, 1)
    source = ("data", "target", "task", "rows", "noise")
    assert [shown["config"][name] for name in source] == ["moons", "y", "classification", 40, 0.3]
    assert shown["result"]["score_name"] == "accuracy"
    assert shown["result"]["test_rmse"] is None


def test_a_regression_is_reported_in_the_targets_own_units_too():
    shown = as_json("train", "--data", "diabetes", *TINY)
    result, data = shown["result"], shown["data"]
    assert result["score_name"] == "r2"
    assert result["test_rmse"] == pytest.approx(math.sqrt(result["test_loss"]) * data["target_scale"])
    assert result["train_score"] == pytest.approx(1 - result["train_loss"], abs=1e-5)
    raw = as_json("train", "--data", "diabetes", *TINY, "--no-scale-target")
    assert (raw["data"]["target_mean"], raw["data"]["target_scale"]) == (0, 1)
    assert raw["result"]["test_rmse"] == pytest.approx(math.sqrt(raw["result"]["test_loss"]))


def test_sweep_json_has_the_documented_keys():
    shown = as_json("sweep", *SMALL, *SWEEP)
    assert list(shown) == SWEEP_KEYS
    assert shown["features"] == ["x1", "x2"]
    assert [list(row) for row in shown["rows"]] == [[*ROW_KEYS, *PICTURED_KEYS]] * 3
    assert list(shown["selection"]) == SELECTION_KEYS
    assert [row["lambda"] for row in shown["rows"]] == [0, 0.1, 10]
    assert shown["networks"] == 9


def test_compare_json_has_the_documented_keys_and_pairs():
    shown = as_json("compare", "l1", "l2", "none", *SMALL, *SWEEP)
    assert [list(found) for found in shown["comparisons"]] == [COMPARISON_KEYS] * 3
    assert all(list(point) == FRONT_KEYS for name in FRONTS for point in shown[name])
    assert [(c["a"], c["b"]) for c in shown["comparisons"]] == [("l1", "l2"), ("l1", "none"), ("l2", "none")]
    assert [len(s["rows"]) for s in shown["sweeps"]] == [3, 3, 1]
    assert [s["config"]["penalty"] for s in shown["sweeps"]] == ["l1", "l2", "none"]
    assert list(shown)[-4:] == TOLD_KEYS
    assert "penalty" not in shown["config"]
    assert set(SWEEP_KEYS) <= set(shown["sweeps"][0])
    assert shown["sweeps"][0]["rows"][0]["cv_loss"] == shown["sweeps"][2]["rows"][0]["cv_loss"]


def test_two_copies_of_one_penalty_show_no_detectable_difference():
    trained = ["--rows", 40, "--hidden", 8, "--epochs", 60, *SWEEP, "--rule", "min"]
    (found,) = as_json("compare", "l2", "l2:coupled", *trained)["comparisons"]
    assert (found["difference"], found["p_value"], found["conclusion"]) == (0, 1, "no detectable difference")


def test_networks_that_have_both_collapsed_are_equal_whatever_their_losses_say():
    """Their constant answers differ by 1e-8, in the same direction for all test rows but a few: p = 0.005."""
    noise = ["--data", "linear-teacher", "--noise", 1000, "--rows", 80, "--hidden", "none", "--seed", 74]
    args = ["compare", "l1", "elastic-net", *noise, "--lambdas", "200,300", "--folds", 2, "--seeds", 1]
    (found,) = as_json(*args)["comparisons"]
    assert found["test_p_value"] < 0.05
    assert (found["conclusion"], found["test_conclusion"]) == ("equal: both collapsed",) * 2
    shown = succeed(*args).stdout
    assert "l1 and elastic-net are equal: both have collapsed, and do no better than a constant answer." in " ".join(
        shown.split()
    )
    assert "is better" not in shown


def test_a_sweeps_row_is_a_trains_result():
    row = as_json("sweep", *SMALL, *SWEEP)["rows"][1]
    result = as_json("train", *SMALL, "--lambd", 0.1)["result"]
    for name in ("train_loss", "test_loss", "train_score", "l1_norm", "l2_norm", "sparsity", "kkt", "smoothness"):
        assert row[name] == result[name]


def test_the_same_command_gives_the_same_json_but_for_times():
    def timeless():
        shown = as_json("sweep", *SMALL, *SWEEP)
        return {**shown, "seconds": None}

    assert timeless() == timeless()


def test_tables_for_people_fit_80_columns_and_are_plain_when_piped():
    for args in (["train"], ["sweep", *SWEEP], ["compare", "l1", "l2", *SWEEP]):
        out = succeed(*args, *SMALL).stdout
        assert max(len(line) for line in out.splitlines()) <= 80
        assert "\x1b" not in out
        assert "30 training rows, 10 test rows, 2 features, 2 classes" in out


@pytest.mark.parametrize("columns", [40, 60, 78, 80, 100, 118, 125, 130, 140, 200])
def test_no_number_is_cut_at_any_width(columns):
    grid = ["--lambdas", "0,0.000123,123000", "--folds", 2, "--seeds", 1, "--jobs", 1]
    out = succeed("sweep", *SMALL, *grid, env={"COLUMNS": str(columns)}).stdout
    table = out.split("\n\n")[1]
    assert "…" not in table
    assert max(map(len, table.splitlines())) <= columns
    assert all(word in table for word in ("0.000123", "123000", "min", "paired"))


def test_a_wide_terminal_shows_more_columns():
    wide = succeed("sweep", *SMALL, *SWEEP, env={"COLUMNS": "160"}).stdout
    for heading in ("CV accuracy", "|W|1", "live units", "smoothness", "kkt"):
        assert heading in wide
        assert heading not in succeed("sweep", *SMALL, *SWEEP).stdout.split("lambda_")[0].split("\n\n")[1]


def test_collapsed_rows_have_a_dash_for_what_means_nothing_there_and_json_has_the_numbers():
    args = ["sweep", *SMALL, "--lambdas", "0.1,1e6", "--epochs", 60, "--folds", 2, "--seeds", 1, "--jobs", 1]
    lines = succeed(*args, env={"COLUMNS": "220"}).stdout.splitlines()
    ok, collapsed = (
        next(line for line in lines if line.endswith(("collapsed",)) == fell and "±" in line and "CV" not in line)
        for fell in (False, True)
    )
    # Live units and features, kkt, and the two scores of a ranking.
    assert collapsed.count("–") == 5
    assert "–" not in ok
    assert as_json(*args)["rows"][1]["live_units"] is not None


def test_the_chosen_lambdas_are_marked_in_the_table():
    shown = as_json("sweep", *SMALL, *SWEEP)["selection"]
    table = succeed("sweep", *SMALL, *SWEEP).stdout.splitlines()
    marked = {
        word: float(line.split()[0])
        for line in table
        for word in ("min", "paired")
        if "< " in line and word in line.split("< ")[1]
    }
    assert marked == {"min": shown["lambda_min"], "paired": shown["lambda_paired"]}


def test_notes_go_to_stderr_and_quiet_silences_them(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("c,x,y\n" + "1,1,a\n1,2,b\n" * 10)
    done = succeed("train", "--data", path, *TINY)
    assert "target y: text, so this is a classification" in done.stderr
    assert "1 column left out, constant: c" in done.stderr
    assert succeed("train", "--data", path, *TINY, "--quiet").stderr == ""


@pytest.mark.parametrize("command", [["train", "--lambd", 0.1], ["sweep", *SWEEP], ["compare", "l1", "l2", *SWEEP]])
def test_json_holds_what_a_person_is_told(tmp_path, command):
    path = tmp_path / "t.csv"
    path.write_text("c,x,t,y\n" + "1,1,u,a\n1,2,v,b\n1,4,v,b\n" * 10)
    args = [*command, "--data", path, *TINY, "--momentum", 0.5]
    shown, done = as_json(*args), succeed(*args)
    assert shown["features"] == ["x", "t=u", "t=v"]
    assert shown["dropped"] == [{"column": "c", "reason": "constant"}]
    assert shown["notes"] == [line for line in done.stderr.splitlines() if "from the store" not in line]
    assert any("--momentum has no effect" in note for note in shown["notes"])
    assert any("1 column left out" in note for note in shown["notes"])
    for sentence in shown["summary"].split("\n"):
        assert sentence in " ".join(done.stdout.split())
    assert as_json(*args, "--quiet")["notes"] == shown["notes"]


def test_json_names_the_strongest_features_with_their_norms():
    shown = as_json("train", "--data", "diabetes", "--penalty", "l1", "--lambd", 100, "--hidden", "none")
    found = shown["strongest"]
    assert len(found) == shown["result"]["effective"][0] < len(shown["features"]) == 10
    assert [one["l2_norm"] for one in found] == sorted((one["l2_norm"] for one in found), reverse=True)
    names = ", ".join(one["feature"] for one in found)
    assert f"In use: {names}." in shown["summary"]
    swept = ["--lambdas", "100", "--folds", 2, "--seeds", 1, "--penalty", "l1", "--hidden", "none"]
    assert as_json("sweep", "--data", "diabetes", *swept)["strongest"] == found


def test_a_table_on_stdin():
    done = succeed("train", "--data", "-", "--target", "y", *TINY, stdin="x,y\n" + "1,a\n2,b\n" * 10)
    assert "standard input: 15 training rows, 5 test rows" in done.stdout


def test_csv_holds_every_row_and_column_in_full(tmp_path):
    path = tmp_path / "rows.csv"
    shown = as_json("sweep", *SMALL, *SWEEP, "--csv", path)
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert list(rows[0]) == ROW_KEYS
    assert [float(row["cv_loss"]) for row in rows] == [row["cv_loss"] for row in shown["rows"]]
    assert rows[0]["test_rmse"] == ""


def test_the_csv_of_several_seeds_holds_them_all(tmp_path):
    path = tmp_path / "rows.csv"
    shown = as_json("train", *SMALL, "--seeds", 2, "--csv", path)
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert [float(row["test_loss"]) for row in rows] == [found["test_loss"] for found in shown["neighbours"]]
    assert len(rows) == 6


@pytest.mark.parametrize("command", [["train", "--seeds", "2"], ["sweep", *SWEEP]])
def test_save_and_predict_come_back_to_the_same_score(tmp_path, command):
    table, model = tmp_path / "t.csv", tmp_path / "m"
    succeed("data", "make", "blobs", table, "--rows", 60)
    shown = as_json(*command, "--data", table, *TINY, "--test-data", table, "--save", model)
    predicted = as_json("predict", model, "--data", table, "--proba")["predictions"]
    truth = [int(row["y"]) for row in csv.DictReader(io.StringIO(table.read_text()))]
    score = np.mean([p["prediction"] == y for p, y in zip(predicted, truth, strict=True)])
    if command[0] == "train":
        assert score == pytest.approx(shown["result"]["test_score"])
    else:
        chosen = next(row for row in shown["rows"] if row["lambda"] == shown["selection"]["chosen"])
        assert score == pytest.approx(chosen["test_score"])
    assert all(sum(v for k, v in p.items() if k not in ("row", "prediction")) == pytest.approx(1) for p in predicted)
    out = succeed("predict", model, "--data", table).stdout
    assert [int(row["prediction"]) for row in csv.DictReader(io.StringIO(out))] == [p["prediction"] for p in predicted]


def test_a_regressions_predictions_are_in_the_targets_units(tmp_path):
    table, model = tmp_path / "t.csv", tmp_path / "m"
    succeed("data", "make", "friedman1", table, "--rows", 60)
    shown = as_json("train", "--data", table, "--epochs", 60, "--test-data", table, "--save", model)
    predicted = [p["prediction"] for p in as_json("predict", model, "--data", table)["predictions"]]
    truth = [float(row["y"]) for row in csv.DictReader(io.StringIO(table.read_text()))]
    assert np.sqrt(np.mean((np.array(predicted) - truth) ** 2)) == pytest.approx(shown["result"]["test_rmse"], rel=1e-4)


def test_predict_matches_columns_by_name_fills_holes_and_takes_new_categories(tmp_path):
    table, model, new = tmp_path / "t.csv", tmp_path / "m", tmp_path / "new.csv"
    table.write_text("x,t,y\n" + "1,u,a\n2,v,b\n,u,b\n" * 10)
    succeed("train", "--data", table, *TINY, "--save", model)
    new.write_text("more,t,x\n9,u,1\n9,never seen,\n")
    there = as_json("predict", model, "--data", new)["predictions"]
    new.write_text("x,t\n1,u\n,else\n")
    assert as_json("predict", model, "--data", new)["predictions"] == there


@pytest.fixture(scope="module")
def cities(tmp_path_factory):
    """A model of a number, and two columns of text, one of which has a rare category."""
    folder = tmp_path_factory.mktemp("cities")
    table = folder / "t.csv"
    table.write_text("x,city,code,y\n" + "1,Rome,1,3\n2,Oslo,2,4\n5,Oslo,A,8\n" * 10 + "4,Once,2,5\n")
    options = ["--task", "regression", "--test-data", table, *TINY]
    succeed("train", "--data", table, *options, "--save", folder / "m")
    return folder / "m"


def test_predict_counts_and_names_what_training_never_saw(tmp_path, cities):
    new = tmp_path / "new.csv"
    new.write_text("x,city,code\n1,Bonn,1\n,Once,B\n1,Ulm,B\n1,Aix,1.0\n1,,1\n")
    lines = [
        "Warning: city: 3 cells of 3 categories that training never saw (Aix, Bonn and 1 more) count as 'other'",
        "city: 1 missing cell, where training had none, counts as 'other'",
        "Warning: code: 2 cells of 1 category that training never saw (B) count as none of the categories that it saw",
    ]
    lines.insert(0, "x: 1 missing cell, where training had none, counts as the mean")
    done = succeed("predict", cities, "--data", new, "--json")
    assert done.stderr.splitlines() == lines
    shown = json.loads(done.stdout)
    assert shown["unknown"] == [
        {"column": "city", "cells": 3, "categories": ["Aix", "Bonn", "Ulm"], "n_categories": 3},
        {"column": "code", "cells": 2, "categories": ["B"], "n_categories": 1},
    ]
    assert shown["missing"] == [{"column": "x", "cells": 1}, {"column": "city", "cells": 1}]
    assert (shown["rare_or_unknown"], shown["notes"]) == ([], lines)
    assert succeed("predict", cities, "--data", new).stderr.splitlines() == lines
    assert succeed("predict", cities, "--data", new, "--quiet").stderr == ""


@pytest.mark.parametrize("code", ["1.0", "1", "1.000", 1, 1.0])
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_predict_reads_a_whole_number_as_training_wrote_it(tmp_path, cities, code, suffix):
    new, plain = tmp_path / f"new.{suffix}", tmp_path / "plain.csv"
    frame = polars.DataFrame({"x": [1, 3], "city": ["Rome", "Oslo"], "code": [code, None]})
    {"csv": frame.write_csv, "jsonl": frame.write_ndjson, "parquet": frame.write_parquet}[suffix](new)
    plain.write_text("x,city,code\n1,Rome,1\n3,Oslo,\n")
    shown = as_json("predict", cities, "--data", new)
    assert shown["unknown"] == []
    assert shown["predictions"] == as_json("predict", cities, "--data", plain)["predictions"]


@pytest.mark.parametrize("name", GENERATORS)
def test_every_generator_is_made_shown_and_trained_on(tmp_path, name):
    path = tmp_path / "t.csv"
    succeed("data", "make", name, path, "--rows", 40, "--seed", 3)
    made = as_json("data", "show", path)
    assert (made["rows"], made["target"]["name"]) == (40, "y")
    direct = as_json("train", "--data", name, "--rows", 40, "--seed", 3, *TINY)
    read = as_json("train", "--data", path, "--seed", 3, *TINY, "--target", "y")
    assert direct["result"]["train_loss"] == read["result"]["train_loss"]


def test_data_list_names_what_data_takes():
    listed = as_json("data", "list")["datasets"]
    assert {"moons", "linear-teacher", "iris", "digits"} <= {found["name"] for found in listed}
    out = succeed("data", "list").stdout
    assert all(found["name"] in out for found in listed)


def test_data_show_describes_columns(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,t,y\n" + "1,u,a\n2,v,b\n,u,b\n" * 4)
    shown = as_json("data", "show", path)
    x, t = shown["columns"]
    assert (x["missing"], x["distinct"], x["mean"]) == (4, 2, 1.5)
    assert t["categories"] == ["u", "v"]
    assert shown["target"]["classes"] == {"a": 4, "b": 8}
    assert "target y, 2 classes: a 4, b 8" in succeed("data", "show", path).stdout


@pytest.mark.parametrize(
    "args, relevant, line",
    [
        (["xor-sparse"], ["x1", "x2"], "The target depends on 2 of 10 columns: x1, x2."),
        (["friedman1", "--drop", "x1,x9"], ["x2", "x3", "x4", "x5"], "depends on 4 of 8 columns: x2, x3, x4, x5."),
        (["friedman1", "--only", "x9"], [], "The target depends on none of 1 column."),
        (["moons"], ["x1", "x2"], None),
        (["iris"], None, None),
    ],
)
def test_data_show_says_which_columns_of_generated_data_matter(args, relevant, line):
    assert as_json("data", "show", *args)["relevant"] == relevant
    out = succeed("data", "show", *args).stdout
    assert line in out if line else "depends on" not in out


def test_data_show_describes_a_saved_model(tmp_path, cities):
    shown = as_json("data", "show", cities)
    assert (shown["task"], shown["target"], shown["classes"]) == ("regression", "y", [])
    assert (shown["network"]["sizes"], shown["penalty"]["name"]) == ([7, 4, 1], "l2")
    assert shown["penalty"]["convention"] == "textbook"
    assert [(c["name"], c["kind"], c["categories"]) for c in shown["columns"]] == [
        ("x", "number", None),
        ("city", "text", ["Oslo", "Rome"]),
        ("code", "text", ["1", "2", "A"]),
    ]
    out = succeed("data", "show", cities).stdout
    assert "l2, lambda = 0.1 in textbook's convention" in out
    assert "2 and rare ones: Oslo, Rome" in out
    classes = tmp_path / "m"
    succeed("train", "--data", "iris", *TINY, "--penalty", "none", "--save", classes)
    out = succeed("data", "show", classes).stdout
    assert "model of species, 3 classes: setosa, versicolor, virginica" in out
    assert "no penalty" in out
    assert "--target has no effect on a saved model" in succeed("data", "show", classes, "--target", "y").stderr
    whole = classes.read_bytes()
    classes.write_bytes(whole[:-100])
    assert "truncated" in refuse(1, "data", "show", classes)


def test_made_data_goes_to_stdout_without_a_path():
    assert succeed("data", "make", "moons", "--rows", 10).stdout.startswith("x1,x2,y\n")


def test_convert_prints_the_documented_example():
    shown = as_json("convert", "--lambd", 0.1, "--rows", 400, "--penalty", "elastic-net")
    glmnet = next(line for line in shown["conventions"] if line["tool"] == "glmnet")
    assert glmnet["values"] == pytest.approx({"lambda": 1.875e-4, "alpha": 1 / 3})
    assert "glmnet" in succeed("convert", "--lambd", 2.4, "--rows", 300, "--batch-size", 32).stdout


def test_the_articles_preset_and_options_beside_it():
    shown = as_json("train", "--preset", "article", "--epochs", 2, "--seeds", 1)
    config = shown["config"]
    assert shown["data"]["name"] == "iris"
    assert config["hidden"] == [64, 128, 128, 128, 64, 64, 64]
    assert (config["penalty"], config["lambd"], config["convention"]) == ("l2", 0.1, "keras")
    assert config["decay_layers"] == [1, 2, 3, 4, 5, 6, 7]
    assert config["epochs"] == 2
    smaller = as_json("train", "--preset", "article", "--hidden", "5", "--epochs", 1, "--seeds", 1)
    assert smaller["config"]["decay_layers"] == [1, 2]
    other = as_json("train", "--preset", "article", "--epochs", 1, "--seeds", 1, "--lambd", 1e-4, "--data", "wine")
    assert (other["data"]["name"], other["config"]["lambd"]) == ("wine", 1e-4)


def test_the_articles_network_sits_on_the_edge_and_the_report_says_so():
    shown = as_json("train", "--preset", "article")
    outcomes = {}
    for found in shown["neighbours"]:
        outcomes.setdefault(round(found["lambda"], 4), []).append(found)
    below, here, above = (outcomes[lambd] for lambd in (0.0316, 0.1, 0.3162))
    assert all(found["status"] == "ok" for found in below)
    assert {found["status"] for found in here} == {"ok", "collapsed"}
    assert all(
        found["status"] == "collapsed" and found["train_loss"] == pytest.approx(math.log(3), rel=0.01)
        for found in above
    )
    assert max(found["test_score"] for found in here) > 0.9


def test_flag_beats_variable_beats_file(tmp_path):
    path = tmp_path / "wdcli.toml"
    path.write_text('epochs = 3\nhidden = [5]\nseed = 7\n"no-scale-features" = true\nlambdas = "0,1"\n')
    env = {"WDCLI_EPOCHS": "2", "WDCLI_SEED": ""}
    config = as_json("train", "--config", path, "--rows", 40, "--hidden", "6", env=env)["config"]
    assert (config["hidden"], config["epochs"], config["seed"], config["no_scale_features"]) == ([6], 2, 7, True)
    assert as_json("train", "--rows", 40, *TINY, env={"WDCLI_CONFIG": str(path)})["config"]["seed"] == 7


def test_saving_a_collapsed_network_is_warned_of(tmp_path):
    for name, lambd, warned in (("a", 1e6, True), ("b", 0.1, False)):
        done = succeed(
            "train", "--rows", 60, "--epochs", 200, "--hidden", 8, "--lambd", lambd, "--save", tmp_path / name
        )
        assert ("the saved network has collapsed" in done.stderr) == warned


def test_average_precision_says_of_which_class_it_is():
    assert "average precision (1)" in succeed("train", *SMALL).stdout


def test_a_file_gives_a_list_to_the_commands_that_take_one(tmp_path):
    path = tmp_path / "wdcli.toml"
    path.write_text('penalty = "elastic-net"\nl1_ratio = [0.1, 0.5]\nlambdas = [1]\nfolds = 2\nseeds = 1\n')
    swept = as_json("sweep", "--config", path, "--rows", 40, *TINY)
    assert swept["config"]["l1_ratio"] == [0.1, 0.5]
    found = run("train", "--config", path, "--rows", 40, *TINY)
    assert found.exit_code == 2 and "l1_ratio takes a number or text, not '[0.1, 0.5]'" in found.stderr


def test_variables_are_named_as_the_options_are():
    shown = succeed("train", *SMALL, env={"WDCLI_JSON": "1", "WDCLI_LAMBDA": "7", "WDCLI_NO_SCALE_FEATURES": "true"})
    config = json.loads(shown.stdout)["config"]
    assert (config["lambd"], config["no_scale_features"], shown.stderr) == (7, True, "")


def test_a_variable_that_is_none_is_warned_of():
    assert (
        "the variable WDCLI_EPOCS has no effect: no option has this name"
        in succeed("convert", "--lambd", 1, "--rows", 9, env={"WDCLI_EPOCS": "2"}).stderr
    )


def test_unstable_sgd_is_warned_of():
    args = ["--optimizer", "sgd", "--momentum", "0", "--lr", "0.1", *SMALL]
    assert "--decay proximal" in succeed("train", *args, "--lambd", 620, "--epochs", 1).stderr
    assert "unstable" not in succeed("train", *args, "--lambd", 590).stderr
    nesterov = ["--optimizer", "sgd", "--nesterov", "--lr", "0.05", "--convention", "pytorch", *SMALL]
    assert "unstable" in succeed("train", *nesterov, "--lambd", 30, "--epochs", 1).stderr
    assert "unstable" not in succeed("train", *nesterov, "--lambd", 26, "--epochs", 1).stderr


def test_a_sweep_warns_of_folds_that_are_unstable_before_it_runs():
    args = [
        "--optimizer",
        "sgd",
        "--momentum",
        "0",
        "--lr",
        "0.1",
        *SMALL,
        "--epochs",
        1,
        "--folds",
        2,
        "--seeds",
        1,
        "--jobs",
        1,
    ]
    assert "unstable at lambda = 310" in succeed("sweep", *args, "--lambdas", "1,310").stderr


@pytest.mark.parametrize(
    "args, note",
    [
        (["train", "--penalty", "none", "--lambd", "1"], "--lambd has no effect with --penalty none"),
        (["train", "--momentum", "0.5"], "--momentum has no effect with --optimizer adam"),
        (["train", "--l1-ratio", "0.2"], "--l1-ratio has no effect with any penalty but elastic-net and sparse-group"),
        (["sweep", *SWEEP, "--penalty", "none"], "--lambdas has no effect with --penalty none"),
        (["compare", "l1", "l2", *SWEEP, "--l1-ratio", "0.2"], "--l1-ratio has no effect"),
        (["sweep", *SWEEP, "--path-order", "up"], "--path-order has no effect without --path warm"),
        (
            ["train", "--group-by", "units"],
            "--group-by has no effect with any penalty but group-lasso and sparse-group",
        ),
        (
            ["sweep", *SWEEP, "--refit"],
            "--refit has no effect with any penalty but l1, elastic-net, group-lasso and sparse-group",
        ),
        (["train", "--shrink"], "--shrink has no effect without --save"),
        (["train", "--cluster-any-version"], "--cluster-any-version has no effect without --cluster"),
        (["sweep", *SWEEP, "--csv", "-", "--format", "markdown"], "--format has no effect with --json or --csv -"),
        (["sweep", *SWEEP, "--path", "warm", "--penalty", "l1"], "--path-order up goes from dense to sparse"),
    ],
)
def test_an_option_without_effect_is_said_to_have_none(args, note):
    assert note in succeed(*args, *SMALL).stderr
    assert succeed(*args, *SMALL, "--quiet").stderr == ""


def test_a_best_lambda_at_the_edge_of_the_grid_is_warned_of_and_0_and_the_null_model_are_none():
    shown, done = (each("sweep", "--data", "sine", "--rows", 60, *EDGE) for each in (as_json, succeed))
    assert shown["selection"]["at_edge"]
    assert "Warning: the best lambda of l1, 10, is at the edge of the grid" in done.stderr
    assert "widen --lambdas" in done.stdout.replace("\n", " ")
    zero, noise = (["--lambdas", "0,100"], ["--data", "linear-teacher", "--noise", 1000, "--lambdas", "1,1000"])
    for args in (["--data", "linear-teacher", *zero], noise):
        shown = as_json("sweep", *args, *LINEAR)
        assert shown["selection"]["at_edge"]
        assert "edge" not in succeed("sweep", *args, *LINEAR).stderr
    assert shown["rows"][-1]["status"] == "collapsed"


def test_repeated_lambdas_are_kept_once_and_said():
    done = succeed("sweep", *SMALL, "--lambdas", "1,1,2", "--folds", 2, "--seeds", 1, "--jobs", 1)
    assert "more than once" in done.stderr


def test_every_command_has_help_with_examples_first():
    for args in ([], ["train"], ["sweep"], ["compare"], ["predict"], ["export"], ["convert"], ["data"]):
        out = succeed(*args, "-h").stdout
        assert out.index("Examples:") < out.index("Options:" if not args or args == ["data"] else "--")
    for args in ([], ["data"]):
        done = run(*args)
        assert done.exit_code == 2
        assert "Commands:\n" in done.stderr
    assert run("--version").stdout.startswith("wdcli, version")


def test_l1_reports_exact_zeros_and_l2_none():
    options = ["--rows", 100, "--hidden", 16, "--epochs", 60]
    l1 = as_json("train", *options, "--penalty", "l1", "--lambd", 1)["result"]
    l2 = as_json("train", *options, "--penalty", "l2", "--lambd", 1)["result"]
    assert l1["sparsity"] > 0.3
    assert l1["live_units"] < 16
    assert l2["sparsity"] == 0


LINEAR = ["--hidden", "none", "--folds", "2", "--seeds", "1", "--jobs", "1", "--penalty", "l1"]
EDGE = [*LINEAR, "--lambdas", "10,100"]
L1 = ["--penalty", "l1", "--hidden", "16,8", "--lambdas", "1,3", "--folds", "2", "--seeds", "2", "--jobs", "1"]


def test_a_refit_is_reported_beside_the_penalised_network():
    shown = as_json("sweep", "--rows", 120, *L1, "--refit")
    chosen = next(row for row in shown["rows"] if row["lambda"] == shown["selection"]["chosen"])
    refit = shown["refit"]
    assert 0 < chosen["sparsity"] == refit["sparsity"]
    assert refit["train_loss"] < chosen["train_loss"]
    assert refit["difference"] == pytest.approx(refit["cv_loss"] - chosen["cv_loss"])
    assert refit["ci_low"] <= refit["difference"] <= refit["ci_high"]
    out = succeed("sweep", "--rows", 120, *L1, "--refit").stdout
    assert "penalised" in out
    assert "Refitted without the penalty, the weights that are left change CV loss by" in out.replace("\n", " ")
    assert "refit" not in as_json("sweep", "--rows", 120, *L1)


@pytest.mark.parametrize("refit", [[], ["--refit"]])
@pytest.mark.parametrize("table, target", [("moons", None), ("datasets/penguins.csv", "species"), ("diabetes", None)])
def test_the_shrunken_model_predicts_the_same(tmp_path, table, target, refit):
    whole, small = tmp_path / "whole", tmp_path / "small"
    args = ["sweep", "--data", table, *(["--target", target] if target else []), *L1, *refit]
    succeed(*args, "--save", whole)
    succeed(*args, "--save", small, "--shrink")
    one, other = (as_json("predict", model, "--data", table)["predictions"] for model in (whole, small))
    for a, b in zip(one, other, strict=True):
        assert a == pytest.approx(b, abs=1e-6)
    assert load_model(str(small)).network.n_parameters < load_model(str(whole)).network.n_parameters


def test_a_train_can_save_the_shrunken_network(tmp_path):
    path = tmp_path / "m"
    shown = as_json("train", "--penalty", "l1", "--lambd", 2, "--hidden", 32, "--save", path, "--shrink")
    assert list(load_model(str(path)).network.sizes) == shown["result"]["effective"]


def test_several_l1_ratios_are_swept_and_each_has_its_table():
    ratios = ["--penalty", "elastic-net", "--l1-ratio", "0.9,0.1,0.9"]
    done = succeed("sweep", *SMALL, *SWEEP, *ratios)
    assert "--l1-ratio names 1 value more than once" in done.stderr
    assert done.stdout.index("\nl1_ratio 0.1\n") < done.stdout.index("\nl1_ratio 0.9\n")
    assert "l1_ratio 0.1, 0.9" in done.stdout
    shown = as_json("sweep", *SMALL, *SWEEP, *ratios)
    assert [row["l1_ratio"] for row in shown["rows"]] == [0.1] * 3 + [0.9] * 3
    assert (shown["config"]["l1_ratio"], shown["networks"]) == ([0.1, 0.9], 18)
    best = min(shown["rows"], key=lambda row: row["cv_loss"])
    assert shown["selection"]["l1_ratio"] == best["l1_ratio"]
    alone = as_json("sweep", *SMALL, *SWEEP, "--penalty", "elastic-net", "--l1-ratio", "0.9")
    assert [row["cv_loss"] for row in alone["rows"]] == [row["cv_loss"] for row in shown["rows"][3:]]
    assert alone["config"]["l1_ratio"] == 0.9
    automatic = as_json("sweep", *SMALL, *ratios, "--folds", 2, "--seeds", 1)["rows"]
    tops = [max(row["lambda"] for row in automatic if row["l1_ratio"] == ratio) for ratio in (0.1, 0.9)]
    assert tops[0] > tops[1]


def test_the_bars_mark_the_plateau():
    shown = as_json("sweep", *SMALL, "--lambdas", "0,0.1,1,10,300", "--epochs", 60, "--folds", 3)
    out = succeed("sweep", *SMALL, "--lambdas", "0,0.1,1,10,300", "--epochs", 60, "--folds", 3).stdout
    lines = [line for line in out.splitlines() if "±" in line][1:]
    assert [line.rstrip()[-1] == "|" or "<" in line.split("%")[-1] for line in lines] == [
        row["plateau"] for row in shown["rows"]
    ]
    assert sum(row["wins"] for row in shown["rows"]) == pytest.approx(1)


def test_groups_and_time_hold_for_every_command(tmp_path):
    path, model = tmp_path / "t.csv", tmp_path / "m"
    rows = "".join(f"p{i % 9},{i % 7},{(i * i) % 11},{'ab'[(i * i) % 11 > 4]}\n" for i in range(90))
    path.write_text("patient,x,z,y\n" + rows)
    for split in (["--groups", "patient"], ["--folds-by", "time"]):
        for command in (["train", "--save", model, "--force"], ["sweep", *SWEEP], ["compare", "l1", "l2", *SWEEP]):
            shown = as_json(*command, "--data", path, *TINY, *split)
            assert shown["data"]["n_features"] == (2 if split[0] == "--groups" else 11)
            assert shown["config"][split[0][2:].replace("-", "_")] == split[1]
        if split[0] == "--groups":
            bare = tmp_path / "bare.csv"
            bare.write_text("x,z\n1,2\n")
            succeed("predict", model, "--data", bare)


def test_generated_regressions_are_held_against_the_truth():
    args = ["--data", "linear-teacher", "--hidden", "none", "--lambdas", "1,25,600", "--folds", "2", "--seeds", "1"]
    shown = as_json("sweep", *args)
    assert shown["oracle"]["lambda_best"] == pytest.approx(25)
    out = succeed("sweep", *args).stdout.replace("\n", " ")
    assert "The truth is known here. Noise floor: no function has an expected loss below" in out
    assert "excess" in out
    assert as_json("train", "--data", "sine", *TINY)["result"]["excess_risk"] > 0
    assert "oracle" not in as_json("sweep", *SMALL, *SWEEP)


def test_a_refit_that_diverges_is_said_and_the_penalised_network_is_saved(tmp_path, monkeypatch):
    from wdcli import study

    def diverging(*args):
        found = run_refit(*args)
        found.params.buffer.fill(math.nan)
        return replace(found, row=replace(found.row, status="diverged"))

    run_refit, path = study.run_refit, tmp_path / "m"
    monkeypatch.setattr(study, "run_refit", diverging)
    done = succeed("sweep", "--rows", 120, *L1, "--refit", "--save", path)
    assert "Refitted without the penalty, a network diverged" in done.stdout.replace("\n", " ")
    assert np.isfinite(load_model(str(path)).parameters).all()


def test_folds_in_time_that_are_unstable_are_warned_of():
    """The first of five folds in time has 50 of 300 rows: s2 is 6000 / 50 there, and lr times that is over 2 (1 + m)."""
    args = ["--data", "sine", "--folds-by", "time", "--optimizer", "sgd", "--epochs", 1, "--seeds", 1, "--hidden", 4]
    assert "unstable at lambda = 6000" in run("sweep", *args, "--lambdas", "1,6000").stderr
    assert "unstable" not in run("sweep", *args, "--lambdas", "1,1500").stderr


@pytest.mark.parametrize("columns", [60, 72, 80])
def test_names_and_numbers_of_a_comparison_are_not_cut(columns):
    args = ["none:coupled", "elastic-net:decoupled", *SMALL, "--data", "friedman1", *SWEEP, "--l1-ratio", "0.1,0.9"]
    out = succeed("compare", *args, env={"COLUMNS": str(columns)}).stdout
    assert "…" not in out
    chosen = out.split("At the chosen lambdas")[1].split("Difference in CV")[0].split()
    assert "none:coupled" in chosen


def test_one_lambda_a_ratio_is_a_choice_between_ratios():
    args = ["sweep", *SMALL, *SWEEP[2:], "--penalty", "elastic-net", "--l1-ratio", "0.1,0.9", "--lambdas", "10"]
    assert "< min paired" in succeed(*args).stdout
    assert "verdict" not in succeed("sweep", *SMALL, *SWEEP[2:], "--lambdas", "10").stdout


def test_classes_with_few_rows_are_warned_of_once_before_the_training(tmp_path):
    table = tmp_path / "t.csv"
    classes = ["a", "b"] * 50 + ["c"] * 2
    table.write_text("x,z,y\n" + "".join(f"{i * 37 % 23},{i * 11 % 17},{c}\n" for i, c in enumerate(classes)))
    few = "Warning: fewer training rows than folds (5): class c (2)"
    for command in (["sweep"], ["compare", "l1", "l2"]):
        said = succeed(*command, "--data", table, *TINY, *SWEEP, "--folds", 5).stderr
        assert said.count(few) == said.count("left out of CV loss") == said.count("Merge such a class") == 1
        assert few not in succeed(*command, "--data", table, *TINY, *SWEEP, "--folds", 5, "--quiet").stderr
    once = "Warning: only one training row has the class c: no network can learn it"
    assert once in succeed("train", "--data", table, *TINY, "--test-size", 0.4, "--seeds", 2).stderr
    assert once not in succeed("train", "--data", table, *TINY).stderr


def test_a_csv_holds_no_formula_from_the_data(tmp_path):
    table, model, out = tmp_path / "t.csv", tmp_path / "m", tmp_path / "out.csv"
    table.write_text("x,y\n" + "1,=1+1\n2,-3\n3,@a\n" * 10)
    succeed("train", "--data", table, "--hidden", "4", "--epochs", "2", "--save", model)
    succeed("predict", model, "--data", table, "--csv", out)
    cells = [cell for line in out.read_text().splitlines() for cell in line.split(",")]
    assert not [cell for cell in cells if cell[:1] in "=@+" and cell]
    assert "-3" in "".join(cells)


@pytest.mark.parametrize("command", ["train", "sweep", "compare"])
def test_the_help_states_the_defaults_of_linear_models_that_are_used(command):
    text = " ".join(succeed(command, "--help").stdout.split())
    assert f"without a hidden layer all rows, up to {LINEAR_BATCH}]" in text
    assert (
        f"[default: {DEFAULT_EPOCHS}; more if these make less than {FEWEST_STEPS} steps, or {LINEAR_STEPS} without"
        in text
    )
    assert f"fewer if they make more than {MOST_STEPS:,}]" in text
    linear, rows = FitConfig(hidden=()), 16_704
    assert linear.resolved_batch_size(rows) == LINEAR_BATCH
    assert linear.resolved_epochs(rows) * math.ceil(rows / LINEAR_BATCH) == LINEAR_STEPS
    assert FitConfig().resolved_epochs(10**6) * math.ceil(10**6 / 1024) - MOST_STEPS in range(math.ceil(10**6 / 1024))


def test_predict_tells_of_numbers_and_signs_that_training_did_not_have(tmp_path):
    def written(name, row):
        (tmp_path / name).write_text("id,paid,day,y\n" + "".join(row(i) for i in range(60)))
        return tmp_path / name

    data = written("old.csv", lambda i: f"{100001 + i},${i % 9}.50,2021-01-{1 + i % 28:02d},{i % 7}\n")
    new = written("new.csv", lambda i: f"{200001 + i},{i % 9}.50,2031-01-{1 + i % 28:02d},\n")
    done = succeed("train", "--data", data, *TINY, "--save", tmp_path / "a.model")
    assert "id: whole numbers that differ in every row: an identifier? Then --drop id" in done.stderr
    same, other = (succeed("predict", tmp_path / "a.model", "--data", each).stderr for each in (data, new))
    assert "standard deviations" not in same and "unit" not in same
    assert "Warning: id: 60 cells more than 10 of training's standard deviations from its mean, 100,0" in other
    assert "(the farthest: 200,060)" in other and "(the farthest: 2031-01-28)" in other
    unit = "paid: training's cells had the sign $, and these have no currency or percent sign: is the unit the same?"
    assert unit in other
    assert unit in as_json("predict", tmp_path / "a.model", "--data", new)["notes"]
