"""Results as JSON and CSV: every number, not rounded; null (an empty cell) where there is none."""

import csv
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from wdcli import __version__
from wdcli.data.dataset import Dataset, Split
from wdcli.data.encoding import Encoding, TargetScale
from wdcli.fits.config import FitConfig
from wdcli.fits.records import NAN, SCORES, LaneRecord, Strong
from wdcli.fits.single import TrainResult
from wdcli.report import sweep_words, train_words
from wdcli.report.partial_words import partial_paragraph
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.difference import Difference
from wdcli.sweep.refit import Refit
from wdcli.sweep.result import SweepResult, Swept
from wdcli.sweep.rows import Row
from wdcli.sweep.selection import Selection
from wdcli.text import escaped

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What text begins with that spreadsheets take for a formula (OWASP, CSV injection)."""
RANKINGS = ("test_auc", "test_average_precision")
"""Scores that tell how a network ranks rows."""
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,eE+-]*")


def to_json(value: Mapping[str, Any]) -> str:
    """One JSON object; NaN and infinity become null, and what a terminal could act on an escape."""
    return escaped(json.dumps(_plain(value), allow_nan=False, indent=2, ensure_ascii=False))


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def to_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the same keys as CSV, numbers in full precision, nothing where a number is undefined."""
    if not rows:
        return ""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([_cell(name) for name in rows[0]])
    for row in rows:
        writer.writerow([_cell(value) for value in _plain(list(row.values()))])
    return file.getvalue()


def _cell(value: Any) -> Any:
    """Nothing for null, the numbers of a list with blanks between them, and no text that a spreadsheet would calculate."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, str) and value[:1] in FORMULA and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return "" if value is None else value


def head(schema: str, command: Sequence[str]) -> dict[str, Any]:
    """What every object begins with."""
    return {"schema": f"wdcli.{schema}/1", "command": list(command), "version": __version__}


def data_of(dataset: Dataset, split: Split, n_features: int, scale: TargetScale) -> dict[str, Any]:
    """The data, as they were split and encoded."""
    return {
        "name": dataset.name,
        "task": dataset.task,
        "n_train": len(split.train),
        "n_test": len(split.test),
        "n_features": n_features,
        "n_outputs": dataset.n_outputs,
        "target_mean": scale.mean,
        "target_scale": scale.scale,
        "fingerprint": dataset.fingerprint,
    }


def config_of(config: FitConfig | SweepConfig, dataset: Dataset, split: Split) -> dict[str, Any]:
    """Every option, resolved, by its name on the command line."""
    return {**dataset.asked, **config.to_json(len(split.train))}


def told(encoding: Encoding, summary: Sequence[str], notes: Sequence[str]) -> dict[str, Any]:
    """What a person is told: the encoded features in their order, the columns that are left out, notes and the words.

    ``summary`` are the paragraphs below the table, ``notes`` what was said of the result on stderr.
    """
    return {
        "features": encoding.feature_names,
        "dropped": [{"column": name, "reason": reason} for name, reason in encoding.dropped],
        "notes": list(notes),
        "summary": "\n".join(summary),
    }


def _strongest(encoding: Encoding, strongest: Sequence[Strong]) -> list[dict[str, Any]]:
    """The names of the strongest features in use, and their norms."""
    names = encoding.feature_names
    return [{"feature": names[feature], "l2_norm": norm} for feature, norm in strongest]


def score_name(dataset: Dataset) -> str:
    """What the score is."""
    return "accuracy" if dataset.task == "classification" else "r2"


def rmse(dataset: Dataset, root_loss: float, scale: TargetScale) -> float:
    """Root mean squared error in the target's own units; undefined for classes."""
    return root_loss * scale.scale if dataset.task == "regression" else NAN


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
    n_features, scale = result.fold.X.shape[1], result.fold.target_scale
    shown = {
        **head("train", command),
        "data": data_of(dataset, split, n_features, scale),
        "config": {"lambd": result.record.lambd, "seeds": result.seeds, **config_of(config, dataset, split)},
        "result": {**_train_result(dataset, result.record, scale, result.seconds), "test_se": result.test_se},
    }
    if len(result.records) > 1:
        shown["neighbours"] = [
            {"lambda": r.lambd, "repeat": r.repeat, "status": r.status, "train_loss": r.train_loss,
             "test_loss": r.held_loss, "train_score": r.train_score, "test_score": r.held_score}
            for r in sorted(result.records, key=lambda r: (r.lambd, r.repeat))
        ]  # fmt: skip
    shown |= told(result.fold.encoding, train_words.summary(config, dataset, result), notes)
    return {**shown, "strongest": _strongest(result.fold.encoding, found.strongest if found else ())}


