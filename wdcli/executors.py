"""Where blocks are trained: one seam, the standard library's ``concurrent.futures.Executor``.

BLAS runs one thread in every worker: lanes are what is done at once, and a lane's bits must not depend on how a product
was cut into threads.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from types import TracebackType
from typing import Any

from threadpoolctl import threadpool_limits

WATCH = 0.5
"""Seconds between a worker's looks at whether its parent is still there."""


def one_blas_thread() -> threadpool_limits:
    """Limit BLAS to one thread until the end of the ``with`` block (or until it is restored)."""
    return threadpool_limits(1, user_api="blas")


class InProcess(Executor):
    """Runs each call at once, in this process."""

    def __init__(self) -> None:
        self._limits = one_blas_thread()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call it now; the future is done when this returns. An interrupt is raised here, not kept."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Give BLAS its threads back."""
        self._limits.restore_original_limits()


class Processes(ProcessPoolExecutor):
    """Worker processes, started afresh (never forked: libraries that hold threads don't survive a fork)."""

    def __init__(self, jobs: int) -> None:
        self._others = set(multiprocessing.active_children())
        context = multiprocessing.get_context("spawn")
        super().__init__(jobs, mp_context=context, initializer=_start_worker, initargs=(os.getpid(),))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As its class does; workers that it starts never see a Ctrl-C, not even before they can ignore it."""
        with _interrupts_held():
            return super().submit(fn, *args, **kwargs)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers; at once if something went wrong, for the pool would wait for the blocks in hand."""
        if kind is not None:
            self.shutdown(wait=False, cancel_futures=True)
            for worker in set(multiprocessing.active_children()) - self._others:
                # Not terminate: a worker that is stopped (SIGSTOP) would not hear it.
                worker.kill()
        super().__exit__(kind, error, trace)


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C waits for the end of it; processes that are started meanwhile have it blocked."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker(parent: int) -> None:
    """In a worker: one BLAS thread, set once, Ctrl-C left to the parent, and an end with it.

    The parent is told, not asked for: it may be gone by the time that the worker has started.
    """
    # Only libraries that are loaded can be limited, and a new process has loaded none.
    import numpy  # noqa: F401

    one_blas_thread()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this worker when its parent is gone, killed before it could end its workers."""
    while os.getppid() == parent:
        time.sleep(WATCH)
    os._exit(1)


def open_executor(jobs: int) -> Executor:
    """This process for one job, else so many worker processes."""
    return InProcess() if jobs == 1 else Processes(jobs)
