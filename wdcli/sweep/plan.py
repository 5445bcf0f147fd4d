"""From a configuration and a dataset to blocks: what each network is trained on, and which are stepped together.

A block is the lambdas of one fold and one seed: they share their rows, initial weights and batches. (Along a path, where
each lambda starts from the last, ``fitting.follow`` steps blocks of several folds and seeds together, a lambda at a time.)
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from wdcli.conventions import Setting, strengths
from wdcli.data.dataset import Array, Dataset, Split
from wdcli.data.dice import Purpose, dice
from wdcli.data.encoding import Encoding, TargetScale, bounded
from wdcli.data.sources import find_truth
from wdcli.data.splits import fold_rows, part_rows
from wdcli.errors import ConfigError
from wdcli.nn.arrays import CHUNK
from wdcli.nn.mlp import Network
from wdcli.nn.train import LaneStrengths, Recipe
from wdcli.sweep.config import PATIENCE, VALIDATION_SIZE, FitConfig, SweepConfig

LANES = 256
"""Networks that are stepped together at the most; more no longer saves time."""
CACHE_BYTES = 8 << 20
"""What a block works on at every step: more falls out of the caches, and is slower than fewer lanes."""
BLOCKS = 3
"""Blocks for every worker at the least, so that all end at about the same time."""
WORTH_WORKERS = 0.5
"""Seconds of work from which starting worker processes pays."""
STRONGEST = 1e18
"""LaneStrengths beyond this leave float32 within a step."""


@dataclass(frozen=True)
class Fold:
    """The rows of one fit, encoded by statistics of its own training rows; number 0 is the fit on all of them.

    ``rows`` are its training rows' places in the dataset, ``n_train`` is how many rows the fit on all of them has.
    ``loss_unit`` turns a squared error in this fold's units into the units of all training rows (1 for classes). ``truth``
    is, on fold 0 of a generated regression, X and Y of new rows with the target's true mean.
    """

    number: int
    n_train: int
    rows: Array
    X: Array
    Y: Array
    X_held: Array
    Y_held: Array
    encoding: Encoding
    target_scale: TargetScale
    loss_unit: float = 1.0
    truth: tuple[Array, Array] | None = None


@dataclass(frozen=True)
class Block:
    """Lanes that share their rows and their dice: one fold, one repeat, some lambdas."""

    fold: int
    repeat: int
    lambdas: tuple[float, ...]


@dataclass(frozen=True)
class Task:
    """All that a worker needs to train a block: plain values and arrays."""

    block: Block
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

    def at(self, lane: int) -> "Task":
        """The task of one of its lanes."""
        block = replace(self.block, lambdas=(self.block.lambdas[lane],))
        return replace(self, block=block, strengths=self.strengths.keep(np.array([lane])))


def targets(dataset: Dataset, y: Array, scale: TargetScale, dtype: str) -> Array:
    """The target as the loss wants it, (rows, outputs): one-hot, 0/1, or standardised numbers."""
    if dataset.n_outputs > 1:
        return np.eye(dataset.n_outputs, dtype=dtype)[y]
    if dataset.task == "regression":
        y = bounded(scale.apply(y), dataset.target)
    return y[:, None].astype(dtype)


def make_fold(config: FitConfig, dataset: Dataset, number: int, train: Array, held: Array) -> Fold:
    """Encode the rows of one fit by the statistics of its training rows."""
    encoding = Encoding.fit(dataset.columns, train, config.scale_features)
    scaled = dataset.task == "regression" and config.scale_target
    scale = TargetScale.fit(dataset.y[train]) if scaled else TargetScale()
    X, X_held = (encoding.transform(dataset.columns, rows, config.dtype) for rows in (train, held))
    Y, Y_held = (targets(dataset, dataset.y[rows], scale, config.dtype) for rows in (train, held))
    known = find_truth(config.source, config.seed) if number == 0 else None
    truth = None
    if known:
        X_new = encoding.transform(known.columns, np.arange(len(known.y)), config.dtype)
        truth = X_new, targets(dataset, known.y, scale, config.dtype)
    return Fold(number, len(train), train, X, Y, X_held, Y_held, encoding, scale, truth=truth)


def make_folds(config: FitConfig, dataset: Dataset, split: Split, folds: int) -> Iterator[Fold]:
    """Fold 0, all training rows against the test rows, then the folds of cross-validation, one at a time."""
    whole = make_fold(config, dataset, 0, split.train, split.test)
    yield whole
    for number, part in enumerate(fold_rows(dice(config.seed, Purpose.FOLDS), dataset, split.train, folds), 1):
        fold = make_fold(config, dataset, number, split.train[part.train], split.train[part.test])
        unit = (fold.target_scale.scale / whole.target_scale.scale) ** 2
        yield replace(fold, loss_unit=unit, n_train=len(split.train))


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
    lanes: int
    memory: int


def make_plan(config: FitConfig, dataset: Dataset, fold: Fold, networks: int, jobs: int, memory: int) -> Plan:
    """As many workers as asked for, if they fit into so many bytes and there is work for more than one.

    ``fold`` holds all training rows. Each worker has the rows of a fold and a block of lanes, this process the rows of two.
    Raises ``ConfigError`` where one network and its rows don't fit; nothing of their size has been allocated for it yet.
    """
    network, recipe = make_network(config, dataset, fold.X.shape[1]), make_recipe(config, dataset, fold)
    lane = _bytes_of_a_lane(network, recipe.batch_size, config.dtype)
    rows = sum(array.nbytes for array in (fold.X, fold.Y, fold.X_held, fold.Y_held, *(fold.truth or ())))
    if 4 * rows + lane > memory:
        raise ConfigError(
            f"The network {','.join(map(str, network.sizes))} has {network.n_parameters:,} parameters and needs about "
            f"{_size(lane)} to train, the rows {_size(4 * rows)}; --memory is {_size(memory)}: choose a smaller --hidden "
            "or --batch-size, fewer rows, or more memory."
        )
    worth = networks > 1 and seconds_estimate(network, len(fold.X), recipe, networks) > WORTH_WORKERS
    workers = max(1, min(jobs if worth else 1, (memory - 2 * rows) // (lane + 4 * rows)))
    room = (memory - 4 * rows if workers == 1 else (memory - 2 * rows) // workers - 4 * rows) // lane
    return Plan(
        workers, max(1, min(LANES, room, CACHE_BYTES // _bytes_of_a_step(network, recipe, config.dtype))), room * lane
    )


def _size(n: int) -> str:
    """Bytes for a reader."""
    return f"{n / 2**30:,.1f} GiB" if n >= 2**30 else f"{n / 2**20:,.0f} MiB"


def make_tasks(
    config: FitConfig, dataset: Dataset, fold: Fold, repeats: int, lambdas: Sequence[float], lanes: int
) -> Iterator[Task]:
    """The blocks of one fold, of ``lanes`` lanes at the most and about as many each."""
    parts = math.ceil(len(lambdas) / lanes)
    cuts = [len(lambdas) * i // parts for i in range(parts + 1)]
    for repeat in range(repeats):
        for start, stop in itertools.pairwise(cuts):
            yield make_task(config, dataset, fold, repeat, lambdas[start:stop])


def make_task(config: FitConfig, dataset: Dataset, fold: Fold, repeat: int, lambdas: Sequence[float]) -> Task:
    """One block with its rows; an early stopper's validation rows are taken from the fold's own."""
    network, recipe = make_network(config, dataset, fold.X.shape[1]), make_recipe(config, dataset, fold)
    fit, validation = _validation_rows(config, dataset, fold, repeat)
    X, Y = fold.X[fit], fold.Y[fit]
    return Task(
        Block(fold.number, repeat, tuple(lambdas)), network, recipe,
        make_strengths(config, dataset, len(X), recipe.batch_size, lambdas), config.dtype, config.seed,
        X, Y, fold.X_held, fold.Y_held, validation, fold.loss_unit, fold.truth,
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
    return part.train, (fold.X[part.test], fold.Y[part.test])


def path_tasks(
    config: SweepConfig, fit: FitConfig, dataset: Dataset, split: Split, lambdas: Sequence[float]
) -> Iterator[Task]:
    """A block for each fold and seed, all with these lambdas, in the order in which a path is to visit them."""
    for fold in make_folds(fit, dataset, split, config.folds):
        for repeat in range(config.seeds):
            yield make_task(fit, dataset, fold, repeat, lambdas)


def lanes_in(memory: int, task: Task) -> int:
    """How many lanes like this task's fit into so many bytes when each has rows of its own, ``LANES`` at the most."""
    # A stack of the rows, the same with a column of ones, the rows of a lane in the order of an epoch, and all of those.
    rows = 4 * (task.X.nbytes + task.Y.nbytes)
    lane = _bytes_of_a_lane(task.network, task.recipe.batch_size, task.dtype)
    return max(1, min(LANES, memory // (lane + rows)))


def _bytes_of_a_lane(network: Network, batch_size: int, dtype: str) -> int:
    """What training and measuring a lane takes: 20 numbers a parameter, and for each unit some for every row of a batch."""
    values = 20 * network.n_parameters + max(3 * batch_size, 6 * CHUNK) * sum(network.sizes)
    return values * np.dtype(dtype).itemsize


def _bytes_of_a_step(network: Network, recipe: Recipe, dtype: str) -> int:
    """What a step of a lane reads and writes: parameters, gradients, strengths, the optimizer's state, units."""
    values = 9 * network.n_parameters + 2 * recipe.batch_size * sum(network.sizes[1:])
    return values * np.dtype(dtype).itemsize


def seconds_estimate(network: Network, rows: int, recipe: Recipe, networks: int) -> float:
    """Rough time to train so many networks on one core, to choose between one process and several."""
    size = min(recipe.batch_size, rows)
    steps = recipe.epochs * math.ceil(rows / size)
    multiplications = 3 * size * network.n_parameters
    return networks * steps * (multiplications / 4e10 + network.n_parameters * 2e-9 + 1e-6)
