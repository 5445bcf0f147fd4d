"""Every bad input gets one clear message: what was given, what is wrong, what to do."""

import json
import os
import signal

import pytest

from tests.cli.run import SMALL, TINY, refuse, run, succeed

GOOD = "x,y\n" + "1,a\n2,b\n" * 10
OPTIONS = [
    (["train", "--lambd", "nan"], "is not a finite number"),
    (["train", "--lambd", "inf"], "is not a finite number"),
    (["train", "--lambd", "1e400"], "is not a finite number"),
    (["train", "--lambd", "-1"], "at least 0"),
    (["train", "--lambd", "1_0"], "is not a finite number"),
    (["train", "--lambd", "0x10"], "is not a finite number"),
    (["train", "--lambd", "١"], "is not a finite number"),
    (["train", "--penalty", "l3"], "'l1', 'l2'"),
    (["train", "--lr", "0"], "more than 0"),
    (["train", "--lr", "-1"], "more than 0"),
    (["train", "--epochs", "0"], "from 1 to"),
    (["train", "--epochs", "1.5"], "is not a whole number"),
    (["train", "--epochs", "1_0"], "is not a whole number"),
    (["train", "--epochs", "9999999999"], "out of range"),
    (["train", "--hidden", "0"], "give the units of each hidden layer"),
    (["train", "--hidden", "64,,32"], "give the units of each hidden layer"),
    (["train", "--hidden", "-4"], "give the units of each hidden layer"),
    (["train", "--hidden", "1000000000"], "GiB"),
    (["train", "--batch-size", "0"], "from 1 to"),
    (["train", "--batch-size", "301"], "more than the 300 training rows"),
    (["train", "--test-size", "0"], "more than 0"),
    (["train", "--test-size", "1"], "less than 1"),
    (["train", "--rows", "4"], "at least 8 rows"),
    (["train", "--noise", "-1"], "at least 0"),
    (["train", "--data", "xor", "--noise", "2"], "share of labels"),
    (["train", "--decay-layers", "0"], "name layers from 1"),
    (["train", "--decay-layers", "9"], "the network has 3"),
    (["train", "--seed", "-1"], "out of range"),
    (["train", "--seed", "18446744073709551616"], "out of range"),
    (["train", "--momentum", "1"], "less than 1"),
    (["train", "--convention", "sklearn", "--penalty", "l1"], "has no l1 penalty"),
    (["train", "--l1-ratio", "2"], "at most 1"),
    (["train", "--target", "x", "--data", "iris"], "--target doesn't apply"),
    (["train", "--rows", "10", "--data", "iris"], "--rows doesn't apply"),
    (["train", "--data", ""], "it is empty"),
    (["sweep", "--lambdas", ""], "values of at least 0"),
    (["sweep", "--lambdas", "1,,2"], "values of at least 0"),
    (["sweep", "--lambdas", "1,-2"], "values of at least 0"),
    (["sweep", "--lambdas", "0:1:5"], "from a number above 0"),
    (["sweep", "--lambdas", "2:1:5"], "from a number above 0"),
    (["sweep", "--lambdas", "1:2:1"], "COUNT is from 2"),
    (["sweep", "--lambdas", "1:2:10000000"], "COUNT is from 2"),
    (["sweep", "--lambdas", "1:2"], "LO:HI:COUNT"),
    (["train", "--lambd", "1e300"], "too strong to compute with"),
    (["train", "--noise", "1e308"], "too large"),
    (["train", "--data", "-", "--test-data", "-"], "can't both be standard input"),
    (["convert", "--lambd", "1e308", "--rows", "10", "--convention", "keras"], "too large to convert"),
    (["compare", "l1", "l2:"], "after the colon"),
    (["data", "make", "moons", "x.tsv"], "ends in .csv or .parquet"),
    (["sweep", "--folds", "1"], "from 2 to"),
    (["sweep", "--folds", "301"], "the number of training rows"),
    (["sweep", "--seeds", "0"], "from 1 to"),
    (["sweep", "--jobs", "0"], "from 1 to"),
    (["sweep", "--memory", "lots"], "such as 500M or 2G"),
    (["sweep", "--memory", "1"], "such as 500M or 2G"),
    (["sweep", "--memory", "1M"], "from 16M to 1024T"),
    (["train", "--memory", "-1G"], "such as 500M or 2G"),
    (["sweep", "--rule", "max"], "'1se', 'min'"),
    (["sweep", "--l1-ratio", "0.1,2"], "a number from 0 to 1, or several"),
    (["sweep", "--l1-ratio", "0.1,,0.2"], "a number from 0 to 1, or several"),
    (["sweep", "--l1-ratio", ",".join(["0.5"] * 101)], "101 values are more than 100"),
    (["sweep", "--path", "hot"], "'cold', 'warm'"),
    (["sweep", "--path-order", "sideways"], "'down', 'up'"),
    (["sweep", "--folds-by", "day"], "'rows', 'time'"),
    (["sweep", "--folds-by", "time", "--folds", "300"], "one less than the training rows"),
    (["sweep", "--groups", "x1"], "has no column of groups"),
    (["sweep", "--groups", "a", "--folds-by", "time"], "can't both hold"),
    (["compare", "l2"], "at least two penalties"),
    (["compare"], "Missing argument"),
    (["compare", "l2", "l3"], "is no penalty"),
    (["compare", "l2", "l2:decoupld"], "Did you mean 'decoupled'"),
    (["convert", "--lambd", "1"], "Missing option '--rows'"),
    (["convert", "--lambd", "1", "--rows", "10", "--batch-size", "11"], "more than --rows"),
    (["data", "make", "mons"], "Did you mean 'moons'"),
    (["trian"], "Did you mean 'train'"),
    (["train", "--lamdb", "1"], "--lambd"),
    (["data", "sho"], "Did you mean 'show'"),
]


