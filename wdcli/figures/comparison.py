"""Penalties compared: their curves in one picture, the differences of each pair, and loss against size."""

import math

from wdcli.figures.axes import lambda_axis, linear_axis, loss_axis
from wdcli.figures.cv import cv_points, held_losses
from wdcli.figures.fronts import fronts_figure
from wdcli.figures.lambdas import lost, merged
from wdcli.figures.model import Chart, Figure, Interval, Intervals, Line, Mark, Panel, shape
from wdcli.figures.shown import Shown, ShownPair
from wdcli.report.numbers import signed

TITLE = "Penalties compared"


def compare_figure(shown: Shown) -> Figure:
    """The sweeps' CV curves, the differences of CV loss at the chosen lambdas, and the fronts."""
    if not shown.compares:
        reason = "The run is a sweep of one penalty: 'wdcli compare' compares several."
        return Figure("compare", TITLE, "", "", (), (reason,))
    fronts = fronts_figure(shown)
    panels: list[Panel] = [*_curves(shown), *_differences(shown), *fronts.panels]
    found = [f"{pair.a} against {pair.b}: {pair.conclusion}" for pair in shown.pairs]
    said = f"{'; '.join(found)}." if found else "The comparison was interrupted, so no pair is compared yet."
    caption = f"{said} Bars of the curves are one standard error; those of the differences, 95 % intervals."
    return Figure("compare", TITLE, caption, said, tuple(panels), fronts.left_out if fronts.panels else ())


def _curves(shown: Shown) -> list[Panel]:
    """Every sweep's CV curve (of the chosen l1_ratio), on one axis of lambda."""
    rows = [row for sweep in shown.sweeps for row in sweep.curve]
    lambdas_above = {row.lambd for row in rows if row.lambd > 0}
    if not lambdas_above:
        return []
    constant = shown.sweeps[0].constant_loss
    y = loss_axis("CV loss, one SE", held_losses(rows), constant)
    lines = tuple(
        Line(name, hue, shape(hue), "solid", cv_points(sweep.curve))
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
