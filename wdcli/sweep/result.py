"""The result of a sweep, complete or interrupted."""

import functools
from dataclasses import dataclass, field, replace

from wdcli.data.encoding import Encoding, TargetScale
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds
from wdcli.nn.losses import LOSSES
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.firstpass import Outcome
from wdcli.sweep.oracle import Oracle
from wdcli.sweep.rows import Row
from wdcli.sweep.selection import Selection


@dataclass(frozen=True)
class Swept:
    """The rows of a sweep, complete or interrupted, and their cost.

    Of the ``networks``, ``recalled`` came from the store. ``earlier`` is the seconds of training in earlier runs of the
    same command; nan if unknown. ``first_pass`` is what the race did first on a sample of the rows, if anything.
    """

    config: SweepConfig
    folds: Folds
    rows: tuple[Row, ...]
    networks: int
    recalled: int
    seconds: float
    earlier: float
    first_pass: Outcome | None = field(default=None, kw_only=True)

    @property
    def trained_seconds(self) -> float:
        """Seconds of training, now and earlier; a sweep that recalled all its networks adds none."""
        return self.earlier + (self.seconds if self.recalled < self.networks else 0.0)

    @property
    def encoding(self) -> Encoding:
        """The encoding of the columns, from all training rows."""
        return self.folds.whole.encoding

    @property
    def target_scale(self) -> TargetScale:
        """The scaling of the target, from all training rows."""
        return self.folds.whole.target_scale

    @property
    def n_features(self) -> int:
        """The number of encoded columns."""
        return len(self.encoding.feature_names)

    def columns_in_use(self, row: Row) -> list[str]:
        """The table's columns that one seed's fit on all training rows uses, or more; none where a network diverged."""
        return [column for column, norm in zip(self.encoding.columns, row.column_norms, strict=False) if norm > 0]

    @functools.cached_property
    def constant(self) -> float:
        """The loss of the best constant answer on all training rows."""
        whole = self.folds.whole
        return LOSSES[self.folds.dataset.loss].constant(whole.train, whole.train)


@dataclass(frozen=True)
class PartialSweep(Swept):
    """An interrupted sweep: its rows are means over the networks trained so far, out of ``of``."""

    of: int


@dataclass(frozen=True)
class SweepResult(Swept):
    """Every lambda's row, and the choice."""

    selection: Selection
    oracle: Oracle | None = None
    notes: tuple[str, ...] = ()

    @property
    def fit(self) -> FitConfig:
        """The fit with the chosen l1_ratio."""
        ratio = self.selection.l1_ratio
        return self.config.fit if ratio is None else replace(self.config.fit, l1_ratio=ratio)

    @property
    def curve(self) -> tuple[Row, ...]:
        """The rows of the chosen l1_ratio (all rows, except for an elastic net), ascending in lambda."""
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
    """Work interrupted by ``cause``: the completed sweeps (``done``), and the ``partial`` one if it was in a sweep."""

    def __init__(self, done: tuple[SweepResult, ...], partial: PartialSweep | None, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.done, self.partial, self.cause = done, partial, cause

    @property
    def before(self) -> tuple[SweepResult, ...]:
        """The complete sweeps before the last one."""
        return self.done if self.partial else self.done[:-1]

    @property
    def last(self) -> Swept:
        """The interrupted sweep, or the last completed one if the work after it was interrupted."""
        return self.partial or self.done[-1]

    @property
    def of(self) -> int:
        """How many networks the last sweep should have had."""
        return self.partial.of if self.partial else self.last.networks
