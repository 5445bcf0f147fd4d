"""The document: one file that loads nothing, whose one style and one script are named by their hashes."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, tostring

from wdcli.figures.shown import Shown
from wdcli.figures.svg import STYLE
from wdcli.page.compared import compared
from wdcli.page.elements import element
from wdcli.page.made import made
from wdcli.page.section import section

HERE = Path(__file__).parent
PENALTIES = {
    "l1": "L1 decay",
    "l2": "L2 decay",
    "elastic-net": "elastic-net decay",
    "group-lasso": "group lasso",
    "sparse-group": "sparse group lasso",
    "none": "decay",
}


def html(shown: Shown) -> str:
    """The page of a sweep or a comparison; the same result gives the same text."""
    document = element("html", _head(shown), element("body", element("main", *_body(shown)), _script()), lang="en")
    return f"<!DOCTYPE html>\n{tostring(document, encoding='unicode', method='html')}\n"


def title(shown: Shown) -> str:
    """``moons: how much L2 decay?``"""
    sweep = shown.sweeps[0]
    if shown.compares:
        return f"{sweep.data}: which penalty, {' or '.join(shown.names)}?"
    return f"{sweep.data}: how much {PENALTIES.get(sweep.penalty, sweep.penalty)}?"


def _head(shown: Shown) -> Element:
    style, script = _style(), _script()
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style.text or "", script.text or "")),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        # Browsers ask a server for an icon that isn't named.
        element("link", rel="icon", href="data:,"),
        element("title", title(shown)),
        style,
    )


def _policy(style: str, script: str) -> str:
    """Nothing is loaded, and nothing runs, but this style, this script and images within the page."""
    parts = [f"style-src {_hash(style)}", f"script-src {_hash(script)}", "base-uri 'none'", "form-action 'none'"]
    return "; ".join(["default-src 'none'", "img-src data:", *parts])


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _style() -> Element:
    """Written as it is, since HTML reads no escapes in it: it never holds data."""
    return element("style", f"{STYLE}\n{(HERE / 'page.css').read_text(encoding='utf-8')}")


def _script() -> Element:
    """Written as it is, as the style is."""
    return element("script", (HERE / "page.js").read_text(encoding="utf-8"))


def _body(shown: Shown) -> Iterator[Element | None]:
    yield element("h1", title(shown))
    yield element("p", *_lines(shown), class_="data")
    yield _partial(shown)
    if shown.compares:
        yield from compared(shown)
    else:
        yield section(shown.sweeps[0], "sweep", 2)
    yield made(shown)


def _lines(shown: Shown) -> Iterator[Element | str]:
    """The lines above the table; where they aren't stored, what the data were."""
    data = shown.shown["data"]
    counted = f"{data['n_train']:,} training rows, {data['n_test']:,} test rows, {data['n_features']:,} features"
    # A comparison's sweeps share the first line only.
    for line in (shown.heading[:1] if shown.compares else shown.heading) or (counted,):
        yield element("span", line.removeprefix(f"{shown.sweeps[0].data}: "))


def _partial(shown: Shown) -> Element | None:
    """What is there of an interrupted run."""
    partial = shown.shown.get("partial")
    if not partial:
        return None
    said = f"This run was interrupted: {partial['networks']:,} of its {partial['of']:,} networks are trained."
    return element("p", f"{said} The same command continues from there.", class_="partial", role="note")
