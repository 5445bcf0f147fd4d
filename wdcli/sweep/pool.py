"""Work for the executor: tasks go in, a few ahead of the workers, and the records of their lanes come out."""

import contextlib
import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field
from typing import TypeVar

from wdcli.data.dataset import Dataset
from wdcli.errors import TrainingError
from wdcli.executors import available_cores, available_memory, open_executor
from wdcli.sweep.config import FitConfig
from wdcli.sweep.folds import Fold
from wdcli.sweep.plan import BLOCKS, Plan, make_plan
from wdcli.sweep.records import LaneRecord

T = TypeVar("T")

Progress = Callable[[int, int], None]
"""Called with the number of networks that are done and of all."""


def _unseen(done: int, of: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Resources:
    """What the work may use, and who is told of it: processes, bytes of memory. None of it changes a result."""

    jobs: int = field(default_factory=available_cores)
    memory: int = field(default_factory=lambda: available_memory() // 2)
    progress: Progress = _unseen


class Pool:
    """An executor, how work is spread over it, and the number of networks that it has trained."""

    def __init__(self, executor: Executor, plan: Plan, progress: Progress) -> None:
        self.executor, self.plan, self.progress = executor, plan, progress
        self.done = 0

    def lanes(self, lambdas: int, groups: int) -> int:
        """Lanes a block, where there are so many lambdas for each of so many folds and seeds: enough blocks for all."""
        if self.plan.workers == 1:
            return self.plan.lanes
        blocks = math.ceil(BLOCKS * self.plan.workers / groups)
        return min(self.plan.lanes, math.ceil(lambdas / blocks))

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
                collect(2 * self.plan.workers - 1)
            collect(0)
        except BrokenExecutor:
            raise TrainingError("A worker process was ended from outside (out of memory?): try fewer --jobs.") from None
        return records


@contextlib.contextmanager
def open_pool(config: FitConfig, dataset: Dataset, fold: Fold, networks: int, resources: Resources) -> Iterator[Pool]:
    """A pool for so many networks; ``fold`` holds all training rows."""
    plan = make_plan(config, dataset, fold, networks, resources.jobs, resources.memory)
    with open_executor(plan.workers) as executor:
        yield Pool(executor, plan, resources.progress)
