import numpy as np
import pytest

from tests import cases, reference
from wdcli.nn import diagnostics
from wdcli.nn.activations import ACTIVATIONS
from wdcli.nn.groups import Groups
from wdcli.nn.mlp import Network, Params, full_gradient, mean_loss
from wdcli.nn.penalties import PENALTIES


def one_lane(params, lane):
    return [w[lane] for w in params.weights], [b[lane] for b in params.biases]


@pytest.mark.parametrize("hidden", [(), (5,), (5, 4)])
@pytest.mark.parametrize("loss", cases.LOSSES)
@pytest.mark.parametrize("activation", cases.ACTIVATIONS)
def test_loss_and_gradient_are_those_of_the_formulas(activation, loss, hidden):
    X, Y = cases.problem(loss)
    network = Network(cases.sizes_for(loss, hidden), activation, loss)
    params = cases.random_params(network, lanes=3)
    losses = mean_loss(network, params, X, Y)
    gradient = full_gradient(network, params, X, Y)
    for lane in range(3):
        weights, biases = one_lane(params, lane)

        def value(weights=weights, biases=biases):
            return reference.data_loss(loss, reference.outputs(weights, biases, X, activation), Y)

        assert losses[lane] == pytest.approx(value(), rel=1e-12)
        for given, layer in [(gradient.weights, weights), (gradient.biases, biases)]:
            for g, x in zip(given, layer, strict=True):
                np.testing.assert_allclose(g[lane], reference.central_difference(value, x), rtol=2e-6, atol=1e-9)


@pytest.mark.parametrize("activation", cases.ACTIVATIONS)
def test_the_steepest_slope_is_the_largest_derivative(activation):
    a, slopes = np.linspace(-4, 4, 8001)[None], np.ones((1, 8001))
    ACTIVATIONS[activation].function(a)
    ACTIVATIONS[activation].backward(a, slopes)
    assert slopes.max() == pytest.approx(ACTIVATIONS[activation].steepest)


@pytest.mark.parametrize("penalty", cases.PENALTIES)
@pytest.mark.parametrize("loss", cases.LOSSES)
@pytest.mark.parametrize("activation", cases.ACTIVATIONS)
def test_penalised_objective_and_its_gradient_are_those_of_the_formulas(activation, loss, penalty):
    X, Y = cases.problem(loss)
    network = Network(cases.sizes_for(loss), activation, loss)
    params = cases.random_params(network, lanes=2)
    columns = np.array([0, 0, 1])
    given = cases.strengths(penalty, [0.3, 0.7], layers=3, free=[2], features=Groups.of(columns))
    totals = mean_loss(network, params, X, Y) + diagnostics.penalty_value(params, given, penalty)
    gradient = full_gradient(network, params, X, Y)
    for lane in range(2):
        weights, biases = one_lane(params, lane)

        def value(lane=lane, weights=weights, biases=biases):
            parts = (each[lane] for each in given.arrays)
            return reference.objective(weights, biases, X, Y, activation, loss, *parts, columns)

        assert totals[lane] == pytest.approx(value(), rel=1e-12)
        for layer, w in enumerate(weights):
            pull = np.empty_like(w)[None]
            PENALTIES[penalty].gradient(w[None], given.take([lane]).of_layer(layer), pull)
            expected = reference.central_difference(value, w)
            np.testing.assert_allclose(gradient.weights[layer][lane] + pull[0], expected, rtol=2e-6, atol=1e-9)


def test_evaluation_in_chunks_is_evaluation_at_once():
    X, Y = cases.problem("cross-entropy", rows=2500)
    network = Network((3, 5, 4), "tanh", "cross-entropy")
    params = cases.random_params(network, lanes=2)
    gradient = full_gradient(network, params, X, Y)
    for lane in range(2):
        weights, biases = one_lane(params, lane)
        z = reference.outputs(weights, biases, X, "tanh")
        assert mean_loss(network, params, X, Y)[lane] == pytest.approx(
            reference.data_loss("cross-entropy", z, Y), rel=1e-12
        )
    halves = [full_gradient(network, params, X[part], Y[part]).buffer for part in (slice(1250), slice(1250, None))]
    np.testing.assert_allclose(gradient.buffer, (halves[0] + halves[1]) / 2, rtol=1e-9, atol=1e-12)


def test_parameters_are_views_of_one_buffer():
    network = Network((3, 5, 2), "relu", "squared-error")
    params = Params.view(network, np.arange(2.0 * network.n_parameters).reshape(2, -1))
    params.weights[0][1, 0, 0] = -1
    params.biases[1][0, 0, 1] = -2
    assert params.buffer[1, 0] == -1
    assert params.buffer[0, -1] == -2


def test_weights_start_glorot_uniform_and_biases_at_zero_the_same_in_every_lane_and_dtype():
    network = Network((300, 200, 1), "relu", "squared-error")
    double, single = (cases.start(network, 2, dtype=dtype) for dtype in ("float64", "float32"))
    limit = np.sqrt(6 / 500)
    assert np.abs(double.weights[0]).max() <= limit
    assert double.weights[0].std() == pytest.approx(limit / np.sqrt(3), rel=0.01)
    assert not any(b.any() for b in double.biases)
    assert np.array_equal(double.buffer[0], double.buffer[1])
    assert np.array_equal(double.buffer.astype("float32"), single.buffer)
