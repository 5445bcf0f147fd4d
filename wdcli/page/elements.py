"""HTML elements: all foreign text goes through here, and is escaped where the document is written."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from wdcli.text import harmless


def element(tag: str, *children: Element | str | None, **attributes: str) -> Element:
    """An element with its children in order, None left out; ``class_`` and ``aria_label`` stand for class and aria-label."""
    given = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    made = Element(tag, {name: harmless(value) for name, value in given.items() if value or name != "class"})
    for child in children:
        _append(made, child)
    return made


def elements(tag: str, texts: Iterable[str]) -> list[Element]:
    """An element for each text."""
    return [element(tag, text) for text in texts]


def _append(made: Element, child: Element | str | None) -> None:
    if isinstance(child, str):
        text = harmless(child, "\n")
        if len(made):
            made[-1].tail = (made[-1].tail or "") + text
        else:
            made.text = (made.text or "") + text
    elif child is not None:
        made.append(child)
