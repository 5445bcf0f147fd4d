"""Whether decay helps, what the rows on either side of the plateau do, and where the curve isn't smooth."""

import math
from collections.abc import Sequence

from wdcli.data.dataset import Dataset
from wdcli.names import Verdict
from wdcli.report.numbers import figure, loss, share, times
from wdcli.report.words import constant_answer
from wdcli.sweep.difference import Difference, Finding, row_difference
from wdcli.sweep.result import SweepResult
from wdcli.sweep.rows import Row, paired
from wdcli.sweep.selection import choosable, is_worse
from wdcli.text import listed

DECAY: dict[Finding, str] = {
    "less": "Decay helps",
    "more": "Decay does harm",
    "negligible": "Decay makes a negligible difference",
    "none": "It isn't certain that decay helps",
}
"""What a comparison with no decay at all shows."""


def helps(result: SweepResult) -> list[str]:
    """Whether decay helps: the chosen lambda compared fold by fold with no decay at all, if that was trained."""
    none, chosen = result.curve[0], result.chosen_row
    if none.lambd > 0 or chosen.lambd == 0 or not choosable(none) or none.status == chosen.status == "collapsed":
        return []
    d = row_difference(chosen, none, result.folds.test_share)
    said = f"{DECAY[d.finding(result.constant)]}: compared with no decay, CV loss {changes(d)}"
    if not d.detectable and (paired(chosen, none) < 0).all():
        said += f", in all {len(chosen.cv_losses)} folds; more --folds may settle it"
    return [f"{said}."]


def changes(d: Difference) -> str:
    """``falls by 0.019 (95 % interval 0.006 to 0.032)``; the interval is that of the fall, or of the rise."""
    size, ends = abs(d.mean), sorted((d.low, d.high) if d.mean >= 0 else (-d.low, -d.high))
    interval = f" (95 % interval {ends[0]:.4f} to {ends[1]:.4f})" if math.isfinite(d.low) else ""
    return f"{'rises' if d.mean >= 0 else 'falls'} by {size:.4f}{interval}"


def plateau(dataset: Dataset, result: SweepResult) -> list[str]:
    """The rows to the left and right of the plateau, and those beyond it that do as well as those on it."""
    good = _with(result.curve, "good")
    return [*_below(result, good), *_bumps(result), *_above(dataset, result, good)]


def _below(result: SweepResult, good: Sequence[Row]) -> list[str]:
    """What too little decay does."""
    best = result.best_row
    over = [row for row in _with(result.curve, "overfit") if good and row.lambd < good[0].lambd]
    if not over:
        return []
    where = f"Up to {figure(over[-1].lambd)}" if over[-1].lambd else "Without decay"
    does = "overfits" if over[0].train_loss <= best.train_loss else "does worse, on its training rows too"
    return [
        f"{where} the network {does}: at {figure(over[0].lambd)} training loss is "
        f"{loss(over[0].train_loss)} and CV loss {times(over[0].cv_loss, best.cv_loss)} the best."
    ]


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


def _bumps(result: SweepResult) -> list[str]:
    """Rows that do as well as the best, beyond others that don't."""
    best = result.best_row
    beyond = [row for row in result.curve if row.verdict in ("overfit", "underfit")]
    bumps = [row for row in beyond if not is_worse(row, best) and any(_hides(other, row, best) for other in beyond)]
    if not bumps:
        return []
    where, do = listed([figure(row.lambd) for row in bumps]), "do" if len(bumps) > 1 else "does"
    return [
        f"The CV curve isn't smooth: beyond lambdas that are worse, {where} {do} as well as the best again. More --folds or "
        "--seeds would tell whether that is chance."
    ]


def _hides(other: Row, row: Row, best: Row) -> bool:
    """Whether the curve rises to ``other`` between the best row and ``row``."""
    between = min(row.lambd, best.lambd) < other.lambd < max(row.lambd, best.lambd)
    return between and is_worse(other, best) and other.cv_loss > row.cv_loss


def _with(rows: Sequence[Row], verdict: Verdict) -> list[Row]:
    return [row for row in rows if row.verdict == verdict]
