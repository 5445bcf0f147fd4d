"""Is one penalty better than another on this data? Sweeps on the same splits, seeds and initial weights, compared in pairs."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wdcli.sweep.runner import SweepResult

LEVEL = 0.05


@dataclass(frozen=True)
class Difference:
    """Mean difference of two sets of CV losses, its 95 % interval and two-sided p-value."""

    mean: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class Comparison:
    """Penalty a at its chosen lambda against penalty b at its own; ``difference`` is CV loss of a minus b."""

    a: str
    b: str
    lambda_a: float
    lambda_b: float
    difference: Difference
    conclusion: str


@dataclass(frozen=True)
class CompareResult:
    """One sweep a penalty, by its name as it was given, and every pair compared."""

    names: tuple[str, ...]
    sweeps: tuple[SweepResult, ...]
    comparisons: tuple[Comparison, ...]


def corrected_t(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> Difference:
    """Corrected resampled t-test of paired losses (folds, seeds) of k-fold cross-validation.

    Seeds are averaged in each fold, for they share its rows; then with d the k differences and s their standard
    deviation, t = mean(d) / (s sqrt(1/k + n_test/n_train)) with k - 1 degrees of freedom, where n_test/n_train is
    1/(k - 1): the training sets overlap, and the plain t-test would take the folds for independent (Nadeau and Bengio
    2003, section 5).
    """
    from scipy.special import stdtr, stdtrit

    d = (a - b).mean(axis=1)
    k = len(d)
    mean, spread = float(d.mean()), float(d.std(ddof=1))
    error = spread * math.sqrt(1 / k + 1 / (k - 1))
    if error == 0:
        return Difference(mean, mean, mean, 1.0 if mean == 0 else 0.0)
    half = float(stdtrit(k - 1, 1 - LEVEL / 2)) * error
    p_value = 2 * float(stdtr(k - 1, -abs(mean) / error))
    return Difference(mean, mean - half, mean + half, p_value)


def compare(names: Sequence[str], sweeps: Sequence[SweepResult]) -> CompareResult:
    """Compare every pair of sweeps at the lambdas that they chose."""
    pairs = itertools.combinations(zip(names, sweeps, strict=True), 2)
    return CompareResult(tuple(names), tuple(sweeps), tuple(_pair(*a, *b) for a, b in pairs))


def _pair(a: str, sweep_a: SweepResult, b: str, sweep_b: SweepResult) -> Comparison:
    row_a, row_b = sweep_a.chosen_row, sweep_b.chosen_row
    found = corrected_t(row_a.cv_losses, row_b.cv_losses)
    if found.low <= 0 <= found.high:
        conclusion = "no detectable difference"
    else:
        conclusion = f"{a if found.mean < 0 else b} is better"
    return Comparison(a, b, row_a.lambd, row_b.lambd, found, conclusion)
