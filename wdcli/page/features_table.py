"""Which columns of the table matter: a row a column, those that live longest first."""

import math
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from wdcli.figures.shown import ShownSweep
from wdcli.figures.shown_features import ShownFeature
from wdcli.page.elements import element
from wdcli.report.numbers import NOTHING, figure, rise, share, used_norm
from wdcli.text import count

MOST = 40
"""The most columns that are shown at once; the others are folded up."""
HEADINGS = ("column", "dies at", "|W|2", "used in", "importance", "95 % interval", "useful")
CAPTION = (
    "Dies at: the smallest lambda from which on no network trained on all training rows uses the column. The rest is at the "
    "chosen lambda. Used in: the share of the fits of cross-validation that use the column. Importance: how much CV loss "
    "rises when the column's cells are shuffled. Useful: that rise is certain, and not negligible. A dash: not measured, or no "
    "fit uses the column."
)


def features_table(sweep: ShownSweep, level: int) -> Element | None:
    """The table with its heading; nothing for a sweep that has none."""
    if not sweep.features:
        return None
    shown, folded = sweep.features[:MOST], sweep.features[MOST:]
    return element(
        "div",
        element(f"h{level}", "The table's columns"),
        element(
            "p",
            CAPTION,
            element("span", "Scroll sideways for the other numbers.", class_="narrow onscreen"),
            class_="caption",
        ),
        _table(sweep, shown),
        _folded(sweep, folded) if folded else None,
        class_="columns",
    )


def _folded(sweep: ShownSweep, features: Sequence[ShownFeature]) -> Element:
    return element(
        "details", element("summary", count(len(features), "more column")), _table(sweep, features), class_="meanings"
    )


def _table(sweep: ShownSweep, features: Sequence[ShownFeature]) -> Element:
    """A table in a box of its own that scrolls."""
    heads = [element("th", each, scope="col") for each in HEADINGS]
    body = [_row(each, _dies_at(sweep, each)) for each in features]
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *body))
    return element("div", table, class_="scrolls", tabindex="0", role="region", aria_label="The table's columns")


def _row(feature: ShownFeature, dies_at: str) -> Element:
    cells = (
        dies_at,
        used_norm(feature.l2_norm),
        share(feature.selection_share),
        rise(feature.importance),
        _interval(feature),
        _useful(feature),
    )
    name = element("th", feature.column, scope="row")
    return element("tr", name, *(element("td", cell) for cell in cells))


def _dies_at(sweep: ShownSweep, feature: ShownFeature) -> str:
    """The lambda; ``> 10`` where the largest lambda whose networks did not diverge still uses the column."""
    largest = max((row.lambd for row in sweep.curve if row.column_norms), default=math.nan)
    return f"> {figure(largest)}" if math.isnan(feature.dies_at) else figure(feature.dies_at)


def _interval(feature: ShownFeature) -> str:
    return NOTHING if math.isnan(feature.ci_low) else f"{rise(feature.ci_low)} to {rise(feature.ci_high)}"


def _useful(feature: ShownFeature) -> str:
    """Whether the rise is certain and not negligible; a dash where it was not measured."""
    if math.isnan(feature.importance):
        return NOTHING
    return "yes" if feature.useful else "no"
