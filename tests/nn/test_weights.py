"""A row of weight 2 is that row twice: in training, in every measurement, and in scikit-learn's models."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics
from sklearn.linear_model import LogisticRegression, Ridge

from tests import cases, reference
from wdcli.nn import diagnostics
from wdcli.nn.arrays import Examples
from wdcli.nn.losses import LOSSES
from wdcli.nn.mlp import Network, Params, full_gradient, mean_loss, outputs
from wdcli.nn.scores import scores
from wdcli.nn.train import train

OUTPUTS = {"squared-error": 2, "binary-cross-entropy": 1, "cross-entropy": 3}
TIMES = np.arange(40) % 4 + 1


def problem(loss, rows=40, seed=0, dtype="float64"):
    """Rows with weights of mean 1, and the same rows repeated."""
    X, Y = cases.problem(loss, rows, 3, OUTPUTS[loss], seed, dtype)
    times = np.resize(TIMES, rows)
    weights = (times / times.mean())[:, None].astype(dtype)
    return Examples(X, Y, weights), Examples(X.repeat(times, axis=0), Y.repeat(times, axis=0))


def fitted(examples, network, penalty, **recipe):
    made = replace(cases.RECIPE, penalty=penalty, batch_size=10**6, epochs=60, **recipe)
    given = cases.strengths(penalty, [0.0, 0.01, 0.1], len(network.shapes))
    return train(network, cases.start(network, 3, dtype="float64"), examples, given, made, iter(())), given


@pytest.mark.parametrize("loss", OUTPUTS)
@pytest.mark.parametrize("penalty, decay", [("l2", "coupled"), ("l1", "proximal"), ("l2", "decoupled")])
def test_weighted_rows_train_and_measure_as_repeated_ones_do(loss, penalty, decay):
    network = Network((3, 8, OUTPUTS[loss]), "tanh", loss)
    weighted, repeated = problem(loss)
    (one, given), (other, _) = (fitted(rows, network, penalty, decay=decay) for rows in (weighted, repeated))
    assert one.params.buffer == pytest.approx(other.params.buffer, abs=1e-9)
    a, b = (diagnostics.evaluate(network, one.params, *rows) for rows in (weighted, repeated))
    assert a.loss == pytest.approx(b.loss, rel=1e-12)
    assert a.score == pytest.approx(b.score, rel=1e-12)
    assert mean_loss(network, one.params, *weighted.in_loss) == pytest.approx(b.loss, rel=1e-12)
    for measured in (
        lambda rows: diagnostics.kkt(network, one.params, rows, given, penalty),
        lambda rows: diagnostics.smoothness(network, one.params, rows.X, rows.weights),
        lambda rows: LOSSES[loss].constant(rows, rows),
        lambda rows: np.nan_to_num(np.array(scores(network, one.params, *rows.in_scores))),
    ):
        assert measured(weighted) == pytest.approx(measured(repeated), rel=1e-9)


def test_a_row_of_large_weight_can_be_the_one_that_costs_the_most():
    network = cases.linear("squared-error", 1)
    params = Params.view(network, np.zeros((1, 2)))
    X, Y = np.zeros((3, 1)), np.array([[1.0], [3.0], [2.0]])
    found = diagnostics.evaluate(network, params, X, Y, np.array([[0.3], [0.3], [2.4]]))
    assert (found.worst_row[0], found.worst_loss[0]) == (2, pytest.approx(2.4 * 4))


@pytest.mark.parametrize("loss", OUTPUTS)
def test_the_gradient_is_that_of_the_weighted_mean_loss(loss):
    network = Network((3, 5, OUTPUTS[loss]), "tanh", loss)
    (X, Y, w), _ = (rows.in_loss for rows in problem(loss))
    params = cases.start(network, 1, dtype="float64")
    matrices = [matrix[0] for matrix in params.matrices]

    def objective():
        weights, biases = [m[:-1] for m in matrices], [m[-1] for m in matrices]
        z = reference.outputs(weights, biases, X, "tanh")
        return sum(w[i, 0] * reference.data_loss(loss, z[i : i + 1], Y[i : i + 1]) for i in range(len(X))) / len(X)

    found = full_gradient(network, params, X, Y, w)
    for matrix, gradient in zip(matrices, found.matrices, strict=True):
        assert gradient[0] == pytest.approx(reference.central_difference(objective, matrix), abs=1e-7)


def optimum(loss, rows, lambd, n):
    """The linear model of textbook lambda, lambda/(2n) sum w^2 beside the mean loss."""
    network = cases.linear(loss, 3, rows.Y.shape[1])
    given = cases.strengths("l2", [lambd / n], 1)
    recipe = replace(cases.RECIPE, penalty="l2", batch_size=10**6, epochs=6000, schedule="cosine", learning_rate=0.05)
    return train(network, cases.start(network, 1, dtype="float64"), rows, given, recipe, iter(())).params


def test_linear_optima_are_those_of_scikit_learns_models_with_sample_weight():
    times, lambd = TIMES.astype(float), 3.0
    rows, _ = problem("binary-cross-entropy")
    found = optimum("binary-cross-entropy", rows, lambd, times.sum())
    theirs = LogisticRegression(C=1 / lambd, tol=1e-10, max_iter=10_000).fit(rows.X, rows.Y[:, 0], sample_weight=times)
    assert found.buffer[0] == pytest.approx([*theirs.coef_[0], *theirs.intercept_], abs=1e-5)

    X, Y = cases.problem("squared-error", 40, 3, 1)
    found = optimum("squared-error", Examples(X, Y, rows.weights), lambd, times.sum())
    theirs = Ridge(lambd / 2, tol=1e-12).fit(X, Y[:, 0], sample_weight=times)
    assert found.buffer[0] == pytest.approx([*theirs.coef_, theirs.intercept_], abs=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch_size", [16, 400])
def test_a_lane_with_weighted_rows_of_its_own_has_the_bits_that_it_has_on_shared_ones(batch_size, dtype):
    network = Network((3, 8, 3), "relu", "cross-entropy")
    each = [problem("cross-entropy", 63, seed, dtype)[0] for seed in range(3)]
    starts = [cases.start(network, 1, seed, dtype).buffer for seed in range(3)]
    given, recipe = cases.strengths("l2", [1e-3] * 3, 2), replace(cases.RECIPE, batch_size=batch_size, epochs=8)
    orders = (np.stack(each) for each in zip(*(cases.orders(63, seed) for seed in range(3)), strict=True))
    start = Params.view(network, np.concatenate(starts))
    together = train(network, start, Examples.stacked(each), given, recipe, orders)
    for i, rows in enumerate(each):
        first = Params.view(network, starts[i])
        alone = train(network, first, rows, given.take(np.array([i])), recipe, cases.orders(63, i))
        assert np.array_equal(alone.params.buffer[0], together.params.buffer[i])


@pytest.mark.parametrize("classes", [2, 4])
def test_weighted_scores_are_scikit_learns(classes):
    loss, units = ("binary-cross-entropy", 1) if classes == 2 else ("cross-entropy", classes)
    network, rng = Network((4, 6, units), "relu", loss), np.random.default_rng(1)
    params = cases.start(network, 1, dtype="float64")
    X, y = rng.normal(size=(200, 4)).round(1), rng.integers(classes, size=200)
    w = rng.exponential(size=200)
    w /= w.mean()
    Y = y[:, None].astype(float) if classes == 2 else np.eye(classes)[y]
    z = outputs(network, params, X)[0]
    guess = (z[:, 0] > 0).astype(int) if classes == 2 else z.argmax(axis=1)
    found = diagnostics.evaluate(network, params, X, Y, w[:, None])
    assert found.score[0] == pytest.approx(metrics.accuracy_score(y, guess, sample_weight=w))
    (told,) = scores(network, params, X, Y, w[:, None])
    assert told.balanced_accuracy == pytest.approx(metrics.balanced_accuracy_score(y, guess, sample_weight=w))
    if classes == 2:
        assert told.auc == pytest.approx(metrics.roc_auc_score(y, z[:, 0], sample_weight=w))
        assert told.average_precision == pytest.approx(metrics.average_precision_score(y, z[:, 0], sample_weight=w))


def test_several_targets_have_scikit_learns_mean_r2():
    network = Network((3, 6, 2), "tanh", "squared-error")
    rows, _ = problem("squared-error")
    params = cases.start(network, 1, dtype="float64")
    z, w = outputs(network, params, rows.X)[0], rows.weights[:, 0]
    found = diagnostics.evaluate(network, params, *rows).score[0]
    assert found == pytest.approx(metrics.r2_score(rows.Y, z, sample_weight=w))
