"""Lines of a chart: joined points, error bars or a band, glyphs, and signs for what lies beyond the axes."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from wdcli.figures.model import Axis, Chart, Line, Point
from wdcli.figures.svg.glyphs import chevron, draw_glyphs
from wdcli.figures.svg.pen import Area, add, at, number, polyline, simplified
from wdcli.figures.svg.style import hue

CAP = 3.5


@dataclass(frozen=True)
class Curves:
    """The lines of a chart within its area."""

    chart: Chart
    area: Area

    def draw(self, svg: Element) -> None:
        """Bands and bars first, so that they lie below the lines."""
        for line in self.chart.lines:
            self._draw_errors(svg, line)
        for line in self.chart.lines:
            self._draw_line(svg, line)
            self._draw_points(svg, line)
        for line in self.chart.lines:
            self._draw_beyond(svg, line)
        self._draw_lost(svg)
        self._draw_chosen(svg)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """The pixels of a point."""
        return self.area.place(self.chart.x, self.chart.y, (x, y))

    def _draw_errors(self, svg: Element, line: Line) -> None:
        if not line.has_bars:
            return
        if self.chart.crowded(self.area.width):
            add(svg, "path", f"band {hue(line.hue)}", d="".join(map(self._band, line.pieces(self.chart.x))))
        else:
            add(svg, "path", f"bar {hue(line.hue)}", d="".join(map(self._bar, known(line))))

    def _bar(self, point: Point) -> str:
        if not math.isfinite(point.low + point.high):
            return ""
        x, low = self.place(point.x, point.low)
        high = self.place(point.x, point.high)[1]
        ends = [(low, self.chart.y.beyond(point.low)), (high, self.chart.y.beyond(point.high))]
        caps = "".join(f"M{at(x - CAP, y)}h{number(2 * CAP)}" for y, beyond in ends if not beyond)
        return f"M{at(x, low)}V{number(high)}{caps}"

    def _band(self, piece: Sequence[Point]) -> str:
        """Around the points of a piece; a point alone has a bar."""
        barred = [point for point in piece if math.isfinite(point.low + point.high)]
        if len(barred) < 2:
            return "".join(self._stripe(point) for point in barred)
        above = simplified([self.place(point.x, point.high) for point in barred])
        below = simplified([self.place(point.x, point.low) for point in reversed(barred)])
        return f"{polyline([*above, *below])}z"

    def _stripe(self, point: Point) -> str:
        (x, low), (_, high) = self.place(point.x, point.low), self.place(point.x, point.high)
        return f"M{at(x - 2, low)}h4V{number(high)}h-4z"

    def _draw_line(self, svg: Element, line: Line) -> None:
        path = "".join(self._joined(piece, line.stepped) for piece in line.pieces(self.chart.x))
        if line.stroke != "none" and path:
            add(svg, "path", f"line {hue(line.hue)} {line.stroke}", d=path)

    def _joined(self, piece: Sequence[Point], stepped: bool) -> str:
        """A path through a piece, with a gap where two neighbours lie beyond the same end of the y axis."""
        if len(piece) > 1 and not stepped and not any(self.chart.y.beyond(point.y) for point in piece):
            return polyline(simplified([self.place(point.x, point.y) for point in piece]))
        steps = []
        for a, b in itertools.pairwise(piece):
            x, y = self.place(b.x, b.y)
            if self.chart.y.beyond(a.y) * self.chart.y.beyond(b.y) > 0:
                steps.append(f"M{at(x, y)}")
            else:
                steps.append(f"H{number(x)}V{number(y)}" if stepped else f"L{at(x, y)}")
        return f"M{at(*self.place(piece[0].x, piece[0].y))}{''.join(steps)}" if steps else ""

    def _draw_points(self, svg: Element, line: Line) -> None:
        inside = [point for point in known(line) if not beyond(self.chart.x, self.chart.y, point)]
        places = [self.place(point.x, point.y) for point in inside]
        if line.small:
            # On whole pixels, so that the path is short.
            whole = [(float(round(x)), float(round(y))) for x, y in places]
            draw_glyphs(svg, line.glyph, f"many {hue(line.hue)}", whole, 2.0)
            return
        every = 1 if line.stroke == "none" else self.chart.every(self.area.width)
        draw_glyphs(svg, line.glyph, hue(line.hue), places[::every])

    def _draw_beyond(self, svg: Element, line: Line) -> None:
        signs = []
        for point in known(line):
            x, y = self.place(point.x, point.y)
            up, right = self.chart.y.beyond(point.y), self.chart.x.beyond(point.x)
            if up or right:
                signs.append(chevron(x, y, 0, -up) if up else chevron(x, y, right, 0))
        if signs:
            add(svg, "path", f"glyph beyond {hue(line.hue)}", d="".join(signs))

    def _draw_lost(self, svg: Element) -> None:
        places = [(self.area.x(self.chart.x.place(x)), self.area.top + 9) for x in self.chart.lost]
        draw_glyphs(svg, "triangle", "lost", places, 5)

    def _draw_chosen(self, svg: Element) -> None:
        """A ring around the chosen points."""
        for point in self.chart.chosen:
            x, y = self.place(point.x, point.y)
            add(svg, "circle", "halo", cx=x, cy=y, r=7.0)


def known(line: Line) -> Iterator[Point]:
    """The points that have a value."""
    return (point for point in line.points if math.isfinite(point.y) and math.isfinite(point.x))


def beyond(x: Axis, y: Axis, point: Point) -> bool:
    """Whether a point lies beyond either axis."""
    return bool(x.beyond(point.x) or y.beyond(point.y))
