"""The cross-validation curve, as R glmnet's ``plot.cv.glmnet`` draws it."""

from collections.abc import Sequence

from wdcli.figures import lambdas
from wdcli.figures.axes import loss_axis
from wdcli.figures.model import Axis, Chart, Figure, Gauge, Line, Point
from wdcli.figures.shown import ShownRow, ShownSweep
from wdcli.figures.sizes import taken_away
from wdcli.report.numbers import count_of, figure

TITLE = "Cross-validation curve"


def cv_figure(sweep: ShownSweep) -> Figure:
    """CV loss with its standard error, training and test loss over lambda, in zones by verdict; a panel an l1_ratio."""
    lacking = lambdas.lacking(sweep)
    if lacking:
        return Figure("cv", TITLE, "", "", (), (lacking,))
    y = loss_axis("loss, without the penalty", held_losses(sweep.rows), sweep.constant_loss)
    panels = tuple(_panel(sweep, ratio, y) for ratio in sweep.ratios)
    said = f"{lambdas.losses_at(sweep.curve)} {lambdas.by_range(sweep.curve)}"
    return Figure("cv", TITLE, f"Dots are the mean CV loss, bars one standard error. {_marked(sweep)}", said, panels)


def held_losses(rows: Sequence[ShownRow]) -> list[float]:
    """What the axis of a CV curve must show."""
    return [loss for row in rows for loss in (row.cv_loss, row.cv_loss + row.cv_se, row.test_loss)]


def cv_points(rows: Sequence[ShownRow]) -> tuple[Point, ...]:
    """The CV loss of each row with one standard error to either side."""
    return tuple(Point(row.lambd, row.cv_loss, row.cv_loss - row.cv_se, row.cv_loss + row.cv_se) for row in rows)


def gauge(sweep: ShownSweep, rows: Sequence[ShownRow]) -> Gauge:
    """What is left where the penalty leaves columns, units or weights out, else the size of the weights."""
    for size in taken_away(sweep):
        points = tuple(Point(row.lambd, size.of(row)) for row in rows)
        return Gauge(f"{size.name} left", points, tuple(count_of(point.y) for point in points))
    points = tuple(Point(row.lambd, row.l2_norm) for row in rows)
    return Gauge("|W|2", points, tuple(figure(point.y) for point in points))


def _panel(sweep: ShownSweep, ratio: float | None, y: Axis) -> Chart:
    rows, x = sweep.rows_of(ratio), lambdas.axis_of(sweep)
    lines = (
        lambdas.line_of("training", 1, "ring", "solid", [(row.lambd, row.train_loss) for row in rows]),
        lambdas.line_of("test", 2, "cross", "dotted", [(row.lambd, row.test_loss) for row in rows]),
        Line("CV, one SE", 0, "dot", "solid", cv_points(rows)),
    )
    return Chart(
        title="" if ratio is None else f"l1_ratio {ratio:g}",
        x=x,
        y=y,
        lines=tuple(line for line in lines if line.known),
        zones=lambdas.zones(rows, x),
        marks=lambdas.marks(sweep, ratio),
        gauge=gauge(sweep, rows),
        lost=lambdas.lost(rows),
        chosen=lines[-1].at(sweep.chosen) if ratio == sweep.l1_ratio else (),
    )


def _marked(sweep: ShownSweep) -> str:
    """What the marks mean."""
    if not sweep.has_chosen:
        return "The sweep was interrupted, so no lambda is chosen yet."
    chosen = f"the chosen lambda, {figure(sweep.chosen)}"
    if sweep.rule == "min":
        return f"min marks {chosen}: it has the least CV loss."
    if sweep.chosen == sweep.lambda_min:
        return f"min, {sweep.rule} marks {chosen}: it has the least CV loss, and is {lambdas.CHOSEN[sweep.rule]}."
    return f"min marks the least CV loss, {sweep.rule} {chosen}: {lambdas.CHOSEN[sweep.rule]}."
