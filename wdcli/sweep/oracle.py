"""What a sweep on generated data can be held against: the truth is known there."""

import math
from dataclasses import dataclass

from wdcli.conventions import Setting, Strengths, from_strengths
from wdcli.data.dataset import Truth
from wdcli.fits.config import FitConfig


@dataclass(frozen=True)
class Oracle:
    """The best that could be done.

    ``noise_floor`` is the least expected loss of all functions, in the unit of the losses. ``lambda_best`` is the lambda
    with the least expected loss where there is a formula, else the row of the least excess risk; ``excess_risk`` is the
    network's there: its expected loss above the floor. ``chosen_excess_risk`` is that of the lambda that was chosen.
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
