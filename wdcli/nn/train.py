"""The one loop over steps. Works in place on the parameters of lanes that are stepped together.

``decay`` is where the penalty stands in the step, not a flag inside it: before the optimizer (coupled), beside it
(decoupled), or after it (proximal).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from wdcli.names import DecayName, PenaltyName, ScheduleName
from wdcli.nn.arrays import Array, n_rows, with_ones
from wdcli.nn.mlp import Network, Params, Workspaces, backward, forward, mean_loss
from wdcli.nn.optimizers import SCHEDULES, Optimizer, State
from wdcli.nn.penalties import PENALTIES, Penalty

GATHERED = 8192
"""Rows that are gathered at once, where there are more."""
Watch: TypeAlias = Callable[[float], None]
"""Called before each step with the share of the training that is done."""


def unwatched(share: float) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Recipe:
    """How networks are trained.

    ``batch_size`` rows a step (all of them if it is at least the number of rows); ``patience`` is the number of epochs
    without a better validation loss after which a lane stops, or None for no early stopping.
    """

    optimizer: Optimizer
    learning_rate: float
    schedule: ScheduleName
    batch_size: int
    epochs: int
    penalty: PenaltyName
    decay: DecayName
    patience: int | None = None


@dataclass(frozen=True)
class LaneStrengths:
    """s1 and s2 of the objective ``mean loss + s1 sum|w| + (s2 / 2) sum w^2``, each (lanes, layers); 0: not decayed."""

    l1: Array
    l2: Array

    def keep(self, lanes: Array) -> "LaneStrengths":
        """The strengths of some of the lanes."""
        return LaneStrengths(self.l1[lanes], self.l2[lanes])


@dataclass(frozen=True)
class Trained:
    """What came out, a lane each: parameters, epochs run, whether all numbers stayed finite, largest gradient norm.

    The gradient is that of the data loss of a batch, before the penalty.
    """

    params: Params
    epochs: Array
    finite: Array
    max_gradient_norm: Array

    @classmethod
    def blank(cls, network: Network, start: Params) -> "Trained":
        """Before the first epoch."""
        n = start.lanes
        return cls(
            Params.view(network, start.buffer.copy()), np.zeros(n, dtype=int), np.ones(n, dtype=bool), np.zeros(n)
        )

    def put(self, lanes: Array, part: "Trained") -> None:
        """Take over what came out of some of the lanes."""
        self.params.buffer[lanes] = part.params.buffer
        self.epochs[lanes] = part.epochs
        self.finite[lanes] = part.finite
        self.max_gradient_norm[lanes] = part.max_gradient_norm

    def lane(self, i: int) -> "Trained":
        """One of the lanes."""
        one = slice(i, i + 1)
        return Trained(self.params.keep(one), self.epochs[one], self.finite[one], self.max_gradient_norm[one])


@dataclass(frozen=True)
class Piece:
    """What the penalty is called on at once: weights, their gradient and room to compute in, of one shape; its strengths."""

    w: Array
    gradient: Array
    scratch: Array
    s1: Array
    s2: Array


@dataclass
class Stepper:
    """The lanes that are still being trained, with every array that a step needs.

    ``pieces`` are the layers, or for a separable penalty all parameters at once: fewer calls, on longer rows.
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
        s1, s2 = (self._spread(s) for s in (self.strengths.l1, self.strengths.l2))
        return Piece(self.params.buffer, self.gradient.buffer, self.scratch.buffer, s1, s2)

    def _spread(self, strengths: Array) -> Array:
        """Strengths (lanes, layers) for every parameter (lanes, P), 0 for the biases."""
        spread = Params.view(self.network, np.zeros_like(self.params.buffer))
        for weights, layer in zip(spread.weights, strengths.T, strict=True):
            weights[...] = layer[:, None, None]
        return spread.buffer

    def _layers(self) -> list[Piece]:
        weights = (params.weights for params in (self.params, self.gradient, self.scratch))
        strengths = (s.astype(self.params.buffer.dtype) for s in (self.strengths.l1, self.strengths.l2))
        return [Piece(*layer) for layer in zip(*weights, *(s.T[..., None, None] for s in strengths), strict=True)]

    @property
    def penalty(self) -> Penalty:
        """The recipe's."""
        return PENALTIES[self.recipe.penalty]

    def step(self, X: Array, Y: Array, learning_rate: float) -> None:
        """One step of every lane on one batch."""
        work = self.work[n_rows(X)]
        forward(self.network, self.params, X, work)
        backward(self.network, self.params, X, Y, work, self.gradient)
        if self.support is not None:
            np.multiply(self.gradient.buffer, self.support, out=self.gradient.buffer)
        squares = np.vecdot(self.gradient.buffer, self.gradient.buffer)
        np.maximum(self.largest, squares, out=self.largest)
        DECAYS[self.recipe.decay](self, learning_rate)

    def keep(self, lanes: Array) -> "Stepper":
        """A stepper of some of the lanes; their numbers go on as they would have."""
        params = Params.view(self.network, self.params.buffer[lanes])
        support = None if self.support is None else self.support[lanes]
        stepper = Stepper(self.network, self.recipe, self.strengths.keep(lanes), params,
                          self.state.keep(lanes), self.lane[lanes], support)  # fmt: skip
        stepper.largest = self.largest[lanes]
        return stepper

    def trained(self, epochs: int, finite: Array) -> Trained:
        """What has come out so far."""
        return Trained(self.params, np.full(len(finite), epochs), finite, np.sqrt(self.largest))

    def descend(self, learning_rate: float) -> None:
        """w -= learning_rate * direction, biases too."""
        step = self.recipe.optimizer.step(self.gradient.buffer, learning_rate, self.state)
        np.subtract(self.params.buffer, step, out=self.params.buffer)

    def shrink(self, penalty: Penalty) -> None:
        """The penalty's prox, with the step sizes that lie in ``scratch``."""
        for piece in self.pieces:
            penalty.prox(piece.w, piece.scratch, piece.s1, piece.s2, work=piece.gradient)


