from functools import partial

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss, r2_score

from tests import cases, reference
from wdcli.nn import diagnostics
from wdcli.nn.arrays import Examples
from wdcli.nn.groups import Groups
from wdcli.nn.mlp import Network, Params, full_gradient
from wdcli.nn.strengths import LaneStrengths


def network_of(loss, activation="tanh", hidden=(5, 4)):
    return Network(cases.sizes_for(loss, hidden), activation, loss)


def test_loss_and_score_are_scikit_learns():
    for loss in cases.LOSSES:
        X, Y = cases.problem(loss, outputs=1 if loss == "squared-error" else None)
        network = Network((3, 5, Y.shape[1]), "tanh", loss)
        params = cases.random_params(network, 2)
        found = diagnostics.evaluate(network, params, X, Y)
        for lane in range(2):
            z = reference.outputs([w[lane] for w in params.weights], [b[lane] for b in params.biases], X, "tanh")
            if loss == "squared-error":
                assert found.score[lane] == pytest.approx(r2_score(Y, z))
            elif loss == "binary-cross-entropy":
                assert found.score[lane] == accuracy_score(Y[:, 0] > 0.5, z[:, 0] > 0)
                assert found.loss[lane] == pytest.approx(log_loss(Y[:, 0], 1 / (1 + np.exp(-z[:, 0]))))
            else:
                p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
                assert found.score[lane] == accuracy_score(Y.argmax(axis=1), z.argmax(axis=1))
                assert found.loss[lane] == pytest.approx(log_loss(Y.argmax(axis=1), p, labels=range(4)))


def test_r2_of_rows_that_are_all_alike_is_undefined():
    X, Y = cases.problem("squared-error", outputs=1)
    network = Network((3, 5, 1), "tanh", "squared-error")
    assert np.isnan(diagnostics.evaluate(network, cases.random_params(network, 2), X, np.ones_like(Y)).score).all()


def test_losses_do_not_overflow():
    for loss in cases.LOSSES[:2]:
        X, Y = cases.problem(loss, dtype="float32")
        network = Network((3, Y.shape[1]), "identity", loss)
        params = Params.view(network, np.full((1, network.n_parameters), 1e5, dtype="float32"))
        assert np.isfinite(diagnostics.evaluate(network, params, X, Y).loss).all()


@pytest.mark.parametrize("loss", cases.LOSSES)
@pytest.mark.parametrize("activation", cases.ACTIVATIONS)
def test_smoothness_is_the_mean_norm_of_the_jacobian(activation, loss):
    X, _ = cases.problem(loss, rows=7)
    network = network_of(loss, activation)
    params = cases.random_params(network, 2)
    found = diagnostics.smoothness(network, params, X)
    for lane in range(2):
        weights, biases = [w[lane] for w in params.weights], [b[lane] for b in params.biases]
        norms = []
        for row in X:
            x = row.copy()[None]

            def output(k, weights=weights, biases=biases, x=x):
                return reference.outputs(weights, biases, x, activation)[0, k]

            columns = [reference.central_difference(partial(output, k), x) for k in range(network.sizes[-1])]
            norms.append(np.linalg.norm(np.concatenate(columns)))
        assert found[lane] == pytest.approx(np.mean(norms), rel=1e-6)


def test_smoothness_of_a_linear_model_is_the_norm_of_its_weights():
    network = cases.linear("squared-error", 3, 2)
    params = cases.random_params(network, 2)
    X, _ = cases.problem("squared-error", rows=1500)
    found = diagnostics.smoothness(network, params, X)
    np.testing.assert_allclose(found, [np.linalg.norm(w) for w in params.weights[0]])


def test_norms_zeros_and_live_units_are_counted_by_hand():
    network = Network((3, 4, 2), "relu", "squared-error")
    params = Params.view(network, np.zeros((1, network.n_parameters)))
    # Unit 0: in and out. Unit 1: in alone. Unit 2: out alone. Unit 3: nothing but a bias. Feature 2 is not used.
    params.weights[0][0, :2, 0] = [3.0, -4.0]
    params.weights[0][0, 0, 1] = 1.0
    params.weights[1][0, 0] = [2.0, 0.0]
    params.weights[1][0, 2] = [0.0, -1.0]
    params.biases[0][0, 0, 3] = 9.0
    first, last = diagnostics.layer_sizes(network, params)
    assert (first.l1_norm[0], first.l2_norm[0], first.zeros[0], first.live_units[0]) == (8.0, 26**0.5, 9, 1)
    assert (last.l1_norm[0], last.l2_norm[0], last.zeros[0], last.live_units) == (3.0, 5**0.5, 6, None)
    assert diagnostics.live_features(params)[0] == 2


def test_kkt_is_the_residual_of_the_definition():
    X, Y = cases.problem("cross-entropy")
    network = network_of("cross-entropy")
    params = cases.random_params(network, 2)
    params.weights[0][:, 0] = 0
    params.weights[1][:, :, 1] = 0
    for penalty in cases.SINGLE:
        given = cases.strengths(penalty, [0.02, 0.4], 3, free=[2])
        found = diagnostics.kkt(network, params, Examples(X, Y), given, penalty)
        gradient = full_gradient(network, params, X, Y)
        for lane in range(2):
            r, g, pull = [], [], []
            for layer in range(3):
                s1, s2 = given.l1[lane, layer], given.l2[lane, layer]
                w, gw = params.weights[layer][lane], gradient.weights[layer][lane]
                at_zero = np.maximum(np.abs(gw) - s1, 0)
                r += [np.where(w == 0, at_zero, gw + s1 * np.sign(w) + s2 * w), gradient.biases[layer][lane]]
                g += [gw, gradient.biases[layer][lane]]
                pull += [s1 * np.sign(w) + s2 * w]
            norms = [np.linalg.norm(np.concatenate([x.ravel() for x in part])) for part in (r, g, pull)]
            assert found[lane] == pytest.approx(norms[0] / (norms[1] + norms[2]), rel=1e-12)


