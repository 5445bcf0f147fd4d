"""``wdcli export``: files that predict what ``wdcli predict`` does of the same cells, written whole or not at all."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from tests.cli.run import TINY, as_json, refuse, succeed
from tests.export.runtime import answers, session
from wdcli.export.exported import Exported
from wdcli.export.targets import TARGETS
from wdcli.models import load_model

TABLES = sorted(Path("datasets").glob("*.csv"))
TRAINED = (
    "c,n,b,d,y\n" + "red,1,true,2020-01-05,5\nblue,2.5,false,2021-06-01T12:00,7\ngreen,,,,5\n,4,true,1969-12-31,7\n" * 4
)
RARE = TRAINED + "grey,1,true,2020-01-05,5\n"
CODES = (
    "c,n,y\n"
    + "1,0.5,a\n2,1.5,b\n3,2.5,a\n-4,1,b\n" * 3
    + "5.0,1,a\n5,1,b\n5.0,1,a\n5,1,b\n7,1,a\n6,1,a\n6,2,b\n6,2,b\n6.0,1,a\n"
    + "x,1,a\nx,2,b\n" * 3
)
MARKED = "c,n,m,y\n" + "red,1,-9,2\nblue,2,3,3\n-9,-9,4,5\nNone given,4,5,4\n" * 4
ABSENT = "".join(f"{cell},1,true,2020-01-01,\n" for cell in ("NaN", "N/A", "nan", "None", "?", "<NA>", "null"))
CASES = {
    "all kinds of columns, each with missing cells": (TRAINED, "red,3,true,2020-02-03,\n,,,,\nblue,1e3,false,1950-01-01,\n"),
    "unseen categories": (TRAINED, "pink,1,true,2020-02-03,\nRed,1,true,2020-02-03,\n"),
    "rare and unseen categories": (RARE, "pink,1,true,2020-02-03,\ngrey,1,true,2020-02-03,\n,1,true,2020-02-03,\n"),
    "missing text as it is spelled": (TRAINED, ABSENT),
    "missing cells where training had none": ("c,n,b,y\n" + "red,1,true,5\nblue,2,false,7\n" * 5, ",,,\nred,1,true,\n"),
    "whole numbers as categories, written as floats": (CODES, "1.0,1,\n-4.0,1,\n5.0,1,\n7.0,1,\n6.0,1,\n9.0,1,\nx.0,1,\n"),
}  # fmt: skip


def both(folder, path, table):
    """What ``wdcli predict`` says of a table's rows, classes as text, and what the exported graph says of the same cells."""
    model = load_model(path)
    names = dict(zip(model.classes, model.class_names, strict=True))
    said = as_json("predict", path, "--data", table, *(["--proba"] if names else []))["predictions"]
    said = [{**row, "prediction": names.get(row["prediction"], row["prediction"])} for row in said]
    succeed("export", path, "--to", "onnx", "-o", folder / "net.onnx")
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8"))))
    cells = {name: [row[name] for row in rows] for name in rows[0]}
    return said, answers(session((folder / "net.onnx").read_bytes()), cells)


def assert_alike(said, found):
    if "prediction" in found:
        assert found["prediction"][:, 0] == pytest.approx([row["prediction"] for row in said], rel=1e-9)
        return
    assert found["label"].tolist() == [row["prediction"] for row in said]
    shares = [[value for name, value in row.items() if name.startswith("p(")] for row in said]
    np.testing.assert_allclose(found["probabilities"], shares, rtol=0, atol=1e-9)


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_the_raw_cells_of_a_table_are_predicted_alike(tmp_path, table):
    model = tmp_path / "a.model"
    succeed("train", "--data", table, *TINY, "--save", model)
    assert_alike(*both(tmp_path, model, table))


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("case", CASES)
def test_cells_unlike_those_of_training_are_predicted_alike(tmp_path, case, task):
    (train, new), model = CASES[case], tmp_path / "a.model"
    if task == "regression" and train is CODES:
        train = train.replace("a\n", "1\n").replace("b\n", "2.5\n")
    (tmp_path / "t.csv").write_text(train)
    (tmp_path / "new.csv").write_text(train + new)
    succeed("train", "--data", tmp_path / "t.csv", "--task", task, *TINY, "--save", model)
    assert_alike(*both(tmp_path, model, tmp_path / "new.csv"))


