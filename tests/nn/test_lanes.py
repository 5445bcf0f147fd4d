"""A lane does not know its neighbours: its numbers are the same to the last bit, whichever lanes share its block."""

from dataclasses import replace

import numpy as np
import pytest

from tests import cases
from wdcli.nn import diagnostics
from wdcli.nn.arrays import Examples
from wdcli.nn.mlp import Network, Params
from wdcli.nn.optimizers import SGD, Adam
from wdcli.nn.train import train

LAMBDAS = np.geomspace(1e-4, 0.5, 12)
SUBSETS = [[0], [11], [2, 3, 5, 7, 8]]
# (5, 1, 1) has 8 parameters a lane and (1, 1, 1) has 4, the sizes of a float64 and a float32: see wdcli.nn.penalties.L1.
SHAPES = [((5, 1, 1), 40), ((1, 1, 1), 40), ((2, 1), 83), ((5, 7, 3), 83), ((3, 16, 16, 1), 1100), ((33, 40, 10), 83)]
RULES = [
    ("l2", "coupled", Adam()),
    ("l1", "proximal", Adam()),
    ("elastic-net", "decoupled", SGD(0.9)),
    ("none", "coupled", SGD(0.5, True)),
    ("group-lasso", "proximal", Adam()),
    ("sparse-group", "decoupled", SGD(0.9)),
]


def loss_for(sizes, regression):
    if regression:
        return "squared-error"
    return "cross-entropy" if sizes[-1] > 1 else "binary-cross-entropy"


def measured(network, X, Y, penalty, lambdas, dtype, **recipe):
    """Everything that is kept of a block, a list of arrays (lanes, ...)."""
    given = cases.strengths(penalty, lambdas, len(network.shapes))
    trained = cases.fit(network, X, Y, penalty, lambdas, dtype=dtype, **recipe)
    with np.errstate(all="ignore"):
        found = diagnostics.evaluate(network, trained.params, X, Y)
        rest = [
            diagnostics.kkt(network, trained.params, Examples(X, Y), given, penalty),
            diagnostics.smoothness(network, trained.params, X),
            diagnostics.penalty_value(trained.params, given, penalty),
            diagnostics.live_features(trained.params),
        ]
        for size in diagnostics.layer_sizes(network, trained.params):
            rest += [size.l1_norm, size.l2_norm, size.zeros]
    return [
        trained.params.buffer,
        trained.epochs,
        trained.finite,
        trained.max_gradient_norm,
        found.loss,
        found.score,
        *rest,
    ]


def assert_same_bits(whole, part, lanes):
    for a, b in zip(whole, part, strict=True):
        assert np.array_equal(a[lanes], b, equal_nan=True)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("regression", [False, True])
@pytest.mark.parametrize("activation", cases.ACTIVATIONS)
@pytest.mark.parametrize("sizes, rows", SHAPES)
def test_a_lane_has_the_same_bits_in_any_block(sizes, rows, activation, regression, dtype):
    loss = loss_for(sizes, regression)
    X, Y = cases.problem(loss, rows, sizes[0], sizes[-1], dtype=dtype)
    network = Network(sizes, activation, loss)
    for penalty, decay, optimizer in RULES:
        recipe = {"decay": decay, "optimizer": optimizer, "schedule": "cosine", "batch_size": 16 if rows < 100 else 400}
        whole = measured(network, X, Y, penalty, LAMBDAS, dtype, **recipe)
        for lanes in SUBSETS:
            assert_same_bits(whole, measured(network, X, Y, penalty, LAMBDAS[lanes], dtype, **recipe), lanes)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_lanes_that_stop_early_leave_the_others_bits_alone(dtype):
    X, Y = cases.problem("squared-error", 60, outputs=1, seed=2, dtype=dtype)
    Y = X[:, :1] + Y / 2
    network = Network((3, 16, 1), "relu", "squared-error")
    recipe = {"validation": Examples(X[:15], Y[:15]), "patience": 3, "epochs": 100, "learning_rate": 0.005}
    whole = measured(network, X[15:], Y[15:], "l2", LAMBDAS, dtype, **recipe)
    assert len(set(whole[1].tolist())) > 4, "lanes were to stop at different epochs"
    for lanes in SUBSETS:
        assert_same_bits(whole, measured(network, X[15:], Y[15:], "l2", LAMBDAS[lanes], dtype, **recipe), lanes)


def test_lanes_that_diverge_are_marked_and_leave_the_others_bits_alone():
    X, Y = cases.problem("squared-error", 40)
    network = Network((3, 8, 2), "relu", "squared-error")
    # Plain SGD with coupled L2 is unstable where lr * s2 is over 2: lr 0.1, s2 of 100 and 1000.
    lambdas = np.array([0.01, 100.0, 0.1, 1000.0])
    recipe = {"optimizer": SGD(0.0), "learning_rate": 0.1, "epochs": 400, "batch_size": 40}
    whole = measured(network, X, Y, "l2", lambdas, "float64", **recipe)
    assert whole[2].tolist() == [True, False, True, False]
    assert_same_bits(whole, measured(network, X, Y, "l2", lambdas[[0, 2]], "float64", **recipe), [0, 2])


