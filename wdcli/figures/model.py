"""What a picture says, before anybody draws it: axes, lines, zones, marks and words.

Drawers (``terminal``, ``svg`` and ``wdcli.plots``) turn these into pictures, and decide nothing about the data. Text is
harmless already. Places along an axis are shares of its length, from 0 to 1, so that all drawers agree on them.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from wdcli.fits.records import NAN
from wdcli.report.numbers import figure

Glyph: TypeAlias = Literal[
    "dot", "ring", "cross", "triangle", "square", "diamond", "wedge", "star", "flag",
    "hollow square", "hollow diamond", "hollow wedge", "hollow star", "hollow flag", "none",
]  # fmt: skip
Stroke: TypeAlias = Literal["solid", "dashed", "dotted", "none"]
GLYPHS: tuple[Glyph, ...] = ("dot", "ring", "triangle", "square", "cross")
HOLLOW: dict[Glyph, Glyph] = {
    "dot": "ring", "square": "hollow square", "diamond": "hollow diamond", "wedge": "hollow wedge",
    "star": "hollow star", "flag": "hollow flag",
}  # fmt: skip
"""The shapes of penalties, and the same hollow. None is the triangle, which says that networks diverged."""
STROKES: tuple[Stroke, ...] = ("solid", "dashed", "dotted")
ZERO, FIRST = 0.025, 0.09
"""Places of 0, and of the least positive value, on an axis where 0 stands apart."""

MANY = 60
"""More points than this that aren't joined are small."""
GLYPH_ROOM = 24
"""Along a crowded line, glyphs stand at least this far apart, in pixels."""


@dataclass(frozen=True)
class Tick:
    """A value on an axis, and its label."""

    value: float
    label: str


@dataclass(frozen=True)
class Axis:
    """From ``low`` to ``high``. Where ``zero``, 0 stands apart before a logarithmic axis, behind a break.

    ``written`` says how a value of the axis is written elsewhere.
    """

    label: str
    low: float
    high: float
    ticks: tuple[Tick, ...] = ()
    log: bool = False
    zero: bool = False
    written: Callable[[float], str] = figure

    def place(self, value: float) -> float:
        """Where the value lies; at an end if it lies beyond."""
        if self.zero and value == 0:
            return ZERO
        start = FIRST if self.zero else 0.0
        if self.log:
            share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return start + (1 - start) * min(max(share, 0.0), 1.0)

    def beyond(self, value: float) -> int:
        """-1 below the axis, 1 above it, else 0."""
        if self.zero and value == 0:
            return 0
        return (value > self.high) - (value < self.low)


@dataclass(frozen=True)
class Point:
    """A point, and the ends of its error bar (nan if it has none)."""

    x: float
    y: float
    low: float = NAN
    high: float = NAN


@dataclass(frozen=True)
class Line:
    """Points of one kind, joined unless ``stroke`` is none; ``hue`` counts the colours of a picture from 0.

    ``stepped``: joined by a step down at each point, as the least loss so far is.
    """

    name: str
    hue: int
    glyph: Glyph
    stroke: Stroke
    points: tuple[Point, ...]
    stepped: bool = False

    @property
    def known(self) -> bool:
        """Whether any of its points has a place."""
        return any(math.isfinite(point.y) for point in self.points)

    @property
    def small(self) -> bool:
        """Whether its glyphs are small and faint: many points that aren't joined, on which other lines must stand out."""
        return self.stroke == "none" and len(self.points) > MANY

    @property
    def has_bars(self) -> bool:
        """Whether any point has an error bar."""
        return any(math.isfinite(point.low) for point in self.points)

    def at(self, x: float) -> tuple[Point, ...]:
        """The points at x that have a value."""
        return tuple(point for point in self.points if point.x == x and math.isfinite(point.y))

    def pieces(self, x: Axis) -> Iterator[tuple[Point, ...]]:
        """The runs of points to join: never across a point that has no value, or a 0 that stands apart."""
        for _, run in itertools.groupby(self.points, lambda point: (math.isfinite(point.y), x.zero and point.x == 0)):
            piece = tuple(point for point in run if math.isfinite(point.y))
            if piece:
                yield piece


@dataclass(frozen=True)
class Zone:
    """A stretch of the x axis, from one place to another, and its name."""

    start: float
    end: float
    name: str


@dataclass(frozen=True)
class Mark:
    """A value of the x axis that is marked; ``strong`` for the chosen one."""

    x: float
    label: str
    strong: bool


