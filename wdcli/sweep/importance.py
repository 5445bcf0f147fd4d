"""Permutation importance: how much the chosen networks' held-out loss rises when the cells of a column are permuted."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wdcli.array import Array
from wdcli.data.dice import Purpose, dice
from wdcli.fits.block import LANES, Block
from wdcli.fits.executors import one_blas_thread
from wdcli.fits.fitting import stacks
from wdcli.fits.measure import Unit
from wdcli.fits.plan import path_blocks
from wdcli.nn.effective import effective, shrink
from wdcli.nn.mlp import Params, Workspaces, mean_loss
from wdcli.sweep.chosen import train_last, walk
from wdcli.sweep.difference import Difference, corrected_t
from wdcli.sweep.result import SweepResult

PERMUTATIONS = 5
"""How often each column is permuted; all networks and columns of a fold share the permutations."""


@dataclass(frozen=True)
class Importance:
    """By how much permuting a column ``raises`` each network's held-out loss, (folds, seeds, columns), in the CV loss's units.

    The columns are those of the encoding of all training rows, in its order. It is the mean over permutations, and 0 for a
    network that doesn't use the column, or whose fold lacks it. ``used`` (columns,) says which columns some network uses.
    """

    raises: Array
    used: Array

    def of(self, column: int, test_share: float) -> Difference | None:
        """The rise of the CV loss with its interval (``corrected_t``); None for a column that no network uses."""
        of_column = self.raises[:, :, column]
        return corrected_t(of_column, np.zeros_like(of_column), test_share) if self.used[column] else None


def run_importance(result: SweepResult, memory: int) -> Importance:
    """Train the chosen lambda's networks of every fold again and permute each column among the fold's held-out rows.

    They are trained in groups that fit into ``memory`` bytes. See Breiman (2001), Random forests, and Fisher, Rudin and
    Dominici (2019), All models are wrong, but many are useful, where this is the model reliance as a difference.
    """
    columns = {fold.number: fold.encoding.columns for fold in result.folds}
    rises: dict[tuple[int, int], dict[str, float]] = {}
    every = path_blocks(result.fit, result.folds, result.config.seeds, walk(result))
    for blocks in stacks((block for block in every if block.fold), LANES, memory):
        with one_blas_thread():
            params = train_last(blocks).params
            for lane, block in enumerate(blocks):
                rises[block.fold, block.repeat] = _rises(block, params.take(slice(lane, lane + 1)), columns[block.fold])
    return _summary(rises, result.encoding.columns, result.config.seeds)


def _rises(block: Block, lane: Params, columns: Sequence[str]) -> dict[str, float]:
    """The rise of one network's held-out loss for each column that it uses."""
    if not effective(lane)[0].any():
        return {}
    small, unit = shrink(block.network, lane), Unit.of(block)
    network, params, held = small.network, unit.params(small.network, small.params), unit.rows(block.held)
    X, work = held.X[:, small.features], Workspaces(network, 1, np.float64)

    def loss(rows: Array) -> float:
        return float(mean_loss(network, params, rows, held.Y, held.weights, work)[0]) * unit.common

    orders = [dice(block.seed, Purpose.PERMUTATIONS, block.fold, i).permutation(len(X)) for i in range(PERMUTATIONS)]
    before, owners = loss(X), block.columns[small.features]
    found = {}
    for column in np.unique(owners):
        losses = map(loss, _permuted(X, np.flatnonzero(owners == column), orders))
        found[columns[column]] = math.fsum(losses) / PERMUTATIONS - before
    return found


def _permuted(X: Array, features: Array, orders: Sequence[Array]) -> Iterator[Array]:
    """X with these features' rows in each order; a result is valid until the next one."""
    made = X.copy()
    for order in orders:
        made[:, features] = X[np.ix_(order, features)]
        yield made


def _summary(rises: dict[tuple[int, int], dict[str, float]], columns: Sequence[str], seeds: int) -> Importance:
    """The rises by fold and seed, for each of the table's columns."""
    of_fits = np.array([[rises[fit].get(column, 0.0) for column in columns] for fit in sorted(rises)])
    used = np.array([any(column in rise for rise in rises.values()) for column in columns])
    return Importance(of_fits.reshape(-1, seeds, len(columns)), used)
