"""Elements, numbers and places: what every part of an SVG is written with. Lengths are pixels."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from wdcli.figures.model import Axis

NEAR = 0.25
"""Pixels that nobody sees."""


def add(parent: Element, tag: str, classes: str = "", text: str = "", **attributes: float | str) -> Element:
    """A child of ``parent``; ``data_x=`` is the attribute ``data-x``."""
    given = {"class": classes} if classes else {}
    given |= {name.replace("_", "-"): number(value) for name, value in attributes.items()}
    element = SubElement(parent, tag, given)
    element.text = text or None
    return element


def number(value: float | str) -> str:
    """A length to a tenth of a pixel; text as it is."""
    return value if isinstance(value, str) else f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def at(x: float, y: float) -> str:
    """A place in a path."""
    return f"{number(x)} {number(y)}"


def polyline(places: Sequence[tuple[float, float]]) -> str:
    """A path through these places, in steps from each to the next: shorter than in places."""
    tenths = [(round(10 * x), round(10 * y)) for x, y in places]
    steps = [f"{_step(b[0] - a[0])} {_step(b[1] - a[1])}" for a, b in itertools.pairwise(tenths) if a != b]
    start = f"M{at(*(part / 10 for part in tenths[0]))}"
    return f"{start}l{' '.join(steps).replace(' -', '-')}" if steps else start


def simplified(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The places that a line needs to be ``NEAR`` to where it was (Douglas and Peucker)."""
    if len(places) < 3:
        return list(places)
    (x, y), (end_x, end_y) = places[0], places[-1]
    dx, dy = end_x - x, end_y - y
    # From the line through the ends; from the first place, where both are the same.
    length = math.hypot(dx, dy)
    far = (
        [abs((a - x) * dy - (b - y) * dx) / length for a, b in places]
        if length
        else [math.hypot(a - x, b - y) for a, b in places]
    )
    most = max(far)
    if most <= NEAR:
        return [places[0], places[-1]]
    middle = far.index(most)
    return [*simplified(places[: middle + 1])[:-1], *simplified(places[middle:])]


def _step(tenths: int) -> str:
    return number(tenths / 10).replace("0.", ".", 1) if abs(tenths) < 10 else number(tenths / 10)


@dataclass(frozen=True)
class Area:
    """The rectangle in which data are drawn."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of the right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The y of the lower edge."""
        return self.top + self.height

    def x(self, share: float) -> float:
        """The pixel at this share of the width."""
        return self.left + self.width * share

    def y(self, share: float) -> float:
        """The pixel at this share of the height, from below."""
        return self.bottom - self.height * share

    def place(self, x: Axis, y: Axis, point: tuple[float, float]) -> tuple[float, float]:
        """The pixels of a point of the data."""
        return self.x(x.place(point[0])), self.y(y.place(point[1]))
