"""Whatever ends or stops on a cluster, no run waits for good, what was done is stored, and the numbers stay the same."""

import contextlib
import json
import multiprocessing
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from distributed import KilledWorker

from tests.cli.run import run
from tests.fits.clusters import local, scheduler, worker
from tests.fits.test_cluster import FIT, LAMBDAS, Remembered, first, kept, slow, wait_for
from tests.sweep.sweeps import ONE, swept
from wdcli import study
from wdcli.data.source import Source
from wdcli.errors import ClusterError, TrainingError
from wdcli.fits.executors import EndedWorkersError, OnCluster, oncluster, tell_in_hand
from wdcli.fits.executors import cluster as clusters
from wdcli.fits.executors.cluster import open_cluster
from wdcli.fits.folds import Folds
from wdcli.fits.headway import Work
from wdcli.fits.job import Job
from wdcli.fits.plan import Plan, make_blocks
from wdcli.fits.pool import Pool
from wdcli.fits.resources import Resources
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.result import BrokenOffError

SOURCE = Source("moons", rows=800)
LONG = SweepConfig(replace(FIT, epochs=60), LAMBDAS, 3, 3, exhaustive=True)
SWEEP = [
    "sweep",
    "--rows",
    "800",
    "--epochs",
    "60",
    "--lambdas",
    "0,0.1,1,10",
    "--folds",
    "3",
    "--json",
    "--no-progress",
]
ROOT = Path(__file__).parents[2]
WDCLI = [sys.executable, "-m", "wdcli"]


@pytest.fixture(scope="module")
def address():
    with local() as found:
        yield found


@pytest.fixture
def cluster(address):
    with open_cluster(address) as found:
        found.client.wait_for_workers(2, 60)
        yield found


@pytest.fixture
def executor(cluster):
    with OnCluster(cluster) as found:
        yield found


def workers_of(cluster):
    """The processes of the workers, by address."""
    return cluster.client.run(os.getpid)


def kill(processes):
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def first_slowly(array, number):
    time.sleep(0.1)
    return float(array[number])


@pytest.mark.slow
@pytest.mark.parametrize("dying", [slice(1), slice(None)], ids=["the one with the rows", "all"])
def test_jobs_of_killed_workers_are_done_by_others_which_get_the_rows_again(executor, cluster, dying):
    array = np.arange(10_000.0)
    assert executor.submit(first, array).result(60) == 0.0
    with_rows = [worker for worker, keys in cluster.client.has_what().items() if keys]
    found = workers_of(cluster)
    jobs = [executor.submit(first_slowly, array, number) for number in range(12)]
    time.sleep(0.2)
    kill([found[worker] for worker in sorted(found, key=lambda each: each not in with_rows)][dying])
    assert [job.result(60) for job in jobs] == list(range(12))


class Deadly(tuple):
    """Blocks that end the worker that looks at them."""

    def __len__(self):
        if multiprocessing.parent_process() is not None:
            os._exit(1)
        return super().__len__()


@pytest.mark.slow
def test_a_job_that_always_ends_its_worker_costs_its_own_networks_alone():
    data = study.load(Source("moons", rows=60))
    folds = Folds(FIT, *data, 2)
    blocks = [block for fold in folds for block in make_blocks(FIT, folds.dataset, fold, range(2), LAMBDAS, 2)]
    jobs = [Job(Deadly([block]) if i == 3 else (block,)) for i, block in enumerate(blocks)]
    records, networks = [], sum(len(job.keys) for job in jobs)
    told = (
        "2 of the networks could not be trained: their worker process ran out of memory or was ended from outside (the first: "
        f"lambda = {blocks[3].lambdas[0]:g}, fold {blocks[3].fold}). Try a smaller --memory, or workers with more memory."
    )
    with local() as address, open_cluster(address) as cluster:
        pool = Pool(Plan(1, 2, 1 << 30), Resources(cluster=cluster), Work(networks, 1.0))
        with pool, pytest.raises(TrainingError) as raised:
            records.extend(pool.run(jobs))
    assert str(raised.value) == told
    assert pool.finished.networks == networks - 2


