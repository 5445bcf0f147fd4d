"""How a file may be spelled: the marks in its numbers, between its cells, and the format of its dates."""

import re
import warnings
from datetime import datetime

DECIMALS, THOUSANDS = (".", ","), (".", ",", " ", "'", "_")
EXAMPLES = (datetime(1987, 6, 15, 14, 30, 45), datetime(2013, 11, 28, 3, 5, 9))
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
