"""A figure as an SVG file of its own: title, panels in a grid, caption, and what is left out."""

import itertools
from collections.abc import Sequence
from xml.etree.ElementTree import Element, tostring

from wdcli.figures.model import Chart, Figure, Panel, Surface
from wdcli.figures.svg.labels import paragraph
from wdcli.figures.svg.panel import panel_svg, sized
from wdcli.figures.svg.pen import add, number
from wdcli.figures.svg.style import ALONE

PAD, GAP = 16, 20
LEAST = 280
"""The least width of a panel that has others beside it."""


def figure_svg(figure: Figure, width: int = 960) -> str:
    """The figure as the text of an SVG file; the same figure gives the same text."""
    svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "fig", "role": "img",
                          "aria-labelledby": f"{figure.name}-title {figure.name}-desc"})  # fmt: skip
    add(svg, "title", text=figure.title, id=f"{figure.name}-title")
    add(svg, "desc", text=figure.description, id=f"{figure.name}-desc")
    add(svg, "style", text=ALONE)
    add(svg, "rect", "paper", width="100%", height="100%")
    room = width - 2 * PAD
    y = paragraph(svg, figure.title, PAD, PAD / 2, room, "title head") + 10
    y = _draw_panels(svg, figure, y, room)
    for text in (figure.caption, *figure.left_out):
        y = paragraph(svg, text, PAD, y, room, "soft")
    return tostring(sized(svg, width, y + PAD), encoding="unicode") + "\n"


def _draw_panels(svg: Element, figure: Figure, y: float, room: float) -> float:
    """Panels of a kind in rows of their own. Returns the y below them."""
    named = [(panel, f"{figure.name}-{i}") for i, panel in enumerate(figure.panels, 1)]
    for most, run in itertools.groupby(named, lambda pair: _most_across(pair[0])):
        alike = list(run)
        across = _across(len(alike), most, room)
        width = int((room - GAP * (across - 1)) / across)
        drawn = [panel_svg(panel, width, name, "") for panel, name in alike]
        for i in range(0, len(drawn), across):
            y = _place(svg, drawn[i : i + across], y, width) + 8
    return y


def _place(svg: Element, row: Sequence[Element], y: float, width: int) -> float:
    """Panels side by side, with their lower edges, and so their x axes, in one line. Returns the y below them."""
    heights = [float(panel.get("height", 0)) for panel in row]
    for i, (panel, height) in enumerate(zip(row, heights, strict=True)):
        panel.set("x", number(PAD + i * (width + GAP)))
        panel.set("y", number(y + max(heights) - height))
        svg.append(panel)
    return y + max(heights)


def _most_across(panel: Panel) -> int:
    """How many panels of this kind stand side by side at most: one where zones need their words."""
    return 3 if isinstance(panel, Surface) or (isinstance(panel, Chart) and not panel.zones) else 1


def _across(count: int, most: int, room: float) -> int:
    """How many of so many panels stand side by side: two rows of two rather than three and one."""
    wanted = 2 if count == 4 and most > 1 else min(count, most)
    return max(1, min(wanted, int((room + GAP) // (LEAST + GAP))))
