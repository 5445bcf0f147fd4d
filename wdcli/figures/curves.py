"""A chart in a terminal: a row for each value of x, with y to the right."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from wdcli.figures import beside
from wdcli.figures.model import Chart, Line
from wdcli.figures.signs import Signs, hue_style
from wdcli.figures.strip import GAP, Scale, Side, Strip, filled, headed, room
from wdcli.figures.turned import Turned

LONGEST = 100
"""Cells of an axis: a longer one is no clearer."""
ROOM, ROOM_WITH_NUMBERS = 24, 40
"""Cells that an axis needs before there are columns beside it."""
BARS_FROM = 72
"""Cells of the narrowest terminal in which a gauge has bars."""

LOST = beside.VERDICTS["diverged"]


def chart_rows(chart: Chart, width: int, signs: Signs) -> list[RenderableType]:
    """The chart's rows, what its signs mean, and how many of its rows are shown."""
    turned = Turned(chart, signs)
    return [*_table(turned, width), Text(), *filled(_legend(turned), width), *turned.thinning]


def _table(turned: Turned, width: int) -> list[RenderableType]:
    """The rows, with as many columns beside them as leave room for the axis."""
    left, right = next(_fitting(turned, width))
    before, after = turned.margin(-1), turned.margin(1)
    length = min(room(width, (*left, *right)) - before - after - GAP, LONGEST)
    scale = Scale(turned.chart.y, max(length, 2), before, after)
    strips = [_strip(turned, x, scale) for x in turned.xs]
    return headed(beside.label(turned), left, scale, strips, right, width, turned.signs)


def _fitting(turned: Turned, width: int) -> Iterator[tuple[list[Side], list[Side]]]:
    """The columns to the left and to the right of the axis that leave room for it, from many to few."""
    x, judged, marks = beside.values(turned), beside.verdicts(turned), beside.marks(turned)
    bars = [beside.bars(turned, turned.chart.gauge)] if turned.chart.gauge else []
    margins = turned.margin(-1) + turned.margin(1)
    for left, right, least in (
        ([x, *beside.numbers(turned)], [*bars, judged, marks], ROOM_WITH_NUMBERS),
        ([x], [*bars, judged, marks], ROOM if width >= BARS_FROM else width),
        ([x], [judged, marks], ROOM),
    ):
        if room(width, (*left, *right)) - margins - GAP >= least:
            yield left, right
    yield [x], [marks]


def _strip(turned: Turned, x: float, scale: Scale) -> Text:
    """A row: ticks, error bars, points, and what lies beyond the axis; each covers what is before it."""
    strip = Strip(scale.total)
    scale.draw_grid(strip, turned.signs)
    if x in turned.chart.lost:
        # At the far end, as along the top of other pictures.
        strip.put(scale.before + scale.length - 1, turned.lost, LOST)
    each = list(zip(turned.chart.lines, turned.glyphs, turned.points, strict=True))
    for line, _, points in each:
        if len(points[x]) == 1:
            scale.draw_bar(strip, points[x][0].low, points[x][0].high, turned.signs, hue_style(line))
    for line, glyph, points in each:
        for point in points[x]:
            if not scale.axis.beyond(point.y):
                strip.put(scale.column(point.y), glyph, hue_style(line))
    _put_beyond(turned, x, scale, strip)
    return strip.text


def _put_beyond(turned: Turned, x: float, scale: Scale, strip: Strip) -> None:
    below, above = turned.beyond(x, -1), turned.beyond(x, 1)
    if below:
        strip.put_all(0, [(turned.signs.below, ""), *below])
    if above:
        strip.put_all(scale.total - len(above) - 1, [*above, (turned.signs.above, "")])


def _legend(turned: Turned) -> list[Text]:
    """What each sign means."""
    bar = "".join(turned.signs.bar)
    items = [_named(line, glyph, bar) for line, glyph in zip(turned.chart.lines, turned.glyphs, strict=True)]
    if turned.margin(-1) or turned.margin(1):
        items.append(Text(f"{turned.signs.below} {turned.signs.above} beyond the axis"))
    return [*items, Text.assemble((turned.lost, LOST), " diverged")] if turned.chart.lost else items


def _named(line: Line, glyph: str, bar: str) -> Text:
    style = hue_style(line)
    return Text.assemble((glyph, style), f" {line.name}", (f" {bar}" if line.has_bars else "", style))
