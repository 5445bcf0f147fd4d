"""The lambdas of one l1_ratio, how they are trained, and their rows so far."""

import functools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from wdcli.fits.config import FitConfig
from wdcli.fits.fitting import stacks
from wdcli.fits.folds import Folds
from wdcli.fits.headway import Work
from wdcli.fits.job import Job
from wdcli.fits.plan import make_blocks, make_setting, path_blocks
from wdcli.fits.pool import Pool
from wdcli.fits.records import LaneRecord
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.grid import extended, extension, first_grid
from wdcli.sweep.race import coarse
from wdcli.sweep.rows import Row, make_rows


@dataclass
class Curve:
    """A grid of ascending lambdas, and the networks trained for them.

    Training begins with ``start``, lambdas of the grid; () for those that the configuration asks for. Whatever is the first to
    train an end of an automatic grid decides whether the grid goes on there.
    """

    config: SweepConfig
    fit: FitConfig
    folds: Folds
    grid: tuple[float, ...]
    start: tuple[float, ...] = ()
    records: list[LaneRecord] = field(default_factory=list)

    @classmethod
    def of_fit(cls, config: SweepConfig, fit: FitConfig, folds: Folds) -> "Curve":
        """The curve on the first grid for these rows."""
        whole = folds.whole
        setting = make_setting(fit, folds.dataset, whole)
        return cls(config, fit, folds, first_grid(fit, config.lambdas, setting, whole.train, whole.columns))

    @property
    def rows(self) -> list[Row]:
        """The rows of the networks trained so far."""
        return make_rows(self.records, self.fit.resolved_l1_ratio)

    @property
    def first(self) -> tuple[float, ...]:
        """The lambdas to begin with."""
        return self.start or self._opening

    @property
    def _opening(self) -> tuple[float, ...]:
        """The lambdas of the grid that are trained before results rule any out: every second one, or all."""
        return coarse(self.grid) if self.config.staged and self.config.automatic else self.grid

    @property
    def seeds(self) -> range:
        """The seeds to begin with."""
        return range(1 if self.config.staged else self.config.seeds)

    def work(self, lambdas: Sequence[float], seeds: range) -> Work:
        """What these lambdas and seeds need."""
        fits = len(lambdas) * len(seeds)
        return Work(fits * (self.config.folds + 1), fits * self._examples)

    @functools.cached_property
    def _examples(self) -> float:
        """How many examples a lambda with one seed is trained on. In time, early folds have fewer rows, and more epochs."""
        rows, in_time = len(self.folds.split.train), self.folds.dataset.in_time
        of_fits = [rows, *(rows if in_time else len(part.train) for part in self.folds.parts)]
        fit = self.fit if self.folds.of is None else self.fit.for_sample(rows, self.folds.of)
        return float(fit.resolved_epochs(rows) * sum(map(fit.fitted_rows, of_fits)))

    def train(self, pool: Pool, lambdas: Sequence[float], seeds: range) -> None:
        """Train these lambdas with these seeds, and the grid's extensions if they are the first to reach an end of it.

        A warm path is trained whole, whatever the lambdas.
        """
        reached = {*lambdas} & {*self.grid[1:2], self.grid[-1]} - {record.lambd for record in self.records}
        if self.config.path == "warm":
            # After an extension every later lambda of the path starts from other weights.
            records = pool.run(self._paths(pool, self.grid))
            self.records = list(records) if self.records else self._kept(records)
        else:
            self._kept(pool.run(self._blocks(pool, lambdas, seeds)))
        if reached:
            self._extend(pool)

    def _extend(self, pool: Pool) -> None:
        """Extend an automatic grid if its rows ask for it, and train what is new. A sample's grid stays as it is."""
        new = extension(self.grid, self.rows) if self.config.automatic and not self.folds.of else ()
        if new:
            before, self.grid = self.grid, tuple(sorted((*self.grid, *new)))
            added = tuple(lambd for lambd in self._opening if lambd in new)
            pool.extend(
                self.work(self.grid if self.config.path == "warm" else added, self.seeds), extended(before, new)
            )
            self.train(pool, added, self.seeds)

    def _kept(self, records: Iterable[LaneRecord]) -> list[LaneRecord]:
        """Keep records one by one, so that an interrupt leaves what came before it."""
        for record in records:
            self.records.append(record)
        return self.records

    def _blocks(self, pool: Pool, lambdas: Sequence[float], seeds: range) -> Iterator[Job]:
        """Blocks for each fold and seed, with lambdas as lanes."""
        lanes = pool.lanes_per_block(len(lambdas), len(seeds) * (self.config.folds + 1))
        for fold in self.folds:
            blocks = make_blocks(self.fit, self.folds.dataset, fold, seeds, lambdas, lanes)
            yield from (Job((block,)) for block in blocks)

    def _paths(self, pool: Pool, lambdas: tuple[float, ...]) -> Iterator[Job]:
        """Blocks of the same shape that follow the path together, in about as many groups as workers."""
        blocks = path_blocks(self.fit, self.folds, self.config.seeds, in_order(self.config, lambdas))
        plan = pool.plan
        most = math.ceil(self.config.folds * self.config.seeds / plan.workers)
        return (Job(tuple(stack), warm=True) for stack in stacks(blocks, most, plan.memory))


def in_order(config: SweepConfig, lambdas: tuple[float, ...]) -> tuple[float, ...]:
    """Ascending lambdas in the order in which a path visits them."""
    return lambdas[::-1] if config.path_order == "down" else lambdas
