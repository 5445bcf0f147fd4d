"""Which columns of the table the networks use, how surely, and whether they are the right ones, in plain words."""

import math
from collections.abc import Sequence

import numpy as np

from wdcli.data.dataset import Dataset
from wdcli.report.numbers import figure, share
from wdcli.sweep.features import Features, used_columns
from wdcli.sweep.recovery import recovery
from wdcli.sweep.result import SweepResult
from wdcli.text import count, listed

FEW = 6
"""Up to so many columns are all named."""


def columns_paragraph(features: Features) -> str:
    """How many columns the fits agree on, how stable the selection is, and which columns are useful, or used in vain."""
    return " ".join([_agreement(features), *_stability(features), _useful(features), *_useless(features)])


def _agreement(features: Features) -> str:
    whole, always, never = len(features.columns), len(features.in_every_fit), len(features.in_none)
    columns, fits = count(whole, "column"), f"the {features.fits} fits of cross-validation"
    if always == whole:
        return f"Each of {fits} uses every column."
    if never == whole:
        return f"None of {fits} uses any column."
    return (
        f"{always:,} of {columns} {'is' if 1 in (always, whole) else 'are'} used in each of {fits}, {never:,} in none."
    )


def _verb(number: int, one: str, several: str) -> str:
    return one if number == 1 else several


def _stability(features: Features) -> list[str]:
    """The stability index with its interval, and what it means; nothing where it is undefined."""
    found = features.stability
    if math.isnan(found.index):
        return []
    index, low, high = (figure(value, 2) for value in (found.index, found.low, found.high))
    return [
        f"Stability of the selection: {index} (95 % interval {low} to {high}), where 1 means that all fits use the same "
        "columns, and 0 that they agree no more than by chance."
    ]


def _useful(features: Features) -> str:
    """The columns whose permuting raises the loss for certain."""
    found, all_columns = features.useful, len(features.columns)
    if not found:
        return "No column is clearly useful: the 95 % interval of every importance holds 0."
    which = "every column" if len(found) == all_columns else f"{len(found):,} of {count(all_columns, 'column')}"
    names = "" if len(found) == all_columns else f": {listed(found, FEW)}"
    return f"Clearly useful (95 % interval above 0): {which}{names}."


def _useless(features: Features) -> list[str]:
    """The columns that every fit uses, though permuting them doesn't raise the loss by more than chance."""
    found = [one.column for one in features.columns if one.selection_share == 1 and not one.useful]
    return [f"Used in every fit, but not clearly useful: {listed(found, FEW)}."] if found else []


def recovery_paragraph(dataset: Dataset, result: SweepResult, features: Features | None = None) -> str:
    """How well the chosen columns match those that matter; nothing if that is unknown, or if all columns matter."""
    relevant, whole = dataset.relevant, len(dataset.columns)
    if relevant is None or len(relevant) == whole or not result.fit.makes_zeros:
        return ""
    chosen, every = result.columns_in_use(result.chosen_row), used_columns(result)[0].all(axis=0)
    always = [result.encoding.columns[place] for place in np.flatnonzero(every)]
    sets = [("in use at the chosen lambda", chosen)]
    sets += [("used in every fit of cross-validation", always)] if {*always} != {*chosen} else []
    sets += [("clearly useful", features.useful)] if features else []
    known = f"The target depends on {len(relevant):,} of {count(whole, 'column')}."
    return " ".join([known, *(_recovered(*each, relevant) for each in sets)])


def _recovered(which: str, used: Sequence[str], relevant: Sequence[str]) -> str:
    """``Of the 4 columns that are in use, 2 matter: precision 50 %, recall 100 %.``"""
    if not used:
        return f"No column is {which}."
    found, hits = recovery(used, relevant), len({*used} & {*relevant})
    columns, shares = count(len(used), "column"), (share(found.precision), share(found.recall))
    are, matter = _verb(len(used), "is", "are"), _verb(hits, "matters", "matter")
    return f"Of the {columns} that {are} {which}, {hits:,} {matter}: precision {shares[0]}, recall {shares[1]}."
