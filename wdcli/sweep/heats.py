"""The race's heats: curves are trained until the rows leave nothing open, and the pool is told what will likely follow."""

from collections.abc import Sequence
from itertools import starmap

from wdcli.fits.headway import Work, all_of
from wdcli.fits.pool import Pool
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.curve import Curve
from wdcli.sweep.race import Entry, next_entries
from wdcli.text import count

USUAL, AFTER_SAMPLE = 3, 4
"""How many lambdas each heat usually takes, in a race without and after a first pass: beside the best, with all seeds, and, in
a race on the whole grid, where this is extended. They serve the estimate of the remaining time alone."""


def begun(curves: Sequence[Curve]) -> Work:
    """The first heat."""
    return all_of([curve.work(curve.first, curve.seeds) for curve in curves])


def race(config: SweepConfig, curves: Sequence[Curve], pool: Pool, later: float = 0.0) -> None:
    """Train what the curves begin with, and then what their rows leave open; ``later`` examples will likely follow.

    On a sample, and on all rows after it, the race is frugal.
    """
    frugal = any(curve.start or curve.folds.of for curve in curves)
    usual = [later + examples for examples in _usual(config, curves, sampled=frugal)]
    pool.likely = usual[0]
    for curve in curves:
        curve.train(pool, curve.first, curve.seeds)
    while entries := _open(config, curves, frugal):
        pool.likely = later if entries[0].seeds.start else usual[1]
        lambdas = count(sum(len(entry.lambdas) for entry in entries), "lambda")
        heat = [(curves[entry.curve], entry.lambdas, entry.seeds) for entry in entries]
        pool.extend(all_of(list(starmap(Curve.work, heat))), f"The results so far leave {lambdas} to train")
        for curve, new, seeds in heat:
            curve.train(pool, new, seeds)
    pool.likely = later


def _open(config: SweepConfig, curves: Sequence[Curve], frugal: bool) -> list[Entry]:
    """What to train next."""
    if not config.staged:
        return []
    return next_entries([curve.grid for curve in curves], [curve.rows for curve in curves], config, frugal)


def usual_work(config: SweepConfig, curves: Sequence[Curve], margin: int) -> float:
    """The examples of a whole race that begins with 0 and the usual number of lambdas, and a margin on either side."""
    lambdas = 1 + AFTER_SAMPLE + 2 * margin
    return curves[0].work(range(lambdas), range(1)).examples + _usual(config, curves, sampled=True)[0]


def _usual(config: SweepConfig, curves: Sequence[Curve], sampled: bool) -> tuple[float, float]:
    """The examples that usually follow on the first heat, and on one of single seeds, if the race has a first pass or not."""
    if not config.staged:
        return 0.0, 0.0
    others = config.seeds - 1
    single = curves[0].work((0.0,), range(1)).examples
    if config.exhaustive:
        lambdas = sum(len(curve.grid) for curve in curves)
        between = lambdas - sum(len(curve.first) for curve in curves)
    else:
        lambdas = AFTER_SAMPLE if sampled else USUAL
        between = lambdas if sampled else lambdas * (1 + len(curves))
    return single * (between + others * lambdas), single * others * lambdas
