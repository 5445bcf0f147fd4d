"""The first pass of a race on many rows: a race on a sample of them, which decides where the race on all of them begins.

Rows are a resource, as in FABOLAS (Klein et al. 2017) and in successive halving (Jamieson and Talwalkar 2016). Fewer rows
need more decay: a lambda is made stronger on the sample, by what the number of rows moves the best one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wdcli.fits.folds import Folds
from wdcli.fits.pool import Pool
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.curve import Curve
from wdcli.sweep.grid import with_judges
from wdcli.sweep.heats import begun, race, usual_work
from wdcli.sweep.race import left_by
from wdcli.sweep.sample import sample_of
from wdcli.sweep.selection import best_of
from wdcli.text import count

FEWEST_LAMBDAS = 4
"""A first pass over fewer lambdas than these would spare nothing."""
MARGINS = {False: 1, True: 2}
"""How many lambdas of the grid are the margin, by whether the penalty makes zeros (``benchmarks/shift.py``)."""


@dataclass(frozen=True)
class Outcome:
    """How many ``networks`` of how many ``lambdas`` were trained on a sample of ``rows``, and how many that ``ruled_out``."""

    rows: int
    networks: int
    lambdas: int
    ruled_out: int


@dataclass(frozen=True)
class FirstPass:
    """A race with one seed on a sample, with a curve for each of the ``main`` ones on all rows."""

    config: SweepConfig
    curves: list[Curve]
    main: Sequence[Curve]

    @classmethod
    def of_sweep(cls, config: SweepConfig, folds: Folds, curves: Sequence[Curve]) -> "FirstPass | None":
        """The first pass before these curves; None if the race has none. Raises as ``sample_of`` does."""
        sample = sample_of(config, folds) if len(curves[0].first) >= FEWEST_LAMBDAS else None
        if sample is None:
            return None
        once = replace(config, seeds=1)
        return cls(once, [Curve(once, curve.fit, sample, curve.grid) for curve in curves], curves)

    @property
    def outcome(self) -> Outcome:
        """What it has done so far, and led to."""
        lambdas = [{row.lambd for row in curve.rows} for curve in self.curves]
        ruled_out = sum(
            len(tried - {*curve.start}) for tried, curve in zip(lambdas, self.main, strict=True) if curve.start
        )
        networks = sum(len(curve.records) for curve in self.curves)
        return Outcome(len(self.curves[0].folds.split.train), networks, sum(map(len, lambdas)), ruled_out)

    def run(self, pool: Pool) -> None:
        """Race, and let each curve on all rows begin with the lambdas that are left; with all if every one diverged."""
        margin = MARGINS[self.config.fit.makes_zeros]
        race(self.config, self.curves, pool, usual_work(self.main[0].config, self.main, margin))
        best = best_of([row for curve in self.curves for row in curve.rows])
        for curve, tried in zip(self.main, self.curves, strict=True):
            if best is not None:
                lambdas = left_by(tried.grid, tried.rows, best, self.config.rule, margin)
                curve.start = with_judges(tried.grid, lambdas) if self.config.automatic else lambdas
        left = count(sum(len(curve.first) for curve in self.main), "lambda")
        pool.extend(begun(self.main), f"A first pass on {self.outcome.rows:,} rows leaves {left} to train on all")
