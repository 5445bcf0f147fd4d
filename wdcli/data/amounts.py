"""Amounts: numbers with a currency or percent sign, negative ones in brackets, and points that may separate thousands."""

import re
import unicodedata
from typing import TYPE_CHECKING

from wdcli.data.cells import without_blanks
from wdcli.data.dateforms import FEW, SAMPLE

if TYPE_CHECKING:
    import polars as pl

POINTS = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$"
"""A number whose point may be a thousands separator."""
SHORT = r"^[+-]?[0-9]{1,3}$"
"""A whole number too short to need one."""
BRACKETS = r"^([^()0-9+-]*)\(([^()+-]*[0-9][^()]*)\)([^()0-9]*)$"
"""A negative amount as accountants write it: ($5), $(5), (5 %) or (5) %."""


def sign_of(cells: "pl.Series") -> str | None:
    """The currency or percent sign in the first cell that has a value."""
    for part in (cells.head(SAMPLE), cells):
        given = without_blanks(part).drop_nulls()
        if len(given):
            return next((c for c in given[0] if c == "%" or unicodedata.category(c) == "Sc"), None)
    return None


def signed(sign: str) -> tuple[str, str]:
    """Regular expressions for a cell with the sign before its number, or after it."""
    mark = re.escape(sign)
    return rf"^([+-]?)\s*{mark}\s*([^\s{mark}][^{mark}]*)$", rf"^([^{mark}]*[^\s{mark}])\s*{mark}$"


def in_brackets(cells: "pl.Series") -> "pl.Series":
    """Which cells are amounts in brackets."""
    return cells.str.strip_chars().str.contains(BRACKETS).fill_null(False)


def with_minus(cells: "pl.Series", bracketed: "pl.Series") -> "pl.Series":
    """The cells with a minus in place of brackets, and with the sign that the column's other cells have."""
    opened = cells.str.strip_chars().str.replace(BRACKETS, "-${1}${2}${3}")
    sign = sign_of(cells)
    if sign is not None:
        bare = ~opened.str.contains(sign, literal=True)
        opened = opened.str.replace("^-", f"-{sign.replace('$', '$$')}").zip_with(bare.fill_null(False), opened)
    return opened.zip_with(bracketed, cells).alias(cells.name)


def may_separate_thousands(text: "pl.Series") -> bool:
    """Whether several cells have a point, with three digits after each, and all others are whole numbers below 1000."""
    fits = without_blanks(text.head(SAMPLE)).str.contains(f"{POINTS}|{SHORT}")
    if not fits.drop_nulls().all() or not text.str.contains(".", literal=True).any():
        return False
    text = without_blanks(text)
    return bool(text.str.contains(f"{POINTS}|{SHORT}").all() and text.str.contains(POINTS).sum() >= FEW)
