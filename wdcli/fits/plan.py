"""From a configuration and its folds to blocks: which lanes are trained together, and by how many workers."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wdcli.array import Array
from wdcli.conventions import Setting, strengths, without_groups
from wdcli.data.dataset import Dataset
from wdcli.data.dice import Purpose, dice
from wdcli.data.rare_classes import judgeable
from wdcli.data.splits import part_rows
from wdcli.errors import ConfigError
from wdcli.fits.block import LANES, Block, bytes_of_a_step
from wdcli.fits.config import PATIENCE, VALIDATION_SIZE, FitConfig
from wdcli.fits.executors import Cluster
from wdcli.fits.folds import Fold, Folds, hashed
from wdcli.fits.room import Extent, Needs
from wdcli.machine import resident_memory
from wdcli.names import PenaltyName
from wdcli.nn.arrays import Examples
from wdcli.nn.groups import Groups
from wdcli.nn.mlp import Network
from wdcli.nn.recipe import Recipe
from wdcli.nn.strengths import LaneStrengths

CACHE_BYTES = 8 << 20
"""The most bytes that a block uses in a step: more doesn't fit into the caches, and is slower than fewer lanes."""
BLOCKS = 3
"""The fewest blocks per worker, so that all workers end at about the same time."""
WORTH_WORKERS = 0.5
"""Seconds of work above which starting worker processes pays off."""
STRONGEST = 1e18
"""Strengths beyond this overflow float32 within a step."""


def make_network(config: FitConfig, dataset: Dataset, n_features: int) -> Network:
    """The network for this number of encoded features."""
    return Network((n_features, *config.hidden, dataset.n_outputs), config.activation, dataset.loss)


def make_recipe(config: FitConfig, dataset: Dataset, fold: Fold) -> Recipe:
    """How to train fits with this configuration: the same in the folds as on all training rows.

    With rows ordered in time, however, the first folds have only a fraction of the rows; they get proportionally more
    epochs, so that they take enough steps.
    """
    if fold.of > 1:
        config = config.for_sample(fold.n_train, fold.n_all)
    epochs = config.resolved_epochs(fold.n_train)
    if dataset.in_time:
        epochs = math.ceil(epochs * fold.n_train / len(fold.train_rows))
    return Recipe(
        config.make_optimizer(), config.learning_rate, config.schedule,
        config.resolved_batch_size(fold.n_train), epochs,
        config.penalty, config.resolved_decay, PATIENCE if config.early_stopping else None,
    )  # fmt: skip


def make_setting(config: FitConfig, dataset: Dataset, whole: Fold) -> Setting:
    """What a convention needs to know about the fit on all training rows."""
    n_train = len(whole.train_rows)
    batch_size = config.resolved_batch_size(n_train)
    return config.setting(config.fitted_rows(n_train), batch_size, dataset.loss, dataset.n_outputs, whole.mean_weight)


def make_strengths(
    config: FitConfig,
    dataset: Dataset,
    rows: int,
    batch_size: int,
    lambdas: Sequence[float],
    mean_weight: float = 1,
    columns: Array | None = None,
) -> LaneStrengths:
    """The strengths of each lambda, for a fit on so many rows: (lanes, layers) each, 0 for layers that aren't decayed.

    The rows weigh ``mean_weight`` on average. ``columns`` (features,) says which features are of one column of the table.
    """
    setting = config.setting(rows, batch_size, dataset.loss, dataset.n_outputs, mean_weight)
    grouped = config.grouped()

    def of_lambdas(penalty: PenaltyName) -> Array:
        each = [strengths(config.convention, penalty, lambd, config.l1_ratio, setting) for lambd in lambdas]
        return np.array(each, dtype=np.float64).reshape(len(lambdas), 3).T[..., None]

    plain = of_lambdas(without_groups(config.penalty))
    found = np.where(grouped, of_lambdas(config.penalty) if grouped.any() else plain, plain) * config.decayed()
    if not (found < STRONGEST).all():
        raise ConfigError(f"lambda = {max(lambdas):g} is too strong to compute with: choose a smaller one.")
    return LaneStrengths(found[0], found[1], found[2], Groups.of(columns))


@dataclass(frozen=True)
class Plan:
    """How to divide the work: worker processes, the most lanes per block, and bytes for each worker's block.

    It doesn't affect any result.
    """

    workers: int
    lanes_per_block: int
    memory: int


