"""Text in lines."""

from xml.etree.ElementTree import Element

from wdcli.figures.labels import BOLD, TEXT, wrap
from wdcli.figures.svg.pen import add

LINE = 18
"""From one line of text to the next."""
SIZES = {"title": BOLD * TEXT, "title head": BOLD * 16}
"""Sizes by class, larger by as much as bold text is wider."""


def paragraph(parent: Element, text: str, x: float, y: float, room: float, classes: str = "") -> float:
    """Writes wrapped text below ``y``; returns the y below it."""
    size = SIZES.get(classes, TEXT)
    for line in wrap(text, room, size):
        y += LINE
        add(parent, "text", classes, line, x=x, y=y - 5)
    return y
