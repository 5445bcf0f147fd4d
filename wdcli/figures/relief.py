"""A function of two features in a terminal: a sign for each place, with the table's rows on top."""

import math

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
    longest = max((len(tick.label) for tick in surface.y.ticks), default=0)
    scale = Scale(surface.x, max(min(width - longest - 2 * GAP, LONGEST), 2))
    rows = Scale(surface.y, max(scale.length // ASPECT, 2))
    strips = [_ground(surface, scale, rows.length - 1 - row, rows.length, signs) for row in range(rows.length)]

    def put(x: float, y: float, sign: str, style: str) -> None:
        if not (surface.x.beyond(x) or surface.y.beyond(y)):
            strips[rows.length - 1 - rows.column(y)].put(scale.column(x), sign, style)

    for border in surface.borders:
        for x, y in border:
            put(x, y, signs.border, "bold")
    kinds = sorted(zip(surface.dots, signs.of(surface.dots), strict=True), key=lambda kind: not kind[0].small)
    for dots, sign in kinds:
        for x, y in dots.points:
            put(x, y, sign, hue_style(dots))
    labels = {rows.length - 1 - rows.column(tick.value): tick.label for tick in surface.y.ticks}
    left = Side("", tuple(Text(labels.get(row, "")) for row in range(rows.length)), "right")
    label = f"{surface.x.label} to the right, {surface.y.label} upwards"
    legend = [_named(dots, sign, surface) for dots, sign in kinds[::-1]]
    table = headed(label, [left], scale, [strip.text for strip in strips], [], width, signs)
    return [*table, Text(), *filled(legend, width)]


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
