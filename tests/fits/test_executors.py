"""Wherever a block is trained, BLAS runs one thread: a lane's bits must not depend on how a product was cut."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from wdcli.fits.executors import InProcess, Processes, open_executor
from wdcli.machine import available_cores


def blas_threads():
    import numpy  # noqa: F401

    return [found["num_threads"] for found in threadpool_info() if found["user_api"] == "blas"]


def sleep_then_fail():
    time.sleep(0.2)
    raise ValueError("on purpose")


@pytest.mark.parametrize("jobs", [1, 2])
def test_blas_runs_one_thread_wherever_a_block_is_trained(jobs):
    with threadpool_limits(2, user_api="blas"):
        with open_executor(jobs) as executor:
            counts = executor.submit(blas_threads).result()
        after = blas_threads()
    assert counts
    assert set(counts) == {1}
    assert set(after) == {min(2, available_cores())}


def test_one_job_runs_here_and_several_elsewhere():
    with open_executor(1) as one, open_executor(2) as two:
        assert isinstance(one, InProcess)
        assert isinstance(two, Processes)
        assert one.submit(os.getpid).result() == os.getpid() != two.submit(os.getpid).result()


def test_an_error_in_a_worker_comes_back_and_ends_the_others_at_once():
    started = time.perf_counter()
    with pytest.raises(ValueError, match="on purpose"), Processes(2) as executor:
        slow = executor.submit(time.sleep, 60)
        executor.submit(sleep_then_fail).result()
    assert time.perf_counter() - started < 20
    assert not slow.done() or slow.exception() is not None


def test_threads_that_train_at_once_leave_blas_as_it_was_once_the_last_of_them_is_done():
    with threadpool_limits(2, user_api="blas"), ThreadPoolExecutor(2) as threads:
        first, second = InProcess(), threads.submit(InProcess).result()
        first.shutdown()
        assert set(second.submit(blas_threads).result()) == {1}
        second.shutdown()
        assert set(blas_threads()) == {min(2, available_cores())}


def test_blas_runs_one_thread_even_if_another_thread_controls_it():
    with threadpool_limits(2, user_api="blas"), ThreadPoolExecutor(1) as threads:
        assert set(threads.submit(lambda: InProcess().submit(blas_threads).result()).result()) == {1}
