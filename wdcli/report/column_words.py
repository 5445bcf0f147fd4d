"""Which columns of the table the networks use, how surely, and whether they are the right ones, in plain words."""

import math
from collections.abc import Sequence

import numpy as np

from wdcli.data.dataset import Dataset
from wdcli.report.numbers import count_of, figure, share
from wdcli.sweep.features import Features, used_columns
from wdcli.sweep.recovery import recovery
from wdcli.sweep.result import SweepResult
from wdcli.text import count, listed

FEW = 6
"""Up to so many columns are all named."""
NEARLY_ALL = 0.9
"""If the fits use more than this share of the columns, they can hardly disagree."""
MANY, BY_CHANCE = 20, 0.025
"""From so many columns on, the paragraph says how many useless ones would seem useful: this share of them."""
SHARED = "Columns that say the same share their importance."


def columns_paragraph(result: SweepResult, features: Features) -> str:
    """What the table of columns shows, and where fewer columns do."""
    return " ".join([*agreement(features), *usefulness(features), *_fewest(result)])


def agreement(features: Features) -> list[str]:
    """How many columns the fits agree on, and how stable the selection is."""
    return [_agreement(features), *_stability(features)]


def _agreement(features: Features) -> str:
    whole, always, never = len(features.columns), len(features.in_every_fit), len(features.in_none)
    columns, fits = count(whole, "column"), f"the {features.fits} fits of cross-validation"
    if always == whole:
        return f"Each of {fits} uses every column."
    if never == whole:
        return f"None of {fits} uses any column."
    verb = "is" if 1 in (always, whole) else "are"
    return f"{always:,} of {columns} {verb} used in each of {fits}, {never:,} in none."


def _stability(features: Features) -> list[str]:
    """The stability index, how far it varies between folds, and what it means; nothing where it is undefined."""
    found = features.stability
    if math.isnan(found.index):
        return []
    index, low, high = (figure(value, 2) for value in (found.index, found.low, found.high))
    spread = "" if math.isnan(found.low) else f" ({low} to {high} by the spread between folds, which share rows)"
    said = (
        f"Stability of the selection: {index}{spread}; 1 means that all fits use the same columns, 0 that they agree no more "
        "than by chance."
    )
    used = sum(one.selection_share for one in features.columns) / len(features.columns)
    return [said, "Nearly all columns are used, so that says little."] if used > NEARLY_ALL else [said]


def usefulness(features: Features) -> list[str]:
    """The useful columns, important ones that are not certain to be, and those used in vain; nothing if none is used."""
    tested = [one for one in features.columns if not math.isnan(one.importance)]
    most = max((one.importance for one in tested), default=0.0)
    unsure = [one.column for one in tested if not one.useful and one.importance >= most / 2 > 0]
    vain = [one.column for one in tested if one.selection_share == 1 and not (one.useful or one.column in unsure)]
    said = [_useful(features.useful, len(tested))] if tested else []
    said += [f"Important on average, but the folds disagree: {listed(unsure, FEW)}. {SHARED}"] if unsure else []
    return [*said, *([f"Used in every fit, but not clearly useful: {listed(vain, FEW)}."] if vain else [])]


def _useful(found: Sequence[str], tested: int) -> str:
    """The columns whose importance is certain, and how many of so many useless ones would seem so by chance."""
    if not found:
        return "No column is clearly useful: the importance of none is certain."
    chance = f" Each is judged by itself: of {tested} useless columns about {figure(BY_CHANCE * tested, 1)} would pass."
    said = f"Clearly useful (a rise of the loss that is certain and not negligible): {listed(found, FEW)}."
    return said + chance * (tested >= MANY)


def _fewest(result: SweepResult) -> list[str]:
    """Where the fewest columns are used within one standard error of the best CV loss, if fewer than at the chosen lambda."""
    best, chosen = result.best_row, result.chosen_row
    near = [row for row in result.curve if row.status == "ok" and row.cv_loss <= best.cv_loss + best.cv_se]
    row = min(near, key=lambda row: row.effective_columns, default=chosen)
    if not row.effective_columns < chosen.effective_columns:
        return []
    return [
        f"Within one SE of the best CV loss, lambda = {figure(row.lambd)} uses the fewest columns: "
        f"{count_of(row.effective_columns)} of {len(chosen.column_norms):,}."
    ]


def _verb(number: int, one: str, several: str) -> str:
    return one if number == 1 else several


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
