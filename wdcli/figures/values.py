"""Values of a stored result's JSON object: numbers, where null is nan, and text that is harmless."""

import math
from collections.abc import Mapping
from typing import Any

from wdcli.fits.records import NAN
from wdcli.text import harmless, safe

Json = Mapping[str, Any]


def text(value: Any) -> str:
    """Text over several lines, made harmless."""
    if not isinstance(value, str):
        raise TypeError
    return harmless(value, "\n")


def names(told: Json, key: str) -> tuple[str, ...]:
    """The names under a key; none where there are none."""
    return tuple(safe(name) for name in told.get(key, ()))


def numbers(values: Any) -> tuple[float, ...]:
    """A list of numbers."""
    found = tuple(values)
    # Most are floats as they are: a function has thousands.
    if all(type(value) is float for value in found) and all(map(math.isfinite, found)):
        return found
    return tuple(map(number, found))


def number(value: Any) -> float:
    """A number of the JSON; nan for null, and for what JSON itself has no word for."""
    found = NAN if value is None else float(value)
    return found if math.isfinite(found) else NAN
