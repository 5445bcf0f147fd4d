"""Facts of weight decay with a closed form."""

import numpy as np
import pytest

from tests import cases
from wdcli.nn.arrays import Examples
from wdcli.nn.mlp import Network, full_gradient
from wdcli.nn.optimizers import SGD, Adam
from wdcli.nn.recipe import Recipe
from wdcli.nn.strengths import LaneStrengths
from wdcli.nn.train import train

MOMENTUM = SGD(0.9)


def descend(
    network, X, Y, s1, s2, *, rate=0.05, epochs=4000, optimizer=MOMENTUM, decay="proximal", schedule="constant", seed=1
):
    """Full-batch training of one lane for each pair of strengths."""
    layers = len(network.shapes)
    given = LaneStrengths(*(np.array(s)[:, None] * np.ones(layers) for s in (s1, s2, np.zeros(len(s1)))))
    recipe = Recipe(optimizer, rate, schedule, len(X), epochs, "elastic-net", decay)
    found = train(network, cases.start(network, len(s1), seed), Examples(X, Y), given, recipe, cases.in_order(len(X)))
    return found, given


def ridge_excess(n, factor, draws=400, d=50, variance=0.25):
    """Mean excess risk |w - b|^2 of ridge at factor times the best L = d v / |b|^2, x ~ N(0, I)."""
    rng = np.random.default_rng(0)
    b = np.zeros(d)
    b[0] = 1.0
    best = d * variance
    risks = []
    for _ in range(draws):
        X = rng.normal(size=(n, d))
        y = X @ b + rng.normal(0, variance**0.5, n)
        w = np.linalg.solve(X.T @ X + factor * best * np.eye(d), X.T @ y)
        risks.append(((w - b) ** 2).sum())
    return np.mean(risks)


@pytest.mark.parametrize(
    "n, at_best, too_little", [(20, 0.707, 0.761), (50, 0.394, 0.967), (120, 0.143, 0.177), (400, 0.035, 0.036)]
)
def test_the_best_ridge_is_the_same_for_every_n_and_too_little_peaks_at_n_equal_d(n, at_best, too_little):
    """Nakkiran et al. 2020 (arXiv 2003.01897): the optimum d v / |b|^2 does not move with n."""
    best = ridge_excess(n, 1)
    assert best == pytest.approx(at_best, abs=0.03)
    assert ridge_excess(n, 1 / 16) == pytest.approx(too_little, abs=0.05)
    assert best < min(ridge_excess(n, 1 / 4), ridge_excess(n, 4))


def test_the_linear_network_is_ridge_in_the_textbook_convention():
    """lambda = 2 L: 1/n |y - Xw|^2 + lambda/(2n) |w|^2 is 1/n (|y - Xw|^2 + L |w|^2)."""
    from wdcli.conventions import Setting, strengths

    rng = np.random.default_rng(0)
    X, L = rng.normal(size=(60, 5)), 12.5
    X -= X.mean(axis=0)
    Y = X @ rng.normal(size=(5, 1)) + rng.normal(size=(60, 1))
    Y -= Y.mean()
    s2 = strengths("textbook", "l2", 2 * L, 0.5, Setting(60, 60, "squared-error")).l2
    found, _ = descend(cases.linear("squared-error", 5), X, Y, [0.0], [s2])
    np.testing.assert_allclose(found.params.weights[0][0], np.linalg.solve(X.T @ X + L * np.eye(5), X.T @ Y), rtol=1e-8)


def centred(X):
    return X - X.mean(axis=0)


@pytest.mark.parametrize("l1, l2", [(0.0, 0.0), (0.6, 0.0), (0.0, 0.9), (0.6, 0.9)])
def test_orthonormal_features_have_a_closed_form(l1, l2):
    """argmin |y - Xb|^2 + l2 |b|^2 + l1 |b|_1 is soft(X'y, l1/2) / (1 + l2)."""
    rng = np.random.default_rng(1)
    X, _ = np.linalg.qr(centred(rng.normal(size=(40, 6))))
    Y = rng.normal(size=(40, 1))
    Y -= Y.mean()
    found, _ = descend(cases.linear("squared-error", 6), X, Y, [l1 / 40], [2 * l2 / 40], rate=1.0)
    z = X.T @ Y
    expected = np.sign(z) * np.maximum(np.abs(z) - l1 / 2, 0) / (1 + l2)
    np.testing.assert_allclose(found.params.weights[0][0], expected, atol=1e-8)


@pytest.mark.parametrize("activation, tolerance", [("identity", 1e-9), ("relu", 1e-3)])
@pytest.mark.parametrize("decay", ["coupled", "proximal"])
def test_at_a_stationary_point_under_l2_units_balance(activation, tolerance, decay):
    """|w_in|^2 = |w_out|^2 for each hidden unit (bias out), and <W, g> = -s2 |W|^2 for each layer.

    A relu network's optimum often has a row at a kink, which steps only come near to.
    """
    X, Y = cases.problem("squared-error", rows=40, outputs=1)
    Y = np.abs(X[:, :1]) + 0.1 * Y
    network = Network((3, 6, 1), activation, "squared-error")
    found, _ = descend(network, X, Y, [0.0], [0.03], decay=decay, rate=0.03, epochs=20000, schedule="cosine")
    w1, w2 = found.params.weights
    np.testing.assert_allclose((w1[0] ** 2).sum(axis=0), (w2[0] ** 2).sum(axis=1), atol=tolerance)
    if activation == "identity":
        for w, g in zip(found.params.weights, full_gradient(network, found.params, X, Y).weights, strict=True):
            assert (w * g).sum() == pytest.approx(-0.03 * (w**2).sum(), rel=1e-6)


