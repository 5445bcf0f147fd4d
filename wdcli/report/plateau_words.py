"""What the rows on either side of the plateau do, and the rows within it that don't belong to it."""

from collections.abc import Sequence

from wdcli.data.dataset import Dataset
from wdcli.names import Verdict
from wdcli.report.numbers import figure, loss, probability, share, times
from wdcli.report.words import (
    constant_answer,
)
from wdcli.sweep.difference import corrected_t
from wdcli.sweep.result import SweepResult
from wdcli.sweep.rows import Row
from wdcli.text import listed


def plateau(dataset: Dataset, result: SweepResult) -> list[str]:
    """The rows to the left and right of the plateau, and those within it that don't belong to it."""
    good = _with(result.curve, "good")
    return [*_below(result, good), *_bumps(result.curve, good), *_above(dataset, result, good)]


def _below(result: SweepResult, good: Sequence[Row]) -> list[str]:
    """What too little decay does, or that the data don't show it."""
    first, best = result.curve[0], result.best_row
    over = [row for row in _with(result.curve, "overfit") if good and row.lambd < good[0].lambd]
    if over:
        where = f"Up to {figure(over[-1].lambd)}" if over[-1].lambd else "Without decay"
        does = "overfits" if over[0].train_loss <= best.train_loss else "does worse, on its training rows too"
        return [
            f"{where} the network {does}: at {figure(over[0].lambd)} training loss is "
            f"{loss(over[0].train_loss)} and CV loss {times(over[0].cv_loss, best.cv_loss)} the best."
        ]
    if first.verdict != "good" or first.lambd > 0 or best.lambd == 0:
        return []
    return [f"No decay at all is within one SE of the best{_helps(result, first, best)}."]


def _helps(result: SweepResult, first: Row, best: Row) -> str:
    """What a comparison fold by fold says about decay where the standard error can't tell."""
    paired = corrected_t(first.cv_losses, best.cv_losses, result.folds.test_share)
    if paired.detectable and paired.mean > 0:
        return f", but fold by fold the best is better (p = {probability(paired.p_value)})"
    if (first.cv_losses.mean(axis=1) > best.cv_losses.mean(axis=1)).all():
        return f", though the best does better in all {len(best.cv_losses)} folds: more folds may show that decay helps"
    return ": the data don't show that decay helps"


def _above(dataset: Dataset, result: SweepResult, good: Sequence[Row]) -> list[str]:
    """What too much decay does."""
    above = [row for row in result.curve if row.lambd > max(result.best_row.lambd, *(row.lambd for row in good), 0.0)]
    under, collapsed = _with(above, "underfit"), _with(above, "collapsed")
    said = [f"From {figure(under[0].lambd)} on it underfits."] if under else []
    said += _brink([row for row in under if row.collapsed_folds > 0])
    collapsed = [row for row in collapsed if not under or row.lambd > under[-1].lambd]
    if collapsed:
        said.append(f"From {figure(collapsed[0].lambd)} on it collapses to {constant_answer(dataset)}.")
    return said


def _brink(rows: Sequence[Row]) -> list[str]:
    """Where the folds' networks, which have fewer rows, collapse, but those on all training rows don't."""
    if not rows:
        return []
    first, last = (figure(row.lambd) for row in (rows[0], rows[-1]))
    most = max(row.collapsed_folds for row in rows)
    where, up_to = (f"From {first} to {last}", "up to ") if len(rows) > 1 else (f"At {first}", "")
    how_many = "all" if most == 1 else share(most)
    return [
        f"{where} it is on the brink of collapse: trained on all training rows it doesn't collapse, but {up_to}{how_many} "
        "of the folds' networks do."
    ]


def _bumps(curve: Sequence[Row], good: Sequence[Row]) -> list[str]:
    """Rows between good ones that are not good themselves."""
    bumps = [row for row in curve if good and row.verdict != "good" and good[0].lambd < row.lambd < good[-1].lambd]
    if not bumps:
        return []
    where = listed([figure(row.lambd) for row in bumps])
    return [
        f"The CV curve isn't smooth: {where}, between good lambdas, {'are' if len(bumps) > 1 else 'is'} more than one SE "
        "worse than the best. More --folds or --seeds would tell whether that is chance."
    ]


def _with(rows: Sequence[Row], verdict: Verdict) -> list[Row]:
    return [row for row in rows if row.verdict == verdict]
