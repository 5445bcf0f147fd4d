"""What training takes of the memory that is allowed: this process, its rows, and worker processes."""

from typing import NamedTuple

import numpy as np

from wdcli.data.dataset import Column, Dataset
from wdcli.data.rules import RARE, rows_of
from wdcli.errors import ConfigError
from wdcli.fits.block import bytes_of_a_lane
from wdcli.fits.config import FitConfig
from wdcli.machine import resident_memory
from wdcli.nn.mlp import Network
from wdcli.nn.train import GATHERED
from wdcli.text import byte_size, bytes_needed

MIB = 1 << 20
LATER, WORKER, HELPER = 16 * MIB, 48 * MIB, 12 * MIB
"""Bytes of what this process imports and prints later, of a worker before its first block, and of Python's own helper process
beside workers. ``benchmarks/memory.py`` measures them, on Linux as proportional set sizes, where what processes share counts
once: 10 to 20 MiB later, each of 1 to 8 workers 25 to 34, the helper 6 to 8. Workers have more here, so that resident sets, in
which shared libraries count for each process, stay within what is allowed too."""
DASK = 32 * MIB
"""Bytes that a Dask worker takes beyond ``WORKER``. Measured on Linux, as what 1 to 4 such workers don't share: 25 MiB more."""
RECORD, NORM = 4_000, 40
"""Bytes of a network's record, and of the norm of each column in it if the network was fitted on all training rows."""
FITTING = 6
"""So many numbers a row are held while a column's encoding is learned."""
MARGIN = 1.04
"""What is asked for if too little is allowed, in parts of what was counted: the next run may take a little more."""


class Extent(NamedTuple):
    """How much there is to train: networks, and fits on other rows than all training rows.

    Of such ``fits``, the rows of ``at_once`` are in this process's own memory at a time.
    """

    networks: int
    fits: int = 0
    at_once: int = 0


class Needs(NamedTuple):
    """Bytes of memory that training takes beyond what this process holds.

    ``here`` are this process's besides networks. Each process that trains takes ``lane`` for each network and ``ahead`` for
    the rows that it uses next. Workers map the rows of all training rows and of several of the ``fits``, of ``rows`` each.
    """

    here: int
    lane: int
    ahead: int
    rows: int
    fits: int

    @classmethod
    def of(cls, config: FitConfig, network: Network, n_train: int, rows: int, extent: Extent) -> "Needs":
        """The needs of an extent, where ``n_train`` training rows and the test rows take ``rows`` bytes, encoded."""
        batch = config.resolved_batch_size(n_train)
        gathered = n_train if batch >= n_train else min(n_train, batch * max(1, GATHERED // batch))
        width = 2 * network.sizes[0] + 1 + network.sizes[-1]
        whole = extent.networks // (extent.fits + 1)
        records = extent.networks * RECORD + whole * network.sizes[0] * NORM
        here = LATER + records + extent.at_once * rows + FITTING * 8 * n_train
        ahead = gathered * width * np.dtype(config.dtype).itemsize
        return cls(here, bytes_of_a_lane(network, batch, config.dtype), ahead, rows, extent.fits)

    @property
    def alone(self) -> int:
        """Bytes to train in this process, one network at a time."""
        return self.here + self.ahead + self.lane

    def beside(self, workers: int) -> int:
        """Bytes to train in so many workers, each of them one network at a time."""
        mapped = self._rows_of(workers)
        return self.here + HELPER + mapped + workers * (WORKER + self.ahead + self.lane)

    def beside_dask(self, workers: int) -> int:
        """Bytes to train in so many Dask workers on this machine, each with its own copy of the rows."""
        return self.here + HELPER + workers * (WORKER + DASK + self._rows_of(workers) + self.ahead + self.lane)

    def _rows_of(self, workers: int) -> int:
        """Bytes of the rows that so many workers need at a time."""
        return self.rows * (1 + min(self.fits, 2 * workers))

    def check(self, network: Network, memory: int, unmade: int = 0) -> None:
        """Raise ``ConfigError`` if not even one network at a time fits, with rows yet to be encoded: ``unmade`` bytes."""
        total = resident_memory() + unmade + self.alone
        if total > memory:
            raise ConfigError(
                f"The network {','.join(map(str, network.sizes))} with its {network.n_parameters:,} parameters "
                f"({byte_size(self.lane)} to train), the rows ({byte_size(self.rows)}) and this process need about "
                f"{bytes_needed(MARGIN * total)} of memory; --memory is {byte_size(memory)}: choose a smaller --hidden or "
                "--batch-size, fewer rows, or more memory."
            )

    def check_beside_dask(self, workers: int, memory: int) -> None:
        """Raise ``ConfigError`` if so many Dask workers on this machine can't train one network each."""
        total = resident_memory() + self.beside_dask(workers)
        if total > memory:
            raise ConfigError(
                f"--cluster local:{workers}: this process, its workers and their copies of the rows need about "
                f"{bytes_needed(MARGIN * total)} of memory; --memory is {byte_size(memory)}: choose fewer workers, or allow "
                "more."
            )


def check_room(config: FitConfig, dataset: Dataset, n_train: int, n_test: int, extent: Extent, memory: int) -> None:
    """Raise ``ConfigError`` if training can't be held within ``memory`` bytes, before any row is encoded."""
    width = sum(_most_features(column, config.max_categories) for column in dataset.columns)
    network = Network((width, *config.hidden, dataset.n_outputs), config.activation, dataset.loss)
    new = len(dataset.truth.y) if dataset.truth else 0
    numbers = n_train * np.dtype(config.dtype).itemsize + (n_test + new) * 8
    rows = numbers * (width + dataset.n_outputs + 1)
    Needs.of(config, network, n_train, rows, extent).check(network, memory, rows)


def _most_features(column: Column, most: int) -> int:
    """How many features a column becomes at most."""
    if column.kind != "text":
        return 1 + bool(column.missing.any())
    return min(most, int((rows_of(column) >= RARE).sum())) + 2
