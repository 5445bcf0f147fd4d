"""A result in a notebook: its main figure, what the command prints, and the notes, with a style that touches nothing else."""

import zlib
from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, tostring

from wdcli.figures.model import Figure
from wdcli.figures.svg import scoped, sheet
from wdcli.figures.thinning import thinned
from wdcli.page.elements import element
from wdcli.page.sentences import paragraphs
from wdcli.report.formats import Format, Grid

WIDTH = 860
"""The width of the figure, in pixels; it shrinks with the notebook."""
MOST_ROWS = 60
"""A table has no more rows than this and those that stand out."""


def fragment(figure: Figure, written: str, notes: Sequence[str]) -> str:
    """The HTML of a result, for any page: ``written`` is what its command prints, in the format ``HTML``."""
    style = f"{scoped('.wdcli')}\n{Path(__file__).with_name('notebook.css').read_text(encoding='utf-8')}"
    told = "".join(map(_paragraph, notes))
    return f'<div class="wdcli"><style>{style}</style>\n{_text(_drawn(figure))}\n{written}{told}</div>'


def _drawn(figure: Figure) -> Element:
    """The figure, or why there is none. Its ids are its own, since a notebook has several results on one page."""
    if not figure.panels:
        return element("p", *figure.left_out)
    return sheet(figure, WIDTH, f"wdcli-{zlib.crc32(repr(figure).encode()):08x}")


def _table(grid: Grid) -> str:
    strong = [i for i, stands_out in enumerate(grid.strong) if stands_out]
    kept = thinned(len(grid.rows), MOST_ROWS, strong)
    named = zip(grid.headings, grid.right, strict=True)
    heads = [element("th", text, scope="col", class_=_side(right)) for text, right in named]
    body = element("tbody", *(_row(grid, i) for i in kept))
    table = element("table", element("thead", element("tr", *heads)), body)
    lacks = element("p", f"{len(kept)} of {len(grid.rows):,} rows; to_frame() has them all.", class_="soft")
    return _text(element("div", table, lacks if len(kept) < len(grid.rows) else None, class_="scrolls"))


def _row(grid: Grid, i: int) -> Element:
    cells = [element("td", text, class_=_side(right)) for text, right in zip(grid.rows[i], grid.right, strict=True)]
    return element("tr", *cells, class_="strong" if grid.strong[i] else "")


def _side(right: bool) -> str:
    return "" if right else "text"


def _paragraph(text: str) -> str:
    return "".join(map(_text, paragraphs(text)))


def _text(made: Element) -> str:
    return tostring(made, encoding="unicode", method="html")


HTML = Format(_paragraph, _table)
"""Paragraphs and tables as the page writes them; all foreign text is escaped."""
