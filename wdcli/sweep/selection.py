"""Choosing lambda: the best by cross-validation, the largest that does as well, and how sure the choice is."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wdcli.array import Array
from wdcli.errors import TrainingError
from wdcli.fits.records import NAN
from wdcli.names import SelectionRule, Verdict
from wdcli.sweep.rows import Row, error_of, paired

RESAMPLES = 2000
"""The number of bootstrap resamples of folds or test rows."""
EQUAL = 0.001
"""Losses that differ by less than this share are equal for any use."""
SIGN_LEVEL = 0.2
"""The p-value of the sign test up to which a row counts as worse."""


@dataclass(frozen=True)
class Selection:
    """``chosen`` is one of the three lambdas before it, by ``rule``; ``at_edge``: lambda_min is at an end of its grid.

    ``l1_ratio`` is the chosen one of an elastic net, else None.
    """

    lambda_min: float
    lambda_1se: float
    lambda_paired: float
    chosen: float
    rule: SelectionRule
    at_edge: bool
    l1_ratio: float | None = None


def select(rows: Sequence[Row], rule: SelectionRule) -> Selection:
    """Choose from rows, each l1_ratio's in ascending order of lambda.

    lambda_min is the largest lambda whose mean CV loss attains the minimum. A larger lambda gives a simpler model, so the
    two others are at least as large: lambda_paired ends the paired plateau (``on_plateau``); lambda_1se is the largest
    lambda with ``cv_loss <= cv_loss[min] + cv_se[min]`` (R glmnet, ``getOptcv.glmnet``). That holds only within one
    l1_ratio, so all belong to the l1_ratio with the minimum (the largest, if several tie). Raises ``TrainingError`` if
    every lambda diverged.
    """
    best = best_of(rows)
    if best is None:
        raise TrainingError("Networks diverged at every lambda: lower --lr, or choose smaller --lambdas.")
    curve = [row for row in rows if row.l1_ratio == best.l1_ratio]
    plateau = on_plateau(curve, best, best)
    lambdas: dict[SelectionRule, float] = {
        "min": best.lambd,
        "1se": max(row.lambd for row in curve if choosable(row) and within_one_se(row, best)),
        "paired": max(plateau),
    }
    at_edge = len(curve) > 1 and best.lambd in (curve[0].lambd, curve[-1].lambd)
    return Selection(lambdas["min"], lambdas["1se"], lambdas["paired"], lambdas[rule], rule, at_edge, best.l1_ratio)


def choosable(row: Row) -> bool:
    """Whether no network of the row diverged, and its CV loss is finite."""
    return row.status != "diverged" and math.isfinite(row.cv_loss)


def best_of(rows: Sequence[Row]) -> Row | None:
    """The row with the least CV loss (the simplest, if several tie) of those with the most seeds; None if all diverged."""
    able = [row for row in rows if choosable(row)]
    most = max((row.seeds for row in able), default=0)
    return min(
        (row for row in able if row.seeds == most), key=lambda row: (row.cv_loss, *_complexity(row)), default=None
    )


def _complexity(row: Row) -> tuple[float, float]:
    """A sort key: smaller means a simpler model."""
    return -row.lambd, -(row.l1_ratio or 0.0)


def within_one_se(row: Row, best: Row) -> bool:
    """Whether the row's CV loss is at most one standard error of the best row's above that."""
    return float(paired(row, best).mean()) <= best.cv_se


def is_worse(row: Row, best: Row) -> bool:
    """Whether a row is worse than the best one, judged by their differences fold by fold.

    It is if the mean difference exceeds its own standard error, or if the row is worse in so many folds that a one-sided
    sign test has p <= ``SIGN_LEVEL`` (4 of 5, 7 of 10). All lambdas share how much harder one fold is than another, so
    the differences leave it out; the sign test sees what an outlying fold, which widens the standard error, would hide.
    Two collapsed rows are equal, and so are two whose mean losses differ by less than ``EQUAL`` of the best's.
    """
    if not choosable(row):
        return True
    if row.status == best.status == "collapsed":
        return False
    d = paired(row, best)
    if abs(float(d.mean())) < EQUAL * best.cv_loss:
        return False
    return float(d.mean()) > error_of(d) or _sign_test(d) <= SIGN_LEVEL


def _sign_test(d: Array) -> float:
    """The one-sided p-value of so many differences above 0, without those that are 0."""
    above, n = int((d > 0).sum()), int((d != 0).sum())
    return sum(math.comb(n, k) for k in range(above, n + 1)) / float(2**n)


def on_plateau(curve: Sequence[Row], start: Row, best: Row) -> set[float]:
    """The lambdas around ``start``, a row of the curve, up and down to the first row that is worse than the best.

    None if ``start`` is worse itself.
    """
    up = [row for row in curve if row.lambd >= start.lambd]
    down = [row for row in reversed(curve) if row.lambd <= start.lambd]
    return {row.lambd for side in (up, down) for row in itertools.takewhile(lambda row: not is_worse(row, best), side)}


def judged(rows: Sequence[Row], rng: np.random.Generator) -> list[Row]:
    """The rows of a sweep, each with its verdict, whether it is on the paired plateau, and how often it wins.

    Rows on the plateau are ``good``; others are ``overfit`` below the best lambda of their l1_ratio, and ``underfit``
    above it.
    """
    best, shares = best_of(rows), wins(rows, rng) if len(rows) > 1 else np.full(1, NAN)
    found = []
    for _, each in itertools.groupby(zip(rows, shares.tolist(), strict=True), lambda pair: pair[0].l1_ratio):
        pairs = list(each)
        curve = [row for row, _ in pairs]
        own = best_of(curve)
        plateau = on_plateau(curve, own, best) if own and best else set[float]()
        found += [_judged(row, own, row.lambd in plateau, share) for row, share in pairs]
    return found


def _judged(row: Row, best: Row | None, plateau: bool, share: float) -> Row:
    """The row with its verdict; ``best`` is the best one of its curve."""
    side: Verdict = "overfit" if best and row.lambd < best.lambd else "underfit"
    verdict: Verdict = row.status if row.status != "ok" else "good" if plateau else side
    return replace(row, verdict=verdict, plateau=plateau, wins=share)


def wins(rows: Sequence[Row], rng: np.random.Generator, resamples: int = RESAMPLES) -> Array:
    """The share of bootstrap resamples in which each row has the least CV loss, (rows,); ties go to the larger lambda.

    Only rows with as many seeds as the best one take part.

    A resample draws the same number of folds, with replacement, each with all its seeds: the fold means already include
    the seeds' spread, and drawing seeds too would count it twice (Davison and Hinkley 1997, section 3.8). All rows are
    resampled alike, since they share folds, weights and batches.
    """
    best = best_of(rows)
    if best is None:
        return np.zeros(len(rows))
    able = [i for i, row in enumerate(rows) if choosable(row) and row.seeds == best.seeds]
    order = sorted(able, key=lambda i: _complexity(rows[i]))
    folds = len(rows[order[0]].cv_losses)
    drawn = rng.integers(folds, size=(resamples, folds))
    least, winner = np.full(resamples, np.inf), np.zeros(resamples, dtype=np.int64)
    for i in order:
        sums = rows[i].cv_losses.mean(axis=1)[drawn].sum(axis=1)
        # Of equal sums, the first one's row, that of the largest lambda, has won already.
        winner[sums < least] = i
        least = np.minimum(sums, least)
    return np.asarray(np.bincount(winner, minlength=len(rows)) / resamples)
