"""Colours, glyphs and strokes as matplotlib has them."""

from typing import Any, TypeAlias

from wdcli.figures.colours import LIGHT, Colour
from wdcli.figures.model import HOLLOW, Glyph, Stroke

INK, FAINT, GRID, LOST = (f"#{colour}" for colour in (LIGHT.ink, LIGHT.soft, LIGHT.grid, LIGHT.lost))
TINTS, WORDS = ({name: f"#{colour}" for name, colour in each.items()} for each in (LIGHT.tints, LIGHT.words))
FILLED: dict[Glyph, str] = {
    "dot": "o", "square": "s", "diamond": "D", "wedge": "v", "star": "*", "flag": ">", "cross": "x", "triangle": "^",
    "none": "",
}  # fmt: skip
MARKERS = FILLED | {hollow: FILLED[glyph] for glyph, hollow in HOLLOW.items()}
LARGER = {"*": 1.5, "v": 1.2, ">": 1.2}
"""Markers that matplotlib draws smaller than others of their size."""
STROKES: dict[Stroke, Any] = {"solid": "-", "dashed": "--", "dotted": ":", "none": ""}
Color: TypeAlias = tuple[float, float, float]


def hue(number: int) -> str:
    """The colour of this number; they repeat."""
    return f"#{LIGHT.hues[number % len(LIGHT.hues)]}"


def shares(colour: Colour) -> Color:
    """Red, green and blue from 0 to 1."""
    red, green, blue = colour
    return red / 255, green / 255, blue / 255


def glyph(name: Glyph, color: str, size: float) -> dict[str, Any]:
    """How a point is drawn: matplotlib's arguments."""
    face, marker = "white" if name in HOLLOW.values() else color, MARKERS[name]
    return {
        "marker": marker,
        "ms": size * LARGER.get(marker, 1.0),
        "mec": color,
        "mfc": face,
        "mew": 1.3 if name != "dot" else 0.8,
    }
