"""A cluster gives the same numbers as this machine, gets rows once and jobs as small messages, and must fit."""

import contextlib
import gc
import json
import os
import time
from dataclasses import replace

import numpy as np
import pytest
from distributed import Client
from distributed.protocol import pickle
from threadpoolctl import threadpool_info, threadpool_limits

from tests.cli.run import run, succeed
from tests.fits.clusters import local, scheduler, worker
from tests.sweep.sweeps import ONE, swept
from wdcli import study
from wdcli.data.source import Source
from wdcli.errors import ClusterError, ConfigError
from wdcli.fits.config import FitConfig
from wdcli.fits.executors import OnCluster, tell_in_hand
from wdcli.fits.executors.address import checked
from wdcli.fits.executors.blas import _free_control
from wdcli.fits.executors.cluster import open_cluster
from wdcli.fits.large import SMALL
from wdcli.fits.resources import Resources
from wdcli.fits.store import NullStore
from wdcli.sweep.config import SweepConfig

FIT = FitConfig(hidden=(8,), epochs=2)
LAMBDAS = (0.0, 0.1, 1.0, 10.0)
SWEEP = ["sweep", "--rows", "60", "--hidden", "4", "--epochs", "2", "--folds", "2", "--seeds", "2", "--lambdas", "0,0.1,1",
         "--no-store", "--json"]  # fmt: skip


@pytest.fixture(scope="module")
def address():
    with local() as found:
        yield found


@pytest.fixture
def cluster(address):
    with open_cluster(address) as found:
        yield found


@pytest.fixture
def executor(cluster):
    with OnCluster(cluster) as found:
        yield found


