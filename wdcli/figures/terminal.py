"""A figure in a terminal: its panels one below the other, in characters, with or without colours."""

from rich.console import Group, RenderableType
from rich.text import Text

from wdcli.figures.model import Chart, Figure, HeatMap, Intervals, Panel, Surface
from wdcli.figures.relief import surface_rows
from wdcli.figures.shades import heat_rows
from wdcli.figures.shown import Shown
from wdcli.figures.signs import ASCII, UNICODE, Plain, Signs
from wdcli.figures.spans import interval_rows
from wdcli.figures.turned import chart_rows


def figure(figure: Figure, width: int, ascii: bool = False) -> RenderableType:
    """The figure for a terminal of this width (cells): title, panels, caption, and what is left out."""
    drawn = Group(Text(figure.title, style="bold"), Text(), panels(figure, width, ascii), Text(figure.caption))
    return Plain(drawn) if ascii else drawn


def panels(figure: Figure, width: int, ascii: bool = False) -> RenderableType:
    """The figure's panels and what is left out, without its title and caption."""
    signs, parts = ASCII if ascii else UNICODE, list[RenderableType]()
    for panel in figure.panels:
        parts += [Text(panel.title, style="bold")] if panel.title else []
        parts += [*_panel(panel, width, signs), Text()]
    drawn = Group(*parts, *map(Text, figure.left_out))
    return Plain(drawn) if ascii else drawn


def result(shown: Shown, drawn: RenderableType) -> RenderableType:
    """A picture of a result, between the heading and the words of its table."""
    heading = [*map(Text, shown.heading), Text()] if shown.heading else []
    return Group(*heading, drawn, Text(shown.summary))


def _panel(panel: Panel, width: int, signs: Signs) -> list[RenderableType]:
    match panel:
        case Chart():
            return chart_rows(panel, width, signs)
        case HeatMap():
            return heat_rows(panel, width, signs)
        case Surface():
            return surface_rows(panel, width, signs)
        case Intervals():
            return interval_rows(panel, width, signs)
