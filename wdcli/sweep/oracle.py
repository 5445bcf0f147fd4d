"""The best possible result of a sweep on generated data, whose truth is known."""

import math
from dataclasses import dataclass

from wdcli.conventions import Setting, Strengths, from_strengths
from wdcli.data.dataset import Truth
from wdcli.fits.config import FitConfig


@dataclass(frozen=True)
class Oracle:
    """The best possible result.

    ``noise_floor`` is the least expected loss of any function, in the unit of the losses. ``lambda_best`` has the least
    expected loss by a formula, if one exists, else the least excess risk of all rows. ``excess_risk`` is its network's
    expected loss above the floor; ``chosen_excess_risk`` is that of the chosen lambda.
    """

    noise_floor: float
    lambda_best: float
    formula: bool
    excess_risk: float
    chosen_excess_risk: float


def ridge_lambda(fit: FitConfig, truth: Truth, setting: Setting) -> float | None:
    """The best lambda of a linear model with L2 on a linear teacher, in the fit's convention; None for other fits.

    argmin |Xw - y|^2 + L |w|^2 is the objective with s2 = 2 L / n. Early stopping and decoupled decay have other optima.
    """
    other = fit.hidden or fit.penalty != "l2" or fit.resolved_decay == "decoupled" or fit.early_stopping
    if other or truth.best_ridge is None:
        return None
    found = from_strengths(fit.convention, Strengths(0.0, 2 * truth.best_ridge / setting.rows), setting)
    return None if found is None or math.isnan(found[0]) else found[0]
