"""Penalties on a layer's weights: ``s1 sum|w| + (s2 / 2) sum w^2``, with a strength of its own for every lane.

w is (lanes, fan_in, fan_out); so are a step's sizes; the strengths s1, s2 broadcast against it. ``gradient`` and ``prox``
write where they are told. sign(0) is 0: of all subgradients of |w| at 0, the one of least norm.
"""

from typing import Protocol

import numpy as np

from wdcli.names import PenaltyName
from wdcli.nn.arrays import Array, lane_sum


class Penalty(Protocol):
    """A penalty that is the same for every weight of a layer."""

    def value(self, w: Array, s1: Array, s2: Array) -> Array:
        """The penalty of each lane, (lanes,); s1 and s2 are (lanes,)."""

    def gradient(self, w: Array, s1: Array, s2: Array, out: Array) -> None:
        """Write the gradient (for L1 a subgradient) to ``out``."""

    def prox(self, w: Array, step: Array, s1: Array, s2: Array, work: Array) -> None:
        """Overwrite w by argmin_u (u - w)^2 / 2 + step (s1 |u| + s2 u^2 / 2), weight by weight.

        ``step`` and ``work``, of w's shape, may be overwritten.
        """


class NoPenalty:
    """Nothing is penalised."""

    def value(self, w: Array, s1: Array, s2: Array) -> Array:
        return np.zeros(len(w))

    def gradient(self, w: Array, s1: Array, s2: Array, out: Array) -> None:
        out[...] = 0

    def prox(self, w: Array, step: Array, s1: Array, s2: Array, work: Array) -> None:
        pass


class L1:
    """s1 sum|w|: weights become exactly zero, by soft thresholding (Tibshirani 1996)."""

    def value(self, w: Array, s1: Array, s2: Array) -> Array:
        return np.asarray(s1 * lane_sum(np.abs(w)))

    def gradient(self, w: Array, s1: Array, s2: Array, out: Array) -> None:
        np.sign(w, out=out)
        out *= s1

    def prox(self, w: Array, step: Array, s1: Array, s2: Array, work: Array) -> None:
        # soft(w, t) = sign(w) max(|w| - t, 0) = w - clip(w, -t, t): fewer passes, and the zeros are exact.
        threshold = np.multiply(step, s1, out=step)
        clipped = np.minimum(w, threshold, out=work)
        # Not np.negative: in place it misreads views whose stride, in items, is the item's size (NumPy 2.4).
        np.multiply(threshold, -1, out=threshold)
        np.maximum(clipped, threshold, out=clipped)
        w -= clipped


class L2:
    """(s2 / 2) sum w^2: weights shrink by a factor (Krogh and Hertz 1992)."""

    def value(self, w: Array, s1: Array, s2: Array) -> Array:
        wide = w.astype(np.float64)
        return np.asarray(s2 / 2 * lane_sum(wide * wide))

    def gradient(self, w: Array, s1: Array, s2: Array, out: Array) -> None:
        np.multiply(w, s2, out=out)

    def prox(self, w: Array, step: Array, s1: Array, s2: Array, work: Array) -> None:
        np.multiply(step, s2, out=work)
        work += 1
        w /= work


class ElasticNet:
    """Both (Zou and Hastie 2005): soft thresholding, then the shrink."""

    def value(self, w: Array, s1: Array, s2: Array) -> Array:
        return L1().value(w, s1, s2) + L2().value(w, s1, s2)

    def gradient(self, w: Array, s1: Array, s2: Array, out: Array) -> None:
        np.sign(w, out=out)
        out *= s1
        out += w * s2

    def prox(self, w: Array, step: Array, s1: Array, s2: Array, work: Array) -> None:
        L1().prox(w, step.copy(), s1, s2, work)
        L2().prox(w, step, s1, s2, work)


PENALTIES: dict[PenaltyName, Penalty] = {
    "none": NoPenalty(),
    "l1": L1(),
    "l2": L2(),
    "elastic-net": ElasticNet(),
}
