"""The ONNX graph of a model gives what the model gives, on every table and for every kind of column and network."""

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import onnx
import pytest

import wdcli
from tests.export.runtime import answers, session
from wdcli.data.dataset import Column
from wdcli.data.encoding import TargetScale
from wdcli.data.generators import GENERATORS
from wdcli.data.loading import load
from wdcli.data.source import Source
from wdcli.errors import ExportError
from wdcli.export import graph as onnx_graph
from wdcli.export.onnx import exported
from wdcli.export.targets import TARGETS
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import make_fold
from wdcli.fits.single import fit_one
from wdcli.models import Model
from wdcli.names import Bundled, ExportTool

TABLES = [*get_args(Bundled), *GENERATORS, *map(str, sorted(Path("datasets").glob("*.csv")))]
TINY = FitConfig(hidden=(4,), epochs=2)


def trained(name, config=TINY, lambd=0.0, change=lambda dataset: dataset):
    dataset, split = load(Source(name), 0)
    dataset = change(dataset)
    fold = make_fold(config, dataset, 0, split.train, split.test)
    return Model.of(config, dataset, fold, lambd, fit_one(config, dataset, fold, lambd)[1]), dataset


def cells_of(columns):
    """Each column's cells as text, empty where they are missing."""
    return {one.name: ["" if cell is None else str(cell) for cell in one.cells] for one in columns}


def equal(model, columns):
    """Whether the graph's outputs are the model's; the names of the graph's outputs may differ."""
    found = list(answers(session(exported(model, "net").files[".onnx"]), cells_of(columns)).values())
    if model.task == "regression":
        expected = model.numbers(columns)
        return np.allclose(found[0][:, 0], expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())
    p = model.probabilities(columns)
    labels = [model.class_names[i] for i in p.argmax(axis=1)]
    return np.allclose(found[1], p, rtol=0, atol=1e-12) and found[0].tolist() == labels


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_predicted_alike(name):
    model, dataset = trained(name)
    assert equal(model, dataset.columns)


@pytest.mark.parametrize("hidden", [(), (5,), (5, 4, 3)])
@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
@pytest.mark.parametrize("name", ["moons", "iris", "sine"])
def test_every_network_is_predicted_alike(name, activation, hidden):
    model, dataset = trained(name, replace(TINY, hidden=hidden, activation=activation))
    assert equal(model, dataset.columns)


@pytest.mark.parametrize("name", ["datasets/automobile.csv", "datasets/penguins.csv"])
def test_numbers_that_are_not_standardised_are_filled_with_their_mean(name):
    model, dataset = trained(name, replace(TINY, scale_features=False, scale_target=False))
    assert any(column.missing.any() for column in dataset.columns if column.kind == "number")
    assert equal(model, dataset.columns)


@pytest.mark.parametrize("lambd", [30, 1e6])
@pytest.mark.parametrize(
    "name", ["datasets/penguins.csv", "datasets/automobile.csv", "datasets/linear_teacher_sparse.csv"]
)
def test_a_shrunken_network_takes_the_columns_that_it_kept(name, lambd):
    model, dataset = trained(name, replace(TINY, penalty="l1", epochs=20, lr=0.05), lambd)
    small = model.shrunk()
    assert len(small.features) < len(model.features)
    assert equal(small, dataset.columns)
    inputs = [one.name for one in session(exported(small, "net").files[".onnx"]).get_inputs()]
    assert inputs == small.encoding.columns


def far_from_zero(dataset):
    """The dataset with numbers and a target of which float32 keeps no digit behind the point."""
    columns = tuple(replace(column, values=1e9 + column.values) for column in dataset.columns)
    return replace(dataset, columns=columns, y=1e9 + dataset.y)


@pytest.mark.parametrize("scaled", [True, False])
def test_large_numbers_keep_their_digits(scaled):
    model, dataset = trained("diabetes", replace(TINY, hidden=(), scale_features=scaled), change=far_from_zero)
    assert np.ptp(model.numbers(dataset.columns)) > 1e-3
    assert equal(model, dataset.columns)


def test_a_target_scale_of_one_number_or_one_for_each_output_is_the_same():
    model, dataset = trained("diabetes")
    scale = model.target_scale
    each = replace(model, target_scale=TargetScale(np.array([scale.mean]), np.array([scale.scale])))
    assert exported(each, "net") == exported(model, "net")
    assert model.numbers(dataset.columns).mean() > 50


ODD = ["label", "probabilities", "constant", "Gemm", "Gemm_2", "a b", "ä/β\U0001f600", "x.y:0", '"', "\n", "rows", " "]


@pytest.mark.parametrize("name", ["iris", "diabetes"])
def test_any_name_of_a_column_is_the_name_of_its_input(name):
    def renamed(dataset):
        columns = (Column(new, "number", old.values) for new, old in zip(ODD, dataset.columns * 3, strict=False))
        return replace(dataset, columns=tuple(columns))

    model, dataset = trained(name, change=renamed)
    run = session(exported(model, "net").files[".onnx"])
    assert [one.name for one in run.get_inputs()] == ODD
    assert equal(model, dataset.columns)
    names = [one.name for one in run.get_outputs()]
    assert names == (["prediction"] if name == "diabetes" else ["label_2", "probabilities_2"])


def test_a_column_without_a_name_is_refused():
    model, _ = trained("moons", change=lambda data: replace(data, columns=(replace(data.columns[0], name=""),)))
    with pytest.raises(ExportError, match="has no name"):
        exported(model, "net")


def test_a_network_too_large_for_a_file_is_refused(monkeypatch):
    model, _ = trained("moons")
    monkeypatch.setattr(onnx_graph, "LARGEST", 100)
    with pytest.raises(ExportError, match="may have 2 GiB"):
        exported(model, "net")


def test_no_rows_give_no_predictions():
    model, dataset = trained("datasets/penguins.csv")
    none = {column.name: [] for column in dataset.columns}
    assert answers(session(exported(model, "net").files[".onnx"]), none)["probabilities"].shape == (0, 3)


def test_the_file_says_what_the_model_is():
    model, _ = trained("iris", replace(TINY, penalty="l2"), 0.5)
    read = onnx.load_from_string(exported(model, "net").files[".onnx"])
    said = {one.key: one.value for one in read.metadata_props}
    assert (said["wdcli"], read.producer_name, read.producer_version) == (wdcli.__version__, "wdcli", wdcli.__version__)
    assert (said["task"], said["target"], said["penalty"], said["lambda"]) == ("classification", "species", "l2", "0.5")
    assert json.loads(said["class_names"]) == ["setosa", "versicolor", "virginica"]


def test_each_tool_that_can_be_named_is_written_for():
    assert set(TARGETS) == set(get_args(ExportTool))
