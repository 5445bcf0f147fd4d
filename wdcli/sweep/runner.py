"""A sweep: every lambda, fold and seed, a grid that grows until it is wide enough, and the choice."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from wdcli.data.dataset import Dataset, Split
from wdcli.data.dice import Purpose, dice
from wdcli.data.encoding import Encoding, TargetScale
from wdcli.data.sources import find_truth
from wdcli.sweep.config import FitConfig, SweepConfig
from wdcli.sweep.fitting import stacks
from wdcli.sweep.folds import Fold, make_fold, make_folds
from wdcli.sweep.grid import FIRST_POINTS, extension, first_grid
from wdcli.sweep.measure import run_path, run_task
from wdcli.sweep.oracle import Oracle, ridge_lambda
from wdcli.sweep.plan import make_setting, make_tasks, path_tasks
from wdcli.sweep.pool import Pool, Resources, open_pool
from wdcli.sweep.records import LaneRecord, Row, make_rows
from wdcli.sweep.selection import Selection, judged, select
from wdcli.sweep.single import fit_one
from wdcli.sweep.task import Task


@dataclass(frozen=True)
class SweepResult:
    """Every lambda's row, and the choice."""

    config: SweepConfig
    rows: tuple[Row, ...]
    selection: Selection
    networks: int
    encoding: Encoding
    target_scale: TargetScale
    seconds: float
    oracle: Oracle | None = None

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


def run_sweep(config: SweepConfig, dataset: Dataset, split: Split, resources: Resources) -> SweepResult:
    """Fit every lambda, fold and seed, extend an automatic grid until it is wide enough, and choose."""
    started = time.perf_counter()
    whole = make_fold(config.fit, dataset, 0, split.train, split.test)
    lambdas = FIRST_POINTS if config.lambdas is None else len(config.lambdas)
    networks = len(config.fits) * lambdas * config.seeds * (config.folds + 1)
    rows: list[Row] = []
    with open_pool(config.fit, dataset, whole, networks, resources) as pool:
        for fit in config.fits:
            rows += _Curve(config, fit, dataset, split, whole, pool).rows()
    selection = select(rows, config.rule)
    rows = judged(rows, selection, dice(config.fit.seed, Purpose.RESAMPLES))
    result = SweepResult(
        config, tuple(rows), selection, pool.done, whole.encoding, whole.target_scale, time.perf_counter() - started
    )
    return replace(result, oracle=_oracle(result, dataset, whole))


@dataclass(frozen=True)
class _Curve:
    """The rows of one l1_ratio."""

    config: SweepConfig
    fit: FitConfig
    dataset: Dataset
    split: Split
    whole: Fold
    pool: Pool

    def rows(self) -> list[Row]:
        """Train the first grid, and its extensions."""
        setting = make_setting(self.fit, self.dataset, len(self.whole.X))
        new = first_grid(self.fit, self.config.lambdas, setting, self.whole.X, self.whole.Y)
        ratio = self.fit.l1_ratio if self.fit.penalty == "elastic-net" else None
        grid: tuple[float, ...] = ()
        records: list[LaneRecord] = []
        rows: list[Row] = []
        while new:
            grid = tuple(sorted((*grid, *new)))
            if self.config.path == "warm":
                # Where a path is extended, all that follows starts elsewhere.
                records = self.pool.run(run_path, self._paths(grid), self._networks(grid))
            else:
                records += self.pool.run(run_task, self._blocks(new), self._networks(new))
            rows = make_rows(records, self.config.folds, ratio)
            new = extension(rows) if self.config.automatic else ()
        return rows

    def _networks(self, lambdas: tuple[float, ...]) -> int:
        return len(lambdas) * self.config.seeds * (self.config.folds + 1)

    def _blocks(self, lambdas: tuple[float, ...]) -> Iterator[Task]:
        """A block for each fold and seed; lambdas are its lanes."""
        lanes = self.pool.lanes(len(lambdas), self.config.seeds * (self.config.folds + 1))
        for fold in make_folds(self.fit, self.dataset, self.split, self.config.folds):
            yield from make_tasks(self.fit, self.dataset, fold, self.config.seeds, lambdas, lanes)

    def _paths(self, lambdas: tuple[float, ...]) -> Iterator[list[Task]]:
        """Blocks of the same shape that go along the path together, in as many parts as there are workers."""
        tasks = path_tasks(self.config, self.fit, self.dataset, self.split, in_order(self.config, lambdas))
        plan = self.pool.plan
        return stacks(tasks, math.ceil(self.config.folds * self.config.seeds / plan.workers), plan.memory)


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