@dataclass(frozen=True)
class Gauge:
    """A quantity at each x: text along the top of a picture, bars beside the rows of a terminal. Values are at least 0."""

    label: str
    points: tuple[Point, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """Lines over an x axis. ``lost`` are values of x where networks diverged: means that include these have no y there.

    ``chosen`` are the points of the chosen lambda, which have a ring.
    """

    title: str
    x: Axis
    y: Axis
    lines: tuple[Line, ...]
    zones: tuple[Zone, ...] = ()
    marks: tuple[Mark, ...] = ()
    gauge: Gauge | None = None
    lost: tuple[float, ...] = ()
    chosen: tuple[Point, ...] = ()

    @property
    def xs(self) -> tuple[float, ...]:
        """Every value of x that has a point or is lost, ascending."""
        return tuple(sorted({point.x for line in self.lines for point in line.points} | set(self.lost)))

    def crowded(self, length: float) -> bool:
        """Whether an x axis this long has less than 9 (pixels) a value: error bars are then drawn as a band."""
        return length < 9 * len(self.xs)

    def every(self, length: float) -> int:
        """Along a joined line on an x axis this long (pixels), every how many-th point has a glyph: all, or some apart."""
        return math.ceil(GLYPH_ROOM * len(self.xs) / length) if self.crowded(length) else 1


@dataclass(frozen=True)
class HeatMap:
    """A row a name, a column an x, a cell a level from 0 (exactly zero) to ``levels``.

    ``steps`` has the value at which each level from 1 on begins. ``marks`` are at places of columns, whose lambdas are
    ``values``.
    """

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    column_label: str
    cells: tuple[tuple[int, ...], ...]
    levels: int
    steps: tuple[float, ...]
    step_label: str
    marks: tuple[Mark, ...] = ()
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class Dots:
    """Rows of the table as points of a plane: of one class, training or test rows."""

    name: str
    hue: int
    glyph: Glyph
    small: bool
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Surface:
    """A function of two features: a level in each cell, from low to high y, and lines where the answer changes.

    ``cells[i][j]`` is the level (0 to ``levels`` - 1) at the j-th place of x and the i-th of y. With several ``hues``
    (classes), a cell's class is ``classes[i][j]``; else all have hue 0, and levels go from one hue to the other.
    ``answer`` says what the colour is, ``ends`` what the first and the last level are, ``border`` what the lines are.
    """

    title: str
    x: Axis
    y: Axis
    cells: tuple[tuple[int, ...], ...]
    levels: int
    classes: tuple[tuple[int, ...], ...] | None
    borders: tuple[tuple[tuple[float, float], ...], ...]
    dots: tuple[Dots, ...]
    answer: str = ""
    ends: tuple[str, str] | None = None
    border: str = "border between classes"

    @property
    def scale(self) -> str:
        """What the colour is, and from where to where it goes."""
        return f"{self.answer}, from {' to '.join(self.ends)}" if self.ends else self.answer

    @property
    def indices(self) -> list[list[int]]:
        """Each cell's place among the levels of the first class, then those of the second, and so on."""
        classes = self.classes or [[0] * len(row) for row in self.cells]
        return [
            [level + self.levels * each for level, each in zip(*rows, strict=True)]
            for rows in zip(self.cells, classes, strict=True)
        ]


@dataclass(frozen=True)
class Interval:
    """A difference with its interval (nan where it is undefined), and what it shows."""

    name: str
    mean: float
    low: float
    high: float
    finding: str


@dataclass(frozen=True)
class Intervals:
    """Differences, a row each, around 0."""

    title: str
    x: Axis
    rows: tuple[Interval, ...]


Panel: TypeAlias = Chart | HeatMap | Surface | Intervals


@dataclass(frozen=True)
class Figure:
    """A picture: its panels, a caption, a description for those who can't see it, and what is left out and why."""

    name: str
    title: str
    caption: str
    description: str
    panels: tuple[Panel, ...]
    left_out: tuple[str, ...] = ()


def look(count: int) -> tuple[Glyph, Stroke]:
    """The glyph and the stroke of the count-th line, from 0: fifteen lines are told apart without colours."""
    return GLYPHS[count % len(GLYPHS)], STROKES[count % len(STROKES)]


def shape(count: int) -> Glyph:
    """The glyph of the count-th penalty, from 0, in every chart."""
    return list(HOLLOW)[count % len(HOLLOW)]
