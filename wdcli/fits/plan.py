"""From a configuration and its folds to blocks: which lanes are stepped together, and by how many workers."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wdcli.array import Array
from wdcli.conventions import Setting, strengths
from wdcli.data.dataset import Dataset
from wdcli.data.dice import Purpose, dice
from wdcli.data.rare_classes import judgeable
from wdcli.data.splits import part_rows
from wdcli.errors import ConfigError
from wdcli.fits.block import LANES, Block, bytes_of_a_lane, bytes_of_a_step
from wdcli.fits.config import PATIENCE, VALIDATION_SIZE, FitConfig
from wdcli.fits.folds import Fold, Folds, hashed
from wdcli.nn.mlp import Network
from wdcli.nn.recipe import LaneStrengths, Recipe
from wdcli.text import byte_size

CACHE_BYTES = 8 << 20
"""What a block works on at every step: more falls out of the caches, and is slower than fewer lanes."""
BLOCKS = 3
"""Blocks for every worker at the least, so that all end at about the same time."""
WORTH_WORKERS = 0.5
"""Seconds of work from which starting worker processes pays."""
STRONGEST = 1e18
"""LaneStrengths beyond this leave float32 within a step."""


def make_network(config: FitConfig, dataset: Dataset, n_features: int) -> Network:
    """The network for so many encoded features."""
    return Network((n_features, *config.hidden, dataset.n_outputs), config.activation, dataset.loss)


def make_recipe(config: FitConfig, dataset: Dataset, fold: Fold) -> Recipe:
    """How fits with this configuration are trained: in the folds as on all training rows.

    In time the first folds have a fraction of the rows: they have so many more epochs, or they would take too few steps.
    """
    epochs = config.resolved_epochs(fold.n_train)
    if dataset.in_time:
        epochs = math.ceil(epochs * fold.n_train / len(fold.rows))
    return Recipe(
        config.make_optimizer(), config.learning_rate, config.schedule,
        config.resolved_batch_size(fold.n_train), epochs,
        config.penalty, config.resolved_decay, PATIENCE if config.early_stopping else None,
    )  # fmt: skip


def make_setting(config: FitConfig, dataset: Dataset, n_train: int) -> Setting:
    """What a convention needs to know of the fit on all of so many training rows."""
    batch_size = config.resolved_batch_size(n_train)
    return config.setting(config.fitted_rows(n_train), batch_size, dataset.loss, dataset.n_outputs)


def make_strengths(
    config: FitConfig, dataset: Dataset, rows: int, batch_size: int, lambdas: Sequence[float]
) -> LaneStrengths:
    """s1 and s2 of each lambda on a fit of so many rows, on the layers that are decayed: (lanes, layers) each."""
    setting = config.setting(rows, batch_size, dataset.loss, dataset.n_outputs)
    each = [strengths(config.convention, config.penalty, lambd, config.l1_ratio, setting) for lambd in lambdas]
    decayed = config.decayed()
    both = np.array(each, dtype=np.float64).reshape(len(lambdas), 2)
    if not (both < STRONGEST).all():
        raise ConfigError(f"lambda = {max(lambdas):g} is too strong to compute with: choose a smaller one.")
    return LaneStrengths(both[:, :1] * decayed, both[:, 1:] * decayed)


@dataclass(frozen=True)
class Plan:
    """How the work is spread: worker processes, lanes a block at the most, and bytes for each worker's block.

    None of it changes a result.
    """

    workers: int
    lanes_per_block: int
    memory: int


def make_plan(config: FitConfig, dataset: Dataset, fold: Fold, networks: int, jobs: int, memory: int) -> Plan:
    """As many workers as asked for, if they fit into so many bytes and there is work for more than one.

    ``fold`` holds all training rows. Each worker has the rows of a fold and a block of lanes, this process the rows of two.
    Raises ``ConfigError`` where one network and its rows don't fit; nothing of their size has been allocated for it yet.
    """
    network, recipe = make_network(config, dataset, fold.X.shape[1]), make_recipe(config, dataset, fold)
    lane = bytes_of_a_lane(network, recipe.batch_size, config.dtype)
    rows = sum(array.nbytes for array in (fold.X, fold.Y, fold.X_held, fold.Y_held, *(fold.truth or ())))
    if 4 * rows + lane > memory:
        raise ConfigError(
            f"The network {','.join(map(str, network.sizes))} has {network.n_parameters:,} parameters and needs about "
            f"{byte_size(lane)} to train, the rows {byte_size(4 * rows)}; --memory is {byte_size(memory)}: choose a smaller "
            "--hidden or --batch-size, fewer rows, or more memory."
        )
    worth = networks > 1 and seconds_estimate(network, len(fold.X), recipe, networks) > WORTH_WORKERS
    workers = max(1, min(jobs if worth else 1, (memory - 2 * rows) // (lane + 4 * rows)))
    room = (memory - 4 * rows if workers == 1 else (memory - 2 * rows) // workers - 4 * rows) // lane
    return Plan(
        workers, max(1, min(LANES, room, CACHE_BYTES // bytes_of_a_step(network, recipe, config.dtype))), room * lane
    )


def make_blocks(
    config: FitConfig, dataset: Dataset, fold: Fold, repeats: int, lambdas: Sequence[float], lanes: int
) -> Iterator[Block]:
    """The blocks of one fold, of ``lanes`` lanes at the most and about as many each."""
    parts = math.ceil(len(lambdas) / lanes)
    cuts = [len(lambdas) * i // parts for i in range(parts + 1)]
    for repeat in range(repeats):
        for start, stop in itertools.pairwise(cuts):
            yield make_block(config, dataset, fold, repeat, lambdas[start:stop])


def make_block(config: FitConfig, dataset: Dataset, fold: Fold, repeat: int, lambdas: Sequence[float]) -> Block:
    """One block with its rows; an early stopper's validation rows are taken from the fold's own."""
    network, recipe = make_network(config, dataset, fold.X.shape[1]), make_recipe(config, dataset, fold)
    fit, validation = _validation_rows(config, dataset, fold, repeat)
    X, Y = fold.X[fit], fold.Y[fit]
    rows = fold.digest if validation is None else fold.digest + hashed(X, Y, *validation)
    return Block(
        fold.number, repeat, tuple(lambdas), config.resolved_l1_ratio, rows, network, recipe,
        make_strengths(config, dataset, len(X), recipe.batch_size, lambdas), config.dtype, config.seed,
        X, Y, fold.X_held, fold.Y_held, validation, fold.loss_unit, fold.truth,
        raw_target=dataset.task == "regression" and not config.scale_target,
    )  # fmt: skip


def _validation_rows(
    config: FitConfig, dataset: Dataset, fold: Fold, repeat: int
) -> tuple[Array | slice, tuple[Array, Array] | None]:
    """The rows to fit, and those that early stopping watches."""
    if not config.early_stopping:
        return slice(None), None
    if len(fold.X) < 1 / VALIDATION_SIZE:
        raise ConfigError(
            f"--early-stopping keeps a tenth of the rows for validation, and there are {len(fold.X)}: leave it out."
        )
    rng = dice(config.seed, Purpose.VALIDATION_ROWS, fold.number, repeat)
    part = part_rows(rng, dataset, fold.rows, VALIDATION_SIZE, "--early-stopping can't be: its share of")
    if dataset.task == "classification":
        (part,) = judgeable([part], dataset.y[fold.rows])
    if not len(part.test):
        raise ConfigError(
            "--early-stopping keeps rows for validation, and all of them are of classes that the other rows lack: leave it out."
        )
    return part.train, (fold.X[part.test], fold.Y[part.test])


def path_blocks(config: FitConfig, folds: Folds, repeats: int, lambdas: Sequence[float]) -> Iterator[Block]:
    """A block for each fold and seed, all with these lambdas, in the order in which a path is to visit them."""
    for fold in folds:
        for repeat in range(repeats):
            yield make_block(config, folds.dataset, fold, repeat, lambdas)


def seconds_estimate(network: Network, rows: int, recipe: Recipe, networks: int) -> float:
    """Rough time to train so many networks on one core, to choose between one process and several."""
    size = min(recipe.batch_size, rows)
    steps = recipe.epochs * math.ceil(rows / size)
    multiplications = 3 * size * network.n_parameters
    return networks * steps * (multiplications / 4e10 + network.n_parameters * 2e-9 + 1e-6)
