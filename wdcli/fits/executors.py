"""Where blocks are trained, behind one interface: the standard library's ``concurrent.futures.Executor``.

BLAS runs one thread per worker: the parallelism is over lanes, and a lane's bits must not depend on how a product is
split into threads.
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
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

from wdcli.fits.scratch import remove_abandoned
from wdcli.fits.shared import Shared

WATCH = 0.5
"""Seconds between a worker's checks that its parent is still alive."""
HEARING = 0.1
"""Seconds after which a wait handles the signals that arrived meanwhile."""
ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that ask a process to end."""


T = TypeVar("T")


def one_blas_thread() -> threadpool_limits:
    """Limit BLAS to one thread until the end of the ``with`` block (or until the limits are restored)."""
    return threadpool_limits(1, user_api="blas")


@dataclass
class _Hand:
    """Where this process reports its progress: its own place in the numbers of all workers."""

    numbers: MutableSequence[float]
    place: int


_HAND = _Hand([0.0], 0)


def tell_in_hand(networks: float) -> None:
    """Report how many networks' worth of the current block is trained; the executor shows it as ``in_hand``."""
    _HAND.numbers[_HAND.place] = networks


class InProcess(Executor):
    """Runs each call immediately, in this process."""

    def __init__(self) -> None:
        self._limits = one_blas_thread()
        tell_in_hand(0.0)

    @property
    def in_hand(self) -> Sequence[float]:
        """For each worker, how many networks' worth of its current block is trained."""
        return _HAND.numbers

    @property
    def began(self) -> bool:
        """Whether there is anybody to work."""
        return True

    def placed(self, job: T) -> T:
        """The job as it is: it is done before another is made."""
        return job

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call ``fn`` now; the future is done when this returns. An interrupt is raised here, not stored in it."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Restore BLAS's threads."""
        self._limits.restore_original_limits()


class Processes(ProcessPoolExecutor):
    """Worker processes, spawned afresh (never forked: libraries that hold threads don't survive a fork)."""

    def __init__(self, jobs: int) -> None:
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


@contextlib.contextmanager
def signals_held() -> Iterator[None]:
    """Delay signals that end this process to the end of the block, for work that must not be left half done.

    Otherwise their handlers could raise at any point of the main thread. Processes started meanwhile have Ctrl-C
    blocked: the parent handles it.
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
    """Wait until a future is done, and return all that are done by then.

    Signals are held briefly: a handler that raises within Python's own ``wait`` can make it release a lock twice.
    """
    done: set[Future[Any]] = set()
    while not done:
        with signals_held():
            done, _ = wait(futures, timeout=HEARING, return_when=FIRST_COMPLETED)
    return done


def _start_worker(parent: int, numbers: MutableSequence[float], started: Any) -> None:
    """Set up a worker: one BLAS thread, Ctrl-C left to the parent, an end when the parent ends, a place in ``numbers``.

    The parent's id is passed in, since the parent may be gone by the time the worker could ask for it.
    """
    with started.get_lock():
        _HAND.numbers, _HAND.place = numbers, started.value
        started.value += 1
    # Only loaded libraries can be limited, and a new process has loaded none yet.
    import numpy  # noqa: F401

    one_blas_thread()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this worker if its parent was killed before it could end its workers."""
    while os.getppid() == parent:
        time.sleep(WATCH)
    os._exit(1)


def open_executor(jobs: int) -> InProcess | Processes:
    """This process if ``jobs`` is 1, else so many worker processes.

    A worker that imports a script whose work isn't guarded gets here too, and ends: it would do all of the work again.
    """
    if jobs > 1 and getattr(multiprocessing.current_process(), "_inheriting", False):
        os._exit(1)
    remove_abandoned()
    return InProcess() if jobs == 1 else Processes(jobs)
