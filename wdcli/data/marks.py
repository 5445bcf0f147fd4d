"""How a file may be spelled: the marks in its numbers, between its cells, and the format of its dates."""

import re
import warnings
from datetime import datetime

DECIMALS, THOUSANDS = (".", ","), (".", ",", " ", "'", "_")
EXAMPLES = (datetime(1987, 6, 15, 14, 30, 45), datetime(2013, 11, 28, 3, 5, 9))
SPACES = {" ": "[ \u00a0\u2009\u202f]", "'": "['\u2019]"}
"""Regular expressions for thousands separators that are typed in several ways."""
LONGEST = 100
"""A longer format of dates is refused: the work on each cell grows with its length."""


def is_delimiter(mark: str) -> bool:
    """Whether it is a character that may stand between cells."""
    return mark == "\t" or (len(mark) == 1 and " " <= mark <= "~" and not mark.isalnum() and mark != '"')


def is_date_format(text: str) -> bool:
    """Whether it is a format of ``strptime`` that has a day, a month and a year."""
    try:
        # Python 3.13 warns of a format without a year, which is none here.
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            return len(text) <= LONGEST and all(
                datetime.strptime(moment.strftime(text), text).date() == moment.date() for moment in EXAMPLES
            )
    except (ValueError, re.error):
        # A directive that doesn't exist, one that stands there twice, or half a character.
        return False


def separators_pattern(thousands: str | None) -> str:
    """A regular expression for the separator between thousands; empty if there is none."""
    return SPACES.get(thousands or "", re.escape(thousands or ""))


def number_pattern(decimal: str, separators: str) -> str:
    """A regular expression for a number with this decimal mark, and with the ``separators`` (a pattern) or without."""
    point = re.escape(decimal)
    whole = rf"([0-9]+|[1-9][0-9]{{0,2}}({separators}[0-9]{{3}})+)" if separators else "[0-9]+"
    return rf"[+-]?({whole}({point}[0-9]*)?|{point}[0-9]+)([eE][+-]?[0-9]+)?"
