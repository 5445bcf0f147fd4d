"""A picture that changes with lambda: what all its frames share is drawn once, and the script shows one of the rest."""

from collections.abc import Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element, tostring

from wdcli.figures.model import Panel
from wdcli.figures.svg import panel_svg
from wdcli.page.elements import element

Frames = Sequence[tuple[float, Panel]]
"""A lambda each, and the picture there: of the same kind and size."""


def moving(frames: Frames, width: int, name: str, description: str, shown: float) -> list[Element]:
    """The titles of the frames, and one SVG with all their pictures; only those at lambda ``shown`` aren't hidden."""
    drawn = [panel_svg(_untitled(panel), width, name, description) for _, panel in frames]
    texts = [[tostring(part) for part in svg] for svg in drawn]
    shared = set(texts[0]).intersection(*texts)
    groups = [
        _frame(element("g", *(part for part, text in zip(svg, own, strict=True) if text not in shared)), lambd, shown)
        for (lambd, _), svg, own in zip(frames, drawn, texts, strict=True)
    ]
    titles = [_frame(element("p", panel.title, class_="of-frame"), lambd, shown) for lambd, panel in frames]
    return [*titles, _joined(drawn[0], [text in shared for text in texts[0]], groups)]


def _untitled(panel: Panel) -> Panel:
    return replace(panel, title="")


def _frame(made: Element, lambd: float, shown: float) -> Element:
    made.set("data-frame", repr(lambd))
    if lambd != shown:
        made.set("hidden", "")
    return made


def _joined(svg: Element, is_shared: list[bool], groups: list[Element]) -> Element:
    """The SVG with the groups where the first of its own parts was."""
    place = is_shared.index(False) if False in is_shared else len(is_shared)
    parts = list(svg)
    before, after = parts[:place], [part for part, kept in zip(parts[place:], is_shared[place:], strict=True) if kept]
    svg[:] = [*before, *groups, *after]
    return svg
