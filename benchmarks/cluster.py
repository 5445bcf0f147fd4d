"""What a cluster costs, measured with workers on this machine, and what a model of it predicts for more of them.

    python benchmarks/cluster.py

The model: start + folds x bytes of a fold / bandwidth + jobs x overhead + work / workers + one job. Prints a table.
"""

import math
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from distributed.protocol import pickle

from wdcli import study
from wdcli.fits.config import FitConfig
from wdcli.fits.executors import OnCluster
from wdcli.fits.executors.cluster import Cluster, open_cluster
from wdcli.fits.plan import BLOCKS
from wdcli.fits.pool import Resources
from wdcli.sweep.config import SweepConfig

ROWS, COLUMNS = 50_000, 20
CONFIG = SweepConfig(
    FitConfig(hidden=(64,), epochs=4, batch_size=256),
    tuple(np.geomspace(0.01, 100, 24)),
    folds=5,
    seeds=1,
    exhaustive=True,
)
SMALL_JOBS = 300
LARGE = 10**7
"""Numbers in the array whose way to a worker is timed."""


@dataclass(frozen=True)
class Costs:
    """What the model is made of: seconds, bytes, and bytes per second."""

    start: float
    bandwidth: float
    fold_bytes: float
    overhead: float
    work: float

    def seconds(self, workers: int, config: SweepConfig) -> float:
        """The model's prediction."""
        jobs = jobs_of(workers, config)
        moving = (config.folds + 1) * self.fold_bytes / self.bandwidth
        return self.start + moving + jobs * self.overhead + self.work / min(workers, jobs) + self.work / jobs


def jobs_of(workers: int, config: SweepConfig) -> int:
    """How many jobs a sweep is cut into; see ``Pool.lanes_per_block``."""
    lambdas, groups = len(config.lambdas), config.seeds * (config.folds + 1)
    lanes = lambdas if workers == 1 else math.ceil(lambdas / math.ceil(BLOCKS * workers / groups))
    return groups * math.ceil(lambdas / lanes)


def table() -> study.Data:
    """Rows of two classes."""
    X = np.random.default_rng(0).standard_normal((ROWS, COLUMNS))
    return study.arrays(X, X[:, 0] + X[:, 1] ** 2 > 1)


def first(array: np.ndarray[Any, Any]) -> float:
    """The first number: nearly no work."""
    return float(array.flat[0])


def overhead(cluster: Cluster) -> float:
    """Seconds for a job without work, one after the other in the client, several at once on the workers."""
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


def timed(data: study.Data, resources: Resources) -> float:
    """Seconds of the sweep."""
    begun = time.perf_counter()
    study.sweep(data, CONFIG, resources)
    return time.perf_counter() - begun


def message(data: study.Data, cluster: Cluster) -> int:
    """The most bytes of a job's message, of a sweep of one epoch."""
    sizes, submit = [], cluster.client.submit

    def weighed(function: Any, call: Any, *args: Any, **options: Any) -> Any:
        sizes.append(len(pickle.dumps(call)))
        return submit(function, call, *args, **options)

    cluster.client.submit = weighed
    study.sweep(data, replace(CONFIG, fit=replace(CONFIG.fit, epochs=1)), Resources(cluster=cluster))
    cluster.client.submit = submit
    return max(sizes)


def main() -> None:
    """Measure, predict, print."""
    data, found = table(), []
    work = timed(data, Resources(jobs=1))
    print(
        f"{ROWS:,} x {COLUMNS} rows, {len(CONFIG.lambdas) * (CONFIG.folds + 1)} networks; in this process {work:.1f} s\n"
    )
    print(
        "| workers | start | job without work | to a worker | largest message | sweep | model |\n| --- " * 1
        + "|"
        + " --- |" * 6
    )
    for workers in (1, 2):
        begun = time.perf_counter()
        with open_cluster(f"local:{workers}") as cluster:
            start = time.perf_counter() - begun
            large = message(data, cluster)
            costs = Costs(0.0, bandwidth(cluster), 4.0 * ROWS * (COLUMNS + 1), overhead(cluster), work)
            seconds = timed(data, Resources(cluster=cluster))
        found.append(costs)
        print(
            f"| {workers} | {start:.1f} s | {1000 * costs.overhead:.1f} ms | {costs.bandwidth / 1e6:.0f} MB/s | "
            f"{large:,} bytes | {seconds:.1f} s | {costs.seconds(workers, CONFIG):.1f} s |"
        )
    hour = replace(found[-1], work=36_000.0, fold_bytes=4.0 * 10**6 * (COLUMNS + 1))
    wide = replace(CONFIG, lambdas=tuple(np.geomspace(0.001, 1000, 42)), seeds=3)
    print("\nA sweep of 1,000,000 rows, 42 lambdas, 5 folds and 3 seeds that takes one core 10 h, by the model:")
    for workers in (1, 10, 1000):
        print(f"- {workers:,} workers: {hour.seconds(workers, wide) / 60:.1f} min in {jobs_of(workers, wide)} jobs")


if __name__ == "__main__":
    main()
