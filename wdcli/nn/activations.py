"""Activations: each function, in place, and its derivative computed from its value.

Both work in place: ``function`` overwrites z with a = f(z), and ``backward`` multiplies a gradient by f'(z), which can
be computed from a for all four activations. The derivative of relu at 0 is 0. Any array shape works; a few long rows
are fastest.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wdcli.array import Array
from wdcli.names import ActivationName


@dataclass(frozen=True)
class Activation:
    """``function(z)`` overwrites z with f(z); ``backward(a, gradient)`` multiplies gradient by f'(z), given a = f(z).

    ``steepest`` is the largest f'(z).
    """

    function: Callable[[Array], object]
    backward: Callable[[Array, Array], object]
    steepest: float


def _relu(z: Array) -> None:
    # A row of zeros instead of the number 0: NumPy compares two arrays several times faster than an array and a number.
    np.maximum(z, np.zeros(z.shape[-1], z.dtype), out=z)


def _relu_backward(a: Array, gradient: Array) -> None:
    np.multiply(gradient, a > 0, out=gradient)


def _tanh_backward(a: Array, gradient: Array) -> None:
    gradient *= 1 - a * a


def logistic(z: Array, out: Array | None = None) -> Array:
    """1 / (1 + exp(-z)), as (1 + tanh(z / 2)) / 2, which can't overflow."""
    a = np.multiply(z, 0.5, out=out)
    np.tanh(a, out=a)
    a *= 0.5
    a += 0.5
    return np.asarray(a)


def _logistic_backward(a: Array, gradient: Array) -> None:
    gradient *= a * (1 - a)


ACTIVATIONS: dict[ActivationName, Activation] = {
    "relu": Activation(_relu, _relu_backward, 1.0),
    "tanh": Activation(lambda z: np.tanh(z, out=z), _tanh_backward, 1.0),
    "logistic": Activation(lambda z: logistic(z, out=z), _logistic_backward, 0.25),
    "identity": Activation(lambda z: z, lambda a, gradient: gradient, 1.0),
}
