"""The figures of a result, each with its heading and caption; what can't be drawn is said in a line."""

from collections.abc import Collection, Iterable
from xml.etree.ElementTree import Element

from wdcli.figures.model import Chart, Figure, HeatMap, Panel
from wdcli.figures.svg import panel_svg
from wdcli.page.elements import element

WIDE, NARROW = 960, 420
"""Widths: of a picture alone, and of one beside others or on a telephone."""


def picture(figure: Figure, name: str, level: int, lambdas: Collection[float] = (), *extra: Element | None) -> Element:
    """A figure with its heading and caption. Panels over these lambdas follow the slider; ``extra`` comes below."""
    alone = len(figure.panels) == 1
    parts = [
        element("div", *_drawn(panel, f"{name}-{figure.name}-{i}", figure.description, alone, lambdas), class_="panel")
        for i, panel in enumerate(figure.panels)
    ]
    heading = element(f"h{level}", figure.title)
    caption = element("p", " ".join([figure.caption, *figure.left_out]), class_="caption")
    panels = element("div", *parts, class_=f"panels {'alone' if alone else 'several'}")
    return element("div", heading, caption, panels, *extra, class_=f"picture of-{figure.name}")


def lacking(figures: Iterable[Figure]) -> Element | None:
    """A line for each reason why figures are left out."""
    titles: dict[str, list[str]] = {}
    for figure in figures:
        titles.setdefault(" ".join(figure.left_out), []).append(figure.title)
    lines = [element("li", element("b", f"{', '.join(each)}:"), f" {reason}") for reason, each in titles.items()]
    return element("ul", *lines, class_="lacking") if lines else None


def _drawn(panel: Panel, name: str, description: str, alone: bool, lambdas: Collection[float]) -> list[Element]:
    """A panel alone in two widths, of which the style shows one; a panel beside others in one."""
    follows = _follows(panel, lambdas)
    narrow = panel_svg(panel, NARROW, name, description, follows)
    if not alone:
        return [narrow]
    wide = panel_svg(panel, WIDE, f"{name}-wide", description, follows)
    return [element("div", wide, class_="wide"), element("div", narrow, class_="narrow")]


def _follows(panel: Panel, lambdas: Collection[float]) -> bool:
    """Whether each place of the panel is one of these lambdas."""
    match panel:
        case Chart():
            return panel.x.label == "lambda" and set(panel.xs) <= set(lambdas)
        case HeatMap():
            return len(panel.columns) == len(lambdas)
    return False
