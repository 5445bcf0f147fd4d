"""A figure in a terminal: its panels one below the other, in characters, with or without colours."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from wdcli.figures.curves import chart_rows
from wdcli.figures.model import Chart, Figure, HeatMap, Intervals, Panel, Surface
from wdcli.figures.relief import surface_rows
from wdcli.figures.shades import heat_rows
from wdcli.figures.shown import Shown
from wdcli.figures.signs import ASCII, UNICODE, Plain, Signs
from wdcli.figures.spans import interval_rows


def figure(figure: Figure, width: int, ascii: bool = False) -> RenderableType:
    """The figure for a terminal of this width (cells): title, panels, caption, and what is left out."""
    title, below = Text(figure.title, style="bold"), [figure.caption, *figure.left_out]
    return _in(ascii, title, Text(), *_panels(figure, width, ascii), *map(Text, filter(None, below)))


def result(
    shown: Shown, figure: Figure, width: int, ascii: bool = False, others: Sequence[RenderableType] = ()
) -> RenderableType:
    """A result with a figure's panels in place of its table's rows, then its ``others``: between the heading and the words."""
    heading = [*map(Text, shown.heading), Text()] if shown.heading else []
    left_out = [*map(Text, figure.left_out), Text()] if figure.left_out else []
    return _in(ascii, *heading, *_panels(figure, width, ascii), *left_out, *others, Text(shown.summary))


def _in(ascii: bool, *parts: RenderableType) -> RenderableType:
    return Plain(Group(*parts)) if ascii else Group(*parts)


def _panels(figure: Figure, width: int, ascii: bool) -> list[RenderableType]:
    """The panels one below the other, each with an empty line after it."""
    signs, parts = ASCII if ascii else UNICODE, list[RenderableType]()
    for panel in figure.panels:
        parts += [Text(panel.title, style="bold")] if panel.title else []
        parts += [*_panel(panel, width, signs), Text()]
    return parts


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
