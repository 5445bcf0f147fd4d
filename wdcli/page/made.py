"""How the result was made: the command, the program's version, the data and every setting."""

import shlex
from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element

from wdcli.figures.shown import Shown
from wdcli.figures.values import Json
from wdcli.page.elements import element, elements
from wdcli.text import harmless

LONG = 24
"""A value with more characters than this has a line of its own."""


def made(shown: Shown) -> Element:
    """The command and the notes, the data, and the settings, folded up on a screen."""
    told = shown.shown
    parts = [
        element("summary", element("h2", "How this was made")),
        element("p", f"By wdcli {told.get('version', '')}, with this command:"),
        element("pre", element("code", _command(told)), tabindex="0"),
        _list("Notes on the result", told.get("notes") or []),
        _list("Columns left out", [f"{one['column']}: {one['reason']}" for one in told.get("dropped") or []]),
        _facts("Data", told["data"]),
        _facts("Settings", told.get("config") or {}),
    ]
    return element("details", *parts, class_="made")


def _command(told: Json) -> str:
    return harmless(shlex.join(map(str, told.get("command") or [])))


def _list(title: str, lines: Iterable[object]) -> Element | None:
    items = elements("li", map(str, lines))
    return element("div", element("h3", title), element("ul", *items)) if items else None


def _facts(title: str, facts: Json) -> Element | None:
    items = [_fact(name, _text(value)) for name, value in facts.items() if value is not None and value != ""]
    return element("div", element("h3", title), element("dl", *items, class_="facts")) if items else None


def _fact(name: str, text: str) -> Element:
    long = {"class_": "long"} if len(text) > LONG else {}
    return element("div", element("dt", name.replace("_", " ")), element("dd", text), **long)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_text, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
