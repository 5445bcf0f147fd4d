"""Learning curves: training and test loss, epoch by epoch, of the first seed's network on all training rows."""

import math
from collections.abc import Sequence
from typing import Any

from wdcli.figures import lambdas
from wdcli.figures.axes import linear_axis, loss_axis
from wdcli.figures.model import Axis, Chart, Figure
from wdcli.figures.shown import ShownHistory, ShownRow, ShownSweep, history_of
from wdcli.figures.values import Json
from wdcli.report.numbers import figure, loss

TITLE = "Learning curves"
DEEPEST = 1 / 20
STOPPED = "Early stopping keeps the network of an earlier epoch: that of the least loss on rows kept for validation."


def learning_figure(sweep: ShownSweep) -> Figure:
    """The curves at the least lambda, at that of the least CV loss and at the chosen one: a panel each, on one scale."""
    rows = _examples(sweep)
    if not rows:
        return Figure("learning", TITLE, "", "", (), (lambdas.absent(sweep, "learning curves"),))
    histories = [row.history for row in rows if row.history]
    y = _loss(histories, sweep.constant_loss)
    panels = tuple(_panel(_title(sweep, row), each, y) for row, each in zip(rows, histories, strict=True))
    said = " ".join(f"{panel.title}: {_said(each)}" for panel, each in zip(panels, histories, strict=True))
    return Figure("learning", TITLE, _caption(sweep.shown, histories), said, panels)


def train_figure(shown: Json) -> Figure:
    """The learning curve of one fit, from the JSON object of ``wdcli train``."""
    result: Any = shown["result"]
    if not result.get("history"):
        return Figure("learning", TITLE, "", "", (), ("The network diverged: it has no learning curve.",))
    history = history_of(result["history"])
    constant = shown.get("constant_loss")
    panel = _panel("", history, _loss([history], math.nan if constant is None else float(constant)))
    return Figure("learning", "Learning curve", _caption(shown, [history]), _said(history), (panel,))


def _caption(shown: Json, histories: Sequence[ShownHistory]) -> str:
    """How to read the curves, and how often they were noted."""
    every = max(int(history.epochs[1]) if len(history.epochs) > 1 else 1 for history in histories)
    often = "after each epoch" if every == 1 else f"every {every} epochs"
    test = " and on the test rows (crosses)" if any(_tested(history) for history in histories) else ""
    said = (
        f"One network, the first seed's, as it trains on all training rows: its loss {often}, without the penalty, on these "
        f"rows (rings){test}."
    )
    return f"{said} {STOPPED}" if shown.get("config", {}).get("early_stopping") else said


def _examples(sweep: ShownSweep) -> list[ShownRow]:
    """The least lambda's row, that of the least CV loss and the chosen one, each once, if it has a history."""
    wanted = {row.lambd for row in sweep.curve[:1]} | {sweep.lambda_min, sweep.chosen}
    return [row for row in sweep.curve if row.lambd in wanted and row.history]


def _title(sweep: ShownSweep, row: ShownRow) -> str:
    names = [mark.label for mark in lambdas.marks(sweep, sweep.l1_ratio) if mark.x == row.lambd]
    return f"lambda {figure(row.lambd)}{''.join(f' ({name})' for name in names)}"


def _loss(histories: Sequence[ShownHistory], constant: float) -> Axis:
    """One axis for all curves, down to ``DEEPEST`` of the least test loss where training loss falls that far."""
    test = [loss for each in histories for loss, _ in _tested(each)]
    floor = DEEPEST * min(test, default=0.0)
    train = [max(loss, floor) for each in histories for loss in each.train_loss if math.isfinite(loss)]
    return loss_axis("loss, without the penalty", test + train, constant)


def _tested(history: ShownHistory) -> list[tuple[float, float]]:
    """The test losses that are known, each with its epoch."""
    both = zip(history.test_loss, history.epochs, strict=True)
    return [(test, epoch) for test, epoch in both if math.isfinite(test)]


def _panel(title: str, history: ShownHistory, y: Axis) -> Chart:
    x = linear_axis("epoch", 0.0, max(history.epochs))
    lines = (
        lambdas.line_of("training", 1, "ring", "solid", list(zip(history.epochs, history.train_loss, strict=True))),
        lambdas.line_of("test", 2, "cross", "dotted", list(zip(history.epochs, history.test_loss, strict=True))),
    )
    return Chart(title, x, y, tuple(line for line in lines if line.known))


def _said(history: ShownHistory) -> str:
    """``training loss goes from 0.7021 to 0.0140; test loss is 0.2755 at its least, about epoch 40, and ends at 1.1335.``"""
    first, last = history.train_loss[0], history.train_loss[-1]
    said, known = f"training loss goes from {loss(first)} to {loss(last)}", _tested(history)
    if not known:
        return f"{said}."
    least, epoch = min(known)
    ends = loss(history.test_loss[-1])
    return f"{said}; test loss is {loss(least)} at its least, about epoch {epoch:.0f}, and ends at {ends}."
