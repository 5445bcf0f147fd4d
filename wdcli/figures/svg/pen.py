"""Elements, numbers and places: what every part of an SVG is written with. Lengths are pixels."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from wdcli.figures.model import Axis


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


@dataclass(frozen=True)
class Frame:
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
