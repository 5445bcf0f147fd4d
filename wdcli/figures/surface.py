"""A function of two features as a picture: levels in cells, borders, and the rows of the table."""

import itertools
import math
from collections.abc import Iterator, Sequence

from wdcli.figures.axes import linear_axis
from wdcli.figures.contours import Place, contours
from wdcli.figures.model import Dots, Glyph, Surface
from wdcli.figures.shown import ShownRow, ShownSweep
from wdcli.figures.shown_function import ShownFunction, ShownRows
from wdcli.report.numbers import figure

LEVELS = 16
"""Shades from the least answer to the largest."""
SHADES = 5
"""Shades of each of several classes."""
LINES = 4
"""Lines of equal answer in a regression's picture."""
GLYPHS: tuple[Glyph, ...] = ("dot", "triangle", "square", "ring", "cross")


def surface(
    sweep: ShownSweep, function: ShownFunction, row: ShownRow, title: str, answers: tuple[float, float]
) -> Surface:
    """The picture of one network; ``answers`` are the least and the largest of all pictures of the sweep."""
    across, up = function.axes
    grids = [_grid(values, across.points) for values in row.function]
    x, y = (linear_axis(axis.feature, axis.low, axis.high) for axis in function.axes)
    step_x, step_y = ((axis.high - axis.low) / (axis.points - 1) for axis in (across, up))
    lines = [
        tuple((across.low + j * step_x, up.low + i * step_y) for j, i in line)
        for line in _borders(sweep, grids, answers)
    ]
    dots = tuple(itertools.chain(_dots(sweep, function.train, small=False), _dots(sweep, function.test, small=True)))
    if len(grids) > 1:
        classes, cells = _of_classes(grids)
        return Surface(title, x, y, cells, SHADES, classes, tuple(lines), dots, "darker: surer of its class")
    low, high = answers
    shades, top = LEVELS / (high - low), LEVELS - 1
    # Without a call for each cell: a page has tens of thousands.
    cells = tuple(
        tuple([min(top, max(0, int((value - low) * shades))) for value in line]) for line in _middles(grids[0])
    )
    answer = f"probability of class {sweep.classes[1]}" if sweep.classes else f"predicted {sweep.target}"
    border = "both classes as likely" if sweep.classes else "the same answer"
    ends = figure(low), figure(high)
    return Surface(title, x, y, cells, LEVELS, None, tuple(lines), dots, answer, ends, border)


def _grid(values: Sequence[float], width: int) -> list[Sequence[float]]:
    """The grid's rows, from the least value of the second feature up."""
    return [values[start : start + width] for start in range(0, len(values), width)]


def _middles(grid: Sequence[Sequence[float]]) -> list[list[float]]:
    """The mean of each cell's four corners."""
    return [
        [(a + b + c + d) / 4 for (a, b), (c, d) in zip(itertools.pairwise(low), itertools.pairwise(high), strict=True)]
        for low, high in itertools.pairwise(grid)
    ]


def _shade(share: float, least: float) -> int:
    """How sure a class is, from a shade for as likely as the others to one for certain."""
    return min(SHADES - 1, max(0, math.floor(SHADES * (share - least) / (1 - least))))


def answers_of(sweep: ShownSweep, function: ShownFunction) -> tuple[float, float]:
    """The least and the largest target and answer of all the sweep's pictures; probabilities are from 0 to 1."""
    if sweep.classes:
        return 0.0, 1.0
    predicted = (value for row in sweep.curve for values in row.function for value in values if math.isfinite(value))
    every = sorted((*function.train.y, *function.test.y, *predicted))
    low, high = every[0], every[-1]
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def _of_classes(
    grids: Sequence[Sequence[Sequence[float]]],
) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
    """Each cell's likeliest class, and how sure it is, from a shade for as likely as the others to one for certain."""
    classes, cells = [], []
    for lines in zip(*map(_middles, grids), strict=True):
        shares = list(zip(*lines, strict=True))
        likeliest = [max(range(len(each)), key=each.__getitem__) for each in shares]
        classes.append(tuple(likeliest))
        least = 1 / len(grids)
        cells.append(tuple(_shade(each[k], least) for k, each in zip(likeliest, shares, strict=True)))
    return tuple(classes), tuple(cells)


def _borders(
    sweep: ShownSweep, grids: Sequence[Sequence[Sequence[float]]], answers: tuple[float, float]
) -> Iterator[list[Place]]:
    """Where two classes are as likely; for a number, where the answer is the same."""
    if not sweep.classes:
        low, high = answers
        for i in range(1, LINES + 1):
            yield from contours(grids[0], low + i * (high - low) / (LINES + 1))
    elif len(grids) == 1:
        yield from contours(grids[0], 0.5)
    else:
        # A border lies between two classes: the last class has none that another one lacks.
        for k in range(len(grids) - 1):
            yield from contours(_lead(grids, k), 0.0)


def _lead(grids: Sequence[Sequence[Sequence[float]]], k: int) -> list[list[float]]:
    """By how much class k is likelier than the likeliest other one."""
    others = [grid for i, grid in enumerate(grids) if i != k]
    return [
        [own - max(rest) for own, *rest in zip(grids[k][i], *(grid[i] for grid in others), strict=True)]
        for i in range(len(grids[k]))
    ]


def _dots(sweep: ShownSweep, rows: ShownRows, small: bool) -> Iterator[Dots]:
    """The rows of each class; all rows of a regression are one kind."""
    kind = "test" if small else "training"
    places = list(zip(*rows.x, strict=True))
    if not sweep.classes:
        yield Dots(f"{kind} rows", 2, "dot", small, tuple((x, y) for x, y in places))
        return
    for k, name in enumerate(sweep.classes):
        some = tuple((x, y) for (x, y), own in zip(places, rows.y, strict=True) if own == k)
        yield Dots(f"class {name}, {kind}", k, GLYPHS[k % len(GLYPHS)], small, some)
