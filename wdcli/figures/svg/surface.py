"""A function of two features: coloured cells, lines where the answer changes, and rows of the table as points."""

from xml.etree.ElementTree import Element

from wdcli.figures.colours import surface_colours
from wdcli.figures.labels import cut
from wdcli.figures.model import Dots, Surface
from wdcli.figures.svg.glyphs import SHAPES
from wdcli.figures.svg.legend import Draw, Key, draw_legend
from wdcli.figures.svg.paragraph import LINE, paragraph
from wdcli.figures.svg.pen import Area, add, polyline, simplified
from wdcli.figures.svg.png import data_url
from wdcli.figures.svg.style import hue
from wdcli.figures.svg.ticks import RIGHT, draw_x, draw_y, margin

SHARE, HIGH = 0.8, 400
"""The height of the area as a share of its width, and at most."""
BIG, SMALL = 4.2, 2.8
SCALE = 48


def draw_surface(svg: Element, panel: Surface, room: int) -> float:
    """Draws the surface ``room`` pixels wide; returns its height."""
    y = paragraph(svg, panel.title, 0, 0, room, "title") if panel.title else 0
    y = draw_legend(svg, keys(panel), y, 0, room) + 4
    add(svg, "text", "soft", cut(panel.y.label, room), x=0.0, y=y + LINE - 5)
    left = margin(panel.y)
    across = room - left - RIGHT
    area = Area(left, y + LINE + 6, across, min(SHARE * across, HIGH))
    add(svg, "image", x=area.left, y=area.top, width=area.width, height=area.height,
        preserveAspectRatio="none", href=_image(panel))  # fmt: skip
    for classes in ("under", "border"):
        path = "".join(_line(panel, area, border) for border in panel.borders)
        if path:
            add(svg, "path", classes, d=path)
    for dots in panel.dots:
        places = [area.place(panel.x, panel.y, point) for point in dots.points]
        _draw_dots(svg, dots, places)
    add(svg, "rect", "edge", x=area.left, y=area.top, width=area.width, height=area.height)
    draw_y(svg, area, panel.y)
    return draw_x(svg, area, panel.x)


def _image(panel: Surface) -> str:
    """The cells, the highest y first."""
    return data_url(panel.indices[::-1], surface_colours(panel))


def _line(panel: Surface, area: Area, border: tuple[tuple[float, float], ...]) -> str:
    return polyline(simplified([area.place(panel.x, panel.y, point) for point in border]))


def _draw_dots(svg: Element, dots: Dots, places: list[tuple[float, float]]) -> None:
    path = "".join(SHAPES[dots.glyph](x, y, SMALL if dots.small else BIG) for x, y in places if dots.glyph != "none")
    if path:
        add(svg, "path", f"dots {dots.glyph} {hue(dots.hue)}", d=path)


def keys(panel: Surface) -> list[Key]:
    """What the glyphs, the line and the colours mean."""
    found = [Key(dots.name, _sample(dots), 10) for dots in panel.dots if dots.points]
    found += [Key(panel.border, _border, 22)] if panel.borders else []
    return [*found, Key(panel.scale, _scale(panel), SCALE)] if panel.scale else found


def _sample(dots: Dots) -> Draw:
    def draw(parent: Element, x: float, y: float) -> None:
        _draw_dots(parent, dots, [(x, y)])

    return draw


def _scale(panel: Surface) -> Draw:
    """The colours from the first level to the last; those of the first class where there are several."""
    colours = surface_colours(panel)[: panel.levels]

    def draw(parent: Element, x: float, y: float) -> None:
        add(parent, "image", x=x - SCALE / 2, y=y - 6, width=SCALE, height=12, preserveAspectRatio="none",
            href=data_url([range(len(colours))], colours))  # fmt: skip

    return draw


def _border(parent: Element, x: float, y: float) -> None:
    for classes in ("under", "border"):
        add(parent, "line", classes, x1=x - 11, x2=x + 11, y1=y, y2=y)
