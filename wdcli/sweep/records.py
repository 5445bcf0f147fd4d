"""What is kept of each trained network, and the rows that they make: plain numbers, drawn from by every table and file."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from wdcli.names import Status, Verdict

NAN = math.nan
"""Not measured, or without a meaning (null in JSON)."""


@dataclass(frozen=True)
class LayerRecord:
    """One layer's weights; ``layer`` counts from 1, ``live_units`` is None for the output layer."""

    layer: int
    fan_in: int
    fan_out: int
    l1_norm: float
    l2_norm: float
    sparsity: float
    live_units: int | None


@dataclass(frozen=True)
class Diagnostics:
    """What a network that was fitted on all training rows is like; norms and counts over all layers."""

    l1_norm: float
    l2_norm: float
    sparsity: float
    live_units: int
    live_features: int
    smoothness: float
    kkt: float
    layers: tuple[LayerRecord, ...]


@dataclass(frozen=True)
class LaneRecord:
    """One network: its lambda, its fold (0: all training rows) and repeat, how it ended, and what was measured.

    ``held_loss`` and ``held_score`` are on the fold's held-out rows, or for fold 0 on the test rows. Losses are mean data
    losses without the penalty, in the units of all training rows' standardised target.
    """

    lambd: float
    fold: int
    repeat: int
    status: Status
    epochs: int
    train_loss: float
    train_score: float
    train_penalty: float
    held_loss: float
    held_score: float
    max_grad_norm: float
    diagnostics: Diagnostics | None = None


@dataclass(frozen=True)
class Row:
    """One lambda of a sweep: means over seeds of the fits on all training rows, and cross-validation.

    ``cv_losses`` are (folds, seeds); ``cv_loss`` is their mean and ``cv_se`` its standard error.
    """

    lambd: float
    status: Status
    train_loss: float
    train_score: float
    test_loss: float
    test_score: float
    l1_norm: float
    l2_norm: float
    sparsity: float
    live_units: float
    live_features: float
    smoothness: float
    kkt: float
    collapsed_seeds: int
    cv_loss: float
    cv_se: float
    cv_score: float
    cv_losses: npt.NDArray[np.float64]
    verdict: Verdict = "good"


def standard_error(losses: npt.NDArray[np.float64]) -> float:
    """Standard error of the mean of losses (folds, seeds).

    The seeds' mean is taken in each fold first; se = s / sqrt(folds) with s the (folds - 1) standard deviation of those
    means. Seeds are nested in folds (each fold's fits draw their own weights), so the spread of the fold means holds both
    the noise of the rows and a seeds-th of the noise of the starting weights.
    """
    means = losses.mean(axis=1)
    return float(means.std(ddof=1) / math.sqrt(len(means)))


def make_row(lambd: float, records: Sequence[LaneRecord], folds: int) -> Row:
    """Gather one lambda's records. A lane that diverged leaves the means that it belongs to undefined (nan)."""
    refits = sorted((r for r in records if r.fold == 0), key=lambda r: r.repeat)
    held = {(r.fold, r.repeat): r for r in records if r.fold}
    losses, scores = (
        np.array([[getattr(held[k, s], name) for s in range(len(refits))] for k in range(1, folds + 1)])
        for name in ("held_loss", "held_score")
    )
    mean = _mean_over(refits)
    return Row(
        lambd=lambd,
        status=_status(records),
        train_loss=mean(lambda r: r.train_loss),
        train_score=mean(lambda r: r.train_score),
        test_loss=mean(lambda r: r.held_loss),
        test_score=mean(lambda r: r.held_score),
        **{
            name: mean(lambda r, name=name: getattr(r.diagnostics, name, NAN))  # type: ignore[misc]
            for name in ("l1_norm", "l2_norm", "sparsity", "live_units", "live_features", "smoothness", "kkt")
        },
        collapsed_seeds=sum(r.status == "collapsed" for r in refits),
        cv_loss=float(losses.mean()),
        cv_se=standard_error(losses),
        cv_score=float(scores.mean()),
        cv_losses=losses,
    )


def _mean_over(records: Sequence[LaneRecord]) -> Callable[[Callable[[LaneRecord], Any]], float]:
    return lambda measure: float(np.mean([measure(record) for record in records]))


def _status(records: Sequence[LaneRecord]) -> Status:
    """Diverged if any network did; collapsed if more than half of the fits on all rows did; else ok."""
    if any(record.status == "diverged" for record in records):
        return "diverged"
    refits = [record for record in records if record.fold == 0]
    collapsed = sum(record.status == "collapsed" for record in refits)
    return "collapsed" if 2 * collapsed > len(refits) else "ok"