def test_at_a_stationary_point_under_l1_the_1_norms_balance():
    X, Y = cases.problem("squared-error", rows=40, outputs=1)
    Y = np.abs(X[:, :1]) + 0.1 * Y
    network = Network((3, 6, 1), "relu", "squared-error")
    found, _ = descend(network, X, Y, [0.02], [0.0], rate=0.01, epochs=30000)
    w1, w2 = found.params.weights
    assert np.abs(w1).sum() > 0.5
    np.testing.assert_allclose(np.abs(w1[0]).sum(axis=0), np.abs(w2[0]).sum(axis=1), atol=1e-3)


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_in_a_convex_model_the_penalised_norm_never_rises_with_lambda(penalty):
    X, Y = cases.problem("cross-entropy", rows=60)
    network = cases.linear("cross-entropy", 3, 4)
    s = np.geomspace(1e-4, 1, 15)
    zero = np.zeros(15)
    found, _ = descend(
        network, X, Y, s if penalty == "l1" else zero, s if penalty == "l2" else zero, rate=0.3, epochs=6000
    )
    w = found.params.weights[0]
    norms = np.abs(w).sum(axis=(1, 2)) if penalty == "l1" else np.sqrt((w**2).sum(axis=(1, 2)))
    assert (np.diff(norms) <= 1e-9).all()


@pytest.mark.parametrize(
    "momentum, product, stable", [(0.0, 1.98, True), (0.0, 2.02, False), (0.9, 3.76, True), (0.9, 3.84, False)]
)
def test_sgd_with_coupled_l2_is_unstable_above_twice_one_plus_momentum(momentum, product, stable):
    network = cases.linear("squared-error", 3, 2)
    X, Y = np.zeros((4, 3)), np.zeros((4, 2))
    found, _ = descend(
        network, X, Y, [0.0], [product / 0.1], rate=0.1, epochs=3000, optimizer=SGD(momentum), decay="coupled"
    )
    assert (np.abs(found.params.weights[0]).max() < 1) == stable
    calm, _ = descend(network, X, Y, [0.0], [product / 0.1], rate=0.1, epochs=300, optimizer=SGD(momentum))
    assert np.abs(calm.params.weights[0]).max() < 1


def residual_matrix(X, Y):
    """X'r / n of the bias-only model, X centred."""
    return (X - X.mean(axis=0)).T @ (Y - Y.mean(axis=0)) / len(X)


@pytest.mark.parametrize("loss", cases.LOSSES)
def test_lambda_max_of_a_linear_model_under_l1(loss):
    """At max |X'r| / n (twice that over k for plain squared error) every weight is zero; just below it one is not."""
    X, Y = cases.problem(loss, rows=80)
    network = cases.linear(loss, 3, Y.shape[1])
    limit = np.abs(residual_matrix(X, Y)).max() * (2 / Y.shape[1] if loss == "squared-error" else 1)
    found, _ = descend(network, X, Y, [1.0001 * limit, 0.99 * limit], [0.0, 0.0], rate=0.05, epochs=20000)
    zeros = (found.params.weights[0] == 0).all(axis=(1, 2))
    assert zeros.tolist() == [True, False]


@pytest.mark.parametrize("activation, factor", [("identity", 1.0), ("tanh", 1.0), ("logistic", 0.25)])
def test_a_hidden_layer_collapses_under_l2_at_the_largest_singular_value(activation, factor):
    X, Y = cases.problem("cross-entropy", rows=80)
    Y = np.roll(np.eye(4)[np.digitize(X[:, 0], [-0.8, 0, 0.8])], 1, axis=1)
    network = Network((3, 8, 4), activation, "cross-entropy")
    limit = factor * np.linalg.svd(residual_matrix(X, Y), compute_uv=False)[0]
    found, _ = descend(network, X, Y, [0.0, 0.0], [1.02 * limit, 0.96 * limit], rate=0.1, epochs=20000)
    sizes = [np.abs(found.params.weights[-1][lane]).max() for lane in range(2)]
    assert sizes[0] < 1e-3
    assert sizes[1] > 1e-2


def test_adam_and_sgd_reach_the_same_optimum_by_the_proximal_step():
    X, Y = cases.problem("binary-cross-entropy", rows=60)
    network = cases.linear("binary-cross-entropy", 3)
    a, _ = descend(network, X, Y, [0.03], [0.02], rate=0.2)
    b, _ = descend(network, X, Y, [0.03], [0.02], rate=0.03, optimizer=Adam(), schedule="cosine")
    np.testing.assert_allclose(a.params.buffer, b.params.buffer, atol=1e-5)
