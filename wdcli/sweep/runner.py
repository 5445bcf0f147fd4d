"""A sweep: every lambda, fold and seed, a grid that grows until it is wide enough, and the choice."""

import functools
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from wdcli.data.dataset import Dataset, Split
from wdcli.data.dice import Purpose, dice
from wdcli.data.encoding import Encoding, TargetScale
from wdcli.data.sources import find_truth
from wdcli.errors import Terminated, TrainingError
from wdcli.fits.config import FitConfig
from wdcli.fits.fitting import stacks
from wdcli.fits.folds import Fold, make_fold, make_folds
from wdcli.fits.job import Job
from wdcli.fits.plan import make_blocks, make_plan, make_setting, path_blocks
from wdcli.fits.pool import Pool, Resources
from wdcli.fits.records import LaneRecord
from wdcli.fits.single import fit_one
from wdcli.nn.losses import LOSSES
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.grid import extended, extension, first_grid
from wdcli.sweep.oracle import Oracle, ridge_lambda
from wdcli.sweep.rows import Row, make_rows
from wdcli.sweep.selection import Selection, judged, select
from wdcli.text import count


@dataclass(frozen=True)
class SweepResult:
    """Every lambda's row, and the choice. ``constant`` is the loss of the best constant answer on all training rows."""

    config: SweepConfig
    rows: tuple[Row, ...]
    selection: Selection
    networks: int
    encoding: Encoding
    target_scale: TargetScale
    constant: float
    seconds: float
    recalled: int = 0
    """How many of the networks were taken from the store."""
    oracle: Oracle | None = None
    earlier: float = 0.0
    """Seconds of training that the same command took before it was given again; nan where that isn't known."""

    @property
    def trained_seconds(self) -> float:
        """Seconds in which the networks were trained, now and earlier: to look them all up is no training."""
        return self.earlier + (self.seconds if self.recalled < self.networks else 0.0)

    @property
    def n_features(self) -> int:
        """Columns of the encoded table."""
        return len(self.encoding.feature_names)

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


