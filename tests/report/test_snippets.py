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
from wdcli.names import Tool
from wdcli.nn.diagnostics import kkt
from wdcli.nn.mlp import Params
from wdcli.nn.recipe import LaneStrengths
from wdcli.report.snippets import snippet

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
KERAS = """
model = keras.Sequential([keras.Input((4,)), dense(OUTPUTS)])
W, b = fit(model, np.array(X), np.array(y)).get_weights()
"""
PYTORCH = """
model = torch.nn.Sequential(torch.nn.Linear(4, OUTPUTS))
fit(model, torch.tensor(X), torch.tensor(y))
W, b = model[0].weight.detach().numpy().T, model[0].bias.detach().numpy()
"""
PROGRAM = """
import json, sys
import numpy as np
code, run, X, y, OUTPUTS = json.load(sys.stdin)
exec(code)
LR, EPOCHS, BATCH_SIZE = 0.05, 400, 60
exec(run)
print(json.dumps([W.tolist(), b.tolist()]))
"""


@pytest.mark.parametrize("tool", get_args(Tool))
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("decoupled", [False, True])
def test_code_for_every_fit_compiles_or_is_refused(tool, loss, decoupled):
    for given in PENALTIES:
        try:
            code = snippet(tool, given, Setting(60, 20, *loss, decoupled))
        except ConfigError as error:
            assert given.l1 or decoupled
            assert "decoupled" in str(error) or "|w|" in str(error)
        else:
            compile(code, tool, "exec")
            assert "$" not in code
            assert all(len(line) <= 120 for line in code.splitlines())


@pytest.mark.parametrize("loss", LOSSES)
def test_the_code_for_scikit_learn_trains_a_network(loss):
    found: dict = {}
    exec(snippet("sklearn", Strengths(0, 0.003), Setting(60, 20, *loss)), found)
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
    code = snippet(tool, given, Setting(60, 20, *loss))
    y = TARGETS[loss]
    shown = json.dumps([code, run, X.astype(np.float32).tolist(), y.tolist(), loss[1]])
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
        strengths = LaneStrengths(np.array([[given.l1]]), np.array([[given.l2]]))
        assert kkt(network, params, X, expected, strengths, "elastic-net")[0] < 0.03


def test_convert_prints_the_code_and_json_holds_it():
    given = ["convert", "--lambd", 2.4, "--rows", 300, "--batch-size", 32, "--to"]
    code = succeed(*given, "pytorch").stdout
    assert '"weight_decay": 0.008}' in code
    assert as_json(*given, "pytorch")["code"] == code
    assert as_json(*given[:-1])["code"] is None
    assert "alpha=0.256" in succeed(*given, "sklearn").stdout
    assert "optimizers.AdamW(cosine, weight_decay=0.008" in succeed(*given, "keras", "--decay", "decoupled").stdout
    assert "no penalty on |w|" in refuse(2, *given, "sklearn", "--penalty", "l1")
    assert "no decoupled decay" in refuse(2, *given, "sklearn", "--decay", "decoupled")
