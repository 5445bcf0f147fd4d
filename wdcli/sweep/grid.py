"""The lambdas of a sweep: given, or found, from where every weight is zero down to where decay no longer matters."""

from collections.abc import Iterable, Sequence

import numpy as np

from wdcli.array import Array
from wdcli.conventions import Setting, strengths
from wdcli.errors import ConfigError
from wdcli.fits.config import FitConfig
from wdcli.nn.activations import ACTIVATIONS
from wdcli.nn.penalties import PENALTIES
from wdcli.sweep.rows import Row

STEP = 10**0.25
"""Ratio of neighbours of the automatic grid."""
FIRST_POINTS, MORE_POINTS = 17, 4
"""Lambdas above 0 at the start (four decades), and those that an extension adds."""
BUDGET = 41
"""Lambdas above 0 at the most."""
FLAT = 0.5
"""The curve is flat where its lowest lambdas' mean CV loss is within so many standard errors of lambda = 0's."""
FLAT_ROWS = 3
SETTLED = 0.05
"""So close, in standard errors, are the CV losses of the top rows when going up changes nothing any more."""
SMALLEST_L1_RATIO = 1e-3


def first_grid(
    fit: FitConfig, lambdas: tuple[float, ...] | None, setting: Setting, X: Array, Y: Array
) -> tuple[float, ...]:
    """The lambdas to begin with, ascending, each once, in the convention that was asked for.

    Those that were given, as they are; else (None) 0 and four decades down from ``largest_strength``. X (rows, d) and Y (rows,
    outputs) are the training rows as the network sees them.
    """
    if not fit.penalised:
        return (0.0,)
    if lambdas is not None:
        if not lambdas:
            raise ConfigError("--lambdas names no value.")
        return tuple(sorted(set(lambdas)))
    # An elastic net's s1 is l1_ratio of lambda: what is divided by it is bounded, as glmnet bounds it.
    ratio = max(fit.l1_ratio, SMALLEST_L1_RATIO)
    unit = strengths(fit.convention, fit.penalty, 1.0, ratio, setting)
    top = largest_strength(fit, setting, X, Y) / (unit.l1 or unit.l2)
    return (0.0, *_rounded(top / STEP**i for i in reversed(range(FIRST_POINTS))))


def largest_strength(fit: FitConfig, setting: Setting, X: Array, Y: Array) -> float:
    """The strength (s1, or s2 where there is no s1) at which the bias-only model is the answer, or the penalty's guess at it.

    Networks with several hidden layers have no formula: zero is a local minimum for every lambda above 0, and the grid is
    extended from there. Plain squared error counts 2 / outputs times. 1 where no feature pulls at all.
    """
    pull = (X - X.mean(axis=0, dtype=np.float64)).T @ (Y - Y.mean(axis=0, dtype=np.float64)) / len(X)
    if not np.abs(pull).max() > 0:
        return 1.0
    steepest = ACTIVATIONS[fit.activation].steepest if fit.hidden else None
    return PENALTIES[fit.penalty].largest_strength(pull, steepest) * setting.half_loss


def extension(rows: Sequence[Row]) -> tuple[float, ...]:
    """Lambdas to add to an automatic grid, given its rows in ascending order, 0 first; none when it is wide enough.

    Upwards while the top row has not collapsed (or more decay changes nothing any more); downwards until the CV curve is
    as flat as at lambda = 0 and the best is not the lowest lambda above it. Within ``BUDGET``, so a grid can end at an
    edge, which the selection then says.
    """
    above = [row for row in rows if row.lambd > 0]
    room = min(MORE_POINTS, BUDGET - len(above))
    added: list[float] = []
    if above[-1].status == "ok" and not _settled(above[-MORE_POINTS:]):
        added += _rounded(above[-1].lambd * STEP**i for i in range(1, room + 1))
    room = min(MORE_POINTS, BUDGET - len(above) - len(added))
    if not _flat(rows[0], above) or _lowest_is_best(rows):
        added += _rounded(above[0].lambd / STEP**i for i in range(1, room + 1))
    return tuple(sorted(added))


def extended(grid: Sequence[float], new: Sequence[float]) -> str:
    """Why an ascending grid is extended by new lambdas, and how far, for a reader."""
    ends = [f"down to {new[0]:g}"] * (new[0] < grid[-1]) + [f"up to {new[-1]:g}"] * (new[-1] > grid[-1])
    return f"The CV curve goes on at the edge of the grid, which is extended {' and '.join(ends)}"


def _lowest_is_best(rows: Sequence[Row]) -> bool:
    """Whether the lowest lambda above 0 has the least CV loss of all, that of lambda = 0 included."""
    losses = [row.cv_loss for row in rows]
    return bool(np.isfinite(losses).any()) and int(np.nanargmin(losses)) == 1


def _settled(rows: Sequence[Row]) -> bool:
    """Whether the CV losses of these rows are as good as equal: training has no steps left to shrink the weights with."""
    losses = [row.cv_loss for row in rows]
    return max(losses) - min(losses) <= SETTLED * min(row.cv_se for row in rows)


def _flat(reference: Row, above: Sequence[Row]) -> bool:
    """Whether the lowest lambdas do as the network without decay does (or it diverged, and there is nothing to reach)."""
    if np.isnan(reference.cv_loss):
        return True
    lowest = np.mean([row.cv_loss for row in above[:FLAT_ROWS]])
    return bool(abs(lowest - reference.cv_loss) <= FLAT * reference.cv_se)


def _rounded(values: Iterable[float]) -> tuple[float, ...]:
    """To three figures: a lambda that is printed is the lambda that was used."""
    return tuple(float(f"{value:.3g}") for value in values)
