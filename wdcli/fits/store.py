"""Trained lanes and runs, kept in SQLite: a stored lane is never trained again, whichever run asks for it.

Lanes are found by a hash of what determines their numbers (``Block.keys``). A run is a command with its data: its lanes
and, once it has ended, its output. Rows that were altered since they were written are not used: each has a checksum.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from wdcli.errors import DataError, StoreError
from wdcli.fits.database import Database
from wdcli.fits.record_text import LaneName, from_text, name_from_text, to_text
from wdcli.fits.records import KeyedRecord, LaneRecord
from wdcli.fits.run import COLUMNS, DAMAGED, Run
from wdcli.fits.schema import digest
from wdcli.text import quoted

AT_ONCE = 500
"""Keys per query: SQLite limits the number of parameters."""
LINK = "INSERT OR IGNORE INTO run_lanes (run, name, checksum, lane) SELECT ?, ?, ?, id FROM lanes WHERE key = ?"
SHOWN = 10
"""The most runs that a message lists."""


class RecordStore(Protocol):
    """Where trained lanes are looked up and kept."""

    def known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        """The stored records of these keys. Raises ``StoreError``."""

    def put(self, keyed: Sequence[KeyedRecord]) -> None:
        """Store records, all or none. Raises ``StoreError``."""

    def trained_seconds(self, penalty: str, decay: str) -> float:
        """Seconds of earlier training for the sweep with this penalty; nan if unknown."""

    def hurry(self) -> None:
        """From now on, don't wait for other processes: the user wants to stop."""


class NullStore:
    """A store that keeps nothing."""

    def known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        """Nothing."""
        return {}

    def put(self, keyed: Sequence[KeyedRecord]) -> None:
        """Discard the records."""

    def trained_seconds(self, penalty: str, decay: str) -> float:
        """None."""
        return 0.0

    def hurry(self) -> None:
        """Do nothing: this store never waits."""


