"""The first pass of a race on many rows: a sample of them decides with which lambdas the race on all rows begins.

Rows are a resource, as in FABOLAS (Klein et al. 2017) and in successive halving (Jamieson and Talwalkar 2016). A lambda keeps
its meaning in the textbook convention, in whose lambda/(2n) the best one hardly depends on the number of rows: for ridge,
which is best at the noise's variance over the weights', not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Split
from wdcli.data.dice import Purpose, dice
from wdcli.data.splits import part_rows
from wdcli.errors import ConfigError, DataError
from wdcli.fits.folds import Folds
from wdcli.sweep.config import SweepConfig

FEWEST_LAMBDAS = 4
"""A first pass over fewer lambdas than these would spare nothing."""


@dataclass(frozen=True)
class FirstPass:
    """How many ``rows`` of all training rows it took, and how many lambdas it ``tried`` and ``left`` for all rows."""

    rows: int
    networks: int
    tried: int
    left: int


def sample_of(config: SweepConfig, folds: Folds, lambdas: Sequence[float]) -> Folds | None:
    """The rows of a first pass over these lambdas, in folds of their own; None if the race has no such pass.

    The rows are drawn as test rows are: the classes evenly, whole groups, or the latest rows. Given folds keep those of
    their rows that are in the sample. Raises ``ConfigError`` or ``DataError`` if a sample of the size that is asked for
    can't be folded; one of the usual size is left out then.
    """
    size = config.sampled(len(folds.split.train))
    if not size or len(lambdas) < FEWEST_LAMBDAS:
        return None
    try:
        return _drawn(folds, size)
    except (ConfigError, DataError):
        if config.first_rows:
            raise
        return None


def _drawn(folds: Folds, size: int) -> Folds:
    rows, rng = folds.split.train, dice(folds.config.seed, Purpose.SAMPLE)
    taken = part_rows(rng, folds.dataset, rows, (size - 0.5) / len(rows), "--first-rows").test
    given = tuple(Split(_within(part.train, taken), _within(part.test, taken)) for part in folds.given)
    sample = replace(folds, split=Split(rows[taken], folds.split.test), given=given, of=len(rows))
    _ = sample.parts  # Raises what makes these folds impossible.
    return sample


def _within(part: Array, taken: Array) -> Array:
    """Where in ``taken``, ascending positions, those of a part are."""
    places = np.searchsorted(taken, part)
    found = taken[np.minimum(places, len(taken) - 1)] == part
    return np.asarray(places[found])
