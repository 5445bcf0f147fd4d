"""Axes: lines, ticks, their labels, and the break behind which 0 stands apart."""

import itertools
from statistics import fmean
from xml.etree.ElementTree import Element

from wdcli.figures.labels import SMALL, span, thin, width, wrap
from wdcli.figures.model import FIRST, ZERO, Axis
from wdcli.figures.svg.paragraph import LINE
from wdcli.figures.svg.pen import Area, add, at, number

LEAST_MARGIN, RIGHT = 30, 14
"""Room left of an area, at least, and right of it."""


def margin(axis: Axis) -> float:
    """Room for the labels of a y axis."""
    return max([LEAST_MARGIN, *(width(tick.label, SMALL) + 10 for tick in axis.ticks)])


def draw_grid(parent: Element, area: Area, y: Axis) -> None:
    """Light lines at the ticks of the y axis."""
    lines = (f"M{at(area.left, area.y(y.place(tick.value)))}H{number(area.right)}" for tick in y.ticks)
    if y.ticks:
        add(parent, "path", "grid", d="".join(lines))


def draw_y(parent: Element, area: Area, y: Axis) -> None:
    """The labels left of the area, as many as have room."""
    places = [area.y(y.place(tick.value)) for tick in y.ticks]
    shown: list[float] = []
    for place, tick in zip(places, y.ticks, strict=True):
        if all(abs(place - other) >= SMALL + 2 for other in shown):
            shown.append(place)
            add(parent, "text", "small end soft", tick.label, x=area.left - 6, y=place + 4)


def draw_x(parent: Element, area: Area, x: Axis) -> float:
    """The line below the area with its ticks, labels, name, and a break after 0; returns the y below them."""
    places = [area.x(x.place(tick.value)) for tick in x.ticks]
    marks = "".join(f"M{at(place, area.bottom)}v5" for place in [*places, *_minor(area, x)])
    add(parent, "path", "axis", d=f"M{at(area.left, area.bottom)}H{number(area.right)}{marks}")
    if x.zero:
        _draw_break(parent, area)
    spans = [span(place, tick.label, area.right + RIGHT) for place, tick in zip(places, x.ticks, strict=True)]
    for i in thin(spans, [0] if x.zero else []):
        add(parent, "text", "small mid soft", x.ticks[i].label, x=fmean(spans[i]), y=area.bottom + LINE)
    y = area.bottom + LINE + 1
    for line in wrap(x.label, area.width):
        y += LINE
        add(parent, "text", "mid soft", line, x=area.x(0.5), y=y)
    return y + 7


def _minor(area: Area, x: Axis) -> list[float]:
    """Where ticks without labels go: between powers of ten."""
    if not x.log or not any(tick.value > 0 for tick in x.ticks):
        return []
    tens = [tick.value for tick in x.ticks if tick.value > 0]
    if not all(9.9 < b / a < 10.1 for a, b in itertools.pairwise(tens)):
        return []
    minor = [factor * ten for ten in [tens[0] / 10, *tens] for factor in range(2, 10)]
    return [area.x(x.place(value)) for value in minor if not x.beyond(value)]


def _draw_break(parent: Element, area: Area) -> None:
    middle = area.x((ZERO + FIRST) / 2)
    add(parent, "path", "gap", d=f"M{at(middle - 3, area.bottom)}h6")
    slashes = "".join(f"M{at(middle + dx - 2, area.bottom + 5)}l4 -10" for dx in (-3, 3))
    add(parent, "path", "axis break", d=slashes)
