"""Signals that end this process, delayed while work must not be left half done."""

import contextlib
import math
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

HEARING = 0.1
"""Seconds after which a wait handles the signals that arrived meanwhile."""
ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that ask a process to end."""


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


def first_done(futures: Iterable[Future[Any]], seconds: float = math.inf) -> set[Future[Any]]:
    """Wait until a future is done, at most about so many seconds, and return all that are done by then.

    Signals are held briefly: a handler that raises within Python's own ``wait`` can make it release a lock twice.
    """
    deadline = time.monotonic() + seconds
    done: set[Future[Any]] = set()
    while not done and time.monotonic() < deadline:
        with signals_held():
            done, _ = wait(futures, timeout=HEARING, return_when=FIRST_COMPLETED)
    return done
