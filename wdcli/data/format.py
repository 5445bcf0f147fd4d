"""How a file spells numbers, dates and missing cells, and the plain spelling that everything after it reads.

A column is respelled as a whole: "$5,914" is a number if all cells of its column are amounts in dollars.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from wdcli.data.cells import MOSTLY, PARTLY, to_numbers, without_blanks
from wdcli.data.dataset import Kind
from wdcli.errors import ConfigError
from wdcli.text import quoted

if TYPE_CHECKING:
    import polars as pl

SPACES = {" ": "[ \u00a0\u2009\u202f]", "'": "['\u2019]"}
"""The thousands separators that are typed in several ways, as regular expressions."""
GROUPED = r"^[+-]?([1-9][0-9]{0,2}(,[0-9]{3})+|[0-9]{1,3})(\.[0-9]*)?$"
"""A number whose commas can only be thousands separators, or one too short to need any."""
POINTS = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$"
"""A number whose point may be a thousands separator."""
DAYS = r"^[0-9]{1,2}[./-][0-9]{1,2}[./-]([0-9]{4}|[0-9]{2})([^0-9]|$)"
"""A date that is not ISO 8601."""
FEW = 3
"""In a column of fewer cells no question is made of such points and dates."""
SAMPLE = 100
COMMAS = "commas are read as thousands separators, 1,234 as 1234 (if they are decimal commas: --decimal ,)"
DECIMALS = "each cell has three digits after its point, read as decimals (if points separate thousands: --thousands .)"
DATES = "the cells look like dates and are read as text: --date-format tells how dates are written, as %d.%m.%Y does"
OTHERWISE = "Warning: some cells have decimal points, and are read so, although --decimal or --thousands says otherwise"
PERCENT = "percent signs are left out, 79.9 % is read as 79.9"
CURRENCY = "currency signs are left out"


class Spelled(NamedTuple):
    """A column's cells in the plain spelling, the kind that all of them have (None: not known), and what is to be said."""

    cells: "pl.Series"
    kind: Kind | None
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Format:
    """What the user says of a file's spelling; None leaves it to the file.

    ``missing`` are cells that stand for no value, beside the usual ones; ``date_format`` is one of ``strptime``.
    """

    decimal: str | None = None
    thousands: str | None = None
    delimiter: str | None = None
    missing: tuple[str, ...] | None = None
    date_format: str | None = None

    def __post_init__(self) -> None:
        """Raise ``ConfigError`` where one mark has two meanings."""
        if self.decimal is not None and self.decimal == self.thousands:
            raise ConfigError(
                f"--decimal and --thousands are both {quoted(self.decimal)}: one mark can't mean both; change one of them."
            )

    @property
    def guesses(self) -> bool:
        """Whether the cells decide what a comma within a number means."""
        return self.decimal is None and self.thousands is None

    def without_missing(self, cells: "pl.Series") -> "pl.Series":
        """The cells, null where they are among ``missing``, whatever their case."""
        import polars as pl

        if not self.missing or cells.dtype == pl.Boolean or cells.dtype.is_temporal():
            return cells
        if cells.dtype.is_numeric():
            absent = cells.cast(pl.Float64).is_in(to_numbers(pl.Series(self.missing)).drop_nulls())
        else:
            absent = cells.cast(pl.String).str.strip_chars().str.to_lowercase().is_in([m.lower() for m in self.missing])
        return cells.to_frame().select(pl.when(~absent).then(pl.first())).to_series()

    def plain(self, cells: "pl.Series", kind: Kind | None) -> Spelled:
        """The column in the plain spelling; ``kind`` is the one that it must have, if it is known."""
        import polars as pl

        if cells.dtype != pl.String or kind in ("text", "boolean"):
            return Spelled(cells, kind)
        if self.date_format is not None and kind != "number":
            found = _dates(cells, self.date_format, kind)
            if found is not None:
                return found
        elif kind is None and _all_match(cells, DAYS):
            return Spelled(cells, kind, (DATES,))
        return Spelled(cells, kind) if kind == "date" else self._amounts(cells, kind)

    def _amounts(self, cells: "pl.Series", kind: Kind | None) -> Spelled:
        """The column without its currency or percent signs, if all cells have the same one and are numbers without it."""
        sign = _sign(cells)
        if sign is None:
            return self._numbers(cells, kind)
        text, shapes = without_blanks(cells), _signed(sign)
        fits = text.str.contains("|".join(shapes))
        if not fits.all():
            return Spelled(cells, kind, _odd(text, fits))
        bare = text.str.replace(shapes[0], "${1}${2}").str.replace(shapes[1], "${1}")
        found = self._numbers(bare, kind)
        if to_numbers(found.cells).null_count() > found.cells.null_count():
            return Spelled(cells, kind)
        return Spelled(found.cells, "number", (PERCENT if sign == "%" else CURRENCY, *found.said))

    def _numbers(self, cells: "pl.Series", kind: Kind | None) -> Spelled:
        """The column with decimal points and without thousands separators, if it is one of numbers."""
        if not self.guesses:
            return self._as_said(cells, kind)
        if cells.str.contains(",", literal=True).any():
            text = without_blanks(cells)
            if text.str.contains(GROUPED).all() and text.str.contains(",", literal=True).any():
                return Spelled(text.str.replace_all(",", "", literal=True), "number", (COMMAS,))
        elif _all_match(cells, POINTS):
            return Spelled(cells, kind, (DECIMALS,))
        return Spelled(cells, kind)

    def _as_said(self, cells: "pl.Series", kind: Kind | None) -> Spelled:
        """The column with its numbers as ``decimal`` and ``thousands`` say, if nearly all its cells are such numbers."""
        point = self.decimal or ("," if self.thousands == "." else ".")
        mark = SPACES.get(self.thousands or "", re.escape(self.thousands or ""))
        whole = rf"([0-9]+|[1-9][0-9]{{0,2}}({mark}[0-9]{{3}})+)" if mark else "[0-9]+"
        number = rf"^[+-]?({whole}({re.escape(point)}[0-9]*)?|{re.escape(point)}[0-9]+)([eE][+-]?[0-9]+)?$"
        text = without_blanks(cells)
        fits = text.str.contains(number).fill_null(False)
        said = (OTHERWISE,) if (~fits & to_numbers(text).is_not_null()).any() else ()
        given = len(text) - text.null_count()
        if fits.sum() < MOSTLY * given:
            return Spelled(cells, kind, said)
        plain = (text.str.replace_all(mark, "") if mark else text).str.replace(re.escape(point), ".")
        changed = bool((fits & (plain != text)).any())
        return Spelled(_where(fits, plain, text), "number" if changed and fits.sum() == given else kind, said)


