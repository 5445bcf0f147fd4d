"""What a page's slider moves, and where a pointer is felt: the frame."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from wdcli.figures.svg.pen import Frame, add, number


def line_cursor(svg: Element, frame: Frame, shares: Sequence[float], values: Sequence[float]) -> None:
    """A hidden line with the x of each value (``data-x``, ``data-lambda``), below what feels the pointer."""
    xs = [frame.x(share) for share in shares]
    add(svg, "line", "cursor", x1=xs[0], x2=xs[0], y1=frame.top, y2=frame.bottom, **_data(xs, values))
    _feel(svg, frame)


def column_cursor(svg: Element, frame: Frame, values: Sequence[float]) -> None:
    """A hidden frame around a column, with the x and the value of each column, below what feels the pointer."""
    wide = frame.width / len(values)
    xs = [frame.x(i / len(values)) for i in range(len(values))]
    add(svg, "rect", "cursor", x=xs[0], y=frame.top, width=wide, height=frame.height, **_data(xs, values))
    _feel(svg, frame)


def _data(xs: Sequence[float], values: Sequence[float]) -> dict[str, str]:
    return {"data_x": " ".join(map(number, xs)), "data_lambda": " ".join(map(repr, values))}


def _feel(svg: Element, frame: Frame) -> None:
    add(svg, "rect", "hit", x=frame.left, y=frame.top, width=frame.width, height=frame.height)
