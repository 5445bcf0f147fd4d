"""Which columns a sweep keeps, on tables where the columns that matter are known.

    python benchmarks/selection.py [TABLE ...] [--penalty l1 ...] [--rows 200 ...] [--draws 5]
        [--group-by nodes] [--path cold] [--path-order down]

Each table is drawn anew for every number of rows and every draw; a quarter of the rows is kept for the test. On the rest, a
network of the default size is swept with each penalty; the last three options are those of the sweep. The baseline is the
lasso: the same sweep without a hidden layer, with L1 and a cold path. All get the same rows, folds and strengths: a grid from
1e-4 to 1 in quarters of a decade, times 2n for lambda.

The first table holds, for each rule, the columns in use in the chosen row, their precision (the share of them that matter)
and recall (the share of those that matter that are in use), and the score on the test rows. The second holds the same at every
lambda, for the most rows. All are means over the draws; a precision is missing where no draw keeps a column.
"""

import argparse
import math
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
from printed import print_head, print_line

from wdcli import study
from wdcli.data.source import Source
from wdcli.errors import ConfigError
from wdcli.fits.config import FitConfig
from wdcli.names import GroupBy, PathName, PathOrder, PenaltyName, SelectionRule
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.recovery import Recovery, recovery
from wdcli.sweep.result import SweepResult
from wdcli.sweep.rows import Row

TABLES = ("linear-teacher-sparse", "friedman1", "xor-sparse")
ROWS = (200, 400, 800, 1600)
STRENGTHS = np.geomspace(1e-4, 1, 17)
RULES: tuple[SelectionRule, ...] = ("paired", "1se")
KEPT_HEAD = ("in use", "precision", "recall", "test score")


@dataclass(frozen=True)
class Model:
    """A name for the tables, and the sweep, which gets its lambdas later."""

    name: str
    config: SweepConfig


LASSO = Model("lasso", SweepConfig(FitConfig(penalty="l1", hidden=())))


@dataclass(frozen=True)
class Kept:
    """What a model keeps of so many columns: how many are in use, their precision and recall, nan if these are not known.

    ``test_loss`` and ``test_score`` are the model's on the test rows.
    """

    columns: int
    in_use: int
    precision: float
    recall: float
    test_loss: float
    test_score: float


def used(result: SweepResult, row: Row) -> list[str]:
    """The columns that any seed's network uses in this row: those whose mean norm over seeds is above 0."""
    return [name for name, norm in zip(result.encoding.columns, row.column_norms, strict=True) if norm > 0]


def kept(result: SweepResult, row: Row) -> Kept:
    """What this row keeps."""
    names, relevant = used(result, row), result.folds.dataset.relevant
    return Kept(len(result.encoding.columns), len(names), *match(names, relevant), row.test_loss, row.test_score)


def match(names: Collection[str], relevant: Collection[str] | None) -> Recovery:
    """How well these columns match the relevant ones; nan if these are not known."""
    return Recovery(math.nan, math.nan) if relevant is None else recovery(names, relevant)


def at(rule: SelectionRule) -> Callable[[SweepResult], Kept]:
    """What the row that this rule chooses keeps."""

    def found(result: SweepResult) -> Kept:
        lambd = getattr(result.selection, f"lambda_{rule}")
        return kept(result, next(row for row in result.curve if row.lambd == lambd))

    return found


def lambdas(rows: int) -> tuple[float, ...]:
    """The grid for a table of so many rows, of which three quarters are trained on."""
    return tuple(float(f"{2 * 0.75 * rows * strength:.3g}") for strength in STRENGTHS)


def sweeps(table: str, rows: int, draws: int, models: Sequence[Model]) -> list[list[SweepResult]]:
    """The sweeps of each model, one a draw: (models, draws)."""
    data = [study.load(Source(table, rows=rows), seed) for seed in range(draws)]
    return [[study.sweep(drawn, replace(model.config, lambdas=lambdas(rows))) for drawn in data] for model in models]


def means(found: Sequence[Kept]) -> Iterator[str]:
    """The cells of one line: means over the draws, of precision and recall over those where it is defined."""
    yield f"{np.mean([one.in_use for one in found]):.1f}"
    for shares in ([one.precision for one in found], [one.recall for one in found]):
        yield "" if np.isnan(shares).all() else f"{np.nanmean(shares):.2f}"
    yield f"{np.mean([one.test_score for one in found]):.3f}"


def print_rows(table: str, rows: int, models: Sequence[Model], found: Sequence[Sequence[SweepResult]]) -> None:
    """A line for each model: what its chosen rows keep."""
    for model, results in zip(models, found, strict=True):
        cells = (cell for rule in RULES for cell in means([at(rule)(result) for result in results]))
        print_line(table, f"{rows:,}", model.name, *cells)


def print_lambdas(table: str, rows: int, found: Sequence[Sequence[SweepResult]]) -> None:
    """A line for each lambda: what every model keeps there."""
    for place, lambd in enumerate(lambdas(rows)):
        cells = (cell for results in found for cell in means([kept(one, one.rows[place]) for one in results]))
        print_line(table, f"{lambd:g}", *cells)


def run(tables: Sequence[str], rows: Sequence[int], draws: int, models: Sequence[Model]) -> None:
    """Print both tables, the first as its sweeps are done."""
    print_head("table", "rows", "model", *(f"{name}, {rule}" for rule in RULES for name in KEPT_HEAD))
    largest: dict[str, list[list[SweepResult]]] = {}
    for table in tables:
        for number in sorted(rows):
            largest[table] = sweeps(table, number, draws, models)
            print_rows(table, number, models, largest[table])
    print_head("table", "lambda", *(f"{name}, {model.name}" for model in models for name in KEPT_HEAD))
    for table, found in largest.items():
        print_lambdas(table, max(rows), found)


def add_sweep_options(parser: argparse.ArgumentParser) -> None:
    """The sweep's own options: penalties, the groups of their weights, and the path."""
    parser.add_argument("--penalty", nargs="+", default=["l1"], choices=get_args(PenaltyName))
    parser.add_argument("--group-by", default="nodes", choices=get_args(GroupBy))
    parser.add_argument("--path", default="cold", choices=get_args(PathName))
    parser.add_argument("--path-order", default="down", choices=get_args(PathOrder))


def main() -> None:
    """Sweep what was asked for."""
    parser = argparse.ArgumentParser(description="Precision and recall of the columns that a sweep keeps.")
    parser.add_argument("table", nargs="*", metavar="TABLE", help="generated tables; three by default")
    add_sweep_options(parser)
    parser.add_argument("--rows", nargs="+", type=int, default=ROWS, metavar="N")
    parser.add_argument("--draws", type=int, default=5, metavar="N")
    given = parser.parse_args()
    tables, started = given.table or TABLES, time.perf_counter()
    fits = [FitConfig(penalty=name, group_by=given.group_by) for name in given.penalty]
    configs = [SweepConfig(fit, path=given.path, path_order=given.path_order) for fit in fits]
    models = [*(Model(f"network, {config.fit.penalty}", config) for config in configs), LASSO]
    try:
        run(tables, given.rows, given.draws, models)
    except ConfigError as error:
        parser.error(str(error))
    print(f"\n{time.perf_counter() - started:.0f} s in all.")


if __name__ == "__main__":
    main()