def test_early_stopping_restores_the_best_epoch_of_each_lane():
    X, Y = cases.problem("squared-error", 60, outputs=1)
    network = Network((3, 32, 1), "relu", "squared-error")
    common = {"learning_rate": 0.05, "validation": Examples(X[:20], Y[:20])}
    stopped = cases.fit(network, X[20:], Y[20:], "l2", [1e-4, 0.1], epochs=60, patience=5, **common)
    by_epoch = [
        diagnostics.evaluate(
            network,
            cases.fit(network, X[20:], Y[20:], "l2", [1e-4, 0.1], epochs=e, learning_rate=0.05).params,
            X[:20],
            Y[:20],
        ).loss
        for e in range(1, int(stopped.epochs.max()) + 1)
    ]
    for lane in range(2):
        losses = [loss[lane] for loss in by_epoch[: stopped.epochs[lane]]]
        best = diagnostics.evaluate(network, stopped.params, X[:20], Y[:20]).loss[lane]
        assert best == min(losses)
        assert stopped.epochs[lane] in (int(np.argmin(losses)) + 1 + 5, 60)


def test_training_leaves_its_start_and_its_rows_alone():
    X, Y = cases.problem("cross-entropy")
    network = Network((3, 5, 4), "relu", "cross-entropy")
    start = cases.start(network, 2)
    before = [array.copy() for array in (start.buffer, X, Y)]
    train(network, start, Examples(X, Y), cases.strengths("l2", [0.1, 0.2], 2), cases.RECIPE, cases.orders(len(X)))
    for now, then in zip((start.buffer, X, Y), before, strict=True):
        assert np.array_equal(now, then)


def test_the_short_last_batch_is_kept_and_a_batch_of_all_rows_is_not_shuffled():
    X, Y = cases.problem("squared-error", rows=23)
    network = cases.linear("squared-error", 3, 2)
    seen = []

    def spy():
        for order in cases.orders(23):
            seen.append(order)
            yield order

    given = cases.strengths("none", [0.0], 1)
    train(network, cases.start(network, 1), Examples(X, Y), given, cases.RECIPE, spy())
    assert len(seen) == cases.RECIPE.epochs
    one = cases.fit(network, X, Y, "none", [0.0], batch_size=23, seed=1)
    other = cases.fit(network, X, Y, "none", [0.0], batch_size=10**9, seed=2)
    assert np.array_equal(one.params.buffer, other.params.buffer)
    # Three batches of 10, 10 and 3 rows by hand.
    params = cases.start(network, 1)
    w, b = params.weights[0][0].copy(), params.biases[0][0].copy()
    rows = next(cases.orders(23, 2))
    for part in (rows[:10], rows[10:20], rows[20:]):
        error = X[part] @ w + b - Y[part]
        w, b = w - 0.1 * 2 / error.size * X[part].T @ error, b - 0.1 * 2 / error.size * error.sum(axis=0)
    trained = cases.fit(network, X, Y, "none", [0.0], epochs=1, optimizer=SGD(0.0), learning_rate=0.1)
    np.testing.assert_allclose(trained.params.weights[0][0], w, rtol=1e-12)
    np.testing.assert_allclose(trained.params.biases[0][0], b, rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch_size", [16, 400])
@pytest.mark.parametrize("sizes", [(3, 1), (3, 16, 16, 3)])
def test_a_lane_with_rows_of_its_own_has_the_bits_that_it_has_on_shared_ones(sizes, batch_size, dtype):
    """RecordStore of other folds and seeds as neighbours, of which some stop early."""
    network = Network(sizes, "relu", loss_for(sizes, False))
    problems = [cases.problem(network.loss, 83, 3, sizes[-1], seed, dtype) for seed in range(4)]
    recipe = replace(cases.RECIPE, batch_size=batch_size, epochs=60, patience=4, learning_rate=0.02)
    starts = [cases.start(network, 1, seed, dtype).buffer for seed in range(4)]
    given = cases.strengths("l2", [1e-3] * 4, len(network.shapes))
    X, Y = (np.stack(parts) for parts in zip(*problems, strict=True))
    orders = (np.stack(each) for each in zip(*(cases.orders(63, seed) for seed in range(4)), strict=True))
    together = train(
        network, Params.view(network, np.concatenate(starts)), Examples(X[:, 20:], Y[:, 20:]), given, recipe, orders,
        Examples(X[:, :20], Y[:, :20]),
    )  # fmt: skip
    assert len(set(together.epochs.tolist())) > 1, "lanes were to stop at different epochs"
    for i in range(4):
        alone = train(
            network, Params.view(network, starts[i]), Examples(X[i, 20:], Y[i, 20:]), given.take([i]), recipe,
            cases.orders(63, i), Examples(X[i, :20], Y[i, :20]),
        )  # fmt: skip
        assert np.array_equal(alone.params.buffer[0], together.params.buffer[i])
        assert alone.epochs[0] == together.epochs[i]


@pytest.mark.parametrize("optimizer", cases.OPTIMIZERS.values(), ids=cases.OPTIMIZERS)
def test_parameters_outside_the_support_stay_and_the_others_reach_the_optimum_without_them(optimizer):
    """Least squares on three of six features is the network whose other three weights are held at zero."""
    X, Y = cases.problem("squared-error", 60, 6, 1)
    network = cases.linear("squared-error", 6)
    start = cases.start(network, 1)
    start.weights[0][0, 3:] = 0
    recipe = replace(cases.RECIPE, penalty="none", optimizer=optimizer, batch_size=60, epochs=4000, schedule="cosine")
    given = cases.strengths("none", [0.0], 1)
    support = np.array([[1.0, 1, 1, 0, 0, 0, 1]])
    found = train(network, start, Examples(X, Y), given, recipe, cases.orders(60), support=support).params
    expected = np.linalg.lstsq(np.column_stack([X[:, :3], np.ones(60)]), Y, rcond=None)[0]
    np.testing.assert_allclose(found.buffer[0], [*expected[:3, 0], 0, 0, 0, expected[3, 0]], atol=1e-6)
