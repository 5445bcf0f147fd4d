"""Results as JSON and CSV: every number, not rounded; null (an empty cell) where there is none."""

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wdcli import __version__
from wdcli.data.dataset import Dataset, Split
from wdcli.data.encoding import Encoding, TargetScale
from wdcli.fits.config import FitConfig
from wdcli.fits.quantities import QUANTITIES, SCORES
from wdcli.fits.records import NAN, Strong
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.difference import Difference
from wdcli.text import escaped

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings of text that spreadsheets take for a formula (OWASP, CSV injection)."""
NUMBERS = {int, float, type(None)}
NOT_FINITE = re.compile("NaN|-?Infinity")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,eE+-]*")


def to_json(value: Mapping[str, Any]) -> str:
    """One JSON object; NaN and infinity become null, and anything that a terminal could act on becomes an escape.

    A list of numbers takes one line, other lists and objects a line for each item.
    """
    return escaped(_text(value, "\n"))


def _text(value: Any, line: str) -> str:
    """A value as JSON; ``line`` begins a line at its place."""
    within = f"{line}  "
    if isinstance(value, Mapping):
        pairs = (f"{_scalar(key)}: {_text(item, within)}" for key, item in value.items())
        return _between("{", pairs, "}", line)
    if isinstance(value, (list, tuple)):
        if NUMBERS.issuperset(map(type, value)):
            return NOT_FINITE.sub("null", json.dumps(value))
        return _between("[", (_text(item, within) for item in value), "]", line)
    return _scalar(value)


def _between(start: str, items: Iterable[str], end: str, line: str) -> str:
    """The items, a line for each."""
    lines = f",{line}  ".join(items)
    return f"{start}{line}  {lines}{line}{end}" if lines else start + end


def _scalar(value: Any) -> str:
    return json.dumps(plain(value), allow_nan=False, ensure_ascii=False)


def plain(value: Any) -> Any:
    """The value, None for a number that JSON hasn't got; a list's values likewise."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def to_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the same keys as CSV, numbers in full precision, nothing where a number is undefined."""
    if not rows:
        return ""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([csv_cell(name) for name in rows[0]])
    for row in rows:
        writer.writerow([csv_cell(value) for value in plain(list(row.values()))])
    return file.getvalue()


def csv_cell(value: Any) -> Any:
    """Nothing for null, the numbers of a list with blanks between them, and no text that a spreadsheet would calculate."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, str) and value[:1] in FORMULA and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return "" if value is None else value


def head(schema: str, command: Sequence[str]) -> dict[str, Any]:
    """What every object begins with."""
    return {"schema": f"wdcli.{schema}/2", "command": list(command), "version": __version__}


def data_of(dataset: Dataset, split: Split, n_features: int, scale: TargetScale) -> dict[str, Any]:
    """The data, as split and encoded."""
    return {
        "name": dataset.name,
        "task": dataset.task,
        "n_train": len(split.train),
        "n_test": len(split.test),
        "n_features": n_features,
        "n_outputs": dataset.n_outputs,
        **_weights(dataset, split),
        "target_mean": scale.mean,
        "target_scale": scale.scale,
        "fingerprint": dataset.fingerprint,
    }


def _weights(dataset: Dataset, split: Split) -> dict[str, Any]:
    """The sums of the rows' weights; nothing if each row counts once."""
    if dataset.weights is None:
        return {}
    return {f"weight_{name}": float(dataset.weights[rows].sum()) for name, rows in vars(split).items()}


def config_of(config: FitConfig | SweepConfig, dataset: Dataset, split: Split) -> dict[str, Any]:
    """Every option, resolved, by its name on the command line."""
    return {**dataset.asked, **config.to_json(len(split.train))}


def told(encoding: Encoding, summary: Sequence[str], notes: Sequence[str]) -> dict[str, Any]:
    """What a person is told: the encoded features in order, the columns left out, the notes and the summary.

    ``summary`` holds the paragraphs below the table, ``notes`` the notes on the result on stderr.
    """
    return {
        "features": encoding.feature_names,
        "dropped": [{"column": name, "reason": reason} for name, reason in encoding.dropped],
        "notes": list(notes),
        "summary": "\n".join(summary),
    }


def strongest_of(encoding: Encoding, strongest: Sequence[Strong]) -> list[dict[str, Any]]:
    """The names of the strongest features in use, and their norms."""
    names = encoding.feature_names
    return [{"feature": names[feature], "l2_norm": norm} for feature, norm in strongest]


def score_name(dataset: Dataset) -> str:
    """What the score is."""
    return "accuracy" if dataset.task == "classification" else "r2"


def rmse(dataset: Dataset, root_loss: float, scale: TargetScale) -> float:
    """Root mean squared error in the target's own units; undefined for classes, and for several targets together."""
    return NAN if dataset.task == "classification" or isinstance(scale.scale, tuple) else root_loss * scale.scale


def told_scores(measured: object, status: str | None) -> dict[str, Any]:
    """Scores of the test rows; no ranking scores for a collapsed network, since it ranks by rounding errors."""
    told = [name for name in SCORES if status != "collapsed" or QUANTITIES[name].of_collapsed]
    return {name: getattr(measured, name, None) if name in told else None for name in SCORES}


def difference_of(found: Difference, prefix: str = "") -> dict[str, Any]:
    """A difference, its interval and its p."""
    return {
        f"{prefix}difference": found.mean,
        f"{prefix}ci_low": found.low,
        f"{prefix}ci_high": found.high,
        f"{prefix}p_value": found.p_value,
    }
