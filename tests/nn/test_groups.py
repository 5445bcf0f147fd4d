"""Groups of weights: the proximal step in any metric, its exact zeros, and what forms a group."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize

from tests import cases
from wdcli.nn.groups import BY_ROW, Groups, norms, shrink_groups, vanishing
from wdcli.nn.penalties import PENALTIES
from wdcli.nn.strengths import LayerStrengths

SHAPES = [((2, 5, 1), None), ((2, 5, 7), None), ((2, 6, 3), [1, 3, 2]), ((1, 40, 1), [40]), ((3, 4, 64), [1, 1, 2])]
"""Shapes of weights, and the rows of their groups."""
EPS = {"float32": 2e-7, "float64": 1e-15}


def instance(shape, rows, spread, seed=0, dtype="float64"):
    """Weights, step sizes that differ by a factor of about exp(spread), and groups."""
    rng = np.random.default_rng(seed)
    step = 0.01 * np.exp(spread * rng.normal(size=shape))
    return rng.normal(size=shape).astype(dtype), step.astype(dtype), Groups(None if rows is None else np.array(rows))


def shrunk(w, step, threshold, groups):
    out = w.copy()
    shrink_groups(out, step.copy(), threshold, groups, np.empty_like(out))
    return out


def members(shape, groups):
    """Each group as an index of a lane's weights."""
    rows = np.ones(shape[1], dtype=int) if groups.rows is None else groups.rows
    ends = np.cumsum(rows)
    return [np.s_[end - n : end] for end, n in zip(ends, rows, strict=True)]


def pulls(w, step, groups):
    """|w / step| of each group: the threshold at which it vanishes, (lanes, groups)."""
    return norms(w.astype("float64") / step, groups)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("spread", [0, 1, 5])
@pytest.mark.parametrize("shape, rows", SHAPES)
def test_the_step_solves_its_scalar_equation(shape, rows, spread, dtype):
    """Against a bracketing root finder, one group at a time."""
    w, step, groups = instance(shape, rows, spread, dtype=dtype)
    for share in (0.01, 0.5, 0.9, 1.1):
        threshold = (pulls(w, step, groups) * share).astype(dtype)
        found = shrunk(w, step, threshold, groups)
        for lane in range(shape[0]):
            for place, part in enumerate(members(shape, groups)):
                x, a, t = (each.astype("float64") for each in (w[lane, part], step[lane, part], threshold[lane, place]))
                size = np.linalg.norm(x)

                def excess(rho, x=x, a=a, t=t):
                    return ((x / (rho + a * t)) ** 2).sum() - 1

                rho = brentq(excess, 0, size, xtol=1e-300, rtol=1e-15) if share < 1 else 0.0
                np.testing.assert_allclose(found[lane, part], x * rho / (rho + a * t), rtol=0, atol=EPS[dtype] * size)


@pytest.mark.parametrize("shape, rows", SHAPES)
def test_the_step_minimises_its_definition(shape, rows):
    w, step, groups = instance(shape, rows, 1)
    threshold = pulls(w, step, groups) * 0.4
    part, lane = members(shape, groups)[-1], 0
    x, a, t = w[lane, part], step[lane, part], threshold[lane, -1]

    def cost(u):
        u = u.reshape(x.shape)
        return ((u - x) ** 2 / (2 * a)).sum() + t * np.linalg.norm(u)

    found = shrunk(w, step, threshold, groups)[lane, part]
    best = minimize(
        cost, found.ravel() + 0.01, method="Powell", options={"ftol": 1e-14, "xtol": 1e-10, "maxiter": 10**5}
    )
    assert cost(found) <= best.fun + 1e-9 * abs(best.fun)


@pytest.mark.parametrize("spread", [0, 5])
@pytest.mark.parametrize("shape, rows", SHAPES)
def test_a_group_is_exactly_zero_from_its_threshold_on(shape, rows, spread):
    w, step, groups = instance(shape, rows, spread)
    pull = pulls(w, step, groups)
    for share, left in ((0.999, True), (1.001, False), (1e6, False), (0.0, True)):
        alive = norms(shrunk(w, step, pull * share, groups), groups) > 0
        assert (alive == left).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape, rows", SHAPES)
def test_without_a_penalty_the_weights_stay_as_they_are_to_the_last_bit(shape, rows, dtype):
    w, step, groups = instance(shape, rows, 3, dtype=dtype)
    w[0, 0] = 0
    threshold = np.zeros((shape[0], len(members(shape, groups))), dtype)
    assert np.array_equal(shrunk(w, step, threshold, groups), w)


