"""From the cells of a table that was refused, the options that would read it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from wdcli.data.cells import MOSTLY, PARTLY, Origin, to_numbers, without_blanks
from wdcli.data.dataset import Kind
from wdcli.data.dateforms import MANY, formats_of, share
from wdcli.data.format import Format
from wdcli.errors import DataError, SpellingError

if TYPE_CHECKING:
    import polars as pl

MARKS = (
    (",", None), (None, ","), (",", "."), (",", " "), (",", "'"), (None, " "), (None, "'"),
    (None, "_"),
)  # fmt: skip
"""The decimal and thousands marks to try; of those that read equally many cells, the first wins."""
HEAD, ODD, WORDS = 1000, 100, 3
"""So many of a column's first cells, and of its different cells that aren't numbers, tell how it is spelled; a column with
more words than a few among its numbers is not one of numbers with missing cells."""
NOWHERE = Origin("", str)


def advised(
    error: SpellingError,
    columns: "Iterable[pl.Series]",
    kinds: Mapping[str, Kind] | None,
    given: Format,
    read: Callable[[Format], object],
) -> DataError:
    """The error, with any options that would read the table: ``read`` tries them on the given columns."""
    samples = [_sample(column) for column in columns if not kinds or kinds.get(column.name, "text") != "text"]
    known: Mapping[str, Kind | None] = kinds or {sample.name: None for sample in samples}
    found = suggested(samples, known, given)
    if not found.thousands:
        # What holds without the options.
        found = replace(found, decimal=None if found.decimal == "." else found.decimal, thousands=None)
    if found in (given, Format()):
        return error
    try:
        read(found)
    except SpellingError as another:
        # If the same cell is still in the way, the options don't help.
        return (
            error if another.fault.partition(": ")[0] == error.fault.partition(": ")[0] else _with(error, "Try", found)
        )
    except DataError:
        return error
    correct = "These" if found.missing == given.missing else "Correct it, or leave the cell empty; otherwise these"
    return _with(error, f"{correct} options read the table:", f"{found}{_or_thousands(samples, known, found)}")


def _with(error: SpellingError, words: str, found: object) -> DataError:
    return DataError(f"{error.fault} {words} {found}")


def _or_thousands(columns: "Sequence[pl.Series]", kinds: Mapping[str, Kind | None], found: Format) -> str:
    """Whether the decimal commas found may just as well separate thousands."""
    if (found.decimal, found.thousands) != (",", None):
        return ""
    other = replace(found, decimal=None, thousands=",")
    if _total(columns, kinds, other) < _total(columns, kinds, found):
        return " (--thousands , would not)"
    return ", or --thousands , in place of --decimal , if commas separate thousands"


def _total(columns: "Sequence[pl.Series]", kinds: Mapping[str, Kind | None], written: Format) -> int:
    """How many cells of these columns the format makes numbers."""
    return sum(_numbers_in(column, written) for column in columns if kinds[column.name] in (None, "number"))


def suggested(columns: "Sequence[pl.Series]", kinds: Mapping[str, Kind | None], given: Format) -> Format:
    """The format that reads the most cells of these columns, as their known kinds if there are any."""
    tried = [replace(given, decimal=decimal, thousands=thousands) for decimal, thousands in _marks(given)]
    best = max(tried, key=lambda one: _total(columns, kinds, one))
    dates = [column for column in columns if kinds[column.name] in (None, "date") and not _numbers_in(column, best)]
    best = replace(best, date_format=_date_format(dates, given.date_format))
    words = list(dict.fromkeys(word for column in columns for word in _words(column, kinds[column.name], best)))
    return replace(best, missing=(*(given.missing or ()), *words)) if words else best


def _marks(given: Format) -> list[tuple[str | None, str | None]]:
    """First the given marks, then others that agree with them; a decimal point is the default."""
    said = (None if given.decimal == "." else given.decimal, given.thousands)
    agreeing = sorted(MARKS, key=lambda marks: -sum(a == b for a, b in zip(marks, said, strict=True) if b))
    return [(given.decimal, given.thousands), *agreeing]


def _sample(cells: "pl.Series") -> "pl.Series":
    """A part of a column, large enough to tell how it is spelled."""
    import polars as pl

    text = without_blanks(cells.cast(pl.String))
    odd = text.filter(to_numbers(text).is_null()).drop_nulls().unique(maintain_order=True)
    return pl.concat([text.head(HEAD), odd.head(ODD)], rechunk=True)


def _read(cells: "pl.Series", kind: Kind | None, written: Format) -> "pl.Series":
    """The cells in the plain spelling; unchanged where the format can't say what they mean."""
    try:
        return written.plain(written.without_missing(cells), kind, NOWHERE).cells
    except SpellingError:
        return cells


def _numbers_in(cells: "pl.Series", written: Format) -> int:
    """How many cells the format makes numbers; 0 if the column is not one of numbers."""
    # Words beside signs don't rule the marks out.
    signed = cells.filter(cells.str.contains("[0-9]"))
    found = to_numbers(_read(signed, None, replace(written, date_format=None)))
    good = len(found) - found.null_count()
    return good if good >= MOSTLY * (len(cells) - cells.null_count()) else 0


def _date_format(columns: "Sequence[pl.Series]", given: str | None) -> str | None:
    """The format of most of the columns; the given one if any column has it."""
    if given and any(share(column.drop_nulls().unique().head(MANY), given) >= MOSTLY for column in columns):
        return given
    found = [name for column in columns for name in formats_of(column)]
    return max(dict.fromkeys(found), key=found.count, default=None)


def _words(cells: "pl.Series", kind: Kind | None, written: Format) -> list[str]:
    """The few words without a digit among a column's numbers or dates, which may mean a missing value."""
    text = without_blanks(written.without_missing(cells)).drop_nulls()
    others = text.str.contains("[0-9]")
    found = text.filter(~others).unique(maintain_order=True).to_list()
    if not 0 < len(found) <= WORDS or others.sum() < PARTLY * len(text) or kind in ("text", "boolean"):
        return []
    dates = written.date_format and share(text.filter(others).unique().head(MANY), written.date_format) >= MOSTLY
    return found if kind or dates or _numbers_in(cells, written) else []
