"""The figures of a result, each with its heading and caption; what can't be drawn is said in a line."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from wdcli.figures.model import Chart, Figure, HeatMap, Intervals, Panel
from wdcli.figures.svg import panel_svg
from wdcli.fits.records import NAN
from wdcli.page.elements import element
from wdcli.page.frames import Frames, side_by_side

WIDE, NARROW = 960, 420
"""Widths: of a picture alone, and the same on a telephone."""
BESIDE = {3: 320}
"""The width of pictures of which three stand side by side."""
SMALL = ("function", "learning", "front")
"""Figures that stand beside their caption where they have one picture only."""


@dataclass(frozen=True)
class PageFigure:
    """A figure on a page: ids in it begin with ``name``, and panels over these ``lambdas`` follow the slider.

    A panel that is the frame of lambda ``start`` changes with the slider.
    """

    figure: Figure
    name: str
    lambdas: Collection[float] = ()
    frames: Frames = ()
    start: float = NAN

    def drawn(self, level: int, below: Element | None = None) -> Element:
        """The figure with its heading and caption, and what comes below it."""
        figure = self.figure
        heading = element(f"h{level}", figure.title)
        caption = element("p", " ".join(filter(None, [figure.caption, *figure.left_out])), class_="caption")
        panels = element("div", *self._panels(), class_=f"panels of-{len(figure.panels)}")
        beside = " beside" if self._is_small else ""
        return element("div", heading, caption, panels, below, class_=f"picture {figure.name}{beside}")

    @property
    def _is_small(self) -> bool:
        return len(self.figure.panels) == 1 and self.figure.name in SMALL

    def _panels(self) -> list[Element]:
        panels = self.figure.panels
        if self.frames:
            width = BESIDE.get(len(panels), NARROW)
            return side_by_side(panels, self.frames, self.start, width, self.name, self.figure.description)
        return [element("div", *self._panel(i, panel), class_="panel") for i, panel in enumerate(panels)]

    def _panel(self, i: int, panel: Panel) -> list[Element]:
        """A panel beside others; or one alone, in two widths of which the style shows one."""
        alone = len(self.figure.panels) == 1 and not self._is_small
        if not alone and not isinstance(panel, Intervals):
            return [self._svg(panel, BESIDE.get(len(self.figure.panels), NARROW), f"{self.name}-{i}")]
        widths = {"wide": WIDE, "narrow": NARROW}
        return [
            element("div", self._svg(panel, width, f"{self.name}-{i}-{each}"), class_=each)
            for each, width in widths.items()
        ]

    def _svg(self, panel: Panel, width: int, name: str) -> Element:
        return panel_svg(panel, width, name, self.figure.description, _follows(panel, self.lambdas))


def lacking(figures: Iterable[Figure]) -> Element | None:
    """A line for each reason why figures are left out."""
    titles: dict[str, list[str]] = {}
    for figure in figures:
        titles.setdefault(" ".join(figure.left_out), []).append(figure.title)
    lines = [element("li", element("b", f"{', '.join(each)}:"), f" {reason}") for reason, each in titles.items()]
    return element("ul", *lines, class_="lacking") if lines else None


def _follows(panel: Panel, lambdas: Collection[float]) -> bool:
    """Whether each place of the panel is one of these lambdas."""
    match panel:
        case Chart():
            return panel.x.label.startswith("lambda") and set(panel.xs) <= set(lambdas)
        case HeatMap():
            return set(panel.values) <= set(lambdas)
    return False
