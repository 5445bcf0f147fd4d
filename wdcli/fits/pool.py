"""Work for the executor: jobs go in, a few ahead of the workers; the records of their lanes are stored and come out."""

import contextlib
import math
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, wait
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from wdcli.errors import ClusterError, StoreError, Terminated, TrainingError
from wdcli.fits.apart import Apart
from wdcli.fits.executors import EndedWorkersError, InProcess, Workers, first_done, open_executor, signals_held
from wdcli.fits.headway import Headway, Work, all_of
from wdcli.fits.job import Job, given_up
from wdcli.fits.plan import BLOCKS, Plan
from wdcli.fits.records import KeyedRecord, LaneRecord
from wdcli.fits.resources import Resources
from wdcli.fits.store import NullStore
from wdcli.text import count

TRIES = 3
"""A job is given up after it has ended its worker this many times."""
LOST_HERE = f", {TRIES} times", "Try a smaller --memory, or fewer --jobs."
LOST_THERE = "", "Try a smaller --memory, or workers with more memory."
"""How often jobs were tried here and on a cluster, which has its own number, and what to do once they are given up."""
GRACE = 1.0
"""Seconds that running jobs have to finish after an interrupt."""
NO_WORKER = (
    "Worker processes end before they begin. A script must keep its work under if __name__ == '__main__', since each process "
    "imports the script; or use --jobs 1."
)


