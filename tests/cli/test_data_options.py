"""The options that say how a table is read and what of it is learned from, as users write them."""

import json
import shlex

import pytest

from tests.cli.run import as_json, refuse, succeed

FAST = ["--hidden", "none", "--epochs", "2", "--quiet"]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('a,"b, c",id,y\n' + "".join(f"{i},{i * 7 % 5},k{i},{i % 2}\n" for i in range(40)))
    return path


def test_names_with_commas_are_quoted_as_in_csv(table, tmp_path):
    settings = tmp_path / "c.toml"
    settings.write_text('drop = ["id", "b, c"]\n')
    for options in (["--drop", 'id, "b, c"'], ["--config", settings], ["--only", "a"]):
        shown = as_json("train", "--data", table, *FAST, *options)
        assert shown["data"]["n_features"] == 1
    assert as_json("train", "--data", table, *FAST, "--drop", "id")["config"]["drop"] == ["id"]
    assert "a name is empty" in refuse(2, "train", "--data", table, "--drop", "id,,a")
    assert "write names as in a line of CSV" in refuse(2, "train", "--data", table, "--drop", 'id,"a')


def test_a_model_asks_for_its_own_columns_alone(table, tmp_path):
    succeed("train", "--data", table, *FAST, "--drop", "id", "--save", tmp_path / "m")
    (tmp_path / "new.csv").write_text('"b, c",a\n1,2\n')
    assert len(as_json("predict", tmp_path / "m", "--data", tmp_path / "new.csv")["predictions"]) == 1


@pytest.mark.parametrize("command", ["train", "sweep", "compare l1 l2"])
def test_what_became_of_the_columns_is_said_once_before_training(tmp_path, command):
    path = tmp_path / "t.csv"
    path.write_text("city,x,y\n" + "".join(f"c{i % 30},{i},{i * 7 % 5}.5\n" for i in range(240)))
    quick = ["--hidden", "none", "--epochs", "1", "--max-categories", "2", "--jobs", "1"]
    quick += [] if command == "train" else ["--lambdas", "1", "--folds", "2", "--no-store"]
    lines = succeed(*command.split(), "--data", path, *quick).stderr.splitlines()
    said = [line for line in lines if "features: 1 number, 1 text of 3 categories" in line or "30 categories" in line]
    assert len(said) == 2
    assert not any("became" in line for line in succeed("train", "--rows", "40", *quick[:4]).stderr.splitlines())


