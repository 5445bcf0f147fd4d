from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import make_friedman1
from sklearn.neighbors import KNeighborsClassifier

from wdcli import study
from wdcli.data.generators import GENERATORS, generate, truth
from wdcli.data.source import Source
from wdcli.errors import ConfigError
from wdcli.fits.config import FitConfig
from wdcli.fits.resources import Resources


def make(name, rows=None, noise=None, seed=0):
    return generate(name, np.random.default_rng(seed), rows, noise)


def matrix(dataset):
    return np.column_stack([column.values for column in dataset.columns])


XORS = ["xor", "xor-sparse"]


def xor(X):
    """Whether exactly one of the first two features is positive."""
    return (X[:, :2] > 0).sum(axis=1) == 1


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


@pytest.mark.parametrize("name", XORS)
def test_an_xor_is_whether_the_first_two_signs_differ(name):
    clean = make(name, 300, 0.0)
    assert np.array_equal(clean.y, xor(matrix(clean)))
    flipped = make(name, 20000, 0.2).y != make(name, 20000, 0.0).y
    assert flipped.mean() == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("name", XORS)
def test_no_single_feature_of_an_xor_tells_anything_of_its_label(name):
    noisy = make(name, 40000)
    X, y = matrix(noisy), noisy.y
    assert np.abs([np.corrcoef(x, y)[0, 1] for x in X.T]).max() < 0.02
    assert np.corrcoef(X[:, 0] * X[:, 1], y)[0, 1] < -0.5


@pytest.mark.parametrize("seed", [0, 1])
def test_l1_finds_the_two_features_of_a_sparse_xor_and_a_linear_model_finds_nothing(seed):
    loaded = study.load(Source("xor-sparse"), seed=seed)
    network, linear = (
        study.train(loaded, FitConfig(penalty="l1", hidden=hidden, seed=seed), 3.0, resources=Resources(jobs=1)).record
        for hidden in ((64, 64), ())
    )
    first, second, third = network.diagnostics.strongest[:3]
    assert {first.feature, second.feature} == {0, 1}
    assert second.l2_norm > 4 * third.l2_norm
    assert network.held_score > 0.85
    assert linear.held_score < 0.6


def noise_free(name):
    """The target without noise as a function of the features; the nearest point's where points are drawn around a shape."""
    known = truth(name, np.random.default_rng(0), np.random.default_rng(1), 0.0)
    if known is not None:
        return known.mean
    clean = make(name, 400, 0.0)
    return xor if name in XORS else KNeighborsClassifier(1).fit(matrix(clean), clean.y).predict


@pytest.mark.parametrize("name", GENERATORS)
def test_the_relevant_columns_are_those_that_change_the_target_when_shuffled(name):
    dataset, target = make(name, 400, 0.0), noise_free(name)
    X = matrix(dataset)
    np.testing.assert_allclose(target(X), dataset.y)
    changes = []
    for i, column in enumerate(dataset.columns):
        shuffled = X.copy()
        shuffled[:, i] = np.random.default_rng(2).permutation(X[:, i])
        changes += [] if np.allclose(target(shuffled), dataset.y) else [column.name]
    assert dataset.relevant == tuple(changes)


def test_data_are_the_same_whether_or_not_their_relevant_columns_are_known():
    known = make("xor-sparse")
    assert replace(known, relevant=None).fingerprint == known.fingerprint


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
