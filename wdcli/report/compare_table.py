"""A comparison as tables for a terminal: each sweep, the chosen rows side by side, every pair's difference, and the fronts."""

import math
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from wdcli.data.dataset import Dataset, Split
from wdcli.report import compare_words, numbers, sweep_words, words
from wdcli.report.sweep_table import rows_tables, side_by_side
from wdcli.report.table import plain_table
from wdcli.sweep.comparison import NEGLIGIBLE, NO_DIFFERENCE, CompareResult, Comparison, Front
from wdcli.sweep.difference import Difference

SHORT = {NO_DIFFERENCE: "none detectable", NEGLIGIBLE: "negligible"}
"""Conclusions, below a heading that calls them differences."""
FRONT_ROWS = 12
"""The most rows of the front to show; JSON has all."""


def compare_table(dataset: Dataset, split: Split, result: CompareResult, width: int) -> RenderableType:
    """What ``wdcli compare`` prints: each sweep, the chosen rows side by side, and every pair's difference."""
    parts: list[RenderableType] = [Text(words.data_line(dataset, split, result.sweeps[0].n_features)), Text()]
    for sweep in result.sweeps:
        network, cost = sweep_words.head_lines(sweep, len(split.train))
        parts += [Text(network, style="bold"), Text(cost), Text(), *rows_tables(dataset, sweep, width)]
    rows = [sweep.chosen_row for sweep in result.sweeps]
    chosen = [(result.label(name, row), row) for name, row in zip(result.names, rows, strict=True)]
    cv = [(c, c.difference, c.conclusion) for c in result.comparisons]
    test = [(c, c.test, c.test_conclusion) for c in result.comparisons]
    for title, table in (
        ("At the chosen lambdas", side_by_side(dataset, "penalty", chosen, width)),
        ("Difference in CV loss there (corrected resampled t)", _difference_table(cv)),
        ("Difference in test loss there (paired bootstrap over the rows)", _difference_table(test)),
        (
            "The front: no row of any penalty has fewer non-zero weights and less CV loss",
            _front_table(result, result.weights),
        ),
        *_front_of_columns(result),
    ):
        parts += [Text(title, style="bold"), Text(), table, Text()]
    parts.append(Text(compare_words.compare_paragraph(result)))
    return Group(*parts)


def _difference_table(found: Sequence[tuple[Comparison, Difference, str]]) -> Table:
    table = plain_table("a - b", "difference", "95 % interval", "p", "conclusion", left=["a - b", "conclusion"])
    for pair, d, conclusion in found:
        table.add_row(
            f"{pair.a} - {pair.b}", numbers.signed(d.mean), f"{numbers.signed(d.low)} to {numbers.signed(d.high)}",
            numbers.probability(d.p_value), SHORT.get(conclusion, conclusion),
        )  # fmt: skip
    return table


def _front_of_columns(result: CompareResult) -> Iterator[tuple[str, Table]]:
    if result.drops_columns:
        yield (
            "The front for columns: no row of any penalty uses fewer and has less CV loss",
            _front_table(result, result.columns),
        )


def _front_table(result: CompareResult, front: Front) -> Table:
    """A front, thinned evenly where it is long; with the columns in use where they differ."""
    step = max(1, math.ceil(len(front.points) / FRONT_ROWS))
    sizes = ["weights", "columns"] if result.drops_columns else ["weights"]
    table = plain_table(*sizes, "CV loss ± SE", "test loss", "penalty", "lambda", left=["penalty"])
    for point in front.points[::-step][::-1]:
        row = point.row
        counts = map(numbers.count_of, (row.nonzero_weights, row.effective_columns)[: len(sizes)])
        table.add_row(
            *counts, numbers.plus_minus(row.cv_loss, row.cv_se), numbers.loss(row.test_loss),
            result.label(point.penalty, row), numbers.figure(row.lambd),
        )  # fmt: skip
    return table
