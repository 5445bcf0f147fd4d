"""A Dask cluster: found or started, and checked."""

import contextlib
import logging
import multiprocessing
import os
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from wdcli.errors import ClusterError
from wdcli.fits.executors.address import checked, local_workers
from wdcli.fits.executors.remote import facts, misfit, software
from wdcli.fits.executors.signals import first_done, signals_held
from wdcli.text import quoted

if TYPE_CHECKING:
    from distributed import Client

CONNECT = 10.0
"""Seconds to wait for a scheduler, for its first worker, and for its answers."""
START = 120.0
"""Seconds to wait until the workers of a local cluster have started."""
FAILURES = 2
"""On a local cluster, a job may end so many workers before it is given up; other clusters have settings of their own."""
SETTINGS = {
    # After so long, a worker that can't be heard is given up, and its networks are trained elsewhere.
    "distributed.scheduler.worker-ttl": "60s",
    # These take the interpreter from the thread that trains, 100 times a second.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.limit": "60s",
}
"""Dask's settings for a local cluster."""
LOGGERS = ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application", "asyncio")


def within(seconds: float, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """The result of a call. Raises ``TimeoutError`` after so many seconds; the call is then left to itself.

    Signals are handled meanwhile, and a handler that raises leaves the call to itself too.
    """
    future: Future[Any] = Future()

    def settle() -> None:
        try:
            future.set_result(call(*args, **options))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=settle, daemon=True).start()
    first_done([future], seconds)
    return future.result(0)