def test_a_number_that_means_a_missing_cell_means_it_in_the_graph_too(tmp_path):
    (tmp_path / "t.csv").write_text(MARKED)
    given = ["--data", tmp_path / "t.csv", "--missing", "-9,none given", "--task", "regression"]
    succeed("train", *given, *TINY, "--save", tmp_path / "a.model")
    assert_alike(*both(tmp_path, tmp_path / "a.model", tmp_path / "t.csv"))


def test_the_file_lies_in_this_directory_and_is_named_after_the_model(tmp_path, monkeypatch):
    (tmp_path / "models").mkdir()
    monkeypatch.chdir(tmp_path)
    succeed("train", "--rows", 40, *TINY, "--save", "models/my.net.model")
    done = succeed("export", "models/my.net.model", "--to", "onnx")
    assert (done.stdout, done.stderr) == ("", "the network is written to 'my.net.onnx'\n")
    first = Path("my.net.onnx").read_bytes()
    assert "exists" in refuse(1, "export", "models/my.net.model", "--to", "onnx")
    assert succeed("export", "models/my.net.model", "--to", "ONNX", "--force", "--quiet").stderr == ""
    assert Path("my.net.onnx").read_bytes() == first


@pytest.mark.parametrize("penalty", ["group-lasso", "l1"])
def test_a_script_that_only_predicts_is_told_of_when_it_is_written(tmp_path, monkeypatch, penalty):
    monkeypatch.chdir(tmp_path)
    succeed("train", "--rows", 40, *TINY, "--penalty", penalty, "--save", "a.model")
    said = succeed("export", "a.model", "--to", "sklearn").stderr.splitlines()
    assert len(said) == 2
    assert said[1].startswith("the script only predicts: scikit-learn's networks have no penalty on ")
    assert "only predicts" not in succeed("export", "a.model", "--to", "onnx").stderr


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current directory, with a model."""
    monkeypatch.chdir(tmp_path)
    succeed("train", "--rows", 40, *TINY, "--save", "a.model")
    return tmp_path


@pytest.mark.parametrize(
    "status, words, given",
    [
        (2, "'--to'", ["a.model"]),
        (2, "'onnx'", ["a.model", "--to", "tflite"]),
        (2, "'--data'", ["a.model", "--to", "onnx", "--data", "moons"]),
        (1, "no such file", ["no.model", "--to", "onnx"]),
        (1, "no model that wdcli saved", ["table.csv", "--to", "onnx"]),
        (1, "is a directory", ["a.model", "--to", "onnx", "-o", "."]),
        (1, "does not exist", ["a.model", "--to", "onnx", "-o", "no/net.onnx"]),
        (1, "is a device", ["a.model", "--to", "onnx", "-o", "/dev/null"]),
        (1, "exists", ["a.model", "--to", "onnx", "-o", "table.csv"]),
        (2, "standard output", ["a.model", "--to", "onnx", "-o", "-"]),
        (2, "also an input file", ["a.model", "--to", "onnx", "-o", "./a.model", "--force"]),
    ],
)
def test_what_cannot_be_written_is_refused_and_nothing_is_left(here, status, words, given):
    (here / "table.csv").write_text("x,y\n1,2\n")
    before = {path.name: path.read_bytes() for path in here.iterdir()}
    assert words in refuse(status, "export", *given)
    assert {path.name: path.read_bytes() for path in here.iterdir()} == before


def test_files_of_one_network_are_written_together_or_not_at_all(here, monkeypatch):
    monkeypatch.setitem(TARGETS, "onnx", lambda model, name: Exported({".py": name.encode(), ".npz": b"weights"}))
    succeed("export", "a.model", "--to", "onnx", "-o", "net.py")
    assert [(here / name).read_bytes() for name in ("net.py", "net.npz")] == [b"net", b"weights"]
    (here / "other.npz").write_bytes(b"mine")
    assert "'other.npz' exists" in refuse(1, "export", "a.model", "--to", "onnx", "-o", "other.py")
    assert "ends in .py" in refuse(2, "export", "a.model", "--to", "onnx", "-o", "./x.npz")
    assert not {"other.py", "x.npz"} & {path.name for path in here.iterdir()}
