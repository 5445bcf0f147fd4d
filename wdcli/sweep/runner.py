"""A sweep: lambdas, folds and seeds, a grid that grows until it is wide enough, the race, and the choice."""

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from wdcli.data.dice import Purpose, dice
from wdcli.errors import Terminated, TrainingError
from wdcli.fits.folds import Folds
from wdcli.fits.plan import make_plan, make_setting
from wdcli.fits.pool import Pool, Resources
from wdcli.fits.single import fit_one
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.curve import Curve
from wdcli.sweep.oracle import Oracle, ridge_lambda
from wdcli.sweep.race import in_race, next_entries
from wdcli.sweep.result import BrokenOffError, PartialSweep, SweepResult, Swept
from wdcli.sweep.sample import FirstPass, sample_of
from wdcli.sweep.selection import best_of, judged, select
from wdcli.text import count


def run_sweep(config: SweepConfig, folds: Folds, resources: Resources) -> SweepResult:
    """Fit lambdas in every fold, extend an automatic grid until it is wide enough, race unless exhaustive, and choose.

    Raises ``BrokenOffError`` if interrupted or terminated, or if some networks could not be trained.
    """
    started = time.perf_counter()
    earlier = resources.store.trained_seconds(config.fit.penalty, config.fit.resolved_decay)
    curves = [Curve.of_fit(config, fit, folds) for fit in config.fits]
    sample = sample_of(config, folds, curves[0].first)
    first = sum(curve.networks(curve.first, curve.seeds) for curve in curves)
    most = sum(curve.networks(curve.grid, range(config.seeds)) for curve in curves)
    plan = make_plan(config.fit, folds.dataset, folds.whole, most, resources.jobs, resources.memory)
    pool = Pool(plan, resources, first)

    passed: FirstPass | None = None

    def swept() -> Swept:
        rows = tuple(row for curve in curves for row in curve.rows)
        return Swept(config, folds, rows, pool.done, pool.recalled, time.perf_counter() - started, earlier, passed)

    try:
        with pool:
            if sample:
                passed = _first_pass(config, sample, curves, pool)
            _train(config, curves, pool)
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


def _train(config: SweepConfig, curves: Sequence[Curve], pool: Pool) -> None:
    """Train what the curves begin with, and what that leaves open."""
    for curve in curves:
        curve.train(pool)
    if config.staged:
        _race(config, curves, pool)


def _first_pass(config: SweepConfig, sample: Folds, curves: Sequence[Curve], pool: Pool) -> FirstPass:
    """Race with one seed on a sample, and begin each curve with 0 and the lambdas that are left in the race."""
    once = replace(config, seeds=1)
    tried = [Curve(once, curve.fit, sample, curve.grid) for curve in curves]
    _train(once, tried, pool)
    best = best_of([row for each in tried for row in each.rows])
    for curve, each in zip(curves, tried, strict=True):
        left = [row.lambd for row in each.rows if in_race(row, best, config.rule)]
        curve.grid, curve.start = each.grid, tuple(sorted({each.grid[0], *left}))
    begun = sum(curve.networks(curve.first, curve.seeds) for curve in curves)
    networks, lambdas = pool.done, sum(len(curve.first) for curve in curves)
    pool.extend(begun, f"A first pass on {len(sample.split.train):,} rows leaves {count(lambdas, 'lambda')} to train on all")
    return FirstPass(len(sample.split.train), networks, sum(len(each.rows) for each in tried), lambdas)


def _race(config: SweepConfig, curves: Sequence[Curve], pool: Pool) -> None:
    """Train what the rows so far leave open, until they leave nothing open."""
    grids = [curve.grid for curve in curves]
    while entries := next_entries(grids, [curve.rows for curve in curves], config):
        networks = sum(curves[entry.curve].networks(entry.lambdas, entry.seeds) for entry in entries)
        pool.extend(
            networks, f"The results so far leave {count(sum(len(e.lambdas) for e in entries), 'lambda')} to train"
        )
        for entry in entries:
            curves[entry.curve].train_some(pool, entry.lambdas, entry.seeds)


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
