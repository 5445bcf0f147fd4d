"""Single steps worked by hand: the article's update, AdamW's, and the proximal ones."""

import numpy as np
import pytest
from scipy.optimize import brentq

from tests import cases
from wdcli.nn.mlp import Network, Params, full_gradient
from wdcli.nn.optimizers import SGD, Adam
from wdcli.nn.penalties import PENALTIES
from wdcli.nn.stepper import Stepper


def gradient_at_start(network, X, Y):
    return full_gradient(network, cases.start(network, 1), X, Y)


def one_step(network, X, Y, penalty, strength, **recipe):
    return cases.fit(network, X, Y, penalty, [strength], batch_size=len(X), epochs=1, **recipe).params


def test_the_articles_step_by_hand():
    """One weight, one bias, one row (n = 1), squared error: w = w - a (2 (wx + b - y) x + lambda w), b without decay."""
    X, Y = np.array([[2.0]]), np.array([[3.0]])
    network = cases.linear("squared-error", 1)
    w = cases.start(network, 1).weights[0].item()
    a, lambd = 0.1, 0.5
    moved = one_step(network, X, Y, "l2", lambd, optimizer=SGD(0.0), learning_rate=a)
    error = 2 * w - 3
    assert moved.weights[0].item() == pytest.approx(w - a * (2 * error * 2 + lambd * w), rel=1e-14)
    assert moved.biases[0].item() == pytest.approx(-a * 2 * error, rel=1e-14)


NETWORK = Network((3, 5, 4), "tanh", "cross-entropy")
X, Y = cases.problem("cross-entropy")
START = cases.start(NETWORK, 1).buffer


def weights_mask():
    mask = cases.start(NETWORK, 1)
    mask.buffer[...] = 1
    for bias in mask.biases:
        bias[...] = 0
    return mask.buffer.astype(bool)


def soft(x, t):
    return np.sign(x) * np.maximum(np.abs(x) - t, 0)


def blocks(x, step, s):
    """argmin sum (u - x)^2 / (2 step) + s sqrt(size) |u_g| over the weights of each node, by a bracketing root finder."""
    found, steps = Params.view(NETWORK, x.copy()), Params.view(NETWORK, np.broadcast_to(step, x.shape).copy())
    for w, a in zip(found.weights, steps.weights, strict=True):
        for row, b in zip(w[0], a[0] * s * np.sqrt(w.shape[2]), strict=True):
            if ((row / b) ** 2).sum() <= 1:
                row[...] = 0
                continue
            rho = brentq(lambda rho, row=row, b=b: ((row / (rho + b)) ** 2).sum() - 1, 0, 10, xtol=1e-15)
            np.multiply(row, rho / (rho + b), out=row)
    return found.buffer


def group_gradient(x):
    """Of the sum of sqrt(size) |w_g| over the weights of each node."""
    found = Params.view(NETWORK, np.zeros_like(x))
    for w, out in zip(Params.view(NETWORK, x).weights, found.weights, strict=True):
        out[...] = w * np.sqrt(w.shape[2]) / np.linalg.norm(w, axis=2, keepdims=True)
    return found.buffer


@pytest.mark.parametrize("name", ["adam", "sgd", "plain", "nesterov"])
def test_first_steps_of_every_decay_are_those_of_the_formulas(name, monkeypatch):
    monkeypatch.setattr(Stepper, "settle", lambda stepper, examples: None)
    optimizer, a, s = cases.OPTIMIZERS[name], 0.05, 0.3
    g, W = gradient_at_start(NETWORK, X, Y).buffer, weights_mask()

    def direction(g):
        if name == "adam":
            return g / (np.abs(g) + 1e-8)
        return 1.9 * g if name == "nesterov" else g

    def step(penalty, decay):
        return one_step(NETWORK, X, Y, penalty, s, decay=decay, optimizer=optimizer, learning_rate=a).buffer

    c = np.abs(g) + 1e-8 if name == "adam" else 1 - optimizer.momentum
    d = direction(g)
    expected = {
        ("l2", "coupled"): START - a * direction(g + s * START * W),
        ("l1", "coupled"): START - a * direction(g + s * np.sign(START) * W),
        ("elastic-net", "coupled"): START - a * direction(g + s * (np.sign(START) + START) * W),
        ("l2", "decoupled"): (1 - a * s * W) * START - a * d,
        ("l1", "decoupled"): soft(START - a * d, a * s * W),
        ("elastic-net", "decoupled"): soft((1 - a * s * W) * START - a * d, a * s * W),
        ("l2", "proximal"): (START - a * d) / (1 + a * s * W / c),
        ("l1", "proximal"): soft(START - a * d, a * s * W / c),
        ("elastic-net", "proximal"): soft(START - a * d, a * s * W / c) / (1 + a * s * W / c),
        ("group-lasso", "coupled"): START - a * direction(g + s * group_gradient(START)),
        ("group-lasso", "decoupled"): blocks(START - a * d, a, s),
        ("group-lasso", "proximal"): blocks(START - a * d, a / c, s),
        ("sparse-group", "coupled"): START - a * direction(g + s * (np.sign(START) * W + group_gradient(START))),
        ("sparse-group", "decoupled"): blocks(soft(START - a * d, a * s * W), a, s),
        ("sparse-group", "proximal"): blocks(soft(START - a * d, a * s * W / c), a / c, s),
    }
    for (penalty, decay), value in expected.items():
        np.testing.assert_allclose(step(penalty, decay), value, rtol=1e-7, atol=1e-12, err_msg=f"{penalty} {decay}")


