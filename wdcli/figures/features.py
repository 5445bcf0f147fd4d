"""Which features the network uses, as lambda grows."""

import math
from collections.abc import Iterator, Sequence

from wdcli.figures import lambdas
from wdcli.figures.model import Figure, HeatMap, Mark
from wdcli.figures.shown import ShownRow, ShownSweep
from wdcli.report.numbers import figure
from wdcli.sweep.lifetimes import by_lifetime
from wdcli.text import count, listed

TITLE = "Which features are used"
MOST = 40
"""The most features that have a row."""
LEVELS = 9
"""Shades of a cell, besides that of exactly zero."""


def features_figure(sweep: ShownSweep) -> Figure:
    """A row a feature, a column a lambda: the norm of the feature's weights, on a square-root scale.

    Features that live longest stand first; equally long-lived ones by their norm at the largest lambda that uses them.
    """
    rows = [row for row in sweep.curve if row.column_norms]
    lacking = _lacking(sweep, rows)
    if lacking:
        return Figure("features", TITLE, "", "", (), (lacking,))
    order = by_lifetime([row.column_norms for row in rows])
    said = _said(sweep, rows)
    lacks = tuple(_left_out(len(order), len(sweep.curve) - len(rows)))
    return Figure("features", TITLE, f"{said} {SCALE}", said, (_panel(sweep, rows, order[:MOST]),), lacks)


def _left_out(columns: int, lambdas_lost: int) -> Iterator[str]:
    """What has no row or no column in the picture, and why."""
    if columns > MOST:
        yield f"{MOST} of {columns:,} columns are shown, those that stay in use longest."
    if lambdas_lost:
        is_or_are = "is" if lambdas_lost == 1 else "are"
        yield f"{count(lambdas_lost, 'lambda')} {is_or_are} left out of the picture of columns: networks diverged there."


USE = "are in use, by one seed's network or more"
SCALE = (
    "The darker, the larger the norm of the weights out of a column of the table, all its categories together (mean over "
    "seeds). White is exactly zero. Columns that stay in use longest stand first."
)


def _lacking(sweep: ShownSweep, rows: Sequence[ShownRow]) -> str:
    lacking = lambdas.lacking(sweep)
    if not lacking and not rows:
        return lambdas.absent(sweep, "norms of columns")
    if not lacking and len(sweep.columns) < 2:
        return f"The table has a single column of features, {sweep.columns[0]}."
    return lacking


def _panel(sweep: ShownSweep, rows: Sequence[ShownRow], order: Sequence[int]) -> HeatMap:
    largest = max(norm for row in rows for norm in row.column_norms) or 1.0
    cells = tuple(tuple(_level(row.column_norms[place], largest) for row in rows) for place in order)
    return HeatMap(
        title="",
        rows=tuple(sweep.columns[place] for place in order),
        columns=tuple(figure(row.lambd) for row in rows),
        column_label="lambda",
        cells=cells,
        levels=LEVELS,
        steps=tuple(largest * ((level - 1) / LEVELS) ** 2 for level in range(1, LEVELS + 1)),
        step_label="norm of the weights",
        marks=_marks(sweep, rows),
        values=tuple(row.lambd for row in rows),
    )


def _level(norm: float, largest: float) -> int:
    """0 for exactly zero, else 1 to ``LEVELS`` by the square root of the norm."""
    if not norm > 0:
        return 0
    return min(LEVELS, 1 + math.floor(LEVELS * math.sqrt(norm / largest)))


def _marks(sweep: ShownSweep, rows: Sequence[ShownRow]) -> tuple[Mark, ...]:
    """The marked columns, by their places."""
    places = {row.lambd: place for place, row in enumerate(rows)}
    found = lambdas.marks(sweep, sweep.l1_ratio)
    return tuple(Mark(places[mark.x], mark.label, mark.strong) for mark in found if mark.x in places)


def _said(sweep: ShownSweep, rows: Sequence[ShownRow]) -> str:
    """How many features are used at the chosen lambda, and which last longest."""
    row = sweep.row(sweep.chosen) or rows[0]
    if not row.column_norms:
        return f"At lambda {figure(row.lambd)} the networks diverged."
    used = sum(norm > 0 for norm in row.column_norms)
    where = f"the chosen lambda, {figure(row.lambd)}" if sweep.has_chosen else f"lambda {figure(row.lambd)}"
    whole = count(len(row.column_norms), "column")
    if not used:
        return f"At {where}, none of the table's {whole} is in use."
    said = f"At {where}, {used:,} of the table's {whole} {USE}"
    strongest = sorted(range(len(row.column_norms)), key=lambda place: -row.column_norms[place])[:3]
    names = [sweep.columns[place] for place in strongest]
    return f"{said}, most of all {listed(names)}." if used > len(names) else f"{said}."
