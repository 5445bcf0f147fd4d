"""The one loop over epochs and batches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from wdcli.array import Array
from wdcli.nn.arrays import n_rows, taken, with_ones
from wdcli.nn.history import History
from wdcli.nn.mlp import Network, Params, mean_loss
from wdcli.nn.optimizers import SCHEDULES
from wdcli.nn.recipe import LaneStrengths, Recipe
from wdcli.nn.stepper import Stepper
from wdcli.nn.trace import Trace

GATHERED = 8192
"""Rows to gather at once."""
Watch: TypeAlias = Callable[[float], None]
"""Called before each step with the share of the training already done."""


def unwatched(share: float) -> None:
    """Ignore the progress."""


@dataclass(frozen=True)
class Trained:
    """The results of each lane: parameters, epochs run, whether all numbers stayed finite, largest gradient norm, history.

    The gradient is that of a batch's data loss, without the penalty. Lanes that weren't followed have no history.
    """

    params: Params
    epochs: Array
    finite: Array
    max_gradient_norm: Array
    histories: list[History | None]

    @classmethod
    def blank(cls, network: Network, start: Params) -> "Trained":
        """The results before the first epoch."""
        n = start.lanes
        params, nothing = Params.view(network, start.buffer.copy()), np.zeros(n, dtype=int)
        return cls(params, nothing, np.ones(n, dtype=bool), np.zeros(n), [None] * n)

    @classmethod
    def of(cls, stepper: Stepper, epochs: int, finite: Array) -> "Trained":
        """The results so far of the lanes still in training."""
        n = len(finite)
        return cls(stepper.params, np.full(n, epochs), finite, np.sqrt(stepper.largest), [None] * n)

    def put(self, lanes: Array, part: "Trained") -> None:
        """Store the results of some of the lanes."""
        self.params.buffer[lanes] = part.params.buffer
        self.epochs[lanes] = part.epochs
        self.finite[lanes] = part.finite
        self.max_gradient_norm[lanes] = part.max_gradient_norm
        for lane, history in zip(lanes, part.histories, strict=True):
            self.histories[lane] = history

    def lane(self, i: int) -> "Trained":
        """The results of one lane."""
        one = slice(i, i + 1)
        return Trained(
            self.params.take(one), self.epochs[one], self.finite[one], self.max_gradient_norm[one], self.histories[one]
        )


@dataclass
class _Best:
    """Early stopping, lane by lane: the best validation loss so far, its parameters, and how many epochs ago it was."""

    X: Array
    Y: Array
    loss: Array
    buffer: Array
    stale: Array
    patience: int

    def update(self, stepper: Stepper) -> Array:
        """Compute the validation losses after an epoch, and return which lanes have run out of patience."""
        X, Y = (taken(values, stepper.lane) for values in (self.X, self.Y))
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
    trace: Trace | None = None,
) -> Trained:
    """Train every lane from ``start``, which isn't changed.

    X is (rows, d) and Y (rows, outputs), in the parameters' dtype. ``orders`` yields a permutation (rows,) of the rows
    for each epoch; it isn't used when a batch holds all rows. Alternatively, every lane has its own rows and order: X
    is (lanes, rows, d), Y (lanes, rows, outputs), an order (lanes, rows). With ``validation`` rows (X, Y), shared or
    per lane like X, and a patience, a lane ends with the parameters of its best validation loss. ``support`` (lanes, P)
    is 1 for parameters to train and 0 for those to leave at their start. ``trace`` notes the losses of some lanes. A lane
    whose numbers are no longer finite is marked and stops; the others continue.
    """
    result = Trained.blank(network, start)
    params = Params.view(network, start.buffer.copy())
    stepper = Stepper(network, recipe, strengths, params, recipe.optimizer.init(start.buffer),
                      np.arange(start.lanes), support)  # fmt: skip
    best = _start_best(start, validation, recipe.patience) if validation and recipe.patience else None
    rows = _Rows.of(X, Y, recipe.batch_size)
    # A lane may overflow: it is detected and marked below, so no warning is needed.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if trace:
            trace.note(0, stepper, np.zeros(start.lanes, dtype=bool))
        for epoch in range(recipe.epochs):
            _run_epoch(stepper, rows, epoch, orders, watch)
            finite = _finite(stepper.params)
            stopped = best.update(stepper) if best else ~finite
            goes_on = finite & ~stopped
            if epoch + 1 == recipe.epochs:
                goes_on[:] = False
            if trace:
                trace.note(epoch + 1, stepper, ~goes_on)
            if not goes_on.all():
                # The lanes that continue are stored again when they end.
                result.put(stepper.lane, Trained.of(stepper, epoch + 1, finite))
                stepper = stepper.take(goes_on)
            if not stepper.params.lanes:
                break
    if best:
        result.params.buffer[...] = best.buffer
    if trace:
        result.histories[:] = trace.histories(result.epochs)
    return result


def _start_best(start: Params, validation: tuple[Array, Array], patience: int) -> _Best:
    X, Y = validation
    worst = np.full(start.lanes, np.inf)
    return _Best(X, Y, worst, start.buffer.copy(), np.zeros(start.lanes, dtype=int), patience)


def _run_epoch(stepper: Stepper, rows: "_Rows", epoch: int, orders: Iterator[Array], watch: Watch) -> None:
    """One pass over the rows, in a new order unless a batch holds them all; a short last batch is used too."""
    recipe, steps = stepper.recipe, rows.steps
    order = next(orders) if steps > 1 else None
    for i, (X1, Y) in enumerate(rows.batches(stepper.lane, order)):
        share = (epoch * steps + i) / (recipe.epochs * steps)
        watch(share)
        stepper.step(X1, Y, recipe.learning_rate * SCHEDULES[recipe.schedule](share))


@dataclass(frozen=True)
class _Rows:
    """The training rows, taken in batches of ``size``: shared (rows, .), or each lane's own (lanes, rows, .)."""

    X: Array
    Y: Array
    size: int
    whole: Array | None

    @classmethod
    def of(cls, X: Array, Y: Array, batch_size: int) -> "_Rows":
        """Set the batch size; if a batch holds all rows, add their column of ones here, once."""
        size = min(batch_size, n_rows(X))
        return cls(X, Y, size, with_ones(X) if size == n_rows(X) else None)

    @property
    def steps(self) -> int:
        """The number of batches."""
        return -(-n_rows(self.X) // self.size)

    def batches(self, lane: Array, order: Array | None) -> Iterator[tuple[Array, Array]]:
        """X with its column of ones, and Y, of each batch in this order; of the lanes ``lane`` if they have own rows.

        Rows are gathered several batches at a time: few gathers, but never a second copy of a large table.
        """
        if self.whole is not None:
            yield taken(self.whole, lane), taken(self.Y, lane)
            return
        gathered = self.size * max(1, GATHERED // self.size)
        for start in range(0, n_rows(self.X), gathered):
            part = None if order is None else order[..., start : start + gathered]
            X1, Y = with_ones(taken(self.X, lane, part)), taken(self.Y, lane, part)
            for i in range(0, n_rows(Y), self.size):
                yield X1[..., i : i + self.size, :], Y[..., i : i + self.size, :]


def _finite(params: Params) -> Array:
    """Which lanes hold only finite numbers: 0 * inf and 0 * nan are nan, so one product with zeros finds the others."""
    zeros = np.zeros((params.buffer.shape[1], 1), dtype=params.buffer.dtype)
    return np.asarray((params.buffer[:, None, :] @ zeros)[:, 0, 0] == 0)