def _coupled(stepper: Stepper, learning_rate: float) -> None:
    """The penalty's gradient joins the data's, and the optimizer sees their sum."""
    for piece in stepper.pieces:
        stepper.penalty.gradient(piece.w, piece.s1, piece.s2, out=piece.scratch)
        np.add(piece.gradient, piece.scratch, out=piece.gradient)
    stepper.descend(learning_rate)


def _decoupled(stepper: Stepper, learning_rate: float) -> None:
    """w = (1 - lr s2) w - lr d, the old w in both terms (AdamW, Loshchilov and Hutter 2019); then the sparse part's prox."""
    for piece in stepper.pieces:
        factor = np.multiply(piece.s2, -learning_rate, out=piece.scratch)
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


@dataclass
class _Best:
    """Early stopping, lane by lane: the best validation loss so far, its parameters, and how long ago it was."""

    X: Array
    Y: Array
    loss: Array
    buffer: Array
    stale: Array
    patience: int

    def update(self, stepper: Stepper) -> Array:
        """Look at the validation loss after an epoch; which lanes have run out of patience."""
        X, Y = (_taken(values, stepper.lane) for values in (self.X, self.Y))
        losses = mean_loss(stepper.network, stepper.params, X, Y)
        better = losses < self.loss[stepper.lane]
        improved = stepper.lane[better]
        self.loss[improved] = losses[better]
        self.buffer[improved] = stepper.params.buffer[better]
        self.stale[stepper.lane] += 1
        self.stale[improved] = 0
        return np.asarray(self.stale[stepper.lane] >= self.patience)