def test_kkt_of_groups_is_the_residual_of_the_definition():
    """One layer, two columns of two features and one: at zero, a group's residual is what exceeds the penalty's part."""
    X, Y = cases.problem("cross-entropy", features=5)
    network = cases.linear("cross-entropy", 5, 4)
    params, parts, l1, group = cases.random_params(network, 1), [[0, 1], [2, 3], [4]], 0.01, 0.02
    params.weights[0][0, [0, 1]] = 0
    params.weights[0][0, 2, 1] = 0
    given = LaneStrengths(*(np.array([[s]]) for s in (l1, 0.0, group)), Groups.of(np.array([0, 0, 1, 1, 2])))
    found = diagnostics.kkt(network, params, Examples(X, Y), given, "sparse-group")
    gradient = full_gradient(network, params, X, Y)
    w, g, bias = params.weights[0][0], gradient.weights[0][0], gradient.biases[0][0]
    r, pull = np.zeros_like(w), np.zeros_like(w)
    for part in parts:
        norm, most = np.linalg.norm(w[part]), group * np.sqrt(w[part].size)
        pull[part] = l1 * np.sign(w[part]) + (most * w[part] / norm if norm else 0)
        total = g[part] + pull[part]
        r[part] = np.where(w[part] == 0, np.sign(total) * np.maximum(np.abs(total) - l1, 0), total)
        if norm == 0:
            r[part] *= max(1 - most / np.linalg.norm(r[part]), 0)
    size = np.linalg.norm(np.concatenate([r.ravel(), bias.ravel()]))
    whole = np.linalg.norm(np.concatenate([g.ravel(), bias.ravel()])) + np.linalg.norm(pull)
    assert found[0] == pytest.approx(size / whole, rel=1e-12)
    assert np.linalg.norm(r[[0, 1]]) > 0


def test_kkt_of_nothing_is_undefined():
    network = cases.linear("squared-error", 3, 1)
    params = Params.view(network, np.zeros((1, 4)))
    X = np.ones((5, 3))
    assert np.isnan(
        diagnostics.kkt(network, params, Examples(X, np.zeros((5, 1))), cases.strengths("l2", [1.0], 1), "l2")[0]
    )


@pytest.mark.parametrize(
    "finite, loss, null, start, expected",
    [
        (True, 0.5, 1.0, 2.0, "ok"),
        (True, 0.98, 1.0, 2.0, "ok"),
        (True, 0.99, 1.0, 2.0, "collapsed"),
        (True, 1.2, 1.0, 2.0, "collapsed"),
        (True, 11.0, 1.0, 2.0, "collapsed"),
        (True, 21.0, 1.0, 2.0, "diverged"),
        (True, 11.0, 1.0, 0.5, "diverged"),
        (True, 1e3, 1.0, 1e6, "collapsed"),
        (True, 0.3, 0.0, 0.7, "ok"),
        (True, float("nan"), 1.0, 2.0, "diverged"),
        (False, 0.5, 1.0, 2.0, "diverged"),
    ],
)
def test_status(finite, loss, null, start, expected):
    assert diagnostics.status(finite, loss, null, start) == expected


def test_a_class_that_is_not_there_costs_nothing_and_a_new_one_without_bound():
    from wdcli.nn.losses import LOSSES

    two, three = np.eye(3)[[0, 1, 1]], np.eye(3)[[0, 1, 2]]
    two, three = Examples(two, two), Examples(three, three)
    assert LOSSES["cross-entropy"].constant(two, two) == pytest.approx(-(np.log(1 / 3) + 2 * np.log(2 / 3)) / 3)
    assert LOSSES["cross-entropy"].constant(two, three) == np.inf
    assert LOSSES["binary-cross-entropy"].constant(*[Examples(np.ones((4, 1)), np.ones((4, 1)))] * 2) == 0


def test_the_bias_only_loss_is_what_the_best_constant_reaches():
    from wdcli.nn.losses import LOSSES

    for loss in cases.LOSSES:
        X, Y = cases.problem(loss, outputs=1 if loss == "squared-error" else None)
        network = cases.linear(loss, 3, Y.shape[1])
        found = cases.fit(
            network,
            X,
            Y,
            "l2",
            [1e4],
            decay="proximal",
            learning_rate=0.02,
            epochs=3000,
            batch_size=len(X),
            schedule="cosine",
        )
        assert diagnostics.evaluate(network, found.params, X, Y).loss[0] == pytest.approx(
            LOSSES[loss].constant(Examples(X, Y), Examples(X, Y)), rel=1e-4
        )


def test_a_features_norm_is_that_of_its_weights_into_the_first_layer():
    network = Network((3, 4, 1), "relu", "squared-error")
    params = cases.random_params(network, 2)
    expected = [[np.linalg.norm(w[i]) for i in range(3)] for w in params.weights[0]]
    np.testing.assert_allclose(diagnostics.feature_norms(params), expected)
