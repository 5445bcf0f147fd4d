"""Legends: what each glyph, line and colour is called, in as many rows as they need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from xml.etree.ElementTree import Element

from wdcli.figures.labels import cut, width
from wdcli.figures.svg.paragraph import LINE
from wdcli.figures.svg.pen import add

SIGN = 26
"""Room for the sign before a name."""
BETWEEN = 16


Draw: TypeAlias = Callable[[Element, float, float], None]
"""Draws a sign around a place: parent, x, y."""


@dataclass(frozen=True)
class Key:
    """A name and its sign."""

    name: str
    draw: Draw
    sign: float = SIGN


def draw_legend(parent: Element, keys: Sequence[Key], y: float, left: float, right: float) -> float:
    """Writes the keys one after another, from ``y`` down; returns the y below them."""
    x = left
    for key in keys:
        name = cut(key.name, right - left - key.sign - 6)
        needed = key.sign + 6 + width(name)
        if x > left and x + needed > right:
            x, y = left, y + LINE
        key.draw(parent, x + key.sign / 2, y + LINE / 2)
        add(parent, "text", "", name, x=x + key.sign + 6, y=y + LINE - 5)
        x += needed + BETWEEN
    return y + LINE if keys else y
