"""Penalties on groups of weights from the command line: a column of the table dies as one, whatever the fit."""

import csv

import numpy as np
import pytest

from tests.cli.run import TINY, as_json, refuse, succeed
from wdcli import WeightDecayRegressor
from wdcli.models import load_model
from wdcli.nn.mlp import Params

SMALL = ["--rows", "40", *TINY]
FEW = ["--lambdas", "1", "--folds", "2", "--seeds", "1", "--jobs", "1"]
COMMANDS = {
    "train": ["train", "--penalty", "group-lasso", *SMALL],
    "sweep": ["sweep", "--penalty", "group-lasso", *SMALL, *FEW],
    "compare": ["compare", "l1", "group-lasso", *SMALL, *FEW],
    "convert": ["convert", "--penalty", "group-lasso", "--lambd", "1", "--rows", "40", "--hidden", "4"],
}
EACH = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)


@EACH
@pytest.mark.parametrize("ratio", ["-0.1", "1.01", "nan", "half"])
def test_an_l1_ratio_that_is_no_share_is_refused(command, ratio):
    assert "--l1-ratio" in refuse(2, *command, "--l1-ratio", ratio)


@EACH
def test_groups_that_the_network_does_not_have_are_refused(command):
    told = refuse(2, *command, "--hidden", "none", "--group-by", "units")
    assert told.strip() == "--group-by units needs hidden units, and --hidden none has none: use --group-by features."
    succeed(*command, "--hidden", "none", "--group-by", "features")
    assert "name it in --decay-layers" in refuse(2, *command, "--decay-layers", "2", "--group-by", "features")


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic-net", "none"])
def test_group_by_is_without_effect_on_other_penalties_and_the_program_says_so(penalty):
    given = ["train", "--penalty", penalty, *SMALL, "--lambd", "1" if penalty != "none" else "0"]
    done = succeed(*given, "--group-by", "features")
    assert done.stderr.startswith("--group-by has no effect with any penalty but group-lasso")
    assert as_json(*given, "--group-by", "features")["result"]["l1_norm"] == as_json(*given)["result"]["l1_norm"]


@pytest.fixture
def table(tmp_path):
    """Two numbers, one without use, and a text column without use, some of whose categories only few rows have."""
    rng, path = np.random.default_rng(0), tmp_path / "t.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["x", "useless", "t", "w", "y"])
        for i, (x, z, e) in enumerate(rng.normal(size=(150, 3))):
            missing = "" if i % 9 == 0 else f"{z:.4f}"
            writer.writerow([f"{x:.4f}", missing, f"k{i // 3 if i < 60 else i % 4}", 1 + i % 3, f"{x + e / 4:.4f}"])
    return path


def dead(path):
    """The columns without a weight; each has weights on all of its features, or on none."""
    model = load_model(str(path))
    first = Params.view(model.network, model.parameters[None]).weights[0][0].any(axis=1)
    names = np.array([model.encoding.feature_columns[place] for place in model.features])
    for name in set(names):
        assert len(set(first[names == name])) == 1
    return set(names) - set(names[first])


FITS = {
    "alone": [],
    "linear": ["--hidden", "none"],
    "early stopping": ["--early-stopping"],
    "weights": ["--weights", "w", "--lambd", "30"],
    "float64": ["--dtype", "float64"],
    "sgd": ["--optimizer", "sgd"],
    "sgd without momentum": ["--optimizer", "sgd", "--momentum", "0"],
    "by features": ["--group-by", "features", "--optimizer", "sgd", "--nesterov"],
    "decoupled": ["--decay", "decoupled", "--lambd", "125"],
    "small batches": ["--batch-size", "10"],
}


