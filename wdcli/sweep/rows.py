"""The rows of a sweep, one per lambda, from the records of its networks: the source of every table and file."""

import itertools
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from wdcli.fits.quantities import QUANTITIES, Measures
from wdcli.fits.records import MOST_STRONG, NAN, Diagnostics, LaneRecord, LayerRecord, Strong
from wdcli.names import Status, Verdict
from wdcli.nn.history import History


class Use(NamedTuple):
    """The fold of a fit, and the columns that the fit uses, as in ``LaneRecord.columns_used``."""

    fold: int
    columns: bytes


@dataclass(frozen=True)
class Row(Measures):
    """One lambda of a sweep: means over seeds of the fits on all training rows, and cross-validation.

    ``cv_losses`` are (folds, seeds); ``cv_loss`` is their mean and ``cv_se`` its standard error. ``networks`` is the number
    of the row's networks, fewer where a race ruled it out. ``worst_losses`` and ``worst_rows``, (folds, seeds), are the
    largest losses of held-out rows and these rows' places in their fold. ``collapsed_folds`` is the
    share of cross-validation's fits that collapsed; ``uses`` are the columns that these fits use, () if the penalty makes
    no zeros. ``effective``, ``effective_columns`` and ``strongest`` are as in ``Diagnostics``: counts averaged over seeds,
    and the features of any seed with their mean norms (0 for a seed that doesn't use the feature). ``layers`` and
    ``column_norms`` are means over seeds too, ``history`` and ``function`` the first seed's. ``l1_ratio`` is None except for
    an elastic net and a sparse group lasso. Three fields are set when all rows are judged together: ``verdict``;
    ``plateau``, whether it does as well as the best one; and ``wins``, the share of resamples in which it is the best (nan
    for a single row).
    """

    lambd: float
    l1_ratio: float | None
    networks: int
    status: Status
    train_loss: float
    train_score: float
    train_penalty: float
    test_loss: float
    test_score: float
    test_root_loss: float
    nonzero_weights: float
    effective: tuple[float, ...]
    strongest: tuple[Strong, ...]
    excess_risk: float
    collapsed_folds: float
    cv_loss: float
    cv_se: float
    cv_score: float
    cv_losses: npt.NDArray[np.float64]
    worst_losses: npt.NDArray[np.float64]
    worst_rows: npt.NDArray[np.float64]
    verdict: Verdict | None = None
    plateau: bool = False
    wins: float = NAN
    layers: tuple[LayerRecord, ...] = ()
    column_norms: tuple[float, ...] = ()
    effective_columns: float = NAN
    history: History | None = None
    function: bytes | None = None
    uses: tuple[Use, ...] = ()

    @property
    def seeds(self) -> int:
        """The number of seeds in cross-validation."""
        return self.cv_losses.shape[1] if self.cv_losses.ndim > 1 else 0


def standard_error(losses: npt.NDArray[np.float64]) -> float:
    """Standard error of the mean of losses (folds, seeds).

    The seeds' mean is taken in each fold first; se = s / sqrt(folds) with s the (folds - 1) standard deviation of those
    means. Seeds are nested in folds (each fold's fits draw their own weights), so the spread of the fold means holds both
    the noise of the rows and a seeds-th of the noise of the starting weights.
    """
    return error_of(losses.mean(axis=1))


def error_of(values: npt.NDArray[np.float64]) -> float:
    """Standard error of the mean of values, one per fold."""
    return float(values.std(ddof=1) / math.sqrt(len(values)))


def paired(row: Row, other: Row) -> npt.NDArray[np.float64]:
    """The row's held-out loss minus the other's in each fold, means over the seeds that both have: (folds,)."""
    seeds = min(row.seeds, other.seeds)
    return np.asarray((row.cv_losses[:, :seeds] - other.cv_losses[:, :seeds]).mean(axis=1))


def make_rows(records: Sequence[LaneRecord], l1_ratio: float | None) -> list[Row]:
    """One row per lambda, in ascending order."""
    by_lambda: dict[float, list[LaneRecord]] = {}
    for record in records:
        by_lambda.setdefault(record.lambd, []).append(record)
    return [make_row(by_lambda[lambd], l1_ratio) for lambd in sorted(by_lambda)]


