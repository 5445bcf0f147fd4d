"""How well the columns in use match those that matter, if these are known."""

import math
from collections.abc import Collection
from typing import NamedTuple


class Recovery(NamedTuple):
    """Precision and recall of the columns U in use, as a guess at the columns R that the target depends on.

    ``precision`` is |U and R| / |U|, the share of the columns in use that matter; nan if no column is in use.
    ``recall`` is |U and R| / |R|, the share of the columns that matter that are in use; nan if no column matters.
    """

    precision: float
    recall: float


def recovery(used: Collection[str], relevant: Collection[str]) -> Recovery:
    """How well the columns ``used`` match the ``relevant`` ones, by name; a name given twice counts once."""
    found = len({*used} & {*relevant})
    return Recovery(_share(found, len({*used})), _share(found, len({*relevant})))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
