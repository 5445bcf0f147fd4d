"""Work in this process."""

import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

from wdcli.fits.executors.blas import one_blas_thread
from wdcli.fits.executors.hand import listen

T = TypeVar("T")


class InProcess(Executor):
    """Runs each call immediately, in this process."""

    in_hand: Sequence[float] = (0.0,)
    """For each worker, on how many examples its current block is trained."""
    workers = 1
    """How many jobs are done at once."""
    began = True
    """Whether there is anybody to work."""

    def __init__(self) -> None:
        self._limits = contextlib.ExitStack()
        self._limits.enter_context(one_blas_thread())
        listen(self._hear)

    def _hear(self, examples: float) -> None:
        self.in_hand = (examples,)

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
        self._limits.close()