@pytest.mark.parametrize("options", FITS.values(), ids=FITS)
def test_a_column_dies_with_all_of_its_features_in_every_kind_of_fit(tmp_path, table, options):
    drop = [] if "--weights" in options else ["--drop", "w"]
    fit = ["--data", table, "--target", "y", *drop, "--hidden", "6", "--epochs", "150", "--lambd", "15", *options]
    succeed("train", "--penalty", "group-lasso", *fit, "--save", tmp_path / "a.model")
    found = dead(tmp_path / "a.model")
    assert {"t", "useless"} >= found >= {"t"}


def test_a_column_of_thousands_of_categories_dies_as_one(tmp_path):
    path, saved = tmp_path / "t.csv", tmp_path / "a.model"
    rows = [f"k{i % 2000},{i * 7 % 13},{i * 7 % 13 + i % 5}" for i in range(4000)]
    path.write_text("\n".join(["t,x,y", *rows]))
    network = ["--max-categories", "5000", "--hidden", "8", "--epochs", "6"]
    fit = ["train", "--data", path, "--penalty", "group-lasso", *network]
    succeed(*fit, "--lambd", "40", "--save", saved)
    assert dead(saved) == {"t"}
    assert load_model(str(saved)).network.sizes[0] > 1000
    succeed(*fit, "--lambd", "0.001", "--save", saved, "--force")
    assert dead(saved) == set()


def test_coupled_decay_makes_no_zeros_and_the_program_says_so(table):
    for penalty, lambd, told in (
        ("group-lasso", 15, True),
        ("l1", 15, True),
        ("group-lasso", 0, False),
        ("l2", 15, False),
    ):
        fit = ["--data", table, "--target", "y", "--hidden", "6", "--penalty", penalty, "--lambd", lambd]
        shown = succeed("train", *fit, "--decay", "coupled", env={"COLUMNS": "300"}).stdout
        assert (
            f"Coupled {penalty} makes weights small, and none exactly zero: --decay proximal does that." in shown
        ) == told
        assert as_json("train", *fit, "--decay", "coupled")["result"]["sparsity"] == 0


def test_a_network_whose_columns_are_all_dead_is_refitted_saved_shrunk_and_predicts_one_number(tmp_path, table):
    saved = tmp_path / "a.model"
    sweep = [
        "sweep",
        "--data",
        table,
        "--target",
        "y",
        "--penalty",
        "group-lasso",
        "--lambdas",
        "5000",
        "--hidden",
        "4",
    ]
    shown = succeed(*sweep, "--folds", 2, "--seeds", 1, "--refit", "--save", saved, "--shrink", "--jobs", 1).stdout
    assert "there is nothing to refit" in " ".join(shown.split())
    predictions = as_json("predict", saved, "--data", table)["predictions"]
    assert len({row["prediction"] for row in predictions}) == 1


@pytest.mark.parametrize("order", ["down", "up"])
def test_a_warm_path_with_a_refit_has_groups_of_the_categories_of_each_fold(tmp_path, table, order):
    saved = tmp_path / "a.model"
    sweep = ["sweep", "--data", table, "--target", "y", "--drop", "w", "--penalty", "group-lasso", "--lambdas", "15,20"]
    sweep += [
        "--folds",
        4,
        "--seeds",
        1,
        "--hidden",
        6,
        "--epochs",
        150,
        "--path",
        "warm",
        "--path-order",
        order,
        "--jobs",
        1,
    ]
    plain, refitted = (as_json(*sweep, *more, "--save", saved, "--force") for more in ([], ["--refit"]))
    assert plain["rows"] == refitted["rows"]
    assert dead(saved) >= {"t"}


def test_several_targets_lose_a_feature_together():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 5))
    Y = np.column_stack([X[:, 0], X[:, 1] - X[:, 0]]) + 0.2 * rng.normal(size=(80, 2))
    linear = WeightDecayRegressor(penalty="group-lasso", lambd=20, hidden=(), epochs=800).fit(X, Y)
    assert (linear.coefs_[0] != 0).tolist() == [[True, True], [True, True], *[[False, False]] * 3]
