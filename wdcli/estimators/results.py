"""A sweep's rows as ``GridSearchCV`` has its results."""

from typing import Any

import numpy as np
from scipy.stats import rankdata

from wdcli.array import Array
from wdcli.sweep.result import SweepResult


def cv_results(result: SweepResult) -> dict[str, Any]:
    """Arrays with an item for each row, under the names of ``GridSearchCV.cv_results_``.

    A test score is minus the held-out loss, by which lambda is chosen; its mean is over folds, after seeds. ``cv_loss``,
    ``cv_se``, ``cv_score`` (accuracy or R2), ``train_loss``, ``networks`` and ``status`` are those of the rows.
    """
    rows = result.rows
    params = [{"lambd": row.lambd} | ({} if row.l1_ratio is None else {"l1_ratio": row.l1_ratio}) for row in rows]
    scores = -np.array([row.cv_losses.mean(axis=1) for row in rows])
    return {
        **{f"param_{name}": np.array([each[name] for each in params]) for name in params[0]},
        "params": params,
        **{f"split{i}_test_score": column for i, column in enumerate(scores.T)},
        "mean_test_score": scores.mean(axis=1),
        "std_test_score": scores.std(axis=1),
        "rank_test_score": _ranks(scores.mean(axis=1)),
        **{name: np.array([getattr(row, name) for row in rows]) for name in ROW},
    }


ROW = ("cv_loss", "cv_se", "cv_score", "train_loss", "networks", "status")


def _ranks(scores: Array) -> Array:
    """1 for the best; rows that diverged, whose score is nan, are last."""
    return np.asarray(rankdata(np.where(np.isnan(scores), np.inf, -scores), method="min"), dtype=np.int32)
