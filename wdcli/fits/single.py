"""One fit, and its neighbourhood if several seeds are asked for."""

import time
from dataclasses import dataclass

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Dataset
from wdcli.data.splits import units
from wdcli.fits.config import FitConfig
from wdcli.fits.executors import one_blas_thread
from wdcli.fits.fitting import train_block
from wdcli.fits.folds import Fold
from wdcli.fits.job import Job
from wdcli.fits.measure import measure
from wdcli.fits.plan import make_block, make_blocks, make_network, make_plan
from wdcli.fits.pool import Pool
from wdcli.fits.records import NAN, LaneRecord
from wdcli.fits.resources import Resources
from wdcli.fits.room import Extent
from wdcli.nn.losses import LOSSES
from wdcli.nn.mlp import Params, row_losses
from wdcli.nn.trace import MOST


@dataclass(frozen=True)
class TrainResult:
    """One network and, if several seeds were asked for, its neighbours.

    ``record`` is the first seed's fit on all training rows, ``params`` its parameters (one lane), ``fold`` its rows.
    With several seeds, ``records`` are every seed's fits at lambda and at half a decade to either side. ``constant`` is the
    loss of the best constant answer, on the training and on the test rows. ``test_se`` is the standard error of the test
    loss: how much it would vary with other test rows.
    """

    record: LaneRecord
    records: tuple[LaneRecord, ...]
    params: Params
    fold: Fold
    constant: tuple[float, float]
    test_se: float
    seconds: float
    notes: tuple[str, ...] = ()

    @property
    def seeds(self) -> int:
        """The number of networks at lambda."""
        return max((record.repeat for record in self.records), default=0) + 1


def run_train(
    config: FitConfig, dataset: Dataset, fold: Fold, lambd: float, seeds: int, resources: Resources, points: int = MOST
) -> TrainResult:
    """Fit one network on a fold's training rows; with several ``seeds`` also the others, and half a decade up and down.

    The network's history keeps the losses at ``points`` epochs, besides the first and the last.
    """
    started = time.perf_counter()
    lambdas = (lambd,) if seeds == 1 or lambd == 0 else (lambd / 10**0.5, lambd, lambd * 10**0.5)
    networks = seeds * len(lambdas) if seeds > 1 else 1
    records: tuple[LaneRecord, ...] = ()
    extent = extent_of_train(config, networks)
    plan = make_plan(config, dataset, fold, extent, resources.jobs, resources.memory, resources.cluster)
    work = Job((make_block(config, dataset, fold, 0, (lambd,)),)).work(networks)
    with Pool(plan, resources, work) as pool:
        record, params = fit_one(config, dataset, fold, lambd, points)
        if seeds > 1:
            blocks = make_blocks(
                config, dataset, fold, range(seeds), lambdas, pool.lanes_per_block(len(lambdas), seeds)
            )
            records = tuple(pool.run(Job((block,)) for block in blocks))
    loss = LOSSES[dataset.loss]
    constant, test_se = (loss.constant(fold.train, fold.train), loss.constant(fold.train, fold.held)), NAN
    if record.status != "diverged" and len(fold.held_rows):
        X, Y, weights = fold.held.in_loss
        losses = row_losses(make_network(config, dataset, fold.n_features), params, X, Y)[0]
        test_se = error_of_mean(losses, units(dataset, fold.held_rows), weights)
    return TrainResult(record, records, params, fold, constant, test_se, time.perf_counter() - started)


def extent_of_train(config: FitConfig, networks: int) -> Extent:
    """How much there is to train for one fit, on all training rows; early stopping divides these anew for each seed."""
    return Extent(networks, 0, 2 if config.early_stopping else 0)


def error_of_mean(losses: Array, units: Array, weights: Array | None = None) -> float:
    """Standard error of the mean of losses (rows,), where rows of equal ``units`` belong together; nan for one unit.

    It is the ratio estimator's: with S_u the sum of the deviations from the mean in each of m units, the root of
    m / (m - 1) sum S_u^2, over n rows (Cochran 1977, section 2.11). With a row a unit that is s / sqrt(n). ``weights``
    (rows, 1), of mean 1, multiply the deviations.
    """
    _, unit = np.unique(units, return_inverse=True)
    each = losses if weights is None else losses * weights[:, 0]
    deviations = losses - each.mean() if weights is None else (losses - each.mean()) * weights[:, 0]
    sums = np.bincount(unit, weights=deviations)
    m = len(sums)
    return float(np.sqrt(m / (m - 1) * (sums**2).sum()) / len(losses)) if m > 1 else NAN


def fit_one(
    config: FitConfig, dataset: Dataset, fold: Fold, lambd: float, points: int = MOST
) -> tuple[LaneRecord, Params]:
    """The first seed at one lambda on one fold's rows: its record, bit for bit as in any block, and its parameters."""
    block = make_block(config, dataset, fold, 0, (lambd,))
    with one_blas_thread():
        trained = train_block(block, Job((block,)).tell, points)
        (record,) = measure(block, trained)
    return record, trained.params
