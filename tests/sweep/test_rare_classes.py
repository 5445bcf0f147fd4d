"""Two rows of a third class neither choose lambda nor stop a training."""

import numpy as np
import pytest

from tests.sweep.sweeps import ONE
from wdcli.data.dataset import Dataset, Split, numeric_columns
from wdcli.errors import ConfigError
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds, make_fold
from wdcli.fits.plan import make_block
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.runner import run_sweep

STEP = 10**0.25


def two_clouds_and_two_rows(seed):
    """50 rows each of a and b, which overlap, then two of c."""
    rng = np.random.default_rng(seed)
    clouds = [rng.normal(centre, 1, (n, 2)) for centre, n in (([0, 0], 50), ([1.5, 1], 50), ([0, 3], 2))]
    columns = numeric_columns(np.concatenate(clouds), ["x1", "x2"])
    y = np.repeat([0, 1, 2], [50, 50, 2])
    return Dataset("t", "t", "classification", "y", columns, y, ("a", "b", "c"))


@pytest.mark.parametrize("seed", [0, 7])
def test_lambda_is_about_the_same_with_and_without_two_rows_of_another_class(seed):
    """Where those rows counted, lambda_min was five steps of the grid lower, and two."""
    dataset = two_clouds_and_two_rows(seed)
    with_c = np.setdiff1d(np.arange(102), np.arange(0, 100, 4))
    config = SweepConfig(FitConfig(hidden=(8,)), tuple(0.15 * STEP**i for i in range(9)), 5, seeds=1)
    found, expected = (
        run_sweep(config, Folds(config.fit, dataset, Split(train, np.arange(0, 100, 4)), 5), ONE).selection
        for train in (with_c, with_c[:-2])
    )
    for name in ("lambda_min", "lambda_1se"):
        assert abs(np.log(getattr(found, name) / getattr(expected, name))) < 1.01 * np.log(STEP), name


def validation_classes(y, rows, **ties):
    """The classes of the rows that an early stopper watches, over several seeds."""
    X = np.random.default_rng(0).normal(size=(len(y), 2))
    names = tuple("abc"[: y.max() + 1])
    dataset = Dataset("t", "t", "classification", "y", numeric_columns(X, ["x1", "x2"]), y, names, **ties)
    config = FitConfig(hidden=(4,), early_stopping=True)
    fold = make_fold(config, dataset, 0, rows, rows[:2])
    watched = [make_block(config, dataset, fold, repeat, [1.0]).validation.Y for repeat in range(8)]
    return {int(row.argmax()) for Y in watched for row in Y}


def test_what_early_stopping_watches_is_what_it_can_learn():
    y = np.concatenate([np.arange(60) % 2, [2] * 2, [0, 1] * 2])
    assert validation_classes(y, np.arange(62)) == {0, 1}
    assert validation_classes(y, np.arange(len(y)), in_time=True) == {0, 1}


def test_early_stopping_with_nothing_to_watch_is_refused():
    y = np.concatenate([np.arange(36) % 2, [2] * 4])
    with pytest.raises(ConfigError, match="--early-stopping keeps rows for validation, and all of them are of classes"):
        validation_classes(y, np.arange(40), in_time=True)