@pytest.mark.slow
def test_a_scheduler_that_ends_ends_the_run_with_what_is_done_stored():
    expected, store = swept(LONG, SOURCE, ONE), Remembered()
    with scheduler() as (address, process), worker(address), open_cluster(address) as cluster:

        def end():
            wait_for(lambda: store.records)
            process.kill()

        threading.Thread(target=end).start()
        begun = time.monotonic()
        with pytest.raises(BrokenOffError) as raised:
            swept(LONG, SOURCE, Resources(store=store, cluster=cluster))
        assert time.monotonic() - begun < 40
    assert "has lost its scheduler" in str(raised.value.cause)
    assert 0 < len(store.records) < expected.networks
    again = swept(LONG, SOURCE, Resources(1, store=store))
    assert again.recalled == len(store.records) - (again.networks - again.recalled)
    assert [repr(row) for row in again.rows] == [repr(row) for row in expected.rows]


@pytest.mark.slow
@pytest.mark.parametrize("stopped", [pytest.param(1, marks=pytest.mark.long), 2])
def test_workers_that_are_stopped_are_named_once_nothing_moves(executor, cluster, monkeypatch, stopped):
    monkeypatch.setattr(oncluster, "STALL", 4.0)
    monkeypatch.setattr(oncluster, "SILENT", 3.0)
    found = workers_of(cluster)
    frozen = dict(list(found.items())[:stopped])
    jobs = [executor.submit(slow, number) for number in range(20)]
    for process in frozen.values():
        os.kill(process, signal.SIGSTOP)
    try:
        ends = [job.exception(40) for job in jobs]
    finally:
        for process in frozen.values():
            os.kill(process, signal.SIGCONT)
    told = {str(end) for end in ends if end is not None}
    assert len(told) == 1
    assert re.search(r"no progress for .* min: worker tcp://.* hasn't been heard from", told.pop())
    assert stopped == 2 or None in ends


@pytest.mark.parametrize("call", ["scatter", "submit"])
def test_a_cluster_that_accepts_no_job_is_given_up_and_neither_ctrl_c_nor_other_jobs_wait_for_it(
    executor, monkeypatch, call
):
    end, rows, done = threading.Event(), np.arange(10_000.0), executor.submit(slow, 7)
    monkeypatch.setattr(executor._client, call, lambda *args, **options: end.wait(30))
    monkeypatch.setattr(oncluster, "STALL", 1.0)
    with pytest.raises(ClusterError, match=r"doesn't accept a job \(TimeoutError\): are its workers gone\?"):
        executor.submit(first, rows)
    assert done.result(0) == 7
    monkeypatch.setattr(oncluster, "STALL", 30.0)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        executor.submit(first, rows)
    assert time.monotonic() - begun < 5
    end.set()


def test_ctrl_c_while_local_workers_start_ends_them(monkeypatch):
    closed = threading.Event()

    def started(kind, workers):
        os.kill(os.getpid(), signal.SIGINT)
        return SimpleNamespace(close=closed.set, scheduler_address="tcp://127.0.0.1:1")

    monkeypatch.setattr(clusters, "_started", started)
    with pytest.raises(KeyboardInterrupt):
        clusters._scheduler("local:2").__enter__()
    assert closed.is_set()


def test_a_frozen_worker_is_named_when_a_cluster_is_opened(address, cluster, monkeypatch):
    worker, process = next(iter(workers_of(cluster).items()))
    monkeypatch.setattr(clusters, "CONNECT", 1.5)
    os.kill(process, signal.SIGSTOP)
    try:
        with pytest.raises(ClusterError, match=f"gets no answer from its worker {worker}, last heard from [1-9]"):
            open_cluster(address).__enter__()
    finally:
        os.kill(process, signal.SIGCONT)


def test_a_worker_that_is_gone_is_left_out_of_the_check_but_one_without_wdcli_is_named(cluster, monkeypatch):
    found = {"a": OSError("gone"), "b": ModuleNotFoundError("No module named 'wdcli'"), "c": RuntimeError("no heap")}
    monkeypatch.setattr(cluster.client, "run", lambda *args, **options: found)
    no_wdcli, unchecked = cluster.misfits()
    assert no_wdcli == "its worker b has no wdcli, or one that can't be loaded (No module named 'wdcli')"
    assert unchecked == "its worker c can't be checked (RuntimeError('no heap'))"


