"""Trains what the plan says and gathers what comes out. Nothing here prints, and nothing here formats."""

import itertools
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass

import numpy as np

from wdcli.data.dataset import Dataset, Split
from wdcli.data.dice import Purpose, dice
from wdcli.data.encoding import Encoding, TargetScale
from wdcli.errors import TrainingError
from wdcli.executors import one_blas_thread, open_executor
from wdcli.nn import diagnostics
from wdcli.nn.losses import LOSSES
from wdcli.nn.mlp import Params, init_params, mean_loss
from wdcli.nn.train import Trained, train
from wdcli.sweep.config import FitConfig, SweepConfig
from wdcli.sweep.grid import extension, first_grid
from wdcli.sweep.plan import (
    Fold,
    Task,
    make_fold,
    make_folds,
    make_network,
    make_recipe,
    make_tasks,
    seconds_estimate,
)
from wdcli.sweep.records import Diagnostics, LaneRecord, LayerRecord, Row, make_rows, without_numbers
from wdcli.sweep.selection import Selection, select, with_verdicts

Progress = Callable[[int, int], None]
"""Called with the number of networks that are done and of all."""
WORTH_WORKERS = 1.0
"""Seconds of work from which starting worker processes pays."""


@dataclass(frozen=True)
class TrainResult:
    """One network and, where several seeds were asked for, its neighbours.

    ``record`` is the first seed's fit on all training rows, ``params`` its parameters (one lane), ``fold`` its rows.
    With several seeds, ``records`` are every seed's fits at lambda and at half a decade to either side. ``constant`` is the
    loss of the best constant answer, on the training and on the test rows.
    """

    record: LaneRecord
    records: tuple[LaneRecord, ...]
    params: Params
    fold: Fold
    constant: tuple[float, float]
    seconds: float

    @property
    def seeds(self) -> int:
        """How many networks there are at lambda."""
        return max((record.repeat for record in self.records), default=0) + 1


@dataclass(frozen=True)
class SweepResult:
    """Every lambda's row, and the choice."""

    config: SweepConfig
    rows: tuple[Row, ...]
    selection: Selection
    networks: int
    encoding: Encoding
    target_scale: TargetScale
    seconds: float

    @property
    def n_features(self) -> int:
        """Columns of the encoded table."""
        return len(self.encoding.feature_names)

    @property
    def chosen_row(self) -> Row:
        """The row of the chosen lambda."""
        return next(row for row in self.rows if row.lambd == self.selection.chosen)


def run_train(
    config: FitConfig, dataset: Dataset, split: Split, lambd: float, seeds: int, jobs: int, progress: Progress
) -> TrainResult:
    """Fit one network on all training rows; with several ``seeds`` also the others, and half a decade up and down."""
    started = time.perf_counter()
    fold = make_fold(config, dataset, 0, split.train, split.test)
    recipe = make_recipe(config, len(fold.X))
    lambdas = (lambd,) if seeds == 1 or lambd == 0 else (lambd / 10**0.5, lambd, lambd * 10**0.5)
    record, params = fit_one(config, dataset, fold, lambd)
    records: list[LaneRecord] = []
    if seeds > 1:
        networks = seeds * len(lambdas)
        tasks = make_tasks(config, dataset, fold, seeds, lambdas, recipe)
        workers = _workers(config, dataset, fold, networks, jobs)
        with open_executor(workers) as executor:
            records = _run_all(tasks, executor, workers, 0, networks, progress)
    loss = LOSSES[dataset.loss]
    constant = loss.constant(fold.Y, fold.Y), loss.constant(fold.Y, fold.Y_held)
    return TrainResult(record, tuple(records), params, fold, constant, time.perf_counter() - started)


def fit_one(config: FitConfig, dataset: Dataset, fold: Fold, lambd: float) -> tuple[LaneRecord, Params]:
    """One lambda's first seed on one fold's rows, alone: the very bits of its lane in any block, and its parameters."""
    (task,) = make_tasks(config, dataset, fold, 1, (lambd,), make_recipe(config, len(fold.X)))
    with one_blas_thread():
        trained = train_task(task)
        (record,) = measure(task, trained)
    return record, trained.params


def run_sweep(config: SweepConfig, dataset: Dataset, split: Split, jobs: int, progress: Progress) -> SweepResult:
    """Fit every lambda, fold and seed, extend an automatic grid until it is wide enough, and choose."""
    started = time.perf_counter()
    fit = config.fit
    whole = make_fold(fit, dataset, 0, split.train, split.test)
    recipe = make_recipe(fit, len(whole.X))
    fitted = fit.fitted_rows(len(whole.X))
    setting = fit.setting(fitted, recipe.batch_size, dataset.loss, dataset.n_outputs)
    new = first_grid(config, setting, whole.X, whole.Y)
    per_lambda = config.seeds * (config.folds + 1)
    records: list[LaneRecord] = []
    rows: list[Row] = []
    workers = _workers(fit, dataset, whole, len(new) * per_lambda, jobs)
    with open_executor(workers) as executor:
        while new:
            tasks = (
                task
                for fold in make_folds(fit, dataset, split, config.folds)
                for task in make_tasks(fit, dataset, fold, config.seeds, new, recipe)
            )
            records += _run_all(tasks, executor, workers, len(records), len(new) * per_lambda, progress)
            rows = make_rows(records, config.folds)
            new = extension(rows) if config.automatic else ()
    selection = select(rows, config.rule)
    return SweepResult(
        config, tuple(with_verdicts(rows, selection)), selection, len(records),
        whole.encoding, whole.target_scale, time.perf_counter() - started,
    )  # fmt: skip


