"""What a page's slider moves, and where a pointer is felt: a strip for each lambda."""

import itertools
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from wdcli.figures.model import between
from wdcli.figures.svg.pen import Frame, add, number


def line_cursor(svg: Element, frame: Frame, shares: Sequence[float], values: Sequence[float]) -> None:
    """A hidden line with the x of each value (``data-x``, ``data-lambda``), and a strip around each."""
    xs = [frame.x(share) for share in shares]
    add(svg, "line", "cursor", x1=xs[0], x2=xs[0], y1=frame.top, y2=frame.bottom, **_data(xs, values))
    _strips(svg, frame, [(frame.x(start), frame.x(end)) for start, end in between(shares)])


def column_cursor(svg: Element, frame: Frame, values: Sequence[float]) -> None:
    """A hidden frame around a column, with the x and the value of each column, and a strip over each."""
    edges = [frame.x(i / len(values)) for i in range(len(values) + 1)]
    add(svg, "rect", "cursor", x=edges[0], y=frame.top, width=frame.width / len(values), height=frame.height,
        **_data(edges[:-1], values))  # fmt: skip
    _strips(svg, frame, list(itertools.pairwise(edges)))


def _data(xs: Sequence[float], values: Sequence[float]) -> dict[str, str]:
    return {"data_x": " ".join(map(number, xs)), "data_lambda": " ".join(map(repr, values))}


def _strips(svg: Element, frame: Frame, edges: Sequence[tuple[float, float]]) -> None:
    for i, (left, right) in enumerate(edges):
        add(svg, "rect", "hit", x=left, y=frame.top, width=right - left, height=frame.height, data_i=str(i))
