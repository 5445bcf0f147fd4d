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
from collections.abc import Callable, Iterable, Iterator, MutableSequence, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from threadpoolctl import threadpool_limits

WATCH = 0.5
"""Seconds between a worker's looks at whether its parent is still there."""
HEARING = 0.1
"""Seconds after which a wait hears the signals that came meanwhile."""
ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that ask a process to end."""


def one_blas_thread() -> threadpool_limits:
    """Limit BLAS to one thread until the end of the ``with`` block (or until it is restored)."""
    return threadpool_limits(1, user_api="blas")


@dataclass
class _Hand:
    """Where this process writes how far its work is: a number of its own among those of all workers."""

    numbers: MutableSequence[float]
    place: int


_HAND = _Hand([0.0], 0)


def tell_in_hand(networks: float) -> None:
    """Say how many networks' worth of the block in hand is trained: ``in_hand`` of the executor that runs it."""
    _HAND.numbers[_HAND.place] = networks


class InProcess(Executor):
    """Runs each call at once, in this process."""

    def __init__(self) -> None:
        self._limits = one_blas_thread()
        tell_in_hand(0.0)

    @property
    def in_hand(self) -> Sequence[float]:
        """How many networks' worth of the block in hand is trained, for each worker."""
        return _HAND.numbers

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
        numbers: MutableSequence[float] = context.RawArray("d", jobs)
        self.in_hand: Sequence[float] = numbers
        orders = (os.getpid(), numbers, context.Value("i", 0))
        super().__init__(jobs, mp_context=context, initializer=_start_worker, initargs=orders)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As its class does. A worker that is started never sees a Ctrl-C, not even before it can ignore it.

        It is started whole: one that waits for the rest of its orders waits for good.
        """
        with signals_held():
            return super().submit(fn, *args, **kwargs)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers, at once if something went wrong: the pool would wait for the blocks in hand.

        The pool's own thread is waited for: in Python 3.11 it may close a pipe just as the interpreter, ending, writes to it.
        """
        if kind is not None:
            for worker in set(multiprocessing.active_children()) - self._others:
                # Not terminate: a worker that is stopped (SIGSTOP) would not hear it.
                worker.kill()
        self.shutdown(cancel_futures=kind is not None)


@contextlib.contextmanager
def signals_held() -> Iterator[None]:
    """Signals that end this process wait for the end of the block: what must not be done by halves is done.

    Their handlers raise in the main thread, wherever it is. Processes that start meanwhile have Ctrl-C blocked: it is the
    parent's to handle.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    came: list[int] = []
    handlers = {number: handler for number in ENDING if callable(handler := signal.getsignal(number))}
    for number in handlers:
        signal.signal(number, lambda number, frame: came.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in came:
            signal.raise_signal(number)


def first_done(futures: Iterable[Future[Any]]) -> set[Future[Any]]:
    """Wait until one of the futures is done: all that are by then.

    A signal's handler that raises within Python's own ``wait`` can leave its lock released twice; so signals wait a moment.
    """
    done: set[Future[Any]] = set()
    while not done:
        with signals_held():
            done, _ = wait(futures, timeout=HEARING, return_when=FIRST_COMPLETED)
    return done


def _start_worker(parent: int, numbers: MutableSequence[float], started: Any) -> None:
    """In a worker: one BLAS thread, set once, Ctrl-C left to the parent, an end with it, and a place in ``numbers``.

    The parent is told, not asked for: it may be gone by the time that the worker has started.
    """
    with started.get_lock():
        _HAND.numbers, _HAND.place = numbers, started.value
        started.value += 1
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


def open_executor(jobs: int) -> InProcess | Processes:
    """This process for one job, else so many worker processes."""
    return InProcess() if jobs == 1 else Processes(jobs)
