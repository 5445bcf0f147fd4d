"""Work in other processes of this machine."""

import functools
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, MutableSequence, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from types import TracebackType
from typing import Any, TypeVar

from wdcli.fits.executors.blas import limit_blas
from wdcli.fits.executors.hand import listen
from wdcli.fits.executors.signals import signals_held
from wdcli.fits.shared import Shared

T = TypeVar("T")
WATCH = 0.5
"""Seconds between a worker's checks that its parent is still alive."""


class Processes(ProcessPoolExecutor):
    """Worker processes, spawned afresh (never forked: libraries that hold threads don't survive a fork)."""

    def __init__(self, jobs: int) -> None:
        self.workers = jobs
        self._others, self._shared = set(multiprocessing.active_children()), Shared()
        context = multiprocessing.get_context("spawn")
        numbers: MutableSequence[float] = context.RawArray("d", jobs)
        self.in_hand: Sequence[float] = numbers
        self._started = context.Value("i", 0)
        orders = (os.getpid(), numbers, self._started)
        super().__init__(jobs, mp_context=context, initializer=_start_worker, initargs=orders)

    @property
    def began(self) -> bool:
        """Whether any worker came as far as its first work."""
        return bool(self._started.value)

    def placed(self, job: T) -> T:
        """The job to keep while it waits, with its large arrays in the files that workers map."""
        return self._shared.placed(job)  # type: ignore[no-any-return]

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit as usual, but with large arrays shared, and start any new worker with signals held.

        It never sees a Ctrl-C, not even during startup. An interrupt must not cut the start short: a worker that got
        only part of its start data would wait forever.
        """
        sent = self._shared.sent(args)
        with signals_held():
            return super().submit(fn, *sent, **kwargs)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers; after an error kill them, since the pool would wait for their current blocks.

        Waits for the pool's own thread: in Python 3.11 it may close a pipe just as the exiting interpreter writes to
        it.
        """
        try:
            if kind is not None:
                for worker in set(multiprocessing.active_children()) - self._others:
                    # Not terminate: a stopped worker (SIGSTOP) would not react to it.
                    worker.kill()
            self.shutdown(cancel_futures=kind is not None)
        finally:
            with signals_held():
                self._shared.close()


def _start_worker(parent: int, numbers: MutableSequence[float], started: Any) -> None:
    """Set up a worker: one BLAS thread, Ctrl-C left to the parent, an end when the parent ends, a place in ``numbers``.

    The parent's id is passed in, since the parent may be gone by the time the worker could ask for it.
    """
    with started.get_lock():
        listen(functools.partial(numbers.__setitem__, started.value))
        started.value += 1
    # Only loaded libraries can be limited, and a new process has loaded none yet.
    import numpy  # noqa: F401

    limit_blas()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this worker if its parent was killed before it could end its workers."""
    while os.getppid() == parent:
        time.sleep(WATCH)
    os._exit(1)
