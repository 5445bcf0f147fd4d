"""Work on a Dask cluster: large arrays go there once, each job as a small message of its own."""

import functools
import itertools
import threading
import time
import uuid
from collections.abc import Callable, Collection
from concurrent.futures import CancelledError, Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from wdcli.array import Array
from wdcli.errors import ClusterError
from wdcli.fits.executors.cluster import CONNECT, Cluster, within, words
from wdcli.fits.executors.remote import Call, Place, Rows
from wdcli.fits.executors.signals import signals_held
from wdcli.fits.large import SMALL, PerArray, replaced

if TYPE_CHECKING:
    from distributed import Future as DaskFuture

T = TypeVar("T")
STALL = 600.0
"""Seconds without any progress after which a cluster is given up. (Dask gives up a silent worker after 300.)"""
SILENT = 60.0
"""Seconds after which a worker that hasn't been heard from may be gone."""
LOOK = 1.0
"""Seconds between looks at the progress."""
COUNT = 5.0
"""Seconds between counts of the workers, which come and go."""
SENDS = 10
"""A job is sent at most so often: again each time that the only worker with its rows has ended."""
REPORTS = 100
"""The most reports on progress per second, of all workers together; of one worker at most one."""


class EndedWorkersError(Exception):
    """A job was given up since the workers that it was on ended, perhaps because of another job there."""


@dataclass
class _Sent:
    """A job on the cluster: what is called, who waits for it, and how often it was sent."""

    future: Future[Any]
    function: Callable[..., Any]
    args: tuple[Any, ...]
    times: int = 0
    remote: "DaskFuture[Any] | None" = None
    trained: float | None = None
    """The examples that it is trained on; None until a worker begins."""