def trained(penalty, decay, optimizer, lambdas=(0.2,), **recipe):
    return cases.fit(NETWORK, X, Y, penalty, lambdas, decay=decay, optimizer=optimizer, **recipe).params.buffer


def test_plain_sgd_coupled_and_decoupled_l2_are_the_same():
    both = [trained("l2", decay, SGD(0.0), learning_rate=0.1, epochs=10) for decay in ("coupled", "decoupled")]
    np.testing.assert_allclose(*both, rtol=1e-10)


@pytest.mark.parametrize("optimizer", [SGD(0.9), Adam()])
def test_with_momentum_or_adam_coupled_and_decoupled_l2_differ(optimizer):
    a, b = (trained("l2", decay, optimizer, learning_rate=0.05, epochs=10) for decay in ("coupled", "decoupled"))
    assert np.abs(a - b).max() > 1e-3


@pytest.mark.parametrize("name", cases.OPTIMIZERS)
def test_biases_are_never_penalised(name):
    """With every weight held at zero by a huge penalty the biases still find the class shares."""
    found = cases.fit(
        NETWORK, X, Y, "l2", [50.0], decay="proximal", optimizer=cases.OPTIMIZERS[name], learning_rate=0.05, epochs=2000,
        batch_size=len(X), schedule="cosine",
    )  # fmt: skip
    b = found.params.biases[-1][0, 0]
    shares = np.exp(b) / np.exp(b).sum()
    np.testing.assert_allclose(shares, Y.mean(axis=0), atol=1e-3)


def test_layers_that_are_not_decayed_move_as_without_penalty():
    free = cases.fit(NETWORK, X, Y, "l2", [0.5], free=[0, 1], epochs=5).params.buffer
    none = cases.fit(NETWORK, X, Y, "none", [0.0], epochs=5).params.buffer
    assert np.array_equal(free, none)
    part = cases.fit(NETWORK, X, Y, "l1", [0.05], free=[1], epochs=50, decay="proximal").params
    assert (part.weights[0] == 0).any()
    assert (part.weights[1] != 0).all()


