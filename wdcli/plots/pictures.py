"""Pictures by matplotlib: a panel, a figure with all its panels, and a file of it."""

import io
import itertools
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from wdcli.errors import ConfigError, StoreError
from wdcli.figures import gallery
from wdcli.figures.model import Chart, Figure, HeatMap, Intervals, Panel, Surface
from wdcli.figures.shown import Shown
from wdcli.plots import chart, heatmap, intervals, surface
from wdcli.plots.letters import drawable, settle, small
from wdcli.plots.style import FAINT, INK
from wdcli.sweep.comparison import CompareResult
from wdcli.sweep.result import SweepResult
from wdcli.text import near, quoted

Result: TypeAlias = Shown | Mapping[str, Any] | SweepResult | CompareResult
PIXELS, DOTS = 96, 192
"""Pixels an inch, as everywhere on pages; dots an inch of a PNG, which is as sharp in print."""
WIDTH = 960
COLUMNS = 6
BESIDE: dict[type[Panel], int] = {Chart: 2, HeatMap: 1, Surface: 3, Intervals: 1}
"""How many panels of a type stand side by side, in a wide picture."""
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
        raise ConfigError(f"There is no figure {quoted(name)}.{near(name, gallery.NAMES)} {', '.join(gallery.NAMES)}.")
    figure = gallery.make(name, _shown(result))
    if ax is None or not figure.panels:
        return picture(figure).axes[0]
    if len(figure.panels) > 1:
        raise ConfigError(f"The figure {name} has {len(figure.panels)} panels here: leave ax out, for a picture of its own.")
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
    told = {"Title": figure.title, "pdf": "Subject", "png": "Description"}
    about = {"Title": figure.title, told[format]: figure.description}
    unvarying = {"pdf": {"CreationDate": None}, "png": {"Software": None}}[format]
    # Fonts as TrueType: many journals refuse the other kind.
    with matplotlib.rc_context({"pdf.fonttype": 42}):
        made.savefig(file, format=format, dpi=DOTS, metadata={**about, **unvarying})
    return file.getvalue()


def _shown(result: Result) -> Shown:
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
    lines = list(_rows(figure.panels, narrow=width < 600))
    heights = [_height(line[0], width, len(line)) for line in lines]
    caption = "\n".join(part for text in (figure.caption, *figure.left_out) for part in textwrap.wrap(text, width // 6))
    total = sum(heights) + 36 + 16 * (caption.count("\n") + 2)
    made = Picture(figsize=(width / PIXELS, total / PIXELS), dpi=PIXELS, layout="constrained")
    made.get_layout_engine().set(w_pad=0.1, h_pad=0.08, hspace=0.04, wspace=0.04)
    made.suptitle(drawable(figure.title), x=0.012, ha="left", size="x-large", weight="bold", color=INK)
    if caption:
        made.supxlabel(drawable(caption), x=0.012, ha="left", size=small() * 1.1, color=FAINT)
    settle(made)
    grid = made.add_gridspec(len(lines), COLUMNS, height_ratios=heights)
    for i, line in enumerate(lines):
        for j, panel in enumerate(line):
            span = COLUMNS // len(line)
            draw(panel, made.add_subplot(grid[i, span * j : span * (j + 1)]))
    return made


def _rows(panels: Sequence[Panel], narrow: bool) -> Iterator[list[Panel]]:
    """The panels in rows: those of a type side by side."""
    for kind, run in itertools.groupby(panels, type):
        alike = list(run)
        beside = 1 if narrow else BESIDE[kind]
        # Four surfaces are two rows of two.
        beside = -(-len(alike) // -(-len(alike) // beside))
        yield from (alike[i : i + beside] for i in range(0, len(alike), beside))


def _height(panel: Panel, width: int, beside: int) -> float:
    """The height of a row of panels, in pixels."""
    if isinstance(panel, HeatMap):
        return 90 + 17 * max(len(panel.rows), 4)
    if isinstance(panel, Intervals):
        return 80 + 44 * len(panel.rows)
    if isinstance(panel, Surface):
        return min(width / beside, 480) * 0.85 + 70
    return 420 if beside == 1 else 350
