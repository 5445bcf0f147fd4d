"""The code that ``wdcli convert --to`` prints: it compiles, and does what it says in the tools that are installed."""

import importlib.util
import json
import os
import subprocess
import sys
import warnings
from typing import get_args

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from tests import cases
from tests.cli.run import as_json, refuse, succeed
from wdcli.conventions import Setting, Strengths
from wdcli.errors import ConfigError
from wdcli.export.snippets import snippet
from wdcli.fits.config import FitConfig
from wdcli.names import Tool
from wdcli.nn.arrays import Examples
from wdcli.nn.diagnostics import kkt
from wdcli.nn.mlp import Params
from wdcli.nn.strengths import LaneStrengths

LOSSES = [("binary-cross-entropy", 1), ("cross-entropy", 3), ("squared-error", 1), ("squared-error", 2)]
PENALTIES = [Strengths(0, 0), Strengths(0, 0.3), Strengths(0.05, 0), Strengths(0.05, 0.3)]
RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
NUMBERS = X @ [1, -1, 0.5, 0] + RNG.normal(size=60)
TARGETS = {
    ("binary-cross-entropy", 1): (NUMBERS > 0)[:, None].astype(float),
    ("cross-entropy", 3): np.digitize(NUMBERS, [-1, 1]),
    ("squared-error", 1): NUMBERS[:, None],
    ("squared-error", 2): np.column_stack([NUMBERS, X[:, 0] - NUMBERS]),
}
CONFIGS = [
    FitConfig(hidden=hidden, decay=decay, decay_layers=layers, scale_features=scaled, scale_target=scaled)
    for hidden, layers in (((), None), ((64, 64), None), ((5,), (2,)), ((5, 3), (1, 3)))
    for decay in ("coupled", "decoupled")
    for scaled in (True, False)
]
KERAS = """
W, b = fit(model, np.array(X), np.array(y)).get_weights()
"""
PYTORCH = """
fit(model, torch.tensor(X), torch.tensor(y))
W, b = model[0].weight.detach().numpy().T, model[0].bias.detach().numpy()
"""
PROGRAM = """
import json, sys
import numpy as np
code, run, X, y = json.load(sys.stdin)
exec(code)
LR, EPOCHS, BATCH_SIZE = 0.05, 400, 60
exec(run)
print(json.dumps([W.tolist(), b.tolist()]))
"""


@pytest.mark.parametrize("tool", get_args(Tool))
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("config", CONFIGS)
def test_code_for_every_fit_compiles_or_is_refused(tool, loss, config):
    setting = config.setting(60, 20, *loss)
    for given in PENALTIES:
        try:
            code = snippet(tool, given, setting, config)
        except ConfigError as error:
            assert given.l1 or setting.decoupled or not setting.all_layers
            assert any(word in str(error) for word in ("decoupled", "|w|", "penalise every layer"))
        else:
            compile(code, tool, "exec")
            assert "$" not in code
            assert all(len(line) <= 120 for line in code.splitlines())


@pytest.mark.parametrize("loss", LOSSES)
def test_the_code_for_scikit_learn_trains_a_network(loss):
    found: dict = {}
    exec(snippet("sklearn", Strengths(0, 0.003), Setting(60, 20, *loss), FitConfig()), found)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = found["model"].fit(X, np.squeeze(TARGETS[loss]))
    assert model.score(X, np.squeeze(TARGETS[loss])) > 0.8


@pytest.mark.parametrize("tool, package, run", [("keras", "keras", KERAS), ("pytorch", "torch", PYTORCH)])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("given", PENALTIES)
def test_the_code_for_keras_and_pytorch_ends_at_the_optimum_of_the_penalised_loss(tool, package, run, loss, given):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    code = snippet(tool, given, Setting(60, 20, *loss), FitConfig(hidden=()), 4)
    y = TARGETS[loss]
    shown = json.dumps([code, run, X.astype(np.float32).tolist(), y.tolist()])
    done = subprocess.run([sys.executable, "-c", PROGRAM], input=shown, capture_output=True, text=True, check=False,
                          env={"KERAS_BACKEND": "jax", **os.environ})  # fmt: skip
    assert done.returncode == 0, done.stderr
    W, b = map(np.array, json.loads(done.stdout))
    network = cases.linear(loss[0], 4, loss[1])
    params = Params.view(network, np.vstack([W, b]).ravel()[None])
    if given.l1 or given.l2:
        expected = np.eye(3)[y] if loss[0] == "cross-entropy" else y
        # A gradient of |w| goes to and fro about zero: what is small there is zero.
        params.weights[0][...] *= np.abs(params.weights[0]) > (1e-2 if given.l1 else 0)
        strengths = LaneStrengths(*(np.array([[s]]) for s in given))
        assert kkt(network, params, Examples(X, expected), strengths, "elastic-net")[0] < 0.03


