"""What pictures are drawn from, in the JSON of a result: against other commands, and against formulas."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from tests.cli.run import SMALL, SWEEP, TINY, as_json, succeed
from wdcli.data.loading import load
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import make_fold
from wdcli.fits.mesh import MARGIN
from wdcli.nn.effective import effective
from wdcli.report.picture_serial import MOST_ROWS, rounded
from wdcli.report.serial import to_json
from wdcli.study import Data, train


def values_of(axis):
    return np.linspace(axis["low"], axis["high"], axis["points"])


def points_of(function):
    """Every point, the first feature fastest, without the code that made them."""
    axes = [values_of(axis) for axis in function["axes"]]
    return [(x,) for x in axes[0]] if len(axes) == 1 else [(x, y) for y in axes[1] for x in axes[0]]


def write(path, header, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture
def prices(tmp_path):
    """A regression far from 0, in units of its own."""
    rng = np.random.default_rng(0)
    x, z = rng.normal(50, 20, 60), rng.uniform(0, 1, 60)
    return write(tmp_path / "prices.csv", ["x", "z", "y"], zip(x, z, 1e6 + 50 * x + 200 * z, strict=True))


@pytest.mark.parametrize("data", ["moons", "blobs", "sine", "prices", "raw"])
def test_a_function_is_what_the_saved_model_predicts(tmp_path, prices, data):
    source = {"prices": prices, "raw": prices}.get(data, data)
    args = ["--data", source, *TINY, *(["--no-scale-features"] if data == "raw" else [])]
    shown = as_json("train", *args, "--lambd", 0.1, "--save", tmp_path / "a.model")
    function, values = shown["function"], np.array(shown["result"]["function"])
    names = [axis["feature"] for axis in function["axes"]]
    new = write(tmp_path / "new.csv", names, points_of(function))
    proba = ["--proba"] if data in ("moons", "blobs") else []
    found = as_json("predict", tmp_path / "a.model", "--data", new, *proba)["predictions"]
    if data in ("moons", "blobs"):
        wanted = shown["classes"][1:] if data == "moons" else shown["classes"]
        expected = [[row[f"p({name})"] for row in found] for name in wanted]
    else:
        expected = [[row["prediction"] for row in found]]
    assert values.shape == (len(expected), 201 if data == "sine" else 64 * 64)
    assert values == pytest.approx(np.array(expected), rel=6e-5, abs=6e-5 * shown["data"]["target_scale"])
    assert np.ptp(values) > 0


def test_a_row_of_a_sweep_has_the_history_and_the_function_of_its_first_seed():
    shown = as_json("sweep", *SMALL, *SWEEP, "--exhaustive", "--seeds", 2)
    again = as_json("sweep", *SMALL, *SWEEP, "--exhaustive", "--seeds", 2)
    for row, recalled in zip(shown["rows"], again["rows"], strict=True):
        result = as_json("train", *SMALL, "--lambd", row["lambda"])["result"]
        assert row["history"] == result["history"] == recalled["history"]
        assert row["function"] == result["function"] == recalled["function"]
        assert result["history"]["epochs"] == [0, 1, 2]
        for name in ("train_loss", "test_loss"):
            assert result["history"][name][-1] == pytest.approx(result[name], rel=1e-5)
    assert as_json("train", *SMALL, "--lambd", 0)["function"] == shown["function"]


def test_a_row_has_the_means_of_its_seeds():
    several = as_json("sweep", *SMALL, *SWEEP, "--exhaustive", "--seeds", 2, "--penalty", "l1", "--hidden", "4,3")
    for row in several["rows"]:
        assert [(layer["layer"], layer["fan_in"], layer["fan_out"]) for layer in row["layers"]] == [
            (1, 2, 4), (2, 4, 3), (3, 3, 1)]  # fmt: skip
        assert sum(layer["l1_norm"] for layer in row["layers"]) == pytest.approx(row["l1_norm"])
        assert sum(layer["live_units"] for layer in row["layers"][:-1]) == pytest.approx(row["live_units"])
        assert row["layers"][-1]["live_units"] is None
    one = as_json("sweep", *SMALL, *SWEEP, "--penalty", "l1")
    for row in one["rows"]:
        assert math.hypot(*(layer["l2_norm"] for layer in row["layers"])) == pytest.approx(row["l2_norm"])
        assert all(isinstance(layer["live_units"], int | None) for layer in row["layers"])
        assert (
            row["layers"] == as_json("train", *SMALL, "--penalty", "l1", "--lambd", row["lambda"])["result"]["layers"]
        )


@pytest.mark.parametrize("lambd", [0.0, 30.0, 60.0, 1e4])
def test_the_norm_of_a_column_is_that_of_its_features_in_use(lambd):
    dataset, split = load(Source("datasets/penguins.csv", target="species"), 0)
    result = train(Data(dataset, split), FitConfig(penalty="l1", hidden=(6,), epochs=40), lambd)
    used, (first, *_) = effective(result.params)[0][0], result.params.weights
    expected = dict.fromkeys([column.name for column in dataset.columns], 0.0)
    for feature, name in enumerate(result.fold.encoding.feature_names):
        if used[feature]:
            expected[name.split("=")[0]] += float((first[0, feature].astype(float) ** 2).sum())
    found = dict(zip(result.fold.encoding.columns, result.record.diagnostics.column_norms, strict=True))
    assert found == pytest.approx({name: math.sqrt(value) for name, value in expected.items()})
    assert (0.0 in found.values()) == (lambd > 10)


def test_the_surroundings_are_those_of_the_data():
    args = ["--data", "datasets/penguins.csv", *TINY, "--drop", "species", "--target", "island"]
    header = Path("datasets/penguins.csv").read_text("utf-8").splitlines()[0].split(",")
    dataset, split = load(Source("datasets/penguins.csv", target="island"), 0)
    shares = np.bincount(dataset.y[split.train]) / len(split.train)
    both = as_json("sweep", *args, *SWEEP), as_json("train", *args)
    for shown in both:
        assert shown["classes"] == ["Biscoe", "Dream", "Torgersen"]
        assert shown["target"] == "island"
        assert shown["columns"] == [name for name in header if name not in ("species", "island")]
        assert shown["constant_loss"] == pytest.approx(-(shares * np.log(shares)).sum())
        assert shown["function"] is None
        assert shown["heading"][0].startswith("penguins.csv: 258 training rows")
        assert shown["heading"][1].startswith("network 4 relu, l2 ")
    assert both[0]["heading"][1].endswith("; 2 epochs, batches of 32, lr 0.01")
    assert both[0]["heading"][2:] == ["2 folds x 1 seed, 9 networks"]
    assert both[1]["heading"][1].endswith("; 2 epochs")
    assert as_json("train", "--data", "sine", *TINY)["classes"] == []


def test_rows_beside_a_function_are_few_and_its_axes_cover_all_of_them():
    shown = as_json("train", "--data", "circles", "--rows", 1800, *TINY)["function"]
    dataset, split = load(Source("circles", rows=1800), 0)
    for name, rows in (("train", split.train), ("test", split.test)):
        assert shown[f"n_{name}"] == len(rows)
        assert len(shown[name]["y"]) == len(shown[name]["x"][0]) == MOST_ROWS
        places = [list(dataset.columns[0].values).index(x) for x in shown[name]["x"][0]]
        assert set(places) <= set(rows.tolist())
        assert len(set(places)) == MOST_ROWS
        assert shown[name]["y"] == dataset.y[places].tolist()
        assert shown[name]["x"][1] == dataset.columns[1].values[places].tolist()
    for axis, column in zip(shown["axes"], dataset.columns, strict=True):
        low, high = column.values.min(), column.values.max()
        assert (axis["low"], axis["high"]) == pytest.approx((low - MARGIN * (high - low), high + MARGIN * (high - low)))
        assert axis["feature"] == column.name
    assert shown["truth"] is None


def test_the_truth_of_a_sine_is_a_sine():
    shown = as_json("train", "--data", "sine", *TINY)["function"]
    assert shown["truth"] == pytest.approx(np.sin(np.pi * values_of(shown["axes"][0])))
    assert as_json("train", "--data", "sine", "--only", "x1", *TINY)["function"]["truth"] is None
    assert as_json("train", "--data", "friedman1", *TINY)["function"] is None


ROWS = [[i, (i * i) % 7, i % 2] for i in range(60)]
TABLES = {
    "text": (["x", "z", "y"], [[x, "abc"[z % 3], y] for x, z, y in ROWS]),
    "booleans": (["x", "z", "y"], [[x, ["true", "false"][z % 2], y] for x, z, y in ROWS]),
    "dates": (["x", "y"], [[f"2020-{1 + x % 12:02d}-{1 + x % 27:02d}", y] for x, _, y in ROWS]),
    "missing cells": (["x", "z", "y"], [[x, "" if x % 5 == 0 else z, y] for x, z, y in ROWS]),
    "three columns": (["x", "z", "w", "y"], [[x, z, x * z % 11, y] for x, z, y in ROWS]),
    "eleven classes": (["x", "z", "y"], [[x, z, f"c{x % 11}"] for x, z, _ in ROWS]),
    "an endless range": (["x", "y"], [[(-1) ** x * (1 + x / 1e3) * 1.6e308, y] for x, _, y in ROWS]),
}


@pytest.mark.parametrize("table", TABLES)
def test_other_tables_have_no_function(tmp_path, table):
    shown = as_json("train", "--data", write(tmp_path / "a.csv", *TABLES[table]), "--target", "y", *TINY)
    assert shown["function"] is shown["result"]["function"] is None


def test_a_constant_column_is_not_drawn_and_a_test_row_with_a_missing_cell_has_no_place(tmp_path):
    (tmp_path / "a.csv").write_text("x,c,y\n" + "".join(f"{i},5,{i % 2}\n" for i in range(30)))
    (tmp_path / "b.csv").write_text("x,c,y\n,5,1\n70,6,0\n")
    files = ["--data", tmp_path / "a.csv", "--test-data", tmp_path / "b.csv"]
    args = [*files, "--target", "y", "--task", "classification"]
    shown = as_json("train", *args, *TINY)
    assert shown["columns"] == ["x"]
    (axis,) = shown["function"]["axes"]
    assert (axis["low"], axis["high"]) == pytest.approx((-3.5, 73.5))
    assert shown["function"]["test"] == {"x": [[70]], "y": [0]}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_network_that_diverged_has_nothing_to_draw():
    args = ["--data", "sine", *SMALL, "--optimizer", "sgd", "--penalty", "l2"]
    (fine, lost) = as_json("sweep", *args, *SWEEP, "--lambdas", "0,1e9")["rows"]
    assert (lost["layers"], lost["column_norms"], lost["history"], lost["function"]) == ([], [], None, None)
    assert fine["layers"] and fine["column_norms"] and fine["history"] and fine["function"]


def test_a_warm_path_has_the_history_of_each_lambdas_own_training():
    args = ["--path", "warm", "--epochs", 8, "--lr", 0.1, "--seeds", 2, "--lambdas", "0,0.01,0.02"]
    rows = as_json("sweep", *SMALL, *SWEEP, *args)["rows"]
    histories = [row["history"] for row in rows]
    assert [history["epochs"] for history in histories] == [[*range(9)], [0, 1, 2], [*range(9)]]
    for name in ("train_loss", "test_loss"):
        assert histories[1][name][0] == pytest.approx(histories[2][name][-1])
        assert histories[0][name][0] == histories[2][name][0]


def test_the_mesh_and_the_columns_are_part_of_what_a_network_is_known_by():
    dataset, split = load(Source("moons", rows=40), 0)
    fold = make_fold(FitConfig(), dataset, 0, split.train, split.test)
    assert fold.X_mesh.shape == (64 * 64, 2)
    for name, other in (("X_mesh", fold.X_mesh * 2), ("columns", fold.columns * 0)):
        changed = make_fold(FitConfig(), dataset, 0, split.train, split.test)
        vars(changed)[name] = other
        assert changed.digest != fold.digest


def test_numbers_are_rounded_to_five_digits_of_the_value_or_of_its_variation():
    values = np.array([[1234567.891, 0.000123456789, 0.0, -9.999999, 1e-30 / 3]])
    assert rounded(values, np.inf) == [[1234600.0, 0.00012346, 0.0, -10.0, pytest.approx(3.3333e-31, rel=1e-9)]]
    assert rounded(np.array([[1234567.891, -0.000123456789]]), 3.0) == [[1234567.8910, -0.00012346]]


@pytest.mark.parametrize(
    "value, text",
    [
        ([1, 2.5, None, math.nan, -math.inf], "[1, 2.5, null, null, null]"),
        ([[0.1, 1], []], "[\n    [0.1, 1],\n    []\n  ]"),
        (["NaN", 1], '[\n    "NaN",\n    1\n  ]'),
        ([True, False], "[\n    true,\n    false\n  ]"),
        (({"x": 1},), '[\n    {\n      "x": 1\n    }\n  ]'),
        ({}, "{}"),
        ("é\x1b", '"é\\u001b"'),
        (math.inf, "null"),
    ],
)
def test_a_list_of_numbers_takes_one_line_and_all_else_as_many_as_before(value, text):
    assert to_json({"a": value}) == f'{{\n  "a": {text}\n}}'


def test_a_table_has_no_column_for_what_pictures_are_drawn_from():
    for args in (["train", *SMALL], ["sweep", *SMALL, *SWEEP]):
        header = succeed(*args, "--csv", "-").stdout.splitlines()[0].split(",")
        assert not {"layers", "column_norms", "history", "function"} & set(header)
    shown = json.loads(succeed("runs", "show", "last", "--json").stdout)
    assert succeed("runs", "show", "last", "--csv", "-").stdout.splitlines()[0].split(",") == header
    assert shown["schema"] == "wdcli.sweep/2"


@pytest.mark.parametrize("empty", [0, 3])
def test_a_row_with_an_empty_cell_has_no_place_beside_a_function(tmp_path, prices, empty):
    lines = prices.read_text().splitlines()
    new = [f",{line.split(',', 1)[1]}" if i < empty else line for i, line in enumerate(lines[1:9])]
    (tmp_path / "new.csv").write_text("\n".join([lines[0], *new]))
    function = as_json("train", "--data", prices, "--test-data", tmp_path / "new.csv", *TINY)["function"]
    assert function["n_test"] == 8
    assert len(function["test"]["y"]) == 8 - empty
    assert all(len(x) == 8 - empty and all(map(math.isfinite, x)) for x in function["test"]["x"])
