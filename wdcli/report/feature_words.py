"""Which features a network uses, in plain words."""

from collections.abc import Sequence

from wdcli.fits.records import Strong
from wdcli.report.numbers import loss, norm
from wdcli.text import listed, safe

FEW = 6
"""So many features are all named."""
LEAK = 0.01
"""A training loss below this share of a constant answer's is all but 0."""
SOME = 4
"""Of more, so many are."""


def in_use(effective: Sequence[float], strongest: Sequence[Strong], names: Sequence[str]) -> list[str]:
    """``In use: age, bmi.`` or the strongest of many. Nothing if no feature is in use, or all of a few are.

    ``effective`` and ``strongest`` are those of ``Diagnostics`` or of a ``Row``, ``names`` those of all features.
    """
    used = max(len(strongest), round(effective[0])) if effective else 0
    if not used or used == len(names) <= FEW:
        return []
    if used > FEW:
        shown = ", ".join(f"{safe(names[one.feature])} {norm(one.l2_norm)}" for one in strongest[:SOME])
        return [f"The features with the largest weights (|W|2 into the first layer): {shown} and {used - SOME:,} more."]
    seeds = " in one seed or more" if used > effective[0] else ""
    return [f"In use{seeds}: {listed([names[one.feature] for one in strongest], FEW)}."]


def leak(strongest: Sequence[Strong], names: Sequence[str], train_loss: float, constant: float) -> list[str]:
    """A hint where one feature of several alone gives next to no training loss, against ``constant`` of a constant answer."""
    if len(strongest) != 1 or len(names) == 1 or not train_loss < LEAK * constant:
        return []
    name = safe(names[strongest[0].feature])
    return [
        f"One feature, {name}, alone gives a training loss of {loss(train_loss)}: does it leak the target? --drop with its "
        "column shows what is left."
    ]
