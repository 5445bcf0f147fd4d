"""The shapes of points, as paths."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from wdcli.figures.model import Glyph
from wdcli.figures.svg.pen import add, at, number

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


SHAPES = {"dot": _circle, "ring": _circle, "square": _square, "cross": _cross, "triangle": _triangle}


def draw_glyphs(parent: Element, glyph: Glyph, classes: str, places: Iterable[Place], r: float = RADIUS) -> None:
    """One path with this glyph at each place."""
    path = "".join(SHAPES[glyph](x, y, r) for x, y in places) if glyph != "none" else ""
    if path:
        add(parent, "path", f"glyph {glyph} {classes}", d=path)


def chevron(x: float, y: float, dx: int, dy: int) -> str:
    """A path that points right (dx 1), left (-1), down (dy 1) or up (-1): the point lies beyond."""
    back_x, back_y = x - 5 * dx, y - 5 * dy
    return f"M{at(back_x - 4 * dy, back_y - 4 * dx)}L{at(x, y)}L{at(back_x + 4 * dy, back_y + 4 * dx)}"
