"""Where blocks are trained, behind one interface: the standard library's ``concurrent.futures.Executor``.

BLAS runs one thread per worker: the parallelism is over lanes, and a lane's bits must not depend on how a product is
split into threads. In reading order:

- blas: one thread
- hand: how far the block in hand is
- signals: delayed while work must not be left half done
- inprocess, processes: where blocks are trained
"""

import multiprocessing
import os

from wdcli.fits.executors.blas import one_blas_thread
from wdcli.fits.executors.hand import tell_in_hand
from wdcli.fits.executors.inprocess import InProcess
from wdcli.fits.executors.processes import Processes
from wdcli.fits.executors.signals import first_done, signals_held
from wdcli.fits.scratch import remove_abandoned

__all__ = ["InProcess", "Processes", "first_done", "one_blas_thread", "open_executor", "signals_held", "tell_in_hand"]


def open_executor(jobs: int) -> InProcess | Processes:
    """This process if ``jobs`` is 1, else so many worker processes.

    A worker that imports a script whose work isn't guarded gets here too, and ends: it would do all of the work again.
    """
    if jobs > 1 and getattr(multiprocessing.current_process(), "_inheriting", False):
        os._exit(1)
    remove_abandoned()
    return InProcess() if jobs == 1 else Processes(jobs)
