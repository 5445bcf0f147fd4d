"""Which columns of the table matter: how long each is in use as lambda grows, and in how many fits at the chosen one."""

import math
from dataclasses import dataclass

import numpy as np

from wdcli.array import Array
from wdcli.errors import ConfigError
from wdcli.fits.config import FitConfig
from wdcli.fits.records import NAN
from wdcli.nn.penalties import PENALTIES
from wdcli.sweep.importance import Importance
from wdcli.sweep.lifetimes import by_lifetime, dies_at
from wdcli.sweep.result import SweepResult
from wdcli.sweep.stability import Stability, stability
from wdcli.text import listed


@dataclass(frozen=True)
class Feature:
    """A column of the table, with all features that are made from it.

    ``dies_at`` is the smallest lambda of the sweep from which on no seed's fit on all training rows uses the column; None
    if the largest lambda's still does. The rest is measured at the chosen lambda: ``l2_norm`` of the weights out of its
    features in use (of fits on all training rows, mean over seeds); ``selection_share``, the share of the folds' and seeds'
    fits that use it; ``importance``, by how much permuting it raises the CV loss, and its 95 % interval (nan where no fit uses
    it, or where it wasn't measured). It is ``useful`` if that rise is certain and not negligible, as of two lambdas.
    """

    column: str
    dies_at: float | None
    l2_norm: float
    selection_share: float
    importance: float
    ci_low: float
    ci_high: float
    useful: bool


@dataclass(frozen=True)
class Features:
    """Every column of the table, those that live longest first; the stability of the ``fits`` that select them.

    Equally long-lived columns stand in the order of their importance, if that was measured.
    """

    columns: tuple[Feature, ...]
    stability: Stability
    fits: int

    @property
    def in_every_fit(self) -> list[str]:
        """The columns that the fits of all folds and seeds use."""
        return [one.column for one in self.columns if one.selection_share == 1]

    @property
    def useful(self) -> list[str]:
        """The columns whose permuting raises the CV loss for certain."""
        return [one.column for one in self.columns if one.useful]

    @property
    def in_none(self) -> list[str]:
        """The columns that no fold's fit uses."""
        return [one.column for one in self.columns if one.selection_share == 0]


def check_makes_zeros(fit: FitConfig) -> None:
    """Raise ``ConfigError`` for a fit that makes no exact zeros, and so uses every column."""
    if fit.makes_zeros:
        return
    sparse = [name for name, penalty in PENALTIES.items() if penalty.sparse]
    if fit.penalty in sparse:
        raise ConfigError(
            "--features needs weights that are exactly zero, and coupled decay makes none: give --decay proximal."
        )
    raise ConfigError(
        f"--features needs weights that are exactly zero, and the penalty {fit.penalty} makes none: give --penalty "
        f"{listed(sparse[:-1])} or {sparse[-1]}."
    )


def find_features(result: SweepResult, importance: Importance | None = None) -> Features:
    """What a sweep, of a penalty that makes zeros, says of each column; nan for its importance where None is given."""
    rows = [row for row in result.curve if row.column_norms]
    lambdas, norms = [row.lambd for row in rows], [row.column_norms for row in rows]
    used, folds = used_columns(result)
    shares, chosen, columns = used.mean(axis=0).tolist(), result.chosen_row.column_norms, result.encoding.columns
    found = (
        Feature(columns[i], dies_at(lambdas, norms, i), chosen[i], shares[i], *_rise(result, importance, i))
        for i in by_lifetime(norms)
    )
    return Features(tuple(sorted(found, key=_rank)), stability(used, folds), len(used))


def _rank(one: Feature) -> tuple[float, float]:
    """Longest-lived columns first, then the most important ones."""
    life = math.inf if one.dies_at is None else one.dies_at
    return -life, math.inf if math.isnan(one.importance) else -one.importance


def _rise(result: SweepResult, importance: Importance | None, column: int) -> tuple[float, float, float, bool]:
    """A column's importance, its interval, and whether the column is useful."""
    found = importance.of(column, result.folds.test_share) if importance else None
    if found is None:
        return NAN, NAN, NAN, False
    return found.mean, found.low, found.high, found.finding(result.constant) == "more"


def used_columns(result: SweepResult) -> tuple[Array, Array]:
    """Which columns each of the chosen lambda's fits in cross-validation uses, (fits, columns), and its fold, (fits,)."""
    uses, width = result.chosen_row.uses, len(result.encoding.columns)
    used = np.zeros((len(uses), width + 1), dtype=bool)
    for fit, use in zip(used, uses, strict=True):
        places = result.folds.places[use.fold]
        fit[places] = np.unpackbits(np.frombuffer(use.columns, np.uint8), count=len(places))
    return used[:, :width], np.array([use.fold for use in uses])