def _sign(cells: "pl.Series") -> str | None:
    """The currency or percent sign in the first cell that has a value."""
    for part in (cells.head(SAMPLE), cells):
        given = without_blanks(part).drop_nulls()
        if len(given):
            return next((c for c in given[0] if c == "%" or unicodedata.category(c) == "Sc"), None)
    return None


def _signed(sign: str) -> tuple[str, str]:
    """What a cell looks like that has the sign before its number, or after it, as regular expressions."""
    mark = re.escape(sign)
    return rf"^([+-]?)\s*{mark}\s*([^\s{mark}][^{mark}]*)$", rf"^([^{mark}]*[^\s{mark}])\s*{mark}$"


def _odd(text: "pl.Series", fits: "pl.Series") -> tuple[str, ...]:
    """What is said of the first cell without a sign, if most others have one."""
    if fits.sum() < PARTLY * (len(text) - text.null_count()):
        return ()
    odd = quoted(text.filter(~fits)[0])
    return (
        f"{odd} lacks the sign that most cells have: it is read as text (--missing names what stands for no value)",
    )


def _all_match(cells: "pl.Series", pattern: str) -> bool:
    """Whether there are several cells that have a value, and all of these match."""
    first = without_blanks(cells.head(SAMPLE)).drop_nulls()
    if len(first) < FEW or not first.str.contains(pattern).all():
        return False
    return bool(without_blanks(cells).str.contains(pattern).all())


def _dates(cells: "pl.Series", date_format: str, kind: Kind | None) -> Spelled | None:
    """The column with its dates in ISO 8601, if nearly all its cells have the format."""
    import polars as pl

    text = without_blanks(cells)
    different = text.drop_nulls().unique(maintain_order=True)
    if (
        sum(moment is not None for moment in _isos(different.head(SAMPLE), date_format))
        < len(different.head(SAMPLE)) / 2
    ):
        return None
    moments = pl.Series(_isos(different, date_format), dtype=pl.String)
    dates = text.replace_strict(different, moments, default=None, return_dtype=pl.String)
    fits, given = dates.is_not_null(), len(text) - text.null_count()
    if not given or fits.sum() < MOSTLY * given:
        return None
    return Spelled(_where(fits, dates, text), "date" if fits.sum() == given else kind)


def _isos(cells: "pl.Series", date_format: str) -> list[str | None]:
    return [_iso(cell, date_format) for cell in cells]


def _iso(cell: str, date_format: str) -> str | None:
    try:
        return datetime.strptime(cell, date_format).isoformat()
    except ValueError:
        return None


def _where(fits: "pl.Series", plain: "pl.Series", text: "pl.Series") -> "pl.Series":
    """The plain cells where they fit, the others as they are."""
    return plain.zip_with(fits, text).alias(text.name)
