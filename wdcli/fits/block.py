"""Lanes trained on the same rows, with the rows: a worker's unit of work. Imports little, since workers start fresh.

A block holds the lambdas of one fold and one seed, which share their rows, initial weights and batches. (On a path,
where each lambda starts from the last, ``fitting.follow`` trains blocks of several folds and seeds together, one lambda
at a time.)
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wdcli import __version__
from wdcli.array import Array
from wdcli.fits.arithmetic import arithmetic
from wdcli.nn.arrays import CHUNK, Examples
from wdcli.nn.mlp import Network
from wdcli.nn.recipe import Recipe
from wdcli.nn.strengths import LaneStrengths

ENGINE = 5
"""Incremented when the same block gives different numbers than before, so that stored networks are trained again."""
LANES = 256
"""The most networks stepped together; more no longer saves time."""


@dataclass(frozen=True)
class Block:
    """One fold, one repeat and some lambdas (of an elastic net's ``l1_ratio``), with everything needed to train them.

    ``rows`` is a hash of the arrays; ``raw_target`` is true for a regression whose target isn't standardised. ``columns``
    (features,) says which features are made from the same column of the table; ``X_mesh`` is where the first seed's function
    is evaluated.
    """

    fold: int
    repeat: int
    lambdas: tuple[float, ...]
    l1_ratio: float | None
    rows: str
    network: Network
    recipe: Recipe
    strengths: LaneStrengths
    dtype: str
    seed: int
    train: Examples
    held: Examples
    validation: Examples | None
    loss_unit: float | tuple[float, ...]
    truth: Examples | None
    columns: Array
    X_mesh: Array | None
    raw_target: bool = False

    @property
    def followed(self) -> bool:
        """Whether it holds the first seed's fits on all training rows, whose history and function are kept."""
        return self.fold == self.repeat == 0

    @property
    def bytes_of_function(self) -> int:
        """The size of a record's ``function``."""
        return 0 if self.X_mesh is None else 4 * len(self.X_mesh) * self.network.sizes[-1]

    @property
    def bytes_of_columns(self) -> int:
        """The size of a record's ``columns_used``."""
        return math.ceil((int(self.columns[-1]) + 1) / 8) if self.recipe.makes_zeros else 0

    def take(self, lanes: Sequence[int]) -> "Block":
        """A block of some of the lanes."""
        lambdas = tuple(self.lambdas[i] for i in lanes)
        return replace(self, lambdas=lambdas, strengths=self.strengths.take(np.array(lanes)))

    def at(self, lane: int) -> "Block":
        """A block of one of the lanes."""
        return self.take([lane])

    def keys(self, warm: bool) -> list[bytes]:
        """For each lane, a hash of all that determines its numbers: rows, network, recipe, seed, strengths, arithmetic.

        On a ``warm`` path, it includes the strengths of all earlier lambdas. It excludes lambda itself, which only
        expresses the strengths in some convention.
        """
        shared = (__version__, ENGINE, arithmetic(), self.rows, self.network, self.recipe, self.dtype, self.seed, self.fold,
                  self.repeat, self.loss_unit, warm, *("from the mean",) * self.raw_target)  # fmt: skip
        digest, found = hashlib.blake2b(repr(shared).encode(), digest_size=16), []
        for l1, l2, group in zip(*self.strengths.arrays, strict=True):
            here = digest.copy()
            here.update(l1.tobytes() + l2.tobytes())
            if group.any():
                here.update(group.tobytes())
            found.append(here.digest())
            digest = here if warm else digest
        return found


def lanes_in(memory: int, block: Block) -> int:
    """How many lanes like this block's fit into ``memory`` bytes if each has its own rows; at most ``LANES``."""
    # Five copies: the fold's own, the stacked rows, the same with a column of ones, each lane's rows in epoch order, and
    # their stack.
    rows = 5 * (block.train.X.nbytes + block.train.Y.nbytes)
    lane = bytes_of_a_lane(block.network, block.recipe.batch_size, block.dtype)
    return max(1, min(LANES, memory // (lane + rows)))


def bytes_of_a_lane(network: Network, batch_size: int, dtype: str) -> int:
    """Bytes to train and measure a lane: 20 numbers per parameter, and for each unit some per row of a batch."""
    values = 20 * network.n_parameters + max(3 * batch_size, 6 * CHUNK) * sum(network.sizes)
    return values * np.dtype(dtype).itemsize


def bytes_of_a_step(network: Network, recipe: Recipe, dtype: str) -> int:
    """Bytes that one step of a lane reads and writes: parameters, gradients, strengths, optimizer state, units."""
    values = 9 * network.n_parameters + 2 * recipe.batch_size * sum(network.sizes[1:])
    return values * np.dtype(dtype).itemsize
