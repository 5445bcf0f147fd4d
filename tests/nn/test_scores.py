"""Scores of classifiers are scikit-learn's."""

import math

import numpy as np
import pytest
from sklearn import metrics

from tests import cases
from wdcli.nn import scores
from wdcli.nn.losses import softmax
from wdcli.nn.mlp import Network, outputs

LAWS = [
    (scores.auc, metrics.roc_auc_score),
    (scores.average_precision, metrics.average_precision_score),
]


@pytest.mark.parametrize("ours, theirs", LAWS)
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_scores_of_two_classes_are_scikit_learns(ours, theirs, ties, share):
    rng = np.random.default_rng(0)
    for rows in (60, 61, 500):
        truth = rng.random(rows) < share
        truth[:2] = True, False
        score = (rng.normal(size=rows) + truth).astype(np.float32)
        score = score.round() if ties else score
        assert ours(truth, score) == pytest.approx(theirs(truth, score), abs=1e-12)


def test_what_rows_of_one_class_cannot_tell_is_undefined():
    score = np.arange(5.0)
    assert math.isnan(scores.auc(np.ones(5, bool), score))
    assert math.isnan(scores.auc(np.zeros(5, bool), score))
    assert math.isnan(scores.average_precision(np.zeros(5, bool), score))
    assert scores.average_precision(np.ones(5, bool), score) == 1


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_each_lane_of_networks_has_scikit_learns_scores(classes, dtype):
    rng = np.random.default_rng(1)
    loss, units = ("binary-cross-entropy", 1) if classes == 2 else ("cross-entropy", classes)
    network = Network((4, 6, units), "relu", loss)
    params = cases.start(network, 3, dtype=dtype)
    params.buffer[...] = rng.normal(size=params.buffer.shape)
    X, y = rng.normal(size=(200, 4)).astype(dtype), rng.integers(classes, size=200)
    Y = y[:, None].astype(dtype) if classes == 2 else np.eye(classes, dtype=dtype)[y]
    found = scores.scores(network, params, X, Y)
    for lane, z in zip(found, outputs(network, params.exact(network), X), strict=True):
        p = z[:, 0] if classes == 2 else softmax(z)
        guess = (z[:, 0] > 0).astype(int) if classes == 2 else z.argmax(axis=1)
        precision = np.mean([metrics.average_precision_score(y == c, p[:, c]) for c in range(classes)]) if p.ndim > 1 else (
            metrics.average_precision_score(y, p))  # fmt: skip
        auc = metrics.roc_auc_score(y, p, **({"multi_class": "ovr"} if classes > 2 else {}))
        assert lane == pytest.approx((auc, precision, metrics.balanced_accuracy_score(y, guess)), abs=1e-9)


def test_a_regression_has_none():
    network = Network((2, 1), "relu", "squared-error")
    found = scores.scores(network, cases.start(network, 2), np.ones((3, 2)), np.ones((3, 1)))
    assert np.isnan(found).all()
