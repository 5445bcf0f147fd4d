"""Types of the options that say how to read a table: names of columns, marks, and how dates are written."""

import csv
from typing import Any

import click

from wdcli.data.marks import is_date_format, is_delimiter


class Names(click.ParamType[Any]):
    """Names with commas between them; one that holds a comma is quoted as in CSV. Converts to a tuple, each name once."""

    name = "names"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Text to names."""
        if isinstance(value, tuple):
            return value
        try:
            (cells,) = csv.reader([str(value)], skipinitialspace=True, strict=True)
        except (csv.Error, ValueError):
            self.fail(f'{value!r}: write names as in a line of CSV, such as a,b,"c, d".', param, ctx)
        found = tuple(dict.fromkeys(cell.strip() for cell in cells))
        if not found or not all(found) or "\0" in str(value):
            self.fail(f'{value!r}: a name is empty; write names such as a,b,"c, d".', param, ctx)
        return found

    def split_envvar_value(self, rv: str) -> list[str]:
        """A variable holds one line of names, also for an option that may be given several times."""
        return [rv]


class Mark(click.ParamType[Any]):
    """One of some marks."""

    name = "mark"

    def __init__(self, *marks: str) -> None:
        self.marks = marks

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Text to text."""
        if value not in self.marks:
            self.fail(f"{value!r}: give one of {' '.join(map(repr, self.marks))}.", param, ctx)
        return str(value)


class Delimiter(click.ParamType[Any]):
    """A character that separates cells; a tab may be written out."""

    name = "character"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Text to a character."""
        mark = "\t" if str(value).lower() in ("tab", "\\t") else str(value)
        if not is_delimiter(mark):
            self.fail(f"{value!r}: give one character (not a letter, digit or quotation mark), or 'tab'.", param, ctx)
        return mark


class DateFormat(click.ParamType[Any]):
    """How dates are written: a ``strptime`` format with a day, a month and a year."""

    name = "format"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Text to text."""
        if not is_date_format(str(value)):
            self.fail(f"{value!r}: write day, month and year as in %d.%m.%Y, %m/%d/%y or %d %b %Y.", param, ctx)
        return str(value)
