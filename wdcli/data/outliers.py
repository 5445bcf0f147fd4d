"""Rows with a number that is out of all proportion, such as a row of totals."""

from collections.abc import Sequence

import numpy as np

from wdcli.array import Array
from wdcli.data.cells import Origin
from wdcli.data.dataset import Column
from wdcli.text import listed, quoted, safe

FAR = 20
"""So many standard deviations of the other cells from their mean is out of all proportion,"""
APART = 5
"""where the distance from the median is also so many times that of the next cell: skewed columns have no such gap."""
FEW = 3
"""More such cells in a column are not slips."""
SAMPLE = 20_000
"""In longer tables, medians are taken of a sample of at least half as many rows."""
NORMAL = 1.4826
"""A normal distribution's standard deviation by its median absolute deviation."""


def notes(columns: Sequence[Column], origin: Origin) -> list[str]:
    """A warning for each row with numbers that are out of all proportion."""
    rows: dict[int, list[str]] = {}
    for column in columns:
        for row in far_off(column.values) if column.kind == "number" else []:
            rows.setdefault(row, []).append(f"{safe(column.name)} {column.values[row]:,.10g}")
    return [
        f"Warning: {quoted(origin.name)}, {origin.place(row)}: {listed(found)}, more than {FAR} standard deviations from the "
        "other rows' mean: totals, or a slip? Correct or delete the row"
        for row, found in sorted(rows.items())
    ]


@np.errstate(over="ignore", invalid="ignore")
def far_off(values: Array) -> list[int]:
    """The few rows with a value far from all others; none if half of the values (rows,) are alike."""
    finite = np.isfinite(values)
    known = values if finite.all() else values[finite]
    if len(known) <= FEW + 1:
        return []
    every = slice(None, None, 1 + len(known) // SAMPLE)
    apart = known - np.median(known[every])
    np.abs(apart, out=apart)
    spread = NORMAL * float(np.median(apart[every]))
    if not 0 < FAR * spread < apart.max():
        return []
    farthest = np.argpartition(apart, -FEW - 1)[-FEW - 1 :]
    farthest = farthest[np.argsort(-apart[farthest])]
    for few in range(1, FEW + 1):
        inner, outer = farthest[few:], farthest[:few]
        if apart[outer[-1]] >= APART * apart[inner[0]]:
            others = np.delete(known, outer)
            far = np.abs(known[outer] - others.mean()) > FAR * others.std()
            return list(map(int, np.flatnonzero(finite)[outer[far]]))
    return []