class Cluster:
    """A connection to the Dask scheduler at an address.

    ``any_version`` says whether workers may differ from this machine in what decides the bits of results.
    """

    def __init__(self, address: str, client: "Client", any_version: bool) -> None:
        self.address, self.client, self.any_version = address, client, any_version
        self.here = local_workers(address)
        """How many workers were started on this machine; 0 if the cluster is a scheduler's."""
        self.expected = None if any_version else facts()
        self.count()

    def count(self) -> None:
        """Count how many jobs its workers do at once. Raises ``ClusterError`` if it doesn't answer."""
        self.workers: int = max(1, sum(worker["nthreads"] for worker in self.found().values()))

    def found(self) -> dict[str, Any]:
        """What the scheduler knows of each worker, by address. Raises ``ClusterError`` if it doesn't answer."""
        workers: dict[str, Any] = self.ask(self.client.scheduler_info, n_workers=-1)["workers"]
        return workers

    def ask(self, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """The cluster's answer. Raises ``ClusterError`` if there is none."""
        try:
            return within(CONNECT, call, *args, **options)
        except Exception as error:
            raise self.error(f"doesn't answer ({words(error)}): is it overloaded, or has it ended?") from None

    def error(self, fault: str) -> ClusterError:
        """An error that names the cluster."""
        return ClusterError(f"--cluster {self.address}: the cluster {fault}")

    def misfits(self) -> list[str]:
        """For the scheduler and each worker that differs from this machine, how it differs."""
        here = facts()
        workers = [misfit(f"its worker {worker}", here, found) for worker, found in self._of_workers().items()]
        return [fault for fault in (self._misfit_of_scheduler(), *workers) if fault]

    def _of_workers(self) -> dict[str, Any]:
        """What decides the bits of each worker's results, or why that isn't known, but for workers that are gone."""
        try:
            each = self.ask(self.client.run, facts, on_error="return")
        except ClusterError:
            raise self.error(self._silent_worker()) from None
        return {worker: found for worker, found in each.items() if not isinstance(found, OSError)}

    def _silent_worker(self) -> str:
        """Which worker has been silent for longest, in words."""
        heard = {worker: known["last_seen"] for worker, known in self.found().items()}
        if not heard:
            return "has no workers left."
        worker = min(heard, key=heard.__getitem__)
        ago = time.time() - heard[worker]
        return f"gets no answer from its worker {worker}, last heard from {ago:.0f} s ago: is it stopped or cut off?"

    def _misfit_of_scheduler(self) -> str:
        """How the scheduler, which reads each job as it comes, differs from this machine; it computes nothing."""
        versions = self.ask(self.client.get_versions)
        mine, theirs = (versions[side]["packages"]["distributed"] for side in ("client", "scheduler"))
        if mine != theirs:
            return f"its scheduler has distributed {theirs}, this machine {mine}"
        return misfit("its scheduler", software(), self.ask(self._of_scheduler))

    def _of_scheduler(self) -> dict[str, str] | Exception:
        try:
            found: dict[str, str] = self.client.run_on_scheduler(software)
        except ImportError as error:
            return error
        return found

    def misfit(self) -> ClusterError | None:
        """An error that names the first misfit. Raises ``ClusterError`` if the cluster doesn't answer."""
        faults = self.misfits()
        if not faults:
            return None
        more = f" (and {len(faults) - 1} more differ)" if len(faults) > 1 else ""
        return ClusterError(
            f"--cluster {self.address}: {faults[0]}{more}. Install the same there, or give --cluster-any-version."
        )


@contextlib.contextmanager
def open_cluster(
    address: str, any_version: bool = False, tell: Callable[[str], None] = lambda line: None
) -> Iterator[Cluster]:
    """Connect to a Dask scheduler, or start ``local:N`` workers on this machine, until the end of the ``with`` block.

    Raises ``ConfigError`` for a malformed address, ``ClusterError`` if there is no such cluster, if it has no workers, or if
    they don't fit. With ``any_version``, ``tell`` is told what doesn't fit.
    """
    checked(address)
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        # A worker that imports a script whose work isn't guarded: it would do all of the work again.
        os._exit(1)
    _installed()
    with _silent(), _scheduler(address) as found, _connected(address, found) as client:
        cluster = Cluster(address, client, any_version)
        if any_version:
            for line in cluster.misfits():
                tell(f"--cluster-any-version: {line}")
        elif fault := cluster.misfit():
            raise fault
        yield cluster


def _installed() -> None:
    try:
        import distributed  # noqa: F401
    except ModuleNotFoundError:
        raise ClusterError(
            "--cluster needs Dask's package distributed, which isn't installed: pip install 'wdcli[cluster]'."
        ) from None
    except (ImportError, ValueError) as error:
        # A broken installation, or a setting in its files or variables.
        raise ClusterError(f"Dask can't be loaded: {error}") from None


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keep Dask's log lines from the user's terminal."""
    before = {name: logging.getLogger(name).level for name in LOGGERS}
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


@contextlib.contextmanager
def _scheduler(address: str) -> Iterator[str]:
    """The scheduler's address; if the workers are to be on this machine, started and ended here."""
    workers = local_workers(address)
    if not workers:
        yield address
        return
    import dask
    from distributed import LocalCluster

    cluster = None
    try:
        with signals_held(), dask.config.set(SETTINGS):
            # Ctrl-C is blocked in all threads and processes that are started here: this process handles it.
            cluster = _started(LocalCluster, workers)
        yield cluster.scheduler_address
    finally:
        if cluster is not None:
            with contextlib.suppress(Exception):
                within(CONNECT, cluster.close)


def _started(kind: Any, workers: int) -> Any:
    try:
        return within(
            START, kind, n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0,
            silence_logs=logging.CRITICAL + 1,
            # Port 0: a free one, where 8787 would be the default even without a dashboard.
            scheduler_kwargs={"allowed_failures": FAILURES, "dashboard_address": "127.0.0.1:0"},
        )  # fmt: skip
    except Exception as error:
        raise ClusterError(
            f"--cluster local:{workers}: the workers can't be started ({words(error)}). A script must keep its work under "
            "if __name__ == '__main__', since each worker imports the script."
        ) from None


@contextlib.contextmanager
def _connected(address: str, scheduler: str) -> Iterator["Client"]:
    """A client of the scheduler, which has workers."""
    from distributed import Client

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            client = within(2 * CONNECT, Client, scheduler, timeout=CONNECT, set_as_default=False, name="wdcli")
        except Exception as error:
            raise ClusterError(
                f"--cluster {address}: no Dask scheduler answers there within {CONNECT:g} s ({words(error)}). Check host, "
                "port and protocol, and that it has the same version of distributed."
            ) from None
    try:
        _wait_for_workers(address, client)
        yield client
    finally:
        with contextlib.suppress(Exception):
            within(CONNECT, client.close)


def _wait_for_workers(address: str, client: "Client") -> None:
    try:
        within(2 * CONNECT, client.wait_for_workers, 1, CONNECT)
    except Exception:
        raise ClusterError(
            f"--cluster {address}: the cluster has no workers after {CONNECT:g} s. Start some (dask worker {address}), and try "
            "again."
        ) from None


def words(error: BaseException) -> str:
    """An error in one short line."""
    return quoted(" ".join(str(error).split())[:200]) if str(error) else type(error).__name__
