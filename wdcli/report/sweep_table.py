"""A sweep as a table for a terminal: its rows, with as many columns as fit."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from wdcli.data.dataset import Dataset, Split
from wdcli.fits.config import FitConfig
from wdcli.fits.quantities import OF_WEIGHTS, QUANTITIES, SCORES
from wdcli.names import Verdict
from wdcli.report import numbers, sweep_words, words
from wdcli.report.column_table import columns_parts
from wdcli.report.column_words import columns_paragraph, recovery_paragraph
from wdcli.report.formats import Mark
from wdcli.report.partial_words import partial_paragraph
from wdcli.report.serial import score_name
from wdcli.report.table import plain_table
from wdcli.sweep.features import Features
from wdcli.sweep.refit import Refit
from wdcli.sweep.result import SweepResult, Swept
from wdcli.sweep.rows import Row
from wdcli.sweep.selection import Selection

STYLES: dict[Verdict, str] = {
    "overfit": "yellow",
    "good": "green",
    "underfit": "cyan",
    "collapsed": "dim",
    "diverged": "red",
}
LINEAR_LEVELS = 2
"""A linear model's effective network has only features and outputs, no hidden units."""
RANKS = {"l2_norm": 1, "sparsity": 1, **dict.fromkeys(SCORES, 6)}
"""Of quantities that aren't of rank 5."""
OF_GROUPS = {"columns": 1, "live units": 4, "wins": 5, "|W|2": 5, "zeros": 5}
"""Other ranks, by heading, where a penalty takes away whole columns of the table and hidden units."""


@dataclass(frozen=True)
class _Column:
    """A column of the sweep's table; the higher its ``rank``, the sooner it is left out of a narrow terminal.

    A column whose ``there`` is true of no row is always left out.
    """

    heading: str
    cell: Callable[[Row], str]
    rank: int = 1
    there: Callable[[Row], bool] = lambda row: True


def _measured(name: str) -> _Column:
    """The column of a quantity of ``Measures``."""

    def there(row: Row) -> bool:
        return not ((name in SCORES and math.isnan(row.test_auc)) or (name == "live_units" and _linear(row)))

    def cell(row: Row) -> str:
        return numbers.shown(name, row.status, getattr(row, name))

    return _Column(QUANTITIES[name].heading, cell, RANKS.get(name, 5), there)


def _linear(row: Row) -> bool:
    return len(row.effective) == LINEAR_LEVELS


def _drops_columns(row: Row) -> bool:
    """Whether networks that have learned something use fewer columns than the table has."""
    return row.status == "ok" and row.effective_columns < len(row.column_norms)


def _columns_of(dataset: Dataset, fit: FitConfig) -> list[_Column]:
    """The columns with their ranks under the penalty of a fit."""
    ranks = OF_GROUPS if words.zeroes_groups(fit) else {}
    return [replace(each, rank=ranks.get(each.heading, each.rank)) for each in _columns(dataset)]


def _columns(dataset: Dataset) -> list[_Column]:
    accuracy = score_name(dataset) == "accuracy"
    score: Callable[[float], str] = (lambda x: numbers.share(x, 1)) if accuracy else numbers.measured
    name = "accuracy" if accuracy else "R2"
    return [
        _Column("lambda", lambda row: numbers.figure(row.lambd), rank=0),
        _Column("train loss", lambda row: numbers.loss(row.train_loss)),
        _Column("CV loss ± SE", lambda row: numbers.plus_minus(row.cv_loss, row.cv_se), rank=0),
        _Column("test loss", lambda row: numbers.loss(row.test_loss), rank=3),
        _Column(
            "excess",
            lambda row: numbers.loss(row.excess_risk),
            rank=2,
            there=lambda row: not math.isnan(row.excess_risk),
        ),
        _Column(f"CV {name}", lambda row: score(row.cv_score), rank=5),
        _Column(f"test {name}", lambda row: score(row.test_score), rank=5),
        _Column("columns", lambda row: numbers.count_of(row.effective_columns), rank=5, there=_drops_columns),
        *map(_measured, (*SCORES, *OF_WEIGHTS)),
        _Column("networks", lambda row: str(row.networks), rank=5),
        _Column(
            "wins", lambda row: numbers.share(row.wins) if row.wins else "", rank=4, there=lambda row: row.wins > 0
        ),
    ]


def rows_tables(dataset: Dataset, result: Swept, width: int) -> list[RenderableType]:
    """The sweep's rows; those of several l1_ratios one below the other."""
    several, selection = len(result.rows) > 1, result.selection if isinstance(result, SweepResult) else None
    columns = _columns_of(dataset, result.config.fit)
    if len(result.config.fits) == 1:
        return [_rows_table(columns, result.rows, selection, several, width), Text()]
    parts: list[RenderableType] = []
    for fit in result.config.fits:
        rows = [row for row in result.rows if row.l1_ratio == fit.l1_ratio]
        if not rows:
            continue
        title = Text(f"l1_ratio {fit.l1_ratio:g}", style="bold")
        parts += [title, Text(), _rows_table(columns, rows, selection, several, width), Text()]
    return parts


