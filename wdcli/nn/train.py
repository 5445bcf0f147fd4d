"""The one loop over epochs and batches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from wdcli.array import Array
from wdcli.nn.arrays import Examples, n_rows, with_ones
from wdcli.nn.history import History
from wdcli.nn.mlp import Network, Params, mean_loss
from wdcli.nn.optimizers import SCHEDULES
from wdcli.nn.recipe import Recipe
from wdcli.nn.stepper import Stepper
from wdcli.nn.strengths import LaneStrengths
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

    examples: Examples
    loss: Array
    buffer: Array
    stale: Array
    patience: int

    def update(self, stepper: Stepper) -> Array:
        """Compute the validation losses after an epoch, and return which lanes have run out of patience."""
        losses = mean_loss(stepper.network, stepper.params, *self.examples.taken(stepper.lane).in_loss)
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
    examples: Examples,
    strengths: LaneStrengths,
    recipe: Recipe,
    orders: Iterator[Array],
    validation: Examples | None = None,
    support: Array | None = None,
    watch: Watch = unwatched,
    trace: Trace | None = None,
) -> Trained:
    """Train every lane from ``start``, which isn't changed.

    The ``examples`` are in the parameters' dtype. ``orders`` yields a permutation (rows,) of the rows for each epoch; it
    isn't used when a batch holds all rows. If every lane has its own rows, an order is (lanes, rows). With ``validation``
    rows, shared or per lane too, and a patience, a lane ends with the parameters of its best validation loss. ``support``
    (lanes, P) is 1 for parameters to train and 0 for those to leave at their start. ``trace`` notes the losses of some
    lanes. A lane whose numbers are no longer finite is marked and stops; the others continue. A lane that ends otherwise than
    by early stopping is settled: see ``Stepper.settle``.

    A step's gradient is the mean over the batch's rows of weight times gradient. The weights' mean is 1 over all rows, not
    over the batch, so that each row pulls by its weight whatever batch it is in.
    """
    result = Trained.blank(network, start)
    params = Params.view(network, start.buffer.copy())
    stepper = Stepper(network, recipe, strengths, params, recipe.optimizer.init(start.buffer),
                      np.arange(start.lanes), support)  # fmt: skip
    best = _start_best(start, validation, recipe.patience) if validation and recipe.patience else None
    batches = _Batches.of(examples, recipe.batch_size)
    # A lane may overflow: it is detected and marked below, so no warning is needed.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if trace:
            trace.note(0, stepper, np.zeros(start.lanes, dtype=bool))
        for epoch in range(recipe.epochs):
            _run_epoch(stepper, batches, epoch, orders, watch)
            finite = _finite(stepper.params)
            stopped = best.update(stepper) if best else ~finite
            goes_on = finite & ~stopped
            if epoch + 1 == recipe.epochs:
                goes_on[:] = False
            if trace:
                trace.note(epoch + 1, stepper, ~goes_on)
            if not goes_on.all():
                ended = stepper.take(~goes_on) if goes_on.any() else stepper
                if best:
                    ended.params.buffer[...] = best.buffer[ended.lane]
                else:
                    ended.settle(examples)
                result.put(ended.lane, Trained.of(ended, epoch + 1, finite[~goes_on]))
                stepper = stepper.take(goes_on)
            if not stepper.params.lanes:
                break
    if trace:
        result.histories[:] = trace.histories(result.epochs)
    return result


def _start_best(start: Params, validation: Examples, patience: int) -> _Best:
    worst = np.full(start.lanes, np.inf)
    return _Best(validation, worst, start.buffer.copy(), np.zeros(start.lanes, dtype=int), patience)


def _run_epoch(stepper: Stepper, batches: "_Batches", epoch: int, orders: Iterator[Array], watch: Watch) -> None:
    """One pass over the rows, in a new order unless a batch holds them all; a short last batch is used too."""
    recipe, steps = stepper.recipe, batches.steps
    order = next(orders) if steps > 1 else None
    for i, batch in enumerate(batches.each(stepper.lane, order)):
        share = (epoch * steps + i) / (recipe.epochs * steps)
        watch(share)
        stepper.step(batch, recipe.learning_rate * SCHEDULES[recipe.schedule](share))


@dataclass(frozen=True)
class _Batches:
    """Training rows, shared or each lane's own, to take in batches of ``size`` with a column of ones beside X."""

    examples: Examples
    size: int
    whole: Array | None

    @classmethod
    def of(cls, examples: Examples, batch_size: int) -> "_Batches":
        """Set the batch size; if a batch holds all rows, add their column of ones here, once."""
        X = examples.X
        size = min(batch_size, n_rows(X))
        return cls(examples, size, with_ones(X) if size == n_rows(X) else None)

    @property
    def steps(self) -> int:
        """The number of batches."""
        return -(-n_rows(self.examples.X) // self.size)

    def each(self, lane: Array, order: Array | None) -> Iterator[Examples]:
        """The batches in this order; of the lanes ``lane`` if they have rows of their own.

        Rows are gathered several batches at a time: few gathers, but never a second copy of a large table.
        """
        if self.whole is not None:
            yield self.examples._replace(X=self.whole).taken(lane)
            return
        gathered = self.size * max(1, GATHERED // self.size)
        for start in range(0, n_rows(self.examples.X), gathered):
            part = None if order is None else order[..., start : start + gathered]
            X, Y, weights = self.examples.taken(lane, part).in_loss
            X1 = with_ones(X)
            for i in range(0, n_rows(Y), self.size):
                rows = np.s_[..., i : i + self.size, :]
                yield Examples(X1[rows], Y[rows], None if weights is None else weights[rows])


def _finite(params: Params) -> Array:
    """Which lanes hold only finite numbers: 0 * inf and 0 * nan are nan, so one product with zeros finds the others."""
    zeros = np.zeros((params.buffer.shape[1], 1), dtype=params.buffer.dtype)
    return np.asarray((params.buffer[:, None, :] @ zeros)[:, 0, 0] == 0)
