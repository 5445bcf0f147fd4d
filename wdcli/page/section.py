"""All that a page says about one sweep: tiles, words, pictures, the slider that they follow, and its tables."""

from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from wdcli.figures import gallery
from wdcli.figures.function import frames
from wdcli.figures.model import Figure
from wdcli.figures.shown import ShownSweep
from wdcli.page.elements import element
from wdcli.page.features_table import features_table
from wdcli.page.follower import follower, start
from wdcli.page.numbers_table import meanings, numbers_table
from wdcli.page.pictures import PageFigure, lacking
from wdcli.page.sentences import paragraphs
from wdcli.page.tiles import tiles

VERDICTS = (
    "good: as good as the best, fold by fold (marked plateau); overfit and underfit: worse, with less and with more decay. "
    "Wins: the share of resampled folds in which the lambda is the best of those that were still in the race."
)
ORDER = ("cv", "function", "weights", "learning", "front", "features")


def section(sweep: ShownSweep, name: str, level: int, *heading: Element) -> Element:
    """The sweep's part of the page; ids in it begin with ``name``, and its headings are of ``level``."""
    words = paragraphs(sweep.summary)
    told = [tiles(sweep), element("div", *words, class_="words"), *_pictures(sweep, name, level)]
    tables = [features_table(sweep, level), _table(sweep, level)]
    return element("section", *heading, *told, *tables, class_="sweep")


def _pictures(sweep: ShownSweep, name: str, level: int) -> Iterator[Element | None]:
    drawn, missing = _figures(sweep)
    lambdas = [row.lambd for row in sweep.curve]
    for figure in drawn:
        picture = PageFigure(figure, f"{name}-{figure.name}", lambdas)
        match figure.name:
            case "cv":
                yield picture.drawn(level, follower(sweep, name))
            case "function":
                yield replace(picture, frames=frames(sweep), start=start(sweep).lambd).drawn(level)
            case _:
                yield picture.drawn(level)
    yield lacking(missing)


def _figures(sweep: ShownSweep) -> tuple[list[Figure], list[Figure]]:
    """The sweep's figures: those with a picture, and those without."""
    every = [gallery.of_sweep(name, sweep) for name in ORDER]
    return [each for each in every if each.panels], [each for each in every if not each.panels]


def _table(sweep: ShownSweep, level: int) -> Element:
    said = "Losses are without the penalty."
    if sweep.has_chosen:
        said += f" {VERDICTS}"
    heading = element(f"h{level}", "Every number")
    caption = element(
        "p", said, element("span", " Scroll sideways for the other columns.", class_="onscreen"), class_="caption"
    )
    return element("div", heading, caption, numbers_table(sweep), meanings(sweep), class_="numbers")
