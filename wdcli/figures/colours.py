"""The colours of figures, light and on dark: told apart by colour-blind people, and legible on their paper.

A colour is six hexadecimal digits, as in ``0072B2``, or red, green and blue from 0 to 255.
"""

from dataclasses import dataclass
from typing import TypeAlias

from wdcli.figures.model import Surface

Colour: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """Paper, ink and what is drawn on it; ``tints`` of zones by verdict, ``words`` on them."""

    paper: str
    ink: str
    soft: str
    grid: str
    lost: str
    hues: tuple[str, ...]
    tints: dict[str, str]
    words: dict[str, str]


LIGHT = Palette(
    paper="FFFFFF", ink="1A1F26", soft="555B63", grid="DDE0E4", lost="C02626",
    hues=("0072B2", "C4500C", "4D4D4D", "00785A", "A4508B", "A070F0", "10A070", "900018", "7A14EA", "40005A"),
    tints={"overfit": "FBE9DC", "good": "DDF0E4", "underfit": "DFE9F9", "collapsed": "E9E9EC", "diverged": "FBE0E0"},
    words={"overfit": "8F3A06", "good": "00593F", "underfit": "1B4E8C", "collapsed": "4D4D55", "diverged": "9A1C1C"},
)  # fmt: skip
DARK = Palette(
    paper="14181D", ink="E8EAED", soft="A9B0B8", grid="3A4048", lost="FF8A80",
    hues=("5AB0E8", "F0945A", "B5B5B5", "3FC49A", "D68ABF", "8A7BFF", "C8F7A0", "E0455A", "A43CE8", "FFE9F2"),
    tints={"overfit": "3A2718", "good": "173126", "underfit": "1A2A42", "collapsed": "2A2D33", "diverged": "421D1F"},
    words={"overfit": "F3B48C", "good": "7FD6B4", "underfit": "A5C6F2", "collapsed": "C3C5CB", "diverged": "F4A3A3"},
)  # fmt: skip
WHITE: Colour = (255, 255, 255)
DEPTH, FAINTEST = 0.62, 0.15
"""The share of a hue in the strongest tint of a surface, so that dots of the hue stand out; the faintest, of that."""
ANCHORS = ("A6CCE8", "5FA6D2", "2171B5", "08306B")
"""A heat map's colours on white, which is 0."""


def rgb(colour: str) -> Colour:
    """The red, green and blue of hexadecimal digits."""
    return int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:], 16)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """From a (share 0) to b (share 1)."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def shade(level: int, levels: int) -> Colour:
    """The colour of a level of a heat map: white for 0, then ever darker to that of ``levels``."""
    if level == 0:
        return WHITE
    place = (level - 1) * (len(ANCHORS) - 1) / max(levels - 1, 1)
    i = min(int(place), len(ANCHORS) - 2)
    return mix(rgb(ANCHORS[i]), rgb(ANCHORS[i + 1]), place - i)


def surface_colours(panel: Surface) -> list[Colour]:
    """The colours of the panel's ``indices``: from blue over white to orange, or the tints of each class in turn."""
    hues, levels = [rgb(colour) for colour in LIGHT.hues], panel.levels
    shares = [i / max(levels - 1, 1) for i in range(levels)]
    if panel.classes is None:
        return [mix(WHITE, hues[share > 0.5], DEPTH * abs(2 * share - 1)) for share in shares]
    tints = [DEPTH * (FAINTEST + (1 - FAINTEST) * share) for share in shares]
    return [mix(WHITE, hues[i % len(hues)], tint) for i in range(1 + max(map(max, panel.classes))) for tint in tints]
