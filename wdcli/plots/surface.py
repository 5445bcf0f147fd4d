"""A function of two features, as matplotlib draws it."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from wdcli.figures.colours import surface_colours
from wdcli.figures.model import Dots, Surface
from wdcli.plots.chart import below
from wdcli.plots.frame import frame
from wdcli.plots.letters import title
from wdcli.plots.style import INK, glyph, hue, shares


def draw(panel: Surface, ax: Axes) -> None:
    """The cells, the borders between answers, and rows of the table."""
    frame(ax, panel.x, panel.y)
    ax.grid(visible=False)
    colors = [shares(colour) for colour in surface_colours(panel)]
    image = [[colors[index] for index in row] for row in panel.indices]
    ax.imshow(image, extent=(0, 1, 0, 1), origin="lower", aspect="auto", interpolation="bilinear", zorder=0)
    for border in panel.borders:
        ax.plot(*_places(panel, border), color=INK, linewidth=1.3, zorder=3)
    # matplotlib gives an empty line a place of its own, outside the picture.
    for dots in filter(lambda dots: dots.points, panel.dots):
        ax.plot(*_places(panel, dots.points), linestyle="", clip_on=False, zorder=4, **_look(dots))
    title(ax, panel.title)
    handles = [Line2D([], [], linestyle="", label=dots.name, **_look(dots)) for dots in panel.dots]
    below(ax, handles)


def _places(panel: Surface, points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Where points lie, along x and along y."""
    return [panel.x.place(x) for x, _ in points], [panel.y.place(y) for _, y in points]


def _look(dots: Dots) -> dict[str, Any]:
    return {"color": hue(dots.hue), **glyph(dots.glyph, hue(dots.hue), 3 if dots.small else 5)}
