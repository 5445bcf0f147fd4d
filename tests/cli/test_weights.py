"""``--weights`` and ``--class-weight`` on the command line: what is counted, said, stored and refused."""

import numpy as np
import pytest

from tests.cli.run import as_json, refuse, succeed

ROWS = [(dose, answer, times) for dose in range(8) for answer, times in (("no", 9 - dose), ("yes", dose + 1))]
FIT = ["--target", "answer", "--hidden", 4, "--batch-size", "full", "--epochs", 60, "--dtype", "float64"]


@pytest.fixture
def tables(tmp_path):
    """A table of counts, and the same table with a line for each case."""
    counts, cases = tmp_path / "counts.csv", tmp_path / "cases.csv"
    counts.write_text("dose,answer,times\n" + "".join(f"{d},{a},{n}\n" for d, a, n in ROWS))
    cases.write_text("dose,answer\n" + "".join(f"{d},{a}\n" * n for d, a, n in ROWS))
    return counts, cases


def numbers(result):
    return [
        result[name] for name in ("train_loss", "test_loss", "train_score", "test_auc", "l2_norm", "smoothness", "kkt")
    ]


@pytest.mark.parametrize("options", [[], ["--class-weight", "balanced"], ["--penalty", "l1", "--lambd", 3]])
def test_a_table_of_counts_is_the_table_of_its_cases(tables, options):
    counts, cases = tables
    one = as_json("train", "--data", counts, "--test-data", counts, "--weights", "times", *FIT, *options)
    other = as_json("train", "--data", cases, "--test-data", cases, *FIT, *options)
    assert numbers(one["result"]) == pytest.approx(numbers(other["result"]), rel=1e-6)
    assert (one["data"]["n_train"], one["data"]["weight_train"]) == (16, other["data"]["n_train"])


def test_the_weight_of_the_rows_is_shown_and_lambda_is_converted_with_it(tables):
    args = ["--data", tables[0], "--weights", "times", "--target", "answer", "--hidden", "none", "--lambdas", "0.1,1"]
    done = succeed("sweep", *args, "--folds", 3, "--seeds", 1)
    assert "12 training rows of weight 57" in done.stdout
    assert "times: weights from 1 to 9, 80 in all; a row of weight 2 counts as two" in done.stderr
    shown = as_json("sweep", *args, "--folds", 3, "--seeds", 1)
    chosen, n = shown["selection"]["chosen"], shown["data"]["weight_train"]
    command = done.stdout.replace("\n", " ").split("wdcli convert ")[1].split()
    (line,) = [each for each in as_json("convert", *command)["conventions"] if "LogisticRegression" in each["tool"]]
    assert line["values"]["C"] == pytest.approx(1 / chosen)
    (line,) = [each for each in as_json("convert", *command)["conventions"] if each["tool"] == "glmnet"]
    assert line["values"]["lambda"] == pytest.approx(chosen / n)


def test_runs_with_other_weights_or_class_weights_share_no_network(tables):
    args = [
        "sweep",
        "--data",
        tables[0],
        "--target",
        "answer",
        "--hidden",
        4,
        "--epochs",
        3,
        "--lambdas",
        "0.1,1",
        "--folds",
        2,
    ]
    shown = [
        as_json(*args, *more) for more in (["--drop", "times"], ["--weights", "times"], ["--class-weight", "balanced"])
    ]
    losses = {row["train_loss"] for each in shown for row in each["rows"]}
    assert len(losses) == 6
    assert [each["config"]["class_weight"] for each in shown] == [None, None, "balanced"]
    assert [each["config"]["weights"] for each in shown] == [None, "times", None]
    again = as_json(*args, "--weights", "times")
    assert again["rows"] == shown[1]["rows"]


def test_rows_of_weight_0_are_left_out_and_a_test_table_may_lack_the_weights(tmp_path):
    path, test = tmp_path / "t.csv", tmp_path / "test.csv"
    path.write_text("x,y,w\n" + "".join(f"{i},{'ab'[i % 2]},{i % 3}\n" for i in range(30)))
    test.write_text("x,y\n1,a\n2,b\n")
    done = succeed("train", "--data", path, "--test-data", test, "--weights", "w", "--target", "y", "--epochs", 2)
    assert "20 training rows of weight 30, 2 test rows of weight 2" in done.stdout.replace("\n", " ")
    assert "10 rows of weight 0 left out" in done.stderr
    assert "test.csv has no column w: each of its rows counts once" in done.stderr


BAD = {
    "negative": (1, "x,y,w\n1,a,-1\n2,b,1\n3,a,1\n4,b,1\n", ["--weights", "w"], "the weight -1 is negative"),
    "missing": (1, "x,y,w\n1,a,1\n2,b,\n3,a,1\n4,b,1\n", ["--weights", "w"], "line 3, column 'w': every row needs a weight"),
    "all zero": (1, "x,y,w\n1,a,0\n2,b,0\n3,a,0\n4,b,0\n", ["--weights", "w"], "every weight is 0"),
    "text": (1, "x,y,w\n1,a,p\n2,b,q\n3,a,p\n4,b,q\n", ["--weights", "w"], "the column holds text, and weights are numbers"),
    "absent": (2, "x,y\n1,a\n2,b\n", ["--weights", "w"], "--weights 'w' is not a column"),
    "target": (2, "x,y,w\n1,a,1\n2,b,1\n", ["--weights", "y"], "--weights 'y' is the target"),
    "dropped": (2, "x,y,w\n1,a,1\n2,b,1\n", ["--weights", "w", "--drop", "w"], "is the column of --weights"),
    "only feature": (1, "y,w\na,1\nb,1\na,1\nb,2\n", ["--weights", "w"], "nothing to learn from"),
    "numbers": (2, "x,y\n" + "".join(f"{i},{i / 7}\n" for i in range(30)), ["--class-weight", "balanced"], "needs classes"),
}  # fmt: skip


@pytest.mark.parametrize("status, content, options, message", BAD.values(), ids=BAD)
def test_weights_that_cannot_be_are_refused(tmp_path, status, content, options, message):
    (tmp_path / "t.csv").write_text(content)
    assert message in refuse(status, "train", "--data", tmp_path / "t.csv", "--target", "y", *options)


def test_generated_data_have_no_weights():
    assert "has no weights" in refuse(2, "train", "--weights", "w")


def test_balanced_classes_raise_the_recall_of_the_rare_one(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 2))
    y = X[:, 0] + rng.normal(size=400) > 2
    path = tmp_path / "t.csv"
    path.write_text("a,b,y\n" + "".join(f"{a},{b},{int(c)}\n" for (a, b), c in zip(X, y, strict=True)))
    args = ["train", "--data", path, "--target", "y", "--hidden", "none", "--lambd", 1]
    plain, balanced = (as_json(*args, *more)["result"] for more in ([], ["--class-weight", "balanced"]))
    assert balanced["test_balanced_accuracy"] > plain["test_balanced_accuracy"] + 0.1
