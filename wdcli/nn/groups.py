"""Groups of weights: their norms, their proximal step in any metric, and the penalty at which all of them vanish."""

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wdcli.array import Array

MOST_STEPS = 100
"""Newton's method needs some 12 steps at most; this bounds it where numbers aren't finite."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Which rows of a layer's weights (lanes, fan_in, fan_out) form a group: so many ``rows`` each, (groups,), in order.

    A row holds the weights that leave one node. None: each row is a group.
    """

    rows: Array | None = None

    @classmethod
    def of(cls, columns: Array | None) -> "Groups":
        """The groups of features that are made from the same column of a table, from the place of each one's, (features,)."""
        rows = None if columns is None else np.unique(columns, return_counts=True)[1]
        return cls(None if rows is None or (rows == 1).all() else rows)

    @functools.cached_property
    def _starts(self) -> Array:
        rows = np.asarray(self.rows)
        return np.asarray(np.cumsum(rows) - rows)

    def total(self, values: Array) -> Array:
        """The sum over each group's rows, (lanes, fan_in) -> (lanes, groups)."""
        return values if self.rows is None else np.add.reduceat(values, self._starts, axis=1)

    def of_rows(self, values: Array) -> Array:
        """Each group's value for each of its rows, to broadcast against weights: (..., groups) -> (..., fan_in, 1)."""
        return (values if self.rows is None else np.repeat(values, self.rows, axis=-1))[..., None]

    def root_sizes(self, shape: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
        """sqrt(number of weights) of each group, for weights of this shape: (groups,)."""
        rows = np.ones(shape[-2]) if self.rows is None else self.rows
        return np.asarray(np.sqrt(rows * shape[-1]).astype(dtype))


BY_ROW = Groups()
"""Each row is a group."""


def norms(w: Array, groups: Groups) -> Array:
    """Euclidean norms of the groups of weights (lanes, fan_in, fan_out): (lanes, groups), float64."""
    exact = np.ascontiguousarray(w, dtype=np.float64)
    return np.asarray(np.sqrt(groups.total(np.vecdot(exact, exact))))


def shrink_groups(w: Array, step: Array, threshold: Array, groups: Groups, work: Array) -> None:
    """Overwrite w with argmin_u sum (u - w)^2 / (2 step) + threshold |u_g|_2 in each group, with a step for each weight.

    ``threshold`` is (lanes, groups); ``step`` and ``work``, of w's shape, are overwritten. The solution is 0 if
    |w / step|_2 <= threshold; otherwise, with b = step threshold, it is u = w rho / (rho + b), where rho = |u|_2 solves
    sum (w / (rho + b))^2 = 1. If all steps are equal this is block soft thresholding (Yuan and Lin 2006).
    """
    pull = np.divide(w, step, out=work)
    force, least = groups.total(np.vecdot(pull, pull)), threshold * threshold
    # Copying a group's value to its weights first is several times as fast as arithmetic that broadcasts it.
    np.copyto(work, groups.of_rows(threshold))
    b = np.multiply(step, work, out=step)
    alive = ~(force <= least) | (least == 0)
    rho = _lengths(w, b, force, least, alive, groups, work)
    np.copyto(work, groups.of_rows(rho))
    work += b
    np.copyto(step, groups.of_rows(np.where(alive, rho, 0)))
    step /= work
    w *= step


def _lengths(w: Array, b: Array, force: Array, least: Array, alive: Array, groups: Groups, work: Array) -> Array:
    """The root rho of sum (w / (rho + b))^2 = 1 in each group that is ``alive``, (lanes, groups); 1 in the others.

    The sum to the power -1/2 is concave in rho, its slope is at least 1 / |w|, and at rho = 0 it is the root of
    least / force: the line from there with the least slope gives a start above the root, which is the root itself if all b
    are equal. Newton's method then converges from below, as for a trust region (More and Sorensen 1983). Each group stops
    by itself, so that it doesn't depend on its neighbours.
    """
    # Where nothing is penalised b is 0, and any length leaves the weights as they are.
    moving, eps, ratio = alive & (least > 0), np.finfo(w.dtype).eps, np.empty_like(w)
    norm = np.sqrt(groups.total(np.vecdot(w, w)))
    rho = np.where(moving, norm * (1 - np.sqrt(np.divide(least, force, out=np.zeros_like(force), where=moving))), 1)
    for _ in range(MOST_STEPS):
        if not moving.any():
            break
        np.copyto(work, groups.of_rows(rho))
        work += b
        inverse = np.divide(1, work, out=work)
        np.multiply(w, inverse, out=ratio)
        left = groups.total(np.vecdot(ratio, ratio))
        ratio *= ratio
        slope = groups.total(np.vecdot(ratio, inverse))
        move = np.divide(left * (np.sqrt(left) - 1), slope, out=np.zeros_like(left), where=moving)
        # The first move may go far below the root, where terms overflow: part of the way is enough.
        rho = np.where(moving, np.maximum(rho + move, rho / 16), rho)
        # The error that is left is about the square of the last move.
        moving &= np.abs(move) > np.maximum(np.sqrt(eps) * rho, 4 * eps * norm)
    return rho


def vanishing(pull: Array, l1: float, group: float, groups: Groups) -> float:
    """The least lambda at which the gradient ``pull`` (features, outputs) moves no weight from zero.

    ``l1`` and ``group`` are the strengths at lambda = 1. It is the largest over groups of the root of
    |soft(pull_g, lambda l1)|_2 = lambda group sqrt(size) (Simon et al. 2013, section 3.1): |pull_g| / (group sqrt(size)) for
    l1 = 0, max |pull| / l1 for group = 0. The equation is divided by lambda and solved for 1 / lambda by bisection.
    """
    size, largest = group * groups.root_sizes(pull.shape, np.float64), np.abs(pull).max()

    def moves(inverse: float) -> bool:
        left = np.maximum(np.abs(pull) * inverse - l1, 0)
        return bool((norms(left[None], groups) > size).any())

    low, high = 0.0, (l1 + float(size.max())) / largest
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (low, middle) if moves(middle) else (middle, high)
    return float(1 / high)
