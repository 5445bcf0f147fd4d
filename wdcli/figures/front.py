"""Loss against size: which lambdas have both fewer weights and less loss than any other."""

import math
from collections.abc import Iterable, Sequence

from wdcli.figures import lambdas
from wdcli.figures.axes import count_axis, loss_axis
from wdcli.figures.cv import held_losses
from wdcli.figures.model import HOLLOW, Axis, Chart, Figure, Line, Mark, Point, look, shape
from wdcli.figures.shown import ShownRow, ShownSweep
from wdcli.figures.sizes import Size, of_fronts
from wdcli.report.numbers import count_of, loss
from wdcli.text import count

TITLE = "Loss against size"
AS_CONSTANT = 0.01
"""A CV loss this close to a constant answer's, as a share of it, is that of networks that collapsed in the folds."""
NOWHERE = "No network has a place in a picture of loss against size: all collapsed, diverged, or are not trained yet."
ALIKE = "All networks have the same number of weights: only a penalty that makes weights exactly zero leaves some out."


def front_figure(sweep: ShownSweep) -> Figure:
    """CV loss over the number of non-zero weights, and of columns in use; the rows of each front are joined."""
    rows = drawable_rows(sweep)
    lacking = _lacking(sweep, rows)
    if lacking:
        return Figure("front", TITLE, "", "", (), (lacking,))
    sizes = of_fronts(rows)
    panels = tuple(_panel(sweep, rows, size, title(size) if len(sizes) > 1 else "") for size in sizes)
    return Figure("front", TITLE, caption(sizes), said(rows, sizes), panels, left_out(sweep))


def caption(sizes: Sequence[Size], of: str = "") -> str:
    """What filled and hollow points are; ``of`` says which lambdas they are compared with."""
    fewer = sizes[0].name + "".join(f" ({size.name})" for size in sizes[1:])
    return (
        f"Filled, joined: no other lambda{of} has both fewer {fewer} and less CV loss. Hollow: some other lambda has."
    )


def title(size: Size) -> str:
    """What the panel of one of several sizes is called."""
    return f"Loss against {size.name}"


def _panel(sweep: ShownSweep, rows: Sequence[ShownRow], size: Size, title: str) -> Chart:
    y = loss_axis("CV loss", held_losses(rows), sweep.constant_loss)
    chosen = _points((row for row in rows if row is sweep.row(sweep.chosen)), size)
    marks = _marks(sweep, rows, size)
    return Chart(title, size_axis(rows, size), y, front_lines("", 0, rows, size), marks=marks, chosen=chosen)


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
    why = f"networks collapsed or diverged there{yet}"
    return (f"{count(n, 'lambda')} {is_or_are} left out of the picture of loss against size: {why}.",)


def size_axis(rows: Sequence[ShownRow], size: Size) -> Axis:
    """From the smallest network to the largest."""
    sizes = [size.of(row) for row in rows]
    return count_axis(size.label, min(sizes) / 1.1, max(sizes) * 1.1)


def front_lines(name: str, hue: int, rows: Sequence[ShownRow], size: Size) -> tuple[Line, ...]:
    """The rows that are beaten as hollow points, those of the front as joined ones, with their standard errors."""
    best = front(rows, size)
    beaten = [row for row in rows if row not in best]
    return (
        Line(f"{name}: beaten" if name else "beaten", hue, HOLLOW[shape(hue)], "none", _points(beaten, size)),
        Line(name or "front, one SE", hue, shape(hue), look(hue)[1], _points(best, size), stepped=True),
    )


def front(rows: Sequence[ShownRow], size: Size) -> list[ShownRow]:
    """Ascending in size: each has less CV loss than all smaller ones."""
    found: list[ShownRow] = []
    for row in sorted(rows, key=lambda row: (size.of(row), row.cv_loss)):
        if not found or row.cv_loss < found[-1].cv_loss:
            found.append(row)
    return found


def _points(rows: Iterable[ShownRow], size: Size) -> tuple[Point, ...]:
    ordered = sorted(rows, key=size.of)
    return tuple(Point(size.of(row), row.cv_loss, row.cv_loss - row.cv_se, row.cv_loss + row.cv_se) for row in ordered)


def _marks(sweep: ShownSweep, rows: Sequence[ShownRow], size: Size) -> tuple[Mark, ...]:
    """The marked lambdas, at the sizes of their rows."""
    found = [(sweep.row(mark.x), mark) for mark in lambdas.marks(sweep, sweep.l1_ratio)]
    return lambdas.merged(Mark(size.of(row), mark.label, mark.strong) for row, mark in found if row and row in rows)


def _lacking(sweep: ShownSweep, rows: Sequence[ShownRow]) -> str:
    lacking = lambdas.lacking(sweep)
    if lacking:
        return lacking
    if not rows:
        return NOWHERE
    return "" if of_fronts(rows) else ALIKE


def said(rows: Sequence[ShownRow], sizes: Sequence[Size]) -> str:
    """The ends of the front, in words, for each size."""
    return " ".join(_said(rows, size) for size in sizes)


def _said(rows: Sequence[ShownRow], size: Size) -> str:
    """``3 lambdas on the front: 45 weights have CV loss 0.0602; 675 weights have CV loss 0.0226.``"""
    best = front(rows, size)
    ends = {size.of(row): f"{count_of(size.of(row))} {size.name} have CV loss {loss(row.cv_loss)}"
            for row in (best[0], best[-1])}  # fmt: skip
    return f"{count(len(best), 'lambda')} on the front: {'; '.join(ends.values())}."
