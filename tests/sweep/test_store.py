"""The store: what is acknowledged is there once, and whatever happens to the file is said in a sentence."""

import dataclasses
import json
import math
import os
import shutil
import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from wdcli.errors import DataError, StoreError
from wdcli.sweep import store as module
from wdcli.sweep.records import Diagnostics, Lane, LaneRecord, LayerRecord, from_text, to_text
from wdcli.sweep.store import MIGRATIONS, Store

RECORD = LaneRecord(0.1, 0, 1, "ok", 60, 1 / 3, 0.1 + 0.2, 5e-324, 1e300, math.inf, 0.0, Diagnostics(
    1.5, 2.5, 0.25, 3, 4, math.nan, 1e-9, (LayerRecord(1, 2, 3, 0.1, 0.2, 0.3, 4), LayerRecord(2, 3, 1, 0.1, 0.2, 0.3, None)),
    (2, 3, 1), None))  # fmt: skip


def key(i):
    return i.to_bytes(16, "little")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "store.sqlite"


def lane(i, record=RECORD, name="[]"):
    return Lane(key(i), name, record)


def filled(path, n=3):
    store = Store(path)
    run = store.begin("[]", "{}", "moons", "f")
    run.put([lane(i, dataclasses.replace(RECORD, repeat=i)) for i in range(n)])
    return store, run


def test_a_record_comes_back_to_the_last_bit(path):
    assert to_text(from_text(to_text(RECORD))) == to_text(RECORD)
    plain = dataclasses.replace(RECORD, diagnostics=None)
    assert from_text(to_text(plain)) == plain
    found = from_text(to_text(RECORD))
    assert dataclasses.replace(found, diagnostics=None) == plain
    assert found.diagnostics.layers == RECORD.diagnostics.layers
    assert found.diagnostics.effective == (2, 3, 1)
    store, run = filled(path)
    assert set(run.known([key(0), key(2), key(9)])) == {key(0), key(2)}
    store.close()
    assert Store(path).known([key(i) for i in range(2000)])[key(1)].repeat == 1


def test_what_is_there_stays_and_is_there_once(path):
    store, run = filled(path)
    run.put([lane(1, dataclasses.replace(RECORD, repeat=77)), lane(5), lane(5, name="[0]")])
    assert run.known([key(1)])[key(1)].repeat == 1
    assert [name for name, _ in store.lanes(run.run)] == ["[]"] * 3 + ["[0]", "[]"]
    assert store.run(run.run).lanes == 5


def test_the_same_question_is_the_same_run_and_other_data_are_refused_while_it_is_unfinished(path):
    store, run = filled(path)
    assert store.begin("[]", "{}", "moons", "f").run == run.run
    with pytest.raises(DataError, match=r"'moons' has changed since run 1.*wdcli runs rm 1"):
        store.begin("[]", "{}", "moons", "other")
    assert store.begin("[]", '{"a": 1}', "moons", "other").run == 2
    store.finish(run.run, "done", "{}", "")
    assert store.begin("[]", "{}", "moons", "other").run == 3


def test_removing_a_run_keeps_the_lanes_of_others(path):
    store, first = filled(path)
    second = store.begin("[]", '{"b": 1}', "moons", "f")
    second.put([lane(0, second.known([key(0)])[key(0)])])
    store.remove(first.run)
    assert set(store.known([key(i) for i in range(3)])) == {key(0)}
    with pytest.raises(StoreError, match="run 1 was removed"):
        first.put([lane(8)])
    assert store.runs()[0].lanes == 1
    with pytest.raises(StoreError, match=r"has no run 1\. Its runs: 2\."):
        store.remove(first.run)
    store.remove(second.run)
    with pytest.raises(StoreError, match="It is empty"):
        store.run(2)


def altered(path, sql):
    with sqlite3.connect(path) as connection:
        connection.execute(sql)
    connection.close()


def test_an_altered_lane_is_not_believed_and_an_altered_run_is_said(path):
    store, run = filled(path)
    store.finish(run.run, "done", '{"a": 1}', "table")
    store.close()
    altered(path, "UPDATE lanes SET record = replace(record, '60', '61') WHERE id = 2")
    altered(path, "UPDATE runs SET shown = '{\"a\": 2}'")
    store = Store(path)
    assert set(store.known([key(i) for i in range(3)])) == {key(0), key(2)}
    assert store.damaged == 1
    with pytest.raises(StoreError, match=r"run 1 of the store .* was damaged: forget it with 'wdcli runs rm 1'"):
        store.run(1)
    assert [run.status for run in store.runs()] == ["damaged"]
    store.remove(1)


