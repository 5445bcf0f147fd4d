"""Which features a network uses, in plain words."""

from collections.abc import Sequence

from wdcli.sweep.records import Strong
from wdcli.text import listed

FEW = 6
"""So many features are all named."""
SOME = 4
"""Of more, so many are."""


def in_use(effective: Sequence[float], strongest: Sequence[Strong], names: Sequence[str]) -> list[str]:
    """``In use: age, bmi.`` Nothing where the few features that there are all are in use, or none is.

    ``effective`` and ``strongest`` are those of ``Diagnostics`` or of a ``Row``, ``names`` those of all features.
    """
    used = max(len(strongest), round(effective[0])) if effective else 0
    if not used or used == len(names) <= FEW:
        return []
    found = [names[one.feature] for one in strongest]
    if used > FEW:
        shown = f"{listed(found[:SOME])} and {used - SOME:,} more"
        return [f"The strongest features, by |W|2 of their weights into the first layer: {shown}."]
    seeds = " in one seed or more" if used > effective[0] else ""
    return [f"In use{seeds}: {listed(found, FEW)}."]
