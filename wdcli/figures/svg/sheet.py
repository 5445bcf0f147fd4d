"""A figure as an SVG file of its own: title, panels in a grid, caption, and what is left out."""

import itertools
from collections.abc import Sequence
from xml.etree.ElementTree import Element, tostring

from wdcli.figures.layout import GAP, in_rows
from wdcli.figures.model import Figure
from wdcli.figures.svg.panel import panel_svg, sized
from wdcli.figures.svg.paragraph import paragraph
from wdcli.figures.svg.pen import add, number
from wdcli.figures.svg.style import ALONE

PAD = 16
"""Around everything."""


def figure_svg(figure: Figure, width: int = 960) -> str:
    """The figure as the text of an SVG file; the same figure gives the same text."""
    drawn = sheet(figure, width, figure.name)
    svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **drawn.attrib})
    svg.extend(drawn[:2])
    add(svg, "style", text=ALONE)
    add(svg, "rect", "paper", width="100%", height="100%")
    svg.extend(drawn[2:])
    return tostring(svg, encoding="unicode") + "\n"


def sheet(figure: Figure, width: int, name: str) -> Element:
    """The figure for a page that has the style of figures; ids begin with ``name``, so that several may share a page."""
    svg = Element("svg", {"class": "fig", "role": "img", "aria-labelledby": f"{name}-title {name}-desc"})
    add(svg, "title", text=figure.title, id=f"{name}-title")
    add(svg, "desc", text=figure.description, id=f"{name}-desc")
    room = width - 2 * PAD
    y = paragraph(svg, figure.title, PAD, PAD / 2, room, "title head") + 10
    y = _draw_panels(svg, figure, name, y, room)
    for text in (figure.caption, *figure.left_out):
        y = paragraph(svg, text, PAD, y, room, "soft")
    return sized(svg, width, y + PAD)


def _draw_panels(svg: Element, figure: Figure, name: str, y: float, room: float) -> float:
    """The panels in rows. Returns the y below them."""
    names = (f"{name}-{i}" for i in itertools.count(1))
    for across, row in in_rows(figure.panels, room):
        width = int((room - GAP * (across - 1)) / across)
        y = _place(svg, [panel_svg(panel, width, next(names), "") for panel in row], y, width) + 8
    return y


def _place(svg: Element, row: Sequence[Element], y: float, width: int) -> float:
    """Panels side by side, with their lower edges, and so their x axes, in one line. Returns the y below them."""
    heights = [float(panel.get("height", 0)) for panel in row]
    for i, (panel, height) in enumerate(zip(row, heights, strict=True)):
        panel.set("x", number(PAD + i * (width + GAP)))
        panel.set("y", number(y + max(heights) - height))
        svg.append(panel)
    return y + max(heights)
