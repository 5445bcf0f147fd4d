"""The store: what is acknowledged is there once, and whatever happens to the file is said in a sentence."""

import contextlib
import dataclasses
import json
import math
import os
import shutil
import signal
import sqlite3
import struct
import threading
import time
import tracemalloc
from pathlib import Path

import pytest

from wdcli.errors import DataError, StoreError
from wdcli.fits import database as module
from wdcli.fits.record_text import from_text, to_text
from wdcli.fits.records import Diagnostics, KeyedRecord, LaneRecord, LayerRecord, Strong
from wdcli.fits.schema import MIGRATIONS, digest
from wdcli.fits.store import Store
from wdcli.nn.history import History

RECORD = LaneRecord(0.1, 0, 1, "ok", 60, 1 / 3, 0.1 + 0.2, 5e-324, 1e300, math.inf, 0.0, Diagnostics(
    1.5, 2.5, 0.25, 3, 4, math.nan, 1e-9, 1 / 3, math.nan, 1.0,
    (LayerRecord(1, 2, 3, 0.1, 0.2, 0.3, 4), LayerRecord(2, 3, 1, 0.1, 0.2, 0.3, None)),
    (2, 3, 1), (Strong(3, 0.1 + 0.2), Strong(0, 1e-9)), None, (0.1 + 0.2, 0.0),
    History((0, 2, 3), (0.7, 1 / 3, math.inf), (0.1, math.nan, 5e-324)), struct.pack("<2f", 0.1, -1e-30)), 0.7,
    5, b"\x80")  # fmt: skip


NAME, OTHER = '["l2", "coupled", null, 0.1]', '["elastic-net", "proximal", 0.5, 0.0]'
DONE = '{"lambda": 0.1, "selection": {"chosen": 1.0}}'


def key(i):
    return i.to_bytes(16, "little")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "store.sqlite"


def lane(i, record=RECORD, name=NAME):
    return KeyedRecord(key(i), name, record)


OPEN = []


def opened(path, **options):
    """A store that is closed when the test ends: Python 3.13 warns of those that are not."""
    OPEN.append(Store(path, **options))
    return OPEN[-1]


@pytest.fixture(autouse=True)
def closed():
    yield
    while OPEN:
        OPEN.pop().close()


def filled(path, n=3):
    store = opened(path)
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
    assert found.diagnostics.strongest == RECORD.diagnostics.strongest
    assert found.diagnostics.column_norms == RECORD.diagnostics.column_norms
    assert found.diagnostics.function == RECORD.diagnostics.function
    assert found.columns_used == RECORD.columns_used
    assert repr(found.diagnostics.history) == repr(RECORD.diagnostics.history)
    store, run = filled(path)
    assert set(run.known([key(0), key(2), key(9)])) == {key(0), key(2)}
    store.close()
    assert opened(path).known([key(i) for i in range(2000)])[key(1)].repeat == 1


def test_a_record_of_an_older_version_is_read_without_what_it_lacks():
    values = json.loads(to_text(RECORD))
    for name in ("column_norms", "history", "function"):
        del values["diagnostics"][name]
    del values["columns_used"]
    older = dataclasses.replace(RECORD.diagnostics, column_norms=(), history=None, function=None)
    expected = dataclasses.replace(RECORD, diagnostics=older, columns_used=None)
    assert repr(from_text(json.dumps(values))) == repr(expected)


@pytest.mark.parametrize("value", ["", "AA==x", "é", 7, []])
def test_no_other_value_passes_for_the_columns_in_use(value):
    with pytest.raises(ValueError, match="no record"):
        from_text(json.dumps({**json.loads(to_text(RECORD)), "columns_used": value}))


@pytest.mark.parametrize(
    "name, value",
    [
        *[("column_norms", value) for value in ([-1.0], [None], ["x"], [1], 7, None)],
        *[("function", value) for value in ("", "AA==", "AADAfw==", "AACAf7==x", "é", 7, [])],
        ("history", {}),
        ("history", {"epochs": [0], "train_loss": [1.0], "held_loss": [1.0], "more": [1.0]}),
        *[("history", {"epochs": epochs, "train_loss": [1.0] * 2, "held_loss": [1.0] * 2})
          for epochs in ([0], [1, 2], [0, 0], [0, -1], [0, 1.0], [0, None], [2, 0], [0, 1, 2])],
        *[("history", {"epochs": [0, 1], "train_loss": [1.0, 1.0], "held_loss": losses})
          for losses in ([1.0], [1.0, -1.0], [1.0, None], [1, 1], "ab")],
    ],
)  # fmt: skip
def test_no_other_value_passes_for_what_pictures_are_drawn_from(name, value):
    values = json.loads(to_text(RECORD))
    values["diagnostics"][name] = value
    with pytest.raises(ValueError, match="no record"):
        from_text(json.dumps(values))


