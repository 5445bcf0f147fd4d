"""Pictures by matplotlib: a panel, a figure with all its panels, and a file of it."""

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, TypeAlias

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from matplotlib.figure import SubFigure
from matplotlib.gridspec import GridSpec, GridSpecBase, SubplotSpec
from matplotlib.layout_engine import ConstrainedLayoutEngine

from wdcli.errors import StoreError
from wdcli.figures.labels import BOLD, wrap
from wdcli.figures.layout import in_rows
from wdcli.figures.model import Chart, Figure, HeatMap, Intervals, Panel, Surface
from wdcli.plots import chart, heatmap, intervals, surface
from wdcli.plots.chart import PIXEL
from wdcli.plots.legend import common, share
from wdcli.plots.letters import drawable, height, large, length, medium, settle
from wdcli.plots.style import FAINT, INK

Canvas: TypeAlias = Picture | SubFigure
Row: TypeAlias = tuple[int, list[Panel]]
"""How many panels a full row has, and those of this one."""
PIXELS, DOTS = 96, 192
"""Pixels an inch, as everywhere on pages; dots an inch of a PNG, which is as sharp in print."""
ABOUT = {"pdf": ("Subject", "CreationDate"), "png": ("Description", "Software")}
"""Where a file of each format has its description, and what would differ from one file to the next."""
WIDTH = 960
MARGIN = 0.012
"""The share of the width to either side of title and caption."""
KEY = 20
"""Height of a legend that panels share, in pixels."""
COLUMNS = 6
"""Of the grid in which panels stand: so many are halves, thirds and all of it."""
AROUND: dict[type[Panel], int] = {Chart: 125, HeatMap: 90, Surface: 95, Intervals: 80}
"""The height of what is around the axes, in pixels: title, labels, legend."""
DRAW: dict[type[Panel], Callable[[Any, Axes], None]] = {
    Chart: chart.draw, HeatMap: heatmap.draw, Surface: surface.draw, Intervals: intervals.draw,
}  # fmt: skip


class Pictured(Axes):
    """Axes that a notebook displays with all of their picture, though pyplot doesn't know it."""

    def _repr_png_(self) -> bytes:
        file = io.BytesIO()
        self.figure.canvas.print_figure(file, format="png")
        return file.getvalue()


def draw(panel: Panel, ax: Axes) -> Axes:
    """Draw a panel on ``ax``, and return it."""
    known = drawable(panel)
    DRAW[type(panel)](known, ax)
    settle(ax)
    return ax


def divide(panels: Sequence[Panel], ax: Axes) -> Axes:
    """Draw panels on ``ax``, and return it; several stand side by side and below each other in its place."""
    if len(panels) == 1:
        return draw(panels[0], ax)
    width = length(ax) / PIXEL
    lines = list(in_rows(panels, width))
    ratios = _ratios(_height(line[0], width, beside) for beside, line in lines)
    ax.set_axis_off()
    grid = _place(ax).subgridspec(len(ratios), COLUMNS, height_ratios=ratios, **_gaps(ax, len(ratios)))
    _fill(ax.figure, grid, lines)
    return ax


def picture(figure: Figure, width: int = WIDTH) -> Picture:
    """All panels of a figure, its title and its caption; ``width`` is in pixels of 1/96 inch.

    Raises ``StoreError`` if it has no panels, with the reason.
    """
    if not figure.panels:
        raise StoreError(" ".join(figure.left_out))
    with matplotlib.rc_context({"font.size": 9.0, "axes.titlesize": "medium"}):
        return _picture(figure, width)


def save(figure: Figure, format: Literal["pdf", "png"], width: int = WIDTH) -> bytes:
    """A file of the figure: the same bytes for the same figure. Raises ``StoreError`` if it has no panels."""
    file, made = io.BytesIO(), picture(figure, width)
    described, varying = ABOUT[format]
    # Fonts as TrueType: many journals refuse the other kind.
    with matplotlib.rc_context({"pdf.fonttype": 42}):
        about = {"Title": figure.title, described: figure.description, varying: None}
        made.savefig(file, format=format, dpi=DOTS, metadata=about)
    return file.getvalue()


