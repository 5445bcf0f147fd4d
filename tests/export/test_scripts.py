"""A saved model as a script for another tool predicts as the model does, and trains the same network anew."""

import csv
import io
import re
from dataclasses import replace

import numpy as np
import pytest

from tests.cli.run import as_json, succeed
from tests.export.exported import KERAS_WARNS, TOOLS, imported, run, saved, tool, written
from wdcli.data.loading import new_rows, spelled_alike
from wdcli.data.source import Source
from wdcli.export import sklearn
from wdcli.models import Model
from wdcli.predictions import answers

pytestmark = pytest.mark.filterwarnings(KERAS_WARNS)
EACH = pytest.mark.parametrize("name", [tool("sklearn"), tool("pytorch"), tool("keras")])
TABLE = "id,size,born,member,city,code,y\n" + "".join(
    f"{i},{i * 37 % 11 / 4 if i % 7 else ''},2020-0{1 + i % 9}-1{i % 10},{'true' if i % 3 else 'false'},"
    f"{['Rome', 'Oslo', 'Paris', ''][i % 4] if i != 5 else 'Bonn'},{['1', '2', 'x'][i % 3]},{['no', 'yes', 'maybe'][i % 3]}\n"
    for i in range(40)
)
NEW = """size,born,member,city,code,extra
 1.5 ,2021-03-04T05:06:07+02:00,1,Lima,1.0,a
NA,20210304,TRUE,,2,b
-2e1,,0.0,Rome,?,c
+.5,2021-W05-2,,Bonn,3.0,d
"""
MIXED = ["--drop", "id", "--target", "y"]
MODELS = {
    "two classes": ["--data", "moons", "--rows", "60", "--hidden", "5,4", "--activation", "tanh"],
    "three classes": ["--data", "iris", "--hidden", "5", "--activation", "logistic", "--dtype", "float64"],
    "numbers": ["--data", "friedman1", "--rows", "60", "--hidden", "6", "--penalty", "l1"],
    "linear, two classes": ["--data", "moons", "--rows", "60", "--hidden", "none"],
    "linear, three classes": ["--data", "iris", "--hidden", "none", "--penalty", "l1"],
    "linear, numbers": ["--data", "diabetes", "--hidden", "none", "--penalty", "elastic-net"],
    "linear, decoupled": ["--data", "diabetes", "--hidden", "none", "--decay", "decoupled"],
    "raw numbers": [
        "--data",
        "friedman1",
        "--rows",
        "60",
        "--hidden",
        "none",
        "--no-scale-target",
        "--no-scale-features",
    ],
    "shrunk": ["--data", "friedman1", "--rows", "60", "--hidden", "9", "--penalty", "l1", "--lambd", "8", "--shrink"],
}


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def mixed(tmp_path):
    (tmp_path / "t.csv").write_text(TABLE)
    (tmp_path / "new.csv").write_text(NEW)
    return saved(tmp_path, "--data", tmp_path / "t.csv", *MIXED, "--hidden", 4)


def cells(columns, row):
    """A row of columns of numbers, as text."""
    return {column.name: repr(float(column.values[row])) for column in columns}


@EACH
@pytest.mark.parametrize("options", MODELS.values(), ids=MODELS)
def test_a_script_predicts_as_the_model_does(tmp_path, monkeypatch, name, options):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    model = saved(tmp_path, *options)
    columns = next(new_rows(Source(options[1], rows=60 if "--rows" in options else None), {})).columns
    script = imported(written(tmp_path, model, name))
    header, *lines = script.predict([cells(columns, row) for row in range(len(columns[0].values))])
    expected = answers(replace(model, class_kind="text"), columns, proba=model.task == "classification")
    assert header == ["row", *expected]
    for place, values in enumerate([range(1, len(lines) + 1), *(each.tolist() for each in expected.values())]):
        found, wanted = [line[place] for line in lines], list(values)
        assert found == (wanted if isinstance(wanted[0], str) else pytest.approx(wanted, rel=1e-6, abs=1e-6))


@EACH
def test_a_script_reads_every_kind_of_cell_as_predict_does(tmp_path, mixed, name):
    done = run(written(tmp_path, mixed, name), "predict", tmp_path / "new.csv")
    assert done.returncode == 0, done.stderr
    path, proba = tmp_path / "new.csv", ["--proba"] if mixed.task == "classification" else []
    found, expected = (
        rows_of(text)
        for text in (done.stdout, succeed("predict", tmp_path / "a.model", "--data", path, "--quiet", *proba).stdout)
    )
    assert [list(row) for row in found] == [list(row) for row in expected]
    for row, wanted in zip(found, expected, strict=True):
        assert row["prediction"] == wanted["prediction"]
        for key in [key for key in row if key.startswith("p(")]:
            assert float(row[key]) == pytest.approx(float(wanted[key]), abs=1e-6)


