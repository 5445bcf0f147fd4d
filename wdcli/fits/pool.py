"""Work for the executor: jobs go in, a few ahead of the workers, and the records of their lanes come out and are kept."""

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import NamedTuple

from wdcli.errors import StoreError, Terminated, TrainingError
from wdcli.fits.executors import InProcess, Processes, first_done, open_executor, signals_held
from wdcli.fits.job import Job
from wdcli.fits.plan import BLOCKS, Plan
from wdcli.fits.records import KeyedRecord, LaneRecord
from wdcli.fits.store import NullStore, RecordStore
from wdcli.machine import available_cores, default_memory
from wdcli.text import count

TRIES = 3
"""Times that a job may end its worker before it is set aside."""
GRACE = 1.0
"""Seconds that an interrupt leaves to the jobs in hand."""


class Headway(NamedTuple):
    """How far a pool is, in networks: done, recalled (of those, from the store), expected, and trained.

    ``trained`` are those that are done and, in part, those that workers have in hand. ``extensions`` say why more are
    expected than at first.
    """

    done: int
    recalled: int
    expected: int
    trained: float
    extensions: Sequence[str] = ()


def _unseen(headway: Callable[[], Headway]) -> AbstractContextManager[None]:
    """Progress that nobody watches."""
    return contextlib.nullcontext()


def _unheard(line: str) -> None:
    """A note that nobody reads."""


@dataclass(frozen=True)
class Resources:
    """What the work may use, and who is told of it. None of it changes a result.

    Processes and bytes of memory; where trained lanes are kept and looked up; what takes a function that says how far the
    work is, whenever it is asked; what takes a line for the user.
    """

    jobs: int = field(default_factory=available_cores)
    memory: int = field(default_factory=default_memory)
    store: RecordStore = field(default_factory=NullStore)
    watch: Callable[[Callable[[], Headway]], AbstractContextManager[None]] = _unseen
    tell: Callable[[str], None] = _unheard


