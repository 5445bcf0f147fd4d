"""How the best lambda moves with the number of rows, and whether a sample of the rows finds it.

    nice python benchmarks/shift.py [TABLE ...] [--penalty l2 l1] [--hidden 32 32] [--draws 3] [--rows 4000]

Each table (by default every bundled and shipped one, and some generated ones) is swept exhaustively with one seed on all its n
training rows, and on random samples of n/2, n/4 and n/8 of them: stratified, and of at least 30 rows. All sweeps of a table
have the same grid: the automatic one of all training rows, without 0, and half a decade more at each end. The sweeps of n/1
use all rows again, with other folds, weights and batches: they show what chance alone does.

The first table has a line for each table and penalty. A shift is the decimal logarithm of the sample's best lambda (the one
with the least CV loss) over the best one of all rows: the median of the samples, and the range. A sample finds a lambda within
so many steps of the grid (a quarter of a decade each) of those that the race keeps on the sample. The regret is the CV loss of
all rows at the sample's best lambda minus that at their own, in standard errors of this paired difference.

The second table pools the samples by penalty and number of rows, those of all tables and of the large ones: with lambdas as
they are, and scaled from the sample's m rows to n, times sqrt(n/m), the law of the lasso. The exponent is the a of
lambda ~ n^a that gives the mean of the middle half of the shifts. Lambdas left are the shares of the grid within 0, 1 and 2
steps of those that the race keeps.
"""

import argparse
import functools
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from choices import DATASETS, LARGE
from printed import print_head, print_line

from wdcli import study
from wdcli.array import Array
from wdcli.data.bundled import BUNDLED
from wdcli.data.dataset import Split
from wdcli.data.generators import GENERATORS
from wdcli.data.source import Source
from wdcli.data.splits import part_rows
from wdcli.errors import ConfigError, DataError
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds
from wdcli.fits.plan import make_setting
from wdcli.fits.resources import Resources
from wdcli.names import PenaltyName
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.grid import STEP, first_grid
from wdcli.sweep.race import in_race
from wdcli.sweep.result import SweepResult
from wdcli.sweep.rows import Row, error_of, paired

