"""The first pass of a race on many rows: a race on a sample of them, which decides where the race on all of them begins.

Rows are a resource, as in FABOLAS (Klein et al. 2017) and in successive halving (Jamieson and Talwalkar 2016). A lambda keeps
its meaning in the textbook convention, in whose lambda/(2n) the best one hardly depends on the number of rows: for ridge,
which is best at the noise's variance over the weights', not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wdcli.fits.folds import Folds
from wdcli.fits.pool import Pool
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.curve import Curve
from wdcli.sweep.heats import begun, race, usual_work
from wdcli.sweep.race import in_race
from wdcli.sweep.sample import sample_of
from wdcli.sweep.selection import best_of
from wdcli.text import count

FEWEST_LAMBDAS = 4
"""A first pass over fewer lambdas than these would spare nothing."""


@dataclass(frozen=True)
class Outcome:
    """On how many ``rows`` a first pass trained how many ``networks``, of how many lambdas, and how many it ``left``."""

    rows: int
    networks: int
    lambdas: int
    left: int


@dataclass
class FirstPass:
    """A race with one seed on a sample, with a curve for each of the ``main`` ones on all rows."""

    config: SweepConfig
    curves: list[Curve]
    main: Sequence[Curve]
    outcome: Outcome | None = None

    @classmethod
    def of_sweep(cls, config: SweepConfig, folds: Folds, curves: Sequence[Curve]) -> "FirstPass | None":
        """The first pass before these curves; None if the race has none. Raises as ``sample_of`` does."""
        sample = sample_of(config, folds) if len(curves[0].first) >= FEWEST_LAMBDAS else None
        if sample is None:
            return None
        once = replace(config, seeds=1)
        return cls(once, [Curve(once, curve.fit, sample, curve.grid) for curve in curves], curves)

    def run(self, pool: Pool) -> None:
        """Race, and let each curve on all rows begin with 0 and the lambdas that are left in the race."""
        race(self.config, self.curves, pool, usual_work(self.main[0].config, self.main))
        best = best_of([row for curve in self.curves for row in curve.rows])
        for curve, tried in zip(self.main, self.curves, strict=True):
            left = (row.lambd for row in tried.rows if in_race(row, best, self.config.rule))
            curve.grid, curve.start = tried.grid, tuple(sorted({tried.grid[0], *left}))
        self._report(pool)

    def _report(self, pool: Pool) -> None:
        lambdas, left = (sum(map(len, each)) for each in ([c.rows for c in self.curves], [c.first for c in self.main]))
        rows = len(self.curves[0].folds.split.train)
        self.outcome = Outcome(rows, pool.finished.networks, lambdas, left)
        pool.extend(begun(self.main), f"A first pass on {rows:,} rows leaves {count(left, 'lambda')} to train on all")
