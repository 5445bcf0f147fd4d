"""Which features a network uses, in plain words."""

import shlex
from collections.abc import Sequence
from typing import NamedTuple

from wdcli.data.encoding import Encoding
from wdcli.fits.records import Strong
from wdcli.report.numbers import figure, norm, share
from wdcli.text import listed, safe

FEW = 6
"""Up to so many features are all named."""
LEAK = 0.02
"""Losses below this share of a constant answer's are almost 0."""
ALONE = 0.9
"""A column with more than this share of the first layer's squared weights decides alone."""
SOME = 4
"""Of more features, so many are named."""


class Outcome(NamedTuple):
    """The loss that is left at one lambda, and the features in use."""

    lambd: float
    train_loss: float
    test_loss: float
    strongest: Sequence[Strong]


def in_use(effective: Sequence[float], strongest: Sequence[Strong], names: Sequence[str]) -> list[str]:
    """``In use: age, bmi.`` or the strongest of many. Nothing if no feature is in use, or all of a few are.

    ``effective`` and ``strongest`` come from ``Diagnostics`` or a ``Row``; ``names`` are those of all features.
    """
    used = max(len(strongest), round(effective[0])) if effective else 0
    if not used or used == len(names) <= FEW:
        return []
    if used > FEW:
        shown = ", ".join(f"{safe(names[one.feature])} {norm(one.l2_norm)}" for one in strongest[:SOME])
        return [f"The features with the largest weights (|W|2 into the first layer): {shown} and {used - SOME:,} more."]
    seeds = " in one seed or more" if used > effective[0] else ""
    return [f"In use{seeds}: {listed([names[one.feature] for one in strongest], FEW)}."]


def leak(outcomes: Sequence[Outcome], encoding: Encoding, constant: float) -> list[str]:
    """A question where a network leaves next to no loss, against ``constant`` of a constant answer, by one column.

    Of these ``outcomes``, the one in which the column has the largest share of the first layer's weights decides.
    """
    least = [one for one in outcomes if max(one.train_loss, one.test_loss) < LEAK * constant]
    found = [(*leading(one.strongest, encoding.feature_columns), one) for one in least if one.strongest]
    alone, column, outcome = max(found, key=lambda lead: lead[0], default=(0.0, "", None))
    if outcome is None or alone < ALONE:
        return []
    left = f" --drop {shlex.quote(safe(column))} shows what is left." if len(encoding.rules) > 1 else ""
    return [
        f"At lambda = {figure(outcome.lambd)} the column {safe(column)} alone, with {share(alone)} of the first layer's "
        f"weight, leaves {share(outcome.train_loss / constant, 1)} of a constant answer's training loss: does it leak the "
        f"target?{left}"
    ]


def leading(strongest: Sequence[Strong], columns: Sequence[str]) -> tuple[float, str]:
    """The largest share of the first layer's squared weights that one column's features hold, and the column."""
    squares: dict[str, float] = {}
    for one in strongest:
        squares[columns[one.feature]] = squares.get(columns[one.feature], 0.0) + one.l2_norm**2
    column = max(squares, key=squares.__getitem__)
    return squares[column] / sum(squares.values()), column
