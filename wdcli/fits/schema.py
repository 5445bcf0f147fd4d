"""The tables of a store, and how older stores are upgraded.

Each row has a checksum: SQLite detects a damaged structure, but not an altered value. A lane's checksum covers its key
and record; a run's, all its columns; that of a lane in a run, the run's identity, the lane's key and its name in the
run.
"""

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterable

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
    # The first version had no checksums of identity, asked, started, status and names, and did not count a run's networks.
    """
    ALTER TABLE runs ADD COLUMN networks INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE run_lanes ADD COLUMN checksum BLOB NOT NULL DEFAULT x'';
    UPDATE runs SET networks = (SELECT count(*) FROM run_lanes WHERE run = id);
    UPDATE runs SET checksum = digest(id, identity, CAST(command AS BLOB), CAST(asked AS BLOB), CAST(data AS BLOB),
            CAST(fingerprint AS BLOB), CAST(started AS BLOB), CAST(status AS BLOB), CAST(shown AS BLOB), CAST(drawn AS BLOB),
            networks)
        WHERE identity = digest(CAST(asked AS BLOB), CAST(fingerprint AS BLOB)) AND checksum =
            digest(CAST(command AS BLOB), CAST(data AS BLOB), CAST(fingerprint AS BLOB), CAST(shown AS BLOB),
                CAST(drawn AS BLOB));
    UPDATE run_lanes SET checksum = coalesce((
        SELECT digest(identity, key, CAST(name AS BLOB)) FROM runs, lanes
        WHERE runs.id = run AND lanes.id = lane AND shows(CAST(shown AS BLOB), CAST(name AS BLOB))
    ), x'');
    """,
)
"""From each version of the schema to the next; ``user_version`` counts them."""


def digest(*parts: object) -> bytes:
    """The checksum of some values."""
    found = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        found.update(len(data).to_bytes(8, "little") + data)
    return found.digest()


def shows(shown: bytes, name: bytes) -> bool:
    """Whether a run's output contains the lambda of a name: the only check of a name without a checksum."""
    lambd = name.rpartition(b" ")[2].rstrip(b"]")
    return not shown or b'"lambda": %s,' % lambd in shown


def apply(connection: sqlite3.Connection, migrations: Iterable[str]) -> None:
    """Run migrations, one after the other."""
    connection.create_function("digest", -1, digest, deterministic=True)
    connection.create_function("shows", 2, shows, deterministic=True)
    for migration in migrations:
        for statement in filter(str.strip, migration.split(";")):
            connection.execute(statement)


def tables(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    """All objects in a database, with their definitions, except those that SQLite adds by itself."""
    found = connection.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master "
        "WHERE type NOT IN ('table', 'index') OR name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name"
    )
    return [tuple("".join(str(value).split()) for value in row) for row in found]


def tables_of(version: int) -> list[tuple[str, ...]]:
    """All objects in a store of this version."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        apply(connection, MIGRATIONS[:version])
        return tables(connection)