class OnCluster(Executor):
    """Sends each call to the cluster's workers; an error is that call's alone.

    A result may be the exception ``EndedWorkersError``, or ``ClusterError`` if the cluster does no more work.
    """

    began = True
    """Whether there is anybody to work."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._client = cluster, cluster.client
        self._name, self._numbers = f"wdcli-{uuid.uuid4().hex}", itertools.count()
        self._sent: dict[str, _Sent] = {}
        self._scattered: PerArray[DaskFuture[Any]] = PerArray()
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._moved = time.monotonic()
        self._client.subscribe_topic(self._name, self._hear)
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def workers(self) -> int:
        """How many jobs the cluster does at once, now."""
        return self._cluster.workers

    @property
    def in_hand(self) -> Collection[float]:
        """For each job on the cluster, on how many examples it is trained."""
        return [sent.trained or 0.0 for sent in list(self._sent.values())]

    def placed(self, job: T) -> T:
        """The job as it is: its rows may have to be scattered again."""
        return job

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Send a call. Raises ``ClusterError`` if the cluster doesn't accept it."""
        future: Future[Any] = Future()
        self._send(_Sent(future, functools.partial(fn, **kwargs) if kwargs else fn, args))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Cancel what is still on the cluster; a worker that is at it stops at its next report."""
        with self._lock:
            self._ended.set()
            left = [sent.remote for sent in self._sent.values() if sent.remote is not None]
            self._sent.clear()
            # The client keeps whoever listened to a topic; the rows there shouldn't stay for that.
            self._scattered = PerArray()
        with suppress(Exception):
            self._client.unsubscribe_topic(self._name)
        if left:
            with suppress(Exception):
                within(CONNECT, self._client.cancel, left)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Cancel what is still on the cluster."""
        with signals_held():
            self.shutdown()

    def _send(self, sent: _Sent) -> None:
        """Send a job, in at most ``STALL`` seconds."""
        name = f"{self._name}-{next(self._numbers)}"
        sent.times, sent.trained = sent.times + 1, None
        self._expect(name, sent)
        try:
            remote = within(STALL, self._submitted, name, sent)
        except Exception as error:
            # If it was given up meanwhile, its future says why.
            if self._taken(name):
                raise self._cluster.error(f"doesn't accept a job ({words(error)}): are its workers gone?") from None
        else:
            remote.add_done_callback(functools.partial(self._done, name))

    def _expect(self, name: str, sent: _Sent) -> None:
        """Count a job among those on the cluster."""
        with self._lock:
            self._moved = time.monotonic()
            if not self._ended.is_set():
                self._sent[name] = sent

    def _taken(self, name: str) -> _Sent | None:
        """The job, which isn't on the cluster any more; None if it was given up."""
        with self._lock:
            return self._sent.pop(name, None)

    def _submitted(self, name: str, sent: _Sent) -> "DaskFuture[Any]":
        """Submit a job to Dask, and before it those of its arrays that the cluster doesn't have."""
        with self._lock:
            self._scattered.forget_dead()
        there: list[DaskFuture[Any]] = []
        args = replaced(sent.args, np.ndarray, functools.partial(self._placed, there))
        every = max(1.0, self._cluster.workers / REPORTS)
        call = Call(self._name, name, sent.function, args, self._cluster.expected, every)
        sent.remote = self._client.submit(Call.run, call, *there, key=name, pure=False)
        return sent.remote

    def _placed(self, there: "list[DaskFuture[Any]]", array: Array) -> Array | Place:
        """What stands for the array in a call: itself if it is small, else its number among those that are ``there``."""
        if array.nbytes <= SMALL:
            return array
        with self._lock:
            found = self._scattered.get(array)
        if found is None or found.status != "finished":
            found = self._client.scatter(Rows(array), hash=False)
            with self._lock:
                self._scattered[array] = found
        there.append(found)
        return Place(len(there) - 1)

    def _hear(self, event: tuple[float, Any]) -> None:
        """Receive a report on the progress of a job."""
        _, (name, examples) = event
        sent = self._sent.get(name)
        if sent is not None:
            sent.trained, self._moved = examples, time.monotonic()

    def _done(self, name: str, remote: "DaskFuture[Any]") -> None:
        """Hand on how a job ended; called in a thread of Dask's."""
        sent = self._taken(name)
        if sent is None:
            return
        self._moved = time.monotonic()
        try:
            sent.future.set_result(remote.result(timeout=CONNECT))
        except CancelledError as error:
            self._send_again(sent, error)
        except Exception as error:
            if isinstance(error, TimeoutError) and remote.status != "error":
                # Its worker ended before the result was fetched: another one is at it.
                self._expect(name, sent)
                remote.add_done_callback(functools.partial(self._done, name))
            else:
                sent.future.set_exception(self._meaning(error))

    def _send_again(self, sent: _Sent, why: CancelledError) -> None:
        """Send a job again that was dropped since its rows were lost; give up if it's the scheduler that is lost."""
        if self._ended.is_set():
            sent.future.cancel()
        elif self._client.status != "running" or "scheduler" in getattr(why, "reason", ""):
            sent.future.set_exception(self._cluster.error("has lost its scheduler: has it ended?"))
        elif sent.times >= SENDS:
            sent.future.set_exception(self._cluster.error(f"has lost a job {SENDS} times ({why}): do its workers end?"))
        else:
            try:
                self._send(sent)
            except ClusterError as error:
                sent.future.set_exception(error)

    def _meaning(self, error: Exception) -> Exception:
        """What an error on the cluster means for the job: perhaps it met a worker that came later and doesn't fit."""
        from distributed import KilledWorker

        if isinstance(error, KilledWorker):
            return EndedWorkersError(str(error))
        if isinstance(error, MemoryError | ClusterError) or self._cluster.any_version:
            return error
        with suppress(ClusterError):
            return self._cluster.misfit() or error
        return error

    def _watch(self) -> None:
        """Count the workers, and give up all jobs once none of them has moved for too long."""
        counted = time.monotonic()
        while not self._ended.wait(LOOK):
            if time.monotonic() - counted > COUNT:
                with suppress(ClusterError):
                    self._cluster.count()
                counted = time.monotonic()
            if self._sent and time.monotonic() - self._moved > STALL and (why := self._stalled()):
                self._give_up(self._cluster.error(f"has made no progress for {STALL / 60:.2g} min: {why}"))

    def _give_up(self, error: ClusterError) -> None:
        with self._lock:
            given_up = list(self._sent.values())
            self._sent.clear()
        for sent in given_up:
            sent.future.set_exception(error)

    def _stalled(self) -> str:
        """What to look at; nothing, and patience again, if the workers live and are merely busy with somebody else's jobs."""
        try:
            workers = self._cluster.found()
        except ClusterError:
            return "its scheduler doesn't answer."
        if not workers:
            return "it has no workers left."
        silent = [address for address, worker in workers.items() if time.time() - worker["last_seen"] > SILENT]
        if silent:
            return f"worker {silent[0]} hasn't been heard from ({len(silent)} of {len(workers)}): is it stopped or cut off?"
        begun = [sent for sent in list(self._sent.values()) if sent.trained is not None]
        if begun:
            return f"{len(begun)} jobs have started but make no progress: see the workers' logs."
        self._moved = time.monotonic()
        return ""
