"""Which columns a sweep keeps, on tables where the columns that matter are known.

    python benchmarks/selection.py [TABLE ...] [--penalty l1 group-lasso sparse-group] [--rule paired] [--rows 200 ...]
        [--draws 5] [--group-by nodes] [--path cold] [--path-order down]

Each table is drawn anew for every number of rows and every draw; a quarter of the rows is kept for the test. On the rest, a
network of the default size is swept with each penalty, by the sweep's own options. The baseline is the lasso: the same sweep
without a hidden layer, with L1 and a cold path. All get the same rows, folds and strengths: a grid from 1e-4 to 1 in quarters
of a decade, times 2n for lambda.

The first table holds the columns in use at the chosen lambda and those that are clearly useful there, as `wdcli sweep
--features` finds them, each with their precision (the share of them that matter) and recall (the share of those that matter
that are among them). Its seconds are those of the sweep and of the columns' importance, without imports: on the clock, and of
the processor with all processes. The second table holds the columns in use at every lambda, for the most rows. All are means
over the draws; a precision is missing where no draw keeps a column.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
from kept import HEAD, cells, match, mean, swept, used_in
from printed import print_head, print_line
from spent import timed

from wdcli import study
from wdcli.data.source import Source
from wdcli.errors import ConfigError
from wdcli.fits.config import FitConfig
from wdcli.names import GroupBy, PathName, PathOrder, PenaltyName, SelectionRule
from wdcli.nn.penalties import PENALTIES
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.result import SweepResult

TABLES = ("linear-teacher-sparse", "friedman1", "xor-sparse")
ROWS = (200, 400, 800, 1600)
STRENGTHS = np.geomspace(1e-4, 1, 17)
SPARSE = [name for name, penalty in PENALTIES.items() if penalty.sparse]
LAMBDA_HEAD = ("in use", "recall", "test score")


@dataclass(frozen=True)
class Model:
    """A name for the tables, and the sweep, which gets its lambdas later."""

    name: str
    config: SweepConfig


def lasso(rule: SelectionRule) -> Model:
    """The baseline."""
    return Model("lasso", SweepConfig(FitConfig(penalty="l1", hidden=()), rule=rule))


def network(given: argparse.Namespace, penalty: PenaltyName) -> Model:
    """The network with a penalty, and the sweep's options as given."""
    fit = FitConfig(penalty=penalty, group_by=given.group_by)
    return Model(penalty, SweepConfig(fit, rule=given.rule, path=given.path, path_order=given.path_order))


def lambdas(rows: int) -> tuple[float, ...]:
    """The grid for a table of so many rows, of which three quarters are trained on."""
    return tuple(float(f"{2 * 0.75 * rows * strength:.3g}") for strength in STRENGTHS)


def compare(table: str, rows: int, draws: int, models: Sequence[Model]) -> list[list[SweepResult]]:
    """Print a line for each model, and return its sweeps, one a draw: (models, draws)."""
    data = [study.load(Source(table, rows=rows), seed) for seed in range(draws)]
    found = []
    for model in models:
        config = replace(model.config, lambdas=lambdas(rows))
        done, spent = zip(*(timed(swept, drawn, config) for drawn in data), strict=True)
        results, kept = zip(*done, strict=True)
        print_line(table, f"{rows:,}", model.name, *cells(kept, spent))
        found.append(list(results))
    return found


def print_lambdas(table: str, rows: int, found: Sequence[Sequence[SweepResult]]) -> None:
    """A line for each lambda: the columns that every model has in use there."""
    for place, lambd in enumerate(lambdas(rows)):
        print_line(table, f"{lambd:g}", *(cell for results in found for cell in lambda_cells(results, place)))


def lambda_cells(results: Sequence[SweepResult], place: int) -> Iterator[str]:
    """A model's cells of one lambda: means over the draws."""
    rows = [result.rows[place] for result in results]
    matches = [
        match(used_in(result, row), result.folds.dataset.relevant) for result, row in zip(results, rows, strict=True)
    ]
    yield mean([number for number, _, _ in matches], "{:.1f}")
    yield mean([recall for _, _, recall in matches], "{:.2f}")
    yield mean([row.test_score for row in rows], "{:.3f}")


def run(tables: Sequence[str], rows: Sequence[int], draws: int, models: Sequence[Model]) -> None:
    """Print both tables, the first as its sweeps are done."""
    print_head("table", "rows", "model", *HEAD)
    largest: dict[str, list[list[SweepResult]]] = {}
    for table in tables:
        for number in sorted(rows):
            largest[table] = compare(table, number, draws, models)
    print_head("table", "lambda", *(f"{name}, {model.name}" for model in models for name in LAMBDA_HEAD))
    for table, found in largest.items():
        print_lambdas(table, max(rows), found)


def add_sweep_options(parser: argparse.ArgumentParser, penalties: Sequence[PenaltyName]) -> None:
    """The sweep's own options: penalties, the groups of their weights, the rule, and the path."""
    parser.add_argument("--penalty", nargs="+", default=penalties, choices=SPARSE)
    parser.add_argument("--group-by", default="nodes", choices=get_args(GroupBy))
    parser.add_argument("--rule", default="paired", choices=get_args(SelectionRule))
    parser.add_argument("--path", default="cold", choices=get_args(PathName))
    parser.add_argument("--path-order", default="down", choices=get_args(PathOrder))


def main() -> None:
    """Sweep what was asked for."""
    parser = argparse.ArgumentParser(description="Precision and recall of the columns that a sweep keeps.")
    parser.add_argument("table", nargs="*", metavar="TABLE", help="generated tables; three by default")
    add_sweep_options(parser, ("l1", "group-lasso", "sparse-group"))
    parser.add_argument("--rows", nargs="+", type=int, default=ROWS, metavar="N")
    parser.add_argument("--draws", type=int, default=5, metavar="N")
    given = parser.parse_args()
    models, started = [*(network(given, name) for name in given.penalty), lasso(given.rule)], time.perf_counter()
    try:
        run(given.table or TABLES, given.rows, given.draws, models)
    except ConfigError as error:
        parser.error(str(error))
    print(f"\n{time.perf_counter() - started:.0f} s in all.")


if __name__ == "__main__":
    main()
