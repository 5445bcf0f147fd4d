"""A heat map in a terminal: a row for each name, a shade for each column."""

from rich.console import RenderableType
from rich.text import Text

from wdcli.figures.model import HeatMap
from wdcli.figures.signs import Signs
from wdcli.figures.strip import Side, Strip, cut, filled, room, side_by_side
from wdcli.figures.thinning import thinned
from wdcli.report.numbers import figure

WIDEST = 4
"""Cells of a column, where there is room."""


def heat_rows(heat: HeatMap, width: int, signs: Signs) -> list[RenderableType]:
    """The map, its columns thinned to the width, and what its shades mean."""
    names = Side("", tuple(cut(name, width // 3) for name in heat.rows), "right")
    free = room(width, [names])
    marked = [int(mark.x) for mark in heat.marks]
    columns = thinned(len(heat.columns), free, marked)
    cells = min(max(free // len(columns), 1), WIDEST)
    strips = [_strip(row, columns, cells, heat, signs) for row in heat.cells]
    table = side_by_side([names], _heads(heat, columns, cells, free, signs), strips, [])
    return [table, Text(), *_legend(heat, width, signs), *_thinning(heat, columns)]


def _strip(row: tuple[int, ...], columns: list[int], cells: int, heat: HeatMap, signs: Signs) -> Text:
    strip = Strip(cells * len(columns))
    for place, column in enumerate(columns):
        strip.put(place * cells, signs.shade(row[column], heat.levels) * cells)
    return strip.text


def _heads(heat: HeatMap, columns: list[int], cells: int, free: int, signs: Signs) -> list[Text]:
    """The name of the columns, the labels of some, and a line for each marked one."""
    labels, start = Strip(free), 0
    for place, column in enumerate(columns):
        if place * cells >= start and place * cells + len(heat.columns[column]) <= free:
            labels.put(place * cells, heat.columns[column])
            start = place * cells + len(heat.columns[column]) + 2
    marks = [_mark_line(columns.index(int(mark.x)) * cells, mark.label, free, signs) for mark in heat.marks]
    return [cut(heat.column_label, free), labels.text, *marks]


def _mark_line(place: int, label: str, free: int, signs: Signs) -> Text:
    """A mark above its column, with its label on the side that has room."""
    strip = Strip(free)
    strip.put(place, signs.down, "bold green")
    fits = place + 2 + len(label) <= free
    strip.put(place + 2 if fits else place - 1 - len(label), label, "bold green")
    return strip.text


def _legend(heat: HeatMap, width: int, signs: Signs) -> list[Text]:
    steps = list(enumerate(heat.steps, 1))
    firsts = {signs.shade(level, heat.levels): step for level, step in reversed(steps)}
    shades = [Text(f"{shade} above {figure(step)}") for shade, step in reversed(firsts.items())]
    return filled([Text(f"{heat.step_label}:"), Text("blank exactly zero"), *shades], width)


def _thinning(heat: HeatMap, columns: list[int]) -> list[Text]:
    if len(columns) == len(heat.columns):
        return []
    return [Text(f"{len(columns)} of {len(heat.columns):,} columns are shown.")]
