"""What a store holds, read by SQL alone: the program that is tested has no part in it."""

import contextlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orders import Order

FAULTS = {
    "integrity": "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    "foreign keys": "SELECT * FROM pragma_foreign_key_check",
    "networks without a run": "SELECT id FROM lanes WHERE id NOT IN (SELECT lane FROM run_lanes)",
    "runs that miscount their networks":
        "SELECT id, networks, count(run) FROM runs LEFT JOIN run_lanes ON run = id GROUP BY id HAVING networks <> count(run)",
}  # fmt: skip
"""Queries that find nothing in a sound store."""


@dataclass(frozen=True)
class Size:
    """Bytes of the store's files, of its values, and of its networks' records; the number of its networks and runs."""

    files: int
    values: int
    records: int
    networks: int
    runs: int


def query(store: Path, sql: str, *values: object) -> list[Any]:
    """The rows that a query finds; none if there is no store yet."""
    if not store.exists() or not store.stat().st_size:
        return []
    with contextlib.closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True, timeout=60)) as connection:
        return connection.execute(sql, values).fetchall()


def runs(store: Path) -> set[int]:
    """The numbers of all runs."""
    return {number for (number,) in query(store, "SELECT id FROM runs")}


def run_of(store: Path, order: Order) -> int | None:
    """The number of an order's run, if it has come so far."""
    found = query(store, "SELECT id FROM runs WHERE command = ?", json.dumps(["wdcli", *order.words]))
    return int(found[0][0]) if found else None


def networks(store: Path, order: Order) -> int:
    """How many of an order's networks are stored for it."""
    ((found,),) = query(store, "SELECT count(*) FROM run_lanes WHERE run = ?", run_of(store, order) or 0) or [(0,)]
    return int(found)


def faults(store: Path) -> Sequence[str]:
    """What is wrong with the store, a line each."""
    return [f"{name}: {found}" for name, sql in FAULTS.items() if (found := query(store, sql))]


def size(store: Path) -> Size:
    """How large the store is."""
    ((records, lanes),) = query(store, "SELECT coalesce(sum(length(record)), 0), count(*) FROM lanes") or [(0, 0)]
    ((shown, number),) = query(
        store, "SELECT coalesce(sum(length(shown) + length(drawn) + length(asked)), 0), count(*) FROM runs"
    ) or [(0, 0)]
    ((names,),) = query(store, "SELECT coalesce(sum(length(name)), 0) FROM run_lanes") or [(0,)]
    files = sum(path.stat().st_size for path in store.parent.glob(f"{store.name}*"))
    return Size(files, records + shown + names, records, lanes, number)
