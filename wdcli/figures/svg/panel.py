"""A panel as one ``<svg>`` element, whatever its kind."""

from xml.etree.ElementTree import Element

from wdcli.figures.model import Chart, HeatMap, Intervals, Panel, Surface
from wdcli.figures.svg.chart import draw_chart
from wdcli.figures.svg.heat_map import draw_heat_map
from wdcli.figures.svg.intervals import draw_intervals
from wdcli.figures.svg.pen import add, number
from wdcli.figures.svg.surface import draw_surface


def panel_svg(panel: Panel, width: int, name: str, description: str, follows: bool = False) -> Element:
    """The panel, ``width`` pixels wide, for a page that has ``STYLE``.

    Ids begin with ``name``, so that several panels may share a page. Where ``follows``, a script may move the hidden
    ``cursor`` to the i-th place of its ``data-x``, that of the i-th ``data-lambda``; ``hit`` is where a pointer is felt.
    """
    svg = Element("svg", {"class": "fig", "role": "img", "aria-labelledby": f"{name}-title {name}-desc"})
    add(svg, "title", text=titled(panel), id=f"{name}-title")
    add(svg, "desc", text=description, id=f"{name}-desc")
    return sized(svg, width, _draw(svg, panel, width, follows))


def sized(svg: Element, width: float, height: float) -> Element:
    """The same element, with its size."""
    svg.set("width", number(width))
    svg.set("height", number(height))
    svg.set("viewBox", f"0 0 {number(width)} {number(height)}")
    return svg


def titled(panel: Panel) -> str:
    """The panel's title, or what its axes show."""
    match panel:
        case HeatMap():
            shown = f"{panel.step_label} over {panel.column_label}"
        case Intervals():
            shown = panel.x.label
        case _:
            shown = f"{panel.y.label} over {panel.x.label}"
    return panel.title or shown


def _draw(svg: Element, panel: Panel, width: int, follows: bool) -> float:
    match panel:
        case Chart():
            return draw_chart(svg, panel, width, follows)
        case HeatMap():
            return draw_heat_map(svg, panel, width, follows)
        case Surface():
            return draw_surface(svg, panel, width)
        case Intervals():
            return draw_intervals(svg, panel, width)
