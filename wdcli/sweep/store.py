"""What has been trained, kept in SQLite: a lane that is there is never trained again, whoever asked for it first.

Lanes are found by the hash of what determines their numbers (``task.Task.keys``). A run is a command with its data: its lanes,
and when it ended what it printed. Each row has a checksum: SQLite notices a damaged structure, but not an altered value.
Everything that is acknowledged is on the disk (WAL, synchronous=FULL), and several processes may use one store.
"""

import contextlib
import hashlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from wdcli.errors import DataError, StoreError
from wdcli.sweep.records import Lane, LaneRecord, from_text, to_text
from wdcli.text import quoted, safe

APPLICATION = 0x7764636C
"""SQLite's ``application_id`` of a store: "wdcl"."""
MIGRATIONS = (
    """
    CREATE TABLE lanes (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, record TEXT NOT NULL, checksum BLOB NOT NULL);
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT, identity BLOB NOT NULL UNIQUE, command TEXT NOT NULL, asked TEXT NOT NULL,
        data TEXT NOT NULL, fingerprint TEXT NOT NULL, started TEXT NOT NULL, status TEXT NOT NULL,
        shown TEXT NOT NULL, drawn TEXT NOT NULL, checksum BLOB NOT NULL
    );
    CREATE TABLE run_lanes (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, lane INTEGER NOT NULL REFERENCES lanes ON DELETE CASCADE,
        name TEXT NOT NULL, PRIMARY KEY (run, lane, name)
    ) WITHOUT ROWID;
    CREATE INDEX run_of_lane ON run_lanes (lane);
    """,
)
"""From each version of the schema to the next; ``user_version`` counts them."""
PATIENCE, BREATH = 30.0, 0.2
"""Seconds to wait for another process that is writing, in all and at once: in between, an interrupt is heard."""
AT_ONCE = 500
"""Keys of one query: SQLite bounds the number of parameters."""


class Lanes(Protocol):
    """Where trained lanes are looked up and kept."""

    def known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        """The records that are there. Raises ``StoreError``."""

    def put(self, lanes: Sequence[Lane]) -> None:
        """Keep them, all or none. Raises ``StoreError``."""

    def hurry(self) -> None:
        """From now on, wait for no other process: the user wants it to end."""


class NoLanes:
    """Nothing is kept."""

    def known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        """Nothing."""
        return {}

    def put(self, lanes: Sequence[Lane]) -> None:
        """Not kept."""

    def hurry(self) -> None:
        """As fast as can be."""


@dataclass(frozen=True)
class Run:
    """A command that was run: its words, what it asked for, its data, how it ended, and what it printed.

    ``shown`` is the JSON object, ``drawn`` the table with its colours; both are empty for a run that was killed, and for one
    whose row was altered (status "damaged"). ``lanes`` is how many of its networks are there.
    """

    id: int
    command: str
    data: str
    fingerprint: str
    started: str
    status: str
    shown: str
    drawn: str
    lanes: int