def test_bytes_that_are_no_text_any_more_are_a_damaged_lane(path):
    store, run = filled(path)
    store.close()
    altered(path, "UPDATE lanes SET record = CAST(X'80' || CAST(record AS BLOB) AS TEXT) WHERE id = 2")
    store = Store(path)
    assert set(store.known([key(i) for i in range(3)])) == {key(0), key(2)}
    assert len(store.lanes(run.run)) == 2


def test_a_run_that_failed_before_its_first_lane_is_forgotten_and_does_not_stand_in_the_way(path):
    store = Store(path)
    run = store.begin("[]", "{}", "moons", "f")
    assert store.begin("[]", "{}", "moons", "other").run == 2
    store.finish(run.run, "failed", "", "")
    assert [run.id for run in store.runs()] == [2]


def test_an_interrupt_while_waiting_for_another_process_is_heard_and_leaves_the_store_usable(path):
    store, run = filled(path)
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, signal.raise_signal, (signal.SIGINT,))
    timer.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run.put([lane(7)])
    assert time.monotonic() - started < 2
    assert not store.connection.in_transaction
    run.hurry()
    started = time.monotonic()
    with pytest.raises(StoreError, match="is locked"):
        run.put([lane(7)])
    assert time.monotonic() - started < 1
    other.execute("ROLLBACK")
    run.put([lane(7)])


def test_the_file_is_its_owners_alone(path):
    filled(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert {p.stat().st_mode & 0o077 for p in path.parent.iterdir()} == {0}


def newer(path):
    altered(path, "PRAGMA user_version=99")


def truncated(path):
    os.truncate(path, path.stat().st_size // 2)


def short(path):
    os.truncate(path, 30)


def junk(path):
    path.write_bytes(os.urandom(8192))


def scrambled(path):
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    path.write_bytes(data)


def another(path):
    path.unlink()
    altered(path, "CREATE TABLE lanes (x)")


def a_directory(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (newer, "made by a newer wdcli"), (truncated, "is damaged"), (short, "is damaged"), (junk, "is no database"),
        (scrambled, "is damaged"), (another, "no store of wdcli's"), (a_directory, "can't be opened"),
    ],
)  # fmt: skip
def test_whatever_happened_to_the_file_is_said(path, damage, words):
    store, run = filled(path, 200)
    store.finish(run.run, "done", "{}", "x" * 5000)
    store.close()
    damage(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreError) as caught:
        Store(path).begin("[]", "{}", "moons", "f").known([key(i) for i in range(200)])
    assert words in str(caught.value)
    assert "store.sqlite" in str(caught.value)
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_store_without_a_place_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="can't be opened: File exists"):
        Store(tmp_path / "file" / "store.sqlite")


def test_a_store_that_is_read_only_or_full_or_locked_is_said(path, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    store, run = filled(path)
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="is locked by another process"):
        run.put([lane(7)])
    other.execute("ROLLBACK")
    store.connection.execute("PRAGMA query_only=ON")
    with pytest.raises(StoreError, match="no permission"):
        run.put([lane(7)])
    store.connection.execute("PRAGMA query_only=OFF")
    store.connection.execute("PRAGMA max_page_count=20")
    with pytest.raises(StoreError, match="the disk is full"):
        run.put([lane(i) for i in range(100, 1000)])
    # All of it or nothing, and what was there is there.
    assert store.run(run.run).lanes == 3
    run.put([lane(7)])
    assert store.run(run.run).lanes == 4


def test_an_older_schema_is_brought_up_to_date(path, monkeypatch):
    filled(path)[0].close()
    monkeypatch.setattr(
        module, "MIGRATIONS", (*MIGRATIONS, "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT 'none'")
    )
    store = Store(path)
    assert store.connection.execute("SELECT note FROM runs").fetchall() == [("none",)]
    assert store.connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS) + 1,)
    assert len(store.known([key(0), key(1)])) == 2
    store.close()
    monkeypatch.setattr(module, "MIGRATIONS", MIGRATIONS)
    with pytest.raises(StoreError, match="made by a newer wdcli"):
        Store(path)


def test_many_writers_at_once_lose_nothing(path):
    Store(path).close()
    failures = []

    def write(writer):
        try:
            run = Store(path).begin("[]", json.dumps(writer), "moons", "f")
            for i in range(20):
                run.put([lane(1000 * writer + i), lane(i)])
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    store = Store(path)
    assert len(store.known([key(1000 * w + i) for w in range(9) for i in range(20)])) == 180
    assert [run.lanes for run in store.runs()] == [40] * 8


def test_a_copied_store_is_a_store(path, tmp_path):
    filled(path)[0].close()
    shutil.copy(path, tmp_path / "copy.sqlite")
    assert len(Store(Path(tmp_path / "copy.sqlite")).known([key(0)])) == 1