def test_what_is_there_stays_and_is_there_once(path):
    store, run = filled(path)
    run.put([lane(1, dataclasses.replace(RECORD, repeat=77)), lane(5), lane(5, name=OTHER)])
    assert run.known([key(1)])[key(1)].repeat == 1
    names = [json.dumps(list(name)) for name, _ in store.lanes(store.run(run.number))]
    assert names == [NAME] * 3 + [OTHER, NAME]
    assert store.run(run.number).networks == 5


def test_the_same_question_is_the_same_run_and_other_data_are_refused_while_it_is_unfinished(path):
    store, run = filled(path)
    assert store.begin("[]", "{}", "moons", "f").number == run.number
    with pytest.raises(DataError, match=r"'moons' has changed since run 1.*wdcli runs rm 1"):
        store.begin("[]", "{}", "moons", "other")
    assert store.begin("[]", '{"a": 1}', "moons", "other").number == 2
    store.finish(run.number, "done", DONE, "")
    assert store.begin("[]", "{}", "moons", "other").number == 3


def test_removing_a_run_keeps_the_lanes_of_others(path):
    store, first = filled(path)
    second = store.begin("[]", '{"b": 1}', "moons", "f")
    second.put([lane(0, second.known([key(0)])[key(0)])])
    store.remove(first.number)
    assert set(store.known([key(i) for i in range(3)])) == {key(0)}
    with pytest.raises(StoreError, match="run 1 was removed"):
        first.put([lane(8)])
    assert next(store.runs()).networks == 1
    with pytest.raises(StoreError, match=r"has no run 1\. Its runs: 2\."):
        store.remove(first.number)
    store.remove(second.number)
    with pytest.raises(StoreError, match="It is empty"):
        store.run(2)


def altered(path, sql):
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


def locked(path):
    """Another connection, which is writing."""
    OPEN.append(sqlite3.connect(path))
    OPEN[-1].execute("BEGIN IMMEDIATE")
    return OPEN[-1]


def test_an_altered_lane_is_not_believed_and_an_altered_run_is_said(path):
    store, run = filled(path)
    store.finish(run.number, "done", DONE, "table")
    store.close()
    altered(path, "UPDATE lanes SET record = replace(record, '60', '61') WHERE id = 2")
    altered(path, "UPDATE runs SET shown = replace(shown, '1', '2')")
    store = opened(path)
    assert set(store.known([key(i) for i in range(3)])) == {key(0), key(2)}
    assert store.damaged == {key(1)}
    with pytest.raises(StoreError, match=r"run 1 of the store .* is damaged: remove it with 'wdcli runs rm 1'"):
        store.run(1)
    assert [run.status for run in store.runs()] == ["damaged"]
    store.remove(1)


def test_bytes_that_are_no_text_any_more_are_a_damaged_lane(path):
    store, run = filled(path)
    store.close()
    altered(path, "UPDATE lanes SET record = CAST(X'80' || CAST(record AS BLOB) AS TEXT) WHERE id = 2")
    store = opened(path)
    assert set(store.known([key(i) for i in range(3)])) == {key(0), key(2)}
    assert len(store.lanes(store.run(run.number))) == 2


def test_listing_runs_holds_the_output_of_few_at_a_time(path):
    store, megabyte = opened(path), 1 << 20
    for number in range(20):
        run = store.begin("[]", str(number), "moons", "f")
        store.finish(run.number, "done", json.dumps({**json.loads(DONE), "padding": "x" * megabyte}), "table")
    tracemalloc.start()
    try:
        assert [run.chosen for run in store.runs()] == [[1.0]] * 20
        assert tracemalloc.get_traced_memory()[1] < 12 * megabyte
    finally:
        tracemalloc.stop()


def test_a_run_that_failed_before_its_first_lane_is_forgotten_and_does_not_stand_in_the_way(path):
    store = opened(path)
    run = store.begin("[]", "{}", "moons", "f")
    assert store.begin("[]", "{}", "moons", "other").number == 2
    store.finish(run.number, "failed", "", "")
    assert [run.id for run in store.runs()] == [2]


