"""Permutation importance: how much the chosen networks' held-out loss rises when the cells of a column are permuted."""

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

NUMBERS = 1 << 22
"""The most values of first units, for several columns and all rows, that are held at once."""
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
    params, held = unit.params(small.network, small.params), unit.rows(block.held)
    X, owners = held.X[:, small.features], block.columns[small.features]
    before = X @ params.weights[0][0] + params.biases[0][0]
    used, losses = np.unique(owners), _Losses(small.network, params, held)
    total = np.zeros(len(used))
    for order in (
        dice(block.seed, Purpose.PERMUTATIONS, block.fold, i).permutation(len(X)) for i in range(PERMUTATIONS)
    ):
        change = X[order] - X
        for some in np.array_split(np.arange(len(used)), -(-len(used) * before.size // NUMBERS)):
            # A permuted column changes what its own weights add to the first layer, and nothing else there.
            moved = [change[:, owners == used[i]] @ params.weights[0][0, owners == used[i]] for i in some]
            total[some] += losses.of(before + np.stack(moved))
    rises = (total / PERMUTATIONS - losses.of(before[None])[0]) * unit.common
    return {columns[column]: float(rise) for column, rise in zip(used, rises, strict=True)}


@dataclass(frozen=True)
class _Losses:
    """The loss of one network on some rows, from the values that the first layer's units or outputs get."""

    network: Network
    params: Params
    rows: Examples

    def of(self, z: Array) -> Array:
        """The mean loss for each of several values z (., rows, units) before the first activation: (.,)."""
        for matrix in self.params.matrices[1:]:
            ACTIVATIONS[self.network.activation].function(z)
            z = z @ matrix[0, :-1] + matrix[0, -1]
        each = LOSSES[self.network.loss].each(self.rows.Y, z)
        return np.asarray((each if self.rows.weights is None else each * self.rows.weights[:, 0]).mean(axis=1))


def _summary(rises: dict[tuple[int, int], dict[str, float]], columns: Sequence[str], seeds: int) -> Importance:
    """The rises by fold and seed, for each of the table's columns."""
    of_fits = np.array([[rises[fit].get(column, 0.0) for column in columns] for fit in sorted(rises)])
    used = np.array([any(column in rise for rise in rises.values()) for column in columns])
    return Importance(of_fits.reshape(-1, seeds, len(columns)), used)
