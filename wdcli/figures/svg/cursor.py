"""What a page's slider moves, and where a pointer is felt: the area."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from wdcli.figures.svg.pen import Area, add, number


def line_cursor(svg: Element, area: Area, shares: Sequence[float], values: Sequence[float]) -> None:
    """A hidden line with the x of each value (``data-x``, ``data-lambda``), below what feels the pointer."""
    xs = [area.x(share) for share in shares]
    add(svg, "line", "cursor", x1=xs[0], x2=xs[0], y1=area.top, y2=area.bottom, **_data(xs, values))
    _feel(svg, area)


def column_cursor(svg: Element, area: Area, values: Sequence[float]) -> None:
    """A hidden frame around a column, with the x and the value of each column, below what feels the pointer."""
    wide = area.width / len(values)
    xs = [area.x(i / len(values)) for i in range(len(values))]
    add(svg, "rect", "cursor", x=xs[0], y=area.top, width=wide, height=area.height, **_data(xs, values))
    _feel(svg, area)


def _data(xs: Sequence[float], values: Sequence[float]) -> dict[str, str]:
    return {"data_x": " ".join(map(number, xs)), "data_lambda": " ".join(map(repr, values))}


def _feel(svg: Element, area: Area) -> None:
    add(svg, "rect", "hit", x=area.left, y=area.top, width=area.width, height=area.height)
