"""BLAS on one thread, where blocks are trained."""

import threading
from types import TracebackType

from threadpoolctl import threadpool_limits


def one_blas_thread() -> threadpool_limits:
    """Limit BLAS to one thread until the end of the ``with`` block (or until the limits are restored)."""
    return threadpool_limits(1, user_api="blas")


class _OneBlasThread:
    """Limits BLAS to one thread while any thread of this process is in such a ``with`` block."""

    def __init__(self) -> None:
        self._lock, self._inside = threading.Lock(), 0

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._limits = one_blas_thread()
            self._inside += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._limits.restore_original_limits()


ONE_BLAS_THREAD = _OneBlasThread()
