"""Which columns a model keeps, how well they match those that matter, and the line of a table that says so."""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from spent import Spent

from wdcli import study
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.recovery import recovery
from wdcli.sweep.result import SweepResult
from wdcli.sweep.rows import Row

HEAD = (
    "in use", "in use: precision", "in use: recall", "useful", "useful: precision", "useful: recall",
    "test loss", "test score", "seconds", "CPU seconds",
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """The columns that a model uses, and those that are clearly ``useful`` to it, None if it doesn't measure that.

    ``relevant`` are the columns that matter, None if these are not known.
    """

    columns: int
    relevant: Collection[str] | None
    used: Collection[str]
    useful: Collection[str] | None
    test_loss: float
    test_score: float


def swept(data: study.Data, config: SweepConfig) -> tuple[SweepResult, Kept]:
    """Do what `wdcli sweep --features` does: sweep, and find which columns are useful at the chosen lambda."""
    result = study.sweep(data, config)
    row = result.chosen_row
    used, useful = used_in(result, row), study.features(result).useful
    return result, Kept(
        len(result.encoding.columns), data.dataset.relevant, used, useful, row.test_loss, row.test_score
    )


def used_in(result: SweepResult, row: Row) -> list[str]:
    """The columns that any seed's network uses in this row: those whose mean norm over seeds is above 0."""
    return [name for name, norm in zip(result.encoding.columns, row.column_norms, strict=True) if norm > 0]


def match(names: Collection[str] | None, relevant: Collection[str] | None) -> tuple[float, float, float]:
    """The number of these columns, the share of them that matter, and the share of those that matter that are among them.

    What is not known is nan.
    """
    if names is None:
        return math.nan, math.nan, math.nan
    return len(names), *((math.nan, math.nan) if relevant is None else recovery(names, relevant))


def cells(found: Sequence[Kept], spent: Sequence[Spent]) -> Iterator[str]:
    """The cells under ``HEAD``: means over the draws, of precision over those draws where it is defined."""
    yield from matched([match(one.used, one.relevant) for one in found])
    yield from matched([match(one.useful, one.relevant) for one in found])
    yield mean([one.test_loss for one in found], "{:.4f}")
    yield mean([one.test_score for one in found], "{:.3f}")
    for seconds in zip(*spent, strict=True):
        yield mean(seconds, "{:.1f}")


def matched(matches: Sequence[tuple[float, float, float]]) -> Iterator[str]:
    """The cells of a number of columns, their precision and recall."""
    for values, form in zip(zip(*matches, strict=True), ("{:.1f}", "{:.2f}", "{:.2f}"), strict=True):
        yield mean(values, form)


def mean(values: Sequence[float], form: str) -> str:
    """The mean of those values that are known; nothing if none is."""
    return "" if np.isnan(values).all() else form.format(np.nanmean(values))
