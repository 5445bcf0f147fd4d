"""What can be loaded, and what one table is like."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from wdcli.data.bundled import BUNDLED
from wdcli.data.dataset import Column, Dataset
from wdcli.data.dates import iso_date
from wdcli.data.generators import GENERATORS
from wdcli.data.rules import mean_and_scale
from wdcli.report.numbers import figure
from wdcli.report.table import plain_table
from wdcli.text import count, listed, safe

MOST_COLUMNS = 40


def list_json() -> dict[str, Any]:
    """Names, tasks and descriptions."""
    generated = [
        {"name": name, "kind": "generated", "task": g.task, "noise": g.noise, "rows": g.rows, "about": g.about}
        for name, g in GENERATORS.items()
    ]
    bundled = [
        {"name": name, "kind": "bundled", "task": b.task, "noise": None, "rows": None, "about": b.about}
        for name, b in BUNDLED.items()
    ]
    return {"schema": "wdcli.data-list/1", "datasets": generated + bundled}


def list_table() -> RenderableType:
    """What ``wdcli data list`` prints."""
    table = plain_table("name", "task", "noise", "rows", "about", left=["name", "task", "about"])
    for found in list_json()["datasets"]:
        noise = "" if found["noise"] is None else f"{found['noise']:g}"
        rows = "" if found["rows"] is None else str(found["rows"])
        table.add_row(found["name"], found["task"], noise, rows, found["about"])
    return Group(
        table,
        Text(),
        Text("--data also takes a file: CSV, TSV, Parquet or JSON lines, gzipped or not, or - for CSV on stdin."),
    )


def _describe(column: Column) -> dict[str, Any]:
    """What a column holds; dates as days since 1970, and in ISO 8601 too."""
    given = column.values[~column.missing]
    number = column.kind != "text" and len(given) > 0
    spread = {
        "min": float(given.min()) if number else None,
        "mean": mean_and_scale(given)[0] if number else None,
        "max": float(given.max()) if number else None,
    }
    whole = bool((given == np.floor(given)).all())
    return {
        "name": column.name,
        "kind": column.kind,
        "missing": int(column.missing.sum()),
        "distinct": len(np.unique(given)),
        **spread,
        "dates": _dates(spread, whole) if column.kind == "date" else None,
        "categories": list(column.categories),
    }


def _dates(spread: Mapping[str, float | None], whole: bool) -> dict[str, str | None]:
    """Days since 1970 as dates, with the time of day unless all of the column's are ``whole`` days."""
    return {name: None if days is None else iso_date(days, whole) for name, days in spread.items()}


def show_json(dataset: Dataset) -> dict[str, Any]:
    """A table's columns, and its target's classes or spread."""
    if dataset.task == "classification":
        counts = np.bincount(dataset.y, minlength=len(dataset.class_names))
        target: dict[str, Any] = {"classes": dict(zip(dataset.class_names, counts.tolist(), strict=True))}
    else:
        y = dataset.y
        mean, sd = mean_and_scale(y)
        target = {"min": float(y.min()), "mean": mean, "sd": sd, "max": float(y.max())}
    return {
        "schema": "wdcli.data-show/1",
        "name": dataset.name,
        "task": dataset.task,
        "rows": dataset.rows,
        "target": {"name": dataset.target, **target},
        "columns": [_describe(column) for column in dataset.columns],
        "relevant": None if dataset.relevant is None else list(dataset.relevant),
        "fingerprint": dataset.fingerprint,
    }


def show_table(dataset: Dataset) -> RenderableType:
    """What ``wdcli data show`` prints."""
    shown = show_json(dataset)
    table = plain_table("column", "kind", "missing", "distinct", "values", left=["column", "kind", "values"])
    for column in shown["columns"][:MOST_COLUMNS]:
        if column["kind"] == "text":
            values = listed(column["categories"])
        elif column["min"] is None:
            values = ""
        else:
            dates = column["dates"]
            low, high, mean = (dates[n] if dates else figure(column[n], 4) for n in ("min", "max", "mean"))
            values = f"{low} to {high}, mean {mean}"
        table.add_row(safe(column["name"], 30), column["kind"], str(column["missing"]), str(column["distinct"]), values)
    heading = f"{safe(dataset.title)}: {count(dataset.rows, 'row')}, {_target(dataset, shown['target'])}"
    rest = len(shown["columns"]) - MOST_COLUMNS
    more = [Text(f"and {count(rest, 'more column')} (--json has them all)")] if rest > 0 else []
    return Group(*map(Text, [heading, *_relevant(dataset)]), Text(), table, *more)


def _relevant(dataset: Dataset) -> list[str]:
    """Which columns the target depends on, if it is known and they aren't all."""
    relevant, columns = dataset.relevant, len(dataset.columns)
    if relevant is None or len(relevant) == columns:
        return []
    named = f": {listed(relevant, MOST_COLUMNS)}" if relevant else ""
    return [f"The target depends on {len(relevant) or 'none'} of {count(columns, 'column')}{named}."]


def _target(dataset: Dataset, target: dict[str, Any]) -> str:
    if dataset.task == "classification":
        sizes = [f"{safe(name)} {size}" for name, size in target["classes"].items()]
        return f"target {safe(dataset.target)}, {count(len(sizes), 'class', 'classes')}: {listed(sizes, 10)}"
    low, high, mean, sd = (figure(target[name], 4) for name in ("min", "max", "mean", "sd"))
    return f"target {safe(dataset.target)}, {low} to {high}, mean {mean}, sd {sd}"
