"""The effective network is the same function with fewer inputs and units."""

import numpy as np
import pytest

from tests import cases
from wdcli.nn.effective import counts, effective, shrink
from wdcli.nn.mlp import Network, Params, outputs


def answers(network, params, X):
    return outputs(network, params, X)[0]


def sparse(network, share, seed):
    """One lane of which a share of the weights is exactly zero."""
    params = cases.random_params(network, 1, seed)
    rng = np.random.default_rng(seed)
    for w in params.weights:
        w[rng.random(w.shape) < share] = 0
    return params


SIZES = [(6, 1), (6, 3), (6, 5, 1), (6, 8, 7, 3), (6, 8, 1, 7, 2)]


@pytest.mark.parametrize("activation", cases.ACTIVATIONS)
@pytest.mark.parametrize("share", [0.0, 0.5, 0.8, 0.95, 1.0])
@pytest.mark.parametrize("sizes", SIZES)
def test_the_shrunken_network_is_the_same_function(sizes, share, activation):
    X = np.random.default_rng(0).normal(size=(50, 6))
    for seed in range(10):
        network = Network(sizes, activation, "squared-error")
        params = sparse(network, share, seed)
        small = shrink(network, params)
        expected = answers(network, params, X)
        np.testing.assert_allclose(answers(small.network, small.params, X[:, small.features]), expected, atol=1e-12)
        left = counts(effective(params))[0]
        if left.all():
            assert small.network.sizes == tuple(left)
            assert counts(effective(small.params))[0].tolist() == left.tolist()
        else:
            assert small.network.sizes == (1,) * (len(sizes) - 1) + sizes[-1:]
            assert not any(w.any() for w in small.params.weights)
            assert np.ptp(expected, axis=0) == pytest.approx(0)


def test_what_leads_nowhere_and_what_nothing_leads_to_is_not_counted():
    """Input 2 leads to unit 2 alone, which leads nowhere; unit 3 has no way in: a chain of 1, 1, 1 is left."""
    network = Network((2, 3, 2, 1), "tanh", "squared-error")
    params = Params.view(network, np.zeros((1, network.n_parameters)))
    first, second, last = (w[0] for w in params.weights)
    first[0, 0] = first[1, 1] = 1
    second[0, 0] = second[2, 1] = 1
    last[:, 0] = 1
    assert counts(effective(params))[0].tolist() == [1, 1, 1, 1]


def test_lanes_are_counted_apart():
    network = Network((4, 5, 1), "relu", "squared-error")
    params = cases.random_params(network, 2)
    params.weights[0][1] = 0
    assert counts(effective(params)).tolist() == [[4, 5, 1], [0, 0, 1]]
