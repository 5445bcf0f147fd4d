"""A chart in a terminal, turned by 90 degrees: a row for each value of x, with y to the right."""

import functools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from wdcli.figures.model import Chart, Gauge, Line, Point
from wdcli.figures.signs import Signs, hue_style
from wdcli.figures.strip import GAP, Scale, Side, Strip, filled, headed, room, thinned
from wdcli.report.numbers import NOTHING, figure
from wdcli.report.sweep_table import STYLES

MOST_ROWS = 60
BAR, BAR_FROM = 8, 72
"""Cells of a gauge's bar, and the width from which on there are such bars."""
LONGEST = 100
"""Cells of an axis: a longer one is no clearer."""
ROOM = 24
"""Cells that an axis needs before there are columns beside it."""
ROOM_WITH_NUMBERS = 40


def chart_rows(chart: Chart, width: int, signs: Signs) -> list[RenderableType]:
    """The chart's rows, what its signs mean, and how many of its rows are shown."""
    turned = _Turned(chart, signs)
    return [*turned.table(width), Text(), *turned.legend(width), *turned.thinning]


@dataclass(frozen=True)
class _Turned:
    """A chart's rows before they have a width."""

    chart: Chart
    signs: Signs

    @functools.cached_property
    def xs(self) -> tuple[float, ...]:
        """The values of x that have a row: all, or a part with the marked ones."""
        every = self.candidates
        marked = {mark.x for mark in self.chart.marks}
        return tuple(every[i] for i in thinned(len(every), MOST_ROWS, (i for i, x in enumerate(every) if x in marked)))

    @functools.cached_property
    def candidates(self) -> tuple[float, ...]:
        """The values of x that may have a row. Where there are many, points that no line joins have none of their own."""
        every = self.chart.xs
        if len(every) <= MOST_ROWS:
            return every
        joined = {point.x for line in self.chart.lines if line.stroke != "none" for point in line.points}
        return tuple(sorted(joined | set(self.chart.lost))) or every

    @functools.cached_property
    def points(self) -> list[dict[float, list[Point]]]:
        """For each line its points by row. Those of a line that isn't joined go to the nearest row."""
        return [self._by_row(line) for line in self.chart.lines]

    def _by_row(self, line: Line) -> dict[float, list[Point]]:
        rows: dict[float, list[Point]] = {x: [] for x in self.xs}
        places = [self.chart.x.place(x) for x in self.xs]
        for point in line.points:
            if line.stroke == "none" and point.x not in rows:
                place = self.chart.x.place(point.x)
                nearest = min(range(len(places)), key=lambda i: abs(places[i] - place))
                rows[self.xs[nearest]].append(point)
            elif point.x in rows:
                rows[point.x].append(point)
        return {x: [point for point in found if math.isfinite(point.y)] for x, found in rows.items()}

    @functools.cached_property
    def glyphs(self) -> list[str]:
        """A sign for each line, all different."""
        return self.signs.of(self.chart.lines)

    def beyond(self, x: float, side: int) -> list[tuple[str, str]]:
        """The signs, with their styles, of the lines that have a point below (-1) or above (1) the axis at this x."""
        return [
            (glyph, hue_style(line))
            for line, glyph, points in zip(self.chart.lines, self.glyphs, self.points, strict=True)
            if any(self.chart.y.beyond(point.y) == side for point in points[x])
        ]

    def table(self, width: int) -> list[RenderableType]:
        """The rows, with as many columns beside them as leave room for the axis."""
        left, right = next(self._fitting(width))
        before, after = self._margin(-1), self._margin(1)
        length = min(room(width, (*left, *right)) - before - after - GAP, LONGEST)
        scale = Scale(self.chart.y, max(length, 2), before, after)
        return headed(left, scale, [self._strip(x, scale) for x in self.xs], right, width, self.signs)

    def _fitting(self, width: int) -> Iterator[tuple[list[Side], list[Side]]]:
        """The columns to the left and to the right of the strips, from many to few."""
        labels, marks = self._labels, [self._marks]
        gauges = [self._gauge(gauge) for gauge in self.chart.gauges]
        for left, right, least in (
            ([labels, *self._numbers], [*gauges, self._verdicts, *marks], ROOM_WITH_NUMBERS),
            ([labels], [*gauges, self._verdicts, *marks], ROOM if width >= BAR_FROM else width),
            ([labels], [self._verdicts, *marks], ROOM),
        ):
            if room(width, (*left, *right)) - self._margin(-1) - self._margin(1) >= least:
                yield left, right
        yield [labels], marks

    def _margin(self, side: int) -> int:
        """Cells beside the axis: for the sign that says beyond, and for the lines that are there."""
        most = max((len(self.beyond(x, side)) for x in self.xs), default=0)
        return most + 1 if most else 0

    def _strip(self, x: float, scale: Scale) -> Text:
        strip = Strip(scale.total)
        scale.draw_grid(strip, self.signs)
        if x in self.chart.lost:
            strip.put(scale.before + 1, f"{self.signs.glyphs['triangle']} diverged", STYLES["diverged"])
        each = list(zip(self.chart.lines, self.glyphs, self.points, strict=True))
        for line, _, points in each:
            for point in points[x]:
                scale.draw_bar(strip, point.low, point.high, self.signs, hue_style(line))
        for line, glyph, points in each:
            for point in points[x]:
                if not self.chart.y.beyond(point.y):
                    strip.put(scale.column(point.y), glyph, hue_style(line))
        self._put_beyond(strip, scale, x)
        return strip.text

    def _put_beyond(self, strip: Strip, scale: Scale, x: float) -> None:
        below, above = self.beyond(x, -1), self.beyond(x, 1)
        for column, (sign, style) in enumerate([(self.signs.below, ""), *below] if below else [], 0):
            strip.put(column, sign, style)
        ends = [*above, (self.signs.above, "")] if above else []
        for column, (sign, style) in enumerate(ends, scale.total - len(ends)):
            strip.put(column, sign, style)

    @property
    def _labels(self) -> Side:
        marked = {mark.x for mark in self.chart.marks}
        cells = tuple(Text(figure(x), style="bold" if x in marked else "") for x in self.xs)
        return Side(self.chart.x.label, cells, "right")

    @property
    def _numbers(self) -> list[Side]:
        """The lines' values, a column each."""
        return [self._numbers_of(*each) for each in zip(self.chart.lines, self.glyphs, self.points, strict=True)]

    def _numbers_of(self, line: Line, glyph: str, points: dict[float, list[Point]]) -> Side:
        decimals = _decimals(point.y for found in points.values() for point in found)
        cells = [self._number(points[x], decimals) for x in self.xs]
        return Side(f"{glyph} {line.name}", tuple(Text(cell) for cell in cells), "right")

    def _number(self, points: Sequence[Point], decimals: int) -> str:
        if len(points) != 1:
            return NOTHING if not points else ""
        (point,) = points
        error = point.high - point.y
        told = f" {self.signs.plus_minus} {error:.{decimals}f}" if math.isfinite(error) else ""
        return f"{point.y:.{decimals}f}{told}"

    def _gauge(self, gauge: Gauge) -> Side:
        values = {point.x: (point.y, label) for point, label in zip(gauge.points, gauge.labels, strict=True)}
        most = max((value for value, _ in values.values() if math.isfinite(value)), default=0.0) or 1.0
        longest = max(map(cell_len, gauge.labels), default=0)

        def cell(x: float) -> Text:
            value, label = values.get(x, (math.nan, ""))
            bar = self.signs.bar_of(value / most, BAR) if math.isfinite(value) else ""
            return Text.assemble((f"{bar:<{BAR}}", "dim"), f" {label:>{longest}}")

        return Side(gauge.label, tuple(map(cell, self.xs)), "right")

    @property
    def _verdicts(self) -> Side:
        return Side("", tuple(Text(name, style=STYLES.get(name, "")) for name in map(self._zone, self.xs)))  # type: ignore[call-overload]

    def _zone(self, x: float) -> str:
        """The name of the zone that the row is in; a lost row says so itself."""
        place = self.chart.x.place(x)
        names = (zone.name for zone in self.chart.zones if zone.start <= place <= zone.end)
        return "" if x in self.chart.lost else next(names, "")

    @property
    def _marks(self) -> Side:
        """``< min``, ``< paired``, or a bar along the rows that do as well as the best."""
        labels = {mark.x: mark.label.replace(",", "") for mark in self.chart.marks}
        plateau = [self.signs.plateau if self._zone(x) == "good" else "" for x in self.xs]
        cells = [f"< {labels[x]}" if x in labels else bar for x, bar in zip(self.xs, plateau, strict=True)]
        return Side("", tuple(Text(cell, style="bold green") for cell in cells))

    def legend(self, width: int) -> list[Text]:
        """What the signs mean, in as many lines as it takes."""
        items = [Text.assemble((glyph, hue_style(line)), f" {line.name}", (self._bar_of(line), hue_style(line)))
                 for line, glyph in zip(self.chart.lines, self.glyphs, strict=True)]  # fmt: skip
        if any(self._margin(side) for side in (-1, 1)):
            items.append(Text(f"{self.signs.below} {self.signs.above} beyond the axis"))
        return filled(items, width)

    def _bar_of(self, line: Line) -> str:
        return f" {''.join(self.signs.bar)}" if line.has_bars else ""

    @property
    def thinning(self) -> list[Text]:
        """A line if some rows are left out."""
        said, label = [], self.chart.x.label
        if len(self.xs) < len(self.candidates):
            said.append(f"{len(self.xs)} of {len(self.candidates):,} values of {label} have a row.")
        if len(self.candidates) < len(self.chart.xs):
            said.append(f"Points at other values of {label} are in the nearest row.")
        return [Text(" ".join(said))] if said else []


def _decimals(values: Iterable[float]) -> int:
    """Four for numbers below 10, fewer for larger ones."""
    most = max((abs(value) for value in values), default=0.0)
    return 4 if most < 10 else max(4 - math.floor(math.log10(most)), 0)
