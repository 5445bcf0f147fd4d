"""Is one penalty better than another? Pairwise comparison of sweeps with the same splits, seeds and initial weights."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from wdcli.array import Array
from wdcli.sweep.difference import Difference, corrected_t, paired_bootstrap
from wdcli.sweep.result import SweepResult
from wdcli.sweep.rows import Row
from wdcli.sweep.selection import best_of, choosable, within_one_se

NO_DIFFERENCE = "no detectable difference"
NEGLIGIBLE = "negligible difference"
EQUAL = "equal: both collapsed"
Size: TypeAlias = Literal["nonzero_weights", "effective_columns"]
"""What a network's size can be counted in, by the name of the count in a row."""


@dataclass(frozen=True)
class Comparison:
    """Penalty a against penalty b, each at its chosen lambda; differences are a's losses minus b's.

    ``difference`` is in CV loss, ``test`` in test loss, each with its conclusion: a or b is better, or one of
    ``NO_DIFFERENCE``, ``NEGLIGIBLE`` and ``EQUAL``.
    """

    a: str
    b: str
    lambda_a: float
    lambda_b: float
    difference: Difference
    test: Difference
    conclusion: str
    test_conclusion: str


@dataclass(frozen=True)
class FrontPoint:
    """A row of a penalty's sweep."""

    penalty: str
    row: Row

    def place(self, size: Size) -> tuple[float, float]:
        """The row's size and CV loss; lower is better for both."""
        return getattr(self.row, size), self.row.cv_loss


@dataclass(frozen=True)
class Front:
    """Loss against a ``size``: the ``points`` that no row of any sweep beats in both, ascending in size.

    ``smallest`` is each penalty's smallest network within one standard error of the best CV loss of all sweeps, or
    None.
    """

    size: Size
    points: tuple[FrontPoint, ...]
    smallest: tuple[FrontPoint | None, ...]

    @classmethod
    def of(cls, size: Size, names: Sequence[str], points: Sequence[FrontPoint]) -> "Front":
        """The front of all ``points`` whose size is known."""
        known = [point for point in points if not math.isnan(getattr(point.row, size))]
        best = best_of([point.row for point in known])
        within = [point for point in known if best and within_one_se(point.row, best)]
        smallest = tuple(
            min((p for p in within if p.penalty == name), key=lambda p: p.place(size), default=None) for name in names
        )
        return cls(size, front(known, size), smallest)


@dataclass(frozen=True)
class CompareResult:
    """One sweep per penalty, with the names as given, all pairs compared, and the fronts of loss against each size."""

    names: tuple[str, ...]
    sweeps: tuple[SweepResult, ...]
    comparisons: tuple[Comparison, ...]
    weights: Front
    columns: Front
    notes: tuple[str, ...] = ()

    @property
    def drops_columns(self) -> bool:
        """Whether some networks that have learned something use fewer columns of the table than others."""
        learned = (row for sweep in self.sweeps for row in sweep.rows if row.status == "ok")
        return len({row.effective_columns for row in learned if not math.isnan(row.effective_columns)}) > 1

    def label(self, name: str, row: Row) -> str:
        """A penalty's name, with the row's l1_ratio if several were swept."""
        several = row.l1_ratio is not None and any(len(sweep.config.fits) > 1 for sweep in self.sweeps)
        return f"{name} (l1_ratio {row.l1_ratio:g})" if several else name


def compare(
    names: Sequence[str],
    sweeps: Sequence[SweepResult],
    test_losses: Sequence[Array],
    units: Array,
    rng: np.random.Generator,
    weights: Array | None = None,
) -> CompareResult:
    """Compare every pair of sweeps at their chosen lambdas.

    ``test_losses`` are their test losses at these lambdas, (rows,) each; test rows with equal ``units`` (rows,) belong
    together, and count by their ``weights`` (rows,), if they have any.
    """
    both = list(zip(names, sweeps, test_losses, strict=True))
    pairs = tuple(_pair(a, b, units, rng, weights) for a, b in itertools.combinations(both, 2))
    points = [FrontPoint(name, row) for name, sweep, _ in both for row in sweep.rows if choosable(row)]
    of_weights, of_columns = (Front.of(size, names, points) for size in get_args(Size))
    return CompareResult(tuple(names), tuple(sweeps), pairs, of_weights, of_columns)


def _pair(
    first: tuple[str, SweepResult, Array],
    second: tuple[str, SweepResult, Array],
    units: Array,
    rng: np.random.Generator,
    weights: Array | None,
) -> Comparison:
    (a, sweep_a, test_a), (b, sweep_b, test_b) = first, second
    row_a, row_b = sweep_a.chosen_row, sweep_b.chosen_row
    found = corrected_t(row_a.cv_losses, row_b.cv_losses, sweep_a.folds.test_share)
    test = paired_bootstrap(test_a, test_b, units, rng, weights=weights)
    words = {"less": f"{a} is better", "more": f"{b} is better", "negligible": NEGLIGIBLE, "none": NO_DIFFERENCE}
    both = [words[d.finding(sweep_a.constant)] for d in (found, test)]
    if row_a.status == row_b.status == "collapsed":
        # Both give the constant answer: any difference is noise in the biases, or from seeds that did not collapse.
        both = [EQUAL, EQUAL]
    return Comparison(a, b, row_a.lambd, row_b.lambd, found, test, *both)


def front(points: Sequence[FrontPoint], size: Size) -> tuple[FrontPoint, ...]:
    """The points that no other point beats in both: ascending in size, descending in CV loss."""
    found: list[FrontPoint] = []
    for point in sorted(points, key=lambda point: point.place(size)):
        if not found or point.row.cv_loss < found[-1].row.cv_loss:
            found.append(point)
    return tuple(found)
