"""A figure as an SVG file of its own: title, panels in a grid, caption, and what is left out."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, tostring

from wdcli.figures.model import Chart, Figure, Panel, Surface
from wdcli.figures.svg.labels import paragraph
from wdcli.figures.svg.panel import panel_svg, sized
from wdcli.figures.svg.pen import add
from wdcli.figures.svg.style import ALONE

PAD, GAP = 16, 20
ACROSS = {Surface: (280, 3), Chart: (420, 2)}
"""The least width of a panel that has others beside it, and how many stand side by side at most."""


def figure_svg(figure: Figure, width: int = 960) -> str:
    """The figure as the text of an SVG file; the same figure gives the same text."""
    svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "fig", "role": "img",
                          "aria-labelledby": f"{figure.name}-title {figure.name}-desc"})  # fmt: skip
    add(svg, "title", text=figure.title, id=f"{figure.name}-title")
    add(svg, "desc", text=figure.description, id=f"{figure.name}-desc")
    add(svg, "style", text=ALONE)
    add(svg, "rect", "paper", width="100%", height="100%")
    room = width - 2 * PAD
    y = paragraph(svg, figure.title, PAD, PAD / 2, room, "title") + 8
    y = _draw_panels(svg, figure, y, room)
    for text in (figure.caption, *figure.left_out):
        y = paragraph(svg, text, PAD, y, room, "soft")
    return tostring(sized(svg, width, y + PAD), encoding="unicode") + "\n"


def _draw_panels(svg: Element, figure: Figure, y: float, room: float) -> float:
    """Row by row; the panels of a row end at the same height. Returns the y below them."""
    across = _across(figure.panels, room)
    each = int((room - GAP * (across - 1)) / across)
    drawn = [panel_svg(panel, each, f"{figure.name}-{i}", "") for i, panel in enumerate(figure.panels, 1)]
    for row in (drawn[i : i + across] for i in range(0, len(drawn), across)):
        height = max(float(panel.get("height", 0)) for panel in row)
        for i, panel in enumerate(row):
            panel.set("x", str(PAD + i * (each + GAP)))
            panel.set("y", f"{y + height - float(panel.get('height', 0)):g}")
            svg.append(panel)
        y += height + 8
    return y


def _across(panels: Sequence[Panel], room: float) -> int:
    """How many panels stand side by side."""
    least, most = min((ACROSS.get(type(panel), (room, 1)) for panel in panels), default=(room, 1), key=lambda a: a[1])
    return max(1, min(most, len(panels), int((room + GAP) // (least + GAP))))