def test_convert_prints_the_code_and_json_holds_it():
    given = ["convert", "--lambd", 2.4, "--rows", 300, "--batch-size", 32, "--to"]
    code = succeed(*given, "pytorch").stdout
    assert '"weight_decay": 0.008}' in code
    assert "\nimport math\n\nimport torch\n\nLR, " in code
    assert as_json(*given, "pytorch")["code"] == code
    assert as_json(*given[:-1])["code"] is None
    assert "alpha=0.256" in succeed(*given, "sklearn").stdout
    assert "optimizers.AdamW(cosine, weight_decay=0.008" in succeed(*given, "keras", "--decay", "decoupled").stdout
    assert "no penalty on |w|" in refuse(2, *given, "sklearn", "--penalty", "l1")
    assert "no decoupled decay" in refuse(2, *given, "sklearn", "--decay", "decoupled")
    assert "penalise every layer" in refuse(2, *given, "sklearn", "--decay-layers", "1")


@pytest.mark.parametrize("tool, options, told", [
    ("pytorch", [], "PyTorch has no penalty on groups of weights"),
    ("keras", ["--hidden", "none"], "Keras has no penalty on groups of weights"),
    ("sklearn", [], "networks have no penalty on groups of weights"),
    ("sklearn", ["--hidden", "none", "--outputs", 3], "no group-lasso penalty for such outputs"),
    ("sklearn", ["--hidden", "none", "--decay", "decoupled"], "no decoupled decay: use --decay proximal"),
])  # fmt: skip
def test_code_for_a_penalty_on_groups_is_refused_in_one_line(tool, options, told):
    given = ["convert", "--lambd", 2.4, "--rows", 300, "--penalty", "group-lasso", "--to", tool, *options]
    assert told in refuse(2, *given)


@pytest.mark.parametrize("options, shown", [
    (["--penalty", "group-lasso"], ['LogisticRegression(C=0.833333333333, l1_ratio=1, ', "each group is one feature"]),
    (["--penalty", "sparse-group", "--task", "regression"], ["Lasso(alpha=0.002, ", "s1 = 0.002, 0.002 sqrt(size)"]),
    (["--penalty", "group-lasso", "--task", "regression", "--outputs", 3], ["MultiTaskLasso(alpha=0.0103923048454, "]),
    (["--penalty", "none"], ["LogisticRegression(C=float("]),
    (["--penalty", "l1", "--outputs", 3], ['LogisticRegression(C=0.833333333333, l1_ratio=1, ', 'solver="saga")']),
    (["--penalty", "l2", "--task", "regression"], ["Ridge(alpha=1.2)", "TransformedTargetRegressor(make_pipeline("]),
    (["--penalty", "l1", "--task", "regression", "--no-scale-target", "--no-scale-features"],
     ["Lasso(alpha=0.002, ", "model = network", "Don't standardise the features or y"]),
    (["--penalty", "elastic-net", "--task", "regression"], ["ElasticNet(alpha=0.003, l1_ratio=0.333333333333, "]),
])  # fmt: skip
def test_a_linear_model_is_scikit_learns_own_and_no_network(options, shown):
    code = succeed("convert", "--lambd", 2.4, "--rows", 300, "--hidden", "none", "--to", "sklearn", *options).stdout
    assert "MLP" not in code
    for words in shown:
        assert words in code


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic-net"])
@pytest.mark.parametrize("scaling", [[], ["--no-scale-target"]])
def test_the_code_for_a_linear_model_ends_where_train_does(tmp_path, penalty, scaling):
    path = tmp_path / "t.csv"
    y = 3 * NUMBERS + 1
    path.write_text(
        "a,b,c,d,y\n" + "".join(f"{','.join(map(repr, map(float, row)))}\n" for row in np.column_stack([X, y]))
    )
    fit = ["--hidden", "none", "--penalty", penalty, *scaling]
    trained = as_json("train", "--data", path, "--test-data", path, "--lambd", 5, "--dtype", "float64", *fit)["result"]
    code = as_json("convert", "--lambd", 5, "--rows", 60, "--task", "regression", "--to", "sklearn", *fit)["code"]
    found: dict = {}
    exec(code, found)
    model = found["model"].fit(X, y)
    assert np.mean((model.predict(X) - y) ** 2) ** 0.5 == pytest.approx(trained["train_rmse"], rel=1e-4)


