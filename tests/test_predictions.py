"""Predictions in batches: each in the type of the training table, with the same bits wherever a batch begins."""

import csv
import io
import json
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from tests.cli.run import as_json, refuse, succeed
from wdcli.data import raw, wholelines
from wdcli.data.labels import typed
from wdcli.data.loading import load
from wdcli.data.source import Source
from wdcli.models import load_model
from wdcli.report.predict_rows import CsvLines, JsonText
from wdcli.report.serial import to_csv, to_json

FAST = ["--hidden", "5,4", "--epochs", "40"]
ROWS = 700


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(raw, "PIECE", 1000)
    monkeypatch.setattr(wholelines, "SIZE", 1024)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A table of new rows, and models of a number, and of classes of each type."""
    path = tmp_path_factory.mktemp("predictions")
    rng = np.random.default_rng(0)
    x = rng.normal(size=ROWS)
    table = pl.DataFrame({"id": [f"00{i}" for i in range(ROWS)], "x": x, "t": rng.choice(["a", "b", "c"], ROWS)})
    table.write_csv(path / "new.csv")
    table.with_columns(pl.int_range(ROWS).alias("id")).write_parquet(path / "new.parquet")
    targets = {
        "numbers": 3 * x, "integers": x.round().clip(-1, 1).astype(int), "booleans": x > 0, "text": np.where(x > 0, "p", "q"),
        "digits": np.where(x > 0, "1", "2"),
    }  # fmt: skip
    for name, y in targets.items():
        table.drop("id").with_columns(pl.Series("y", y)).write_parquet(path / "train.parquet")
        succeed("train", "--data", path / "train.parquet", "--target", "y", *FAST, "--save", path / name)
    return path


def predict(folder, model, *options, data="new.csv"):
    return ["predict", folder / model, "--data", folder / data, *options]


TYPES = {"numbers": float, "integers": int, "booleans": bool, "text": str, "digits": str}


@pytest.mark.parametrize("model", TYPES)
def test_predictions_have_the_type_of_the_training_table(folder, tmp_path, model):
    rows = as_json(*predict(folder, model))["predictions"]
    assert {type(row["prediction"]) for row in rows} == {TYPES[model]}
    assert len({row["prediction"] for row in rows}) > 1
    succeed(*predict(folder, model, "--parquet", tmp_path / "p.parquet"))
    assert pl.read_parquet(tmp_path / "p.parquet").to_dicts() == rows
    lines = list(csv.DictReader(io.StringIO(succeed(*predict(folder, model)).stdout)))
    assert [line["prediction"] for line in lines] == [
        row["prediction"] if TYPES[model] is str else json.dumps(row["prediction"]) for row in rows
    ]


@pytest.mark.parametrize(
    "names, kind, values",
    [
        (("-1", "0", "12"), "number", (-1, 0, 12)),
        (("0.5", "1.5"), "number", (0.5, 1.5)),
        (("007", "008"), "number", ("007", "008")),
        (("1", "9" * 20), "number", ("1", "9" * 20)),
        (("1", "x"), "number", ("1", "x")),
        (("1", "2"), "text", ("1", "2")),
        (("false", "true"), "boolean", (False, True)),
        (("false", "true"), "text", ("false", "true")),
    ],
)
def test_classes_are_numbers_or_booleans_if_nothing_of_their_spelling_is_lost(names, kind, values):
    found = typed(names, kind)
    assert found == values
    assert list(map(type, found)) == list(map(type, values))


def test_probabilities_are_written_if_asked_for(folder):
    plain, asked = (as_json(*predict(folder, "integers", *options))["predictions"] for options in ([], ["--proba"]))
    assert [list(rows[0]) for rows in (plain, asked)] == [
        ["row", "prediction"], ["row", "prediction", "p(-1)", "p(0)", "p(1)"]
    ]  # fmt: skip
    for row, alike in zip(asked, plain, strict=True):
        p = {name: row[f"p({name})"] for name in (-1, 0, 1)}
        assert sum(p.values()) == pytest.approx(1)
        assert row["prediction"] == max(p, key=p.get) == alike["prediction"]
    assert "the model predicts numbers" in refuse(2, *predict(folder, "numbers", "--proba"))


@pytest.mark.parametrize("model", ["numbers", "integers"])
@pytest.mark.parametrize("rows", [1, 2, 7, 255, 257])
def test_a_prediction_has_the_same_bits_whichever_rows_are_beside_it(folder, model, rows):
    loaded = load_model(str(folder / model))
    columns = load(Source(str(folder / "train.parquet"), target="y"), 0)[0].columns
    whole = loaded.raw_outputs(columns)
    parts = [np.arange(start, min(start + rows, ROWS)) for start in range(0, ROWS, rows)]
    apart = [loaded.raw_outputs([column.take(part) for column in columns]) for part in parts]
    assert np.array_equal(np.concatenate(apart), whole)


@pytest.mark.parametrize("how", [[], ["--json"], ["--proba", "--keep", "id,t"], ["--json", "--proba", "--keep", "id"]])
def test_batches_write_the_same_bytes_as_the_whole_table(folder, small, how, monkeypatch):
    batches = succeed(*predict(folder, "integers", *how)).stdout
    monkeypatch.undo()
    assert succeed(*predict(folder, "integers", *how)).stdout == batches
    assert (
        succeed(*predict(folder, "integers", *how), "--data", "-", stdin=(folder / "new.csv").read_text())
        .stdout.replace('"-"', "")
        .splitlines()[-5:]
        == batches.splitlines()[-5:]
    )


def test_kept_cells_have_the_type_of_the_new_table_in_parquet(folder, small, tmp_path):
    for data, ids in (("new.csv", [f"00{i}" for i in range(ROWS)]), ("new.parquet", list(range(ROWS)))):
        path = tmp_path / f"{data}.out.parquet"
        succeed(*predict(folder, "text", "--keep", "id", "--proba", "--parquet", path, data=data))
        found = pl.read_parquet(path)
        assert found["id"].to_list() == ids
        assert found["row"].to_list() == list(range(1, ROWS + 1))
        assert found.columns == ["row", "id", "prediction", "p(p)", "p(q)"]


def test_several_outputs_hold_the_same_predictions(folder, small, tmp_path):
    files = ["--csv", tmp_path / "p.csv", "--parquet", tmp_path / "p.parquet"]
    shown = as_json(*predict(folder, "booleans", *files))["predictions"]
    assert pl.read_parquet(tmp_path / "p.parquet").to_dicts() == pl.read_csv(tmp_path / "p.csv").to_dicts() == shown
    assert "exists" in refuse(1, *predict(folder, "booleans", "--parquet", tmp_path / "p.parquet"))
    assert "takes the name of a file" in refuse(2, *predict(folder, "booleans", "--parquet", "-"))


@pytest.mark.parametrize("output", ["--csv", "--parquet"])
def test_a_fault_in_a_later_piece_leaves_no_file(folder, small, tmp_path, output):
    text = (folder / "new.csv").read_text()
    (tmp_path / "odd.csv").write_text(text + "id,oops,a\n")
    message = refuse(1, "predict", folder / "numbers", "--data", tmp_path / "odd.csv", output, tmp_path / "out")
    assert f"line {ROWS + 2}, column 'x': 'oops' is not a number" in message
    assert [path.name for path in tmp_path.iterdir()] == ["odd.csv"]


def test_a_reader_that_closes_early_ends_the_work_in_silence(folder, tmp_path):
    text = (folder / "new.csv").read_text()
    (tmp_path / "long.csv").write_text(text + text.split("\n", 1)[1] * 300)
    command = [
        sys.executable,
        "-m",
        "wdcli",
        *map(str, predict(folder, "numbers")[:2]),
        "--data",
        tmp_path / "long.csv",
    ]
    files = ["--csv", tmp_path / "p.csv", "--json"]
    for options, left in (([], ["long.csv"]), (files, ["long.csv", "p.csv"])):
        with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.read(10)
            process.stdout.close()
            assert process.stderr.read() == b""
        assert process.returncode == 0
        assert sorted(path.name for path in tmp_path.iterdir()) == left
    assert (tmp_path / "p.csv").read_bytes().count(b"\n") == 1 + 301 * ROWS


CELLS = {
    "row": [1, 2, 3, 4, 5],
    "=kept": ["a", None, '"b", c', "=1+1", "-5"],
    "prediction": [0.1, 1e-5, 1e16, float("nan"), float("-inf")],
    "p(100%)": [True, False, True, False, True],
    "odd": ["", "a\nb", "\x1b[0m", "é漢", "\t"],
}


def test_columns_are_written_as_rows_are():
    rows = [dict(zip(CELLS, row, strict=True)) for row in zip(*CELLS.values(), strict=True)]
    first, rest = ({name: values[part] for name, values in CELLS.items()} for part in (slice(2), slice(2, None)))
    lines, text = CsvLines(), JsonText({"schema": "s"})
    assert lines.of(first) + lines.of(rest) == to_csv(rows).replace(",True,", ",true,").replace(",False,", ",false,")
    whole = {"schema": "s", "predictions": rows, "notes": ["n"]}
    assert text.of(first) + text.of(rest) + text.end({"notes": ["n"]}) == to_json(whole)
