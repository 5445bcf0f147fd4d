"""A store's file: an SQLite database with known tables, upgraded when it is opened.

Committed data is on disk (WAL, synchronous=FULL), and several processes may use the same file.
"""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from wdcli.errors import StoreError
from wdcli.fits.schema import APPLICATION, MIGRATIONS, apply, tables, tables_of
from wdcli.text import safe

WAIT, BREATH = 30.0, 0.2
"""Seconds to wait for another process's writes, in total and per attempt; interrupts are handled between attempts."""
LONGEST = 64 << 20
"""Maximum bytes of one value; no run prints more."""


class Database:
    """An open database. Errors are raised as ``StoreError``, with the file's name and what to do."""

    def __init__(self, path: Path, make: bool = True) -> None:
        """Open the file at ``path``; with ``make``, create it if it is missing, readable by its owner only.

        A file opened for reading (``make`` False) that can't be written is copied into memory, since even readers of a
        WAL database write. Also raises ``StoreError`` if another program or a newer version made the file.
        """
        self.path, self.name, self.patience = path, f"'{safe(path, 200)}'", WAIT
        self.place: tuple[int, int] | None = None
        with self._told():
            self._find(make)
            copied = not make and not all(os.access(one, os.W_OK) for one in (path, path.resolve().parent))
            self.connection = _copy(path) if copied else _connect(path)
        try:
            with self._told():
                self._prepare()
                if copied:
                    self.connection.execute("PRAGMA query_only=ON")
                else:
                    self.place = _place(path)
        except BaseException:
            self.close()
            raise

    def _find(self, make: bool) -> None:
        path = self.path
        if make:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                path.touch(mode=0o600)
        elif not path.exists() or (path.is_file() and not path.stat().st_size):
            raise StoreError(f"there is no store at {self.name}: run a sweep first, or name another with --store.")

    def _prepare(self) -> None:
        execute = self.connection.execute
        execute("PRAGMA trusted_schema=OFF")
        execute("PRAGMA synchronous=FULL")
        execute("PRAGMA foreign_keys=ON")
        if self._version() < len(MIGRATIONS):
            self._migrate()
        if execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            # The mode can't be changed while other processes have the file open; other modes are as safe, but slower.
            with contextlib.suppress(sqlite3.OperationalError):
                execute("PRAGMA journal_mode=WAL")

    def _version(self) -> int:
        """The version of the schema, 0 for a new file. Raises ``StoreError`` if the tables aren't that version's."""
        with self.transaction("DEFERRED"):
            version, application = (
                int(self.connection.execute(f"PRAGMA {name}").fetchone()[0])
                for name in ("user_version", "application_id")
            )
            found = tables(self.connection)
        if application != APPLICATION and (found or version):
            raise StoreError(f"{self.name} is a database, but not a store of wdcli: name another with --store.")
        if version > len(MIGRATIONS):
            raise StoreError(
                f"{self.name} was made by a newer wdcli (its version is {version}, this one reads {len(MIGRATIONS)}): "
                "update wdcli, or name another --store."
            )
        if found != tables_of(version):
            raise StoreError(
                f"the store {self.name} is damaged: its tables are not those that wdcli makes. Move it away, and "
                "wdcli makes a new one."
            )
        return version

    def _migrate(self) -> None:
        with self.transaction():
            # Another process may have migrated it already.
            version = self.connection.execute("PRAGMA user_version").fetchone()[0]
            apply(self.connection, MIGRATIONS[version:])
            self.connection.execute(f"PRAGMA application_id={APPLICATION}")
            self.connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")

    def close(self) -> None:
        """Close the database; committed data is already on disk."""
        self.connection.close()

    def hurry(self) -> None:
        """From now on, don't wait for other processes."""
        self.patience = 0.0

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """The rows that a query finds."""
        with self._told():
            self._check_place()
            return self.connection.execute(sql, values).fetchall()

    def write(self, sql: str, *rows: Sequence[Any]) -> int:
        """Run a statement with each row of values, within a transaction; return how many table rows it changed."""
        with self._told():
            return self.connection.executemany(sql, rows).rowcount

    @contextlib.contextmanager
    def transaction(self, kind: str = "IMMEDIATE") -> Iterator[None]:
        """All or nothing; the write lock is taken at the start, so that a second process waits instead of failing."""
        with self._told():
            try:
                self._begin(kind)
                self._check_place()
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

    def _check_place(self) -> None:
        """Raise ``StoreError`` if the path no longer leads to the open file: a deleted file can still be written."""
        if self.place is not None and _place(self.path) != self.place:
            raise StoreError(
                f"the store {self.name} was deleted or replaced during this run, and what the run had stored is lost."
            )

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn SQLite's and the system's errors into ``StoreError``, with the store's name and what to do."""
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"the store {self.name} {_why(error)}") from None
        except OSError as error:
            raise StoreError(
                f"the store {self.name} can't be opened: {error.strerror}. Name another with --store, or leave it out "
                "with --no-store."
            ) from None


def _connect(name: str | Path, uri: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(name, timeout=min(BREATH, WAIT), isolation_level=None, uri=uri)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    # Altered bytes aren't an error here: they decode to some other text, which the checksum rejects.
    connection.text_factory = lambda data: data.decode(errors="replace")
    return connection


def _copy(path: Path) -> sqlite3.Connection:
    """A copy in memory; if SQLite can't create its files beside the database, the file is opened as immutable."""
    real = path.resolve()
    try:
        return _in_memory(f"{real.as_uri()}?mode=ro")
    except sqlite3.OperationalError:
        log = Path(f"{real}-wal")
        if log.exists() and log.stat().st_size:
            # Opening it as immutable would miss what is only in the log.
            raise
        return _in_memory(f"{real.as_uri()}?immutable=1")


def _in_memory(uri: str) -> sqlite3.Connection:
    with contextlib.ExitStack() as stack:
        copy = stack.enter_context(contextlib.closing(_connect(":memory:")))
        with contextlib.closing(_connect(uri, uri=True)) as source:
            source.backup(copy)
        stack.pop_all()
    return copy


def _place(path: Path) -> tuple[int, int] | None:
    """The identity (device, inode) of the file at ``path``, or None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


WHYS: tuple[tuple[str, str], ...] = (
    ("locked", "is locked by another process: try again, or leave it out with --no-store."),
    ("readonly", "can't be written: no permission. Name another with --store, or leave it out with --no-store."),
    ("full", "can't be written: the disk is full."),
    ("disk I/O", "can't be read or written: name another with --store, or leave it out with --no-store."),
    ("unable to open", "can't be opened: name another with --store, or leave it out with --no-store."),
    ("not a database", "is not a database: name another with --store, or move it away."),
    ("malformed", "is damaged: move it away, and wdcli makes a new one."),
    ("too big", "is damaged: move it away, and wdcli makes a new one."),
    ("no such", "is damaged: move it away, and wdcli makes a new one."),
)
"""Words in SQLite's messages, and what to tell the user."""


def _why(error: sqlite3.Error) -> str:
    message = str(error)
    return next((why for word, why in WHYS if word in message), f"can't be used: {message}.")
