"""Every setting of a sweep, including those of its fits."""

from dataclasses import dataclass, replace
from typing import Any

from wdcli.fits.config import FitConfig
from wdcli.fits.room import Extent
from wdcli.names import PathName, PathOrder, SelectionRule
from wdcli.sweep.grid import BUDGET

FEWEST_ROWS, SHARE, PAYS = 40_000, 8, 4
"""A first pass takes the larger of so many rows and a ``SHARE``-th of all, if a network takes at most a ``PAYS``-th of its work
there. By default a linear model takes more, since it needs as many steps on a sample as on all rows."""


@dataclass(frozen=True)
class SweepConfig:
    """A sweep: fits over lambdas, folds and seeds. ``lambdas`` None asks for the automatic grid.

    Unless ``exhaustive``, a race decides which of these fits are needed. ``l1_ratios`` are an elastic net's ratios to sweep
    along with lambda; () for the fit's own. With ``path`` "warm", each lambda starts from the previous one's weights,
    from the largest down or the smallest up by ``path_order``. ``first_rows`` is the number of training rows in the race's
    first pass: None is chosen by their number and by the steps that a network takes, 0 is all.
    """

    fit: FitConfig
    lambdas: tuple[float, ...] | None = None
    folds: int = 5
    seeds: int = 3
    rule: SelectionRule = "paired"
    exhaustive: bool = False
    l1_ratios: tuple[float, ...] = ()
    path: PathName = "cold"
    path_order: PathOrder = "down"
    first_rows: int | None = None

    @property
    def fits(self) -> tuple[FitConfig, ...]:
        """The fit for each l1_ratio that is swept, ascending."""
        if self.fit.resolved_l1_ratio is None or not self.l1_ratios:
            return (self.fit,)
        return tuple(replace(self.fit, l1_ratio=ratio) for ratio in sorted(set(self.l1_ratios)))

    @property
    def automatic(self) -> bool:
        """Whether the sweep finds its own grid."""
        return self.lambdas is None and self.fit.penalised

    @property
    def raced(self) -> bool:
        """Whether a race decides what is trained; a warm path is trained whole, since each lambda needs the last."""
        return self.path == "cold" and not self.exhaustive

    def sampled(self, rows: int) -> int:
        """How many of so many training rows the race's first pass takes; 0 if there is no such pass."""
        if not self.raced:
            return 0
        if self.first_rows is not None:
            return self.first_rows if self.first_rows < rows else 0
        size = max(FEWEST_ROWS, rows // SHARE)
        if size >= rows:
            return 0
        return size if PAYS * self.fit.for_sample(size, rows).examples(size) <= self.fit.examples(rows) else 0

    @property
    def staged(self) -> bool:
        """Whether the first networks decide what else is trained: by a race, or by the extent of an automatic grid."""
        return self.raced or (self.path == "cold" and self.automatic)

    def extent(self, rows: int, networks: int | None = None) -> Extent:
        """How much there is to train on so many rows, of so many networks (None: as many as the widest grid needs)."""
        fits = self.folds * (self.seeds if self.fit.early_stopping else 1)
        lambdas = 1 + BUDGET if self.lambdas is None else len(self.lambdas)
        most = lambdas * len(self.fits) * self.seeds * (self.folds + 1)
        # A path's fits are trained side by side; otherwise one is made while the last is in use, perhaps beside a sample.
        at_once = fits if self.path == "warm" else 2 + self.fit.early_stopping + bool(self.sampled(rows))
        return Extent(most if networks is None else networks, fits, at_once)

    def to_json(self, rows: int) -> dict[str, Any]:
        """Every option under its command-line name, resolved except where the data decide."""
        ratios = sorted(set(self.l1_ratios)) or [self.fit.l1_ratio]
        return {
            **self.fit.to_json(rows),
            "l1_ratio": ratios if len(ratios) > 1 else ratios[0],
            "lambdas": "auto" if self.lambdas is None else list(self.lambdas),
            "folds": self.folds,
            "seeds": self.seeds,
            "rule": self.rule,
            "exhaustive": not self.raced,
            "path": self.path,
            "path_order": self.path_order,
            "first_rows": "auto" if self.first_rows is None else self.first_rows or "all",
        }
