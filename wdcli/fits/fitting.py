"""Training of blocks, with the initial weights and batches that their seed and fold determine.

``train_block`` trains the lambdas of one block together. ``follow`` trains several blocks together, one lambda at a
time, each from the last one's weights: here the lanes are folds and seeds. ``relax`` continues training without the
penalty.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from wdcli.array import Array
from wdcli.data.dice import Purpose, dice
from wdcli.fits.block import Block, lanes_in
from wdcli.nn.arrays import Examples, mean_row
from wdcli.nn.diagnostics import COLLAPSE_SHARE
from wdcli.nn.losses import LOSSES
from wdcli.nn.mlp import Params, init_params, mean_loss
from wdcli.nn.recipe import Recipe
from wdcli.nn.strengths import LaneStrengths
from wdcli.nn.trace import MOST, Trace, stride
from wdcli.nn.train import Trained, Watch, train, unwatched

WARM_SHARE = 0.25
"""Share of the epochs for every lambda of a path but the first: such a lambda starts close to its end."""


def start_params(block: Block, lanes: int) -> Params:
    """The initial weights determined by the block's seed and fold, the same in every lane.

    With a raw target the output's bias starts at the target's mean, which may be too far from 0 for training to reach.
    """
    rng = dice(block.seed, Purpose.WEIGHTS, block.fold, block.repeat)
    params = init_params(block.network, lanes, rng, block.dtype)
    if block.raw_target:
        params.biases[-1][...] = mean_row(block.train.Y, block.train.weights)
    return params


def batch_orders(block: Block) -> Iterator[Array]:
    """The order of the block's rows in each epoch, determined by its seed and fold."""
    batches = dice(block.seed, Purpose.BATCHES, block.fold, block.repeat)
    return (batches.permutation(len(block.train.X)) for _ in itertools.count())


def train_block(block: Block, watch: Watch = unwatched, points: int = MOST) -> Trained:
    """Train a block's lanes; ``watch`` is called before each step with the share of the training already done.

    A history keeps the losses at ``points`` epochs, besides the first and the last.
    """
    start, orders = start_params(block, len(block.lambdas)), batch_orders(block)
    trace = _trace([block] * len(block.lambdas), block.train, block.recipe, points)
    return train(block.network, start, block.train, block.strengths, block.recipe, orders, block.validation,
                 watch=watch, trace=trace)  # fmt: skip


def _trace(lanes: Sequence[Block], examples: Examples, recipe: Recipe, points: int = MOST) -> Trace | None:
    """Notes the losses of those lanes, given by their blocks, that are followed: of one block, if any."""
    block = next((block for block in lanes if block.followed), None)
    if block is None:
        return None
    # Early stopping may end a lane at any epoch.
    every = 1 if recipe.patience else stride(recipe.epochs, points)
    return Trace(examples, block.held, np.array([one.followed for one in lanes]), every, points)


@dataclass(frozen=True)
class _Stack:
    """Blocks of the same shape, from different folds and seeds, as lanes, each with its own rows and order."""

    blocks: Sequence[Block]
    train_rows: Examples
    validation: Examples | None

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> "_Stack":
        """Stack the blocks, one lane each."""
        kept = [block.validation for block in blocks if block.validation is not None]
        return cls(blocks, Examples.stacked([t.train for t in blocks]), Examples.stacked(kept) if kept else None)

    def take(self, lanes: Array) -> "_Stack":
        """Some of the lanes."""
        if len(lanes) == len(self.blocks):
            return self
        validation = None if self.validation is None else self.validation.taken(lanes)
        return _Stack([self.blocks[i] for i in lanes], self.train_rows.taken(lanes), validation)

    def train(
        self,
        start: Params,
        strengths: LaneStrengths,
        recipe: Recipe,
        support: Array | None = None,
        watch: Watch = unwatched,
    ) -> Trained:
        """Train every lane on its own rows, in the batches that all its lambdas share."""
        orders = (np.stack(each) for each in zip(*map(batch_orders, self.blocks), strict=True))
        network, trace = self.blocks[0].network, _trace(self.blocks, self.train_rows, recipe)
        return train(network, start, self.train_rows, strengths, recipe, orders, self.validation, support, watch, trace)

    def lost(self, trained: Trained) -> Array:
        """Which lanes diverged or collapsed, so that the next lambda can't start from them."""
        null = [LOSSES[block.network.loss].constant(block.train, block.train) for block in self.blocks]
        with np.errstate(over="ignore", invalid="ignore"):
            losses = mean_loss(self.blocks[0].network, trained.params, *self.train_rows.in_loss)
        return np.asarray(~(trained.finite & (losses < COLLAPSE_SHARE * np.array(null))))


