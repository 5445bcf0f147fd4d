"""Numbers as a person reads them."""

import math
from collections.abc import Callable

from wdcli.fits.quantities import QUANTITIES, Style

NOTHING = "–"
ROUNDING = 1e-9
"""Scores, slopes and residuals below this are rounding errors."""
SMALL = 0.005
"""Norms below this would be rounded to 0.00."""


def loss(value: float) -> str:
    """Four decimals, or four figures for a large loss."""
    if not math.isfinite(value):
        return NOTHING
    return f"{value:.4f}" if abs(value) < 100 else f"{value:.4g}"


def figure(value: float, digits: int = 3) -> str:
    """A few significant figures, no exponent from a ten-thousandth to a million; a dash for a missing number."""
    if math.isnan(value):
        return NOTHING
    short = f"{value:.{digits}g}"
    # The rounded number decides: 999.7 is 1000, not 1e+03.
    return f"{value:.0f}" if 10**digits <= abs(float(short)) < 1e6 else short


def measured(value: float, digits: int = 3) -> str:
    """A computed figure: 0 if it is only a rounding error."""
    return figure(0.0 if abs(value) < ROUNDING else value, digits)


def norm(value: float) -> str:
    """A norm: one or two decimals, and 0.00 only if it is nearly 0."""
    if math.isnan(value):
        return NOTHING
    return f"{value:.2f}" if value < 1000 else f"{value:.4g}"


def used_norm(value: float) -> str:
    """The norm of a column's weights: 0.00 only if it is exactly 0, since a column with tiny weights is in use."""
    return figure(value) if 0 < value < SMALL else norm(value)


def rise(value: float) -> str:
    """A rise of the loss; never ``-0.0000``."""
    return loss(round(value, 4) + 0.0)


def share(value: float, decimals: int = 0) -> str:
    """A share in percent; 0 % and 100 % mean exactly none and exactly all."""
    if math.isnan(value):
        return NOTHING
    smallest = 10.0**-decimals / 2
    percent = 100 * value
    if 0 < percent <= smallest:
        return f"<{smallest * 2:.{decimals}f} %"
    if 100 - smallest <= percent < 100:
        return f">{100 - smallest * 2:.{decimals}f} %"
    return f"{percent:.{decimals}f} %"


def count_of(value: float) -> str:
    """A mean of counts: no decimals where it is a whole number or large."""
    if not math.isfinite(value):
        return NOTHING
    return f"{value:,.0f}" if value == round(value) or value >= 100 else f"{value:.1f}"


def signed(value: float) -> str:
    """A difference, with its sign."""
    if math.isnan(value):
        return NOTHING
    return f"{value:+.4f}" if value == 0 or 5e-5 <= abs(value) < 100 else f"{value:+.1e}"


def probability(value: float) -> str:
    """A p-value: two figures, and more where rounding would hide on which side of the level it lies."""
    if math.isnan(value):
        return NOTHING
    # It loads NumPy, which a picture of a stored run does without.
    from wdcli.sweep.difference import LEVEL

    digits = next(digits for digits in range(2, 17) if (float(f"{value:.{digits}g}") < LEVEL) == (value < LEVEL))
    return figure(value, digits)


def plus_minus(value: float, error: float) -> str:
    """A mean and its standard error."""
    return NOTHING if math.isnan(value) else f"{loss(value)} ± {loss(error)}"


def times(value: float, reference: float) -> str:
    """``1.5 times``, or ``more than 1000 times`` where the reference is next to nothing."""
    if reference * 1000 < value:
        return "more than 1000 times"
    return f"{figure(value / reference if reference else 1.0)} times"


def seconds(value: float) -> str:
    """A duration."""
    if value < 1:
        return f"{value:.2f} s"
    return f"{value:.1f} s" if value < 60 else f"{int(value) // 60} min {int(value) % 60} s"


STYLES: dict[Style, Callable[[float], str]] = {
    "norm": norm, "share": share, "count": lambda value: figure(value, 4), "figure": measured,
    "residual": lambda value: measured(value, 2), "score": measured,
}  # fmt: skip
"""How each kind of number is shown."""


def shown(name: str, status: str, value: float) -> str:
    """A quantity of ``Measures``; a dash where it means nothing because the network has collapsed."""
    quantity = QUANTITIES[name]
    return NOTHING if status == "collapsed" and not quantity.of_collapsed else STYLES[quantity.style](value)