def test_code_for_some_layers_penalises_those_alone():
    options = [
        "convert",
        "--lambd",
        2.4,
        "--rows",
        300,
        "--hidden",
        "5,3",
        "--decay-layers",
        "1,3",
        "--features",
        4,
        "--to",
    ]
    assert "decayed, free = [weights[0], weights[2]], [weights[1], *biases]" in succeed(*options, "pytorch").stdout
    keras = succeed(*options, "keras").stdout
    assert [line.strip() for line in keras.splitlines() if line.startswith("        dense(")] == [
        'dense(5, "relu"),', 'dense(3, "relu", decayed=False),', "dense(1),"
    ]  # fmt: skip
    assert "var_list=[model.layers[i].kernel for i in [1]]" in succeed(*options, "keras", "--decay", "decoupled").stdout
    assert "names layer 3, but the network has 2" in refuse(2, *options[:5], "--hidden", "4", "--decay-layers", "3")


@pytest.mark.parametrize("options, training", [
    ([], "0.01, 60, 32"), (["--hidden", "none"], "0.1, 3000, 450"), (["--batch-size", "full"], "0.01, 600, 450"),
    (["--lr", "0.02", "--epochs", "7", "--batch-size", "30"], "0.02, 7, 30"),
])  # fmt: skip
def test_what_is_not_given_is_what_train_does_with_so_many_rows(options, training):
    code = succeed("convert", "--lambd", 1, "--rows", 450, "--to", "pytorch", *options).stdout
    assert f"LR, EPOCHS, BATCH_SIZE = {training}  #" in code


def test_columns_that_are_named_for_training_are_no_number_of_features(tmp_path):
    path = tmp_path / "c.toml"
    path.write_text('features = ["a", "b"]\n')
    given = ["convert", "--lambd", 1, "--rows", 9, "--to", "keras"]
    assert "# model = fit(build(X.shape[1])" in succeed(*given, "--config", path, env={"WDCLI_FEATURES": "a,b"}).stdout
    assert "model = build(7)" in succeed(*given, "--config", path, "--features", 7).stdout


def test_a_short_last_batch_is_told_where_scikit_learn_divides_by_it():
    told = (
        "the last batch has 2 of 450 rows, so the mean penalty is 2 times what is meant; batches of 30 divide the rows"
    )
    for options in ([], ["--to", "sklearn"]):
        given = ["convert", "--lambd", 1, "--rows", 450, *options]
        shown = " ".join(succeed(*given, env={"COLUMNS": "300"}).stdout.replace("#", "").split())
        assert told in shown
        for more in (["--batch-size", 30], ["--penalty", "none"]):
            assert "the last batch" not in succeed(*given, *more).stdout
    prime = succeed("convert", "--lambd", 1, "--rows", 331, env={"COLUMNS": "300"}).stdout
    assert "no batch size near it divides the rows: divide alpha by 1.17" in prime


def test_a_penalty_that_acts_after_the_optimizer_does_so_in_the_code_too():
    given = ["convert", "--lambd", 2, "--rows", 100, "--penalty", "l1", "--to"]
    assert "threshold = step * 0.01" in succeed(*given, "pytorch").stdout
    assert "- step * 0.01" in succeed(*given, "keras").stdout
    for name in ("pytorch", "keras"):
        assert "0.01" in succeed(*given, name, "--decay", "coupled").stdout
        assert "step * 0.01" not in succeed(*given, name, "--decay", "coupled").stdout


def test_the_convert_command_of_a_model_says_where_its_penalty_acts(tmp_path):
    for decay, told in (("proximal", False), ("coupled", True), ("decoupled", True)):
        path = tmp_path / f"{decay}.model"
        fit = ["train", "--penalty", "l1", "--decay", decay, "--lambd", 1, "--rows", 40, "--epochs", 1]
        succeed(*fit, "--save", path)
        assert (f"--decay {decay}" in as_json("data", "show", path)["convert"]) == told
