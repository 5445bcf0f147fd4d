"""Loss against size: which lambdas have both fewer weights and less loss than any other."""

import math
from collections.abc import Iterable, Sequence

from wdcli.figures import lambdas
from wdcli.figures.axes import log_axis, loss_axis
from wdcli.figures.cv import held_losses
from wdcli.figures.model import Axis, Chart, Figure, Line, Mark, Point, look
from wdcli.figures.shown import ShownRow, ShownSweep
from wdcli.report.numbers import count_of, loss
from wdcli.text import count

TITLE = "Loss against size"
AS_CONSTANT = 0.01
"""A CV loss this close to a constant answer's, as a share of it, is that of networks that collapsed in the folds."""
SIZE = "weights that are not zero"


def front_figure(sweep: ShownSweep) -> Figure:
    """CV loss over the number of non-zero weights; the rows of the front are joined."""
    rows = drawable_rows(sweep)
    lacking = _lacking(sweep, rows)
    if lacking:
        return Figure("front", TITLE, "", "", (), (lacking,))
    y = loss_axis("CV loss", held_losses(rows), sweep.constant_loss)
    best = front(rows)
    chosen = _points(row for row in rows if row is sweep.row(sweep.chosen))
    chart = Chart("", size_axis(rows), y, front_lines("", 0, rows), marks=_marks(sweep, rows), chosen=chosen)
    return Figure("front", TITLE, CAPTION, _said(best), (chart,), left_out(sweep))


CAPTION = "Joined dots: no other lambda has both fewer weights and less CV loss. Rings: some other lambda has."


def drawable_rows(sweep: ShownSweep) -> tuple[ShownRow, ...]:
    """The rows that have a place: networks with weights left that did not collapse, in the folds either."""
    return tuple(row for row in sweep.rows if row.status == "ok" and row.nonzero_weights > 0 and _learned(sweep, row))


def _learned(sweep: ShownSweep, row: ShownRow) -> bool:
    """Whether the row's CV loss is known, and not that of a constant answer."""
    constant = sweep.constant_loss
    return math.isfinite(row.cv_loss) and not abs(row.cv_loss - constant) <= AS_CONSTANT * constant


def left_out(sweep: ShownSweep) -> tuple[str, ...]:
    """How many rows have no place, and why."""
    n = len(sweep.rows) - len(drawable_rows(sweep))
    if not n:
        return ()
    is_or_are, yet = "is" if n == 1 else "are", ", or are not trained yet" if sweep.partial else ""
    why = f"whose networks collapsed, in the folds at least, or diverged{yet}"
    return (f"{count(n, 'lambda')} {is_or_are} left out of the picture of loss against size, {why}.",)


def size_axis(rows: Sequence[ShownRow]) -> Axis:
    """The number of non-zero weights."""
    sizes = [row.nonzero_weights for row in rows]
    return log_axis(SIZE, min(sizes) / 1.1, max(sizes) * 1.1)


def front_lines(name: str, hue: int, rows: Sequence[ShownRow]) -> tuple[Line, ...]:
    """The rows that are beaten as rings, those of the front as joined dots, with their standard errors."""
    best = front(rows)
    beaten = [row for row in rows if row not in best]
    return (
        Line(f"{name}: beaten" if name else "beaten", hue, "ring", "none", _points(beaten)),
        Line(name or "front, one SE", hue, "dot", look(hue)[1], _points(best), stepped=True),
    )


def front(rows: Sequence[ShownRow]) -> list[ShownRow]:
    """Ascending in weights: each has less CV loss than all with fewer weights."""
    found: list[ShownRow] = []
    for row in sorted(rows, key=lambda row: (row.nonzero_weights, row.cv_loss)):
        if not found or row.cv_loss < found[-1].cv_loss:
            found.append(row)
    return found


def _points(rows: Iterable[ShownRow]) -> tuple[Point, ...]:
    ordered = sorted(rows, key=lambda row: row.nonzero_weights)
    return tuple(
        Point(row.nonzero_weights, row.cv_loss, row.cv_loss - row.cv_se, row.cv_loss + row.cv_se) for row in ordered
    )


def _marks(sweep: ShownSweep, rows: Sequence[ShownRow]) -> tuple[Mark, ...]:
    """The marked lambdas, at the sizes of their rows."""
    found = [(sweep.row(mark.x), mark) for mark in lambdas.marks(sweep, sweep.l1_ratio)]
    return lambdas.merged(
        Mark(row.nonzero_weights, mark.label, mark.strong) for row, mark in found if row and row in rows
    )


def _lacking(sweep: ShownSweep, rows: Sequence[ShownRow]) -> str:
    lacking = lambdas.lacking(sweep)
    if lacking:
        return lacking
    if not rows:
        return (
            "No network has a place in a picture of loss against size: all collapsed, diverged, or are not trained yet."
        )
    if len({row.nonzero_weights for row in rows}) == 1:
        return "All networks have the same number of weights: only a penalty with L1 leaves some out."
    return ""


def _said(best: Sequence[ShownRow]) -> str:
    ends = {row.nonzero_weights: f"{count_of(row.nonzero_weights)} weights have CV loss {loss(row.cv_loss)}"
            for row in (best[0], best[-1])}  # fmt: skip
    return f"{count(len(best), 'lambda')} on the front: {'; '.join(ends.values())}."
