"""A sample of the training rows, in folds of its own."""

from dataclasses import replace

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Split
from wdcli.data.dice import Purpose, dice
from wdcli.data.splits import part_rows
from wdcli.errors import ConfigError, DataError
from wdcli.fits.folds import Folds
from wdcli.sweep.config import SweepConfig


def sample_of(config: SweepConfig, folds: Folds) -> Folds | None:
    """The rows of a race's first pass; None if it has none.

    They are drawn as test rows are: the classes evenly, whole groups, or the latest rows. Given folds keep those of their
    rows that are in the sample. Raises ``ConfigError`` or ``DataError`` if a sample of the size that is asked for can't be
    folded; one of the usual size is left out then.
    """
    size = config.sampled(len(folds.split.train))
    if not size:
        return None
    try:
        return _drawn(folds, size)
    except (ConfigError, DataError) as error:
        if config.first_rows:
            raise type(error)(f"--first-rows {size}: {error} Or give another number, or 'all'.") from None
        return None


def _drawn(folds: Folds, size: int) -> Folds:
    rows, dataset, rng = folds.split.train, folds.dataset, dice(folds.config.seed, Purpose.SAMPLE)
    if dataset.groups is not None and not dataset.in_time:
        taken = _of_groups(rng, dataset.groups[rows], size)
    else:
        # Half a row less, so that rounding up gives the size.
        taken = part_rows(rng, dataset, rows, (size - 0.5) / len(rows), "--first-rows").test
    given = tuple(Split(_within(part.train, taken), _within(part.test, taken)) for part in folds.given)
    sample = replace(folds, split=Split(rows[taken], folds.split.test), given=given, of=len(rows))
    _ = sample.parts  # Raises if there can be no such folds.
    return sample


def _of_groups(rng: np.random.Generator, groups: Array, size: int) -> Array:
    """Positions of the rows of random groups, until there are ``size`` of them; none of a group that would make most of all."""
    names, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    taken, rows = np.zeros(len(names), dtype=bool), 0
    for i in rng.permutation(len(names)):
        if rows < size and rows + sizes[i] <= max(size, len(groups) / 2):
            taken[i] = True
            rows += sizes[i]
    return np.flatnonzero(taken[group])


def _within(part: Array, taken: Array) -> Array:
    """Where in ``taken``, ascending positions, those of a part are."""
    places = np.searchsorted(taken, part)
    found = taken[np.minimum(places, len(taken) - 1)] == part
    return np.asarray(places[found])