def test_a_lost_job_asks_the_workers_nothing_and_an_error_stays_as_it_is_if_they_do_not_answer(executor, monkeypatch):
    asked = []

    def ask(call, *args, **options):
        asked.append(call)
        raise ClusterError("no answer")

    monkeypatch.setattr(executor._cluster, "ask", ask)
    ended, error = KilledWorker("task", SimpleNamespace(address="tcp://h:1"), 1), ValueError("x")
    assert isinstance(executor._meaning(ended), EndedWorkersError)
    assert not asked
    assert executor._meaning(error) is error
    assert asked


@pytest.mark.parametrize("threads, counted", [([], 1), ([1], 1), ([1, 4, 1, 1, 1, 1, 2], 11)])
def test_a_cluster_does_as_many_jobs_at_once_as_its_workers_have_threads(cluster, monkeypatch, threads, counted):
    info = {"workers": {number: {"nthreads": each} for number, each in enumerate(threads)}}
    monkeypatch.setattr(cluster.client, "scheduler_info", lambda n_workers: info)
    cluster.count()
    assert cluster.workers == counted


@pytest.mark.slow
def test_workers_that_start_later_get_work(monkeypatch):
    monkeypatch.setattr(oncluster, "COUNT", 0.1)
    monkeypatch.setattr(oncluster, "LOOK", 0.1)
    in_flight, submit = [], OnCluster.submit
    data = study.load(SOURCE)
    folds = Folds(FIT, *data, 2)
    jobs = [Job((block,)) for fold in folds for block in make_blocks(FIT, folds.dataset, fold, range(2), LAMBDAS, 1)]
    with contextlib.ExitStack() as stack:
        address = stack.enter_context(local(1))
        cluster = stack.enter_context(open_cluster(address))
        pool = stack.enter_context(Pool(Plan(1, 1, 1 << 30), Resources(cluster=cluster), Work(len(jobs), 1.0)))
        assert pool.plan.workers == 1
        for _ in range(2):
            stack.enter_context(worker(address))
        wait_for(lambda: pool.plan.workers == 3)
        monkeypatch.setattr(
            OnCluster, "submit", lambda self, *args: [submit(self, *args), in_flight.append(len(pool.pending) + 1)][0]
        )
        assert len(list(pool.run(jobs))) == len(jobs)
        assert max(in_flight) == 6


def stuck(path):
    """Begin, and don't go on until the file is there."""
    tell_in_hand(0.0)
    while not os.path.exists(path):  # noqa: PTH110
        time.sleep(0.05)


@pytest.mark.long
def test_jobs_that_do_not_go_on_are_given_up_but_not_those_that_wait_for_other_users(
    executor, address, monkeypatch, tmp_path
):
    monkeypatch.setattr(oncluster, "STALL", 2.0)
    path = tmp_path / "end"
    try:
        with open_cluster(address) as other, OnCluster(other) as patient:
            bad = [executor.submit(stuck, str(path)) for _ in range(2)]
            wait_for(lambda: all(sent.trained is not None for sent in list(executor._sent.values())))
            good = patient.submit(int, "7")
            for one in bad:
                assert "2 jobs have started but make no progress" in str(one.exception(30))
            time.sleep(3)
            assert not good.done()
            path.touch()
            assert good.result(30) == 7
    finally:
        path.touch()


def going_on(path):
    """Report again and again; say so at the end, whatever ends it."""
    try:
        while True:
            tell_in_hand(0.5)
            time.sleep(0.05)
    finally:
        with open(path, "w"):  # noqa: PTH123
            pass


def test_a_job_that_nobody_waits_for_stops_on_its_worker(cluster, tmp_path):
    path = tmp_path / "stopped"
    with OnCluster(cluster) as executor:
        executor.submit(going_on, str(path))
        wait_for(lambda: 0.5 in executor.in_hand)
    wait_for(path.exists)
    wait_for(lambda: not any(cluster.client.processing().values()))
    assert kept(cluster) == 0


