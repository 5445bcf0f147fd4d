"""How a file spells numbers, dates and missing cells, and the plain spelling that everything after it reads.

A column is respelled as a whole: "$5,914" is a number if all cells of its column are amounts in dollars.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from wdcli.data.amounts import in_brackets, may_separate_thousands, sign_of, signed, with_minus
from wdcli.data.cells import MOSTLY, PARTLY, Origin, odd_cell, to_numbers, without_blanks
from wdcli.data.dataset import Kind
from wdcli.data.dateforms import SAMPLE, date_remark, iso, look_like_dates, share
from wdcli.data.marks import DECIMALS as DECIMAL_MARKS
from wdcli.data.marks import THOUSANDS, is_date_format, is_delimiter, number_pattern, separators_pattern
from wdcli.data.plain import Check, are_names, is_text, object_of, one_of, or_null
from wdcli.data.remarks import BRACKETS, COMMAS, CURRENCY, DECIMALS, OTHERWISE, PERCENT, Remark
from wdcli.errors import ConfigError, SpellingError
from wdcli.text import csv_line, quoted

if TYPE_CHECKING:
    import polars as pl

GROUPED = r"^[+-]?([1-9][0-9]{0,2}(,[0-9]{3})+|[0-9]{1,3})(\.[0-9]*)?$"
"""A number whose commas can only be thousands separators, or one too short to need any."""
COMMA_NUMBER = (
    "^[+-]?[0-9]{1,3}([. \u00a0\u2009\u202f'\u2019_]?[0-9]{3})*,[0-9]+$"
    r"|^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"
)
"""A number with a comma, in whatever way it is written."""


class Spelled(NamedTuple):
    """A column's cells in the plain spelling, the kind of them all (None: not known), and the notes on them.

    ``sign`` is the currency or percent sign that was left out.
    """

    cells: "pl.Series"
    kind: Kind | None
    said: tuple[Remark, ...] = ()
    sign: str = ""


@dataclass(frozen=True)
class Format:
    """What the user says about a file's spelling; None: the file decides.

    ``thousands`` is "" where nothing separates them. ``missing`` are cells that mean a missing value, besides the usual ones;
    ``date_format`` is one of ``strptime``.
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

    def __str__(self) -> str:
        """The options that say so, as on a command line."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return " ".join(
            f"--{name.replace('_', '-')} {shlex.quote(csv_line(value) if isinstance(value, tuple) else value)}"
            for name, value in given.items()
        )

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Format":
        """The format given by some options, by their names."""
        return cls(**{one.name: options.get(one.name) for one in fields(cls)})

    def over(self, remembered: "Format") -> "Format":
        """This format, with what is remembered where it says nothing; the marks within numbers go together."""
        marks = (remembered.decimal, remembered.thousands) if self.guesses else (self.decimal, self.thousands)
        return Format(
            *marks,
            self.delimiter if self.delimiter is not None else remembered.delimiter,
            self.missing if self.missing is not None else remembered.missing,
            self.date_format if self.date_format is not None else remembered.date_format,
        )

    @property
    def guesses(self) -> bool:
        """Whether the cells decide what a comma within a number means."""
        return self.decimal is None and self.thousands is None

    @property
    def missing_numbers(self) -> list[float]:
        """The numbers among ``missing``."""
        if not self.missing:
            return []
        import polars as pl

        return to_numbers(pl.Series(self.missing)).drop_nulls().to_list()

    @property
    def decimal_mark(self) -> str:
        """The decimal mark as given, else the one that goes with the thousands separator."""
        return self.decimal or ("," if self.thousands == "." else ".")

    def without_missing(self, cells: "pl.Series") -> "pl.Series":
        """The cells, null where they are among ``missing``, whatever their case."""
        import polars as pl

        if not self.missing or cells.dtype == pl.Boolean or cells.dtype.is_temporal():
            return cells
        if cells.dtype.is_numeric():
            absent = cells.cast(pl.Float64).is_in(self.missing_numbers)
        else:
            absent = cells.cast(pl.String).str.strip_chars().str.to_lowercase().is_in([m.lower() for m in self.missing])
        return cells.to_frame().select(pl.when(~absent).then(pl.first())).to_series()

    def plain(self, cells: "pl.Series", kind: Kind | None, origin: Origin) -> Spelled:
        """The column in the plain spelling; ``kind`` is the one that it must have, if it is known.

        Raises ``SpellingError`` for numbers with marks that may mean several things, and for the odd cell among amounts.
        """
        import polars as pl

        if cells.dtype != pl.String or kind in ("text", "boolean"):
            return Spelled(cells, kind)
        if self.date_format is not None and kind != "number":
            found = _dates(cells, self.date_format, kind)
            if found is not None:
                return found
        if kind is None and look_like_dates(cells):
            return Spelled(cells, kind, (Remark(date_remark(cells, self.date_format)),))
        return Spelled(cells, kind) if kind == "date" else self._without_brackets(cells, kind, origin)

    def _without_brackets(self, cells: "pl.Series", kind: Kind | None, origin: Origin) -> Spelled:
        """The column of amounts with a minus where some stand in brackets, if nearly all its cells are numbers then."""
        if not cells.str.contains("(", literal=True).any():
            return self._amounts(cells, kind, origin)
        bracketed = in_brackets(cells)
        found = self._amounts(with_minus(cells, bracketed), kind, origin)
        numbers = to_numbers(without_blanks(found.cells)).is_not_null()
        alone = kind is None and not (numbers & ~bracketed).any()
        if not bracketed.any() or alone or numbers.sum() < _enough(without_blanks(cells), kind):
            return self._amounts(cells, kind, origin)
        return found._replace(said=(*found.said, BRACKETS))

    def _amounts(self, cells: "pl.Series", kind: Kind | None, origin: Origin) -> Spelled:
        """The column without its currency or percent signs, if its cells have the same one and are numbers without it."""
        sign = sign_of(cells)
        if sign is None:
            return self._numbers(cells, cells, kind, origin)
        text, shapes = without_blanks(cells), signed(sign)
        fits = text.str.contains("|".join(shapes)).fill_null(False)
        odd = ~fits & text.is_not_null()
        if fits.sum() < _enough(text, kind):
            return Spelled(cells, kind, _unsigned(text, odd))
        bare = text.str.replace(shapes[0], "${1}${2}").str.replace(shapes[1], "${1}").set(odd, None)
        found = self._numbers(bare, cells, kind, origin)
        if to_numbers(found.cells).null_count() > found.cells.null_count():
            return Spelled(cells, kind)
        if odd.any():
            raise odd_cell(text, odd, f"lacks the sign {sign} that the column's other cells have", origin)
        return Spelled(found.cells, "number", (PERCENT if sign == "%" else CURRENCY, *found.said), sign)

    def _numbers(self, text: "pl.Series", cells: "pl.Series", kind: Kind | None, origin: Origin) -> Spelled:
        """The column with decimal points and without thousands separators, if it is one of numbers.

        ``text`` are the cells without signs, ``cells`` those that messages show.
        """
        if not self.guesses:
            return self._as_said(without_blanks(text), cells, kind, origin)
        if not text.str.contains(",", literal=True).any():
            return Spelled(text, kind, (DECIMALS,) if may_separate_thousands(text) else ())
        text = without_blanks(text)
        fits, plain = text.str.contains(GROUPED).fill_null(False), text.str.replace_all(",", "", literal=True)
        unclear = ~fits & (text.str.contains(COMMA_NUMBER).fill_null(False) | to_numbers(text).is_not_null())
        if unclear.any() or fits.sum() < _enough(text, kind):
            self._refuse_unclear(text, cells, text.str.contains(",", literal=True).fill_null(False), origin)
            return Spelled(text, kind)
        return _respelled(text, fits, plain, kind, (COMMAS,))

    def _as_said(self, text: "pl.Series", cells: "pl.Series", kind: Kind | None, origin: Origin) -> Spelled:
        """The column with its numbers as ``decimal`` and ``thousands`` say, if nearly all its cells are such numbers."""
        point = self.decimal_mark
        mark = separators_pattern(self.thousands)
        number = f"^{number_pattern(point, mark)}$"
        fits = text.str.contains(number).fill_null(False)
        pointed = (~fits & to_numbers(text).is_not_null()).any()
        unsure = self.decimal is None and not self.thousands and may_separate_thousands(text)
        said = (*(OTHERWISE,) * pointed, *(DECIMALS,) * unsure)
        if fits.sum() < _enough(text, kind):
            self._refuse_unclear(text, cells, ~fits, origin)
            return Spelled(text, kind, said)
        plain = (text.str.replace_all(mark, "") if mark else text).str.replace(re.escape(point), ".")
        return _respelled(text, fits, plain, kind, said)

    def _refuse_unclear(self, text: "pl.Series", cells: "pl.Series", unread: "pl.Series", origin: Origin) -> None:
        """Raise ``SpellingError`` for the first ``unread`` number with a comma, if the column is one of numbers."""
        commas = text.str.contains(COMMA_NUMBER).fill_null(False)
        good = (commas | ~unread | to_numbers(text).is_not_null()) & text.is_not_null()
        odd = commas & unread
        if not odd.any() or good.sum() < MOSTLY * (len(text) - text.null_count()):
            return
        row = int(odd.arg_true()[0])
        marks = str(Format(None if self.decimal == "." else self.decimal, self.thousands or None))
        what = f"is not a number as {marks} says" if marks else "has a comma within a number"
        raise SpellingError(
            f"{origin.cell(row, cells.name)}: {quoted(cells[row].strip())} {what}.",
            "Say what the comma is: --decimal , (with --thousands . where points separate thousands), or --thousands , .",
        )


def _enough(text: "pl.Series", kind: Kind | None) -> float:
    """So many cells must be numbers for the column to be one of numbers; where it is one, any number is."""
    return 1 if kind == "number" else max(MOSTLY * (len(text) - text.null_count()), 1)


def _respelled(
    text: "pl.Series", fits: "pl.Series", plain: "pl.Series", kind: Kind | None, said: tuple[Remark, ...]
) -> Spelled:
    """The column with plain cells where they fit; it is one of numbers if all do, and some are spelled otherwise."""
    changed = bool((fits & (plain != text)).any())
    all_fit = fits.sum() == len(text) - text.null_count()
    return Spelled(_where(fits, plain, text), "number" if changed and all_fit else kind, said)


def _unsigned(text: "pl.Series", odd: "pl.Series") -> tuple[Remark, ...]:
    """The message for the first cell without a sign, if most others have one."""
    if (text.is_not_null() & ~odd).sum() < PARTLY * (len(text) - text.null_count()):
        return ()
    first = quoted(text.filter(odd)[0])
    return (
        Remark(
            f"the column is read as text, since {first} lacks the sign that most cells have (if it means a missing value, "
            "name it with --missing)"
        ),
    )


def _dates(cells: "pl.Series", date_format: str, kind: Kind | None) -> Spelled | None:
    """The column with its dates in ISO 8601, if nearly all its cells have the format; of known dates, those that have."""
    import polars as pl

    text = without_blanks(cells)
    different = text.drop_nulls().unique(maintain_order=True)
    if kind is None and share(different.head(SAMPLE), date_format) < PARTLY:
        return None
    moments = pl.Series([iso(cell, date_format) for cell in different], dtype=pl.String)
    dates = text.replace_strict(different, moments, default=None, return_dtype=pl.String)
    fits, given = dates.is_not_null(), len(text) - text.null_count()
    if not given or (kind is None and fits.sum() < MOSTLY * given):
        return None
    return Spelled(_where(fits, dates, text), "date" if fits.sum() == given else kind)


def _where(fits: "pl.Series", plain: "pl.Series", text: "pl.Series") -> "pl.Series":
    """The plain cells where they fit, the others as they are."""
    return plain.zip_with(fits, text).alias(text.name)


# --- from a file ---------------------------------------------------------------------------------------------------

PARTS: dict[str, Check] = {
    "decimal": or_null(one_of(*DECIMAL_MARKS)),
    "thousands": or_null(one_of(*THOUSANDS)),
    "delimiter": or_null(lambda mark: is_text(mark) and is_delimiter(mark)),
    "missing": or_null(lambda cells: are_names(cells) and all(cells)),
    "date_format": or_null(lambda text: is_text(text) and is_date_format(text)),
}


def is_format(plain: object) -> bool:
    """Whether it is what ``asdict`` made of a format, and then JSON."""
    return object_of(PARTS)(plain) and (plain["decimal"] is None or plain["decimal"] != plain["thousands"])  # type: ignore[index]


def format_from_json(plain: Mapping[str, Any]) -> Format:
    """The format of checked plain data."""
    missing = plain.get("missing")
    return Format(**{**plain, "missing": None if missing is None else tuple(missing)})
