"""Numbers of a row, as the JSON object has them: those that no picture needs."""

from collections.abc import Mapping
from typing import Any, TypeGuard

from wdcli.figures.shown import ShownRow, ShownSweep
from wdcli.fits.records import NAN
from wdcli.report import numbers

Raw = Mapping[str, Any]


def is_number(value: Any) -> TypeGuard[float]:
    """Whether it is a number of the JSON (true and false aren't)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number(row: Raw, name: str) -> float:
    """A row's number, nan where it has none."""
    value = row.get(name)
    return float(value) if is_number(value) else NAN


def raw_rows(sweep: ShownSweep) -> list[tuple[ShownRow, Raw]]:
    """Every row of the sweep, as read and as the JSON object has it."""
    return list(zip(sweep.rows, sweep.shown["rows"], strict=True))


def classifies(sweep: ShownSweep) -> bool:
    """Whether the target has classes."""
    return bool(sweep.shown["data"].get("task") == "classification")


def score_name(sweep: ShownSweep) -> str:
    """What the score is."""
    return "accuracy" if classifies(sweep) else "R2"


def score(sweep: ShownSweep, value: float) -> str:
    """A score as a person reads it: a share of the rows, or R2."""
    return numbers.share(value, 1) if classifies(sweep) else numbers.measured(value)
