"""All processes together take no more memory than --memory allows; what can't be held is refused with what it needs."""

import math
import os
import sys
from types import SimpleNamespace

import memory
import pytest

from tests.cli.run import refuse
from wdcli import machine
from wdcli.data.loading import load
from wdcli.data.source import Source
from wdcli.errors import ConfigError
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import make_fold
from wdcli.fits.plan import make_plan
from wdcli.fits.room import MIB, Extent, Needs
from wdcli.nn.mlp import Network
from wdcli.text import bytes_needed

GIB = 1 << 30
SHORT = ["--epochs", "2", "--seeds", "1", "--folds", "2", "--exhaustive", "--lambdas", "0,1", "--no-store", "--json",
         "--no-progress"]  # fmt: skip
SWEEPS = {
    "generated": ["--rows", "3000", "--jobs", "1"],
    "many outputs": ["--data", "digits", "--jobs", "1"],
    "workers": ["--rows", "20000", "--epochs", "20", "--jobs", "8"],
}
linux = pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from Linux's /proc")


@linux
@pytest.mark.parametrize("name", SWEEPS)
def test_what_a_refusal_asks_for_is_enough_and_is_not_exceeded(name):
    options = ["sweep", *SHORT, *SWEEPS[name]]
    asked = memory.asked_for(memory.run(*options, "--memory", "16M").message)
    for allowed in (asked, 2 * asked):
        found = memory.run(*options, "--memory", f"{math.ceil(allowed / MIB)}M")
        assert found.status == 0, found.message
        assert 0 < found.peak.proportional <= 1.1 * allowed


@pytest.mark.parametrize("options", [["train"], ["sweep"], ["compare", "l1", "l2"]])
def test_too_little_memory_is_refused_before_any_row_is_encoded(monkeypatch, options):
    monkeypatch.setattr("wdcli.data.encoding.Encoding.transform", None)
    message = refuse(2, *options, "--memory", "16M")
    assert "need about" in message
    assert "--memory is 16 MiB" in message


def test_every_worker_needs_its_own_memory_and_the_rows_once():
    needs = Needs.of(FitConfig(), Network((20, 64, 1), "relu", "squared-error"), 10**5, 10**7, Extent(100, 4, 2))
    steps = [needs.beside(workers + 1) - needs.beside(workers) for workers in range(1, 8)]
    assert needs.alone < needs.beside(1)
    assert min(steps) > needs.lane + needs.ahead
    assert steps[1:] == [steps[-1]] * 6
    assert steps[0] == steps[-1] + 2 * needs.rows


def planned(monkeypatch, allowed, jobs, here):
    """The plan for a cluster with so many workers here, or a scheduler's if 0, and what was planned for."""
    for where in ("room", "plan"):
        monkeypatch.setattr(f"wdcli.fits.{where}.resident_memory", lambda: 0)
    config, found = FitConfig(hidden=(1000, 1000)), []
    dataset, split = load(Source("friedman1", rows=20_000), 0)
    fold = make_fold(config, dataset, 0, split.train, split.test)
    monkeypatch.setattr(Needs, "check", lambda needs, *args: found.append(needs))
    cluster = None if here is None else SimpleNamespace(here=here)
    plan = make_plan(config, dataset, fold, Extent(10**4, 5, 2), jobs, allowed, cluster)
    return plan, found[0]


@pytest.mark.parametrize("jobs", [1, 2, 8])
@pytest.mark.parametrize("allowed", [GIB, 4 * GIB])
def test_each_worker_of_a_scheduler_may_take_all_of_the_memory_however_many_cores_are_here(monkeypatch, jobs, allowed):
    alone, _ = planned(monkeypatch, allowed, 1, None)
    assert planned(monkeypatch, allowed, jobs, 0)[0] == alone


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_workers_of_a_local_cluster_share_the_memory_or_are_refused(monkeypatch, workers):
    plan, needs = planned(monkeypatch, 8 * GIB, 2, workers)
    least = needs.beside_dask(workers)
    assert plan.workers == workers
    assert least + workers * (plan.memory - needs.lane) <= 8 * GIB
    assert planned(monkeypatch, least, 2, workers)[0].lanes_per_block == 1
    with pytest.raises(ConfigError, match=rf"^--cluster local:{workers}: .* need about .*: choose fewer workers"):
        planned(monkeypatch, least - 1, 2, workers)


@linux
@pytest.mark.long
def test_what_the_refusal_of_a_local_cluster_asks_for_is_enough_and_is_not_exceeded():
    options = ["train", "--rows", "20000", "--epochs", "2", "--seeds", "4", "--cluster", "local:2", "--no-progress"]
    asked = memory.asked_for(memory.run(*options, "--memory", "150M").message)
    found = memory.run(*options, "--memory", f"{math.ceil(asked / MIB)}M")
    assert found.status == 0, found.message
    assert 0 < found.peak.proportional <= 1.1 * asked


@linux
def test_this_process_holds_what_it_has_written_to():
    before = machine.resident_memory()
    held = b"1" * (64 * MIB)
    assert len(held) < machine.resident_memory() - before + 8 * MIB
    assert machine.resident_memory() < os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


@pytest.mark.parametrize(
    "size, shown", [(1, "1 MiB"), (MIB, "1 MiB"), (MIB + 1, "2 MiB"), (1024 * MIB, "1.0 GiB"), (1025 * MIB, "1.1 GiB")]
)
def test_what_is_asked_for_is_rounded_up(size, shown):
    assert bytes_needed(size) == shown
