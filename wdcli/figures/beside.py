"""What stands beside the rows of a turned chart: x, numbers, bars, verdicts and marks."""

import math
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.text import Text

from wdcli.figures.model import Gauge, Line, Point
from wdcli.figures.signs import Signs
from wdcli.figures.strip import Side
from wdcli.figures.turned import Turned
from wdcli.report.sweep_table import STYLES

LONGEST_HEADING = 10
"""Cells of the label of x where it heads the column of its values."""
BAR = 8
"""Cells of a gauge's longest bar."""
VERDICTS = dict[str, str](STYLES.items())
"""The style of each verdict."""


def label(turned: Turned) -> str:
    """What stands above the axis: the label of y, and that of x where it is too long to head its column."""
    x, y = turned.label, turned.chart.y.label
    return y if cell_len(x) <= LONGEST_HEADING else f"{x} downwards, {y} to the right"


def values(turned: Turned) -> Side:
    """The x of each row."""
    heading = turned.label
    cells = tuple(Text(turned.chart.x.written(x), style="bold" if x in turned.marked else "") for x in turned.xs)
    return Side(heading if cell_len(heading) <= LONGEST_HEADING else "", cells, "right")


def numbers(turned: Turned) -> list[Side]:
    """The y of each line, a column each."""
    each = zip(turned.chart.lines, turned.glyphs, turned.points, strict=True)
    return [_numbers_of(line, glyph, [points[x] for x in turned.xs], turned.signs) for line, glyph, points in each]


def _numbers_of(line: Line, glyph: str, rows: Sequence[Sequence[Point]], signs: Signs) -> Side:
    decimals = _decimals(point.y for points in rows for point in points)
    return Side(f"{glyph} {line.name}", tuple(Text(_number(points, decimals, signs)) for points in rows), "right")


def _decimals(values: Iterable[float]) -> int:
    """Four for numbers below 10, fewer for larger ones."""
    most = max((abs(value) for value in values), default=0.0)
    return 4 if most < 10 else max(4 - math.floor(math.log10(most)), 0)


def _number(points: Sequence[Point], decimals: int, signs: Signs) -> str:
    """The value of a row's only point, with its error."""
    if len(points) != 1:
        return ""
    error = points[0].high - points[0].y
    told = f" {signs.plus_minus} {error:.{decimals}f}" if math.isfinite(error) else ""
    return f"{points[0].y:.{decimals}f}{told}"


def bars(turned: Turned, gauge: Gauge) -> Side:
    """A gauge's bars, each with its number."""
    known = {point.x: (point.y, label) for point, label in zip(gauge.points, gauge.labels, strict=True)}
    most = max((value for value, _ in known.values() if math.isfinite(value)), default=0.0) or 1.0
    longest = max(map(cell_len, gauge.labels), default=0)

    def cell(x: float) -> Text:
        value, label = known.get(x, (math.nan, ""))
        bar = turned.signs.bar_of(value / most, BAR) if math.isfinite(value) else ""
        return Text.assemble((f"{bar:<{BAR}}", "dim"), f" {label:>{longest}}")

    return Side(gauge.label, tuple(map(cell, turned.xs)), "right")


def verdicts(turned: Turned) -> Side:
    """The name of each row's zone."""
    return Side("", tuple(Text(name, style=VERDICTS.get(name, "")) for name in map(turned.zone, turned.xs)))


def marks(turned: Turned) -> Side:
    """``< min``, ``< paired``, or a bar along the rows that do as well as the best."""
    labels: dict[float, str] = {}
    for mark in turned.chart.marks:
        labels[mark.x] = f"{labels.get(mark.x, '<')} {mark.label.replace(',', '')}"
    bars = {x: turned.signs.plateau for x in turned.xs if turned.zone(x) == "good"}
    return Side("", tuple(Text({**bars, **labels}.get(x, ""), style="bold green") for x in turned.xs))