def train_rows(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of ``wdcli train --csv``: the fit, or with several seeds every network of the neighbourhood."""
    if "neighbours" in shown:
        return list(shown["neighbours"])
    return [{name: value for name, value in shown["result"].items() if name != "layers"}]


def _train_result(dataset: Dataset, record: LaneRecord, scale: TargetScale, seconds: float) -> dict[str, Any]:
    found = record.diagnostics
    return {
        "lambda": record.lambd,
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
        **{
            name: getattr(found, name, None)
            for name in ("l1_norm", "l2_norm", "sparsity", "live_units", "live_features")
        },
        "max_grad_norm": record.max_grad_norm,
        "smoothness": getattr(found, "smoothness", None),
        "kkt": getattr(found, "kkt", None),
        "seconds": seconds,
        "layers": [vars(layer) for layer in found.layers] if found else [],
        **{name: getattr(found, name, None) for name in ("nonzero_weights", "effective", "excess_risk")},
        **told_scores(found, record.status),
    }


def told_scores(measured: object, status: str | None) -> dict[str, Any]:
    """Scores of the test rows, but the two of a ranking where the network has collapsed: it ranks by rounding errors."""
    names = [name for name in SCORES if status != "collapsed" or name not in RANKINGS]
    return {name: getattr(measured, name, None) if name in names else None for name in SCORES}


def sweep_rows(dataset: Dataset, result: Swept) -> list[dict[str, Any]]:
    """Every row of a sweep, all its columns."""
    return [_sweep_row(dataset, row, result) for row in result.rows]


def _sweep_row(dataset: Dataset, row: Row, result: Swept) -> dict[str, Any]:
    def count_of(mean: float) -> float:
        """The mean over seeds of a count, which of one network is a whole number."""
        return int(mean) if result.config.seeds == 1 and math.isfinite(mean) else mean

    return {
        "lambda": row.lambd,
        "train_loss": row.train_loss,
        "cv_loss": row.cv_loss,
        "cv_se": row.cv_se,
        "test_loss": row.test_loss,
        "train_score": row.train_score,
        "cv_score": row.cv_score,
        "test_score": row.test_score,
        "test_rmse": rmse(dataset, row.test_root_loss, result.target_scale),
        "l1_norm": row.l1_norm,
        "l2_norm": row.l2_norm,
        "sparsity": row.sparsity,
        "live_units": count_of(row.live_units),
        "live_features": count_of(row.live_features),
        "smoothness": row.smoothness,
        "kkt": row.kkt,
        "verdict": row.verdict,
        "status": row.status,
        "l1_ratio": row.l1_ratio,
        "nonzero_weights": count_of(row.nonzero_weights),
        "effective": [count_of(size) for size in row.effective],
        "excess_risk": row.excess_risk,
        "plateau": row.plateau,
        "wins": row.wins,
        **told_scores(row, row.status),
    }


def sweep_json(
    command: Sequence[str],
    dataset: Dataset,
    split: Split,
    result: SweepResult,
    refit: Refit | None = None,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """The object that ``wdcli sweep --json`` prints."""
    return {
        **_swept(command, dataset, split, result),
        **({"oracle": vars(result.oracle)} if result.oracle else {}),
        **({"refit": _refit(dataset, result, refit)} if refit else {}),
        **told(result.encoding, sweep_words.summary(dataset, split, result, refit), notes),
        "strongest": _strongest(result.encoding, result.chosen_row.strongest),
    }


def _selection(result: Swept) -> Selection:
    """The choice; where there is none yet, one of no lambda."""
    if isinstance(result, SweepResult):
        return result.selection
    return Selection(NAN, NAN, NAN, result.config.rule, at_edge=False)


def _swept(command: Sequence[str], dataset: Dataset, split: Split, result: Swept) -> dict[str, Any]:
    """What there is of a sweep, whether or not it came to its end."""
    return {
        **head("sweep", command),
        "data": data_of(dataset, split, result.n_features, result.target_scale),
        "config": config_of(result.config, dataset, split),
        "rows": sweep_rows(dataset, result),
        "selection": vars(_selection(result)),
        "networks": result.networks,
        "seconds": result.seconds,
        "trained_seconds": result.trained_seconds,
    }


def partial_json(
    command: Sequence[str], dataset: Dataset, split: Split, result: Swept, of: int, notes: Sequence[str] = ()
) -> dict[str, Any]:
    """The object of a sweep that was broken off: ``partial`` says how many networks of how many it holds."""
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


def difference_of(found: Difference, prefix: str = "") -> dict[str, Any]:
    """A difference, its interval and its p."""
    return {
        f"{prefix}difference": found.mean,
        f"{prefix}ci_low": found.low,
        f"{prefix}ci_high": found.high,
        f"{prefix}p_value": found.p_value,
    }
