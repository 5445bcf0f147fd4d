"""Differences with their intervals: a row each, what it shows as text above its bar."""

import math
from xml.etree.ElementTree import Element

from wdcli.figures.model import Axis, Interval, Intervals
from wdcli.figures.svg.curves import CAP
from wdcli.figures.svg.glyphs import chevron, draw_glyphs
from wdcli.figures.svg.paragraph import paragraph
from wdcli.figures.svg.pen import Area, add, at, number
from wdcli.figures.svg.ticks import draw_x

SIDE, BAR = 16, 24


def draw_intervals(svg: Element, panel: Intervals, room: int) -> float:
    """Draws the panel ``room`` pixels wide; returns its height."""
    y = paragraph(svg, panel.title, 0, 0, room, "title") + 4 if panel.title else 0
    for row in panel.rows:
        y = paragraph(svg, f"{row.name}: {row.finding}", 0, y, room)
        if math.isfinite(row.mean):
            _draw_row(svg, row, panel.x, Area(SIDE, y, room - 2 * SIDE, BAR))
            y += BAR
        y += 6
    return draw_x(svg, Area(SIDE, y, room - 2 * SIDE, 0), panel.x)


def _draw_row(svg: Element, row: Interval, x: Axis, area: Area) -> None:
    """A bar from end to end, a dot at the mean, and a line at 0."""
    middle = area.y(0.5)
    if not x.beyond(0):
        zero = area.x(x.place(0))
        add(svg, "line", "axis", x1=zero, x2=zero, y1=area.top, y2=area.bottom)
    if math.isfinite(row.low + row.high):
        ends = [(area.x(x.place(value)), x.beyond(value)) for value in (row.low, row.high)]
        caps = "".join(
            chevron(at_x, middle, side, 0) if side else f"M{at(at_x, middle - CAP)}v{number(2 * CAP)}"
            for at_x, side in ends
        )
        add(svg, "path", "line h0", d=f"M{at(ends[0][0], middle)}H{number(ends[1][0])}{caps}")
    draw_glyphs(svg, "dot", "h0", [(area.x(x.place(row.mean)), middle)], 4.5)
