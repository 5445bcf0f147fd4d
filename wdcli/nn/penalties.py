"""Penalties, with everything specific to each: the rest of the program asks the penalty instead of testing its name.

A penalty is called with the weights w of a layer, (lanes, fan_in, fan_out), and the strengths s that it has there. A
``separable`` one is also called with all parameters of the lanes at once, (lanes, P), and strengths of that shape, 0 for
the biases: fewer passes, over longer rows. ``gradient`` writes to ``out``; ``prox`` works in place. sign(0) is 0, the
subgradient of |w| at 0 with the least norm; so is that of a group's norm.
"""

from typing import Protocol

import numpy as np

from wdcli.array import Array
from wdcli.names import PenaltyName
from wdcli.nn.arrays import lane_sum
from wdcli.nn.groups import norms, shrink_groups, vanishing
from wdcli.nn.strengths import LayerStrengths


class Penalty(Protocol):
    """A penalty on a layer's weights, and what follows from it."""

    @property
    def separable(self) -> bool:
        """Whether it is a sum of the same function of each weight."""

    @property
    def sparse(self) -> "Penalty | None":
        """The part that makes weights exactly zero, or None; the rest is ``(l2 / 2) sum w^2``."""

    @property
    def has_l1_ratio(self) -> bool:
        """Whether an l1_ratio divides lambda between single weights and the rest."""

    @property
    def has_groups(self) -> bool:
        """Whether weights count in groups."""

    def value(self, w: Array, s: LayerStrengths) -> Array:
        """The penalty of each lane, (lanes,)."""

    def gradient(self, w: Array, s: LayerStrengths, out: Array) -> None:
        """Write the gradient, or the subgradient of least norm, to ``out``."""

    def prox(self, w: Array, step: Array, s: LayerStrengths, work: Array) -> None:
        """Overwrite w with argmin_u sum (u - w)^2 / (2 step) + penalty(u), with a step size for each weight.

        ``step`` and ``work``, of w's shape, may be overwritten.
        """

    def residual(self, r: Array, w: Array, s: LayerStrengths) -> Array:
        """The least-norm element of the loss's gradient plus the subgradients at w, in w's shape: 0 at an optimum.

        ``r`` is the loss's gradient plus ``gradient``.
        """

    def largest_lambda(self, pull: Array, steepest: float | None, unit: LayerStrengths) -> float:
        """The least lambda at which zero weights are the solution, or an estimate of it.

        ``pull`` (features, outputs) is X'r / n with the residuals r of the bias-only model; ``steepest`` is the largest
        slope of the hidden layers' activation, or None without a hidden layer; ``unit`` the strengths at lambda = 1.
        """

    def suboptimality(self, value: float, k: float) -> float:
        """A bound on how far a convex objective is above its minimum, given the penalty's ``value``.

        It assumes that the norm of ``residual`` is at most 2 k times that of the penalty's gradient.
        """


class NoPenalty:
    """Nothing is penalised."""

    separable = True
    sparse = None
    has_l1_ratio = False
    has_groups = False

    def value(self, w: Array, s: LayerStrengths) -> Array:
        return np.zeros(len(w))

    def gradient(self, w: Array, s: LayerStrengths, out: Array) -> None:
        out[...] = 0

    def prox(self, w: Array, step: Array, s: LayerStrengths, work: Array) -> None:
        pass

    def residual(self, r: Array, w: Array, s: LayerStrengths) -> Array:
        return r

    def largest_lambda(self, pull: Array, steepest: float | None, unit: LayerStrengths) -> float:
        return 0.0

    def suboptimality(self, value: float, k: float) -> float:
        return 0.0


class L1:
    """l1 sum|w|: weights become exactly zero, by soft thresholding (Tibshirani 1996)."""

    separable = True
    has_l1_ratio = False
    has_groups = False

    @property
    def sparse(self) -> Penalty:
        return self

    def value(self, w: Array, s: LayerStrengths) -> Array:
        return np.asarray(s.l1.ravel() * lane_sum(np.abs(w)))

    def gradient(self, w: Array, s: LayerStrengths, out: Array) -> None:
        np.sign(w, out=out)
        out *= s.l1

    def prox(self, w: Array, step: Array, s: LayerStrengths, work: Array) -> None:
        # soft(w, t) = sign(w) max(|w| - t, 0) = w - clip(w, -t, t): fewer passes, and the zeros are exact.
        threshold = np.multiply(step, s.l1, out=step)
        clipped = np.minimum(w, threshold, out=work)
        # Not np.negative: in place, it misreads views whose stride, in items, equals the item size (NumPy 2.4).
        np.multiply(threshold, -1, out=threshold)
        np.maximum(clipped, threshold, out=clipped)
        w -= clipped

    def residual(self, r: Array, w: Array, s: LayerStrengths) -> Array:
        """At w = 0 the subgradients of l1 |w| cancel up to l1 of r."""
        return np.asarray(np.sign(r) * np.maximum(np.abs(r) - np.where(w == 0, s.l1, 0), 0))

    def largest_lambda(self, pull: Array, steepest: float | None, unit: LayerStrengths) -> float:
        """max |X'r| / n: exact without a hidden layer (Friedman et al. 2010), otherwise a starting point."""
        return float(np.abs(pull).max() / unit.l1)

    def suboptimality(self, value: float, k: float) -> float:
        """The bound is ||r|| ||w - w*||, estimated as 2 k times the penalty."""
        return value * (2 * k)


