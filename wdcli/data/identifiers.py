"""Columns of whole numbers that seem to name rows, such as the numbers of orders."""

import shlex
from collections.abc import Sequence

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Column
from wdcli.text import listed, safe

FEWEST = 35
"""Fewer training rows (of 50 rows or so) may well differ in what was measured."""
FIRST = 1000
BY_CHANCE = 0.05
"""If random numbers are all different with at least this probability, the numbers are taken for measured ones."""
DIGITS = 6
"""Numbers of so many digits each are taken for the numbers of customers and the like."""


def notes(columns: Sequence[Column], rows: Array) -> list[str]:
    """A line that asks whether columns of the (training) rows name them."""
    numbers, rows = [column for column in columns if column.kind == "number"], np.sort(rows)
    # The first rows are enough for nearly every other column.
    likely = [column for column in numbers if _all_different(column.values[rows[:FIRST]])]
    found = [column.name for column in likely if names_rows(column.values[rows])]
    if not found:
        return []
    option = f"--drop {shlex.quote(safe(found[0]))}" if len(found) == 1 else "--drop them"
    kind = "an identifier" if len(found) == 1 else "identifiers"
    return [f"{listed(found)}: whole numbers that differ in every row: {kind}? Then {option}"]


def names_rows(values: Array) -> bool:
    """Whether numbers (rows,) are whole, all different, and more orderly than measured ones would be.

    They are so if they stand in order, have six digits or more each, or lie so densely that as many random numbers of
    their range would hardly be all different: with probability exp(-n^2 / (2 range)), the birthday problem.
    """
    n, ordered = len(values), np.sort(values)
    if n < FEWEST or not _all_different(ordered):
        return False
    low, high = float(ordered[0]), float(ordered[-1])
    dense = n**2 > -2 * np.log(BY_CHANCE) * (high - low)
    in_order = bool((values == ordered).all() or (values == ordered[::-1]).all())
    return bool(dense or in_order or (low >= 10 ** (DIGITS - 1) and len(f"{low:.0f}") == len(f"{high:.0f}")))


def _all_different(values: Array) -> bool:
    """Whether the numbers are whole ones, none of them missing or twice."""
    ordered = np.sort(values)
    return bool(np.isfinite(values).all() and (values == np.round(values)).all() and (ordered[1:] > ordered[:-1]).all())
