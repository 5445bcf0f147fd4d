"""Differences with their intervals: a row each, what it shows as text above its bar."""

import math
from xml.etree.ElementTree import Element

from wdcli.figures.model import Axis, Interval, Intervals
from wdcli.figures.svg.curves import CAP
from wdcli.figures.svg.glyphs import chevron, draw_glyphs
from wdcli.figures.svg.labels import paragraph
from wdcli.figures.svg.pen import Frame, add, at, number
from wdcli.figures.svg.ticks import BELOW, draw_x

SIDE, BAR = 16, 24


def draw_intervals(svg: Element, panel: Intervals, room: int) -> float:
    """Draws the panel ``room`` pixels wide; returns its height."""
    y = paragraph(svg, panel.title, 0, 0, room, "title") + 4 if panel.title else 0
    rows = Element("g")
    top = y
    for row in panel.rows:
        y = paragraph(rows, f"{row.name}: {row.finding}", 0, y, room)
        _draw_row(rows, row, panel.x, Frame(SIDE, y, room - 2 * SIDE, BAR))
        y += BAR + 4
    frame = Frame(SIDE, top, room - 2 * SIDE, y - top)
    if not panel.x.beyond(0):
        zero = frame.x(panel.x.place(0))
        add(svg, "line", "grid", x1=zero, x2=zero, y1=top, y2=frame.bottom)
    svg.append(rows)
    draw_x(svg, frame, panel.x)
    return frame.bottom + BELOW


def _draw_row(svg: Element, row: Interval, x: Axis, frame: Frame) -> None:
    middle = frame.y(0.5)
    if math.isfinite(row.low + row.high):
        ends = [(frame.x(x.place(value)), x.beyond(value)) for value in (row.low, row.high)]
        caps = "".join(
            chevron(at_x, middle, side, 0) if side else f"M{at(at_x, middle - CAP)}v{number(2 * CAP)}"
            for at_x, side in ends
        )
        add(svg, "path", "line h0", d=f"M{at(ends[0][0], middle)}H{number(ends[1][0])}{caps}")
    if math.isfinite(row.mean):
        draw_glyphs(svg, "dot", "h0", [(frame.x(x.place(row.mean)), middle)], 4.5)
