"""ISO 8601 dates and times, in every form that Python's ``datetime.fromisoformat`` takes."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

ALIKE = r"^\d{4}(-\d{1,2}-\d{1,2}|-?W\d{2}|\d{4})"
"""How every date begins: 2020-01-05, 2020-W01-7, 20200105."""
COMMON = ("%Y-%m-%d", *(f"%Y-%m-%d{gap}{time}" for time in ("%H:%M:%S%.f", "%H:%M") for gap in " T"))
"""The forms that polars reads, many times as fast as Python; each may have a zone."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // timedelta(seconds=1)
LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // timedelta(seconds=1)
"""Seconds since 1970 of the first and last moments that Python has dates for."""


def to_dates(cells: "pl.Series") -> "pl.Series":
    """The cells as times in UTC (microseconds), null where a cell is not a time.

    Cells may have different forms and zones; a time without a zone is one in UTC.
    """
    import polars as pl

    dates = pl.repeat(None, len(cells), dtype=pl.Datetime("us", "UTC"), eager=True)
    left = cells.set(~cells.str.contains(ALIKE), None)
    for pattern in (*COMMON, *(f"{pattern}%#z" for pattern in COMMON[1:]), None):
        if left.null_count() == len(cells):
            break
        found = _by_cell(left) if pattern is None else _by_pattern(left, pattern)
        dates = pl.select(pl.coalesce(dates, found)).to_series()
        left = left.set(dates.is_not_null(), None)
    return dates.alias(cells.name)


def _by_pattern(cells: "pl.Series", pattern: str) -> "pl.Series":
    return cells.str.to_datetime(pattern, time_unit="us", time_zone="UTC", strict=False)


def _by_cell(cells: "pl.Series") -> "pl.Series":
    import polars as pl

    different = cells.drop_nulls().unique()
    moments = pl.Series([_microseconds(cell) for cell in different], dtype=pl.Int64)
    return cells.replace_strict(different, moments, default=None).cast(pl.Datetime("us", "UTC"))


def _microseconds(cell: str) -> int | None:
    """Since 1970. A difference, because in UTC a time early in year 1 or late in 9999 may have no date."""
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        return None
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH) // timedelta(microseconds=1)


def iso_date(days: float, whole: bool) -> str:
    """Days since 1970 in ISO 8601: the date alone if days are ``whole``, else to the second, in UTC.

    Beyond the years 1 to 9999, the range of ISO's four digits, the nearest moment within it.
    """
    seconds = min(max(round(days * 86_400), FIRST), LAST)
    moment = EPOCH + timedelta(seconds=seconds)
    return moment.date().isoformat() if whole else moment.replace(tzinfo=None).isoformat()
