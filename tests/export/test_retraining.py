"""A script trains the network of a saved model anew, and ends where wdcli does."""

import importlib
import statistics

import pytest

from tests.cli.run import as_json, succeed
from tests.export.exported import KERAS_WARNS, imported, saved, tool, written

pytestmark = pytest.mark.filterwarnings(KERAS_WARNS)
FITS = {
    "coupled": ["--data", "moons", "--hidden", "8", "--lambd", "1"],
    "proximal, some layers": ["--data", "moons", "--hidden", "8,8", "--penalty", "elastic-net", "--decay-layers", "1,3"],
    "decoupled, Nesterov": [
        "--data", "blobs", "--hidden", "8", "--decay", "decoupled", "--lambd", "20", "--optimizer", "sgd", "--nesterov",
        "--activation", "tanh",
    ],
    "AdamW, float64": [
        "--data", "friedman1", "--hidden", "8", "--decay", "decoupled", "--lambd", "100", "--dtype", "float64",
    ],
    "proximal SGD": ["--data", "friedman1", "--hidden", "8", "--penalty", "l1", "--optimizer", "sgd", "--lambd", "3"],
    "coupled L1, constant rate": [
        "--data", "friedman1", "--hidden", "8", "--penalty", "l1", "--decay", "coupled", "--schedule", "constant",
    ],
}  # fmt: skip
SEEDS = 5


@pytest.mark.slow
@pytest.mark.parametrize("name", [tool("pytorch"), tool("keras")])
@pytest.mark.parametrize("options", FITS.values(), ids=FITS)
def test_a_script_trains_to_the_loss_and_norms_of_wdcli(tmp_path, monkeypatch, name, options):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    importlib.import_module("torch").set_num_threads(1)
    table, quantities = tmp_path / "t.csv", ["train_loss", "l1_norm", "l2_norm", "sparsity"]
    succeed("data", "make", options[1], table, "--rows", 100)
    fit = ["--data", table, "--test-data", table, "--epochs", 40, *options[2:]]
    ours = [as_json("train", *fit, "--lambd", 1, *options[2:], "--seed", seed)["result"] for seed in range(SEEDS)]
    script = imported(written(tmp_path, saved(tmp_path, *fit, *options[2:]), name))
    rows = script.read(table)
    theirs = [dict(zip(*script.train(rows, seed), strict=True)) for seed in range(SEEDS)]
    for quantity in quantities:
        a, b = ([result[quantity] for result in results] for results in (ours, theirs))
        error = ((statistics.variance(a) + statistics.variance(b)) / SEEDS) ** 0.5
        assert abs(statistics.mean(a) - statistics.mean(b)) <= 3 * error + 1e-9, (quantity, a, b)


def test_a_linear_model_that_scikit_learn_trains_anew_has_the_same_weights(tmp_path):
    table = tmp_path / "t.csv"
    succeed("data", "make", "friedman1", table, "--rows", 100)
    fit = ["--data", table, "--test-data", table, "--hidden", "none", "--lambd", 20]
    for penalty in ("l1", "l2", "elastic-net", "group-lasso", "sparse-group"):
        trained = as_json("train", *fit, "--penalty", penalty)["result"]
        script = imported(written(tmp_path, saved(tmp_path, *fit, "--penalty", penalty), "sklearn"))
        header, numbers = script.train(script.read(table), 0)
        for quantity, found in zip(header, numbers, strict=True):
            assert found == pytest.approx(trained[quantity], rel=1e-3, abs=1e-6)