def test_a_file_is_read_as_its_options_say(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("d~x~y\n" + "".join(f"0{i % 9 + 1}.02.2020~1.{i:03},5~{i},{i}\n" for i in range(40)) + "?!~-~0,5\n")
    written = [
        "--decimal",
        ",",
        "--thousands",
        ".",
        "--delimiter",
        "~",
        "--missing",
        "?!,-",
        "--date-format",
        "%d.%m.%Y",
    ]
    shown = as_json("data", "show", path, *written)
    assert [(column["kind"], column["missing"]) for column in shown["columns"]] == [("date", 1), ("number", 1)]
    config = as_json("train", "--data", path, "--test-data", path, *FAST, *written, "--save", tmp_path / "m")["config"]
    assert (config["decimal"], config["missing"], config["date_format"]) == (",", ["?!", "-"], "%d.%m.%Y")
    again = as_json("predict", tmp_path / "m", "--data", path, *written)["predictions"]
    assert len(again) == 41
    alike = succeed("predict", tmp_path / "m", "--data", path, "--json")
    assert json.loads(alike.stdout)["predictions"] == again
    assert alike.stderr.splitlines()[0].endswith(
        "read like the model's training table, with --decimal , --thousands . --delimiter '~' --missing '?!,-' --date-format "
        "%d.%m.%Y (to read it otherwise, give these options)"
    )
    # An option of the new table counts instead, and the marks within numbers go together.
    (tmp_path / "other.csv").write_text("d~x\n01.02.2020~1.5\n")
    note = succeed("predict", tmp_path / "m", "--data", tmp_path / "other.csv", "--decimal", ".").stderr
    assert "--decimal . --delimiter" in note


def test_a_cell_that_a_model_cannot_read_is_refused_with_the_option_that_reads_it(tmp_path):
    path, new = tmp_path / "t.csv", tmp_path / "new.csv"
    path.write_text("d,x,y\n" + "".join(f"2020-01-{i % 28 + 1:02},{i}.5,{i % 3}\n" for i in range(40)))
    succeed("train", "--data", path, *FAST, "--save", tmp_path / "m")
    for cells, option in (("18.09.2019;1.5", "--date-format %d.%m.%Y"), ("2020-01-05;870,56", "--decimal ,")):
        new.write_text(f"d;x\n{cells}\n")
        message = refuse(1, "predict", tmp_path / "m", "--data", new)
        assert option in message


@pytest.mark.parametrize(
    "options, words",
    [
        (["--decimal", ";"], "give one of '.' ','"),
        (["--thousands", "x"], "give one of '.' ',' ' '"),
        (["--delimiter", "ab"], "give one character"),
        (["--date-format", "%d.%m"], "write day, month and year"),
        (["--date-format", "%H:%Q"], "write day, month and year"),
        (["--date-format", "%d%d.%m.%Y"], "write day, month and year"),
        (["--missing", "a,,b"], "a name is empty"),
        (["--drop", ""], "a name is empty"),
        (["--decimal", ",", "--thousands", ","], "are both ','"),
    ],
)
def test_marks_and_formats_that_cannot_be_are_refused(table, options, words):
    assert words in refuse(2, "train", "--data", table, *options)


@pytest.mark.parametrize("time, low, mean, high", [
    ("", "2020-01-05", "2020-01-06", "2020-01-08"),
    ("T06:00", "2020-01-05T06:00:00", "2020-01-06T14:00:00", "2020-01-08T06:00:00"),
])  # fmt: skip
def test_dates_are_shown_as_dates(tmp_path, time, low, mean, high):
    path = tmp_path / "t.csv"
    path.write_text(
        "d,e,y\n" + "".join(f"2020-01-0{day}{time},{day},{day % 2}\n" for day in (5, 6, 8, 5, 6, 8)) + ",1,0\n"
    )
    column, number = as_json("data", "show", path)["columns"]
    assert column["dates"] == {"min": low, "mean": mean, "max": high}
    assert (int(column["min"]), number["dates"]) == (18266, None)
    shown = " ".join(succeed("data", "show", path, env={"COLUMNS": "120"}).stdout.split())
    assert f"{low} to {high}, mean {mean}" in shown


@pytest.mark.parametrize(
    "command", [["train", "--lambd", "0.25"], ["sweep", "--lambdas", "0.25", "--folds", "2", "--no-store"]]
)
@pytest.mark.parametrize("more", [["--penalty", "elastic-net", "--l1-ratio", "0.3"], ["--convention", "pytorch"], []])
def test_a_model_shows_how_it_was_fitted_and_the_command_that_converts_its_lambda(table, tmp_path, command, more):
    batch = ["--batch-size", "7", "--epochs", "3", "--early-stopping", "--lr", "0.02"]
    succeed(*command, "--data", table, *FAST, *more, *batch, "--save", tmp_path / "m")
    shown = as_json("data", "show", tmp_path / "m")
    rows = shown["fit"].pop("rows")
    for name, value in {
        "batch_size": 7,
        "epochs": 3,
        "epochs_run": 3,
        "learning_rate": 0.02,
        "early_stopping": True,
    }.items():
        assert shown["fit"][name] == value
    assert "with early stopping, which ended it after 3 epochs" in " ".join(
        succeed("data", "show", tmp_path / "m").stdout.split()
    )
    (line,) = [
        line for line in succeed("data", "show", tmp_path / "m").stdout.splitlines() if line.startswith("wdcli ")
    ]
    assert line == shown["convert"]
    assert line.startswith(f"wdcli convert --lambd 0.25 --rows {rows} --batch-size 7")
    assert as_json(*shlex.split(line)[1:])["config"]["penalty"] == shown["penalty"]["name"]


def test_a_model_that_was_refitted_says_so_and_a_linear_model_is_called_one(tmp_path):
    common = [
        "--data",
        "breast-cancer",
        "--penalty",
        "l1",
        "--hidden",
        "none",
        "--epochs",
        30,
        "--save",
        tmp_path / "m",
    ]
    succeed("sweep", *common, "--lambdas", 10, "--folds", 2, "--seeds", 1, "--jobs", 1, "--no-store", "--refit")
    shown = " ".join(succeed("data", "show", tmp_path / "m").stdout.split())
    assert "linear model, 31 parameters; l1, lambda = 10" in shown
    assert "its non-zero weights were refitted without the penalty" in shown
    assert (tmp_path / "m").unlink() is None
    succeed("train", *common, "--lambd", 10)
    shown = succeed("data", "show", tmp_path / "m").stdout
    assert "refitted" not in shown
    assert "--penalty l1 --hidden none --epochs 30" in shown


@pytest.mark.parametrize("options", [[], ["--rows", "3"], ["--lambd", "1", "--rows", "30"]])
def test_convert_says_where_a_models_command_is_found(options):
    assert "'wdcli data show some.model' prints the command" in refuse(2, "convert", "some.model", *options)


@pytest.fixture
def numbered(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,x,place,y\n" + "".join(f"00{i},{i}.5,p{i % 2},{i % 3}\n" for i in range(30)))
    succeed("train", "--data", path, *FAST, "--drop", "id", "--save", tmp_path / "m")
    (tmp_path / "new.csv").write_text("x,id,place\n1.5,007,p1\n\n2.5,,p0\n")
    return ["predict", tmp_path / "m", "--data", tmp_path / "new.csv"]


@pytest.mark.parametrize("keep", [["--keep", "id,x"], ["--keep", "id", "--keep", "x,id"]])
def test_predictions_have_their_rows_number_and_the_cells_that_are_kept(numbered, tmp_path, keep):
    wanted = [(1, "007", "1.5"), (2, None, "2.5")]
    predicted = as_json(*numbered, *keep)["predictions"]
    assert [(p["row"], p["id"], p["x"]) for p in predicted] == wanted
    lines = succeed(*numbered, *keep).stdout.splitlines()
    assert [line.split(",")[:4] for line in lines] == [
        ["row", "id", "x", "prediction"],
        *([str(row), name or "", x, str(p["prediction"])] for (row, name, x), p in zip(wanted, predicted, strict=True)),
    ]
    assert list(as_json(*numbered)["predictions"][0])[:2] == ["row", "prediction"]
    (tmp_path / "c.toml").write_text('keep = ["id", "x"]\n')
    assert as_json(*numbered, "--config", tmp_path / "c.toml")["predictions"] == predicted
    assert as_json(*numbered, env={"WDCLI_KEEP": "id,x"})["predictions"] == predicted


@pytest.mark.parametrize("keep, words", [("idd", "Did you mean 'id'?"), ("prediction", "is not a column")])
def test_a_column_to_keep_that_is_not_there_is_refused(numbered, keep, words):
    assert words in refuse(2, *numbered, "--keep", keep)


def test_a_column_to_keep_that_is_called_like_a_prediction_is_refused(numbered, tmp_path):
    (tmp_path / "new.csv").write_text("x,row,place\n1.5,007,p1\n")
    assert "the predictions have a column of this name" in refuse(2, *numbered, "--keep", "row")


def test_the_columns_of_bundled_rows_are_kept_too(tmp_path):
    succeed("train", "--data", "iris", *FAST, "--save", tmp_path / "m")
    (first, *_) = as_json("predict", tmp_path / "m", "--data", "iris", "--keep", "sepal length (cm)")["predictions"]
    assert first["sepal length (cm)"] == 5.1
