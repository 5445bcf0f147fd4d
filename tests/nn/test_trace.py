"""The losses noted in training are those of networks trained only so far, and noting them changes nothing."""

import itertools

import numpy as np
import pytest

from tests import cases, reference
from wdcli.nn.arrays import Examples
from wdcli.nn.mlp import Network
from wdcli.nn.optimizers import SGD
from wdcli.nn.trace import MOST, Trace, stride

LAMBDAS = np.geomspace(1e-4, 0.5, 8)
NETWORK = Network((3, 16, 1), "tanh", "squared-error")


def rows(seed=0, n=60):
    X, Y = cases.problem("squared-error", n, outputs=1, seed=seed)
    return X, X[:, :1] + Y / 2


def traced(every=1, followed=None, lambdas=LAMBDAS, **options):
    (X, Y), (X_held, Y_held) = rows(), rows(seed=5, n=300)
    if followed is None:
        followed = np.ones(len(lambdas), dtype=bool)
    return cases.fit(
        NETWORK, X, Y, "l2", lambdas, trace=Trace(Examples(X, Y), Examples(X_held, Y_held), followed, every), **options
    )


def slow_losses(params, lane, X, Y):
    weights, biases = ([each[lane] for each in kind] for kind in (params.weights, params.biases))
    return reference.data_loss("squared-error", reference.outputs(weights, biases, X, "tanh"), Y)


EARLY = {"validation": Examples(*rows(seed=3, n=15)), "patience": 3, "epochs": 120, "learning_rate": 0.002}


@pytest.mark.parametrize("options", [{"epochs": 9}, {"epochs": 11, "every": 4}, EARLY], ids=["all", "some", "early"])
def test_losses_are_those_of_networks_trained_only_so_far(options):
    found = traced(**options)
    assert len(set(found.epochs.tolist())) > 2 or "patience" not in options, "lanes were to stop at different epochs"
    lasting = {name: value for name, value in options.items() if name == "learning_rate"}
    so_far = {
        k: cases.fit(NETWORK, *rows(), "l2", LAMBDAS, epochs=k, **lasting).params
        for k in sorted({epoch for history in found.histories for epoch in history.epochs})
    }
    for lane, (history, last) in enumerate(zip(found.histories, found.epochs, strict=True)):
        every = max(options.get("every", 1), stride(int(last)))
        assert history.epochs == tuple(sorted({*range(0, last + 1, every), int(last)}))
        for losses, held in ((history.train_loss, rows()), (history.held_loss, rows(seed=5, n=300))):
            slow = [slow_losses(so_far[epoch], lane, *held) for epoch in history.epochs]
            assert losses == pytest.approx(slow, rel=1e-10)


@pytest.mark.parametrize("options", [{"epochs": 50}, EARLY], ids=["to the end", "early"])
def test_a_lane_has_the_same_bits_in_any_block_and_without_a_trace(options):
    whole = traced(**options)
    for lanes in ([0], [7], [1, 2, 5]):
        assert traced(lambdas=LAMBDAS[lanes], **options).histories == [whole.histories[lane] for lane in lanes]
    untraced = cases.fit(NETWORK, *rows(), "l2", LAMBDAS, **options)
    assert np.array_equal(untraced.params.buffer, whole.params.buffer)


def test_only_the_lanes_that_are_followed_have_a_history():
    whole, some = traced(), traced(followed=np.arange(8) == 3)
    assert [lane for lane, history in enumerate(some.histories) if history] == [3]
    assert some.histories[3] == whole.histories[3]


def test_lanes_with_rows_of_their_own_are_measured_on_these():
    X, Y = (np.stack([one, one[::-1]]) for one in rows())
    X[1] *= 2
    held = rows(seed=5)
    trace = Trace(Examples(X, Y), Examples(*held), np.array([False, True]), 1)
    start, given = cases.start(NETWORK, 2), cases.strengths("l2", [0.1, 0.1], 2)
    orders = itertools.repeat(np.stack([np.arange(60)] * 2))
    found = cases.train(NETWORK, start, Examples(X, Y), given, cases.RECIPE, orders, trace=trace)
    (_, history) = found.histories
    assert history.train_loss[-1] == pytest.approx(slow_losses(found.params, 1, X[1], Y[1]), rel=1e-10)
    assert history.train_loss[-1] != pytest.approx(slow_losses(found.params, 1, X[0], Y[0]), rel=1e-3)


def test_a_lane_that_overflows_is_noted_to_its_end_and_leaves_the_others_alone():
    options = {"optimizer": SGD(0.0), "learning_rate": 0.1, "epochs": 300, "every": 8}
    lambdas = np.array([0.01, 1000.0])
    found = traced(lambdas=lambdas, **options)
    assert found.finite.tolist() == [True, False]
    assert found.histories[1].epochs[-1] == found.epochs[1] < 300
    assert traced(lambdas=lambdas[:1], **options).histories == found.histories[:1]


@pytest.mark.parametrize("epochs", [1, 39, 40, 41, 60, 80, 81, 200, 3000, 10**6])
def test_the_epochs_between_two_notes_leave_few_notes_and_enough(epochs):
    assert epochs / stride(epochs) <= MOST
    assert stride(epochs) == 1 or epochs / stride(epochs) > MOST / 2
    assert stride(epochs).bit_count() == 1
