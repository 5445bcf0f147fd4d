"""Workers map the rows from files: messages stay small, numbers stay the same, and no file stays behind, whatever happens."""

import contextlib
import errno
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import BrokenExecutor
from dataclasses import replace
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.sweep.sweeps import ONE, swept
from wdcli import study
from wdcli.data.source import Source
from wdcli.fits import shared
from wdcli.fits.config import FitConfig
from wdcli.fits.executors import Processes, open_executor
from wdcli.fits.folds import Folds
from wdcli.fits.job import Job
from wdcli.fits.large import SMALL
from wdcli.fits.plan import make_blocks, path_blocks
from wdcli.fits.resources import Resources
from wdcli.fits.shared import Shared
from wdcli.sweep.config import SweepConfig

FIT = FitConfig(hidden=(8,), epochs=2)
LAMBDAS = (0.0, 0.1, 1.0, 10.0)
SWEEP = ["sweep", "--rows", "3000", "--epochs", "60", "--lambdas", "0,1", "--folds", "2", "--seeds", "2", "--no-store",
         "--json", "--no-progress"]  # fmt: skip
LONG = [*SWEEP, "--epochs", "20000", "--jobs", "2"]
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's process table")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where this process and others make temporary files."""
    found = tmp_path / "temporary"
    found.mkdir()
    monkeypatch.setenv("TMPDIR", str(found))
    monkeypatch.setattr(tempfile, "tempdir", str(found))
    return found


@pytest.fixture
def sharing(folder):
    found = Shared()
    yield found
    found.close()
    assert not list(folder.iterdir())


def jobs(fit, rows, warm=False):
    """The jobs of two folds and two seeds, of weighted rows."""
    rng = np.random.default_rng(0)
    X, weights = rng.standard_normal((rows, 20)), rng.uniform(0.5, 2, rows)
    folds = Folds(fit, *study.arrays(X, X[:, 0] > 0, weights=weights), 2)
    if warm:
        return [Job(tuple(path_blocks(fit, folds, 2, LAMBDAS)), warm=True)]
    return [Job((block,)) for fold in folds for block in make_blocks(fit, folds.dataset, fold, range(2), LAMBDAS, 2)]


@pytest.mark.parametrize("rows", [50, 500, 5_000, 50_000])
@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_a_message_is_small_whatever_the_number_of_rows(sharing, rows, warm, early_stopping):
    for job in jobs(replace(FIT, early_stopping=early_stopping), rows, warm):
        assert len(ForkingPickler.dumps(sharing.sent(job))) < 100_000


@pytest.mark.parametrize("early_stopping, sets", [(False, 3), (True, 6)])
def test_rows_are_written_once_for_all_blocks_of_a_fold_and_once_a_seed_if_it_leaves_some_out(
    sharing, folder, early_stopping, sets
):
    sent = [sharing.sent(job) for job in jobs(replace(FIT, early_stopping=early_stopping), 3000)]
    written = [np.load(path, mmap_mode="r") for path in folder.glob("*/*.npy")]
    assert len(sent) == 12
    assert sum(array.shape[1:] == (20,) and array.dtype == np.float32 and len(array) > 300 for array in written) == sets


