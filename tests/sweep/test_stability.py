import math
from dataclasses import astuple

import numpy as np
import pytest

from wdcli.sweep.stability import stability

RNG = np.random.default_rng(0)


def of_the_paper(Z):
    """Stability and 95 % interval as in Nogueira, Sechidis and Brown (2018), term by term."""
    M, d = Z.shape
    p = [sum(int(Z[i, f]) for i in range(M)) / M for f in range(d)]
    k = [sum(int(z) for z in row) for row in Z]
    k_bar = sum(k) / M
    variances = [M / (M - 1) * p_f * (1 - p_f) for p_f in p]
    normal = k_bar / d * (1 - k_bar / d)
    index = 1 - sum(variances) / d / normal
    phi = [
        (sum(int(Z[i, f]) * p[f] for f in range(d)) / d - k[i] * k_bar / d**2
         + index / 2 * (2 * k_bar * k[i] / d**2 - k[i] / d - k_bar / d + 1)) / normal
        for i in range(M)
    ]  # fmt: skip
    variance = 4 / M**2 * sum((each - sum(phi) / M) ** 2 for each in phi)
    return index, index - 1.96 * math.sqrt(variance), index + 1.96 * math.sqrt(variance)


@pytest.mark.parametrize("fits, columns, share", [(3, 3, 0.5), (5, 10, 0.2), (10, 30, 0.5), (7, 4, 0.9)])
def test_with_one_fit_for_each_fold_it_is_the_papers(fits, columns, share):
    used = RNG.random((fits, columns)) < share
    used[0, 0], used[-1, -1] = True, False
    index, low, high = of_the_paper(used)
    assert astuple(stability(used, np.arange(fits))) == pytest.approx((index, max(low, -1), min(high, 1)))


def test_two_folds_have_an_index_but_no_interval():
    found = stability(np.array([[True, False, True], [True, False, False]]), np.arange(2))
    assert found.index == pytest.approx(of_the_paper(np.array([[1, 0, 1], [1, 0, 0]]))[0])
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_fits_on_the_same_rows_count_as_one_in_the_interval():
    used = RNG.random((5, 12)) < 0.4
    once, twice = stability(used, np.arange(5)), stability(np.repeat(used, 2, axis=0), np.repeat(np.arange(5), 2))
    apart = stability(np.repeat(used, 2, axis=0), np.arange(10))
    assert twice.index - twice.low == pytest.approx(math.sqrt(2) * (apart.index - apart.low))
    assert twice.index - twice.low == pytest.approx(once.index - once.low, rel=0.2)


def test_fits_that_use_the_same_columns_are_stable_with_certainty():
    used = np.repeat([[True, False, True, False]], 6, axis=0)
    assert astuple(stability(used, np.repeat([1, 2, 3], 2))) == pytest.approx((1, 1, 1))


def test_fits_that_choose_at_random_have_a_stability_of_about_0():
    used = np.random.default_rng(1).random((200, 50)) < 0.3
    found = stability(used, np.arange(200))
    assert found.index == pytest.approx(0, abs=0.01)
    assert found.low < 0 < found.high


@pytest.mark.parametrize("value", [True, False])
def test_stability_is_undefined_where_every_fit_uses_all_columns_or_none(value):
    assert all(math.isnan(each) for each in astuple(stability(np.full((4, 3), value), np.arange(4))))
