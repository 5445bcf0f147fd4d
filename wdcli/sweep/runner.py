"""A sweep: lambdas, folds and seeds, a grid that grows until it is wide enough, the race, and the choice."""

import math
import time
from dataclasses import replace

import numpy as np

from wdcli.data.dice import Purpose, dice
from wdcli.errors import Terminated, TrainingError
from wdcli.fits.folds import Folds
from wdcli.fits.headway import all_of
from wdcli.fits.plan import make_plan, make_setting
from wdcli.fits.pool import Pool
from wdcli.fits.resources import Resources
from wdcli.fits.single import fit_one
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.curve import Curve
from wdcli.sweep.firstpass import FirstPass
from wdcli.sweep.heats import begun, race
from wdcli.sweep.oracle import Oracle, ridge_lambda
from wdcli.sweep.result import BrokenOffError, PartialSweep, SweepResult, Swept
from wdcli.sweep.selection import judged, select
from wdcli.text import count


def run_sweep(config: SweepConfig, folds: Folds, resources: Resources) -> SweepResult:
    """Fit lambdas in every fold, extend an automatic grid until it is wide enough, race unless exhaustive, and choose.

    Raises ``BrokenOffError`` if interrupted or terminated, or if some networks could not be trained.
    """
    started = time.perf_counter()
    earlier = resources.store.trained_seconds(config.fit.penalty, config.fit.resolved_decay)
    curves = [Curve.of_fit(config, fit, folds) for fit in config.fits]
    first_pass = FirstPass.of_sweep(config, folds, curves)
    most = all_of([curve.work(curve.grid, range(config.seeds)) for curve in curves]).networks
    extent = config.extent(len(folds.split.train), most)
    plan = make_plan(
        config.fit, folds.dataset, folds.whole, extent, resources.jobs, resources.memory, resources.cluster
    )
    pool = Pool(plan, resources, begun(first_pass.curves if first_pass else curves))

    def swept() -> Swept:
        rows = tuple(row for curve in curves for row in curve.rows)
        seconds, outcome = time.perf_counter() - started, first_pass.outcome if first_pass else None
        return Swept(
            config, folds, rows, pool.finished.networks, pool.recalled.networks, seconds, earlier, first_pass=outcome
        )

    try:
        with pool:
            if first_pass:
                first_pass.run(pool)
            race(config, curves, pool)
    except (KeyboardInterrupt, Terminated, TrainingError) as cause:
        raise BrokenOffError((), PartialSweep(**vars(swept()), of=pool.work.networks), cause) from None
    if pool.recalled.networks:
        resources.tell(f"{pool.recalled.networks:,} of {count(pool.finished.networks, 'network')} taken from the store")
    return _chosen(swept())


def _chosen(swept: Swept) -> SweepResult:
    """Choose among the rows of a complete sweep, and compare the choice with the truth, if known."""
    selection = select(swept.rows, swept.config.rule)
    rows = tuple(judged(swept.rows, dice(swept.config.fit.seed, Purpose.RESAMPLES)))
    result = SweepResult(**{**vars(swept), "rows": rows}, selection=selection)
    return replace(result, oracle=_oracle(result))


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