class L2:
    """(l2 / 2) sum w^2: weights shrink by a factor (Krogh and Hertz 1992)."""

    separable = True
    sparse = None
    has_l1_ratio = False
    has_groups = False

    def value(self, w: Array, s: LayerStrengths) -> Array:
        wide = w.astype(np.float64)
        return np.asarray(s.l2.ravel() / 2 * lane_sum(wide * wide))

    def gradient(self, w: Array, s: LayerStrengths, out: Array) -> None:
        np.multiply(w, s.l2, out=out)

    def prox(self, w: Array, step: Array, s: LayerStrengths, work: Array) -> None:
        if s.l2.any():
            np.multiply(step, s.l2, out=work)
            work += 1
            w /= work

    def residual(self, r: Array, w: Array, s: LayerStrengths) -> Array:
        return r

    def largest_lambda(self, pull: Array, steepest: float | None, unit: LayerStrengths) -> float:
        """The largest singular value of X'r / n times the slope at 0: exact with one hidden layer of tanh, identity or
        logistic, a lower bound with relu. Without a hidden layer no such value exists: 1,000 times L1's is used, as in
        glmnet.
        """
        if steepest is None:
            return float(1000 * np.abs(pull).max() / unit.l2)
        return float(np.linalg.norm(pull, 2) * steepest / unit.l2)

    def suboptimality(self, value: float, k: float) -> float:
        """||r||^2 / (2 l2): the objective is l2-strongly convex (Nesterov 2004, theorem 2.1.10)."""
        return value * (4 * k**2)


class Group:
    """group sum over groups of sqrt(size) |w_g|_2: whole groups become zero (Yuan and Lin 2006).

    A group is all weights that leave one node (Scardapane et al. 2017), or one column of the table.
    """

    separable = False
    has_l1_ratio = False
    has_groups = True

    @property
    def sparse(self) -> Penalty:
        return self

    def value(self, w: Array, s: LayerStrengths) -> Array:
        each = norms(w, s.groups) * s.groups.root_sizes(w.shape, np.float64)
        return np.asarray(s.group.ravel() * lane_sum(each))

    def gradient(self, w: Array, s: LayerStrengths, out: Array) -> None:
        size = s.groups.root_sizes(w.shape, np.float64)
        norm = norms(w, s.groups)
        factor = np.divide(size, norm, out=np.zeros_like(norm), where=norm > 0)
        np.multiply(w, s.groups.of_rows(factor).astype(w.dtype) * s.group, out=out)

    def prox(self, w: Array, step: Array, s: LayerStrengths, work: Array) -> None:
        if s.group.any():
            shrink_groups(w, step, s.group[..., 0] * s.groups.root_sizes(w.shape, w.dtype), s.groups, work)

    def residual(self, r: Array, w: Array, s: LayerStrengths) -> Array:
        """Where a whole group is 0, the subgradients of its norm cancel up to group sqrt(size) of r's."""
        most = np.where(norms(w, s.groups) == 0, s.group[..., 0] * s.groups.root_sizes(w.shape, r.dtype), 0)
        pull = norms(r, s.groups)
        left = np.divide(np.maximum(pull - most, 0), pull, out=np.ones_like(pull), where=(pull > 0) & (most > 0))
        return np.asarray(r * s.groups.of_rows(left))

    def largest_lambda(self, pull: Array, steepest: float | None, unit: LayerStrengths) -> float:
        """The largest of |X_g'r| / (n sqrt(size)): exact without a hidden layer, otherwise a starting point."""
        return vanishing(pull, float(unit.l1), float(unit.group), unit.groups)

    def suboptimality(self, value: float, k: float) -> float:
        """As for L1."""
        return value * (2 * k)


class Sum:
    """Several penalties at once. Its proximal step is theirs, one after the other, in this order: L1, Group, L2.

    That is exact: single weights are thresholded before the norms of their groups (Simon et al. 2013) and before they
    shrink by a factor (Zou and Hastie 2005), and no layer has both groups and squares.
    """

    def __init__(self, *terms: Penalty) -> None:
        self.terms = terms

    @property
    def separable(self) -> bool:
        return all(term.separable for term in self.terms)

    @property
    def sparse(self) -> Penalty:
        zeroing = [term for term in self.terms if term.sparse]
        return zeroing[0] if len(zeroing) == 1 else Sum(*zeroing)

    @property
    def has_l1_ratio(self) -> bool:
        return any(isinstance(term, L1) for term in self.terms)

    @property
    def has_groups(self) -> bool:
        return any(term.has_groups for term in self.terms)

    def value(self, w: Array, s: LayerStrengths) -> Array:
        return np.asarray(sum(term.value(w, s) for term in self.terms))

    def gradient(self, w: Array, s: LayerStrengths, out: Array) -> None:
        first, *others = self.terms
        first.gradient(w, s, out)
        for term in others:
            own = np.empty_like(out)
            term.gradient(w, s, own)
            out += own

    def prox(self, w: Array, step: Array, s: LayerStrengths, work: Array) -> None:
        *others, last = self.terms
        for term in others:
            term.prox(w, step.copy(), s, work)
        last.prox(w, step, s, work)

    def residual(self, r: Array, w: Array, s: LayerStrengths) -> Array:
        for term in self.terms:
            r = term.residual(r, w, s)
        return r

    def largest_lambda(self, pull: Array, steepest: float | None, unit: LayerStrengths) -> float:
        """That of the terms that make zeros, together: exact without a hidden layer, otherwise a starting point."""
        return vanishing(pull, float(unit.l1), float(unit.group), unit.groups)

    def suboptimality(self, value: float, k: float) -> float:
        """That of the first term, which makes zeros."""
        return self.terms[0].suboptimality(value, k)


PENALTIES: dict[PenaltyName, Penalty] = {
    "none": NoPenalty(),
    "l1": L1(),
    "l2": L2(),
    "elastic-net": Sum(L1(), L2()),
    "group-lasso": Sum(Group(), L2()),
    "sparse-group": Sum(L1(), Group(), L2()),
}
