"""All that a page says about one sweep: tiles, words, pictures, the slider that they follow, and every number."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from wdcli.figures import gallery
from wdcli.figures.shown import ShownSweep
from wdcli.page.elements import element
from wdcli.page.follower import follower
from wdcli.page.numbers_table import numbers_table
from wdcli.page.pictures import lacking, picture
from wdcli.page.sentences import paragraphs
from wdcli.page.tiles import tiles

ORDER = ("cv", "function", "weights", "learning", "front", "features")


def section(sweep: ShownSweep, name: str, level: int, *heading: Element) -> Element:
    """The sweep's part of the page; ids in it begin with ``name``, and its headings are of ``level``."""
    words = paragraphs(str(sweep.shown.get("summary", "")))
    parts = [tiles(sweep), element("div", *words, class_="words"), *_pictures(sweep, name, level), _table(sweep, level)]
    return element("section", *heading, *parts, class_="sweep")


def _pictures(sweep: ShownSweep, name: str, level: int) -> Iterator[Element | None]:
    figures = [gallery.OF_SWEEPS[each](sweep) for each in ORDER if each in gallery.OF_SWEEPS]
    lambdas = [row.lambd for row in sweep.curve]
    slider = follower(sweep, name)
    for figure in figures:
        if figure.panels:
            yield picture(figure, name, level, lambdas, slider if figure.name == "cv" else None)
    yield lacking(figure for figure in figures if not figure.panels)


def _table(sweep: ShownSweep, level: int) -> Element:
    said = "Losses are without the penalty."
    if sweep.has_chosen:
        said += " plateau: as good as the best, fold by fold."
    heading = element(f"h{level}", "Every number")
    return element("div", heading, element("p", said, class_="caption"), numbers_table(sweep), class_="numbers")
