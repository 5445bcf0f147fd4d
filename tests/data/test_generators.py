import numpy as np
import pytest
from sklearn.datasets import make_friedman1

from wdcli.data.generators import GENERATORS, generate
from wdcli.errors import ConfigError


def make(name, rows=None, noise=None, seed=0):
    return generate(name, np.random.default_rng(seed), rows, noise)


def matrix(dataset):
    return np.column_stack([column.values for column in dataset.columns])


@pytest.mark.parametrize("name", GENERATORS)
def test_each_is_reproducible_and_has_the_rows_and_columns_it_says(name):
    one, again, other = make(name, 101), make(name, 101), make(name, 101, seed=1)
    assert one.fingerprint == again.fingerprint != other.fingerprint
    assert one.rows == 101
    assert make(name).rows == GENERATORS[name].rows
    assert tuple(column.name for column in one.columns) == GENERATORS[name].features
    if one.task == "classification":
        sizes = np.bincount(one.y)
        assert len(sizes) == len(one.class_names)
        assert sizes.min() > 20


@pytest.mark.parametrize("name", GENERATORS)
def test_noise_changes_what_it_says_and_no_noise_is_no_noise(name):
    clean, noisy = make(name, 400, 0.0), make(name, 400)
    on_points = "on the points" in GENERATORS[name].about or "spread" in GENERATORS[name].about
    assert np.array_equal(matrix(clean), matrix(noisy)) != on_points
    assert np.array_equal(clean.y, noisy.y) == on_points


@pytest.mark.parametrize("name", ["sine", "friedman1", "linear-teacher", "linear-teacher-sparse"])
def test_noise_on_a_target_has_the_stated_deviation(name):
    residuals = make(name, 20000, 0.7).y - make(name, 20000, 0.0).y
    assert residuals.std() == pytest.approx(0.7, rel=0.03)


def test_shapes_without_noise():
    moons = matrix(make("moons", 300, 0.0))
    y = make("moons", 300, 0.0).y
    assert np.allclose(np.hypot(*moons[y == 0].T), 1)
    assert np.allclose(np.hypot(moons[y == 1, 0] - 1, moons[y == 1, 1] - 0.5), 1)
    circles = make("circles", 300, 0.0)
    assert np.allclose(np.hypot(*matrix(circles).T), np.where(circles.y == 0, 1, 0.5))
    xor = make("xor", 300, 0.0)
    assert np.array_equal(xor.y, (matrix(xor) > 0).sum(axis=1) == 1)
    flipped = make("xor", 20000, 0.2).y != make("xor", 20000, 0.0).y
    assert flipped.mean() == pytest.approx(0.2, abs=0.01)


def test_friedman1_is_scikit_learns_formula():
    X, y = make_friedman1(50, random_state=0)
    ours = make("friedman1", 50, 0.0)
    Z = matrix(ours)
    clean = 10 * np.sin(np.pi * Z[:, 0] * Z[:, 1]) + 20 * (Z[:, 2] - 0.5) ** 2 + 10 * Z[:, 3] + 5 * Z[:, 4]
    np.testing.assert_allclose(ours.y, clean)
    theirs = 10 * np.sin(np.pi * X[:, 0] * X[:, 1]) + 20 * (X[:, 2] - 0.5) ** 2 + 10 * X[:, 3] + 5 * X[:, 4]
    np.testing.assert_allclose(y, theirs)


@pytest.mark.parametrize("name, nonzero", [("linear-teacher", 50), ("linear-teacher-sparse", 5)])
def test_a_linear_teacher_has_weights_of_norm_one(name, nonzero):
    clean = make(name, 400, 0.0)
    weights, *_ = np.linalg.lstsq(matrix(clean), clean.y, rcond=None)
    assert np.linalg.norm(weights) == pytest.approx(1)
    assert (np.abs(weights) > 1e-9).sum() == nonzero


def test_impossible_sizes_are_refused():
    with pytest.raises(ConfigError, match="at least 8 rows"):
        make("moons", 7)
    with pytest.raises(ConfigError, match="at most 50,000,000 rows"):
        make("moons", 10**8)
    with pytest.raises(ConfigError, match="share of labels"):
        make("xor", 100, 1.5)
