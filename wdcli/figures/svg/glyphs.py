"""The shapes of points, as paths."""

import math
from collections.abc import Callable, Iterable
from xml.etree.ElementTree import Element

from wdcli.figures.model import HOLLOW, Glyph
from wdcli.figures.svg.pen import add, at, number, polyline

RADIUS = 3.6
Place = tuple[float, float]


def _circle(x: float, y: float, r: float) -> str:
    arc = f"{number(r)} {number(r)} 0 1 0"
    return f"M{at(x - r, y)}a{arc} {at(2 * r, 0)} {arc}{at(-2 * r, 0)}z"


def _square(x: float, y: float, r: float) -> str:
    return f"M{at(x - 0.9 * r, y - 0.9 * r)}h{number(1.8 * r)}v{number(1.8 * r)}h{number(-1.8 * r)}z"


def _cross(x: float, y: float, r: float) -> str:
    return f"M{at(x - r, y - r)}l{at(2 * r, 2 * r)}m{at(0, -2 * r)}l{at(-2 * r, 2 * r)}"


def _triangle(x: float, y: float, r: float) -> str:
    return f"M{at(x, y - 1.2 * r)}l{at(1.15 * r, 2 * r)}h{number(-2.3 * r)}z"


def _diamond(x: float, y: float, r: float) -> str:
    return f"M{at(x, y - 1.3 * r)}l{at(1.3 * r, 1.3 * r)}l{at(-1.3 * r, 1.3 * r)}l{at(-1.3 * r, -1.3 * r)}z"


def _wedge(x: float, y: float, r: float) -> str:
    return f"M{at(x, y + 1.2 * r)}l{at(1.15 * r, -2 * r)}h{number(-2.3 * r)}z"


def _flag(x: float, y: float, r: float) -> str:
    return f"M{at(x + 1.2 * r, y)}l{at(-2 * r, 1.15 * r)}v{number(-2.3 * r)}z"


def _star(x: float, y: float, r: float) -> str:
    """Five points, and the notches between them."""
    turns = [(math.pi * i / 5, 1.5 * r if i % 2 == 0 else 0.6 * r) for i in range(10)]
    return f"{polyline([(x + radius * math.sin(turn), y - radius * math.cos(turn)) for turn, radius in turns])}z"


FILLED: dict[Glyph, Callable[[float, float, float], str]] = {
    "dot": _circle, "square": _square, "diamond": _diamond, "wedge": _wedge, "star": _star, "flag": _flag,
    "cross": _cross, "triangle": _triangle,
}  # fmt: skip
SHAPES = FILLED | {hollow: FILLED[glyph] for glyph, hollow in HOLLOW.items()}


def draw_glyphs(parent: Element, glyph: Glyph, classes: str, places: Iterable[Place], r: float = RADIUS) -> None:
    """One path with this glyph at each place."""
    path = "".join(SHAPES[glyph](x, y, r) for x, y in places) if glyph != "none" else ""
    if path:
        add(parent, "path", f"glyph {glyph} {classes}", d=path)


def chevron(x: float, y: float, dx: int, dy: int) -> str:
    """A path that points right (dx 1), left (-1), down (dy 1) or up (-1): the point lies beyond."""
    back_x, back_y = x - 5 * dx, y - 5 * dy
    return f"M{at(back_x - 4 * dy, back_y - 4 * dx)}L{at(x, y)}L{at(back_x + 4 * dy, back_y + 4 * dx)}"