def _rows_table(
    columns: Sequence[_Column], rows: Sequence[Row], selection: Selection | None, several: bool, width: int
) -> Table:
    """A row for each lambda, with as many columns as fit a terminal of this ``width``.

    Where the sweep has ``several`` rows, here or at other l1_ratios, they have verdicts and the chosen ones are marked.
    """
    return _widest(lambda rank: _ranked_table(columns, rows, selection, several, rank), width)


def _widest(make: Callable[[int], Table], width: int) -> Table:
    """Of the tables with all columns up to some rank, the widest that fits; that of rank -1 has the fewest columns."""
    console = Console(width=1000)
    tables = (make(rank) for rank in (6, 5, 4, 3, 2, 1, 0))
    return next((table for table in tables if console.measure(table).maximum <= width), make(-1))


def _ranked_table(
    every: Sequence[_Column], rows: Sequence[Row], selection: Selection | None, several: bool, rank: int
) -> Table:
    columns = [column for column in every if column.rank <= max(rank, 0) and any(map(column.there, rows))]
    table = plain_table(*(column.heading for column in columns), gap=1)
    judged: list[tuple[str | Mark, Callable[[Row], Text | Mark]]] = []
    if several:
        judged = [("verdict", _verdict)] * (rank >= 0) + [
            (Mark("", "mark"), lambda row: _mark(row, _places(row, selection)))
        ]
    for heading, _ in judged:
        table.add_column(heading, no_wrap=True)
    for row in rows:
        style = "bold" if several and _places(row, selection) else ""
        table.add_row(*(column.cell(row) for column in columns), *(cell(row) for _, cell in judged), style=style)
    return table


def _verdict(row: Row) -> Text:
    return Text(row.verdict or "", style=STYLES[row.verdict] if row.verdict else "")


def _places(row: Row, selection: Selection | None) -> list[str]:
    """What the selection calls the row, if anything: min, the rule, or both."""
    if selection is None:
        return []
    here = row.l1_ratio == selection.l1_ratio
    places = {"min": selection.lambda_min, selection.rule: selection.chosen}
    return [name for name, lambd in places.items() if here and row.lambd == lambd]


def _mark(row: Row, names: Sequence[str]) -> Mark:
    """``< min``, ``< paired``, or a bar along the plateau."""
    if names:
        return Mark(f"< {' '.join(names)}", ", ".join(names), "bold green")
    return Mark("|" * row.plateau, "plateau" * row.plateau, "bold green")


def sweep_table(
    dataset: Dataset, split: Split, result: SweepResult, refit: Refit | None, features: Features | None, width: int
) -> RenderableType:
    """What ``wdcli sweep`` prints."""
    parts: list[RenderableType] = [
        Text(words.data_line(dataset, split, result.n_features)),
        *map(Text, sweep_words.head_lines(result, len(split.train))), Text(),
        *rows_tables(dataset, result, width),
        Text(sweep_words.sweep_paragraph(dataset, split, result)),
    ]  # fmt: skip
    for paragraph in (sweep_words.oracle_paragraph(result), recovery_paragraph(dataset, result, features)):
        parts += [Text(), Text(paragraph)] if paragraph else []
    if refit:
        both = [("penalised", result.chosen_row), ("refitted", refit.row)]
        parts += [
            Text(),
            side_by_side(dataset, "network", both, width),
            Text(),
            Text(sweep_words.refit_paragraph(refit, result.chosen_row, result.constant)),
        ]
    if features:
        parts += [Text(), *columns_parts(result, features), Text(columns_paragraph(result, features))]
    return Group(*parts, Text(sweep_words.elsewhere(dataset, split, result)))


def partial_table(
    dataset: Dataset, split: Split, before: Sequence[SweepResult], result: Swept, of: int, width: int
) -> RenderableType:
    """What is printed of an interrupted sweep, and of the complete sweeps ``before`` it: the rows so far."""
    parts: list[RenderableType] = [Text(words.data_line(dataset, split, result.n_features))]
    for sweep in (*before, result):
        parts += [*map(Text, sweep_words.head_lines(sweep, len(split.train))), Text()]
        parts += rows_tables(dataset, sweep, width) if sweep.rows else []
    return Group(*parts, Text(partial_paragraph(result, of)))


def side_by_side(dataset: Dataset, heading: str, rows: Sequence[tuple[str, Row]], width: int) -> Table:
    """Named rows of different sweeps, with as many columns as fit."""

    def make(rank: int) -> Table:
        columns = [
            c for c in _columns(dataset) if c.rank <= min(max(rank, 0), 3) and all(c.there(row) for _, row in rows)
        ]
        table = plain_table(heading, *(column.heading for column in columns), left=[heading])
        for name, row in rows:
            table.add_row(name, *(column.cell(row) for column in columns))
        return table

    return _widest(make, width)
