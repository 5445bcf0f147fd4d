"""The soak's own checks: each finds the fault that it is for, and a sound store passes them."""

import contextlib
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import stored
import watch
from mischief import TO_COMMAND, Mischief
from orders import Order, drawn
from running import Ended, Place
from soak import Soak
from tally import Tally

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's process table"),
]
ORDER = Order(
    ("sweep", "--data", "moons", "--rows", "60", "--hidden", "4", "--epochs", "2", "--lambdas", "0,1", "--folds", "2",
     "--seeds", "1", "--json", "--no-progress", "--jobs", "1")
)  # fmt: skip
UNMINDED = Mischief("no signal", lambda running, random, usual: None, lambda running, random: True, 130)


def soak_in(folder):
    place = Place(folder / "store.sqlite", folder / "soak")
    place.folder.mkdir(exist_ok=True)
    return Soak(place, 0, Tally(place.folder / "log", 3600))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A soak that has given an order twice, looked at its run, and compared it with an undisturbed one."""
    soak = soak_in(tmp_path_factory.mktemp("soak"))
    soak.finish(ORDER)
    soak.finish(ORDER)
    soak.again(soak.plain(*ORDER.words))
    soak.done[ORDER] = soak.plain(*ORDER.words).out
    soak.look()
    return soak


def test_a_sound_store_passes_every_check(finished):
    assert finished.tally.failures == []
    counts = finished.tally.counts
    assert (counts["whole runs"], counts["resumes"], counts["networks recalled"]) == (1, 1, 6)
    assert counts["compared with an undisturbed run"] == 1
    assert stored.size(finished.place.store).networks == 6


@pytest.mark.parametrize(
    "sql, told",
    [
        ("DELETE FROM runs", "runs have gone"),
        ("DELETE FROM run_lanes WHERE lane = 1", "miscount"),
        ("DELETE FROM run_lanes WHERE lane = 1", "networks without a run"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM lanes WHERE id = 1", "foreign keys"),
    ],
)
def test_a_store_that_has_lost_something_is_a_failure(finished, tmp_path, sql, told):
    soak = soak_in(tmp_path)
    shutil.copy(finished.place.store, soak.place.store)
    soak.watch.runs = {*finished.watch.runs}
    with contextlib.closing(sqlite3.connect(soak.place.store)) as connection:
        connection.executescript(sql)
    soak.watch.look(ORDER)
    assert any(told in failure for failure in soak.tally.failures)
    assert soak.place.command(ORDER) in soak.tally.failures[0]


@pytest.mark.parametrize(
    "changed, told",
    [
        ({"status": 1}, "status 1"),
        ({"err": "Traceback (most recent call last):"}, "Traceback"),
        ({"err": "3 leaked semaphore objects"}, "leaked"),
        ({"lingered": 15.0}, "workers stay"),
    ],
)
def test_a_command_that_ends_badly_is_a_failure(tmp_path, changed, told):
    soak = soak_in(tmp_path)
    ended = {"order": ORDER, "status": 0, "out": "{}", "err": "", "seconds": 1.0, "peak": 50.0, "lingered": 0.1}
    soak.watch.seen(Ended(**ended), (0,), "")
    assert soak.tally.failures == []
    soak.watch.seen(Ended(**{**ended, **changed}), (0,), "")
    assert told in soak.tally.failures[0]


def test_a_worker_that_starts_without_its_command_is_no_failure_and_any_other_traceback_is(tmp_path):
    soak, pythons = soak_in(tmp_path), "Traceback (most recent call last):\nEOFError: Ran out of input\n"
    killed = Ended(ORDER, 137, "", 2 * pythons, 1.0, 50.0, 0.1)
    soak.watch.seen(killed, (137,), "")
    assert soak.tally.failures == []
    soak.watch.seen(replace(killed, err=pythons + "Traceback (most recent call last):"), (137,), "")
    assert "Traceback" in soak.tally.failures[0]


def test_a_signal_without_effect_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr(watch, "IGNORED", 0.0)
    soak = soak_in(tmp_path)
    soak.spoilt(soak.start(ORDER), UNMINDED)
    assert "no signal: ended with 0" in soak.tally.failures[0]


@pytest.mark.parametrize("mischief", TO_COMMAND, ids=lambda one: one.name)
def test_a_command_that_is_ended_at_any_moment_continues_where_it_was(tmp_path, mischief):
    soak = soak_in(tmp_path)
    soak.spoilt(soak.start(ORDER), mischief)
    soak.finish(ORDER)
    assert soak.tally.failures == []


def test_other_numbers_than_those_of_an_undisturbed_run_are_a_failure_and_other_times_are_not(finished, tmp_path):
    text = finished.done[ORDER]
    results = {
        Ended(ORDER, 0, out, "", 1.0, 50.0, 0.1).result
        for out in (text, text.replace('"seconds": ', '"seconds": 1'), text.replace('"cv_loss": ', '"cv_loss": 1'))
    }
    assert len(results) == 2


@pytest.mark.parametrize("last, grown", [(1.0, False), (1.05, False), (1.2, True), (0.5, False)])
def test_growth_from_the_first_quarter_to_the_last_is_a_failure(tmp_path, last, grown):
    tally = Tally(tmp_path / "log", 3600)
    for number in range(24):
        tally.measure("memory", last if number >= 18 else 1.0, 1.1, at=number / 24)
    tally.judge()
    assert bool(tally.failures) == grown


def test_the_same_seed_gives_the_same_orders(tmp_path):
    first, second = ([drawn(Random(0), tmp_path, number) for number in range(20)] for _ in range(2))
    assert first == second
    assert len({*first}) == 20
