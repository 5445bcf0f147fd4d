"""Which networks a sweep trains: first a coarse grid with one seed, then what its results leave open.

Networks at an end of an automatic grid also decide whether it goes on there: without a first pass these are the first ones,
of an exhaustive sweep too, so that both have the same grid. The race is paired by fold: lambdas are compared on the same
held-out rows, from the same initial weights and batches (Maron and Moore 1994; Kuhn 2014, ``tune_race_anova`` of R's
finetune). It depends on the results alone, and so neither on the number of processes nor on what the store holds.
"""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from wdcli.names import SelectionRule
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.rows import Row, error_of, paired
from wdcli.sweep.selection import best_of, choosable, is_worse

WITHIN, WITHIN_ON_SAMPLE = 1.4, 2.0
"""A lambda is in the race while its mean difference to the best is within so many standard errors."""


class Entry(NamedTuple):
    """Lambdas of one curve, ascending, and the seeds to train them with, counted from 0."""

    curve: int
    lambdas: tuple[float, ...]
    seeds: range


def coarse(grid: Sequence[float]) -> tuple[float, ...]:
    """0 and every second lambda above it, the lowest and the largest too, of an automatic grid."""
    return (grid[0], *grid[1::2])


def next_entries(
    grids: Sequence[Sequence[float]], curves: Sequence[Sequence[Row]], config: SweepConfig, frugal: bool = False
) -> list[Entry]:
    """What to train next, given each curve's grid and its rows so far; nothing once the race is decided.

    First, with one seed, the neighbours in the grid of every lambda that is in the race; where all are trained, the other
    seeds of the lambdas in the race. In an exhaustive sweep all lambdas are.
    """
    best = best_of(list(itertools.chain(*curves)))
    racing = [
        [row for row in rows if config.exhaustive or in_race(row, best, config.rule, frugal=frugal)] for rows in curves
    ]
    beside = [Entry(i, _beside(grids[i], curves[i], racing[i]), range(1)) for i in range(len(grids))]
    fewer = [tuple(row.lambd for row in rows if row.seeds < config.seeds) for rows in racing]
    more = [Entry(i, lambdas, range(1, config.seeds)) for i, lambdas in enumerate(fewer)]
    return [entry for entry in beside if entry.lambdas] or [entry for entry in more if entry.lambdas]


def left_by(
    grid: Sequence[float], rows: Sequence[Row], best: Row, rule: SelectionRule, margin: int
) -> tuple[float, ...]:
    """The lambdas that a first pass leaves of its grid: 0, and from the lowest in its race to the largest.

    So many lambdas of the grid are the ``margin`` on either side: a best one on a sample is only nearly the best on all rows.
    """
    places = [grid.index(row.lambd) for row in rows if in_race(row, best, rule, WITHIN_ON_SAMPLE, frugal=True)]
    if not places:
        return (grid[0],)
    low, high, trained = min(places), max(places), {row.lambd for row in rows}
    span = range(max(low - margin, 1), min(high + margin, len(grid) - 1) + 1)
    return (grid[0], *(grid[i] for i in span if grid[i] in trained or not low <= i <= high))


def in_race(row: Row, best: Row | None, rule: SelectionRule, within: float = WITHIN, frugal: bool = False) -> bool:
    """Whether the row isn't worse than the best one, or its mean difference is ``within`` so many of its standard errors.

    Under the rule 1se, whose plateau is wider, within so many of the best row's standard errors too. So is a row whose own
    CV loss is no larger than the best's: the seed that both have may have been the best's luckiest.

    With many rows errors are small, and the rows below the best that are surely, but hardly, worse are many. A ``frugal`` race
    leaves them out, since no rule chooses them.
    """
    if best is None or not choosable(row):
        return False
    d = paired(row, best)
    error = max(error_of(d), best.cv_se) if rule == "1se" else error_of(d)
    equal = not is_worse(row, best) and not (frugal and row.lambd < best.lambd)
    return row.cv_loss <= best.cv_loss or equal or float(d.mean()) <= within * error


def _beside(grid: Sequence[float], rows: Sequence[Row], racing: Sequence[Row]) -> tuple[float, ...]:
    """The lambdas of the grid that aren't trained, but a neighbour of which is in the race."""
    trained, open_ = {row.lambd for row in rows}, {row.lambd for row in racing}
    places = {i + step for i, lambd in enumerate(grid) if lambd in open_ for step in (-1, 1)}
    return tuple(lambd for i, lambd in enumerate(grid) if i in places and lambd not in trained)
