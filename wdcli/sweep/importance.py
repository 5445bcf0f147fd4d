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
from wdcli.sweep.result import SweepResult
from wdcli.sweep.rows import error_of

PERMUTATIONS = 5
"""How often each column is permuted; all networks and columns of a fold share the permutations."""


@dataclass(frozen=True)
class Importance:
    """By how much permuting a column raises the CV loss, in its units: mean and standard error, (columns,) each.

    The columns are those of the encoding of all training rows, in its order. ``mean`` is over permutations, seeds and
    folds; ``se`` is the standard error of the folds' means. A network that doesn't use the column, or whose fold lacks it,
    counts 0. Both are nan for a column that no network of a fold uses.
    """

    mean: Array
    se: Array


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
    """Mean and standard error for each of the table's columns, from the rises by fold and seed."""
    of_fits = np.array([[rises[fit].get(column, 0.0) for column in columns] for fit in sorted(rises)])
    of_folds = of_fits.reshape(-1, seeds, len(columns)).mean(axis=1)
    used = [any(column in rise for rise in rises.values()) for column in columns]
    found = np.array([of_folds.mean(axis=0), [error_of(each) for each in of_folds.T]])
    return Importance(*np.where(used, found, np.nan))
