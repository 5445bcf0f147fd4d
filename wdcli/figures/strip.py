"""A row of a picture in a terminal: cells side by side, the scale that says which cell a value is in, and text beside them."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from wdcli.figures.model import Axis
from wdcli.figures.signs import Signs

GAP = 1
"""Cells between columns."""


class Strip:
    """A row of cells, each a sign with its style. A later sign covers an earlier one."""

    def __init__(self, length: int) -> None:
        self._cells = [(" ", "")] * length

    def put(self, column: int, signs: str, style: str = "") -> None:
        """Put signs, each one cell wide, from this column on; those outside are left out."""
        for place, sign in enumerate(signs, column):
            if 0 <= place < len(self._cells):
                self._cells[place] = (sign, style)

    def put_all(self, column: int, signs: Iterable[tuple[str, str]]) -> None:
        """Put signs, each with its own style, from this column on."""
        for place, (sign, style) in enumerate(signs, column):
            self.put(place, sign, style)

    @property
    def text(self) -> Text:
        """The strip, to print."""
        runs = itertools.groupby(self._cells, key=lambda cell: cell[1])
        return Text.assemble(*(("".join(sign for sign, _ in run), style) for style, run in runs), no_wrap=True)


@dataclass(frozen=True)
class Scale:
    """An axis laid over ``length`` cells, with cells before and after it for what lies beyond."""

    axis: Axis
    length: int
    before: int = 0
    after: int = 0

    @property
    def total(self) -> int:
        """All cells."""
        return self.before + self.length + self.after

    def column(self, value: float) -> int:
        """The cell of a value: that of the axis's end for a value beyond."""
        return self.before + math.floor(self.axis.place(value) * (self.length - 1) + 0.5)

    @property
    def grid(self) -> list[int]:
        """The cells of the ticks."""
        return [self.column(tick.value) for tick in self.axis.ticks]

    def heads(self, signs: Signs) -> list[Text]:
        """The labels of the ticks, as far as they have room, and the axis."""
        labels, line, free = Strip(self.total), Strip(self.total), 0
        line.put(self.before, signs.axis[0] * self.length, "dim")
        for column, tick in zip(self.grid, self.axis.ticks, strict=True):
            line.put(column, signs.axis[1], "dim")
            start = min(max(column - cell_len(tick.label) // 2, 0), self.total - cell_len(tick.label))
            if start >= free:
                labels.put(start, tick.label)
                free = start + cell_len(tick.label) + 2
        return [labels.text, line.text]

    def draw_grid(self, strip: Strip, signs: Signs) -> None:
        """Mark the ticks in a row."""
        for column in self.grid:
            strip.put(column, signs.grid, "dim")

    def draw_bar(self, strip: Strip, low: float, high: float, signs: Signs, style: str) -> None:
        """An error bar, if it has ends and they are apart; an end says so where it lies beyond the axis."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return
        first, last, (start, between, end) = self.column(low), self.column(high), signs.bar
        if last - first > 1:
            strip.put(first, between * (last - first + 1), style)
            strip.put(first, signs.below if self.axis.beyond(low) else start, style)
            strip.put(last, signs.above if self.axis.beyond(high) else end, style)


@dataclass(frozen=True)
class Side:
    """A column of text beside the strips."""

    heading: str
    cells: tuple[Text, ...]
    justify: Literal["left", "right"] = "left"

    @property
    def width(self) -> int:
        """Cells that the column takes, with the gap beside it; none if it is empty."""
        widest = max(map(cell_len, (self.heading, *(cell.plain for cell in self.cells))))
        return widest + GAP if widest else 0


def room(width: int, sides: Iterable[Side]) -> int:
    """Cells that are left for the strips beside these columns."""
    return width - sum(side.width for side in sides)


def side_by_side(left: Sequence[Side], heads: Sequence[Text], strips: Sequence[Text], right: Sequence[Side]) -> Table:
    """A table of strips below the lines of their head, with columns of text beside, headed in the first line."""
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), show_header=False)

    def add(heads: Sequence[Text], cells: Sequence[Text], justify: Literal["left", "right"]) -> list[Text]:
        table.add_column(justify=justify, no_wrap=True, overflow="crop")
        return [*heads, *cells]

    def add_side(side: Side) -> list[Text]:
        heading = Text(side.heading, style="bold")
        return add([heading, *[Text()] * (len(heads) - 1)], side.cells, side.justify)

    columns = [add_side(side) for side in left if side.width]
    columns.append(add(heads, strips, "left"))
    columns += [add_side(side) for side in right if side.width]
    for row in zip(*columns, strict=True):
        table.add_row(*row)
    return table


def headed(
    label: str,
    left: Sequence[Side],
    scale: Scale,
    strips: Sequence[Text],
    right: Sequence[Side],
    width: int,
    signs: Signs,
) -> list[RenderableType]:
    """The table of strips below a label, which begins above the axis if it has room there."""
    above = cut(label, width)
    above.pad_left(min(sum(side.width for side in left), width - above.cell_len))
    return [above, side_by_side(left, scale.heads(signs), strips, right)]


def cut(name: str, longest: int) -> Text:
    """A name in at most so many cells."""
    text = Text(name, no_wrap=True)
    text.truncate(longest, overflow="ellipsis")
    return text


def filled(items: Sequence[Text], width: int) -> list[Text]:
    """Items side by side, in as many lines as it takes."""
    lines: list[Text] = []
    for item in items:
        if lines and lines[-1].cell_len + 3 + item.cell_len <= width:
            lines[-1] = Text.assemble(lines[-1], "   ", item)
        else:
            lines.append(item)
    return lines
