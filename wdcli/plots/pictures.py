"""Pictures by matplotlib: a panel, a figure with all its panels, and a file of it."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from matplotlib.layout_engine import ConstrainedLayoutEngine

from wdcli.errors import ConfigError, StoreError
from wdcli.figures import gallery
from wdcli.figures.labels import BOLD, wrap
from wdcli.figures.layout import in_rows
from wdcli.figures.model import Chart, Figure, HeatMap, Intervals, Panel, Surface
from wdcli.figures.shown import Shown
from wdcli.plots import chart, heatmap, intervals, surface
from wdcli.plots.chart import PIXEL
from wdcli.plots.legend import common, share
from wdcli.plots.letters import drawable, large, medium, settle
from wdcli.plots.style import FAINT, INK
from wdcli.sweep.comparison import CompareResult
from wdcli.sweep.result import SweepResult
from wdcli.text import quoted

Result: TypeAlias = Shown | Mapping[str, Any] | SweepResult | CompareResult
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


def draw(panel: Panel, ax: Axes) -> Axes:
    """Draw a panel on ``ax``, and return it."""
    known = drawable(panel)
    DRAW[type(panel)](known, ax)
    settle(ax)
    return ax


def plot(name: str, result: Result, ax: Axes | None = None) -> Axes:
    """Draw the figure of this name ("cv", ...) of a result: one of ``wdcli.study``, or an object of ``--json``.

    On ``ax``, which is returned, or on a picture of its own, whose first panel is returned: ``ax.figure`` is all of it.
    Raises ``ConfigError`` for an unknown name, or an ``ax`` for a figure with several panels; ``StoreError`` if the
    result can't be drawn, with the reason.
    """
    if name not in gallery.NAMES:
        raise ConfigError(f"There is no figure {quoted(name)}: choose from {', '.join(gallery.NAMES)}.")
    figure = gallery.make(name, shown(result))
    if ax is None or not figure.panels:
        return picture(figure).axes[0]
    if len(figure.panels) > 1:
        raise ConfigError(
            f"The figure {name} has {len(figure.panels)} panels here: leave ax out, for a picture of its own."
        )
    return draw(figure.panels[0], ax)


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


def shown(result: Result) -> Shown:
    """A result as its JSON object tells it."""
    from wdcli.report.compare_serial import compare_json
    from wdcli.report.sweep_serial import sweep_json

    if isinstance(result, Shown):
        return result
    if isinstance(result, SweepResult):
        return Shown.read(sweep_json([], result.folds.dataset, result.folds.split, result))
    if isinstance(result, CompareResult):
        folds = result.sweeps[0].folds
        return Shown.read(compare_json([], folds.dataset, folds.split, result))
    return Shown.read(result)


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
    ratios = [ratio for height in heights for ratio in (height, KEY)]
    grid = made.add_gridspec(2 * len(lines), COLUMNS, height_ratios=ratios)
    for i, (beside, line) in enumerate(lines):
        spans = [slice(COLUMNS // beside * j, COLUMNS // beside * (j + 1)) for j in range(len(line))]
        axes = [draw(panel, made.add_subplot(grid[2 * i, span])) for panel, span in zip(line, spans, strict=True)]
        if legend := common(axes):
            share(legend, axes, made.add_subplot(grid[2 * i + 1, : spans[-1].stop]))
    return made


def _wrapped(texts: Sequence[str], pixels: int, size: float) -> str:
    """Drawable text, a paragraph each, in lines across a picture of this width; the letters' size is in points."""
    room = (1 - 2 * MARGIN) * PIXEL * pixels
    return "\n".join(line for text in texts for line in wrap(drawable(text), room, size))


def _height(panel: Panel, width: int, beside: int) -> float:
    """The height of the axes in a row of panels, in pixels."""
    if isinstance(panel, HeatMap):
        return 17 * max(len(panel.rows), 8)
    if isinstance(panel, Intervals):
        return 44 * len(panel.rows)
    if isinstance(panel, Surface):
        return min(width / beside, 480) * 0.85 - 30
    return min({1: 310, 2: 240}.get(beside, 190), 0.6 * width)
