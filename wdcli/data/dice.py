"""Every random draw: a generator of its own for each purpose, fold and repetition of one seed.

Lambda and the penalty play no part in them, so all lambdas and penalties of one fold and seed share their initial weights
and batches, and comparisons are paired.
"""

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What the numbers are drawn for."""

    DATA = 0
    TEST_ROWS = 1
    FOLDS = 2
    WEIGHTS = 3
    BATCHES = 4
    VALIDATION_ROWS = 5
    RESAMPLES = 6
    COMPARISONS = 7
    TRUTH = 8
    PERMUTATIONS = 9
    SAMPLE = 10


def dice(seed: int, purpose: Purpose, fold: int = 0, repeat: int = 0) -> np.random.Generator:
    """The generator for one purpose; fold 0 is the fit on all training rows, ``repeat`` counts the seeds of a sweep."""
    return np.random.default_rng(np.random.SeedSequence([seed, int(purpose), fold, repeat]))
