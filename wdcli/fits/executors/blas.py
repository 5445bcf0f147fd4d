"""BLAS on one thread, where blocks are trained."""

import contextlib
import threading
from collections.abc import Iterator

import threadpoolctl
from threadpoolctl import threadpool_limits


def limit_blas() -> threadpool_limits:
    """Limit BLAS to one thread, until the limits are restored."""
    _free_control()
    return threadpool_limits(1, user_api="blas")


@contextlib.contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit BLAS to one thread until the end of the ``with`` block, and of those that other threads are in."""
    _LIMIT.begin()
    try:
        yield
    finally:
        _LIMIT.end()


class _Limit:
    """A limit of the process, which holds while any of its threads needs it."""

    def __init__(self) -> None:
        self._lock, self._needed = threading.Lock(), 0

    def begin(self) -> None:
        with self._lock:
            if not self._needed:
                self._limits = limit_blas()
            self._needed += 1

    def end(self) -> None:
        with self._lock:
            self._needed -= 1
            if not self._needed:
                _free_control()
                self._limits.restore_original_limits()
                _free_control()


_LIMIT = _Limit()


def _free_control() -> None:
    """Let any thread set limits: from threadpoolctl 3.8 on, the first that did silently keeps others from it."""
    clear = getattr(threadpoolctl.OpenBLASController, "clear_controlling_thread", None)
    if clear is not None:
        clear(force=True)