def fit_chosen(result: SweepResult, dataset: Dataset, split: Split) -> tuple[Fold, Params]:
    """The first seed's network at the chosen lambda, on all training rows, trained again: the same bits as in the sweep."""
    fold = make_fold(result.config.fit, dataset, 0, split.train, split.test)
    return fold, fit_one(result.config.fit, dataset, fold, result.selection.chosen)[1]


def _workers(config: FitConfig, dataset: Dataset, fold: Fold, networks: int, jobs: int) -> int:
    """As many as asked for, or one where the work is too small for processes to pay."""
    network = make_network(config, dataset, fold.X.shape[1])
    recipe = make_recipe(config, len(fold.X))
    worth = seconds_estimate(network, len(fold.X), recipe, networks) > WORTH_WORKERS
    return jobs if networks > 1 and worth else 1


def _run_all(
    tasks: Iterable[Task], executor: Executor, workers: int, before: int, networks: int, progress: Progress
) -> list[LaneRecord]:
    """Run the tasks, one ahead of each worker, and collect their records; ``before`` networks were trained already."""
    records: list[LaneRecord] = []
    pending: set[Future[list[LaneRecord]]] = set()

    def collect(ahead: int) -> None:
        while len(pending) > ahead:
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            pending.difference_update(done)
            records.extend(itertools.chain.from_iterable(future.result() for future in done))
            progress(before + len(records), before + networks)

    try:
        for task in tasks:
            pending.add(executor.submit(run_task, task))
            collect(2 * workers - 1)
        collect(0)
    except BrokenExecutor:
        raise TrainingError("A worker process was ended from outside (out of memory?): try fewer --jobs.") from None
    return records


def start_params(task: Task, lanes: int) -> Params:
    """The initial weights that the block's seed and fold give, the same in every lane."""
    rng = dice(task.seed, Purpose.WEIGHTS, task.block.fold, task.block.repeat)
    return init_params(task.network, lanes, rng, task.dtype)


def train_task(task: Task) -> Trained:
    """Train a block's lanes, from the initial weights and in the batches that its seed and fold give."""
    fold, repeat = task.block.fold, task.block.repeat
    start = start_params(task, len(task.block.lambdas))
    batches = dice(task.seed, Purpose.BATCHES, fold, repeat)
    orders = (batches.permutation(len(task.X)) for _ in itertools.count())
    return train(task.network, start, task.X, task.Y, task.strengths, task.recipe, orders, task.validation)


def run_task(task: Task) -> list[LaneRecord]:
    """Train a block and measure its lanes."""
    return measure(task, train_task(task))


def measure(task: Task, trained: Trained) -> list[LaneRecord]:
    """The records of a block's lanes: losses and scores, and on fold 0 all the rest."""
    # A lane that diverged is measured with the others, and its numbers are set aside.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        network, params = task.network, trained.params
        fitted = diagnostics.fit(network, params, task.X, task.Y)
        held = diagnostics.fit(network, params, task.X_held, task.Y_held)
        penalty = diagnostics.penalty_value(params, task.strengths, task.recipe.penalty)
        details = _diagnostics(task, params) if task.block.fold == 0 else [None] * params.lanes
        start_loss = float(mean_loss(network, start_params(task, 1), task.X, task.Y)[0])
    null_loss = LOSSES[network.loss].constant(task.Y, task.Y)
    records = []
    for i, lambd in enumerate(task.block.lambdas):
        record = LaneRecord(
            lambd=lambd,
            fold=task.block.fold,
            repeat=task.block.repeat,
            status=diagnostics.status(bool(trained.finite[i]), float(fitted.loss[i]), null_loss, start_loss),
            epochs=int(trained.epochs[i]),
            train_loss=float(fitted.loss[i]) * task.loss_unit,
            train_score=float(fitted.score[i]),
            train_penalty=float(penalty[i]),
            held_loss=float(held.loss[i]) * task.loss_unit,
            held_score=float(held.score[i]),
            max_grad_norm=float(trained.max_gradient_norm[i]),
            diagnostics=details[i],
        )
        records.append(without_numbers(record) if record.status == "diverged" else record)
    return records


def _diagnostics(task: Task, params: Params) -> list[Diagnostics | None]:
    """Norms, zeros, live units and features, smoothness and kkt of each lane."""
    network = task.network
    sizes = diagnostics.layer_sizes(network, params)
    features = diagnostics.live_features(params)
    smoothness = diagnostics.smoothness(network, params, task.X)
    kkt = diagnostics.kkt(network, params, task.X, task.Y, task.strengths)
    found: list[Diagnostics | None] = []
    for i in range(params.lanes):
        layers = tuple(_layer(number, size, i) for number, size in enumerate(sizes, 1))
        weights = sum(layer.fan_in * layer.fan_out for layer in layers)
        found.append(
            Diagnostics(
                l1_norm=sum(layer.l1_norm for layer in layers),
                l2_norm=float(np.sqrt(sum(layer.l2_norm**2 for layer in layers))),
                sparsity=sum(int(size.zeros[i]) for size in sizes) / weights,
                live_units=sum(layer.live_units or 0 for layer in layers),
                live_features=int(features[i]),
                smoothness=float(smoothness[i]),
                kkt=float(kkt[i]),
                layers=layers,
            )
        )
    return found


def _layer(number: int, size: diagnostics.LayerSizes, lane: int) -> LayerRecord:
    live = None if size.live_units is None else int(size.live_units[lane])
    zeros = float(size.zeros[lane] / (size.fan_in * size.fan_out))
    return LayerRecord(
        number, size.fan_in, size.fan_out, float(size.l1_norm[lane]), float(size.l2_norm[lane]), zeros, live
    )