def wait_for(condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


CHANGES = [{}, {"early_stopping": True}, {"batch_size": 0}, {"dtype": "float64"}]


@pytest.mark.parametrize("path", ["cold", "warm"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_sweep_on_a_cluster_gives_the_same_bits(cluster, change, path):
    config = SweepConfig(replace(FIT, **change), LAMBDAS, 2, 2, path=path)
    source = Source("friedman1", rows=1500)
    here, there = (swept(config, source, each).rows for each in (ONE, Resources(cluster=cluster)))
    assert [repr(row) for row in here] == [repr(row) for row in there]


@pytest.mark.slow
def test_processes_and_clusters_of_any_size_print_the_same_rows():
    places = [["--jobs", "1"], ["--jobs", "2"], ["--cluster", "local:1"], ["--cluster", "local:2"]]
    rows = [json.loads(succeed(*SWEEP, *place).stdout)["rows"] for place in places]
    assert rows[1:] == [rows[0]] * 3


@pytest.mark.parametrize("command", [["train", "--seeds", "2"], ["compare", "l1", "l2", "--folds", "2", "--no-store"]])
def test_other_commands_use_the_cluster_too(address, monkeypatch, command):
    sent, submit = [], OnCluster.submit
    monkeypatch.setattr(OnCluster, "submit", lambda self, *args: [sent.append(args), submit(self, *args)][1])
    small = ["--rows", "60", "--hidden", "4", "--epochs", "2", "--json"]
    here = json.loads(succeed(*command, *small, "--jobs", "1").stdout)
    assert not sent
    there = json.loads(succeed(*command, *small, env={"WDCLI_CLUSTER": address}).stdout)
    assert sent
    for each in (here, there):
        for part in (each, each.get("result", {}), *each.get("sweeps", ())):
            for name in ("command", "seconds", "trained_seconds"):
                part.pop(name, None)
    assert here == there


@pytest.mark.parametrize("rows", [50, 5_000, 50_000])
@pytest.mark.parametrize("early_stopping, sets", [(False, 5), (True, 8)])
def test_a_message_is_small_and_rows_are_scattered_once_a_fold(cluster, monkeypatch, rows, early_stopping, sets):
    sizes, scattered, submit, scatter = [], [], Client.submit, Client.scatter

    def weighed(self, function, call, *args, **options):
        sizes.append(len(pickle.dumps(call)))
        return submit(self, function, call, *args, **options)

    monkeypatch.setattr(Client, "submit", weighed)
    monkeypatch.setattr(
        Client,
        "scatter",
        lambda self, data, **options: [scattered.append(data.array), scatter(self, data, **options)][1],
    )
    X = np.random.default_rng(0).standard_normal((rows, 20))
    config = SweepConfig(replace(FIT, early_stopping=early_stopping), LAMBDAS, 2, 2, exhaustive=True)
    study.sweep(study.arrays(X, X[:, 0] > 0), config, Resources(cluster=cluster))
    assert len(sizes) > 2
    assert max(sizes) < 100_000
    if rows > 50:
        train = [array for array in scattered if array.shape[1:] == (20,) and len(array) > rows / 4]
        assert len(train) == len({array.tobytes() for array in train}) == sets
    else:
        assert all(array.nbytes > SMALL for array in scattered)


def kept(cluster):
    """How many arrays the workers hold."""
    return sum(map(len, cluster.client.has_what().values()))


def first(array):
    return float(array.ravel()[0])


def test_rows_leave_the_workers_with_the_array(executor, cluster):
    one, two = np.full(10_000, 1.0), np.full(10_000, 2.0)
    assert [executor.submit(first, array).result() for array in (one, two, one)] == [1.0, 2.0, 1.0]
    wait_for(lambda: kept(cluster) == 2)
    del one
    gc.collect()
    assert executor.submit(first, two).result() == 2.0
    wait_for(lambda: kept(cluster) == 1)


def described(array):
    return array.tobytes("A"), array.dtype.str, array.strides, bool(array.flags.aligned)


@pytest.mark.parametrize("dtype", ["f4", "f8", "i8", "?"])
@pytest.mark.parametrize("arranged", [lambda a: a, np.asfortranarray, lambda a: a[:, ::2], lambda a: a[:, 0].copy()],
                         ids=["C", "Fortran", "strided", "one axis"])  # fmt: skip
def test_an_array_arrives_with_its_values_and_layout_and_aligned(executor, dtype, arranged):
    array = arranged(np.random.default_rng(0).integers(0, 2, (9000, 6)).astype(dtype))
    assert array.nbytes > SMALL
    arrived = executor.submit(described, array).result()
    assert arrived == described(pickle.loads(pickle.dumps(array)))
    assert arrived[-1]


def blas_threads():
    return {found["num_threads"] for found in threadpool_info() if found["user_api"] == "blas"}


def set_blas_threads(number):
    _free_control()
    threadpool_limits(number, user_api="blas")


def test_blas_runs_one_thread_in_a_job_and_as_many_as_before_after_it(executor, cluster):
    cluster.client.run(set_blas_threads, 2)
    assert executor.submit(blas_threads).result() == {1}
    assert set(map(tuple, cluster.client.run(blas_threads).values())) == {(min(2, os.cpu_count()),)}


def step(path):
    """Report again and again until the file is there."""
    while not os.path.exists(path):  # noqa: PTH110
        tell_in_hand(0.5)
        time.sleep(0.02)


def test_a_jobs_progress_is_seen_while_it_runs(executor, tmp_path):
    done = executor.submit(step, str(tmp_path / "end"))
    wait_for(lambda: list(executor.in_hand) == [0.5])
    (tmp_path / "end").touch()
    done.result(30)
    assert list(executor.in_hand) == []


def test_two_executors_of_one_client_see_their_own_jobs_progress(cluster, tmp_path):
    with OnCluster(cluster) as one, OnCluster(cluster) as other:
        done = [executor.submit(step, str(tmp_path / "end")) for executor in (one, other)]
        for executor in (one, other):
            wait_for(lambda executor=executor: list(executor.in_hand) == [0.5])
        (tmp_path / "end").touch()
        for each in done:
            each.result(30)


def topics(dask_scheduler):
    return {name for name, topic in dask_scheduler._broker._topics.items() if topic.subscribers}


def test_an_executor_that_is_closed_listens_no_more_and_leaves_no_rows(cluster):
    before, rows = cluster.client.run_on_scheduler(topics), np.full(10_000, 1.0)
    with OnCluster(cluster) as executor:
        assert executor.submit(first, rows).result(30) == 1.0
        assert cluster.client.run_on_scheduler(topics) == before | {executor._name}
    wait_for(lambda: cluster.client.run_on_scheduler(topics) == before)
    wait_for(lambda: kept(cluster) == 0)


def test_an_error_is_that_of_its_job_alone(executor):
    bad, good = executor.submit(int, "x"), executor.submit(int, "7")
    with pytest.raises(ValueError, match="invalid literal"):
        bad.result(30)
    assert good.result(30) == 7


OTHERS = {
    "wdcli": ("import wdcli\nwdcli.__version__ = '0.0.1'", "has wdcli 0.0.1, this machine"),
    "NumPy": ("import numpy\nnumpy.__version__ = '2.0.9'", "has NumPy 2.0.9, this machine"),
    "Python": ("import platform\nplatform.python_version = lambda: '3.9.1'", "has Python 3.9.1, this machine"),
    "processor": ("import platform\nplatform.machine = lambda: 'vax'", "has another processor, BLAS or C library"),
    "no wdcli": ("import sys\nsys.modules['wdcli'] = None", "has no wdcli, or one that can't be loaded"),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in ("wdcli", "no wdcli") else pytest.mark.long) for name in OTHERS]
)
def test_a_worker_that_does_not_fit_is_named_and_does_no_job_if_it_comes_later(name):
    before, told = OTHERS[name]
    with scheduler() as (address, _):
        with worker(address, before), pytest.raises(ClusterError, match=told) as raised, open_cluster(address):
            pass
        assert f"--cluster {address}: its worker tcp://" in str(raised.value)
        with worker(address), open_cluster(address) as cluster, OnCluster(cluster) as executor, worker(address, before):
            wait_for(lambda: len(cluster.client.scheduler_info()["workers"]) == 2)
            done = [executor.submit(slow, number) for number in range(20)]
            ends = [one.exception(60) for one in done]
        told = [str(end) for end in ends if end is not None]
        assert all(OTHERS[name][1] in each for each in told)
        assert told or name == "no wdcli"


def slow(number):
    time.sleep(0.05)
    return number


class Remembered(NullStore):
    """A store in memory."""

    def __init__(self):
        self.records = {}

    def known(self, keys):
        return {key: self.records[key] for key in keys if key in self.records}

    def put(self, keyed):
        self.records.update({one.key: one.record for one in keyed})


@pytest.mark.slow
def test_any_version_runs_and_says_so_and_keeps_the_results_apart():
    data = study.load(Source("moons", rows=60))
    config, said, store = SweepConfig(FIT, LAMBDAS, 2, 1), [], Remembered()
    with contextlib.ExitStack() as stack:
        address, _ = stack.enter_context(scheduler())
        stack.enter_context(worker(address, OTHERS["processor"][0]))
        cluster = stack.enter_context(open_cluster(address, True, said.append))
        for _ in range(2):
            there = study.sweep(data, config, Resources(store=store, cluster=cluster))
    here = study.sweep(data, config, Resources(jobs=1, store=store))
    assert there.recalled > 0
    assert here.recalled == 0
    assert len(said) == 1
    assert "--cluster-any-version" in said[0]
    assert OTHERS["processor"][1] in said[0]


OTHER_DASK = """
import distributed.versions
find = distributed.versions._version_cached
distributed.versions._version_cached = lambda package: "1.0" if package == "distributed" else find(package)
"""


@pytest.mark.slow
def test_a_scheduler_of_another_version_is_named():
    told = r"its scheduler has distributed 1\.0, this machine"
    with contextlib.ExitStack() as stack:
        address, _ = stack.enter_context(scheduler(OTHER_DASK))
        stack.enter_context(worker(address))
        with pytest.raises(ClusterError, match=told):
            stack.enter_context(open_cluster(address))


@pytest.mark.slow
def test_a_scheduler_without_wdcli_is_named():
    with contextlib.ExitStack() as stack:
        address, _ = stack.enter_context(scheduler(OTHERS["no wdcli"][0]))
        stack.enter_context(worker(address))
        with pytest.raises(ClusterError, match="its scheduler has no wdcli"):
            stack.enter_context(open_cluster(address))


MALFORMED = ["", "local", "local:", "local:0", "local:-1", "local:x", "local:1025", "local:01", "Local:2", "host", "host:",
             "host:0", "host:65536", "http://host:80", "tcp://", "tcp://:80", "a b:80"]  # fmt: skip


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_address_is_refused(text):
    with pytest.raises(ConfigError, match="isn't a cluster's address"):
        checked(text)
    done = run(*SWEEP, "--cluster", text)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "isn't a cluster's address" in done.stderr


@pytest.mark.parametrize(
    "text", ["local:1", "local:64", "host:8786", "10.0.0.1:8786", "tcp://h-1.x_y.org:1", "tls://[::1]:8786"]
)
def test_an_address_is_taken_as_it_is(text):
    assert checked(text) == text
