"""The chosen networks again, with their weights: a sweep keeps numbers alone, and these are trained to the same bits."""

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
from wdcli.sweep.result import SweepResult
from wdcli.sweep.runner import in_order


@dataclass(frozen=True)
class Chosen:
    """The networks of the chosen lambda on all training rows, a lane a seed; ``epochs`` are those that the first one ran."""

    fold: Fold
    network: Network
    params: Params
    epochs: int

    def test_losses(self) -> Array:
        """Data loss of each test row, the mean over seeds: (rows,)."""
        return np.asarray(row_losses(self.network, self.params, self.fold.X_held, self.fold.Y_held).mean(axis=0))


def fit_chosen(result: SweepResult, memory: int) -> Chosen:
    """Train every seed's network of the chosen lambda on all training rows, in blocks of so many bytes."""
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
    """The lambdas that are trained one after the other to get to the chosen one: itself alone, or its path."""
    chosen = result.selection.chosen
    if result.config.path == "cold":
        return (chosen,)
    path = in_order(result.config, tuple(row.lambd for row in result.curve))
    return path[: path.index(chosen) + 1]


def train_last(blocks: Sequence[Block]) -> Trained:
    """Blocks of the same shape at the last of their lambdas, a lane a block."""
    with one_blas_thread():
        for trained in follow(blocks):
            last = trained
    return last
