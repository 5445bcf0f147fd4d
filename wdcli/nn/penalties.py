"""Penalties, with everything specific to each: the rest of the program asks the penalty instead of testing its name.

A penalty is called with the weights w of a layer, (lanes, fan_in, fan_out), and strengths s1 and s2 that broadcast
against them: (lanes, 1, 1), except in ``value``. A ``separable`` one is also called with all parameters of the lanes at
once, (lanes, P), and strengths of that shape, 0 for the biases: fewer passes, over longer rows. ``gradient`` writes to
``out``; ``prox`` works in place. sign(0) is 0, the subgradient of |w| at 0 with the least norm.
"""

from typing import Protocol

import numpy as np

from wdcli.array import Array
from wdcli.names import PenaltyName
from wdcli.nn.arrays import lane_sum


class Penalty(Protocol):
    """A penalty on a layer's weights, and what follows from it."""

    @property
    def separable(self) -> bool:
        """Whether it is a sum of the same function of each weight."""

    @property
    def sparse(self) -> "Penalty | None":
        """The part that makes weights exactly zero, or None; the rest is ``(s2 / 2) sum w^2``."""

    @property
    def has_l1_ratio(self) -> bool:
        """Whether an l1_ratio divides lambda between s1 and s2."""

    def value(self, w: Array, s1: Array, s2: Array) -> Array:
        """The penalty of each lane, (lanes,); s1 and s2 are (lanes,)."""

    def gradient(self, w: Array, s1: Array, s2: Array, out: Array) -> None:
        """Write the gradient, or the subgradient of least norm, to ``out``."""

    def prox(self, w: Array, step: Array, s1: Array, s2: Array, work: Array) -> None:
        """Overwrite w with argmin_u sum (u - w)^2 / (2 step) + penalty(u), with a step size for each weight.

        ``step`` and ``work``, of w's shape, may be overwritten.
        """

    def residual(self, g: Array, w: Array, s1: Array, s2: Array) -> Array:
        """The least-norm element of g + the subgradients at w, g the loss's gradient, in w's shape. 0 at an optimum."""

    def largest_strength(self, pull: Array, steepest: float | None) -> float:
        """The least s1 (s2 if the penalty has no s1) at which zero weights are the solution, or an estimate of it.

        ``pull`` (features, outputs) is X'r / n with the residuals r of the bias-only model; ``steepest`` is the largest
        slope of the hidden layers' activation, or None without a hidden layer.
        """

    def suboptimality(self, value: float, k: float) -> float:
        """A bound on how far a convex objective is above its minimum, given the penalty's ``value``.

        It assumes that the norm of ``residual`` is at most 2 k times that of the penalty's gradient.
        """


def _soft_at_zero(r: Array, w: Array, s1: Array) -> Array:
    """r where w is not 0, else r soft-thresholded by s1: the subgradients of s1 |w| at 0 cancel up to s1 of it."""
    return np.asarray(np.sign(r) * np.maximum(np.abs(r) - np.where(w == 0, s1, 0), 0))


class NoPenalty:
    """Nothing is penalised."""

    separable = True
    sparse = None
    has_l1_ratio = False

    def value(self, w: Array, s1: Array, s2: Array) -> Array:
        return np.zeros(len(w))

    def gradient(self, w: Array, s1: Array, s2: Array, out: Array) -> None:
        out[...] = 0

    def prox(self, w: Array, step: Array, s1: Array, s2: Array, work: Array) -> None:
        pass

    def residual(self, g: Array, w: Array, s1: Array, s2: Array) -> Array:
        return g

    def largest_strength(self, pull: Array, steepest: float | None) -> float:
        return 0.0

    def suboptimality(self, value: float, k: float) -> float:
        return 0.0


