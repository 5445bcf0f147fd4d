"""A comparison: its picture and conclusions, then a section for each sweep."""

from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from wdcli.figures import gallery
from wdcli.figures.model import Intervals
from wdcli.figures.shown import Shown, ShownPair, ShownSweep
from wdcli.page.elements import element, elements
from wdcli.page.pictures import PageFigure, lacking
from wdcli.page.section import section
from wdcli.page.sentences import paragraphs
from wdcli.report.numbers import NOTHING, signed


def compared(shown: Shown) -> Iterator[Element | None]:
    """All that the page says about the comparison."""
    figure = gallery.make("compare", shown)
    yield element("ul", *(element("li", *_conclusion(pair)) for pair in shown.pairs), class_="pairs")
    # Differences have a row of their own, below the pictures that stand side by side.
    panels = tuple(sorted(figure.panels, key=lambda panel: isinstance(panel, Intervals)))
    yield PageFigure(replace(figure, panels=panels), "all").drawn(2) if panels else lacking([figure])
    yield element("div", *paragraphs(shown.summary), class_="words")
    for i, (name, sweep) in enumerate(zip(shown.names, shown.sweeps, strict=True)):
        yield section(sweep, f"sweep{i}", 3, element("h2", name), _lines(sweep))


def _lines(sweep: ShownSweep) -> Element:
    """The lines above its table, but for the first, which all sweeps share."""
    lines = elements("span", sweep.heading[1:])
    return element("p", *lines, class_="data")


def _conclusion(pair: ShownPair) -> Iterator[Element | str]:
    """``l1 against l2: no detectable difference. CV loss of l1 minus that of l2: +0.0912 (95 % interval ...).``"""
    yield element("b", f"{pair.a} against {pair.b}:")
    low, high = signed(pair.low), signed(pair.high)
    interval = "" if NOTHING in (low, high) else f" (95 % interval {low} to {high})"
    yield f" {pair.conclusion}. CV loss of {pair.a} minus that of {pair.b}: {signed(pair.difference)}{interval}."
