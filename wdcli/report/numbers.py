"""Numbers as a person reads them."""

import math

NOTHING = "–"


def loss(value: float) -> str:
    """Four decimals, or four figures for a large loss."""
    if math.isnan(value):
        return NOTHING
    return f"{value:.4f}" if abs(value) < 100 else f"{value:.4g}"


def figure(value: float, digits: int = 3) -> str:
    """A few significant figures, no exponent from a ten-thousandth to a million; a dash for what isn't there."""
    if math.isnan(value):
        return NOTHING
    return f"{value:.0f}" if 10**digits <= abs(value) < 1e6 else f"{value:.{digits}g}"


def norm(value: float) -> str:
    """A norm: one or two decimals, and 0.00 only for what is nearly nothing."""
    if math.isnan(value):
        return NOTHING
    return f"{value:.2f}" if value < 1000 else f"{value:.4g}"


def share(value: float, decimals: int = 0) -> str:
    """A share in percent; 0 % and 100 % are said of exactly none and all alone."""
    if math.isnan(value):
        return NOTHING
    smallest = 10.0**-decimals / 2
    percent = 100 * value
    if 0 < percent < smallest:
        return f"<{smallest * 2:.{decimals}f} %"
    if 100 - smallest < percent < 100:
        return f">{100 - smallest * 2:.{decimals}f} %"
    return f"{percent:.{decimals}f} %"


def plus_minus(value: float, error: float) -> str:
    """A mean and its standard error."""
    return NOTHING if math.isnan(value) else f"{loss(value)} ± {error:.4f}"


def seconds(value: float) -> str:
    """A duration."""
    if value < 1:
        return f"{value:.2f} s"
    return f"{value:.1f} s" if value < 60 else f"{int(value) // 60} min {int(value) % 60} s"
