"""Which columns of the table matter, as a table."""

import math
from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from wdcli.report.numbers import NOTHING, figure, rise, share, used_norm
from wdcli.report.table import plain_table
from wdcli.sweep.features import Feature, Features
from wdcli.sweep.result import SweepResult
from wdcli.text import count, safe

MOST = 40
"""The most columns that have a row."""
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
        cells = (dies_at, used_norm(one.l2_norm), share(one.selection_share), _importance(one))
        table.add_row(Text(safe(one.column, LONGEST)), *cells)
    return table


def _importance(one: Feature) -> str:
    """The importance and its interval."""
    if math.isnan(one.importance):
        return NOTHING
    interval = NOTHING if math.isnan(one.ci_low) else f"{rise(one.ci_low)} to {rise(one.ci_high)}"
    return f"{rise(one.importance)} ({interval})"
