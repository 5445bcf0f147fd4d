"""Stored runs: a row each, and their networks."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from wdcli.fits.quantities import OF_WEIGHTS, SCORES
from wdcli.fits.record_text import LaneName
from wdcli.fits.records import LaneRecord
from wdcli.fits.run import Run
from wdcli.report.numbers import figure
from wdcli.report.serial import told_scores
from wdcli.report.table import plain_table
from wdcli.text import safe

DETAILS = (*OF_WEIGHTS, *SCORES, "effective", "excess_risk")
"""The columns about networks trained on all training rows."""


def list_rows(runs: Iterable[Run]) -> list[dict[str, Any]]:
    """What is known of each run without opening it."""
    return [
        {
            "id": run.id,
            "started": run.started,
            "command": shlex.join(run.words),
            "data": run.data,
            "fingerprint": run.fingerprint,
            "networks": run.networks,
            "chosen": run.chosen,
            "status": run.status,
        }
        for run in runs
    ]


def list_table(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """What ``wdcli runs list`` prints."""
    if not rows:
        return Text("No runs are stored.")
    table = plain_table("id", "started (UTC)", "networks", "chosen", "status", "command", left=("command",))
    for row in rows:
        chosen = " ".join(figure(value) for value in row["chosen"])
        started = row["started"][:16].replace("T", " ")
        table.add_row(
            str(row["id"]), started, f"{row['networks']:,}", chosen, row["status"], Text(safe(row["command"], 200))
        )
    return table


def lane_rows(lanes: Sequence[tuple[LaneName, LaneRecord]]) -> list[dict[str, Any]]:
    """A network's row by column name, without its layers: a table with one row for each network has no place for them."""
    rows = []
    for name, record in lanes:
        values = asdict(record)
        del values["lambd"]
        found = values.pop("diagnostics") or {}
        details = {detail: found.get(detail) for detail in DETAILS}
        used = values.pop("columns_used")
        details |= told_scores(record.diagnostics, record.status)
        named = {"penalty": name.penalty, "decay": name.decay, "l1_ratio": name.l1_ratio, "lambda": name.lambd}
        fit = {"fit": f"fold {record.fold}" if record.fold else "all rows"}
        # Padding bits are 0.
        columns = {"columns_used": None if used is None else int.from_bytes(used).bit_count()}
        rows.append({**named, **values, **columns, **details, **fit})
    order = ("penalty", "decay", "l1_ratio", "lambda", "fold", "repeat")
    return sorted(rows, key=lambda row: [(row[name] is not None, row[name]) for name in order])