def make_row(records: Sequence[LaneRecord], l1_ratio: float | None) -> Row:
    """Make a row from one lambda's records. A diverged lane makes the means that include it undefined (nan).

    Untrained lanes are left out of the means; incomplete folds, out of the CV loss.
    """
    fitted = sorted(records, key=lambda record: (record.fold, record.repeat))
    refits = [record for record in fitted if record.fold == 0]

    def mean(measure: Callable[[LaneRecord], float]) -> float:
        return _mean([measure(record) for record in refits])

    def mean_of(name: str) -> Any:
        values = [getattr(record.diagnostics, name, None) for record in refits]
        return _mean([NAN if value is None else value for value in values])

    found = [record.diagnostics for record in refits if record.diagnostics]
    complete = len(found) == len(refits) > 0
    return Row(
        lambd=records[0].lambd,
        l1_ratio=l1_ratio,
        networks=len(records),
        status=_status(records),
        train_loss=mean(lambda record: record.train_loss),
        train_score=mean(lambda record: record.train_score),
        train_penalty=mean(lambda record: record.train_penalty),
        test_loss=mean(lambda record: record.held_loss),
        test_score=mean(lambda record: record.held_score),
        test_root_loss=mean(lambda record: math.sqrt(record.held_loss)),
        **{name: mean_of(name) for name in (*QUANTITIES, "nonzero_weights", "effective_columns", "excess_risk")},
        **(_means(found) if complete else {"effective": (), "strongest": ()}),
        uses=tuple(Use(r.fold, r.columns_used) for r in fitted if r.fold and r.columns_used is not None),
        collapsed_folds=_mean([record.status == "collapsed" for record in records if record.fold]),
        **_cross_validated(records),
        **_first(refits),
    )


def _means(found: Sequence[Diagnostics]) -> dict[str, Any]:
    """The means over seeds of what has several parts."""
    return {
        "effective": _mean_of_each([each.effective for each in found]),
        "strongest": _strongest(found),
        "layers": tuple(map(_layer, zip(*(each.layers for each in found), strict=True))),
        "column_norms": _mean_of_each([each.column_norms for each in found]),
    }


def _mean_of_each(values: Sequence[Sequence[float]]) -> tuple[float, ...]:
    return tuple(np.mean(values, axis=0).tolist())


def _layer(seeds: Sequence[LayerRecord]) -> LayerRecord:
    """A layer's means over seeds."""
    l1_norm, l2_norm, sparsity = (
        _mean([getattr(one, name) for one in seeds]) for name in ("l1_norm", "l2_norm", "sparsity")
    )
    counted = [one.live_units for one in seeds if one.live_units is not None]
    live = _mean(counted) if counted else None
    return replace(seeds[0], l1_norm=l1_norm, l2_norm=l2_norm, sparsity=sparsity, live_units=live)


def _first(refits: Sequence[LaneRecord]) -> dict[str, Any]:
    """What is kept of the first seed alone."""
    found = refits[0].diagnostics if refits else None
    return {} if found is None else {"history": found.history, "function": found.function}


def _cross_validated(records: Sequence[LaneRecord]) -> dict[str, Any]:
    """The row's numbers on held-out rows."""
    folds = _complete_folds(records)
    names = ("held_loss", "held_score", "worst_loss", "worst_row")
    losses, scores, worst, places = (_by_fold(folds, name) for name in names)
    return {
        "cv_loss": float(losses.mean()) if losses.size else NAN,
        "cv_se": standard_error(losses) if len(losses) > 1 else NAN,
        "cv_score": float(scores.mean()) if scores.size else NAN,
        "cv_losses": losses,
        "worst_losses": worst,
        "worst_rows": places,
    }


def _mean(values: Sequence[float]) -> float:
    """The mean; nan for no values. (NumPy is ten times slower for a few numbers; ``sum`` rounds by Python version.)"""
    return reduce(operator.add, values) / len(values) if values else NAN


def _strongest(found: Sequence[Diagnostics]) -> tuple[Strong, ...]:
    """The features that any of the networks uses, by the mean of their norms."""
    total: dict[int, float] = {}
    for feature, norm in itertools.chain.from_iterable(each.strongest for each in found):
        total[feature] = total.get(feature, 0.0) + norm
    means = (Strong(feature, norm / len(found)) for feature, norm in total.items())
    return tuple(sorted(means, key=lambda one: (-one.l2_norm, one.feature))[:MOST_STRONG])


def _complete_folds(records: Sequence[LaneRecord]) -> list[list[LaneRecord]]:
    """The cross-validation fits, one list per fold, seeds in order; folds that lack seeds are left out."""
    held: dict[int, list[LaneRecord]] = {}
    for record in sorted(records, key=lambda record: (record.fold, record.repeat)):
        if record.fold:
            held.setdefault(record.fold, []).append(record)
    seeds = max(map(len, held.values()), default=0)
    return [fold for fold in held.values() if len(fold) == seeds]


def _by_fold(folds: Sequence[Sequence[LaneRecord]], name: str) -> npt.NDArray[np.float64]:
    """One measure of the cross-validation fits, (folds, seeds)."""
    return np.array([[getattr(record, name) for record in fold] for fold in folds])


def _status(records: Sequence[LaneRecord]) -> Status:
    """Diverged if any network did; collapsed if more than half of the fits on all training rows did; else ok."""
    if any(record.status == "diverged" for record in records):
        return "diverged"
    refits = [record for record in records if record.fold == 0]
    collapsed = sum(record.status == "collapsed" for record in refits)
    return "collapsed" if 2 * collapsed > len(refits) else "ok"
