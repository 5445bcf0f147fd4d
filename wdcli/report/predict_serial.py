"""Predictions as JSON, and notes on cells in new rows that are like none in training."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from wdcli import __version__
from wdcli.data.dataset import Column
from wdcli.data.novelties import Novelties
from wdcli.data.rules import FAR, Far, Unseen
from wdcli.names import Task
from wdcli.text import count, listed, safe

DAYS = 3_000_000
"""Dates this many days from 1970 are shown as numbers."""
MOST_CATEGORIES = 20
"""JSON names so many unknown categories of a column."""


def notes(novelties: Novelties) -> list[str]:
    """A warning for each column with unknown categories or far numbers, a line for each with other novelties."""
    unseen = [_unknown(found) if found.categories else _missing(found) for found in novelties.unseen]
    return [*unseen, *_far_notes(novelties.far), *_sign_notes(novelties.resigned)]


def _unknown(found: Unseen) -> str:
    when = "never saw" if found.certain else "saw rarely or never"
    return (
        f"Warning: {safe(found.column)}: {count(found.cells, 'cell')} of "
        f"{count(len(found.categories), 'category', 'categories')} that training {when} "
        f"({listed(found.categories, most=2)}) {_counting(found)}"
    )


def _missing(found: Unseen) -> str:
    return f"{safe(found.column)}: {count(found.cells, 'missing cell')}, where training had none, {_counting(found)}"


def _counting(found: Unseen) -> str:
    verb = "counts" if found.cells == 1 else "count"
    return f"{verb} as {found.counts_as or 'none of the categories that it saw'}"


def _far_notes(far: Sequence[Far]) -> list[str]:
    """A warning for each column with numbers far from those of training."""
    return [
        f"Warning: {safe(found.column.name)}: {count(found.cells, 'cell')} more than {FAR} of training's standard deviations "
        f"from its mean, {_value(found.column, found.mean)} (the farthest: {_value(found.column, found.farthest)}): training "
        "saw hardly any like it"
        for found in far
    ]


def _value(column: Column, value: float) -> str:
    """A number, or a date of so many days since 1970."""
    if column.kind != "date" or abs(value) > DAYS:
        return f"{value:,.6g}"
    return str(np.datetime64(int(value), "D"))


def _sign_notes(resigned: Sequence[tuple[str, str, str]]) -> list[str]:
    """A line for each column whose sign differs from training's."""
    return [
        f"{safe(name)}: training's cells had {_sign(old)}, and these have {_sign(new)}: is the unit the same?"
        for name, old, new in resigned
    ]


def _sign(sign: str) -> str:
    return f"the sign {safe(sign)}" if sign else "no currency or percent sign"


def head(command: Sequence[str], target: str, task: Task) -> dict[str, Any]:
    """What the object that ``wdcli predict --json`` prints begins with; the predictions follow."""
    return {
        "schema": "wdcli.predict/2",
        "command": list(command),
        "version": __version__,
        "target": target,
        "task": task,
    }


def tail(novelties: Novelties) -> dict[str, Any]:
    """What the object ends with.

    ``rare_or_unknown`` is for models that have forgotten the names of rare categories.
    """
    unseen = novelties.unseen
    return {
        "unknown": [_plain(found) for found in unseen if found.categories and found.certain],
        "rare_or_unknown": [_plain(found) for found in unseen if found.categories and not found.certain],
        "missing": [{"column": found.column, "cells": found.cells} for found in unseen if not found.categories],
        "notes": notes(novelties),
    }


def _plain(found: Unseen) -> dict[str, Any]:
    return {
        "column": found.column,
        "cells": found.cells,
        "categories": list(found.categories[:MOST_CATEGORIES]),
        "n_categories": len(found.categories),
    }
