"""Permutation importance: how much the chosen networks' held-out loss rises when the cells of a column are permuted."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wdcli.array import Array
from wdcli.data.dice import Purpose, dice
from wdcli.fits.block import LANES, Block
from wdcli.fits.executors import one_blas_thread
from wdcli.fits.fitting import stacks
from wdcli.fits.measure import LossUnit
from wdcli.fits.plan import path_blocks
from wdcli.nn.activations import ACTIVATIONS
from wdcli.nn.arrays import Examples
from wdcli.nn.effective import effective, shrink
from wdcli.nn.losses import LOSSES
from wdcli.nn.mlp import Network, Params
from wdcli.sweep.chosen import train_last, walk
from wdcli.sweep.difference import Difference, corrected_t
from wdcli.sweep.result import SweepResult

NUMBERS = 1 << 19
"""The most values of first units, for several columns and rows, that are held at once."""
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
    small, unit = shrink(block.network, lane), LossUnit.of(block)
    permuted = _Permuted(small.network, unit.params(small.network, small.params), block.columns[small.features])
    held = unit.rows(block.held)._replace(X=block.held.X[:, small.features])
    n = len(held.X)
    orders = [dice(block.seed, Purpose.PERMUTATIONS, block.fold, i).permutation(n) for i in range(PERMUTATIONS)]
    size = max(1, NUMBERS // small.params.biases[0].shape[-1])
    parts = [slice(start, min(start + size, n)) for start in range(0, n, size)]
    rises = sum((part.stop - part.start) / n * permuted.rises(held, orders, part) for part in parts)
    return {columns[column]: float(rise) for column, rise in zip(permuted.used, rises * unit.common, strict=True)}


@dataclass(frozen=True)
class _Permuted:
    """One network, and the column of each of its features: what permuting a column does to its loss."""

    network: Network
    params: Params
    owners: Array

    @functools.cached_property
    def used(self) -> Array:
        """The columns that have features, ascending."""
        return np.unique(self.owners)

    def rises(self, held: Examples, orders: Sequence[Array], part: slice) -> Array:
        """The rise of the mean loss of a part of the rows for each used column, (columns,), over these orders of all rows."""
        weights, rows = self.params.weights[0][0], Examples(*(None if each is None else each[part] for each in held))  # type: ignore[arg-type]
        before = rows.X @ weights + self.params.biases[0][0]
        total = np.zeros(len(self.used))
        for order in orders:
            change = held.X[order[part]] - rows.X
            for some in np.array_split(np.arange(len(total)), min(len(total), -(-len(total) * before.size // NUMBERS))):
                # A permuted column changes what its own weights add to the first layer, and nothing else there.
                own = [self.owners == self.used[i] for i in some]
                moved = np.stack([change[:, features] @ weights[features] for features in own])
                total[some] += self._losses(rows, before + moved)
        return np.asarray(total / len(orders) - self._losses(rows, before[None])[0])

    def _losses(self, rows: Examples, z: Array) -> Array:
        """The mean loss for each of several values z (., rows, units or outputs) before the first activation: (.,)."""
        for matrix in self.params.matrices[1:]:
            ACTIVATIONS[self.network.activation].function(z)
            z = z @ matrix[0, :-1] + matrix[0, -1]
        each = LOSSES[self.network.loss].each(rows.Y, z)
        return np.asarray((each if rows.weights is None else each * rows.weights[:, 0]).mean(axis=1))


def _summary(rises: dict[tuple[int, int], dict[str, float]], columns: Sequence[str], seeds: int) -> Importance:
    """The rises by fold and seed, for each of the table's columns."""
    of_fits = np.array([[rises[fit].get(column, 0.0) for column in columns] for fit in sorted(rises)])
    used = np.array([any(column in rise for rise in rises.values()) for column in columns])
    return Importance(of_fits.reshape(-1, seeds, len(columns)), used)
