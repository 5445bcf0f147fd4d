"""The lambdas of a sweep: given, or found, from where every weight is zero down to where decay no longer matters."""

from collections.abc import Iterable, Sequence

import numpy as np

from wdcli.array import Array
from wdcli.conventions import Setting, strengths
from wdcli.errors import ConfigError
from wdcli.fits.config import FitConfig
from wdcli.nn.activations import ACTIVATIONS
from wdcli.nn.arrays import Examples, mean_row, weighted
from wdcli.nn.groups import Groups
from wdcli.nn.penalties import PENALTIES
from wdcli.nn.strengths import LayerStrengths
from wdcli.sweep.rows import Row

STEP = 10**0.25
"""Ratio of neighbours of the automatic grid."""
FIRST_POINTS, MORE_POINTS = 17, 4
"""The numbers of lambdas above 0 in the first grid (four decades), and in an extension at one end."""
BUDGET = 41
"""The most lambdas above 0."""
FLAT = 0.5
"""The curve is flat if the mean CV loss of its lowest lambdas is within this many standard errors of lambda = 0's."""
FLAT_SPAN = STEP**2.5
"""The lowest lambdas: those up to this many times the lowest one, three of an automatic grid."""
SETTLED = 0.05
"""The curve's top has settled if the CV losses of its top rows are within this many standard errors of each other."""
TOP_SPAN = STEP**3.5
"""The top rows: those down to the largest lambda over this, four of an automatic grid."""
SMALLEST_L1_RATIO = 1e-3


def first_grid(
    fit: FitConfig, lambdas: tuple[float, ...] | None, setting: Setting, train: Examples, columns: Array | None = None
) -> tuple[float, ...]:
    """The first lambdas, ascending and unique, in the fit's convention.

    These are the given ones or, if None, 0 and four decades down from ``largest_lambda`` for these training rows.
    """
    if not fit.penalised:
        return (0.0,)
    if lambdas is not None:
        if not lambdas:
            raise ConfigError("--lambdas names no value.")
        return tuple(sorted(set(lambdas)))
    top = largest_lambda(fit, setting, train, columns)
    return (0.0, *_rounded(top / STEP**i for i in reversed(range(FIRST_POINTS))))


def largest_lambda(fit: FitConfig, setting: Setting, train: Examples, columns: Array | None = None) -> float:
    """The lambda at which the bias-only model is the solution, or an estimate of it.

    Networks with several hidden layers have no formula: zero is a local minimum for every lambda above 0, and the grid is
    extended from the estimate. Plain squared error counts 2 / outputs times. ``columns`` (features,) says which features are
    of one column of the table; None: each is one. If no feature correlates with the target, the strength is 1.
    """
    # An elastic net's s1 is lambda times l1_ratio; the ratio divided by is bounded from below, as in glmnet.
    ratio = max(fit.l1_ratio, SMALLEST_L1_RATIO)
    unit = strengths(fit.convention, fit.penalty, 1.0, ratio, setting)
    X, Y, weights = train.in_loss
    residuals = weighted(Y - mean_row(Y, weights), weights)
    pull = (X - mean_row(X, weights)).T @ residuals / len(X)
    if not np.abs(pull).max() > 0:
        return 1 / (unit.l1 or unit.l2 or unit.group)
    steepest = ACTIVATIONS[fit.activation].steepest if fit.hidden else None
    at_one = LayerStrengths(np.array(unit.l1), np.array(unit.l2), np.array(unit.group), Groups.of(columns))
    return PENALTIES[fit.penalty].largest_lambda(pull * setting.half_loss, steepest, at_one)


def extension(grid: Sequence[float], rows: Sequence[Row]) -> tuple[float, ...]:
    """Lambdas to add to an automatic grid, given rows for 0 and at least every second lambda of a stretch; () if it is wide.

    Grid and rows are ascending, 0 first. An end of the grid without a row stays where it is.

    It extends upwards until the top row has collapsed or more decay changes nothing; downwards until the lowest lambdas
    do as lambda = 0 does and the best isn't the lowest above 0. Because of ``BUDGET``, which goes to the end that is reached
    first, the best lambda can still be at an edge, which the selection reports.
    """
    added: list[float] = []
    if _goes_on_above(grid[-1], rows):
        room = min(MORE_POINTS, BUDGET - len(grid) + 1)
        added += _rounded(grid[-1] * STEP**i for i in range(1, room + 1))
    if _goes_on_below(grid[1], rows):
        room = min(MORE_POINTS, BUDGET - len(grid) + 1 - len(added))
        added += _rounded(grid[1] / STEP**i for i in range(1, room + 1))
    return tuple(sorted(added))


def with_judges(grid: Sequence[float], lambdas: Sequence[float]) -> tuple[float, ...]:
    """These lambdas of an automatic grid, and two steps inside of each end among them one by which ``extension`` judges it."""
    judges = [grid[3]] * (grid[1] in lambdas) + [grid[-3]] * (grid[-1] in lambdas)
    return tuple(sorted({*lambdas, *judges}))


def extended(grid: Sequence[float], new: Sequence[float]) -> str:
    """The message on why an ascending grid is extended by new lambdas, and how far."""
    ends = [f"down to {new[0]:g}"] * (new[0] < grid[-1]) + [f"up to {new[-1]:g}"] * (new[-1] > grid[-1])
    return f"The CV curve goes on at the edge of the grid, which is extended {' and '.join(ends)}"


def _goes_on_above(top: float, rows: Sequence[Row]) -> bool:
    """Whether there is a row for the largest lambda, neither collapsed nor diverged, and more decay changes something."""
    last = rows[-1]
    return (
        last.lambd == top and last.status == "ok" and not _settled([row for row in rows if row.lambd * TOP_SPAN > top])
    )


def _goes_on_below(lowest: float, rows: Sequence[Row]) -> bool:
    """Whether there is a row for the lowest lambda above 0, and less decay changes something, or it is the best of all."""
    if len(rows) < 2 or rows[1].lambd != lowest:
        return False
    flat = _flat(rows[0], [row for row in rows[1:] if row.lambd < lowest * FLAT_SPAN])
    return not flat or _lowest_is_best(rows)


def _lowest_is_best(rows: Sequence[Row]) -> bool:
    """Whether the lowest lambda above 0 has the least CV loss of all, lambda = 0 included."""
    losses = [row.cv_loss for row in rows]
    return bool(np.isfinite(losses).any()) and int(np.nanargmin(losses)) == 1


def _settled(rows: Sequence[Row]) -> bool:
    """Whether these rows' CV losses are practically equal: training has too few steps to shrink the weights further."""
    losses = [row.cv_loss for row in rows]
    return max(losses) - min(losses) <= SETTLED * min(row.cv_se for row in rows)


def _flat(reference: Row, lowest: Sequence[Row]) -> bool:
    """Whether the lowest lambdas do as well as lambda = 0; True if that diverged and can't be compared with."""
    if np.isnan(reference.cv_loss):
        return True
    mean = np.mean([row.cv_loss for row in lowest])
    return bool(abs(mean - reference.cv_loss) <= FLAT * reference.cv_se)


def _rounded(values: Iterable[float]) -> tuple[float, ...]:
    """Round to three figures, so that a printed lambda is exactly the one used."""
    return tuple(float(f"{value:.3g}") for value in values)
