"""What a worker is given to train: a block of lanes with its rows. It holds plain values and arrays, and imports little.

A block is the lambdas of one fold and one seed: they share their rows, initial weights and batches. (Along a path, where
each lambda starts from the last, ``fitting.follow`` steps blocks of several folds and seeds together, a lambda at a time.)
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wdcli import __version__
from wdcli.arithmetic import arithmetic
from wdcli.nn.arrays import CHUNK, Array
from wdcli.nn.mlp import Network
from wdcli.nn.recipe import LaneStrengths, Recipe

ENGINE = 2
"""Counted up when the same task gives other numbers than it did: what was stored before is trained again."""
LANES = 256
"""Networks that are stepped together at the most; more no longer saves time."""


@dataclass(frozen=True)
class Block:
    """Lanes that share their rows and their dice: one fold, one repeat, some lambdas (of an elastic net's ``l1_ratio``)."""

    fold: int
    repeat: int
    lambdas: tuple[float, ...]
    l1_ratio: float | None = None


@dataclass(frozen=True)
class Task:
    """All that a worker needs to train a block: plain values and arrays. ``rows`` is a hash of the arrays."""

    block: Block
    rows: str
    network: Network
    recipe: Recipe
    strengths: LaneStrengths
    dtype: str
    seed: int
    X: Array
    Y: Array
    X_held: Array
    Y_held: Array
    validation: tuple[Array, Array] | None
    loss_unit: float
    truth: tuple[Array, Array] | None

    def keep(self, lanes: Sequence[int]) -> "Task":
        """The task of some of its lanes."""
        block = replace(self.block, lambdas=tuple(self.block.lambdas[i] for i in lanes))
        return replace(self, block=block, strengths=self.strengths.keep(np.array(lanes)))

    def at(self, lane: int) -> "Task":
        """The task of one of its lanes."""
        return self.keep([lane])

    def keys(self, warm: bool) -> list[bytes]:
        """A hash for each lane of all that determines its numbers: rows, network, recipe, dice, strengths and arithmetic.

        On a ``warm`` path the strengths of the lambdas before it are among them. Lambda itself is not: it is the strengths
        in somebody's convention.
        """
        block = self.block
        shared = (__version__, ENGINE, arithmetic(), self.rows, self.network, self.recipe, self.dtype, self.seed, block.fold,
                  block.repeat, self.loss_unit, warm)  # fmt: skip
        digest, found = hashlib.blake2b(repr(shared).encode(), digest_size=16), []
        for l1, l2 in zip(self.strengths.l1, self.strengths.l2, strict=True):
            here = digest.copy()
            here.update(l1.tobytes() + l2.tobytes())
            found.append(here.digest())
            digest = here if warm else digest
        return found


def lanes_in(memory: int, task: Task) -> int:
    """How many lanes like this task's fit into so many bytes when each has rows of its own, ``LANES`` at the most."""
    # A stack of the rows, the same with a column of ones, the rows of a lane in the order of an epoch, and all of those.
    rows = 4 * (task.X.nbytes + task.Y.nbytes)
    lane = bytes_of_a_lane(task.network, task.recipe.batch_size, task.dtype)
    return max(1, min(LANES, memory // (lane + rows)))


def bytes_of_a_lane(network: Network, batch_size: int, dtype: str) -> int:
    """What training and measuring a lane takes: 20 numbers a parameter, and for each unit some for every row of a batch."""
    values = 20 * network.n_parameters + max(3 * batch_size, 6 * CHUNK) * sum(network.sizes)
    return values * np.dtype(dtype).itemsize


def bytes_of_a_step(network: Network, recipe: Recipe, dtype: str) -> int:
    """What a step of a lane reads and writes: parameters, gradients, strengths, the optimizer's state, units."""
    values = 9 * network.n_parameters + 2 * recipe.batch_size * sum(network.sizes[1:])
    return values * np.dtype(dtype).itemsize