class Pool:
    """Workers, the division of work among them, and the results so far."""

    def __init__(self, plan: Plan, resources: Resources, work: Work, likely: float = 0.0) -> None:
        """``work`` is what is expected at first; ``likely``, the examples that will be expected later."""
        cluster = resources.cluster
        self.planned, self.resources, self.work, self.likely = plan, resources, work, likely
        self.finished = self.recalled = Work(0, 0.0)
        self.store = Apart(resources.store) if cluster and cluster.any_version else resources.store
        self.executor = self._open()
        self.pending: dict[Future[list[LaneRecord]], Job] = {}
        self.records: list[LaneRecord] = []
        self.lost: list[Job] = []
        self.suspects: list[Job] = []
        self.extensions: list[str] = []
        self.watch = resources.watch(self.headway)

    @property
    def plan(self) -> Plan:
        """The plan, with as many workers as there are now."""
        return replace(self.planned, workers=self.executor.workers)

    def headway(self) -> Headway:
        """The current progress."""
        finished = min(self.work.examples, self.finished.examples + sum(self.executor.in_hand))
        return Headway(
            self.finished.networks, self.recalled.networks, self.work.networks, finished - self.recalled.examples,
            self.work.examples + self.likely - finished, self.extensions,
        )  # fmt: skip

    def extend(self, more: Work, why: str) -> None:
        """Expect more work."""
        self.work = all_of((self.work, more))
        networks = count(more.networks, "more network", "more networks")
        self.extensions.append(f"{why}: {networks}, {self.work.networks:,} in all")

    def __enter__(self) -> "Pool":
        self.watch.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers, immediately after an error."""
        try:
            self.executor.__exit__(kind, error, trace)
        finally:
            self.watch.__exit__(kind, error, trace)

    def lanes_per_block(self, lambdas: int, groups: int) -> int:
        """Lanes per block, with so many lambdas for each of ``groups`` folds and seeds: enough blocks for all."""
        if self.plan.workers == 1:
            return self.plan.lanes_per_block
        blocks = math.ceil(BLOCKS * self.plan.workers / groups)
        return min(self.plan.lanes_per_block, math.ceil(lambdas / blocks))

    def run(self, jobs: Iterable[Job]) -> Iterator[LaneRecord]:
        """Yield the records of every job, stored or trained, as they become available.

        After an interrupt, running jobs have ``GRACE`` seconds to finish; their records are yielded before the
        interrupt is raised again. Raises ``TrainingError`` at the end if some networks could not be trained at all.
        """
        self.lost, self.suspects = [], []
        try:
            for job in jobs:
                known, rest = job.recalled(self._known(job.keys))
                self.recalled = all_of((self.recalled, job.work(len(known))))
                self._keep(known, job)
                if rest is not None:
                    self._submit(rest)
                    self._collect(2 * self.plan.workers - 1)
                yield from self._fresh()
            self._collect(0)
            self._acquit()
            yield from self._fresh()
        except (KeyboardInterrupt, Terminated, ClusterError):
            self._harvest()
            yield from self._fresh()
            raise
        if self.lost:
            raise TrainingError(given_up(self.lost, *(LOST_THERE if self.resources.cluster else LOST_HERE)))

    def _fresh(self) -> Iterator[LaneRecord]:
        """The records since the last call. Signals are held until all are taken, so that none is lost."""
        with signals_held():
            yield from self.records
            self.records.clear()

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        try:
            return self.store.known(keys)
        except StoreError as error:
            self._keep_no_more(error)
            return {}

    def _keep(self, keyed: Sequence[KeyedRecord], job: Job, future: Future[list[LaneRecord]] | None = None) -> None:
        """Store records of a job first, then count them: every counted network is stored.

        A job interrupted while being stored is still pending and is stored again, which is harmless.
        """
        try:
            if keyed:
                self.store.put(keyed)
        except StoreError as error:
            self._keep_no_more(error)
        with signals_held():
            self.records.extend(one.record for one in keyed)
            self.finished = all_of((self.finished, job.work(len(keyed))))
            if future is not None:
                del self.pending[future]

    def _keep_no_more(self, error: StoreError) -> None:
        self.resources.tell(f"Warning: {error} From here on, nothing of this run is stored.")
        self.store = NullStore()

    def _submit(self, job: Job) -> None:
        job = self.executor.placed(job)
        try:
            self.pending[self.executor.submit(Job.run, job)] = job
        except BrokenExecutor:
            self._one_by_one([*self._given_up(), job])
        except (OSError, RuntimeError) as error:
            self._go_on_here(job, error)

    def _go_on_here(self, job: Job, error: Exception) -> None:
        """If a worker can't be started, do its job and all pending ones in this process."""
        jobs = [*self.pending.values(), job]
        self.pending.clear()
        self._end_workers()
        self.executor = self._here(f"{error}")
        for one in jobs:
            self._submit(one)

    def _open(self) -> Workers:
        """Open workers, or use this process if shared memory isn't available."""
        if self.resources.cluster is not None:
            return open_executor(self.planned.workers, self.resources.cluster)
        try:
            # Processes start in the working directory; if it is gone, Python 3.13's own helper process ends in a traceback.
            Path.cwd()
        except OSError:
            return self._here("the working directory no longer exists") if self.planned.workers > 1 else InProcess()
        try:
            return open_executor(self.planned.workers)
        except OSError as error:
            return self._here(f"shared memory, /dev/shm on Linux, can't be used: {error.strerror}")

    def _here(self, why: str) -> InProcess:
        self.resources.tell(f"Warning: worker processes can't be started ({why}); this one does all the work")
        return InProcess()

    def _collect(self, ahead: int) -> None:
        """Wait until no more than ``ahead`` jobs are pending."""
        while len(self.pending) > ahead:
            broken = []
            for future in first_done(self.pending):
                if future not in self.pending:
                    # Another job of these met broken workers, and all that were pending are taken over.
                    continue
                try:
                    records = future.result()
                except BrokenExecutor:
                    broken.append(self.pending.pop(future))
                except EndedWorkersError:
                    self.suspects.append(self.pending.pop(future))
                except MemoryError:
                    self._smaller(self.pending.pop(future))
                else:
                    self._keep(self.pending[future].named(records), self.pending[future], future)
            if broken:
                self._one_by_one([*broken, *self._given_up()])

    def _smaller(self, job: Job) -> None:
        """Split a job that ran out of memory, and try its halves."""
        halves = job.halves()
        if not halves:
            self.lost.append(job)
        for half in halves:
            self._submit(half)

    def _given_up(self) -> list[Job]:
        """Start new workers after one was lost, which ends the whole pool, and return the jobs that were pending."""
        jobs = list(self.pending.values())
        self.pending.clear()
        self._reopen()
        return jobs

    def _reopen(self) -> None:
        self._end_workers()
        self.executor = self._open()

    def _end_workers(self) -> None:
        # Kill, as after an error: a stopped worker wouldn't end by itself. RuntimeError: the thread never started.
        with contextlib.suppress(RuntimeError):
            self.executor.__exit__(BrokenExecutor, None, None)

    def _one_by_one(self, jobs: Sequence[Job]) -> None:
        """Retry jobs one at a time after a worker was lost, to find the one that ends its worker.

        Raises ``TrainingError`` if no worker even begins.
        """
        began = self.executor.began
        for job in jobs:
            for _ in range(TRIES):
                try:
                    (future,) = first_done([self.executor.submit(Job.run, job)])
                    self._keep(job.named(future.result()), job)
                    break
                except BrokenExecutor:
                    began |= self.executor.began
                    self._reopen()
                except MemoryError:
                    self._smaller(job)
                    break
            else:
                if not began:
                    raise TrainingError(NO_WORKER)
                self.lost.append(job)

    def _acquit(self) -> None:
        """Retry jobs whose workers ended one at a time, so that none is given up for what another does."""
        while self.suspects:
            job = self.suspects.pop()
            self._submit(job)
            self._collect(0)
            if job in self.suspects:
                self.suspects.remove(job)
                self.lost.append(job)

    def _harvest(self) -> None:
        """Store the jobs that are done or finish within ``GRACE`` seconds."""
        self.store.hurry()
        # None is cancelled: Python 3.11's pool fails on a cancelled call whose worker is killed.
        with signals_held():
            wait(self.pending, timeout=GRACE)
        for future, job in list(self.pending.items()):
            if future.done() and not future.cancelled() and future.exception() is None:
                self._keep(job.named(future.result()), job, future)
        self.pending.clear()
