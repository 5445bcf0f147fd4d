"""Rows of a result as a data frame, the same numbers as in CSV."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from wdcli.errors import ConfigError
from wdcli.report.serial import plain
from wdcli.text import quoted

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

Rows: TypeAlias = Sequence[Mapping[str, Any]]
Library: TypeAlias = Literal["polars", "pandas"]
TEXT = ("penalty", "verdict", "status", "score_name")
"""Columns of text; a column without any value has numbers, unless it is one of these."""


def data_frame(rows: Rows, library: Library = "polars") -> Any:
    """The rows as a data frame; a number that is undefined is null in polars, and nan in pandas.

    Raises ``ConfigError`` for another library, and if pandas isn't installed.
    """
    if library not in FRAMES:
        raise ConfigError(f"There are no data frames of {quoted(library)}: choose from {', '.join(FRAMES)}.")
    return FRAMES[library](rows)


def _polars(rows: Rows) -> "pl.DataFrame":
    import polars as pl

    columns = {name: [plain(row[name]) for row in rows] for name in rows[0]}
    return pl.DataFrame([_column(name, values) for name, values in columns.items()])


def _column(name: str, values: Sequence[Any]) -> "pl.Series":
    """A column, of the same type in every result where it is empty."""
    import polars as pl

    column = pl.Series(name, values, strict=False)
    return column.cast(pl.String if name in TEXT else pl.Float64) if column.dtype == pl.Null else column


def _pandas(rows: Rows) -> "pd.DataFrame":
    try:
        import pandas as pd
    except ModuleNotFoundError:
        raise ConfigError("Data frames of pandas need pandas, which isn't installed: pip install pandas") from None
    # polars' own conversion needs pyarrow besides.
    return pd.DataFrame({column.name: column.to_numpy() for column in _polars(rows)})


FRAMES: Mapping[str, Callable[[Rows], Any]] = {"polars": _polars, "pandas": _pandas}