PENALTIES: tuple[PenaltyName, ...] = ("l2", "l1")
GENERATED = ("xor-sparse", "friedman1", "linear-teacher", "linear-teacher-sparse")
"""Those swept by default."""
PARTS = (1, 2, 4, 8)
FEWEST_ROWS = 30
MORE = 2
"""Steps of the grid beyond each end of the automatic one."""
STEPS = (0, 1, 2)
HEAD = (
    "table", "n", "penalty", "best lambda", *(f"shift at n/{part}" for part in PARTS), "found within 0, 1, 2 steps",
    "regret: median", "most",
)  # fmt: skip
POOLED_HEAD = (
    "penalty", "tables", "rows", "lambdas", "samples", "shift: quartiles", "exponent",
    "best found within 0, 1, 2 steps", "chosen found", "lambdas left", "regret: mean", "over 1 SE",
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """The sweep of a ``part``-th of the rows, beside that of all rows; its lambdas count ``factor`` times."""

    part: int
    full: SweepResult
    result: SweepResult
    factor: float = 1

    @property
    def best(self) -> float:
        """The sample's best lambda, scaled."""
        return self.result.selection.lambda_min * self.factor

    @property
    def shift(self) -> float:
        """The decimal logarithm of the sample's best lambda over that of all rows."""
        return math.log10(self.best / self.full.selection.lambda_min)

    @functools.cached_property
    def racing(self) -> list[float]:
        """The lambdas that the race keeps on the sample, scaled."""
        result = self.result
        return [r.lambd * self.factor for r in result.rows if in_race(r, result.best_row, result.selection.rule)]

    def away(self, lambd: float) -> int:
        """How many steps a lambda is away from the nearest one that the race keeps on the sample."""
        return min(steps(lambd, kept) for kept in self.racing)

    @property
    def regret(self) -> float:
        """The loss on all rows at the sample's best lambda (the nearest of the grid) minus the least, in standard errors."""
        row = min(self.full.rows, key=lambda row: abs(math.log(row.lambd / self.best)))
        return in_errors(row, self.full.best_row)

    @property
    def scaled(self) -> "Sample":
        """The same sample with lambdas that grow like the square root of the rows."""
        return replace(self, factor=self.part**0.5)


def steps(a: float, b: float) -> int:
    """The distance of two lambdas in steps of the grid, to the nearest one."""
    return round(abs(math.log(a / b) / math.log(STEP)))


def in_errors(row: Row, best: Row) -> float:
    """The mean difference of two rows of a sweep over its own standard error; 0 for the same row."""
    d = paired(row, best)
    return float(d.mean() / error_of(d)) if row.lambd != best.lambd else 0.0


def wide_grid(data: study.Data, fit: FitConfig) -> tuple[float, ...]:
    """The automatic grid of all training rows without 0, and ``MORE`` steps at each end."""
    whole = Folds(fit, *data, 2).whole
    grid = first_grid(fit, None, make_setting(fit, data.dataset, whole), whole.train, whole.columns)[1:]
    around = range(1, MORE + 1)
    return (*(grid[0] / STEP**i for i in reversed(around)), *grid, *(grid[-1] * STEP**i for i in around))


def sampled(data: study.Data, part: int, draw: int) -> study.Data:
    """The data with a random ``part``-th of the training rows."""
    if part == 1:
        return data
    train = data.split.train
    kept = part_rows(np.random.default_rng([part, draw]), data.dataset, train, 1 / part).test
    return data._replace(split=Split(train[kept], data.split.test))


def run_samples(data: study.Data, fit: FitConfig, draws: int) -> list[Sample]:
    """Sweep all rows and the samples."""
    lambdas, n = wide_grid(data, fit), len(data.split.train)

    def swept(part: int, draw: int) -> SweepResult:
        config = SweepConfig(replace(fit, seed=draw), lambdas, seeds=1, exhaustive=True)
        return study.sweep(sampled(data, part, draw), config, Resources(jobs=1))

    full = swept(1, 0)
    parts = [part for part in PARTS if n // part >= FEWEST_ROWS]
    return [Sample(part, full, swept(part, draw)) for part in parts for draw in range(1, draws + 1)]


def print_samples(table: str, penalty: PenaltyName, samples: Sequence[Sample]) -> None:
    """The line of a table and a penalty."""
    full, smaller = samples[0].full, [one for one in samples if one.part > 1]
    best, regrets = full.selection.lambda_min, [one.regret for one in smaller]
    edge = " (edge)" * full.selection.at_edge
    away = [one.away(best) for one in smaller]
    found = ", ".join(str(sum(each <= step for each in away)) for step in STEPS)
    print_line(
        table, f"{len(full.folds.split.train):,}", penalty, f"{best:.3g}{edge}",
        *(shifts([one.shift for one in samples if one.part == part]) for part in PARTS),
        f"{found} of {len(smaller)}", f"{np.median(regrets):.1f}", f"{max(regrets):.1f}",
    )  # fmt: skip


def shifts(values: Sequence[float]) -> str:
    """The median and the range of shifts; nothing for none."""
    return f"{np.median(values):+.2f} ({min(values):+.2f} to {max(values):+.2f})" if values else ""


def print_pooled(penalty: PenaltyName, tables: str, samples: Sequence[Sample]) -> None:
    """The lines of a penalty on some tables: one for each number of rows and way to scale lambda."""
    for part in sorted({one.part for one in samples}):
        own = [one for one in samples if one.part == part]
        ways = {"as they are": own} | ({"scaled": [one.scaled for one in own]} if part > 1 else {})
        for way, scaled in ways.items():
            print_line(penalty, tables, f"n/{part}", way, str(len(own)), *pooled(part, scaled))


def pooled(part: int, samples: Sequence[Sample]) -> Iterator[str]:
    """The numbers of samples of as many rows."""
    moved, regrets = (np.array([getattr(one, name) for one in samples]) for name in ("shift", "regret"))
    low, median, high = np.quantile(moved, (0.25, 0.5, 0.75))
    yield f"{low:+.2f}, {median:+.2f}, {high:+.2f}"
    yield f"{-middle_mean(moved) / np.log10(part):.2f}" if part > 1 else ""
    yield shares([one.away(one.full.selection.lambda_min) for one in samples])
    yield shares([one.away(one.full.selection.chosen) for one in samples])
    yield shares([one.away(row.lambd) for one in samples for row in one.full.rows])
    yield from (f"{regrets.mean():.2f}", f"{(regrets > 1).mean():.0%}")


def middle_mean(values: Array) -> float:
    """The mean of the middle half: flat curves, whose best lambda may be anywhere, hardly change it."""
    outer = len(values) // 4
    return float(np.sort(values)[outer : len(values) - outer].mean())


def shares(away: Sequence[int]) -> str:
    """The shares of distances up to 0, 1 and 2 steps."""
    return ", ".join(f"{np.mean(np.array(away) <= step):.0%}" for step in STEPS)


def sources(names: Sequence[str], rows: int) -> dict[str, Source]:
    """The tables of these names; for none, every bundled and shipped one, and some generated ones, which have so many rows."""
    files = {path.stem: path for path in sorted(DATASETS.glob("*.csv"))}

    def source(name: str) -> Source:
        return Source(str(files[name])) if name in files else Source(name, rows=rows if name in GENERATORS else None)

    return {name: source(name) for name in names or (*BUNDLED, *files, *GENERATED)}


def run(tables: dict[str, Source], fits: Sequence[FitConfig], draws: int) -> None:
    """Print both tables, the first as its sweeps are done."""
    samples: dict[PenaltyName, list[Sample]] = {fit.penalty: [] for fit in fits}
    print_head(*HEAD)
    for name, source in tables.items():
        for fit in fits:
            new = run_samples(study.load(source), fit, draws)
            print_samples(name, fit.penalty, new)
            samples[fit.penalty] += new
    print_head(*POOLED_HEAD)
    for penalty, found in samples.items():
        print_pooled(penalty, "all", found)
        large = [one for one in found if one.full.folds.dataset.rows >= LARGE]
        print_pooled(penalty, f"{LARGE:,} rows and more", large)


def main() -> None:
    """Sweep what was asked for."""
    parser = argparse.ArgumentParser(description="How the best lambda moves with the number of rows.")
    parser.add_argument("table", nargs="*", metavar="TABLE", help="bundled, shipped or generated ones")
    parser.add_argument("--penalty", nargs="+", default=PENALTIES, choices=PENALTIES)
    parser.add_argument("--hidden", nargs="+", type=int, default=(32, 32), metavar="UNITS")
    parser.add_argument("--draws", type=int, default=3, metavar="N")
    parser.add_argument("--rows", type=int, default=4000, metavar="N", help="of a generated table")
    given, started = parser.parse_args(), time.perf_counter()
    fits = [FitConfig(penalty=name, hidden=tuple(given.hidden)) for name in given.penalty]
    try:
        run(sources(given.table, given.rows), fits, given.draws)
    except (ConfigError, DataError) as error:
        parser.error(str(error))
    print(f"\n{time.perf_counter() - started:.0f} s in all.")


if __name__ == "__main__":
    main()
