import numpy as np
import pytest

from tests import cases
from wdcli.nn.penalties import PENALTIES

STRENGTHS = [(0.0, 0.0), (0.3, 0.0), (0.0, 2.0), (0.3, 2.0)]


def prox(penalty, w, step, s1, s2):
    out = np.array(w, dtype=float)
    step = np.full(out.shape, step)
    PENALTIES[penalty].prox(out, step, np.asarray(s1), np.asarray(s2), np.empty_like(out))
    return out


@pytest.mark.parametrize("s1, s2", STRENGTHS)
@pytest.mark.parametrize("penalty", cases.PENALTIES)
def test_prox_minimises_its_definition(penalty, s1, s2):
    s1 = s1 if penalty in ("l1", "elastic-net") else 0.0
    s2 = s2 if penalty in ("l2", "elastic-net") else 0.0
    u = np.linspace(-3, 3, 60001)
    for w in (-2.0, -0.3, -0.1, 0.0, 0.05, 0.29, 1.7):
        cost = (u - w) ** 2 / 2 + 0.7 * (s1 * np.abs(u) + s2 * u**2 / 2)
        found = prox(penalty, [[[w]]], 0.7, s1, s2)[0, 0, 0]
        assert found == pytest.approx(u[cost.argmin()], abs=1e-4)


@pytest.mark.parametrize("s1, s2", STRENGTHS)
@pytest.mark.parametrize("penalty", cases.PENALTIES)
def test_prox_is_odd_brings_points_no_further_apart_and_keeps_zero(penalty, s1, s2):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 1, 50, 1))
    pa, pb = (prox(penalty, x, 0.5, s1, s2) for x in (a, b))
    assert (np.abs(pa - pb) <= np.abs(a - b) + 1e-15).all()
    assert np.array_equal(prox(penalty, -a, 0.5, s1, s2), -pa)
    assert not prox(penalty, np.zeros((1, 3, 1)), 0.5, s1, s2).any()


@pytest.mark.parametrize("penalty", ["l1", "elastic-net"])
def test_soft_thresholding_makes_exact_zeros_at_and_below_the_threshold(penalty):
    w = np.array([[[-0.6], [-0.5], [-0.2], [0.0], [0.2], [0.5], [0.6]]], dtype="float32")
    shrunk = prox(penalty, w, 1.0, 0.5, 0.0)
    assert (shrunk[0, 1:6] == 0).all()
    assert shrunk[0, [0, 6], 0] == pytest.approx([-0.1, 0.1], rel=1e-5)


def test_elastic_net_shrinks_after_the_threshold():
    assert prox("elastic-net", [[[2.0]]], 0.5, 0.4, 3.0)[0, 0, 0] == pytest.approx((2.0 - 0.2) / (1 + 1.5))


def test_elastic_net_is_the_sum_of_both():
    rng = np.random.default_rng(0)
    w = rng.normal(size=(2, 4, 3))
    s1, s2 = np.array([0.1, 0.2]), np.array([0.3, 0.4])
    values = {name: PENALTIES[name].value(w, s1, s2) for name in ("l1", "l2", "elastic-net")}
    np.testing.assert_allclose(values["elastic-net"], values["l1"] + values["l2"])
    np.testing.assert_allclose(values["l1"], s1 * np.abs(w).sum(axis=(1, 2)))
    np.testing.assert_allclose(values["l2"], s2 / 2 * (w**2).sum(axis=(1, 2)))


def weights_with_zeros():
    """A layer of four inputs and three units: one weight is zero, and all that go into the last unit."""
    w = np.random.default_rng(0).normal(size=(1, 4, 3))
    w[0, 1, 0] = 0
    w[0, :, 2] = 0
    return w


@pytest.mark.parametrize("s1, s2", STRENGTHS)
@pytest.mark.parametrize("penalty", PENALTIES)
def test_the_residual_is_how_fast_short_proximal_steps_move_the_weights(penalty, s1, s2):
    w, step = weights_with_zeros(), 1e-6
    g = np.random.default_rng(1).normal(0, 0.4, size=w.shape)
    residual = PENALTIES[penalty].residual(g, w, np.asarray(s1), np.asarray(s2))
    np.testing.assert_allclose(residual, (w - prox(penalty, w - step * g, step, s1, s2)) / step, atol=1e-5)


@pytest.mark.parametrize("s1, s2", STRENGTHS)
@pytest.mark.parametrize("penalty", PENALTIES)
def test_the_gradient_is_the_residual_where_the_loss_is_flat(penalty, s1, s2):
    w, s1, s2 = weights_with_zeros(), np.asarray(s1), np.asarray(s2)
    pull = np.full(w.shape, np.nan)
    PENALTIES[penalty].gradient(w, s1, s2, out=pull)
    np.testing.assert_array_equal(PENALTIES[penalty].residual(np.zeros(w.shape), w, s1, s2), pull)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_the_sparse_part_is_the_whole_but_for_the_squares(penalty):
    w, s1, s2 = weights_with_zeros(), np.array([0.3]), np.array([2.0])
    whole, sparse = PENALTIES[penalty], PENALTIES[penalty].sparse
    assert whole.value(np.zeros(w.shape), s1, s2) == 0
    if sparse is not None:
        assert sparse.value(w, s1, s2) == pytest.approx(whole.value(w, s1, np.array([0.0])))
        assert (prox(penalty, w, 1e3, 0.3, 2.0) == 0).all()
    else:
        assert (prox(penalty, w, 1e3, 0.3, 2.0) == 0).sum() == (w == 0).sum()
