"""What a cluster costs, measured with workers on this machine, and what a model of it predicts for more of them.

    python benchmarks/cluster.py

The model: start + bytes of all folds / bandwidth + jobs x overhead + slowdown x work x (1 / workers + tail), where at the end
all workers but one wait for the last job: the tail is (1 - 1 / workers) / jobs. Prints Markdown.
"""

import math
import time
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

import numpy as np
from distributed.protocol import pickle

from wdcli import study
from wdcli.array import Array
from wdcli.fits.config import FitConfig
from wdcli.fits.executors import Cluster, OnCluster
from wdcli.fits.executors.cluster import open_cluster
from wdcli.fits.plan import BLOCKS
from wdcli.fits.resources import Resources
from wdcli.sweep.config import SweepConfig
from wdcli.text import count

ROWS, COLUMNS, FOLDS, LAMBDAS = 50_000, 20, 5, 24
FIT = FitConfig(hidden=(64,), epochs=4, batch_size=256)
CONFIG = SweepConfig(FIT, tuple(np.geomspace(0.001, 1000, LAMBDAS)), FOLDS, seeds=1, exhaustive=True)
SHORTER = replace(CONFIG, fit=replace(FIT, epochs=2))
"""A sweep that shows how much slower workers are; the model doesn't know how long the other one takes there."""
SMALL_JOBS = 300
LARGE = 10**7
"""Numbers in the array whose way to a worker is timed."""


@dataclass(frozen=True)
class Sweep:
    """What the model needs to know of a sweep: its size, the bytes of a fold's rows, and seconds on one core."""

    lambdas: int
    seeds: int
    fold_bytes: float
    work: float

    def jobs(self, workers: int) -> int:
        """How many jobs it is cut into; see ``Pool.lanes_per_block``."""
        groups = self.seeds * (FOLDS + 1)
        lanes = self.lambdas if workers == 1 else math.ceil(self.lambdas / math.ceil(BLOCKS * workers / groups))
        return groups * math.ceil(self.lambdas / lanes)


@dataclass(frozen=True)
class Costs:
    """What a cluster costs: seconds until it can work, bytes per second to a worker, seconds for a job without work, and the
    ratio of its workers' seconds of a core to those of one process, for the same sweep."""

    start: float
    bandwidth: float
    overhead: float
    slowdown: float

    def seconds(self, sweep: Sweep, workers: int) -> float:
        """The model's prediction."""
        jobs = sweep.jobs(workers)
        moving = (FOLDS + 1) * sweep.fold_bytes / self.bandwidth
        tail = (1 - 1 / workers) / jobs
        return self.start + moving + jobs * self.overhead + self.slowdown * sweep.work * (1 / workers + tail)


MEASURED = Sweep(LAMBDAS, 1, 4.0 * ROWS * (COLUMNS + 1), 0.0)
WIDE = Sweep(42, 3, 4.0 * 10**6 * (COLUMNS + 1), 36_000.0)


def table() -> study.Data:
    """Rows of two classes."""
    X = np.random.default_rng(0).standard_normal((ROWS, COLUMNS))
    return study.arrays(X, X[:, 0] + X[:, 1] ** 2 > 1)


def first(array: Array) -> float:
    """The first number: nearly no work."""
    return float(array.flat[0])


def overhead(cluster: Cluster) -> float:
    """Seconds for a job without work, when many are sent at once."""
    with OnCluster(cluster) as executor:
        executor.submit(abs, -1).result()
        begun = time.perf_counter()
        for future in [executor.submit(abs, -1) for _ in range(SMALL_JOBS)]:
            future.result()
        return (time.perf_counter() - begun) / SMALL_JOBS


def bandwidth(cluster: Cluster) -> float:
    """Bytes per second from this process to a worker."""
    array = np.zeros(LARGE)
    with OnCluster(cluster) as executor:
        begun = time.perf_counter()
        executor.submit(first, array).result()
        return array.nbytes / (time.perf_counter() - begun)


def timed(data: study.Data, resources: Resources, config: SweepConfig = CONFIG) -> float:
    """Seconds of the sweep."""
    begun = time.perf_counter()
    study.sweep(data, config, resources)
    return time.perf_counter() - begun


def used_by(cluster: Cluster) -> float:
    """The workers' seconds of a core so far."""
    return float(sum(cluster.client.run(time.process_time).values()))


def slowdown(data: study.Data, cluster: Cluster) -> float:
    """The ratio of the workers' seconds of a core to those of this process, for the shorter sweep."""
    here = time.process_time()
    timed(data, Resources(jobs=1), SHORTER)
    here, there = time.process_time() - here, used_by(cluster)
    timed(data, Resources(cluster=cluster), SHORTER)
    return (used_by(cluster) - there) / here


def message(data: study.Data, cluster: Cluster) -> int:
    """The most bytes of a job's message, in a sweep of one epoch."""
    sizes, submit = [], cluster.client.submit

    def weighed(function: Any, call: Any, *args: Any, **options: Any) -> Any:
        sizes.append(len(pickle.dumps(call)))  # type: ignore[no-untyped-call]
        return submit(function, call, *args, **options)

    with mock.patch.object(cluster.client, "submit", weighed):
        study.sweep(data, replace(CONFIG, fit=replace(FIT, epochs=1)), Resources(cluster=cluster))
    return max(sizes)


def measured(data: study.Data, workers: int, work: float) -> Costs:
    """Measure a local cluster, and print a row of the table."""
    begun = time.perf_counter()
    with open_cluster(f"local:{workers}") as cluster:
        start, most = time.perf_counter() - begun, message(data, cluster)
        costs = Costs(0.0, bandwidth(cluster), overhead(cluster), slowdown(data, cluster))
        seconds = timed(data, Resources(cluster=cluster))
    model = costs.seconds(replace(MEASURED, work=work), workers)
    print(
        f"| {workers} | {start:.1f} s | {1000 * costs.overhead:.1f} ms | {costs.bandwidth / 1e6:.0f} MB/s | {most:,} bytes | "
        f"{costs.slowdown:.2f} | {seconds:.1f} s | {model:.1f} s |"
    )
    return replace(costs, start=start)


def main() -> None:
    """Measure, predict, print."""
    data = table()
    work = timed(data, Resources(jobs=1))
    print(f"{ROWS:,} x {COLUMNS} rows, {LAMBDAS * (FOLDS + 1)} networks; in this process {work:.1f} s\n")
    print("| workers | start | job without work | to a worker | largest message | slowdown | sweep | model |")
    print("|" + " --- |" * 8)
    for workers in (1, 2):
        costs = measured(data, workers, work)
    print("\n1,000,000 rows of 20 columns, 42 lambdas, 5 folds, 3 seeds, 10 h on one core, by the model:\n")
    for workers in (1, 10, 1000):
        print(
            f"- {count(workers, 'worker')}: {costs.seconds(WIDE, workers) / 60:,.1f} min in {WIDE.jobs(workers)} jobs"
        )


if __name__ == "__main__":
    main()