def _picture(figure: Figure, width: int) -> Picture:
    lines = list(in_rows(figure.panels, width))
    heights = [_height(line[0], width, beside) for beside, line in lines]
    heading = _wrapped([figure.title], width, BOLD * large())
    caption = _wrapped([figure.caption, *figure.left_out], width, medium())
    around = sum(AROUND[type(line[0])] + KEY for _, line in lines)
    total = sum(heights) + around + 22 * heading.count("\n") + 16 * caption.count("\n") + 68
    engine = ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08, hspace=0.04, wspace=0.04)
    made = Picture(figsize=(width / PIXELS, total / PIXELS), dpi=PIXELS, layout=engine)
    made.suptitle(heading, x=MARGIN, ha="left", size=large(), weight="bold", color=INK)
    made.supxlabel(caption, x=MARGIN, ha="left", size=medium(), color=FAINT)
    settle(made)
    ratios = _ratios(heights)
    _fill(made, made.add_gridspec(len(ratios), COLUMNS, height_ratios=ratios), lines)
    return made


def _ratios(heights: Iterable[float]) -> list[float]:
    """The heights of a grid's rows: below each row of panels is room for a legend that they share."""
    return [ratio for height in heights for ratio in (height, KEY)]


def _fill(made: Canvas, grid: GridSpecBase, lines: Sequence[Row]) -> None:
    """Draw rows of panels in a grid."""
    for i, (beside, line) in enumerate(lines):
        spans = [slice(COLUMNS // beside * j, COLUMNS // beside * (j + 1)) for j in range(len(line))]
        places = [made.add_subplot(grid[2 * i, span], axes_class=Pictured) for span in spans]
        axes = [draw(panel, place) for panel, place in zip(line, places, strict=True)]
        if legend := common(axes):
            share(legend, axes, made.add_subplot(grid[2 * i + 1, : spans[-1].stop]))


def _place(ax: Axes) -> SubplotSpec:
    """The place of axes among others; where they were put by hand, as if they were the only ones."""
    box = ax.get_position()
    alone: Any = GridSpec(1, 1, left=box.x0, bottom=box.y0, right=box.x1, top=box.y1)
    return ax.get_subplotspec() or alone[0]


def _gaps(ax: Axes, rows: int) -> dict[str, float]:
    """Room for labels between the rows and the columns of a grid in the place of ``ax``, unless the picture makes it."""
    if ax.figure.get_layout_engine():
        return {}
    return {"hspace": _gap(height(ax), rows, 3.6 * medium()), "wspace": _gap(length(ax), COLUMNS, 6.5 * medium())}


def _gap(size: float, parts: int, gap: float) -> float:
    """A gap between the parts of a size, as a share of a part."""
    part = (size - (parts - 1) * gap) / parts
    return gap / part if part > 0 else 1.0


def _wrapped(texts: Sequence[str], pixels: int, size: float) -> str:
    """Drawable text, a paragraph each, in lines across a picture of this width; the letters' size is in points."""
    room = (1 - 2 * MARGIN) * PIXEL * pixels
    return "\n".join(line for text in texts for line in wrap(drawable(text), room, size))


def _height(panel: Panel, width: float, beside: int) -> float:
    """The height of the axes in a row of panels, in pixels."""
    if isinstance(panel, HeatMap):
        return 17 * max(len(panel.rows), 8)
    if isinstance(panel, Intervals):
        return 44 * len(panel.rows)
    if isinstance(panel, Surface):
        return min(width / beside, 480) * 0.85 - 30
    return min({1: 310, 2: 240}.get(beside, 190), 0.6 * width)