class Store:
    """An open store."""

    def __init__(self, path: Path, make: bool = True) -> None:
        """Open the store at ``path``; if there is none it is made, readable by its owner alone, or not (``make`` False).

        Raises ``StoreError`` if it can't be opened, is no store, or was made by a newer version.
        """
        self.name = f"'{safe(path, 200)}'"
        self.damaged, self.patience = 0, PATIENCE
        with self._told():
            if make:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                if not path.exists():
                    path.touch(mode=0o600)
            elif not path.exists() or (path.is_file() and not path.stat().st_size):
                raise StoreError(f"there is no store at {self.name}: run a sweep first, or name another with --store.")
            self.connection = sqlite3.connect(path, timeout=min(BREATH, PATIENCE), isolation_level=None)
            # Bytes that were altered are no error but another text, which its checksum tells.
            self.connection.text_factory = lambda data: data.decode(errors="replace")
        try:
            with self._told():
                self._prepare()
        except StoreError:
            self.connection.close()
            raise

    def _prepare(self) -> None:
        execute = self.connection.execute
        execute("PRAGMA synchronous=FULL")
        execute("PRAGMA foreign_keys=ON")
        if self._version("DEFERRED") < len(MIGRATIONS):
            self._migrate()
        if execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            # While others have it open it can't be changed; it is as safe without, and slower.
            with contextlib.suppress(sqlite3.OperationalError):
                execute("PRAGMA journal_mode=WAL")

    def _version(self, kind: str) -> int:
        """The version of the schema, 0 for a new file. Raises ``StoreError`` for another program's and a newer one's."""
        with self._transaction(kind):
            version, application = (
                int(self.connection.execute(f"PRAGMA {name}").fetchone()[0])
                for name in ("user_version", "application_id")
            )
            tables = self.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if application != APPLICATION and (tables or version):
            raise StoreError(f"{self.name} is a database, but no store of wdcli's: name another with --store.")
        if version > len(MIGRATIONS):
            raise StoreError(
                f"{self.name} was made by a newer wdcli (its version is {version}, this one reads {len(MIGRATIONS)}): "
                "update wdcli, or name another --store."
            )
        return version

    def _migrate(self) -> None:
        with self._transaction():
            # Another process may have been faster.
            version = self.connection.execute("PRAGMA user_version").fetchone()[0]
            for migration in MIGRATIONS[version:]:
                for statement in filter(str.strip, migration.split(";")):
                    self.connection.execute(statement)
            self.connection.execute(f"PRAGMA application_id={APPLICATION}")
            self.connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")

    def close(self) -> None:
        """End; what was acknowledged is on the disk already."""
        self.connection.close()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong in SQLite is said with the store's name and what to do."""
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"the store {self.name} {_why(error)}") from None
        except OSError as error:
            raise StoreError(
                f"the store {self.name} can't be opened: {error.strerror}. Name another with --store, or leave it out "
                "with --no-store."
            ) from None

    @contextlib.contextmanager
    def _transaction(self, kind: str = "IMMEDIATE") -> Iterator[None]:
        """All of it or nothing; the right to write is taken at once, so that two processes wait instead of failing."""
        with self._told():
            try:
                self._begin(kind)
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self.connection.execute("ROLLBACK")
                raise

    def _begin(self, kind: str) -> None:
        end = time.monotonic() + self.patience
        while True:
            try:
                self.connection.execute(f"BEGIN {kind}")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > end:
                    raise
            else:
                return

    def hurry(self) -> None:
        """From now on, wait for no other process."""
        self.patience = 0.0

    def _rows(self, sql: str, *values: Any) -> list[Any]:
        with self._told():
            return self.connection.execute(sql, values).fetchall()

    def begin(self, command: str, asked: str, data: str, fingerprint: str) -> "RunLanes":
        """A run of these words (JSON) that asks for this of data with this name and fingerprint; again, if it was before.

        Raises ``DataError`` if such a run was broken off on other data of the same name: half of it would be of either.
        """
        identity = _digest(asked, fingerprint)
        other = self._rows(
            "SELECT id FROM runs WHERE asked = ? AND fingerprint <> ? AND status IN ('unfinished', 'interrupted') "
            "AND id IN (SELECT run FROM run_lanes)",
            asked, fingerprint,
        )  # fmt: skip
        if other:
            raise DataError(
                f"{quoted(data)} has changed since run {other[0][0]}, which was broken off: its fingerprint is another. "
                f"Forget it with 'wdcli runs rm {other[0][0]}', or bring the old data back."
            )
        with self._transaction():
            there = self._rows("SELECT id FROM runs WHERE identity = ?", identity)
            if there:
                return RunLanes(self, int(there[0][0]))
            made = self.connection.execute(
                "INSERT INTO runs (identity, command, asked, data, fingerprint, started, status, shown, drawn, checksum) "
                "VALUES (?, ?, ?, ?, ?, ?, 'unfinished', '', '', ?)",
                (identity, command, asked, data, fingerprint, _now(), _digest(command, data, fingerprint, "", "")),
            )
        return RunLanes(self, int(made.lastrowid or 0))

    def runs(self) -> list[Run]:
        """All runs, the oldest first."""
        return [self._checked(row) for row in self._rows(f"{SELECT_RUNS} ORDER BY id")]

    def _checked(self, row: Sequence[Any]) -> Run:
        *values, checksum = row
        run = Run(*values)
        if checksum == _digest(run.command, run.data, run.fingerprint, run.shown, run.drawn):
            return run
        return replace(run, command="[]", status="damaged", shown="", drawn="")

    def run(self, number: int) -> Run:
        """One run. Raises ``StoreError`` if there is none of this number, or if it is damaged."""
        rows = self._rows(f"{SELECT_RUNS} WHERE id = ?", number)
        if not rows:
            raise StoreError(self._absent(number))
        run = self._checked(rows[0])
        if run.status == "damaged":
            raise StoreError(
                f"run {number} of the store {self.name} was damaged: forget it with 'wdcli runs rm {number}'."
            )
        return run

    def _absent(self, number: int) -> str:
        there = ", ".join(str(one) for (one,) in self._rows("SELECT id FROM runs ORDER BY id")[-10:])
        return f"the store {self.name} has no run {number}. " + (f"Its runs: {there}." if there else "It is empty.")

    def lanes(self, number: int) -> list[tuple[str, LaneRecord]]:
        """The lanes of a run by their names, in the order in which they were stored; damaged ones are left out."""
        rows = self._rows(
            "SELECT name, key, record, checksum FROM lanes JOIN run_lanes ON lane = id WHERE run = ? ORDER BY id, name",
            number,
        )
        return [(name, from_text(record)) for name, key, record, checksum in rows if checksum == _digest(key, record)]

    def remove(self, number: int) -> None:
        """Forget a run, and the lanes that no other run has. Raises ``StoreError`` if there is none of this number."""
        with self._transaction():
            if not self.connection.execute("DELETE FROM runs WHERE id = ?", (number,)).rowcount:
                raise StoreError(self._absent(number))
            self.connection.execute("DELETE FROM lanes WHERE id NOT IN (SELECT lane FROM run_lanes)")

    def known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        """The records of those keys that are there; damaged ones are removed, and counted in ``damaged``."""
        found: dict[bytes, LaneRecord] = {}
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            rows = self._rows(f"SELECT key, record, checksum FROM lanes WHERE key IN ({_marks(some)})", *some)
            good = {key: record for key, record, checksum in rows if checksum == _digest(key, record)}
            found |= {key: from_text(record) for key, record in good.items()}
            bad = [key for key, _, _ in rows if key not in good]
            if bad:
                self.damaged += len(bad)
                with self._transaction():
                    self.connection.execute(f"DELETE FROM lanes WHERE key IN ({_marks(bad)})", bad)
        return found

    def put(self, run: int, lanes: Sequence[Lane]) -> None:
        """Keep lanes, and that they are this run's; records that are there already stay."""
        texts = [(lane.key, to_text(lane.record), lane.name) for lane in lanes]
        with self._transaction():
            if not self.connection.execute("SELECT 1 FROM runs WHERE id = ?", (run,)).fetchone():
                raise StoreError(f"run {run} was removed from the store {self.name} meanwhile.")
            self.connection.executemany(
                "INSERT OR IGNORE INTO lanes (key, record, checksum) VALUES (?, ?, ?)",
                [(key, text, _digest(key, text)) for key, text, _ in texts],
            )
            self.connection.executemany(
                "INSERT OR IGNORE INTO run_lanes SELECT ?, id, ? FROM lanes WHERE key = ?",
                [(run, name, key) for key, _, name in texts],
            )

    def finish(self, run: int, status: str, shown: str, drawn: str) -> None:
        """What came of a run; of one that failed before its first lane, nothing is kept."""
        with self._transaction():
            if status == "failed":
                self.connection.execute(
                    "DELETE FROM runs WHERE id = ? AND id NOT IN (SELECT run FROM run_lanes)", (run,)
                )
            facts = self.connection.execute(
                "SELECT command, data, fingerprint FROM runs WHERE id = ?", (run,)
            ).fetchone()
            if facts:
                self.connection.execute(
                    "UPDATE runs SET status = ?, shown = ?, drawn = ?, checksum = ? WHERE id = ?",
                    (status, shown, drawn, _digest(*facts, shown, drawn), run),
                )


