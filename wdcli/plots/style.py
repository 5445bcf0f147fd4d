"""Colours, glyphs and strokes: safe for colour-blind people, and at least 3:1 on white."""

from typing import Any

from matplotlib.colors import to_rgb

from wdcli.figures.model import Glyph, Stroke

HUES = ("#0072B2", "#C4500C", "#4D4D4D", "#00785A", "#A4508B", "#8A6D00", "#3F8FB5")
INK, FAINT, GRID, LOST = "#333333", "#666666", "#E4E4E4", "#B00020"
TINTS = {
    "overfit": "#FBEADC", "good": "#DFF2E6", "underfit": "#E0ECF8", "collapsed": "#EBEBEB", "diverged": "#F9DEDE",
}  # fmt: skip
MARKERS: dict[Glyph, str] = {
    "dot": "o", "ring": "o", "cross": "x", "triangle": "^", "square": "s", "none": "",
}  # fmt: skip
STROKES: dict[Stroke, Any] = {"solid": "-", "dashed": "--", "dotted": ":", "none": ""}

Color = tuple[float, float, float]


def hue(number: int) -> str:
    """The colour of this number; they repeat."""
    return HUES[number % len(HUES)]


def mixed(color: str, share: float) -> Color:
    """The colour on white: white itself at 0."""
    red, green, blue = (1 + (part - 1) * share for part in to_rgb(color))
    return red, green, blue


def glyph(name: Glyph, color: str, size: float) -> dict[str, Any]:
    """How a point is drawn: matplotlib's arguments."""
    face = "white" if name == "ring" else color
    return {"marker": MARKERS[name], "ms": size, "mec": color, "mfc": face, "mew": 1.3 if name != "dot" else 0.8}
