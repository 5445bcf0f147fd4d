"""What has been trained, kept in SQLite: a lane that is there is never trained again, whoever asked for it first.

Lanes are found by the hash of what determines their numbers (``Block.keys``). A run is a command with its data: its lanes,
and when it ended what it printed. What was altered since it was written is never believed: each row has a checksum.
"""

import contextlib
from collections.abc import Sequence
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
"""Keys of one query: SQLite bounds the number of parameters."""
LINK = "INSERT OR IGNORE INTO run_lanes (run, name, checksum, lane) SELECT ?, ?, ?, id FROM lanes WHERE key = ?"
SHOWN = 10
"""Runs that a message names."""


class RecordStore(Protocol):
    """Where trained lanes are looked up and kept."""

    def known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        """The records that are there. Raises ``StoreError``."""

    def put(self, keyed: Sequence[KeyedRecord]) -> None:
        """Keep them, all or none. Raises ``StoreError``."""

    def trained_seconds(self, penalty: str, decay: str) -> float:
        """Seconds for which the sweep with this penalty was trained before; nan where that isn't known."""

    def hurry(self) -> None:
        """From now on, wait for no other process: the user wants it to end."""


class NullStore:
    """Nothing is kept."""

    def known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        """Nothing."""
        return {}

    def put(self, keyed: Sequence[KeyedRecord]) -> None:
        """Not kept."""

    def trained_seconds(self, penalty: str, decay: str) -> float:
        """None."""
        return 0.0

    def hurry(self) -> None:
        """As fast as can be."""


class Store:
    """An open store."""

    def __init__(self, path: Path, make: bool = True) -> None:
        """Open the store at ``path``, made if there is none, or not (``make`` False). Raises ``StoreError``."""
        self.database = Database(path, make)
        self.name = self.database.name
        self.damaged: set[bytes] = set()
        """Keys of lanes that were altered: they are trained again."""

    def close(self) -> None:
        """End; what was acknowledged is on the disk already."""
        self.database.close()

    def begin(self, command: str, asked: str, data: str, fingerprint: str) -> "RunStore":
        """A run of these words (JSON) that asks for this of data with this name and fingerprint; again, if it was before.

        Raises ``DataError`` if such a run was broken off on other data of the same name: half of it would be of either.
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
        """The run as it is stored, with a number that no run had before."""
        insert = f"INSERT INTO runs ({', '.join(COLUMNS[1:])}, checksum) VALUES ({_marks(COLUMNS)})"
        self.database.write(insert, [*astuple(run)[1:], b""])
        ((number,),) = self.database.rows("SELECT id FROM runs WHERE identity = ?", run.identity)
        self._save(replace(run, id=number))
        return replace(run, id=number)

    def _check_same_data(self, asked: str, data: str, fingerprint: str) -> None:
        for run in self._found("asked = ? AND fingerprint <> ?", asked, fingerprint):
            if run.status in ("unfinished", "interrupted") and run.networks:
                raise DataError(
                    f"{quoted(data)} has changed since run {run.id}, which was broken off: its fingerprint is another. "
                    f"Forget it with 'wdcli runs rm {run.id}', or bring the old data back."
                )

    def _mend(self, run: Run) -> None:
        """Forget which lanes were the run's where that was altered: it is about to ask for all of them again."""
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

    def runs(self) -> list[Run]:
        """All runs, the oldest first; of damaged ones little more than that."""
        return self._found("TRUE")

    def latest(self) -> int:
        """The number of the run that was begun last. Raises ``StoreError`` if there is none."""
        ((number,),) = self.database.rows("SELECT MAX(id) FROM runs")
        if number is None:
            raise StoreError(f"the store {self.name} is empty: it has no last run.")
        return int(number)

    def run(self, number: int) -> Run:
        """One run. Raises ``StoreError`` if there is none of this number, or if it is damaged."""
        found = self._found("id = ?", number)
        if not found:
            raise StoreError(self._absent(number))
        if found[0].status == DAMAGED:
            raise StoreError(
                f"run {number} of the store {self.name} was damaged: forget it with 'wdcli runs rm {number}'."
            )
        return found[0]

    def _absent(self, number: int) -> str:
        there = [str(one) for (one,) in self.database.rows("SELECT id FROM runs ORDER BY id")]
        which = "Its runs" if len(there) <= SHOWN else f"The last {SHOWN} of its {len(there):,} runs"
        some = f"{which}: {', '.join(there[-SHOWN:])}." if there else "It is empty."
        return f"the store {self.name} has no run {number}. {some}"

    def lanes(self, run: Run) -> list[tuple[LaneName, LaneRecord]]:
        """The lanes of a run by their names, in the order in which they were stored; damaged ones are left out."""
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
        """Forget a run, and the lanes that no other run has. Raises ``StoreError`` if there is none of this number."""
        with self.database.transaction():
            if not self.database.write("DELETE FROM runs WHERE id = ?", [number]):
                raise StoreError(self._absent(number))
            self.database.write("DELETE FROM lanes WHERE id NOT IN (SELECT lane FROM run_lanes)", [])

    def known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        """The records of those keys that are there; the keys of damaged ones are added to ``damaged``."""
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
        """Keep records, and that they are this run's; those that are there already stay, but for damaged ones."""
        texts = [(one.key, to_text(one.record), one.name) for one in keyed]
        records = [(text, digest(key, text), key) for key, text, _ in texts]
        write = self.database.write
        with self.database.transaction():
            run = self._present(number)
            write("INSERT OR IGNORE INTO lanes (record, checksum, key) VALUES (?, ?, ?)", *records)
            again = [row for row in records if row[-1] in self.damaged]
            write("UPDATE lanes SET record = ?, checksum = ? WHERE key = ?", *again)
            new = write(LINK, *((number, name, digest(run.identity, key, name), key) for key, _, name in texts))
            self._save(replace(run, networks=run.networks + new))

    def _present(self, number: int) -> Run:
        if not self._found("id = ?", number):
            raise StoreError(f"run {number} was removed from the store {self.name} meanwhile.")
        return self.run(number)

    def finish(self, number: int, status: str, shown: str, drawn: str, command: str | None = None) -> None:
        """What came of a run, and its words where it was given again; of one that failed before its first lane, nothing is
        kept.
        """
        with self.database.transaction():
            run = self._present(number)
            if status == "failed" and not run.networks:
                self.database.write("DELETE FROM runs WHERE id = ?", [number])
            else:
                self._save(replace(run, status=status, shown=shown, drawn=drawn, command=command or run.command))


@dataclass(frozen=True)
class RunStore:
    """One run's part of a store. The run has this ``number``, and was as ``before`` when it was begun."""

    store: Store
    number: int
    before: Run

    def known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        """The records that are there, whosever they are."""
        return self.store.known(keys)

    def put(self, keyed: Sequence[KeyedRecord]) -> None:
        """Keep records of this run."""
        self.store.put(self.number, keyed)

    def trained_seconds(self, penalty: str, decay: str) -> float:
        """As its run says."""
        return self.before.trained_seconds(penalty, decay)

    def networks(self) -> int:
        """How many of the run's networks are stored by now."""
        return self.store.run(self.number).networks

    def finish(self, status: str, shown: str, drawn: str, command: str) -> None:
        """What came of the run."""
        self.store.finish(self.number, status, shown, drawn, command)

    def hurry(self) -> None:
        """From now on, wait for no other process."""
        self.store.database.hurry()


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
