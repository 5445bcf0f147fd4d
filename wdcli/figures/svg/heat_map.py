"""A heat map: a row a name, a column a lambda, a shade a level; white is exactly zero."""

import itertools
from statistics import fmean
from xml.etree.ElementTree import Element, SubElement

from wdcli.figures.labels import BOLD, SMALL, cut, span, spread, thin, width
from wdcli.figures.model import HeatMap
from wdcli.figures.svg.cursor import column_cursor
from wdcli.figures.svg.paragraph import LINE, paragraph
from wdcli.figures.svg.pen import Area, add, number
from wdcli.figures.svg.style import shade
from wdcli.figures.svg.ticks import RIGHT
from wdcli.report.numbers import figure

NAMES = 0.34
"""At most this share of the width is for the names of rows."""
TALL, SHORT, MANY = 18, 15, 24
"""Heights of rows: few, and more than so many."""
SWATCH = 22
ROW = 0.92
"""The share of a row that is coloured: a hair of white keeps the rows apart."""


def draw_heat_map(svg: Element, panel: HeatMap, room: int, follows: bool) -> float:
    """Draws the map ``room`` pixels wide; returns its height."""
    y = paragraph(svg, panel.title, 0, 0, room, "title") if panel.title else 0
    y = _draw_levels(svg, panel, y, room) + 6 + LINE * bool(panel.marks)
    row = SHORT if len(panel.rows) > MANY else TALL
    names = min(max((width(name, SMALL) for name in panel.rows), default=0.0) + 8, NAMES * room)
    area = Area(names, y, room - names - RIGHT, row * len(panel.rows))
    add(svg, "rect", "l0", x=area.left, y=area.top, width=area.width, height=area.height)
    _draw_cells(svg, panel, area)
    add(svg, "rect", "edge", x=area.left, y=area.top, width=area.width, height=area.height)
    _draw_names(svg, panel, area, row)
    _draw_columns(svg, panel, area)
    _draw_marks(svg, panel, area)
    if follows and panel.values:
        column_cursor(svg, area, panel.values)
    return area.bottom + 2 * LINE + 4


def _draw_levels(svg: Element, panel: HeatMap, y: float, room: float) -> float:
    """White, then a swatch a level with the value at which it begins."""
    y = paragraph(svg, f"{panel.step_label}, from", 0, y, room, "soft")
    add(svg, "rect", "l0", x=0.5, y=y + 3.5, width=SWATCH, height=12)
    add(svg, "rect", "edge", x=0.5, y=y + 3.5, width=SWATCH, height=12)
    add(svg, "text", "", "exactly zero", x=SWATCH + 6, y=y + LINE - 5)
    left = SWATCH + 12 + width("exactly zero") + width("above 0", SMALL) / 2 if panel.steps else 0.0
    each = min((room - left - 20) / max(len(panel.steps), 1), 2 * SWATCH)
    for i in range(len(panel.steps)):
        add(svg, "rect", shade(i + 1, panel.levels), x=left + i * each, y=y + 3, width=each, height=13)
    labels = [figure(step) if step else "above 0" for step in panel.steps]
    places = [left + i * each for i in range(len(labels))]
    spans = [span(place, label, room) for place, label in zip(places, labels, strict=True)]
    for i in thin(spans, [0, max(len(labels) - 1, 0)]):
        add(svg, "text", "small soft mid", labels[i], x=fmean(spans[i]), y=y + 2 * LINE - 5)
    return y + 2 * LINE


def _draw_cells(svg: Element, panel: HeatMap, area: Area) -> None:
    """One path a level, of a stroke a run of equal neighbours, in units of cells."""
    paths: dict[str, list[str]] = {}
    for i, row in enumerate(panel.cells):
        start = 0
        for level, run in itertools.groupby(row):
            end = start + len(list(run))
            if level:
                paths.setdefault(shade(level, panel.levels), []).append(f"M{start} {i}h{end - start}")
            start = end
    columns, rows = max(len(panel.columns), 1), max(len(panel.rows), 1)
    scale = f"scale({area.width / columns:.6g} {area.height / rows:.6g}) translate(0 0.5)"
    group = add(svg, "g", transform=f"translate({number(area.left)} {number(area.top)}) {scale}")
    for classes, path in sorted(paths.items()):
        add(group, "path", f"cells {classes}", d="".join(path), stroke_width=f"{ROW:g}")


def _draw_names(svg: Element, panel: HeatMap, area: Area, row: float) -> None:
    for i, name in enumerate(panel.rows):
        shown = cut(name, area.left - 6, SMALL)
        text = add(svg, "text", "small end", shown, x=area.left - 6, y=area.top + row * (i + 0.5) + 4)
        if shown != name:
            SubElement(text, "title").text = name


def _draw_columns(svg: Element, panel: HeatMap, area: Area) -> None:
    places = [area.x((i + 0.5) / len(panel.columns)) for i in range(len(panel.columns))]
    spans = [span(place, label, area.right + RIGHT) for place, label in zip(places, panel.columns, strict=True)]
    for i in thin(spans, [int(mark.x) for mark in reversed(panel.marks)]):
        add(svg, "text", "small mid soft", panel.columns[i], x=fmean(spans[i]), y=area.bottom + LINE - 2)
    add(svg, "text", "mid soft", panel.column_label, x=area.x(0.5), y=area.bottom + 2 * LINE - 2)


def _draw_marks(svg: Element, panel: HeatMap, area: Area) -> None:
    marks, column = sorted(panel.marks, key=lambda mark: mark.x), area.width / max(len(panel.columns), 1)
    centres = [area.left + column * (mark.x + 0.5) for mark in marks]
    places = spread(centres, [width(mark.label) * BOLD for mark in marks], 0, area.right + RIGHT)
    for mark, centre, place in zip(marks, centres, places, strict=True):
        strong = " strong" * mark.strong
        for classes in ("under", f"frame{strong}"):
            add(svg, "rect", classes, x=centre - column / 2, y=area.top, width=column, height=area.height)
        add(svg, "text", f"mid label{strong}", mark.label, x=place, y=area.top - 6)
