"""Which columns of the table matter, as a stored result's JSON object tells it."""

from dataclasses import dataclass

from wdcli.figures.values import Json, number
from wdcli.text import safe


@dataclass(frozen=True)
class ShownFeature:
    """A row of ``feature_table``, by the names there; ``dies_at`` is nan where the largest lambda still uses the column."""

    column: str
    dies_at: float
    l2_norm: float
    selection_share: float
    importance: float
    ci_low: float
    ci_high: float
    useful: bool


NUMBERS = ("dies_at", "l2_norm", "selection_share", "importance", "ci_low", "ci_high")


def features_of(shown: Json) -> tuple[ShownFeature, ...]:
    """The columns of a sweep, those that live longest first; none where the penalty makes no weights exactly zero."""
    return tuple(map(_feature, shown.get("feature_table", ())))


def _feature(row: Json) -> ShownFeature:
    told = {name: number(row[name]) for name in NUMBERS}
    return ShownFeature(column=safe(row["column"]), **told, useful=row["useful"] is True)