@dataclass(frozen=True)
class RunLanes:
    """The lanes of one run of a store."""

    store: Store
    run: int

    def known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        """The records that are there, whosever they are."""
        return self.store.known(keys)

    def put(self, lanes: Sequence[Lane]) -> None:
        """Keep lanes of this run."""
        self.store.put(self.run, lanes)

    def hurry(self) -> None:
        """From now on, wait for no other process."""
        self.store.hurry()


SELECT_RUNS = (
    "SELECT id, command, data, fingerprint, started, status, shown, drawn, "
    "(SELECT count(*) FROM run_lanes WHERE run = runs.id), checksum FROM runs"
)


def _digest(*parts: str | bytes) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.digest()


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


WHYS: tuple[tuple[str, str], ...] = (
    ("locked", "is locked by another process: try again, or leave it out with --no-store."),
    ("readonly", "can't be written: no permission. Name another with --store, or leave it out with --no-store."),
    ("full", "can't be written: the disk is full."),
    ("disk I/O", "can't be read or written: name another with --store, or leave it out with --no-store."),
    ("unable to open", "can't be opened: name another with --store, or leave it out with --no-store."),
    ("not a database", "is no database: name another with --store, or move it away."),
    ("malformed", "is damaged: move it away, and a new one is made."),
    ("no such", "is damaged: move it away, and a new one is made."),
)
"""Words of SQLite's messages, and what they mean here."""


def _why(error: sqlite3.Error) -> str:
    message = str(error)
    return next((why for word, why in WHYS if word in message), f"can't be used: {message}.")
