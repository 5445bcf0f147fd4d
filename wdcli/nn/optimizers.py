"""Optimizers and schedules. Settings are frozen; the state is explicit: arrays (lanes, P), updated in place.

A step is ``w -= learning_rate * d``, where the optimizer computes the direction d from the gradients. ``step_sizes``
are for a proximal step: learning_rate / c, where c is such that the direction settles at g / c.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from wdcli.array import Array
from wdcli.names import ScheduleName


@dataclass
class State:
    """An optimizer's memory: the number of steps taken and arrays of shape (lanes, P)."""

    steps: int
    arrays: list[Array]

    def take(self, lanes: Array) -> "State":
        """The state of some of the lanes."""
        return State(self.steps, [array[lanes] for array in self.arrays])


class Optimizer(Protocol):
    """Turns gradients into steps."""

    def init(self, parameters: Array) -> State:
        """The state before the first step."""

    def step(self, gradient: Array, learning_rate: float, state: State) -> Array:
        """Advance the state and return learning_rate * d, (lanes, P), which is valid until the next call.

        ``gradient`` may be overwritten.
        """

    def step_sizes(self, learning_rate: float, state: State, out: Array) -> None:
        """Write learning_rate / c of each weight to ``out`` (lanes, P); to be called after the same ``step``."""


@dataclass(frozen=True)
class SGD:
    """velocity = momentum * velocity + g; d = velocity, or with Nesterov d = g + momentum * velocity.

    Sutskever et al. 2013; scikit-learn's ``SGDOptimizer`` takes the same steps at a constant learning rate.
    """

    momentum: float = 0.9
    nesterov: bool = False

    def init(self, parameters: Array) -> State:
        return State(0, [np.zeros_like(parameters)])

    def step(self, gradient: Array, learning_rate: float, state: State) -> Array:
        (velocity,) = state.arrays
        velocity *= self.momentum
        velocity += gradient
        if not self.nesterov:
            return np.multiply(velocity, learning_rate, out=gradient)
        gradient += self.momentum * velocity
        gradient *= learning_rate
        return gradient

    def step_sizes(self, learning_rate: float, state: State, out: Array) -> None:
        # velocity = momentum * velocity + g settles at g / (1 - momentum).
        out.fill(learning_rate / (1 - self.momentum))


@dataclass(frozen=True)
class Adam:
    """m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; d = m_hat / (sqrt(v_hat) + eps) (Kingma and Ba 2015, algorithm 1).

    m and v are stored divided by (1 - b1) and (1 - b2), and the bias corrections and the learning rate are folded into
    one factor and into eps: this saves four passes over the parameters.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def init(self, parameters: Array) -> State:
        return State(0, [np.zeros_like(parameters) for _ in range(4)])

    def step(self, gradient: Array, learning_rate: float, state: State) -> Array:
        m, v, denominator, step = state.arrays
        state.steps += 1
        root = self._root_correction(state)
        m *= self.beta1
        m += gradient
        v *= self.beta2
        np.multiply(gradient, gradient, out=step)
        v += step
        np.sqrt(v, out=denominator)
        denominator += self.epsilon / root
        np.divide(m, denominator, out=step)
        step *= learning_rate * (1 - self.beta1) / (1 - self.beta1**state.steps) / root
        return step

    def step_sizes(self, learning_rate: float, state: State, out: Array) -> None:
        # c = sqrt(v_hat) + eps, the denominator of the direction up to a factor.
        np.divide(learning_rate / self._root_correction(state), state.arrays[2], out=out)

    def _root_correction(self, state: State) -> float:
        return math.sqrt((1 - self.beta2) / (1 - self.beta2**state.steps))


SCHEDULES: dict[ScheduleName, Callable[[float], float]] = {
    "constant": lambda progress: 1.0,
    "cosine": lambda progress: (1 + math.cos(math.pi * progress)) / 2,
}
"""Factor on the learning rate, given the share of all steps already done (cosine: Loshchilov and Hutter 2017)."""
