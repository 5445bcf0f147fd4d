"""BLAS on one thread, where blocks are trained."""

from threadpoolctl import threadpool_limits


def one_blas_thread() -> threadpool_limits:
    """Limit BLAS to one thread until the end of the ``with`` block (or until the limits are restored)."""
    return threadpool_limits(1, user_api="blas")
