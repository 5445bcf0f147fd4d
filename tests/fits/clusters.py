"""Dask clusters of processes on this machine, for tests."""

import contextlib
import logging
import os
import socket
import subprocess
import sys
import time

from distributed import LocalCluster

QUIET = logging.CRITICAL + 1


@contextlib.contextmanager
def local(workers=2, **options):
    """A cluster of worker processes that are started again when they end; gives its scheduler's address."""
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0,
        silence_logs=QUIET, scheduler_kwargs={"allowed_failures": 1, "dashboard_address": "127.0.0.1:0"}, **options,
    ) as cluster:  # fmt: skip
        yield cluster.scheduler_address


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextlib.contextmanager
def scheduler(before="", protocol="tcp"):
    """A scheduler as a process of its own; Python code may run ``before``. Gives its address and the process."""
    port = free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--protocol", protocol]
    without = ["--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
    with _dask("dask_scheduler", [*options, *without], before) as process:
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield f"{protocol}://127.0.0.1:{port}", process


@contextlib.contextmanager
def worker(address, before=""):
    """A worker as a process of its own, without a nanny, that is killed at the end."""
    options = ["--no-nanny", "--nthreads", "1", "--memory-limit", "0", "--no-dashboard", "--death-timeout", "60"]
    with _dask("dask_worker", [address, *options], before) as process:
        yield process


@contextlib.contextmanager
def _dask(command, args, before):
    code = f"{before}\nimport sys\nfrom distributed.cli.{command} import main\nmain(sys.argv[1:])"
    log = None if os.environ.get("SHOW_DASK") else subprocess.DEVNULL
    with subprocess.Popen([sys.executable, "-c", code, *args], stdout=log, stderr=log) as process:
        try:
            yield process
        finally:
            process.kill()