@pytest.mark.parametrize("args, message", OPTIONS, ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_a_bad_option_is_wrong_usage(args, message):
    assert message in refuse(2, *args)


TABLES = [
    ("", "is empty"),
    ("x,y\n", "header but no rows"),
    ("x,y\n1,a\n2,a\n3,a\n", "one value in every row"),
    ("x,y\n1,a\n2,a\n3,a\n4,b\n", "class 'b' has one row"),
    ("x,z,y\n1,,a\n2,,b\n3,,a\n4,,b\n", "column 'z' has no values"),
    ("x,y\n1,a\ninf,b\n1,a\n2,b\n", "line 3, column 'x': the value is infinite"),
    ("x,x,y\n1,1,a\n2,2,b\n", "more than one column named 'x'"),
    ("x,y\n1,a\n2\n", "line 3: 1 cell"),
    ("x,y\n1,a,3\n2,b\n", "line 2: 3 cells"),
    ("c,y\n1,a\n1,b\n1,a\n1,b\n", "No column is left to learn from"),
    ("x,y\n1,caf\xe9\n", "is not UTF-8"),
]


@pytest.mark.parametrize("content, message", TABLES)
def test_a_bad_table_fails_and_writes_nothing(tmp_path, content, message):
    path = tmp_path / "t.csv"
    path.write_bytes(content.encode("latin-1"))
    assert message in refuse(1, "sweep", "--data", path, *TINY, "--csv", tmp_path / "out.csv", "--save", tmp_path / "m")
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


def test_what_is_not_there_is_said(tmp_path):
    assert "no such file" in refuse(1, "train", "--data", tmp_path / "no.csv")
    assert "is a directory" in refuse(1, "train", "--data", tmp_path)
    assert "Did you mean 'moons'" in refuse(1, "train", "--data", "moon")
    assert "no such file" in refuse(1, "predict", tmp_path / "no.model", "--data", "iris")
    path = tmp_path / "t.csv"
    path.write_text(GOOD)
    assert "Did you mean 'y'" not in refuse(2, "train", "--data", path, "--target", "price")
    assert "is text" in refuse(1, "train", "--data", path, "--task", "regression")


def test_a_learning_rate_that_diverges_fails(tmp_path):
    message = refuse(
        1, "train", "--data", "friedman1", "--rows", 40, "--optimizer", "sgd", "--lr", 50, "--save", tmp_path / "m"
    )
    assert "Training diverged" in message
    assert "Lower --lr" in message
    assert not list(tmp_path.iterdir())
    done = run("train", "--data", "friedman1", "--rows", 40, "--optimizer", "sgd", "--lr", 50, "--json")
    found = json.loads(done.stdout)["result"]
    assert (done.exit_code, found["status"], found["train_loss"], found["layers"]) == (1, "diverged", None, [])
    assert "diverged at every lambda" in refuse(
        1,
        "sweep",
        "--data",
        "friedman1",
        "--rows",
        40,
        "--optimizer",
        "sgd",
        "--lr",
        50,
        "--lambdas",
        "0,1",
        "--jobs",
        1,
        "--quiet",
    )


def test_nothing_that_exists_is_overwritten_without_force(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("mine")
    assert "exists" in refuse(1, "train", *SMALL, "--csv", path)
    assert path.read_text() == "mine"
    succeed("train", *SMALL, "--csv", path, "--force")
    assert path.read_text().startswith("lambda,")
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]


def test_no_output_replaces_what_is_read_or_what_is_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table, model, settings = tmp_path / "t.csv", tmp_path / "m", tmp_path / "c.toml"
    table.write_text(GOOD)
    settings.write_text("epochs = 2\n")
    succeed("train", "--data", table, *TINY, "--save", model)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for args in (
        ["train", "--data", "t.csv", "--csv", table],
        ["train", "--data", table, "--test-data", table, "--save", "./t.csv"],
        ["train", "--config", settings, "--csv", "./c.toml"],
        ["predict", model, "--data", table, "--csv", "./m"],
    ):
        assert "the file that is read" in refuse(2, *args, "--force")
    assert "same file" in refuse(2, "train", *SMALL, "--save", "z", "--csv", "./z")
    assert "file's name" in refuse(2, "train", *SMALL, "--csv", "-")
    os.mkfifo("pipe")
    assert "is a device" in refuse(1, "train", *SMALL, "--csv", "pipe", "--force")
    assert "is a device" in refuse(1, "predict", "pipe", "--data", table)
    assert "is a device" in refuse(2, "train", *SMALL, "--config", "pipe")
    (tmp_path / "pipe").unlink()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_with_force_what_a_link_points_to_is_overwritten_and_the_link_stays(tmp_path):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old")
    link.symlink_to(real)
    assert "exists" in refuse(1, "train", *SMALL, "--csv", link)
    succeed("train", *SMALL, "--csv", link, "--force")
    assert link.is_symlink()
    assert real.read_text().startswith("lambda,")


def test_outputs_that_cannot_be_written_are_found_before_the_work(tmp_path):
    assert "does not exist" in refuse(1, "train", *SMALL, "--csv", tmp_path / "no" / "out.csv")
    assert "is a directory" in refuse(1, "train", *SMALL, "--save", tmp_path)
    assert "same file" in refuse(2, "train", *SMALL, "--save", tmp_path / "a", "--csv", tmp_path / "a")
    path = tmp_path / "t.csv"
    path.write_text(GOOD)
    assert "the file that is read" in refuse(2, "train", "--data", path, "--csv", path, "--force")


CONFIGS = [
    ("epochs = ", "is not TOML"),
    ("epocs = 3", "there is no option 'epocs'. Did you mean 'epochs'"),
    ("epochs = true", "takes a number or text"),
    ("epochs = [2]", "takes a number or text"),
    ("a = " + "[" * 100_000, "is not TOML"),
    ("json = 1", "takes true or false"),
    ("epochs = 1.5", "is not a whole number"),
    ("[train]\nepochs = 2", "no option 'train'"),
]


@pytest.mark.parametrize("content, message", CONFIGS)
def test_a_bad_configuration_file_is_wrong_usage(tmp_path, content, message):
    path = tmp_path / "wdcli.toml"
    path.write_text(content)
    assert message in refuse(2, "train", "--config", path, "--rows", 40)


def test_a_bad_variable_is_named():
    assert "WDCLI_LAMBD" in refuse(2, "train", *SMALL, env={"WDCLI_LAMBD": "much"})


def test_foreign_names_in_messages_are_harmless_too(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,y\n" + "1,a\n" * 5 + "2,b\n" * 5 + "3,\x1b[31mz\n")
    assert "\x1b" not in refuse(1, "train", "--data", path)


def test_foreign_text_cannot_drive_the_terminal(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("\x1b[31mred,[b]bold[/b],y\n" + "1,2,a\x1b[2J\n3,5,[/x]\n" * 10)
    for args in (["train", *TINY], ["data", "show"]):
        command = [args[0], "--data", path, *args[1:]] if args[0] == "train" else [*args, path]
        done = succeed(*command)
        assert "\x1b" not in done.stdout + done.stderr
        assert refuse(2, "train", "--data", path, "--target", "\x1b[31mre").count("\x1b") == 0


@pytest.mark.parametrize("error, status", [(KeyboardInterrupt, 130), (MemoryError, 1)])
def test_interrupts_have_their_status(monkeypatch, error, status):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr("wdcli.sweep.single.run_train", fail)
    assert run("train", *SMALL).exit_code == status


def test_sigterm_ends_with_its_status(monkeypatch):
    monkeypatch.setattr("wdcli.sweep.single.run_train", lambda *args: signal.raise_signal(signal.SIGTERM))
    assert run("train", *SMALL).exit_code == 143