class UnfinishedError(Exception):
    """A sweep that was broken off by ``cause``: what is there of its rows, without a choice, and ``of`` how many networks.

    ``before`` are the sweeps of a comparison that came to their end before it.
    """

    def __init__(self, result: SweepResult, of: int, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.result, self.of, self.cause = result, of, cause
        self.before: list[SweepResult] = []


def run_sweep(config: SweepConfig, dataset: Dataset, split: Split, resources: Resources) -> SweepResult:
    """Fit every lambda, fold and seed, extend an automatic grid until it is wide enough, and choose.

    Raises ``UnfinishedError`` when interrupted, terminated, or where some networks could not be trained.
    """
    started = time.perf_counter()
    whole = make_fold(config.fit, dataset, 0, split.train, split.test)
    curves = [_Curve(config, fit, dataset, split, whole) for fit in config.fits]
    networks = sum(curve.networks(curve.first_grid) for curve in curves)
    plan = make_plan(config.fit, dataset, whole, networks, resources.jobs, resources.memory)
    pool = Pool(plan, resources, networks)
    stopped: BaseException | None = None
    try:
        with pool:
            for curve in curves:
                curve.train(pool)
    except (KeyboardInterrupt, Terminated, TrainingError) as cause:
        stopped = cause
    rows = tuple(row for curve in curves for row in curve.rows)
    undecided = Selection(math.nan, math.nan, math.nan, config.rule, at_edge=False)
    constant, seconds = LOSSES[dataset.loss].constant(whole.Y, whole.Y), time.perf_counter() - started
    result = SweepResult(
        config, rows, undecided, pool.done, whole.encoding, whole.target_scale, constant, seconds, pool.recalled
    )
    if stopped:
        raise UnfinishedError(result, pool.of, stopped)
    if pool.recalled:
        resources.tell(f"{pool.recalled:,} of {count(pool.done, 'network')} taken from the store")
    selection = select(rows, config.rule)
    rows = tuple(judged(rows, selection, dice(config.fit.seed, Purpose.RESAMPLES)))
    result = replace(result, rows=rows, selection=selection, seconds=time.perf_counter() - started)
    return replace(result, oracle=_oracle(result, dataset, whole))


@dataclass
class _Curve:
    """The rows of one l1_ratio."""

    config: SweepConfig
    fit: FitConfig
    dataset: Dataset
    split: Split
    whole: Fold
    records: list[LaneRecord] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        """Of the networks that are trained."""
        return make_rows(self.records, self.fit.resolved_l1_ratio)

    @functools.cached_property
    def first_grid(self) -> tuple[float, ...]:
        """The lambdas to begin with."""
        setting = make_setting(self.fit, self.dataset, len(self.whole.X))
        return first_grid(self.fit, self.config.lambdas, setting, self.whole.X, self.whole.Y)

    def networks(self, lambdas: tuple[float, ...]) -> int:
        """How many there are to train for so many lambdas."""
        return len(lambdas) * self.config.seeds * (self.config.folds + 1)

    def train(self, pool: Pool) -> None:
        """Train the first grid, and its extensions."""
        new, grid = self.first_grid, tuple[float, ...]()
        while new:
            if grid:
                networks = self.networks((*grid, *new) if self.config.path == "warm" else new)
                pool.extend(networks, extended(grid, new))
            grid = tuple(sorted((*grid, *new)))
            if self.config.path == "warm":
                # Where a path is extended, all that follows starts elsewhere.
                records: list[LaneRecord] = [] if self.records else self.records
                pool.run(self._paths(pool, grid), records)
                self.records = records
            else:
                pool.run(self._blocks(pool, new), self.records)
            new = extension(self.rows) if self.config.automatic else ()

    def _blocks(self, pool: Pool, lambdas: tuple[float, ...]) -> Iterator[Job]:
        """A block for each fold and seed; lambdas are its lanes."""
        lanes = pool.lanes(len(lambdas), self.config.seeds * (self.config.folds + 1))
        for fold in make_folds(self.fit, self.dataset, self.split, self.config.folds):
            blocks = make_blocks(self.fit, self.dataset, fold, self.config.seeds, lambdas, lanes)
            yield from (Job((block,)) for block in blocks)

    def _paths(self, pool: Pool, lambdas: tuple[float, ...]) -> Iterator[Job]:
        """Blocks of the same shape that go along the path together, in as many parts as there are workers."""
        blocks = path_blocks(
            self.fit, self.dataset, self.split, self.config.folds, self.config.seeds, in_order(self.config, lambdas)
        )
        plan = pool.plan
        most = math.ceil(self.config.folds * self.config.seeds / plan.workers)
        return (Job(tuple(stack), warm=True) for stack in stacks(blocks, most, plan.memory))


def in_order(config: SweepConfig, lambdas: tuple[float, ...]) -> tuple[float, ...]:
    """Ascending lambdas in the order in which a path visits them."""
    return lambdas[::-1] if config.path_order == "down" else lambdas


def _oracle(result: SweepResult, dataset: Dataset, whole: Fold) -> Oracle | None:
    """What the truth says of the choice, where it is known."""
    fit = result.fit
    truth = find_truth(fit.source, fit.seed)
    if truth is None:
        return None
    floor, chosen = truth.noise_variance / whole.target_scale.scale**2, result.chosen_row.excess_risk
    lambd = ridge_lambda(fit, truth, make_setting(fit, dataset, len(whole.X)))
    if lambd is not None:
        found = fit_one(fit, dataset, whole, lambd)[0].diagnostics
        excess = None if found is None else found.excess_risk
        return Oracle(floor, lambd, True, math.nan if excess is None else excess, chosen)
    known = [row for row in result.rows if row.status != "diverged" and math.isfinite(row.excess_risk)]
    best = min(known, key=lambda row: (row.excess_risk, -row.lambd))
    return Oracle(floor, best.lambd, False, best.excess_risk, chosen)