class Pool:
    """Workers, how work is spread over them, and what came of it so far."""

    def __init__(self, plan: Plan, resources: Resources, of: int) -> None:
        """``of`` is how many networks are expected at first."""
        self.plan, self.resources, self.store, self.of = plan, resources, resources.store, of
        self.executor = self._open()
        self.pending: dict[Future[list[LaneRecord]], Job] = {}
        self.records: list[LaneRecord] = []
        self.lost: list[Job] = []
        self.extensions: list[str] = []
        self.done = self.recalled = 0
        self.watch = resources.watch(self.headway)

    def headway(self) -> Headway:
        """How far the work is now."""
        trained = min(self.of, self.done + sum(self.executor.in_hand))
        return Headway(self.done, self.recalled, self.of, trained, self.extensions)

    def extend(self, networks: int, why: str) -> None:
        """Expect so many networks more."""
        self.of += networks
        self.extensions.append(f"{why}: {count(networks, 'more network', 'more networks')}, {self.of:,} in all")

    def __enter__(self) -> "Pool":
        self.watch.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers, at once if something went wrong."""
        try:
            self.executor.__exit__(kind, error, trace)
        finally:
            self.watch.__exit__(kind, error, trace)

    def lanes_per_block(self, lambdas: int, groups: int) -> int:
        """Lanes a block, where there are so many lambdas for each of so many folds and seeds: enough blocks for all."""
        if self.plan.workers == 1:
            return self.plan.lanes_per_block
        blocks = math.ceil(BLOCKS * self.plan.workers / groups)
        return min(self.plan.lanes_per_block, math.ceil(lambdas / blocks))

    def run(self, jobs: Iterable[Job]) -> Iterator[LaneRecord]:
        """The records of every job, from the store or trained, as they come.

        When interrupted, jobs in hand may end within ``GRACE`` seconds, and their records come before the interrupt is raised.
        Raises ``TrainingError`` at the end if some networks could not be trained at all.
        """
        self.lost = []
        try:
            for job in jobs:
                known, rest = job.recalled(self._known(job.keys))
                self.recalled += len(known)
                self._keep(known)
                if rest is not None:
                    self._submit(rest)
                    self._collect(2 * self.plan.workers - 1)
                yield from self._fresh()
            self._collect(0)
            yield from self._fresh()
        except (KeyboardInterrupt, Terminated):
            self._harvest()
            yield from self._fresh()
            raise
        if self.lost:
            raise TrainingError(_lost(self.lost))

    def _fresh(self) -> Iterator[LaneRecord]:
        """The records that came since this was asked last. A signal waits until they are taken: none is lost in between."""
        with signals_held():
            yield from self.records
            self.records.clear()

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        try:
            return self.store.known(keys)
        except StoreError as error:
            self._keep_no_more(error)
            return {}

    def _keep(self, keyed: Sequence[KeyedRecord], future: Future[list[LaneRecord]] | None = None) -> None:
        """Store first, then count: what is acknowledged is kept.

        A job whose storing is interrupted is still pending, and is stored once more: that changes nothing.
        """
        try:
            if keyed:
                self.store.put(keyed)
        except StoreError as error:
            self._keep_no_more(error)
        with signals_held():
            self.records.extend(one.record for one in keyed)
            self.done += len(keyed)
            if future is not None:
                del self.pending[future]

    def _keep_no_more(self, error: StoreError) -> None:
        self.resources.tell(f"Warning: {error} From here on, nothing of this run is stored.")
        self.store = NullStore()

    def _submit(self, job: Job) -> None:
        try:
            self.pending[self.executor.submit(Job.run, job)] = job
        except BrokenExecutor:
            self._one_by_one([*self._given_up(), job])
        except (OSError, RuntimeError) as error:
            self._go_on_here(job, error)

    def _go_on_here(self, job: Job, error: Exception) -> None:
        """Where no worker can be started, its job and those on their way to others are done in this process."""
        jobs = [*self.pending.values(), job]
        self.pending.clear()
        self._end_workers()
        self.executor = self._here(f"{error}")
        for one in jobs:
            self._submit(one)

    def _open(self) -> InProcess | Processes:
        """Workers, or this process where they have no memory to share."""
        try:
            return open_executor(self.plan.workers)
        except OSError as error:
            return self._here(f"shared memory, /dev/shm on Linux, can't be used: {error.strerror}")

    def _here(self, why: str) -> InProcess:
        self.resources.tell(f"Warning: worker processes can't be started ({why}); this one does all the work")
        return InProcess()

    def _collect(self, ahead: int) -> None:
        """Wait until no more than ``ahead`` jobs are on their way."""
        while len(self.pending) > ahead:
            broken = []
            for future in first_done(self.pending):
                try:
                    records = future.result()
                except BrokenExecutor:
                    broken.append(self.pending.pop(future))
                except MemoryError:
                    self._smaller(self.pending.pop(future))
                else:
                    self._keep(self.pending[future].named(records), future)
            if broken:
                self._one_by_one([*broken, *self._given_up()])

    def _smaller(self, job: Job) -> None:
        """Try again in halves what there was no memory for."""
        halves = job.halves()
        if not halves:
            self.lost.append(job)
        for half in halves:
            self._submit(half)

    def _given_up(self) -> list[Job]:
        """The jobs that were on their way when a worker was lost, and all others with it; new workers are started."""
        jobs = list(self.pending.values())
        self.pending.clear()
        self._reopen()
        return jobs

    def _reopen(self) -> None:
        self._end_workers()
        self.executor = self._open()

    def _end_workers(self) -> None:
        # As after an error: a worker that is stopped would not end by itself. A thread that was never started can't end.
        with contextlib.suppress(RuntimeError):
            self.executor.__exit__(BrokenExecutor, None, None)

    def _one_by_one(self, jobs: Sequence[Job]) -> None:
        """Try jobs again, each alone, after a worker was lost: so it is seen which of them ends its worker."""
        for job in jobs:
            for _ in range(TRIES):
                try:
                    (future,) = first_done([self.executor.submit(Job.run, job)])
                    self._keep(job.named(future.result()))
                    break
                except BrokenExecutor:
                    self._reopen()
                except MemoryError:
                    self._smaller(job)
                    break
            else:
                self.lost.append(job)

    def _harvest(self) -> None:
        """Keep what is done, or is within a moment."""
        self.store.hurry()
        for future in self.pending:
            future.cancel()
        with signals_held():
            wait(self.pending, timeout=GRACE)
        for future, job in list(self.pending.items()):
            if future.done() and not future.cancelled() and future.exception() is None:
                self._keep(job.named(future.result()), future)
        self.pending.clear()


def _lost(jobs: Sequence[Job]) -> str:
    """What could not be trained, and what to do."""
    block = jobs[0].blocks[0]
    networks = sum(len(job.keys) for job in jobs)
    return (
        f"{networks} of the networks could not be trained: their worker process ran out of memory or was ended from outside, "
        f"{TRIES} times (the first: lambda = {block.lambdas[0]:g}, fold {block.fold}). Try a smaller --memory, or fewer --jobs."
    )