@pytest.mark.parametrize("dtype", ["f4", "f8", "i8", "?"])
@pytest.mark.parametrize(
    "arranged",
    [lambda a: a, np.asfortranarray, lambda a: a[:, :1].copy(), lambda a: a[:, ::2], lambda a: a[0].copy()],
    ids=["C", "Fortran", "one column", "strided", "one axis"],
)
def test_an_array_arrives_with_the_values_and_the_layout_that_it_would_have_in_a_message(sharing, dtype, arranged):
    array = arranged(np.random.default_rng(0).integers(0, 2, (5000, 6)).astype(dtype).repeat(4000 // 500, axis=1))
    if array.nbytes <= SMALL:
        array = np.resize(array, 50_000)
    plain, mapped = (ForkingPickler.loads(ForkingPickler.dumps(each)) for each in (array, sharing.sent(array)))
    assert (type(mapped), mapped.dtype, mapped.strides) == (type(plain), plain.dtype, plain.strides)
    assert mapped.tobytes("A") == plain.tobytes("A")
    assert mapped.flags.writeable != plain.flags.writeable


def test_a_file_lives_as_long_as_its_array_and_a_worker_keeps_what_it_has_mapped(sharing, folder):
    first, second = (np.full(10_000, value) for value in (1.0, 2.0))
    one = ForkingPickler.loads(ForkingPickler.dumps(sharing.sent((first, first))))
    assert one[0] is one[1]
    del first
    gc.collect()
    two = ForkingPickler.loads(ForkingPickler.dumps(sharing.sent((second,))))
    assert len(list(folder.glob("*/*.npy"))) == 1
    assert len(shared._MAPPED) == 1
    assert (one[0][0], two[0][0]) == (1.0, 2.0)


def test_a_worker_maps_a_bounded_number_of_files(sharing):
    arrays = tuple(np.full(1000, float(i)) for i in range(shared.MOST + 50))
    found = ForkingPickler.loads(ForkingPickler.dumps(sharing.sent(arrays)))
    assert [array[0] for array in found] == list(range(len(arrays)))
    assert sum(array.flags.writeable for array in found) == 50


def full(*args, **options):
    raise OSError(errno.ENOSPC, "No space left on device")


UNWRITABLE = {
    "a full disk": lambda patch: patch.setattr(np, "save", full),
    "a disk that would be full": lambda patch: patch.setattr(
        shutil, "disk_usage", lambda path: SimpleNamespace(free=9000)
    ),
    "no folder": lambda patch: patch.setattr(tempfile, "tempdir", "/nonexistent"),
    "no locks": lambda patch: patch.setitem(sys.modules, "fcntl", None),
}


@pytest.mark.parametrize("name", UNWRITABLE)
def test_where_files_cannot_be_written_arrays_travel_with_the_jobs(sharing, folder, monkeypatch, name):
    array = np.arange(10_000)
    with monkeypatch.context() as patch:
        UNWRITABLE[name](patch)
        assert sharing.sent((array,))[0] is array
    # One failure is enough: the disk is left to others.
    assert sharing.sent((array,))[0] is array
    assert not list(folder.glob("*/*"))


def test_what_was_written_before_the_disk_was_full_is_mapped_all_the_same(sharing, monkeypatch):
    first, second = np.arange(10_000), np.arange(20_000)
    sharing.sent(first)
    monkeypatch.setattr(np, "save", full)
    one, two = ForkingPickler.loads(ForkingPickler.dumps(sharing.sent((first, second))))
    assert (one.tolist(), two.tolist()) == (first.tolist(), second.tolist())
    assert (one.flags.writeable, two.flags.writeable) == (False, True)


def test_an_array_that_waits_in_its_file_takes_no_memory_of_this_process(sharing, folder):
    array = np.full(10_000, 7.0)
    placed = sharing.placed(array)
    assert sharing.placed(placed) is sharing.placed(array) is placed
    assert isinstance(placed.base, np.memmap)
    assert np.array_equal(ForkingPickler.loads(ForkingPickler.dumps(sharing.sent(placed))), array)
    del array
    sharing.sent(())
    assert len(list(folder.glob("*/*.npy"))) == 1
    del placed
    sharing.sent(())
    assert not list(folder.glob("*/*.npy"))


@pytest.mark.parametrize("change", [{}, {"early_stopping": True}, {"batch_size": 0}, {"dtype": "float64"}])
@pytest.mark.parametrize("path", ["cold", "warm"])
def test_a_sweep_gives_the_same_bits_whether_rows_are_shared_or_not(monkeypatch, change, path):
    monkeypatch.setattr("wdcli.fits.plan.WORTH_WORKERS", 0)
    config = SweepConfig(replace(FIT, **change), LAMBDAS, 2, 2, path=path)
    source, mapped, load = Source("friedman1", rows=1500), [], Shared.sent
    monkeypatch.setattr(Shared, "sent", lambda *args: [mapped.append(load(*args)), mapped[-1]][1])
    here, there = (swept(config, source, each).rows for each in (ONE, Resources(jobs=2)))
    assert [repr(row) for row in here] == [repr(row) for row in there]
    assert all(isinstance(block.train.X, shared._Reference) for (job,) in mapped for block in job.blocks)


def first_and_place(array):
    return float(array[0]), array.flags.writeable, os.getpid()


def test_a_worker_that_is_killed_is_replaced_by_one_that_maps_the_rows_again(folder):
    array = np.full(10_000, 7.0)
    found = []
    for _ in range(2):
        with pytest.raises(BrokenExecutor), Processes(2) as executor:
            found.append(executor.submit(first_and_place, array).result())
            assert len(list(folder.glob("*/*.npy"))) == 1
            executor.submit(signal.raise_signal, signal.SIGKILL).result()
        assert not list(folder.iterdir())
    assert [each[:2] for each in found] == [(7.0, False)] * 2
    assert found[0][2] != found[1][2]


def test_files_that_are_removed_from_outside_end_the_worker_without_a_traceback(folder, capfd):
    array = np.full(10_000, 7.0)
    with pytest.raises(BrokenExecutor), Processes(1) as executor:
        executor._shared.sent(array)
        for each in folder.iterdir():
            shutil.rmtree(each)
        executor.submit(first_and_place, array).result()
    assert capfd.readouterr().err == ""


@contextlib.contextmanager
def started(*args):
    """A command as a process of its own, killed at the end."""
    command = [sys.executable, "-m", "wdcli", *args]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def rows_of(process):
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    return json.loads(out)["rows"]


def worker_that_maps(folder):
    """Wait until a worker has mapped a file in the folder, and return its id."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for maps in Path("/proc").glob("[0-9]*/maps"):
            with contextlib.suppress(OSError):
                worker = b"spawn_main" in maps.with_name("cmdline").read_bytes()
                if worker and str(folder) in maps.read_text():
                    return int(maps.parent.name)
        time.sleep(0.01)
    raise TimeoutError


@pytest.fixture(scope="module")
def undisturbed():
    with started(*SWEEP, "--jobs", "1") as process:
        return rows_of(process)


@needs_proc
def test_a_sweep_whose_worker_is_killed_ends_with_the_same_numbers(folder, undisturbed):
    with started(*SWEEP, "--jobs", "2") as process:
        os.kill(worker_that_maps(folder), signal.SIGKILL)
        assert rows_of(process) == undisturbed
    assert not list(folder.iterdir())


@needs_proc
@pytest.mark.parametrize("number, left", [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, 1)])
def test_the_folder_is_removed_after_an_interrupt_and_after_a_kill_at_the_next_start(folder, number, left):
    with started(*LONG) as process:
        assert worker_that_maps(folder)
        (private,) = folder.iterdir()
        assert private.stat().st_mode & 0o777 == 0o700
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    assert "Traceback" not in err
    assert len(list(folder.iterdir())) == left
    with open_executor(1):
        assert not list(folder.iterdir())


@needs_proc
def test_two_runs_at_once_share_nothing(folder, undisturbed):
    with started(*LONG) as long:
        assert worker_that_maps(folder)
        (private,) = folder.iterdir()
        with started(*SWEEP, "--jobs", "2") as other:
            assert rows_of(other) == undisturbed
        assert list(folder.iterdir()) == [private]
        assert long.poll() is None
        long.send_signal(signal.SIGINT)
        long.communicate(timeout=20)
    assert not list(folder.iterdir())
