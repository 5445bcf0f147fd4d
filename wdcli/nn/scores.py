"""How well networks tell classes apart where accuracy says little: rare classes, or a threshold other than one half."""

from typing import NamedTuple

import numpy as np

from wdcli.array import Array
from wdcli.nn.losses import softmax
from wdcli.nn.mlp import Network, Params, outputs


class Scores(NamedTuple):
    """From 0 to 1, nan where undefined: area under the ROC curve, average precision, balanced accuracy.

    With two classes, the second is the positive one. With more, AUC and precision are means over the classes present in
    the rows, each against the rest.
    """

    auc: float
    average_precision: float
    balanced_accuracy: float


NONE = Scores(np.nan, np.nan, np.nan)
"""The scores of a regression, or of no rows."""


def scores(network: Network, params: Params, X: Array, Y: Array, weights: Array | None = None) -> list[Scores]:
    """The scores of each lane on the rows X (rows, d), Y (rows, outputs), with weights (rows, 1)."""
    if network.loss == "squared-error" or not len(X):
        return [NONE] * params.lanes
    lanes = (params.take(slice(i, i + 1)).exact(network) for i in range(params.lanes))
    w = None if weights is None else weights[:, 0].astype(np.float64)
    return [_scores(outputs(network, lane, X)[0], Y, w) for lane in lanes]


def _scores(z: Array, Y: Array, weights: Array | None) -> Scores:
    """The scores of one lane's raw outputs (rows, outputs)."""
    if z.shape[1] == 1:
        truth, score = Y[:, 0] > 0, z[:, 0]
        each = auc(truth, score, weights), average_precision(truth, score, weights)
        return Scores(*each, balanced_accuracy(truth, score > 0, weights))
    p, classes = softmax(z), Y.argmax(axis=1)
    ranked = [[f(classes == c, p[:, c], weights) for f in (auc, average_precision)] for c in np.unique(classes)]
    areas, precisions = np.mean(ranked, axis=0).tolist()
    return Scores(areas, precisions, balanced_accuracy(classes, z.argmax(axis=1), weights))


def auc(truth: Array, score: Array, weights: Array | None = None) -> float:
    """Area under the ROC curve of scores (rows,) against truth (rows,); nan if all rows or none are positive.

    It is the share of pairs of a positive and a negative row that the scores rank correctly, ties counting half (Mann
    and Whitney 1947); matches scikit-learn's ``roc_auc_score``.
    """
    _, place = np.unique(score, return_inverse=True)
    positive, negative = (np.bincount(place, weights=_given(of, weights)) for of in (truth, ~truth))
    pairs = positive.sum() * negative.sum()
    # A positive row ranks correctly above all negative ones below it, and above half of those level with it.
    return float((positive * (np.cumsum(negative) - negative / 2)).sum() / pairs) if pairs else float("nan")


def average_precision(truth: Array, score: Array, weights: Array | None = None) -> float:
    """Precision at each threshold, weighted by the recall that it adds; nan if no row is positive.

    As scikit-learn's ``average_precision_score``: sum (R_n - R_(n-1)) P_n, from the highest score down.
    """
    if not truth.any():
        return float("nan")
    _, place = np.unique(-score, return_inverse=True)
    found, seen = (np.bincount(place, weights=_given(of, weights)) for of in (truth, np.ones_like(truth)))
    return float((np.cumsum(found) / np.cumsum(seen) * found).sum() / found.sum())


def balanced_accuracy(truth: Array, guess: Array, weights: Array | None = None) -> float:
    """Mean over the classes present of the share of rows classified correctly (``balanced_accuracy_score``)."""
    right = _given(truth == guess, weights)
    return float(np.mean([right[truth == c].sum() / _given(truth == c, weights).sum() for c in np.unique(truth)]))


def _given(rows: Array, weights: Array | None) -> Array:
    """What each of some rows counts, 0 for the others: (rows,), float64."""
    return rows * (1.0 if weights is None else weights)
