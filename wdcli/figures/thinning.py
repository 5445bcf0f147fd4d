"""A part of many, evenly spread."""

import math
from collections.abc import Iterable


def thinned(number: int, most: int, kept: Iterable[int] = ()) -> list[int]:
    """At most so many of ``number`` places, evenly: the first, the last, and those to be kept."""
    if number <= most:
        return list(range(number))
    always = {0, number - 1, *kept}
    between = max(most - len(always), 0) + 2
    evenly = {math.floor(i * (number - 1) / (between - 1) + 0.5) for i in range(between)}
    return sorted(always | evenly)
