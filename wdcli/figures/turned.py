"""A chart turned by 90 degrees: which values of x have a row, and what is in it."""

import functools
import math
from dataclasses import dataclass

from rich.text import Text

from wdcli.figures.model import Chart, Line, Point
from wdcli.figures.signs import Signs, hue_style
from wdcli.figures.thinning import thinned

MOST_ROWS = 60


@dataclass(frozen=True)
class Turned:
    """A chart's rows, before they are laid out for a width."""

    chart: Chart
    signs: Signs

    @functools.cached_property
    def xs(self) -> tuple[float, ...]:
        """The values of x that have a row: all, or a part with the marked ones."""
        every = self.candidates
        marked = [i for i, x in enumerate(every) if x in self.marked]
        return tuple(every[i] for i in thinned(len(every), MOST_ROWS, marked))

    @property
    def label(self) -> str:
        """What x is; rows stand at equal distances, whatever its scale."""
        return self.chart.x.label.removesuffix(" (log axis)")

    @property
    def marked(self) -> set[float]:
        """The values of x that have a mark."""
        return {mark.x for mark in self.chart.marks}

    @functools.cached_property
    def candidates(self) -> tuple[float, ...]:
        """The values of x that may have a row. Where there are many, points that no line joins have none of their own."""
        every = self.chart.xs
        if len(every) <= MOST_ROWS:
            return every
        joined = {point.x for line in self.chart.lines if line.stroke != "none" for point in line.points}
        return tuple(sorted(joined | set(self.chart.lost))) or every

    @functools.cached_property
    def points(self) -> list[dict[float, list[Point]]]:
        """For each line its points by row. Those of a line that isn't joined go to the nearest row."""
        return [self._by_row(line) for line in self.chart.lines]

    def _by_row(self, line: Line) -> dict[float, list[Point]]:
        rows: dict[float, list[Point]] = {x: [] for x in self.xs}
        places = [self.chart.x.place(x) for x in self.xs]
        for point in line.points:
            if line.stroke == "none" and point.x not in rows:
                place = self.chart.x.place(point.x)
                nearest = min(range(len(places)), key=lambda i: abs(places[i] - place))
                rows[self.xs[nearest]].append(point)
            elif point.x in rows:
                rows[point.x].append(point)
        return {x: [point for point in found if math.isfinite(point.y)] for x, found in rows.items()}

    @functools.cached_property
    def glyphs(self) -> list[str]:
        """A sign for each line, all different."""
        return self.signs.of(self.chart.lines, taken=self.lost if self.chart.lost else "")

    @property
    def lost(self) -> str:
        """The sign of a row whose networks diverged."""
        return self.signs.glyphs["triangle"]

    def beyond(self, x: float, side: int) -> list[tuple[str, str]]:
        """The signs, with their styles, of the lines that have a point below (-1) or above (1) the axis at this x."""
        return [
            (glyph, hue_style(line))
            for line, glyph, points in zip(self.chart.lines, self.glyphs, self.points, strict=True)
            if any(self.chart.y.beyond(point.y) == side for point in points[x])
        ]

    def margin(self, side: int) -> int:
        """Cells beside the axis: for the sign that says beyond, and for the lines that are there."""
        most = max((len(self.beyond(x, side)) for x in self.xs), default=0)
        return most + 1 if most else 0

    def zone(self, x: float) -> str:
        """The verdict on the row: the name of its zone."""
        place = self.chart.x.place(x)
        names = (zone.name for zone in self.chart.zones if zone.start <= place <= zone.end)
        return "diverged" if x in self.chart.lost else next(names, "")

    @property
    def thinning(self) -> list[Text]:
        """A line if some rows are left out."""
        said, label = [], self.label
        if len(self.xs) < len(self.candidates):
            said.append(f"{len(self.xs)} of {len(self.candidates):,} values of {label} have a row.")
        if len(self.candidates) < len(self.chart.xs):
            said.append(f"Points at other values of {label} are in the nearest row.")
        return [Text(" ".join(said))] if said else []
