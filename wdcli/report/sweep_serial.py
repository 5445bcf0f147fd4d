"""A sweep as JSON and CSV, complete or interrupted."""

import math
from collections.abc import Sequence
from typing import Any

from wdcli.data.dataset import Dataset, Split
from wdcli.fits.quantities import OF_WEIGHTS, QUANTITIES
from wdcli.fits.records import NAN
from wdcli.report import sweep_words
from wdcli.report.partial_words import partial_paragraph
from wdcli.report.picture_serial import pictured, surroundings
from wdcli.report.serial import config_of, data_of, difference_of, head, rmse, strongest_of, told, told_scores
from wdcli.sweep.features import Features, find_features
from wdcli.sweep.recovery import Recovery, recovery
from wdcli.sweep.refit import Refit
from wdcli.sweep.result import SweepResult, Swept
from wdcli.sweep.rows import Row
from wdcli.sweep.selection import Selection


def sweep_rows(dataset: Dataset, result: Swept) -> list[dict[str, Any]]:
    """Every row of a sweep, with all its columns in a table."""
    return [_sweep_row(dataset, row, result) for row in result.rows]


def _sweep_row(dataset: Dataset, row: Row, result: Swept) -> dict[str, Any]:
    def count_of(mean: float) -> float:
        """The mean over seeds of a count; a whole number for one network."""
        return int(mean) if result.config.seeds == 1 and math.isfinite(mean) else mean

    def value_of(name: str) -> float:
        value = getattr(row, name)
        return count_of(value) if QUANTITIES[name].style == "count" else value

    return {
        "lambda": float(row.lambd),
        "train_loss": row.train_loss,
        "cv_loss": row.cv_loss,
        "cv_se": row.cv_se,
        "test_loss": row.test_loss,
        "train_score": row.train_score,
        "cv_score": row.cv_score,
        "test_score": row.test_score,
        "test_rmse": rmse(dataset, row.test_root_loss, result.target_scale),
        **{name: value_of(name) for name in OF_WEIGHTS},
        "verdict": row.verdict,
        "status": row.status,
        "l1_ratio": row.l1_ratio,
        "nonzero_weights": count_of(row.nonzero_weights),
        "effective_columns": count_of(row.effective_columns),
        "effective": [count_of(size) for size in row.effective],
        "excess_risk": row.excess_risk,
        "plateau": row.plateau,
        "wins": row.wins,
        "networks": row.networks,
        **told_scores(row, row.status),
        **_recovery(dataset, row, result),
    }


def _recovery(dataset: Dataset, row: Row, result: Swept) -> dict[str, float]:
    """How well the columns in use match those that matter, where these are known."""
    if dataset.relevant is None:
        return {}
    known = row.status != "diverged"
    found = recovery(result.columns_in_use(row), dataset.relevant) if known else Recovery(NAN, NAN)
    return found._asdict()


def sweep_json(
    command: Sequence[str],
    dataset: Dataset,
    split: Split,
    result: SweepResult,
    refit: Refit | None = None,
    notes: Sequence[str] = (),
    features: Features | None = None,
    tabled: bool = False,
) -> dict[str, Any]:
    """The object that ``wdcli sweep --json`` prints.

    Without ``features``, it lacks the columns' importance; where they are ``tabled``, the summary speaks of them.
    """
    return {
        **_swept(command, dataset, split, result),
        **({"oracle": vars(result.oracle)} if result.oracle else {}),
        **({"refit": _refit(dataset, result, refit)} if refit else {}),
        **(_features(features or find_features(result)) if result.fit.makes_zeros else {}),
        **told(
            result.encoding, sweep_words.summary(dataset, split, result, refit, features if tabled else None), notes
        ),
        "strongest": strongest_of(result.encoding, result.chosen_row.strongest),
    }


def _features(features: Features) -> dict[str, Any]:
    """A row for each column of the table, and the stability of their selection."""
    found = features.stability
    return {
        "feature_table": [vars(one) for one in features.columns],
        "stability": {"index": found.index, "ci_low": found.low, "ci_high": found.high},
    }


def _selection(result: Swept) -> Selection:
    """The choice; if there is none yet, one with NaN for every lambda."""
    if isinstance(result, SweepResult):
        return result.selection
    return Selection(NAN, NAN, NAN, NAN, result.config.rule, at_edge=False)


def _swept(command: Sequence[str], dataset: Dataset, split: Split, result: Swept) -> dict[str, Any]:
    """A sweep as far as it went, finished or not."""
    heading, scale, whole = sweep_words.heading(dataset, split, result), result.target_scale, result.config.seeds == 1
    return {
        **head("sweep", command),
        "data": data_of(dataset, split, result.n_features, scale),
        "config": config_of(result.config, dataset, split),
        **surroundings(dataset, split, result.folds.whole, result.constant, heading),
        "rows": [{**_sweep_row(dataset, row, result), **pictured(row, dataset, scale, whole)} for row in result.rows],
        "selection": vars(_selection(result)),
        "networks": result.networks,
        "first_pass": vars(result.first_pass) if result.first_pass else None,
        "seconds": result.seconds,
        "trained_seconds": result.trained_seconds,
    }


def partial_json(
    command: Sequence[str], dataset: Dataset, split: Split, result: Swept, of: int, notes: Sequence[str] = ()
) -> dict[str, Any]:
    """The object of an interrupted sweep: ``partial`` says how many networks it holds, and of how many."""
    return {
        **_swept(command, dataset, split, result),
        **told(result.encoding, [partial_paragraph(result, of)], notes),
        "partial": {"networks": result.networks, "of": of},
    }


def _refit(dataset: Dataset, result: SweepResult, refit: Refit) -> dict[str, Any]:
    """The relaxed networks' row, and how their CV loss differs from the penalised ones'."""
    row = _sweep_row(dataset, refit.row, result)
    judged = ("verdict", "plateau", "wins")
    return {**{key: value for key, value in row.items() if key not in judged}, **difference_of(refit.difference)}
