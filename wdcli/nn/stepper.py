"""One training step of many lanes, in place on their parameters.

``decay`` selects where in the step the penalty is applied: before the optimizer (coupled), beside it (decoupled), or
after it (proximal).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from wdcli.array import Array
from wdcli.names import DecayName
from wdcli.nn.arrays import Examples, n_rows
from wdcli.nn.mlp import Network, Params, Workspaces, backward, forward, full_gradient
from wdcli.nn.optimizers import State
from wdcli.nn.penalties import PENALTIES, Penalty
from wdcli.nn.recipe import Recipe
from wdcli.nn.strengths import LaneStrengths, LayerStrengths


@dataclass(frozen=True)
class Piece:
    """Arguments of one call to the penalty: weights, gradient and scratch space, of one shape, and strengths."""

    w: Array
    gradient: Array
    scratch: Array
    strengths: LayerStrengths


@dataclass
class Stepper:
    """The lanes still in training, with every array that a step needs.

    ``pieces`` are the layers or, for a separable penalty, all parameters at once: fewer calls, on longer rows.
    """

    network: Network
    recipe: Recipe
    strengths: LaneStrengths
    params: Params
    state: State
    lane: Array
    support: Array | None
    gradient: Params = field(init=False)
    scratch: Params = field(init=False)
    largest: Array = field(init=False)
    work: Workspaces = field(init=False)
    pieces: list[Piece] = field(init=False)

    def __post_init__(self) -> None:
        buffer = self.params.buffer
        self.gradient = Params.view(self.network, np.empty_like(buffer))
        self.scratch = Params.view(self.network, np.empty_like(buffer))
        self.largest = np.zeros(len(buffer))
        self.work = Workspaces(self.network, len(buffer), buffer.dtype)
        self.pieces = [self._whole()] if self.penalty.separable else self._layers()

    def _whole(self) -> Piece:
        l1, l2, group = (self._spread(each) for each in self.strengths.arrays)
        return Piece(self.params.buffer, self.gradient.buffer, self.scratch.buffer, LayerStrengths(l1, l2, group))

    def _spread(self, strengths: Array) -> Array:
        """Expand strengths (lanes, layers) to every parameter (lanes, P), 0 for the biases."""
        spread = Params.view(self.network, np.zeros_like(self.params.buffer))
        for weights, layer in zip(spread.weights, strengths.T, strict=True):
            weights[...] = layer[:, None, None]
        return spread.buffer

    def _layers(self) -> list[Piece]:
        each = zip(self.params.weights, self.gradient.weights, self.scratch.weights, strict=True)
        dtype = self.params.buffer.dtype
        return [Piece(w, g, scratch, self.strengths.of_layer(i, dtype)) for i, (w, g, scratch) in enumerate(each)]

    @property
    def penalty(self) -> Penalty:
        """The recipe's penalty."""
        return PENALTIES[self.recipe.penalty]

    def step(self, batch: Examples, learning_rate: float) -> None:
        """Take one step with every lane on one batch, whose X has a column of ones."""
        X, Y, weights = batch.in_loss
        work = self.work[n_rows(X)]
        forward(self.network, self.params, X, work)
        backward(self.network, self.params, X, Y, work, self.gradient, weights)
        if self.support is not None:
            np.multiply(self.gradient.buffer, self.support, out=self.gradient.buffer)
        squares = np.vecdot(self.gradient.buffer, self.gradient.buffer)
        np.maximum(self.largest, squares, out=self.largest)
        DECAYS[self.recipe.decay](self, learning_rate)

    def take(self, lanes: Array) -> "Stepper":
        """A stepper for some of the lanes, which continue exactly as they would have."""
        params = Params.view(self.network, self.params.buffer[lanes])
        support = None if self.support is None else self.support[lanes]
        stepper = Stepper(self.network, self.recipe, self.strengths.take(lanes), params,
                          self.state.take(lanes), self.lane[lanes], support)  # fmt: skip
        stepper.largest = self.largest[lanes]
        return stepper

    def descend(self, learning_rate: float) -> None:
        """w -= learning_rate * direction, biases too."""
        step = self.recipe.optimizer.step(self.gradient.buffer, learning_rate, self.state)
        np.subtract(self.params.buffer, step, out=self.params.buffer)

    def shrink(self, penalty: Penalty) -> None:
        """Apply the penalty's prox, with the step sizes in ``scratch``."""
        for piece in self.pieces:
            penalty.prox(piece.w, piece.scratch, piece.strengths, work=piece.gradient)

    def settle(self, examples: Examples) -> None:
        """Set the weights to zero that one more step, on all rows and without momentum, would take there; leave the others.

        Batches and momentum kick weights off zero that the gradient over all rows holds there. Those that were kicked in
        the last steps are tiny, and would count as in use.
        """
        if not (self.recipe.makes_zeros and self.penalty.sparse):
            return
        # These lanes take no more steps: their buffers make room.
        self.work.clear()
        rate, step, examples = self.recipe.learning_rate, self.scratch.buffer, examples.taken(self.lane)
        self.gradient.buffer[...] = full_gradient(self.network, self.params, *examples.in_loss).buffer
        self.recipe.optimizer.step_sizes(rate, self.state, out=step)
        np.multiply(self.gradient.buffer, step, out=self.gradient.buffer)
        before = self.params.buffer.copy()
        self.params.buffer[...] -= self.gradient.buffer
        if self.recipe.decay == "decoupled":
            step.fill(rate)
        self.shrink(self.penalty.sparse)
        zero = [w == 0 for w in self.params.weights]
        self.params.buffer[...] = before
        for w, gone in zip(self.params.weights, zero, strict=True):
            w[gone] = 0


def _coupled(stepper: Stepper, learning_rate: float) -> None:
    """Add the penalty's gradient to the data's, and give the sum to the optimizer."""
    for piece in stepper.pieces:
        stepper.penalty.gradient(piece.w, piece.strengths, out=piece.scratch)
        np.add(piece.gradient, piece.scratch, out=piece.gradient)
    stepper.descend(learning_rate)


def _decoupled(stepper: Stepper, learning_rate: float) -> None:
    """w = (1 - lr s2) w - lr d, the old w in both terms (AdamW, Loshchilov and Hutter 2019); then the sparse part's prox."""
    for piece in stepper.pieces:
        factor = np.multiply(piece.strengths.l2, -learning_rate, out=piece.scratch)
        factor += 1
        np.multiply(piece.w, factor, out=piece.w)
    stepper.descend(learning_rate)
    if stepper.penalty.sparse:
        stepper.scratch.buffer.fill(learning_rate)
        stepper.shrink(stepper.penalty.sparse)


def _proximal(stepper: Stepper, learning_rate: float) -> None:
    """A step on the data loss, then the penalty's prox in the optimizer's own metric (ProxGen, Yun et al. 2021)."""
    stepper.descend(learning_rate)
    stepper.recipe.optimizer.step_sizes(learning_rate, stepper.state, out=stepper.scratch.buffer)
    stepper.shrink(stepper.penalty)


DECAYS: dict[DecayName, Callable[[Stepper, float], None]] = {
    "coupled": _coupled,
    "decoupled": _decoupled,
    "proximal": _proximal,
}