@pytest.mark.parametrize("optimizer", [Adam(), SGD(0.9)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_l1_makes_exact_zeros_and_l2_and_coupled_l1_none(optimizer, dtype):
    def sparsity(penalty, decay, strength=0.05):
        data = cases.problem("cross-entropy", dtype=dtype)
        found = cases.fit(
            NETWORK, *data, penalty, [strength], decay=decay, optimizer=optimizer, epochs=100, dtype=dtype
        )
        return np.mean([(w == 0).mean() for w in found.params.weights])

    assert sparsity("l1", "proximal") > 0.2
    assert sparsity("l1", "decoupled", 2.0) > 0.2
    assert sparsity("l1", "coupled") == 0
    assert sparsity("group-lasso", "proximal") > 0.2
    assert sparsity("group-lasso", "coupled") == 0
    assert sparsity("l2", "proximal") == 0


class LayerByLayer:
    """A penalty that wants each layer's weights, (lanes, fan_in, fan_out), and nothing else."""

    separable = False

    def __init__(self, penalty):
        self.penalty = penalty
        self.sparse = penalty.sparse and (self if penalty.sparse is penalty else LayerByLayer(penalty.sparse))

    def gradient(self, w, *strengths, out):
        assert w.shape[1:] in NETWORK.shapes
        self.penalty.gradient(w, *strengths, out)

    def prox(self, w, *rest, work):
        assert w.shape[1:] in NETWORK.shapes
        self.penalty.prox(w, *rest, work)


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic-net"])
@pytest.mark.parametrize("decay", cases.DECAYS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_layer_by_layer_a_separable_penalty_does_what_it_does_to_all_layers_at_once(penalty, decay, dtype, monkeypatch):
    def buffer():
        data = cases.problem("cross-entropy", dtype=dtype)
        recipe = {"decay": decay, "epochs": 20, "dtype": dtype}
        return cases.fit(NETWORK, *data, penalty, [0.02, 0.4], free=[1], **recipe).params.buffer

    at_once = buffer()
    monkeypatch.setitem(PENALTIES, penalty, LayerByLayer(PENALTIES[penalty]))
    assert np.array_equal(buffer(), at_once)


@pytest.mark.parametrize(
    "penalty, decay",
    [
        ("l1", "decoupled"),
        ("l1", "proximal"),
        ("elastic-net", "proximal"),
        ("group-lasso", "proximal"),
        ("sparse-group", "decoupled"),
        ("sparse-group", "proximal"),
    ],
)
def test_at_the_end_weights_are_zero_that_a_step_on_all_rows_takes_there_and_no_other_weight_moves(
    penalty, decay, monkeypatch
):
    network, data = Network((10, 20, 4), "tanh", "cross-entropy"), cases.problem("cross-entropy", rows=60, features=10)
    lambdas = np.geomspace(0.001, 1, 40)

    def fitted():
        return cases.fit(network, *data, penalty, lambdas, decay=decay, epochs=30, batch_size=5).params

    settled = fitted()
    monkeypatch.setattr(Stepper, "settle", lambda stepper, examples: None)
    before = fitted()
    gone = (settled.buffer == 0) & (before.buffer != 0)
    assert 0 < gone.sum() < before.buffer.size / 4
    assert np.array_equal(settled.buffer[~gone], before.buffer[~gone])
    # One step of Adam is at most the learning rate, here 0.01, for each weight.
    assert np.abs(before.buffer[gone]).max() < 0.02


def nodes_at_zero(w):
    """Of a layer's weights (lanes, fan_in, fan_out), how many nodes have none left, and how many lost only some."""
    zero = (w == 0).sum(axis=2)
    return (zero == w.shape[2]).sum(), ((zero > 0) & (zero < w.shape[2])).sum()


@pytest.mark.parametrize("optimizer", [Adam(), SGD(0.9)])
def test_group_lasso_zeroes_whole_nodes_and_sparse_group_single_weights_too(optimizer):
    def counts(penalty, lambdas):
        found = cases.fit(NETWORK, X, Y, penalty, lambdas, decay="proximal", optimizer=optimizer, epochs=100)
        return np.sum([nodes_at_zero(w) for w in found.params.weights], axis=0)

    whole, part = counts("group-lasso", [0.1])
    assert whole > 0 == part
    whole, part = counts("sparse-group", [0.02])
    assert whole > 0 < part


def test_cosine_ends_near_zero_and_constant_stays():
    rates = []

    class Spy(SGD):
        def step(self, gradient, learning_rate, state):
            return np.full_like(super().step(gradient, learning_rate, state), learning_rate)

    for schedule in ("constant", "cosine"):
        network = cases.linear("squared-error", 3, 2)
        moved = cases.fit(
            network, *cases.problem("squared-error"), "none", [0.0], optimizer=Spy(), schedule=schedule, epochs=10
        )
        rates.append((cases.start(network, 1).buffer - moved.params.buffer)[0, 0] / 30)
    assert rates[0] == pytest.approx(0.01)
    # The mean of (1 + cos(pi t / T)) / 2 over t = 0 .. T - 1 is (T + 1) / (2 T).
    assert rates[1] == pytest.approx(0.01 * 31 / 60)


def test_max_gradient_norm_is_the_largest_batch_gradient():
    one = cases.fit(NETWORK, X, Y, "none", [0.0], epochs=1, batch_size=len(X))
    assert one.max_gradient_norm[0] == pytest.approx(np.linalg.norm(gradient_at_start(NETWORK, X, Y).buffer))