def train(
    network: Network,
    start: Params,
    X: Array,
    Y: Array,
    strengths: LaneStrengths,
    recipe: Recipe,
    orders: Iterator[Array],
    validation: tuple[Array, Array] | None = None,
    support: Array | None = None,
    watch: Watch = unwatched,
) -> Trained:
    """Train every lane from ``start`` (which is left alone).

    X is (rows, d) and Y (rows, outputs), in the parameters' dtype, and ``orders`` yields, an epoch each, the permutation
    (rows,) in which rows are taken; it isn't asked when a batch holds all rows. Or every lane has rows and an order of its
    own: X is (lanes, rows, d), Y (lanes, rows, outputs), an order (lanes, rows). With ``validation`` rows (X, Y), shared
    or own like X, and a patience, a lane ends with the parameters of its best validation loss. Where ``support``
    (lanes, P) is 0, a parameter stays as it starts; elsewhere it is 1. A lane whose numbers stop being finite leaves the
    stepper and is marked; the others go on.
    """
    result = Trained.blank(network, start)
    params = Params.view(network, start.buffer.copy())
    stepper = Stepper(network, recipe, strengths, params, recipe.optimizer.init(start.buffer),
                      np.arange(start.lanes), support)  # fmt: skip
    best = _start_best(start, validation, recipe.patience) if validation and recipe.patience else None
    rows = _Rows.of(X, Y, recipe.batch_size)
    # A lane may overflow: that is found below and marked, not warned of.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for epoch in range(recipe.epochs):
            _run_epoch(stepper, rows, epoch, orders, watch)
            finite = _finite(stepper.params)
            stopped = best.update(stepper) if best else ~finite
            goes_on = finite & ~stopped
            if epoch == recipe.epochs - 1 or not goes_on.all():
                # Those that go on are put again when they end.
                result.put(stepper.lane, stepper.trained(epoch + 1, finite))
                stepper = stepper.keep(goes_on)
            if not stepper.params.lanes:
                break
    if best:
        result.params.buffer[...] = best.buffer
    return result


def _start_best(start: Params, validation: tuple[Array, Array], patience: int) -> _Best:
    X, Y = validation
    worst = np.full(start.lanes, np.inf)
    return _Best(X, Y, worst, start.buffer.copy(), np.zeros(start.lanes, dtype=int), patience)


def _run_epoch(stepper: Stepper, rows: "_Rows", epoch: int, orders: Iterator[Array], watch: Watch) -> None:
    """One pass over the rows, in a new order unless a batch holds them all; the short last batch is kept."""
    recipe, steps = stepper.recipe, rows.steps
    order = next(orders) if steps > 1 else None
    for i, (X1, Y) in enumerate(rows.batches(stepper.lane, order)):
        share = (epoch * steps + i) / (recipe.epochs * steps)
        watch(share)
        stepper.step(X1, Y, recipe.learning_rate * SCHEDULES[recipe.schedule](share))


@dataclass(frozen=True)
class _Rows:
    """What is trained on, in batches of ``size``: shared rows (rows, .), or each lane's own (lanes, rows, .)."""

    X: Array
    Y: Array
    size: int
    whole: Array | None

    @classmethod
    def of(cls, X: Array, Y: Array, batch_size: int) -> "_Rows":
        """Rows and batches; where a batch holds all rows, their column of ones is added here, once."""
        size = min(batch_size, n_rows(X))
        return cls(X, Y, size, with_ones(X) if size == n_rows(X) else None)

    @property
    def steps(self) -> int:
        """How many batches there are."""
        return -(-n_rows(self.X) // self.size)

    def batches(self, lane: Array, order: Array | None) -> Iterator[tuple[Array, Array]]:
        """X with its ones, and Y, of each batch in this order; of the lanes ``lane`` where each has rows of its own.

        Rows are gathered some batches at a time: rarely, and never a second copy of a large table.
        """
        if self.whole is not None:
            yield _taken(self.whole, lane), _taken(self.Y, lane)
            return
        gathered = self.size * max(1, GATHERED // self.size)
        for start in range(0, n_rows(self.X), gathered):
            part = None if order is None else order[..., start : start + gathered]
            X1, Y = with_ones(_taken(self.X, lane, part)), _taken(self.Y, lane, part)
            for i in range(0, n_rows(Y), self.size):
                yield X1[..., i : i + self.size, :], Y[..., i : i + self.size, :]


def _taken(values: Array, lane: Array, order: Array | None = None) -> Array:
    """Rows in this order (or all): of a shared (rows, .), or of the lanes that are left of (lanes, rows, .)."""
    if values.ndim == 2:
        return values if order is None else values[order]
    if order is None:
        return values if len(lane) == len(values) else values[lane]
    return np.stack([values[i][order[i]] for i in lane])


def _finite(params: Params) -> Array:
    """Which lanes hold finite numbers alone: 0 * inf and 0 * nan are nan, so a product with zeros tells in one pass."""
    zeros = np.zeros((params.buffer.shape[1], 1), dtype=params.buffer.dtype)
    return np.asarray((params.buffer[:, None, :] @ zeros)[:, 0, 0] == 0)
