import numpy as np
import pytest

from tests import cases
from wdcli.nn.groups import BY_ROW
from wdcli.nn.penalties import PENALTIES
from wdcli.nn.strengths import LayerStrengths

SIZES = [(0.0, 0.0), (0.3, 0.0), (0.0, 2.0), (0.3, 2.0)]
STEPWISE = {"rtol": 0, "atol": 1e-5}


def strengths(penalty, s1, s2):
    """What a penalty has of l1 and l2; of ``s1``, one with groups gives its groups half."""
    single, squares, group = cases.PARTS[penalty]
    return LayerStrengths(
        *(np.full((1, 1, 1), value) for value in (s1 * single, s2 * squares, s1 * group * (0.5 if single else 1))),
        BY_ROW,
    )


def prox(penalty, w, step, s):
    out = np.array(w, dtype=float)
    PENALTIES[penalty].prox(out, np.full(out.shape, step), s, np.empty_like(out))
    return out


@pytest.mark.parametrize("s1, s2", SIZES)
@pytest.mark.parametrize("penalty", cases.PENALTIES)
def test_prox_minimises_its_definition(penalty, s1, s2):
    """For a group of one weight, whose norm is its absolute value."""
    s = strengths(penalty, s1, s2)
    u = np.linspace(-3, 3, 60001)
    for w in (-2.0, -0.3, -0.1, 0.0, 0.05, 0.29, 1.7):
        cost = (u - w) ** 2 / 2 + 0.7 * ((s.l1 + s.group) * np.abs(u) + s.l2 * u**2 / 2)[0, 0]
        found = prox(penalty, [[[w]]], 0.7, s)[0, 0, 0]
        assert found == pytest.approx(u[cost.argmin()], abs=1e-4)


@pytest.mark.parametrize("s1, s2", SIZES)
@pytest.mark.parametrize("penalty", cases.PENALTIES)
def test_prox_is_odd_brings_points_no_further_apart_and_keeps_zero(penalty, s1, s2):
    rng, s = np.random.default_rng(0), strengths(penalty, s1, s2)
    a, b = rng.normal(size=(2, 1, 50, 2))
    pa, pb = (prox(penalty, x, 0.5, s) for x in (a, b))
    assert (np.linalg.norm(pa - pb, axis=-1) <= np.linalg.norm(a - b, axis=-1) + 1e-15).all()
    assert np.array_equal(prox(penalty, -a, 0.5, s), -pa)
    assert not prox(penalty, np.zeros((1, 3, 1)), 0.5, s).any()


@pytest.mark.parametrize("penalty", ["l1", "elastic-net"])
def test_soft_thresholding_makes_exact_zeros_at_and_below_the_threshold(penalty):
    w = np.array([[[-0.6], [-0.5], [-0.2], [0.0], [0.2], [0.5], [0.6]]], dtype="float32")
    shrunk = prox(penalty, w, 1.0, strengths(penalty, 0.5, 0.0))
    assert (shrunk[0, 1:6] == 0).all()
    assert shrunk[0, [0, 6], 0] == pytest.approx([-0.1, 0.1], rel=1e-5)


def test_elastic_net_shrinks_after_the_threshold():
    shrunk = prox("elastic-net", [[[2.0]]], 0.5, strengths("elastic-net", 0.4, 3.0))
    assert shrunk[0, 0, 0] == pytest.approx((2.0 - 0.2) / (1 + 1.5))


@pytest.mark.parametrize("penalty", ["elastic-net", "sparse-group"])
def test_a_sum_of_penalties_has_the_sum_of_their_values(penalty):
    w = np.random.default_rng(0).normal(size=(2, 4, 3))
    s = LayerStrengths(*np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])[:, :, None, None], BY_ROW)
    l1 = np.array([0.1, 0.2]) * np.abs(w).sum(axis=(1, 2))
    l2 = np.array([0.3, 0.4]) / 2 * (w**2).sum(axis=(1, 2))
    group = np.array([0.5, 0.6]) * 3**0.5 * np.linalg.norm(w, axis=2).sum(axis=1)
    expected = {"elastic-net": l1 + l2, "sparse-group": l1 + group + l2}[penalty]
    np.testing.assert_allclose(PENALTIES[penalty].value(w, s), expected)


def weights_with_zeros():
    """Of four inputs and three units: one weight is zero, all out of the third input, and all into the last unit."""
    w = np.random.default_rng(0).normal(size=(1, 4, 3))
    w[0, 1, 0] = 0
    w[0, 2] = 0
    w[0, :, 2] = 0
    return w


def residual(penalty, g, w, s):
    pull = np.full(w.shape, np.nan)
    PENALTIES[penalty].gradient(w, s, out=pull)
    return PENALTIES[penalty].residual(g + pull, w, s)


@pytest.mark.parametrize("s1, s2", SIZES)
@pytest.mark.parametrize("penalty", PENALTIES)
def test_the_residual_is_how_fast_short_proximal_steps_move_the_weights(penalty, s1, s2):
    w, step, s = weights_with_zeros(), 1e-6, strengths(penalty, s1, s2)
    for seed in range(3):
        g = np.random.default_rng(seed).normal(0, 0.4, size=w.shape)
        found = residual(penalty, g, w, s)
        np.testing.assert_allclose(found, (w - prox(penalty, w - step * g, step, s)) / step, **STEPWISE)


@pytest.mark.parametrize("s1, s2", SIZES)
@pytest.mark.parametrize("penalty", PENALTIES)
def test_the_gradient_is_the_residual_where_the_loss_is_flat(penalty, s1, s2):
    w, s = weights_with_zeros(), strengths(penalty, s1, s2)
    pull = np.full(w.shape, np.nan)
    PENALTIES[penalty].gradient(w, s, out=pull)
    np.testing.assert_array_equal(residual(penalty, np.zeros(w.shape), w, s), pull)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_the_sparse_part_is_the_whole_but_for_the_squares(penalty):
    w, s = weights_with_zeros(), strengths(penalty, 0.3, 2.0)
    whole, sparse = PENALTIES[penalty], PENALTIES[penalty].sparse
    assert whole.value(np.zeros(w.shape), s) == 0
    if sparse is not None:
        assert sparse.value(w, s) == pytest.approx(whole.value(w, s._replace(l2=np.zeros((1, 1, 1)))))
        assert (prox(penalty, w, 1e3, s) == 0).all()
    else:
        assert (prox(penalty, w, 1e3, s) == 0).sum() == (w == 0).sum()