class L1:
    """s1 sum|w|: weights become exactly zero, by soft thresholding (Tibshirani 1996)."""

    separable = True
    has_l1_ratio = False

    @property
    def sparse(self) -> Penalty:
        return self

    def value(self, w: Array, s1: Array, s2: Array) -> Array:
        return np.asarray(s1 * lane_sum(np.abs(w)))

    def gradient(self, w: Array, s1: Array, s2: Array, out: Array) -> None:
        np.sign(w, out=out)
        out *= s1

    def prox(self, w: Array, step: Array, s1: Array, s2: Array, work: Array) -> None:
        # soft(w, t) = sign(w) max(|w| - t, 0) = w - clip(w, -t, t): fewer passes, and the zeros are exact.
        threshold = np.multiply(step, s1, out=step)
        clipped = np.minimum(w, threshold, out=work)
        # Not np.negative: in place, it misreads views whose stride, in items, equals the item size (NumPy 2.4).
        np.multiply(threshold, -1, out=threshold)
        np.maximum(clipped, threshold, out=clipped)
        w -= clipped

    def residual(self, g: Array, w: Array, s1: Array, s2: Array) -> Array:
        return _soft_at_zero(g + s1 * np.sign(w), w, s1)

    def largest_strength(self, pull: Array, steepest: float | None) -> float:
        """max |X'r| / n: exact without a hidden layer (Friedman et al. 2010), otherwise a starting point."""
        return float(np.abs(pull).max())

    def suboptimality(self, value: float, k: float) -> float:
        """The bound is ||r|| ||w - w*||, estimated as 2 k times the penalty."""
        return value * (2 * k)


class L2:
    """(s2 / 2) sum w^2: weights shrink by a factor (Krogh and Hertz 1992)."""

    separable = True
    sparse = None
    has_l1_ratio = False

    def value(self, w: Array, s1: Array, s2: Array) -> Array:
        wide = w.astype(np.float64)
        return np.asarray(s2 / 2 * lane_sum(wide * wide))

    def gradient(self, w: Array, s1: Array, s2: Array, out: Array) -> None:
        np.multiply(w, s2, out=out)

    def prox(self, w: Array, step: Array, s1: Array, s2: Array, work: Array) -> None:
        np.multiply(step, s2, out=work)
        work += 1
        w /= work

    def residual(self, g: Array, w: Array, s1: Array, s2: Array) -> Array:
        return np.asarray(g + s2 * w)

    def largest_strength(self, pull: Array, steepest: float | None) -> float:
        """The largest singular value of X'r / n times the slope at 0: exact with one hidden layer of tanh, identity or
        logistic, a lower bound with relu. Without a hidden layer no such value exists: 1,000 times L1's is used, as in
        glmnet.
        """
        if steepest is None:
            return 1000 * L1().largest_strength(pull, steepest)
        return float(np.linalg.norm(pull, 2)) * steepest

    def suboptimality(self, value: float, k: float) -> float:
        """||r||^2 / (2 s2): the objective is s2-strongly convex (Nesterov 2004, theorem 2.1.10)."""
        return value * (4 * k**2)


class ElasticNet:
    """L1 and L2 together (Zou and Hastie 2005): soft thresholding, then shrinking by a factor."""

    separable = True
    sparse = L1()
    has_l1_ratio = True

    def value(self, w: Array, s1: Array, s2: Array) -> Array:
        return L1().value(w, s1, s2) + L2().value(w, s1, s2)

    def gradient(self, w: Array, s1: Array, s2: Array, out: Array) -> None:
        np.sign(w, out=out)
        out *= s1
        out += w * s2

    def prox(self, w: Array, step: Array, s1: Array, s2: Array, work: Array) -> None:
        L1().prox(w, step.copy(), s1, s2, work)
        L2().prox(w, step, s1, s2, work)

    def residual(self, g: Array, w: Array, s1: Array, s2: Array) -> Array:
        return _soft_at_zero(g + (s1 * np.sign(w) + s2 * w), w, s1)

    def largest_strength(self, pull: Array, steepest: float | None) -> float:
        return L1().largest_strength(pull, steepest)

    def suboptimality(self, value: float, k: float) -> float:
        return L1().suboptimality(value, k)


PENALTIES: dict[PenaltyName, Penalty] = {
    "none": NoPenalty(),
    "l1": L1(),
    "l2": L2(),
    "elastic-net": ElasticNet(),
}
