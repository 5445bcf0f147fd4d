"""The function itself, where the table has one feature or two: the first seed's network, trained on all training rows."""

import math
from collections.abc import Sequence

from wdcli.figures import lambdas
from wdcli.figures.axes import linear_axis
from wdcli.figures.model import Axis, Chart, Figure, Glyph, Line, Panel, Point, Stroke, look
from wdcli.figures.shown import ShownRow, ShownSweep
from wdcli.figures.shown_function import ShownFunction, ShownRows
from wdcli.figures.surface import answers_of, surface
from wdcli.figures.thinning import thinned
from wdcli.report.numbers import figure, loss
from wdcli.text import count

TITLE = "What the network answers"
MOST_FRAMES = 25
"""The most lambdas that a page has pictures of."""


def function_figure(sweep: ShownSweep) -> Figure:
    """The function at a lambda that overfits, the chosen one and one that underfits, as their verdicts name them."""
    function = sweep.function
    if function is None or not any(row.function for row in sweep.curve):
        return Figure("function", TITLE, "", "", (), (_lacking(sweep),))
    rows, absent = _examples(sweep)
    panels = tuple(_panels(sweep, function, rows))
    said = "; ".join(f"{row.verdict} at lambda {figure(row.lambd)}" for row in rows)
    told = _caption(sweep, function)
    return Figure("function", TITLE, told, f"The network's answer: {said}.", panels, tuple(absent))


def frames(sweep: ShownSweep) -> tuple[tuple[float, Panel], ...]:
    """The function at every lambda, with the lambda, for a picture that follows; at most ``MOST_FRAMES`` of them."""
    function, rows = sweep.function, [row for row in sweep.curve if row.function]
    if function is None:
        return ()
    marked = [i for i, row in enumerate(rows) if row.lambd in (sweep.lambda_min, sweep.chosen)]
    kept = [rows[i] for i in thinned(len(rows), MOST_FRAMES, marked)]
    return tuple(zip([row.lambd for row in kept], _panels(sweep, function, kept), strict=True))


def _caption(sweep: ShownSweep, function: ShownFunction) -> str:
    """How to read the pictures."""
    drawn = [_drawn(len(rows.y), n, kind) for rows, n, kind in
             ((function.train, function.n_train, "training"), (function.test, function.n_test, "test"))]  # fmt: skip
    what = _what(sweep, function)
    return f"{what} Points are {' and '.join(drawn)}. The network is the first seed's; losses are means over seeds."


def _what(sweep: ShownSweep, function: ShownFunction) -> str:
    if len(function.axes) == 1:
        truth = ", the dashed one the truth" if function.truth else ""
        answer = f"the probability of class {sweep.classes[1]}" if len(sweep.classes) == 2 else "the network's answer"
        return f"The line is {answer}{truth}."
    if not sweep.classes:
        return f"The colour is the predicted {sweep.target}; along a line it is the same."
    if len(sweep.classes) == 2:
        return f"The colour is the probability of class {sweep.classes[1]}; along the line both classes are as likely."
    return "The colour is the likeliest class, darker where it is surer; lines are the borders between classes."


def _drawn(drawn: int, n: int, kind: str) -> str:
    return f"{drawn:,} of {count(n, f'{kind} row')}" if drawn < n else f"all {count(n, f'{kind} row')}"


def _lacking(sweep: ShownSweep) -> str:
    if not sweep.columns or sweep.function:
        return lambdas.absent(sweep, "functions")
    if len(sweep.columns) > 2:
        return f"The function has {len(sweep.columns):,} features: it is drawn for one or two numbers only."
    return "The function is drawn for one or two features that are numbers, and for at most ten classes."


def _examples(sweep: ShownSweep) -> tuple[list[ShownRow], list[str]]:
    """A row that overfits, the chosen one and one that underfits, ascending, and which of them the sweep lacks."""
    rows = [row for row in sweep.curve if row.function]
    chosen = sweep.row(sweep.chosen) or min(rows, key=lambda row: row.cv_loss if row.cv_loss >= 0 else math.inf)
    over = [row for row in rows if row.verdict == "overfit" and row.lambd < chosen.lambd]
    under = [row for row in rows if row.verdict == "underfit" and row.lambd > chosen.lambd]
    collapsed = [row for row in rows if row.verdict == "collapsed" and row.lambd > chosen.lambd]
    found = [*over[:1], chosen] if chosen.function else over[:1]
    found += [under[len(under) // 2]] if under else collapsed[:1]
    if not sweep.has_chosen:
        return found, ["The run was interrupted before its lambdas were judged."]
    absent = [] if over else ["No lambda below the chosen one overfits."]
    if not under:
        absent.append(
            "No lambda above the chosen one underfits; the last picture has collapsed."
            if collapsed
            else "No lambda above the chosen one underfits."
        )
    return found, absent


def title(row: ShownRow) -> str:
    """``overfit: lambda 0, training loss 0.0140, test loss 1.1335``."""
    losses = f"training loss {loss(row.train_loss)}, test loss {loss(row.test_loss)}"
    return f"{row.verdict or 'so far'}: lambda {figure(row.lambd)}, {losses}"


def _panels(sweep: ShownSweep, function: ShownFunction, rows: Sequence[ShownRow]) -> list[Panel]:
    """A picture of each row, all on the same scale."""
    if len(function.axes) == 1:
        return [_curve(sweep, function, row) for row in rows]
    answers = answers_of(sweep, function)
    return [surface(sweep, function, row, title(row), answers) for row in rows]


def _curve(sweep: ShownSweep, function: ShownFunction, row: ShownRow) -> Chart:
    """A function of one feature, over the rows of the table."""
    axis = function.axes[0]
    x, several = linear_axis(axis.feature, axis.low, axis.high), len(sweep.classes) > 2
    lines = (
        []
        if several
        else [_dots("training rows", 2, "ring", function.train), _dots("test rows", 2, "cross", function.test)]
    )
    if function.truth:
        lines.append(_over(axis.values, function.truth, "truth", 1, ("none", "dashed")))
    names = sweep.classes if several else ("network",)
    lines += [_over(axis.values, values, name, i, look(i) if several else ("none", "solid"))
              for i, (name, values) in enumerate(zip(names, row.function, strict=True))]  # fmt: skip
    return Chart(title(row), x, _answers(sweep, function), tuple(lines))


def _answers(sweep: ShownSweep, function: ShownFunction) -> Axis:
    """The axis of what the network answers: the same in all pictures of a sweep."""
    if sweep.classes:
        name = f"probability of class {sweep.classes[1]}" if len(sweep.classes) == 2 else "probability"
        return linear_axis(name, -0.02, 1.02)
    every = sorted((*function.train.y, *function.test.y, *function.truth))
    margin = 0.05 * (every[-1] - every[0])
    return linear_axis(sweep.target, every[0] - margin, every[-1] + margin)


def _dots(name: str, hue: int, glyph: Glyph, rows: ShownRows) -> Line:
    points = tuple(Point(x, y) for x, y in zip(rows.x[0], rows.y, strict=True))
    return Line(name, hue, glyph, "none", points)


def _over(xs: Sequence[float], ys: Sequence[float], name: str, hue: int, look: tuple[Glyph, Stroke]) -> Line:
    return Line(name, hue, *look, tuple(Point(x, y) for x, y in zip(xs, ys, strict=True)))