def test_equal_steps_are_block_soft_thresholding():
    w, _, groups = instance((2, 6, 3), [1, 3, 2], 0)
    for lane in range(2):
        for part in members(w.shape, groups):
            size = np.linalg.norm(w[lane, part])
            expected = w[lane, part] * max(1 - 0.2 * 1.5 / size, 0)
            found = shrunk(w, np.full(w.shape, 0.2), np.full((2, 3), 1.5), groups)[lane, part]
            np.testing.assert_allclose(found, expected, rtol=1e-14)


@pytest.mark.parametrize("extreme", [1e-30, 1e30])
def test_steps_of_any_size_give_finite_weights(extreme):
    w, step, groups = instance((2, 6, 3), [1, 3, 2], 0, dtype="float32")
    step[:, ::2] *= np.float32(extreme)
    with np.errstate(over="ignore"):
        found = shrunk(w, step, np.full((2, 3), 1e-3, "float32"), groups)
    assert np.isfinite(found).all()
    assert (np.abs(found) <= np.abs(w)).all()


def test_weights_that_are_not_finite_are_not_hidden():
    w, step, groups = instance((2, 6, 3), None, 1)
    w[0, 0, 0], w[1, 1, 1] = np.nan, np.inf
    with np.errstate(invalid="ignore"):
        found = shrunk(w, step, np.full((2, 6), 2.0), groups)
    assert not np.isfinite(found[0, 0]).all()
    assert not np.isfinite(found[1, 1]).all()
    assert np.isfinite(found[0, 1:]).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape, rows", [((9, 5, 7), None), ((9, 33, 12), [1, 20, 12]), ((9, 4, 64), [1, 1, 2])])
def test_a_group_does_not_know_other_lanes_and_groups(shape, rows, dtype):
    """Some groups converge before others, and whatever shares their arrays their bits are the same."""
    w, step, groups = instance(shape, rows, 3, dtype=dtype)
    threshold = (pulls(w, step, groups) * np.linspace(0, 1.2, shape[0])[:, None]).astype(dtype)
    together = shrunk(w, step, threshold, groups)
    for lanes in ([0], [8], [2, 3, 5]):
        assert np.array_equal(shrunk(w[lanes], step[lanes], threshold[lanes], groups), together[lanes])


def test_sparse_group_thresholds_single_weights_before_their_group():
    """Simon et al. 2013, equation 12: the group's part acts on what is left of the weights."""
    w, step, groups = instance((1, 6, 3), [1, 3, 2], 1)
    l1, group = 20.0, 3.0
    s = LayerStrengths(*(np.full((1, 1, 1), value) for value in (l1, 0.0, group)), groups)
    found = w.copy()
    PENALTIES["sparse-group"].prox(found, step.copy(), s, np.empty_like(w))
    left = np.sign(w) * np.maximum(np.abs(w) - step * l1, 0)
    assert np.array_equal(found, shrunk(left, step, group * np.sqrt([[3.0, 9.0, 6.0]]), groups))
    assert 0 < (found == 0).sum() < found.size


def test_the_columns_of_a_table_are_groups_of_features():
    assert Groups.of(np.array([0, 0, 0, 1, 2, 2])).rows.tolist() == [3, 1, 2]
    assert Groups.of(np.array([0, 1, 2])).rows is None
    assert Groups.of(np.array([0, 2, 2])).rows.tolist() == [1, 2]
    assert Groups.of(None).rows is None


@pytest.mark.parametrize("rows", [None, [1, 3, 2]])
@pytest.mark.parametrize("l1, group", [(1.0, 0.0), (0.0, 1.0), (0.3, 0.7), (0.7, 0.3), (0.01, 0.99)])
def test_the_vanishing_lambda_is_where_no_group_is_moved(l1, group, rows):
    pull = np.random.default_rng(0).normal(size=(6, 2))
    groups = BY_ROW if rows is None else Groups(np.array(rows))
    found = vanishing(pull, l1, group, groups)

    def moved(lambd):
        left = np.maximum(np.abs(pull) - lambd * l1, 0)
        parts = members((1, 6, 2), groups)
        return any(np.linalg.norm(left[p]) > lambd * group * np.sqrt(pull[p].size) for p in parts)

    assert moved(found * (1 - 1e-12))
    assert not moved(found * (1 + 1e-12))


def test_a_group_of_one_weight_is_a_single_weight():
    """One unit after each node: group lasso and L1 take the same steps, up to rounding."""
    network = cases.Network((3, 1, 1), "tanh", "squared-error")
    X, Y = cases.problem("squared-error", outputs=1)
    both = [
        cases.fit(network, X, Y, penalty, [0.01, 0.1], decay="proximal", epochs=30).params.buffer
        for penalty in ("l1", "group-lasso")
    ]
    np.testing.assert_allclose(*both, rtol=1e-9, atol=1e-12)
