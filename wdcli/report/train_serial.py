"""One fit as JSON and CSV."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from wdcli.data.dataset import Dataset, Split
from wdcli.data.encoding import TargetScale
from wdcli.fits.config import FitConfig
from wdcli.fits.quantities import OF_WEIGHTS
from wdcli.fits.records import PICTURED, LaneRecord
from wdcli.fits.single import TrainResult
from wdcli.report import train_words
from wdcli.report.picture_serial import pictured, surroundings
from wdcli.report.serial import config_of, data_of, head, rmse, score_name, strongest_of, told, told_scores

LEFT = ("nonzero_weights", "effective_columns", "effective", "excess_risk")
"""What is left of the network, and how far it is from the truth."""
COUNTED = OF_WEIGHTS.index("smoothness")
"""Norms and counts come before the largest gradient, what was measured on rows after it."""


def train_json(
    command: Sequence[str],
    config: FitConfig,
    dataset: Dataset,
    split: Split,
    result: TrainResult,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """The object that ``wdcli train --json`` prints."""
    found = result.record.diagnostics
    n_features, scale = result.fold.n_features, result.fold.target_scale
    shown = {
        **head("train", command),
        "data": data_of(dataset, split, n_features, scale),
        "config": {"lambd": result.record.lambd, "seeds": result.seeds, **config_of(config, dataset, split)},
        **surroundings(
            dataset, split, result.fold, result.constant[0], train_words.heading(config, dataset, split, result)
        ),
        "result": {**_train_result(dataset, result.record, scale, result.seconds), "test_se": result.test_se},
    }
    if len(result.records) > 1:
        shown["neighbours"] = [
            {"lambda": float(r.lambd), "repeat": r.repeat, "status": r.status, "train_loss": r.train_loss,
             "test_loss": r.held_loss, "train_score": r.train_score, "test_score": r.held_score}
            for r in sorted(result.records, key=lambda r: (r.lambd, r.repeat))
        ]  # fmt: skip
    shown |= told(result.fold.encoding, train_words.summary(config, dataset, result), notes)
    return {**shown, "strongest": strongest_of(result.fold.encoding, found.strongest if found else ())}


def train_rows(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of ``wdcli train --csv``: the fit, or with several seeds every network of the neighbourhood."""
    if "neighbours" in shown:
        return list(shown["neighbours"])
    return [{name: value for name, value in shown["result"].items() if name not in PICTURED}]


def _train_result(dataset: Dataset, record: LaneRecord, scale: TargetScale, seconds: float) -> dict[str, Any]:
    found = record.diagnostics
    weights = [(name, getattr(found, name, None)) for name in OF_WEIGHTS]
    return {
        "lambda": float(record.lambd),
        "status": record.status,
        "epochs": record.epochs,
        "train_loss": record.train_loss,
        "test_loss": record.held_loss,
        "train_penalty": record.train_penalty,
        "train_score": record.train_score,
        "test_score": record.held_score,
        "score_name": score_name(dataset),
        "train_rmse": rmse(dataset, math.sqrt(record.train_loss), scale),
        "test_rmse": rmse(dataset, math.sqrt(record.held_loss), scale),
        **dict(weights[:COUNTED]),
        "max_grad_norm": record.max_grad_norm,
        **dict(weights[COUNTED:]),
        "seconds": seconds,
        **pictured(found, dataset, scale, whole=True),
        **{name: getattr(found, name, None) for name in LEFT},
        **told_scores(found, record.status),
    }
