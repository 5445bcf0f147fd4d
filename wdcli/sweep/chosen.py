"""The chosen networks with their weights. A sweep keeps no weights, so they are trained again, to the same bits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wdcli.array import Array
from wdcli.fits.block import Block
from wdcli.fits.executors import one_blas_thread
from wdcli.fits.fitting import follow, stacks
from wdcli.fits.folds import Fold
from wdcli.fits.plan import make_block
from wdcli.nn.mlp import Network, Params, row_losses
from wdcli.nn.train import Trained
from wdcli.sweep.curve import in_order
from wdcli.sweep.result import SweepResult


@dataclass(frozen=True)
class Chosen:
    """The chosen lambda's networks on all training rows, one lane per seed; ``epochs`` that the first one ran."""

    fold: Fold
    network: Network
    params: Params
    epochs: int

    def test_losses(self) -> Array:
        """Data loss of each test row, averaged over seeds: (rows,)."""
        return np.asarray(row_losses(self.network, self.params, self.fold.held.X, self.fold.held.Y).mean(axis=0))


def fit_chosen(result: SweepResult, memory: int) -> Chosen:
    """Train every seed's network at the chosen lambda on all training rows, in groups that fit into ``memory``."""
    fold, lambdas, seeds = result.folds.whole, walk(result), result.config.seeds
    blocks = [make_block(result.fit, result.folds.dataset, fold, repeat, lambdas) for repeat in range(seeds)]
    trained = [(part, train_last(part)) for part in stacks(blocks, seeds, memory)]
    params = by_seed([(part, found.params) for part, found in trained])
    return Chosen(fold, blocks[0].network, params, int(trained[0][1].epochs[0]))


def by_seed(trained: Sequence[tuple[Sequence[Block], Params]]) -> Params:
    """The lanes of several blocks of fold 0, in the order of their seeds."""
    lanes = {block.repeat: params.buffer[i] for blocks, params in trained for i, block in enumerate(blocks)}
    return Params.view(trained[0][0][0].network, np.stack([lanes[repeat] for repeat in sorted(lanes)]))


def walk(result: SweepResult) -> tuple[float, ...]:
    """The lambdas to train in turn to get to the chosen one: itself alone, or the path up to it."""
    chosen = result.selection.chosen
    if result.config.path == "cold":
        return (chosen,)
    path = in_order(result.config, tuple(row.lambd for row in result.curve))
    return path[: path.index(chosen) + 1]


def train_last(blocks: Sequence[Block]) -> Trained:
    """Train blocks of the same shape along their lambdas and return the last, one lane per block."""
    with one_blas_thread():
        for trained in follow(blocks):
            last = trained
    return last
