"""Lines over an axis, as matplotlib draws them."""

import math
from collections.abc import Iterator
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.markers import CARETDOWN, CARETLEFT, CARETRIGHT, CARETUP

from wdcli.figures.labels import width
from wdcli.figures.model import Axis, Chart, Gauge, Line, Point
from wdcli.plots.axes import draw_axes
from wdcli.plots.legend import Key, below
from wdcli.plots.letters import above, apart, length, mark_labels, small, title
from wdcli.plots.style import FAINT, INK, LOST, STROKES, TINTS, WORDS, glyph, hue

UP, DOWN, LEFT, RIGHT = CARETUP, CARETDOWN, CARETLEFT, CARETRIGHT
"""matplotlib's signs for what lies beyond an end of an axis."""
SIGN: dict[str, Any] = {"marker": UP, "ms": 7}
"""How the legend shows them all."""
HEAD = 1.09
"""Where the y axis ends, to have room for the names of zones."""
PIXEL = 72 / 96
"""A pixel of the model, in points."""


def draw(chart: Chart, ax: Axes) -> None:
    """Zones, marks, lines with their error bars, and what was lost, with a legend below."""
    draw_axes(ax, chart.x, chart.y)
    if chart.zones:
        ax.set_ylim(0, HEAD)
    for zone in chart.zones:
        _zone(ax, zone.start, zone.end, zone.name)
    _marks(ax, chart)
    if chart.gauge:
        _gauge(ax, chart.gauge, chart, 4 + row())
    rows = 2 if chart.gauge else int(bool(chart.marks))
    title(ax, chart.title, rows * row() + 6)
    for line in chart.lines:
        _line(ax, line, chart, length(ax) / PIXEL)
    _rings(ax, chart)
    for x in chart.lost:
        ax.plot(chart.x.place(x), 1, marker="^", ms=8, color=LOST, clip_on=False, zorder=6)
    _legend(ax, chart)


def row() -> float:
    """The height of a row of labels above the axes, in points."""
    return 1.5 * small()


def _zone(ax: Axes, start: float, end: float, name: str) -> None:
    """A tinted stretch, with its name upright where there is no room across."""
    tint = TINTS.get(name, "white")
    ax.axvspan(start, end, color=tint, linewidth=0, zorder=0)
    upright = width(name, small()) > (end - start) * length(ax)
    ax.text(
        (start + end) / 2, 0.985 * HEAD, name, ha="center", va="top", rotation=90 if upright else 0,
        size=small(), color=WORDS.get(name, FAINT), zorder=2.5, bbox={"facecolor": tint, "edgecolor": "none", "pad": 1},
    )  # fmt: skip


def _marks(ax: Axes, chart: Chart) -> None:
    for mark in chart.marks:
        style = (0, (4, 2)) if mark.strong else (0, (2, 3))
        ax.axvline(chart.x.place(mark.x), color=INK, linewidth=1.2 if mark.strong else 0.9, linestyle=style, zorder=2)
    mark_labels(ax, chart.marks, [chart.x.place(mark.x) for mark in chart.marks])


def _gauge(ax: Axes, gauge: Gauge, chart: Chart, up: float) -> None:
    """A quantity along the top: its label, then as many of its numbers as there is room for, the chosen one's first."""
    known = [
        (point.x, label) for point, label in zip(gauge.points, gauge.labels, strict=True) if math.isfinite(point.y)
    ]
    xs, places, labels = [x for x, _ in known], [chart.x.place(x) for x, _ in known], [label for _, label in known]
    first = [xs.index(mark.x) for mark in sorted(chart.marks, key=lambda mark: not mark.strong) if mark.x in xs]
    kept = apart(places, labels, ax, first)
    for i in kept:
        above(ax, labels[i], places[i], up, color=FAINT)
    left = min([places[i] * length(ax) - width(labels[i], small()) / 2 for i in kept], default=0)
    above(ax, gauge.label, 0, up, min(left, 0) - 4, ha="right", color=FAINT)


def _line(ax: Axes, line: Line, chart: Chart, pixels: float) -> None:
    """A line on an x axis this long."""
    color, x, y = hue(line.hue), chart.x, chart.y
    every = 1 if line.stroke == "none" else chart.every(pixels)
    look: dict[str, Any] = {
        "color": color, "linestyle": STROKES[line.stroke], "linewidth": 1.4, "clip_on": False,
        "alpha": 0.6 if line.small else 1.0,
    }  # fmt: skip
    size = 2.5 if line.small else 5
    for piece in line.pieces(x):
        places = [x.place(point.x) for point in piece], [y.place(point.y) for point in piece]
        if line.has_bars:
            _bars(ax, piece, chart, color, chart.crowded(pixels) and len(piece) > 1)
        within = [i for i, point in enumerate(piece) if not x.beyond(point.x) and not y.beyond(point.y)]
        style = "steps-post" if line.stepped else "default"
        ax.plot(*places, drawstyle=style, markevery=within[::every], zorder=4, **look, **glyph(line.glyph, color, size))
    for across, up, sign in _beyond(line, x, y):
        ax.plot(across, up, marker=sign, ms=7, color=color, linestyle="", clip_on=False, zorder=6)


def _rings(ax: Axes, chart: Chart) -> None:
    """A ring around each chosen point."""
    for point in chart.chosen:
        place = chart.x.place(point.x), chart.y.place(point.y)
        ax.plot(*place, marker="o", ms=11, mfc="none", mec=INK, mew=1.2, clip_on=False, zorder=5)


def _bars(ax: Axes, piece: tuple[Point, ...], chart: Chart, color: str, band: bool) -> None:
    known = [point for point in piece if math.isfinite(point.low) and math.isfinite(point.high)]
    if not known:
        return
    across = [chart.x.place(point.x) for point in known]
    low, high = [chart.y.place(point.low) for point in known], [chart.y.place(point.high) for point in known]
    if band:
        ax.fill_between(across, low, high, color=color, alpha=0.2, linewidth=0, zorder=3)
        return
    ax.vlines(across, low, high, color=color, linewidth=1.1, zorder=3, clip_on=False)
    ax.plot(across * 2, [*low, *high], marker="_", ms=5, mew=1.1, color=color, linestyle="", clip_on=False, zorder=3)


def _beyond(line: Line, x: Axis, y: Axis) -> Iterator[tuple[float, float, int]]:
    """Places and signs of what lies beyond an end of an axis: points, and ends of error bars."""
    for point in line.points:
        if not math.isfinite(point.y):
            continue
        across, up = x.place(point.x), y.place(point.y)
        sides = {y.beyond(value) for value in (point.low, point.y, point.high) if math.isfinite(value)}
        if 1 in sides:
            yield across, 1, UP
        if -1 in sides:
            yield across, 0, DOWN
        if x.beyond(point.x):
            yield across, up, RIGHT if x.beyond(point.x) > 0 else LEFT


def _legend(ax: Axes, chart: Chart) -> None:
    """Below the axes: what each line is, and the signs in use."""
    keys: list[Key] = [
        (line.name, Line2D([], [], color=hue(line.hue), linestyle=STROKES[line.stroke], linewidth=1.4,
                           **glyph(line.glyph, hue(line.hue), 5)))
        for line in chart.lines
    ]  # fmt: skip
    if any(list(_beyond(line, chart.x, chart.y)) for line in chart.lines):
        keys.append(("beyond the axis", Line2D([], [], color=INK, linestyle="", **SIGN)))
    if chart.lost:
        keys.append(("diverged", Line2D([], [], color=LOST, marker="^", ms=7, linestyle="")))
    below(ax, keys)
