"""What an interrupt leaves of the workers."""

import time
from concurrent.futures import ProcessPoolExecutor

import pytest

from wdcli.fits.headway import Work
from wdcli.fits.plan import Plan
from wdcli.fits.pool import Pool
from wdcli.fits.resources import Resources


def interrupted():
    time.sleep(0.5)
    raise KeyboardInterrupt
    yield


@pytest.mark.filterwarnings("error")
def test_an_interrupt_leaves_no_error_even_if_the_workers_are_gone_before_the_pools_thread_is_told(monkeypatch):
    shutdown = ProcessPoolExecutor.shutdown
    monkeypatch.setattr(ProcessPoolExecutor, "shutdown", lambda *args, **options: late(shutdown, *args, **options))
    with pytest.raises(KeyboardInterrupt), Pool(Plan(2, 1, 0), Resources(), Work(8, 8.0)) as pool:
        pool.pending = {pool.executor.submit(time.sleep, 60): None for _ in range(8)}
        list(pool.run(interrupted()))


def late(call, *args, **options):
    time.sleep(0.5)
    call(*args, **options)
