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
"""The scores of a regression."""


def scores(network: Network, params: Params, X: Array, Y: Array) -> list[Scores]:
    """The scores of each lane on the rows X (rows, d), Y (rows, outputs)."""
    if network.loss == "squared-error":
        return [NONE] * params.lanes
    lanes = (params.take(slice(i, i + 1)).exact(network) for i in range(params.lanes))
    return [_scores(outputs(network, lane, X)[0], Y) for lane in lanes]


def _scores(z: Array, Y: Array) -> Scores:
    """The scores of one lane's raw outputs (rows, outputs)."""
    if z.shape[1] == 1:
        truth, guess = Y[:, 0] > 0, z[:, 0] > 0
        return Scores(auc(truth, z[:, 0]), average_precision(truth, z[:, 0]), balanced_accuracy(truth, guess))
    p, classes = softmax(z), Y.argmax(axis=1)
    each = [(auc(classes == c, p[:, c]), average_precision(classes == c, p[:, c])) for c in np.unique(classes)]
    areas, precisions = np.mean(each, axis=0).tolist()
    return Scores(areas, precisions, balanced_accuracy(classes, z.argmax(axis=1)))


def auc(truth: Array, score: Array) -> float:
    """Area under the ROC curve of scores (rows,) against truth (rows,); nan if all rows or none are positive.

    It is the share of pairs of a positive and a negative row that the scores rank correctly, ties counting half (Mann
    and Whitney 1947); matches scikit-learn's ``roc_auc_score``.
    """
    positive = int(truth.sum())
    pairs = positive * (len(truth) - positive)
    if not pairs:
        return float("nan")
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[truth].sum() - positive * (positive + 1) / 2) / pairs)


def average_precision(truth: Array, score: Array) -> float:
    """Precision at each threshold, weighted by the recall that it adds; nan if no row is positive.

    As scikit-learn's ``average_precision_score``: sum (R_n - R_(n-1)) P_n, from the highest score down.
    """
    positive = int(truth.sum())
    if not positive:
        return float("nan")
    _, place, counts = np.unique(-score, return_inverse=True, return_counts=True)
    found = np.bincount(place, weights=truth, minlength=len(counts))
    return float((np.cumsum(found) / np.cumsum(counts) * found).sum() / positive)


def balanced_accuracy(truth: Array, guess: Array) -> float:
    """Mean over the classes present of the share of rows classified correctly (``balanced_accuracy_score``)."""
    return float(np.mean([(guess[truth == c] == c).mean() for c in np.unique(truth)]))
