"""What the decay does to the weights: their size and zeros, layer by layer, what is in use, and how steep the output is."""

import math
from collections.abc import Sequence

from wdcli.figures import lambdas
from wdcli.figures.axes import linear_axis, log_axis, percent_axis
from wdcli.figures.model import Axis, Chart, Figure, Line, look
from wdcli.figures.shown import ShownRow, ShownSweep
from wdcli.figures.sizes import of_groups
from wdcli.report.numbers import count_of, figure, share

TITLE = "What the decay does to the weights"
DEEPEST = 7
"""With more layers, only the first, the last and some in between have a line."""
SHALLOWEST = 1e-3
"""A slope axis ends at this share of the steepest one: a collapsed network's slope is a rounding error."""


def weights_figure(sweep: ShownSweep) -> Figure:
    """|W|2 and zeros of each layer, and smoothness, over lambda: the chosen l1_ratio's rows, means over seeds.

    Of a penalty on groups, what is in use of the table's columns and of each layer's units stands in place of the zeros.
    """
    lacking = lambdas.lacking(sweep)
    if lacking:
        return Figure("weights", TITLE, "", "", (), (lacking,))
    rows = sweep.curve
    if all(math.isnan(row.l2_norm) for row in rows):
        return Figure("weights", TITLE, "", "", (), (lambdas.absent(sweep, "weights"),))
    left = _in_use(sweep, rows) if of_groups(sweep) else _zeros(sweep, rows)
    panels = [_norms(sweep, rows), *left, *_smoothness(sweep, rows)]
    lacks = "" if any(row.layers for row in rows) else lambdas.absent(sweep, "numbers of single layers")
    said = _said(sweep)
    return Figure("weights", TITLE, said, said, tuple(panels), (lacks,) if lacks else ())


def _norms(sweep: ShownSweep, rows: Sequence[ShownRow]) -> Chart:
    lines = _by_layer(rows, "l2_norm") or [_line("all layers", 0, rows, [row.l2_norm for row in rows])]
    largest = max((point.y for line in lines for point in line.points if not math.isnan(point.y)), default=1.0)
    return _chart(sweep, rows, "Size", linear_axis("|W|2, the root of the summed squares", 0.0, 1.05 * largest), lines)


def _zeros(sweep: ShownSweep, rows: Sequence[ShownRow]) -> list[Chart]:
    if not any(row.sparsity > 0 for row in rows):
        return []
    lines = _by_layer(rows, "sparsity") or [_line("all layers", 0, rows, [row.sparsity for row in rows])]
    return [_chart(sweep, rows, "Zeros", percent_axis("weights that are exactly zero"), lines)]


def _in_use(sweep: ShownSweep, rows: Sequence[ShownRow]) -> list[Chart]:
    """Shares of the table's columns, and of each hidden layer's units."""
    depth = len(sweep.hidden) + 1
    columns = len(sweep.columns) or math.nan
    shares = {"columns": [row.effective_columns / columns for row in rows]}
    for i in (i for i in _layers(depth) if i < depth - 1):
        shares[f"units of {_layer_name(i, depth)}"] = [
            row.units[i] / sweep.hidden[i] if row.units else math.nan for row in rows
        ]
    lines = [_line(name, hue, rows, values) for hue, (name, values) in enumerate(shares.items())]
    return [_chart(sweep, rows, "In use", percent_axis("columns and hidden units in use"), lines)]


def _smoothness(sweep: ShownSweep, rows: Sequence[ShownRow]) -> list[Chart]:
    """The mean slope of the output; the lower, the smoother."""
    known = [row.smoothness for row in rows if row.smoothness > 0]
    if not known:
        return []
    steepest = max(known)
    y = log_axis("mean slope of the output", max(min(known), SHALLOWEST * steepest) / 1.2, 1.2 * steepest)
    line = _line("mean slope", 0, rows, [row.smoothness for row in rows])
    return [_chart(sweep, rows, "Smoothness", y, [line])]


def _chart(sweep: ShownSweep, rows: Sequence[ShownRow], title: str, y: Axis, lines: Sequence[Line]) -> Chart:
    x, marks, lost = lambdas.axis_of(sweep), lambdas.marks(sweep, rows[0].l1_ratio), lambdas.lost(rows)
    chosen = tuple(point for line in lines for point in line.at(sweep.chosen))
    return Chart(title, x, y, tuple(lines), marks=marks, lost=lost, chosen=chosen)


def _by_layer(rows: Sequence[ShownRow], name: str) -> list[Line]:
    """A line a layer; none where the run was stored without layers."""
    depth = max((len(row.layers) for row in rows), default=0)
    return [
        _line(
            _layer_name(i, depth), hue, rows, [getattr(row.layers[i], name) if row.layers else math.nan for row in rows]
        )
        for hue, i in enumerate(_layers(depth))
    ]


def _layers(depth: int) -> list[int]:
    """Which layers have a line."""
    if depth <= DEEPEST:
        return list(range(depth))
    return sorted({round(i * (depth - 1) / (DEEPEST - 1)) for i in range(DEEPEST)})


def _layer_name(i: int, depth: int) -> str:
    return "output" if i == depth - 1 else f"layer {i + 1}"


def _line(name: str, hue: int, rows: Sequence[ShownRow], values: Sequence[float]) -> Line:
    points = [(row.lambd, value) for row, value in zip(rows, values, strict=True)]
    return lambdas.line_of(name, hue, *look(hue), points)


def _said(sweep: ShownSweep) -> str:
    """``From lambda 0 to 9.78, |W|2 goes from 26.1 to 1.61 and the mean slope of the output from 56.6 to 0.796.``"""
    known = [row for row in sweep.curve if row.status == "ok" and not math.isnan(row.l2_norm)]
    if len(known) < 2:
        return "Networks learned something at one lambda at most."
    first, last = known[0], known[-1]
    parts = [f"|W|2 goes from {figure(first.l2_norm)} to {figure(last.l2_norm)}"]
    groups = of_groups(sweep)
    parts += [f"the {size.label} from {count_of(size.of(first))} to {count_of(size.of(last))}" for size in groups]
    if last.sparsity > 0 and not groups:
        parts.append(f"the share of zeros from {share(first.sparsity)} to {share(last.sparsity)}")
    if math.isnan(first.smoothness + last.smoothness):
        return f"From lambda {figure(first.lambd)} to {figure(last.lambd)}, {' and '.join(parts)}."
    parts.append(f"the mean slope of the output from {figure(first.smoothness)} to {figure(last.smoothness)}")
    joined = f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"From lambda {figure(first.lambd)} to {figure(last.lambd)}, {joined}: {_claim(first, last)}."


def _claim(first: ShownRow, last: ShownRow) -> str:
    smaller, smoother = last.l2_norm < first.l2_norm, last.smoothness < first.smoothness
    if smaller and smoother:
        return "more decay, smaller weights, a smoother function"
    if smaller:
        return "more decay made the weights smaller, but not the function smoother"
    return "more decay did not make the weights smaller"