def test_an_interrupt_while_waiting_for_another_process_is_heard_and_leaves_the_store_usable(path):
    store, run = filled(path)
    other = locked(path)
    timer = threading.Timer(0.3, signal.raise_signal, (signal.SIGINT,))
    timer.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run.put([lane(7)])
    assert time.monotonic() - started < 2
    assert not store.database.connection.in_transaction
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
        (newer, "made by a newer wdcli"), (truncated, "is damaged"), (short, "is damaged"), (junk, "is not a database"),
        (scrambled, "is damaged"), (another, "not a store of wdcli"), (a_directory, "can't be opened"),
    ],
)  # fmt: skip
def test_whatever_happened_to_the_file_is_said(path, damage, words):
    store, run = filled(path, 200)
    store.finish(run.number, "done", DONE, "x" * 5000)
    store.close()
    damage(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreError) as caught:
        opened(path).begin("[]", "{}", "moons", "f").known([key(i) for i in range(200)])
    assert words in str(caught.value)
    assert "store.sqlite" in str(caught.value)
    assert (path.read_bytes() if path.is_file() else b"") == before


@pytest.mark.parametrize("make", [True, False])
@pytest.mark.parametrize("damage", [newer, truncated, short, junk, scrambled, another])
def test_a_store_that_cannot_be_used_is_left_closed(path, damage, make, monkeypatch):
    filled(path, 200)[0].close()
    damage(path)
    connections, connect = [], module.sqlite3.connect
    monkeypatch.setattr(os, "access", lambda path, mode: make)
    monkeypatch.setattr(
        module.sqlite3, "connect", lambda *a, **k: connections.append(connect(*a, **k)) or connections[-1]
    )
    with contextlib.suppress(StoreError), contextlib.closing(Store(path, make)) as store:
        store.begin("[]", "{}", "moons", "f").known([key(0)])
    assert connections
    for connection in connections:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")


def test_a_store_without_a_place_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="can't be opened: File exists"):
        opened(tmp_path / "file" / "store.sqlite")


def test_a_store_that_is_read_only_or_full_or_locked_is_said(path, monkeypatch):
    monkeypatch.setattr(module, "WAIT", 0.05)
    store, run = filled(path)
    other = locked(path)
    with pytest.raises(StoreError, match="is locked by another process"):
        run.put([lane(7)])
    other.execute("ROLLBACK")
    store.database.connection.execute("PRAGMA query_only=ON")
    with pytest.raises(StoreError, match="no permission"):
        run.put([lane(7)])
    store.database.connection.execute("PRAGMA query_only=OFF")
    store.database.connection.execute("PRAGMA max_page_count=20")
    with pytest.raises(StoreError, match="the disk is full"):
        run.put([lane(i) for i in range(100, 1000)])
    # All of it or nothing, and what was there is there.
    assert store.run(run.number).networks == 3
    run.put([lane(7)])
    assert store.run(run.number).networks == 4


def test_an_older_schema_is_brought_up_to_date(path, monkeypatch):
    filled(path)[0].close()
    monkeypatch.setattr(
        module, "MIGRATIONS", (*MIGRATIONS, "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT 'none'")
    )
    store = opened(path)
    assert store.database.connection.execute("SELECT note FROM runs").fetchall() == [("none",)]
    assert store.database.connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS) + 1,)
    assert len(store.known([key(0), key(1)])) == 2
    store.close()
    monkeypatch.setattr(module, "MIGRATIONS", MIGRATIONS)
    with pytest.raises(StoreError, match="made by a newer wdcli"):
        opened(path)


def test_many_writers_at_once_lose_nothing(path):
    Store(path).close()
    failures = []

    def write(writer):
        try:
            with contextlib.closing(Store(path)) as store:
                run = store.begin("[]", json.dumps(writer), "moons", "f")
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
    store = opened(path)
    assert len(store.known([key(1000 * w + i) for w in range(9) for i in range(20)])) == 180
    assert [run.networks for run in store.runs()] == [40] * 8


def test_a_copied_store_is_a_store(path, tmp_path):
    filled(path)[0].close()
    shutil.copy(path, tmp_path / "copy.sqlite")
    assert len(opened(Path(tmp_path / "copy.sqlite")).known([key(0)])) == 1


