"""Differences around 0, as matplotlib draws them."""

import math

from matplotlib.axes import Axes

from wdcli.figures.labels import cut, width
from wdcli.figures.model import Intervals
from wdcli.plots.axes import across, plain
from wdcli.plots.letters import length, small, title
from wdcli.plots.style import FAINT, INK, hue

NAMES = 0.4
"""At most this share of the axes' width is for the names of rows."""


def draw(panel: Intervals, ax: Axes) -> None:
    """A row each: its name, its interval with the mean, and above it what it shows."""
    ax.set(xlim=(0, 1), ylim=(len(panel.rows) - 0.4, -0.6))
    across(ax, panel.x)
    plain(ax)
    ax.grid(visible=False, axis="y")
    ax.set_yticks(range(len(panel.rows)), [cut(row.name, NAMES * length(ax), small()) for row in panel.rows])
    ax.axvline(panel.x.place(0), color=FAINT, linewidth=1, linestyle=(0, (4, 2)))
    for i, row in enumerate(panel.rows):
        if all(map(math.isfinite, (row.low, row.mean, row.high))):
            low, mean, high = (panel.x.place(value) for value in (row.low, row.mean, row.high))
            ax.plot([low, high], [i, i], color=hue(0), linewidth=2, marker="|", ms=8, mew=1.5, clip_on=False)
            ax.plot(mean, i, color=hue(0), marker="o", ms=6, clip_on=False)
        # Over the interval's mean, as far as the axes leave room.
        half = min(width(row.finding, small()) / 2 / length(ax), 0.5)
        middle = min(max(panel.x.place(row.mean), half), 1 - half) if math.isfinite(row.mean) else 0.5
        ax.annotate(
            row.finding, (middle, i), (0, 7), textcoords="offset points", ha="center", va="bottom", size=small(), color=INK,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5}, annotation_clip=False,
        )  # fmt: skip
    title(ax, panel.title)
