"""A sweep: lambdas, folds and seeds, a grid that grows until it is wide enough, the race, and the choice."""

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from wdcli.data.dice import Purpose, dice
from wdcli.errors import Terminated, TrainingError
from wdcli.fits.config import FitConfig
from wdcli.fits.fitting import stacks
from wdcli.fits.folds import Folds
from wdcli.fits.job import Job
from wdcli.fits.plan import make_blocks, make_plan, make_setting, path_blocks
from wdcli.fits.pool import Pool, Resources
from wdcli.fits.records import LaneRecord
from wdcli.fits.single import fit_one
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.grid import extended, extension, first_grid
from wdcli.sweep.oracle import Oracle, ridge_lambda
from wdcli.sweep.race import coarse, next_entries
from wdcli.sweep.result import BrokenOffError, PartialSweep, SweepResult, Swept
from wdcli.sweep.rows import Row, make_rows
from wdcli.sweep.selection import judged, select
from wdcli.text import count


def run_sweep(config: SweepConfig, folds: Folds, resources: Resources) -> SweepResult:
    """Fit lambdas in every fold, extend an automatic grid until it is wide enough, race unless exhaustive, and choose.

    Raises ``BrokenOffError`` if interrupted or terminated, or if some networks could not be trained.
    """
    started = time.perf_counter()
    earlier = resources.store.trained_seconds(config.fit.penalty, config.fit.resolved_decay)
    curves = [_Curve(config, fit, folds) for fit in config.fits]
    first = sum(curve.networks(curve.first, curve.seeds) for curve in curves)
    most = sum(curve.networks(curve.grid, range(config.seeds)) for curve in curves)
    plan = make_plan(config.fit, folds.dataset, folds.whole, config.extent(most), resources.jobs, resources.memory)
    pool = Pool(plan, resources, first)

    def swept() -> Swept:
        rows = tuple(row for curve in curves for row in curve.rows)
        return Swept(config, folds, rows, pool.done, pool.recalled, time.perf_counter() - started, earlier)

    try:
        with pool:
            for curve in curves:
                curve.train(pool)
            if config.staged:
                _race(config, curves, pool)
    except (KeyboardInterrupt, Terminated, TrainingError) as cause:
        raise BrokenOffError((), PartialSweep(**vars(swept()), of=pool.of), cause) from None
    if pool.recalled:
        resources.tell(f"{pool.recalled:,} of {count(pool.done, 'network')} taken from the store")
    return _chosen(swept())


def _chosen(swept: Swept) -> SweepResult:
    """Choose among the rows of a complete sweep, and compare the choice with the truth, if known."""
    selection = select(swept.rows, swept.config.rule)
    rows = tuple(judged(swept.rows, dice(swept.config.fit.seed, Purpose.RESAMPLES)))
    result = SweepResult(**{**vars(swept), "rows": rows}, selection=selection)
    return replace(result, oracle=_oracle(result))


@dataclass
class _Curve:
    """The rows of one l1_ratio."""

    config: SweepConfig
    fit: FitConfig
    folds: Folds
    grid: tuple[float, ...] = ()
    records: list[LaneRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        whole = self.folds.whole
        setting = make_setting(self.fit, self.folds.dataset, whole)
        self.grid = first_grid(self.fit, self.config.lambdas, setting, whole.train, whole.columns)

    @property
    def rows(self) -> list[Row]:
        """The rows of the networks trained so far."""
        return make_rows(self.records, self.fit.resolved_l1_ratio)

    @property
    def first(self) -> tuple[float, ...]:
        """The lambdas of the grid to begin with."""
        return coarse(self.grid) if self.config.staged and self.config.automatic else self.grid

    @property
    def seeds(self) -> range:
        """The seeds to begin with."""
        return range(1 if self.config.staged else self.config.seeds)

    def networks(self, lambdas: Sequence[float], seeds: range) -> int:
        """How many networks these lambdas and seeds need."""
        return len(lambdas) * len(seeds) * (self.config.folds + 1)

    def train(self, pool: Pool) -> None:
        """Train the first lambdas, and the grid's extensions."""
        new = self.first
        while new:
            self.train_some(pool, new, self.seeds)
            new = self._extend(pool)

    def train_some(self, pool: Pool, lambdas: Sequence[float], seeds: range) -> None:
        """Train these lambdas with these seeds."""
        if self.config.path == "warm":
            # After an extension every later lambda of the path starts from other weights.
            records = pool.run(self._paths(pool, self.grid))
            self.records = list(records) if self.records else self._kept(records)
            return
        self._kept(pool.run(self._blocks(pool, lambdas, seeds)))

    def _kept(self, records: Iterable[LaneRecord]) -> list[LaneRecord]:
        """Keep records one by one, so that an interrupt leaves what came before it."""
        for record in records:
            self.records.append(record)
        return self.records

    def _extend(self, pool: Pool) -> tuple[float, ...]:
        """Extend the grid if its rows ask for it; returns the lambdas to train."""
        new = extension(self.grid, self.rows) if self.config.automatic else ()
        if not new:
            return ()
        before, grid = set(self.first), self.grid
        self.grid = tuple(sorted((*grid, *new)))
        added = tuple(lambd for lambd in self.first if lambd not in before)
        pool.extend(self.networks(self.grid if self.config.path == "warm" else added, self.seeds), extended(grid, new))
        return added

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


def _race(config: SweepConfig, curves: Sequence[_Curve], pool: Pool) -> None:
    """Train what the rows so far leave open, until they leave nothing open."""
    grids = [curve.grid for curve in curves]
    while entries := next_entries(grids, [curve.rows for curve in curves], config):
        networks = sum(curves[entry.curve].networks(entry.lambdas, entry.seeds) for entry in entries)
        pool.extend(
            networks, f"The results so far leave {count(sum(len(e.lambdas) for e in entries), 'lambda')} to train"
        )
        for entry in entries:
            curves[entry.curve].train_some(pool, entry.lambdas, entry.seeds)


def in_order(config: SweepConfig, lambdas: tuple[float, ...]) -> tuple[float, ...]:
    """Ascending lambdas in the order in which a path visits them."""
    return lambdas[::-1] if config.path_order == "down" else lambdas


def _oracle(result: SweepResult) -> Oracle | None:
    """The best possible choice, to compare with; None if the truth is unknown."""
    fit, whole, dataset = result.fit, result.folds.whole, result.folds.dataset
    truth = dataset.truth
    if truth is None:
        return None
    floor = truth.noise_variance / float(np.square(whole.target_scale.scale))
    chosen, lambd = result.chosen_row.excess_risk, ridge_lambda(fit, truth, make_setting(fit, dataset, whole))
    if lambd is not None:
        found = fit_one(fit, dataset, whole, lambd)[0].diagnostics
        excess = None if found is None else found.excess_risk
        return Oracle(floor, lambd, True, math.nan if excess is None else excess, chosen)
    known = [row for row in result.rows if row.status != "diverged" and math.isfinite(row.excess_risk)]
    best = min(known, key=lambda row: (row.excess_risk, -row.lambd))
    return Oracle(floor, best.lambd, False, best.excess_risk, chosen)
