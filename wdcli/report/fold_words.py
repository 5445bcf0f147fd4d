"""What the folds say one by one: a fold that is far harder than the others, a row that makes much of the loss."""

from typing import NamedTuple

import numpy as np

from wdcli.array import Array
from wdcli.report.numbers import figure, share
from wdcli.sweep.result import SweepResult
from wdcli.sweep.rows import Row

FEWEST_FOLDS = 3
FAR, FAR_ERRORS = 1.5, 6.0
"""A fold is far harder than the others if its loss is over so many times theirs, and by so many of their deviations."""
MUCH_OF_FOLD, MUCH_OF_ALL = 1 / 3, 0.2
"""One row makes much of the loss of a fold that is far harder than the others, or of all folds."""


class Heaviest(NamedTuple):
    """The held-out row with the largest loss, in the user's table, and its share of its fold's and of all folds' loss."""

    place: str
    of_fold: float
    of_all: float


def hard_folds(result: SweepResult) -> list[str]:
    """Whether one fold or one row makes much of the chosen lambda's CV loss."""
    row = result.chosen_row
    if row.status != "ok" or len(row.cv_losses) < FEWEST_FOLDS:
        return []
    hard = np.flatnonzero(far(row.cv_losses.mean(axis=1)))
    heaviest = _heaviest(result, row, hard[:1] if len(hard) else np.arange(len(row.cv_losses)))
    return [f"{_hard(result, row, int(hard[0]))}{_of_it(heaviest)}."] if len(hard) else _alone(heaviest)


def far(losses: Array) -> Array:
    """Which of the folds' losses (folds,) is far above the others', (folds,)."""
    others = np.array([np.delete(losses, i) for i in range(len(losses))])
    middle, spread = others.mean(axis=1), others.std(axis=1, ddof=1)
    return np.asarray((losses > FAR * middle) & (losses - middle > FAR_ERRORS * spread))


def _hard(result: SweepResult, chosen: Row, fold: int) -> str:
    """How much harder the fold is, and for which lambdas; folds count from 0."""
    means = chosen.cv_losses.mean(axis=1)
    ratio = means[fold] / np.delete(means, fold).mean()
    there = [row.lambd for row in result.curve if row.status == "ok" and far(row.cv_losses.mean(axis=1))[fold]]
    others = f" (far harder from {figure(there[0])} to {figure(there[-1])})" if len(there) > 1 else ""
    return f"Fold {fold + 1} is {ratio:.1f} times as hard as the others at the chosen lambda{others}"


def _of_it(heaviest: Heaviest | None) -> str:
    """The share of its fold's loss that one row makes."""
    if heaviest is None or heaviest.of_fold < MUCH_OF_FOLD:
        return ""
    return f"; {heaviest.place} of the table alone makes {share(heaviest.of_fold)} of its loss"


def _alone(heaviest: Heaviest | None) -> list[str]:
    """The share of all loss that one row makes."""
    if heaviest is None or heaviest.of_all < MUCH_OF_ALL:
        return []
    said = f"{heaviest.place} of the table alone makes {share(heaviest.of_all)} of the CV loss"
    return [f"{said[0].upper()}{said[1:]}: look at that row."]


def _heaviest(result: SweepResult, row: Row, among: Array) -> Heaviest | None:
    """The held-out row of these folds that costs the most, if every seed of its fold agrees which it is."""
    folds, losses = result.folds, row.cv_losses.mean(axis=1)
    costs = row.worst_losses.mean(axis=1) / [len(part.test) for part in folds.parts]
    fold = int(among[costs[among].argmax()])
    places = set(row.worst_rows[fold].tolist())
    if len(places) > 1:
        return None
    held = folds.split.train[folds.parts[fold].test[int(places.pop())]]
    return Heaviest(
        folds.dataset.place(int(held)), float(costs[fold] / losses[fold]), float(costs[fold] / losses.sum())
    )
