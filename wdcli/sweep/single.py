"""One fit, and where several seeds are asked for its neighbourhood."""

import time
from dataclasses import dataclass

from wdcli.data.dataset import Dataset, Split
from wdcli.executors import one_blas_thread, tell_in_hand
from wdcli.nn.losses import LOSSES
from wdcli.nn.mlp import Params
from wdcli.sweep.config import FitConfig
from wdcli.sweep.fitting import train_task
from wdcli.sweep.folds import Fold, make_fold
from wdcli.sweep.job import Job
from wdcli.sweep.measure import measure
from wdcli.sweep.plan import make_plan, make_task, make_tasks
from wdcli.sweep.pool import Pool, Resources
from wdcli.sweep.records import LaneRecord


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


def run_train(
    config: FitConfig, dataset: Dataset, split: Split, lambd: float, seeds: int, resources: Resources
) -> TrainResult:
    """Fit one network on all training rows; with several ``seeds`` also the others, and half a decade up and down."""
    started = time.perf_counter()
    fold = make_fold(config, dataset, 0, split.train, split.test)
    lambdas = (lambd,) if seeds == 1 or lambd == 0 else (lambd / 10**0.5, lambd, lambd * 10**0.5)
    networks = seeds * len(lambdas) if seeds > 1 else 1
    records: list[LaneRecord] = []
    plan = make_plan(config, dataset, fold, networks, resources.jobs, resources.memory)
    with Pool(plan, resources, networks) as pool:
        record, params = fit_one(config, dataset, fold, lambd)
        if seeds > 1:
            lanes = pool.lanes(len(lambdas), seeds)
            tasks = make_tasks(config, dataset, fold, seeds, lambdas, lanes)
            pool.run((Job((task,)) for task in tasks), records)
    loss = LOSSES[dataset.loss]
    constant = loss.constant(fold.Y, fold.Y), loss.constant(fold.Y, fold.Y_held)
    return TrainResult(record, tuple(records), params, fold, constant, time.perf_counter() - started)


def fit_one(config: FitConfig, dataset: Dataset, fold: Fold, lambd: float) -> tuple[LaneRecord, Params]:
    """One lambda's first seed on one fold's rows, alone: the very bits of its lane in any block, and its parameters."""
    task = make_task(config, dataset, fold, 0, (lambd,))
    with one_blas_thread():
        trained = train_task(task, tell_in_hand)
        (record,) = measure(task, trained)
    return record, trained.params