def follow(blocks: Sequence[Block], watch: Watch = unwatched) -> Iterator[Trained]:
    """Train blocks of the same shape along their lambdas, in the blocks' order of lambdas: one lane per block.

    Yields after each lambda. A lane starts from the previous lambda's weights, with ``WARM_SHARE`` of the epochs and a
    fresh optimizer. It starts from its initial weights, with all epochs, at the first lambda, after a lambda that
    diverged or collapsed (with hidden layers, zero weights are a stationary point at every lambda and never grow), and
    at lambda = 0 (the reference, which no penalty may influence). ``watch`` counts every lambda as the same share.
    """
    stack, network, recipe = _Stack.of(blocks), blocks[0].network, blocks[0].recipe
    shorter = replace(recipe, epochs=math.ceil(WARM_SHARE * recipe.epochs))
    initial = np.concatenate([start_params(block, 1).buffer for block in blocks])
    start, afresh = initial.copy(), np.ones(len(blocks), dtype=bool)
    lambdas = len(blocks[0].lambdas)
    for i in range(lambdas):
        strengths = _strengths(blocks, i)
        if not any(each.any() for each in strengths.arrays):
            start, afresh = initial.copy(), np.ones(len(blocks), dtype=bool)
        trained = Trained.blank(network, Params.view(network, start))
        for lanes, how in ((np.flatnonzero(afresh), recipe), (np.flatnonzero(~afresh), shorter)):
            if len(lanes):
                params = Params.view(network, start[lanes])
                part = stack.take(lanes)
                trained.put(lanes, part.train(params, strengths.take(lanes), how, watch=_part(watch, i, lambdas)))
        yield trained
        afresh = stack.lost(trained)
        start = np.where(afresh[:, None], initial, trained.params.buffer)


def _part(watch: Watch, i: int, parts: int) -> Watch:
    """A ``watch`` for part i of so many equal parts of a training."""
    return lambda share: watch((i + share) / parts)


def _strengths(blocks: Sequence[Block], i: int) -> LaneStrengths:
    """The strengths of each block's i-th lambda, one lane per block."""
    return LaneStrengths.stacked([block.at(i).strengths for block in blocks])


def relax(blocks: Sequence[Block], trained: Trained) -> Trained:
    """Continue training the non-zero weights and all biases without the penalty; zero weights stay zero.

    This is the relaxed lasso (Meinshausen 2007) for a network, with the same number of epochs again.
    """
    network, params = blocks[0].network, trained.params
    support = Params.view(network, np.ones_like(params.buffer))
    for weights, held in zip(params.weights, support.weights, strict=True):
        held[...] = weights != 0
    nothing = LaneStrengths.nothing(len(blocks), len(network.shapes))
    recipe = replace(blocks[0].recipe, penalty="none", decay="coupled")
    return _Stack.of(blocks).train(params, nothing, recipe, support.buffer)


def stacks(blocks: Iterable[Block], most: int, memory: int) -> Iterator[list[Block]]:
    """Group blocks of the same shape to train as lanes: at most ``most``, and no more than fit into ``memory`` bytes."""
    waiting: dict[tuple[int, ...], list[Block]] = {}
    for block in blocks:
        watched = 0 if block.validation is None else len(block.validation.X)
        shape = (*block.train.X.shape, watched, block.network.n_parameters, *block.columns.tolist())
        group = waiting.setdefault(shape, [])
        group.append(block)
        if len(group) >= min(most, lanes_in(memory, block)):
            yield waiting.pop(shape)
    yield from waiting.values()
