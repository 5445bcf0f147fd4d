"""Where blocks are trained, behind one interface: the standard library's ``concurrent.futures.Executor``.

BLAS runs one thread per worker: the parallelism is over lanes, and a lane's bits must not depend on how a product is
split into threads. In reading order:

- blas: one thread
- hand: how far the block in hand is
- signals: delayed while work must not be left half done
- inprocess, processes: where blocks are trained on this machine
- address, cluster: a Dask cluster, found or started, and checked
- remote: a job on a worker of a cluster
- oncluster: where blocks are trained on a cluster
"""

import multiprocessing
import os

from wdcli.fits.executors.blas import one_blas_thread
from wdcli.fits.executors.cluster import Cluster
from wdcli.fits.executors.hand import tell_in_hand
from wdcli.fits.executors.inprocess import InProcess
from wdcli.fits.executors.oncluster import EndedWorkersError, OnCluster
from wdcli.fits.executors.processes import Processes
from wdcli.fits.executors.signals import first_done, signals_held
from wdcli.fits.scratch import remove_abandoned

__all__ = [
    "Cluster", "EndedWorkersError", "InProcess", "OnCluster", "Processes", "Workers", "first_done", "one_blas_thread",
    "open_executor", "signals_held", "tell_in_hand",
]  # fmt: skip

Workers = InProcess | Processes | OnCluster


def open_executor(jobs: int, cluster: Cluster | None = None) -> Workers:
    """The cluster if there is one, this process if ``jobs`` is 1, else so many worker processes.

    A worker that imports a script whose work isn't guarded gets here too, and ends: it would do all of the work again.
    """
    if jobs > 1 and getattr(multiprocessing.current_process(), "_inheriting", False):
        os._exit(1)
    if cluster is not None:
        return OnCluster(cluster)
    remove_abandoned()
    return InProcess() if jobs == 1 else Processes(jobs)
