"""Pictures of the same kind and size: what they all share is drawn once, and one of them may change with lambda."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element, tostring

from wdcli.figures.model import Panel, Surface
from wdcli.figures.svg import panel_svg
from wdcli.page.elements import element

Frames = Sequence[tuple[float, Panel]]
"""A lambda each, and the picture there."""


@dataclass(frozen=True)
class _Drawn:
    """A panel, its SVG without a title, and the SVG's parts as text."""

    panel: Panel
    svg: Element
    texts: tuple[str, ...]

    def own(self, shared: Collection[str]) -> list[Element]:
        """The parts that the other pictures don't have."""
        return [part for part, text in zip(_parts(self.svg), self.texts, strict=True) if text not in shared]

    def common(self, shared: Collection[str], name: str) -> tuple[Element, Element]:
        """The parts that all pictures have: those below its own ones, and those above."""
        place = next((i for i, text in enumerate(self.texts) if text not in shared), len(self.texts))
        parts = _parts(self.svg)
        above = [part for part, text in zip(parts[place:], self.texts[place:], strict=True) if text in shared]
        # A reference takes no classes from outside: the style finds them within their own ``fig``.
        return (
            element("g", *parts[:place], id=f"{name}-below", class_="fig"),
            element("g", *above, id=f"{name}-above", class_="fig"),
        )


def side_by_side(
    panels: Sequence[Panel], frames: Frames, start: float, width: int, name: str, description: str
) -> list[Element]:
    """Each panel with its title; the one that is the frame of lambda ``start`` holds all frames, the others hidden."""
    whole = any(isinstance(panel, Surface) and panel.borders for panel in panels)
    drawn = [_draw(panel, width, f"{name}-{i}", description, whole) for i, panel in enumerate(panels)]
    moved = [(lambd, _draw(panel, width, name, description, whole)) for lambd, panel in frames]
    every = [*drawn, *(each for _, each in moved)]
    shared = set(every[0].texts).intersection(*(each.texts for each in every))
    below, above = drawn[0].common(shared, name)
    made = []
    for each in drawn:
        moves = any(lambd == start and frame.panel == each.panel for lambd, frame in moved)
        own = [_framed(element("g", *one.own(shared)), lambd, start) for lambd, one in moved]
        titles = [_hint(), *(_framed(_title(one.panel), lambd, start) for lambd, one in moved)]
        each.svg[:] = [*each.svg[:2], below, *(own if moves else each.own(shared)), above]
        made.append(element("div", *(titles if moves else [_title(each.panel)]), each.svg, class_="panel"))
        below, above = element("use", href=f"#{name}-below"), element("use", href=f"#{name}-above")
    return made


def _draw(panel: Panel, width: int, name: str, description: str, whole: bool) -> _Drawn:
    """The panel under a title that isn't part of the SVG, so that all pictures have the same places."""
    bare = replace(panel, title="")
    if whole and isinstance(bare, Surface) and not bare.borders:
        # A border of one point can't be seen, but has the line in the legend that the others have.
        bare = replace(bare, borders=(((bare.x.low, bare.y.low),),))
    svg = panel_svg(bare, width, name, description)
    # The page's style puts the light below the borders: the same path twice in every frame would make pages large.
    for part in svg.findall("path[@class='under']"):
        svg.remove(part)
    return _Drawn(panel, svg, tuple(tostring(part, encoding="unicode") for part in _parts(svg)))


def _parts(svg: Element) -> list[Element]:
    """All but the title and the description."""
    return list(svg)[2:]


def _title(panel: Panel) -> Element:
    first, colon, rest = panel.title.partition(":")
    return element("p", element("b", f"{first}{colon}"), rest, class_="of-panel")


def _hint() -> Element:
    return element("p", "This picture follows lambda.", class_="hint scripted", hidden="")


def _framed(made: Element, lambd: float, start: float) -> Element:
    made.set("data-frame", repr(lambd))
    if lambd != start:
        made.set("hidden", "")
    return made
