"""Whether the dates and missing cells that the options describe occur in the file at all."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wdcli.data.cells import Origin, without_blanks
from wdcli.data.dateforms import MANY, WRITTEN, iso
from wdcli.data.dates import to_dates
from wdcli.data.format import Format
from wdcli.errors import SpellingError
from wdcli.text import listed, quoted

if TYPE_CHECKING:
    import polars as pl


@dataclass
class Search:
    """What was found in a file of the dates and missing cells of its ``format``.

    ``other`` is the first cell of a column that looks like dates of another format.
    """

    format: Format
    has_date: bool = False
    other: str = ""
    missing: set[str] = field(default_factory=set)

    def look(self, cells: "pl.Series", origin: Origin) -> None:
        """Look through a column, as it stands in the file."""
        import polars as pl

        if self.format.missing:
            absent = cells.filter(cells.is_not_null() & self.format.without_missing(cells).is_null())
            self.missing |= {str(cell).strip().lower() for cell in absent.unique()}
        if self.format.date_format is not None and not self.has_date:
            self._look_for_dates(without_blanks(cells.cast(pl.String, strict=False)), self.format.date_format, origin)

    def _look_for_dates(self, text: "pl.Series", date_format: str, origin: Origin) -> None:
        different = text.drop_nulls().unique(maintain_order=True).head(MANY)
        self.has_date = any(iso(cell, date_format) for cell in different)
        if (
            not self.other
            and len(different)
            and (different.str.contains(WRITTEN).all() or not to_dates(different).null_count())
        ):
            row = int(text.is_not_null().arg_true()[0])
            self.other = f"{origin.cell(row, text.name)}: {quoted(text[row])}"

    def check(self, name: str) -> None:
        """Raise ``SpellingError`` if no cell has the given format of dates."""
        if self.format.date_format is None or self.has_date:
            return
        given = f"--date-format {quoted(self.format.date_format)}"
        if self.other:
            raise SpellingError(
                f"{self.other} does not have the format of {given}, nor does any other cell.",
                "Give the format that the dates have; if they are in ISO 8601, leave the option out.",
            )
        raise SpellingError(
            f"{given}: no cell of {quoted(name)} has this format.", "No column looks like dates: leave the option out."
        )

    def notes(self, name: str) -> list[str]:
        """A line if some of the ``missing`` cells occur nowhere."""
        unused = [word for word in self.format.missing or () if word.lower() not in self.missing]
        return [f"--missing {listed(unused)}: not found in any cell of {name} that was read"] if unused else []
