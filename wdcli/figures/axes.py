"""Axes: how far they reach, whether they are logarithmic, and where their ticks are."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from wdcli.figures.model import Axis, Tick
from wdcli.report.numbers import count_of, figure

WIDE = 8
"""A loss axis is logarithmic if its largest loss is over this many times its least."""
ROOM = 1.8
"""A logarithmic loss axis begins at the least held-out loss divided by this."""
CONSTANTS = 3
"""A loss axis ends at most at this many times the loss of a constant answer."""
MARGIN = 0.05
ROUNDING = 1e-9
LEAST = 1e-150
"""Ends of a logarithmic axis lie between this and its inverse, so that their products and ratios are numbers."""
MOST_DECIMALS = 5
TICKS = 5
"""About how many ticks a linear axis has."""
MOST_DECADES = 10
DECADES = 2
"""A logarithmic axis with fewer decades than this has ticks between them."""


def lambda_axis(lambdas: Iterable[float]) -> Axis:
    """A logarithmic axis; 0, if swept, stands apart. There must be a lambda above 0."""
    every = set(lambdas)
    above = [min(max(lambd, LEAST), 1 / LEAST) for lambd in sorted(every - {0.0})]
    low, high = (above[0], above[-1]) if above[0] < above[-1] else (above[0] / 10, above[0] * 10)
    zero = 0.0 in every
    ticks = ([Tick(0.0, "0")] if zero else []) + log_ticks(low, high)
    return Axis("lambda (log axis)", low, high, tuple(ticks), log=True, zero=zero)


def loss_axis(label: str, held: Sequence[float], constant: float) -> Axis:
    """An axis for losses, by those on held-out rows (finite ones count) and that of the best constant answer.

    Logarithmic if they differ widely, else from 0. What lies beyond its ends is drawn at the end, as beyond.
    """
    known = sorted(loss for loss in held if math.isfinite(loss)) or [1.0]
    least, most = known[0], known[-1]
    if math.isfinite(constant) and constant > 0:
        most = max(min(most, CONSTANTS * constant), least)
    if 0 < WIDE * least < most:
        return log_axis(label, least / ROOM, most * (1 + MARGIN))
    return linear_axis(label, 0.0, most * (1 + MARGIN) or 1.0)


def log_axis(label: str, low: float, high: float) -> Axis:
    """A logarithmic axis, with its scale named in its label."""
    low, high = (min(max(end, LEAST), 1 / LEAST) for end in (low, high))
    if not low < high:
        low, high = low / 2, high * 2
    return Axis(f"{label} (log axis)", low, high, tuple(log_ticks(low, high)), log=True)


def count_axis(label: str, low: float, high: float) -> Axis:
    """A logarithmic axis for counts, which have a comma after their thousands."""
    axis = log_axis(label, low, high)
    ticks = (Tick(tick.value, count_of(tick.value)) if tick.value >= 1000 else tick for tick in axis.ticks)
    return replace(axis, ticks=tuple(ticks), written=count_of)


def linear_axis(label: str, low: float, high: float) -> Axis:
    """A linear axis with round ticks."""
    if not low < high:
        low, high = low - 0.5, high + 0.5
    return Axis(label, low, high, tuple(linear_ticks(low, high)))


def percent_axis(label: str) -> Axis:
    """From 0 to 1, in percent."""
    return Axis(label, 0.0, 1.0, tuple(Tick(share / 4, f"{25 * share} %") for share in range(5)))


def linear_ticks(low: float, high: float) -> list[Tick]:
    """Multiples of 1, 2 or 5 times a power of ten."""
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.ceil(low / step - ROUNDING), math.floor(high / step + ROUNDING)
    values = [min(max(i * step, low), high) for i in range(first, last + 1)]
    return [Tick(value, _label(value, step)) for value in values]


def _label(value: float, step: float) -> str:
    """A tick's value, to the digit in which ticks that are a ``step`` apart differ."""
    decimals = max(0, -math.floor(math.log10(step) + ROUNDING))
    if not value or (abs(value) < 1e6 and decimals <= MOST_DECIMALS):
        return f"{value:.{decimals}f}" if value else "0"
    return figure(value, max(3, math.floor(math.log10(abs(value) / step) + ROUNDING) + 2))


def log_ticks(low: float, high: float) -> list[Tick]:
    """Powers of ten; their doubles and fivefolds too on a short axis, and linear ticks on a very short one."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = [10.0**power for power in range(first, last + 1, -(-(last - first) // MOST_DECADES))]
    factors: tuple[int, ...] = (1,) if math.log10(high / low) >= DECADES else (1, 2, 5)
    every = sorted(factor * decade for factor in factors for decade in decades)
    near = (value for value in every if low * (1 - ROUNDING) <= value <= high * (1 + ROUNDING))
    kept = [min(max(value, low), high) for value in near]
    if len(kept) < 2:
        return [tick for tick in linear_ticks(low, high) if tick.value > 0]
    return [Tick(value, figure(value)) for value in kept]


def between(places: Sequence[float]) -> list[tuple[float, float]]:
    """The stretch of an axis that is nearer to each of these ascending places than to the others."""
    middles = [(a + b) / 2 for a, b in itertools.pairwise(places)]
    return list(zip([0.0, *middles], [*middles, 1.0], strict=True))
