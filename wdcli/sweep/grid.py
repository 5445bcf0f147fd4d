"""The lambdas of a sweep."""

import numpy as np

from wdcli.conventions import Setting, strengths
from wdcli.errors import ConfigError
from wdcli.sweep.config import SweepConfig

AUTO_LOW, AUTO_HIGH, AUTO_POINTS = 1e-4, 1e3, 25


def make_grid(config: SweepConfig, setting: Setting) -> tuple[float, ...]:
    """The lambdas, ascending, each once, in the convention that was asked for.

    Automatic: 0, then ``AUTO_POINTS`` from 1e-4 to 1e3, log-spaced, in the article's convention; converted to the one
    that was asked for, so that the strengths are the same in each (an elastic net's on |w| are).
    """
    fit = config.fit
    if fit.penalty == "none":
        return (0.0,)
    if config.lambdas is not None:
        if not config.lambdas:
            raise ConfigError("--lambdas names no value.")
        return tuple(sorted(set(config.lambdas)))
    unit = strengths(fit.convention, fit.penalty, 1.0, fit.l1_ratio, setting)
    article = strengths("textbook", fit.penalty, 1.0, fit.l1_ratio, setting)
    factor = article.l1 / unit.l1 if unit.l1 else article.l2 / unit.l2
    points = np.geomspace(AUTO_LOW, AUTO_HIGH, AUTO_POINTS)
    return (0.0, *(float(f"{point * factor:.3g}") for point in points))