def downgraded(path):
    """Make a store one of the first version, which had fewer checksums."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("ALTER TABLE runs DROP COLUMN networks")
        connection.execute("ALTER TABLE run_lanes DROP COLUMN checksum")
        for number, *values in connection.execute(
            "SELECT id, command, data, fingerprint, shown, drawn FROM runs"
        ).fetchall():
            connection.execute("UPDATE runs SET checksum = ? WHERE id = ?", (digest(*values), number))
        connection.execute("PRAGMA user_version=1")


def test_a_store_of_the_first_version_is_read_as_it_was(path):
    store, run = filled(path)
    store.finish(run.number, "interrupted", '{"lambda": 0.1, "partial": 1}', "table")
    before = list(store.runs()), [list(name) for name, _ in store.lanes(store.run(1))]
    store.close()
    downgraded(path)
    store = opened(path)
    assert (list(store.runs()), [list(name) for name, _ in store.lanes(store.run(1))]) == before
    assert len(store.known([key(i) for i in range(3)])) == 3
    store.begin("[]", "{}", "moons", "f").put([lane(7)])
    assert store.run(1).networks == 4


@pytest.mark.parametrize(
    "change, damaged, lanes",
    [
        ("runs SET command = '[\"x\"]'", True, 0), ("runs SET asked = 'x'", True, 0), ("runs SET identity = x'00'", True, 0),
        ("runs SET status = 'done'", True, 0), ("runs SET status = 'failed'", True, 0), ("runs SET started = 'x'", True, 0),
        ("runs SET shown = CAST(x'80' AS TEXT)", True, 0), ("runs SET fingerprint = 'x'", True, 0),
        ("run_lanes SET name = 'x' WHERE lane = 1", False, 2), ("run_lanes SET lane = 99 WHERE lane = 1", False, 2),
        ("run_lanes SET name = replace(name, '0.1', '0.2') WHERE lane = 1", False, 2),
        ("lanes SET record = CAST(x'80' AS TEXT) WHERE id = 1", False, 2), ("lanes SET key = x'00' WHERE id = 1", False, 2),
    ],
)  # fmt: skip
def test_what_was_altered_in_a_store_of_the_first_version_stays_damaged(path, change, damaged, lanes):
    store, run = filled(path)
    store.finish(run.number, "interrupted", '{"lambda": 0.1, "partial": 1}', "table")
    store.close()
    downgraded(path)
    altered(path, f"UPDATE {change}")
    store = opened(path)
    assert [run.status == "damaged" for run in store.runs()] == [damaged]
    if not damaged:
        assert (store.run(1).networks, len(store.lanes(store.run(1)))) == (3, lanes)


def deleted(path):
    path.unlink()


def replaced(path):
    shutil.copy(path, path.with_name("copy"))
    path.with_name("copy").replace(path)


@pytest.mark.parametrize("change", [deleted, replaced])
def test_a_store_whose_file_is_another_one_now_is_not_written_to(path, change):
    store, run = filled(path)
    store.finish(run.number, "done", DONE, "")
    change(path)
    for access in (lambda: run.put([lane(7)]), lambda: run.known([key(1)]), lambda: store.run(1), lambda: next(store.runs()),
                   lambda: store.finish(1, "done", DONE, "")):  # fmt: skip
        with pytest.raises(StoreError, match=r"was deleted or replaced during this run, and what the run had"):
            access()


def test_a_message_names_the_last_runs_and_says_that_there_are_more(path):
    store = opened(path)
    for i in range(12):
        store.begin("[]", str(i), "moons", "f")
    with pytest.raises(
        StoreError, match=r"has no run 99\. The last 10 of its 12 runs: 3, 4, 5, 6, 7, 8, 9, 10, 11, 12\."
    ):
        store.run(99)
    store.remove(12)
    store.remove(11)
    with pytest.raises(StoreError, match=r"has no run 99\. Its runs: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10\."):
        store.remove(99)


@pytest.fixture
def unwritable(monkeypatch):
    """As the system says it of a read-only place."""
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)


def test_a_store_that_cannot_be_written_is_read_from_a_copy(path, unwritable):
    store, run = filled(path)
    store.finish(run.number, "done", DONE, "table")
    # What another process has not yet carried over from its log is read too.
    reader = opened(path, make=False)
    assert (reader.run(1).drawn, len(reader.lanes(reader.run(1)))) == ("table", 3)
    with pytest.raises(StoreError, match="can't be written: no permission"):
        reader.remove(1)
    store.close()
    downgraded(path)
    before = path.read_bytes()
    reader = opened(path, make=False)
    assert (reader.run(1).drawn, len(reader.lanes(reader.run(1)))) == ("table", 3)
    assert path.read_bytes() == before
