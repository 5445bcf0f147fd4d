"""A chart: from above its title, legend, numbers along the top, marks, zones, curves and the x axis."""

from collections.abc import Sequence
from statistics import fmean
from xml.etree.ElementTree import Element

from wdcli.figures.labels import BOLD, SMALL, cut, span, spread, thin, width
from wdcli.figures.model import Chart, Gauge, Line, Mark, Zone
from wdcli.figures.svg.cursor import line_cursor
from wdcli.figures.svg.curves import Curves, beyond, known
from wdcli.figures.svg.glyphs import chevron, draw_glyphs
from wdcli.figures.svg.legend import Draw, Key, draw_legend
from wdcli.figures.svg.paragraph import LINE, paragraph
from wdcli.figures.svg.pen import Area, add
from wdcli.figures.svg.style import hue, zone
from wdcli.figures.svg.ticks import RIGHT, draw_grid, draw_x, draw_y, margin

ABOVE, MARKS = 8, 22
"""Room above the area, and where it has marks."""
LOW, HIGH, SHARE = 200, 300, 0.44
"""The least and greatest height of the area, and its height as a share of the width between them."""


def draw_chart(svg: Element, chart: Chart, room: int, follows: bool) -> float:
    """Draws the chart ``room`` pixels wide; returns its height."""
    y = paragraph(svg, chart.title, 0, 0, room, "title") if chart.title else 0
    y = draw_legend(svg, keys(chart), y, 0, room) + 4
    left = margin(chart.y)
    y = _draw_headings(svg, chart, y, room)
    y += LINE * bool(chart.gauge)
    strip = LINE * bool(chart.zones) + (MARKS if chart.marks else ABOVE)
    area = Area(left, y + strip, room - left - RIGHT, min(max(SHARE * room, LOW), HIGH))
    if chart.gauge:
        _draw_gauge(svg, chart.gauge, chart, area, y)
    _draw_zones(svg, area, chart.zones, y)
    draw_grid(svg, area, chart.y)
    _draw_marks(svg, chart, area)
    draw_y(svg, area, chart.y)
    bottom = draw_x(svg, area, chart.x)
    Curves(chart, area).draw(svg)
    if follows and chart.xs:
        line_cursor(svg, area, [chart.x.place(x) for x in chart.xs], chart.xs)
    return bottom


def keys(chart: Chart) -> list[Key]:
    """Each line by its hue, then what the other signs mean."""
    found = [
        Key(line.name, _sample(line), 30) for line in sorted(chart.lines, key=lambda line: line.hue) if any(known(line))
    ]
    if any(beyond(chart.x, chart.y, point) for line in chart.lines for point in known(line)):
        found.append(Key("beyond the axis", _beyond, 20))
    return [*found, Key("diverged", _lost, 12)] if chart.lost else found


def _sample(line: Line) -> Draw:
    def draw(parent: Element, x: float, y: float) -> None:
        if line.stroke != "none":
            add(parent, "line", f"line {hue(line.hue)} {line.stroke}", x1=x - 15, x2=x + 15, y1=y, y2=y)
        draw_glyphs(parent, line.glyph, hue(line.hue), [(x, y)])

    return draw


def _beyond(parent: Element, x: float, y: float) -> None:
    add(parent, "path", "glyph beyond", d=chevron(x + 5, y + 3, 0, 1) + chevron(x - 5, y - 3, 0, -1))


def _lost(parent: Element, x: float, y: float) -> None:
    draw_glyphs(parent, "triangle", "lost", [(x, y)], 5)


def _draw_headings(svg: Element, chart: Chart, y: float, room: float) -> float:
    """What the y axis shows at the left, and what the numbers along the top are at the right, or below."""
    add(svg, "text", "soft", cut(chart.y.label, room), x=0.0, y=y + LINE - 5)
    if chart.gauge:
        said = f"along the top: {chart.gauge.label}"
        if width(chart.y.label) + width(said) + 20 > room:
            y += LINE
        add(svg, "text", "soft end", cut(said, room), x=room, y=y + LINE - 5)
    return y + LINE


def _draw_zones(svg: Element, area: Area, zones: Sequence[Zone], top: float) -> None:
    """Tints from ``top`` down, above the area too, and names there: each once, in its widest zone, if not all fit."""
    for each in zones:
        add(svg, "rect", f"zone {zone(each.name)}", x=area.x(each.start), y=top,
            width=area.width * (each.end - each.start), height=area.bottom - top)  # fmt: skip
    shown = list(zones)
    if sum(width(each.name, SMALL) + 6 for each in shown) > area.width:
        widest = {each.name: each for each in sorted(zones, key=lambda each: each.end - each.start)}
        shown = [each for each in zones if each is widest[each.name]]
    centres = [area.x((each.start + each.end) / 2) for each in shown]
    widths = [width(each.name, SMALL) for each in shown]
    for each, x in zip(shown, spread(centres, widths, area.left, area.right), strict=True):
        add(svg, "text", f"small mid {zone(each.name)}", each.name, x=x, y=top + LINE - 5)


def _draw_marks(svg: Element, chart: Chart, area: Area) -> None:
    marks = sorted(chart.marks, key=lambda mark: mark.x)
    xs = [area.x(chart.x.place(mark.x)) for mark in marks]
    places = spread(xs, [width(mark.label) * BOLD for mark in marks], 0, area.right + RIGHT)
    for mark, x, place in zip(marks, xs, places, strict=True):
        strong = " strong" * mark.strong
        add(svg, "line", f"mark{strong}", x1=x, x2=x, y1=area.top - 4, y2=area.bottom)
        add(svg, "text", f"mid label{strong}", mark.label, x=place, y=area.top - 8)


def _draw_gauge(svg: Element, gauge: Gauge, chart: Chart, area: Area, bottom: float) -> None:
    """The gauge's numbers above their x, thinned; those at marks and at the ends stay."""
    places = [area.x(chart.x.place(point.x)) for point in gauge.points]
    spans = [span(place, label, area.right + RIGHT) for place, label in zip(places, gauge.labels, strict=True)]
    for i in thin(spans, _kept(gauge, chart.marks)):
        add(svg, "text", "small mid soft", gauge.labels[i], x=fmean(spans[i]), y=bottom - 5)


def _kept(gauge: Gauge, marks: Sequence[Mark]) -> list[int]:
    xs = [point.x for point in gauge.points]
    marked = [xs.index(mark.x) for mark in sorted(marks, key=lambda mark: not mark.strong) if mark.x in xs]
    return [*dict.fromkeys([*marked, 0, len(xs) - 1])] if xs else []