class Store:
    """An open store."""

    def __init__(self, path: Path, make: bool = True) -> None:
        """Open the store at ``path``; with ``make``, create it if it is missing. Raises ``StoreError``."""
        self.database = Database(path, make)
        self.name = self.database.name
        self.damaged: set[bytes] = set()
        """Keys of altered lanes, which are trained again."""

    def close(self) -> None:
        """Close the store; committed data is already on disk."""
        self.database.close()

    def begin(self, command: str, asked: str, data: str, fingerprint: str) -> "RunStore":
        """Begin, or continue, the run that asks for this on data with this name and fingerprint; ``command`` is JSON.

        Raises ``DataError`` if such a run was interrupted on other data of the same name: it would mix the two.
        """
        identity = digest(asked, fingerprint)
        with self.database.transaction():
            self._check_same_data(asked, data, fingerprint)
            for run in self._found("identity = ?", identity):
                if run.status != DAMAGED:
                    self._mend(run)
                    return RunStore(self, run.id, run)
            self.database.write("DELETE FROM runs WHERE identity = ?", [identity])
            run = self._new(
                Run(0, identity, command, asked, data, fingerprint, _now(), "unfinished", "", "", networks=0)
            )
        return RunStore(self, run.id, run)

    def _new(self, run: Run) -> Run:
        """Store a new run, with a number that no run has had before."""
        insert = f"INSERT INTO runs ({', '.join(COLUMNS[1:])}, checksum) VALUES ({_marks(COLUMNS)})"
        self.database.write(insert, [*astuple(run)[1:], b""])
        ((number,),) = self.database.rows("SELECT id FROM runs WHERE identity = ?", run.identity)
        self._save(replace(run, id=number))
        return replace(run, id=number)

    def _check_same_data(self, asked: str, data: str, fingerprint: str) -> None:
        for run in self._found("asked = ? AND fingerprint <> ?", asked, fingerprint):
            if run.status in ("unfinished", "interrupted") and run.networks:
                raise DataError(
                    f"{quoted(data)} has changed since run {run.id}, which is not finished. "
                    f"Remove the run with 'wdcli runs rm {run.id}', or restore the old data."
                )

    def _mend(self, run: Run) -> None:
        """Drop altered links between the run and its lanes: the run is about to ask for all its lanes again."""
        links = self.database.rows(
            "SELECT lane, name, run_lanes.checksum, key FROM run_lanes LEFT JOIN lanes ON id = lane WHERE run = ?",
            run.id,
        )
        good = [link for *link, key in links if link[-1] == digest(run.identity, key, link[1])]
        if len(good) < max(len(links), run.networks):
            self.database.write("DELETE FROM run_lanes WHERE run = ?", [run.id])
            self.database.write("INSERT INTO run_lanes (run, lane, name, checksum) VALUES (?, ?, ?, ?)",
                                *([run.id, *link] for link in good))  # fmt: skip
            self._save(replace(run, networks=len(good)))

    def _found(self, where: str, *values: str | bytes | int) -> list[Run]:
        rows = self.database.rows(f"SELECT {', '.join(COLUMNS)}, checksum FROM runs WHERE {where} ORDER BY id", *values)
        return [Run.read(row) for row in rows]

    def _save(self, run: Run) -> None:
        columns = ", ".join(f"{name} = ?" for name in COLUMNS)
        self.database.write(
            f"UPDATE runs SET {columns}, checksum = ? WHERE id = ?", [*astuple(run), run.checksum, run.id]
        )

    def runs(self) -> Iterator[Run]:
        """All runs, oldest first; damaged ones have only a number and a status.

        They are read one at a time: what a thousand runs have printed takes a gigabyte.
        """
        for (number,) in self.database.rows("SELECT id FROM runs ORDER BY id"):
            yield from self._found("id = ?", number)

    def latest(self) -> int:
        """The number of the newest run. Raises ``StoreError`` if there is none."""
        ((number,),) = self.database.rows("SELECT MAX(id) FROM runs")
        if number is None:
            raise StoreError(f"the store {self.name} is empty: it has no runs.")
        return int(number)

    def run(self, number: int) -> Run:
        """One run. Raises ``StoreError`` if no run has this number, or if it is damaged."""
        found = self._found("id = ?", number)
        if not found:
            raise StoreError(self._absent(number))
        return self._undamaged(found[0])

    def _undamaged(self, run: Run) -> Run:
        """The run. Raises ``StoreError`` if it is damaged."""
        if run.status == DAMAGED:
            raise StoreError(
                f"run {run.id} of the store {self.name} is damaged: remove it with 'wdcli runs rm {run.id}'."
            )
        return run

    def _absent(self, number: int) -> str:
        there = [str(one) for (one,) in self.database.rows("SELECT id FROM runs ORDER BY id")]
        which = "Its runs" if len(there) <= SHOWN else f"The last {SHOWN} of its {len(there):,} runs"
        some = f"{which}: {', '.join(there[-SHOWN:])}." if there else "It is empty."
        return f"the store {self.name} has no run {number}. {some}"

    def lanes(self, run: Run) -> list[tuple[LaneName, LaneRecord]]:
        """The lanes of a run with their names, in the order they were stored; damaged ones are left out."""
        rows = self.database.rows(
            "SELECT name, run_lanes.checksum, key, record, lanes.checksum FROM lanes JOIN run_lanes ON lane = id "
            "WHERE run = ? ORDER BY id, name", run.id,
        )  # fmt: skip
        found = []
        for name, linked, key, record, checksum in rows:
            if linked == digest(run.identity, key, name) and checksum == digest(key, record):
                with contextlib.suppress(ValueError):
                    found.append((name_from_text(name), from_text(record)))
        return found

    def remove(self, number: int) -> None:
        """Remove a run, and the lanes that no other run has. Raises ``StoreError`` if no run has this number."""
        with self.database.transaction():
            if not self.database.write("DELETE FROM runs WHERE id = ?", [number]):
                raise StoreError(self._absent(number))
            self.database.write("DELETE FROM lanes WHERE id NOT IN (SELECT lane FROM run_lanes)", [])

    def known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        """The stored records of these keys; keys of damaged records are added to ``damaged``."""
        found: dict[bytes, LaneRecord] = {}
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            rows = self.database.rows(f"SELECT key, record, checksum FROM lanes WHERE key IN ({_marks(some)})", *some)
            for key, record, checksum in rows:
                with contextlib.suppress(ValueError):
                    if checksum == digest(key, record):
                        found[key] = from_text(record)
            self.damaged |= {key for key, _, _ in rows if key not in found}
        return found

    def put(self, number: int, keyed: Sequence[KeyedRecord]) -> None:
        """Store records and link them to this run; records already stored are kept, unless damaged."""
        texts = [(one.key, to_text(one.record), one.name) for one in keyed]
        records = [(text, digest(key, text), key) for key, text, _ in texts]
        write = self.database.write
        with self.database.transaction():
            run = self._present(number)
            write("INSERT OR IGNORE INTO lanes (record, checksum, key) VALUES (?, ?, ?)", *records)
            again = [row for row in records if row[-1] in self.damaged]
            write("UPDATE lanes SET record = ?, checksum = ? WHERE key = ?", *again)
            new = write(LINK, *((number, name, digest(run.identity, key, name), key) for key, _, name in texts))
            if new:
                # The row also holds what the run has shown, which takes time to write.
                self._save(replace(run, networks=run.networks + new))

    def _present(self, number: int) -> Run:
        found = self._found("id = ?", number)
        if not found:
            raise StoreError(f"run {number} was removed from the store {self.name} during this run.")
        return self._undamaged(found[0])

    def finish(self, number: int, status: str, shown: str, drawn: str, command: str | None = None) -> None:
        """Store a run's status and output, and its words if it was given again.

        A run that failed before its first lane was stored is removed.
        """
        with self.database.transaction():
            run = self._present(number)
            if status == "failed" and not run.networks:
                self.database.write("DELETE FROM runs WHERE id = ?", [number])
            else:
                self._save(replace(run, status=status, shown=shown, drawn=drawn, command=command or run.command))


@dataclass(frozen=True)
class RunStore:
    """One run's part of a store. ``before`` is the run as it was when it was begun."""

    store: Store
    number: int
    before: Run

    def known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        """The stored records of these keys, from any run."""
        return self.store.known(keys)

    def put(self, keyed: Sequence[KeyedRecord]) -> None:
        """Store records of this run."""
        self.store.put(self.number, keyed)

    def trained_seconds(self, penalty: str, decay: str) -> float:
        """Seconds of earlier training, as its run recorded them."""
        return self.before.trained_seconds(penalty, decay)

    def networks(self) -> int:
        """How many of the run's networks are stored."""
        return self.store.run(self.number).networks

    def finish(self, status: str, shown: str, drawn: str, command: str) -> None:
        """Store the run's status, output and words."""
        self.store.finish(self.number, status, shown, drawn, command)

    def hurry(self) -> None:
        """From now on, don't wait for other processes."""
        self.store.database.hurry()


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
