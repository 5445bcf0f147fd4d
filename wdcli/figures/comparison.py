"""Penalties compared: their curves in one picture, the differences of each pair, and loss against size."""

import math
from collections.abc import Sequence

from wdcli.figures.axes import lambda_axis, linear_axis, loss_axis
from wdcli.figures.cv import cv_points, held_losses
from wdcli.figures.front import drawable_rows, front_lines, left_out, size_axis, title
from wdcli.figures.lambdas import lost, merged
from wdcli.figures.model import Axis, Chart, Figure, Interval, Intervals, Line, Mark, Panel, look
from wdcli.figures.shown import Shown, ShownPair, ShownRow
from wdcli.figures.sizes import Size, of_fronts
from wdcli.report.numbers import signed

TITLE = "Penalties compared"


def compare_figure(shown: Shown) -> Figure:
    """The sweeps' CV curves, the differences of CV loss at the chosen lambdas, and the fronts."""
    if not shown.compares:
        reason = "The run is a sweep of one penalty: 'wdcli compare' compares several."
        return Figure("compare", TITLE, "", "", (), (reason,))
    panels: list[Panel] = [*_curves(shown), *_differences(shown), *_fronts(shown)]
    found = [f"{pair.a} against {pair.b}: {pair.conclusion}" for pair in shown.pairs]
    said = f"{'; '.join(found)}." if found else "The comparison was interrupted, so no pair is compared yet."
    caption = f"{said} Bars of the curves are one standard error; those of the differences, 95 % intervals."
    named = zip(shown.names, shown.sweeps, strict=True)
    lacks = tuple(f"{name}: {reason}" for name, sweep in named for reason in left_out(sweep))
    return Figure("compare", TITLE, caption, said, tuple(panels), lacks)


def _curves(shown: Shown) -> list[Panel]:
    """Every sweep's CV curve (of the chosen l1_ratio), on one axis of lambda."""
    rows = [row for sweep in shown.sweeps for row in sweep.curve]
    lambdas_above = {row.lambd for row in rows if row.lambd > 0}
    if not lambdas_above:
        return []
    constant = shown.sweeps[0].constant_loss
    y = loss_axis("CV loss, one SE", held_losses(rows), constant)
    lines = tuple(
        Line(name, hue, look(hue)[0], "solid", cv_points(sweep.curve))
        for hue, (name, sweep) in enumerate(zip(shown.names, shown.sweeps, strict=True))
    )
    pairs = list(zip(lines, shown.sweeps, strict=True))
    marks = merged(Mark(sweep.chosen, line.name, strong=True) for line, sweep in pairs if sweep.has_chosen)
    chosen = tuple(point for line, sweep in pairs for point in line.at(sweep.chosen))
    x = lambda_axis(row.lambd for row in rows)
    return [Chart("CV loss", x, y, lines, marks=marks, chosen=chosen, lost=lost(rows))]


def _differences(shown: Shown) -> list[Panel]:
    """Each pair's difference in CV loss."""
    ends = [value for pair in shown.pairs for value in (pair.difference, pair.low, pair.high) if math.isfinite(value)]
    if not ends:
        return []
    reach = 1.1 * max(map(abs, ends)) or 1.0
    x = linear_axis("difference of CV loss at the chosen lambdas, with its 95 % interval", -reach, reach)
    return [Intervals("Differences", x, tuple(map(_interval, shown.pairs)))]


def _interval(pair: ShownPair) -> Interval:
    return Interval(
        f"{pair.a} - {pair.b}", pair.difference, pair.low, pair.high, f"{signed(pair.difference)}: {pair.conclusion}"
    )


def _fronts(shown: Shown) -> list[Panel]:
    """Loss against each size in which networks differ, of every sweep."""
    each = [(name, drawable_rows(sweep)) for name, sweep in zip(shown.names, shown.sweeps, strict=True)]
    rows = [row for _, some in each for row in some]
    y = loss_axis("CV loss", held_losses(rows), shown.sweeps[0].constant_loss)
    return [_front(each, rows, size, y) for size in of_fronts(rows)]


def _front(each: Sequence[tuple[str, Sequence[ShownRow]]], rows: Sequence[ShownRow], size: Size, y: Axis) -> Chart:
    lines = [line for hue, (name, some) in enumerate(each) if some for line in front_lines(name, hue, some, size)]
    return Chart(title(size), size_axis(rows, size), y, tuple(line for line in lines if line.points))
