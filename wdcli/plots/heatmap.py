"""A table of levels, as matplotlib draws it: one image, however many cells it has."""

from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.image import AxesImage

from wdcli.figures.colours import shade
from wdcli.figures.labels import cut, width
from wdcli.figures.model import HeatMap
from wdcli.plots.letters import apart, height, length, mark_labels, small, title
from wdcli.plots.style import FAINT, INK, shares
from wdcli.report.numbers import figure

INITIAL = 0.775
"""The share of a picture's width that axes have before the layout."""
KEY = 11
"""Width of the key to the colours, in sizes of its letters."""
NAMES = 0.3
"""At most this share of the axes' width is for the names of rows."""


def draw(panel: HeatMap, ax: Axes) -> None:
    """The cells, with the marked columns framed and a bar that says what the colours mean."""
    n_rows, n_columns = len(panel.rows), len(panel.columns)
    norm = BoundaryNorm([level - 0.5 for level in range(panel.levels + 2)], panel.levels + 1)
    colors = [shares(shade(level, panel.levels)) for level in range(panel.levels + 1)]
    image = ax.imshow(panel.cells, ListedColormap(colors), norm, aspect="auto", interpolation="nearest")
    ax.set(xlim=(-0.5, n_columns - 0.5), ylim=(n_rows - 0.5, -0.5))
    ax.set_yticks(range(n_rows), [cut(name, NAMES * length(ax), small()) for name in panel.rows])
    marked = [int(mark.x) for mark in sorted(panel.marks, key=lambda mark: not mark.strong)]
    kept = apart([_room(panel, ax) * (i + 0.5) / n_columns for i in range(n_columns)], panel.columns, ax, marked)
    ax.set_xticks(kept, [panel.columns[i] for i in kept])
    ax.set_xlabel(panel.column_label, color=INK)
    ax.tick_params(length=2, color=FAINT, labelcolor=INK, labelsize=small())
    ax.spines[:].set_color(FAINT)
    _marks(panel, ax)
    title(ax, panel.title, 6 + 1.5 * small() * bool(panel.marks))
    _key(panel, ax, image)


def _room(panel: HeatMap, ax: Axes) -> float:
    """The share of the axes' width that names and key are about to leave."""
    names = max(width(cut(name, NAMES * length(ax), small()), small()) for name in panel.rows)
    return (length(ax) / INITIAL - names - KEY * small()) / length(ax)


def _marks(panel: HeatMap, ax: Axes) -> None:
    for mark in panel.marks:
        style = "-" if mark.strong else (0, (2, 2))
        ax.axvspan(mark.x - 0.5, mark.x + 0.5, fill=False, edgecolor=INK, linewidth=1.1, linestyle=style, clip_on=False)
    mark_labels(ax, panel.marks, [(mark.x + 0.5) / len(panel.columns) for mark in panel.marks])


def _key(panel: HeatMap, ax: Axes, image: AxesImage) -> None:
    bar = ax.figure.colorbar(image, ax=ax, pad=0.015, aspect=height(ax) / 6, fraction=0.05)
    steps = [f"from {figure(step)}" if step else "above 0" for step in panel.steps]
    bar.set_ticks(range(panel.levels + 1), labels=["exactly 0", *steps])
    bar.ax.tick_params(length=0, labelsize=small(), labelcolor=INK)
    bar.set_label(panel.step_label, color=INK)
    bar.outline.set_color(FAINT)
