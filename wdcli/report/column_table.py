"""Which columns of the table matter, as a table."""

import math
from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from wdcli.report.numbers import NOTHING, figure, loss, norm, share
from wdcli.report.table import plain_table
from wdcli.sweep.features import Feature, Features
from wdcli.sweep.result import SweepResult
from wdcli.text import count, safe

MOST = 40
"""The most columns that have a row."""
SMALL = 0.005
"""Norms below this would be rounded to 0.00."""
LONGEST = 25
"""The most characters of a column's name."""


def columns_parts(result: SweepResult, features: Features) -> list[RenderableType]:
    """The columns of the table, those that live longest first, with a line above and an empty one below."""
    largest = max(row.lambd for row in result.curve if row.column_norms)
    rest = len(features.columns) - MOST
    more = [Text(f"and {count(rest, 'more column')} (--json has them all)")] if rest > 0 else []
    return [
        Text(f"The table's columns, with weights, fits and importance at lambda = {figure(result.selection.chosen)}:"),
        Text(),
        _table(features.columns[:MOST], largest),
        *more,
        Text(),
    ]


def _table(columns: Sequence[Feature], largest: float) -> Table:
    table = plain_table("column", "dies at", "|W|2", "used in", "importance (95 % interval)", left=["column"])
    for one in columns:
        dies_at = f"> {figure(largest)}" if one.dies_at is None else figure(one.dies_at)
        cells = (dies_at, _norm(one.l2_norm), share(one.selection_share), _importance(one))
        table.add_row(Text(safe(one.column, LONGEST)), *cells)
    return table


def _norm(value: float) -> str:
    """0.00 only if it is exactly 0: a column with tiny weights is in use."""
    return figure(value) if 0 < value < SMALL else norm(value)


def _importance(one: Feature) -> str:
    """The importance and its interval."""
    if math.isnan(one.importance):
        return NOTHING
    interval = NOTHING if math.isnan(one.ci_low) else f"{_rise(one.ci_low)} to {_rise(one.ci_high)}"
    return f"{_rise(one.importance)} ({interval})"


def _rise(value: float) -> str:
    """A rise of the loss; never ``-0.0000``."""
    return loss(round(value, 4) + 0.0)
