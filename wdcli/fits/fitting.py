"""Training of blocks: from their seed's and fold's initial weights, in their seed's and fold's batches.

``train_block`` steps the lambdas of one block together. ``follow`` steps several blocks together, a lambda at a time, each
from the weights of the last: folds and seeds are the lanes then. ``relax`` trains on without the penalty.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from wdcli.array import Array
from wdcli.data.dice import Purpose, dice
from wdcli.fits.block import Block, lanes_in
from wdcli.nn.diagnostics import COLLAPSE_SHARE
from wdcli.nn.losses import LOSSES
from wdcli.nn.mlp import Params, init_params, mean_loss
from wdcli.nn.recipe import LaneStrengths, Recipe
from wdcli.nn.train import Trained, Watch, train, unwatched

WARM_SHARE = 0.25
"""Of the epochs, this share for every lambda of a path but the first: it starts close to where it ends."""


def start_params(block: Block, lanes: int) -> Params:
    """The initial weights that the block's seed and fold give, the same in every lane.

    A raw target's mean may be so far from 0 that the steps would not take the output's bias there: it starts there.
    """
    rng = dice(block.seed, Purpose.WEIGHTS, block.fold, block.repeat)
    params = init_params(block.network, lanes, rng, block.dtype)
    if block.raw_target:
        params.biases[-1][...] = block.Y.mean(axis=0, dtype=np.float64)
    return params


def batch_orders(block: Block) -> Iterator[Array]:
    """The order of the block's rows, epoch after epoch, that its seed and fold give."""
    batches = dice(block.seed, Purpose.BATCHES, block.fold, block.repeat)
    return (batches.permutation(len(block.X)) for _ in itertools.count())


def train_block(block: Block, watch: Watch = unwatched) -> Trained:
    """Train a block's lanes; ``watch`` is called before each step with the share of the training that is done."""
    start = start_params(block, len(block.lambdas))
    orders = batch_orders(block)
    return train(
        block.network, start, block.X, block.Y, block.strengths, block.recipe, orders, block.validation, watch=watch
    )


@dataclass(frozen=True)
class _Stack:
    """Blocks of the same shape, of different folds and seeds, as the lanes of one: each has rows and an order of its own."""

    blocks: Sequence[Block]
    X: Array
    Y: Array
    validation: tuple[Array, Array] | None

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> "_Stack":
        """A lane a block."""
        validation = None
        kept = [block.validation for block in blocks if block.validation is not None]
        if kept:
            validation = np.stack([X for X, _ in kept]), np.stack([Y for _, Y in kept])
        return cls(blocks, np.stack([t.X for t in blocks]), np.stack([t.Y for t in blocks]), validation)

    def take(self, lanes: Array) -> "_Stack":
        """Some of the lanes."""
        if len(lanes) == len(self.blocks):
            return self
        validation = None if self.validation is None else (self.validation[0][lanes], self.validation[1][lanes])
        return _Stack([self.blocks[i] for i in lanes], self.X[lanes], self.Y[lanes], validation)

    def train(
        self,
        start: Params,
        strengths: LaneStrengths,
        recipe: Recipe,
        support: Array | None = None,
        watch: Watch = unwatched,
    ) -> Trained:
        """Train every lane on its own rows, in the batches that all lambdas share."""
        orders = (np.stack(each) for each in zip(*map(batch_orders, self.blocks), strict=True))
        network = self.blocks[0].network
        return train(network, start, self.X, self.Y, strengths, recipe, orders, self.validation, support, watch)

    def lost(self, trained: Trained) -> Array:
        """Which lanes diverged or collapsed: nothing can start from there."""
        null = [LOSSES[block.network.loss].constant(block.Y, block.Y) for block in self.blocks]
        with np.errstate(over="ignore", invalid="ignore"):
            losses = mean_loss(self.blocks[0].network, trained.params, self.X, self.Y)
        return np.asarray(~(trained.finite & (losses < COLLAPSE_SHARE * np.array(null))))


def follow(blocks: Sequence[Block], watch: Watch = unwatched) -> Iterator[Trained]:
    """Train blocks of the same shape along their lambdas, in the order in which they stand there: a lane a block.

    Yields after each lambda. A lane starts from the weights of the lambda before, with ``WARM_SHARE`` of the epochs and a
    fresh optimizer; at the first lambda, where the one before diverged or collapsed, and without decay, from its initial
    weights with all epochs: with hidden layers, zero is a stationary point at every lambda, and nothing grows from it; and
    lambda = 0 is the reference, which no penalty is to have touched. ``watch`` counts every lambda as the same share.
    """
    stack, network, recipe = _Stack.of(blocks), blocks[0].network, blocks[0].recipe
    shorter = replace(recipe, epochs=math.ceil(WARM_SHARE * recipe.epochs))
    initial = np.concatenate([start_params(block, 1).buffer for block in blocks])
    start, afresh = initial.copy(), np.ones(len(blocks), dtype=bool)
    lambdas = len(blocks[0].lambdas)
    for i in range(lambdas):
        strengths = _strengths(blocks, i)
        if not (strengths.l1.any() or strengths.l2.any()):
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
    """For the i-th of so many parts of a training."""
    return lambda share: watch((i + share) / parts)


def _strengths(blocks: Sequence[Block], i: int) -> LaneStrengths:
    """The strengths of each block's i-th lambda, a lane a block."""
    return LaneStrengths(
        np.stack([block.strengths.l1[i] for block in blocks]), np.stack([block.strengths.l2[i] for block in blocks])
    )


def relax(blocks: Sequence[Block], trained: Trained) -> Trained:
    """Train the weights that are not zero on, without the penalty; those that are zero stay so. Biases are all trained.

    The relaxed lasso (Meinshausen 2007) for a network, with as many epochs again.
    """
    network, params = blocks[0].network, trained.params
    support = Params.view(network, np.ones_like(params.buffer))
    for weights, held in zip(params.weights, support.weights, strict=True):
        held[...] = weights != 0
    nothing = np.zeros((len(blocks), len(network.shapes)))
    recipe = replace(blocks[0].recipe, penalty="none", decay="coupled")
    return _Stack.of(blocks).train(params, LaneStrengths(nothing, nothing), recipe, support.buffer)


def stacks(blocks: Iterable[Block], most: int, memory: int) -> Iterator[list[Block]]:
    """Blocks in lists of the same shape, ``most`` at the most and no more than fit into so many bytes: lanes of one."""
    waiting: dict[tuple[int, ...], list[Block]] = {}
    for block in blocks:
        watched = 0 if block.validation is None else len(block.validation[0])
        shape = (*block.X.shape, watched, block.network.n_parameters)
        group = waiting.setdefault(shape, [])
        group.append(block)
        if len(group) >= min(most, lanes_in(memory, block)):
            yield waiting.pop(shape)
    yield from waiting.values()