SPELLINGS = [
    (["--decimal", ",", "--thousands", "."], "1.234,5", "-0,25"),
    (["--decimal", ","], "1234,5", "-,25"),
    (["--thousands", " "], "1\u202f234.5", "-.25"),
    (["--missing", "none given"], "NONE given", "-.25"),
]


@pytest.mark.parametrize("options, first, second", SPELLINGS)
@pytest.mark.parametrize("task", ["regression", "classification"])
def test_a_script_reads_numbers_spelled_like_the_training_tables(tmp_path, options, first, second, task):
    path = tmp_path / "t.csv"
    path.write_text(
        "a;d;y\n" + "".join(f"{first if i % 3 else second};{i % 28 + 1:02}.03.2021;{i % 4}\n" for i in range(40))
    )
    spelled = [*options, "--date-format", "%d.%m.%Y"]
    model = saved(tmp_path, "--data", path, *spelled, "--hidden", 2, "--task", task)
    script = imported(written(tmp_path, model, "sklearn"))
    columns = next(new_rows(spelled_alike(Source(str(path)), model.spelling)[0], model.encoding.kinds)).columns
    X = model.encoding.transform(columns, np.arange(40), "float64")
    np.testing.assert_allclose(script.encode(script.read(path)), X, rtol=1e-12, atol=1e-12)


BAD = [
    ("size,born,member,city,code\n$5,,,,\n", "column 'size': '$5' is not a number"),
    ("size,born,member,city,code\n\"1,234\",,,,\n", "'1,234' is not a number"),
    ("size,born,member,city,code\n1_0,,,,\n", "'1_0' is not a number"),
    ("size,born,member,city,code\n1e999,,,,\n", "'1e999' is not a number"),
    ("size,born,member,city,code\n1,4.3.2021,,,\n", "'4.3.2021' is not a date"),
    ("size,born,member,city,code\n1,,maybe,,\n", "'maybe' is not a boolean"),
    ("size,born,member,city\n1,,,\n", "no column 'code'"),
    ("size,born,member,city,code\n1,2\n", "line 2: 2 cells, but the header names 5 columns"),
    ("size,size,member,city,code\n1,2,3,4,5\n", "more than one column named 'size'"),
    ("size,born,member,city,code\n", "no rows below a header"),
    ("", "no rows below a header"),
]  # fmt: skip


def test_a_script_refuses_a_table_that_it_would_misread(tmp_path, mixed):
    script = imported(written(tmp_path, mixed, "sklearn"))
    path = tmp_path / "bad.csv"
    for text, told in BAD:
        path.write_text(text)
        with pytest.raises(ValueError, match=r"(?s).*") as error:
            list(script.predict(script.read(path)))
        assert told in str(error.value)


def test_what_a_script_refuses_is_told_in_one_line(tmp_path, mixed):
    script = written(tmp_path, mixed, "sklearn")
    (tmp_path / "bad.csv").write_text(BAD[0][0])
    for args in (
        ["predict", tmp_path / "bad.csv"],
        ["predict", tmp_path / "absent.csv"],
        ["train", tmp_path / "new.csv"],
    ):
        done = run(script, *args)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)


@pytest.mark.parametrize("name", TOOLS)
def test_the_training_part_is_the_code_that_convert_prints(tmp_path, name):
    model = saved(tmp_path, "--data", "iris", "--hidden", "6,5")
    script = TOOLS[name].exported(model, "net").files[".py"].decode()
    shown = as_json("data", "show", tmp_path / "a.model")["convert"].split()[1:]
    code = succeed(*shown, "--to", name).stdout
    parts = [part for part in code.split("\n\n\n") if part.startswith(("def", "class", "network"))]
    assert all(part.strip() in script for part in parts[: 1 if name == "sklearn" else None])
    assert parts or "network = MLPClassifier(\n    hidden_layer_sizes=(6, 5),\n" in script


