"""How much better one network is than another, and whether it could be chance."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from wdcli.array import Array
from wdcli.fits.records import NAN
from wdcli.sweep.rows import Row
from wdcli.sweep.selection import RESAMPLES

LEVEL = 0.05
FEWEST_UNITS = 10
"""With fewer rows (or groups of rows), resampling has too little to draw from."""
FLOOR = 0.001
"""A difference below this share of the best constant answer's loss is useless in practice, however certain it is."""
ROUNDING = 1e-12
"""Losses whose relative difference is below this are equal up to rounding."""

Finding: TypeAlias = Literal["less", "more", "negligible", "none"]
"""The first loss is less or more than the second, or they differ negligibly, or no difference is detectable."""


@dataclass(frozen=True)
class Difference:
    """Mean difference of two sets of losses, its 95 % interval and two-sided p-value (nan where they are undefined).

    The interval excludes 0 exactly when p is below ``LEVEL``.
    """

    mean: float
    low: float
    high: float
    p_value: float

    @property
    def detectable(self) -> bool:
        """Whether p is below ``LEVEL``."""
        return self.p_value < LEVEL

    def finding(self, constant: float) -> Finding:
        """What the difference shows, relative to ``constant``, the loss of the best constant answer."""
        if not self.detectable:
            return "none"
        if abs(self.mean) < FLOOR * constant:
            return "negligible"
        return "less" if self.mean < 0 else "more"


def corrected_t(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64], test_share: float) -> Difference:
    """Corrected resampled t-test of paired losses (folds, seeds) of k-fold cross-validation.

    Seeds are averaged in each fold, since they share its rows. Then, with d the k differences and s their standard
    deviation, t = mean(d) / (s sqrt(1/k + n_test/n_train)) with k - 1 degrees of freedom. ``test_share`` is
    n_test/n_train, 1/(k - 1) for k folds: the training sets overlap, but the plain t-test would treat the folds as
    independent (Nadeau and Bengio 2003, section 5). Equal losses have p = 1. If all folds differ by the same amount, up
    to rounding, interval and p are undefined: t would be infinite, and so few folds can't show that the spread is zero.
    """
    from scipy.special import stdtr, stdtrit

    d = (a - b).mean(axis=1)
    k = len(d)
    mean, rounding = float(d.mean()), ROUNDING * float(max(np.abs(a).max(), np.abs(b).max()))
    if np.ptp(d) <= rounding:
        same = abs(mean) <= rounding
        return Difference(mean, min(mean, 0.0), max(mean, 0.0), 1.0) if same else Difference(mean, NAN, NAN, NAN)
    error = float(d.std(ddof=1)) * math.sqrt(1 / k + test_share)
    half = float(stdtrit(k - 1, 1 - LEVEL / 2)) * error
    p_value = 2 * float(stdtr(k - 1, -abs(mean) / error))
    return Difference(mean, mean - half, mean + half, p_value)


def row_difference(row: Row, other: Row, test_share: float) -> Difference:
    """The difference of two rows' CV losses, by the seeds that both have (``corrected_t``)."""
    seeds = min(row.seeds, other.seeds)
    return corrected_t(row.cv_losses[:, :seeds], other.cv_losses[:, :seeds], test_share)


def paired_bootstrap(
    a: Array, b: Array, units: Array, rng: np.random.Generator, resamples: int = RESAMPLES, weights: Array | None = None
) -> Difference:
    """Difference of two networks' mean losses on the same rows, from their losses (rows,) and the rows' weights.

    ``weights`` (rows,) have a mean of 1; None if all rows count alike.
    ``units`` (rows,) are integers: rows of one unit belong together. Whole units are drawn with replacement, the same
    for both networks. The interval consists of expanded percentiles of the resampled means: for n units, at the levels
    Phi(-+ sqrt(n / (n - 1)) t), t the quantile of Student's t with n - 1 degrees of freedom, since plain percentiles
    are too narrow for small n (Hesterberg 2015, section 5.3). p is the level at which the interval ends at 0. Both
    count resampled means: the interval excludes 0 when so few of them are at or beyond 0 that p is below ``LEVEL``. The
    networks are treated as fixed: only the difference in CV loss includes the effect of the training rows. Undefined
    (nan) with fewer than ``FEWEST_UNITS`` units, or if a loss is not finite.
    """
    from scipy.special import ndtri, stdtr

    d = np.asarray(a - b, dtype=np.float64)
    w = np.ones(len(d)) if weights is None else weights
    _, unit = np.unique(units, return_inverse=True)
    sums, sizes = np.bincount(unit, weights=w * d), np.bincount(unit, weights=w)
    n, mean = len(sums), float((w * d).mean())
    if n < FEWEST_UNITS or not math.isfinite(mean):
        return Difference(mean, NAN, NAN, NAN)
    drawn = (rng.integers(n, size=n) for _ in range(resamples))
    means = np.sort([sums[some].sum() / sizes[some].sum() for some in drawn])
    # p for 0, 1, 2... resampled means at or beyond 0.
    tails = np.minimum(0.5, np.arange(1, resamples + 2) / (resamples + 1))
    p_values = 2 * stdtr(n - 1, ndtri(tails) / math.sqrt(n / (n - 1)))
    outside = int((p_values < LEVEL).sum())
    beyond = min(int((means <= 0).sum()), int((means >= 0).sum()))
    return Difference(mean, float(means[outside - 1]), float(means[-outside]), float(p_values[beyond]))
