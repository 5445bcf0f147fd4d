"""A function of two features in a terminal: a sign for each place, with the table's rows on top."""

import math
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text

from wdcli.figures.model import Dots, Surface
from wdcli.figures.signs import Signs, hue_style
from wdcli.figures.strip import GAP, Scale, Side, Strip, filled, headed

LONGEST, ASPECT = 64, 3
"""Columns of the map at most, and columns for each of its rows."""
CLASSES = "abcdefghijklmnopqrstuvwxyz"


def surface_rows(surface: Surface, width: int, signs: Signs) -> list[RenderableType]:
    """The map, lines where the answer changes, and the table's rows."""
    relief = _Relief.of(surface, width, signs)
    for border in surface.borders:
        for x, y in border:
            relief.put(x, y, signs.border, "bold")
    kinds = sorted(zip(surface.dots, signs.of(surface.dots), strict=True), key=lambda kind: not kind[0].small)
    for dots, sign in kinds:
        for x, y in dots.points:
            relief.put(x, y, sign, hue_style(dots))
    label = f"{surface.x.label} to the right, {surface.y.label} upwards"
    table = headed(label, [relief.labels], relief.x, [strip.text for strip in relief.strips], [], width, signs)
    legend = [_named(dots, sign, surface) for dots, sign in kinds[::-1]]
    return [*table, Text(), *filled([*legend, *_ground_named(surface, signs)], width)]


@dataclass(frozen=True)
class _Relief:
    """A map's cells: the first strip is the uppermost."""

    x: Scale
    y: Scale
    strips: list[Strip]

    @classmethod
    def of(cls, surface: Surface, width: int, signs: Signs) -> "_Relief":
        """The map of a surface without its rows and lines, as large as fits beside the labels of y."""
        longest = max((len(tick.label) for tick in surface.y.ticks), default=0)
        x = Scale(surface.x, max(min(width - longest - 2 * GAP, LONGEST), 2))
        y = Scale(surface.y, max(x.length // ASPECT, 2))
        return cls(x, y, [_ground(surface, x, row, y.length, signs) for row in range(y.length)[::-1]])

    def put(self, x: float, y: float, sign: str, style: str) -> None:
        """Put a sign at a place of the plane, unless it lies beyond."""
        if not (self.x.axis.beyond(x) or self.y.axis.beyond(y)):
            self.strips[-1 - self.y.column(y)].put(self.x.column(x), sign, style)

    @property
    def labels(self) -> Side:
        """The ticks of y."""
        known = {self.y.column(tick.value): tick.label for tick in self.y.axis.ticks}
        return Side("", tuple(Text(known.get(row, "")) for row in range(self.y.length)[::-1]), "right")


def _ground_named(surface: Surface, signs: Signs) -> list[Text]:
    """What shades and lines mean."""
    lines = [Text(f"{signs.border} line of equal answers")] if surface.borders else []
    return lines if surface.classes else [*lines, Text(f"blank to {signs.light[-1]} least to largest answer")]


def _named(dots: Dots, sign: str, surface: Surface) -> Text:
    """What a sign means, with the letter of its class."""
    letter = "" if surface.classes is None else f" ({CLASSES[dots.hue % len(CLASSES)]})"
    return Text.assemble((sign, hue_style(dots)), f" {dots.name}{letter}")


def _ground(surface: Surface, scale: Scale, row: int, rows: int, signs: Signs) -> Strip:
    """A row of the map, counted from below: a shade of the level, or the letter of the class."""
    strip = Strip(scale.total)
    i = _nearest(row, rows, len(surface.cells))
    for column in range(scale.length):
        j = _nearest(column, scale.length, len(surface.cells[i]))
        if surface.classes is not None:
            strip.put(column, CLASSES[surface.classes[i][j] % len(CLASSES)], "dim")
        else:
            strip.put(column, signs.light[surface.cells[i][j] * len(signs.light) // surface.levels], "dim")
    return strip


def _nearest(place: int, places: int, cells: int) -> int:
    """The cell of a grid that the middle of one of so many places is in."""
    return math.floor((place + 0.5) / places * cells)