WITHOUT_TRAINING = {
    "an older model": (lambda model: replace(model, fit=None), "older wdcli"),
    "format 4": (
        lambda model: replace(model, fit={k: v for k, v in model.fit.items() if k != "schedule"}),
        "older wdcli",
    ),
    "early stopping": (lambda model: replace(model, fit=model.fit | {"early_stopping": True}), "early stopping"),
    "refitted": (lambda model: replace(model, fit=model.fit | {"refitted": True}), "refitted without the penalty"),
    "shrunk": (lambda model: replace(model, fit=model.fit | {"hidden": [9]}), "--shrink"),
}


@pytest.mark.parametrize("change, told", WITHOUT_TRAINING.values(), ids=WITHOUT_TRAINING)
def test_a_model_that_cannot_be_trained_anew_is_predicted_from_and_the_script_says_why(tmp_path, mixed, change, told):
    for name in TOOLS:
        source = TOOLS[name].exported(change(mixed), "net").files[".py"].decode()
        compile(source, name, "exec")
        assert told in " ".join(source.replace("#", "").split())
        assert "def fit" not in source
    script = imported(written(tmp_path, change(mixed), "sklearn"))
    rows = script.read(tmp_path / "t.csv")
    with pytest.raises(ValueError, match=f"only predicts: .*{told}"):
        script.train(rows, 0)
    assert len(list(script.predict(rows))) == 41


@pytest.mark.parametrize(
    "tools, penalty, told",
    [
        (["pytorch", "keras"], ["l1", "--decay", "decoupled"], "decoupled penalty on |w|"),
        (["sklearn"], ["l1", "--decay", "decoupled"], "no decoupled decay"),
        (["sklearn"], ["l1"], "no penalty on |w|"),
        (["sklearn"], ["l2", "--decay-layers", 1], "penalise every layer"),
        (TOOLS, ["group-lasso"], "no penalty on groups of weights"),
        (TOOLS, ["sparse-group", "--decay", "decoupled"], "no penalty on groups of weights"),
    ],
)
def test_a_penalty_that_a_tool_does_not_have_is_left_to_wdcli(tmp_path, tools, penalty, told):
    model = saved(tmp_path, "--data", "moons", "--rows", 60, "--hidden", 4, "--penalty", *penalty)
    for name in tools:
        made = TOOLS[name].exported(model, "net")
        assert told in made.why_not
        assert f"WHY = {made.why_not!r}\n" in made.files[".py"].decode()
    if "sklearn" in tools:
        script = imported(written(tmp_path, model, "sklearn"))
        rows = [{"x1": "0.5", "x2": "1", "y": "1"}]
        with pytest.raises(ValueError, match=re.escape(told)):
            script.train(rows, 0)
        assert len(list(script.predict(rows))) == 2


def test_a_linear_model_whose_groups_are_single_features_is_scikit_learns_lasso(tmp_path):
    table, fit = tmp_path / "t.csv", ["--hidden", "none", "--penalty", "group-lasso", "--lambd", 20]
    succeed("data", "make", "friedman1", table, "--rows", 60)
    script = imported(written(tmp_path, saved(tmp_path, "--data", table, *fit), "sklearn"))
    assert type(script.network).__name__ == "Lasso"
    table.write_text(
        "".join(f"{line},{'ab'[place % 2]}\n" for place, line in enumerate(table.read_text().splitlines()))
    )
    text = sklearn.exported(saved(tmp_path, "--data", table, "--target", "y", *fit), "net")
    assert "no penalty on groups of several features" in text.why_not


@pytest.mark.parametrize("name", TOOLS)
def test_names_from_the_table_are_text_alone(tmp_path, name):
    odd = 'a\'"""\\\u202e\n#$x{y}'
    path = tmp_path / "t.csv"
    text = io.StringIO()
    csv.writer(text).writerows([[odd, "b", "y\n"], *([i * 7 % 5, "'\n$"[i % 3 :], f"k{i % 2}\n'"] for i in range(40))])
    path.write_text(text.getvalue())
    model = saved(tmp_path, "--data", path, "--hidden", 3)
    source = TOOLS[name].exported(model, "my $net\n'").files[".py"].decode()
    compile(source, name, "exec")
    assert "\u202e" not in source
    if name == "sklearn":
        script = imported(written(tmp_path, model, name))
        assert len(list(script.predict(script.read(path)))) == 41


def test_the_files_of_a_model_are_the_same_each_time(mixed):
    for module in TOOLS.values():
        assert module.exported(mixed, "net") == module.exported(mixed, "net")


def test_a_model_is_not_changed(mixed):
    before = Model(**vars(mixed))
    for module in TOOLS.values():
        module.exported(mixed, "net")
    assert vars(mixed) == vars(before)
