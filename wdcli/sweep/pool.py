"""Work for the executor: tasks go in, a few ahead of the workers, and the records of their lanes come out."""

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from typing import TypeVar

from wdcli.data.dataset import Dataset
from wdcli.errors import TrainingError
from wdcli.executors import open_executor
from wdcli.sweep.config import FitConfig
from wdcli.sweep.plan import Fold, make_network, make_recipe, seconds_estimate
from wdcli.sweep.records import LaneRecord

T = TypeVar("T")

Progress = Callable[[int, int], None]
"""Called with the number of networks that are done and of all."""
WORTH_WORKERS = 1.0
"""Seconds of work from which starting worker processes pays."""


class Pool:
    """An executor with so many workers, and the number of networks that it has trained."""

    def __init__(self, executor: Executor, workers: int, progress: Progress) -> None:
        self.executor, self.workers, self.progress = executor, workers, progress
        self.done = 0

    def run(self, work: Callable[[T], list[LaneRecord]], tasks: Iterable[T], networks: int) -> list[LaneRecord]:
        """Do ``work`` on every task, one ahead of each worker; ``networks`` is how many records there will be."""
        before, records = self.done, list[LaneRecord]()
        pending: set[Future[list[LaneRecord]]] = set()

        def collect(ahead: int) -> None:
            while len(pending) > ahead:
                done, _ = wait(pending, return_when=FIRST_COMPLETED)
                pending.difference_update(done)
                records.extend(itertools.chain.from_iterable(future.result() for future in done))
                self.done = before + len(records)
                self.progress(self.done, before + networks)

        try:
            for task in tasks:
                pending.add(self.executor.submit(work, task))
                collect(2 * self.workers - 1)
            collect(0)
        except BrokenExecutor:
            raise TrainingError("A worker process was ended from outside (out of memory?): try fewer --jobs.") from None
        return records


@contextlib.contextmanager
def open_pool(
    config: FitConfig, dataset: Dataset, fold: Fold, networks: int, jobs: int, progress: Progress
) -> Iterator[Pool]:
    """A pool of as many workers as asked for, or one where so few networks are too little work for processes to pay."""
    network = make_network(config, dataset, fold.X.shape[1])
    worth = seconds_estimate(network, len(fold.X), make_recipe(config, dataset, fold), networks) > WORTH_WORKERS
    workers = jobs if networks > 1 and worth else 1
    with open_executor(workers) as executor:
        yield Pool(executor, workers, progress)
