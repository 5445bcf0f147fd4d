"""What a sweep came to: all of it, or as much as there was when it was broken off."""

import functools
from dataclasses import dataclass, replace

from wdcli.data.encoding import Encoding, TargetScale
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds
from wdcli.nn.losses import LOSSES
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.oracle import Oracle
from wdcli.sweep.rows import Row
from wdcli.sweep.selection import Selection


@dataclass(frozen=True)
class Swept:
    """The rows of a sweep, whether or not it came to its end, and what they cost.

    Of ``networks``, so many were ``recalled`` from the store. ``earlier`` are the seconds of training that the same command
    took before it was given again; nan where that isn't known.
    """

    config: SweepConfig
    folds: Folds
    rows: tuple[Row, ...]
    networks: int
    recalled: int
    seconds: float
    earlier: float

    @property
    def trained_seconds(self) -> float:
        """Seconds in which the networks were trained, now and earlier: to look them all up is no training."""
        return self.earlier + (self.seconds if self.recalled < self.networks else 0.0)

    @property
    def encoding(self) -> Encoding:
        """How the columns are encoded, by all training rows."""
        return self.folds.whole.encoding

    @property
    def target_scale(self) -> TargetScale:
        """How the target is scaled, by all training rows."""
        return self.folds.whole.target_scale

    @property
    def n_features(self) -> int:
        """Columns of the encoded table."""
        return len(self.encoding.feature_names)


@dataclass(frozen=True)
class PartialSweep(Swept):
    """A sweep that was broken off: its rows are means over the networks so far, of ``of``."""

    of: int


@dataclass(frozen=True)
class SweepResult(Swept):
    """Every lambda's row, and the choice."""

    selection: Selection
    oracle: Oracle | None = None
    notes: tuple[str, ...] = ()

    @functools.cached_property
    def constant(self) -> float:
        """The loss of the best constant answer on all training rows."""
        whole = self.folds.whole
        return LOSSES[self.folds.dataset.loss].constant(whole.Y, whole.Y)

    @property
    def fit(self) -> FitConfig:
        """The fit with the l1_ratio that was chosen."""
        ratio = self.selection.l1_ratio
        return self.config.fit if ratio is None else replace(self.config.fit, l1_ratio=ratio)

    @property
    def curve(self) -> tuple[Row, ...]:
        """The rows of the l1_ratio that was chosen (all of them, but for an elastic net), ascending in lambda."""
        return tuple(row for row in self.rows if row.l1_ratio == self.selection.l1_ratio)

    @property
    def best_row(self) -> Row:
        """The row of lambda_min."""
        return next(row for row in self.curve if row.lambd == self.selection.lambda_min)

    @property
    def chosen_row(self) -> Row:
        """The row of the chosen lambda."""
        return next(row for row in self.curve if row.lambd == self.selection.chosen)


class BrokenOffError(Exception):
    """Work that was broken off by ``cause``: the sweeps that came to their end, and the ``partial`` one, if it is in one."""

    def __init__(self, done: tuple[SweepResult, ...], partial: PartialSweep | None, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.done, self.partial, self.cause = done, partial, cause

    @property
    def before(self) -> tuple[SweepResult, ...]:
        """The complete sweeps before the last one."""
        return self.done if self.partial else self.done[:-1]

    @property
    def last(self) -> Swept:
        """The sweep that was broken off, or the complete one that something was to follow."""
        return self.partial or self.done[-1]

    @property
    def of(self) -> int:
        """How many networks the last sweep was to have."""
        return self.partial.of if self.partial else self.last.networks
