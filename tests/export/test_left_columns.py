"""A penalty on groups leaves columns of the table out: a shrunk model, in every form, asks for the others alone."""

import csv
import io
from pathlib import Path

import pytest

from tests.cli.run import as_json, refuse, succeed
from tests.export.exported import imported, tool, written
from tests.export.runtime import answers, session
from wdcli.models import load_model

PENGUINS = Path("datasets/penguins.csv")
ROWS = list(csv.DictReader(io.StringIO(PENGUINS.read_text())))
LEFT = ["island", "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
SWEEP = ["sweep", "--data", PENGUINS, "--target", "species", "--penalty", "group-lasso", "--group-by", "features"]
SWEEP += ["--lambdas", 10, "--hidden", 8, "--folds", 2, "--seeds", 1, "--refit", "--shrink"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A shrunk model, and the rows with its columns alone."""
    made = tmp_path_factory.mktemp("left")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WDCLI_NO_STORE", "1")
        succeed(*SWEEP, "--save", made / "small.model")
    for name, columns in (("left.csv", LEFT), ("fewer.csv", LEFT[1:])):
        with (made / name).open("w", newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(ROWS)
    return made


def test_it_names_the_columns_that_are_left(folder):
    assert [column["name"] for column in as_json("data", "show", folder / "small.model")["columns"]] == LEFT
    assert "It needs 5 columns; they become 11 features." in succeed("data", "show", folder / "small.model").stdout


def test_it_predicts_from_these_columns_alone_as_from_the_whole_table(folder):
    few, whole = (
        as_json("predict", folder / "small.model", "--data", table) for table in (folder / "left.csv", PENGUINS)
    )
    assert few["predictions"] == whole["predictions"]
    assert "island" in refuse(1, "predict", folder / "small.model", "--data", folder / "fewer.csv")


@pytest.mark.parametrize("name", [tool("sklearn"), tool("pytorch"), tool("keras")])
def test_a_script_needs_these_columns_alone(folder, monkeypatch, name):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    script = imported(written(folder, load_model(str(folder / "small.model")), name))
    told = list(script.predict(script.read(folder / "left.csv")))[1:]
    assert [row[1] for row in told] == predicted(folder)


def test_an_onnx_graph_needs_these_columns_alone(folder):
    succeed("export", folder / "small.model", "--to", "onnx", "-o", folder / "small.onnx")
    made = session((folder / "small.onnx").read_bytes())
    assert [each.name for each in made.get_inputs()] == LEFT
    found = answers(made, {name: [row[name] for row in ROWS] for name in LEFT})
    assert found["label"].ravel().tolist() == predicted(folder)


def predicted(folder):
    told = as_json("predict", folder / "small.model", "--data", folder / "left.csv")["predictions"]
    return [each["prediction"] for each in told]
