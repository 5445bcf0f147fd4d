"""The paired choice, whatever the folds are made of: rows, whole groups, or later rows tested by earlier ones."""

import numpy as np
import pytest
from scipy import stats

from wdcli import study
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds
from wdcli.fits.resources import Resources
from wdcli.fits.single import fit_one
from wdcli.sweep.config import SweepConfig

ROWS, FOLDS, SEED = 120, 4, 3
LAMBDAS = (0.1, 1.0, 3.0, 10.0, 30.0, 100.0)
FIT = FitConfig(hidden=(6,), epochs=15, seed=SEED)
KINDS = {
    "rows": {},
    "groups": {"groups": np.arange(ROWS) % 15},
    "time": {"in_time": True},
}


def data(options):
    rng = np.random.default_rng(SEED)
    X = rng.normal(size=(ROWS, 8))
    y = X[:, 0] + 0.5 * X[:, 1] + rng.normal(size=ROWS) + 0.3 * (np.arange(ROWS) % 15 == 0)
    return study.arrays(X, y, seed=SEED, **options)


def by_hand(losses):
    """The rule of one line at a time, from held-out losses (lambdas, folds)."""
    best = int(losses.mean(axis=1).argmin())
    chosen = best
    for i in range(best + 1, len(losses)):
        d = losses[i] - losses[best]
        worse = stats.binomtest(int((d > 0).sum()), int((d != 0).sum()), alternative="greater").pvalue <= 0.2
        if worse or d.mean() > stats.sem(d):
            break
        chosen = i
    return LAMBDAS[best], LAMBDAS[chosen]


@pytest.mark.parametrize("options", KINDS.values(), ids=KINDS)
def test_the_choice_is_that_of_networks_trained_one_by_one(options):
    dataset, split = data(options)
    result = study.sweep((dataset, split), SweepConfig(FIT, LAMBDAS, FOLDS, 1), Resources(jobs=1))
    folds = Folds(FIT, dataset, split, FOLDS)
    each = [fold for fold in folds if fold.number]
    losses = np.array([[fit_one(FIT, dataset, fold, lambd)[0].held_loss for fold in each] for lambd in LAMBDAS])
    assert [row.cv_losses.ravel().tolist() for row in result.rows] == losses.tolist()
    assert (result.selection.lambda_min, result.selection.lambda_paired) == by_hand(losses)
    assert result.selection.chosen == result.selection.lambda_paired
