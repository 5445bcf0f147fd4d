"""Dates that are not ISO 8601: how they are read, and which formats a column's cells may have."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from wdcli.data.cells import MOSTLY, without_blanks
from wdcli.text import quoted

if TYPE_CHECKING:
    import polars as pl

WRITTEN = (
    r"^([0-9]{1,2}[./-][0-9]{1,2}[./-]([0-9]{4}|[0-9]{2})|[0-9]{4}[./][0-9]{1,2}[./][0-9]{1,2}"
    r"|[0-9]{1,2}[ -][A-Za-z]{3,9}[ -][0-9]{4}|[A-Za-z]{3,9} [0-9]{1,2}, [0-9]{4})([^0-9]|$)"
)
"""A date that is not ISO 8601."""
FORMS = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%m.%d.%Y", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%y", "%d/%m/%y",
    "%m/%d/%y", "%d-%m-%y", "%m-%d-%y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%b %d, %Y", "%B %d, %Y",
)  # fmt: skip
FORMATS = tuple(form + time for form in FORMS for time in ("", " %H:%M", " %H:%M:%S"))
"""The formats that wdcli recognises by itself, to suggest them."""
FEW, SAMPLE, MANY = 3, 100, 5000
"""A column with fewer cells is not asked about, even if it looks like dates; so many cells tell whether a column may be one of
dates, and so many in which format."""


def iso(cell: str, date_format: str) -> str | None:
    """The date in ISO 8601, None if the cell has another format."""
    try:
        return datetime.strptime(cell, date_format).isoformat()
    except ValueError:
        return None


def share(cells: Iterable[str], date_format: str) -> float:
    """The share of the cells that have the format; 0 of none."""
    fits = [iso(cell, date_format) is not None for cell in cells]
    return sum(fits) / max(len(fits), 1)


def formats_of(cells: "pl.Series") -> list[str]:
    """The formats that fit the most cells, and nearly all: several where days and months can't be told apart."""
    given = without_blanks(cells).drop_nulls().unique(maintain_order=True).head(MANY).to_list()
    few = given[:FEW]
    shares = {name: share(given, name) for name in FORMATS if share(few, name)}
    best = max(shares.values(), default=0.0)
    return [name for name, found in shares.items() if found == best >= MOSTLY]


def look_like_dates(cells: "pl.Series") -> bool:
    """Whether several cells have a value, and all of these look like dates that are not ISO 8601."""
    first = without_blanks(cells.head(SAMPLE)).drop_nulls()
    if len(first) < FEW or not first.str.contains(WRITTEN).all():
        return False
    return bool(without_blanks(cells).str.contains(WRITTEN).all())


def date_remark(cells: "pl.Series", given: str | None) -> str:
    """The note on a column that looks like dates but was not read as dates."""
    fits = [name for name in formats_of(cells) if name != given]
    how = f"--date-format {' or '.join(map(quoted, fits))}" if fits else "--date-format tells how dates are written"
    but = f", since not all have the format {quoted(given)}" if given else ""
    return f"the cells look like dates and are read as text{but}: {how}"
