"""Loss against size of several penalties, all in one picture."""

from collections.abc import Iterator, Sequence

from wdcli.figures.axes import loss_axis
from wdcli.figures.cv import held_losses
from wdcli.figures.front import (
    ALIKE,
    NOWHERE,
    TITLE,
    caption,
    drawable_rows,
    front_lines,
    left_out,
    said,
    size_axis,
    title,
)
from wdcli.figures.lambdas import merged
from wdcli.figures.model import Axis, Chart, Figure, Mark, Point
from wdcli.figures.shown import Shown, ShownSweep
from wdcli.figures.sizes import Size, of_fronts


def fronts_figure(shown: Shown) -> Figure:
    """The fronts of all penalties on the same axes: a panel for each size in which their networks differ."""
    named = list(zip(shown.names, shown.sweeps, strict=True))
    rows = [row for sweep in shown.sweeps for row in drawable_rows(sweep)]
    sizes = of_fronts(rows)
    if not sizes:
        return Figure("front", TITLE, "", "", (), (ALIKE if rows else NOWHERE,))
    y = loss_axis("CV loss", held_losses(rows), shown.sweeps[0].constant_loss)
    panels = tuple(_panel(named, size_axis(rows, size), y, size) for size in sizes)
    lacks = tuple(f"{name}: {reason}" for name, sweep in named for reason in left_out(sweep))
    return Figure("front", TITLE, caption(sizes, " of the same penalty"), _said(named, sizes), panels, lacks)


def _panel(named: Sequence[tuple[str, ShownSweep]], x: Axis, y: Axis, size: Size) -> Chart:
    each = [(name, drawable_rows(sweep)) for name, sweep in named]
    lines = [line for hue, (name, rows) in enumerate(each) if rows for line in front_lines(name, hue, rows, size)]
    chosen = list(_chosen(named, size))
    marks = merged(Mark(point.x, name, strong=True) for name, point in chosen)
    points = tuple(point for _, point in chosen)
    return Chart(title(size), x, y, tuple(line for line in lines if line.points), marks=marks, chosen=points)


def _chosen(named: Sequence[tuple[str, ShownSweep]], size: Size) -> Iterator[tuple[str, Point]]:
    """The point of each chosen lambda that has one, with its penalty."""
    for name, sweep in named:
        row = sweep.row(sweep.chosen)
        if row and row in drawable_rows(sweep):
            yield name, Point(size.of(row), row.cv_loss)


def _said(named: Sequence[tuple[str, ShownSweep]], sizes: Sequence[Size]) -> str:
    each = [(name, drawable_rows(sweep)) for name, sweep in named]
    return " ".join(f"{name}: {said(rows, sizes)}" for name, rows in each if rows)
