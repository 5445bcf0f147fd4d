"""A comparison as JSON and CSV: its sweeps, every pair's difference, and the fronts."""

from collections.abc import Sequence
from typing import Any

from wdcli.data.dataset import Dataset, Split
from wdcli.report import compare_words, sweep_serial
from wdcli.report.partial_words import partial_paragraph
from wdcli.report.serial import config_of, data_of, difference_of, head, told
from wdcli.report.sweep_serial import partial_json, sweep_rows
from wdcli.sweep.comparison import CompareResult, Comparison, FrontPoint
from wdcli.sweep.result import SweepResult, Swept


def compare_json(
    command: Sequence[str], dataset: Dataset, split: Split, result: CompareResult, notes: Sequence[str] = ()
) -> dict[str, Any]:
    """The object that ``wdcli compare --json`` prints."""
    first = result.sweeps[0]
    shared = config_of(first.config, dataset, split)
    for name in ("penalty", "decay"):
        del shared[name]
    return {
        **head("compare", command),
        "data": data_of(dataset, split, first.n_features, first.target_scale),
        "config": {"penalties": list(result.names), **shared},
        "sweeps": [
            {"penalty": name, **sweep_serial.sweep_json(command, dataset, split, sweep)}
            for name, sweep in zip(result.names, result.sweeps, strict=True)
        ],
        "comparisons": [_comparison(comparison) for comparison in result.comparisons],
        "front": [_front_point(point) for point in result.weights.points],
        "smallest": [_front_point(point) for point in result.weights.smallest if point],
        "column_front": [_front_point(point) for point in result.columns.points],
        "fewest_columns": [_front_point(point) for point in result.columns.smallest if point],
        **told(first.encoding, [compare_words.compare_paragraph(result)], notes),
    }


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "a": found.a,
        "b": found.b,
        "lambda_a": found.lambda_a,
        "lambda_b": found.lambda_b,
        **difference_of(found.difference),
        "conclusion": found.conclusion,
        **difference_of(found.test, "test_"),
        "test_conclusion": found.test_conclusion,
    }


def _front_point(point: FrontPoint) -> dict[str, Any]:
    row = point.row
    return {
        "penalty": point.penalty,
        "lambda": row.lambd,
        "l1_ratio": row.l1_ratio,
        "nonzero_weights": row.nonzero_weights,
        "effective_columns": row.effective_columns,
        "cv_loss": row.cv_loss,
        "cv_se": row.cv_se,
        "test_loss": row.test_loss,
    }


def compare_rows(dataset: Dataset, result: CompareResult) -> list[dict[str, Any]]:
    """The rows of all sweeps, each with its penalty."""
    return [
        {"penalty": name, **row}
        for name, sweep in zip(result.names, result.sweeps, strict=True)
        for row in sweep_rows(dataset, sweep)
    ]


def partial_compare_json(
    command: Sequence[str],
    dataset: Dataset,
    split: Split,
    before: Sequence[SweepResult],
    result: Swept,
    of: int,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """The object of an interrupted comparison: the finished sweeps, and the unfinished one."""
    sweeps = [sweep_serial.sweep_json(command, dataset, split, sweep) for sweep in before]
    sweeps.append(partial_json(command, dataset, split, result, of))
    both = zip([*before, result], sweeps, strict=True)
    return {
        **head("compare", command),
        "data": data_of(dataset, split, result.n_features, result.target_scale),
        "sweeps": [{"penalty": sweep.config.fit.penalty, **shown} for sweep, shown in both],
        "comparisons": [],
        **told(result.encoding, [partial_paragraph(result, of)], notes),
        "partial": sweeps[-1]["partial"],
    }
