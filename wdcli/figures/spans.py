"""Intervals in a terminal: a row for each pair, around 0."""

import math

from rich.console import RenderableType
from rich.text import Text

from wdcli.figures.model import Interval, Intervals
from wdcli.figures.signs import HUES, Signs
from wdcli.figures.strip import GAP, Scale, Side, Strip, cut, headed, room
from wdcli.report.numbers import signed

LONGEST, ROOM = 60, 24
"""Cells that an axis has at most, and needs before there are columns beside it."""


def interval_rows(intervals: Intervals, width: int, signs: Signs) -> list[RenderableType]:
    """The intervals, and what each of them shows: beside it, or below all where that has no room."""
    names = Side("", tuple(cut(row.name, width // 3) for row in intervals.rows))
    findings = Side("", tuple(Text(row.finding) for row in intervals.rows))
    numbers = Side("", tuple(Text(_number(row)) for row in intervals.rows), "right")
    wide: tuple[list[Side], ...] = ([numbers, findings], [findings], [])
    right = next((sides for sides in wide if room(width, [names, *sides]) >= ROOM), [])
    scale = Scale(intervals.x, max(min(room(width, [names, *right]) - GAP, LONGEST), 2))
    strips = [_strip(row, scale, signs) for row in intervals.rows]
    below = [] if right else [Text(), *(Text(f"{row.name}: {row.finding}") for row in intervals.rows)]
    return [*headed(scale.axis.label, [names], scale, strips, right, width, signs), *below]


def _strip(row: Interval, scale: Scale, signs: Signs) -> Text:
    strip = Strip(scale.total)
    scale.draw_grid(strip, signs)
    if not scale.axis.beyond(0.0):
        strip.put(scale.column(0.0), signs.zero)
    scale.draw_bar(strip, row.low, row.high, signs, HUES[0])
    if math.isfinite(row.mean):
        side = scale.axis.beyond(row.mean)
        strip.put(scale.column(row.mean), {-1: signs.below, 0: signs.glyphs["dot"], 1: signs.above}[side], HUES[0])
    return strip.text


def _number(row: Interval) -> str:
    """The interval, as far as it is defined."""
    return "" if math.isnan(row.low) else f"{signed(row.low)} to {signed(row.high)}"