def start(*args, **environment):
    return subprocess.Popen(
        [*WDCLI, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )


@pytest.mark.long
@pytest.mark.parametrize("place", ["scheduler", "local:2"])
def test_ctrl_c_cancels_the_jobs_and_leaves_a_partial_table_from_which_it_goes_on(address, tmp_path, place):
    store, place = str(tmp_path / "store.sqlite"), address if place == "scheduler" else place
    long = [*SWEEP, "--epochs", "1000", "--store", store]
    with start(*long, "--cluster", place) as process:
        wait_for(lambda: stored(store) > 0, 60)
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        out, err = process.communicate(timeout=40)
        assert time.monotonic() - begun < 10
    assert process.returncode == 130, err
    assert len(err.split()) < 12, err
    assert "stored: the same command continues from there" in err
    assert 0 < json.loads(out)["partial"]["networks"] == stored(store)
    with open_cluster(address) as cluster:
        wait_for(lambda: not any(cluster.client.processing().values()))
    with start(*long, "--jobs", "2") as process:
        _, err = process.communicate(timeout=100)
    assert re.search(r"^[1-9]\d* of \d+ networks taken from the store", err)


def stored(path):
    """How many networks are in the store."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT count(*) FROM lanes").fetchone()[0]
    except sqlite3.Error:
        return 0


@pytest.mark.long
def test_two_users_of_one_cluster_do_not_disturb_each_other_and_see_nothing_of_dask(address):
    expected = json.loads(run(*SWEEP, "--no-store", "--jobs", "1").stdout)["rows"]
    with (
        start(*SWEEP, "--no-store", "--cluster", address) as one,
        start(*SWEEP, "--no-store", "--cluster", address) as other,
    ):
        for process in (one, other):
            out, err = process.communicate(timeout=100)
            assert (process.returncode, err) == (0, "")
            assert json.loads(out)["rows"] == expected


@contextlib.contextmanager
def answering(answer):
    """A server that isn't Dask's: it sends this to each client, or nothing. Gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        clients = []

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    clients.append(server.accept()[0])
                    clients[-1].sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        for client in clients:
            client.close()


@pytest.mark.parametrize("answer", [None, b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n"],
                         ids=["nobody", "silent", "HTTP", "SSH"])  # fmt: skip
def test_what_is_no_scheduler_is_said_to_be_none(monkeypatch, answer):
    monkeypatch.setattr(clusters, "CONNECT", 1.0)
    with answering(answer or b"") if answer is not None else contextlib.nullcontext(1) as port:
        done = run(*SWEEP, "--no-store", "--cluster", f"tcp://127.0.0.1:{port}")
    assert (done.exit_code, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert f"--cluster tcp://127.0.0.1:{port}: no Dask scheduler answers there within 1 s" in done.stderr


@pytest.mark.long
def test_a_script_whose_work_is_not_guarded_is_told_so(tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text("from wdcli.fits.executors.cluster import open_cluster\nopen_cluster('local:1').__enter__()\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr.count("Traceback") == 1
    assert "A script must keep its work under if __name__ == '__main__'" in done.stderr


@pytest.mark.slow
def test_a_cluster_without_workers_is_said_to_have_none(monkeypatch):
    monkeypatch.setattr(clusters, "CONNECT", 1.0)
    with (
        scheduler() as (address, _),
        pytest.raises(ClusterError, match="has no workers after 1 s"),
        open_cluster(address),
    ):
        pass


def test_without_dask_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = run(*SWEEP, "--no-store", "--cluster", "local:2")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "pip install 'wdcli[cluster]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_processes_and_a_cluster_are_one_or_the_other():
    done = run(*SWEEP, "--jobs", "2", "--cluster", "local:2")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--jobs are processes on this machine, and --cluster trains elsewhere" in done.stderr


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")
def test_a_cluster_behind_tls_is_reached_by_dasks_own_settings(tmp_path, monkeypatch):
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key,
         "-out", certificate], check=True, capture_output=True)  # fmt: skip
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TLS__CA_FILE", certificate)
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        monkeypatch.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{role}__KEY", key)
        monkeypatch.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{role}__CERT", certificate)
    with scheduler(protocol="tls") as (address, _), worker(address):
        with start(*SWEEP, "--no-store", "--cluster", address) as process:
            out, err = process.communicate(timeout=100)
        assert (process.returncode, err) == (0, "")
        assert address.startswith("tls://")
        assert json.loads(out)["rows"]
        plain = run(*SWEEP, "--no-store", "--cluster", address.replace("tls", "tcp"))
        assert plain.exit_code == 1
