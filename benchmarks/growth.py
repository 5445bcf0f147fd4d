"""How the cost of a sweep grows: seconds and peak memory against networks, rows, width and depth.

    python benchmarks/speed.py growth

Each line is a sweep in a process of its own, on one core, of a random table with 20 features and two classes. What isn't
varied: 3,000 rows, hidden layers of 64 and 64, batches of 128, 4 epochs, 8 lambdas and 2 folds, 24 networks in all; networks
are varied at 400 rows, rows at 1 epoch. Seconds are those of the sweep, without loading; memory is the peak of the process. An
exponent is the slope of log seconds (of log megabytes over those of an empty sweep) against log size, by least squares over
the upper half of the lines: 1 is linear growth.
"""

import math
import resource
import subprocess
import sys
from dataclasses import dataclass, replace

import numpy as np

from wdcli.data.dataset import Dataset, Split, numeric_columns
from wdcli.data.splits import hold_out
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds
from wdcli.fits.resources import Resources
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.runner import run_sweep

MIB = 1 << 20


@dataclass(frozen=True)
class Size:
    """What is varied."""

    lanes: int = 24
    rows: int = 3_000
    width: int = 64
    depth: int = 2
    epochs: int = 4

    def config(self) -> SweepConfig:
        """A sweep of so many networks: a third of them lambdas, in two folds and on all training rows."""
        fit = FitConfig(hidden=(self.width,) * self.depth, batch_size=128, epochs=self.epochs, lr=0.001)
        return SweepConfig(fit, tuple(np.geomspace(0.01, 100, max(1, self.lanes // 3)).tolist()), folds=2, seeds=1)


SIZES = {
    "lanes": [Size(lanes=3 * n, rows=400) for n in (1, 4, 16, 64, 256, 667)],
    "rows": [Size(rows=n, epochs=1) for n in (1_000, 10_000, 100_000, 1_000_000)],
    "width": [Size(width=n) for n in (8, 32, 128, 256, 512, 1_024)],
    "depth": [Size(depth=n) for n in (1, 2, 4, 8, 16)],
}
NAMES = {"lanes": "networks"}


def table(rows: int) -> tuple[Dataset, Split]:
    """A quarter of the rows is held out."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((rows, 20))
    y = (np.tanh(X @ rng.standard_normal(20)) + rng.standard_normal(rows) > 0).astype(np.int64)
    columns = numeric_columns(X, [f"x{i}" for i in range(20)])
    return Dataset("growth", "growth", "classification", "y", columns, y, ("0", "1")), hold_out(rng, rows, 0.25, y)


def measure(size: Size) -> None:
    """In a process of its own, which is started with the names and values: print seconds and the peak in bytes."""
    config = size.config()
    folds = Folds(config.fit, *table(size.rows), config.folds)
    seconds = run_sweep(config, folds, Resources(jobs=1)).seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(seconds, peak)


def measured(size: Size) -> tuple[float, float]:
    """Seconds and the peak in bytes."""
    words = [f"{name}={value}" for name, value in vars(size).items()]
    done = subprocess.run([sys.executable, __file__, *words], check=True, capture_output=True, text=True)
    seconds, peak = map(float, done.stdout.split())
    return seconds, peak


def exponent(sizes: list[float], costs: list[float]) -> float:
    """The slope of log cost against log size over the upper half."""
    upper = len(sizes) // 2
    return float(np.polyfit(np.log(sizes[upper:]), np.log(costs[upper:]), 1)[0])


def grow(kind: str, empty: float) -> None:
    """Print the lines of what is varied, and its exponents."""
    sizes, seconds, peaks = [], [], []
    for size in SIZES[kind]:
        found, peak = measured(size)
        value = getattr(size, kind)
        print(f"| {NAMES.get(kind, kind)} {value:,} | {found:.3g} | {peak / MIB:,.0f} |", flush=True)
        sizes.append(float(value))
        seconds.append(found)
        peaks.append(max(peak - empty, 1.0))
    slope = exponent(sizes, peaks)
    memory = f"{slope:.2f}" if math.isfinite(slope) else ""
    print(f"| exponent in {NAMES.get(kind, kind)} | {exponent(sizes, seconds):.2f} | {memory} |", flush=True)


def grow_all() -> None:
    """Print everything."""
    print("| size | seconds | peak MiB |\n| --- | --- | --- |")
    empty = measured(Size(lanes=3, rows=400, width=1, depth=1, epochs=1))[1]
    for kind in SIZES:
        grow(kind, empty)


if __name__ == "__main__":
    measure(replace(Size(), **{name: int(value) for name, value in (word.split("=") for word in sys.argv[1:])}))
