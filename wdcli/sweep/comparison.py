"""Is one penalty better than another on this data? Sweeps on the same splits, seeds and initial weights, compared in pairs."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wdcli.data.dataset import Array
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.records import Row
from wdcli.sweep.runner import SweepResult

LEVEL = 0.05
RESAMPLES = 2000
NO_DIFFERENCE = "no detectable difference"


@dataclass(frozen=True)
class Difference:
    """Mean difference of two sets of losses, its 95 % interval and two-sided p-value."""

    mean: float
    low: float
    high: float
    p_value: float

    @property
    def detectable(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Comparison:
    """Penalty a at its chosen lambda against penalty b at its own; differences are losses of a minus those of b.

    ``difference`` is in CV loss, ``test`` in the loss of the test rows, each with its conclusion.
    """

    a: str
    b: str
    lambda_a: float
    lambda_b: float
    difference: Difference
    test: Difference
    conclusion: str
    test_conclusion: str


@dataclass(frozen=True)
class FrontPoint:
    """A row of a sweep that no row of any sweep beats in both CV loss and the number of weights that are not zero."""

    penalty: str
    row: Row

    @property
    def place(self) -> tuple[float, float]:
        """Weights that are not zero, and CV loss: the less of either, the better."""
        return self.row.nonzero_weights, self.row.cv_loss


@dataclass(frozen=True)
class CompareResult:
    """One sweep a penalty, by its name as it was given, every pair compared, and the front of loss against size.

    ``smallest`` is each penalty's smallest network within one standard error of the best CV loss of all, if it has one.
    """

    names: tuple[str, ...]
    sweeps: tuple[SweepResult, ...]
    comparisons: tuple[Comparison, ...]
    front: tuple[FrontPoint, ...]
    smallest: tuple[FrontPoint | None, ...]


def corrected_t(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64], test_share: float | None = None) -> Difference:
    """Corrected resampled t-test of paired losses (folds, seeds) of k-fold cross-validation.

    Seeds are averaged in each fold, for they share its rows; then with d the k differences and s their standard
    deviation, t = mean(d) / (s sqrt(1/k + n_test/n_train)) with k - 1 degrees of freedom. ``test_share`` is
    n_test/n_train, 1/(k - 1) for k folds: the training sets overlap, and the plain t-test would take the folds for
    independent (Nadeau and Bengio 2003, section 5).
    """
    from scipy.special import stdtr, stdtrit

    d = (a - b).mean(axis=1)
    k = len(d)
    mean, spread = float(d.mean()), float(d.std(ddof=1))
    error = spread * math.sqrt(1 / k + (1 / (k - 1) if test_share is None else test_share))
    if error == 0:
        return Difference(mean, mean, mean, 1.0 if mean == 0 else 0.0)
    half = float(stdtrit(k - 1, 1 - LEVEL / 2)) * error
    p_value = 2 * float(stdtr(k - 1, -abs(mean) / error))
    return Difference(mean, mean - half, mean + half, p_value)


def cv_difference(config: SweepConfig, a: Row, b: Row) -> Difference:
    """Difference in CV loss of two rows with the same folds and seeds."""
    k = config.folds
    # In time, part i of k is tested by the i parts before it.
    share = float(np.mean([1 / i for i in range(1, k + 1)])) if config.fit.source.folds_by == "time" else 1 / (k - 1)
    return corrected_t(a.cv_losses, b.cv_losses, share)


def paired_bootstrap(a: Array, b: Array, rng: np.random.Generator, resamples: int = RESAMPLES) -> Difference:
    """Difference of two networks' mean losses on the same rows, from their losses (rows,).

    Rows are drawn with replacement, in pairs; the interval is the resampled means' percentiles (Efron and Tibshirani 1993,
    chapter 13), p twice the smaller share of them on either side of 0, one more counted there. The networks are taken as
    they are: what the choice of training rows adds is in the difference in CV loss.
    """
    d = np.asarray(a - b, dtype=np.float64)
    means = np.array([d[rng.integers(len(d), size=len(d))].mean() for _ in range(resamples)])
    low, high = np.quantile(means, [LEVEL / 2, 1 - LEVEL / 2])
    fewer = min(int((means <= 0).sum()), int((means >= 0).sum()))
    p_value = min(1.0, 2 * (fewer + 1) / (resamples + 1))
    return Difference(float(d.mean()), float(low), float(high), p_value)


def compare(
    names: Sequence[str], sweeps: Sequence[SweepResult], test_losses: Sequence[Array], rng: np.random.Generator
) -> CompareResult:
    """Compare every pair of sweeps at the lambdas that they chose; ``test_losses`` are their losses there, (rows,) each."""
    both = list(zip(names, sweeps, test_losses, strict=True))
    pairs = tuple(_pair(*a, *b, rng) for a, b in itertools.combinations(both, 2))
    points = [FrontPoint(name, row) for name, sweep, _ in both for row in _usable(sweep)]
    best = min(points, key=lambda point: point.row.cv_loss).row
    within = [point for point in points if point.row.cv_loss <= best.cv_loss + best.cv_se]
    smallest = tuple(
        min((p for p in within if p.penalty == name), key=lambda p: p.place, default=None) for name in names
    )
    return CompareResult(tuple(names), tuple(sweeps), pairs, front(points), smallest)


def _pair(
    a: str, sweep_a: SweepResult, test_a: Array, b: str, sweep_b: SweepResult, test_b: Array, rng: np.random.Generator
) -> Comparison:
    row_a, row_b = sweep_a.chosen_row, sweep_b.chosen_row
    found = cv_difference(sweep_a.config, row_a, row_b)
    test = paired_bootstrap(test_a, test_b, rng)
    both = (f"{a if d.mean < 0 else b} is better" if d.detectable else NO_DIFFERENCE for d in (found, test))
    return Comparison(a, b, row_a.lambd, row_b.lambd, found, test, *both)


def _usable(sweep: SweepResult) -> list[Row]:
    return [row for row in sweep.rows if row.status != "diverged" and math.isfinite(row.cv_loss)]


def front(points: Sequence[FrontPoint]) -> tuple[FrontPoint, ...]:
    """The points that no other beats in both: ascending in weights, descending in CV loss."""
    found: list[FrontPoint] = []
    for point in sorted(points, key=lambda point: point.place):
        if not found or point.row.cv_loss < found[-1].row.cv_loss:
            found.append(point)
    return tuple(found)
