"""A function of two features, as matplotlib draws it."""

from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from wdcli.figures.colours import surface_colours
from wdcli.figures.model import Dots, Surface
from wdcli.plots.axes import draw_axes
from wdcli.plots.legend import Key, below
from wdcli.plots.letters import title
from wdcli.plots.style import INK, Color, glyph, hue, shares

BORDER: dict[str, Any] = {"color": INK, "linewidth": 1.3}


def draw(panel: Surface, ax: Axes) -> None:
    """The cells, the borders between answers, and rows of the table."""
    draw_axes(ax, panel.x, panel.y)
    ax.grid(visible=False)
    colors = [shares(colour) for colour in surface_colours(panel)]
    image = [[colors[index] for index in row] for row in panel.indices]
    ax.imshow(image, extent=(0, 1, 0, 1), origin="lower", aspect="auto", interpolation="bilinear", zorder=0)
    for border in panel.borders:
        ax.plot(*_places(panel, border), zorder=3, **BORDER)
    # matplotlib gives an empty line a place of its own, outside the picture.
    for dots in filter(lambda dots: dots.points, panel.dots):
        ax.plot(*_places(panel, dots.points), linestyle="", clip_on=False, zorder=4, **_look(dots))
    title(ax, panel.title)
    below(ax, list(_keys(panel, colors)))


def _keys(panel: Surface, colors: Sequence[Color]) -> Iterator[Key]:
    """What glyphs, lines and colours mean."""
    for dots in filter(lambda dots: dots.points, panel.dots):
        yield dots.name, Line2D([], [], linestyle="", **_look(dots))
    if panel.borders:
        yield panel.border, Line2D([], [], **BORDER)
    if panel.scale:
        # With several classes, the tints of the first one stand for all.
        yield panel.scale, tuple(Patch(facecolor=color, linewidth=0) for color in colors[: panel.levels])


def _places(panel: Surface, points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Where points lie, along x and along y."""
    return [panel.x.place(x) for x, _ in points], [panel.y.place(y) for _, y in points]


def _look(dots: Dots) -> dict[str, Any]:
    return {"color": hue(dots.hue), **glyph(dots.glyph, hue(dots.hue), 3 if dots.small else 5)}
