"""Choosing lambda: the best by cross-validation, the largest within one standard error, and how sure the choice is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wdcli.array import Array
from wdcli.errors import TrainingError
from wdcli.fits.records import NAN
from wdcli.names import SelectionRule, Verdict
from wdcli.sweep.rows import Row

RESAMPLES = 2000
"""The number of bootstrap resamples of folds or test rows."""


@dataclass(frozen=True)
class Selection:
    """``chosen`` is lambda_1se or lambda_min, by ``rule``; ``at_edge``: lambda_min is the first or last of its grid.

    ``l1_ratio`` is the chosen one of an elastic net, else None.
    """

    lambda_min: float
    lambda_1se: float
    chosen: float
    rule: SelectionRule
    at_edge: bool
    l1_ratio: float | None = None


def select(rows: Sequence[Row], rule: SelectionRule) -> Selection:
    """Choose from rows, each l1_ratio's in ascending order of lambda.

    lambda_min is the largest lambda whose mean CV loss attains the minimum; lambda_1se the largest with
    ``cv_loss <= cv_loss[min] + cv_se[min]`` (R glmnet, ``getOptcv.glmnet``): a larger lambda gives a simpler model.
    That holds only within one l1_ratio, so both belong to the l1_ratio with the minimum (the largest, if several tie).
    Raises ``TrainingError`` if every lambda diverged.
    """
    losses = choosable(rows)
    if np.isinf(losses).all():
        raise TrainingError("Networks diverged at every lambda: lower --lr, or choose smaller --lambdas.")
    best = max((row for row, loss in zip(rows, losses, strict=True) if loss == losses.min()), key=_simplicity)
    curve = [i for i, row in enumerate(rows) if row.l1_ratio == best.l1_ratio]
    within = [rows[i].lambd for i in curve if losses[i] <= best.cv_loss + best.cv_se]
    lambda_1se = max(within)
    chosen = lambda_1se if rule == "1se" else best.lambd
    at_edge = len(curve) > 1 and best.lambd in (rows[curve[0]].lambd, rows[curve[-1]].lambd)
    return Selection(best.lambd, lambda_1se, chosen, rule, at_edge, best.l1_ratio)


def choosable(rows: Sequence[Row]) -> Array:
    """CV losses, (rows,); infinite, so never chosen, if a network diverged or the loss is not finite."""
    return np.array([row.cv_loss if row.status != "diverged" and np.isfinite(row.cv_loss) else np.inf for row in rows])


def _simplicity(row: Row) -> tuple[float, float]:
    """A sort key: larger means a simpler model."""
    return row.lambd, row.l1_ratio or 0.0


def judged(rows: Sequence[Row], selection: Selection, rng: np.random.Generator) -> list[Row]:
    """The rows, each with its verdict, whether it is on the plateau, and how often it wins.

    The plateau consists of the rows within one standard error of the best. Rows on it are ``good``; others are
    ``overfit`` below the best lambda of their l1_ratio, and ``underfit`` above it.
    """
    losses = choosable(rows)
    shares = wins(rows, rng) if len(rows) > 1 else np.full(1, NAN)
    best: dict[float | None, float] = {}
    for ratio in {row.l1_ratio for row in rows}:
        curve = [(-loss, row.lambd) for row, loss in zip(rows, losses, strict=True) if row.l1_ratio == ratio]
        best[ratio] = max(curve)[1]
    limit = next(
        row.cv_loss + row.cv_se
        for row in rows
        if (row.lambd, row.l1_ratio) == (selection.lambda_min, selection.l1_ratio)
    )

    def verdict(row: Row) -> Verdict:
        if row.status != "ok":
            return row.status
        if row.cv_loss <= limit:
            return "good"
        return "overfit" if row.lambd < best[row.l1_ratio] else "underfit"

    return [
        replace(row, verdict=verdict(row), plateau=bool(loss <= limit), wins=float(share))
        for row, loss, share in zip(rows, losses, shares, strict=True)
    ]


def wins(rows: Sequence[Row], rng: np.random.Generator, resamples: int = RESAMPLES) -> Array:
    """The share of bootstrap resamples in which each row has the least CV loss, (rows,); ties go to the larger lambda.

    A resample draws the same number of folds, with replacement, each with all its seeds: the fold means already include
    the seeds' spread, and drawing seeds too would count it twice (Davison and Hinkley 1997, section 3.8). All rows are
    resampled alike, since they share folds, weights and batches.
    """
    good = np.flatnonzero(np.isfinite(choosable(rows))).tolist()
    order = sorted(good, key=lambda i: _simplicity(rows[i]), reverse=True)
    shares = np.zeros(len(rows))
    if not order:
        return shares
    folds = len(rows[order[0]].cv_losses)
    drawn = rng.integers(folds, size=(resamples, folds))
    sums = np.array([rows[i].cv_losses.mean(axis=1)[drawn].sum(axis=1) for i in order])
    # The first of equal sums is the one of the largest lambda.
    shares[order] = np.bincount(sums.argmin(axis=0), minlength=len(order)) / resamples
    return shares