def make_plan(
    config: FitConfig,
    dataset: Dataset,
    fold: Fold,
    extent: Extent,
    jobs: int,
    memory: int,
    cluster: Cluster | None = None,
) -> Plan:
    """Plan for up to ``jobs`` workers, as far as they fit into ``memory`` bytes and there is enough work to share.

    All workers of a ``cluster`` on this machine share the memory; elsewhere, each may take as much. ``fold`` holds all training
    rows. Raises ``ConfigError`` if one network and the rows of the other fits don't fit beside what this process holds, before
    anything of that size is allocated, or if the cluster's workers don't.
    """
    network, recipe = make_network(config, dataset, fold.n_features), make_recipe(config, dataset, fold)
    rows = sum(array.nbytes for array in (*fold.train, *fold.held, *(fold.truth or ())) if array is not None)
    needs = Needs.of(config, network, len(fold.train_rows), rows, extent)
    needs.check(network, memory)
    seconds = seconds_estimate(network, len(fold.train_rows), recipe, extent.networks)
    worth = extent.networks > 1 and seconds > WORTH_WORKERS
    left = memory - resident_memory()
    if cluster is None:
        workers, taken = _shared_here(needs, jobs if worth else 1, left)
    else:
        workers, taken = _shared_there(needs, cluster, memory)
    room = 1 + max(left - taken, 0) // workers // needs.lane
    lanes = min(LANES, room, CACHE_BYTES // bytes_of_a_step(network, recipe, config.dtype))
    return Plan(workers, max(1, lanes), room * needs.lane)


def _shared_here(needs: Needs, jobs: int, left: int) -> tuple[int, int]:
    """How many processes share the memory that is left, and what they take with one network each."""
    workers = next((n for n in range(jobs, 1, -1) if needs.beside(n) <= left), 1)
    return workers, needs.alone if workers == 1 else needs.beside(workers)


def _shared_there(needs: Needs, cluster: Cluster, memory: int) -> tuple[int, int]:
    """How many workers of a cluster share the memory, and what they take with one network each."""
    if not cluster.here:
        return 1, needs.alone
    needs.check_beside_dask(cluster.here, memory)
    return cluster.here, needs.beside_dask(cluster.here)


def make_blocks(
    config: FitConfig, dataset: Dataset, fold: Fold, repeats: range, lambdas: Sequence[float], lanes: int
) -> Iterator[Block]:
    """The blocks of one fold, for some of its repeats, of about equal size and at most ``lanes`` lanes."""
    parts = math.ceil(len(lambdas) / lanes)
    cuts = [len(lambdas) * i // parts for i in range(parts + 1)]
    for repeat in repeats:
        block = make_block(config, dataset, fold, repeat, lambdas)
        yield from (block.take(range(start, stop)) for start, stop in itertools.pairwise(cuts))


def make_block(config: FitConfig, dataset: Dataset, fold: Fold, repeat: int, lambdas: Sequence[float]) -> Block:
    """One block with its rows; early stopping takes its validation rows from the fold's training rows."""
    network, recipe = make_network(config, dataset, fold.n_features), make_recipe(config, dataset, fold)
    train, mean_weight, validation = _validation_rows(config, dataset, fold, repeat)
    rows = fold.digest if validation is None else fold.digest + hashed(train, validation)
    given = _strengths_of_all(config, dataset, fold, len(train.X), lambdas, mean_weight)
    return Block(
        fold.number, repeat, tuple(lambdas), config.resolved_l1_ratio, rows, network, recipe, given, config.dtype,
        config.seed, train, fold.held, validation, fold.loss_unit, fold.truth, fold.columns,
        fold.X_mesh if repeat == 0 else None,
        raw_target=dataset.task == "regression" and not config.scale_target,
    )  # fmt: skip


def _strengths_of_all(
    config: FitConfig, dataset: Dataset, fold: Fold, rows: int, lambdas: Sequence[float], mean_weight: float
) -> LaneStrengths:
    """The strengths for so many rows of a fold; on a sample, those on all rows times a power of n / rows."""
    batch_size = config.resolved_batch_size(fold.n_all)
    on_all = make_strengths(config, dataset, round(fold.of * rows), batch_size, lambdas, mean_weight, fold.columns)
    return on_all.times(fold.of**config.strength_exponent)


def _validation_rows(
    config: FitConfig, dataset: Dataset, fold: Fold, repeat: int
) -> tuple[Examples, float, Examples | None]:
    """The rows to fit, what they weigh on average, and early stopping's validation rows."""
    n = len(fold.train_rows)
    if not config.early_stopping:
        return fold.train, fold.mean_weight, None
    if n < 1 / VALIDATION_SIZE:
        raise ConfigError(
            f"--early-stopping keeps a tenth of the rows for validation, and there are {n}: leave it out."
        )
    rng = dice(config.seed, Purpose.VALIDATION_ROWS, fold.number, repeat)
    part = part_rows(rng, dataset, fold.train_rows, VALIDATION_SIZE, "--early-stopping can't be: its share of")
    if dataset.task == "classification":
        (part,) = judgeable([part], dataset.y[fold.train_rows])
    if not len(part.test):
        raise ConfigError(
            "--early-stopping keeps rows for validation, and all of them are of classes that the other rows lack: leave it out."
        )
    train, mean = fold.train.part(part.train)
    return train, fold.mean_weight * mean, fold.train.part(part.test)[0]


def path_blocks(config: FitConfig, folds: Folds, repeats: int, lambdas: Sequence[float]) -> Iterator[Block]:
    """A block for each fold and seed, each with all lambdas, which are in the order that the path visits them."""
    for fold in folds:
        for repeat in range(repeats):
            yield make_block(config, folds.dataset, fold, repeat, lambdas)


def seconds_estimate(network: Network, rows: int, recipe: Recipe, networks: int) -> float:
    """A rough estimate of the time to train the networks on one core, to choose between one process and several."""
    size = min(recipe.batch_size, rows)
    steps = recipe.epochs * math.ceil(rows / size)
    multiplications = 3 * size * network.n_parameters
    return networks * steps * (multiplications / 4e10 + network.n_parameters * 2e-9 + 1e-6)
